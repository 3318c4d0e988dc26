// An application of Koa 2 or 3, or a router of @koa/router, goes in, its routes come out, each with what stands before its handler.
// A router runs every entry that matches, in order, and so the walk counts every guard that is certain to match too.

import { askerOf } from './asks.ts';
import type { Asks } from './asks.ts';
import { answersAtPath, askedIn, functionsOf, ownOf } from './koa-chains.ts';
import { insideOf, isKoaApplication, isKoaRouter, methodsOf, placeOf, takes } from './koa-layers.ts';
import type { KoaLayer, KoaRouter } from './koa-layers.ts';
import { everywhere, inAnyCase } from './route-patterns.ts';
import type { Placed } from './route-patterns.ts';
import type { FoundRoute } from './routes.ts';
import { lateNote, passedBefore } from './standing.ts';
import type { Standing } from './standing.ts';

/** @throws TypeError when it is no application of Koa and no router of @koa/router. */
export function koaRoutes(app: unknown): FoundRoute[] {
  const found: FoundRoute[] = [];
  if (isKoaRouter(app)) walkRouter(app, { standing: [], found });
  else if (isKoaApplication(app)) walkFunctions(app.middleware, { standing: [], found });
  else throw new TypeError('Expected an application of Koa 2 or 3, or a router of @koa/router');
  return found;
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

function walkRouter(router: KoaRouter, { standing: inherited, found }: Walk): void {
  const standing = [...inherited];
  for (const layer of router.stack) {
    const at = placeOf(layer);
    // With `exclusive` nothing runs but the one entry that is chosen.
    const before = router.exclusive === true ? inherited : standing;
    for (const method of methodsOf(layer)) meetRoute(layer, at, method, { standing: before, found });
    if (layer.methods.length === 0) meetUsed(layer, at, { standing: before, found });
    const asks = askedIn(layer.stack);
    if (asks.length === 0) continue;
    const askedOf = (method: string): readonly Asks[] => (takes(layer, method) ? asks : []);
    standing.push({ kind: 'guard', router, at, asks: askedOf, almost: { at: inAnyCase(at), note: caseNote } });
  }
}

const caseNote =
  '@koa/router compares the prefix of a guard given to `use` letter by letter, and this path in any case, so that `/API` may go past a guard at `/api`: put the guard on the route, or give it to `use` with a path';

/** Adds the route, and those of routers on the way to its handler or in its place. */
function meetRoute(layer: KoaLayer, at: Placed, method: string, { standing, found }: Walk): void {
  const own = ownOf(layer);
  if (own === undefined) return;
  const before = passedBefore(standing, at, method);
  for (const { router, asks } of own.nested) {
    const all = [...before.asks, ...asks];
    walkRouter(router, { standing: [{ kind: 'guard', router, at: everywhere, asks: () => all }], found });
  }
  if (!own.hasHandler) return;
  const notes = own.isLate ? [...before.notes, lateNote] : before.notes;
  found.push({ method, path: at.pattern.text, asks: [...before.asks, ...own.asks], notes });
}

/** Adds what `use` was given and what is more than middleware. */
function meetUsed(layer: KoaLayer, at: Placed, { standing, found }: Walk): void {
  const before = passedBefore(standing, at, 'ALL');
  const asks = [...before.asks, ...askedIn(layer.stack)];
  const route = { method: 'ALL', path: at.pattern.text, asks, notes: before.notes };
  for (const one of functionsOf(layer.stack)) {
    const { unseen, isComposed } = insideOf(one) ?? {};
    if (unseen !== undefined) found.push({ ...route, unseen, isComposed });
  }
  if (answersAtPath(layer)) found.push({ ...route, notes: [...before.notes, answersNote] });
}

const answersNote = 'it takes no `next`, and so answers everything at its path';
