// Every page of the dashboard, light and dark and on a small phone: everything has its label, nothing is too faint or too wide, and
// the content security policy has nothing to say.

import { mkdir } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import { describeInBrowser, openPage } from './chromium.ts';
import { dashboardPlaces, furnish } from './dashboard-places.ts';
import { goTo, visit } from './visit.ts';

const checks = new URL('./page-checks.js', import.meta.url);

/** Where pictures of the pages go; undefined: none are made. */
const pictures = process.env['DASHBOARD_PICTURES'];

const looks: readonly [name: string, options: BrowserContextOptions][] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['on 320 pixels', { viewport: { width: 320, height: 640 } }],
  ['on 360 pixels, dark, by touch', { viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true }],
  [
    'on 320 pixels, dark, with less motion',
    { viewport: { width: 320, height: 640 }, colorScheme: 'dark', reducedMotion: 'reduce' },
  ],
];

const expected = /status of 404/;

describeInBrowser('every page of the dashboard', () => {
  it.each(looks)('is in order: %s', async (name, options) => {
    const scene = await browserScene();
    await furnish(scene);
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
    for (const [place, text, open] of dashboardPlaces) {
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
      <div class="wide">wide</div><style>.wide { width: 400px } .small { display: inline-block; width: 9px; height: 9px }
      .scrolled { width: 50px; overflow: auto; white-space: nowrap }</style>
      <table><tr><th>headless</th></tr></table><div role="region">nameless</div>
      <div class="scrolled">very much text in a line</div>
      <a class="small" href="#a">a</a><a class="small" href="#b">b</a>`);
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
      'a th without scope: th headless',
      'a region without a name: div nameless',
      'cannot be scrolled by keyboard: div very much text',
      'too small to be pressed: a b',
    ]) {
      expect(wrong).toContain(found);
    }
    await close();
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
