// The functions of one entry of @koa/router go in, what stands before its handlers comes out.

import { askerOf, isGuard } from './asks.ts';
import type { Asks } from './asks.ts';
import { insideOf } from './koa-layers.ts';
import type { KoaLayer, KoaRouter } from './koa-layers.ts';
import { originalOf } from './route-checks.ts';

export interface KoaOwn {
  /** What stands before the handler. */
  readonly asks: readonly Asks[];
  /** Routers on the way to it or in its place, and what stands before each. */
  readonly nested: readonly { readonly router: KoaRouter; readonly asks: readonly Asks[] }[];
  /** Whether something other than a router answers. */
  readonly hasHandler: boolean;
  /** Whether a guard stands after the handler. */
  readonly isLate: boolean;
}

/**
 * What stands before the handler of a route: the first function that takes no `next`, or else the last one, that is no guard and no
 * mark; undefined without one.
 */
export function ownOf({ stack }: Pick<KoaLayer, 'stack'>): KoaOwn | undefined {
  const functions = functionsOf(stack);
  const last = functions.findLastIndex((one) => askerOf(one)?.isHandler !== false);
  if (last === -1) return undefined;
  const first = functions.findIndex(answersByItself);
  const end = first === -1 ? last : first;
  const before = (index: number): Asks[] => askedIn(functions.slice(0, index));
  const nested = functions.slice(0, end + 1).flatMap((one, index) => {
    const router = insideOf(one)?.router;
    return router === undefined ? [] : [{ router, asks: before(index) }];
  });
  const hasHandler = insideOf(functions[end])?.router === undefined;
  const isLate = functions.slice(end + 1).some((one) => askerOf(one)?.asks.some(isGuard));
  return { asks: before(end + 1), nested, hasHandler, isLate };
}

/** Whether what `use` was given for this path takes no `next`, so that nothing behind it is reached. */
export function answersAtPath({ path, opts, stack }: KoaLayer): boolean {
  // Without a path it stands before everything, and is the last resort.
  const isEverywhere = opts['pathAsRegExp'] === true || (typeof path === 'string' && path.endsWith('{/*rest}'));
  return (path instanceof RegExp || !isEverywhere) && functionsOf(stack).some(answersByItself);
}

export function askedIn(stack: readonly unknown[]): Asks[] {
  return functionsOf(stack).flatMap((one) => askerOf(one)?.asks ?? []);
}

/** What an entry runs, without checks and what `router.param` has put there. */
export function functionsOf(stack: readonly unknown[]): unknown[] {
  return stack.map(originalOf).filter((one) => typeof one === 'function' && !('param' in one));
}

function answersByItself(one: unknown): boolean {
  return typeof one === 'function' && one.length === 1 && askerOf(one) === undefined;
}
