// The two applications a person can sign in to with a browser, as one small server-side page: it asks for every scope, and
// shows what was granted and what came of it. It is a client of the API like any other, and only shares its port.

import { createHash, randomBytes } from 'node:crypto';

import express from 'express';
import type { Response } from 'express';

import { html } from './html.ts';
import type { Html } from './html.ts';
import { page, pageHeaders } from './page.ts';
import type { Client } from './people.ts';

export interface WebApplicationOptions {
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

export function createWebApplication({ api, issuer, clients, scopes }: WebApplicationOptions): express.Router {
  const router = express.Router();
  const applications = clients.filter(({ redirectUris }) => redirectUris !== undefined);

  router.get('/', (_request, response) => {
    send(
      response,
      'Address book',
      html`<h1>Address book</h1>
        <p>Sign in through one of its applications, and see what a request may do.</p>
        <ul>
          ${applications.map(({ id, about }) => html`<li><a href="/sign-in/${id}">${id}</a>: ${about}</li>`)}
        </ul>
        <p class="note">The names and passwords are in the terminal.</p>`,
    );
  });

  router.get('/sign-in/:client', (request, response, next) => {
    const client = applications.find(({ id }) => id === request.params.client);
    if (client === undefined) return next();
    const pending = { client: client.id, state: randomText(), verifier: randomText() };
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: `${api}/callback`,
      scope: ['openid', ...scopes].join(' '),
      state: pending.state,
      code_challenge: createHash('sha256').update(pending.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      // A demo is for trying one person after the other.
      prompt: client.firstParty ? 'login' : 'login consent',
    });
    response.cookie('pending', [pending.client, pending.state, pending.verifier].join('.'), {
      httpOnly: true,
      sameSite: 'lax',
      path: '/callback',
    });
    response.redirect(303, `${issuer}/auth?${query.toString()}`);
  });

  router.get('/callback', async (request, response) => {
    const pending = pendingOf(request.headers.cookie);
    response.clearCookie('pending', { path: '/callback' });
    const { state, iss, code, error, error_description: description } = request.query as Record<string, unknown>;
    if (pending === undefined || pending.state !== state || iss !== issuer) {
      return send(
        response.status(400),
        'Not signed in',
        html`<h1>Not signed in</h1>
          <p>This answer belongs to no sign-in of this browser. ${again}</p>`,
      );
    }
    if (typeof code !== 'string') {
      return send(
        response,
        'Not signed in',
        html`<h1>Not signed in</h1>
          <p>${text(description)} <code>${text(error)}</code></p>
          <p>${again}</p>`,
      );
    }
    const token = await tokenOf(code, pending);
    const [access, contacts] = await Promise.all(['/me', '/contacts'].map((path) => show(path, token)));
    send(
      response,
      'Signed in',
      html`<h1>Signed in</h1>
        <p>through <strong>${pending.client}</strong>, which asked for ${scopes.join(', ')}.</p>
        ${access ?? ''} ${contacts ?? ''}
        <p>${again}</p>`,
    );
  });

  return router;

  async function tokenOf(code: string, { client, verifier }: Pending): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client,
      redirect_uri: `${api}/callback`,
      code_verifier: verifier,
      code,
    });
    const response = await fetch(`${issuer}/token`, { method: 'POST', body });
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

function send(response: Response, title: string, body: Html): void {
  response.set(pageHeaders()).type('html').send(page(title, body));
}

function pendingOf(cookies = ''): Pending | undefined {
  const [, client, state, verifier] = /(?:^|; )pending=([\w-]+)\.([\w-]+)\.([\w-]+)/.exec(cookies) ?? [];
  return client && state && verifier ? { client, state, verifier } : undefined;
}

function randomText(): string {
  return randomBytes(32).toString('base64url');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
