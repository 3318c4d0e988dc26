// A ledger goes in, the changes of a role store come out: each is checked, planned from what is there, and carried out whole.

import { ofInput } from '../core/input-error.ts';
import { checkedBoolean, checkedMembers, expectation } from '../core/options.ts';
import type { RoleStore } from '../core/role-store.ts';
import { numbered, numberedError, planAll } from './change-batch.ts';
import type { Batch } from './change-batch.ts';
import { checkedChange } from './change-checking.ts';
import type { Planning } from './change-checking.ts';
import { checkedCondition, unconditional } from './change-conditions.ts';
import type { Condition } from './change-conditions.ts';
import { delegatable } from './change-delegation.ts';
import { checkedBy } from './change-input.ts';
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
  const change = (batch: Batch, dryRun = false): Promise<number> => {
    if (!dryRun) return ledger.change((records, seen) => planAll(records, batch, seen));
    return ledger.look(async (records, seen) => {
      await planAll(records, batch, seen);
      return seen.revision;
    });
  };
  const alone = (given: () => object, by: unknown): Promise<number> => {
    const changes = [ofInput(() => checkedChange(given(), rules))];
    return change({ changes, by: checkedBy(by, rules), rules, condition: unconditional });
  };

  return {
    grant: async (subject, privilege, by) => alone(() => ({ kind: 'grant', subject, privilege }), by),
    revoke: async (subject, privilege, by) => alone(() => ({ kind: 'revoke', subject, privilege }), by),
    assign: async (subject, role, options, by) => {
      const where = () => checkedMembers(options, 'options', ['organization', 'expiresAt']);
      return alone(() => ({ kind: 'assign', subject, role, ...where() }), by);
    },
    deassign: async (subject, role, options, by) => {
      const where = () => checkedMembers(options, 'options', ['organization']);
      return alone(() => ({ kind: 'deassign', subject, role, ...where() }), by);
    },
    putRole: async (role, by) => alone(() => ({ kind: 'put-role', role }), by),
    deleteRole: async (uid, options, by) => {
      return alone(() => ({ kind: 'delete-role', uid, ...checkedMembers(options, 'options', ['force']) }), by);
    },
    putApi: async (api, by) => alone(() => ({ kind: 'put-api', api }), by),
    deleteApi: async (identifier, by) => alone(() => ({ kind: 'delete-api', identifier }), by),
    changeAll: async (given, by, options = {}) => {
      const { isDry, condition } = ofInput(() => checkedOptions(options));
      const changes = ofInput(() => checkedChanges(given, rules));
      return change({ changes, by: checkedBy(by, rules), rules, condition }, isDry);
    },
    delegatable: async (...asked) => delegatable(ledger, rules, [asked[0], asked[1], asked[2]]),
  };
}

function checkedOptions(options: unknown): { readonly isDry: boolean; readonly condition: Condition } {
  const { dryRun, unlessChanged } = checkedMembers(options, 'options', ['dryRun', 'unlessChanged']);
  return { isDry: checkedBoolean(dryRun, 'options.dryRun', false), condition: checkedCondition(unlessChanged) };
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
