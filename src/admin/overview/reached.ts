// The uids of roles go in, these roles and all that they inherit come out, each read once.

import { inheritedBy } from '../../core/role-closure.ts';
import type { Role, RoleStore } from '../../core/role-store.ts';

export async function rolesReached(uids: readonly string[], store: RoleStore): Promise<Map<string, Role>> {
  const found = new Map<string, Role>();
  const asked = new Set<string>();
  for (let wanted = uids; wanted.length > 0;) {
    const unasked = [...new Set(wanted)].filter((uid) => !asked.has(uid));
    for (const uid of unasked) asked.add(uid);
    const roles = await Promise.all(unasked.map((uid) => store.role(uid)));
    const there = roles.filter((role) => role !== undefined);
    for (const role of there) found.set(role.uid, role);
    wanted = there.flatMap((role) => inheritedBy(role).map((one) => one.role));
  }
  return found;
}
