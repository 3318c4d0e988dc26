// What others have written, shown by the dashboard: it stays text, whoever wrote it, and no answer leaves the page empty.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import type { BrowserScene } from './browser-scene.ts';
import { describeInBrowser, openPage } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { goTo, unfold, visit } from './visit.ts';

let scene: BrowserScene;
let watched: WatchedPage | undefined;

async function open(place: string): Promise<Page> {
  watched = await visit(scene, place);
  return watched.page;
}

const by = { system: 'importer' };
const script = (what: string): string =>
  `"><img src=x onerror="window.ran='${what}'"><script>window.ran=1</script>{{7*7}}`;

/** Nothing of it ran, became an element, or was kept out by the content security policy: it never was anything but text. */
async function isText(page: Page): Promise<void> {
  expect(await page.evaluate('[window.ran, document.querySelectorAll("img[src=x], body script").length]')).toEqual([
    undefined,
    0,
  ]);
  expect(watched?.faults.filter((text) => !text.includes('status of 4'))).toEqual([]);
}

describeInBrowser('the dashboard shows as text', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it('names, ids, descriptions, resources and reasons, on every page that has them', async () => {
    const uid = '<b>"role';
    const client = { issuer: scene.issuer.issuer, id: script('id'), kind: 'client' } as const;
    const everything = { ...by, why: script('why') };
    const privileges = [{ permission: 'delete:contacts', on: 'contacts:id:<i>7' }];
    await scene.store.putRole(
      { uid, name: script('name'), description: script('description'), privileges },
      everything,
    );
    await scene.store.assign(client, uid, {}, everything);
    await scene.store.grant(client, { permission: 'read:contacts', organization: script('organization') }, everything);

    const page = await open('/clients');
    const places: [place: string, text: string][] = [
      ['/clients', script('id')],
      [`/clients/${encodeURIComponent(client.id)}`, script('name')],
      [`/clients/${encodeURIComponent(client.id)}`, script('organization')],
      ['/roles', script('description')],
      [`/roles/${encodeURIComponent(uid)}`, 'contacts:id:<i>7'],
      ['/role-matrix', script('name')],
      ['/permissions/read%3Acontacts', script('id')],
      [`/permissions/${encodeURIComponent('<img/src=x>')}`, '<img/src=x>'],
      ['/audit', script('why')],
      [`/users?search=${encodeURIComponent(script('search'))}`, script('search')],
      [`/why?kind=client&id=${encodeURIComponent(client.id)}&permission=read:contacts`, script('id')],
    ];
    for (const [place, text] of places) {
      await goTo(page, place);
      await page.getByRole('main').getByText(text).first().waitFor();
    }
    await goTo(page, '/audit');
    await page
      .getByText(/^Before and after/)
      .first()
      .waitFor();
    for (const entry of await page.getByText(/^Before and after/).all()) await entry.click();
    await page.getByText('"organization": ').first().waitFor();
    await goTo(page, `/clients/${encodeURIComponent(client.id)}`);
    await page.getByRole('button', { name: /^Deassign/ }).click();
    await page.getByRole('dialog').getByText(script('id')).waitFor();
    await isText(page);
  });

  it('what a refusal says', async () => {
    const page = await open('/users/zoe');
    await page.route('**/admin/api/changes', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        json: {
          detail: script('detail'),
          code: 'beyond_ceiling',
          missing: [{ permission: script('missing'), on: script('on') }, { policy: script('policy') }],
        },
      }),
    );
    await unfold(page, 'Assign a role');
    await page.getByRole('radio', { name: /^editor/ }).check();
    await page.getByRole('button', { name: 'Assign editor' }).click();
    const alert = page.getByRole('alert');
    for (const text of ['detail', 'missing', 'policy']) await alert.getByText(script(text)).waitFor();
    await isText(page);
  });

  it('what an issuer says', async () => {
    watched = await openPage();
    const { page } = watched;
    await page.route(/\/auth\?/, (route) => {
      const { searchParams } = new URL(route.request().url());
      const state = searchParams.get('state') ?? '';
      const error = { error: 'access_denied', error_description: script('issuer') };
      const answer = new URLSearchParams({ ...error, state, iss: scene.issuer.issuer });
      return route.fulfill({ status: 302, headers: { location: `${scene.address}/admin/?${answer}` } });
    });
    await page.goto(`${scene.address}/admin/#/${encodeURIComponent(script('place'))}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText(script('issuer')).waitFor();
    await isText(page);
  });

  it('a name that would turn around what stands beside it, without what turns', async () => {
    const page = await open('/users/zoe');
    await page.route('**/admin/api/subjects/user/zoe', async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as { subject: object };
      await route.fulfill({ response, json: { ...body, subject: { ...body.subject, name: '\u202eeoZ\u2066\u0007' } } });
    });
    await goTo(page, '/users');
    await goTo(page, '/users/zoe');
    await page.getByRole('heading', { level: 1, name: '\ufffdeoZ\ufffd\ufffd', exact: true }).waitFor();
    const code = `[...document.querySelectorAll('main code')].find(({ textContent }) => textContent === 'zoe')`;
    expect(await page.evaluate(`getComputedStyle(${code}).unicodeBidi`)).toBe('isolate');
  });
});

describeInBrowser('the dashboard is still there', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it('where something ends later than any date', async () => {
    const expiresAt = 1e18;
    await scene.store.grant(scene.user('zoe'), { permission: 'read:contacts', expiresAt }, by);
    await scene.store.assign(scene.user('zoe'), 'editor', { expiresAt }, by);
    const page = await open('/users/zoe');
    await page.getByRole('button', { name: 'Revoke read:contacts until' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('status').getByText('is revoked from Zoe Zander').waitFor();
    expect((await scene.store.subject(scene.user('zoe'))).privileges).toEqual([]);
    await goTo(page, '/roles/editor');
    await page.getByRole('cell', { name: /^everywhere until/ }).waitFor();
    expect(watched?.faults).toEqual([]);
  });

  it('where an answer is not what it should be: it says so, and everything else works', async () => {
    const page = await open('/users');
    await page.route('**/admin/api/catalogue', (route) => route.fulfill({ json: {} }));
    await goTo(page, '/permissions');
    await page.getByRole('alert').getByText('This page cannot be shown.').waitFor();
    await page.getByRole('link', { name: 'Clients' }).click();
    await page.getByRole('link', { name: 'nightly-export' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
