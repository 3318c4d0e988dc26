// What a row of the table is handed and what it hands back: one call of an administrative API, and its answer.

import type { Access } from '../core/access.ts';
import type { Administered } from './administered.ts';

/** One call, once who makes it has been let in. */
export interface Call {
  /** Who calls; what they may hand out is measured by what they hold in the store. */
  readonly access: Access;
  /** The parameters of the path, decoded, none of them empty. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON that was sent; undefined: nothing was. */
  readonly body: unknown;
  readonly request: Request;
  readonly admin: Administered;
}

/** One call of what is open to everybody. */
export type OpenCall = Omit<Call, 'access' | 'body'>;

/** `body` undefined: none is sent; a stream or bytes are sent as they are, anything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handle = (call: Call) => Answer | Promise<Answer>;
export type OpenHandle = (call: OpenCall) => Answer | Promise<Answer>;

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export const nothing: Answer = Object.freeze({ status: 204 });
