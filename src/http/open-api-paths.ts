// Routes go in, the operations of an OpenAPI document come out: `/users/:id` is `/users/{id}`, or what the document calls it.

import type { Asks } from './asks.ts';
import type { FoundRoute } from './routes.ts';

/** One operation of a document. */
export interface Operation {
  /** In small letters, as in a Path Item Object. */
  readonly method: string;
  /** As the document has it. */
  readonly path: string;
  readonly asks: readonly Asks[];
}

/** The methods of a Path Item Object. */
export const operationMethods: readonly string[] = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
];

/** What is written of a route that takes every method, where the document does not say which. */
const usual: readonly string[] = ['get', 'put', 'post', 'delete', 'patch'];

/** The operations of the routes, the first of several with one method and path; and what has none. */
export function operationsOf(
  routes: readonly FoundRoute[],
  paths: Readonly<Record<string, unknown>>,
  basePath: string,
): { readonly operations: readonly Operation[]; readonly inexpressible: readonly FoundRoute[] } {
  const documented = new Map(Object.keys(paths).map((path) => [shapeOf(path), path]));
  const operations = new Map<string, Operation>();
  const inexpressible: FoundRoute[] = [];
  for (const route of routes) {
    const template = route.unseen === undefined ? templated(route.path, basePath) : undefined;
    const named = route.method === 'ALL' || operationMethods.includes(route.method.toLowerCase());
    if (template === undefined || !named) {
      inexpressible.push(route);
      continue;
    }
    const shape = shapeOf(template);
    const path = documented.get(shape) ?? template;
    documented.set(shape, path);
    for (const method of methodsOf(route, paths[path])) {
      const key = `${method} ${shape}`;
      if (!operations.has(key)) operations.set(key, { method, path, asks: route.asks });
    }
  }
  for (const { method, path, asks } of [...operations.values()]) {
    const key = `head ${shapeOf(path)}`;
    // HEAD goes to what takes GET (RFC 9110 section 9.3.2).
    if (method === 'get' && isIn(paths[path], 'head') && !operations.has(key)) {
      operations.set(key, { method: 'head', path, asks });
    }
  }
  return { operations: [...operations.values()], inexpressible };
}

function methodsOf({ method }: FoundRoute, item: unknown): readonly string[] {
  if (method !== 'ALL') return [method.toLowerCase()];
  const known = operationMethods.filter((one) => isIn(item, one));
  return known.length > 0 ? known : usual;
}

function isIn(item: unknown, method: string): boolean {
  return typeof item === 'object' && item !== null && Object.hasOwn(item, method);
}

/** `/users/{id}`; undefined where OpenAPI has no words for the path, or it is not below `basePath`. */
function templated(path: string, basePath: string): string | undefined {
  const isBelow = path === basePath || path.startsWith(`${basePath}/`);
  if (!isBelow) return undefined;
  const below = path.slice(basePath.length) || '/';
  const template = below.replaceAll(/:(\w+)(?=[/.-]|$)/g, '{$1}').replace(/\/\*(\w+)$/, '/{$1}');
  const isPlain = /^(?:\/(?:[\w~.@,=&;'%-]|\{\w+\})*)+$/.test(template);
  return isPlain ? withDistinctNames(template) : undefined;
}

// Routers that are mounted in one another may use a name twice, and a path of OpenAPI may not.
function withDistinctNames(template: string): string {
  const names = new Set<string>();
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    let distinct = name;
    for (let count = 2; names.has(distinct); count += 1) distinct = `${name}_${count}`;
    names.add(distinct);
    return `{${distinct}}`;
  });
}

/** The names of the parameters in a template. */
export function parametersIn(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** Templates that differ in the names of parameters only are the same path (OpenAPI 3.1, section 4.8.8). */
export function shapeOf(template: string): string {
  return template.replaceAll(/\{[^}]*\}/g, '{}');
}
