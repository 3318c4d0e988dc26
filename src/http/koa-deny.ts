// An application of Koa goes in; from then on a request that no guard has let pass and no mark has met comes to no handler of a
// router.
//
// Each router of @koa/router says on the context that it is about to run, whoever holds the router and whatever it is composed
// into. That is where the check is put before the functions of the routes that match: also of one that was added a moment ago.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasPassed, isGuard, notePasses } from './asks.ts';
import { answersAtPath, ownOf } from './koa-chains.ts';
import { isKoaApplication, isKoaRouter } from './koa-layers.ts';
import type { KoaApplication, KoaLayer, KoaRouter } from './koa-layers.ts';
import { koaRoutes } from './koa-routes.ts';
import { asRefusing, isCheck, standsFor } from './route-checks.ts';
import { answerUnguarded, checkSeen, reportOf, unguardedAnswer } from './unguarded-answer.ts';
import type { Report } from './unguarded-answer.ts';

interface Context {
  readonly app: object;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  readonly respond?: boolean;
  status: number;
  type: string;
  body: unknown;
}

const reports = new WeakMap<object, Report>();
/** The requests that are inside of an application that denies and is mounted in another one. */
const mounted = new WeakMap<IncomingMessage, Report>();

/** @throws TypeError as `denyUnguarded` of the door does. */
export function denyUnguardedKoa(app: unknown, options: unknown): void {
  const report = reportOf(options);
  if (!isKoaApplication(app)) throw new TypeError('Expected an application of Koa 2 or 3');
  if (reports.has(app)) throw new TypeError('`denyUnguarded` was called for this application before');
  checkSeen(koaRoutes(app).filter(({ isComposed }) => isComposed !== true));
  reports.set(app, report);
  notePasses();
  watchRouters(app.context);
  watchWhereMounted(app, report);
  const callback = app.callback.bind(app);
  app.callback = () => asRefusing(callback());
}

/** `where`: a context, or what contexts are made from. */
function watchRouters(where: object): void {
  const running = new WeakMap<object, unknown>();
  Object.defineProperty(where, 'router', {
    configurable: true,
    enumerable: true,
    get(this: object) {
      return running.get(this);
    },
    set(this: Context, router: unknown) {
      running.set(this, router);
      if (isKoaRouter(router)) checkRouter(router);
    },
  });
}

// Where it is mounted, its functions run between one that enters it and one that leaves it, on a context of another application.
function watchWhereMounted(app: KoaApplication, report: Report): void {
  const outer = new WeakMap<IncomingMessage, Report | undefined>();
  const watched = new WeakSet<object>();
  const enter = (ctx: Context, next: () => unknown): unknown => {
    if (ctx.app === app) return next();
    outer.set(ctx.req, mounted.get(ctx.req));
    mounted.set(ctx.req, report);
    if (!watched.has(ctx)) watchRouters(ctx);
    watched.add(ctx);
    return next();
  };
  const leave = (ctx: Context, next: () => unknown): unknown => {
    const above = outer.get(ctx.req);
    if (above === undefined) mounted.delete(ctx.req);
    else mounted.set(ctx.req, above);
    return next();
  };
  app.middleware.unshift(enter);
  app.middleware.push(leave);
  const use = app.use.bind(app);
  // Before the one that leaves.
  app.use = (...given: unknown[]) => {
    app.middleware.pop();
    try {
      return use(...given);
    } finally {
      app.middleware.push(leave);
    }
  };
}

// Routers only ever grow.
function checkRouter({ stack }: KoaRouter): void {
  if (checked.get(stack) === stack.length) return;
  stack.forEach(checkLayer);
  checked.set(stack, stack.length);
}

const checked = new WeakMap<object, number>();

function checkLayer(layer: KoaLayer): void {
  if ((layer.methods.length === 0 && !answersAtPath(layer)) || isCheck(layer.stack[0])) return;
  const check = (ctx: Context, next: () => unknown): unknown => {
    const report = mounted.get(ctx.req) ?? reports.get(ctx.app);
    if (report === undefined || hasPassed(ctx.req) || isMeant(layer)) return next();
    report(layer, ctx.method, String(layer.path));
    return answer(ctx);
  };
  layer.stack.unshift(standsFor(check, undefined));
}

function isMeant(layer: KoaLayer): boolean {
  const own = ownOf(layer);
  if (own === undefined) return true;
  // The routes of a router in the handler's place have checks of their own.
  return !own.hasHandler || own.asks.some((asks) => isGuard(asks) || asks.kind === 'public');
}

function answer(ctx: Context): unknown {
  if (ctx.respond === false || ctx.res.headersSent) return answerUnguarded(ctx.res);
  const { status, type, body } = unguardedAnswer;
  Object.assign(ctx, { status, type, body });
  return undefined;
}
