// What went wrong between a tenant and us goes in, an error comes out that says so without a secret or a token in it.

import { ChangeRefusedError } from '../core/change-errors.ts';
import { UnavailableError } from '../core/errors.ts';
import { isRecord } from '../core/options.ts';

export interface TenantFaultDetails {
  /** The status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** The tenant's own word for what is wrong. */
  readonly errorCode?: string | undefined;
  /** In how many milliseconds it is worth trying again; absent: nobody said. */
  readonly waitMs?: number | undefined;
  /** Trying again may help. */
  readonly isTemporary?: boolean;
}

/** Why the tenant's answer cannot be used: the `cause` of an UnavailableError, for the operator. */
export class TenantFault extends Error {
  override readonly name = 'TenantFault';
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
  readonly waitMs: number | undefined;
  readonly isTemporary: boolean;

  constructor(message: string, { status, errorCode, waitMs, isTemporary = false }: TenantFaultDetails = {}) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.waitMs = waitMs;
    this.isTemporary = isTemporary;
  }

  /** The same, said of one request. */
  at(what: string): TenantFault {
    return new TenantFault(`${what}: ${this.message}`, this);
  }
}

/** An error of its own for each caller, since several may wait for the same thing. */
export function unavailable(cause: unknown): UnavailableError {
  const waitMs = cause instanceof TenantFault ? cause.waitMs : undefined;
  return new UnavailableError(undefined, {
    cause,
    ...(waitMs !== undefined && { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) }),
  });
}

/** The tenant refused a change: nothing was changed, and the same request would be refused again. */
export class TenantRefusedError extends ChangeRefusedError {
  readonly code = 'tenant_refused';
  /** The status of the tenant's answer: 400 to 499. */
  readonly status: number;
  /** The tenant's own word for it, such as `inexistent_user`, where it says one. */
  readonly errorCode: string | undefined;

  /** @internal */
  constructor(message: string, status: number, errorCode: string | undefined) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

function codeIn(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { errorCode, error } = body;
  if (typeof errorCode === 'string') return errorCode;
  // The management API writes the name of the status there, which says no more than the status.
  return typeof error === 'string' && !Object.hasOwn(body, 'statusCode') ? error : undefined;
}

function messageIn(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const message = body['message'] ?? body['error_description'];
  return typeof message === 'string' ? message : undefined;
}

/** Texts that must not be seen, and what is left of other texts without them. */
export class Secrets {
  readonly #secret: string;
  #tokens: readonly string[] = [];

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Requests under way may still bear the ones before. */
  addToken(token: string): void {
    this.#tokens = [token, ...this.#tokens].slice(0, 4);
  }

  /** What somebody else wrote, without the secrets, in a form that can do no harm in a log: short, quoted, printable ASCII. */
  quoted(text: string): string {
    const shown = this.#hidden(text);
    return JSON.stringify(shown.length > 200 ? `${shown.slice(0, 200)}...` : shown).replace(/[^\x20-\x7e]/g, escaped);
  }

  /** `404 inexistent_user "The user does not exist."` */
  described(status: number, body: unknown): string {
    const message = messageIn(body);
    const shown = [this.errorCodeIn(body), message === undefined ? undefined : this.quoted(message)];
    return [String(status), ...shown.filter((part) => part !== undefined)].join(' ');
  }

  /**
   * What a tenant says is wrong, `errorCode` of the management API or `error` of the token endpoint: as it is where it is a
   * code, anything else in quotes.
   */
  errorCodeIn(body: unknown): string | undefined {
    const code = codeIn(body);
    if (code === undefined) return undefined;
    return /^[\w.-]{1,100}$/.test(code) ? this.#hidden(code) : this.quoted(code);
  }

  #hidden(text: string): string {
    const secrets = [this.#secret, ...this.#tokens];
    const forms = secrets.flatMap((secret) => [secret, new URLSearchParams([['', secret]]).toString().slice(1)]);
    return forms.reduce((shown, form) => shown.replaceAll(form, '[hidden]'), text);
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
