// Names that a permission has beside its own go in, its own comes out: however it is called, it is one permission.

import type { PermissionCatalogue } from './permission.ts';
import { everyPermission, isNamePattern } from './permission.ts';
import { asReadList } from './privilege-reading.ts';
import type { Privilege } from './privilege.ts';
import type { Warnings } from './warnings.ts';

/** The same privileges, each under its permission's own name; the same list where nothing is called otherwise. */
export function inOwnNames(
  privileges: readonly Privilege[],
  catalogue: PermissionCatalogue | undefined,
  warnings?: Warnings,
): readonly Privilege[] {
  if (catalogue === undefined) return privileges;
  for (const { permission } of privileges) warnOf(permission, catalogue, warnings);
  if (privileges.every(({ permission }) => ownName(permission, catalogue) === permission)) return privileges;
  return asReadList(privileges.map((one) => inOwnName(one, catalogue)));
}

function inOwnName(privilege: Privilege, catalogue: PermissionCatalogue): Privilege {
  const permission = ownName(privilege.permission, catalogue);
  return permission === privilege.permission ? privilege : Object.freeze({ ...privilege, permission });
}

/** A name that the catalogue does not know stays what it is. */
export function ownName(permission: string, catalogue: PermissionCatalogue | undefined): string {
  return catalogue?.nameOf(permission) ?? permission;
}

function warnOf(permission: string, catalogue: PermissionCatalogue, warnings: Warnings | undefined): void {
  if (warnings === undefined || permission === everyPermission || isNamePattern(permission)) return;
  const means = catalogue.nameOf(permission);
  if (means === undefined) warnings.warn({ code: 'unknown_permission', permission, where: 'store' });
  else if (means !== permission) warnings.warn({ code: 'other_name', permission, means, where: 'store' });
}
