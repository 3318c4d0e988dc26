// The answer templates of RFC 6750 section 3 and RFC 9457 as data, and the requests whose answers are held against them.

import { connect } from 'node:net';
import { expect } from '@jest/globals';
import type { Missing, RefusalBody, RefusalCode } from 'rightful';

/** A refusal to the last letter. */
export interface Expected {
  readonly status: number;
  /** `WWW-Authenticate`; null: there must be none. */
  readonly challenge: string | null;
  readonly retryAfter: string | null;
  readonly body: RefusalBody;
}

const texts: Record<RefusalCode, { status: number; title: string; detail: string }> = {
  missing_token: { status: 401, title: 'Sign-in needed', detail: 'This request needs an access token.' },
  invalid_request: {
    status: 400,
    title: 'Unreadable credentials',
    detail: 'The access token is not sent in a valid way.',
  },
  invalid_token: { status: 401, title: 'Token refused', detail: 'The access token is not valid here.' },
  insufficient_scope: {
    status: 403,
    title: 'Not delegated',
    detail: 'The access token delegates too little: ask the user for the scopes named here.',
  },
  insufficient_privilege: {
    status: 403,
    title: 'Not permitted',
    detail: 'Whoever this request acts for does not hold the privilege it needs: an administrator can grant it.',
  },
  policy_refused: {
    status: 403,
    title: 'Refused by a policy',
    detail: 'A policy of this API does not allow this request.',
  },
  not_found: { status: 404, title: 'Not found', detail: 'There is no such resource.' },
  unavailable: {
    status: 503,
    title: 'Access cannot be decided',
    detail: 'Access cannot be decided at the moment: try again later.',
  },
};

interface Parts {
  detail?: string | undefined;
  missing?: readonly Missing[];
  scope?: string;
  challenge?: string;
  retryAfter?: string;
}

function expected(code: RefusalCode, { challenge, retryAfter, detail, ...rest }: Parts): Expected {
  const { status, title, detail: usual } = texts[code];
  const type = `https://www.npmjs.com/package/rightful#${code}`;
  const body: RefusalBody = { type, title, status, detail: detail ?? usual, code, ...rest };
  return { status, challenge: challenge ?? null, retryAfter: retryAfter ?? null, body };
}

const challenge = (code: RefusalCode, { detail, scope }: Parts = {}): string =>
  `Bearer realm="api", error="${code}", error_description="${detail ?? texts[code].detail}"` +
  (scope === undefined ? '' : `, scope="${scope}"`);

/** C0: no credentials, so the challenge names no error. */
export const missingToken = (): Expected => expected('missing_token', { challenge: 'Bearer realm="api"' });

/** CREQ. */
export const invalidRequest = (): Expected => expected('invalid_request', { challenge: challenge('invalid_request') });

/** CTOK. */
export const invalidToken = (detail?: string): Expected =>
  expected('invalid_token', { detail, challenge: challenge('invalid_token', { detail }) });

/** CSCOPE; what is missing are the scopes themselves unless given. */
export function insufficientScope(scope: string, missing?: readonly Missing[]): Expected {
  return expected('insufficient_scope', {
    scope,
    missing: missing ?? scope.split(' ').map((permission) => ({ permission })),
    challenge: challenge('insufficient_scope', { scope }),
  });
}

/** CPRIV. */
export function insufficientPrivilege(...missing: (Missing | string)[]): Expected {
  const named = missing.map((one) => (typeof one === 'string' ? { permission: one } : one));
  return expected('insufficient_privilege', { missing: named });
}

export const policyRefused = (policy: string): Expected => expected('policy_refused', { missing: [{ policy }] });

/** C503. */
export const unavailable = (): Expected => expected('unavailable', { retryAfter: '5' });

/** The same answer from guards of another realm. */
export function inRealm(realm: string, { challenge: text, ...rest }: Expected): Expected {
  return { ...rest, challenge: text?.replace('realm="api"', `realm="${realm}"`) ?? null };
}

/** The same answer from guards that disclose nothing. */
export function withoutMissing({ body: { missing: _, ...body }, ...rest }: Expected): Expected {
  return { ...rest, body };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: string | URLSearchParams;
}

export async function ask(url: string, { token, headers, ...rest }: Asking = {}): Promise<Answer> {
  const response = await fetch(url, {
    ...rest,
    redirect: 'manual',
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends what no well-behaved client would: the header lines as they are, and the body after them. */
export async function askRaw(
  address: string,
  requestLine: string,
  lines: readonly string[],
  body = '',
): Promise<Answer> {
  const { hostname, port } = new URL(address);
  const all = [
    `${requestLine} HTTP/1.1`,
    ...(lines.some((line) => /^host:/i.test(line)) ? [] : [`Host: ${hostname}`]),
    ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    'Connection: close',
    ...lines,
  ];
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from(`${all.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  const received: Buffer[] = [];
  for await (const chunk of socket) received.push(chunk as Buffer);
  const [head = '', ...text] = Buffer.concat(received).toString('latin1').split('\r\n\r\n');
  const [statusLine = '', ...headers] = head.split('\r\n');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Headers(headers.map((line) => line.split(/: ?(.*)/s, 2) as [string, string])),
    text: text.join('\r\n\r\n'),
  };
}

/** What the template compares of an answer. */
export function expectRefusal({ status, headers, text }: Answer, wanted: Expected): void {
  expect({
    status,
    challenge: headers.get('www-authenticate'),
    retryAfter: headers.get('retry-after'),
    type: headers.get('content-type'),
    cache: headers.get('cache-control'),
    body: JSON.parse(text) as unknown,
  }).toEqual({ ...wanted, type: 'application/problem+json', cache: 'no-store' });
}

export function expectPermit({ status, text }: Answer, body?: unknown): void {
  expect({ status, text }).toEqual({
    status: 200,
    text: body === undefined ? expect.any(String) : JSON.stringify(body),
  });
}

/** All that the client can see, for what must not be in it. */
export function visible({ headers, text }: Answer): string {
  return `${[...headers].map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${text}`;
}
