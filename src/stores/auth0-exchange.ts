// One request goes out, one answer comes in, or a TenantFault: no redirect is followed, since it would take the token along,
// and only so many bytes are read.

import { isRecord } from '../core/options.ts';
import type { Deadline } from './auth0-deadline.ts';
import { TenantFault } from './auth0-faults.ts';
import type { Secrets } from './auth0-faults.ts';

export interface TenantRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TenantAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined where it is none. */
  readonly body: unknown;
}

export interface Wire {
  readonly fetch: typeof globalThis.fetch;
  readonly secrets: Secrets;
}

// A page of 100 permissions with the longest texts there may be stays far below.
const maxBodyBytes = 4 * 1024 * 1024;

/** @throws TenantFault when there is no answer; rejects with the deadline's reason when that comes first. */
export function exchange(request: TenantRequest, wire: Wire, deadline: Deadline): Promise<TenantAnswer> {
  return deadline.during(answerTo(request, wire, deadline.signal));
}

async function answerTo(request: TenantRequest, { fetch, secrets }: Wire, signal: AbortSignal): Promise<TenantAnswer> {
  signal.throwIfAborted();
  const { url, ...init } = request;
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    checkNotRedirected(response);
    return { status: response.status, headers: response.headers, body: jsonOf(await bytesOf(response)) };
  } catch (cause) {
    if (cause instanceof TenantFault) throw cause;
    // The error itself is not kept: a fetch that was handed in may have hung the request with its token on it.
    throw new TenantFault(`no connection: ${secrets.quoted(reasonOf(cause))}`, { isTemporary: true });
  }
}

function checkNotRedirected(response: Response): void {
  const { status, redirected } = response;
  // A fetch that was handed in may have followed a redirect all the same.
  if (!redirected && status >= 200 && !(status >= 300 && status < 400)) return;
  discard(response);
  throw new TenantFault(`status ${status}: redirects are not followed`, { status });
}

/** Counts what comes out of the decompression, so that a small answer cannot become a large one. */
async function bytesOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBodyBytes) throw new TenantFault(`the answer is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Who needs a body says what is wrong with one.
    return undefined;
  }
}

function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}

/** What fetch itself says is "fetch failed"; why it did is one level down, on an error that may be of another realm. */
function reasonOf(cause: unknown): string {
  if (!isRecord(cause)) return 'the fetch failed';
  const inner = isRecord(cause['cause']) ? `: ${String(cause['cause']['message'])}` : '';
  return `${String(cause['message'])}${inner}`;
}
