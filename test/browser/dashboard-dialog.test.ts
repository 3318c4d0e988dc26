// A dialog that asks before something is taken away: what it says while the answer is on its way, and where none comes.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import type { BrowserScene } from './browser-scene.ts';
import { describeInBrowser } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { visit } from './visit.ts';

let scene: BrowserScene;
let watched: WatchedPage | undefined;

/** Ann's page, with the question whether she shall lose a role. */
async function asked(): Promise<Page> {
  watched = await visit(scene, '/users/ann');
  await ask(watched.page);
  return watched.page;
}

async function ask(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Deassign editor' }).click();
  await page.getByRole('dialog', { name: 'Deassign editor?' }).waitFor();
}

const changes = '**/admin/api/changes';
const rolesOfAnn = async (): Promise<number> => (await scene.store.subject(scene.user('ann'))).roles.length;

describeInBrowser('a dialog of the dashboard', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it('does not say that all is as it was while the change is on its way', async () => {
    const page = await asked();
    let proceed = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (proceed = resolve));
    await page.route(changes, async (route) => {
      await waiting;
      await route.continue();
    });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Deassign' }).click();
    await dialog.locator('button[aria-busy=true]').waitFor();
    const keep = dialog.getByRole('button', { name: 'Keep as it is' });
    expect(await keep.getAttribute('aria-disabled')).toBe('true');
    await keep.click({ force: true });
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(true);
    proceed();
    await page.getByRole('status').getByText('editor is deassigned from Ann Alder.').waitFor();
    expect(await rolesOfAnn()).toBe(0);
    expect(await dialog.count()).toBe(0);
  });

  it('says itself that the sign-in has ended, and keeps the reason over the next', async () => {
    const page = await asked();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('moved on');
    await page.route(changes, (route) => route.fulfill({ status: 401, json: { detail: 'The token has expired' } }));
    await dialog.getByRole('button', { name: 'Deassign' }).click();
    await dialog.getByRole('alert').getByText('Your sign-in has ended.').waitFor();
    await page.unroute(changes);
    await dialog.getByRole('button', { name: 'Sign in again' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Deassign editor' }).waitFor();
    expect(await rolesOfAnn()).toBe(1);
    await ask(page);
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('moved on');
    await dialog.getByRole('button', { name: 'Deassign' }).click();
    await page.getByRole('status').getByText('editor is deassigned from Ann Alder.').waitFor();
    expect((await scene.store.audit({ take: 1 })).items[0]).toMatchObject({ why: 'moved on' });
  });

  it('keeps its reason over a lost connection, and has forgotten it once it was answered', async () => {
    const page = await asked();
    const dialog = page.getByRole('dialog');
    const reason = dialog.getByLabel('Reason');
    await reason.fill('in the tunnel');
    await page.route(changes, (route) => route.abort());
    await dialog.getByRole('button', { name: 'Deassign' }).click();
    await dialog.getByRole('alert').getByText('The connection was lost.').waitFor();
    expect(await reason.inputValue()).toBe('in the tunnel');
    await dialog.getByRole('button', { name: 'Keep as it is' }).click();
    await ask(page);
    expect(await reason.inputValue()).toBe('');
    expect(await dialog.getByRole('alert').count()).toBe(0);
    expect(await rolesOfAnn()).toBe(1);
  });
});
