// A ledger goes in, the changes of a role store come out: each is checked, planned from what is there, and carried out whole.

import { checkedBoolean, checkedMembers, checkedString, expectation } from '../core/options.ts';
import type { RoleStore } from '../core/role-store.ts';
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
import type { Ledger } from './records.ts';
import { planRole, planRoleDeletion } from './role-changes.ts';
import { planAssignments, planPrivileges } from './subject-changes.ts';

/** The half of a {@link RoleStore} that changes it. */
export type Changes = Pick<
  RoleStore,
  'grant' | 'revoke' | 'assign' | 'deassign' | 'putRole' | 'deleteRole' | 'putApi' | 'deleteApi'
>;

/** Changes that are written to `ledger`. Each function is async, so that what is wrong with its input rejects too. */
export function administration(ledger: Ledger): Changes {
  const changePrivileges =
    (action: 'grant' | 'revoke'): Changes['grant'] =>
    async (subject, privilege, by) => {
      const { person, organization } = checkedSubject(subject);
      const privileges = checkedPrivileges(privilege, 'privilege', organization);
      const request = { action, person, privileges, by: checkedBy(by) };
      return ledger.change((records, now) => planPrivileges(records, request, now));
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
        by: checkedBy(by),
      };
      return ledger.change((records, now) => planAssignments(records, request, now));
    },

    deassign: async (subject, role, options, by) => {
      const { organization } = checkedMembers(options, 'options', ['organization']);
      const request = {
        action: 'deassign' as const,
        ...whereAssigned(subject, organization),
        roles: checkedUids(role),
        expiresAt: undefined,
        by: checkedBy(by),
      };
      return ledger.change((records, now) => planAssignments(records, request, now));
    },

    putRole: async (role, by) => {
      const request = { role: checkedRole(role), by: checkedBy(by) };
      return ledger.change((records, now) => planRole(records, request, now));
    },

    deleteRole: async (uid, options, by) => {
      const { force } = checkedMembers(options, 'options', ['force']);
      const request = {
        uid: checkedString(uid, 'uid'),
        force: checkedBoolean(force, 'options.force', false),
        by: checkedBy(by),
      };
      return ledger.change((records, now) => planRoleDeletion(records, request, now));
    },

    putApi: async (api, by) => {
      const request = { api: checkedApi(api), by: checkedBy(by) };
      return ledger.change((records, now) => planApi(records, request, now));
    },

    deleteApi: async (identifier, by) => {
      const request = { identifier: checkedString(identifier, 'identifier'), by: checkedBy(by) };
      return ledger.change((records, now) => planApiDeletion(records, request, now));
    },
  };
}

function whereAssigned(subject: unknown, given: unknown): ReturnType<typeof checkedSubject> {
  const { person, organization } = checkedSubject(subject);
  const where = checkedOrganization(given, 'options.organization') ?? organization;
  if (organization !== undefined && where !== organization) {
    throw expectation('options.organization', "the subject's, or absent", given);
  }
  return { person, organization: where };
}
