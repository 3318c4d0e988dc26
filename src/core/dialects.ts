// The name of a dialect goes in, all there is to know of it comes out.

import { globDialect } from './glob-set.ts';
import { checkedChoice, expectation } from './options.ts';
import type { PermissionCatalogue } from './permission.ts';
import { prefixDialect } from './prefix.ts';
import type { Dialect, ResourceDialect } from './resource.ts';

const dialects: Readonly<Record<Dialect, ResourceDialect>> = Object.freeze({
  prefix: prefixDialect,
  glob: globDialect,
});

/** @throws TypeError when it is the name of none. Default: `prefix`. */
export function dialectOf(name: unknown, option = 'dialect'): ResourceDialect {
  return dialects[checkedChoice(name, option, ['prefix', 'glob'])];
}

/** Whether a pattern is on some resource in one of the dialects. */
export function isUsableSomewhere(pattern: string): boolean {
  return Object.values(dialects).some((dialect) => isUsable(pattern, dialect));
}

function isUsable(pattern: string, dialect: ResourceDialect): boolean {
  return ['some', 'everything'].includes(dialect.reachOf(pattern));
}

/** @throws TypeError when a permission of the catalogue may be held on what is no pattern in this dialect. */
export function checkPatternsOf(catalogue: PermissionCatalogue | undefined, dialect: ResourceDialect): void {
  for (const name of catalogue?.names ?? []) {
    const unusable = catalogue?.definition(name)?.on?.find((pattern) => !isUsable(pattern, dialect));
    if (unusable === undefined) continue;
    throw expectation(
      `permissions['${name}'].on`,
      `made of patterns of the dialect '${dialect.name}': ${dialect.rule}`,
      unusable,
    );
  }
}
