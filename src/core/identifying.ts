// A request goes in, its token and what that says come out: verified, not revoked, and read once for as long as it is remembered.

import { bearerToken, checkReadable } from './bearer.ts';
import type { BearerToken } from './bearer.ts';
import { readCredentials } from './credentials.ts';
import { InvalidTokenError } from './errors.ts';
import { Identified, knownToken } from './identified.ts';
import type { KnownToken } from './identified.ts';
import type { Clock } from './in-time.ts';
import { next } from './next.ts';
import type { Settings } from './settings.ts';
import { SharedNames } from './shared-names.ts';
import { revocationOf } from './store-answer.ts';
import type { AccessRequest, TokenVerifier, VerifiedToken } from './token.ts';

export class Identifying {
  readonly #settings: Settings;
  readonly #tokens: TokenVerifier;
  readonly #clock: Clock;
  readonly #names: SharedNames;

  constructor(settings: Settings, tokens: TokenVerifier, clock: Clock) {
    this.#settings = settings;
    this.#tokens = tokens;
    this.#clock = clock;
    this.#names = new SharedNames(settings.scopePermissions, settings.catalogue);
  }

  /** Undefined where there is no token. */
  identify(request: AccessRequest): Identified | undefined | Promise<Identified> {
    const bearer = bearerToken(request, this.#settings.bearer);
    if (bearer === undefined) return undefined;
    const known = this.#tokens.recall(bearer.token, bearer.sent);
    if (known !== undefined && this.#settings.isRevoked === undefined) return this.#identified(known, bearer);
    return next(known ?? this.#verified(bearer, request), (verified) => {
      return next(this.#isRevoked(verified), (revoked) => {
        if (!revoked) return this.#identified(verified, bearer);
        this.#tokens.forget(bearer.token);
        throw new InvalidTokenError(undefined, { cause: 'The token has been revoked' });
      });
    });
  }

  // A token that was read has the characters of one; one that was not may have others, which is another fault.
  #verified(bearer: BearerToken, request: AccessRequest): VerifiedToken | Promise<VerifiedToken> {
    try {
      return this.#tokens.verify(bearer.token, request);
    } catch (error) {
      checkReadable(bearer);
      throw error;
    }
  }

  #isRevoked({ claims }: VerifiedToken): boolean | Promise<boolean> {
    const { isRevoked, storeTimeoutMs } = this.#settings;
    return isRevoked === undefined ? false : revocationOf(() => isRevoked(claims), storeTimeoutMs, this.#clock);
  }

  #identified(verified: VerifiedToken, bearer: BearerToken): Identified {
    const { claims, issuer, header } = verified;
    verified.meaning ??= knownToken(readCredentials(claims, issuer, this.#settings, this.#names));
    return new Identified(verified.meaning as KnownToken, header, bearer);
  }
}
