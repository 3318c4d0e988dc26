// The two applications a person can sign in to with a browser, as small server-side pages: they ask for every scope, and show what
// was granted and what came of it. They are clients of the API like any other, and only share its port.

import { createHash, randomBytes } from 'node:crypto';

import { html } from './html.ts';
import type { Html } from './html.ts';
import { page, pageHeaders } from './page.ts';
import type { Client } from './people.ts';
import type { WebRoute } from './web-application.ts';

export interface SignInByHandOptions {
  api: string;
  issuer: string;
  clients: readonly Client[];
  scopes: readonly string[];
}

interface Pending {
  client: string;
  state: string;
  verifier: string;
}

export function signInByHand({ api, issuer, clients, scopes }: SignInByHandOptions): WebRoute[] {
  const redirectUri = `${api}/callback`;
  const applications = clients.filter(({ redirectUris = [] }) => redirectUris.includes(redirectUri));

  const home = (): Response =>
    pageResponse(
      'Address book',
      html`<h1>Address book</h1>
        <p>Sign in through one of its applications, and see what a request may do.</p>
        <ul>
          ${applications.map(({ id, about }) => html`<li><a href="/sign-in/${id}">${id}</a>: ${about}</li>`)}
        </ul>
        <p>Who may do what is given and taken in the <a href="/admin/">dashboard</a>.</p>
        <p class="note">The names and passwords are in the terminal.</p>`,
    );

  const goToSignIn = (client: Client): Response => {
    const pending = { client: client.id, state: randomText(), verifier: randomText() };
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: ['openid', ...scopes].join(' '),
      state: pending.state,
      code_challenge: createHash('sha256').update(pending.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      // A demo is for trying one person after the other.
      prompt: client.firstParty ? 'login' : 'login consent',
    });
    const cookie = [pending.client, pending.state, pending.verifier].join('.');
    return new Response(null, {
      status: 303,
      headers: { Location: `${issuer}/authorize?${query.toString()}`, 'Set-Cookie': pendingCookie(cookie) },
    });
  };

  const comeBack = async (request: Request): Promise<Response> => {
    const pending = pendingIn(request.headers.get('cookie') ?? '');
    const answer = new URL(request.url).searchParams;
    if (pending === undefined || pending.state !== answer.get('state') || answer.get('iss') !== issuer) {
      return notSignedIn(html`<p>This answer belongs to no sign-in of this browser.</p>`, 400);
    }
    const code = answer.get('code');
    if (code === null) {
      const reason = html`<code>${answer.get('error') ?? ''}</code>`;
      return notSignedIn(html`<p>${answer.get('error_description') ?? ''} ${reason}</p>`, 200);
    }
    const token = await tokenOf(code, pending);
    const [access, contacts] = await Promise.all(['/me', '/contacts'].map((path) => show(path, token)));
    return pageResponse(
      'Signed in',
      html`<h1>Signed in</h1>
        <p>through <strong>${pending.client}</strong>, which asked for ${scopes.join(', ')}.</p>
        ${access ?? ''} ${contacts ?? ''}
        <p>${again}</p>`,
      { 'Set-Cookie': pendingCookie('') },
    );
  };

  return [
    ['GET', '/', home],
    ...applications.map((client): WebRoute => ['GET', `/sign-in/${client.id}`, () => goToSignIn(client)]),
    ['GET', '/callback', comeBack],
  ];

  async function tokenOf(code: string, { client, verifier }: Pending): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      code,
    });
    const response = await fetch(`${issuer}/oauth/token`, { method: 'POST', body });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`Expected a token, got ${response.status}`);
    return token;
  }

  async function show(path: string, token: string): Promise<Html> {
    const response = await fetch(api + path, { headers: { authorization: `Bearer ${token}` } });
    const body = JSON.stringify(await response.json(), null, 2);
    return html`<h2>GET ${path}: ${String(response.status)}</h2>
      <pre>${body}</pre>`;
  }
}

const again = html`<a href="/">Start again</a>`;

function notSignedIn(reason: Html, status: number): Response {
  const body = html`<h1>Not signed in</h1>
    ${reason}
    <p>${again}</p>`;
  return pageResponse('Not signed in', body, { 'Set-Cookie': pendingCookie('') }, status);
}

function pageResponse(title: string, body: Html, headers: Record<string, string> = {}, status = 200): Response {
  const type = { 'Content-Type': 'text/html; charset=utf-8' };
  return new Response(page(title, body), { status, headers: { ...pageHeaders(), ...type, ...headers } });
}

/** An empty one ends it. */
function pendingCookie(value: string): string {
  return `pending=${value}; Path=/callback; HttpOnly; SameSite=Lax${value === '' ? '; Max-Age=0' : ''}`;
}

function pendingIn(cookies: string): Pending | undefined {
  const [, client, state, verifier] = /(?:^|; )pending=([\w-]+)\.([\w-]+)\.([\w-]+)/.exec(cookies) ?? [];
  return client && state && verifier ? { client, state, verifier } : undefined;
}

function randomText(): string {
  return randomBytes(32).toString('base64url');
}
