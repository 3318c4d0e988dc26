// The settings go in, the browser goes to the issuer; comes it back from there, an access token comes out: authorization code with
// PKCE (RFC 6749 section 4.1, RFC 7636, RFC 9700 section 2.1.1). The token is handed on and kept nowhere.

import type { Settings } from '../answers.ts';
import { baseAddress } from '../api.ts';
import { keep, kept } from '../kept.ts';
import { askIssuer, discover } from './discovery.ts';
import { checkIdToken } from './id-token.ts';
import { challengeOf, randomText } from './pkce.ts';

/** What has to be remembered between leaving for the issuer and coming back. */
interface Attempt {
  readonly state: string;
  /** Where an ID token was asked for. */
  readonly nonce?: string;
  readonly verifier: string;
  /** What stood behind the `#`. */
  readonly returnTo: string;
  readonly tokenEndpoint: string;
  readonly endSession: string | undefined;
  /** Whether the issuer names itself in its answer. */
  readonly isNamed: boolean;
}

export interface SignedIn {
  readonly token: string;
  /** Where the session at the issuer can be ended; undefined: nowhere. */
  readonly endSession: string | undefined;
}

const attemptName = 'sign-in';

/** Leaves the page. `prompt: 'login'`: also who has a session at the issuer is asked who they are. @throws Error */
export async function beginSignIn(settings: Settings, { prompt }: { prompt?: 'login' } = {}): Promise<void> {
  const endpoints = await discover(settings.issuer);
  const attempt: Attempt = {
    state: randomText(),
    ...(settings.scope.split(' ').includes('openid') && { nonce: randomText() }),
    verifier: randomText(),
    returnTo: location.hash,
    tokenEndpoint: endpoints.token_endpoint,
    endSession: endpoints.end_session_endpoint,
    isNamed: endpoints.authorization_response_iss_parameter_supported,
  };
  keep(attemptName, attempt);
  const address = new URL(endpoints.authorization_endpoint);
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: redirectUri(),
    scope: settings.scope,
    state: attempt.state,
    code_challenge: await challengeOf(attempt.verifier),
    code_challenge_method: 'S256',
    nonce: attempt.nonce,
    prompt,
    ...audienceOf(settings),
  };
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) address.searchParams.set(name, value);
  location.assign(address);
}

// `resource` where RFC 8707 is followed, `audience` where it is not.
function audienceOf({ audience }: Settings): Record<string, string> {
  return audience === undefined ? {} : { audience, resource: audience };
}

function redirectUri(): string {
  return baseAddress().href;
}

/** Undefined: the browser does not come from the issuer. @throws Error with words for whoever wanted to sign in. */
export async function finishSignIn(settings: Settings): Promise<SignedIn | undefined> {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state') && !answer.has('error')) return undefined;
  const attempt = kept(attemptName) as Attempt | undefined;
  const isOurs = attempt !== undefined && answer.get('state') === attempt.state;
  // A code that stays in the address would be in the history and in every screenshot.
  history.replaceState(null, '', `${location.pathname}${isOurs ? attempt.returnTo : location.hash}`);
  // An address that anybody can make ends no sign-in that was begun.
  if (!isOurs) throw new Error('This answer belongs to no sign-in that was begun in this tab.');
  keep(attemptName, undefined);
  // RFC 9207 section 2.4: an answer in the name of another issuer is none, nor one in no name where it promises its own.
  const iss = answer.get('iss') ?? (attempt.isNamed ? undefined : settings.issuer);
  if (iss !== settings.issuer) throw new Error('Another issuer has answered.');
  const code = answer.get('code');
  if (code === null) throw new Error(refusalOf(answer.get('error'), answer.get('error_description')));
  return { token: await exchange(code, attempt, settings), endSession: attempt.endSession };
}

async function exchange(
  code: string,
  { verifier, nonce, tokenEndpoint }: Attempt,
  settings: Settings,
): Promise<string> {
  const response = await askIssuer(tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: settings.clientId,
      redirect_uri: redirectUri(),
      code,
      code_verifier: verifier,
      ...audienceOf(settings),
    }),
  }).catch(() => {
    throw new Error('The issuer could not be reached for the token, or does not allow this page to ask it (CORS).');
  });
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const { access_token: token, token_type: type, id_token: idToken } = body;
  if (!response.ok || typeof token !== 'string' || String(type).toLowerCase() !== 'bearer') {
    throw new Error(refusalOf(body['error'], body['error_description']));
  }
  if (typeof idToken === 'string') checkIdToken(idToken, { ...settings, nonce });
  else if (nonce !== undefined) throw new Error('The issuer sent no ID token.');
  return token;
}

function refusalOf(error: unknown, description: unknown): string {
  const reason = [error, description].filter((one) => typeof one === 'string' && one !== '').join(': ');
  return `The issuer did not sign you in${reason === '' ? '' : ` (${reason.slice(0, 300)})`}.`;
}
