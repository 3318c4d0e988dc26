// A change as plain data goes in, checked; what it comes to is planned when its turn has come, from the records there are then.

import { checkedBoolean, checkedMembers, checkedString, expectation, isRecord } from '../core/options.ts';
import type { Change, ChangeAction } from '../core/role-store.ts';
import { planApi, planApiDeletion } from './api-changes.ts';
import { changeActions } from './audit-query.ts';
import {
  checkedApi,
  checkedInstant,
  checkedOrganization,
  checkedPrivileges,
  checkedRole,
  checkedSubject,
  checkedUids,
} from './change-input.ts';
import type { Maker } from './change-maker.ts';
import type { Plan, Records } from './records.ts';
import { planRole, planRoleDeletion } from './role-changes.ts';
import { planAssignments, planPrivileges } from './subject-changes.ts';
import { checkRules, named, underEveryName } from './write-rules.ts';
import type { WriteRules } from './write-rules.ts';

/**
 * Plans a change; undefined: it would change nothing.
 *
 * @throws (rejects) a ChangeRefusedError, or TypeError where the catalogue does not know what it writes.
 */
export type Planning = (records: Records, by: Maker, now: number) => Promise<Plan | undefined>;

/** @throws TypeError when the change is not as it must be. */
export function checkedChange(change: unknown, rules: WriteRules): Planning {
  if (!isRecord(change)) throw expectation('change', 'an object with a `kind`', change);
  const kind = Object.hasOwn(change, 'kind') ? change['kind'] : undefined;
  if (!changeActions.includes(kind as ChangeAction)) {
    throw expectation('kind', `one of ${changeActions.join(', ')}`, kind);
  }
  const planned = checks[kind as ChangeAction](change, rules);
  return async (records, by, now) => {
    const plan = await planned(records, by, now);
    if (plan !== undefined) await checkRules(records, plan, { by, rules, now });
    return plan;
  };
}

type Check = (change: unknown, rules: WriteRules) => Planning;

const checks: Readonly<Record<Change['kind'], Check>> = {
  grant: (change, rules) => {
    const { person, privileges } = checkedPrivilegeChange(change, rules);
    const request = {
      action: 'grant' as const,
      person,
      privileges: named(privileges, rules),
      otherwiseNamed: underEveryName(privileges, rules),
    };
    return (records, by, now) => planPrivileges(records, { ...request, by }, now);
  },

  revoke: (change, rules) => {
    const { person, privileges } = checkedPrivilegeChange(change, rules);
    const request = {
      action: 'revoke' as const,
      person,
      privileges: underEveryName(privileges, rules),
      otherwiseNamed: [],
    };
    return (records, by, now) => planPrivileges(records, { ...request, by }, now);
  },

  assign: (change) => {
    const given = checkedMembers(change, 'change', ['kind', 'subject', 'role', 'organization', 'expiresAt']);
    const request = {
      action: 'assign' as const,
      ...whereAssigned(given.subject, given.organization),
      roles: checkedUids(given.role),
      expiresAt: checkedInstant(given.expiresAt, 'expiresAt'),
    };
    return (records, by, now) => planAssignments(records, { ...request, by }, now);
  },

  deassign: (change) => {
    const given = checkedMembers(change, 'change', ['kind', 'subject', 'role', 'organization']);
    const request = {
      action: 'deassign' as const,
      ...whereAssigned(given.subject, given.organization),
      roles: checkedUids(given.role),
      expiresAt: undefined,
    };
    return (records, by, now) => planAssignments(records, { ...request, by }, now);
  },

  'put-role': (change, rules) => {
    const { dialect, roleVersions: versions } = rules;
    const checked = checkedRole(checkedMembers(change, 'change', ['kind', 'role']).role, dialect);
    const role = { ...checked, privileges: named(checked.privileges, rules) };
    return (records, by, now) => planRole(records, { role, versions, by }, now);
  },

  'delete-role': (change) => {
    const { uid, force } = checkedMembers(change, 'change', ['kind', 'uid', 'force']);
    const request = { uid: checkedString(uid, 'uid'), force: checkedBoolean(force, 'force', false) };
    return (records, by, now) => planRoleDeletion(records, { ...request, by }, now);
  },

  'put-api': (change) => {
    const api = checkedApi(checkedMembers(change, 'change', ['kind', 'api']).api);
    return (records, by, now) => planApi(records, { api, by }, now);
  },

  'delete-api': (change) => {
    const { identifier } = checkedMembers(change, 'change', ['kind', 'identifier']);
    const checked = checkedString(identifier, 'identifier');
    return (records, by, now) => planApiDeletion(records, { identifier: checked, by }, now);
  },
};

function checkedPrivilegeChange(change: unknown, { dialect }: WriteRules) {
  const { subject, privilege } = checkedMembers(change, 'change', ['kind', 'subject', 'privilege']);
  const { person, organization } = checkedSubject(subject);
  return { person, privileges: checkedPrivileges(privilege, 'privilege', organization, dialect) };
}

function whereAssigned(subject: unknown, given: unknown): ReturnType<typeof checkedSubject> {
  const { person, organization } = checkedSubject(subject);
  const where = checkedOrganization(given, 'organization') ?? organization;
  if (organization !== undefined && where !== organization) {
    throw expectation('organization', "the subject's, or absent", given);
  }
  return { person, organization: where };
}
