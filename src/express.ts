// 'rightful/express': guards for Express 4 and 5, as middleware and as decorators.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Access } from './core/access.ts';
import { Authorizer } from './core/public-authorizer.ts';
import type { AccessError } from './core/errors.ts';
import type { Requirement } from './core/requirement.ts';
import type { AuthorizerOptions } from './core/authorizer-options.ts';
import { answerRefusal } from './http/answer.ts';
import { checkedGuardOptions, guardsOf, isRequest, isResponse } from './http/guards.ts';
import type { Call, Framework } from './http/guards.ts';
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
  const given = checkedGuardOptions<OnRefusal>(options);
  const decider = authorizer instanceof Authorizer ? authorizer : createAuthorizer(authorizer);
  const guards: unknown = { ...guardsOf(decider, given, express), authorizer: decider };
  return Object.freeze(guards as Guards<Name>);
}

type OnRefusal = NonNullable<GuardOptions['onRefusal']>;

interface ExpressCall extends Call {
  readonly key: IncomingMessage;
  readonly next: Next | undefined;
}

const express: Framework<ExpressCall, OnRefusal> = {
  // Express 4 does not, and what goes wrong has its way to `next` already.
  awaits: false,
  callOf([request, response, next]) {
    if (!isRequest(request) || !isResponse(response)) {
      throw new TypeError('Expected a guarded method to be called with (req, res, next?)');
    }
    const { params } = request as Partial<Request>;
    return { key: request, request, given: request, params, response, next: next as Next | undefined };
  },
  goOn({ next }) {
    (next as Next)();
  },
  answer({ response }, refusal) {
    answerRefusal(response, refusal);
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
