// The keys of an issuer on the network: what a token says of its key goes in, the keys to try come out. When they are
// fetched, how long they serve, and what an outage does is decided here (OpenID Connect Core 1.0 section 10.1.1).

import type { CryptoKey } from 'jose';
import { withDeadline } from './deadline.ts';
import { quoted, unavailable } from './faults.ts';
import type { LoadKeys } from './key-loader.ts';
import type { KeySet, Wanted } from './key-set.ts';

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

/** What the keys of one issuer depend on. */
export interface RemoteKeysOptions {
  readonly issuer: string;
  readonly load: LoadKeys;
  /** For one fetch with all its requests. */
  readonly timeoutMs: number;
  /** Milliseconds on a clock that nobody sets. */
  readonly monotonicNow: () => number;
  readonly limits?: RefreshLimits;
}

export class RemoteKeys {
  readonly #options: Required<RemoteKeysOptions>;
  readonly #closing = new AbortController();
  #held: { readonly keys: KeySet; readonly loadedAtMs: number } | undefined;
  #failure: { readonly error: unknown; readonly atMs: number } | undefined;
  #flight: Promise<KeySet> | undefined;
  #missAtMs = -Infinity;
  /** Nothing has been fetched since a key was last missed. */
  #missIsOpen = false;

  constructor(options: RemoteKeysOptions) {
    this.#options = { limits: refreshLimits, ...options };
  }

  /** Rejects with an UnavailableError where nobody can know. */
  async candidates(wanted: Wanted): Promise<readonly CryptoKey[]> {
    const keys = await this.#keysFor(wanted);
    return keys.candidates(wanted);
  }

  /** Rejects with an UnavailableError whose cause says what is wrong. */
  async ready(): Promise<void> {
    const keys = this.#servingKeys() ?? (await this.#firstKeys());
    if (keys.isEmpty) throw unavailable(`the issuer ${quoted(this.#options.issuer)} has no key that can be used`);
  }

  close(): void {
    this.#closing.abort(new Error('closed'));
  }

  async #keysFor(wanted: Wanted): Promise<KeySet> {
    const serving = this.#servingKeys();
    if (serving === undefined) return this.#firstKeys();
    if (this.#ageMs() >= this.#options.limits.maxAgeMs) this.#refreshBehind();
    return serving.answers(wanted) ? serving : this.#keysAfterMiss(wanted, serving);
  }

  #servingKeys(): KeySet | undefined {
    return this.#ageMs() < this.#options.limits.maxStaleMs ? this.#held?.keys : undefined;
  }

  #ageMs(): number {
    return this.#held === undefined ? Infinity : this.#options.monotonicNow() - this.#held.loadedAtMs;
  }

  /** With no keys at all everybody waits for the same fetch, and an outage is not asked about on every request. */
  async #firstKeys(): Promise<KeySet> {
    if (this.#flight === undefined && this.#failedJustNow()) throw this.#unavailable(this.#failure?.error);
    return this.#arrival(this.#refresh());
  }

  #refreshBehind(): void {
    if (this.#flight !== undefined || this.#failedJustNow()) return;
    // The failure is kept, and tells once the old keys no longer serve.
    this.#refresh().catch(() => undefined);
  }

  /** A key that is not known may be a new one: asked about at once, but only once in a floor, whatever strangers send. */
  async #keysAfterMiss(wanted: Wanted, serving: KeySet): Promise<KeySet> {
    // A fetch under way may have begun before the key was published, so it does not count as the answer.
    const latest = this.#flight === undefined ? serving : await this.#arrival(this.#flight);
    if (latest.answers(wanted)) return latest;
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
    try {
      const keys = await withDeadline(timeoutMs, this.#closing.signal, load);
      this.#held = { keys, loadedAtMs };
      this.#failure = undefined;
      this.#missIsOpen = false;
      return keys;
    } catch (error) {
      this.#failure = { error, atMs: monotonicNow() };
      throw error;
    }
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
