// People go in, what the directory says of each comes out: name, e-mail address and picture.

import type { Person } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';

/** What is known of somebody beside the id; undefined: the directory does not know such a user, or there is none. */
export type Known = { readonly name?: string; readonly email?: string; readonly picture?: string } | undefined;

// As many as a directory is asked for at once.
const most = 100;

export async function namesOf(
  people: readonly Person[],
  { users, issuer }: Administered,
): Promise<(person: Person) => Known> {
  if (users === undefined) return () => undefined;
  const ids = [...new Set(people.filter((one) => one.kind === 'user' && one.issuer === issuer).map(({ id }) => id))];
  const known = new Map<string, NonNullable<Known>>();
  for (let at = 0; at < ids.length; at += most) {
    for (const { id, name, email, picture } of await users.byIds(ids.slice(at, at + most))) {
      known.set(id, {
        ...(name !== undefined && { name }),
        ...(email !== undefined && { email }),
        ...(picture !== undefined && { picture }),
      });
    }
  }
  return (person) => (person.kind === 'user' && person.issuer === issuer ? known.get(person.id) : undefined);
}
