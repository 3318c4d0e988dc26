// Whatever ended a call goes in, what is wrong comes out in one form, from which each API words its own answer.

import { ChangeRefusedError } from '../core/change-errors.ts';
import type { ChangeRefusalCode } from '../core/change-errors.ts';
import { AccessError } from '../core/errors.ts';

/** What was wrong with a call: its status, and words that may be sent to whoever called. */
export class RequestFault extends Error {
  override readonly name = 'RequestFault';
  readonly status: number;
  /** What the API calls it, where it has a name for it. */
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: 400 | 401 | 404 | 405 | 408 | 409 | 413 | 415 | 429,
    message: string,
    { code, headers = {} }: { code?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** What is wrong, for any of the APIs. */
export interface Fault {
  readonly status: number;
  readonly message: string;
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The error it comes from; an API may look at its class. */
  readonly cause: unknown;
}

/** What is none of ours is the operator's to see, and a 500 without a word of it. */
export function faultOf(cause: unknown): Fault {
  if (cause instanceof RequestFault) {
    const { status, message, code, headers } = cause;
    return { status, message, code, headers, cause };
  }
  if (cause instanceof AccessError) {
    const { status, message, code, headers } = cause;
    return { status, message, code, headers, cause };
  }
  if (cause instanceof ChangeRefusedError) {
    return { status: statuses[cause.code], message: cause.message, code: cause.code, headers: {}, cause };
  }
  return { status: 500, message: 'Something went wrong here', code: undefined, headers: {}, cause };
}

const statuses: Record<ChangeRefusalCode, number> = {
  role_not_found: 404,
  role_version_conflict: 409,
  role_name_taken: 409,
  role_in_use: 409,
  role_cycle: 400,
  role_built_in: 400,
  role_reserved: 400,
  role_elsewhere: 400,
  api_version_conflict: 409,
  changed_meanwhile: 409,
  beyond_ceiling: 403,
  last_administrator: 409,
  tenant_refused: 400,
  not_supported: 400,
};
