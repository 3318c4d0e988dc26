// What a role is, who inherits it and what somebody holds go in from the records; what a change concerns, and whether who makes it
// may, comes out.

import { untouchedBuiltIns, lowerBuiltIn } from '../core/built-in-roles.ts';
import { beyondCeiling } from '../core/ceiling.ts';
import type { Concerned } from '../core/ceiling.ts';
import { BeyondCeilingError, RoleCycleError, RoleNotFoundError } from '../core/change-errors.ts';
import { inOwnNames } from '../core/own-names.ts';
import { bound, heldThrough, inheritedBy } from '../core/role-closure.ts';
import type { Privilege, PrivilegeSource } from '../core/privilege.ts';
import type { Person, Role, RoleAssignment } from '../core/role-store.ts';
import type { CheckedBy } from './change-input.ts';
import type { Maker } from './change-maker.ts';
import type { HeldRecords, Records } from './records.ts';

/** A role, also a built-in one that was never changed. */
export async function roleIn(records: Pick<Records, 'storedRole'>, uid: string): Promise<Role | undefined> {
  return (await records.storedRole(uid)) ?? untouchedBuiltIns().get(uid);
}

/** @throws RoleNotFoundError */
export async function existingRole(records: Records, uid: string): Promise<Role> {
  const role = await roleIn(records, uid);
  if (role === undefined) throw new RoleNotFoundError(uid);
  return role;
}

/** These roles and all that they inherit, by uid. */
export async function rolesBelow(
  records: Pick<Records, 'storedRoles'>,
  uids: Iterable<string>,
): Promise<Map<string, Role>> {
  const found = new Map<string, Role>();
  for (let waiting = new Set(uids); waiting.size > 0;) {
    const stored = new Map((await records.storedRoles([...waiting])).map((role) => [role.uid, role]));
    const roles = [...waiting].flatMap((uid) => stored.get(uid) ?? untouchedBuiltIns().get(uid) ?? []);
    for (const role of roles) found.set(role.uid, role);
    const inherited = roles.flatMap((role) => inheritedBy(role).map((one) => one.role));
    waiting = new Set(inherited.filter((uid) => !found.has(uid)));
  }
  return found;
}

/** The role and every one that inherits it, over however many others. */
export async function rolesAbove(records: Records, uid: string): Promise<string[]> {
  const found = new Set<string>();
  const waiting = [uid];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(await records.rolesInheriting(next)).map((role) => role.uid), ...builtInAbove(next));
  }
  return [...found];
}

function builtInAbove(uid: string): string[] {
  return [...untouchedBuiltIns().keys()].filter((one) => lowerBuiltIn(one) === uid);
}

/** @throws RoleCycleError when a role would inherit itself; RoleNotFoundError when it would inherit one there is not. */
export async function checkInheritance(records: Records, role: Role): Promise<void> {
  for (const inherited of role.inherits) if (inherited.role !== role.uid) await existingRole(records, inherited.role);
  const roles = await rolesBelow(
    records,
    inheritedBy(role).map((inherited) => inherited.role),
  );
  roles.set(role.uid, role);
  const cycle = pathBack(role.uid, roles);
  if (cycle !== undefined) throw new RoleCycleError(cycle);
}

// The shortest way from the role to itself.
function pathBack(uid: string, roles: ReadonlyMap<string, Role>): string[] | undefined {
  const ways: string[][] = [[uid]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const role = roles.get(way.at(-1) as string);
    for (const inherited of role === undefined ? [] : inheritedBy(role)) {
      const longer = [...way, inherited.role];
      if (inherited.role === uid) return longer;
      if (!seen.has(inherited.role)) ways.push(longer);
      seen.add(inherited.role);
    }
  }
  return undefined;
}

/** What an assignment gives. */
export function givenBy(assignment: RoleAssignment, roles: Pick<ReadonlyMap<string, Role>, 'get'>): Privilege[] {
  const { role, organization, expiresAt } = assignment;
  return heldThrough(role, (uid) => roles.get(uid)).flatMap(({ source, ...one }) =>
    bound(one, { organization, expiresAt, ...(source !== undefined && { source: until(source, expiresAt) }) }),
  );
}

function until(source: PrivilegeSource, expiresAt: number | undefined): PrivilegeSource {
  return expiresAt === undefined ? source : Object.freeze({ ...source, expiresAt });
}

/** All that somebody holds and is denied, in every organization and for every API, expired or not. */
export async function heldBy(records: HeldRecords, person: Person): Promise<Privilege[]> {
  const assignments = await records.assignments(person);
  const roles = await rolesBelow(
    records,
    assignments.map(({ role }) => role),
  );
  const direct = await records.grants(person);
  return [...direct, ...assignments.flatMap((assignment) => givenBy(assignment, roles))];
}

/** Something that is there, before or after a change. */
export interface Held {
  readonly before: readonly Privilege[];
  readonly after: readonly Privilege[];
}

/** @throws BeyondCeilingError when who makes the change does not hold in the store all that it gives or takes. */
export async function checkCeiling(by: Maker, held: Held, now: number): Promise<void> {
  const missing = await beyondHeld(by, held, now);
  if (missing.length > 0) throw new BeyondCeilingError(missing.map(withoutSource));
}

/** What who makes the change does not hold of all that it gives or takes. */
export async function beyondHeld(by: Maker, held: Held, now: number): Promise<Privilege[]> {
  if (by.access === undefined) return [];
  const own = await by.holdings();
  const before = inNamesOf(by, held.before);
  const after = inNamesOf(by, held.after);
  return beyondCeiling(own, concernedBy({ before, after }), now, by.reading.dialect);
}

/** The same privileges under their permissions' own names: as the store knows them, and then as who makes the change does. */
export function inNamesOf(
  { reading, names }: Pick<CheckedBy, 'reading' | 'names'>,
  privileges: readonly Privilege[],
): readonly Privilege[] {
  return inOwnNames(inOwnNames(privileges, reading.catalogue), names);
}

// A grant that is there afterwards, and a denial that is no longer, let others do more.
function concernedBy({ before, after }: Held): Concerned[] {
  return [
    ...before.map((privilege) => ({ privilege, handsOn: privilege.effect === 'deny' })),
    ...after.map((privilege) => ({ privilege, handsOn: privilege.effect !== 'deny' })),
  ];
}

/** A privilege as it is answered: who gave it is for those who administer, and would make each answer one of its own. */
export function withoutAssigner(privilege: Privilege): Privilege {
  if (privilege.source?.assignedBy === undefined) return privilege;
  const { assignedBy: _assignedBy, ...source } = privilege.source;
  return Object.freeze({ ...privilege, source: Object.freeze(source) });
}

export function withoutSource({ source: _source, ...privilege }: Privilege): Privilege {
  return Object.freeze(privilege);
}
