// The way of requests goes in, the object that an application holds comes out. Read authorizer.ts first.

import type { Access } from './access.ts';
import type { DecisionContext } from './asking.ts';
import type { Way } from './authorizer.ts';
import type { Decision } from './decision.ts';
import { MissingTokenError } from './errors.ts';
import { isPromise, next } from './next.ts';
import { checkedMembers, expectation, isRecord } from './options.ts';
import { asAccessError } from './refused.ts';
import type { Requirement } from './requirement.ts';
import type { AccessRequest, TokenStatistics } from './token.ts';

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
        return this.#way.load(identified, request);
      });
      return isPromise(access) ? access.catch(failed) : access;
    } catch (cause) {
      return failed(cause);
    }
  }

  /**
   * What `requirement` comes to for this access; at once where nothing has to be waited for: a policy, a resolver, or, where the
   * requirement names another organization, the store.
   *
   * @throws TypeError when the access comes from another authorizer, or the requirement is none. @throws UnavailableError when the
   * store or a resolver cannot say. @throws NotFoundError when a resolver wants it said that a resource is not there. A promise
   * rejects with them.
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
