// The table of tokens once more, verified by the middleware of express-oauth2-jwt-bearer: how it is told what the authorizer is
// told, and THE LIST of what is answered differently then, which docs/migrating.md repeats.

import { auth } from 'express-oauth2-jwt-bearer';
import type { AuthorizerOptions } from 'rightful';
import { verifierFrom } from 'rightful/express';
import { invalidRequest, invalidToken, unavailable } from '../flow/answers.ts';
import type { Expected } from '../flow/answers.ts';

/** What the authorizer is told, with the middleware as its verifier: that is told where the keys are. */
export function besideOptions(options: Partial<AuthorizerOptions>): Partial<AuthorizerOptions> {
  const { issuer: told, audience } = options;
  const { keys, secret, algorithms, ...issuer } = (typeof told === 'string' ? { issuer: told } : told) as KeyedIssuer;
  const known = keysOf(issuer.issuer, { keys, secret, algorithms });
  const middleware = auth({ ...audienceOf(audience), ...known, dpop: { enabled: false } });
  return { ...options, issuer, verifier: verifierFrom(middleware) };
}

interface Keys {
  readonly keys?: object | undefined;
  readonly secret?: Uint8Array | undefined;
  readonly algorithms?: readonly string[] | undefined;
}

type KeyedIssuer = Keys & { readonly issuer: string };

function audienceOf(audience: AuthorizerOptions['audience']): object {
  return audience === null ? { audience: 'none', validators: { aud: false } } : { audience };
}

// One algorithm is all that it can be told.
function keysOf(issuer: string, { keys, secret, algorithms: [tokenSigningAlg] = [] }: Keys): object {
  if (secret !== undefined) return { issuer, secret, tokenSigningAlg: 'HS256' };
  const alg = tokenSigningAlg !== undefined && { tokenSigningAlg };
  return keys === undefined ? { issuerBaseURL: issuer, ...alg } : { issuer, publicKey: keys, ...alg };
}

/** Rows that are answered in another way, all of them in the same. */
export interface Difference {
  /** The ids of the rows, as the page on migrating lists them. */
  readonly ids: string;
  readonly reason: string;
  readonly rules: readonly RegExp[];
  /** Absent: 200. */
  readonly answer?: Expected;
}

export const differences: readonly Difference[] = [
  {
    ids: 'C2, C6, C10, C13, J19',
    reason: 'the 401 does not say whether the token has expired, is not valid yet, or is meant for another API',
    rules: [
      /^C2 exp \S+ is expired, /,
      /^C6 nbf (?:a minute from now|in milliseconds) is refused, /,
      /^C10 aud .+ is refused, (?:lenient|rfc9068)$/,
      /^C10 aud that names two of the API’s names in one is refused$/,
      /^C13 of two (?:aud|exp) the last counts$/,
      /^C13 an escaped name is the same name$/,
      /^J19 a token for the issuer’s own userinfo is refused, /,
    ],
    answer: invalidToken(),
  },
  {
    ids: 'T2',
    reason: 'a token that is sent by the scheme `DPoP`, while DPoP is switched off, is a 400',
    rules: [/^T2 DPoP credentials$/],
    answer: invalidRequest(),
  },
  {
    ids: 'T17',
    reason: 'a `Host` that names no host is a 400, whatever the token, and so is a whole address in the request line',
    rules: [/^T17 Host:/, /^T17 a request line with a whole address$/],
    answer: invalidRequest(),
  },
  {
    ids: 'J2',
    reason: 'of the algorithms with a shared secret, the one that the middleware is told passes',
    rules: [/^J2 HS(?:384|512) with the issuer’s secret passes$/],
    answer: invalidToken(),
  },
  {
    ids: 'J7',
    reason: 'a token without `kid` is refused where several keys could have signed it',
    rules: [
      /^J7 without a kid the fourth of four keys of its algorithm is tried$/,
      /^J7 without a kid keys of other algorithms do not count$/,
    ],
    answer: invalidToken(),
  },
  {
    ids: 'J14',
    reason: 'a header that the issuer has signed and that is nested thousands of levels deep is a 503',
    rules: [/^J14 a header of (?:5|10|30),000 levels is refused$/],
    answer: unavailable(),
  },
  {
    ids: 'J5, J8, J12',
    reason: 'an RSA key with the exponent 1, a `kid` that is empty, and a `b64` in the header pass',
    rules: [
      /^J5 a key with the exponent "AQ" verifies nothing$/,
      /^J8 an empty kid is refused, also where a key has it$/,
      /^J12 b64 true with crit is refused$/,
      /^J12 b64 (?:false|"false"|0|null) without crit is refused$/,
    ],
  },
  {
    ids: 'C12, J14, J16, T15',
    reason:
      'JSON after a byte order mark, with bytes that are no UTF-8 or 65 levels deep passes, and so does a signature with stray bits at its end',
    rules: [
      /^C12 a payload that is (?:an object after a byte order mark|invalid UTF-8|cut UTF-8|65 levels) is refused$/,
      /^J14 a header that is (?:JSON after a byte order mark|invalid UTF-8|an overlong encoding|a surrogate in UTF-8|65 levels) is refused$/,
      /^J16 the bit \d left over at the end in the signature is refused$/,
      /^J16 ==? after the signature is refused$/,
      /^T15 a token that is padded$/,
    ],
  },
];

/** A row as it is answered through the middleware. */
export function differing<Row extends { readonly rule: string; readonly answer?: Expected }>(row: Row): Row {
  const [difference, ...others] = differences.filter(({ rules }) => rules.some((rule) => rule.test(row.rule)));
  if (difference === undefined) return row;
  if (others.length > 0) throw new Error(`${row.rule} is listed twice`);
  const { answer: _, ...rest } = row;
  const { answer } = difference;
  if (JSON.stringify(answer) === JSON.stringify(row.answer)) throw new Error(`${row.rule} is answered no differently`);
  return { ...rest, ...(answer !== undefined && { answer }) } as Row;
}
