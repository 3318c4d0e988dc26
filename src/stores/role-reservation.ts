// A role that somebody changes goes in; an error comes out where its name is kept for roles that code makes.

import { isBuiltIn } from '../core/built-in-roles.ts';
import { ReservedRoleError } from '../core/change-errors.ts';
import { invalidInput } from '../core/input-error.ts';
import type { Role } from '../core/role-store.ts';
import { isFixedUid, reservedPrefix } from './role-names.ts';

/** A role before and after a change; absent: there is none. */
export interface RoleChanged {
  readonly before?: Role | undefined;
  readonly after?: Pick<Role, 'uid' | 'name'> | undefined;
}

/**
 * What code declares is assigned by people, and neither made nor changed nor deleted by them: it would be made anew at the next
 * start, or what they made would be taken for it.
 *
 * @throws ReservedRoleError when an Access changes or deletes such a role; TypeError when it makes one, or renames another to one.
 */
export function checkReserved({ before, after }: RoleChanged, { access }: { readonly access: unknown }): void {
  // The system is the code.
  if (access === undefined) return;
  const kept = before === undefined || isBuiltIn(before.uid) ? undefined : reservedPrefix(before.name);
  if (before !== undefined && kept !== undefined) throw new ReservedRoleError(before.uid, kept);
  if (after === undefined) return;
  const prefix = after.name === before?.name ? undefined : reservedPrefix(after.name);
  if (prefix !== undefined) throw invalidInput('role.name', `not to begin with \`${prefix}\``, after.name);
  const isTaken = isFixedUid(after.uid) || reservedPrefix(after.uid) !== undefined;
  if (before === undefined && isTaken) throw invalidInput('role.uid', 'the uid of a custom role', after.uid);
}
