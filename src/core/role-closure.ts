// A role goes in, all that its holders hold by it comes out: its own privileges and those of every role it inherits.

import { isBuiltIn, lowerBuiltIn } from './built-in-roles.ts';
import type { Privilege, PrivilegeSource } from './privilege.ts';
import type { InheritedRole, Role } from './role-store.ts';

/** What a role inherits, the built-in role below it included. */
export function inheritedBy(role: Role): readonly InheritedRole[] {
  const below = lowerBuiltIn(role.uid);
  return below === undefined ? role.inherits : [{ role: below }, ...role.inherits];
}

/** One role that is reached from an assigned one, in an organization or in every one. */
interface Reached {
  readonly role: Role;
  readonly organization: string | undefined;
}

/**
 * All that who is assigned `uid` holds by it. `source.role` is the role that has the privilege, `source.via` the assigned one
 * where that is another. A role that there is not gives nothing.
 */
export function heldThrough(uid: string, roleOf: (uid: string) => Role | undefined): Privilege[] {
  return reachedFrom(uid, roleOf).flatMap(({ role, organization }) => {
    const source = sourceOf(role.uid, uid);
    return role.privileges.flatMap((privilege) => bound(privilege, { organization, source }));
  });
}

// Breadth first; a role that is reached twice in the same organization gives once.
function reachedFrom(uid: string, roleOf: (uid: string) => Role | undefined): Reached[] {
  const reached = new Map<string, Reached>();
  const waiting: { uid: string; organization: string | undefined }[] = [{ uid, organization: undefined }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const role = roleOf(next.uid);
    if (role === undefined || !isCompatible(next.organization, role.organization)) continue;
    const organization = next.organization ?? role.organization;
    const key = JSON.stringify([role.uid, organization ?? null]);
    if (reached.has(key)) continue;
    reached.set(key, { role, organization });
    for (const inherited of inheritedBy(role)) {
      if (!isCompatible(organization, inherited.organization)) continue;
      waiting.push({ uid: inherited.role, organization: organization ?? inherited.organization });
    }
  }
  return [...reached.values()];
}

function sourceOf(role: string, assigned: string): PrivilegeSource {
  const kind = isBuiltIn(assigned) ? 'built-in' : 'role';
  return Object.freeze(role === assigned ? { kind, role } : { kind, role, via: assigned });
}

function isCompatible(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

/** Within what bounds something is held. */
export interface Bounds {
  readonly organization?: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
  readonly source?: PrivilegeSource;
}

/** The privilege within these bounds and its own: one, or none where they exclude each other. */
export function bound(privilege: Privilege, { organization, expiresAt, source }: Bounds): Privilege[] {
  if (!isCompatible(privilege.organization, organization)) return [];
  const ends = Math.min(privilege.expiresAt ?? Infinity, expiresAt ?? Infinity);
  return [
    Object.freeze({
      ...privilege,
      ...(organization !== undefined && { organization }),
      ...(ends < Infinity && { expiresAt: ends }),
      ...(source !== undefined && { source }),
    }),
  ];
}
