// A refusal goes in and is written to node:http's response as it stands (RFC 9457, RFC 9110).

import type { ServerResponse } from 'node:http';
import type { Refusal } from '../core/refusal.ts';

export function answerRefusal(response: ServerResponse, { status, headers, body }: Refusal): void {
  const text = JSON.stringify(body);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text); // node:http leaves the body away where the method is HEAD
}
