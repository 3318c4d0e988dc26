// THE WAY OF A REQUEST. A request goes in; an Access comes out, or an AccessError that says what is lacking:
//
//   request --> token --> claims --> effective permissions --> decision --> handler
//               400/401   401/503    503 (store)               403
//
// Each step is a file of its own; this one only leads from one to the next. Where nothing has to be waited for, nothing is.

import type { Access } from './access.ts';
import { summaryOf } from './access-summary.ts';
import type { AccessSummary } from './access-summary.ts';
import type { CheckedRequirement, DecisionContext, GuardContext } from './asking.ts';
import { credentialsIn } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import {
  decideOnPermissions,
  decideOnPolicies,
  isDelegated,
  isDelegatedBy,
  nowhere,
  scopeLacking,
} from './decision.ts';
import type { Asked, Decision } from './decision.ts';
import { DecisionEvents } from './decision-events.ts';
import type { EventPorts } from './decision-events.ts';
import { AccessError, UnavailableError } from './errors.ts';
import type { Identified } from './identified.ts';
import { Identifying } from './identifying.ts';
import type { Clock } from './in-time.ts';
import { Loading } from './loading.ts';
import { isPromise, next } from './next.ts';
import { expectation } from './options.ts';
import { heldWithEveryScope, originOf } from './origin.ts';
import type { Origin } from './origin.ts';
import type { PermissionSet } from './permission-set.ts';
import { placeOf } from './place-asked.ts';
import { Hearing } from './policies.ts';
import { hasPolicy, isHeld, questionOf } from './question.ts';
import type { Question } from './question.ts';
import { namesAsked } from './resolving.ts';
import { isDenial, policyRefusal, refusalFor } from './refused.ts';
import type { Failure } from './refused.ts';
import type { Requirement } from './requirement.ts';
import { decideOnRules, unrefused } from './ruled-access.ts';
import type { Settings } from './settings.ts';
import { Warnings } from './warnings.ts';
import { tell } from './tell.ts';
import type { AccessRequest, TokenStatistics, TokenVerifier } from './token.ts';

/** What the way needs from outside; the doors supply it. */
export interface Ports extends EventPorts {
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
}

export class Way {
  readonly settings: Settings;
  readonly #tokens: TokenVerifier;
  readonly #clock: Clock;
  readonly #identifying: Identifying;
  readonly warnings: Warnings;
  readonly #loading: Loading;
  readonly #events: DecisionEvents;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, { tokens, clock, ...ports }: Ports) {
    this.settings = settings;
    this.#events = new DecisionEvents(settings.onDecision, settings.eventSubjects, ports);
    this.#tokens = tokens;
    this.#clock = clock;
    this.#identifying = new Identifying(settings, tokens, clock);
    this.warnings = new Warnings(settings.onWarning);
    this.#loading = new Loading(this, settings, clock, this.warnings);
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

  /** Step 4: what the subject holds, cut to what is delegated. */
  load(identified: Identified, request: unknown): Access | Promise<Access> {
    const access = this.#loading.load(identified, request);
    return this.settings.rules === undefined ? access : next(access, unrefused);
  }

  /** @throws TypeError when it is no requirement, or names a permission that the catalogue does not hold. */
  checked(requirement: Requirement): CheckedRequirement {
    const { catalogue, dialect } = this.settings;
    const asked = questionOf(requirement, catalogue, dialect, this.warnings);
    return { requirement, ...asked, hasPolicy: hasPolicy(asked.question) };
  }

  /** Steps 4 and 5 for a guard: the access, where the decision is a permit. The scopes are asked before the store is. */
  authorize(there: Identified, checked: CheckedRequirement, context: GuardContext): Access | Promise<Access> {
    const held = this.#heldAtOnce(there, checked, context);
    if (held === undefined) return this.#authorize(there, checked, context);
    if (!checked.hasPolicy) return held;
    const hearing = new Hearing(checked.question, held, context.request, context);
    return hearing.isPermit ? held : this.#authorize(there, checked, context, hearing);
  }

  /** `hearing`: where the permissions suffice, and the policies have been asked already. */
  #authorize(
    there: Identified,
    { requirement, question, organization }: CheckedRequirement,
    context: GuardContext,
    hearing?: Hearing,
  ): Access | Promise<Access> {
    const { request, params, begunMs = this.begin() } = context;
    const place = placeOf(organization, params);
    const identified = place === undefined ? there : there.in(place.organization);
    const asked = this.#asked(question, identified.credentials, params);
    // Without a store the privileges are known as soon as the token is.
    const { store, rules } = this.settings;
    if (store === undefined && rules === undefined) void this.#loading.load(identified, request);
    const isListenedTo = this.settings.onDecision !== undefined;
    const conclude = (decision: Decision, access?: Access, failure?: Failure): Access => {
      if (isListenedTo) this.#events.tell({ requirement, asked, context, begunMs }, decision, failure);
      if (decision.permit && access !== undefined) return access;
      throw refusalFor(decision, failure);
    };
    if (place?.isUnusable === true) return conclude(nowhere(asked));
    if (!isDelegated(asked)) {
      return conclude(scopeLacking(asked, isPromise(identified.access) ? undefined : identified.access));
    }
    return next(this.#loading.load(identified, request), (access) => {
      const decided =
        hearing === undefined ? this.#decide(asked, access, request) : this.#heard(asked, hearing, request);
      return next(decided, ([decision, failure]) => conclude(decision, access, failure));
    });
  }

  /**
   * What nearly every request comes to: all that is asked is held, which is known at once, and nobody wants to hear of it. Nothing
   * is made for it that nobody reads. Undefined: it is not that simple, or not held.
   */
  #heldAtOnce(
    identified: Identified,
    { question, organization }: CheckedRequirement,
    context: GuardContext,
  ): Access | undefined {
    const { onDecision, resolvers, rules } = this.settings;
    if (onDecision !== undefined || resolvers !== undefined || rules !== undefined) return undefined;
    if (organization !== undefined || !isDelegatedBy(identified.credentials, question)) return undefined;
    const access = this.#loading.load(identified, context.request);
    return !isPromise(access) && isHeld(access.permissions, question, context) ? access : undefined;
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
    const isListenedTo = this.settings.onDecision !== undefined;
    const conclude = (concluded: Concluded): Concluded => {
      if (isListenedTo) this.#events.tell({ requirement, asked, context, begunMs }, ...concluded);
      return concluded;
    };
    if (place?.isUnusable === true) return conclude([nowhere(asked), undefined]);
    if (credentials === origin.credentials) return next(this.#decide(asked, access, request), conclude);
    const elsewhere = this.#loading.accessWith(credentials, request);
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
    return this.#heard(asked, new Hearing(asked.question, access, request, asked), request);
  }

  #heard(asked: Asked, hearing: Hearing, request: unknown): Concluded | Promise<Concluded> {
    return next(decideOnPolicies(asked, hearing), ({ decision: settled, failure, otherFailures }) => {
      for (const { policy, thrown } of otherFailures) this.reportRefusal(policyRefusal(policy, thrown), request);
      return [settled, failure];
    });
  }

  #asked(question: Question, credentials: Credentials, params: object | undefined): Asked {
    const { scopePermissions, catalogue } = this.settings;
    const from = { credentials, settings: this.settings };
    const withEveryScope = (access: Access): PermissionSet => heldWithEveryScope(access, from);
    return { question, credentials, scopePermissions, catalogue, params, heldWithEveryScope: withEveryScope };
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
