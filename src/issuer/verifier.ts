// A bearer token goes in, its believed claims come out, or an InvalidTokenError (401) or an UnavailableError (503): RFC 7519
// section 7.2, RFC 9068 section 4. The order of the checks is the order of the lines in `verify`.

import { checkClaims, ownClaim } from '../core/claims.ts';
import type { IssuerSettings, TokenRules, TokenVerifier, VerifiedToken } from '../core/token.ts';
import { invalidToken, quoted, unavailable } from './faults.ts';
import { parseToken, type ParsedToken } from './jwt.ts';
import { createKeySource, verifiableAlgorithms, type KeySource } from './keys.ts';
import type { RefreshLimits } from './remote-keys.ts';
import { checkSignature } from './signature.ts';

/** What verification depends on. */
export interface TokenVerifierOptions {
  /** By `iss`, character for character. */
  readonly issuers: ReadonlyMap<string, IssuerSettings>;
  readonly rules: TokenRules;
  readonly maxTokenBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds on a clock that nobody sets; `performance.now` unless given. */
  readonly monotonicNow?: (() => number) | undefined;
  readonly refreshLimits?: RefreshLimits | undefined;
}

/** @throws TypeError when an issuer's settings name no source of keys. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const issuers = new Map([...options.issuers].map(([name, settings]) => [name, trustedIssuer(settings, options)]));
  const sources = [...issuers.values()].map(({ keys }) => keys);
  let closed = false;
  return {
    verify: async (token) => {
      if (closed) throw unavailable('the verifier is closed');
      return verify(token, issuers, options);
    },
    ready: async () => {
      if (closed) throw unavailable('the verifier is closed');
      await Promise.all(sources.map((source) => source.ready()));
    },
    close: async () => {
      closed = true;
      for (const source of sources) source.close();
    },
  };
}

interface TrustedIssuer {
  readonly settings: IssuerSettings;
  readonly algorithms: ReadonlySet<string>;
  readonly keys: KeySource;
}

function trustedIssuer(settings: IssuerSettings, options: TokenVerifierOptions): TrustedIssuer {
  const verifiable = verifiableAlgorithms(settings.keys.from);
  const keys = createKeySource(settings, {
    // Looked up on each use, so that what replaces the global later is used too.
    fetch: options.fetch ?? ((...given) => globalThis.fetch(...given)),
    monotonicNow: options.monotonicNow ?? (() => performance.now()),
    limits: options.refreshLimits,
  });
  return { settings, keys, algorithms: new Set(settings.algorithms.filter((name) => verifiable.has(name))) };
}

async function verify(
  token: string,
  issuers: ReadonlyMap<string, TrustedIssuer>,
  { rules, maxTokenBytes, now }: TokenVerifierOptions,
): Promise<VerifiedToken> {
  // A token is ASCII; one that is not is no shorter in bytes, and the next step refuses it.
  if (token.length > maxTokenBytes) throw invalidToken(`the token is longer than ${maxTokenBytes} bytes`);
  const parsed = parseToken(token);
  const { header, claims, algorithm } = parsed;
  const { settings, algorithms, keys } = issuerOf(parsed, issuers);
  if (!algorithms.has(algorithm)) throw invalidToken(`the algorithm ${quoted(algorithm)} is not accepted`);
  // Whoever presents it has proved nothing: RFC 7800 section 3.1
  if (Object.hasOwn(claims, 'cnf')) throw invalidToken('the token is bound to a key by `cnf`');
  checkClaims(claims, header, settings, rules, now());
  await checkSignature(token, algorithm, await keys.candidates(parsed));
  // Fetching keys takes time, in which a token may expire.
  checkClaims(claims, header, settings, rules, now());
  return { claims, header };
}

/** Only a configured issuer is ever asked for anything: RFC 8725 sections 3.8 and 3.10. */
function issuerOf({ claims }: ParsedToken, issuers: ReadonlyMap<string, TrustedIssuer>): TrustedIssuer {
  const name = ownClaim(claims, 'iss');
  if (typeof name !== 'string') throw invalidToken('`iss` is not a text');
  const issuer = issuers.get(name);
  if (issuer === undefined) throw invalidToken(`the issuer ${quoted(name)} is not trusted here`);
  return issuer;
}
