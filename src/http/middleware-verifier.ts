// The middleware of express-oauth2-jwt-bearer goes in, a verifier of tokens comes out: the middleware says whether a token is
// good, and the authorizer what the request may do.

import type { BringYourOwnVerifier } from '../core/authorizer-options.ts';
import { AccessError } from '../core/errors.ts';
import { expectation, isRecord } from '../core/options.ts';
import { refusalByStatus } from '../core/own-verifier.ts';
import type { AccessRequest } from '../core/token.ts';
import { withDPoPChallenge } from './dpop-challenge.ts';
import { schemeOf, standInFor, standInResponse, withoutProof } from './stand-in.ts';
import type { StandIn } from './stand-in.ts';
import { checkedVerification } from './verification.ts';
import type { Verification } from './verification.ts';

/** A middleware of Express, whatever types its framework has. */
export type AnyMiddleware = (request: never, response: never, next: (error?: unknown) => void) => unknown;

/** @throws TypeError when it is given no function. */
export function middlewareVerifier(middleware: AnyMiddleware): BringYourOwnVerifier {
  if (typeof middleware !== 'function')
    throw expectation('middleware', 'a middleware such as auth() makes', middleware);
  const verify = async (token: string, request: AccessRequest): Promise<Verification & { confirmed: boolean }> => {
    const standIn = standInFor(request, token);
    const verification = checkedVerification((await leftOrRefused(middleware, standIn, request)).auth, token);
    const refusals = refusalsWithoutProof(verification.claims['cnf'], request);
    if (refusals === undefined) return { ...verification, confirmed: false };
    return { ...verification, confirmed: await isRefused(middleware, withoutProof(standIn, token), refusals) };
  };
  return Object.assign(verify, { schemes: ['Bearer', 'DPoP'] as const });
}

async function leftOrRefused(middleware: AnyMiddleware, standIn: StandIn, request: AccessRequest): Promise<Left> {
  try {
    return await left(middleware, standIn);
  } catch (cause) {
    throw withDPoPChallenge(refusalByStatus(printable(cause)), schemeOf(request), cause);
  }
}

// What the middleware says of a token may be the client's own words: in a log they stand on one line, and forge nothing.
function printable(cause: unknown): unknown {
  if (!isRecord(cause) || cause instanceof AccessError) return cause;
  const { statusCode, status = statusCode, code, message } = cause;
  if (!clientFaults.has(status)) return cause;
  return { status, code: typeof code === 'string' ? onOneLine(code) : undefined, message: onOneLine(String(message)) };
}

function onOneLine(text: string): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.slice(0, 500).replaceAll(/[^\x20-\x7E]/g, escape);
}

const clientFaults: ReadonlySet<unknown> = new Set([400, 401, 403]);

/** Wrapped, since what is left could be a promise itself. */
interface Left {
  readonly auth: unknown;
}

/** What it leaves as `auth`. */
function left(middleware: AnyMiddleware, standIn: StandIn): Promise<Left> {
  return new Promise((resolve, reject) => {
    // The first call counts; what comes after it finds everything settled.
    const next = (error?: unknown): void => {
      if (error === undefined || error === null) resolve({ auth: standIn.auth });
      else reject(error);
    };
    const response = standInResponse(standIn, () => {
      reject(new TypeError('The middleware answered by itself, and did not call `next`'));
    });
    Object.assign(standIn, { res: response, next });
    Promise.resolve(middleware(standIn as never, response as never, next)).catch(reject);
  });
}

/** Whether the middleware refuses this with one of these statuses. */
async function isRefused(middleware: AnyMiddleware, standIn: StandIn, statuses: readonly unknown[]): Promise<boolean> {
  try {
    await left(middleware, standIn);
    return false;
  } catch (cause) {
    return isRecord(cause) && statuses.includes(cause['status']);
  }
}

/**
 * With which statuses the middleware refuses a token bound by `cnf` where the proof is missing (RFC 9449, RFC 8705), if it is one
 * that has made whoever sent this request prove that the key is theirs.
 */
function refusalsWithoutProof(cnf: unknown, request: AccessRequest): readonly unknown[] | undefined {
  if (!isRecord(cnf)) return undefined;
  const [method, ...others] = Object.keys(cnf);
  // Of two confirmations the middleware would look at one.
  if (others.length > 0) return undefined;
  const scheme = schemeOf(request);
  if (method === 'jkt' && scheme === 'DPoP') return [400, 401];
  return method === 'x5t#S256' && scheme === 'Bearer' ? [400] : undefined;
}
