// An application's own verifier goes in, a TokenVerifier comes out: what it says is checked again, and what it throws is
// sorted by whose fault it is.

import { checkReadable } from './bearer.ts';
import { checkClaims, ownClaim } from './claims.ts';
import {
  AccessError,
  InsufficientPrivilegeError,
  InvalidRequestError,
  InvalidTokenError,
  UnavailableError,
} from './errors.ts';
import { frozenDeep } from './frozen.ts';
import { inTime } from './in-time.ts';
import type { Clock } from './in-time.ts';
import { isRecord } from './options.ts';
import type { BringYourOwnVerifier } from './authorizer-options.ts';
import type { Settings } from './settings.ts';
import type { AccessRequest, IssuerSettings, TokenVerifier, TrustedIssuers, VerifiedToken } from './token.ts';

export function ownVerifier(
  verify: BringYourOwnVerifier,
  { issuers, tokenRules: rules, maxTokenBytes, storeTimeoutMs: timeoutMs }: Settings,
  clock: Clock,
): TokenVerifier {
  return {
    async verify(token: string, request: AccessRequest): Promise<VerifiedToken> {
      checkReadable({ token });
      if (token.length > maxTokenBytes) throw new InvalidTokenError(undefined, { cause: 'The token is too long' });
      const answer: unknown = await answerOf(() =>
        inTime(verify(token, request), { what: '`verifier`', timeoutMs, clock }),
      );
      if (!isRecord(answer) || !isRecord(answer['claims'])) {
        throw new UnavailableError(undefined, {
          cause: new TypeError('Expected the verifier to answer with `claims`'),
        });
      }
      // Copied before it is frozen: the verifier keeps its own.
      const claims = frozenDeep(structuredClone(answer['claims']));
      const header = isRecord(answer['header']) ? frozenDeep(structuredClone(answer['header'])) : undefined;
      const issuer = await issuerNamed(ownClaim(claims, 'iss'), issuers);
      if (issuer === undefined) throw new InvalidTokenError(undefined, { cause: '`iss` is no issuer of this API' });
      if (Object.hasOwn(claims, 'cnf') && answer['confirmed'] !== true) {
        throw new InvalidTokenError(undefined, { cause: 'The token is bound to a key whose possession nobody proved' });
      }
      checkClaims(claims, header, issuer, rules, clock.now());
      return { claims, header: header ?? Object.freeze({}), issuer };
    },
    recall: () => undefined,
    async ready() {},
    async close() {},
    hydrate() {
      throw new TypeError('The application verifies its tokens itself, and has no keys here');
    },
    forget() {},
    statistics: () => ({ entries: 0, bytes: 0, hits: 0, misses: 0 }),
  };
}

async function issuerNamed(name: unknown, issuers: TrustedIssuers): Promise<IssuerSettings | undefined> {
  if (typeof name !== 'string') return undefined;
  if (typeof issuers !== 'function') return issuers.get(name);
  try {
    return await issuers(name);
  } catch (cause) {
    throw new UnavailableError(undefined, { cause });
  }
}

async function answerOf(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (cause) {
    throw refusalByStatus(cause);
  }
}

/** By status, with our own fixed text: what the verifier says about it may hold the client's own words. */
export function refusalByStatus(cause: unknown): AccessError {
  if (cause instanceof AccessError) return cause;
  const status = isRecord(cause) ? (cause['status'] ?? cause['statusCode']) : undefined;
  if (status === 400) return new InvalidRequestError(undefined, { cause });
  if (status === 401) return new InvalidTokenError(undefined, { cause });
  if (status === 403)
    return new InsufficientPrivilegeError(undefined, { cause, missing: [{ policy: 'the verifier' }] });
  return new UnavailableError(undefined, { cause });
}
