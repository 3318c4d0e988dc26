// Roles go in, these roles and all that they inherit come out by uid, each read once.

import { inheritedBy } from '../../core/role-closure.ts';
import type { Role, RoleStore } from '../../core/role-store.ts';
import { inBatches } from '../management/in-batches.ts';

/** Where roles are read. */
export type RoleSource = Pick<RoleStore, 'role'>;

export async function rolesReached(roles: readonly Role[], store: RoleSource): Promise<Map<string, Role>> {
  const found = new Map(roles.map((role) => [role.uid, role]));
  const asked = new Set(found.keys());
  for (let last = roles; last.length > 0;) {
    const inherited = last.flatMap((role) => inheritedBy(role).map((one) => one.role));
    const unasked = [...new Set(inherited)].filter((uid) => !asked.has(uid));
    for (const uid of unasked) asked.add(uid);
    last = await rolesBy(unasked, store);
    for (const role of last) found.set(role.uid, role);
  }
  return found;
}

/** Those of these roles that there are. */
export async function rolesBy(uids: readonly string[], store: RoleSource): Promise<Role[]> {
  return (await inBatches([...new Set(uids)], (uid) => store.role(uid))).filter((role) => role !== undefined);
}
