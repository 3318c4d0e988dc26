// The answer of an API goes in, what the application can do next comes out (RFC 6750 section 3, RFC 9457, RFC 9110 section 10.2.3).

import { challengesIn } from './challenges.ts';
import { scopesIn } from './compare-grant.ts';

/** What helps. */
export type NextStep =
  /** The token is missing, expired or not valid here. */
  | 'sign-in'
  /** The user may do it, and has not delegated it to this application: ask for these scopes, beside those there are. */
  | { readonly request: readonly string[] }
  /** The user may not do it: no consent helps. */
  | 'ask-administrator'
  /** A rule of the API says no to this very request, by these names, whoever asks. */
  | { readonly policies: readonly string[] }
  /** Nobody's fault, and no answer to the question: the same request later. */
  | { readonly retryAfterSeconds: number }
  /** The request itself has to be made in another way: the application's fault. */
  | 'mend-request';

const usualSeconds = 5;

/**
 * What to do after a refusal; undefined where the answer is none, or a 403 is no answer of an authorizer. The body is read from a
 * copy, and only where it is needed.
 */
export async function afterRefusal(response: Response): Promise<NextStep | undefined> {
  const { status, headers } = response;
  if (status === 401) return 'sign-in';
  if (status === 429 || status === 503) return { retryAfterSeconds: secondsIn(headers.get('retry-after')) };
  if (status !== 400 && status !== 403) return undefined;
  const challenge = challengesIn(headers.get('www-authenticate') ?? '').find(({ scheme, parameters }) => {
    return (scheme === 'bearer' || scheme === 'dpop') && parameters.has('error');
  })?.parameters;
  // Where CORS hides the header, the body says the same.
  const problem = await problemIn(response);
  const code = challenge?.get('error') ?? problem['code'];
  const missing = Array.isArray(problem['missing']) ? (problem['missing'] as Record<string, unknown>[]) : [];
  const all = (name: string): string[] =>
    missing.flatMap((one) => (typeof one?.[name] === 'string' ? [one[name]] : []));
  switch (code) {
    case 'insufficient_scope': {
      const scope = challenge?.get('scope') ?? problem['scope'];
      return { request: [...scopesIn(typeof scope === 'string' ? scope : all('permission'))] };
    }
    case 'policy_refused':
      return { policies: all('policy') };
    case 'invalid_request':
      return 'mend-request';
    default:
      return status === 403 ? 'ask-administrator' : undefined;
  }
}

function secondsIn(value: string | null): number {
  if (value === null) return usualSeconds;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? usualSeconds : Math.max(0, Math.ceil(seconds));
}

async function problemIn(response: Response): Promise<Record<string, unknown>> {
  if (!/^application\/problem\+json\b/i.test(response.headers.get('content-type') ?? '')) return {};
  try {
    const problem: unknown = await response.clone().json();
    return typeof problem === 'object' && problem !== null ? (problem as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
