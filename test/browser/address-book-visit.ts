// A running address book and what somebody chooses on its page go in; the page on which they are signed in comes out.

import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { permissions } from '../../examples/address-book/permissions.ts';
import type { Scene } from '../examples/address-book-scene.ts';
import { openPage } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';

export interface Choice {
  /** Their name, not their id. */
  person: string;
  client: string;
  /** All that is asked for. */
  scopes: readonly string[];
  /** At the consent page. */
  untick?: readonly string[];
}

export async function openStart({ facts }: Scene, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const watched = await openPage(options);
  await watched.page.goto(`${facts.api}/`);
  await watched.page.getByRole('button', { name: /^Sign in as/ }).waitFor();
  return watched;
}

export async function visitAs(scene: Scene, choice: Choice, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const watched = await openStart(scene, options);
  await choose(watched.page, choice);
  await watched.page.getByRole('button', { name: /^Sign in as/ }).click();
  await signIn(watched.page);
  if (choice.client === 'mail-merge') await consent(watched.page, choice.untick);
  await watched.page.getByRole('heading', { name: 'The address book' }).waitFor();
  await watched.page
    .getByText(/^contact 1|Contact 1/)
    .first()
    .waitFor();
  return watched;
}

export async function choose(page: Page, { person, client, scopes }: Choice): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(`^${person}`) }).check();
  await page.getByRole('radio', { name: new RegExp(`^${client}`) }).check();
  for (const scope of permissions.names) {
    await page.getByRole('checkbox', { name: new RegExp(`^${scope}`) }).setChecked(scopes.includes(scope));
  }
}

/** With what the page has filled in. */
export async function signIn(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export async function consent(page: Page, untick: readonly string[] = []): Promise<void> {
  await page.getByRole('heading', { name: 'Allow access?' }).waitFor();
  for (const scope of untick) await page.locator(`input[value="${scope}"]`).uncheck();
  await page.getByRole('button', { name: 'Allow what is ticked' }).click();
}

/** What stands in the columns about a permission, from left to right. */
export async function columnsOf(page: Page, permission: string): Promise<string[]> {
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: permission }) });
  return row.getByRole('cell').allInnerTexts();
}

/** Why a button is grey; undefined: it is not. */
export async function reasonOf(page: Page, name: string | RegExp): Promise<string | undefined> {
  const button = page.getByRole('button', { name });
  await button.waitFor();
  const id = await button.getAttribute('aria-describedby');
  if (id === null) return undefined;
  return (await page.locator(`#${id}`).textContent()) ?? '';
}

/** The answer as it came. */
export function rawAnswer(page: Page): Promise<string> {
  return page.getByLabel('The answer as it came').innerText();
}

/** What the browser itself says of every refusal. */
export const refusalNoise = /Failed to load resource: the server responded with a status of 4(01|03)/;

/** `where`: the page, or a part of it. */
export function press(where: Page | Locator, name: string | RegExp): Promise<void> {
  return where.getByRole('button', { name }).click();
}

/** Once the API has answered so: `403 Forbidden`. */
export function answered(page: Page, line: string): Promise<void> {
  return page.getByRole('status').getByText(line, { exact: true }).waitFor();
}
