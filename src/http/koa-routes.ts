// An application of Koa 2 or 3, or a router of @koa/router, goes in, its routes come out, each with what stands before its handler.
// A router runs every entry that matches, in order, and so the walk counts every guard that is certain to match too.

import { METHODS } from 'node:http';
import { askerOf, isGuard } from './asks.ts';
import type { Asks } from './asks.ts';
import { originalOf } from './route-checks.ts';
import { everywhere, inAnyCase, pathPattern } from './route-patterns.ts';
import type { Placed } from './route-patterns.ts';
import type { FoundRoute } from './routes.ts';
import { passedBefore } from './standing.ts';
import type { Standing } from './standing.ts';

/** One entry of a router: a route, or middleware where it has no methods. */
export interface KoaLayer {
  readonly methods: readonly string[];
  readonly path: unknown;
  readonly stack: unknown[];
  readonly opts: Readonly<Record<string, unknown>>;
}

export interface KoaRouter {
  readonly stack: readonly KoaLayer[];
  readonly exclusive?: unknown;
}

/** What an application of Koa has that others do not. */
export interface KoaApplication {
  readonly middleware: readonly unknown[];
  readonly context: object;
}

/** @throws TypeError when it is no application of Koa and no router of @koa/router. */
export function koaRoutes(app: unknown): FoundRoute[] {
  const found: FoundRoute[] = [];
  if (isKoaRouter(app)) walkRouter(app, { standing: [], found });
  else if (isKoaApplication(app)) walkFunctions(app.middleware, { standing: [], found });
  else throw new TypeError('Expected an application of Koa 2 or 3, or a router of @koa/router');
  return found;
}

export function isKoaApplication(value: unknown): value is KoaApplication {
  if (typeof value !== 'object' || value === null) return false;
  const { middleware, context, callback } = value as Record<string, unknown>;
  return Array.isArray(middleware) && typeof context === 'object' && typeof callback === 'function';
}

export function isKoaRouter(value: unknown): value is KoaRouter {
  if (typeof value !== 'object' || value === null) return false;
  const { stack, match } = value as Record<string, unknown>;
  return typeof match === 'function' && Array.isArray(stack) && stack.every(isLayer);
}

function isLayer(value: unknown): value is KoaLayer {
  const { methods, stack, opts } = value as Record<string, unknown>;
  return Array.isArray(methods) && Array.isArray(stack) && typeof opts === 'object';
}

interface Walk {
  readonly standing: readonly Standing[];
  readonly found: FoundRoute[];
}

/** Middleware that runs one after the other, whatever the path. */
function walkFunctions(functions: readonly unknown[], { standing: before, found }: Walk): void {
  const standing = [...before];
  for (const one of functions) {
    const asker = askerOf(one);
    if (asker !== undefined)
      standing.push({ kind: 'guard', router: functions, at: everywhere, asks: () => asker.asks });
    const { asks, notes } = passedBefore(standing, everywhere, 'ALL');
    const route = { method: 'ALL', path: '/', asks, notes };
    const seen = insideOf(one);
    if (seen?.router !== undefined) walkRouter(seen.router, { standing, found });
    else if (seen !== undefined) found.push({ ...route, ...seen });
    else if (asker?.isHandler === true) found.push(route);
  }
}

/** The router in a function, or what hides there; undefined where it is middleware like any other. */
function insideOf(one: unknown): Inside | undefined {
  if (typeof one !== 'function') return undefined;
  const { router, routes, middleware } = one as unknown as Record<string, unknown>;
  if (isKoaRouter(router)) return { router };
  if ([router, routes, middleware].some((member) => member !== undefined)) {
    return { unseen: 'a router that is none of @koa/router' };
  }
  const text = Function.prototype.toString.call(one);
  if (text.includes('next() called multiple times')) return { unseen: 'what koa-compose made', isComposed: true };
  return /\.mountPath\b/.test(text) ? { unseen: 'what koa-mount made', isComposed: true } : undefined;
}

interface Inside {
  readonly router?: KoaRouter;
  readonly unseen?: string;
  readonly isComposed?: boolean;
}

function walkRouter(router: KoaRouter, { standing: inherited, found }: Walk): void {
  const standing = [...inherited];
  for (const layer of router.stack) {
    const at = placeOf(layer);
    // With `exclusive` nothing runs but the one entry that is chosen.
    const before = router.exclusive === true ? inherited : standing;
    for (const method of methodsOf(layer)) meetRoute(layer, at, method, { standing: before, found });
    const asks = askedIn(layer.stack);
    if (asks.length === 0) continue;
    const askedOf = (method: string): readonly Asks[] => (takes(layer, method) ? asks : []);
    standing.push({ kind: 'guard', router, at, asks: askedOf, almost: { at: inAnyCase(at), note: caseNote } });
  }
}

const caseNote =
  '@koa/router compares the prefix of a guard given to `use` letter by letter, and this path in any case, so that `/API` may go past a guard at `/api`: put the guard on the route, or give it to `use` with a path';

/** Adds the route, or those of a router that stands in the handler's place. */
function meetRoute(layer: KoaLayer, at: Placed, method: string, { standing, found }: Walk): void {
  const own = ownOf(layer);
  if (own === undefined) return;
  const before = passedBefore(standing, at, method);
  const asks = [...before.asks, ...own.asks];
  const { nested, isLate } = own;
  for (const router of nested) {
    walkRouter(router, { standing: [{ kind: 'guard', router, at: everywhere, asks: () => asks }], found });
  }
  if (nested.length > 0) return;
  const notes = isLate
    ? [...before.notes, 'a guard stands after the handler, where it keeps nobody out']
    : before.notes;
  found.push({ method, path: at.pattern.text, asks, notes });
}

/** What stands before the handler of a route: the last function that is no guard and no mark; undefined without one. */
export function ownOf({ stack }: Pick<KoaLayer, 'stack'>): KoaOwn | undefined {
  const functions = functionsOf(stack);
  const end = functions.findLastIndex((one) => askerOf(one)?.isHandler !== false);
  if (end === -1) return undefined;
  const nested = functions.slice(0, end + 1).flatMap((one) => insideOf(one)?.router ?? []);
  const isLate = functions.slice(end + 1).some((one) => askerOf(one)?.asks.some(isGuard));
  return { asks: askedIn(functions.slice(0, end + 1)), nested, isLate };
}

interface KoaOwn {
  readonly asks: readonly Asks[];
  /** Routers in the handler's place. */
  readonly nested: readonly KoaRouter[];
  /** Whether a guard stands after the handler. */
  readonly isLate: boolean;
}

/** What a route runs, without checks and what `router.param` has put there. */
function functionsOf(stack: readonly unknown[]): unknown[] {
  return stack.map(originalOf).filter((one) => typeof one === 'function' && !('param' in one));
}

function askedIn(stack: readonly unknown[]): Asks[] {
  return functionsOf(stack).flatMap((one) => askerOf(one)?.asks ?? []);
}

/** Those it was registered for: HEAD comes with GET, and all of them are `ALL`. */
function methodsOf({ methods }: KoaLayer): string[] {
  if (METHODS.every((method) => methods.includes(method))) return ['ALL'];
  const isWithGet = (method: string, index: number): boolean => method === 'HEAD' && methods.includes('GET', index);
  return [...new Set(methods.filter((method, index) => !isWithGet(method, index)))];
}

function takes({ methods }: KoaLayer, method: string): boolean {
  if (methods.length === 0) return true;
  if (method === 'ALL') return METHODS.every((one) => methods.includes(one));
  return methods.includes(method);
}

// As @koa/router writes it for what `use` is given without a path, after the prefix.
const anyEnd = String.raw`(?:\/|$)`;

function placeOf({ path, opts }: KoaLayer): Placed {
  const isSensitive = opts['sensitive'] === true;
  const isStrict = opts['strict'] === true;
  if (opts['pathAsRegExp'] === true && typeof path === 'string' && path.endsWith(anyEnd)) {
    const prefix = path.slice(0, -anyEnd.length);
    // Made into a regular expression that knows the case of letters, whatever the router's options say.
    const pattern = pathPattern(prefix, { isSensitive: true, isStrict: true });
    return prefix === '' ? everywhere : { pattern, reach: 'prefix' };
  }
  // Given to `use`, `/x/` does not match `/x/y`.
  const pattern = pathPattern(path, { isSensitive, isStrict, keepsLastSlash: true });
  return { pattern, reach: opts['end'] === false && typeof path === 'string' ? 'prefix' : 'exact' };
}
