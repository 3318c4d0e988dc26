// Routes go in, a real HTTP server on loopback comes out, the same for every framework: what the tables of cases are run on.
// A further framework is one more member of `frameworks`; Koa is koa-applications.ts.

import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import express4 from 'express4';
import type { Access, AccessError, Authorizer, AuthorizerOptions, Requirement } from 'rightful';
import { createGuards } from 'rightful/express';
import type { AccessHandlerOptions, GuardOptions, RequirementOptions } from 'rightful/express';
import { koaGuards, koas, serveKoa } from './koa-applications.ts';

/** The framework's own object for a request, as far as every framework has it: Express's `req`, Koa's `ctx`. */
export interface Given {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A middleware of the framework; only the framework knows what it looks like. */
export type Middleware = unknown;

/** What the guards of every framework have in common. */
export interface FlowGuards {
  authenticate(options?: { required?: boolean }): Middleware;
  requirePermission(
    requirement: Requirement | ((given: Given) => Requirement),
    options?: RequirementOptions,
  ): Middleware;
  accessHandler(options?: AccessHandlerOptions): Middleware;
  accessOf(given: Given): Access;
  optionalAccessOf(given: Given): Access | undefined;
}

/** What `onRefusal` can do, by whatever means the framework has. */
export interface Hands {
  answer(status: number, text: string): void;
  /** Goes on, or to the framework's error handler. */
  pass(error?: unknown): unknown;
}

export interface FlowGuardOptions {
  realm?: string;
  disclose?: 'missing' | 'nothing';
  onRefusal?(error: AccessError, hands: Hands): unknown;
}

export interface Route {
  /** `use` is the framework's way to put guards before everything below a path. Default: `get`. */
  readonly method?: 'get' | 'post' | 'all' | 'use';
  readonly path: string;
  readonly guards: readonly Middleware[];
  /** What is answered as JSON; null unless given. */
  readonly handle?: (given: Given) => unknown;
}

export interface Served {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  /** What came to the framework's error handler, in order. */
  readonly failures: unknown[];
  /** How many handlers have run. */
  readonly runs: () => number;
}

export interface Framework {
  readonly name: string;
  /** A path that takes any number of segments, and the name under which they are a parameter. */
  readonly wildcard: { readonly path: string; readonly parameter: string };
  createGuards(authorizer: Authorizer | AuthorizerOptions, options?: FlowGuardOptions): FlowGuards;
  /** Forms and JSON are parsed where `parsesBodies` says so. */
  serve(routes: readonly Route[], options?: { parsesBodies?: boolean }): Promise<Served>;
  /** What stands where express-oauth2-jwt-bearer puts it. */
  authOf(given: Given): unknown;
  /** The parsed body, where the application parses bodies. */
  bodyOf(given: Given): unknown;
}

/** Express 4 is used through Express 5's types: what the tests call is in both. */
export const expresses: readonly { readonly name: string; readonly express: typeof express }[] = [
  { name: 'Express 5', express },
  { name: 'Express 4', express: express4 as unknown as typeof express },
];

export const frameworks: readonly Framework[] = [
  expressFramework('Express 5', express, { path: '/files/*path', parameter: 'path' }),
  expressFramework('Express 4', express4 as unknown as typeof express, { path: '/files/*', parameter: '0' }),
  ...koas.map(koaFramework),
];

function koaFramework({ name, Koa }: (typeof koas)[number]): Framework {
  return {
    name,
    wildcard: { path: '/files/*path', parameter: 'path' },
    createGuards: koaGuards,
    async serve(routes, options) {
      const { app, ...served } = serveKoa(Koa, routes, options);
      return { ...served, address: await listen(createServer(app.callback())) };
    },
    authOf: (given) => (given as unknown as { req: { auth?: unknown } }).req.auth,
    bodyOf: (given) => (given as unknown as { request: { body?: unknown } }).request.body,
  };
}

function expressFramework(name: string, library: typeof express, wildcard: Framework['wildcard']): Framework {
  return {
    name,
    wildcard,
    createGuards: expressGuards,
    async serve(routes, { parsesBodies = false } = {}) {
      const app = library();
      let runs = 0;
      if (parsesBodies) app.use(library.urlencoded({ extended: true, limit: '4mb' }), library.json({ strict: false }));
      for (const { method = 'get', path, guards, handle = () => null } of routes) {
        const end: RequestHandler = (request, response, next) => {
          if (method === 'use') return next();
          runs += 1;
          response.json(handle(request));
        };
        app[method](path, ...(guards as RequestHandler[]), end);
      }
      return { ...(await listening(app)), runs: () => runs };
    },
    authOf: (given) => (given as { auth?: unknown }).auth,
    bodyOf: (given) => (given as { body?: unknown }).body,
  };
}

function expressGuards(authorizer: Authorizer | AuthorizerOptions, options: FlowGuardOptions = {}): FlowGuards {
  const { onRefusal, ...others } = options;
  const guards = createGuards(authorizer, {
    ...others,
    ...(onRefusal !== undefined && {
      onRefusal: typeof onRefusal === 'function' ? expressRefusal(onRefusal) : onRefusal,
    }),
  });
  return guards as unknown as FlowGuards;
}

function expressRefusal(onRefusal: NonNullable<FlowGuardOptions['onRefusal']>): GuardOptions['onRefusal'] & object {
  return (error, _request, response, next) => {
    return onRefusal(error, { answer: (status, text) => void response.status(status).send(text), pass: next });
  };
}

const servers: Server[] = [];

/** Puts an Express application behind an error handler that remembers, on a free port. */
export async function listening(app: Express): Promise<{ address: string; failures: unknown[] }> {
  const failures: unknown[] = [];
  const remember: ErrorRequestHandler = (
    error: { status?: number; headers?: Record<string, string> },
    _,
    response,
    next,
  ) => {
    failures.push(error);
    if (response.headersSent) return next(error);
    response
      .status(error.status ?? 500)
      .set(error.headers ?? {})
      .send('failed');
  };
  app.use(remember);
  return { address: await listen(createServer(app)), failures };
}

export async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops every server that was started in this file of tests. */
export async function stopServers(): Promise<void> {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }),
  );
}
