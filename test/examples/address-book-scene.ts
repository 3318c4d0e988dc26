// The facts of a running address book go in; people with browsers, machines, and calls of its API come out.

import { createHash, randomBytes } from 'node:crypto';
import type { AddressBook, AddressBookOptions } from '../../examples/address-book/address-book.ts';
import { startAddressBook } from '../../examples/address-book/address-book.ts';
import type { Facts } from '../../examples/address-book/facts.ts';
import { Cookies } from './browser-cookies.ts';
import { freePort } from './ports.ts';

export interface Answered {
  status: number;
  type: string | null;
  challenge: string | null;
  body: unknown;
}

export interface Authorize {
  untick?: readonly string[];
  decision?: 'allow' | 'deny';
  cookies?: Cookies;
  prompt?: string;
  resource?: string;
  audience?: string;
  login_hint?: string;
}

export type Scene = ReturnType<typeof sceneOf>;

/** Signing in a dozen times takes a machine that is busy with other tests its time. */
export const slowStartMs = 60_000;

/** One in this very process. */
export async function startScene(options: Partial<AddressBookOptions> = {}) {
  const { facts, close } = await startOn(options);
  return { ...sceneOf(facts), close };
}

// What was free a moment ago may be somebody else's by now.
async function startOn(options: Partial<AddressBookOptions>, triesLeft = 3): Promise<AddressBook> {
  try {
    return await startAddressBook({ port: await freePort(), ...options });
  } catch (error) {
    const isTaken = /^Port \d+, .+ is taken/.test((error as Error).message);
    if (!isTaken || options.port !== undefined || triesLeft === 0) throw error;
    return startOn(options, triesLeft - 1);
  }
}

export function sceneOf(facts: Facts) {
  function clientOf(id: string) {
    const client = facts.clients.find((one) => one.id === id);
    if (client === undefined) throw new Error(`There is no client ${id}`);
    return client;
  }

  function passwordOf(who: string): string {
    return facts.people.find(({ id }) => id === who)?.password ?? '';
  }

  function authorizationUrl(clientId: string, scopes: readonly string[], extra: Record<string, string> = {}) {
    const verifier = randomBytes(32).toString('base64url');
    const redirectUri = clientOf(clientId).redirectUris?.[0] ?? '';
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: scopes.join(' '),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...extra,
    });
    return { url: `${facts.issuer}/authorize?${query.toString()}`, verifier, redirectUri };
  }

  /** What an application and a person do together to get a token; the pages are read as a browser would. */
  async function authorize(who: string, clientId: string, scopes: readonly string[], options: Authorize = {}) {
    const { untick = [], decision = 'allow', cookies = new Cookies(), ...extra } = options;
    const { url, verifier, redirectUri } = authorizationUrl(clientId, scopes, extra);
    let offered: string[] | undefined;
    let response = await cookies.follow(url, undefined, redirectUri);
    while (response.status === 200) {
      const html = await response.text();
      const form = new URLSearchParams();
      if (html.includes('name="password"')) {
        form.set('login', who);
        form.set('password', passwordOf(who));
      } else {
        offered = [...html.matchAll(/<input\s[^>]*type="checkbox"[^>]*>/g)].map(([input]) => valueIn(input));
        for (const scope of offered) if (!untick.includes(scope)) form.append('scope', scope);
        form.set('decision', decision);
      }
      response = await cookies.follow(response.url, form, redirectUri);
    }
    const location = new URL(response.headers.get('location') ?? 'none:');
    const code = location.searchParams.get('code');
    if (code === null) throw new Error(location.search);
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    return { token: await requestToken({ ...grant, client_id: clientId }), offered };
  }

  async function tokenOf(who: string): Promise<string> {
    return (await authorize(who, 'address-book-web', ['openid'])).token;
  }

  /** `form`: what is asked beside the credentials. `at`: where. */
  function machineToken(id: string, form: Record<string, string>, at = facts.issuer): Promise<string> {
    const credentials = { client_id: id, client_secret: clientOf(id).secret ?? '' };
    return requestToken({ grant_type: 'client_credentials', ...credentials, ...form }, at);
  }

  function administrationToken(at?: string): Promise<string> {
    return machineToken('administration-cli', { audience: facts.administration.audience }, at);
  }

  async function requestToken(form: Record<string, string>, at = facts.issuer): Promise<string> {
    const response = await fetch(`${at}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
    const body = (await response.json()) as { access_token?: string };
    if (body.access_token === undefined) throw new Error(JSON.stringify(body));
    return body.access_token;
  }

  async function answerOf(
    call: string,
    token?: string,
    sent?: unknown,
    more: Record<string, string> = {},
  ): Promise<Answered> {
    const [method = '', path = ''] = call.split(' ');
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...more,
    };
    const response = await fetch(facts.api + path, {
      method,
      headers,
      ...(sent !== undefined && { body: JSON.stringify(sent) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      challenge: response.headers.get('www-authenticate'),
      body: text === '' || !isJson ? text || undefined : (JSON.parse(text) as unknown),
    };
  }

  return {
    facts,
    passwordOf,
    authorizationUrl,
    authorize,
    tokenOf,
    machineToken,
    administrationToken,
    answerOf,
  };
}

export function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

function valueIn(input: string): string {
  return /value="([^"]*)"/.exec(input)?.[1] ?? '';
}
