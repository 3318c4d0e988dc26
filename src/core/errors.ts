// Every way in which a request is refused: one class, one `code`, one status, one text that may be sent to the client.
// What the client must not read goes into `cause`. The codes of the first four are RFC 6750 section 3.1's.

import { bearerChallenge } from './challenge.ts';
import { refusalTexts } from './refusal-texts.ts';

/** One thing a requirement asks that is not there. */
export type Missing = { permission: string; on?: string } | { policy: string };

/** The `code` of a refusal: stable, and the same in the problem document and on the error. */
export type RefusalCode =
  | 'missing_token'
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_privilege'
  | 'policy_refused'
  | 'not_found'
  | 'unavailable';

/** What an {@link AccessError} can be told beside its message. */
export interface AccessErrorOptions {
  /** For the operator's eyes only; never part of an answer. */
  cause?: unknown;
  /** What the requirement lacks, as the client may read it. */
  missing?: readonly Missing[];
  /** Scopes, separated by single spaces, that would be enough. */
  scope?: string;
}

/**
 * A refused request as an error: what `authenticate` throws, what `onRefusal` and `onRefused` receive, and what a policy
 * may throw to choose the answer itself. Its message is public, so it never holds anything that came with the request;
 * its `cause` is for the operator.
 */
export abstract class AccessError extends Error {
  abstract readonly code: RefusalCode;
  /** The HTTP status of the answer: 400, 401, 403, 404 or 503. */
  abstract readonly status: number;
  readonly missing: readonly Missing[] | undefined;
  readonly scope: string | undefined;
  /** The protected space that a challenge names (RFC 9110 section 11.5): `api`, or what the guard says. */
  readonly realm: string = 'api';

  constructor(message: string, { cause, missing, scope }: AccessErrorOptions = {}) {
    const limit = Error.stackTraceLimit;
    // A refusal is an answer and no accident: its stack tells nothing, and would cost more than the refusal.
    const quick = Reflect.set(Error, 'stackTraceLimit', 0);
    super(message, cause === undefined ? undefined : { cause });
    if (quick) Error.stackTraceLimit = limit;
    this.name = new.target.name;
    this.missing = missing;
    this.scope = scope;
  }

  /** The same as `status`, under the name that Express and Koa error handlers read. */
  get statusCode(): number {
    return this.status;
  }

  // http-errors, which Koa's `ctx.throw` is made of, writes back what it has read.
  set statusCode(_: number) {}

  /** Whether Koa's error handler shows the message, and logs nothing: where the client is to blame, and not the operator. */
  get expose(): boolean {
    return this.status < 500;
  }

  set expose(_: boolean) {}

  /** The headers of the answer: `WWW-Authenticate` where RFC 6750 section 3 asks for it, `Retry-After` on a 503. */
  get headers(): Record<string, string> {
    return { 'Cache-Control': 'no-store', ...this.ownHeaders() };
  }

  protected ownHeaders(): Record<string, string> {
    return {};
  }

  protected challenge(): Record<string, string> {
    const { realm, code: error, message: description, scope } = this;
    return { 'WWW-Authenticate': bearerChallenge({ realm, error, description, scope }) };
  }
}

/** No credentials, or none of a kind that is understood: 401 with a challenge that names no error (RFC 6750 section 3). */
export class MissingTokenError extends AccessError {
  readonly code = 'missing_token';
  readonly status = 401;
  constructor(message: string = refusalTexts.missingToken, options?: AccessErrorOptions) {
    super(message, options);
  }
  protected override ownHeaders(): Record<string, string> {
    return { 'WWW-Authenticate': bearerChallenge({ realm: this.realm }) };
  }
}

/** Credentials sent in a form nobody can read safely: 400 (RFC 6750 section 3.1). */
export class InvalidRequestError extends AccessError {
  readonly code = 'invalid_request';
  readonly status = 400;
  constructor(message: string = refusalTexts.invalidRequest, options?: AccessErrorOptions) {
    super(message, options);
  }
  protected override ownHeaders(): Record<string, string> {
    return this.challenge();
  }
}

/** A token that is malformed, forged, expired, or not for this API: 401 (RFC 6750 section 3.1). */
export class InvalidTokenError extends AccessError {
  readonly code = 'invalid_token';
  readonly status = 401;
  constructor(message: string = refusalTexts.invalidToken, options?: AccessErrorOptions) {
    super(message, options);
  }
  protected override ownHeaders(): Record<string, string> {
    return this.challenge();
  }
}

/** The token delegates too little: 403 with the scopes that would be enough (RFC 6750 section 3.1). More consent helps. */
export class InsufficientScopeError extends AccessError {
  readonly code = 'insufficient_scope';
  readonly status = 403;
  constructor(message: string = refusalTexts.insufficientScope, options?: AccessErrorOptions) {
    super(message, options);
  }
  protected override ownHeaders(): Record<string, string> {
    return this.challenge();
  }
}

/** The subject does not hold what is asked: 403 without a challenge, since no other token would help. */
export class InsufficientPrivilegeError extends AccessError {
  readonly code = 'insufficient_privilege';
  readonly status = 403;
  constructor(message: string = refusalTexts.insufficientPrivilege, options?: AccessErrorOptions) {
    super(message, options);
  }
}

/** Permissions suffice, and a policy of the API says no: 403 without a challenge. */
export class PolicyRefusedError extends AccessError {
  readonly code = 'policy_refused';
  readonly status = 403;
  constructor(message: string = refusalTexts.policyRefused, options?: AccessErrorOptions) {
    super(message, options);
  }
}

/** The resource that is asked about does not exist, and the application wants that said: 404. */
export class NotFoundError extends AccessError {
  readonly code = 'not_found';
  readonly status = 404;
  constructor(message: string = refusalTexts.notFound, options?: AccessErrorOptions) {
    super(message, options);
  }
}

/** The issuer or the privilege store cannot answer: 503, and nobody's token is to blame. */
export class UnavailableError extends AccessError {
  readonly code = 'unavailable';
  readonly status = 503;
  /** Whole seconds after which it is worth trying again. */
  readonly retryAfterSeconds: number;
  constructor(
    message: string = refusalTexts.unavailable,
    { retryAfterSeconds = 5, ...options }: AccessErrorOptions & { retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
  protected override ownHeaders(): Record<string, string> {
    return { 'Retry-After': String(this.retryAfterSeconds) };
  }
}

/**
 * The same error as it is answered in one place. Nothing is written to the error itself: an application may keep one, and throw
 * it for many requests.
 *
 * @internal
 */
export function seenAs(error: AccessError, differing: { realm?: string; missing?: readonly Missing[] }): AccessError {
  const changes = Object.entries(differing).filter(([name, value]) => error[name as 'realm' | 'missing'] !== value);
  if (changes.length === 0) return error;
  const members = changes.map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.create(error, Object.fromEntries(members) as PropertyDescriptorMap) as AccessError;
}
