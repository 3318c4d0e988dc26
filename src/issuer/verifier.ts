// A bearer token goes in, its believed claims come out, or an InvalidTokenError (401) or an UnavailableError (503): RFC 7519
// section 7.2, RFC 9068 section 4. The order of the checks is the order of the lines in `verifyNew`.

import { checkAnyIssuers, checkClaims, ownClaim } from '../core/claims.ts';
import { isPromise, next } from '../core/next.ts';
import { expectation, isRecord } from '../core/options.ts';
import type { KeyEvent } from '../core/authorizer-options.ts';
import type {
  JoseHeader,
  TokenRules,
  TokenStatistics,
  TokenVerifier,
  TrustedIssuers,
  VerifiedToken,
} from '../core/token.ts';
import { wholeText } from '../core/whole-text.ts';
import { invalidToken, quoted, unavailable, withOwnError } from './faults.ts';
import { frozenBytes, parseToken, type ParsedHeader, type ParsedToken } from './jwt.ts';
import { isKnownAlgorithm, type KeySource } from './keys.ts';
import type { RefreshLimits } from './remote-keys.ts';
import { isSignedBy, type SignatureCheck, type VerificationKey } from './signature.ts';
import { issuerDirectory, type IssuerDirectory, type TrustedIssuer } from './trusted-issuers.ts';
import { VerifiedTokens, type Remembered, type TokenCacheLimits } from './verified-tokens.ts';

/** What verification depends on. */
export interface TokenVerifierOptions {
  readonly issuers: TrustedIssuers;
  readonly rules: TokenRules;
  readonly maxTokenBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How many verified tokens are remembered; absent: none. */
  readonly cache?: TokenCacheLimits | undefined;
  readonly onKeys?: ((event: KeyEvent) => void) | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds on a clock that nobody sets; `performance.now` unless given. */
  readonly monotonicNow?: (() => number) | undefined;
  readonly refreshLimits?: RefreshLimits | undefined;
  /** What checks signatures; this runtime's own way unless given. */
  readonly isSignedBy?: SignatureCheck | undefined;
}

// More than the keys of many issuers.
const maxHeaders = 1000;
const maxHeaderLength = 512;

/** @throws TypeError when an issuer's settings name no source of keys. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  return new Verifier(options);
}

class Verifier implements TokenVerifier {
  readonly #options: TokenVerifierOptions;
  readonly #issuers: IssuerDirectory;
  readonly #remembered: VerifiedTokens | undefined;
  readonly #isSignedBy: SignatureCheck;
  /** Tokens whose verification waits for something: who brings the same one waits with them. */
  readonly #flights = new Map<string, Promise<VerifiedToken>>();
  /** By their encoding. */
  readonly #headers = new Map<string, ParsedHeader>();
  #closed = false;

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
    this.#issuers = issuerDirectory(options.issuers, {
      // Looked up on each use, so that what replaces the global later is used too.
      fetch: options.fetch ?? ((...given) => globalThis.fetch(...given)),
      monotonicNow: options.monotonicNow ?? (() => performance.now()),
      limits: options.refreshLimits,
      onKeys: options.onKeys,
    });
    this.#remembered = options.cache && new VerifiedTokens(options.cache);
    this.#isSignedBy = options.isSignedBy ?? isSignedBy;
  }

  recall(token: string, sent: string): VerifiedToken | undefined {
    if (this.#remembered === undefined || this.#closed) return undefined;
    const remembered = this.#remembered.find(token, sent);
    const holds = remembered !== undefined && this.#stillHolds(remembered);
    this.#remembered.count(holds);
    if (holds) return remembered.verified;
    if (remembered !== undefined) this.#remembered.forget(token);
    return undefined;
  }

  verify(token: string): VerifiedToken | Promise<VerifiedToken> {
    if (this.#closed) throw unavailable('the verifier is closed');
    // Mostly there are none, and looking a token up would hash the whole of it.
    const flight = this.#flights.size === 0 ? undefined : this.#flights.get(token);
    return flight === undefined ? this.#verifyOnce(token) : withOwnError(flight);
  }

  // The clock and the keys are asked on each hit: RFC 7519 section 4.1.4
  #stillHolds({ verified, expiresSeconds, notBeforeSeconds, generation }: Remembered): boolean {
    const { now, rules } = this.#options;
    const nowSeconds = now() / 1000;
    if (nowSeconds >= expiresSeconds + rules.clockToleranceSeconds) return false;
    if (nowSeconds < notBeforeSeconds - rules.clockToleranceSeconds) return false;
    const issuer = this.#issuers.known(verified.issuer.issuer);
    return issuer?.settings === verified.issuer && issuer.keys.generation() === generation;
  }

  #verifyOnce(token: string): VerifiedToken | Promise<VerifiedToken> {
    const verified = this.#verifyNew(token);
    if (!isPromise(verified)) return verified;
    const flight = verified.finally(() => this.#flights.delete(token));
    this.#flights.set(token, flight);
    return withOwnError(flight);
  }

  #verifyNew(token: string): VerifiedToken | Promise<VerifiedToken> {
    const { maxTokenBytes } = this.#options;
    // A token is ASCII; one that is not is no shorter in bytes, and the next step refuses it.
    if (token.length > maxTokenBytes) throw invalidToken(`the token is longer than ${maxTokenBytes} bytes`);
    const parsed = parseToken(token, this.#headers);
    const name = ownClaim(parsed.claims, 'iss');
    if (typeof name !== 'string') throw invalidToken('`iss` is not a text');
    const known = this.#issuers.known(name);
    if (known !== undefined) return this.#verifyFrom(known, token, parsed);
    this.#checkBeforeAsking(parsed);
    return next(this.#issuers.find(name), (issuer) => {
      if (this.#closed) throw unavailable('the verifier is closed');
      if (issuer === undefined) throw invalidToken(`the issuer ${quoted(name)} is not trusted here`);
      return this.#verifyFrom(issuer, token, parsed);
    });
  }

  // Nobody is asked about the issuer of a token that no issuer could make good.
  #checkBeforeAsking({ claims, header, algorithm }: ParsedToken): void {
    const { rules, now } = this.#options;
    if (!isKnownAlgorithm(algorithm)) throw invalidToken(`the algorithm ${quoted(algorithm)} is not accepted`);
    if (Object.hasOwn(claims, 'cnf')) throw invalidToken('the token is bound to a key by `cnf`');
    checkAnyIssuers(claims, header, rules, now());
  }

  #verifyFrom(issuer: TrustedIssuer, token: string, parsed: ParsedToken): VerifiedToken | Promise<VerifiedToken> {
    const { rules, now } = this.#options;
    const { header, claims, algorithm } = parsed;
    const { settings, keys } = issuer;
    if (!issuer.algorithms.has(algorithm)) throw invalidToken(`the algorithm ${quoted(algorithm)} is not accepted`);
    // Whoever presents it has proved nothing: RFC 7800 section 3.1
    if (Object.hasOwn(claims, 'cnf')) throw invalidToken('the token is bound to a key by `cnf`');
    // What the claims alone condemn costs no signature check, and is refused with the same answer as after one.
    checkClaims(claims, header, settings, rules, now());
    const candidates = keys.candidates(parsed);
    const generation = keys.generation();
    const isSigned = isPromise(candidates)
      ? candidates.then((arrived) => this.#isSigned(parsed, arrived, keys))
      : this.#isSigned(parsed, candidates, keys);
    if (!isPromise(isSigned)) return this.#believed(isSigned, issuer, token, parsed, generation);
    return isSigned.then((isIt) => {
      // Fetching keys takes time, in which a token may expire, and keys may change: then nobody remembers which ones it was
      // verified by.
      if (isIt) checkClaims(claims, header, settings, rules, now());
      return this.#believed(isIt, issuer, token, parsed, generation === keys.generation() ? generation : undefined);
    });
  }

  /** `generation`: what the token is remembered with; undefined: not at all. */
  #believed(
    isSigned: boolean,
    { settings }: TrustedIssuer,
    token: string,
    parsed: ParsedToken,
    generation: object | undefined,
  ): VerifiedToken {
    if (!isSigned) throw invalidToken('the signature is not one of the issuer');
    this.#issuers.prove(settings.issuer);
    const bytes = token.length + frozenBytes(parsed.claims);
    const verified = { claims: parsed.claims, header: this.#sharedHeader(parsed), issuer: settings };
    if (generation !== undefined && !this.#closed) this.#remember(token, verified, generation, bytes);
    return verified;
  }

  #isSigned(token: ParsedToken, candidates: readonly VerificationKey[], keys: KeySource): boolean | Promise<boolean> {
    return next(this.#isSignedByOne(token, candidates, 0), (isIt) => {
      if (isIt || token.keyId !== undefined) return isIt;
      return next(keys.newerCandidates(token), (newer) => this.#isSignedByOne(token, newer, 0));
    });
  }

  #isSignedByOne(token: ParsedToken, keys: readonly VerificationKey[], at: number): boolean | Promise<boolean> {
    const key = keys[at];
    if (key === undefined) return false;
    const isIt = this.#isSignedBy(token, key);
    return isIt === true || next(isIt, (known) => known || this.#isSignedByOne(token, keys, at + 1));
  }

  // Kept only once a signature has shown that the issuer wrote it.
  #sharedHeader({ encodedHeader, header, algorithm, keyId }: ParsedToken): JoseHeader {
    const shared = this.#headers.get(encodedHeader);
    if (shared !== undefined) return shared.header;
    frozenBytes(header);
    if (encodedHeader.length > maxHeaderLength) return header;
    const [oldest] = this.#headers.size < maxHeaders ? [] : this.#headers.keys();
    if (oldest !== undefined) this.#headers.delete(oldest);
    this.#headers.set(wholeText(encodedHeader), { header, algorithm, keyId });
    return header;
  }

  #remember(token: string, verified: VerifiedToken, generation: object, bytes: number): void {
    const { claims } = verified;
    const expiresSeconds = claims['exp'] as number;
    const notBeforeSeconds = (ownClaim(claims, 'nbf') ?? -Infinity) as number;
    this.#remembered?.keep({ token, sent: token, verified, expiresSeconds, notBeforeSeconds, generation, bytes });
  }

  async ready(): Promise<void> {
    if (this.#closed) throw unavailable('the verifier is closed');
    await Promise.all(this.#issuers.all().map(({ keys }) => keys.ready()));
  }

  hydrate(jwks: unknown, issuer: string | undefined): void {
    const all = this.#issuers.all();
    const whose = all.filter(({ settings }) => issuer === undefined || settings.issuer === issuer);
    const [only] = whose;
    if (only === undefined || whose.length > 1) throw expectation('issuer', 'one of the listed issuers', issuer);
    if (!isRecord(jwks)) throw expectation('keys', 'a JSON Web Key Set', jwks);
    only.keys.hydrate(jwks);
  }

  forget(token: string): void {
    this.#remembered?.forget(token);
  }

  statistics(): TokenStatistics {
    return this.#remembered?.statistics ?? { entries: 0, bytes: 0, hits: 0, misses: 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#remembered?.clear();
    for (const { keys } of this.#issuers.all()) keys.close();
  }
}
