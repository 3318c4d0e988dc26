// Signing in to the dashboard: authorization code with PKCE, a token that is kept nowhere, and forms that outlive it.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { adminApi } from '../admin/admin-scene.ts';
import { browserScene } from './browser-scene.ts';
import type { BrowserScene } from './browser-scene.ts';
import { describeInBrowser, openPage } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { signInAtIssuer, unfold, visit } from './visit.ts';

let scene: BrowserScene;
let watched: WatchedPage | undefined;

async function open(place: string, options?: Parameters<typeof visit>[2]): Promise<Page> {
  watched = await visit(scene, place, options);
  return watched.page;
}

const whatIsKept = (page: Page): Promise<string> =>
  page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])');

describeInBrowser('signing in to the dashboard', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it('asks for a code with PKCE, state and nonce, for the administration, and comes back to where it began', async () => {
    const page = await open('/roles/editor');
    await page.getByRole('heading', { level: 1, name: 'editor' }).waitFor();
    expect(page.url()).toBe(`${scene.address}/admin/#/roles/editor`);
    const [asked] = scene.issuer.asked;
    expect(Object.fromEntries(asked ?? [])).toEqual({
      response_type: 'code',
      client_id: 'dashboard',
      redirect_uri: `${scene.address}/admin/`,
      scope: expect.stringMatching(/^openid .*\bread:users\b/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      audience: adminApi,
      resource: adminApi,
    });
    expect(watched?.faults).toEqual([]);
  });

  it('keeps no token where another script or another tab could find it', async () => {
    const page = await open('/users');
    await page.getByRole('link', { name: 'Ann Alder' }).waitFor();
    const text = await whatIsKept(page);
    expect(text).not.toContain('eyJ');
    expect(text).not.toMatch(/verifier|access_token/);
  });

  it('is not asked for twice when the page is loaded anew', async () => {
    const page = await open('/users/ann');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Ann Alder' }).waitFor();
    expect(scene.issuer.asked).toHaveLength(2);
  });

  it('comes back with the form as it was, where the token has expired meanwhile', async () => {
    scene.tokenSeconds = 6;
    const page = await open('/users/zoe');
    await unfold(page, 'Assign a role');
    await page.getByRole('radio', { name: /^editor/ }).check();
    await page.getByLabel('Reason').fill('typed before the end');
    await new Promise((resolve) => setTimeout(resolve, 6500));
    await page.getByRole('button', { name: 'Assign editor' }).click();
    await page.getByRole('alert').getByText('Your sign-in has ended').waitFor();
    expect((await scene.store.subject(scene.user('zoe'))).roles).toEqual([]);
    scene.tokenSeconds = 3600;
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Zoe Zander' }).waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('typed before the end');
    await page.getByRole('button', { name: 'Assign editor' }).click();
    await page.getByRole('status').getByText('editor is assigned to Zoe Zander.').waitFor();
    expect((await scene.store.audit({ take: 1 })).items[0]).toMatchObject({ why: 'typed before the end' });
  });

  it('ends with signing out: nothing is kept, and another may sign in', async () => {
    const page = await open('/users/zoe');
    await unfold(page, 'Assign a role');
    await page.getByLabel('Reason').fill('not for the next one');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'You are signed out' }).waitFor();
    expect(await whatIsKept(page)).toBe('[{},{},""]');
    await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await signInAtIssuer(page, 'lena');
    await page.getByText('Lena Limited').first().waitFor();
    expect(scene.issuer.asked.at(-1)?.get('prompt')).toBe('login');
    await unfold(page, 'Assign a role');
    expect(await page.getByLabel('Reason').inputValue()).toBe('');
  });

  it('ends in every tab in which the same person is signed in, and in no other', async () => {
    const page = await open('/users/zoe');
    const another = async (): Promise<Page> => {
      const tab = await page.context().newPage();
      await tab.goto(`${scene.address}/admin/#/users/zoe`);
      await tab.getByRole('button', { name: 'Sign in' }).click();
      return tab;
    };
    const same = await another();
    await unfold(same, 'Assign a role');
    await same.getByLabel('Reason').fill('in the other tab');
    await page.context().clearCookies();
    const lenas = await another();
    await signInAtIssuer(lenas, 'lena');
    await lenas.getByRole('heading', { level: 1, name: 'Zoe Zander' }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await same.getByRole('heading', { level: 1, name: 'You are signed out' }).waitFor();
    expect(await whatIsKept(same)).toBe('[{},{},""]');
    expect(await lenas.getByRole('button', { name: 'Sign out' }).count()).toBe(1);
  });

  it('begins anew where the browser shows a page again of somebody who is signed in no more', async () => {
    const page = await open('/users/ann');
    await page.getByRole('heading', { level: 1, name: 'Ann Alder' }).waitFor();
    const showAgain = (isKept = true): string =>
      `dispatchEvent(new PageTransitionEvent('pageshow', { persisted: ${isKept} }))`;
    await page.evaluate(`window.isStill = true; ${showAgain()}`);
    expect(await page.evaluate('window.isStill')).toBe(true);

    // As it is where somebody else has signed in since, in this tab.
    const elsewhere = `sessionStorage.setItem('rightful:drafts-of', '"another"')`;
    await page.evaluate(`${elsewhere}; ${showAgain(false)}`);
    expect(await page.evaluate('window.isStill')).toBe(true);
    const silently = page.waitForURL(/[?]code=/);
    await page.evaluate(`setTimeout(() => ${showAgain()})`);
    await silently;
    await page.getByRole('heading', { level: 1, name: 'Ann Alder' }).waitFor();
    expect(scene.issuer.asked).toHaveLength(2);

    // And where whoever was signed in has signed out.
    await page.evaluate(`sessionStorage.clear(); setTimeout(() => ${showAgain()})`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(scene.issuer.asked).toHaveLength(2);
  });

  it('takes no answer that it has not asked for', async () => {
    watched = await openPage();
    const { page } = watched;
    await page.goto(`${scene.address}/admin/?code=stolen&state=${'a'.repeat(43)}`);
    await page.getByRole('alert').getByText('belongs to no sign-in that was begun in this tab').waitFor();
    expect(page.url()).toBe(`${scene.address}/admin/`);
  });

  it('takes no answer in the name of another issuer', async () => {
    watched = await openPage();
    const { page } = watched;
    await page.route(/\/auth\?/, (route) => {
      const state = new URL(route.request().url()).searchParams.get('state') ?? '';
      const answer = new URLSearchParams({ code: 'theirs', state, iss: 'https://evil.example' });
      return route.fulfill({ status: 302, headers: { location: `${scene.address}/admin/?${answer}` } });
    });
    await page.goto(`${scene.address}/admin/`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('Another issuer has answered').waitFor();
  });

  it('says what the issuer said, and that it cannot be reached', async () => {
    watched = await openPage();
    const { page } = watched;
    await page.goto(`${scene.address}/admin/#/audit`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signInAtIssuer(page, 'nobody');
    await page.getByRole('alert').getByText('access_denied').waitFor();
    expect(page.url()).toBe(`${scene.address}/admin/#/audit`);
    await page.route('**/.well-known/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('cannot be asked').waitFor();
  });

  it('lets nobody in whom the administration does not know as its own', async () => {
    const page = await open('/users', { as: 'zoe' });
    const alert = await page.getByRole('alert').innerText();
    expect(alert).toContain('read:users');
    expect(alert).toContain('Ask an administrator');
  });
});
