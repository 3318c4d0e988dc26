// An application or a router of Express 4 or 5 goes in, its routes come out, each with what stands before its handler. Nothing of
// the application runs. Express goes through a router from top to bottom, and so does the walk.

import { METHODS } from 'node:http';
import { askerOf, isGuard } from './asks.ts';
import type { Asks } from './asks.ts';
import { expressRouterOf, patternsOf } from './express-layers.ts';
import type { ExpressRoute, ExpressRouter, Layer } from './express-layers.ts';
import { isMounted, mountedApplication } from './express-mounted.ts';
import { originalOf } from './route-checks.ts';
import { joined, parametersOf } from './route-patterns.ts';
import type { Placed } from './route-patterns.ts';
import type { FoundRoute } from './routes.ts';
import { passedBefore, recoveryNote, standingBelow } from './standing.ts';
import type { Passed, Standing } from './standing.ts';

/** A route, and where its check can be put. */
export interface ExpressFound extends FoundRoute {
  /** The route, or the entry of a function that answers without being one. */
  readonly entry: ExpressRoute | Layer | undefined;
}

/** @throws TypeError when it is no application and no router of Express. */
export function expressRoutes(app: unknown): ExpressFound[] {
  const router = expressRouterOf(app);
  if (router === undefined) throw new TypeError('Expected an application or a router of Express 4 or 5');
  const found: ExpressFound[] = [];
  if (router !== 'empty') walk(router, { above: '', standing: [], within: new Set(), found });
  return found;
}

interface Walk {
  /** The path of the routers above. */
  readonly above: string;
  readonly standing: readonly Standing[];
  /** The routers that the walk is in. */
  readonly within: ReadonlySet<object>;
  readonly found: ExpressFound[];
}

function walk(router: ExpressRouter, { above, standing: inherited, within: outer, found }: Walk): void {
  if (outer.has(router)) return;
  const within = new Set([...outer, router]);
  const standing = [...inherited];
  for (const layer of router.stack) {
    const reach = layer.route === undefined ? 'prefix' : 'exact';
    const places = patternsOf(layer, router).map((pattern): Placed => ({ pattern, reach }));
    for (const at of places) {
      const before = [...standing, ...parameterGuards(router, at)];
      meet(layer, { at, path: joined(above, at.pattern.text), standing: before }, { within, found });
    }
    for (const at of places) standing.push(...leftStanding(layer, at, router));
  }
}

interface Place {
  readonly at: Placed;
  readonly path: string;
  readonly standing: readonly Standing[];
}

/** Adds the routes of one entry, at one of its paths. */
function meet(layer: Layer, place: Place, { within, found }: Pick<Walk, 'within' | 'found'>): void {
  const { at, path, standing } = place;
  const handle = originalOf(layer.handle);
  if (layer.route !== undefined) {
    found.push(...routesIn(layer.route, place));
    return;
  }
  const asker = askerOf(handle);
  if (asker?.isHandler === false || isErrorHandler(handle)) return;
  const mounted = isMounted(handle) ? (mountedApplication(handle) ?? 'unseen') : handle;
  const router = mounted === 'empty' ? mounted : expressRouterOf(mounted);
  if (router === 'empty') return;
  if (router !== undefined) {
    const isLegacy = layer.regexp !== undefined;
    const lost = isLegacy && at.pattern.segments.length > 0 ? doubledNote(path) : undefined;
    walk(router, { above: path, standing: standingBelow(standing, at, lost), within, found });
    return;
  }
  const { asks, notes } = passedBefore(standing, at, 'all');
  const route = { method: 'ALL', path, asks, notes, entry: undefined };
  if (mounted === 'unseen' || isForeignRouter(handle)) {
    found.push({ ...route, unseen: `what is mounted at \`${path}\`` });
  } else if (asker !== undefined) {
    found.push({ ...route, asks: [...asks, ...asker.asks], entry: layer });
  } else if (answersByItself(handle) && at.pattern.text !== '/') {
    found.push({ ...route, notes: [...notes, answersAllNote], entry: layer });
  }
}

const answersAllNote = 'it takes no `next`, and so answers everything below its path';

function doubledNote(path: string): string {
  return `Express 4 also takes \`${path}//…\` to this route, past a guard at a longer path above: put the guard on the router`;
}

function isErrorHandler(handle: unknown): boolean {
  return typeof handle === 'function' && handle.length === 4;
}

function answersByItself(handle: unknown): boolean {
  return typeof handle === 'function' && (handle.length === 1 || handle.length === 2);
}

/** Has routes, and not as Express has them. */
function isForeignRouter(handle: unknown): boolean {
  if (typeof handle !== 'function') return true;
  const { stack, handle: inner, router, routes } = handle as unknown as Record<string, unknown>;
  return Array.isArray(stack) || [inner, router, routes].some((one) => one !== undefined);
}

/** One for each method; none where nothing but guards and marks stands there. */
function routesIn(route: ExpressRoute, { at, path, standing }: Place): ExpressFound[] {
  return methodsOf(route).flatMap((method) => {
    const before = passedBefore(standing, at, method);
    const own = passedInRoute(chainOf(route, method));
    if (own === undefined) return [];
    const [asks, notes] = [
      [...before.asks, ...own.asks],
      [...before.notes, ...own.notes],
    ];
    return [{ method: method.toUpperCase(), path, asks, notes, entry: route }];
  });
}

function methodsOf(route: ExpressRoute): string[] {
  const { methods, stack } = route;
  if (takesEach(route)) return ['all'];
  const named = Object.keys(methods).filter((method) => method !== '_all' && methods[method] === true);
  return stack.some(({ method }) => method === undefined) ? [...named, 'all'] : named;
}

/** Whether it is registered for every method by name, with the same functions: `app.all` does so. */
function takesEach(route: ExpressRoute): boolean {
  if (!METHODS.every((method) => route.methods[method.toLowerCase()] === true)) return false;
  const [first = [], ...others] = METHODS.map((method) => chainOf(route, method.toLowerCase()));
  return others.every((chain) => chain.length === first.length && chain.every((one, index) => one === first[index]));
}

/** What a request of this method meets in a route, in order. */
export function chainOf(route: ExpressRoute, method: string): unknown[] {
  const named = method === 'all' && takesEach(route) ? 'get' : method;
  return route.stack
    .filter((layer) => layer.method === undefined || layer.method === named)
    .map(({ handle }) => originalOf(handle))
    .filter((handle) => handle !== undefined);
}

/** What stands before the handler: the last function that is no guard, no mark and no error handler; undefined without one. */
export function passedInRoute(chain: readonly unknown[]): Passed | undefined {
  const isMiddle = (one: unknown): boolean => askerOf(one)?.isHandler === false || isErrorHandler(one);
  const end = chain.findLastIndex((one) => !isMiddle(one));
  if (end === -1) return undefined;
  let asks: Asks[] = [];
  const notes: string[] = [];
  for (const one of chain.slice(0, end + 1)) {
    if (isErrorHandler(one)) {
      if (asks.some(isGuard)) notes.push(recoveryNote);
      asks = [];
    } else {
      asks.push(...(askerOf(one)?.asks ?? []));
    }
  }
  if (chain.slice(end + 1).some((one) => askerOf(one)?.asks.some(isGuard))) {
    notes.push('a guard stands after the handler, where it keeps nobody out');
  }
  return { asks, notes };
}

/** What later entries of the same router can rely on. */
function leftStanding({ route, handle }: Layer, at: Placed, router: object): Standing[] {
  if (route !== undefined) return [{ kind: 'guard', router, at, asks: (method) => passedThrough(route, method) }];
  const original = originalOf(handle);
  const asker = askerOf(original);
  if (asker !== undefined) return [{ kind: 'guard', router, at, asks: () => asker.asks }];
  return isErrorHandler(original) ? [{ kind: 'recovery', router, at: at.pattern }] : [];
}

/** What stands first in a route, for each method that comes as this one: nothing before it may say `next('route')`. */
function passedThrough(route: ExpressRoute, method: string): readonly Asks[] {
  const methods = method === 'all' ? [...methodsOf(route), 'all'] : [method];
  // HEAD goes to what takes GET, unless something takes HEAD.
  if (method === 'get' && route.methods['head'] === true) methods.push('head');
  const [first = [], ...others] = methods.map((one) => leading(chainOf(route, one)));
  return first.filter((asks) => others.every((other) => other.includes(asks)));
}

function leading(chain: readonly unknown[]): readonly Asks[] {
  if (chain.some(isErrorHandler)) return [];
  const end = chain.findIndex((one) => askerOf(one)?.isHandler !== false);
  return chain.slice(0, end === -1 ? chain.length : end).flatMap((one) => askerOf(one)?.asks ?? []);
}

/** Guards given to `router.param`, for entries whose path is certain to have the parameter. */
function parameterGuards(router: ExpressRouter, at: Placed): Standing[] {
  const names = parametersOf(at.pattern);
  const asks = names.flatMap((name) => (router.params[name] ?? []).flatMap((one) => askerOf(one)?.asks ?? []));
  return asks.length === 0 ? [] : [{ kind: 'guard', router, at, asks: () => asks }];
}
