// 'rightful/express': guards for Express 4 and 5, as middleware and as decorators.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Access } from './core/access.ts';
import { Authorizer } from './core/public-authorizer.ts';
import type { AccessError } from './core/errors.ts';
import { guardsItself } from './core/self-guarded.ts';
import type { Requirement } from './core/requirement.ts';
import type { AuthorizerOptions, BringYourOwnVerifier } from './core/authorizer-options.ts';
import type { AccessDocument, AccessHandlerOptions } from './http/access-handler.ts';
import { writeAnswer } from './http/answer.ts';
import { asking, notePassed } from './http/asks.ts';
import { claimsVerifier, requestAuthVerifier } from './http/earlier-verification.ts';
import type { RequirementOptions } from './http/demanded.ts';
import { denyUnguardedExpress } from './http/express-deny.ts';
import { expressRoutes } from './http/express-routes.ts';
import { checkedGuardOptions, guardsOf, isRequest, isResponse } from './http/guards.ts';
import type { Call, Framework } from './http/guards.ts';
import { middlewareVerifier } from './http/middleware-verifier.ts';
import type { AnyMiddleware } from './http/middleware-verifier.ts';
import { nodeHandlerOf } from './http/mount.ts';
import { asUnseen } from './http/route-checks.ts';
import type { WebHandler } from './http/mount.ts';
import { openApiOf } from './http/open-api.ts';
import type { OpenApiAudit, OpenApiDifference, OpenApiDocument, OpenApiOptions } from './http/open-api.ts';
import { auditOf, unguardedIn } from './http/routes.ts';
import type { RouteAudit } from './http/routes.ts';
import type { DenyOptions, UnguardedRequest } from './http/unguarded-answer.ts';
import { createAuthorizer } from './issuer/create-authorizer.ts';

export type { AccessDocument, AccessHandlerOptions, AnyMiddleware, RequirementOptions, WebHandler };
export type { DenyOptions, OpenApiAudit, OpenApiDifference, OpenApiDocument, OpenApiOptions };
export type { RouteAudit, UnguardedRequest };

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
  /**
   * The same on methods that take an `Access` first, `(access, …)`, away from HTTP: where the access does not meet the requirement
   * the call throws its AccessError, or rejects where that has to be waited for. `{1}` in a resource is the argument after the
   * access. An access of another authorizer is a TypeError.
   */
  <This, Given extends [Access, ...unknown[]], Result>(
    method: (this: This, ...given: Given) => Result,
    context: ClassMethodDecoratorContext<This, (this: This, ...given: Given) => Result>,
  ): (this: This, ...given: Given) => Result;
  /** TypeScript's `experimentalDecorators`. */
  <Given extends [Request, Response, ...unknown[]], Result>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<(...given: Given) => Result>,
  ): TypedPropertyDescriptor<(...given: Given) => Result>;
  <Given extends [Access, ...unknown[]], Result>(
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
   * `{ enforce: false }` lets a 403 through and reports it: for permissions that are rolled out on a live API. Who is not signed in
   * is a 401, and what cannot be decided a 503, as ever. `accessOf` is then the access that an earlier guard let pass, or the one of
   * the token; what was not permitted is not in it.
   *
   * @throws TypeError when it is not given exactly one requirement, or one that asks for nothing or for an unknown permission, and
   * when `enforce` is false where neither `onDecision` nor `onRefused` would hear of it.
   */
  readonly requirePermission: (
    requirement: Requirement<Name> | ((request: Request) => Requirement<Name>),
    options?: RequirementOptions,
  ) => Guard;
  /**
   * Answers what the request may do, as an `AccessDocument`: permissions with the resources they are held on, what is denied of
   * them, the scopes of the token, and those that the application could ask the user for. It authenticates by itself; the access
   * is the one that a guard before it let pass, where there is one. For nobody's cache.
   *
   * @throws TypeError when an option is unknown or not of its type.
   */
  readonly accessHandler: (options?: AccessHandlerOptions) => Middleware;
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
  const given = checkedGuardOptions<OnRefusal>(options);
  const decider = authorizer instanceof Authorizer ? authorizer : createAuthorizer(authorizer);
  const guards: unknown = { ...guardsOf(decider, given, express), authorizer: decider };
  return Object.freeze(guards as Guards<Name>);
}

/**
 * Makes the middleware that `auth({…})` of express-oauth2-jwt-bearer returns the `verifier` of an authorizer, also behind Koa: its
 * DPoP, mTLS and multi-issuer options keep working. `iss`, `aud`, `exp` and `nbf` are checked again. What it refuses is answered
 * with texts of our own; what it answers by itself is not sent, and is a 503. A token with `cnf` is accepted where the
 * middleware refuses the same token without its proof (RFC 9449, RFC 8705), for which it is asked a second time.
 *
 * @throws TypeError when it is given no function.
 */
export function verifierFrom(middleware: AnyMiddleware): BringYourOwnVerifier {
  return middlewareVerifier(middleware);
}

/**
 * A `verifier` for applications that run `auth({…})` of express-oauth2-jwt-bearer before the guards: it reads `req.auth`, which
 * must be of the token that the request was sent with. The signature is believed, so no other middleware may write
 * `req.auth`; `iss`, `aud`, `exp` and `nbf` are checked again. A token bound by DPoP is accepted, one bound to a certificate is not.
 */
export function fromRequestAuth(): BringYourOwnVerifier {
  return requestAuthVerifier();
}

/**
 * A `verifier` for applications that run another middleware before the guards, such as express-jwt, which leaves claims and no
 * token: `fromVerifiedClaims((req) => req.auth)`. They must be those of the token that the request was sent with. Signature
 * and algorithm are believed, so no other middleware may write them; `iss`, `aud`, `exp` and `nbf` are checked again. A token with
 * `cnf` is refused.
 *
 * @throws TypeError when it is given no function.
 */
export function fromVerifiedClaims(claimsOf: ClaimsOf): BringYourOwnVerifier {
  return claimsVerifier(claimsOf);
}

/** Reads verified claims off a request; its parameter may be annotated with a narrower type. */
export type ClaimsOf = { of(request: Request): unknown }['of'];

/** An application of Express 4 or 5, or a router. */
export interface Routed {
  readonly use: (...given: never[]) => unknown;
}

/**
 * Every route, in order, with what is asked before its handler, in words. The handler is the first function that takes no `next`,
 * or else the last; a guard counts where it stands before the handler on every way to it.
 *
 * It reads what Express keeps and runs nothing. A guarded method is recognised where it is the handler itself; bound or called by
 * an arrow function it cannot be seen, and the route counts as unguarded: put the guard on the route then. Functions given to
 * `app.use` are middleware and no routes, unless they take no `next` and stand at a path of their own; what such functions call
 * cannot be seen.
 * What cannot be seen into, such as an application of connect, is a route of its own with a note.
 *
 * @throws TypeError when it is given no application and no router of Express.
 */
export function routesOf(app: Routed): RouteAudit[] {
  return expressRoutes(app).map(auditOf);
}

/**
 * The routes that neither a guard stands before nor `publicRoute()` marks, as `routesOf` sees them. Where it is not certain that
 * every request passes the guard, the route is here, with a note. For a test: `expect(unguardedRoutes(app)).toEqual([])`.
 *
 * @throws TypeError when it is given no application and no router of Express.
 */
export function unguardedRoutes(app: Routed): RouteAudit[] {
  return unguardedIn(expressRoutes(app));
}

/** Does nothing but mark what stands after it as open on purpose: one route, or all that come after it on a router. */
export function publicRoute(): Middleware {
  const mark: Middleware = (request, _response, next) => {
    notePassed(request);
    next();
  };
  return asking(mark, { kind: 'public' });
}

/**
 * From now on no handler of a route runs on a request that no guard has let pass and no `publicRoute()` has met: the answer is a
 * 500 that tells the client nothing, `onUnguarded` hears of it, and where there is no route at all the framework answers as ever.
 * It works for routes that are added later, for routers wrapped in functions, and whatever middleware does to the URL.
 * Functions given to `app.use` are middleware, except those that take no `next` and stand at a path when this is called.
 *
 * @throws TypeError when the application holds something whose routes nobody can see, such as an application of connect, without a guard
 * before it, when it is no application of Express 4 or 5, when it was called for this one before, and when an option is wrong.
 */
export function denyUnguarded(app: Routed, options: DenyOptions = {}): void {
  denyUnguardedExpress(app, options);
}

/**
 * A new OpenAPI 3.1 document, which says of each operation what the guards ask: `security` with the scopes, and the answers 401,
 * 403 and 503. Where a document is given, `differences` is where it and the guards disagree, and the guards are what is written. A
 * permission that a coarse scope delegates is written as that scope, as refusals name it; alternatives of `anyOf` are alternative
 * requirements, more than 32 are none; what a request decides, policies, resources and organizations are not written.
 *
 * @throws TypeError when the document is none of OpenAPI 3.1, when an option is wrong, and when `routesOf` throws.
 */
export function openApiSecurity(app: Routed, document?: object, options: OpenApiOptions = {}): OpenApiAudit {
  return openApiOf(expressRoutes(app), document, options);
}

/**
 * Makes a web-standard handler, such as that of `createAdmin`, a middleware: `app.use(mount(handler))`. What is matched is the path
 * below where it is mounted, as it was sent; paths that the handler says it does not handle go on. A body that a parser has read
 * before is handed on as JSON. Nobody can see which routes a handler has: `denyUnguarded` wants a guard before it, unless it guards
 * itself, as that of `createAdmin` does.
 *
 * @throws TypeError when it is given no function.
 */
export function mount(handler: WebHandler): Middleware {
  const answer = nodeHandlerOf(handler);
  const middleware: Middleware = (request, response, next) => {
    const { body } = request as Partial<Request>;
    answer(request, response, body).then((answered) => {
      if (!answered) next();
    }, next);
  };
  return guardsItself(handler) ? middleware : asUnseen(middleware);
}

type OnRefusal = NonNullable<GuardOptions['onRefusal']>;

interface ExpressCall extends Call {
  readonly key: IncomingMessage;
  readonly next: Next | undefined;
}

const express: Framework<ExpressCall, OnRefusal> = {
  // Express 4 does not, and what goes wrong has its way to `next` already.
  awaits: false,
  callOf(given) {
    const request = given[0];
    const response = given[1];
    if (!isRequest(request) || !isResponse(response)) {
      throw new TypeError('Expected a guarded method to be called with (req, res, next?)');
    }
    const { params } = request as Partial<Request>;
    return { key: request, request, given: request, params, response, next: given[2] as Next | undefined };
  },
  goOn({ next }) {
    (next as Next)();
  },
  answer({ response }, answer) {
    writeAnswer(response, answer);
  },
  handOver(onRefusal, error, call) {
    const { key, response, next = (cause) => express.fail(call, cause) } = call;
    return onRefusal(error, key as Request, response as Response, next);
  },
  // A fault of the program is for the application's error handler; without one, for whoever called.
  fail({ next }, cause) {
    if (next === undefined) throw cause;
    next(cause);
  },
};
