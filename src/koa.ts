// 'rightful/koa': guards for Koa 2 and 3, as middleware and as decorators.

import type { IncomingMessage } from 'node:http';
import type { Context, ExtendableContext, Next } from 'koa';
import type { Access } from './core/access.ts';
import { Authorizer } from './core/public-authorizer.ts';
import type { AccessError } from './core/errors.ts';
import { guardsItself } from './core/self-guarded.ts';
import type { Requirement } from './core/requirement.ts';
import type { AuthorizerOptions, BringYourOwnVerifier } from './core/authorizer-options.ts';
import type { AccessRequest } from './core/token.ts';
import type { AccessDocument, AccessHandlerOptions } from './http/access-handler.ts';
import { writeAnswer } from './http/answer.ts';
import { asking, notePassed } from './http/asks.ts';
import { claimsVerifier } from './http/earlier-verification.ts';
import type { RequirementOptions } from './http/demanded.ts';
import { denyUnguardedKoa } from './http/koa-deny.ts';
import { koaRoutes } from './http/koa-routes.ts';
import { checkedGuardOptions, guardsOf, isRequest, isResponse } from './http/guards.ts';
import type { Call, Framework } from './http/guards.ts';
import { nodeHandlerOf } from './http/mount.ts';
import { asUnseen } from './http/route-checks.ts';
import type { WebHandler } from './http/mount.ts';
import { openApiOf } from './http/open-api.ts';
import type { OpenApiAudit, OpenApiDifference, OpenApiDocument, OpenApiOptions } from './http/open-api.ts';
import { auditOf, unguardedIn } from './http/routes.ts';
import type { RouteAudit } from './http/routes.ts';
import type { DenyOptions, UnguardedRequest } from './http/unguarded-answer.ts';
import { createAuthorizer } from './issuer/create-authorizer.ts';

export type { AccessDocument, AccessHandlerOptions, RequirementOptions };
export type { DenyOptions, OpenApiAudit, OpenApiDifference, OpenApiDocument, OpenApiOptions };
export type { RouteAudit, UnguardedRequest, WebHandler };

/** A middleware for Koa; a promise only where something has to be waited for, its own work or what stands after it. */
export type Middleware = (ctx: ExtendableContext, next: Next) => Promise<unknown> | undefined;

/** A guard: a middleware, and a decorator of methods that take `(ctx, next?)`, TC39's or TypeScript's legacy kind. */
export interface Guard {
  /** TC39: the method runs only where the requirement is met; a refusal answers, and the call comes to undefined. */
  <This, Given extends [ExtendableContext, ...unknown[]], Result>(
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
  <Given extends [ExtendableContext, ...unknown[]], Result>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<(...given: Given) => Result>,
  ): TypedPropertyDescriptor<(...given: Given) => Result>;
  <Given extends [Access, ...unknown[]], Result>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<(...given: Given) => Result>,
  ): TypedPropertyDescriptor<(...given: Given) => Result>;
  (ctx: ExtendableContext, next: Next): Promise<unknown> | undefined;
}

/** How guards answer. */
export interface GuardOptions {
  /** Names the protected space in `WWW-Authenticate` (RFC 9110 section 11.5). Default: `api`. */
  realm?: string;
  /**
   * Answers a refusal in place of the guard: through `ctx`, with `error.status`, `error.headers` and `error.code`, or by
   * throwing the error, which is then for Koa and the middleware before the guard. A promise that it returns is waited for.
   */
  onRefusal?: (error: AccessError, ctx: Context, next: Next) => unknown;
  /** `missing` (default) tells the client what is lacking; `nothing` leaves it to `onRefused`. */
  disclose?: 'missing' | 'nothing';
}

/** Makes a requirement of each request; its `ctx` may be annotated with a narrower type, such as the router's. */
export type RequirementOf<Name extends string> = { of(ctx: Context): Requirement<Name> }['of'];

/** The guards of one authorizer. */
export interface Guards<Name extends string> {
  /**
   * Lets pass who has a valid token, with privileges loaded; `required: false` also lets pass who has none, as nobody, but
   * never who has a bad one. Handlers written for express-oauth2-jwt-bearer find the token as `ctx.req.auth`.
   *
   * @throws TypeError when an option is unknown or not of its type.
   */
  readonly authenticate: (options?: { required?: boolean }) => Middleware;
  /**
   * Lets pass who may do what is asked: a permission, a requirement, or a function that makes one of each request. It
   * authenticates by itself, asks the scopes first, and the store only where they delegate enough. `{id}` in a resource is
   * `ctx.params.id`, as `@koa/router` sets it.
   *
   * `{ enforce: false }` lets a 403 through and reports it: for permissions that are rolled out on a live API. Who is not signed in
   * is a 401, and what cannot be decided a 503, as ever. `accessOf` is then the access that an earlier guard let pass, or the one of
   * the token; what was not permitted is not in it.
   *
   * @throws TypeError when it is not given exactly one requirement, or one that asks for nothing or for an unknown permission, and
   * when `enforce` is false where neither `onDecision` nor `onRefused` would hear of it.
   */
  readonly requirePermission: (
    requirement: Requirement<Name> | RequirementOf<Name>,
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
  readonly accessOf: (ctx: { readonly req: IncomingMessage }) => Access<Name>;
  /** The access of this request; undefined when no guard of this authorizer ran, or nobody signed in. */
  readonly optionalAccessOf: (ctx: { readonly req: IncomingMessage }) => Access<Name> | undefined;
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
  const { accessOf, optionalAccessOf, ...others } = guardsOf(decider, given, koa);
  const guards: unknown = {
    ...others,
    accessOf: ({ req }: Context) => accessOf(req),
    optionalAccessOf: ({ req }: Context) => optionalAccessOf(req),
    authorizer: decider,
  };
  return Object.freeze(guards as Guards<Name>);
}

/**
 * A `verifier` for applications that run another middleware before the guards, such as koa-jwt, which leaves claims:
 * `fromVerifiedClaims((ctx) => ctx.state.user)`. They must be those of the token that the request was sent with. Signature and
 * algorithm are believed, so no other middleware may write them; `iss`, `aud`, `exp` and `nbf` are checked again. A token with `cnf`
 * is refused.
 *
 * @throws TypeError when it is given no function.
 */
export function fromVerifiedClaims(claimsOf: ClaimsOf): BringYourOwnVerifier {
  return claimsVerifier(claimsOf);
}

/** Reads verified claims off a `ctx`; its parameter may be annotated with a narrower type. */
export type ClaimsOf = { of(ctx: Context): unknown }['of'];

/** An application of Koa 2 or 3, or a router of @koa/router. */
export interface Routed {
  readonly use: (...given: never[]) => unknown;
}

/**
 * Every route, in order, with what is asked before its handler, in words. The handler is the first function that takes no `next`,
 * or else the last; a guard counts where it stands before the handler on every way to it.
 *
 * It reads what Koa and @koa/router keep and runs nothing. A guarded method is recognised where it is the handler itself; bound or
 * called by an arrow function it cannot be seen, and the route counts as unguarded: put the guard on the route then. Functions
 * given to `app.use` are middleware and no routes; what a router's `use` is given for a path, and takes no `next`, is one.
 * What koa-compose and koa-mount have made cannot be seen into, and is a route of its own with a note: give `app.use` the functions
 * one by one, and `routesOf` the mounted application.
 *
 * @throws TypeError when it is given no application of Koa and no router of @koa/router.
 */
export function routesOf(app: Routed): RouteAudit[] {
  return koaRoutes(app).map(auditOf);
}

/**
 * The routes that neither a guard stands before nor `publicRoute()` marks, as `routesOf` sees them. Where it is not certain that
 * every request passes the guard, the route is here, with a note. For a test: `expect(unguardedRoutes(app)).toEqual([])`.
 *
 * @throws TypeError when it is given no application of Koa and no router of @koa/router.
 */
export function unguardedRoutes(app: Routed): RouteAudit[] {
  return unguardedIn(koaRoutes(app));
}

/** Does nothing but mark what stands after it as open on purpose: one route, or all that come after it on a router. */
export function publicRoute(): Middleware {
  const mark = ({ req }: ExtendableContext, next: Next): Promise<unknown> => {
    notePassed(req);
    return next();
  };
  return asking(mark, { kind: 'public' });
}

/**
 * From now on no handler of a route runs on a request that no guard has let pass and no `publicRoute()` has met: the answer is a
 * 500 that tells the client nothing, `onUnguarded` hears of it, and where there is no route at all the framework answers as ever.
 * It works for routes that are added later, for routers of @koa/router inside of what koa-compose and koa-mount have made, and for
 * paths in another case than a guard's. Call it before koa-mount mounts the application.
 * Functions given to `app.use` are middleware. An application that is called by its `callback()` needs a call of its own.
 *
 * @throws TypeError when the application holds something whose routes nobody can see, such as another package's router, without a guard
 * before it, when it is no application of Koa 2 or 3, when it was called for this one before, and when an option is wrong.
 */
export function denyUnguarded(app: Routed, options: DenyOptions = {}): void {
  denyUnguardedKoa(app, options);
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
  return openApiOf(koaRoutes(app), document, options);
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
  const middleware: Middleware = async (ctx, next) => {
    const { req, res, request } = ctx as ExtendableContext & { request: { body?: unknown } };
    if (!(await answer(req, res, request.body))) return next();
    // It is answered, by other means than Koa's.
    Object.assign(ctx, { respond: false });
    return undefined;
  };
  return guardsItself(handler) ? middleware : asUnseen(middleware);
}

type OnRefusal = NonNullable<GuardOptions['onRefusal']>;

interface KoaCall extends Call {
  readonly given: Context;
  readonly next: Next | undefined;
}

const koa: Framework<KoaCall, OnRefusal> = {
  awaits: true,
  callOf(given) {
    const ctx = given[0];
    if (!isContext(ctx)) throw new TypeError('Expected a guarded method to be called with (ctx, next?)');
    const { req, res } = ctx;
    const params = ctx['params'] as object | undefined;
    return { key: req, request: requestOf(ctx), given: ctx, params, response: res, next: given[1] as Next | undefined };
  },
  goOn({ next }) {
    return (next as Next)();
  },
  answer({ given: ctx, response }, answer) {
    // Koa writes nothing then: whoever set it does, and an answer has to be written all the same.
    if (ctx.respond === false) return writeAnswer(response, answer);
    ctx.status = answer.status;
    ctx.set(answer.headers);
    ctx.body = JSON.stringify(answer.body);
  },
  handOver(onRefusal, error, { given: ctx, next = nothingNext }) {
    return onRefusal(error, ctx, next);
  },
  // Koa's error handling starts with whoever awaits the middleware.
  fail(_, cause) {
    throw cause;
  },
};

/** What stands after a method that was called without `next`. */
const nothingNext: Next = () => Promise.resolve();

/** Node's request, which has the lines as they were received, with the form that a body parser has left at Koa's. */
function requestOf({ req, request }: Context): AccessRequest {
  const { body } = request as { body?: unknown };
  if (body === undefined) return req;
  const { method, url, headers, rawHeaders } = req;
  return { method, url, headers, rawHeaders, body };
}

function isContext(value: unknown): value is Context {
  if (typeof value !== 'object' || value === null) return false;
  const { req, res } = value as Record<string, unknown>;
  return isRequest(req) && isResponse(res);
}
