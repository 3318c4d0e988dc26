// A store and limits go in, a PrivilegeStore comes out that remembers what the store said, for so long and no longer.

import { checkedDelayMs, checkedFunction, checkedMembers, checkedNumber, expectation } from '../core/options.ts';
import type { Privilege, PrivilegeStore, Subject } from '../core/privilege.ts';
import type { MonotonicClock } from './cache-load.ts';
import { CacheMemory } from './cache-memory.ts';
import type { CacheSettings, CacheStatistics } from './cache-memory.ts';

export type { CacheStatistics } from './cache-memory.ts';

/** How old an answer may be, and how much is remembered. */
export interface CacheOptions {
  /**
   * How old an answer may be, in milliseconds from when the store was asked. It bounds what a change does that the store does not
   * announce. Default: 60,000.
   */
  maxAgeMs?: number;
  /**
   * For how many milliseconds more an answer is served where the store fails to bring another. Default: 0, which refuses as soon as
   * the store fails.
   */
  staleIfErrorMs?: number;
  /**
   * How many answers are remembered: a subject counts once for each organization and each API it is asked about; the one that was
   * not asked for longest goes first. Default: 10,000.
   */
  maxSubjects?: number;
  /**
   * How long the store may take, in milliseconds, and never longer than `maxAgeMs`. Keep it below the authorizer's
   * `storeTimeoutMs` (2000): what is stale would come too late. Default: 1500.
   */
  timeoutMs?: number;
}

/** A store that remembers: what {@link withCache} makes. */
export interface CachedStore extends PrivilegeStore {
  /**
   * What is remembered, at once; otherwise what the store says. The same frozen list until the store is asked again.
   *
   * @throws whatever the store throws, a TypeError that says why its answer is no list of privileges, an Error when it is late, the
   * signal's reason, or an UnavailableError after `close`; a promise rejects with it. None of it is remembered.
   */
  privilegesOf(
    subject: Subject,
    options: { audience: readonly string[]; signal?: AbortSignal },
  ): readonly Privilege[] | Promise<readonly Privilege[]>;
  /** How old the answer is, in milliseconds since the store was asked for it; undefined: none is there that may be served. */
  ageMsOf(subject: Subject, options: { audience: readonly string[] }): number | undefined;
  statistics(): CacheStatistics;
  /** As the store's own. */
  ready(): Promise<void>;
  /** Forgets everything, refuses whoever waits, no longer listens to the store, and closes it. */
  close(): Promise<void>;
}

/**
 * Remembers what a store says of each subject, so that the store is asked once in `maxAgeMs`, and once where many ask at the same
 * time. Whatever the store's `onChange` announces is forgotten before anybody else hears of it, and never served again, also not
 * during an outage: all answers about a changed subject; all answers that name a changed role as a source of a privilege, and all
 * that cannot tell; everything where neither is named.
 *
 * It does not look at `expiresAt`: who asks does, each time.
 *
 * @throws TypeError when `store` is none, or an option is unknown or not as it must be.
 */
export function withCache(store: PrivilegeStore, options: CacheOptions = {}): CachedStore {
  return createCache(store, options, machineClock);
}

const machineClock: MonotonicClock = {
  now: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** @internal The same by a clock that is handed in. */
export function createCache(store: PrivilegeStore, options: CacheOptions, clock: MonotonicClock): CachedStore {
  checkStore(store);
  const memory = new CacheMemory(store, readOptions(options), clock);
  return Object.freeze<CachedStore>({
    holdsForAnyIssuer: store.holdsForAnyIssuer === true,
    ...(store.dialect !== undefined && { dialect: store.dialect }),
    privilegesOf: (subject, asked) => memory.privilegesOf(subject, asked),
    ...(store.privilegesOfRole !== undefined && {
      privilegesOfRole: (role, asked) => {
        const { organization } = asked;
        const where = organization === undefined ? {} : { organization };
        return memory.privilegesOf({ issuer: '', id: role, kind: 'role', ...where }, asked);
      },
    }),
    ageMsOf: (subject, { audience }) => memory.ageMsOf(subject, audience),
    statistics: () => memory.statistics,
    // Who is told of nothing is not to believe that nothing changes.
    ...(store.onChange !== undefined && { onChange: (listener) => memory.onChange(listener) }),
    ready: async () => store.ready?.(),
    close: () => memory.close(),
  });
}

function checkStore(store: unknown): asserts store is PrivilegeStore {
  if (typeof store !== 'object' || store === null || typeof (store as PrivilegeStore).privilegesOf !== 'function') {
    throw expectation('store', 'a store with a method `privilegesOf`', store);
  }
  for (const name of ['privilegesOfRole', 'onChange', 'ready', 'close'] as const) {
    checkedFunction((store as PrivilegeStore)[name], `store.${name}`);
  }
}

// As long as a timer can wait; a longer age would outlive every mistake.
const maxMs = 2 ** 31 - 1;
// As many as a Map can hold.
const maxMaxSubjects = 2 ** 24 - 1;

function readOptions(options: unknown): CacheSettings {
  const given = checkedMembers(options, 'options', ['maxAgeMs', 'staleIfErrorMs', 'maxSubjects', 'timeoutMs']);
  const limits = { atLeast: 1, atMost: maxMaxSubjects };
  const maxSubjects = checkedNumber(given.maxSubjects, 'maxSubjects', 10_000, limits);
  if (!Number.isInteger(maxSubjects)) throw expectation('maxSubjects', 'a whole number', maxSubjects);
  return Object.freeze({
    maxAgeMs: checkedDelayMs(given.maxAgeMs, 'maxAgeMs', 60_000),
    staleIfErrorMs: checkedNumber(given.staleIfErrorMs, 'staleIfErrorMs', 0, { atLeast: 0, atMost: maxMs }),
    maxSubjects,
    timeoutMs: checkedDelayMs(given.timeoutMs, 'timeoutMs', 1500),
  });
}
