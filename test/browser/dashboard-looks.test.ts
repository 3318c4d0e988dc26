// Every page of the dashboard, light and dark and on a small phone: everything has its label, nothing is too faint or too wide, and
// the content security policy has nothing to say.

import { mkdir } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import { describeInBrowser, openPage } from './chromium.ts';
import { goTo, unfold, visit } from './visit.ts';

const checks = new URL('./page-checks.js', import.meta.url);

/** Where pictures of the pages go; undefined: none are made. */
const pictures = process.env['DASHBOARD_PICTURES'];

const looks: readonly [name: string, options: BrowserContextOptions][] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['on 320 pixels', { viewport: { width: 320, height: 640 } }],
  [
    'on 320 pixels, dark, with less motion',
    { viewport: { width: 320, height: 640 }, colorScheme: 'dark', reducedMotion: 'reduce' },
  ],
];

/** Each with what is there once it has been read, and what else is to be opened. */
const places: readonly [place: string, text: string, open?: (page: Page) => Promise<unknown>][] = [
  ['/users', 'Zoe Zander'],
  ['/clients', 'nightly-export'],
  [
    '/users/ann',
    'What it comes to',
    async (page) => {
      await unfold(page, 'Assign a role');
      await unfold(page, 'Grant a permission directly');
      await page.getByRole('radio', { name: /^steward/ }).waitFor();
      await page.getByRole('combobox', { name: /^Permission/ }).waitFor();
    },
  ],
  ['/roles', 'Keeps the contacts up to date'],
  [
    '/roles/editor',
    'Ann Alder',
    async (page) => {
      await page.getByLabel('What it is for').fill('Keeps them');
      await page.getByRole('button', { name: 'Remove write:contacts' }).click();
      await page.getByRole('button', { name: 'See what would change' }).click();
      await page.getByRole('heading', { name: 'What would change' }).waitFor();
    },
  ],
  ['/new-role', 'Identifier'],
  ['/built-in', 'See contacts', (page) => page.getByRole('checkbox', { name: 'read:contacts for Viewer' }).check()],
  ['/permissions', 'Delete contacts'],
  ['/permissions/read%3Acontacts', 'nightly-export'],
  ['/why?kind=user&id=ann&permission=read:contacts', 'Because'],
  ['/why?kind=user&id=ben&permission=delete:contacts', 'Because'],
  ['/audit?role=reader', 'ticket 7', (page) => page.getByText('Before and after').click()],
  ['/roles/nobodys', 'There is no such role'],
];

const expected = /status of 404/;

describeInBrowser('every page of the dashboard', () => {
  it.each(looks)('is in order: %s', async (name, options) => {
    const scene = await browserScene();
    await scene.store.assign(scene.user('zoe'), 'reader', {}, { system: 'importer', why: 'ticket 7' });
    const script = await readFile(checks, 'utf8');
    const found: Record<string, unknown> = {};
    const look = async (page: Page, place: string): Promise<void> => {
      // A color on its way to another one is neither.
      await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
      const wrong = (await page.evaluate(script)) as string[];
      if (wrong.length > 0) found[place] = wrong;
      if (pictures === undefined) return;
      await mkdir(pictures, { recursive: true });
      const file = `${name} ${place}`.replaceAll(/[^\w]+/g, '-');
      await page.screenshot({ path: `${pictures}/${file}.png`, fullPage: true, animations: 'disabled' });
    };
    const door = await openPage(options);
    await door.page.goto(`${scene.address}/admin/`);
    await door.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await look(door.page, 'door');
    await door.close();

    const { page, faults, close } = await visit(scene, '/', options);
    for (const [place, text, open] of places) {
      await goTo(page, place);
      await page.getByRole('main').getByText(text).first().waitFor();
      await open?.(page);
      await look(page, place);
    }
    await goTo(page, '/users/ann');
    await page.getByRole('button', { name: 'Deassign editor' }).click();
    await page.getByRole('dialog').waitFor();
    await look(page, 'dialog');
    expect(found).toEqual({});
    expect(faults.filter((text) => !expected.test(text))).toEqual([]);
    await close();
    await scene.close();
  });

  it('is looked at by checks that find what is wrong', async () => {
    const script = await readFile(checks, 'utf8');
    const { page, close } = await openPage({ viewport: { width: 320, height: 640 } });
    await page.setContent(`<title>Wrong</title><h1>One</h1><h1>Two</h1><h3>Three</h3><input name="bare" />
      <button></button><img src="data:," /><p style="color: #999">faint</p><i id="twice"></i><i id="twice"></i>
      <div role="button">no button</div><section aria-labelledby="nowhere"></section><fieldset></fieldset>
      <div class="wide">wide</div><style>.wide { width: 400px }</style>`);
    const wrong = ((await page.evaluate(script)) as string[]).join('\n');
    for (const found of [
      '2 h1',
      '0 main',
      'no language',
      'h3 after h1',
      'no label: <input name="bare">',
      'no name: button',
      'no button: div no button',
      'a fieldset without a legend',
      'an image without alt',
      'a style attribute: p faint',
      'several #twice',
      'aria-labelledby of what is not there: section',
      'wider than the screen: 408 of 320',
      'contrast 2.85: p faint',
    ]) {
      expect(wrong).toContain(found);
    }
    await close();
  });

  it('shows where the keyboard is', async () => {
    const scene = await browserScene();
    const { page, close } = await visit(scene, '/users/ann');
    await page.getByRole('button', { name: 'Deassign editor' }).waitFor();
    const seen = new Set<string>();
    for (let at = 0; at < 20; at += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(
        `(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); return outlineStyle + ' ' + outlineWidth; })()`,
      );
      seen.add(String(outline));
    }
    expect([...seen]).toEqual(['solid 2px']);
    await close();
    await scene.close();
  });

  it('can be left out with the first key, to what it is about', async () => {
    const scene = await browserScene();
    const { page, close } = await visit(scene, '/users');
    await page.getByRole('link', { name: 'Ann Alder' }).waitFor();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the content' });
    expect(await skip.evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    expect(await page.getByRole('main').evaluate((one) => one.matches(':focus'))).toBe(true);
    expect(page.url()).toContain('#/users');
    await close();
    await scene.close();
  });
});
