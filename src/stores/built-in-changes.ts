// A role before and after a change and who makes it go in; what of it they must hold comes out: of a built-in role, to which every
// organization attaches roles of its own, what others have attached is no concern of theirs.

import { isBuiltIn } from '../core/built-in-roles.ts';
import type { Access } from '../core/access.ts';
import type { Privilege } from '../core/privilege.ts';
import type { InheritedRole, Role } from '../core/role-store.ts';
import type { Held } from './change-effects.ts';
import { grantKey } from './records.ts';

/** A role that is written. */
export interface RoleWritten {
  readonly before: Role | undefined;
  readonly after: Role;
  /** What it gave and what it will give. */
  readonly held: Held;
}

/** Of a custom role, and where more is changed than what is attached, all of it; otherwise what is lost and gained. */
export function concernOf({ before, after, held }: RoleWritten, access: Access | undefined): Held {
  if (before === undefined || !isBuiltIn(after.uid) || before.description !== after.description) return held;
  const changed = [...missingIn(after, before), ...missingIn(before, after)];
  const difference = { before: lostFrom(held.before, held.after), after: lostFrom(held.after, held.before) };
  const place = access?.subject.organization;
  const isOwn =
    place !== undefined && changed.length > 0 && changed.every(({ organization }) => organization === place);
  // What gives nothing yet is attached in other places only by who holds all that is there.
  const isFelt = place === undefined && difference.before.length + difference.after.length > 0;
  return isOwn || isFelt ? difference : held;
}

function missingIn(there: Role, from: Role): InheritedRole[] {
  const known = new Set(there.inherits.map(inheritedKey));
  return from.inherits.filter((one) => !known.has(inheritedKey(one)));
}

function inheritedKey({ role, organization }: InheritedRole): string {
  return JSON.stringify([role, organization ?? null]);
}

function lostFrom(before: readonly Privilege[], after: readonly Privilege[]): Privilege[] {
  const kept = new Set(after.map(keyOf));
  return before.filter((one) => !kept.has(keyOf(one)));
}

function keyOf(privilege: Privilege): string {
  return `${grantKey(privilege)} ${privilege.expiresAt ?? ''}`;
}
