// A client's credentials go in, a token for the management API comes out: one for everybody, until shortly before it expires
// (RFC 6749 section 4.4).

import { isRecord } from '../core/options.ts';
import type { Connection, SentAnswer } from './auth0-connection.ts';
import { withinLimits } from './auth0-deadline.ts';
import type { Deadline, Limits } from './auth0-deadline.ts';
import { TenantFault } from './auth0-faults.ts';
import type { Secrets } from './auth0-faults.ts';

export interface TokenSettings {
  readonly url: string;
  /** What is asked, as a form. */
  readonly form: Readonly<Record<string, string>>;
  readonly connection: Connection;
  readonly secrets: Secrets;
  /** Of one request for a token, whoever waits for it. */
  readonly limits: Limits;
}

export interface TenantToken {
  readonly text: string;
  readonly obtainedMs: number;
  readonly goodUntilMs: number;
  /** It took the place of one that the API had refused. */
  readonly isSecond: boolean;
  /** The API has accepted it. */
  wasAccepted: boolean;
}

// What is on its way when a token expires is refused, and clocks differ.
const maxMarginMs = 60_000;
// A tenant sells tokens by number: an API that refuses every one of them is not to cost one for each request.
const renewalPauseMs = 30_000;

export class TokenSource {
  readonly #settings: TokenSettings;
  #kept: TenantToken | undefined;
  #flight: Promise<TenantToken> | undefined;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /** @throws TenantFault when there is none to be had. */
  async token(deadline: Deadline): Promise<TenantToken> {
    const kept = this.#kept;
    if (kept !== undefined && this.#nowMs() < kept.goodUntilMs) return kept;
    return deadline.during(this.#flown(false));
  }

  /** Another one, for one that the API has refused; undefined where another would be refused as well. */
  async insteadOf(refused: TenantToken, deadline: Deadline): Promise<TenantToken | undefined> {
    if (this.#kept !== refused) return this.token(deadline);
    const isHopeless = refused.isSecond && !refused.wasAccepted;
    if (isHopeless && this.#nowMs() - refused.obtainedMs < renewalPauseMs) return undefined;
    this.#kept = undefined;
    return deadline.during(this.#flown(true));
  }

  // Who stops waiting leaves the others waiting, and the token for the next one.
  #flown(isSecond: boolean): Promise<TenantToken> {
    if (this.#flight !== undefined) return this.#flight;
    const flight = this.#fetched(isSecond).finally(() => {
      this.#flight = undefined;
    });
    this.#flight = flight;
    return flight;
  }

  async #fetched(isSecond: boolean): Promise<TenantToken> {
    const { url, form, connection, limits } = this.#settings;
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams(form).toString();
    const obtainedMs = this.#nowMs();
    const answer = await withinLimits(limits, (deadline) =>
      connection.send({ method: 'POST', url, headers, body }, deadline),
    );
    const { text, lifeMs } = this.#read(answer);
    const goodUntilMs = obtainedMs + lifeMs - Math.min(maxMarginMs, lifeMs / 10);
    this.#kept = { text, obtainedMs, goodUntilMs, isSecond, wasAccepted: false };
    return this.#kept;
  }

  #read({ status, body }: SentAnswer): { text: string; lifeMs: number } {
    const { secrets } = this.#settings;
    if (status !== 200) {
      const errorCode = secrets.errorCodeIn(body);
      throw new TenantFault(`no token: the tenant answered ${secrets.described(status, body)}`, { status, errorCode });
    }
    if (!isRecord(body)) throw new TenantFault('no token: the answer is not a JSON object');
    const { access_token: text, token_type: type, expires_in: lifeSeconds } = body;
    // b64token, RFC 6750 section 2.1: anything else breaks the header, and an error about the header quotes it.
    if (typeof text !== 'string' || !/^[\w\-.~+/]+=*$/.test(text)) throw unreadable('access_token');
    if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') throw unreadable('token_type');
    if (typeof lifeSeconds !== 'number' || !(lifeSeconds > 0)) throw unreadable('expires_in');
    secrets.addToken(text);
    return { text, lifeMs: lifeSeconds * 1000 };
  }

  #nowMs(): number {
    return this.#settings.limits.clock.now();
  }
}

function unreadable(member: string): TenantFault {
  return new TenantFault(`no token: \`${member}\` of the answer cannot be used`);
}
