// The dashboard over a bad connection: what takes long is seen to, what did not come is asked for again, and no form is lost.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import type { BrowserScene } from './browser-scene.ts';
import { describeInBrowser } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { goTo, unfold, visit } from './visit.ts';

let scene: BrowserScene;
let watched: WatchedPage | undefined;

async function open(place: string): Promise<Page> {
  watched = await visit(scene, place);
  return watched.page;
}

const anyCall = '**/admin/api/**';
const field = (page: Page, name: string | RegExp) => page.getByRole('textbox', { name });

describeInBrowser('over a bad connection, the dashboard', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it.each([
    ['/users', 'users', 'Ann Alder'],
    ['/users/ann', 'what is assigned', 'What it comes to'],
    ['/roles', 'the roles', 'steward'],
    ['/role-matrix', 'the roles', 'inherited from'],
    ['/roles/editor', 'the role', 'What it gives'],
    ['/built-in', 'the built-in roles', 'See contacts'],
    ['/permissions', 'the permissions', 'See contacts'],
    ['/permissions/read%3Acontacts', 'who holds it', 'nightly-export'],
    ['/why?kind=user&id=ann&permission=read:contacts', 'the answer', 'Because'],
    ['/audit', 'the audit', 'ticket 7'],
  ])('says what it waits for, and that nothing came, and reads it once more: %s', async (place, what, text) => {
    await scene.store.grant(scene.user('zoe'), 'read:contacts', { system: 'importer', why: 'ticket 7' });
    const page = await open('/clients');
    await page.getByRole('link', { name: 'nightly-export' }).waitFor();
    const held: (() => void)[] = [];
    let isLost = false;
    await page.route(anyCall, async (route) => {
      if (!isLost) await new Promise<void>((resolve) => held.push(resolve));
      await route.abort();
    });
    await goTo(page, place);
    const main = page.getByRole('main');
    await main.getByRole('status').getByText(`Reading ${what} …`).waitFor();
    expect(await main.getByRole('alert').count()).toBe(0);
    isLost = true;
    for (const lose of held) lose();
    await main.getByRole('alert').first().getByText('The connection was lost.').waitFor();
    expect(await main.getByText('Reading').count()).toBe(0);
    await page.unroute(anyCall);
    await main.getByRole('button', { name: 'Try again' }).first().click();
    await main.getByText(text).first().waitFor();
    expect(await main.getByRole('alert').count()).toBe(0);
  });

  const typed = 'typed before the tunnel';
  const forms: readonly [form: string, place: string, fill: (page: Page) => Promise<void>, said: () => string][] = [
    [
      'a grant',
      '/users/zoe',
      async (page) => {
        await unfold(page, 'Grant a permission directly');
        await page.getByRole('combobox', { name: /^Permission/ }).selectOption({ label: 'read:contacts' });
        await field(page, /^Resource/).fill('contacts:id:7');
        await field(page, /^Reason/).fill(typed);
        await page.getByRole('button', { name: 'Grant' }).click();
      },
      () => 'Zoe Zander now has read:contacts on contacts:id:7',
    ],
    [
      'an assignment',
      '/users/zoe',
      async (page) => {
        await unfold(page, 'Assign a role');
        await page.getByRole('radio', { name: /^editor/ }).check();
        await field(page, /^Reason/).fill(typed);
        await page.getByRole('button', { name: 'Assign editor' }).click();
      },
      () => 'editor is assigned to Zoe Zander.',
    ],
    [
      'a changed role',
      '/roles/reader',
      async (page) => {
        await field(page, 'What it is for').fill(typed);
        await page.getByRole('button', { name: 'See what would change' }).click();
      },
      () => 'The role reader is saved.',
    ],
    [
      'a new role',
      '/new-role',
      async (page) => {
        await field(page, /^Name$/).fill('Night Watch');
        await field(page, 'What it is for').fill(typed);
        await page.getByRole('button', { name: 'See what would change' }).click();
      },
      () => 'The role Night Watch is saved.',
    ],
    [
      'ticks of built-in roles',
      '/built-in',
      async (page) => {
        await page.getByRole('checkbox', { name: 'read:contacts for Viewer' }).check();
        await page.getByRole('button', { name: 'See what would change' }).click();
      },
      () => 'The built-in roles are saved.',
    ],
  ];
  it.each(forms)('keeps %s, also when the page is loaded anew', async (_, place, fill, said) => {
    const page = await open(place);
    const changes = '**/admin/api/changes';
    await page.route(changes, (route) => route.abort());
    await fill(page);
    await page.getByRole('alert').getByText('The connection was lost.').waitFor();
    expect((await scene.store.audit({ take: 1 })).total).toBe(0);
    await page.unroute(changes);
    await page.reload();
    const buttons = page.getByRole('button', { name: /^(?:Grant|Assign editor|See what would change)$/ });
    await buttons.first().click();
    const save = page.getByRole('button', { name: 'Save', exact: true });
    const done = page.getByRole('status').getByText(said());
    await save.or(done).first().waitFor();
    if (await save.isVisible()) await save.click();
    await done.waitFor();
    const [entry] = (await scene.store.audit({ take: 1 })).items;
    if (place !== '/built-in') expect(JSON.stringify(entry)).toContain(typed);
  });
});
