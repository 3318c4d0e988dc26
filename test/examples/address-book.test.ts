// The address book demo as a user meets it: started as a child process, driven over HTTP, ended by Ctrl-C.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const start = 'examples/start.mjs';
// What start.mjs has compiled: for those starts that are not about compiling.
const main = 'examples-dist/address-book/main.js';

interface Client {
  id: string;
  secret?: string;
  firstParty: boolean;
  redirectUris?: string[];
  about: string;
}

interface Facts {
  api: string;
  issuer: string;
  audience: string;
  people: { id: string; password: string; about: string }[];
  clients: Client[];
  calls: { who: string | null; call: string; status: number; code: string | null; why: string }[];
}

const started: { child: ChildProcess; ended: Promise<unknown> }[] = [];
let demo: ReturnType<typeof run>;
let facts: Facts;
let port: number;

beforeAll(async () => {
  port = await freePort();
  demo = run(start, port, '--json');
  facts = JSON.parse(await demo.firstLine) as Facts;
}, 60_000);

// Whatever a failed test has left running.
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended));
});

describe('the line of JSON', () => {
  test('names the addresses, the people and the clients', () => {
    expect(facts).toMatchObject({
      api: `http://127.0.0.1:${port}`,
      issuer: `http://127.0.0.1:${port + 1}`,
      audience: 'https://address-book.example/api',
    });
    expect(facts.people.map(({ id }) => id)).toEqual(['rita', 'edgar', 'ada', 'dora', 'erin']);
    expect(facts.people.every(({ password, about }) => password !== '' && about !== '')).toBe(true);
    expect(facts.clients.map(({ id, firstParty }) => [id, firstParty])).toEqual([
      ['address-book-web', true],
      ['mail-merge', false],
      ['nightly-export', false],
    ]);
  });

  test('holds the calls of the table with their answers', () => {
    expect(facts.calls.map(({ who, call, status, code }) => [who, call, status, code])).toEqual([
      [null, 'GET /contacts', 401, 'missing_token'],
      ['rita', 'GET /contacts', 200, null],
      ['rita', 'POST /contacts', 403, 'insufficient_privilege'],
      ['edgar', 'GET /contacts/1', 200, null],
      ['edgar', 'POST /contacts', 403, 'insufficient_scope'],
      ['edgar', 'POST /contacts', 201, null],
      ['edgar', 'PUT /contacts/2', 403, 'policy_refused'],
      ['edgar', 'POST /contacts/1/share', 200, null],
      ['edgar', 'POST /contacts/2/share', 403, 'insufficient_privilege'],
      ['ada', 'GET /contacts', 403, 'insufficient_scope'],
      ['ada', 'DELETE /contacts/2', 204, null],
      ['dora', 'GET /contacts/4', 403, 'insufficient_privilege'],
      ['dora', 'DELETE /contacts/1', 403, 'insufficient_privilege'],
      ['erin', 'PUT /contacts/3', 200, null],
      ['erin', 'DELETE /contacts/3', 403, 'insufficient_privilege'],
      ['nightly-export', 'GET /contacts', 200, null],
      ['nightly-export', 'POST /contacts', 403, 'insufficient_privilege'],
    ]);
    expect(facts.calls.every(({ why }) => why !== '')).toBe(true);
  });
});

describe('a third-party application', () => {
  const asked = ['openid', 'profile', 'read:contacts', 'write:contacts'];

  test('is delegated what stays ticked, and acts within it', async () => {
    const { token } = await authorize('edgar', 'mail-merge', asked);
    expect(claimsOf(token)).toMatchObject({
      iss: facts.issuer,
      aud: facts.audience,
      sub: 'edgar',
      client_id: 'mail-merge',
      scope: 'read:contacts write:contacts',
    });
    expect(await answerOf('GET /contacts', token)).toMatchObject({ status: 200 });
    const contact = { name: 'Barbara Liskov', email: 'barbara@example.org' };
    expect(await answerOf('POST /contacts', token, contact)).toMatchObject({
      status: 201,
      body: { ...contact, owner: 'edgar' },
    });
    expect(await answerOf('PUT /contacts/2', token, contact)).toMatchObject({
      status: 403,
      body: { code: 'policy_refused', missing: [{ policy: 'owns the contact' }] },
    });
    expect(await answerOf('DELETE /contacts/1', token)).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope', scope: 'delete:contacts' },
    });
  });

  test('is refused for want of a scope that was unticked', async () => {
    const { token } = await authorize('edgar', 'mail-merge', asked, { untick: ['write:contacts', 'profile'] });
    expect(claimsOf(token)).toMatchObject({ scope: 'read:contacts' });
    const { status, body, challenge } = await answerOf('POST /contacts', token, {});
    expect({ status, body }).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope', scope: 'write:contacts' },
    });
    expect(challenge).toContain('error="insufficient_scope"');
  });

  test('gets a token without scope where nothing is ticked, which is no way around the privileges', async () => {
    const { token } = await authorize('ada', 'mail-merge', asked, { untick: asked });
    expect(claimsOf(token)).not.toHaveProperty('scope');
    expect(await answerOf('GET /contacts', token)).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
  });

  test('gives the user no more than the user holds', async () => {
    const { token } = await authorize('rita', 'mail-merge', asked);
    expect(claimsOf(token)).toMatchObject({ scope: 'read:contacts write:contacts' });
    const { status, body, challenge } = await answerOf('POST /contacts', token, {});
    expect({ status, body, challenge }).toMatchObject({
      status: 403,
      body: { code: 'insufficient_privilege', missing: [{ permission: 'write:contacts' }] },
      challenge: null,
    });
  });

  test('asks again for all of it, whatever was unticked earlier', async () => {
    const cookies = new Cookies();
    const first = await authorize('edgar', 'mail-merge', asked, { untick: ['write:contacts'], cookies });
    expect(first.offered).toEqual(asked);
    const again = await authorize('edgar', 'mail-merge', asked, { cookies, prompt: 'consent' });
    expect(again.offered).toEqual(asked);
    expect(claimsOf(again.token)).toMatchObject({ scope: 'read:contacts write:contacts' });
  });

  test('is told when the user denies', async () => {
    await expect(authorize('edgar', 'mail-merge', asked, { decision: 'deny' })).rejects.toThrow('access_denied');
  });

  test('gets the same token when it names the API', async () => {
    const { token } = await authorize('edgar', 'mail-merge', asked, { resource: facts.audience });
    expect(claimsOf(token)).toMatchObject({ aud: facts.audience, scope: 'read:contacts write:contacts' });
  });

  test('gets no token for another API', async () => {
    await expect(authorize('edgar', 'mail-merge', asked, { resource: 'https://elsewhere.example' })).rejects.toThrow(
      'invalid_target',
    );
  });
});

describe('a first-party application', () => {
  test('is delegated everything without a consent page', async () => {
    const { token, offered } = await authorize('ada', 'address-book-web', ['openid']);
    expect(offered).toBeUndefined();
    expect(claimsOf(token)).not.toHaveProperty('scope');
    const { body } = await answerOf('POST /contacts', token, { name: 'Brian', email: 'brian@example.org' });
    expect(await answerOf(`DELETE /contacts/${(body as { id: string }).id}`, token)).toMatchObject({ status: 204 });
  });

  test('is cut by denials, also on a single contact', async () => {
    const { token } = await authorize('dora', 'address-book-web', ['openid', 'delete:contacts']);
    expect(await answerOf('DELETE /contacts/2', token)).toMatchObject({ body: { code: 'insufficient_privilege' } });
    expect(await answerOf('GET /contacts/4', token)).toMatchObject({ body: { code: 'insufficient_privilege' } });
    const { body } = await answerOf('GET /contacts', token);
    expect((body as { id: string }[]).map(({ id }) => id)).toEqual(expect.arrayContaining(['1', '2', '3']));
    expect((body as { id: string }[]).map(({ id }) => id)).not.toContain('4');
  });

  test('is told what a caller may do', async () => {
    const { token } = await authorize('erin', 'address-book-web', ['openid', 'read:contacts']);
    const { status, body } = await answerOf('GET /me', token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      subject: { issuer: facts.issuer, id: 'erin', kind: 'user' },
      client: 'address-book-web',
      scopes: ['read:contacts'],
    });
    const { privileges } = body as { privileges: { permission: string; expiresAt?: number }[] };
    expect(privileges.map(({ permission }) => permission).toSorted()).toEqual(['read:contacts', 'write:contacts']);
    expect(privileges.find(({ permission }) => permission === 'write:contacts')?.expiresAt).toBeGreaterThan(Date.now());
  });
});

describe('a machine', () => {
  test('holds what the store assigns to it, cut to its scopes', async () => {
    const token = await machineToken('read:contacts write:contacts');
    expect(await answerOf('GET /contacts', token)).toMatchObject({ status: 200 });
    expect(await answerOf('POST /contacts', token, {})).toMatchObject({
      status: 403,
      body: { code: 'insufficient_privilege' },
    });
    expect(await answerOf('GET /contacts', await machineToken('delete:contacts'))).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope' },
    });
  });

  test('is refused with a wrong secret', async () => {
    await expect(machineToken('read:contacts', 'wrong')).rejects.toThrow('invalid_client');
  });
});

describe('what is no access question', () => {
  test.each([
    ['a contact that is not there', 'GET /contacts/99', undefined, 404],
    ['a contact that is not there, changed', 'PUT /contacts/99', { name: 'A', email: 'a@b' }, 404],
    ['a body without an e-mail address', 'POST /contacts', { name: 'A' }, 400],
    ['a body that is a list', 'POST /contacts', [], 400],
    ['a name of spaces', 'POST /contacts', { name: '  ', email: 'a@b' }, 400],
    ['a body too large', 'POST /contacts', { name: 'A'.repeat(20_000), email: 'a@b' }, 413],
    ['nobody to share with', 'POST /contacts/1/share', {}, 400],
    ['an unknown route', 'GET /nothing', undefined, 404],
  ])('%s is a problem document', async (_name, call, body, status) => {
    const { token } = await authorize('ada', 'address-book-web', ['openid']);
    const answer = await answerOf(call, token, body);
    expect(answer).toMatchObject({
      status,
      type: expect.stringContaining('application/problem+json'),
      body: { status },
    });
    expect(JSON.stringify(answer.body)).not.toContain('.js');
  });

  test('a body that is no JSON is a problem document', async () => {
    const { token } = await authorize('ada', 'address-book-web', ['openid']);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${facts.api}/contacts`, { method: 'POST', headers, body: '{' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ title: 'Unreadable request' });
  });
});

describe('the sign-in page', () => {
  test('answers a wrong password with the form, and escapes what was typed', async () => {
    const cookies = new Cookies();
    const page = await cookies.follow(authorizationUrl('mail-merge', ['openid']).url);
    const body = new URLSearchParams({ login: '"><script>alert(1)</script>', password: 'wrong' });
    const answer = await cookies.fetch(page.url, body);
    const html = await answer.text();
    expect(answer.status).toBe(403);
    expect(html).toContain('role="alert"');
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;');
    expect(html).not.toContain('<script>');
  });

  test('runs no script and loads nothing', async () => {
    const page = await new Cookies().follow(authorizationUrl('mail-merge', ['openid']).url);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self' http:\/\/127\.0\.0\.1:\d+; /,
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
    const html = await page.text();
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(html) ?? [];
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(/);
  });

  test('says what is wrong with a request that leads nowhere', async () => {
    const answer = await fetch(`${facts.issuer}/auth?client_id=${encodeURIComponent('<script>')}&response_type=code`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await answer.text();
    expect(html).toContain('invalid_client');
    expect(html).not.toContain('<script>');
  });

  test('is a page that says so when it has expired', async () => {
    const answer = await fetch(`${facts.issuer}/interaction/none`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('This page has expired');
  });
});

test('a browser signs in from the first page, and sees what it may do', async () => {
  const cookies = new Cookies();
  const home = await (await cookies.follow(`${facts.api}/`)).text();
  expect(home).toContain('href="/sign-in/mail-merge"');
  const signIn = await cookies.follow(`${facts.api}/sign-in/mail-merge`);
  const consent = await cookies.follow(
    signIn.url,
    new URLSearchParams({ login: 'edgar', password: passwordOf('edgar') }),
  );
  const end = await cookies.follow(consent.url, new URLSearchParams({ decision: 'allow', scope: 'read:contacts' }));
  const html = await end.text();
  expect(end.status).toBe(200);
  expect(html).toContain('GET /contacts: 200');
  expect((await cookies.follow(end.url)).status).toBe(400);
});

describe('starting', () => {
  test.each(['0', '65535', '65536', '-1', '3e3', 'http', '80.5'])('PORT=%s is explained in a line', async (given) => {
    const { ended, output } = run(main, given, '--json');
    expect(await ended).toBe(1);
    expect(output.stderr).toBe(
      `Expected PORT to be a whole number from 1 to 65534 (the authorization server takes the port after it), got "${given}"\n`,
    );
    expect(output.stdout).toBe('');
  });

  test.each([
    ['the API', 0],
    ['the authorization server', 1],
  ])('a taken port for %s is explained in a line', async (what, offset) => {
    const free = await freePort();
    const other = await listening(free + offset);
    const { ended, output } = run(main, free, '--json');
    expect(await ended).toBe(1);
    expect(output.stderr).toBe(
      `Port ${free + offset}, for ${what}, is taken. Set PORT to another one, as in PORT=4000 npm start\n`,
    );
    expect(output.stdout).toBe('');
    await closed(other);
  });

  test('prints the addresses, the table and a call to try for people', async () => {
    const free = await freePort();
    const { child, ended, output, printed } = run(main, free);
    await printed('Ctrl-C ends it');
    for (const text of [`http://127.0.0.1:${free}`, `http://127.0.0.1:${free + 1}`, 'rita-reads', 'curl -i -H']) {
      expect(output.stdout).toContain(text);
    }
    for (const row of [
      /^nobody +\(none\) +\(none\) +GET \/contacts +401 missing_token/m,
      /^rita via +read:contacts +read:contacts +GET \/contacts +200 /m,
      /^ +POST \/contacts +403 +Not permitted: write:contacts/m,
      /^nightly-export +read:contacts +read:contacts +GET \/contacts +200 /m,
    ]) {
      expect(output.stdout).toMatch(row);
    }
    const table = output.stdout.split('\n').filter((line) => !line.startsWith('TOKEN='));
    expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(140);
    const token = /^TOKEN=(.+)$/m.exec(output.stdout)?.[1] ?? '';
    const response = await fetch(`http://127.0.0.1:${free}/contacts`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('ends at once and cleanly by Ctrl-C, while a connection is open', async () => {
    const free = await freePort();
    const { child, ended, output, firstLine } = run(main, free, '--json');
    await firstLine;
    // Kept alive by this process's own pool.
    await (await fetch(`http://127.0.0.1:${free}/me`)).text();
    // npm hands the terminal's signal on a second time.
    child.kill('SIGINT');
    await setTimeout(5);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(output.stdout.split('\n')).toHaveLength(2);
    await closed(await listening(free));
  });
});

test('the demo ends with exit code 0, and stdout was one line all the time', async () => {
  demo.child.kill('SIGINT');
  expect(await demo.ended).toBe(0);
  expect(demo.output.stdout.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), '']);
  expect(demo.output.stderr).not.toMatch(/\bat .+:\d+:\d+/);
});

/** Starts a program of this repository as a terminal would. */
function run(program: string, portGiven: number | string, ...options: string[]) {
  const child = spawn(process.execPath, [program, ...options], {
    cwd: root,
    env: { ...process.env, PORT: String(portGiven), NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));

  function printed(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => void (output.stdout.includes(text) && resolve());
      waiting.add(look);
      look();
      void ended.then((code) => reject(new Error(`Ended with ${code}: ${output.stderr}`)));
    });
  }

  const firstLine = printed('\n').then(() => output.stdout.slice(0, output.stdout.indexOf('\n')));
  firstLine.catch(() => undefined);
  started.push({ child, ended });
  return { child, ended, output, printed, firstLine };
}

/** What an application and a person do together to get a token; the pages are read as a browser would. */
async function authorize(
  who: string,
  clientId: string,
  scopes: readonly string[],
  { untick = [], decision = 'allow', cookies = new Cookies(), ...extra }: Authorize = {},
): Promise<{ token: string; offered: string[] | undefined }> {
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
      offered = [...html.matchAll(/<input\s[^>]*type="checkbox"[^>]*>/g)].map(([input]) => attribute(input, 'value'));
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

interface Authorize {
  untick?: readonly string[];
  decision?: 'allow' | 'deny';
  cookies?: Cookies;
  prompt?: string;
  resource?: string;
}

function authorizationUrl(clientId: string, scopes: readonly string[], extra: Record<string, string> = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = facts.clients.find(({ id }) => id === clientId)?.redirectUris?.[0] ?? '';
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  });
  return { url: `${facts.issuer}/auth?${query.toString()}`, verifier, redirectUri };
}

function machineToken(scope: string, secret?: string): Promise<string> {
  const machine = facts.clients.find(({ id }) => id === 'nightly-export');
  return requestToken({
    grant_type: 'client_credentials',
    client_id: 'nightly-export',
    client_secret: secret ?? machine?.secret ?? '',
    scope,
  });
}

async function requestToken(form: Record<string, string>): Promise<string> {
  const response = await fetch(`${facts.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(JSON.stringify(body));
  return body.access_token;
}

async function answerOf(call: string, token: string, sent?: object) {
  const [method = '', path = ''] = call.split(' ');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(facts.api + path, { method, headers, ...(sent && { body: JSON.stringify(sent) }) });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    challenge: response.headers.get('www-authenticate'),
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

function attribute(tag: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}

function passwordOf(who: string): string {
  return facts.people.find(({ id }) => id === who)?.password ?? '';
}

/** A browser's cookies, for one host. */
class Cookies {
  readonly #cookies = new Map<string, { path: string; pair: string }>();

  async fetch(url: string, body?: URLSearchParams): Promise<Response> {
    const { pathname } = new URL(url);
    const cookie = [...this.#cookies.values()].filter(({ path }) => pathname.startsWith(path)).map(({ pair }) => pair);
    const init = body === undefined ? {} : { method: 'POST', body };
    const response = await fetch(url, { ...init, headers: { cookie: cookie.join('; ') }, redirect: 'manual' });
    for (const header of response.headers.getSetCookie()) {
      const [pair = '', name = ''] = /^([^=]+)=[^;]*/.exec(header) ?? [];
      const path = /;\s*path=([^;]*)/i.exec(header)?.[1] ?? '/';
      if (/;\s*expires=Thu, 01 Jan 1970/i.test(header)) this.#cookies.delete(name + path);
      else this.#cookies.set(name + path, { path, pair });
    }
    return response;
  }

  /** Follows redirects, but not to `until`. */
  async follow(url: string, body?: URLSearchParams, until?: string): Promise<Response> {
    const response = await this.fetch(url, body);
    const location = response.headers.get('location');
    if (location === null) return response;
    const next = new URL(location, url).href;
    return until !== undefined && next.startsWith(until) ? response : this.follow(next, undefined, until);
  }
}

/** A port that is free, and so is the one after it. */
async function freePort(): Promise<number> {
  const first = await listening(0);
  const { port: candidate } = first.address() as { port: number };
  const second = await listening(candidate + 1).catch(() => undefined);
  await closed(first);
  if (second !== undefined) await closed(second);
  return second === undefined ? freePort() : candidate;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function listening(onPort: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(onPort, '127.0.0.1', () => resolve(server));
  });
}
