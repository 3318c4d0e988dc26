// What a call is and what answers it, for whichever framework serves it; and what went wrong as an RFC 9457 problem document.

import { AccessError } from 'rightful';
import type { Access } from 'rightful';
import { ChangeRefusedError } from 'rightful/stores';

import type { Permission } from './permissions.ts';

export interface Call {
  readonly access: Access<Permission>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined: none was sent. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined: there is none. */
  readonly body?: unknown;
}

export type Handle = (call: Call) => Promise<Answer> | Answer;

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function problem(status: number, title: string, detail: string, more: object = {}): Answer {
  return { status, headers: problemType, body: { type: 'about:blank', title, status, detail, ...more } };
}

const problemType = { 'Content-Type': 'application/problem+json' };

/** A request that cannot be read, by its status. */
export class UnreadableError extends Error {
  readonly status: 400 | 413;

  constructor(status: 400 | 413) {
    super('This request could not be read.');
    this.status = status;
  }
}

/** What was thrown goes in. What is nobody's fault but ours is told to the operator, and not to the client. */
export function answerTo(error: unknown): Answer {
  if (error instanceof UnreadableError) return problem(error.status, 'Unreadable request', error.message);
  if (error instanceof AccessError) {
    if (error.status >= 500) console.error(error.cause ?? error);
    const { status, headers, code, message } = error;
    const { body } = problem(status, 'Access cannot be decided', message, { code });
    return { status, headers: { ...headers, ...problemType }, body };
  }
  // Whoever hands on a privilege holds it: the store sees to that.
  if (error instanceof ChangeRefusedError) {
    return problem(403, 'Change refused', error.message, { code: error.code });
  }
  // What a framework cannot read, such as a path that is not encoded, comes with a status below 500.
  const { status = 500 } = error as { status?: number };
  if (status >= 400 && status < 500) return problem(status, 'Unreadable request', 'This request could not be read.');
  console.error(error);
  return problem(500, 'Server error', 'The address book failed. The reason is in its log.');
}

export function noSuchRoute(method: string, path: string): Answer {
  return problem(404, 'Not found', `There is no ${method} ${path} here.`);
}
