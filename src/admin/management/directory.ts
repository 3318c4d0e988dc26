// Ids go in, what the directory of users says of them comes out; without a directory nobody is unknown.

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
  const found = await inBatches(parts, async (part) => users.byIds(part));
  const asking = new Set(ids);
  return new Map(found.flat().flatMap((user) => (asking.has(user.id) ? [[user.id, user]] : [])));
}

/** Part of all the users that the directory knows. */
export async function usersListed(
  { search, offset, take }: { readonly search: string | undefined; readonly offset: number; readonly take: number },
  users: NonNullable<Administered['users']>,
): Promise<{ readonly items: readonly DirectoryUser[]; readonly total: number }> {
  const found = await users.list({ offset, take, ...(search !== undefined && { search }) });
  return { items: found.users, total: found.total };
}
