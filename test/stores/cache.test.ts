// withCache: what it serves, when it asks again, and what it never serves. By a clock and a store that are driven by hand.

import { describe, expect, it, test } from '@jest/globals';
import { createAuthorizer, UnavailableError } from 'rightful';
import type { Privilege, PrivilegeChange, PrivilegeStore, Subject } from 'rightful';
import { memoryStore, withCache } from 'rightful/stores';
import type { CachedStore, CacheOptions } from 'rightful/stores';
import { createCache } from '../../src/stores/cache.ts';

const audience = ['https://contacts.example'];
const alice: Subject = { issuer: 'https://issuer.example/', id: 'alice', kind: 'user' };
const bob: Subject = { ...alice, id: 'bob' };
const direct = { kind: 'direct' } as const;
const a: Privilege = { permission: 'a', source: direct };
const b: Privilege = { permission: 'b', source: direct };

interface Question {
  readonly subject: Subject;
  readonly audience: readonly string[];
  readonly signal: AbortSignal;
  answer(privileges: unknown): Promise<void>;
  fail(error?: unknown): Promise<void>;
}

/** Everything that is under way gets as far as it can. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function scene(options: CacheOptions = {}, more: Partial<PrivilegeStore> = {}) {
  let now = 5000;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const clock = {
    now: () => now,
    after: (milliseconds: number, run: () => void) => {
      const timer = { at: now + milliseconds, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const questions: Question[] = [];
  const listeners = new Set<(change: PrivilegeChange) => void>();
  const store: PrivilegeStore = {
    privilegesOf: (subject, { audience, signal }) => {
      return new Promise((resolve, reject) => {
        const after =
          <Given>(go: (given: Given) => void) =>
          (given: Given) => {
            go(given);
            return settled();
          };
        const answer = after(resolve as (given: unknown) => void);
        const fail = after((error: unknown = new Error('down')) => reject(error));
        questions.push({ subject, audience, signal: signal!, answer, fail });
      });
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ...more,
  };
  const cache = createCache(store, options, clock);
  return {
    cache,
    questions,
    listeners,
    timers,
    ask: (subject: Subject = alice, signal?: AbortSignal) => outcome(cache, subject, signal),
    change: (change: PrivilegeChange) => listeners.forEach((listener) => listener(change)),
    async pass(milliseconds: number) {
      now += milliseconds;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
      await settled();
    },
    /** The cache knows this of the subject. */
    async know(privileges: unknown, subject: Subject = alice) {
      const asked = outcome(cache, subject);
      await questions.at(-1)!.answer(privileges);
      return asked;
    },
  };
}

type Outcome = Promise<readonly Privilege[] | { readonly error: unknown }>;

/** Never rejects, so that it can be waited for later. */
async function outcome(cache: CachedStore, subject: Subject = alice, signal?: AbortSignal): Outcome {
  try {
    return await cache.privilegesOf(subject, { audience, ...(signal && { signal }) });
  } catch (error) {
    return { error };
  }
}

const failed = (message: string | RegExp) => ({
  error: expect.objectContaining({ message: expect.stringMatching(message) }),
});

describe('what is remembered', () => {
  it('is answered at once, frozen, and the same list each time', async () => {
    const { cache, know, questions } = scene();
    await know([{ permission: 'a', source: { kind: 'role', role: 'editor' } }]);
    const one = cache.privilegesOf(alice, { audience });
    expect(one).toEqual([{ permission: 'a', source: { kind: 'role', role: 'editor' } }]);
    expect(cache.privilegesOf({ ...alice }, { audience: [...audience] })).toBe(one);
    expect([one, (one as Privilege[])[0], (one as Privilege[])[0]?.source].every(Object.isFrozen)).toBe(true);
    expect(questions).toHaveLength(1);
  });

  it('is a copy: what the store and the caller do to theirs afterwards changes nothing', async () => {
    const { cache, questions } = scene();
    const subject = { ...alice };
    const asked = ['one'];
    const waiting = cache.privilegesOf(subject, { audience: asked });
    subject.id = 'mallory';
    asked[0] = 'other';
    const given = { permission: 'a' };
    await questions[0]!.answer([given]);
    given.permission = 'b';
    expect(questions[0]).toMatchObject({ subject: alice, audience: ['one'] });
    expect(await waiting).toMatchObject([{ permission: 'a' }]);
    expect(cache.privilegesOf(alice, { audience: ['one'] })).toMatchObject([{ permission: 'a' }]);
    expect(cache.privilegesOf(subject, { audience: asked })).toBeInstanceOf(Promise);
  });

  it('is also that somebody holds nothing', async () => {
    const { cache, know } = scene();
    await know([]);
    expect(cache.privilegesOf(alice, { audience })).toEqual([]);
  });

  it('is looked up without the signal being asked for', async () => {
    const { cache, know } = scene();
    await know([a]);
    const options = {
      audience,
      get signal(): AbortSignal {
        throw new Error('asked for');
      },
    };
    expect(cache.privilegesOf(alice, options)).toEqual([a]);
  });

  it('is answered at once from the start where the store does', () => {
    const { cache, timers } = scene({}, { privilegesOf: () => [a] });
    expect(cache.privilegesOf(alice, { audience })).toEqual([a]);
    expect(timers.size).toBe(0);
    expect(cache.statistics()).toEqual({ subjects: 1, hits: 0, stale: 0, loads: 1, errors: 0 });
  });

  it('is no older than `maxAgeMs`, from when the store was asked', async () => {
    const { ask, cache, pass, questions } = scene({ maxAgeMs: 100 });
    const asked = ask();
    await pass(60);
    await questions[0]!.answer([a]);
    expect(await asked).toEqual([a]);
    await pass(39.9);
    expect(cache.privilegesOf(alice, { audience })).toEqual([a]);
    expect(cache.ageMsOf(alice, { audience })).toBeCloseTo(99.9);
    await pass(0.1);
    expect(cache.ageMsOf(alice, { audience })).toBeUndefined();
    expect(cache.privilegesOf(alice, { audience })).toBeInstanceOf(Promise);
    expect(questions).toHaveLength(2);
  });

  it('is bounded: what was not asked for longest goes first', async () => {
    const { cache, know } = scene({ maxSubjects: 2 });
    await know([a]);
    await know([b], bob);
    expect(cache.privilegesOf(alice, { audience })).toEqual([a]);
    await know([], { ...alice, organization: 'acme' });
    expect(cache.statistics().subjects).toBe(2);
    expect(cache.privilegesOf(alice, { audience })).toEqual([a]);
    expect(cache.privilegesOf(bob, { audience })).toBeInstanceOf(Promise);
  });

  it('tells what it has done', async () => {
    const { ask, cache, know, questions } = scene();
    expect(cache.ageMsOf(alice, { audience })).toBeUndefined();
    await know([a]);
    await ask();
    await ask();
    const refused = ask(bob);
    await questions[1]!.fail();
    await refused;
    expect(cache.statistics()).toEqual({ subjects: 1, hits: 2, stale: 0, loads: 2, errors: 1 });
    expect(cache.ageMsOf(alice, { audience })).toBe(0);
    expect(cache.ageMsOf(bob, { audience })).toBeUndefined();
    expect(cache.ageMsOf(alice, { audience: [] })).toBeUndefined();
  });
});

describe('an answer is about everything that was asked, and nothing else', () => {
  const texts = [
    '',
    'a',
    '|',
    '/',
    '%',
    '%7C',
    '"',
    '\\',
    ',',
    ' ',
    '1',
    '1 4 ',
    'user',
    'client',
    '👍',
    '\uD83D',
    '\uDC4D',
  ];
  const near: (Subject & { readonly audience: readonly string[] })[] = texts.flatMap((text) => [
    { issuer: text, id: 'user', kind: 'user', audience: ['x'] },
    { issuer: 'user', id: text, kind: 'user', audience: ['x'] },
    { issuer: 'user', id: text, kind: 'client', audience: ['x'] },
    { issuer: `a${text}`, id: `${text}a`, kind: 'user', audience: ['x'] },
    { issuer: `a${text}${text}`, id: 'a', kind: 'user', audience: ['x'] },
    { issuer: 'a', id: `${text}${text}a`, kind: 'user', audience: ['x'] },
    { issuer: 'i', id: 'i', kind: 'user', organization: text, audience: ['x'] },
    { issuer: 'i', id: 'i', kind: 'user', audience: [text] },
    { issuer: 'i', id: 'i', kind: 'user', audience: ['x', text] },
    { issuer: 'i', id: 'i', kind: 'user', audience: [text, 'x', 'y'] },
  ]);
  near.push({ issuer: 'i', id: 'i', kind: 'user', audience: [] });
  const textOf = (one: (typeof near)[number]): string => {
    return [
      one.issuer,
      one.id,
      one.kind,
      one.organization === undefined ? '-' : `+${one.organization}`,
      ...one.audience,
    ]
      .map((part) => [...Array(part.length).keys()].map((at) => part.charCodeAt(at)).join('.'))
      .join(';');
  };
  const distinct = [...new Map(near.map((one) => [textOf(one), one])).values()];

  it.each([true, false])(
    'whatever the texts hold; a store that holds for any issuer: %s',
    async (holdsForAnyIssuer) => {
      const { cache } = scene(
        {},
        {
          holdsForAnyIssuer,
          privilegesOf: async (subject, { audience }) => [{ permission: textOf({ ...subject, audience }) }],
        },
      );
      for (let round = 0; round < 2; round += 1) {
        const answers = await Promise.all(distinct.map(async (one) => cache.privilegesOf(one, one)));
        expect(answers.map(([privilege]) => privilege?.permission)).toEqual(distinct.map(textOf));
      }
      expect(cache.statistics()).toMatchObject({ loads: distinct.length, hits: distinct.length });
    },
  );

  it('and shares a list between subjects, though in another order, but not between organizations', async () => {
    const { cache, know } = scene();
    const acme = { ...bob, organization: 'acme' };
    await know([a, b]);
    await know([b, a], bob);
    await know([a, b], acme);
    const [one, two, three] = [alice, bob, acme].map((subject) => cache.privilegesOf(subject, { audience }));
    expect(two).toBe(one);
    expect(three).toEqual(one);
    expect(three).not.toBe(one);
  });

  it.each<[string, Privilege, Privilege]>([
    ['in its end', { permission: 'a', expiresAt: Infinity }, { permission: 'a', expiresAt: -Infinity }],
    ['in what it is on', { permission: 'a' }, { permission: 'a', on: '' }],
    ['in the effect', { permission: 'a' }, { permission: 'a', effect: 'deny' }],
    ['in the organization', { permission: 'a' }, { permission: 'a', organization: 'null' }],
    ['in the source', { permission: 'a' }, { permission: 'a', source: { kind: 'role', role: 'r' } }],
    [
      'in who assigned it',
      { permission: 'a', source: direct },
      { permission: 'a', source: { ...direct, assignedBy: '' } },
    ],
  ])('and shares none where a privilege differs %s', async (_, one, other) => {
    const { cache, know } = scene();
    await know([one]);
    await know([other], bob);
    expect(cache.privilegesOf(alice, { audience })).toMatchObject([one]);
    expect(cache.privilegesOf(bob, { audience })).toMatchObject([other]);
  });

  it('and holds more privileges than are shared', async () => {
    const { cache, know } = scene();
    const many = Array.from({ length: 10_000 }, (_, at) => ({ permission: `p${at}`, source: direct }));
    await know(many);
    expect(cache.privilegesOf(alice, { audience })).toEqual(many);
  });
});

describe('one load', () => {
  it('serves all who ask while it is under way', async () => {
    const { ask, cache, questions } = scene();
    const all = [ask(), ask({ ...alice }), ask()];
    expect(questions).toHaveLength(1);
    await questions[0]!.answer([a]);
    const [one, ...others] = await Promise.all(all);
    expect(one).toEqual([a]);
    for (const other of others) expect(other).toBe(one);
    expect(cache.statistics()).toMatchObject({ loads: 1, hits: 0 });
  });

  it('fails all who wait for it, and nobody after them', async () => {
    const { ask, cache, questions } = scene();
    const all = [ask(), ask()];
    await questions[0]!.fail();
    expect(await Promise.all(all)).toEqual([failed('down'), failed('down')]);
    const again = ask();
    await questions[1]!.answer([a]);
    expect(await again).toEqual([a]);
    expect(cache.statistics()).toMatchObject({ loads: 2, errors: 1 });
  });

  it.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
    [
      'has a `then` that throws',
      () =>
        ({
          then: () => {
            throw new Error('at once');
          },
        }) as never,
    ],
  ])('of a store that %s is no answer, and not remembered', async (_, privilegesOf) => {
    const { ask, cache, timers } = scene({}, { privilegesOf });
    expect(await ask()).toEqual(failed('at once'));
    expect(await ask()).toEqual(failed('at once'));
    expect(cache.statistics()).toEqual({ subjects: 0, hits: 0, stale: 0, loads: 2, errors: 2 });
    expect(timers.size).toBe(0);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a name', 'a'],
    ['a list with a name in it', [a, 'b']],
    ['a list with null in it', [a, null]],
    ['an unknown member', [{ permission: 'a', scope: 'x' }]],
    ['`on: null`', [{ permission: 'a', on: null }]],
    [
      'a list that throws',
      (function* () {
        yield a;
        throw new TypeError('midway');
      })(),
    ],
  ])('that brings %s is refused and not remembered', async (_, nonsense) => {
    const { ask, cache, know } = scene();
    expect(await know(nonsense)).toEqual({ error: expect.any(TypeError) });
    expect(cache.statistics()).toMatchObject({ subjects: 0, errors: 1 });
    expect(cache.privilegesOf(alice, { audience })).toBeInstanceOf(Promise);
    void ask();
  });

  it("is given up after `timeoutMs`, also where the store does not heed the signal, and what it brings then is nobody's", async () => {
    const { ask, cache, pass, questions, timers } = scene({ timeoutMs: 50 });
    const asked = ask();
    await pass(49);
    const joined = ask();
    expect(questions[0]!.signal.aborted).toBe(false);
    await pass(1);
    expect(await Promise.all([asked, joined])).toEqual([failed('within 50 ms'), failed('within 50 ms')]);
    expect(questions[0]!.signal.aborted).toBe(true);
    await questions[0]!.answer([a]);
    expect(cache.statistics()).toMatchObject({ subjects: 0, errors: 1 });
    const again = ask();
    await questions[1]!.answer([b]);
    expect(await again).toEqual([b]);
    expect(timers.size).toBe(0);
  });

  it('takes no longer than an answer may be old', async () => {
    const { ask, pass } = scene({ maxAgeMs: 20, timeoutMs: 50 });
    const asked = ask();
    await pass(20);
    expect(await asked).toEqual(failed('within 20 ms'));
  });

  it('that is late is refused also where the process was too busy for the timer', async () => {
    let now = 0;
    const privilegesOf = (): Privilege[] => {
      now += 50;
      return [a];
    };
    const cache = createCache({ privilegesOf }, { timeoutMs: 50 }, { now: () => now, after: () => () => {} });
    expect(await outcome(cache)).toEqual(failed('within 50 ms'));
  });

  it('goes on for the others when one of them leaves, and is aborted when the last has left', async () => {
    const { ask, cache, questions, timers } = scene();
    const [one, two] = [new AbortController(), new AbortController()];
    const [first, second] = [ask(alice, one.signal), ask(alice, two.signal)];
    one.abort(new Error('first left'));
    expect(await first).toEqual(failed('first left'));
    expect(questions[0]!.signal.aborted).toBe(false);
    two.abort(new Error('second left'));
    expect(await second).toEqual(failed('second left'));
    expect(questions[0]!.signal.aborted).toBe(true);
    expect(timers.size).toBe(0);
    // The next one has a load of its own.
    const third = ask();
    await questions[0]!.answer([a]);
    await questions[1]!.answer([b]);
    expect(await third).toEqual([b]);
    expect(cache.statistics()).toMatchObject({ loads: 2, errors: 0 });
  });

  it('goes on for who has no signal', async () => {
    const { ask, questions } = scene();
    const aborter = new AbortController();
    const [leaving, staying] = [ask(alice, aborter.signal), ask()];
    aborter.abort();
    await questions[0]!.answer([a]);
    expect(await leaving).toEqual({ error: aborter.signal.reason });
    expect(await staying).toEqual([a]);
  });

  it('is not waited for by who has left before', async () => {
    const { ask, questions } = scene();
    expect(await ask(alice, AbortSignal.abort(new Error('gone')))).toEqual(failed('gone'));
    expect(questions[0]!.signal.aborted).toBe(true);
  });
});

describe('a change', () => {
  it('of a subject is forgotten at once, in every organization and for every API, and no other subject is', async () => {
    const { cache, change, know } = scene();
    const acme = { ...alice, organization: 'acme' };
    const others: Subject[] = [bob, { ...alice, issuer: 'https://other.example/' }, { ...alice, kind: 'client' }];
    for (const subject of [alice, acme, ...others]) await know([a], subject);
    change({ subject: { ...alice, organization: 'globex' } });
    expect(cache.statistics().subjects).toBe(3);
    for (const subject of others) expect(cache.privilegesOf(subject, { audience })).toEqual([a]);
    for (const subject of [alice, acme]) expect(cache.privilegesOf(subject, { audience })).toBeInstanceOf(Promise);
  });

  it('of a subject is one for each issuer where the store holds for any', async () => {
    const { cache, change, know } = scene({}, { holdsForAnyIssuer: true });
    await know([a]);
    await know([a], bob);
    change({ subject: { ...alice, issuer: 'https://other.example/' } });
    expect(cache.ageMsOf(alice, { audience })).toBeUndefined();
    expect(cache.ageMsOf(bob, { audience })).toBe(0);
  });

  it('of some entries of a subject leaves the others to be found and to be forgotten', async () => {
    const { ask, cache, change, know } = scene({ maxSubjects: 3 });
    const inside = ['one', 'two', 'three', 'four'].map((organization) => ({ ...alice, organization }));
    for (const subject of inside) await know([a], subject);
    expect(inside.map((subject) => cache.ageMsOf(subject, { audience }))).toEqual([undefined, 0, 0, 0]);
    // Recent again, so that one from the middle goes.
    await ask(inside[1]);
    await know([b], bob);
    expect(inside.map((subject) => cache.ageMsOf(subject, { audience }))).toEqual([undefined, 0, undefined, 0]);
    change({ subject: alice });
    expect(cache.statistics().subjects).toBe(1);
  });

  const through = (role: string, via?: string): Privilege => {
    return { permission: 'a', source: { kind: 'role', role, ...(via !== undefined && { via }) } };
  };

  it.each<[string, readonly unknown[], boolean]>([
    ['comes from it', [a, through('editor')], true],
    ['came through it', [through('viewer', 'editor')], true],
    ['is denied by it', [{ ...through('editor'), effect: 'deny' }], true],
    [
      'comes from a built-in role of the name',
      [{ permission: 'a', source: { kind: 'built-in', role: 'editor' } }],
      true,
    ],
    ['says no source', [a, { permission: 'b' }], true],
    ['has an undefined source', [{ permission: 'b', source: undefined }], true],
    [
      'has an inherited source',
      [Object.create({ source: direct }, { permission: { value: 'b', enumerable: true } })],
      true,
    ],
    ['comes from a role without a name', [{ permission: 'a', source: { kind: 'role' } }], true],
    ['comes from a built-in role without a name', [{ permission: 'a', source: { kind: 'built-in' } }], true],
    ['comes from another role', [through('viewer')], false],
    ['comes from a role of nearly the name', [through('editor '), through('Editor', 'edito')], false],
    ['is held directly', [a], false],
    ['is not there', [], false],
  ])('of a role concerns whose privilege %s', async (_, privileges, concerned) => {
    const { cache, change, know } = scene();
    await know([through('editor')], bob);
    await know(privileges);
    change({ role: 'editor' });
    expect(cache.ageMsOf(bob, { audience })).toBeUndefined();
    expect(cache.ageMsOf(alice, { audience })).toBe(concerned ? undefined : 0);
  });

  it('of a role that no answer names concerns all: who holds it cannot be seen', async () => {
    const { cache, change, know } = scene();
    await know([]);
    await know([through('viewer')], bob);
    change({ role: 'editor' });
    expect(cache.statistics().subjects).toBe(0);
  });

  it('of a role that none names in an organization, or for an API, concerns all there', async () => {
    const { cache, change, know, questions } = scene();
    const acme = { ...alice, organization: 'acme' };
    await know([through('editor')], bob);
    await know([through('viewer')]);
    await know([through('viewer')], acme);
    const elsewhere = { audience: ['urn:other'] };
    const asked = cache.privilegesOf(alice, elsewhere);
    await questions[3]!.answer([through('viewer')]);
    await asked;
    change({ role: 'editor' });
    expect(cache.ageMsOf(alice, { audience })).toBe(0);
    expect(cache.ageMsOf(acme, { audience })).toBeUndefined();
    expect(cache.ageMsOf(alice, elsewhere)).toBeUndefined();
  });

  it('of a subject and a role concerns both', async () => {
    const { cache, change, know } = scene();
    const carol = { ...alice, id: 'carol' };
    await know([a]);
    await know([through('editor')], bob);
    await know([through('viewer')], carol);
    change({ subject: alice, role: 'editor' });
    expect([alice, bob, carol].map((subject) => cache.ageMsOf(subject, { audience }))).toEqual([
      undefined,
      undefined,
      0,
    ]);
  });

  it.each<[string, unknown]>([
    ['says nothing', {}],
    ['is nothing', undefined],
    ['is a name', 'alice'],
    ['is about a subject without a kind', { subject: { issuer: alice.issuer, id: 'alice' } }],
    ['is about a subject without an issuer', { subject: { id: 'alice', kind: 'user' } }],
    ['is about null', { subject: null }],
    ['is about a role that is no text', { role: 7 }],
  ])('that %s concerns everything', async (_, given) => {
    const { ask, cache, change, know, questions } = scene();
    await know([through('editor')]);
    const waiting = ask(bob);
    change(given as PrivilegeChange);
    expect(cache.statistics().subjects).toBe(0);
    await questions[1]!.answer([a]);
    await questions[2]!.answer([b]);
    expect(await waiting).toEqual([b]);
  });

  it.each<[string, PrivilegeChange]>([
    ['of its subject', { subject: alice }],
    ['of a role', { role: 'editor' }],
    ['of everything', {}],
  ])('%s while a load is under way makes it begin again, for who waits and who comes', async (_, given) => {
    const { ask, cache, change, questions, timers } = scene();
    const before = ask();
    change(given);
    expect(questions[0]!.signal.aborted).toBe(true);
    const after = ask();
    // One at a time.
    expect(questions).toHaveLength(1);
    await questions[0]!.answer([a]);
    expect(cache.ageMsOf(alice, { audience })).toBeUndefined();
    expect(questions).toHaveLength(2);
    expect(questions[1]!.signal.aborted).toBe(false);
    await questions[1]!.answer([b]);
    expect(await Promise.all([before, after])).toEqual([[b], [b]]);
    expect(cache.privilegesOf(alice, { audience })).toEqual([b]);
    expect(timers.size).toBe(0);
  });

  it('of another subject leaves a load alone', async () => {
    const { ask, change, questions } = scene();
    const waiting = ask();
    change({ subject: bob });
    await questions[0]!.answer([a]);
    expect(await waiting).toEqual([a]);
  });

  it('makes a load begin again also where the store then fails, as one does that heeds its signal', async () => {
    const { ask, cache, change, questions } = scene();
    const waiting = ask();
    change({ subject: alice });
    await questions[0]!.fail(questions[0]!.signal.reason);
    await questions[1]!.answer([b]);
    expect(await waiting).toEqual([b]);
    expect(cache.statistics()).toMatchObject({ loads: 2, errors: 0 });
  });

  it('and one more makes it begin once more, all within `timeoutMs`', async () => {
    const { ask, change, pass, questions } = scene({ timeoutMs: 50 });
    const waiting = ask();
    for (let round = 0; round < 4; round += 1) {
      await pass(10);
      change({ subject: alice });
      await questions[round]!.answer([a]);
    }
    await pass(10);
    expect(await waiting).toEqual(failed('within 50 ms'));
    await questions[4]!.answer([a]);
    expect(questions).toHaveLength(5);
  });

  it('that the store tells of whenever it is asked ends in a refusal, and holds nothing else up', async () => {
    const listeners = new Set<(change: PrivilegeChange) => void>();
    const restless: PrivilegeStore = {
      privilegesOf: () => {
        for (const listener of listeners) listener({});
        return [a];
      },
      onChange: (listener) => {
        listeners.add(listener);
        return () => {};
      },
    };
    const cache = withCache(restless, { timeoutMs: 30 });
    expect(await outcome(cache)).toEqual(failed('within 30 ms'));
    await cache.close();
  });

  it('that is told of while the answer is read makes it begin again', async () => {
    const { ask, change, questions } = scene();
    const waiting = ask();
    await questions[0]!.answer(
      (function* () {
        yield a;
        change({ subject: alice });
      })(),
    );
    await questions[1]!.answer([b]);
    expect(await waiting).toEqual([b]);
  });

  it('is handed on after it has been heeded, also past a listener that throws, until told no more', async () => {
    const { cache, change, know } = scene();
    await know([a]);
    const heard: unknown[] = [];
    cache.onChange!(() => {
      throw new Error('listener');
    });
    const stop = cache.onChange!((given) => heard.push([given, cache.ageMsOf(alice, { audience })]));
    const given = { subject: alice };
    change(given);
    expect(heard).toEqual([[given, undefined]]);
    stop();
    change({});
    expect(heard).toHaveLength(1);
  });

  it('is not promised by a store that tells of none', () => {
    expect(withCache(memoryStore({})).onChange === undefined).toBe(memoryStore({}).onChange === undefined);
    expect(withCache({ privilegesOf: () => [] })).not.toHaveProperty('onChange');
  });
});

describe('during an outage', () => {
  it('what is too old is refused, by default', async () => {
    const { ask, know, pass, questions } = scene({ maxAgeMs: 100 });
    await know([a]);
    await pass(100);
    const asked = ask();
    await questions[1]!.fail();
    expect(await asked).toEqual(failed('down'));
  });

  it('it is served for `staleIfErrorMs`, and not a moment longer', async () => {
    const { ask, cache, know, pass, questions } = scene({ maxAgeMs: 100, staleIfErrorMs: 5000 });
    await know([a]);
    await pass(100);
    const all = [ask(), ask()];
    await questions[1]!.fail();
    expect(await Promise.all(all)).toEqual([[a], [a]]);
    expect(cache.statistics()).toMatchObject({ hits: 0, stale: 2, loads: 2, errors: 1 });
    // For a second the store is left alone.
    await pass(999);
    expect(cache.privilegesOf(alice, { audience })).toEqual([a]);
    expect(cache.statistics()).toMatchObject({ hits: 0, stale: 3, loads: 2 });
    await pass(1);
    const later = ask();
    await questions[2]!.fail();
    expect(await later).toEqual([a]);
    await pass(3500);
    const last = ask();
    await questions[3]!.fail();
    expect(await last).toEqual([a]);
    await pass(499);
    expect(cache.ageMsOf(alice, { audience })).toBe(5099);
    expect(await ask()).toEqual([a]);
    await pass(1);
    expect(cache.ageMsOf(alice, { audience })).toBeUndefined();
    const over = ask();
    await questions[4]!.fail();
    expect(await over).toEqual(failed('down'));
  });

  it('it is served where the store hangs, and where it throws', async () => {
    const { ask, know, pass } = scene({ maxAgeMs: 100, staleIfErrorMs: 5000, timeoutMs: 50 });
    await know([a]);
    await pass(100);
    const asked = ask();
    await pass(50);
    expect(await asked).toEqual([a]);
  });

  it('it ends with the outage', async () => {
    const { ask, cache, know, pass, questions } = scene({ maxAgeMs: 100, staleIfErrorMs: 5000 });
    await know([a]);
    await pass(100);
    const stale = ask();
    await questions[1]!.fail();
    await stale;
    await pass(1000);
    const fresh = ask();
    await questions[2]!.answer([b]);
    expect(await fresh).toEqual([b]);
    expect(cache.ageMsOf(alice, { audience })).toBe(0);
  });

  it.each<[string, PrivilegeChange, boolean]>([
    ['its subject', { subject: alice }, true],
    ['a role that cannot be seen', { role: 'editor' }, true],
    ['everything', {}, true],
    ['somebody else', { subject: bob }, false],
  ])('it is never served again after a change of %s: %j', async (_, given, concerned) => {
    for (const moment of ['before', 'while'] as const) {
      const { ask, change, know, pass, questions } = scene({ maxAgeMs: 100, staleIfErrorMs: 5000 });
      await know([a]);
      await pass(100);
      if (moment === 'before') change(given);
      const asked = ask();
      if (moment === 'while') change(given);
      await questions[1]!.fail();
      if (concerned && moment === 'while') await questions[2]!.fail();
      expect(await asked).toEqual(concerned ? failed('down') : [a]);
    }
  });

  it('it is not served to who sees that it has changed while it is being served', async () => {
    const { ask, change, know, pass, questions } = scene({ maxAgeMs: 100, staleIfErrorMs: 5000 });
    await know([a]);
    await pass(100);
    const stale = ask();
    await questions[1]!.fail();
    expect(await stale).toEqual([a]);
    change({ subject: alice });
    const asked = ask();
    await questions[2]!.fail();
    expect(await asked).toEqual(failed('down'));
  });

  it('nonsense is no outage: it is refused, and what was known before is not served again', async () => {
    const { ask, know, pass, questions } = scene({ maxAgeMs: 100, staleIfErrorMs: 5000 });
    await know([a]);
    await pass(100);
    expect(await know([{ permission: 'a', effect: 'DENY' }])).toEqual({ error: expect.any(TypeError) });
    const asked = ask();
    await questions[2]!.fail();
    expect(await asked).toEqual(failed('down'));
  });
});

describe('the store behind it', () => {
  it('is made ready and closed, once; who waits is refused, and so is who comes', async () => {
    const calls: string[] = [];
    const { ask, cache, know, listeners, questions, timers } = scene(
      { staleIfErrorMs: 5000 },
      {
        ready: async () => void calls.push('ready'),
        close: async () => void calls.push('close'),
      },
    );
    await cache.ready();
    await know([a]);
    const waiting = ask(bob);
    expect(listeners.size).toBe(1);
    await Promise.all([cache.close(), cache.close()]);
    expect(calls).toEqual(['ready', 'close']);
    expect(listeners.size).toBe(0);
    expect(timers.size).toBe(0);
    expect(await waiting).toEqual(failed('closed'));
    expect(questions[1]!.signal.aborted).toBe(true);
    await questions[1]!.answer([a]);
    expect(await ask()).toEqual({ error: expect.any(UnavailableError) });
    expect(cache.statistics().subjects).toBe(0);
  });

  it('may have neither, and its errors are its own', async () => {
    await withCache({ privilegesOf: () => [] }).ready();
    await withCache({ privilegesOf: () => [] }).close();
    const broken = withCache({
      privilegesOf: () => [],
      ready: () => Promise.reject(new Error('never')),
      close: () => Promise.reject(new Error('stuck')),
      onChange: () => () => {
        throw new Error('unsubscribing');
      },
    });
    await expect(broken.ready()).rejects.toThrow('never');
    await expect(broken.close()).rejects.toThrow('stuck');
  });

  it('that is closed while its answer is read leaves nothing behind', async () => {
    const { ask, cache, questions } = scene();
    const waiting = ask();
    await questions[0]!.answer(
      (function* () {
        yield a;
        void cache.close();
      })(),
    );
    expect(await waiting).toEqual(failed('closed'));
    expect(cache.statistics().subjects).toBe(0);
  });

  it('says whether it holds for any issuer', () => {
    expect(withCache(memoryStore({})).holdsForAnyIssuer).toBe(true);
    expect(withCache(memoryStore({ issuer: 'x' })).holdsForAnyIssuer).toBe(false);
    expect(withCache({ privilegesOf: () => [] }).holdsForAnyIssuer).toBe(false);
  });

  it('is refused where it is none', () => {
    for (const store of [undefined, null, {}, { privilegesOf: true }, () => []]) {
      expect(() => withCache(store as never)).toThrow(/`store`.*`privilegesOf`/u);
    }
    for (const name of ['onChange', 'ready', 'close']) {
      expect(() => withCache({ privilegesOf: () => [], [name]: true })).toThrow(
        `Expected \`store.${name}\` to be a function, got true (boolean)`,
      );
    }
  });
});

test.each<[string, unknown, RegExp]>([
  ['null', null, /`options` to be an object, got null/u],
  ['an unknown one', { maxAge: 5 }, /Unknown option `maxAge`/u],
  ['an age in text', { maxAgeMs: '30s' }, /`maxAgeMs` to be a finite number >= 1, got "30s"/u],
  ['an age of nothing', { maxAgeMs: 0 }, /`maxAgeMs`.*>= 1/u],
  ['an age without end', { maxAgeMs: Infinity }, /`maxAgeMs`.*finite/u],
  ['an age longer than a timer', { maxAgeMs: 2 ** 31 }, /`maxAgeMs`.*<= 2147483647/u],
  ['a negative outage', { staleIfErrorMs: -1 }, /`staleIfErrorMs`.*>= 0/u],
  ['an outage that is NaN', { staleIfErrorMs: Number.NaN }, /`staleIfErrorMs`.*finite/u],
  ['an outage without end', { staleIfErrorMs: Infinity }, /`staleIfErrorMs`.*finite/u],
  ['no subjects', { maxSubjects: 0 }, /`maxSubjects`.*>= 1/u],
  ['half a subject', { maxSubjects: 1.5 }, /`maxSubjects` to be a whole number, got 1.5/u],
  ['more subjects than a Map holds', { maxSubjects: 2 ** 24 }, /`maxSubjects`.*<= 16777215/u],
  ['no time', { timeoutMs: 0 }, /`timeoutMs`.*>= 1/u],
  ['null for a time', { timeoutMs: null }, /`timeoutMs`.*got null/u],
])('options: %s is refused', (_, options, message) => {
  expect(() => withCache({ privilegesOf: () => [] }, options as CacheOptions)).toThrow(message);
  expect(() => withCache({ privilegesOf: () => [] }, options as CacheOptions)).toThrow(TypeError);
});

describe('behind an authorizer', () => {
  const permissions = 'read:contacts write:contacts';
  const behind = (store: PrivilegeStore, more: Parameters<typeof createAuthorizer>[0] | object = {}) => {
    const verifier = async (token: string) => {
      const exp = Math.floor(Date.now() / 1000) + 60;
      return { claims: { iss: alice.issuer, aud: audience[0], sub: token, scope: permissions, exp } };
    };
    const authorizer = createAuthorizer({ issuer: alice.issuer, audience, verifier, store, ...more });
    return {
      authorizer,
      may: async (sub: string) => {
        const access = await authorizer.authenticate({ headers: { authorization: `Bearer ${sub}` } });
        return permissions.split(' ').filter((name) => access.can(name));
      },
    };
  };

  /** A store that somebody administers. */
  function administered(held: Record<string, readonly Privilege[]>) {
    const listeners = new Set<(change: PrivilegeChange) => void>();
    const asked: string[] = [];
    const store: PrivilegeStore = {
      privilegesOf: ({ id }) => {
        asked.push(id);
        return held[id] ?? [];
      },
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const set = (id: string, privileges: readonly Privilege[]): void => {
      held[id] = privileges;
      for (const listener of listeners) listener({ subject: { ...alice, id } });
    };
    return { store, asked, set };
  }

  it('a revocation acts on the next request, and nobody else is asked about', async () => {
    const { store, asked, set } = administered({
      alice: [{ permission: 'read:contacts' }, { permission: 'write:contacts' }],
      bob: [{ permission: 'read:contacts' }],
    });
    const { authorizer, may } = behind(withCache(store));
    for (let round = 0; round < 3; round += 1) {
      expect(await may('alice')).toEqual(['read:contacts', 'write:contacts']);
      expect(await may('bob')).toEqual(['read:contacts']);
    }
    set('alice', [{ permission: 'read:contacts' }]);
    expect(await may('alice')).toEqual(['read:contacts']);
    set('alice', [{ permission: 'read:contacts' }, { permission: 'read:contacts', effect: 'deny' }]);
    expect(await may('alice')).toEqual([]);
    expect(await may('bob')).toEqual(['read:contacts']);
    expect(asked).toEqual(['alice', 'bob', 'alice', 'alice']);
    await authorizer.close();
  });

  it('a privilege ends at its time, while its entry is served on', async () => {
    const expiresAt = Date.now() + 100;
    const { store, asked } = administered({
      alice: [{ permission: 'read:contacts', expiresAt }, { permission: 'write:contacts' }],
    });
    const { authorizer, may } = behind(withCache(store));
    expect(await may('alice')).toEqual(['read:contacts', 'write:contacts']);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, expiresAt - Date.now()) + 5));
    expect(await may('alice')).toEqual(['write:contacts']);
    expect(asked).toEqual(['alice']);
    await authorizer.close();
  });

  it('a store that hangs is a 503 after `timeoutMs`, and what is stale comes before the authorizer gives up', async () => {
    let hangs = false;
    const { store } = administered({ alice: [{ permission: 'read:contacts' }] });
    const cache = withCache(
      { privilegesOf: (...given) => (hangs ? new Promise(() => {}) : store.privilegesOf(...given)) },
      { maxAgeMs: 40, timeoutMs: 20, staleIfErrorMs: 60_000 },
    );
    const { authorizer, may } = behind(cache, { storeTimeoutMs: 500 });
    expect(await may('alice')).toEqual(['read:contacts']);
    hangs = true;
    await new Promise((resolve) => setTimeout(resolve, 45));
    expect(await may('alice')).toEqual(['read:contacts']);
    await expect(may('bob')).rejects.toBeInstanceOf(UnavailableError);
    await authorizer.close();
  });

  it('an authorizer that gives up leaves the load to the other requests, and ends it with the last', async () => {
    let signal: AbortSignal | undefined;
    const cache = withCache({
      privilegesOf: (_subject, options) => {
        signal = options.signal;
        return new Promise(() => {});
      },
    });
    const [impatient, patient] = [behind(cache, { storeTimeoutMs: 20 }), behind(cache, { storeTimeoutMs: 60 })];
    const waiting = patient.may('alice').catch((error: unknown) => error);
    await expect(impatient.may('alice')).rejects.toBeInstanceOf(UnavailableError);
    expect(signal?.aborted).toBe(false);
    expect(await waiting).toBeInstanceOf(UnavailableError);
    expect(signal?.aborted).toBe(true);
    expect(cache.statistics()).toMatchObject({ loads: 1 });
    await cache.close();
  });

  it('S16 never answers one subject with what another one holds, whatever the order', async () => {
    const ids = Array.from({ length: 40 }, (_, at) => `${'|/%👍'.slice(at % 4)}${at % 10}`);
    const cache = withCache(
      {
        privilegesOf: async ({ id }) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
          return [{ permission: id }];
        },
      },
      { maxSubjects: 5, maxAgeMs: 3 },
    );
    const asking = Array.from({ length: 1000 }, (_, at) => ids[(at * 7) % ids.length]!);
    await Promise.all(
      asking.map(async (id, at) => {
        await new Promise((resolve) => setTimeout(resolve, at % 50));
        // Three milliseconds are little for a busy machine: who is late is refused, and never told wrong.
        const answer = await outcome(cache, { ...alice, id });
        if (!('error' in answer)) expect(answer).toMatchObject([{ permission: id }]);
      }),
    );
    expect(cache.statistics().subjects).toBeLessThanOrEqual(5);
    await cache.close();
  });
});
