// Every page of the dashboard by keyboard alone, on a small phone: all that can be pressed is come to, is seen, and shows that it is.

import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import { describeInBrowser, openPage } from './chromium.ts';
import { dashboardPlaces, furnish } from './dashboard-places.ts';
import { goTo, visit } from './visit.ts';

const script = readFile(new URL('./keyboard-checks.js', import.meta.url), 'utf8');

/** Once around with the tabulator key. Resolves to what is wrong, in words. */
async function wrongOnTheWayAround(page: Page): Promise<string[]> {
  await page.evaluate(await script);
  for (let at = 0; at < 400; at += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('keyboardWalk.step()')) === 'around') return page.evaluate('keyboardWalk.wrong()');
  }
  return ['there is no end to it'];
}

const phone = { viewport: { width: 360, height: 640 } };

describeInBrowser('with the keyboard alone', () => {
  it('everything on every page of the dashboard is come to, and shows it', async () => {
    const scene = await browserScene();
    await furnish(scene);
    const found: Record<string, unknown> = {};
    const { page, close } = await visit(scene, '/', phone);
    for (const [place, text, open] of dashboardPlaces) {
      await goTo(page, place);
      await page.getByRole('main').getByText(text).first().waitFor();
      await open?.(page);
      const wrong = await wrongOnTheWayAround(page);
      if (wrong.length > 0) found[place] = wrong;
    }
    expect(found).toEqual({});
    await close();
    await scene.close();
  });

  it('a dialog is not left but by an answer, and gives the focus back', async () => {
    const scene = await browserScene();
    const { page, close } = await visit(scene, '/users/ann', phone);
    const asks = page.getByRole('button', { name: 'Deassign editor' });
    await asks.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    for (let at = 0; at < 8; at += 1) {
      await page.keyboard.press('Tab');
      const isOutside = await page.evaluate(
        `!document.activeElement.closest('dialog') && document.activeElement !== document.body`,
      );
      expect(isOutside).toBe(false);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await asks.evaluate((one) => one.matches(':focus'))).toBe(true);
    expect((await scene.store.subject(scene.user('ann'))).roles).toHaveLength(1);
    await close();
    await scene.close();
  });

  it('what is wrong is found', async () => {
    const { page, close } = await openPage(phone);
    await page.setContent(`<button>seen</button><button class="bare">bare</button><a href="#x" tabindex="-1">left out</a>
      <button>covered</button><div class="cover">over it</div>
      <style>* { margin: 0 } button { display: block; outline: 2px solid black } .bare { outline: none }
      .cover { position: relative; top: -30px; height: 60px; background: white; z-index: 1 }</style>`);
    expect(await wrongOnTheWayAround(page)).toEqual([
      'does not show the focus: button bare',
      'has the focus unseen: button covered',
      'is not come to: a left out',
    ]);
    await close();
  });
});
