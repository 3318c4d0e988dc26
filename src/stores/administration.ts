// A ledger goes in, the changes of a role store come out: each is checked, planned from what is there, and carried out whole.

import { checkedBoolean, checkedMembers, checkedString, expectation } from '../core/options.ts';
import type { RoleStore } from '../core/role-store.ts';
import { checkAdministrators } from './administrators.ts';
import { planApi, planApiDeletion } from './api-changes.ts';
import {
  checkedApi,
  checkedBy,
  checkedInstant,
  checkedOrganization,
  checkedPrivileges,
  checkedRole,
  checkedSubject,
  checkedUids,
} from './change-input.ts';
import type { CheckedBy } from './change-input.ts';
import type { Ledger, Plan, Records } from './records.ts';
import { planRole, planRoleDeletion } from './role-changes.ts';
import { planAssignments, planPrivileges } from './subject-changes.ts';
import { checkRules, named, underEveryName, writeRules } from './write-rules.ts';
import type { AdministrationOptions } from './write-rules.ts';

export { administrationOptions } from './write-rules.ts';
export type { AdministrationOptions } from './write-rules.ts';

/** The half of a {@link RoleStore} that changes it. */
export type Changes = Pick<
  RoleStore,
  'grant' | 'revoke' | 'assign' | 'deassign' | 'putRole' | 'deleteRole' | 'putApi' | 'deleteApi'
>;

/** Changes that are written to `ledger`. Each function is async, so that what is wrong with its input rejects too. */
export function administration(ledger: Ledger, ruleOptions: AdministrationOptions = {}): Changes {
  const rules = writeRules(ruleOptions);
  const { dialect } = rules;
  // Whatever a change is, it goes through here.
  const change = <Request extends { readonly by: CheckedBy }>(
    plan: Planning<Request>,
    request: Request,
  ): Promise<number> =>
    ledger.change(async (records, now) => {
      const planned = await plan(records, request, now);
      if (planned === undefined) return undefined;
      await checkRules(records, planned, { by: request.by, rules, now });
      await checkAdministrators(records, planned, now, dialect);
      return planned;
    });
  const changePrivileges =
    (action: 'grant' | 'revoke'): Changes['grant'] =>
    async (subject, privilege, by) => {
      const { person, organization } = checkedSubject(subject);
      const given = checkedPrivileges(privilege, 'privilege', organization, dialect);
      const everyName = underEveryName(given, rules);
      const [privileges, otherwiseNamed] = action === 'grant' ? [named(given, rules), everyName] : [everyName, []];
      return change(planPrivileges, { action, person, privileges, otherwiseNamed, by: checkedBy(by, rules) });
    };

  return {
    grant: changePrivileges('grant'),
    revoke: changePrivileges('revoke'),

    assign: async (subject, role, options, by) => {
      const { organization, expiresAt } = checkedMembers(options, 'options', ['organization', 'expiresAt']);
      const request = {
        action: 'assign' as const,
        ...whereAssigned(subject, organization),
        roles: checkedUids(role),
        expiresAt: checkedInstant(expiresAt, 'options.expiresAt'),
        by: checkedBy(by, rules),
      };
      return change(planAssignments, request);
    },

    deassign: async (subject, role, options, by) => {
      const { organization } = checkedMembers(options, 'options', ['organization']);
      const request = {
        action: 'deassign' as const,
        ...whereAssigned(subject, organization),
        roles: checkedUids(role),
        expiresAt: undefined,
        by: checkedBy(by, rules),
      };
      return change(planAssignments, request);
    },

    putRole: async (role, by) => {
      const checked = checkedRole(role, dialect);
      const privileges = named(checked.privileges, rules);
      const { roleVersions: versions } = rules;
      return change(planRole, { role: { ...checked, privileges }, versions, by: checkedBy(by, rules) });
    },

    deleteRole: async (uid, options, by) => {
      const { force } = checkedMembers(options, 'options', ['force']);
      const request = {
        uid: checkedString(uid, 'uid'),
        force: checkedBoolean(force, 'options.force', false),
        by: checkedBy(by, rules),
      };
      return change(planRoleDeletion, request);
    },

    putApi: async (api, by) => {
      return change(planApi, { api: checkedApi(api), by: checkedBy(by, rules) });
    },

    deleteApi: async (identifier, by) => {
      return change(planApiDeletion, { identifier: checkedString(identifier, 'identifier'), by: checkedBy(by, rules) });
    },
  };
}

type Planning<Request> = (records: Records, request: Request, now: number) => Promise<Plan | undefined>;

function whereAssigned(subject: unknown, given: unknown): ReturnType<typeof checkedSubject> {
  const { person, organization } = checkedSubject(subject);
  const where = checkedOrganization(given, 'options.organization') ?? organization;
  if (organization !== undefined && where !== organization) {
    throw expectation('options.organization', "the subject's, or absent", given);
  }
  return { person, organization: where };
}
