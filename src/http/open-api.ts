// Routes and perhaps an OpenAPI 3.1 document go in; a new document that says of each operation what its guards ask comes out, with
// where the given one said something else.

import { checkedMembers, expectation, isRecord } from '../core/options.ts';
import { isGuard } from './asks.ts';
import { answerNames, answers, schemas } from './open-api-parts.ts';
import type { AnswerStatus } from './open-api-parts.ts';
import { inlineItems, itemOf, recordIn } from './open-api-items.ts';
import { operationMethods, operationsOf } from './open-api-paths.ts';
import type { Operation } from './open-api-paths.ts';
import { scopesOf, securityOf } from './open-api-security.ts';
import type { SecurityRequirement } from './open-api-security.ts';
import type { FoundRoute } from './routes.ts';

/** An OpenAPI document, as far as it is looked at. */
export interface OpenApiDocument {
  openapi: string;
  paths?: Record<string, unknown>;
  components?: Record<string, unknown>;
  [member: string]: unknown;
}

/** Where guards and document do not say the same. */
export type OpenApiDifference =
  /** A route that the document given does not have: it is written. */
  | { readonly kind: 'undocumented'; readonly method: string; readonly path: string }
  /** An operation that no route serves: it is left as it is. */
  | { readonly kind: 'unrouted'; readonly method: string; readonly path: string }
  /** Another `security` than the guards': theirs is written. */
  | {
      readonly kind: 'security';
      readonly method: string;
      readonly path: string;
      readonly expected: readonly SecurityRequirement[];
      readonly found: unknown;
    }
  /** Answers that the guards give and the document does not have: they are written. */
  | { readonly kind: 'responses'; readonly method: string; readonly path: string; readonly missing: readonly string[] }
  /** A path or a method that OpenAPI has no words for: it is left out. */
  | { readonly kind: 'inexpressible'; readonly method: string; readonly path: string };

/** How `openApiSecurity` writes. */
export interface OpenApiOptions {
  /** The name of the security scheme. Default: `accessToken`. */
  readonly scheme?: string;
  /** The scheme, where the document has none of that name: `oauth2`, `openIdConnect` or `http`. Default: `http`, `bearer`. */
  readonly securityScheme?: Readonly<Record<string, unknown>>;
  /** The path of the API that the document leaves to its `servers`: `/api`. Default: none. */
  readonly basePath?: string;
}

/** A new document, and where the given one disagreed with the guards. */
export interface OpenApiAudit {
  document: OpenApiDocument;
  differences: OpenApiDifference[];
}

const bearer = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };
const blank = { openapi: '3.1.0', info: { title: 'API', version: '0.0.0' }, paths: {} };

/** @throws TypeError as `openApiSecurity` of the door does. */
export function openApiOf(routes: readonly FoundRoute[], given: unknown, options: unknown = {}): OpenApiAudit {
  const { scheme, securityScheme, basePath } = checkedOptions(options);
  const document = copied(checkedDocument(given ?? blank)) as OpenApiDocument;
  const differences: OpenApiDifference[] = [];
  const paths = recordIn(document, 'paths');
  inlineItems(document, paths);
  const written = new Set<object>();
  const { operations, inexpressible } = operationsOf(routes, paths, basePath);
  for (const { method, path } of inexpressible) differences.push({ kind: 'inexpressible', method, path });
  for (const operation of operations) {
    const found = itemOf(document, paths, operation);
    if (found === undefined) {
      differences.push({ kind: 'inexpressible', ...named(operation) });
      continue;
    }
    const { item, isNew } = found;
    if (isNew && given !== undefined) differences.push({ kind: 'undocumented', ...named(operation) });
    written.add(item);
    const defaults = document['security'];
    for (const difference of write(item, operation, { scheme, defaults })) if (!isNew) differences.push(difference);
  }
  differences.push(...unroutedIn(paths, written));
  describeScheme(document, { scheme, securityScheme, routes });
  return { document, differences };
}

// As JSON, so that what stands in several places (an anchor of YAML) is several objects, which guards may say different things of.
function copied(document: object): unknown {
  return JSON.parse(JSON.stringify(document)) as unknown;
}

function checkedOptions(options: unknown): Required<Pick<OpenApiOptions, 'scheme' | 'securityScheme' | 'basePath'>> {
  const given = checkedMembers(options, 'options', ['scheme', 'securityScheme', 'basePath']);
  const { scheme = 'accessToken', securityScheme = bearer, basePath = '' } = given;
  if (typeof scheme !== 'string' || !/^[\w.-]+$/.test(scheme) || scheme === '__proto__') {
    throw expectation('scheme', 'a name of letters, digits, ., - and _', scheme);
  }
  if (typeof basePath !== 'string' || !/^(?:\/[^/]+)*$/.test(basePath)) {
    throw expectation('basePath', 'a path without a slash at its end', basePath);
  }
  return { scheme, securityScheme: checkedScheme(securityScheme), basePath };
}

/** As the Security Scheme Object must be (OpenAPI 3.1, section 4.8.27). */
function checkedScheme(scheme: unknown): Readonly<Record<string, unknown>> {
  const need = (member: string, of: Record<string, unknown>, where: string): void => {
    if (typeof of[member] !== 'string') throw expectation(`${where}.${member}`, 'a string', of[member]);
  };
  if (!isRecord(scheme) || !['oauth2', 'openIdConnect', 'http'].includes(String(scheme['type']))) {
    throw expectation('securityScheme', 'a security scheme of type oauth2, openIdConnect or http', scheme);
  }
  const { type, flows } = scheme;
  if (type === 'http') need('scheme', scheme, 'securityScheme');
  if (type === 'openIdConnect') need('openIdConnectUrl', scheme, 'securityScheme');
  if (type === 'oauth2') {
    if (!isRecord(flows) || Object.keys(flows).length === 0) {
      throw expectation('securityScheme.flows', 'an object of OAuth flows', flows);
    }
    for (const [name, flow] of Object.entries(flows)) {
      const where = `securityScheme.flows.${name}`;
      const urls = Object.hasOwn(flowUrls, name) ? flowUrls[name] : undefined;
      if (urls === undefined || !isRecord(flow)) throw expectation(where, 'a flow of OAuth', flow);
      for (const url of urls) need(url, flow, where);
    }
  }
  return structuredClone(scheme);
}

const flowUrls: Readonly<Record<string, readonly string[]>> = {
  implicit: ['authorizationUrl'],
  password: ['tokenUrl'],
  clientCredentials: ['tokenUrl'],
  authorizationCode: ['authorizationUrl', 'tokenUrl'],
};

function checkedDocument(document: unknown): object {
  if (isRecord(document) && /^3\.1(?:\.\d+)?$/.test(String(document['openapi']))) return document;
  throw expectation('document', 'an OpenAPI 3.1 document', isRecord(document) ? document['openapi'] : document);
}

function named({ method, path }: Operation): { method: string; path: string } {
  return { method: method.toUpperCase(), path };
}

function* write(
  item: Record<string, unknown>,
  operation: Operation,
  { scheme, defaults }: { scheme: string; defaults: unknown },
): Generator<OpenApiDifference> {
  const expected = securityOf(operation.asks, scheme);
  const found = item['security'] ?? defaults ?? [];
  if (!isSame(found, expected)) yield { kind: 'security', ...named(operation), expected, found };
  item['security'] = expected;
  const responses = recordIn(item, 'responses');
  const missing = statusesOf(operation).filter((status) => !(status in responses) && !(`${status[0]}XX` in responses));
  if (missing.length > 0) yield { kind: 'responses', ...named(operation), missing };
  for (const status of missing) {
    responses[status] = { $ref: `#/components/responses/${answerNames[Number(status) as AnswerStatus]}` };
  }
}

function statusesOf({ asks }: Operation): string[] {
  if (asks.some((one) => one.kind === 'demand' && one.isEnforced)) return ['401', '403', '503'];
  return asks.some((one) => isGuard(one) || one.kind === 'anyone') ? ['401', '503'] : [];
}

/** The order of alternatives and of scopes says nothing. */
function isSame(found: unknown, expected: readonly SecurityRequirement[]): boolean {
  const written = (one: unknown): string => {
    const entries = isRecord(one) ? Object.entries(one) : [['', one] as const];
    return JSON.stringify(
      entries.map(([name, scopes]) => [name, Array.isArray(scopes) ? scopes.map(String).toSorted() : scopes]),
    );
  };
  const all = (list: readonly unknown[]): string => [...new Set(list.map(written))].toSorted().join();
  return Array.isArray(found) && all(found) === all(expected);
}

function* unroutedIn(paths: Record<string, unknown>, written: ReadonlySet<object>): Generator<OpenApiDifference> {
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, item] of Object.entries(isRecord(methods) ? methods : {})) {
      const isOperation = isRecord(item) && operationMethods.includes(method);
      if (isOperation && !written.has(item)) yield { kind: 'unrouted', method: method.toUpperCase(), path };
    }
  }
}

function describeScheme(
  document: OpenApiDocument,
  { scheme, securityScheme, routes }: { scheme: string; securityScheme: object; routes: readonly FoundRoute[] },
): void {
  const components = recordIn(document, 'components');
  // What the document says itself of these names stays.
  components['schemas'] = { ...schemas, ...recordIn(components, 'schemas') };
  components['responses'] = { ...answers, ...recordIn(components, 'responses') };
  const schemes = recordIn(components, 'securitySchemes');
  schemes[scheme] ??= securityScheme;
  const { type, flows } = schemes[scheme] as Record<string, unknown>;
  if (type !== 'oauth2' || !isRecord(flows)) return;
  const scopes = Object.fromEntries(routes.flatMap(({ asks }) => [...scopesOf(asks)]));
  for (const flow of Object.values(flows)) {
    if (isRecord(flow)) flow['scopes'] = { ...scopes, ...recordIn(flow, 'scopes') };
  }
}
