// What provisioning did before goes in from the audit; what it gave to a built-in role, and may take back, comes out.

import type { AuditEntry, ChangedBy, InheritedRole, RoleStore } from '../core/role-store.ts';
import { checkedBy } from './change-input.ts';
import { inheritsIn, newestEntry } from './role-reconciling.ts';
import { isSameInherited } from './role-steps.ts';

// Who provisions may be another one each time: so it is the reason that says what did it.
const reason = 'provisioning';

/** The same one, with a reason by which the audit tells provisioning from other changes. */
export function asProvisioner(by: unknown): ChangedBy {
  const { access, system = '', why, names } = checkedBy(by);
  const told = why === undefined ? reason : `${reason}: ${why}`;
  return access === undefined ? { system, why: told } : { access, why: told, ...(names !== undefined && { names }) };
}

/** Whether it was provisioning that last made a built-in role inherit this. */
export async function isProvisioned(store: RoleStore, builtIn: string, inherited: InheritedRole): Promise<boolean> {
  const isIn = (role: unknown): boolean => inheritsIn(role).some((one) => isSameInherited(one, inherited));
  const query = { role: builtIn, action: 'put-role' } as const;
  const given = await newestEntry(store, query, ({ before, after }) => isIn(after) && !isIn(before));
  return given !== undefined && isByProvisioner(given);
}

function isByProvisioner({ why }: AuditEntry): boolean {
  return why === reason || why?.startsWith(`${reason}: `) === true;
}
