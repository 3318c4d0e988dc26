// A request goes in, the tenant's answer comes out, whatever its status below 500: what is temporary is tried again while there
// is time for it.

import type { Deadline, TenantClock } from './auth0-deadline.ts';
import { exchange } from './auth0-exchange.ts';
import type { TenantAnswer, TenantRequest, Wire } from './auth0-exchange.ts';
import { TenantFault } from './auth0-faults.ts';
import { RateLimit, tooManyRequests, waitMsIn } from './auth0-rate-limit.ts';

export interface ConnectionSettings extends Wire {
  readonly clock: TenantClock;
  readonly maxRetries: number;
}

/** An answer, and whether an earlier attempt may have done already what was asked. */
export interface SentAnswer extends TenantAnswer {
  readonly uncertain: boolean;
}

export class Connection {
  readonly #settings: ConnectionSettings;
  readonly #limit: RateLimit;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    this.#limit = new RateLimit(settings.clock);
  }

  /** @throws TenantFault when no answer can be had; rejects with the deadline's reason when that comes first. */
  async send(request: TenantRequest, deadline: Deadline): Promise<SentAnswer> {
    try {
      return await this.#answerTo(request, deadline);
    } catch (cause) {
      throw cause instanceof TenantFault ? cause.at(`${request.method} ${new URL(request.url).pathname}`) : cause;
    }
  }

  async #answerTo(request: TenantRequest, deadline: Deadline): Promise<SentAnswer> {
    const { maxRetries } = this.#settings;
    for (let attempt = 0, uncertain = false; ; attempt += 1) {
      const tried = await this.#limit.pass(() => this.#tried(request, deadline), deadline);
      if (!(tried instanceof TenantFault)) return { ...tried, uncertain };
      if (attempt >= maxRetries || !tried.isTemporary) throw tried;
      // Whoever is limited waits with all the others, at the limit.
      if (tried.status === tooManyRequests) continue;
      uncertain = true;
      const waitMs = tried.waitMs ?? 100 * 2 ** attempt;
      if (!deadline.covers(waitMs)) throw tried;
      await deadline.wait(waitMs);
    }
  }

  async #tried(request: TenantRequest, deadline: Deadline): Promise<TenantAnswer | TenantFault> {
    try {
      const answer = await exchange(request, this.#settings, deadline);
      return isTemporary(answer.status) ? this.#fault(answer) : answer;
    } catch (cause) {
      if (cause instanceof TenantFault && cause.isTemporary) return cause;
      throw cause;
    }
  }

  #fault({ status, headers, body }: TenantAnswer): TenantFault {
    const { secrets, clock } = this.#settings;
    return new TenantFault(`the tenant answered ${secrets.described(status, body)}`, {
      status,
      errorCode: secrets.errorCodeIn(body),
      waitMs: waitMsIn(headers, clock.dateMs()),
      isTemporary: true,
    });
  }
}

function isTemporary(status: number): boolean {
  return status >= 500 || status === tooManyRequests || status === 408;
}
