// THE WAY OF AN ADMINISTRATIVE CALL. A web request goes in, a web response comes out:
//
//   request --> row of the table --> who calls --> rate --> body --> handler --> answer
//               404/405              400/401/403/503  429    400/413/415
//
// Whatever ends it on the way, the API that was called words the answer.

import { MissingTokenError } from '../core/errors.ts';
import type { Access } from '../core/access.ts';
import { guardingItself } from '../core/self-guarded.ts';
import { administeredBy } from './administered.ts';
import type { Administered, AdminOptions } from './administered.ts';
import { apiAt } from './apis.ts';
import type { Api } from './apis.ts';
import { jsonOf } from './body.ts';
import type { Answer } from './exchange.ts';
import { faultOf, RequestFault } from './faults.ts';
import { FirstAdministrator } from './first-administrator.ts';
import { Rates } from './rate-limit.ts';
import { rows } from './routes.ts';
import { Table } from './table.ts';
import type { Found } from './table.ts';

/** Answers administrative calls. */
export interface AdminHandler {
  (request: Request): Promise<Response>;
  /** Whether a path is one of its own, so that others may be left to the application. */
  handles(path: string): boolean;
}

/**
 * The management API under `/api/v2`, the access-control API under `/api/access-control`, decisions under `/access/v1`, and the
 * dashboard under `/admin`, as one web-standard handler that guards itself.
 *
 * @throws TypeError when an option is unknown or not as it must be.
 */
export function createAdmin<AdminName extends string = string, Name extends string = string>(
  options: AdminOptions<AdminName, Name>,
): AdminHandler {
  const admin = administeredBy(options);
  const table = new Table(rows, admin);
  const rates = admin.rateLimit === undefined ? undefined : new Rates(admin.rateLimit);
  const first = new FirstAdministrator(admin);

  async function handle(request: Request): Promise<Response> {
    const { pathname: path, searchParams: query } = new URL(request.url);
    const api = apiAt(path);
    const headers: Record<string, string> = { ...rates?.look(Date.now()), ...api.headersFor?.(request) };
    try {
      const answer = await answered(request, path, query, headers);
      return responseOf(answer, headers, request);
    } catch (cause) {
      return responseOf(refused(cause, api, request), headers, request);
    }
  }

  async function answered(
    request: Request,
    path: string,
    query: URLSearchParams,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const found = table.find(request.method, path);
    const { row, params } = found;
    await first.isThere();
    if (row[2] === null) return row[3]({ params, query, request, admin });
    const access = await letIn(request, found, admin);
    if (rates !== undefined) takeRoom(rates, access, headers);
    const body =
      request.method === 'GET' || request.method === 'HEAD' ? undefined : await jsonOf(request, admin.maxBodyBytes);
    return row[3]({ access, params, query, body, request, admin });
  }

  function refused(cause: unknown, api: Api, request: Request): Answer {
    const fault = faultOf(cause);
    if (fault.status >= 500) report(admin, cause, request);
    const { status, body } = api.answerTo(fault);
    return {
      status,
      body,
      headers: { ...fault.headers, ...(api.faultType !== undefined && { 'Content-Type': api.faultType }) },
    };
  }

  return guardingItself(Object.assign(handle, { handles: (path: string) => apiAt(path).isOurs }));
}

/** Nothing but the header is looked at: no token in an address, and no cookie. */
async function letIn(request: Request, { checked, params }: Found, { way }: Administered): Promise<Access> {
  const { method, headers } = request;
  const given = { method, url: new URL(request.url).pathname, headers };
  try {
    const identified = await way.identify(given);
    if (identified === undefined) throw new MissingTokenError();
    if (checked === undefined) return await way.load(identified, request);
    return await way.authorize(identified, checked, { request, params });
  } catch (cause) {
    const fault = faultOf(cause);
    if (fault.status === 500) throw cause;
    way.reportRefusal(cause as never, request);
    throw cause;
  }
}

function takeRoom(rates: Rates, { subject }: Access, headers: Record<string, string>): void {
  const room = rates.take(JSON.stringify([subject.issuer, subject.kind, subject.id]), Date.now());
  Object.assign(headers, room.headers);
  if (!room.isThere) throw new RequestFault(429, 'Global limit has been reached', { code: 'too_many_requests' });
}

function report({ onFault }: Administered, cause: unknown, request: Request): void {
  try {
    onFault?.(cause, request);
  } catch {
    // What it throws is ignored.
  }
}

const always = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

function responseOf({ status, body, headers }: Answer, more: Record<string, string>, { method }: Request): Response {
  const isRaw = body instanceof Uint8Array || body instanceof ReadableStream;
  const text = isRaw ? (body as Uint8Array<ArrayBuffer> | ReadableStream) : JSON.stringify(body);
  // RFC 9110 section 6.4.1: these have no content.
  const isEmpty = method === 'HEAD' || status === 204 || body === undefined;
  return new Response(isEmpty ? null : text, {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...always, ...more, ...headers },
  });
}
