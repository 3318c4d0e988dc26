// THE WAY OF AN ADMINISTRATIVE CALL. A web request goes in, a web response comes out:
//
//   request --> row of the table --> who calls --> rate --> may they --> body --> handler --> answer
//               404/405              400/401       429      403/503      400/408/413/415
//
// Whatever ends it on the way, the API that was called words the answer.

import { AccessError, MissingTokenError } from '../core/errors.ts';
import type { Identified } from '../core/identified.ts';
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
import { report } from './reported.ts';
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
    if (row[2] === null) return row[3]({ params, query, request, admin });
    const caller = await told(admin, request, () => callerOf(request, admin));
    // Also who is refused takes room: to be refused costs as much.
    if (rates !== undefined) takeRoom(rates, caller, headers);
    await first.isThere();
    const access = await told(admin, request, () => letIn(caller, found, { admin, request }));
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const body = isRead ? undefined : await jsonOf(request, admin);
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
async function callerOf({ method, url, headers }: Request, { way }: Administered): Promise<Identified> {
  const caller = await way.identify({ method, url: new URL(url).pathname, headers });
  if (caller === undefined) throw new MissingTokenError();
  return caller;
}

async function letIn(
  caller: Identified,
  { checked, everywhere, params }: Found,
  { admin: { way }, request }: { readonly admin: Administered; readonly request: Request },
): Promise<Access> {
  if (checked === undefined) return way.load(caller, request);
  const access = await way.authorize(caller, checked, { request, params });
  const isInOne = access.subject.organization !== undefined;
  if (isInOne && everywhere !== undefined) await way.authorize(caller, everywhere, { request, params });
  return access;
}

/** Who listens to the authorizer hears of each refusal. */
async function told<Value>({ way }: Administered, request: Request, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof AccessError) way.reportRefusal(cause, request);
    throw cause;
  }
}

function takeRoom(rates: Rates, { credentials: { subject } }: Identified, headers: Record<string, string>): void {
  const room = rates.take(JSON.stringify([subject.issuer, subject.kind, subject.id]), Date.now());
  Object.assign(headers, room.headers);
  if (!room.isThere) throw new RequestFault(429, 'Global limit has been reached', { code: 'too_many_requests' });
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
