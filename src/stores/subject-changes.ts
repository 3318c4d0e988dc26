// Privileges or roles that somebody is to get or to lose go in; the plan of it comes out, or none where that is so already.

import { RoleElsewhereError } from '../core/change-errors.ts';
import type { Privilege } from '../core/privilege.ts';
import type { Person, Role, RoleAssignment } from '../core/role-store.ts';
import { actorName, entryOf, givenDirectly, namesIn, orNull } from './audit-entry.ts';
import { checkCeiling, existingRole, givenBy, rolesBelow, withoutSource } from './change-effects.ts';
import type { Maker } from './change-maker.ts';
import { assignmentKey, grantKey } from './records.ts';
import type { Mutation, Plan, Records } from './records.ts';

export interface PrivilegeChangeRequest {
  readonly action: 'grant' | 'revoke';
  readonly person: Person;
  readonly privileges: readonly Privilege[];
  /** The same under other names of their permissions: what a grant takes the place of. */
  readonly otherwiseNamed: readonly Privilege[];
  readonly by: Maker;
}

/** @throws BeyondCeilingError */
export async function planPrivileges(
  records: Records,
  { action, person, privileges, otherwiseNamed, by }: PrivilegeChangeRequest,
  now: number,
): Promise<Plan | undefined> {
  const wanted = new Map(privileges.map((one) => [grantKey(one), one]));
  const others = [...new Set(otherwiseNamed.map(grantKey))].filter((key) => !wanted.has(key));
  const keys = [...wanted.keys(), ...others];
  const stored = new Map((await records.grants(person, keys)).map((one) => [grantKey(one), one]));
  const replaced = others.filter((key) => stored.has(key));
  const changed = [...wanted].filter(([key, { expiresAt }]) => {
    const there = stored.get(key);
    return action === 'grant' ? there === undefined || there.expiresAt !== expiresAt : there !== undefined;
  });
  if (changed.length === 0 && replaced.length === 0) return undefined;
  const concerned = [...changed.map(([key]) => key), ...replaced];
  const before = concerned.flatMap((key) => stored.get(key) ?? []).map(withoutSource);
  const after = action === 'grant' ? changed.map(([, one]) => one) : [];
  await checkCeiling(by, { before, after }, now);
  const source = givenDirectly(by);
  return {
    mutations: [
      ...replaced.map((key): Mutation => ({ kind: 'grant', person, key })),
      ...changed.map(([key, one]): Mutation => {
        return { kind: 'grant', person, key, ...(action === 'grant' && { value: Object.freeze({ ...one, source }) }) };
      }),
    ],
    entry: entryOf(by, {
      action,
      subject: person,
      permissions: namesIn([...before, ...after]),
      before: orNull(before),
      after: orNull(after),
    }),
    changes: [{ subject: person }],
    changedRoles: [],
  };
}

export interface AssignmentChangeRequest {
  readonly action: 'assign' | 'deassign';
  readonly person: Person;
  readonly roles: readonly string[];
  readonly organization: string | undefined;
  readonly expiresAt: number | undefined;
  readonly by: Maker;
}

/** @throws RoleNotFoundError, RoleElsewhereError or BeyondCeilingError */
export async function planAssignments(
  records: Records,
  { action, person, roles: uids, organization, expiresAt, by }: AssignmentChangeRequest,
  now: number,
): Promise<Plan | undefined> {
  if (action === 'assign') for (const uid of uids) await checkAssignable(records, uid, organization);
  const stored = new Map(
    (await records.assignments(person)).map((one) => [assignmentKey(one.role, one.organization), one]),
  );
  const there = (uid: string): RoleAssignment | undefined => stored.get(assignmentKey(uid, organization));
  const changed = uids.filter((uid) => {
    const one = there(uid);
    return action === 'assign' ? one === undefined || one.expiresAt !== expiresAt : one !== undefined;
  });
  if (changed.length === 0) return undefined;
  const before = changed.flatMap((uid) => there(uid) ?? []);
  const after = action === 'assign' ? changed.map((role) => assignment(role, organization, expiresAt)) : [];
  const roles = await rolesBelow(records, changed);
  const held = {
    before: before.flatMap((one) => givenBy(one, roles)),
    after: after.flatMap((one) => givenBy(one, roles)),
  };
  await checkCeiling(by, held, now);
  const assigned = { assignedBy: actorName(by.access, by.system), assignedAt: now };
  return {
    mutations: changed.map((role): Mutation => {
      const value = Object.freeze({ ...assignment(role, organization, expiresAt), ...assigned });
      return { kind: 'assignment', person, role, organization, ...(action === 'assign' && { value }) };
    }),
    entry: entryOf(by, {
      action,
      subject: person,
      roles: Object.freeze(changed),
      permissions: namesIn([...held.before, ...held.after]),
      before: orNull(before),
      after: orNull(after),
    }),
    changes: [{ subject: person }],
    changedRoles: [],
  };
}

async function checkAssignable(records: Records, uid: string, organization: string | undefined): Promise<void> {
  const role = await existingRole(records, uid);
  if (!isAssignable(role, organization)) throw new RoleElsewhereError(uid, role.organization ?? '');
}

/** Whether it gives something where it would be assigned; absent: in every organization. */
export function isAssignable(role: Role, organization: string | undefined): boolean {
  return role.organization === undefined || role.organization === organization;
}

function assignment(role: string, organization: string | undefined, expiresAt: number | undefined): RoleAssignment {
  return Object.freeze({
    role,
    ...(organization !== undefined && { organization }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
}
