// A token goes in, what it was verified to say comes out again: a bounded memory of tokens whose signature has been checked.

import { LRUCache } from 'lru-cache';
import type { TokenStatistics, VerifiedToken } from '../core/token.ts';
import { NewTokens } from './new-tokens.ts';

/** How many verified tokens are remembered. */
export interface TokenCacheLimits {
  readonly maxEntries: number;
  /** Of the tokens with their claims, as an estimate. */
  readonly maxBytes: number;
}

/** A token that was verified, with all that its verification depended on. */
export interface Remembered {
  readonly token: string;
  readonly verified: VerifiedToken;
  /** Seconds since 1970, as the token says. */
  readonly expiresSeconds: number;
  readonly notBeforeSeconds: number;
  /** The keys of its issuer at the time; others have come since when it differs. */
  readonly generation: object;
  /** What text and claims take, about. */
  readonly bytes: number;
}

// A smaller memory is too small for a waiting room.
const minEntriesToWait = 1024;
const minBytesToWait = 8 * 1024 * 1024;

export class VerifiedTokens {
  readonly #entries: LRUCache<string, Remembered>;
  /** Where tokens wait until they come again: those that never do cost little, and push nobody out. */
  readonly #waiting: NewTokens | undefined;
  #hits = 0;
  #misses = 0;

  constructor({ maxEntries, maxBytes }: TokenCacheLimits) {
    const waits = maxEntries >= minEntriesToWait && maxBytes >= minBytesToWait;
    this.#waiting = waits ? new NewTokens(maxEntries, maxBytes / 8) : undefined;
    const maxSize = Math.ceil(waits ? (maxBytes * 7) / 8 : maxBytes);
    const max = maxEntries - (this.#waiting?.capacity ?? 0);
    this.#entries = new LRUCache({ max, maxSize, sizeCalculation: estimatedBytes });
  }

  /** Only the very same token is found: its end is what it is looked up by, the whole of it is compared. */
  find(token: string): Remembered | undefined {
    const entry = this.#entries.get(endOf(token));
    return entry?.token === token ? entry : this.#returned(token);
  }

  /** Told whether what was looked for was found and of use. */
  count(isHit: boolean): void {
    if (isHit) this.#hits += 1;
    else this.#misses += 1;
  }

  #returned(token: string): Remembered | undefined {
    const entry = this.#waiting?.take(token);
    // By the end of the text that is kept: the end of another would keep that one, too.
    if (entry !== undefined) this.#entries.set(endOf(entry.token), entry);
    return entry;
  }

  /** As long as there is room a token is kept at once. Then it waits, until it comes again. */
  keep(entry: Remembered): void {
    const waits = this.#isFullFor(entry) && this.#waiting?.admit(entry, estimatedBytes(entry)) === true;
    if (!waits) this.#entries.set(endOf(entry.token), entry);
  }

  #isFullFor(entry: Remembered): boolean {
    const { size, max, maxSize, calculatedSize } = this.#entries;
    return size >= max || calculatedSize + estimatedBytes(entry) > maxSize;
  }

  forget(token: string): void {
    this.#waiting?.take(token);
    if (this.#entries.peek(endOf(token))?.token === token) this.#entries.delete(endOf(token));
  }

  clear(): void {
    this.#waiting?.clear();
    this.#entries.clear();
  }

  get statistics(): TokenStatistics {
    const waiting = this.#waiting?.statistics ?? { entries: 0, bytes: 0 };
    return {
      entries: this.#entries.size + waiting.entries,
      bytes: this.#entries.calculatedSize + waiting.bytes,
      hits: this.#hits,
      misses: this.#misses,
    };
  }
}

// The end of a signature is as random as a hash of the token, and costs no hashing of all of it.
const endLength = 20;

function endOf(token: string): string {
  return token.slice(-endLength);
}

// The text twice, as the token and in its claims; their objects; and what an authorizer makes of it.
function estimatedBytes({ token, bytes }: Remembered): number {
  return 800 + token.length + bytes;
}
