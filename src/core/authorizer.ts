// THE WAY OF A REQUEST. A request goes in; an Access comes out, or an AccessError that says what is lacking:
//
//   request --> token --> claims --> effective permissions --> decision --> handler
//               400/401   401/503    503 (store)               403
//
// Each step is a file of its own; this one only leads from one to the next. Where nothing has to be waited for, nothing is.

import { RequestAccess } from './access.ts';
import type { Access } from './access.ts';
import { summaryOf } from './access-summary.ts';
import type { AccessSummary } from './access-summary.ts';
import type { CheckedRequirement, DecisionContext, GuardContext } from './asking.ts';
import { assignedByToken, nothingAssigned } from './assigned.ts';
import { credentialsIn } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import {
  decideOnPermissions,
  decideOnPolicies,
  hasPolicy,
  isDelegated,
  isDelegatedBy,
  nowhere,
  scopeLacking,
} from './decision.ts';
import type { Asked, Decision } from './decision.ts';
import { DecisionEvents } from './decision-events.ts';
import type { EventPorts } from './decision-events.ts';
import { AccessError, UnavailableError } from './errors.ts';
import { Holdings } from './holdings.ts';
import type { Identified, KnownToken } from './identified.ts';
import { Identifying } from './identifying.ts';
import type { Clock } from './in-time.ts';
import { isPromise, next } from './next.ts';
import { expectation } from './options.ts';
import { heldWithEveryScope, originOf } from './origin.ts';
import type { Origin } from './origin.ts';
import { PermissionSet } from './permission-set.ts';
import type { PermissionSetParts } from './permission-set.ts';
import { placeOf } from './place-asked.ts';
import { isHeld, questionOf } from './question.ts';
import type { Question } from './question.ts';
import { namesAsked } from './resolving.ts';
import { isDenial, policyRefusal, refusalFor } from './refused.ts';
import type { Failure } from './refused.ts';
import type { Requirement } from './requirement.ts';
import { decideOnRules, ruled, unrefused } from './ruled-access.ts';
import type { Settings } from './settings.ts';
import { Warnings } from './warnings.ts';
import { loadedFrom, ReadLists } from './store-answer.ts';
import type { DelegatedSets, Loaded } from './store-answer.ts';
import { tell } from './tell.ts';
import { RoleAnswers } from './token-roles.ts';
import type { AccessRequest, TokenStatistics, TokenVerifier } from './token.ts';

/** What the way needs from outside; the doors supply it. */
export interface Ports extends EventPorts {
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
}

const noAudience: readonly string[] = Object.freeze([]);

export class Way {
  readonly settings: Settings;
  readonly #tokens: TokenVerifier;
  readonly #clock: Clock;
  readonly #nothingLoaded: Loaded;
  readonly #readLists: ReadLists;
  readonly #identifying: Identifying;
  readonly warnings: Warnings;
  readonly #roleAnswers: RoleAnswers | undefined;
  readonly #events: DecisionEvents;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, { tokens, clock, ...ports }: Ports) {
    this.settings = settings;
    this.#events = new DecisionEvents(settings.onDecision, settings.eventSubjects, ports);
    this.#tokens = tokens;
    this.#clock = clock;
    this.#identifying = new Identifying(settings, tokens, clock);
    this.warnings = new Warnings(settings.onWarning);
    const { store, catalogue } = settings;
    this.#roleAnswers = store === undefined ? undefined : new RoleAnswers(store, catalogue, clock.now);
    this.#readLists = new ReadLists(settings.catalogue, settings.dialect);
    const nothing = new Holdings([], this.#readLists.reading);
    this.#nothingLoaded = { holdings: nothing, reusable: true, validUntilMs: Infinity, sets: undefined };
  }

  /** When a decision begins, as far as anybody wants to know how long it takes. */
  begin(): number {
    return this.#events.begin();
  }

  /** Steps 1 to 3: the token, its verified claims, and what they say; undefined where there is no token. */
  identify(request: AccessRequest): Identified | undefined | Promise<Identified> {
    if (this.#closing !== undefined) throw new UnavailableError(undefined, { cause: 'The authorizer is closed' });
    return this.#identifying.identify(request);
  }

  /** Step 4: what the subject holds, cut to what is delegated. A failed load is forgotten, so that the next one asks again. */
  load(identified: Identified, request: unknown): Access | Promise<Access> {
    const access = this.#load(identified, request);
    return this.settings.rules === undefined ? access : next(access, unrefused);
  }

  #load(identified: Identified, request: unknown): Access | Promise<Access> {
    if (identified.access !== undefined) return identified.access;
    const loaded = this.#loaded(identified.known);
    if (this.settings.rules !== undefined || isPromise(loaded)) return this.#loadRuled(identified, loaded, request);
    return (identified.access = this.#accessOf(identified.known, loaded));
  }

  #loadRuled(identified: Identified, answer: Loaded | Promise<Loaded>, request: unknown): Access | Promise<Access> {
    const loading = next(answer, (loaded) => {
      const left = ruled(this.#accessOf(identified.known, loaded), request, this.settings, this.#clock);
      return next(left, (access) => (identified.access = access));
    });
    if (!isPromise(loading)) return loading;
    identified.access = loading;
    loading.catch(() => (identified.access = undefined));
    return loading;
  }

  #loaded({ credentials }: KnownToken): Loaded | Promise<Loaded> {
    const { store, storeTimeoutMs: timeoutMs, catalogue, permissionsClaim } = this.settings;
    if (store === undefined) return this.#nothingLoaded;
    const { subject, issuer, roles } = credentials;
    const audience = issuer.audience ?? noAudience;
    const isAdding = roles.length > 0 && permissionsClaim === 'grants' && this.#roleAnswers !== undefined;
    const asked = isAdding ? this.#roleAnswers.with(roles) : store;
    return loadedFrom(
      { store: asked, subject, audience, timeoutMs, catalogue, clock: this.#clock, warnings: this.warnings },
      this.#readLists,
    );
  }

  /** An access cannot be changed, so the same token with the same privileges has the same one. */
  #accessOf(known: KnownToken, loaded: Loaded): Access {
    if (known.access !== undefined && known.loaded === loaded) return known.access;
    const { claims, subject, client, scopes } = known.credentials;
    const { privileges, permissions } = this.#setsOf(known, loaded);
    const origin: Origin = { way: this, credentials: known.credentials, store: loaded.holdings };
    const access = new RequestAccess({ claims, subject, client, scopes, privileges, permissions, origin });
    // What can never be met again would only be kept from being forgotten.
    if (loaded.reusable) Object.assign(known, { loaded, access });
    return access;
  }

  /** Where the token assigns nothing, whoever holds the same and is delegated the same has the same sets. */
  #setsOf({ credentials }: KnownToken, loaded: Loaded): DelegatedSets {
    const { delegated } = credentials;
    const assigned = assignedByToken(credentials, this.settings);
    const isShared = assigned === nothingAssigned;
    if (isShared && loaded.sets !== undefined && loaded.sets.delegated === delegated) return loaded.sets;
    const held: PermissionSetParts = { store: loaded.holdings, ...assigned };
    const privileges = PermissionSet.of(held);
    const sets = { delegated, privileges, permissions: PermissionSet.of({ ...held, delegated }) };
    if (isShared) loaded.sets = sets;
    return sets;
  }

  /** @throws TypeError when it is no requirement, or names a permission that the catalogue does not hold. */
  checked(requirement: Requirement): CheckedRequirement {
    return { requirement, ...questionOf(requirement, this.settings.catalogue, this.settings.dialect, this.warnings) };
  }

  /** Steps 4 and 5 for a guard: the access, where the decision is a permit. The scopes are asked before the store is. */
  authorize(there: Identified, checked: CheckedRequirement, context: GuardContext): Access | Promise<Access> {
    return this.#permittedAtOnce(there, checked, context) ?? this.#authorize(there, checked, context);
  }

  #authorize(
    there: Identified,
    { requirement, question, organization }: CheckedRequirement,
    context: GuardContext,
  ): Access | Promise<Access> {
    const { request, params, begunMs = this.begin() } = context;
    const place = placeOf(organization, params);
    const identified = place === undefined ? there : there.in(place.organization);
    const asked = this.#asked(question, identified.credentials, params);
    // Without a store the privileges are known as soon as the token is.
    const { store, rules } = this.settings;
    if (store === undefined && rules === undefined) void this.#load(identified, request);
    const isHeard = this.settings.onDecision !== undefined;
    const conclude = (decision: Decision, access?: Access, failure?: Failure): Access => {
      if (isHeard) this.#events.tell({ requirement, asked, context, begunMs }, decision, failure);
      if (decision.permit && access !== undefined) return access;
      throw refusalFor(decision, failure);
    };
    if (place?.isUnusable === true) return conclude(nowhere(asked));
    if (!isDelegated(asked)) {
      return conclude(scopeLacking(asked, isPromise(identified.access) ? undefined : identified.access));
    }
    return next(this.#load(identified, request), (access) => {
      return next(this.#decide(asked, access, request), ([decision, failure]) => conclude(decision, access, failure));
    });
  }

  /**
   * What nearly every request comes to: a permit by permissions alone, of which nobody wants to hear. Nothing is made for it that
   * nobody reads. Undefined: it is not that simple, or no permit.
   */
  #permittedAtOnce(
    identified: Identified,
    { question, organization }: CheckedRequirement,
    { request, params: parameters }: GuardContext,
  ): Access | undefined {
    const { onDecision, resolvers, rules } = this.settings;
    if (onDecision !== undefined || resolvers !== undefined || rules !== undefined) return undefined;
    if (organization !== undefined || hasPolicy(question)) return undefined;
    if (!isDelegatedBy(identified.credentials, question)) return undefined;
    const access = this.#load(identified, request);
    if (isPromise(access)) return undefined;
    return isHeld(access.permissions, question, { parameters }) ? access : undefined;
  }

  /** Step 5 for who holds an access already. @throws TypeError when the access comes from another authorizer. */
  decide(access: Access, requirement: Requirement, context: DecisionContext): Decision | Promise<Decision> {
    return next(this.#conclusion(access, this.checked(requirement), context), ([decision, failure]) => {
      if (failure instanceof AccessError) throw failure;
      if (failure !== undefined) this.reportRefusal(refusalFor(decision, failure), context.request);
      return decision;
    });
  }

  /**
   * Step 5 for a method that is handed an access: undefined where the decision is a permit, or is not enforced.
   *
   * @throws TypeError when the access comes from another authorizer. @throws AccessError when something is lacking.
   */
  require(access: Access, checked: CheckedRequirement, context: GuardContext): undefined | Promise<undefined> {
    return next(this.#conclusion(access, checked, context), ([decision, failure]) => {
      if (failure === undefined && decision.permit) return undefined;
      const error = refusalFor(decision, failure);
      const enforced = context.isEnforced !== false || !isDenial(error);
      this.reportRefusal(error, undefined, enforced);
      if (enforced) throw error;
      return undefined;
    });
  }

  #conclusion(
    access: Access,
    { requirement, question, organization }: CheckedRequirement,
    context: GuardContext,
  ): Concluded | Promise<Concluded> {
    const { request, params, begunMs = this.begin() } = context;
    const origin = originOf(access);
    if (origin?.way !== this) throw expectation('access', 'an Access that this authorizer has given', access);
    const place = placeOf(organization, params);
    const credentials =
      place === undefined ? origin.credentials : credentialsIn(origin.credentials, place.organization);
    const asked = this.#asked(question, credentials, params);
    const isHeard = this.settings.onDecision !== undefined;
    const conclude = (concluded: Concluded): Concluded => {
      if (isHeard) this.#events.tell({ requirement, asked, context, begunMs }, ...concluded);
      return concluded;
    };
    if (place?.isUnusable === true) return conclude([nowhere(asked), undefined]);
    if (credentials === origin.credentials) return next(this.#decide(asked, access, request), conclude);
    const known: KnownToken = { credentials, loaded: undefined, access: undefined };
    const elsewhere = next(this.#loaded(known), (loaded) =>
      ruled(this.#accessOf(known, loaded), request, this.settings, this.#clock),
    );
    return next(elsewhere, (one) => next(this.#decide(asked, one, request), conclude));
  }

  #decide(asked: Asked, access: Access, request: unknown): Concluded | Promise<Concluded> {
    const { resolvers, storeTimeoutMs: timeoutMs } = this.settings;
    if (resolvers === undefined || !isDelegated(asked)) return this.#judge(asked, access, request);
    const naming = namesAsked(asked, access, request, { resolvers, timeoutMs, clock: this.#clock });
    if (naming === undefined) return this.#judge(asked, access, request);
    return naming.then(
      (names) => this.#judge({ ...asked, names }, access, request),
      (cause: unknown) => {
        if (cause instanceof AccessError && isDenial(cause)) return [nowhere(asked), cause];
        throw cause;
      },
    );
  }

  #judge(asked: Asked, access: Access, request: unknown): Concluded | Promise<Concluded> {
    const byRules = decideOnRules(asked, access);
    if (byRules !== undefined) return byRules;
    const decision = decideOnPermissions(asked, access);
    if (!decision.permit || !hasPolicy(asked.question)) return [decision, undefined];
    return next(decideOnPolicies(asked, access, request), ({ decision: settled, failure, otherFailures }) => {
      for (const { policy, thrown } of otherFailures) this.reportRefusal(policyRefusal(policy, thrown), request);
      return [settled, failure];
    });
  }

  #asked(question: Question, credentials: Credentials, parameters: object | undefined): Asked {
    const { scopePermissions, catalogue } = this.settings;
    const from = { credentials, settings: this.settings };
    const withEveryScope = (access: Access): PermissionSet => heldWithEveryScope(access, from);
    return { question, credentials, scopePermissions, catalogue, parameters, heldWithEveryScope: withEveryScope };
  }

  /** Whether the token of an access delegates a permission. */
  isDelegated(access: Access, permission: string): boolean {
    const delegated = originOf(access)?.credentials.delegated;
    return delegated === undefined || delegated.has(permission);
  }

  /** What this access may do and could come to, for the application that sent the request. */
  summaryOf(access: Access): AccessSummary {
    const { credentials } = originOf(access) as Origin;
    const { settings } = this;
    const { catalogue, scopePermissions, dialect } = settings;
    const all = heldWithEveryScope(access, { credentials, settings }, { afterRules: true });
    return summaryOf(access, {
      all,
      delegated: credentials.delegated,
      catalogue,
      scopePermissions,
      dialect: dialect.name,
    });
  }

  /** Step 6, for the operator's eyes. */
  reportRefusal(error: AccessError, request: unknown, enforced = true): void {
    const { onRefused } = this.settings;
    if (onRefused !== undefined) tell(() => onRefused(error, request, Object.freeze({ enforced })));
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

type Concluded = readonly [Decision, Failure];
