// Changes that were checked go in; one plan of them all comes out, each made of what those before it have left.

import { ChangeRefusedError } from '../core/change-errors.ts';
import { InvalidInputError } from '../core/input-error.ts';
import type { PrivilegeChange } from '../core/privilege.ts';
import { checkAdministrators } from './administrators.ts';
import type { Planning } from './change-checking.ts';
import type { Condition } from './change-conditions.ts';
import type { CheckedBy } from './change-input.ts';
import { makerOf } from './change-maker.ts';
import { StagedRecords } from './change-staging.ts';
import { personKey } from './records.ts';
import type { Plan, Seen, StoredRecords, WholePlan } from './records.ts';
import type { WriteRules } from './write-rules.ts';

/** Changes that are made as one. */
export interface Batch {
  readonly changes: readonly Planning[];
  readonly by: CheckedBy;
  readonly rules: WriteRules;
  /** That what they rest on is as it was read. */
  readonly condition: Condition;
}

/**
 * A plan of them all; none where nothing changes.
 *
 * @throws a ChangeRefusedError when one of them is not permitted, or they leave no administrator.
 */
export async function planAll(
  records: StoredRecords,
  { changes, by, rules, condition }: Batch,
  { now, revision }: Seen,
): Promise<WholePlan | undefined> {
  await condition(records, revision);
  const maker = makerOf(by, records);
  const staged = new StagedRecords(records);
  const plans: Plan[] = [];
  for (const planned of changes) {
    const plan = await planned(staged, maker, now);
    if (plan === undefined) continue;
    staged.stage(plan.mutations);
    plans.push(plan);
  }
  if (plans.length === 0) return undefined;
  const whole = {
    mutations: staged.mutations(),
    entries: plans.map(({ entry }) => entry),
    changes: toldOnce(plans.flatMap((plan) => plan.changes)),
    changedRoles: [...new Set(plans.flatMap((plan) => plan.changedRoles))],
  };
  await checkAdministrators({ before: records, after: staged }, whole, now, rules.dialect);
  return whole;
}

function toldOnce(changes: readonly PrivilegeChange[]): PrivilegeChange[] {
  const told = new Map(
    changes.map((one) => [JSON.stringify([one.role ?? null, one.subject && personKey(one.subject)]), one]),
  );
  const everything = changes.find(({ subject, role }) => subject === undefined && role === undefined);
  return everything === undefined ? [...told.values()] : [everything];
}

/** The same change; what is wrong with it says which of the list it is, from 0. */
export function numbered(planned: Planning, step: number): Planning {
  return async (records, by, now) => {
    try {
      return await planned(records, by, now);
    } catch (error) {
      throw numberedError(error, step);
    }
  };
}

export function numberedError(error: unknown, step: number): unknown {
  if (error instanceof TypeError) {
    const Kind = error instanceof InvalidInputError ? InvalidInputError : TypeError;
    return new Kind(`${error.message}, in \`changes[${step}]\``, { cause: error });
  }
  if (error instanceof ChangeRefusedError) error.step = step;
  return error;
}
