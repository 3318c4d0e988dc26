// The uid of a role and where a call acts go in; the role comes out, or a 404.

import { isBuiltIn } from '../../core/built-in-roles.ts';
import { RoleNotFoundError } from '../../core/change-errors.ts';
import type { Role, RoleStore } from '../../core/role-store.ts';
import type { Call } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { isInReach } from './place.ts';

/** One that can be seen from there. @throws RoleNotFoundError, also for a role of another organization. */
export async function roleInReach({ admin }: Call, uid: string, place: string | undefined): Promise<Role> {
  // Longer ones there are not, and not every database takes the character.
  const role = uid.length > 190 || uid.includes('\0') ? undefined : await admin.store.role(uid);
  if (role === undefined || !isInReach(role, place)) throw new RoleNotFoundError(uid);
  return role;
}

/** One that can be given to somebody there. @throws RoleNotFoundError; RequestFault for a built-in role. */
export async function roleToGive(call: Call, uid: string, place: string | undefined): Promise<Role> {
  return notBuiltIn(await roleInReach(call, uid, place));
}

/** One that is exactly of that place. @throws RoleNotFoundError; RequestFault for a built-in role, or where `global` is missing. */
export async function roleToChange(call: Call, uid: string, place: string | undefined): Promise<Role> {
  const role = notBuiltIn(await roleInReach(call, uid, place));
  if (role.organization === place) return role;
  const message = `The role ${JSON.stringify(uid)} is one of all organizations: \`global\` changes it in all of them`;
  throw new RequestFault(404, message, { code: 'role_not_found' });
}

function notBuiltIn(role: Role): Role {
  if (!isBuiltIn(role.uid)) return role;
  const message = `The role ${JSON.stringify(role.uid)} is built in: here roles are attached to it, under builtin-roles`;
  throw new RequestFault(400, message, { code: 'role_built_in' });
}

const pageOf = 1000;

/** Every role there is, built-in ones apart. */
export async function allRoles(store: RoleStore): Promise<Role[]> {
  const roles: Role[] = [];
  let after: string | undefined;
  do {
    const page = await store.roles({ take: pageOf, ...(after !== undefined && { after }) });
    roles.push(...page.items.filter(({ uid }) => !isBuiltIn(uid)));
    after = page.next;
  } while (after !== undefined);
  return roles;
}
