// What an earlier middleware has verified and left with the request goes in, a verifier of tokens comes out. Whatever has left
// it there is believed about the signature, and about nothing else.

import { isDeepStrictEqual } from 'node:util';
import type { BringYourOwnVerifier } from '../core/authorizer-options.ts';
import { InvalidTokenError } from '../core/errors.ts';
import { expectation, isRecord } from '../core/options.ts';
import type { AccessRequest } from '../core/token.ts';
import { givenOf } from './given.ts';
import { schemeOf } from './stand-in.ts';
import { checkedVerification } from './verification.ts';
import type { Verification } from './verification.ts';

/** Reads `auth` off node's request, as express-oauth2-jwt-bearer leaves it: `{ header, payload, token }`. */
export function requestAuthVerifier(): BringYourOwnVerifier {
  const verify = async (token: string, request: AccessRequest): Promise<Verification & { confirmed: boolean }> => {
    const verification = checkedVerification(authOf(givenOf(request)), token);
    const { cnf } = verification.claims;
    // Where that middleware checks no proofs, it lets nothing pass that is sent as DPoP.
    const isProved = isRecord(cnf) && Object.keys(cnf).join() === 'jkt' && schemeOf(request) === 'DPoP';
    return { ...verification, confirmed: isProved };
  };
  return Object.assign(verify, { schemes: ['Bearer', 'DPoP'] as const });
}

// Koa's `ctx` has node's request as `req`.
function authOf(given: object): unknown {
  const { req } = given as { req?: unknown };
  const { auth } = (isRecord(req) ? req : given) as { auth?: unknown };
  return auth;
}

/**
 * Reads the claims where `claimsOf` says.
 *
 * @throws TypeError when that is no function.
 */
export function claimsVerifier(claimsOf: (given: never) => unknown): BringYourOwnVerifier {
  if (typeof claimsOf !== 'function') throw expectation('claimsOf', 'a function of the request', claimsOf);
  return async (token, request) => {
    const left = claimsOf(givenOf(request) as never);
    if (!isRecord(left)) throw new InvalidTokenError(undefined, { cause: 'No earlier middleware has left any claims' });
    const [header, claims] = token.split('.', 2).map(decoded);
    // So it is this token that was verified, and none from another place.
    if (!isRecord(header) || !isRecord(claims) || !isDeepStrictEqual({ ...left }, { ...claims })) {
      throw new InvalidTokenError(undefined, { cause: 'An earlier middleware has left the claims of another token' });
    }
    return { claims, header };
  };
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
}
