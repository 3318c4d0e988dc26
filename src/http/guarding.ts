// A request and what is asked of it go in, an Access comes out or an AccessError: what every framework's guards share.

import type { Access } from '../core/access.ts';
import type { AccessSummary } from '../core/access-summary.ts';
import type { CheckedRequirement } from '../core/asking.ts';
import type { Way } from '../core/authorizer.ts';
import { AccessError, MissingTokenError, seenAs } from '../core/errors.ts';
import type { Identified } from '../core/identified.ts';
import { isPromise, next } from '../core/next.ts';
import { checkedChoice, expectation } from '../core/options.ts';
import { asAccessError, isDenial } from '../core/refused.ts';
import { refusalOf } from '../core/refusal.ts';
import type { Disclosure, Refusal } from '../core/refusal.ts';
import type { Requirement } from '../core/requirement.ts';
import type { AccessRequest } from '../core/token.ts';
import { rememberGiven } from './given.ts';
import { forget, identifiedIn, Known, knownOf, remember } from './known.ts';

/** One request of a framework. */
export interface Exchange {
  /** Node's request, which stands for the exchange as long as it lives: also where one framework is mounted in another. */
  readonly key: object;
  readonly request: AccessRequest;
  /** What policies and hooks are given: the framework's own object. */
  readonly given: unknown;
  /** The route's parameters. */
  readonly params: object | undefined;
}

/** What a guard asks: a requirement, checked when the guard was made, or one that each request makes. */
export type Demand = CheckedRequirement | ((given: never) => Requirement);

/** What one guard asks, made once for all its requests. */
export interface GuardDemand {
  readonly demand: Demand;
  readonly isEnforced: boolean;
}

export class Guarding {
  readonly #way: Way;
  readonly #realm: string;
  readonly #disclose: Disclosure;

  /** @throws TypeError when `realm` or `disclose` is not as it must be. */
  constructor(way: Way, { realm, disclose }: { realm?: unknown; disclose?: unknown }) {
    this.#way = way;
    this.#realm = checkedRealm(realm);
    this.#disclose = checkedChoice(disclose, 'disclose', ['missing', 'nothing']);
  }

  /** @throws TypeError when it asks for nothing, or for what nobody knows. */
  demand(asked: unknown): Demand {
    if (typeof asked === 'function') return asked as (given: never) => Requirement;
    return this.#way.checked(asked as Requirement);
  }

  /** Who signed in, with an access; undefined where there is no token and none is needed. */
  enter(exchange: Exchange, { required }: { required: boolean }): Known | undefined | Promise<Known | undefined> {
    const known = this.#identify(exchange);
    if (isPromise(known)) return known.then((settled) => this.#enter(settled, exchange));
    if (known !== undefined) return this.#enter(known, exchange);
    if (required) throw new MissingTokenError();
    return undefined;
  }

  #enter(known: Known, { given }: Exchange): Known | Promise<Known> {
    const access = this.#way.load(identifiedIn(known), given);
    return isPromise(access) ? withAccessLater(known, access) : withAccess(known, access);
  }

  /**
   * Tells the operator that a guard lets through what it should refuse; `words` say what it asks.
   *
   * @throws TypeError when nobody would hear of what is let through.
   */
  announceUnenforced(words: string): void {
    const { onDecision, onRefused } = this.#way.settings;
    if (onDecision === undefined && onRefused === undefined) {
      throw expectation('onDecision` or `onRefused', 'a function where `enforce` is false, to hear of it', onDecision);
    }
    this.#way.warnings.warn({ code: 'not_enforced', requirement: words });
  }

  /** Who signed in and may do what is asked, or, where that is not enforced, who signed in; with an access. */
  admit(exchange: Exchange, guard: GuardDemand): Known | Promise<Known> {
    const begunMs = this.#way.begin();
    const known = this.#identify(exchange);
    if (isPromise(known)) return known.then((settled) => this.#admit(exchange, settled, guard, begunMs));
    return this.#admit(exchange, known, guard, begunMs);
  }

  #admit(exchange: Exchange, known: Known | undefined, guard: GuardDemand, begunMs: number): Known | Promise<Known> {
    if (known === undefined) throw new MissingTokenError();
    return guard.isEnforced
      ? this.#authorize(exchange, known, guard, begunMs)
      : this.#authorizeUnenforced(exchange, known, guard, begunMs);
  }

  #authorize(
    { given: request, params }: Exchange,
    known: Known,
    { demand, isEnforced }: GuardDemand,
    begunMs: number,
  ): Known | Promise<Known> {
    const checked = typeof demand === 'function' ? this.#made(demand, request) : demand;
    const access = this.#way.authorize(identifiedIn(known), checked, { begunMs, isEnforced, request, params });
    return isPromise(access) ? withAccessLater(known, access) : withAccess(known, access);
  }

  #authorizeUnenforced(exchange: Exchange, known: Known, guard: GuardDemand, begunMs: number): Known | Promise<Known> {
    const letThrough = (cause: unknown): Known | Promise<Known> => this.#letThrough(exchange, known, cause);
    try {
      const authorized = this.#authorize(exchange, known, guard, begunMs);
      return isPromise(authorized) ? authorized.catch(letThrough) : authorized;
    } catch (cause) {
      return letThrough(cause);
    }
  }

  // What is not permitted is not handed on either: an access in the organization that was asked would look as if it were. The
  // handler has what it had before this guard, or what the token gives at home.
  #letThrough(exchange: Exchange, known: Known, cause: unknown): Known | Promise<Known> {
    if (!(cause instanceof AccessError) || !isDenial(cause)) throw cause;
    this.#way.reportRefusal(seenAs(cause, { realm: this.#realm }), exchange.given, false);
    if (known.access !== undefined) return known;
    return next(this.#way.load(identifiedIn(known), exchange.given), (access) => withAccess(known, access));
  }

  /**
   * For a method away from HTTP: `given` is what it is called with, an access first; its arguments fill the places `{1}`, `{2}`, …
   *
   * @throws TypeError when the demand is a function of a request, or the access is another authorizer's.
   */
  require(
    access: Access,
    { demand, isEnforced }: GuardDemand,
    given: readonly unknown[],
  ): undefined | Promise<undefined> {
    if (typeof demand === 'function') {
      throw new TypeError('Expected a requirement: a function of the request makes none where there is no request');
    }
    return this.#way.require(access, demand, { params: Object.fromEntries(given.entries()), isEnforced });
  }

  #made(demand: (given: never) => Requirement, given: unknown): CheckedRequirement {
    try {
      return this.#way.checked(demand(given as never));
    } catch (cause) {
      throw cause instanceof AccessError ? cause : new RequirementFailure(cause);
    }
  }

  #identify({ key, request, given }: Exchange): Known | undefined | Promise<Known> {
    const before = knownOf(key, this.#way);
    if (before !== undefined) return isPromise(before.identified) ? before.identified.then(() => before) : before;
    if (this.#way.settings.verifier !== undefined) rememberGiven(request, given);
    const identified = this.#way.identify(request);
    if (identified === undefined) return undefined;
    const known = new Known(key, this.#way, identified);
    remember(known);
    return isPromise(identified) ? identifiedLater(known, identified) : known;
  }

  /** What is known of a request that a guard has let pass with an access; undefined where none did. */
  passed(key: object): Known | undefined {
    const known = knownOf(key, this.#way);
    return known?.access === undefined ? undefined : known;
  }

  /** The access that a guard has let pass for this request; undefined where none did. */
  accessOf(key: object): Access | undefined {
    return knownOf(key, this.#way)?.access;
  }

  summaryOf(access: Access): AccessSummary {
    return this.#way.summaryOf(access);
  }

  /** What was thrown as the refusal it stands for, reported to the operator. */
  refused(cause: unknown, given: unknown): AccessError {
    const error = seenAs(asAccessError(cause), { realm: this.#realm });
    this.#way.reportRefusal(error, given);
    return error;
  }

  answer(error: AccessError): Refusal {
    return refusalOf(error, this.#disclose);
  }
}

function identifiedLater(known: Known, identified: Promise<Identified>): Promise<Known> {
  return identified.then(
    (settled) => {
      known.identified = settled;
      return known;
    },
    (cause: unknown) => {
      forget(known);
      throw cause;
    },
  );
}

function withAccess(known: Known, access: Access): Known {
  known.access = access;
  return known;
}

function withAccessLater(known: Known, access: Promise<Access>): Promise<Known> {
  return access.then((settled) => withAccess(known, settled));
}

/** A function that was to make a requirement threw, or made none: the program's fault, which no refusal may cover up. */
export class RequirementFailure extends Error {
  override readonly name = 'RequirementFailure';
  constructor(cause: unknown) {
    super('The function given to requirePermission made no requirement', { cause });
  }
}

// quoted-string without anything that needs an escape: RFC 6750 section 3
function checkedRealm(realm: unknown): string {
  if (realm === undefined) return 'api';
  if (typeof realm !== 'string' || !/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/.test(realm)) {
    throw expectation('realm', 'printable ASCII without quotation marks and backslashes', realm);
  }
  return realm;
}
