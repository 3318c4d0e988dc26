// An answer goes in and is written to node:http's response as it stands (RFC 9457, RFC 9110).

import type { ServerResponse } from 'node:http';

/** What a guard says itself: a refusal, or what `accessHandler` answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Written as JSON. */
  readonly body: object;
}

export function writeAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  const text = JSON.stringify(body);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text); // node:http leaves the body away where the method is HEAD
}
