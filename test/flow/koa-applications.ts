// Routes go in, an application of Koa comes out, with @koa/router before them and an error handler that remembers before all.

import { Router } from '@koa/router';
import type { RouterMiddleware } from '@koa/router';
import express from 'express';
import type { RequestHandler } from 'express';
import Koa3 from 'koa';
import type { Context, Middleware as KoaMiddleware, Next } from 'koa';
import Koa2 from 'koa2';
import type { Authorizer, AuthorizerOptions } from 'rightful';
import { createGuards } from 'rightful/koa';
import type { GuardOptions } from 'rightful/koa';
import type { FlowGuardOptions, FlowGuards, Given, Route, Served } from './frameworks.ts';

export const koas: readonly { readonly name: string; readonly Koa: typeof Koa3 }[] = [
  { name: 'Koa 3', Koa: Koa3 },
  { name: 'Koa 2', Koa: Koa2 },
];

/** An application, and what comes to its error handler. */
export function remembering(Koa: typeof Koa3): { app: Koa3; failures: unknown[] } {
  const app = new Koa();
  const failures: unknown[] = [];
  // What Koa itself is told, where an answer has begun: no refusal may ever come here.
  app.on('error', (error: unknown) => failures.push(error));
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (ctx.headerSent) throw error;
      failures.push(error);
      const { status = 500, headers = {} } = error as { status?: number; headers?: Record<string, string> };
      ctx.status = status;
      ctx.set(headers);
      ctx.body = 'failed';
    }
  });
  return { app, failures };
}

export function serveKoa(
  Koa: typeof Koa3,
  routes: readonly Route[],
  { parsesBodies = false }: { parsesBodies?: boolean } = {},
): Omit<Served, 'address'> & { app: Koa3 } {
  const { app, failures } = remembering(Koa);
  const router = new Router();
  let runs = 0;
  if (parsesBodies) app.use(bodies);
  for (const { method = 'get', path, guards, handle = () => null } of routes) {
    const end = (ctx: Context, next: Next): unknown => {
      if (method === 'use') return next();
      runs += 1;
      ctx.set('content-type', 'application/json');
      ctx.body = JSON.stringify(handle(ctx as unknown as Given)) ?? '';
      return undefined;
    };
    const all = [...(guards as RouterMiddleware[]), end as RouterMiddleware];
    if (method === 'use') router.use(path, ...all);
    else router[method](path, ...all);
  }
  app.use(router.routes() as KoaMiddleware);
  return { app, failures, runs: () => runs };
}

const parsers = [express.urlencoded({ extended: true, limit: '4mb' }), express.json({ strict: false })];

/** Leaves what was parsed where Koa's body parsers leave it. */
async function bodies({ req, res, request }: Context, next: Next): Promise<void> {
  const parsed = req as unknown as Parameters<RequestHandler>[0];
  for (const parser of parsers) {
    await new Promise<void>((resolve, reject) => {
      parser(parsed, res, (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }
  Object.assign(request, { body: parsed.body as unknown });
  delete parsed.body;
  await next();
}

export function koaGuards(authorizer: Authorizer | AuthorizerOptions, options: FlowGuardOptions = {}): FlowGuards {
  const { onRefusal, ...others } = options;
  const guards = createGuards(authorizer, {
    ...others,
    ...(onRefusal !== undefined && {
      onRefusal: typeof onRefusal === 'function' ? koaRefusal(onRefusal) : onRefusal,
    }),
  });
  return guards as unknown as FlowGuards;
}

function koaRefusal(onRefusal: NonNullable<FlowGuardOptions['onRefusal']>): GuardOptions['onRefusal'] & object {
  return (error, ctx, next) => {
    return onRefusal(error, {
      answer: (status, text) => Object.assign(ctx, { status, body: text }),
      pass: (failure) => {
        if (failure !== undefined) throw failure;
        return next();
      },
    });
  };
}
