// What Koa and @koa/router keep of an application goes in; out come its routers, entries and paths, read and never run.

import { METHODS } from 'node:http';
import { everywhere, pathPattern } from './route-patterns.ts';
import type { Placed } from './route-patterns.ts';
import { isUnseen } from './route-checks.ts';

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
  readonly middleware: unknown[];
  readonly context: object;
  callback(): object;
  use(...given: unknown[]): unknown;
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

/** The router in a function, or what hides there; undefined where it is middleware like any other. */
export function insideOf(one: unknown): Inside | undefined {
  if (typeof one !== 'function') return undefined;
  if (isUnseen(one)) return { unseen: 'what `mount` made' };
  const { router, routes, middleware } = one as unknown as Record<string, unknown>;
  if (isKoaRouter(router)) return { router };
  if ([router, routes, middleware].some((member) => member !== undefined)) {
    return { unseen: 'a router that is none of @koa/router' };
  }
  const text = Function.prototype.toString.call(one);
  if (text.includes('next() called multiple times')) return { unseen: 'what koa-compose made', isComposed: true };
  return /\.mountPath\b/.test(text) ? { unseen: 'what koa-mount made', isComposed: true } : undefined;
}

export interface Inside {
  readonly router?: KoaRouter;
  readonly unseen?: string;
  readonly isComposed?: boolean;
}

/** Those it was registered for: HEAD comes with GET, and all of them are `ALL`. */
export function methodsOf({ methods }: KoaLayer): string[] {
  if (METHODS.every((method) => methods.includes(method))) return ['ALL'];
  const isWithGet = (method: string, index: number): boolean => method === 'HEAD' && methods.includes('GET', index);
  return [...new Set(methods.filter((method, index) => !isWithGet(method, index)))];
}

/** Whether a request of this method comes to it. */
export function takes({ methods }: KoaLayer, method: string): boolean {
  if (methods.length === 0) return true;
  if (method === 'ALL') return METHODS.every((one) => methods.includes(one));
  return methods.includes(method);
}

// As @koa/router writes it for what `use` is given without a path, after the prefix.
const anyEnd = String.raw`(?:\/|$)`;

/** Where it stands. */
export function placeOf({ path, opts }: KoaLayer): Placed {
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
