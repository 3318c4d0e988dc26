// An access goes in, what the API's own rules take away from it comes out: some permissions, or all by a refusal. A rule can add
// nothing, and what it does not say clearly is a refusal.

import type { Access } from './access.ts';
import type { PolicyFailure } from './policies.ts';
import { inTime } from './in-time.ts';
import type { Clock } from './in-time.ts';
import { isPromise } from './next.ts';
import { expectation, isRecord } from './options.ts';
import type { PermissionCatalogue } from './permission.ts';
import { everyPermission } from './permission.ts';

/**
 * What a rule comes to: nothing changes; these permissions cannot be used in this request (`*`: none can); or the request is refused,
 * for a reason that the client is told.
 */
export type RuleVerdict = 'keep' | { readonly without: readonly string[] } | { readonly refuse: string };

/** Looks at each signed-in request. `access` is as it would be without rules; `request` is the framework's own object. */
export type AccessRule<Name extends string = string> = (
  access: Access<Name>,
  request: unknown,
) => RuleVerdict | Promise<RuleVerdict>;

/** What all rules together come to. */
export interface Ruling {
  /** Own names, or `*`. */
  readonly without: readonly string[];
  readonly refused: PolicyFailure | undefined;
}

/** What rules need beside the access. */
export interface RuleSurroundings {
  readonly catalogue: PermissionCatalogue | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** @throws TypeError when it is no list of functions. */
export function checkedRules(value: unknown): readonly AccessRule[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw expectation('rules', 'a list of functions', value);
  for (const [at, rule] of value.entries()) {
    if (typeof rule !== 'function') throw expectation(`rules[${at}]`, 'a function', rule);
  }
  return value.length === 0 ? undefined : Object.freeze([...(value as AccessRule[])]);
}

/** What is kept whole. */
export const kept: Ruling = Object.freeze({ without: Object.freeze([]), refused: undefined });

/** At once where no rule has to be waited for. Rejects with an UnavailableError when one is late. */
export function rulingOf(
  rules: readonly AccessRule[],
  access: Access,
  request: unknown,
  surroundings: RuleSurroundings,
): Ruling | Promise<Ruling> {
  let ruling = kept;
  for (const [at, rule] of rules.entries()) {
    const name = rule.name === '' ? `rule ${at + 1}` : rule.name;
    const read = (verdict: unknown): Ruling => joined(ruling, rulingIn(verdict, name, surroundings.catalogue));
    const failed = (thrown: unknown): Ruling => ({ without: [], refused: { policy: name, thrown } });
    let verdict: unknown;
    try {
      verdict = rule(access, request);
    } catch (thrown) {
      return failed(thrown);
    }
    if (isPromise(verdict)) {
      const settled = Promise.resolve(verdict).then(read, failed);
      const limit = { what: `The rule ${JSON.stringify(name)}`, ...surroundings };
      return inTime(settled, limit).then((found) => {
        return found.refused === undefined ? rest(rules.slice(at + 1), found, access, request, surroundings) : found;
      });
    }
    ruling = verdict === 'keep' ? ruling : read(verdict);
    if (ruling.refused !== undefined) return ruling;
  }
  return ruling;
}

async function rest(
  rules: readonly AccessRule[],
  before: Ruling,
  ...[access, request, surroundings]: [Access, unknown, RuleSurroundings]
): Promise<Ruling> {
  return joined(before, await rulingOf(rules, access, request, surroundings));
}

function joined(one: Ruling, other: Ruling): Ruling {
  return { without: [...one.without, ...other.without], refused: one.refused ?? other.refused };
}

function rulingIn(verdict: unknown, name: string, catalogue: PermissionCatalogue | undefined): Ruling {
  const refused = (policy: string, thrown?: unknown): Ruling => ({ without: [], refused: { policy, thrown } });
  if (verdict === 'keep') return kept;
  const { without, refuse } = isRecord(verdict) && Object.keys(verdict).length === 1 ? verdict : {};
  if (typeof refuse === 'string' && refuse !== '') return refused(refuse);
  if (!Array.isArray(without)) return refused(name, expectation('what a rule says', verdicts, verdict));
  const names = without.map((one: unknown) => {
    if (one === everyPermission) return one;
    if (typeof one !== 'string') return undefined;
    return catalogue === undefined ? one : catalogue.nameOf(one);
  });
  // A name that nobody knows would take nothing away.
  const unknown = names.indexOf(undefined);
  if (unknown >= 0) return refused(name, expectation(`without[${unknown}]`, 'a permission', without[unknown]));
  return { without: names as string[], refused: undefined };
}

const verdicts = "'keep', { without: […] } or { refuse: '…' }";
