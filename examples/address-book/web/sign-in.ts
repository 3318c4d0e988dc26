// Who, through which application and for what goes in; the browser goes to the authorization server, and what it comes back with comes
// out: authorization code with PKCE (RFC 6749 section 4.1, RFC 7636). The token is handed on and kept nowhere.

import { compareGrant } from 'rightful/client';
import type { GrantComparison } from 'rightful/client';
import type { Facts } from './answers.ts';
import type { Doing } from './doing.ts';
import { challengeOf, randomText } from './random.ts';

/** What is asked for. */
export interface Wish {
  readonly person: string;
  readonly client: string;
  /** Permissions of the API, each a scope. */
  readonly scopes: readonly string[];
}

export interface SignedIn {
  readonly token: string;
  readonly wish: Wish;
  readonly grant: GrantComparison;
  /** What was being done when more was asked for. */
  readonly doing: Doing | undefined;
}

/** What did not work, in words, with what was wished and being done. */
export class SignInError extends Error {
  readonly wish: Wish | undefined;
  constructor(message: string, wish?: Wish) {
    super(message);
    this.wish = wish;
  }
}

/** All that is kept in the tab while the browser is away. */
interface Attempt {
  readonly state: string;
  readonly verifier: string;
  readonly wish: Wish;
  readonly doing?: Doing;
}

const attemptName = 'address-book:sign-in';

/** What is to be gone on with, and whether it is only more that is asked for: who has signed in need not do so again. */
export interface Leaving {
  readonly doing?: Doing;
  readonly isForMore?: boolean;
}

/** Leaves the page. */
export async function leave(facts: Facts, wish: Wish, { doing, isForMore = false }: Leaving = {}): Promise<void> {
  const attempt: Attempt = { state: randomText(), verifier: randomText(), wish, ...(doing && { doing }) };
  const address = new URL('/authorize', facts.issuer);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: wish.client,
    redirect_uri: redirectUri(facts),
    // OpenID's scope makes it a sign-in; the others are the API's.
    scope: ['openid', ...wish.scopes].join(' '),
    state: attempt.state,
    code_challenge: await challengeOf(attempt.verifier),
    code_challenge_method: 'S256',
    login_hint: wish.person,
    prompt: isForMore ? 'consent' : promptOf(facts, wish),
  }).toString();
  sessionStorage.setItem(attemptName, JSON.stringify(attempt));
  location.assign(address);
}

// A demo is for trying one person after the other.
function promptOf({ clients }: Facts, { client }: Wish): string {
  return clients.some(({ id, firstParty }) => id === client && firstParty) ? 'login' : 'login consent';
}

function redirectUri({ api }: Facts): string {
  return `${api}/callback`;
}

/** Undefined: the browser does not come from the authorization server. @throws SignInError */
export async function comeBack(facts: Facts): Promise<SignedIn | undefined> {
  const answer = new URLSearchParams(location.search);
  if (location.pathname !== '/callback') return undefined;
  const attempt = attemptKept();
  sessionStorage.removeItem(attemptName);
  // A code that stays in the address would be in the history and in every screenshot.
  history.replaceState(null, '', '/');
  if (attempt === undefined || answer.get('state') !== attempt.state) {
    throw new SignInError('This answer belongs to no sign-in that was begun in this tab.');
  }
  const { wish, doing, verifier } = attempt;
  // RFC 9207: an answer in the name of another issuer is none.
  if (answer.get('iss') !== facts.issuer) throw new SignInError('Another issuer has answered.', wish);
  const code = answer.get('code');
  if (code === null) throw new SignInError(refusalIn(answer.get('error'), answer.get('error_description')), wish);
  const { token, scope } = await exchange(facts, { code, verifier, wish });
  return { token, wish, grant: compareGrant({ requested: wish.scopes, granted: scope }), doing };
}

function attemptKept(): Attempt | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(attemptName) ?? 'null') as Attempt | null) ?? undefined;
  } catch {
    return undefined;
  }
}

async function exchange(
  facts: Facts,
  { code, verifier, wish }: { code: string; verifier: string; wish: Wish },
): Promise<{ token: string; scope: string | undefined }> {
  const response = await fetch('/oauth/token', {
    method: 'POST',
    credentials: 'omit',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: wish.client,
      redirect_uri: redirectUri(facts),
      code,
      code_verifier: verifier,
    }),
  });
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const { access_token: token, scope, error, error_description: description } = body;
  if (typeof token !== 'string') throw new SignInError(refusalIn(error, description), wish);
  return { token, scope: typeof scope === 'string' ? scope : undefined };
}

function refusalIn(error: unknown, description: unknown): string {
  const reason = [error, description].filter((one) => typeof one === 'string' && one !== '').join(': ');
  return `The authorization server did not sign you in (${reason.slice(0, 300) || 'it said nothing'}).`;
}
