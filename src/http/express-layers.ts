// What Express 4 and 5 keep of an application goes in; out come its routers, layers and paths, read and never run.

import { askerOf } from './asks.ts';
import { pathPattern } from './route-patterns.ts';
import type { PathPattern, Reading } from './route-patterns.ts';

/** One entry of a router or of a route. */
export interface Layer {
  handle: unknown;
  readonly method?: string | undefined;
  readonly route?: ExpressRoute | undefined;
  /** Express 5. */
  readonly rawPath?: unknown;
  readonly slash?: unknown;
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean; readonly fast_star?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
}

export interface ExpressRoute {
  readonly path: unknown;
  readonly stack: Layer[];
  readonly methods: Readonly<Record<string, boolean | undefined>>;
}

export interface ExpressRouter {
  readonly stack: readonly Layer[];
  readonly params: Readonly<Record<string, readonly unknown[] | undefined>>;
  readonly caseSensitive?: unknown;
  readonly strict?: unknown;
}

/** The router of an application, or the router itself; undefined where it is neither, `empty` where it has none yet. */
export function expressRouterOf(value: unknown): ExpressRouter | 'empty' | undefined {
  if (isExpressRouter(value)) return value;
  if (!isExpressApplication(value)) return undefined;
  const { _router: legacy, lazyrouter } = value as unknown as Record<string, unknown>;
  // Express 4 makes its router when it is first needed, and throws where `router` is read.
  if (typeof lazyrouter === 'function') return isExpressRouter(legacy) ? legacy : 'empty';
  const { router } = value as unknown as Record<string, unknown>;
  return isExpressRouter(router) ? router : undefined;
}

function isExpressRouter(value: unknown): value is ExpressRouter {
  if (typeof value !== 'function') return false;
  const { stack, params, handle } = value as unknown as Record<string, unknown>;
  return Array.isArray(stack) && typeof params === 'object' && typeof handle === 'function';
}

/** What an application of Express has that others do not. */
export interface ExpressApplication {
  handle(...given: unknown[]): unknown;
  readonly request: object;
}

export function isExpressApplication(value: unknown): value is ExpressApplication {
  if (typeof value !== 'function') return false;
  const { handle, set, request, mountpath } = value as unknown as Record<string, unknown>;
  return typeof handle === 'function' && typeof set === 'function' && isThere(request) && isThere(mountpath);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** What an entry of a router matches: each alternative by itself. */
export function patternsOf(layer: Layer, router: ExpressRouter): PathPattern[] {
  const { regexp, route } = layer;
  const isSensitive = regexp === undefined ? Boolean(router.caseSensitive) : !regexp.flags.includes('i');
  const isStrict = route !== undefined && Boolean(router.strict);
  const isLeft = (name: string): boolean => (router.params[name] ?? []).some((one) => askerOf(one) === undefined);
  const reading: Reading = { isSensitive, isStrict, isLegacy: regexp !== undefined, isLeft };
  return pathsOf(layer).map((path) => pathPattern(path, reading));
}

function pathsOf({ route, rawPath, slash, regexp, keys = [] }: Layer): unknown[] {
  if (route !== undefined) return Array.isArray(route.path) ? route.path.flat(Infinity) : [route.path];
  if (regexp !== undefined) {
    if (regexp.fast_slash === true) return ['/'];
    return regexp.fast_star === true ? ['*'] : legacyPaths(regexp, keys);
  }
  if (slash === true) return ['/'];
  return Array.isArray(rawPath) ? rawPath.flat(Infinity) : [rawPath];
}

const legacyEnd = String.raw`\/?(?=\/|$)`;

// path-to-regexp 0.1 keeps no paths, and writes regular expressions that can be read back.
function legacyPaths(regexp: RegExp, keys: NonNullable<Layer['keys']>): unknown[] {
  const names = keys.map(({ name }) => String(name));
  const sources = regexp.source.split('|^').map((part, index) => (index === 0 ? part.replace(/^\^/, '') : part));
  const paths = sources.map((source) => legacyPath(source, names));
  return paths.includes(undefined) ? [regexp] : paths;
}

function legacyPath(source: string, names: string[]): string | undefined {
  if (!source.endsWith(legacyEnd)) return undefined;
  const path = source
    .slice(0, -legacyEnd.length)
    .replaceAll(/\(\?:\\\/\(\[\^\/\]\+\?\)\)|\(\.\*\)|\\([/.])/g, (match, escaped: string | undefined) => {
      if (escaped !== undefined) return escaped;
      const name = names.shift() ?? '';
      return match === '(.*)' ? '*' : `/:${name}`;
    });
  return /[\\()[\]?+^$|{}]/.test(path) ? undefined : path || '/';
}
