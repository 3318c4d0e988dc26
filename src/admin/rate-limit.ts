// Who calls goes in; whether there is room for one more call comes out, with the headers that say so on every answer.

import { LRUCache } from 'lru-cache';

/** A token bucket for each caller. */
export interface RateLimit {
  /** How many calls may come at once. */
  readonly burst: number;
  readonly perSecond: number;
}

interface Bucket {
  room: number;
  /** Milliseconds since 1970 of the last look. */
  at: number;
}

/** Whether a call may go on, and what its answer says of the calls to come. */
export interface Room {
  readonly isThere: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

// A bucket that was forgotten was full for a long time, or its caller is one of very many.
const maxCallers = 10_000;

export class Rates {
  readonly #limit: RateLimit;
  readonly #buckets = new LRUCache<string, Bucket>({ max: maxCallers });

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** Takes room for one call. */
  take(caller: string, now: number): Room {
    const { burst } = this.#limit;
    const bucket = this.#buckets.get(caller) ?? { room: burst, at: now };
    this.#refill(bucket, now);
    const isThere = bucket.room >= 1;
    if (isThere) bucket.room -= 1;
    this.#buckets.set(caller, bucket);
    return { isThere, headers: this.#headers(bucket, now, isThere) };
  }

  /** What is said to whom nobody knows yet. */
  look(now: number): Readonly<Record<string, string>> {
    return this.#headers({ room: this.#limit.burst, at: now }, now, true);
  }

  #refill(bucket: Bucket, now: number): void {
    const { burst, perSecond } = this.#limit;
    bucket.room = Math.min(burst, bucket.room + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
  }

  #headers({ room }: Bucket, now: number, isThere: boolean): Record<string, string> {
    const { burst, perSecond } = this.#limit;
    // Whole seconds: when there is room for one more call, and where there is some, when there is all of it again.
    const waitSeconds = ((isThere ? burst : 1) - room) / perSecond;
    return {
      'X-RateLimit-Limit': String(burst),
      'X-RateLimit-Remaining': String(Math.floor(room)),
      'X-RateLimit-Reset': String(Math.ceil(now / 1000 + waitSeconds)),
      ...(!isThere && { 'Retry-After': String(Math.max(1, Math.ceil(waitSeconds))) }),
    };
  }
}
