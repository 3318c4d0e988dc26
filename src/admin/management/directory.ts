// Ids go in, what the directory of users says of them comes out; without a directory nobody is unknown.

import { UnavailableError } from '../../core/errors.ts';
import { expectation, isRecord } from '../../core/options.ts';
import type { Person } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { RequestFault } from '../faults.ts';
import { userOf } from '../people.ts';
import type { DirectoryUser } from '../people.ts';
import { inBatches } from './in-batches.ts';

const idsAtOnce = 100;

/** @throws RequestFault when there is a directory that does not know one of them. */
export async function existingUsers(ids: readonly string[], admin: Administered): Promise<Person[]> {
  if (admin.users !== undefined) {
    const known = await usersOf(ids, admin);
    if (ids.some((id) => !known.has(id))) throw inexistentUser();
  }
  return ids.map((id) => userOf(id, admin));
}

export function inexistentUser(): RequestFault {
  return new RequestFault(404, 'The user does not exist.', { code: 'inexistent_user' });
}

/** Those of them whom the directory knows, by id; without a directory nobody. */
export async function usersOf(
  ids: readonly string[],
  { users }: Administered,
): Promise<ReadonlyMap<string, DirectoryUser>> {
  if (users === undefined) return new Map();
  const parts = Array.from({ length: Math.ceil(ids.length / idsAtOnce) }, (_, at) => {
    return ids.slice(at * idsAtOnce, (at + 1) * idsAtOnce);
  });
  const found = await inBatches(parts, (part) => asked(async () => users.byIds(part), readUsers));
  const asking = new Set(ids);
  return new Map(found.flat().flatMap((user) => (asking.has(user.id) ? [[user.id, user]] : [])));
}

/** Part of all the users that the directory knows. */
export function usersListed(
  query: { readonly search: string | undefined; readonly offset: number; readonly take: number },
  users: NonNullable<Administered['users']>,
): Promise<{ readonly items: readonly DirectoryUser[]; readonly total: number }> {
  const { search, offset, take } = query;
  return asked(
    async () => users.list({ offset, take, ...(search !== undefined && { search }) }),
    (answer) => {
      const { users: items, total } = isRecord(answer) ? answer : {};
      if (!Number.isSafeInteger(total) || (total as number) < 0) throw expectation('total', 'a whole number', total);
      return { items: readUsers(items).slice(0, take), total: total as number };
    },
  );
}

// Whatever goes wrong in a directory is not the caller's fault.
async function asked<Value>(ask: () => Promise<unknown>, read: (answer: unknown) => Value): Promise<Value> {
  try {
    return read(await ask());
  } catch (cause) {
    throw new UnavailableError(undefined, { cause });
  }
}

function readUsers(value: unknown): DirectoryUser[] {
  if (!Array.isArray(value)) throw expectation('users', 'a list of users', value);
  return value.map((one: unknown, at) => {
    const user = isRecord(one) ? one : {};
    if (typeof user['id'] !== 'string') throw expectation(`users[${at}].id`, 'a string', user['id']);
    const said = (['name', 'email', 'picture'] as const).filter((name) => typeof user[name] === 'string');
    return { id: user['id'], ...Object.fromEntries(said.map((name) => [name, user[name] as string])) };
  });
}
