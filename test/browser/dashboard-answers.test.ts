// Who, what and why in the dashboard: the pages that answer and change nothing.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import type { BrowserScene } from './browser-scene.ts';
import { describeInBrowser } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { goTo, unfold, visit } from './visit.ts';

let scene: BrowserScene;
let watched: WatchedPage | undefined;

async function open(place: string, options?: Parameters<typeof visit>[2]): Promise<Page> {
  watched = await visit(scene, place, options);
  return watched.page;
}

describeInBrowser('the dashboard answers', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it('who there is, found by part of a name', async () => {
    const page = await open('/users');
    await page.getByText('6 users').waitFor();
    await page.getByLabel('Name, e-mail address or id').fill('zand');
    await page.keyboard.press('Enter');
    await page.getByText('1 user with “zand”').waitFor();
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['Zoe Zander']);
    expect(page.url()).toContain('#/users?search=zand');
  });

  it('what somebody looks like, where pictures may come from there, and asks for none from elsewhere', async () => {
    const page = await open('/users');
    const pixel = Buffer.from('R0lGODlhAQABAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
    await page.route('https://pictures.example/**', (route) =>
      route.fulfill({ body: pixel, contentType: 'image/gif' }),
    );
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    await goTo(page, '/users/ann');
    await page.getByRole('heading', { level: 1, name: 'Ann Alder' }).waitFor();
    await page.getByText('What it comes to').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    const shown = page.waitForResponse('https://pictures.example/root.gif');
    await goTo(page, '/users/root');
    expect((await shown).ok()).toBe(true);
    await page.locator('img[alt=""]').waitFor();
    expect(asked).not.toContain('elsewhere.example');
    expect(watched?.faults).toEqual([]);
  });

  it('who holds a permission, and through what', async () => {
    const page = await open('/permissions');
    await page.getByRole('link', { name: 'write:contacts' }).click();
    await page.getByText('2 holders').waitFor();
    const row = page.getByRole('row', { name: /Ann Alder/ });
    expect(await row.innerText()).toContain('role editor');
    expect(await page.getByRole('row', { name: /Ruth Root/ }).innerText()).toContain('directly by *');
  });

  it('why somebody may, and why not', async () => {
    const page = await open('/why?kind=user&id=ann&permission=read:contacts');
    await page.getByRole('heading', { name: 'Yes' }).waitFor();
    expect(await page.getByRole('region', { name: 'Yes' }).innerText()).toContain('role reader, inherited by editor');
    await page.getByLabel('User id').fill('ben');
    await page.getByLabel('Permission').fill('delete:contacts');
    await page.getByRole('button', { name: 'May they?' }).click();
    const no = page.getByRole('region', { name: 'No' });
    await no.getByText('denial', { exact: true }).waitFor();
    expect(page.url()).toContain('id=ben');
    await page.getByLabel('Permission').fill('read:contacts');
    await page.getByLabel('Scopes').fill('write:contacts openid');
    await page.getByRole('button', { name: 'May they?' }).click();
    await no.getByText('no scope delegates it').waitFor();
  });

  it('why whoever has a token may, and keeps it nowhere', async () => {
    const page = await open('/why');
    const token = await scene.token('ann');
    await page.getByLabel('Whoever has this token').check();
    await page.getByLabel('Access token').fill(`Bearer ${token}`);
    await page.getByLabel('Permission').fill('write:contacts');
    await page.getByRole('button', { name: 'May they?' }).click();
    await page.getByRole('heading', { name: 'Yes' }).waitFor();
    const signature = token.split('.')[2] ?? '';
    expect(page.url()).not.toContain(signature);
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain(signature);
    await page.getByLabel('Access token').fill('not.a.token');
    await page.getByRole('button', { name: 'May they?' }).click();
    await page.getByText('The API refuses the token itself').waitFor();
  });

  it('why, and keeps what was typed over a lost connection and a reload, but for a token', async () => {
    const page = await open('/why');
    const token = await scene.token('ann');
    await page.getByLabel('Whoever has this token').check();
    await page.getByLabel('Access token').fill(token);
    await page.getByLabel('Permission').fill('write:contacts');
    await page.getByLabel('Resource').fill('contacts:id:7');
    await page.route('**/admin/api/why', (route) => route.abort());
    await page.getByRole('button', { name: 'May they?' }).click();
    await page.getByRole('alert').getByText('The connection was lost').waitFor();
    expect(await page.getByLabel('Access token').inputValue()).toBe(token);
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain(token.split('.')[2]);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Why?' }).waitFor();
    expect(await page.getByLabel('Whoever has this token').isChecked()).toBe(true);
    expect(await page.getByLabel('Permission').inputValue()).toBe('write:contacts');
    expect(await page.getByLabel('Resource').inputValue()).toBe('contacts:id:7');
    expect(await page.getByLabel('Access token').inputValue()).toBe('');

    await page.unroute('**/admin/api/why');
    await page.getByLabel('A user').check();
    await page.getByLabel('User id').fill('ann');
    await page.reload();
    await page.getByRole('button', { name: 'May they?' }).waitFor();
    expect(await page.getByLabel('User id').inputValue()).toBe('ann');
    await page.getByRole('button', { name: 'May they?' }).click();
    await page.getByRole('heading', { name: 'Yes' }).waitFor();
    expect(page.url()).toContain('on=contacts%3Aid%3A7');
    // What was asked is in the address, and no draft any more.
    await goTo(page, '/why');
    expect(await page.getByLabel('User id').inputValue()).toBe('');
  });

  it('what was changed, by whom, to whom and why, with what there was before', async () => {
    await scene.store.grant(scene.user('zoe'), 'read:contacts', { system: 'importer', why: 'ticket 7' });
    await scene.store.assign(scene.user('ben'), 'editor', {}, { system: 'other' });
    const page = await open('/audit');
    await page.getByText('2 changes').waitFor();
    await unfold(page, 'Filter');
    await page.getByLabel('User id').first().fill('zoe');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('1 change', { exact: true }).waitFor();
    const entry = page.getByRole('listitem').filter({ hasText: 'importer' });
    expect(await entry.innerText()).toMatch(/granted\s+read:contacts\s+to\s+zoe[^]*ticket 7/);
    await entry.getByText('Before and after').click();
    expect(await entry.locator('figure').nth(1).innerText()).toContain('"permission": "read:contacts"');
    await goTo(page, '/audit?system=other');
    await page.getByText('editor').waitFor();
    expect(await page.getByText('importer').count()).toBe(0);
  });

  it('that there is no such page, role or user', async () => {
    const page = await open('/nowhere/at/all');
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    await goTo(page, '/roles/nobodys');
    await page.getByRole('alert').getByText('There is no such role').waitFor();
    await goTo(page, '/users/%E0%A4%A');
    await page.getByRole('alert').getByText('There is no such user').waitFor();
  });

  it.each([
    ['/roles/..', '..'],
    ['/users/.', '.'],
    ['/clients/%2e%2E', '..'],
  ])('nothing about what no address can name, and asks for nothing else in its place: %s', async (place, name) => {
    const page = await open('/permissions');
    await page.getByRole('link', { name: 'write:contacts' }).waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await goTo(page, place);
    await page.getByRole('alert').first().getByText(`“${name}” can stand in no address`).waitFor();
    expect(asked).toEqual([]);
  });

  it('what somebody has who is gone from the directory, so that it can be taken back', async () => {
    await scene.store.assign(scene.user('gone'), 'editor', {}, { system: 'test' });
    const page = await open('/permissions/write%3Acontacts');
    await page.getByRole('link', { name: 'gone' }).click();
    await page.getByText('The directory of users does not know them').waitFor();
    await page.getByRole('button', { name: 'Deassign editor' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deassign' }).click();
    await page.getByRole('status').getByText('editor is deassigned from gone.').waitFor();
    expect((await scene.store.subject(scene.user('gone'))).roles).toEqual([]);
    await page.getByRole('alert').getByText('There is no such user').waitFor();
    expect(await page.getByRole('button', { name: 'Deassign editor' }).count()).toBe(0);
  });

  it('what is to be asked of an id that only looks like a path', async () => {
    await scene.store.grant(scene.user('../roles'), 'read:contacts', { system: 'test' });
    const page = await open(`/users/${encodeURIComponent('../roles')}`);
    await page.getByRole('button', { name: 'Revoke read:contacts' }).waitFor();
    await goTo(page, `/users/${encodeURIComponent('../audit')}`);
    await page.getByRole('alert').getByText('There is no such user').waitFor();
    await goTo(page, `/roles/${encodeURIComponent('..%2f..')}`);
    await page.getByRole('alert').getByText('There is no such role').waitFor();
  });
});
