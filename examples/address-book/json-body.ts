// A request of node:http goes in, the JSON in its body comes out; one that is too large or no JSON is an UnreadableError.

import type { IncomingMessage } from 'node:http';

import { UnreadableError } from './answer.ts';

const maxBytes = 10_240;

/** Undefined: there is no body, or it is of another type. */
export async function jsonBodyOf(request: IncomingMessage): Promise<unknown> {
  const { method, headers } = request;
  const isJson = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
  if (method === 'GET' || method === 'HEAD' || !isJson) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  // All of it is read, also where it is too much: an answer before the end would be lost with the connection.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
    if (length > 100 * maxBytes) break;
  }
  if (length > maxBytes) throw new UnreadableError(413);
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    throw new UnreadableError(400);
  }
}
