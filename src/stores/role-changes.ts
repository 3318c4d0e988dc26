// A role as it shall be, or one that shall be no more, goes in; the plan of it comes out, or none where that is so already.

import { builtInPrefix, isBuiltIn, untouchedBuiltIns } from '../core/built-in-roles.ts';
import {
  BuiltInRoleError,
  RoleInUseError,
  RoleNameTakenError,
  RoleVersionConflictError,
} from '../core/change-errors.ts';
import { invalidInput } from '../core/input-error.ts';
import { heldThrough } from '../core/role-closure.ts';
import type { Privilege } from '../core/privilege.ts';
import type { Role } from '../core/role-store.ts';
import { entryOf, namesIn } from './audit-entry.ts';
import { concernOf } from './built-in-changes.ts';
import { checkCeiling, checkInheritance, existingRole, roleIn, rolesAbove, rolesBelow } from './change-effects.ts';
import { maxLength } from './change-input.ts';
import type { CheckedRole } from './change-input.ts';
import type { Maker } from './change-maker.ts';
import { grantKey } from './records.ts';
import type { Mutation, Plan, Records } from './records.ts';
import { checkReserved } from './role-reservation.ts';

export interface RolePut {
  readonly role: CheckedRole;
  /** What the version that is sent means: `roleVersions`. */
  readonly versions: 'optimistic' | 'rising';
  readonly by: Maker;
}

/** @throws a ChangeRefusedError, or TypeError when a role has a uid or a name that is not for whoever makes it. */
export async function planRole(
  records: Records,
  { role: wanted, versions, by }: RolePut,
  now: number,
): Promise<Plan | undefined> {
  const before = await roleIn(records, wanted.uid);
  checkVersion(wanted, before, versions);
  const role = asStored(wanted, before);
  if (before !== undefined && isSame(role, before)) return undefined;
  checkReserved({ before, after: role }, by);
  const namesake = (await records.roleNamed(role.name, role.organization)) ?? builtInNamesake(role);
  if (namesake !== undefined && namesake.uid !== role.uid) throw new RoleNameTakenError(role.name, namesake.uid);
  await checkInheritance(records, role);
  const held = {
    before: before === undefined ? [] : await allOf(records, before),
    after: await allOf(records, role),
  };
  await checkCeiling(by, concernOf({ before, after: role, held }, by.access), now);
  return {
    mutations: [{ kind: 'role', uid: role.uid, value: role }],
    entry: entryOf(by, {
      action: 'put-role',
      roles: Object.freeze([role.uid]),
      permissions: namesIn([...held.before, ...held.after]),
      before: before ?? null,
      after: role,
    }),
    // Nobody has a new one yet.
    ...(before === undefined ? { changes: [], changedRoles: [role.uid] } : await told(records, role.uid, role)),
  };
}

// One that was never changed is stored nowhere.
function builtInNamesake({ name, organization }: Role): Role | undefined {
  if (organization !== undefined) return undefined;
  return [...untouchedBuiltIns().values()].find((one) => one.name === name);
}

// So far a role may jump; the version after the last safe integer could never be sent.
const maxVersion = 2 ** 31 - 1;

function checkVersion({ uid, version }: CheckedRole, before: Role | undefined, versions: RolePut['versions']): void {
  if (version !== undefined && version > Math.max(before?.version ?? 0, maxVersion)) {
    throw invalidInput('role.version', `at most ${maxVersion}`, version);
  }
  if (before !== undefined) {
    const isRising = versions === 'rising' && (version === undefined || version > before.version);
    const isRead = versions === 'optimistic' && version !== undefined && version >= before.version;
    if (!isRising && !isRead) {
      throw new RoleVersionConflictError(uid, before.version, version);
    }
    return;
  }
  if (uid.length > maxLength.uid) throw invalidInput('role.uid', `at most ${maxLength.uid} characters`, uid);
  if (uid.startsWith(builtInPrefix)) throw invalidInput('role.uid', `not to begin with \`${builtInPrefix}\``, uid);
}

function asStored({ version, description, organization, privileges, ...wanted }: CheckedRole, before?: Role): Role {
  if (isBuiltIn(wanted.uid)) checkBuiltIn(wanted.uid, { name: wanted.name, organization }, before);
  const next = before === undefined ? (version ?? 1) : Math.max(version ?? 1, before.version + 1);
  return Object.freeze({
    ...wanted,
    version: Math.max(next, 1),
    ...(description !== undefined && { description }),
    ...(organization !== undefined && { organization }),
    privileges: Object.freeze([...new Map(privileges.map((one) => [grantKey(one), one])).values()]),
  });
}

function checkBuiltIn(uid: string, wanted: Pick<CheckedRole, 'name' | 'organization'>, before: Role | undefined): void {
  if (wanted.name !== before?.name) throw new BuiltInRoleError(uid, 'renamed');
  if (wanted.organization !== undefined) throw new BuiltInRoleError(uid, 'bound to an organization');
}

// A put that changes nothing is no change, and the version stays.
function isSame({ version: _one, ...role }: Role, { version: _other, ...before }: Role): boolean {
  return comparable(role) === comparable(before);
}

function comparable(role: Omit<Role, 'version'>): string {
  const privileges = role.privileges.map((one) => `${grantKey(one)} ${one.expiresAt ?? ''}`).sort();
  const inherits = role.inherits.map((one) => JSON.stringify([one.role, one.organization ?? null])).sort();
  return JSON.stringify([role.name, role.description ?? null, role.organization ?? null, privileges, inherits]);
}

/** All that the role gives, what it inherits included. */
async function allOf(records: Records, role: Role): Promise<Privilege[]> {
  const roles = await rolesBelow(
    records,
    role.inherits.map((one) => one.role),
  );
  const below = await rolesBelow(records, [role.uid]);
  const known = new Map([...below, ...roles, [role.uid, role] as const]);
  return heldThrough(role.uid, (uid) => known.get(uid));
}

// Who holds it through another role is named by that one in what it was told before: so all above are named.
async function told(records: Records, uid: string, after?: Role): Promise<Pick<Plan, 'changes' | 'changedRoles'>> {
  const above = await rolesAbove(records, uid);
  const isNamed = after === undefined || (await isNamedToHolders(records, above, after));
  return { changes: isNamed ? above.map((role) => ({ role })) : [{}], changedRoles: above };
}

/** Whether each of these roles has given every holder something, wherever they ask: otherwise nobody can tell its holders. */
async function isNamedToHolders(records: Records, above: readonly string[], after: Role): Promise<boolean> {
  const roles = await rolesBelow(records, above);
  return above.every((uid) => {
    const role = roles.get(uid);
    // Nobody has it yet.
    if (role === undefined) return true;
    if (uid === after.uid && role.organization !== after.organization) return false;
    return heldThrough(uid, (one) => roles.get(one)).some((privilege) => isUnbounded(privilege, role));
  });
}

function isUnbounded({ organization, audience, expiresAt }: Privilege, role: Role): boolean {
  return organization === role.organization && audience === undefined && expiresAt === undefined;
}

export interface RoleDeletion {
  readonly uid: string;
  readonly force: boolean;
  readonly by: Maker;
}

// Enough to see whom it concerned.
const holdersRemembered = 1000;

/** @throws a ChangeRefusedError */
export async function planRoleDeletion(records: Records, { uid, force, by }: RoleDeletion, now: number): Promise<Plan> {
  if (isBuiltIn(uid)) throw new BuiltInRoleError(uid, 'deleted');
  const role = await existingRole(records, uid);
  checkReserved({ before: role }, by);
  const inheritors = await records.rolesInheriting(uid);
  const holders = await records.holdersOfRole(uid, holdersRemembered);
  const isUsed = holders.total > 0 || inheritors.length > 0;
  if (isUsed && !force) {
    const inheriting = inheritors.map((one) => one.uid);
    throw new RoleInUseError(uid, holders.total, inheriting);
  }
  const before = await allOf(records, role);
  await checkCeiling(by, { before, after: [] }, now);
  return {
    mutations: [
      { kind: 'assignments-of-role', uid },
      ...inheritors.map((one) => withoutInherited(one, uid)),
      { kind: 'role', uid },
    ],
    entry: entryOf(by, {
      action: 'delete-role',
      roles: Object.freeze([uid]),
      permissions: namesIn(before),
      before: { role, inheritors: inheritors.map((one) => one.uid), holders },
      after: null,
    }),
    ...(await told(records, uid)),
  };
}

function withoutInherited(role: Role, uid: string): Mutation {
  const inherits = Object.freeze(role.inherits.filter((one) => one.role !== uid));
  const value = Object.freeze({ ...role, version: role.version + 1, inherits });
  return { kind: 'role', uid: role.uid, value };
}
