// An application or a router of Express 4 or 5 goes in, its routes come out, each with what stands before its handler. Nothing of
// the application runs. Express goes through a router from top to bottom, and so does the walk.

import { askerOf } from './asks.ts';
import { chainOf, methodsOf, passedInRoute, passedThrough } from './express-chains.ts';
import { answersByItself, isErrorHandler, isForeignRouter } from './express-functions.ts';
import { expressRouterOf, patternsOf } from './express-layers.ts';
import type { ExpressRoute, ExpressRouter, Layer } from './express-layers.ts';
import { isMounted, mountedApplication } from './express-mounted.ts';
import { originalOf, refusesUnguarded } from './route-checks.ts';
import { isLeavable, joined, neverLeft, parametersOf } from './route-patterns.ts';
import type { Placed } from './route-patterns.ts';
import type { FoundRoute } from './routes.ts';
import { passedBefore, standingBelow } from './standing.ts';
import type { Standing } from './standing.ts';

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
    found.push({ ...route, unseen: `what is mounted at \`${path}\``, refusesByItself: refusesUnguarded(handle) });
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

/** What later entries of the same router can rely on. */
function leftStanding({ route, handle }: Layer, at: Placed, router: object): Standing[] {
  const almost = isLeavable(at.pattern) ? { at: neverLeft(at), note: leftNote } : undefined;
  if (route !== undefined)
    return [{ kind: 'guard', router, at, asks: (method) => passedThrough(route, method), almost }];
  const original = originalOf(handle);
  const asker = askerOf(original);
  if (asker !== undefined) return [{ kind: 'guard', router, at, asks: () => asker.asks, almost }];
  return isErrorHandler(original) ? [{ kind: 'recovery', router, at: at.pattern }] : [];
}

const leftNote =
  'a function given to `param` may leave a guard at a path above by `next("route")`, for it stands at another parameter';

/** Guards given to `router.param`, for entries whose path is certain to have the parameter. */
function parameterGuards(router: ExpressRouter, at: Placed): Standing[] {
  const names = parametersOf(at.pattern);
  const asks = names.flatMap((name) => (router.params[name] ?? []).flatMap((one) => askerOf(one)?.asks ?? []));
  return asks.length === 0 ? [] : [{ kind: 'guard', router, at, asks: () => asks }];
}
