// The path of a call goes in, the user or the role that it names comes out, or a fault.

import { RoleNotFoundError } from '../../core/change-errors.ts';
import type { Person, Role } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import type { Call } from '../exchange.ts';
import { existingUsers } from './directory.ts';
import { longest, textAt } from './properties.ts';

/** The id in the path, as text that a store can be asked about. */
export function idIn({ params }: Pick<Call, 'params'>): string {
  return textAt('Path', 'id', params['id'], { atMost: longest.id });
}

/** @throws RequestFault when a directory does not know the user. */
export async function userIn(call: Pick<Call, 'params' | 'admin'>): Promise<Person> {
  const [person] = await existingUsers([idIn(call)], call.admin);
  return person as Person;
}

/** @throws RoleNotFoundError */
export async function roleIn(call: Pick<Call, 'params' | 'admin'>): Promise<Role> {
  return existingRole(idIn(call), call.admin);
}

/** @throws RoleNotFoundError */
export async function existingRole(uid: string, { store }: Administered): Promise<Role> {
  const role = await store.role(uid);
  if (role === undefined) throw new RoleNotFoundError(uid);
  return role;
}
