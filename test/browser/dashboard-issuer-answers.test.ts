// What comes back to the dashboard from an issuer, or in its name: only the answer to the very sign-in that was begun is taken.

import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import type { BrowserScene } from './browser-scene.ts';
import { describeInBrowser, openPage } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { signInAtIssuer } from './visit.ts';

let scene: BrowserScene;
let watched: WatchedPage | undefined;

type Json = Record<string, unknown>;

/** What the issuer answers, changed on its way. */
function changing(change: (body: Json) => Json): (route: Route) => Promise<void> {
  return async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change((await response.json()) as Json) });
  };
}

/** The claims of a token, with others among them; nobody looks at its signature. */
function withClaims(token: unknown, others: Json): string {
  const [header = '', claims = '', signature = ''] = String(token).split('.');
  const changed = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as Json), ...others };
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
}

async function door(options?: Parameters<typeof openPage>[0]): Promise<Page> {
  watched = await openPage(options);
  await watched.page.goto(`${scene.address}/admin/`);
  return watched.page;
}

const begin = (page: Page): Promise<void> => page.getByRole('button', { name: 'Sign in', exact: true }).click();
const isIn = (page: Page): Promise<void> => page.getByRole('button', { name: 'Sign out' }).waitFor();
const told = (page: Page, text: string): Promise<void> => page.getByRole('alert').getByText(text).waitFor();

/** Takes `iss` out of the address before the page has read it. */
const withoutIss = `history.replaceState(null, '', location.href.replace(/&iss=[^&#]*/, ''))`;

describeInBrowser('an answer of an issuer to the dashboard', () => {
  beforeAll(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
  });
  afterAll(() => scene.close());

  it('is refused where it names no issuer, and the metadata promises that it does', async () => {
    const page = await door();
    await page.addInitScript(withoutIss);
    await begin(page);
    await signInAtIssuer(page, 'root');
    await told(page, 'Another issuer has answered.');
  });

  it('is taken without the name of its issuer, where the metadata does not promise it', async () => {
    const page = await door();
    await page.addInitScript(withoutIss);
    const promise = 'authorization_response_iss_parameter_supported';
    await page.route(
      '**/.well-known/**',
      changing((metadata) => ({ ...metadata, [promise]: false })),
    );
    await begin(page);
    await signInAtIssuer(page, 'root');
    await isIn(page);
  });

  const hour = 3600;
  const now = (): number => Math.floor(Date.now() / 1000);
  const another = 'made for another sign-in';
  it.each<[what: string, change: (idToken: unknown) => unknown, said: string | undefined]>([
    ['absent, though it was asked for', () => undefined, 'The issuer sent no ID token.'],
    ['no token', () => 'none', another],
    ['of another issuer', (token) => withClaims(token, { iss: 'https://evil.example' }), another],
    ['for another client', (token) => withClaims(token, { aud: 'another' }), another],
    ['for this client in a list', (token) => withClaims(token, { aud: ['dashboard'] }), undefined],
    ['for others too, and for whom is not said', (token) => withClaims(token, { aud: ['dashboard', 'b'] }), another],
    [
      'for others too, and issued to this client',
      (token) => withClaims(token, { aud: ['dashboard', 'b'], azp: 'dashboard' }),
      undefined,
    ],
    ['issued to another client', (token) => withClaims(token, { azp: 'another' }), another],
    ['of another sign-in', (token) => withClaims(token, { nonce: 'another' }), another],
    ['expired', (token) => withClaims(token, { exp: now() - hour }), 'has expired'],
    ['expired a moment ago', (token) => withClaims(token, { exp: now() - 60 }), undefined],
    ['without an end', (token) => withClaims(token, { exp: undefined }), 'has expired'],
    ['with an end that is none', (token) => withClaims(token, { exp: String(now() + hour) }), 'has expired'],
  ])('has an ID token that is looked at: %s', async (_, change, said) => {
    const page = await door();
    await page.route(
      '**/token',
      changing((body) => ({ ...body, id_token: change(body['id_token']) })),
    );
    await begin(page);
    await signInAtIssuer(page, 'root');
    await (said === undefined ? isIn(page) : told(page, said));
  });

  it('needs no ID token where none was asked for', async () => {
    const page = await door();
    await page.route(
      '**/api/settings',
      changing((settings) => ({ ...settings, scope: 'read:users' })),
    );
    await page.reload();
    await page.route('**/token', async (route) => {
      const token = await scene.adminToken('root', 'read:users');
      await route.fulfill({ json: { access_token: token, token_type: 'Bearer' }, headers: { ...open } });
    });
    await page.route(/\/auth\?/, (route) => {
      const asked = new URL(route.request().url()).searchParams;
      expect(asked.has('nonce')).toBe(false);
      const answer = new URLSearchParams({
        code: 'code',
        state: asked.get('state') ?? '',
        iss: scene.issuer.issuer,
      });
      return route.fulfill({ status: 302, headers: { location: `${scene.address}/admin/?${answer}` } });
    });
    await begin(page);
    await isIn(page);
  });

  it.each(['state=foreign&code=stolen', 'error=access_denied', 'state=&error=x', 'code=stolen&state=foreign&iss=x'])(
    'that belongs to no sign-in ends none that was begun: ?%s',
    async (foreign) => {
      const page = await door();
      await begin(page);
      await page.getByLabel('Name').waitFor();
      await page.goto(`${scene.address}/admin/?${foreign}#/audit`);
      await told(page, 'belongs to no sign-in that was begun in this tab');
      expect(page.url()).toBe(`${scene.address}/admin/#/audit`);
      await page.goBack();
      await signInAtIssuer(page, 'root');
      await isIn(page);
    },
  );

  it.each([
    ['metadata', '**/.well-known/**', 'cannot be asked'],
    ['a token', '**/token', 'could not be reached for the token'],
  ])('is not waited for without end: %s', async (_, asked, said) => {
    const page = await door();
    // A twentieth of the time that is waited for.
    await page.addInitScript(
      `{ const timeout = AbortSignal.timeout; AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, milliseconds / 20); }`,
    );
    const held: Route[] = [];
    await page.reload();
    await page.route(asked, (route) => void held.push(route));
    await begin(page);
    if (asked === '**/token') await signInAtIssuer(page, 'root');
    await told(page, said);
    expect(held.length).toBeGreaterThan(0);
    await Promise.all(held.map((route) => route.abort().catch(() => undefined)));
    await page.unrouteAll();
  });

  it('is taken once', async () => {
    const page = await door();
    const seen: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('?code=')) seen.push(request.url());
    });
    await begin(page);
    await signInAtIssuer(page, 'root');
    await isIn(page);
    await page.goto(seen[0] ?? '');
    await told(page, 'belongs to no sign-in that was begun in this tab');
  });

  const addresses = {
    authorization_endpoint: 'https://login.example/auth',
    token_endpoint: 'https://login.example/token',
  };
  it.each([
    ['an authorization endpoint without TLS', { authorization_endpoint: 'http://login.example/auth' }],
    ['a token endpoint without TLS', { token_endpoint: 'http://login.example/token' }],
    ['a script in place of an address', { authorization_endpoint: 'javascript:alert(1)' }],
    ['no token endpoint', { token_endpoint: undefined }],
  ])('is not asked for at an issuer with TLS that names %s', async (_, named) => {
    const issuer = 'https://login.example';
    const page = await door({ bypassCSP: true });
    await page.route(
      '**/api/settings',
      changing((settings) => ({ ...settings, issuer })),
    );
    await page.route('https://login.example/.well-known/**', (route) =>
      route.fulfill({ json: { issuer, ...addresses, ...named }, headers: { ...open } }),
    );
    await page.reload();
    await begin(page);
    await told(page, 'lacks an authorization_endpoint or a token_endpoint that is as safe as itself');
    expect(page.url()).toBe(`${scene.address}/admin/`);
  });

  it('is asked for at an issuer with TLS whose endpoints have it', async () => {
    const issuer = 'https://login.example';
    const page = await door({ bypassCSP: true });
    await page.route(
      '**/api/settings',
      changing((settings) => ({ ...settings, issuer })),
    );
    await page.route('https://login.example/.well-known/**', (route) =>
      route.fulfill({ json: { issuer, ...addresses }, headers: { ...open } }),
    );
    await page.route(/login\.example\/auth/, (route) => route.fulfill({ body: 'the issuer' }));
    await page.reload();
    await begin(page);
    await page.getByText('the issuer').waitFor();
  });
});

const open = { 'access-control-allow-origin': '*' };
