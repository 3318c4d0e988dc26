// The functions of one route of Express go in, what stands before its handler comes out, for each method.

import { METHODS } from 'node:http';
import { askerOf, isGuard } from './asks.ts';
import type { Asks } from './asks.ts';
import { hasToAnswer, isErrorHandler } from './express-functions.ts';
import type { ExpressRoute } from './express-layers.ts';
import { originalOf } from './route-checks.ts';
import { lateNote, recoveryNote } from './standing.ts';
import type { Passed } from './standing.ts';

/**
 * What stands before the handler: the first function that has to answer, or else the last one, that is no guard, no mark and no
 * error handler; undefined without one.
 */
export function passedInRoute(chain: readonly unknown[]): Passed | undefined {
  const isMiddle = (one: unknown): boolean => askerOf(one)?.isHandler === false || isErrorHandler(one);
  const last = chain.findLastIndex((one) => !isMiddle(one));
  if (last === -1) return undefined;
  const first = chain.findIndex((one) => hasToAnswer(one));
  const end = first === -1 ? last : first;
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
  if (chain.slice(end + 1).some((one) => askerOf(one)?.asks.some(isGuard))) notes.push(lateNote);
  return { asks, notes };
}

/** What stands first in a route, for each method that comes as this one: nothing before it may say `next('route')`. */
export function passedThrough(route: ExpressRoute, method: string): readonly Asks[] {
  const methods = method === 'all' ? [...methodsOf(route), 'all'] : [method];
  // HEAD goes to what takes GET, unless something takes HEAD.
  if (method === 'get' && route.methods['head'] === true) methods.push('head');
  const [first = [], ...others] = methods.map((one) => leading(chainOf(route, one)));
  return first.filter((asks) => others.every((other) => other.includes(asks)));
}

/** What a request of this method meets in a route, in order. */
export function chainOf(route: ExpressRoute, method: string): unknown[] {
  const named = method === 'all' && takesEach(route) ? 'get' : method;
  return route.stack
    .filter((layer) => layer.method === undefined || layer.method === named)
    .map(({ handle }) => originalOf(handle))
    .filter((handle) => handle !== undefined);
}

/** Those that it is registered for; `all` where it takes each. */
export function methodsOf(route: ExpressRoute): string[] {
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

function leading(chain: readonly unknown[]): readonly Asks[] {
  if (chain.some(isErrorHandler)) return [];
  const end = chain.findIndex((one) => askerOf(one)?.isHandler !== false);
  return chain.slice(0, end === -1 ? chain.length : end).flatMap((one) => askerOf(one)?.asks ?? []);
}
