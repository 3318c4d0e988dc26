// A function that Express was given goes in, what it must be comes out, by how many parameters it takes and what it carries.

import { askerOf } from './asks.ts';
import { expressRouterOf } from './express-layers.ts';
import { isUnseen } from './route-checks.ts';

export function isErrorHandler(handle: unknown): boolean {
  return typeof handle === 'function' && handle.length === 4;
}

/** It takes a request and no `next`. */
export function answersByItself(handle: unknown): boolean {
  return typeof handle === 'function' && (handle.length === 1 || handle.length === 2);
}

/** In a route: nothing behind it keeps anybody from what it does, and it is no middleware. */
export function hasToAnswer(handle: unknown): boolean {
  return askerOf(handle) === undefined && (answersByItself(handle) || expressRouterOf(handle) !== undefined);
}

/** Has routes, and not as Express has them. */
export function isForeignRouter(handle: unknown): boolean {
  if (typeof handle !== 'function' || isUnseen(handle)) return true;
  const { stack, handle: inner, router, routes } = handle as unknown as Record<string, unknown>;
  return Array.isArray(stack) || [inner, router, routes].some((one) => one !== undefined) || isKoaCallback(handle);
}

/** What `callback()` of an application of Koa returns. */
function isKoaCallback(handle: object): boolean {
  return answersByItself(handle) && /\bthis\.createContext\(/.test(Function.prototype.toString.call(handle));
}
