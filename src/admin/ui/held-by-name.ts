// What is held and a permission go in; what of it is held of that permission comes out, by its name or by a pattern.

import { matchesName } from '../../core/permission.ts';
import type { Privilege } from './answers.ts';

interface ByName {
  readonly named: ReadonlyMap<string, readonly Privilege[]>;
  readonly patterns: readonly Privilege[];
}

// A matrix asks of the same list for each of its rows: it is gone through once.
const byName = new WeakMap<readonly Privilege[], ByName>();

/** Also a denial is held. Those by the very name come first. */
export function heldOf(held: readonly Privilege[], permission: string): readonly Privilege[] {
  const known = byName.get(held) ?? indexed(held);
  byName.set(held, known);
  const others = known.patterns.filter((one) => one.permission !== permission);
  return [...(known.named.get(permission) ?? []), ...others.filter((one) => matchesName(one.permission, permission))];
}

function indexed(held: readonly Privilege[]): ByName {
  const named = new Map<string, Privilege[]>();
  for (const one of held) {
    const same = named.get(one.permission);
    if (same === undefined) named.set(one.permission, [one]);
    else same.push(one);
  }
  return { named, patterns: held.filter(({ permission }) => permission.includes('*')) };
}
