// The page of the address book and the pages of its authorization server, light and dark and on a small phone: everything has its label,
// nothing is too faint or too wide, and the content security policy has nothing to say.

import { mkdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { slowStartMs, startScene } from '../examples/address-book-scene.ts';
import type { Scene } from '../examples/address-book-scene.ts';
import { consent, openStart, refusalNoise, signIn } from './address-book-visit.ts';
import { describeInBrowser } from './chromium.ts';

const checks = new URL('./page-checks.js', import.meta.url);

/** Where pictures of the pages go; undefined: none are made. */
const pictures = process.env['ADDRESS_BOOK_PICTURES'];

const looks: readonly [name: string, options: BrowserContextOptions][] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['on 320 pixels', { viewport: { width: 320, height: 640 } }],
  [
    'on 320 pixels, dark, with less motion',
    { viewport: { width: 320, height: 640 }, colorScheme: 'dark', reducedMotion: 'reduce' },
  ],
];

describeInBrowser('every page of the address book', () => {
  let scene: Scene & { close(): Promise<void> };
  beforeAll(async () => void (scene = await startScene()), slowStartMs);
  afterAll(() => scene?.close());

  it.each(looks)('is in order: %s', async (name, options) => {
    const { page, faults, close } = await openStart(scene, options);
    const script = await readFile(checks, 'utf8');
    const found: Record<string, unknown> = {};
    const look = async (where: string): Promise<void> => {
      const wrong = (await page.evaluate(script)) as string[];
      if (wrong.length > 0) found[where] = wrong;
      if (pictures !== undefined) await draw(page, `${name} ${where}`, pictures);
    };
    const press = (button: string | RegExp): Promise<void> => page.getByRole('button', { name: button }).click();

    await look('start');
    await press(/^Sign in as Edgar/);
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await look('sign-in');
    await signIn(page);
    await page.getByRole('heading', { name: 'Allow access?' }).waitFor();
    await look('consent');
    await consent(page, ['write:contacts']);
    await press('Delete Alan Turing');
    await page.getByRole('button', { name: /^Ask for/ }).waitFor();
    await press('Edit Grace Hopper');
    await press('Run it now');
    await page.getByText('4 contacts').first().waitFor();
    await look('not delegated');
    await press(/^Ask for/);
    await consent(page);
    await page.getByText('You are back').waitFor();
    await look('returned');
    await press('Hit a denial');
    await press(/^Sign in as Dora/);
    await signIn(page);
    await press('Share Grace Hopper');
    await press('Delete Grace Hopper');
    await page.getByRole('button', { name: 'Ask an administrator' }).waitFor();
    await look('denied');

    expect(found).toEqual({});
    expect(faults.filter((text) => !refusalNoise.test(text))).toEqual([]);
    await page.goto(`${scene.facts.issuer}/authorize?client_id=nobody`);
    await look('error');
    await page.goto(scene.facts.administration.dashboard);
    await press('Sign in');
    await page.getByRole('heading', { name: 'Or be one of them' }).waitFor();
    await look('people');
    expect(found).toEqual({});
    await close();
  });
});

async function draw(page: Page, name: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = name.replaceAll(/[^\w]+/g, '-');
  await page.screenshot({ path: `${folder}/${file}.png`, fullPage: true, animations: 'disabled' });
}
