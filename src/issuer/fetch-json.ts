// An address goes in, the JSON object that is there comes out, or an Error that says why not: no redirect is followed, and
// only so many bytes are read (RFC 8725 section 3.10, RFC 9110 section 15.4).

import { isRecord } from '../core/options.ts';
import { quoted } from './faults.ts';

/** How the network is reached, and until when. */
export interface FetchOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Ends the connection, the wait for headers, and the body alike. */
  readonly signal: AbortSignal;
}

const maxBodyBytes = 512 * 1024;

/** The type of the content is not looked at: what counts is that it is a JSON object. */
export async function fetchJsonObject(url: string, options: FetchOptions): Promise<Record<string, unknown>> {
  try {
    const value = jsonOf(await bodyOf(await request(url, options)));
    if (!isRecord(value)) throw new Error('the body is not a JSON object');
    return value;
  } catch (cause) {
    throw new Error(`GET ${quoted(url)} failed: ${reasonOf(cause)}`, { cause });
  }
}

async function request(url: string, { fetch, signal }: FetchOptions): Promise<Response> {
  const response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } });
  // A fetch that was handed in may have followed a redirect all the same.
  if (response.status === 200 && !response.redirected) return response;
  response.body?.cancel().catch(() => undefined);
  throw new Error(`the status is ${response.status}, and only an immediate 200 is accepted`);
}

/** Counts what comes out of the decompression, so that a small answer cannot become a large one. */
async function bodyOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBodyBytes) throw new Error(`the body is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's own message quotes the body.
    throw new Error('the body is not JSON in UTF-8');
  }
}

/** What fetch itself says is "fetch failed"; why it did is one level down, on an error that may be of another realm. */
function reasonOf(cause: unknown): string {
  if (!isRecord(cause)) return String(cause);
  const inner = isRecord(cause['cause']) ? `: ${String(cause['cause']['message'])}` : '';
  return `${String(cause['message'])}${inner}`;
}
