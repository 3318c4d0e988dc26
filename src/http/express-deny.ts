// An application of Express goes in; from then on a request that no guard has let pass and no mark has met comes to no handler.
//
// Each router of Express says on the request which route it is about to run, whoever made the router and whatever it is wrapped in.
// That is where the check is put before the functions of the route: also of one that was added a moment ago.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasPassed, isGuard, notePasses } from './asks.ts';
import { chainOf, passedInRoute } from './express-chains.ts';
import { isExpressApplication } from './express-layers.ts';
import type { ExpressApplication, ExpressRoute, Layer } from './express-layers.ts';
import { expressRoutes } from './express-routes.ts';
import { isCheck, standsFor } from './route-checks.ts';
import { joined } from './route-patterns.ts';
import { answerUnguarded, checkSeen, reportOf } from './unguarded-answer.ts';
import type { Report } from './unguarded-answer.ts';

type Handle = (request: Request, response: ServerResponse, next: (error?: unknown) => void) => unknown;
type Request = IncomingMessage & { route?: unknown; baseUrl?: string };

const denying = new WeakSet<object>();
/** The requests that are inside of an application that denies. */
const reports = new WeakMap<object, Report>();

/** @throws TypeError as `denyUnguarded` of the door does. */
export function denyUnguardedExpress(app: unknown, options: unknown): void {
  const report = reportOf(options);
  if (!isExpressApplication(app)) throw new TypeError('Expected an application of Express 4 or 5');
  if (denying.has(app)) throw new TypeError('`denyUnguarded` was called for this application before');
  const routes = expressRoutes(app);
  checkSeen(routes);
  denying.add(app);
  notePasses();
  for (const { entry, path, asks } of routes) {
    if (entry !== undefined && 'handle' in entry) checkEntry(entry, path, asks.some(isGuard));
  }
  watchRequests(app, report);
}

function watchRequests(app: ExpressApplication, report: Report): void {
  const handle = app.handle.bind(app);
  app.handle = (request: Request, response: unknown, callback: unknown) => {
    const outer = reports.get(request);
    watch(request);
    reports.set(request, report);
    // Whatever comes after the application is not its own.
    const leave = (error?: unknown): unknown => {
      if (outer === undefined) reports.delete(request);
      else reports.set(request, outer);
      return (callback as (error?: unknown) => unknown)(error);
    };
    return handle(request, response, typeof callback === 'function' ? leave : undefined);
  };
}

const watched = new WeakSet<object>();

function watch(request: Request): void {
  if (watched.has(request)) return;
  watched.add(request);
  let { route } = request;
  Object.defineProperty(request, 'route', {
    configurable: true,
    enumerable: true,
    get: () => route,
    set(value: unknown) {
      if (isRoute(value)) checkRoute(value);
      route = value;
    },
  });
}

function isRoute(value: unknown): value is ExpressRoute {
  if (typeof value !== 'object' || value === null) return false;
  const { stack, methods } = value as Record<string, unknown>;
  return Array.isArray(stack) && typeof methods === 'object';
}

// In the place of each function, as requests that are on their way count how far they are.
function checkRoute(route: ExpressRoute): void {
  for (const layer of route.stack) {
    putCheck(layer, (request) => {
      const named = (request.method ?? '').toLowerCase();
      const method = named === 'head' && route.methods['head'] !== true ? 'get' : named;
      const own = passedInRoute(chainOf(route, method));
      if (own === undefined || own.asks.some((asks) => isGuard(asks) || asks.kind === 'public')) return undefined;
      return { route, path: joined(request.baseUrl ?? '', String(route.path)) };
    });
  }
}

function checkEntry(layer: Layer, path: string, isGuarded: boolean): void {
  if (!isGuarded) putCheck(layer, () => ({ route: layer, path }));
}

type Forgotten = { readonly route: object; readonly path: string } | undefined;

function putCheck(layer: Layer, forgotten: (request: Request) => Forgotten): void {
  const { handle } = layer;
  // A function of four parameters handles errors, and would no longer.
  if (typeof handle !== 'function' || handle.length > 3 || isCheck(handle)) return;
  const check: Handle = (request, response, next) => {
    const report = reports.get(request);
    const route = report === undefined || hasPassed(request) ? undefined : forgotten(request);
    if (report === undefined || route === undefined) return (handle as Handle)(request, response, next);
    report(route.route, request.method ?? '', route.path);
    return answerUnguarded(response);
  };
  layer.handle = standsFor(check, handle);
}
