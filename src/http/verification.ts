// What other middleware has left of a token goes in, checked claims come out.

import { InvalidTokenError, UnavailableError } from '../core/errors.ts';
import { isRecord } from '../core/options.ts';
import type { Claims, JoseHeader } from '../core/token.ts';

/** A token that other middleware has found to be good. */
export interface Verification {
  readonly claims: Claims;
  readonly header: JoseHeader;
}

/**
 * `auth`: as express-oauth2-jwt-bearer leaves it, `{ header, payload, token }`.
 *
 * @throws InvalidTokenError when it is absent, or another token's. @throws UnavailableError when it is something else.
 */
export function checkedVerification(auth: unknown, token: string): Verification {
  // Where it is told that no token is needed, that middleware lets a bad one pass in this way.
  if (auth === undefined) throw new InvalidTokenError(undefined, { cause: 'No middleware has left `req.auth`' });
  const { header, payload, token: verified } = isRecord(auth) ? auth : {};
  if (!isRecord(header) || !isRecord(payload) || typeof verified !== 'string') {
    const cause = new TypeError('Expected `req.auth` to be { header, payload, token }');
    throw new UnavailableError(undefined, { cause });
  }
  if (verified !== token) throw new InvalidTokenError(undefined, { cause: '`req.auth` is that of another token' });
  return { claims: payload, header };
}
