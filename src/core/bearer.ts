// A request goes in, its bearer token comes out, or nothing where there is none (RFC 6750 section 2).

import { InvalidRequestError } from './errors.ts';
import type { AccessRequest, RequestHeaders } from './token.ts';
import { wholeText } from './whole-text.ts';

/** Where a token is looked for beside the `Authorization` header. */
export interface BearerSettings {
  /** The `access_token` parameter of the URL (RFC 6750 section 2.3). */
  readonly query: boolean;
  /** The `access_token` field of a parsed form (RFC 6750 section 2.2). */
  readonly form: boolean;
  /** The scheme `DPoP` beside `Bearer` (RFC 9449 section 7.1): where a verifier checks proofs. */
  readonly dpop?: boolean;
}

/** A token as it was sent; `from` decides how the answer may be cached. */
export interface BearerToken {
  readonly token: string;
  /** The header that it was cut from, where that holds nothing but `Bearer ` and the token; else the token. */
  readonly sent: string;
  readonly from: 'header' | 'query' | 'form';
}

/**
 * `checkReadable` is left to the caller, who may know the token already.
 *
 * @throws InvalidRequestError when a token is sent twice, or in two places.
 */
export function bearerToken(
  request: AccessRequest,
  { query, form, dpop = false }: BearerSettings,
): BearerToken | undefined {
  const inHeader = headerToken(request, dpop);
  const inQuery = query ? queryTokens(request) : none;
  const inForm = form ? formTokens(request) : none;
  // A client uses one method, once: RFC 6750 section 2
  if ((inHeader === undefined ? 0 : 1) + inQuery.length + inForm.length > 1) throw new InvalidRequestError();
  if (inHeader !== undefined) return inHeader;
  if (inQuery[0] !== undefined) return bearer(inQuery[0], 'query');
  return inForm[0] === undefined ? undefined : bearer(inForm[0], 'form');
}

const none: readonly string[] = [];

// Whoever remembers the token would keep the URL, the form or the header that it was cut from, whatever else is in that.
function bearer(piece: string, from: BearerToken['from']): BearerToken {
  const token = wholeText(piece);
  return { token, sent: token, from };
}

/** @throws InvalidRequestError when the token has characters that none has: RFC 6750 section 2.1. */
export function checkReadable({ token }: Pick<BearerToken, 'token'>): void {
  if (!b64token.test(token)) throw new InvalidRequestError();
}

const b64token = /^[A-Za-z0-9\-._~+/]+=*$/;
// RFC 9110 section 11.4: the scheme in any case, then one space or more
const credentials = /^(?:bearer|dpop)(?: +(.*))?$/is;
const schemeOnly = /^[!#$%&'*+.^_`|~0-9A-Za-z-]*/;

function headerToken(request: AccessRequest, dpop: boolean): BearerToken | undefined {
  const value = authorization(request);
  if (value === undefined) return undefined;
  // As nearly everybody sends it
  if (value.startsWith('Bearer ') && value.charCodeAt(7) !== space)
    return { token: value.slice(7), sent: value, from: 'header' };
  const [scheme = ''] = schemeOnly.exec(value) ?? [];
  // Credentials of another scheme are none of ours: RFC 6750 section 3.1
  const named = scheme.toLowerCase();
  if (named !== 'bearer' && !(dpop && named === 'dpop')) return undefined;
  return bearer(credentials.exec(value)?.[1] ?? '', 'header');
}

const space = 0x20;

function authorization({ headers, rawHeaders }: AccessRequest): string | undefined {
  if (rawHeaders !== undefined && timesSent(rawHeaders) > 1) throw new InvalidRequestError();
  const value = headerValue(headers, 'authorization');
  if (Array.isArray(value)) {
    if (value.length > 1) throw new InvalidRequestError();
    return value[0];
  }
  return value;
}

// Node keeps the first of several lines and drops the rest; only the raw ones tell.
function timesSent(rawHeaders: readonly string[]): number {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at];
    if (sent === undefined || sent.length !== 'authorization'.length) continue;
    // Nearly everybody writes it with a capital.
    if (sent === 'Authorization' || sent.toLowerCase() === 'authorization') times += 1;
  }
  return times;
}

export function headerValue(headers: RequestHeaders, name: string): string | string[] | undefined {
  // Node's first, which nearly all are
  if (Object.hasOwn(headers, name)) return (headers as Exclude<RequestHeaders, Headers>)[name];
  return headers instanceof Headers ? (headers.get(name) ?? undefined) : undefined;
}

function queryTokens({ url = '' }: AccessRequest): string[] {
  const start = url.indexOf('?');
  return start === -1 ? [] : new URLSearchParams(url.slice(start + 1)).getAll('access_token');
}

function formTokens({ method = 'GET', headers, body }: AccessRequest): string[] {
  // Methods whose body has no meaning carry no form: RFC 6750 section 2.2
  if (['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method)) return [];
  const type = headerValue(headers, 'content-type');
  if (typeof type !== 'string' || !/^application\/x-www-form-urlencoded *(;|$)/i.test(type)) return [];
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'access_token')) return [];
  const token: unknown = (body as Record<string, unknown>)['access_token'];
  if (typeof token !== 'string') throw new InvalidRequestError();
  return [token];
}
