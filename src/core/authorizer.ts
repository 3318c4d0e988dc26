// THE WAY OF A REQUEST. A request goes in; an Access comes out, or an AccessError that says what is lacking:
//
//   request --> token --> claims --> effective permissions --> decision --> handler
//               400/401   401/503    503 (store)               403
//
// Each step is a file of its own; this one only leads from one to the next. Where nothing has to be waited for, nothing is.

import { RequestAccess } from './access.ts';
import type { Access } from './access.ts';
import { assignedByEveryScope, assignedByToken } from './assigned.ts';
import { bearerToken, checkReadable } from './bearer.ts';
import { readCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { decideOnPermissions, decideOnPolicies, hasPolicy, isDelegated, scopeLacking } from './decision.ts';
import type { Asked, Decision, PolicyFailure } from './decision.ts';
import { AccessError, InvalidTokenError, MissingTokenError, UnavailableError } from './errors.ts';
import { Holdings } from './holdings.ts';
import { Identified } from './identified.ts';
import type { KnownToken } from './identified.ts';
import type { Clock } from './in-time.ts';
import { isPromise, next } from './next.ts';
import { checkedMembers, expectation, isRecord } from './options.ts';
import { PermissionSet } from './permission-set.ts';
import type { PermissionSetParts } from './permission-set.ts';
import { questionOf } from './question.ts';
import type { Question } from './question.ts';
import { policyRefusal, refusalFor } from './refused.ts';
import type { Requirement } from './requirement.ts';
import type { Settings } from './settings.ts';
import { SharedNames } from './shared-names.ts';
import { Warnings } from './warnings.ts';
import { loadedFrom, ReadLists, revocationOf } from './store-answer.ts';
import type { Loaded } from './store-answer.ts';
import { tell } from './tell.ts';
import type { AccessRequest, TokenStatistics, TokenVerifier, VerifiedToken } from './token.ts';

/** What the way needs from outside; the doors supply it. */
export interface Ports {
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
}

/** A requirement that has been checked, with the question it asks. */
export interface CheckedRequirement {
  readonly requirement: Requirement;
  readonly question: Question;
}

/** Where an access comes from. */
interface Origin {
  readonly way: Way;
  readonly credentials: Credentials;
  readonly store: Holdings;
}

/** What a decision may look at beside the access. */
export interface DecisionContext {
  /** Handed to policies and hooks as it is. */
  request?: unknown;
  /** The route's parameters. */
  params?: object;
}

const noAudience: readonly string[] = Object.freeze([]);

export class Way {
  readonly settings: Settings;
  readonly #tokens: TokenVerifier;
  readonly #clock: Clock;
  readonly #nothingLoaded: Loaded;
  readonly #readLists = new ReadLists();
  readonly #names: SharedNames;
  readonly #warnings: Warnings;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, { tokens, clock }: Ports) {
    this.settings = settings;
    this.#tokens = tokens;
    this.#clock = clock;
    this.#names = new SharedNames(settings.scopePermissions, settings.catalogue);
    this.#warnings = new Warnings(settings.onWarning);
    this.#nothingLoaded = { holdings: new Holdings([], settings.catalogue), reusable: true, validUntilMs: Infinity };
  }

  /** Steps 1 to 3: the token, its verified claims, and what they say; undefined where there is no token. */
  identify(request: AccessRequest): Identified | undefined | Promise<Identified> {
    if (this.#closing !== undefined) throw new UnavailableError(undefined, { cause: 'The authorizer is closed' });
    const bearer = bearerToken(request, this.settings.bearer);
    if (bearer === undefined) return undefined;
    const known = this.#tokens.recall(bearer.token);
    if (known === undefined) checkReadable(bearer);
    return next(known ?? this.#tokens.verify(bearer.token, request), (verified) => {
      return next(this.#isRevoked(verified), (revoked) => {
        if (!revoked) return new Identified(this.#knownOf(verified), verified.header, bearer);
        this.#tokens.forget(bearer.token);
        throw new InvalidTokenError(undefined, { cause: 'The token has been revoked' });
      });
    });
  }

  #isRevoked({ claims }: VerifiedToken): boolean | Promise<boolean> {
    const { isRevoked, storeTimeoutMs } = this.settings;
    return isRevoked === undefined ? false : revocationOf(() => isRevoked(claims), storeTimeoutMs, this.#clock);
  }

  #knownOf(verified: VerifiedToken): KnownToken {
    const { claims, issuer } = verified;
    verified.meaning ??= {
      credentials: readCredentials(claims, issuer, this.settings, this.#names),
      loaded: undefined,
      access: undefined,
    };
    return verified.meaning as KnownToken;
  }

  /** Step 4: what the subject holds, cut to what is delegated. A failed load is forgotten, so that the next one asks again. */
  load(identified: Identified): Access | Promise<Access> {
    if (identified.access !== undefined) return identified.access;
    const loading = next(this.#loaded(identified.known), (loaded) => {
      return (identified.access = this.#accessOf(identified.known, loaded));
    });
    if (!isPromise(loading)) return loading;
    identified.access = loading;
    loading.catch(() => (identified.access = undefined));
    return loading;
  }

  #loaded({ credentials }: KnownToken): Loaded | Promise<Loaded> {
    const { store, storeTimeoutMs: timeoutMs, catalogue } = this.settings;
    if (store === undefined) return this.#nothingLoaded;
    const { subject, issuer } = credentials;
    const audience = issuer.audience ?? noAudience;
    return loadedFrom(
      { store, subject, audience, timeoutMs, catalogue, clock: this.#clock, warnings: this.#warnings },
      this.#readLists,
    );
  }

  /** An access cannot be changed, so the same token with the same privileges has the same one. */
  #accessOf(known: KnownToken, loaded: Loaded): Access {
    if (known.access !== undefined && known.loaded === loaded) return known.access;
    const { claims, subject, client, scopes, delegated } = known.credentials;
    const held: PermissionSetParts = { store: loaded.holdings, ...assignedByToken(known.credentials, this.settings) };
    const privileges = PermissionSet.of(held);
    const permissions = PermissionSet.of({ ...held, delegated });
    const origin: Origin = { way: this, credentials: known.credentials, store: loaded.holdings };
    const access = new RequestAccess({ claims, subject, client, scopes, privileges, permissions, origin });
    // What can never be met again would only be kept from being forgotten.
    if (loaded.reusable) Object.assign(known, { loaded, access });
    return access;
  }

  /** @throws TypeError when it is no requirement, or names a permission that the catalogue does not hold. */
  checked(requirement: Requirement): CheckedRequirement {
    return { requirement, question: questionOf(requirement, this.settings.catalogue, this.#warnings) };
  }

  /** Steps 4 and 5 for a guard: the access, where the decision is a permit. The scopes are asked before the store is. */
  authorize(
    identified: Identified,
    { requirement, question }: CheckedRequirement,
    { request, params }: DecisionContext,
  ): Access | Promise<Access> {
    const asked = this.#asked(question, identified.credentials, params);
    // Without a store the privileges are known as soon as the token is.
    if (this.settings.store === undefined) void this.load(identified);
    const conclude = (decision: Decision, access?: Access, failure?: PolicyFailure): Access => {
      tell(() => this.settings.onDecision?.({ decision, requirement, subject: asked.credentials.subject, request }));
      if (decision.permit && access !== undefined) return access;
      throw refusalFor(decision, failure);
    };
    if (!isDelegated(asked)) {
      return conclude(scopeLacking(asked, isPromise(identified.access) ? undefined : identified.access));
    }
    return next(this.load(identified), (access) => {
      return next(this.#decide(asked, access, request), ([decision, failure]) => conclude(decision, access, failure));
    });
  }

  /** Step 5 for who holds an access already. @throws TypeError when the access comes from another authorizer. */
  decide(access: Access, requirement: Requirement, { request, params }: DecisionContext): Decision | Promise<Decision> {
    const origin = RequestAccess.originOf(access) as Origin | undefined;
    if (origin?.way !== this) throw expectation('access', 'an Access that this authorizer has given', access);
    const { credentials } = origin;
    const { question } = this.checked(requirement);
    return next(this.#decide(this.#asked(question, credentials, params), access, request), ([decision, failure]) => {
      if (failure !== undefined) this.reportRefusal(refusalFor(decision, failure), request);
      tell(() => this.settings.onDecision?.({ decision, requirement, subject: credentials.subject, request }));
      return decision;
    });
  }

  #decide(asked: Asked, access: Access, request: unknown): Concluded | Promise<Concluded> {
    const decision = decideOnPermissions(asked, access);
    if (!decision.permit || !hasPolicy(asked.question)) return [decision, undefined];
    return next(decideOnPolicies(asked, access, request), ({ decision: settled, failure, otherFailures }) => {
      for (const { policy, thrown } of otherFailures) this.reportRefusal(policyRefusal(policy, thrown), request);
      return [settled, failure];
    });
  }

  #asked(question: Question, credentials: Credentials, parameters: object | undefined): Asked {
    const { scopePermissions, catalogue } = this.settings;
    const heldWithEveryScope = (access: Access): PermissionSet => this.#heldWithEveryScope(access, credentials);
    return { question, credentials, scopePermissions, catalogue, parameters, heldWithEveryScope };
  }

  #heldWithEveryScope(access: Access, credentials: Credentials): PermissionSet {
    const assigned = assignedByEveryScope(credentials, this.settings);
    const origin = RequestAccess.originOf(access) as Origin | undefined;
    if (assigned === undefined || origin === undefined) return access.privileges;
    return PermissionSet.of({ store: origin.store, ...assigned });
  }

  /** Step 6, for the operator's eyes. */
  reportRefusal(error: AccessError, request: unknown): void {
    tell(() => this.settings.onRefused?.(error, request));
  }

  async ready(): Promise<void> {
    await Promise.all([this.#tokens.ready(), this.settings.store?.ready?.()]);
  }

  hydrate(jwks: unknown, issuer: string | undefined): void {
    this.#tokens.hydrate(jwks, issuer);
  }

  statistics(): TokenStatistics {
    return this.#tokens.statistics();
  }

  close(): Promise<void> {
    const { store } = this.settings;
    this.#closing ??= Promise.all([this.#tokens.close(), store?.close?.()]).then(() => undefined);
    return this.#closing;
  }
}

type Concluded = readonly [Decision, PolicyFailure | undefined];

/** Decides what each request may do. Made by `createAuthorizer`. */
export class Authorizer<Name extends string = string> {
  readonly #way: Way;

  private constructor(way: Way) {
    this.#way = way;
    ways.set(this, way);
    Object.freeze(this);
  }

  /** @internal */
  static of<Name extends string>(way: Way): Authorizer<Name> {
    return new Authorizer<Name>(way);
  }

  /**
   * The access of a request, with its privileges loaded; at once where nothing has to be waited for.
   *
   * @throws MissingTokenError when there is no token. @throws InvalidRequestError when it is sent in no valid way.
   * @throws InvalidTokenError when it is not valid here. @throws UnavailableError when keys or privileges cannot be had.
   */
  authenticate(request: AccessRequest): Access<Name> | Promise<Access<Name>> {
    const failed = (cause: unknown): never => {
      const error = asAccessError(cause);
      this.#way.reportRefusal(error, request);
      throw error;
    };
    try {
      const access = next(this.#way.identify(request), (identified) => {
        if (identified === undefined) throw new MissingTokenError();
        return this.#way.load(identified);
      });
      return isPromise(access) ? access.catch(failed) : access;
    } catch (cause) {
      return failed(cause);
    }
  }

  /**
   * What `requirement` comes to for this access; at once where no policy has to be waited for.
   *
   * @throws TypeError when the access comes from another authorizer, or the requirement is none.
   */
  decide(
    access: Access<Name>,
    requirement: Requirement<Name>,
    context: DecisionContext = {},
  ): Decision | Promise<Decision> {
    const { request, params } = checkedMembers(context, 'context', ['request', 'params']);
    if (params !== undefined && !isRecord(params)) throw expectation('params', 'an object', params);
    return this.#way.decide(access, requirement, { request, ...(params !== undefined && { params }) });
  }

  /**
   * Resolves when the first keys and the store are there; rejects with what is wrong when they cannot be had. Issuers that a
   * function finds are not known before their first token, and not asked here.
   */
  ready(): Promise<void> {
    return this.#way.ready();
  }

  /**
   * Serves these keys until the network brings the first: for a start without it. `issuer`: whose keys, where several are
   * listed; not for issuers that a function finds.
   *
   * @throws TypeError when it is no JSON Web Key Set (RFC 7517 section 5), or the issuer has no keys on the network.
   */
  hydrate(keys: { readonly keys: readonly object[] }, issuer?: string): void {
    this.#way.hydrate(keys, issuer);
  }

  /** How the memory of verified tokens does. */
  statistics(): { readonly tokens: TokenStatistics } {
    return { tokens: this.#way.statistics() };
  }

  /** Ends every fetch and every timer, and closes the store; requests from now on are answered 503. */
  close(): Promise<void> {
    return this.#way.close();
  }
}

const ways = new WeakMap<object, Way>();

/** @internal The way behind an authorizer; undefined for anything else. */
export function wayOf(authorizer: object): Way | undefined {
  return ways.get(authorizer);
}

/** @internal What is thrown on the way and is none of ours is nobody's permit: 503. */
export function asAccessError(cause: unknown): AccessError {
  return cause instanceof AccessError ? cause : new UnavailableError(undefined, { cause });
}
