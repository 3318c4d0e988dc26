// Roles and an Access go in; those roles come out that it may assign to others, by what is asked of an assignment.

import { invalidInput, ofInput } from '../core/input-error.ts';
import { checkedString, expectation } from '../core/options.ts';
import type { Role } from '../core/role-store.ts';
import { beyondHeld, givenBy, rolesBelow } from './change-effects.ts';
import { checkedBy, checkedOrganization } from './change-input.ts';
import { makerOf } from './change-maker.ts';
import type { Maker } from './change-maker.ts';
import type { Ledger } from './records.ts';
import { isAssignable } from './subject-changes.ts';
import { beyondGate } from './write-rules.ts';
import type { WriteRules } from './write-rules.ts';

/** What is asked: an Access, and where the roles would be assigned. */
interface Delegation {
  readonly uids: readonly string[];
  readonly organization: string | undefined;
  readonly by: Maker;
}

const maxRoles = 1000;

/** @throws TypeError (rejects) when something is not as it must be. */
export async function delegatable(
  ledger: Ledger,
  rules: WriteRules,
  [uids, access, organization]: readonly [unknown, unknown, unknown],
): Promise<ReadonlySet<string>> {
  const asked = ofInput(() => ({
    uids: checkedList(uids),
    organization: checkedOrganization(organization, 'organization'),
  }));
  const by = checkedBy(access, rules);
  // Nothing is changed by it, so there is no why.
  const isNamed = by.access !== undefined && by.names !== undefined && by.why === undefined;
  if (by.access !== access && !isNamed) throw invalidInput('by', 'an Access, or one with `names`', access);
  return ledger.look(async (records, { now }) => {
    const delegation = { ...asked, by: makerOf(by, records) };
    const roles = await rolesBelow(records, asked.uids);
    return new Set(await within(delegation, { roles, rules, now }));
  });
}

interface Surroundings {
  readonly roles: ReadonlyMap<string, Role>;
  readonly rules: WriteRules;
  readonly now: number;
}

async function within(
  { uids, organization, by }: Delegation,
  { roles, rules, now }: Surroundings,
): Promise<readonly string[]> {
  const gate = rules.gates.get('assign');
  const lacking = gate === undefined ? [] : await beyondGate([organization], { gate, by, now, dialect: rules.dialect });
  if (lacking.length > 0) return [];
  const found: string[] = [];
  for (const uid of uids) {
    const role = roles.get(uid);
    if (role === undefined || !isAssignable(role, organization)) continue;
    const assignment = { role: uid, ...(organization !== undefined && { organization }) };
    const beyond = await beyondHeld(by, { before: [], after: givenBy(assignment, roles) }, now);
    if (beyond.length === 0) found.push(uid);
  }
  return found;
}

function checkedList(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > maxRoles)
    throw expectation('uids', `a list of at most ${maxRoles}`, value);
  return [...new Set(Array.from(value, (uid: unknown, at) => checkedString(uid, `uids[${at}]`)))];
}
