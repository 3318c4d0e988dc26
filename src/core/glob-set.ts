// Globs, indexed: of what is an exact text, `text:*` or `text:**`, an answer costs a few lookups, however many there are; only the
// others are walked through.

import { Budget } from './glob-automaton.ts';
import { hasGlobCharacter } from './glob-parser.ts';
import { Glob, readingOf } from './glob.ts';
import { HeadIndex } from './head-index.ts';
import { TextSet } from './resource.ts';
import type { Reach, ResourceDialect, ResourceSet } from './resource.ts';

export const globDialect: ResourceDialect = Object.freeze({
  name: 'glob',
  universal: '**',
  rule: 'a glob of at most 1024 characters in which brackets and braces are closed and hold something',
  reachOf: (pattern: string) => new GlobSet().add(pattern),
  newSet: () => new GlobSet(),
  isOneName: (text: string) => !hasGlobCharacter(text) && !/[:/]/.test(text),
});

// Some ten thousand ordinary patterns, and of the worst there can be some hundredths of a second.
const matchingSteps = 100_000;

class GlobSet implements ResourceSet {
  readonly #exact = new TextSet();
  /** What stands before a `*` at the end. */
  readonly #flat = new TextSet();
  readonly #deep = new HeadIndex();
  /** Those that are no exact text. */
  readonly #wide: Glob[] = [];
  readonly #unusual: Glob[] = [];

  add(pattern: string): Reach {
    if (pattern === '') return 'nothing';
    if (!hasGlobCharacter(pattern)) {
      this.#exact.add(pattern);
      return 'some';
    }
    const glob = Glob.of(pattern);
    if (glob === undefined) return 'invalid';
    if (glob.shape !== 'exact') this.#wide.push(glob);
    this.#index(glob);
    return glob.shape === 'deep' && glob.head === '' ? 'everything' : 'some';
  }

  #index(glob: Glob): void {
    switch (glob.shape) {
      case 'exact':
        this.#exact.add(glob.head);
        return;
      case 'flat':
        this.#flat.add(glob.head);
        return;
      case 'deep':
        return this.#deep.add(glob.head);
      case 'unusual':
        this.#unusual.push(glob);
    }
  }

  /** `ifUnknown`: where it would take too long to find out. */
  #matches(text: string, ifUnknown = false): boolean {
    if (this.#exact.has(text)) return true;
    if (this.#wide.length === 0) return false;
    if (!this.#flat.isEmpty() && this.#flat.has(parentOf(text))) return true;
    if (this.#deep.beginsAny(text)) return true;
    const budget = new Budget(matchingSteps);
    return this.#unusual.some((glob) => glob.matches(text, budget) ?? ifUnknown);
  }

  // A name may hold what means something in a pattern: who asks could mean either, so both must be held.
  covers(resource: string): boolean {
    if (!this.#matches(resource)) return false;
    const glob = readingOf(resource);
    return glob === undefined || this.#includes(glob);
  }

  touches(resource: string): boolean {
    if (this.#matches(resource, true)) return true;
    const glob = readingOf(resource);
    return glob !== undefined && this.#intersects(glob);
  }

  #intersects(glob: Glob): boolean {
    if (glob.shape === 'exact') return this.#matches(glob.head, true);
    const budget = new Budget();
    if (this.#wide.some((one) => one.intersects(glob, budget))) return true;
    for (const text of this.#exact.all()) if (glob.matches(text, budget) !== false) return true;
    return false;
  }

  includes(pattern: string): boolean {
    const glob = pattern === '' ? undefined : Glob.of(pattern);
    return glob !== undefined && this.#includes(glob);
  }

  // One pattern by itself: several together never make up for a wider one.
  #includes(glob: Glob): boolean {
    if (glob.shape === 'exact') return this.#matches(glob.head);
    if (this.#deep.beginsAny(glob.head)) return true;
    if (glob.shape === 'flat' && this.#flat.has(glob.head)) return true;
    const budget = new Budget();
    return this.#wide.some((one) => one.includes(glob, budget));
  }
}

/** The text up to its last separator, that included. */
function parentOf(text: string): string {
  return text.slice(0, Math.max(text.lastIndexOf(':'), text.lastIndexOf('/')) + 1);
}
