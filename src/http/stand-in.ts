// A request goes in, a stand-in for it comes out that middleware of Express can be run on: it reads like the request, whose only
// token is the one given, and nothing that is written to it, or answered through it, reaches the request or the client.

import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { headerValue } from '../core/bearer.ts';
import { isRecord } from '../core/options.ts';
import type { AccessRequest } from '../core/token.ts';
import { givenOf } from './given.ts';

/** What middleware is handed as `req`. */
export interface StandIn extends Record<string, unknown> {
  readonly headers: Record<string, unknown>;
  /** What the middleware leaves. */
  auth?: unknown;
}

/** The schemes by which a token is sent: RFC 6750, RFC 9449. */
export type Scheme = 'Bearer' | 'DPoP';

/** How the token of this request was sent. */
export function schemeOf({ headers }: AccessRequest): Scheme {
  const value = headerValue(headers, 'authorization');
  return /^dpop(?: |$)/i.test(String(value)) ? 'DPoP' : 'Bearer';
}

/** The request, with this token in its header and nowhere else. */
export function standInFor(request: AccessRequest, token: string): StandIn {
  const given = givenOf(request) as Record<string, unknown>;
  const headers: Record<string, unknown> = { ...namedHeaders(request), authorization: `${schemeOf(request)} ${token}` };
  if (isKoaLike(given)) {
    const { req, protocol, host, originalUrl } = given;
    const get = (name: string): unknown => (/^host$/i.test(name) ? host : headers[name.toLowerCase()]);
    return created(req, { headers, protocol, originalUrl, get, is: noForm });
  }
  if (isExpressLike(given)) return created(given, { headers });
  const { origin, path } = placeOf(request.url ?? '/', given);
  const [protocol, host = headers['host']] = origin;
  const get = (name: string): unknown => (/^host$/i.test(name) ? host : headers[name.toLowerCase()]);
  const { method = 'GET' } = request;
  const base = 'socket' in given ? given : Object.prototype;
  return created(base, { method, url: path, headers, protocol, originalUrl: path, get, is: noForm });
}

/**
 * The same request without what could prove that whoever sent it holds a key: no proof, no certificate, and no header in which a
 * proxy could hand one on. Everything else stays, so that nothing but the proof is missed.
 */
export function withoutProof(standIn: StandIn, token: string): StandIn {
  const { method, url, originalUrl, protocol, app } = standIn;
  const kept = Object.entries(standIn.headers).filter(([name, value]) => place.has(name) || !mayProve(name, value));
  const headers: Record<string, unknown> = { ...Object.fromEntries(kept), authorization: `Bearer ${token}` };
  const { get: asked } = standIn as { get?: (name: string) => unknown };
  const host = asked?.call(standIn, 'host');
  const get = (name: string): unknown => (/^host$/i.test(name) ? host : headers[name.toLowerCase()]);
  const { remoteAddress } = (standIn['socket'] ?? {}) as { remoteAddress?: unknown };
  const socket = { remoteAddress };
  return created(Object.prototype, { method, url, originalUrl, protocol, app, headers, get, is: noForm, socket });
}

// The thumbprint of a certificate is 43 characters long (RFC 8705 section 3.1), and the certificate is longer.
function mayProve(name: string, value: unknown): boolean {
  return name === 'dpop' || String(value).length >= 43;
}

const place = new Set(['host', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-for']);

/** What middleware is handed as `res`: `answered` is called when it answers by itself, and nothing is sent. */
export function standInResponse(standIn: StandIn, answered: () => void): ServerResponse {
  const response = new ServerResponse(standIn as unknown as IncomingMessage);
  // Express's own methods end in node's.
  const real = standIn['res'];
  if (real instanceof ServerResponse) Object.setPrototypeOf(response, Object.getPrototypeOf(real) as object);
  const answer = (): ServerResponse => {
    answered();
    return response;
  };
  return Object.assign(response, { writeHead: answer, write: answer, end: answer, flushHeaders: answer });
}

function created(base: object, members: Record<string, unknown>): StandIn {
  const own = Object.entries({ ...members, auth: undefined, res: undefined, next: undefined });
  const standIn = Object.create(
    base,
    Object.fromEntries(
      own.map(([name, value]) => [name, { value, writable: true, enumerable: true, configurable: true }]),
    ),
  ) as StandIn;
  for (const name of ['query', 'body']) {
    Object.defineProperty(standIn, name, { get: () => tokenless((base as Record<string, unknown>)[name]) });
  }
  if ('res' in base) standIn['res'] = base.res;
  return standIn;
}

// There is one token, and it stands in the header.
function tokenless(parameters: unknown): unknown {
  if (!isRecord(parameters) || !Object.hasOwn(parameters, 'access_token')) return parameters;
  const { access_token: _, ...others } = parameters;
  return others;
}

const noForm = (): boolean => false;

function namedHeaders({ headers }: AccessRequest): Record<string, unknown> {
  return headers instanceof Headers ? Object.fromEntries(headers) : headers;
}

// A URL is whole in the Web's requests, and a path in node's.
function placeOf(url: string, { socket }: Record<string, unknown>): { origin: [string, string?]; path: string } {
  if (URL.canParse(url)) {
    const { protocol, host, pathname, search } = new URL(url);
    return { origin: [protocol.slice(0, -1), host], path: pathname + search };
  }
  return { origin: [isRecord(socket) && socket['encrypted'] === true ? 'https' : 'http'], path: url };
}

function isExpressLike(given: Record<string, unknown>): boolean {
  return typeof given['get'] === 'function' && typeof given['is'] === 'function';
}

interface KoaLike extends Record<string, unknown> {
  readonly req: object;
}

function isKoaLike(given: Record<string, unknown>): given is KoaLike {
  return isRecord(given['req']) && isRecord(given['res']) && typeof given['originalUrl'] === 'string';
}
