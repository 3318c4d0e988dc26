// A page goes in, a picture of it for the documentation comes out, where it is asked for: RIGHTFUL_SCREENSHOTS=1.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const folder = fileURLToPath(new URL('../../docs/images', import.meta.url));
const isWanted = process.env['RIGHTFUL_SCREENSHOTS'] === '1';

/** Of the top of the page, 1280 pixels wide. */
export async function picture(page: Page, name: string, height: number): Promise<void> {
  if (!isWanted) return;
  await mkdir(folder, { recursive: true });
  const before = page.viewportSize();
  await page.setViewportSize({ width: 1280, height });
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled', caret: 'hide' });
  if (before !== null) await page.setViewportSize(before);
}
