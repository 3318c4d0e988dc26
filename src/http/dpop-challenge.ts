// A refusal and the challenge that other middleware has written go in, the refusal with a DPoP challenge of our own comes out
// (RFC 9449 section 7.1). Nothing of theirs is repeated but names of algorithms that are known here.

import { bearerChallenge } from '../core/challenge.ts';
import type { AccessError } from '../core/errors.ts';
import { isRecord } from '../core/options.ts';
import type { Scheme } from './stand-in.ts';

/** `scheme`: how the token was sent; `cause`: what the middleware has refused with. */
export function withDPoPChallenge(error: AccessError, scheme: Scheme, cause: unknown): AccessError {
  const algorithms = algorithmsIn(cause);
  if (algorithms === undefined) return error;
  const isProof = isRecord(cause) && cause['code'] === 'invalid_dpop_proof';
  const { ownHeaders } = error as unknown as { ownHeaders: (this: AccessError) => Record<string, string> };
  const value = function (this: AccessError): Record<string, string> {
    const { 'WWW-Authenticate': bearer, ...others } = ownHeaders.call(this);
    if (bearer === undefined) return others;
    const { realm, code, message } = this;
    const refused = isProof
      ? 'error="invalid_dpop_proof", error_description="The DPoP proof is not valid here."'
      : `error="${code}", error_description="${message}"`;
    const challenges =
      scheme === 'DPoP'
        ? [bearerChallenge({ realm }), `DPoP ${refused}, algs="${algorithms}"`]
        : [bearer, `DPoP algs="${algorithms}"`];
    return { ...others, 'WWW-Authenticate': challenges.join(', ') };
  };
  return Object.create(error, { ownHeaders: { value } }) as AccessError;
}

function algorithmsIn(cause: unknown): string | undefined {
  const headers = isRecord(cause) ? cause['headers'] : undefined;
  const theirs = isRecord(headers) ? headers['WWW-Authenticate'] : undefined;
  if (typeof theirs !== 'string') return undefined;
  const [, listed] = /(?:^|, )DPoP (?:[^]*, )?algs="([A-Za-z0-9 ]{1,200})"$/.exec(theirs) ?? [];
  const known = listed?.split(' ').filter((name) => asymmetric.has(name)) ?? [];
  return known.length === 0 ? undefined : known.join(' ');
}

const asymmetric: ReadonlySet<string> = new Set(
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES256K ES384 ES512 EdDSA Ed25519'.split(' '),
);
