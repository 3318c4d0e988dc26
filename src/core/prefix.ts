// The `prefix` dialect: only a `*` at the end of a pattern is a wildcard, alone or after `:` or `/`, and goes on over all of them.

import { HeadIndex } from './head-index.ts';
import { TextSet } from './resource.ts';
import type { Reach, ResourceDialect, ResourceSet } from './resource.ts';

export const prefixDialect: ResourceDialect = Object.freeze({
  name: 'prefix',
  universal: '*',
  rule: 'a `*` only at its end, alone or after `:` or `/`',
  reachOf,
  newSet: () => new PrefixSet(),
  isOneName: (text: string) => !/[*?:/]/.test(text),
});

function reachOf(pattern: string): Reach {
  if (pattern === '') return 'nothing';
  if (pattern === '*') return 'everything';
  const head = pattern.slice(0, -1);
  if (/[*?]/.test(head)) return 'invalid';
  return pattern.endsWith('*') && !/[:/]$/.test(head) ? 'invalid' : 'some';
}

class PrefixSet implements ResourceSet {
  readonly #exact = new TextSet();
  #heads: HeadIndex | undefined;
  /** Those and the heads, in order; made when it is first asked for. */
  #sorted: readonly string[] | undefined;

  add(pattern: string): Reach {
    const reach = reachOf(pattern);
    if (reach === 'nothing' || reach === 'invalid') return reach;
    if (pattern.endsWith('*')) (this.#heads ??= new HeadIndex()).add(pattern.slice(0, -1));
    else this.#exact.add(pattern);
    this.#sorted = undefined;
    return reach;
  }

  covers(resource: string): boolean {
    return this.#exact.has(resource) || (this.#heads !== undefined && this.#heads.beginsAny(resource));
  }

  // What ends in a star is asked for whole, whether it is a valid pattern or not.
  touches(resource: string): boolean {
    if (this.covers(resource)) return true;
    return resource.endsWith('*') && this.#hasTextFrom(resource.slice(0, -1));
  }

  #hasTextFrom(stem: string): boolean {
    this.#sorted ??= [...this.#exact.all(), ...(this.#heads?.all() ?? [])].sort(byCodeUnits);
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as string) < stem) low = middle + 1;
      else high = middle;
    }
    return this.#sorted[low]?.startsWith(stem) === true;
  }

  includes(pattern: string): boolean {
    const reach = reachOf(pattern);
    return reach !== 'nothing' && reach !== 'invalid' && this.covers(pattern);
  }
}

function byCodeUnits(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
