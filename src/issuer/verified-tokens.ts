// A token goes in, what it was verified to say comes out again: a bounded memory of tokens whose signature has been checked.

import { LRUCache } from 'lru-cache';
import type { VerifiedToken } from '../core/token.ts';

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
}

export class VerifiedTokens {
  readonly #entries: LRUCache<string, Remembered>;
  #hits = 0;
  #misses = 0;

  constructor({ maxEntries, maxBytes }: TokenCacheLimits) {
    this.#entries = new LRUCache({ max: maxEntries, maxSize: maxBytes, sizeCalculation: estimatedBytes });
  }

  /** Only the very same token is found: its end is what it is looked up by, the whole of it is compared. */
  find(token: string): Remembered | undefined {
    const entry = this.#entries.get(endOf(token));
    if (entry === undefined || entry.token !== token) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    return entry;
  }

  keep(entry: Remembered): void {
    this.#entries.set(endOf(entry.token), entry);
  }

  forget(token: string): void {
    if (this.#entries.peek(endOf(token))?.token === token) this.#entries.delete(endOf(token));
  }

  clear(): void {
    this.#entries.clear();
  }

  get statistics(): { entries: number; bytes: number; hits: number; misses: number } {
    return { entries: this.#entries.size, bytes: this.#entries.calculatedSize, hits: this.#hits, misses: this.#misses };
  }
}

// The end of a signature is as random as a hash of the token, and costs no hashing of all of it.
const endLength = 32;

function endOf(token: string): string {
  return token.slice(-endLength);
}

// The text, and the claims that were read from three quarters of it, as objects.
function estimatedBytes({ token }: Remembered): number {
  return 400 + token.length * 2;
}
