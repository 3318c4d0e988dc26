// A request goes in, the JSON of its body comes out (RFC 8259), no more of it than is allowed.

import { RequestFault } from './faults.ts';

/** @throws RequestFault when it is too long (413), of another type (415), or no JSON (400). */
export async function jsonOf(request: Request, maxBytes: number): Promise<unknown> {
  if (request.body === null) return undefined;
  const text = await textOf(request, maxBytes);
  if (text === '') return undefined;
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i.test(type)) {
    throw new RequestFault(415, 'The body must be JSON, sent as application/json');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new RequestFault(400, 'The body is not JSON', { code: 'invalid_body' });
  }
}

async function textOf(request: Request, maxBytes: number): Promise<string> {
  const tooLong = new RequestFault(413, `The body is longer than ${maxBytes} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLong;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
    length += part.byteLength;
    if (length > maxBytes) throw tooLong;
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new RequestFault(400, 'The body is not UTF-8', { code: 'invalid_body' });
  }
}
