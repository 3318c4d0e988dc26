// What was done with the fixed roles before goes in from the audit; which roles are the seeder's, and which defaults are settled,
// comes out.

import { isRecord } from '../core/options.ts';
import type { AuditEntry, RoleStore } from '../core/role-store.ts';
import { inheritsIn, newestEntry } from './role-reconciling.ts';

/** Whether it was the seeder who made the role that is there. */
export async function madeBySeeder(store: RoleStore, uid: string, seeder: string): Promise<boolean> {
  const made = await newestEntry(store, { role: uid, action: 'put-role' }, ({ before }) => before === null);
  return made !== undefined && isBy(made, seeder);
}

/** A default: a built-in role inherits a fixed one. */
interface Default {
  /** The uid of the built-in role. */
  readonly builtIn: string;
  readonly role: string;
  readonly seeder: string;
}

/**
 * Whether the built-in role has ever inherited the fixed one, be it by the seeder or by somebody else: whoever ended that is to be
 * right. Only where the seeder ended it himself, by deleting the role, it begins anew.
 */
export async function isSettled(store: RoleStore, { builtIn, role, seeder }: Default): Promise<boolean> {
  const had = await newestEntry(store, { role: builtIn, action: 'put-role' }, ({ before, after }) =>
    [...inheritsIn(before), ...inheritsIn(after)].some((one) => one.role === role),
  );
  if (had === undefined) return false;
  const deleted = await newestEntry(store, { role, action: 'delete-role' }, (entry) => endedBy(entry, builtIn));
  return deleted === undefined || deleted.revision < had.revision || !isBy(deleted, seeder);
}

function endedBy({ before }: AuditEntry, builtIn: string): boolean {
  const inheritors: unknown = isRecord(before) ? before['inheritors'] : undefined;
  return Array.isArray(inheritors) && inheritors.includes(builtIn);
}

function isBy({ by }: AuditEntry, seeder: string): boolean {
  return 'system' in by && by.system === seeder;
}
