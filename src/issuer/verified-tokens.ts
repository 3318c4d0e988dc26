// A token goes in, what it was verified to say comes out again: a bounded memory of tokens whose signature has been checked.

import { LRUCache } from 'lru-cache';
import type { TokenStatistics, VerifiedToken } from '../core/token.ts';
import { SeenTokens } from './seen-tokens.ts';

/** How many verified tokens are remembered. */
export interface TokenCacheLimits {
  readonly maxEntries: number;
  /** Of the tokens with their claims, as an estimate. */
  readonly maxBytes: number;
}

/** A token that was verified, with all that its verification depended on. */
export interface Remembered {
  token: string;
  /** The text that it last stood in. */
  sent: string;
  readonly verified: VerifiedToken;
  /** Seconds since 1970, as the token says. */
  readonly expiresSeconds: number;
  readonly notBeforeSeconds: number;
  /** The keys of its issuer at the time; others have come since when it differs. */
  readonly generation: object;
  /** What text and claims take, about. */
  readonly bytes: number;
}

// In a smaller memory the newest tokens are as good as any.
const minEntriesToChoose = 1024;

export class VerifiedTokens {
  readonly #entries: LRUCache<string, Remembered>;
  /** Once there is no room left, only who comes again gets a place: tokens that never do push nobody out. */
  readonly #seen: SeenTokens | undefined;
  #hits = 0;
  #misses = 0;

  constructor({ maxEntries, maxBytes }: TokenCacheLimits) {
    this.#entries = new LRUCache({ max: maxEntries, maxSize: maxBytes, sizeCalculation: estimatedBytes });
    this.#seen = maxEntries >= minEntriesToChoose ? new SeenTokens(maxEntries) : undefined;
  }

  /** Only the very same token is found: its end is what it is looked up by, the whole of it is compared. */
  find(token: string, sent: string): Remembered | undefined {
    const entry = this.#entries.get(endOf(token));
    if (entry === undefined) return undefined;
    // The same text may be a header here and a token there: then their lengths differ.
    if (entry.sent === sent && entry.token.length === token.length) return entry;
    if (entry.token !== token) return undefined;
    // The one is a piece of the other, or both are one: they take the memory of one.
    entry.token = token;
    entry.sent = sent;
    return entry;
  }

  /** Told whether what was looked for was found and of use. */
  count(isHit: boolean): void {
    if (isHit) this.#hits += 1;
    else this.#misses += 1;
  }

  keep(entry: Remembered): void {
    const mustWait = this.#seen !== undefined && this.#isFullFor(entry) && !this.#seen.wasSeen(entry.token);
    if (!mustWait) this.#entries.set(endOf(entry.token), entry);
  }

  #isFullFor(entry: Remembered): boolean {
    const { size, max, maxSize, calculatedSize } = this.#entries;
    return size >= max || calculatedSize + estimatedBytes(entry) > maxSize;
  }

  forget(token: string): void {
    if (this.#entries.peek(endOf(token))?.token === token) this.#entries.delete(endOf(token));
  }

  clear(): void {
    this.#seen?.clear();
    this.#entries.clear();
  }

  get statistics(): TokenStatistics {
    const { size: entries, calculatedSize: bytes } = this.#entries;
    return { entries, bytes, hits: this.#hits, misses: this.#misses };
  }
}

// The end of a signature is as random as a hash of the token, and costs no hashing of all of it. V8 copies so much of a text; a longer
// piece of it would only point into it, and to look that up it leaves compiled code. So it does to compare pieces, but not whole texts,
// which is why what a token stood in is compared first.
const endLength = 12;

function endOf(token: string): string {
  return token.slice(-endLength);
}

// The text twice, as the token and in its claims; their objects; and what an authorizer makes of it.
function estimatedBytes({ token, bytes }: Remembered): number {
  return 800 + token.length + bytes;
}
