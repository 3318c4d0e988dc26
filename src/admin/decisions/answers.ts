// A fault goes in, the answer of the decision API comes out: its status and a message (AuthZEN 1.0 section 10.1.2); and what every
// answer of it says of the request it belongs to (section 10.1.3).

import { AccessError } from '../../core/errors.ts';
import type { Fault } from '../faults.ts';

export function decisionsFault({ status, message, cause }: Fault): { status: number; body: unknown } {
  // A body of another type is a bad request like any other here.
  return { status: status === 415 ? 400 : status, body: `${message}${lacking(cause)}` };
}

function lacking(cause: unknown): string {
  const missing = cause instanceof AccessError ? (cause.missing ?? []) : [];
  const names = missing.flatMap((one) => ('permission' in one ? one.permission : []));
  return names.length === 0 ? '' : ` Missing: ${names.join(', ')}.`;
}

// It comes from outside and goes into a header.
const readableId = /^[\x20-\x7e]{1,200}$/;

/** The identifier that the request was sent with, where it is printable ASCII and at most 200 characters long. */
export function requestIdOf({ headers }: Request): Readonly<Record<string, string>> {
  const id = headers.get('x-request-id');
  return id !== null && readableId.test(id) ? { 'X-Request-ID': id } : {};
}
