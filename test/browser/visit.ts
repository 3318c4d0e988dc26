// Somebody and a place in the dashboard go in; the page on which they are there, signed in, comes out.

import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { BrowserScene } from './browser-scene.ts';
import { openPage } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';

/** `place`: what stands behind the `#`. */
export async function visit(
  scene: BrowserScene,
  place: string,
  { as = 'root', ...options }: BrowserContextOptions & { as?: string } = {},
): Promise<WatchedPage> {
  const watched = await openPage(options);
  const { page } = watched;
  await page.goto(`${scene.address}/admin/#${place}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signInAtIssuer(page, as);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return watched;
}

export async function signInAtIssuer(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** To another place, as a link would. */
export async function goTo(page: Page, place: string): Promise<void> {
  const address = new URL(page.url());
  address.hash = place;
  await page.goto(address.href);
}

/** Opens what is folded. */
export async function unfold(page: Page, title: string): Promise<void> {
  await page.getByText(title, { exact: true }).click();
}

const most = 150;

/** With the tabulator key alone. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let at = 0; at < most; at += 1) {
    if (await target.evaluate((element) => element.matches(':focus')).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('The keyboard does not get there');
}
