// 'rightful/express': guards for Express 4 and 5, as middleware and as decorators.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Access } from './core/access.ts';
import { Authorizer, wayOf } from './core/public-authorizer.ts';
import type { AccessError } from './core/errors.ts';
import { isPromise } from './core/next.ts';
import { checkedBoolean, checkedFunction, checkedMembers, expectation } from './core/options.ts';
import type { Requirement } from './core/requirement.ts';
import type { AuthorizerOptions } from './core/settings.ts';
import { answerRefusal } from './http/answer.ts';
import { decorated } from './http/decorated.ts';
import type { Method } from './http/decorated.ts';
import { Guarding, RequirementFailure } from './http/guarding.ts';
import type { Exchange } from './http/guarding.ts';
import { createAuthorizer } from './issuer/create-authorizer.ts';

/** What Express hands a middleware to go on with. */
export type Next = (error?: unknown) => void;

/** A middleware for Express. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** A guard: a middleware, and a decorator of methods that take `(req, res, next?)`, TC39's or TypeScript's legacy kind. */
export interface Guard {
  /** TC39: the method runs only where the requirement is met; a refusal answers, and the call comes to undefined. */
  <This, Given extends [Request, Response, ...unknown[]], Result>(
    method: (this: This, ...given: Given) => Result,
    context: ClassMethodDecoratorContext<This, (this: This, ...given: Given) => Result>,
  ): (this: This, ...given: Given) => Result;
  /** TypeScript's `experimentalDecorators`. */
  <Given extends [Request, Response, ...unknown[]], Result>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<(...given: Given) => Result>,
  ): TypedPropertyDescriptor<(...given: Given) => Result>;
  (request: IncomingMessage, response: ServerResponse, next: Next): void;
}

/** How guards answer. */
export interface GuardOptions {
  /** Names the protected space in `WWW-Authenticate` (RFC 9110 section 11.5). Default: `api`. */
  realm?: string;
  /** Answers a refusal in place of the guard: with `error.status`, `error.headers` and `error.code`, or by `next(error)`. */
  onRefusal?: (error: AccessError, request: Request, response: Response, next: Next) => unknown;
  /** `missing` (default) tells the client what is lacking; `nothing` leaves it to `onRefused`. */
  disclose?: 'missing' | 'nothing';
}

/** The guards of one authorizer. */
export interface Guards<Name extends string> {
  /**
   * Lets pass who has a valid token, with privileges loaded; `required: false` also lets pass who has none, as nobody, but
   * never who has a bad one. @throws TypeError when an option is unknown or not of its type.
   */
  readonly authenticate: (options?: { required?: boolean }) => Middleware;
  /**
   * Lets pass who may do what is asked: a permission, a requirement, or a function that makes one of each request. It
   * authenticates by itself, asks the scopes first, and the store only where they delegate enough.
   *
   * @throws TypeError when it is not given exactly one requirement, or one that asks for nothing or for an unknown permission.
   */
  readonly requirePermission: (requirement: Requirement<Name> | ((request: Request) => Requirement<Name>)) => Guard;
  /** The access of this request. @throws TypeError when no guard of this authorizer ran, or nobody signed in. */
  readonly accessOf: (request: IncomingMessage) => Access<Name>;
  /** The access of this request; undefined when no guard of this authorizer ran, or nobody signed in. */
  readonly optionalAccessOf: (request: IncomingMessage) => Access<Name> | undefined;
  /** Who decides: for `ready`, `decide` and `close`. */
  readonly authorizer: Authorizer<Name>;
}

/**
 * The guards of an authorizer, or of one made from options here.
 *
 * @throws TypeError when an option is unknown or not as it must be.
 */
export function createGuards<Name extends string = string>(
  authorizer: Authorizer<Name> | AuthorizerOptions<Name>,
  options: GuardOptions = {},
): Guards<Name> {
  const given = checkedMembers(options, 'options', ['realm', 'onRefusal', 'disclose']);
  const onRefusal = checkedFunction<NonNullable<GuardOptions['onRefusal']>>(given.onRefusal, 'onRefusal');
  const decider = authorizer instanceof Authorizer ? authorizer : createAuthorizer(authorizer);
  const way = wayOf(decider);
  if (way === undefined) throw expectation('authorizer', 'made by createAuthorizer', authorizer);
  const guarding = new Guarding(way, given);

  return Object.freeze({ authenticate, requirePermission, accessOf, optionalAccessOf, authorizer: decider });

  function authenticate(settings: { required?: boolean } = {}): Middleware {
    const { required } = checkedMembers(settings, 'options', ['required']);
    const mode = { required: checkedBoolean(required, 'required', true) };
    return (request, response, next) => {
      pass(request, response, next, () => guarding.enter(exchangeOf(request), mode), next);
    };
  }

  function requirePermission(...demands: unknown[]): Guard {
    if (demands.length !== 1)
      throw new TypeError(`Expected one requirement, got ${demands.length}: see allOf and anyOf`);
    const demand = guarding.demand(demands[0]);
    const admit = (request: IncomingMessage): Access | Promise<Access> => guarding.admit(exchangeOf(request), demand);
    const wrap = (method: Method): Method => {
      return function guarded(this: unknown, ...args: unknown[]): unknown {
        const [request, response, next] = args as [IncomingMessage, ServerResponse, Next | undefined];
        checkExchange(request, response);
        return pass(
          request,
          response,
          next,
          () => admit(request),
          () => method.apply(this, args) as unknown,
        );
      };
    };
    return ((...args: unknown[]) => {
      const decoration = decorated(args, wrap);
      if (decoration !== undefined) return decoration.result;
      const [request, response, next] = args as [IncomingMessage, ServerResponse, Next];
      checkExchange(request, response);
      return void pass(request, response, next, () => admit(request), next);
    }) as Guard;
  }

  /** Goes on where `enter` lets it, and answers where it does not; what goes on stands outside of the refusals' reach. */
  function pass(
    request: IncomingMessage,
    response: ServerResponse,
    next: Next | undefined,
    enter: () => Access | undefined | Promise<Access | undefined>,
    goOn: () => unknown,
  ): unknown {
    const refuse = (cause: unknown): unknown => {
      try {
        return refused(cause, request, response, next);
      } catch (failure) {
        return failed(failure, next);
      }
    };
    const proceed = (access: Access | undefined): unknown => {
      if (access !== undefined) present(request, response);
      return goOn();
    };
    let entered: Access | undefined | Promise<Access | undefined>;
    try {
      entered = enter();
    } catch (cause) {
      return refuse(cause);
    }
    if (!isPromise(entered)) return proceed(entered);
    // Who called is gone by now: what a method throws at once goes where it would have gone then.
    const proceedLater = (access: Access | undefined): unknown => {
      try {
        return proceed(access);
      } catch (cause) {
        return failed(cause, next);
      }
    };
    return entered.then(proceedLater, refuse);
  }

  // For handlers that read `req.auth`, as express-oauth2-jwt-bearer sets it.
  function present(request: IncomingMessage, response: ServerResponse): void {
    const identified = guarding.identifiedOf(request);
    if (identified === undefined) return;
    const { credentials, header, bearer } = identified;
    Object.assign(request, { auth: { header, payload: credentials.claims, token: bearer.token } });
    // RFC 6750 section 2.3: an answer to a token in the URL is for nobody else's cache
    if (bearer.from === 'query' && !response.headersSent && !isKeptPrivate(response)) {
      response.setHeader('Cache-Control', 'private');
    }
  }

  function refused(
    cause: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    next: Next | undefined,
  ): unknown {
    if (cause instanceof RequirementFailure) return failed(cause, next);
    const error = guarding.refused(cause, request);
    if (onRefusal !== undefined) return handOver(error, request, response, next);
    if (response.headersSent) return failed(error, next);
    return answerRefusal(response, guarding.answer(error));
  }

  function handOver(
    error: AccessError,
    request: IncomingMessage,
    response: ServerResponse,
    next: Next | undefined,
  ): unknown {
    const handled = onRefusal?.(
      error,
      request as Request,
      response as Response,
      next ?? ((cause) => failed(cause, next)),
    );
    return isPromise(handled) ? handled.then(undefined, (cause: unknown) => failed(cause, next)) : undefined;
  }

  function accessOf(request: IncomingMessage): Access {
    const access = optionalAccessOf(request);
    if (access === undefined) throw new TypeError('No guard of this authorizer let a signed-in request pass here');
    return access;
  }

  function optionalAccessOf(request: IncomingMessage): Access | undefined {
    return guarding.accessOf(request);
  }
}

function exchangeOf(request: IncomingMessage): Exchange {
  const { params } = request as Partial<Request>;
  return { key: request, request, given: request, params };
}

function checkExchange(request: unknown, response: unknown): void {
  const isRequest = typeof request === 'object' && request !== null && 'headers' in request;
  const isResponse = typeof response === 'object' && response !== null && 'setHeader' in response;
  if (!isRequest || !isResponse) throw new TypeError('Expected a guarded method to be called with (req, res, next?)');
}

function isKeptPrivate(response: ServerResponse): boolean {
  return /\b(?:private|no-store)\b/i.test(String(response.getHeader('Cache-Control')));
}

// A fault of the program is for the application's error handler; without one, for whoever called.
function failed(cause: unknown, next: Next | undefined): void {
  if (next === undefined) throw cause;
  next(cause);
}
