// A web-standard handler goes in, what answers a request of node:http with it comes out (Fetch: Request and Response).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expectation } from '../core/options.ts';

/** Answers a web-standard request. */
export type WebHandler = (request: Request) => Promise<Response> | Response;

/**
 * Answers a request of node:http; false: its path is none of the handler's. `parsed`: what a parser of the application has made of
 * the body; undefined: nothing has read it.
 */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, parsed?: unknown) => Promise<boolean>;

/**
 * The path that is matched is the one below where it is mounted, as it was sent. Where the handler says which paths it `handles`,
 * others are left alone.
 *
 * @throws TypeError when it is given no function.
 */
export function nodeHandlerOf(handler: unknown): NodeHandler {
  if (typeof handler !== 'function') throw expectation('handler', 'a function from Request to Response', handler);
  const answer = handler as WebHandler & { handles?: (path: string) => boolean };
  return async (request, response, parsed) => {
    const url = addressOf(request);
    if (url === undefined || answer.handles?.(url.pathname) === false) return false;
    if (unwebbed.has(request.method ?? '')) {
      response.writeHead(501, { 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
      discardRest(request);
      return true;
    }
    const abort = new AbortController();
    response.once('close', () => abort.abort());
    await send(await answer(webRequest(request, url, { parsed, signal: abort.signal })), response);
    discardRest(request);
    return true;
  };
}

// No Request can have one of these methods: not what was sent is at fault, but what can be done with it (RFC 9110 section 15.6.2).
const unwebbed: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

// Who asks may name any host: nothing is made of it.
const origin = 'http://localhost';

function addressOf({ url = '/' }: IncomingMessage): URL | undefined {
  // `//host/path` would be taken for another host.
  const address = url.startsWith('/') ? `${origin}${url}` : '';
  return URL.canParse(address) ? new URL(address) : undefined;
}

function webRequest(
  request: IncomingMessage,
  url: URL,
  { parsed, signal }: { parsed: unknown; signal: AbortSignal },
): Request {
  const { method = 'GET', headers: sent } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(sent)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers, signal });
  const body = bodyOf(request, parsed);
  if (typeof body === 'string') headers.delete('content-length');
  return new Request(url, { method, headers, signal, body, duplex: 'half' });
}

/** As it comes; where a parser of the application has read it already, what that made of it. */
function bodyOf(request: IncomingMessage, parsed: unknown): ReadableStream | string | null {
  if (!request.readableEnded && !request.readableDidRead) return Readable.toWeb(request) as ReadableStream;
  return parsed === undefined ? null : JSON.stringify(parsed);
}

/** What nobody has read of a body would stand before the next request on the same connection. */
function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.removeAllListeners('data');
  request.resume();
}

async function send({ status, headers, body }: Response, response: ServerResponse): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, name === 'set-cookie' ? headers.getSetCookie() : value);
  if (body === null) {
    response.end();
    return;
  }
  try {
    await pipeline(Readable.fromWeb(body as never), response);
  } catch {
    // Whoever asked is gone, or the handler's stream broke: what was sent so far is all there is.
    response.destroy();
  }
}
