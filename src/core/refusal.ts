// A refusal goes in, the HTTP answer comes out: status, headers, and an RFC 9457 problem document.

import type { AccessError, Missing, RefusalCode } from './errors.ts';

/** `application/problem+json` (RFC 9457 section 3). `scope` repeats what `WWW-Authenticate` says, for clients that cannot read headers. */
export interface RefusalBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: RefusalCode;
  missing?: readonly Missing[];
  scope?: string;
}

/** How much of what is lacking the client is told: `missing` (default) names it, `nothing` leaves it to the log. */
export type Disclosure = 'missing' | 'nothing';

/** Status, headers and body of one refusal, ready for any framework. */
export interface Refusal {
  status: number;
  headers: Record<string, string>;
  body: RefusalBody;
}

// Problem types are URIs that a person can open (RFC 9457 section 3.1.1): the README explains each code under its own heading.
const documentation = 'https://www.npmjs.com/package/rightful';

const titles: Record<RefusalCode, string> = {
  missing_token: 'Sign-in needed',
  invalid_request: 'Unreadable credentials',
  invalid_token: 'Token refused',
  insufficient_scope: 'Not delegated',
  insufficient_privilege: 'Not permitted',
  policy_refused: 'Refused by a policy',
  not_found: 'Not found',
  unavailable: 'Access cannot be decided',
};

export function refusalOf(error: AccessError, disclose: Disclosure = 'missing'): Refusal {
  const { status, code, missing, scope } = error;
  const body: RefusalBody = {
    type: `${documentation}#${code}`,
    title: titles[code],
    status,
    detail: error.message,
    code,
    ...(disclose === 'missing' && missing !== undefined && { missing }),
    ...(scope !== undefined && { scope }),
  };
  return { status, headers: { ...error.headers, 'Content-Type': 'application/problem+json' }, body };
}
