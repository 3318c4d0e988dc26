// A token's header and claims go in, and nothing comes out, or an InvalidTokenError: issuer, audience, times and kind
// (RFC 7519 section 4.1, RFC 9068 section 4, RFC 8725 section 3). The signature is checked elsewhere.

import { InvalidTokenError } from './errors.ts';
import { isRecord } from './options.ts';
import { refusalTexts } from './refusal-texts.ts';
import type { Claims, IssuerSettings, JoseHeader, TokenRules } from './token.ts';

/** `nowMs`: milliseconds since 1970. @throws InvalidTokenError when the claims alone condemn the token. */
export function checkClaims(
  claims: Claims,
  header: JoseHeader | undefined,
  issuer: IssuerSettings,
  rules: TokenRules,
  nowMs: number,
): void {
  if (ownClaim(claims, 'iss') !== issuer.issuer) throw invalid('iss');
  checkAnyIssuers(claims, header, rules, nowMs);
  checkAudience(claims, issuer);
  if (rules.profile === 'rfc9068') checkProfile(claims, header, rules, nowMs / 1000);
}

/** What condemns a token whoever issued it. @throws InvalidTokenError when something does. */
export function checkAnyIssuers(
  claims: Claims,
  header: JoseHeader | undefined,
  rules: TokenRules,
  nowMs: number,
): void {
  checkTimes(claims, rules, nowMs / 1000);
  checkKind(claims, header);
  if (Object.hasOwn(claims, 'sub') && !isText(claims['sub'])) throw invalid('sub');
  if (Object.hasOwn(claims, 'act') && !isRecord(claims['act'])) throw invalid('act'); // RFC 8693 section 4.1
}

/** A member of the token itself, never one that a prototype lends it. */
export function ownClaim(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

// No access token lives longer than this; a larger `exp` is milliseconds taken for seconds, or worse.
const maxLifetimeSeconds = 10 * 366 * 24 * 60 * 60;

function checkTimes(claims: Claims, { clockToleranceSeconds }: TokenRules, nowSeconds: number): void {
  const expires = ownClaim(claims, 'exp');
  if (!isNumericDate(expires) || expires > nowSeconds + maxLifetimeSeconds) throw invalid('exp');
  // On or after `exp` a token is expired: RFC 7519 section 4.1.4
  if (nowSeconds >= expires + clockToleranceSeconds) throw invalid('exp', refusalTexts.expired);
  if (Object.hasOwn(claims, 'nbf')) {
    const notBefore = claims['nbf'];
    if (!isNumericDate(notBefore)) throw invalid('nbf');
    if (nowSeconds < notBefore - clockToleranceSeconds) throw invalid('nbf', refusalTexts.notYetValid);
  }
  if (Object.hasOwn(claims, 'iat') && !isNumericDate(claims['iat'])) throw invalid('iat');
}

function checkAudience(claims: Claims, { audience }: IssuerSettings): void {
  if (audience === null) {
    if (Object.hasOwn(claims, 'aud')) throw invalid('aud');
    return;
  }
  const named = ownClaim(claims, 'aud');
  const meant = Array.isArray(named) ? named.some((one) => audience.includes(one)) : audience.includes(named as string);
  if (!meant) throw invalid('aud', refusalTexts.otherAudience);
}

/** What tells an access token from an ID token, a logout token, an event, or a proof (RFC 8725 section 3.12). */
function checkKind(claims: Claims, header: JoseHeader | undefined): void {
  if (header !== undefined && Object.hasOwn(header, 'typ') && !accessTokenTypes.has(mediaType(header['typ']))) {
    throw invalid('typ');
  }
  for (const name of claimsOfOtherKinds) if (Object.hasOwn(claims, name)) throw invalid('kind');
  if (Object.hasOwn(claims, 'nonce') && !claimsThatDelegate.some((name) => Object.hasOwn(claims, name))) {
    throw invalid('kind');
  }
  if (Object.hasOwn(claims, 'typ') && claims['typ'] !== 'Bearer') throw invalid('kind');
  if (Object.hasOwn(claims, 'token_use') && claims['token_use'] !== 'access') throw invalid('kind');
}

const claimsOfOtherKinds = ['at_hash', 'c_hash', 's_hash', 'events'];
const claimsThatDelegate = ['scope', 'scp', 'permissions', 'roles'];
const accessTokenTypes: ReadonlySet<string | undefined> = new Set(['jwt', 'at+jwt']);

// Media types are compared without case, and `application/` may be left out: RFC 7515 section 4.1.9
function mediaType(typ: unknown): string | undefined {
  if (typ === 'at+jwt') return typ;
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;
}

/** RFC 9068 sections 2.2 and 4, beyond what is checked of every token. */
function checkProfile(
  claims: Claims,
  header: JoseHeader | undefined,
  { clockToleranceSeconds }: TokenRules,
  nowSeconds: number,
): void {
  // A verifier that hands over no header has read it itself.
  if (header !== undefined && mediaType(ownClaim(header, 'typ')) !== 'at+jwt') throw invalid('typ');
  for (const name of ['sub', 'client_id', 'jti']) if (!isText(ownClaim(claims, name))) throw invalid(name);
  const issuedAt = ownClaim(claims, 'iat');
  if (!isNumericDate(issuedAt) || issuedAt > nowSeconds + clockToleranceSeconds) throw invalid('iat');
}

// Seconds since 1970, also with a fraction: RFC 7519 section 2
function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function invalid(cause: string, message?: string): InvalidTokenError {
  return new InvalidTokenError(message, { cause: `\`${cause}\` is not as this API expects it` });
}
