// Roles side by side in the dashboard: which permission each gives, on what, and through which role.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import type { BrowserScene } from './browser-scene.ts';
import { describeInBrowser } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { goTo, tabTo, visit } from './visit.ts';

let scene: BrowserScene;
let watched: WatchedPage | undefined;

async function open(place: string, options?: Parameters<typeof visit>[2]): Promise<Page> {
  watched = await visit(scene, place, options);
  return watched.page;
}

/** The text of each role's cell, by the name of the role. */
async function cellsOf(page: Page, permission: string): Promise<Record<string, string>> {
  const names = (await page.getByRole('columnheader').allInnerTexts()).slice(1);
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: permission, exact: true }) });
  const texts = await row.getByRole('cell').allInnerTexts();
  const said = names.map((name, at): [string, string] => [
    name.trim(),
    (texts[at] ?? '').replaceAll(/\s+/g, ' ').trim(),
  ]);
  return Object.fromEntries(said.filter(([, text]) => text !== ''));
}

interface Scrolled {
  readonly scrollLeft: number;
}

const region = (page: Page): Locator => page.getByRole('region', { name: 'Permissions by role' });

describeInBrowser('roles side by side', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it('say which permission each gives, on what, denied or not, and from which role it inherits it', async () => {
    const privileges = [
      { permission: 'delete:contacts', on: 'contacts:id:7' },
      { permission: 'delete:contacts', on: 'contacts:id:9', expiresAt: new Date('2999-01-02T03:04').getTime() },
      { permission: 'write:contacts', effect: 'deny' as const },
      { permission: 'read:*', organization: 'acme' },
    ];
    await scene.store.putRole({ uid: 'mixed', name: 'Mixed', privileges }, { system: 'test' });
    const page = await open('/roles');
    await page.getByRole('link', { name: 'Side by side' }).click();
    await page.getByRole('heading', { level: 1, name: 'Roles side by side' }).waitFor();
    await region(page).waitFor();
    expect(await cellsOf(page, 'read:contacts')).toEqual({
      reader: 'everywhere',
      editor: 'everywhere inherited from reader',
      steward: 'everywhere inherited from reader',
      Mixed: 'everywhere in acme by read:*',
    });
    expect(await cellsOf(page, 'write:contacts')).toEqual({
      editor: 'everywhere',
      steward: 'everywhere inherited from editor',
      Mixed: 'denied everywhere',
    });
    expect(await cellsOf(page, 'delete:contacts')).toEqual({
      steward: 'everywhere',
      Mixed: expect.stringMatching(/^on contacts:id:7 on contacts:id:9 until 2 Jan 2999/),
    });
    expect(await cellsOf(page, 'read:*')).toEqual({ Mixed: 'everywhere in acme' });
    // What none of them gives is no row.
    expect(await page.getByRole('rowheader').count()).toBe(4);
    expect(await page.locator('thead th:not([scope=col]), tbody th:not([scope=row])').count()).toBe(0);
    await page.getByLabel('Filter by permission').fill('delete');
    await page.getByText('1 permission', { exact: true }).waitFor();
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['delete:contacts']);
    await page.getByRole('columnheader', { name: 'Mixed' }).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'Mixed' }).waitFor();
    expect(watched?.faults).toEqual([]);
  });

  it('say of which API a permission is, where that is not the one that is administered', async () => {
    const privileges = [{ permission: 'read:users', audience: 'https://contacts.example/api/v2/' }];
    await scene.store.putRole({ uid: 'clerk', name: 'Clerk', privileges }, { system: 'test' });
    const page = await open('/role-matrix?name=Clerk');
    await region(page).waitFor();
    expect(await cellsOf(page, 'read:users')).toEqual({ Clerk: 'everywhere of the administration' });
  });

  it('come eight at a time, each page by one call, and are found by name', async () => {
    const changes = Array.from({ length: 20 }, (_, at) => ({
      kind: 'put-role' as const,
      role: {
        uid: `zz-${String(at).padStart(2, '0')}`,
        name: `Team ${String(at).padStart(2, '0')}`,
        privileges: [{ permission: 'read:contacts', on: `contacts:id:${at}` }],
      },
    }));
    await scene.store.changeAll(changes, { system: 'test' });
    const page = await open('/roles');
    await page.getByText('27 roles').waitFor();
    const calls: string[] = [];
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      if (pathname.includes('/api/')) calls.push(`${pathname}${search}`);
    });
    await goTo(page, '/role-matrix');
    await page.getByText('1 to 8 of 27').waitFor();
    const names = await page.getByRole('columnheader').allInnerTexts();
    expect(names).toEqual(['Permission', 'editor', 'reader', 'steward', 'Team 00']);
    // What gives nothing takes no column.
    expect(await page.getByText('Nothing is given by').innerText()).toContain('Built-in Viewer');
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByText('9 to 16 of 27').waitFor();
    await page.getByRole('columnheader').nth(8).waitFor();
    expect(await page.getByRole('columnheader').count()).toBe(9);
    expect(calls).toEqual(['/admin/api/roles?offset=0&take=8', '/admin/api/roles?offset=8&take=8']);
    await page.getByLabel('Name', { exact: true }).fill('Team 1');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('10 roles').waitFor();
    expect((await cellsOf(page, 'read:contacts'))['Team 13']).toBe('on contacts:id:13');
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByText('9 to 10 of 10').waitFor();
    expect(await cellsOf(page, 'read:contacts')).toEqual({
      'Team 18': 'on contacts:id:18',
      'Team 19': 'on contacts:id:19',
    });
    await goTo(page, '/role-matrix?name=nobody');
    await page.getByText('No role here gives anything.').waitFor();
  });

  it('show the first of very many permissions, and find the others by name', async () => {
    const privileges = Array.from({ length: 450 }, (_, at) => ({ permission: `do:${String(at).padStart(3, '0')}` }));
    await scene.store.putRole({ uid: 'vast', name: 'Vast', privileges }, { system: 'test' });
    const page = await open('/role-matrix?name=Vast');
    await page.getByText('450 permissions, of which the first 200 are shown').waitFor();
    expect(await page.getByRole('rowheader').count()).toBe(200);
    await page.getByLabel('Filter by permission').fill('do:449');
    await page.getByText('1 permission', { exact: true }).waitFor();
    expect(await cellsOf(page, 'do:449')).toEqual({ Vast: 'everywhere' });
  });

  it('are gone through with the keyboard on a phone, where what a row is about stays in sight', async () => {
    const page = await open('/role-matrix', { viewport: { width: 360, height: 640 } });
    await region(page).waitFor();
    await tabTo(page, region(page));
    const before = await page.getByRole('rowheader').first().boundingBox();
    const scrolled = (): Promise<number> => region(page).evaluate((one) => (one as unknown as Scrolled).scrollLeft);
    for (let at = 0; at < 100 && (await scrolled()) < 60; at += 1) await page.keyboard.press('ArrowRight');
    expect(await scrolled()).toBeGreaterThanOrEqual(60);
    const after = await page.getByRole('rowheader').first().boundingBox();
    expect(after?.x).toBe(before?.x);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    // And from cell to cell by what can be followed in them.
    await tabTo(page, page.getByRole('columnheader', { name: 'steward' }).getByRole('link'));
    const link = await page.getByRole('columnheader', { name: 'steward' }).getByRole('link').boundingBox();
    expect(link !== null && link.x >= (after?.x ?? 0) + (after?.width ?? 0) && link.x + link.width <= 360).toBe(true);
  });

  it('say what is missing to whoever may not read them', async () => {
    await scene.store.grant(scene.user('zoe'), 'read:users', { system: 'test' });
    const page = await open('/role-matrix', { as: 'zoe' });
    expect(await page.getByRole('alert').innerText()).toMatch(/Not permitted[^]*read:roles/);
  });
});
