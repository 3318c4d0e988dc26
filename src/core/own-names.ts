// Names that a permission has beside its own go in, its own comes out: however it is called, it is one permission.

import type { PermissionCatalogue } from './permission.ts';
import { everyPermission, isNamePattern, matchesName } from './permission.ts';
import { asReadList } from './privilege-reading.ts';
import type { Privilege } from './privilege.ts';
import type { Warnings } from './warnings.ts';

/**
 * The same privileges, each under its permission's own name, and each denial by a pattern also under the own names of those
 * permissions that it means by another; the same list where nothing is called otherwise.
 */
export function inOwnNames(
  privileges: readonly Privilege[],
  catalogue: PermissionCatalogue | undefined,
  warnings?: Warnings,
): readonly Privilege[] {
  if (catalogue === undefined) return privileges;
  for (const { permission } of privileges) warnOf(permission, catalogue, warnings);
  const denied = deniedOtherwise(privileges.filter(isPatternDenial), catalogue);
  const isSame =
    denied.length === 0 && privileges.every((one) => ownName(one.permission, catalogue) === one.permission);
  return isSame ? privileges : asReadList([...privileges.map((one) => inOwnName(one, catalogue)), ...denied]);
}

function isPatternDenial({ permission, effect }: Privilege): boolean {
  return effect !== undefined && isNamePattern(permission);
}

// A pattern grants by own names alone: a misspelt one must not widen it. What it denies it denies by whichever name.
function deniedOtherwise(denials: readonly Privilege[], catalogue: PermissionCatalogue): Privilege[] {
  if (denials.length === 0) return [];
  // Most have no other.
  const named = catalogue.names
    .map((own) => ({ own, names: namesOf(own, catalogue) }))
    .filter(({ names }) => names.length > 1);
  return denials.flatMap((denial) => {
    const pattern = denial.permission;
    return named
      .filter(({ own, names }) => !matchesName(pattern, own) && names.some((name) => matchesName(pattern, name)))
      .map(({ own }) => Object.freeze({ ...denial, permission: own }));
  });
}

function inOwnName(privilege: Privilege, catalogue: PermissionCatalogue): Privilege {
  const permission = ownName(privilege.permission, catalogue);
  return permission === privilege.permission ? privilege : Object.freeze({ ...privilege, permission });
}

/** A name that the catalogue does not know stays what it is. */
export function ownName(permission: string, catalogue: PermissionCatalogue | undefined): string {
  return catalogue?.nameOf(permission) ?? permission;
}

/** Every name that means the same permission, the own one first; only the name itself where the catalogue does not know it. */
export function namesOf(permission: string, catalogue: PermissionCatalogue | undefined): readonly string[] {
  const own = ownName(permission, catalogue);
  const { aliases = [], replaces = [] } = catalogue?.definition(own) ?? {};
  return [...new Set([own, ...aliases, ...replaces])];
}

/** Whether a grant under `name`, perhaps a pattern, is one of `permission`, by whichever name that is asked about. */
export function isNamedBy(name: string, permission: string, catalogue: PermissionCatalogue | undefined): boolean {
  return namesOf(permission, catalogue).includes(name) || matchesName(name, ownName(permission, catalogue));
}

function warnOf(permission: string, catalogue: PermissionCatalogue, warnings: Warnings | undefined): void {
  if (warnings === undefined || permission === everyPermission || isNamePattern(permission)) return;
  const means = catalogue.nameOf(permission);
  if (means === undefined) warnings.warn({ code: 'unknown_permission', permission, where: 'store' });
  else if (means !== permission) warnings.warn({ code: 'other_name', permission, means, where: 'store' });
}
