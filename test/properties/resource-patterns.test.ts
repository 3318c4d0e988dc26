// The laws of resource patterns, in both dialects: what is indexed and compiled against matchers that try everything.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Dialect, PermissionSet, type Privilege } from 'rightful';
import { Budget } from '../../src/core/glob-automaton.ts';
import { Glob } from '../../src/core/glob.ts';
import { naiveRule } from './naive-evaluator.ts';
import { naiveGlob, textsOf } from './naive-globs.ts';

const numRuns = 300;

// `c` is every other character, `/` a separator like `:`.
const texts = textsOf(['a', 'b', 'c', ':'], 5);

/** One part or several of a glob that is valid. */
const valid: fc.Arbitrary<string> = fc.letrec<{ glob: string; part: string; braces: string }>((tie) => ({
  glob: fc.array(tie('part'), { maxLength: 3 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', ':', '*', '**', '?', '[ab]', '[!a]', '[a-b]', '[!a-b]', '[:a]', '[!:]', '\\a', '[a]'),
    tie('braces'),
  ),
  braces: fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((ways) => `{${ways.join(',')}}`),
})).glob;

const anyText = fc
  .array(fc.constantFrom(...'aab:/*?[]{}!-,\\'), { maxLength: 7 })
  .map((characters) => characters.join(''));

function matcherOf(pattern: string): (text: string) => boolean {
  const matches = naiveGlob(pattern);
  if (matches === undefined) throw new TypeError(`No glob: ${pattern}`);
  return matches;
}

function globOf(pattern: string): Glob {
  const glob = Glob.of(pattern);
  if (glob === undefined) throw new TypeError(`No glob: ${pattern}`);
  return glob;
}

describe('a glob', () => {
  it('matches what a matcher that tries everything matches', () => {
    fc.assert(
      fc.property(valid, (pattern) => {
        const [glob, matches] = [globOf(pattern), matcherOf(pattern)];
        expect(texts.filter((text) => glob.matches(text) !== matches(text))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('is valid where its grammar says so, whatever the text', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyText, { maxLength: 20 }), (pattern, asked) => {
        const [glob, matches] = [Glob.of(pattern), naiveGlob(pattern)];
        expect(glob === undefined).toBe(matches === undefined);
        for (const text of [...asked, pattern]) expect(glob?.matches(text)).toBe(matches?.(text));
      }),
      { numRuns: numRuns * 10 },
    );
  });

  it('has a text in common with another where there is one', () => {
    fc.assert(
      fc.property(valid, valid, (one, other) => {
        const [matches, matchesToo] = [matcherOf(one), matcherOf(other)];
        const common = texts.some((text) => matches(text) && matchesToo(text));
        // A text in common may be longer than those that are tried.
        const intersects = globOf(one).intersects(globOf(other), new Budget());
        expect(globOf(other).intersects(globOf(one), new Budget())).toBe(intersects);
        if (common || one.length + other.length < 12) expect([one, other, intersects]).toEqual([one, other, common]);
      }),
      { numRuns: numRuns * 3 },
    );
  });

  it('includes another where there is no text that only the other matches', () => {
    fc.assert(
      fc.property(valid, valid, (one, other) => {
        const [matches, matchesToo] = [matcherOf(one), matcherOf(other)];
        const witness = texts.find((text) => matchesToo(text) && !matches(text));
        const includes = globOf(one).includes(globOf(other), new Budget());
        if (witness !== undefined || one.length + other.length < 10) {
          expect([one, other, includes]).toEqual([one, other, witness === undefined]);
        }
      }),
      { numRuns: numRuns * 3 },
    );
  });

  it('includes itself, and everything includes it', () => {
    fc.assert(
      fc.property(valid, (pattern) => {
        const budget = new Budget();
        expect(globOf('**').includes(globOf(pattern), budget)).toBe(true);
        expect(globOf(`{${pattern},a}`).includes(globOf(pattern), budget)).toBe(true);
        expect(globOf(pattern).intersects(globOf('**'), budget)).toBe(true);
      }),
      { numRuns },
    );
  });
});

interface Held {
  readonly on: string | undefined;
  readonly denied: boolean;
}

function heldOn(patterns: fc.Arbitrary<string>): fc.Arbitrary<Held[]> {
  const on = fc.oneof({ weight: 12, arbitrary: patterns }, fc.constantFrom('', '*', '**', undefined));
  const denied = fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.constant(true));
  return fc.array(fc.record({ on, denied }), { maxLength: 6 });
}

function privileges(held: readonly Held[]): Privilege[] {
  return held.map(({ on, denied }) => ({
    permission: 'p',
    ...(on !== undefined && { on }),
    ...(denied && { effect: 'deny' }),
  }));
}

function setOf(held: readonly Held[], dialect: Dialect): PermissionSet {
  return PermissionSet.from(privileges(held), { dialect });
}

const segment = fc.constantFrom('a', 'b', 'ab', '1', '');
const resource = fc
  .tuple(segment, fc.array(fc.tuple(fc.constantFrom(':', '/'), segment), { maxLength: 3 }))
  .map(([first, more]) => first + more.map((one) => one.join('')).join(''));
const prefixPattern = fc
  .tuple(resource, fc.constantFrom('', '', ':*', '/*', '*', ':*:a', '?', '?*'))
  .map((parts) => parts.join(''));

describe('in the dialect prefix', () => {
  it('a set answers as one that tries every pattern', () => {
    fc.assert(
      fc.property(heldOn(prefixPattern), fc.array(prefixPattern, { maxLength: 30 }), (held, asked) => {
        const set = setOf(held, 'prefix');
        const naive = naiveRule({ privileges: privileges(held), delegated: () => true, now: 0 });
        expect([set.has('p'), set.hasAnywhere('p')]).toEqual([naive.has('p'), naive.hasAnywhere('p')]);
        const all = [...asked, ...held.flatMap(({ on }) => on ?? []), '*', ''];
        const wrong = all.filter((text) => set.has('p', text) !== naive.has('p', text));
        expect(wrong).toEqual([]);
      }),
      { numRuns: numRuns * 5 },
    );
  });
});

/** The rule for a text that is no pattern: granted by one, denied by none, and one that cannot be read denies everything. */
function naivePermits(held: readonly Held[], text: string): boolean {
  const covers = (on: string | undefined): boolean => on === undefined || (on !== '' && naiveGlob(on)?.(text) === true);
  const denies = (on: string | undefined): boolean => on === '' || covers(on) || naiveGlob(on ?? '**') === undefined;
  return held.some(({ on, denied }) => !denied && covers(on)) && !held.some(({ on, denied }) => denied && denies(on));
}

const anyPattern = fc.oneof({ weight: 4, arbitrary: valid }, { weight: 1, arbitrary: anyText });

describe('in the dialect glob', () => {
  it('a set answers as one that tries every pattern', () => {
    fc.assert(
      fc.property(heldOn(anyPattern), (held) => {
        const set = setOf(held, 'glob');
        expect(texts.filter((text) => set.has('p', text) !== naivePermits(held, text))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('a text that may be a pattern is permitted only where the text is, and all that the pattern matches', () => {
    fc.assert(
      fc.property(heldOn(anyPattern), anyPattern, (held, asked) => {
        if (!setOf(held, 'glob').has('p', asked)) return;
        expect(naivePermits(held, asked)).toBe(true);
        const matches = naiveGlob(asked) ?? (() => false);
        expect(texts.filter((text) => matches(text) && !naivePermits(held, text))).toEqual([]);
      }),
      { numRuns: numRuns * 5 },
    );
  });

  it('what is held on all of them is held on each, and what is held on one is held anywhere', () => {
    fc.assert(
      fc.property(heldOn(anyPattern), (held) => {
        const set = setOf(held, 'glob');
        const permitted = texts.filter((text) => set.has('p', text));
        if (set.has('p') && !held.some(({ on, denied }) => on === '' && !denied)) {
          expect(permitted.length).toBe(texts.length);
        }
        if (permitted.length > 0) expect(set.hasAnywhere('p')).toBe(true);
      }),
      { numRuns },
    );
  });
});
