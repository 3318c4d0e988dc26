// A ledger goes in, the changes of a role store come out: each is checked, planned from what is there, and carried out whole.

import { checkedBoolean, checkedMembers, expectation } from '../core/options.ts';
import type { RoleStore } from '../core/role-store.ts';
import { numbered, numberedError, planAll } from './change-batch.ts';
import { checkedChange } from './change-checking.ts';
import type { Planning } from './change-checking.ts';
import { delegatable } from './change-delegation.ts';
import { checkedBy } from './change-input.ts';
import type { CheckedBy } from './change-input.ts';
import type { Ledger } from './records.ts';
import { writeRules } from './write-rules.ts';
import type { AdministrationOptions, WriteRules } from './write-rules.ts';

export { administrationOptions } from './write-rules.ts';
export type { AdministrationOptions } from './write-rules.ts';

/** The half of a {@link RoleStore} that changes it. */
export type Changes = Pick<
  RoleStore,
  | 'grant'
  | 'revoke'
  | 'assign'
  | 'deassign'
  | 'putRole'
  | 'deleteRole'
  | 'putApi'
  | 'deleteApi'
  | 'changeAll'
  | 'delegatable'
>;

const maxChanges = 1000;

/** Changes that are written to `ledger`. Each function is async, so that what is wrong with its input rejects too. */
export function administration(ledger: Ledger, ruleOptions: AdministrationOptions = {}): Changes {
  const rules = writeRules(ruleOptions);
  // Whatever a change is, it goes through here.
  const change = (changes: readonly Planning[], by: CheckedBy, dryRun = false): Promise<number> => {
    const batch = { changes, by, rules };
    if (!dryRun) return ledger.change((records, now) => planAll(records, batch, now));
    return ledger.look(async (records, { now, revision }) => {
      await planAll(records, batch, now);
      return revision;
    });
  };
  const alone = (given: object, by: unknown): Promise<number> =>
    change([checkedChange(given, rules)], checkedBy(by, rules));

  return {
    grant: async (subject, privilege, by) => alone({ kind: 'grant', subject, privilege }, by),
    revoke: async (subject, privilege, by) => alone({ kind: 'revoke', subject, privilege }, by),
    assign: async (subject, role, options, by) => {
      const where = checkedMembers(options, 'options', ['organization', 'expiresAt']);
      return alone({ kind: 'assign', subject, role, ...where }, by);
    },
    deassign: async (subject, role, options, by) => {
      const where = checkedMembers(options, 'options', ['organization']);
      return alone({ kind: 'deassign', subject, role, ...where }, by);
    },
    putRole: async (role, by) => alone({ kind: 'put-role', role }, by),
    deleteRole: async (uid, options, by) => {
      return alone({ kind: 'delete-role', uid, ...checkedMembers(options, 'options', ['force']) }, by);
    },
    putApi: async (api, by) => alone({ kind: 'put-api', api }, by),
    deleteApi: async (identifier, by) => alone({ kind: 'delete-api', identifier }, by),
    changeAll: async (changes, by, options = {}) => {
      const { dryRun } = checkedMembers(options, 'options', ['dryRun']);
      const isDry = checkedBoolean(dryRun, 'options.dryRun', false);
      return change(checkedChanges(changes, rules), checkedBy(by, rules), isDry);
    },
    delegatable: async (...asked) => delegatable(ledger, rules, [asked[0], asked[1], asked[2]]),
  };
}

function checkedChanges(changes: unknown, rules: WriteRules): Planning[] {
  if (!Array.isArray(changes) || changes.length > maxChanges) {
    throw expectation('changes', `a list of at most ${maxChanges}`, changes);
  }
  return Array.from(changes, (one: unknown, step) => {
    try {
      return numbered(checkedChange(one, rules), step);
    } catch (error) {
      throw numberedError(error, step);
    }
  });
}
