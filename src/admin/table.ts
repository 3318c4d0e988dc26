// The rows of the table go in, a lookup by method and path comes out. Paths are matched as they were sent, and each segment is
// decoded by itself: an id may hold any character, a slash included.

import type { CheckedRequirement } from '../core/asking.ts';
import { inOrganization } from '../core/requirement.ts';
import type { Requirement } from '../core/requirement.ts';
import type { Administered } from './administered.ts';
import { apiAt } from './apis.ts';
import type { Handle, OpenHandle } from './exchange.ts';
import { RequestFault } from './faults.ts';

/** To have a valid token is enough. */
export const signedIn = Symbol('signed in');

/** One row: method, path with `:parameters`, what is asked of who calls (null: nothing, not even a token), who answers. */
export type Row =
  | readonly [method: Method, path: string, asks: Requirement | typeof signedIn, handle: Handle]
  | readonly [method: Method, path: string, asks: null, handle: OpenHandle];

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A row whose requirement has been checked. */
export interface Route {
  readonly row: Row;
  /** Undefined: to be signed in is enough, or nothing is asked. */
  readonly checked: CheckedRequirement | undefined;
  /** The same in no organization, where a call acts in all of them: what is held in one of them alone is not enough. */
  readonly everywhere: CheckedRequirement | undefined;
}

/** The row of a request, and its path's parameters. */
export interface Found extends Route {
  readonly params: Readonly<Record<string, string>>;
}

interface Node {
  readonly next: Map<string, Node>;
  parameter?: { readonly node: Node };
  readonly routes: Map<string, { readonly route: Route; readonly names: readonly string[] }>;
}

export class Table {
  readonly #root: Node = newNode();

  /** @throws TypeError when a requirement names a permission that the authorizer's catalogue does not hold. */
  constructor(rows: readonly Row[], { way }: Administered) {
    for (const row of rows) {
      const [method, path, asks] = row;
      const segments = path.split('/').slice(1);
      let node = this.#root;
      for (const segment of segments) node = segment.startsWith(':') ? parameterOf(node) : segmentOf(node, segment);
      const names = segments.filter((one) => one.startsWith(':')).map((one) => one.slice(1));
      const asked = asks === null || asks === signedIn ? undefined : asks;
      const checked = asked === undefined ? undefined : way.checked(asked);
      const isEverywhere = asked !== undefined && apiAt(path).hasPlaces !== true;
      const everywhere = isEverywhere ? way.checked(inOrganization(asked, null)) : undefined;
      node.routes.set(method, { route: { row, checked, everywhere }, names });
    }
  }

  /** @throws RequestFault when nothing is there (404), not by this method (405), or a parameter cannot be decoded (400). */
  find(method: string, path: string): Found {
    const values: string[] = [];
    const node = walk(this.#root, path.split('/').slice(1), values);
    if (node === undefined) throw new RequestFault(404, 'There is nothing under this path');
    // RFC 9110 section 9.3.2: HEAD is GET without the body.
    const found = node.routes.get(method === 'HEAD' ? 'GET' : method);
    if (found === undefined) {
      const methods = [...node.routes.keys()].flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]));
      const headers = { Allow: methods.join(', ') };
      throw new RequestFault(405, 'This path does not take this method', { headers });
    }
    return {
      ...found.route,
      params: Object.fromEntries(found.names.map((name, at) => [name, decoded(name, values[at])])),
    };
  }
}

function newNode(): Node {
  return { next: new Map(), routes: new Map() };
}

function segmentOf(node: Node, segment: string): Node {
  const there = node.next.get(segment) ?? newNode();
  node.next.set(segment, there);
  return there;
}

function parameterOf(node: Node): Node {
  node.parameter ??= { node: newNode() };
  return node.parameter.node;
}

// What is spelled out goes before a parameter.
function walk(node: Node, [segment, ...rest]: readonly string[], values: string[]): Node | undefined {
  if (segment === undefined) return node.routes.size > 0 ? node : undefined;
  const spelled = node.next.get(segment);
  const found = spelled === undefined ? undefined : walk(spelled, rest, values);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  values.push(segment);
  const below = walk(node.parameter.node, rest, values);
  if (below === undefined) values.pop();
  return below;
}

function decoded(name: string, value: string | undefined): string {
  try {
    return decodeURIComponent(value ?? '');
  } catch {
    const message = `Path validation error: 'Not percent-encoded UTF-8' on property ${name}.`;
    throw new RequestFault(400, message, { code: 'invalid_uri' });
  }
}
