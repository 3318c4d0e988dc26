// A request goes in, the JSON of its body comes out (RFC 8259), no more of it than is allowed.

import { RequestFault } from './faults.ts';
import { excerpt } from './management/properties.ts';
import { repeatedName } from './repeated-names.ts';

/** How much of a body is waited for, and how long: meanwhile what was found of who sends it grows old. */
export interface BodyBounds {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/** @throws RequestFault when it is too slow (408), too long (413), of another type (415), cut off or no JSON (400). */
export async function jsonOf(request: Request, bounds: BodyBounds): Promise<unknown> {
  if (request.body === null) return undefined;
  const text = await textOf(request, request.body, bounds);
  if (text === '') return undefined;
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i.test(type)) {
    throw new RequestFault(415, 'The body must be JSON, sent as application/json');
  }
  const body = parsed(text);
  const twice = repeatedName(text);
  if (twice === undefined) return body;
  throw new RequestFault(400, `The body names \`${excerpt(twice)}\` twice in one object`, { code: 'invalid_body' });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new RequestFault(400, 'The body is not JSON', { code: 'invalid_body' });
  }
}

async function textOf(
  { headers }: Request,
  body: ReadableStream<Uint8Array>,
  { maxBodyBytes, bodyTimeoutMs }: BodyBounds,
): Promise<string> {
  const tooLong = new RequestFault(413, `The body is longer than ${maxBodyBytes} bytes`);
  if (Number(headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLong;
  const read = partsOf(body, bodyTimeoutMs);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of read) {
    length += part.byteLength;
    if (length > maxBodyBytes) throw tooLong;
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new RequestFault(400, 'The body is not UTF-8', { code: 'invalid_body' });
  }
}

/** What is not wanted any more is left where it is: to cancel the stream would end the connection before the answer. */
async function* partsOf(body: ReadableStream<Uint8Array>, timeoutMs: number): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fault = new RequestFault(408, `The body was not there within ${timeoutMs} ms`);
    timer = setTimeout(() => reject(fault), timeoutMs);
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read().catch(cutOff), late]);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
  }
}

function cutOff(): never {
  throw new RequestFault(400, 'The body was cut off', { code: 'invalid_body' });
}
