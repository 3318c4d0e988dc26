// Whoever wants to ask goes in, and comes out when it is worth it: while the tenant refuses by 429 nobody asks, and after that
// one alone, to see whether it is over.

import type { Deadline, TenantClock } from './auth0-deadline.ts';
import { TenantFault } from './auth0-faults.ts';

/** The status of an answer that says "too many requests" (RFC 6585 section 4). */
export const tooManyRequests = 429;

// A limit that is said to last longer is tried again after that long all the same: the header may be wrong.
const maxWaitMs = 60_000;
const minWaitMs = 100;
const unsaidWaitMs = 1000;

export class RateLimit {
  readonly #clock: TenantClock;
  #isLimited = false;
  #untilMs = 0;
  #probe: Promise<unknown> | undefined;

  constructor(clock: TenantClock) {
    this.#clock = clock;
  }

  /** @throws TenantFault when the limit lasts longer than the caller can wait. */
  async pass<Tried>(go: () => Promise<Tried | TenantFault>, deadline: Deadline): Promise<Tried | TenantFault> {
    for (;;) {
      if (this.#probe !== undefined) await deadline.during(this.#probe);
      else if (this.#isLimited && this.#untilMs > this.#clock.now()) await this.#wait(deadline);
      else break;
    }
    if (!this.#isLimited) return this.#noted(await go());
    return this.#alone(go);
  }

  async #alone<Tried>(go: () => Promise<Tried | TenantFault>): Promise<Tried | TenantFault> {
    let done = (): void => {};
    this.#probe = new Promise<void>((resolve) => {
      done = resolve;
    });
    try {
      const tried = await go();
      this.#isLimited = false;
      return this.#noted(tried);
    } finally {
      this.#probe = undefined;
      done();
    }
  }

  #noted<Tried>(tried: Tried): Tried {
    if (!(tried instanceof TenantFault) || tried.status !== tooManyRequests) return tried;
    this.#untilMs = this.#clock.now() + (tried.waitMs ?? unsaidWaitMs);
    this.#isLimited = true;
    return tried;
  }

  async #wait(deadline: Deadline): Promise<void> {
    const waitMs = this.#untilMs - this.#clock.now();
    if (deadline.covers(waitMs)) return deadline.wait(waitMs);
    throw new TenantFault(`the tenant's rate limit lasts ${Math.ceil(waitMs)} ms more`, {
      status: tooManyRequests,
      waitMs,
    });
  }
}

/** How long the tenant wants nobody to ask, in milliseconds; undefined where it does not say. */
export function waitMsIn(headers: Headers, dateMs: number): number | undefined {
  const said = retryAfterMs(headers.get('retry-after'), dateMs) ?? resetMs(headers.get('x-ratelimit-reset'), dateMs);
  return said === undefined ? undefined : Math.min(Math.max(said, minWaitMs), maxWaitMs);
}

/** Seconds, or a date (RFC 9110 section 10.2.3). */
function retryAfterMs(text: string | null, dateMs: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = text.endsWith('GMT') ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at - dateMs;
}

/** The second of the epoch in which the tenant counts anew. */
function resetMs(text: string | null, dateMs: number): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) * 1000 - dateMs : undefined;
}
