// The arguments of `requirePermission` go in; out come the one requirement among them, and whether it is enforced.

import { checkedBoolean, checkedMembers, isRecord } from '../core/options.ts';

/** How a guard asks. */
export interface RequirementOptions {
  /**
   * False: a 403, or the 404 of a resolver or policy in its place, is told to `onDecision`, `onRefused` and `onWarning`, and the
   * request goes on. Who is not signed in is a 401 all the same, and what cannot be decided a 503. Default: true.
   */
  enforce?: boolean;
}

export interface Demanded {
  readonly requirement: unknown;
  readonly isEnforced: boolean;
}

/** @throws TypeError when it is not one requirement, and perhaps options. */
export function demandedIn(given: readonly unknown[]): Demanded {
  const [requirement, options = {}] = given;
  const isOne = given.length === 1 || (given.length === 2 && isOptions(given[1]));
  if (!isOne) throw new TypeError(`Expected one requirement, got ${given.length}: see allOf and anyOf`);
  const { enforce } = checkedMembers(options, 'options', ['enforce']);
  return { requirement, isEnforced: checkedBoolean(enforce, 'enforce', true) };
}

// A second requirement that passed for options would be one that nobody asks: also one that came to nothing.
function isOptions(value: unknown): boolean {
  const isRequirement = (name: string): boolean => Object.hasOwn(value as object, name);
  return isRecord(value) && !['permission', 'allOf', 'anyOf', 'inOrganization', 'policy'].some(isRequirement);
}
