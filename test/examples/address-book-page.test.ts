// The page of the address book as it is served, on each framework, and who is asked to sign in on the way back to it.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { slowStartMs, startScene } from './address-book-scene.ts';
import type { Scene } from './address-book-scene.ts';
import { Cookies } from './browser-cookies.ts';

describe.each(['express', 'koa'] as const)('the page of the address book on %s', (framework) => {
  let scene: Scene & { close(): Promise<void> };
  beforeAll(async () => void (scene = await startScene({ framework })), slowStartMs);
  afterAll(() => scene?.close());

  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/callback', 'text/html; charset=utf-8'],
    ['/web/page.js', 'text/javascript; charset=utf-8'],
    ['/web/page.css', 'text/css; charset=utf-8'],
  ])('%s is served to everybody, under a policy that lets nothing else in', async (path, type) => {
    const response = await fetch(`${scene.facts.api}${path}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await response.text()).length).toBeGreaterThan(100);
  });

  test('has no script and no style of its own', async () => {
    const html = await (await fetch(`${scene.facts.api}/`)).text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\son\w+=/);
  });

  test.each(['/web/main.tsx', '/web/', '/web/..%2Fmain.js', '/web/build.mjs', '/web/page.js.map'])(
    'nothing else is served: %s',
    async (path) => {
      expect((await fetch(`${scene.facts.api}${path}`)).status).toBe(404);
    },
  );
});

describe('signing in to one application after another', () => {
  let scene: Scene & { close(): Promise<void> };
  beforeAll(async () => void (scene = await startScene()), slowStartMs);
  afterAll(() => scene?.close());

  /** The heading of the first page that comes; undefined: none does. */
  async function asked(cookies: Cookies, client: string, extra: Record<string, string> = {}) {
    const { url, redirectUri } = scene.authorizationUrl(client, ['openid', 'read:contacts'], extra);
    const response = await cookies.follow(url, undefined, redirectUri);
    const html = await response.text();
    return { heading: /<h1>(.*?)<\/h1>/.exec(html)?.[1], html };
  }

  async function signedIn(client = 'mail-merge'): Promise<Cookies> {
    const cookies = new Cookies();
    await scene.authorize('edgar', client, ['openid', 'read:contacts'], { cookies });
    return cookies;
  }

  test('who has signed in to it is asked for consent alone', async () => {
    const cookies = await signedIn();
    expect(await asked(cookies, 'mail-merge', { login_hint: 'edgar' })).toMatchObject({ heading: 'Allow access?' });
    expect(await asked(await signedIn('address-book-web'), 'address-book-web')).toMatchObject({ heading: undefined });
  });

  test('another application asks who is there', async () => {
    const cookies = await signedIn();
    expect(await asked(cookies, 'dashboard')).toMatchObject({ heading: 'Sign in' });
    expect(await asked(cookies, 'address-book-web')).toMatchObject({ heading: 'Sign in' });
  });

  test('so does one that expects somebody else', async () => {
    expect(await asked(await signedIn(), 'mail-merge', { login_hint: 'rita' })).toMatchObject({ heading: 'Sign in' });
  });

  test('whoever signs in instead of who was expected has been asked', async () => {
    const { offered } = await scene.authorize('rita', 'mail-merge', ['openid', 'read:contacts'], {
      login_hint: 'edgar',
    });
    expect(offered).toEqual(['openid', 'read:contacts']);
  });

  test('the form has the password of who is expected filled in, and otherwise lets one be anybody', async () => {
    const expected = await asked(new Cookies(), 'mail-merge', { login_hint: 'edgar' });
    expect(expected.html).toMatch(/name="password"[^>]*value="edgar-edits"/);
    expect(expected.html).not.toContain('rita-reads');
    const anybody = await asked(new Cookies(), 'mail-merge');
    expect(anybody.html).not.toMatch(/type="password"[^>]*value="[^"]/);
    expect(anybody.html).toContain('value="rita-reads"');
  });

  test('nothing is filled in after a password that was wrong', async () => {
    const cookies = new Cookies();
    const page = await cookies.follow(scene.authorizationUrl('mail-merge', ['openid'], { login_hint: 'edgar' }).url);
    const wrong = new URLSearchParams({ login: 'edgar', password: 'wrong' });
    const html = await (await cookies.fetch(page.url, wrong)).text();
    expect(html).toContain('do not belong together');
    expect(html).not.toMatch(/type="password"[^>]*value="[^"]/);
  });
});
