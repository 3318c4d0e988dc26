// The keys of an issuer on the network: what a token says of its key goes in, the keys to try come out. When they are
// fetched, how long they serve, and what an outage does is decided here (OpenID Connect Core 1.0 section 10.1.1).

import type { CryptoKey } from 'jose';
import type { KeyEvent } from '../core/authorizer-options.ts';
import { tell } from '../core/tell.ts';
import { withDeadline } from './deadline.ts';
import { quoted, unavailable } from './faults.ts';
import type { LoadKeys } from './key-loader.ts';
import { fetchedKeySet, type KeySet, type Wanted } from './key-set.ts';

/** How often the network is asked. */
export interface RefreshLimits {
  /** From this age on keys are fetched anew, while the old ones still serve. */
  readonly maxAgeMs: number;
  /** From this age on keys no longer serve, however long the outage. */
  readonly maxStaleMs: number;
  /** Between two fetches for keys that are not known. */
  readonly missFloorMs: number;
  /** After a fetch that failed, unless a token with an unknown key is the first of its floor. */
  readonly retryDelayMs: number;
}

export const refreshLimits: RefreshLimits = {
  maxAgeMs: 10 * 60_000,
  maxStaleMs: 60 * 60_000,
  missFloorMs: 5_000,
  retryDelayMs: 2_000,
};

// After an idle night nobody is to be let in by a key that was withdrawn in the evening.
const graceFactor = 2;

/** What the keys of one issuer depend on. */
export interface RemoteKeysOptions {
  readonly issuer: string;
  readonly load: LoadKeys;
  /** For one fetch with all its requests. */
  readonly timeoutMs: number;
  /** Milliseconds on a clock that nobody sets. */
  readonly monotonicNow: () => number;
  readonly limits: RefreshLimits;
  readonly onKeys?: ((event: KeyEvent) => void) | undefined;
}

export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  readonly #closing = new AbortController();
  /** `isGiven`: not fetched, so that the network is asked as soon as somebody needs them. */
  #held: { readonly keys: KeySet; readonly loadedAtMs: number; readonly isGiven: boolean } | undefined;
  #failure: { readonly error: unknown; readonly atMs: number } | undefined;
  #flight: Promise<KeySet> | undefined;
  #missAtMs = -Infinity;
  /** Nothing has been fetched since a key was last missed. */
  #missIsOpen = false;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
  }

  /** At once where the keys are there; rejects with an UnavailableError where nobody can know. */
  candidates(wanted: Wanted): readonly CryptoKey[] | Promise<readonly CryptoKey[]> {
    const serving = this.generation();
    return serving?.answers(wanted) ? serving.candidates(wanted) : this.#awaitedCandidates(wanted, serving);
  }

  /** A token that names no key may be signed by one that came since: asked about as an unknown name is. */
  async newerCandidates(wanted: Wanted): Promise<readonly CryptoKey[]> {
    const known = this.#held?.keys;
    if (wanted.keyId !== undefined || known === undefined) return [];
    const latest = await this.#keysAfterMiss((keys) => keys !== known, known);
    return latest === known ? [] : latest.candidates(wanted);
  }

  /**
   * The keys that serve at once; undefined where who asks has to wait. Old ones are fetched anew behind the back of who asks,
   * as long as they are not much too old, or the issuer cannot be reached.
   */
  generation(): KeySet | undefined {
    if (this.#held === undefined) return undefined;
    const { maxAgeMs, maxStaleMs } = this.#options.limits;
    const ageMs = this.#ageMs();
    if (ageMs < maxAgeMs && !this.#held.isGiven) return this.#held.keys;
    if (ageMs >= maxStaleMs) return undefined;
    this.#refreshBehind();
    return ageMs < maxAgeMs * graceFactor || this.#failure !== undefined ? this.#held.keys : undefined;
  }

  /** Rejects with an UnavailableError whose cause says what is wrong. */
  async ready(): Promise<void> {
    const keys = this.generation() ?? (await this.#firstKeys());
    if (keys.isEmpty) throw unavailable(`the issuer ${quoted(this.#options.issuer)} has no key that can be used`);
  }

  /**
   * They serve as if they were fetched now, unless the network has brought some that may still serve; the first that needs
   * them has the network asked. @throws TypeError when it is no key set.
   */
  hydrate(jwks: Record<string, unknown>): void {
    const keys = givenKeySet(jwks);
    const isFetched =
      this.#held !== undefined && !this.#held.isGiven && this.#ageMs() < this.#options.limits.maxStaleMs;
    if (!isFetched) this.#held = { keys, loadedAtMs: this.#options.monotonicNow(), isGiven: true };
  }

  close(): void {
    this.#closing.abort(new Error('closed'));
  }

  async #awaitedCandidates(wanted: Wanted, serving: KeySet | undefined): Promise<readonly CryptoKey[]> {
    const answers = (keys: KeySet): boolean => keys.answers(wanted);
    const keys = serving === undefined ? await this.#firstKeys() : await this.#keysAfterMiss(answers, serving);
    return keys.candidates(wanted);
  }

  #ageMs(): number {
    return this.#held === undefined ? Infinity : this.#options.monotonicNow() - this.#held.loadedAtMs;
  }

  /** Everybody waits for the same fetch, and an outage is not asked about on every request; in one, old keys serve. */
  async #firstKeys(): Promise<KeySet> {
    if (this.#flight === undefined && this.#failedJustNow()) throw this.#unavailable(this.#failure?.error);
    try {
      return await this.#arrival(this.#refresh());
    } catch (error) {
      const old = this.generation();
      if (old === undefined) throw error;
      return old;
    }
  }

  #refreshBehind(): void {
    if (this.#flight !== undefined || this.#failedJustNow()) return;
    // The failure is kept, and tells once the old keys no longer serve.
    this.#refresh().catch(() => undefined);
  }

  /** A key that is not known may be a new one: asked about at once, but only once in a floor, whatever strangers send. */
  async #keysAfterMiss(answers: (keys: KeySet) => boolean, serving: KeySet): Promise<KeySet> {
    // A fetch under way may have begun before the key was published, so it does not count as the answer.
    const latest = this.#flight === undefined ? serving : await this.#arrival(this.#flight);
    if (answers(latest)) return latest;
    if (this.#flight !== undefined) return this.#arrival(this.#flight);
    if (this.#isInFloor()) {
      // Where the fetch of this floor failed, an unknown key is nobody's fault yet.
      if (this.#missIsOpen) throw this.#unavailable(this.#failure?.error);
      return latest;
    }
    this.#missAtMs = this.#options.monotonicNow();
    this.#missIsOpen = true;
    return this.#arrival(this.#refresh());
  }

  #isInFloor(): boolean {
    const { monotonicNow, limits } = this.#options;
    return monotonicNow() - this.#missAtMs < limits.missFloorMs;
  }

  #failedJustNow(): boolean {
    const { monotonicNow, limits } = this.#options;
    return this.#failure !== undefined && monotonicNow() - this.#failure.atMs < limits.retryDelayMs;
  }

  #refresh(): Promise<KeySet> {
    this.#flight ??= this.#load().finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #load(): Promise<KeySet> {
    const { load, monotonicNow, timeoutMs } = this.#options;
    const loadedAtMs = monotonicNow();
    const before = this.#held?.keys;
    try {
      const { keys: fetched, metadataError } = await withDeadline(timeoutMs, this.#closing.signal, load);
      // The same keys stay the same object: what was imported, and what was verified with it, goes on.
      const keys = before?.fingerprint === fetched.fingerprint ? before : fetched;
      this.#held = { keys, loadedAtMs, isGiven: false };
      this.#failure = undefined;
      this.#missIsOpen = false;
      this.#tell({ outcome: keys === before ? 'unchanged' : 'changed', loadedAtMs, keys, metadataError });
      return keys;
    } catch (error) {
      this.#failure = { error, atMs: monotonicNow() };
      this.#tell({ outcome: 'failed', loadedAtMs, keys: before, error });
      throw error;
    }
  }

  #tell({ loadedAtMs, keys, ...told }: Told): void {
    const { issuer, monotonicNow, onKeys } = this.#options;
    const durationMs = monotonicNow() - loadedAtMs;
    const errors = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as typeof told;
    tell(() => onKeys?.({ issuer, durationMs, keyIds: keys?.keyIds ?? [], ...errors }));
  }

  /** Each request that waits gets an error of its own. */
  async #arrival(flight: Promise<KeySet>): Promise<KeySet> {
    try {
      return await flight;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(cause: unknown): Error {
    return unavailable(`the keys of the issuer ${quoted(this.#options.issuer)} cannot be fetched`, cause);
  }
}

interface Told {
  readonly outcome: KeyEvent['outcome'];
  readonly loadedAtMs: number;
  readonly keys: KeySet | undefined;
  readonly error?: unknown;
  readonly metadataError?: unknown;
}

function givenKeySet(jwks: Record<string, unknown>): KeySet {
  try {
    return fetchedKeySet(jwks);
  } catch (cause) {
    throw new TypeError(`Expected \`keys\` to be a JSON Web Key Set: ${(cause as Error).message}`, { cause });
  }
}
