// A reason goes in, the error that refuses the request comes out: its text is fixed, and the reason is its `cause`, for the
// operator alone (RFC 6750 section 3).

import { InvalidTokenError, UnavailableError } from '../core/errors.ts';

/** The token is to blame: 401. */
export function invalidToken(reason: string, cause?: unknown): InvalidTokenError {
  // A text alone, where there is nothing beneath it: whoever floods an API with bad tokens is not to be paid with stacks.
  return new InvalidTokenError(undefined, { cause: cause === undefined ? reason : new Error(reason, { cause }) });
}

/** The issuer, or what lies between, is to blame: 503. */
export function unavailable(reason: string, cause?: unknown): UnavailableError {
  return new UnavailableError(undefined, { cause: new Error(reason, { cause }) });
}

/** What somebody else wrote, in a form that can do no harm in a log: short, quoted, printable ASCII. */
export function quoted(text: string): string {
  const unprintable = /[^\x20-\x7e]/g;
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text).replace(unprintable, escaped);
}

/** The same promise, with an error of its own for who waits: what one request does to its error, no other sees. */
export function withOwnError<Value>(shared: Promise<Value>): Promise<Value> {
  return shared.catch((error: unknown) => {
    const { message, cause } = error as Error;
    if (error instanceof InvalidTokenError) throw new InvalidTokenError(message, { cause });
    if (error instanceof UnavailableError) throw new UnavailableError(message, { cause });
    throw error;
  });
}
