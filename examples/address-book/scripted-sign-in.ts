// Does over HTTP what a person and an application do together: asks for authorization with PKCE (RFC 7636), fills in the
// pages that come, keeps cookies, and exchanges the code. A token comes out.

import { createHash, randomBytes } from 'node:crypto';

import type { Client, Person } from './people.ts';

export interface Endpoints {
  authorization_endpoint: string;
  token_endpoint: string;
}

export interface SignIn {
  endpoints: Endpoints;
  client: Client;
  person: Person;
  /** The scopes that the application asks. */
  asks: readonly string[];
  /** Those that stay ticked where a consent page comes. */
  ticks: readonly string[];
}

export async function endpointsOf(issuer: string): Promise<Endpoints> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  return (await response.json()) as Endpoints;
}

export async function signIn({ endpoints, client, person, asks, ticks }: SignIn): Promise<string> {
  const redirectUri = client.redirectUris?.[0] ?? '';
  const verifier = randomBytes(32).toString('base64url');
  const start = new URL(endpoints.authorization_endpoint);
  start.search = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: asks.join(' '),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const answers = [
    new URLSearchParams({ login: person.id, password: person.password }),
    new URLSearchParams([['decision', 'allow'], ...ticks.map((scope): [string, string] => ['scope', scope])]),
  ];
  const code = await browse(start, answers, redirectUri);
  return requestToken(endpoints, {
    grant_type: 'authorization_code',
    client_id: client.id,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    code,
  });
}

export async function signInAsMachine(
  endpoints: Endpoints,
  { id, secret = '' }: Client,
  asks: readonly string[],
): Promise<string> {
  return requestToken(endpoints, {
    grant_type: 'client_credentials',
    client_id: id,
    client_secret: secret,
    scope: asks.join(' '),
  });
}

// Follows redirects, answers each page's form in turn, and stops with the code where the application would get it.
async function browse(start: URL, answers: URLSearchParams[], redirectUri: string): Promise<string> {
  const cookies = new CookieJar();
  let response = await cookies.fetch(start);
  for (;;) {
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, response.url);
      if (next.href.startsWith(redirectUri)) return codeOf(next);
      response = await cookies.fetch(next);
      continue;
    }
    const answer = answers.shift();
    if (!response.ok || answer === undefined)
      throw new Error(`Signing in stopped at ${response.url}: ${response.status}`);
    response = await cookies.fetch(new URL(response.url), answer);
  }
}

function codeOf(redirect: URL): string {
  const code = redirect.searchParams.get('code');
  if (code === null) throw new Error(`Expected an authorization code, got ${redirect.search}`);
  return code;
}

async function requestToken({ token_endpoint }: Endpoints, form: Record<string, string>): Promise<string> {
  const response = await fetch(token_endpoint, { method: 'POST', body: new URLSearchParams(form) });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`Expected a token, got ${JSON.stringify(body)}`);
  return body.access_token;
}

/** As much of RFC 6265 as one authorization server needs: a cookie goes back under the path it was set for. */
class CookieJar {
  readonly #cookies = new Map<string, { pair: string; path: string }>();

  async fetch(url: URL, form?: URLSearchParams): Promise<Response> {
    const pairs = [...this.#cookies.values()]
      .filter(({ path }) => url.pathname.startsWith(path))
      .map(({ pair }) => pair);
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: pairs.join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return response;
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(/;\s*/);
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice('path='.length) ?? '/';
    const [name = '', value] = pair.split('=');
    if (value === '') this.#cookies.delete(name + path);
    else this.#cookies.set(name + path, { pair, path });
  }
}
