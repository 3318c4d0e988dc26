// Roles in the dashboard: what a change would come to is seen first, and what two people type at once is not lost.

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

const told = (page: Page, text: string): Promise<void> => page.getByRole('status').getByText(text).waitFor();
const review = (page: Page): Promise<void> => page.getByRole('button', { name: 'See what would change' }).click();
const save = (page: Page): Promise<void> => page.getByRole('button', { name: 'Save', exact: true }).click();

/** What is told of the button that sends the form. */
const description = (page: Page): Promise<string> =>
  page.evaluate(`{
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'See what would change');
    document.getElementById(button.getAttribute('aria-describedby'))?.textContent ?? '';
  }`);

async function addPrivilege(page: Page, permission: string): Promise<void> {
  await unfold(page, 'Add a privilege');
  await page.getByRole('combobox', { name: /^Permission/ }).selectOption({ label: permission });
  await page.getByRole('button', { name: 'Add this privilege' }).click();
}

describeInBrowser('roles in the dashboard', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it('are saved once it was shown who gains and who loses what', async () => {
    const page = await open('/roles/editor');
    await addPrivilege(page, 'delete:contacts');
    await page.getByRole('button', { name: 'Remove reader' }).click();
    await review(page);
    const heading = page.getByRole('heading', { name: 'What would change' });
    await heading.waitFor();
    expect(await heading.evaluate((one) => one.matches(':focus'))).toBe(true);
    expect(await page.getByRole('list', { name: 'gains' }).innerText()).toContain('delete:contacts');
    expect(await page.getByRole('list', { name: 'loses' }).innerText()).toContain('read:contacts');
    expect((await scene.store.role('editor'))?.version).toBe(1);
    await page.getByLabel('Reason').fill('ticket 9');
    await save(page);
    await told(page, 'The role editor is saved.');
    expect(await scene.store.role('editor')).toMatchObject({ version: 2, inherits: [] });
    expect(await scene.asContactsUser('ann', 'DELETE')).toBe(200);
    expect(await scene.asContactsUser('ann')).toBe(403);
    await page.getByText('version 2').waitFor();
  });

  it('that somebody else saved meanwhile are shown beside what was typed, which is kept', async () => {
    const page = await open('/roles/reader');
    await page.getByLabel('What it is for').fill('Typed and not yet saved');
    await addPrivilege(page, 'write:contacts');
    await review(page);
    await page.getByRole('heading', { name: 'What would change' }).waitFor();
    const theirs = { uid: 'reader', name: 'reader', version: 1, description: 'Saved meanwhile', privileges: [] };
    await scene.store.putRole(theirs, { system: 'somebody else' });
    await save(page);
    const alert = page.getByRole('alert');
    await alert.getByText('Somebody else saved this role meanwhile').waitFor();
    await alert.getByText('Saved meanwhile').waitFor();
    expect(await page.getByLabel('What it is for').inputValue()).toBe('Typed and not yet saved');
    expect((await scene.store.role('reader'))?.description).toBe('Saved meanwhile');

    await page.getByRole('button', { name: 'Keep mine, in place of version 2' }).click();
    await review(page);
    await save(page);
    await told(page, 'The role reader is saved.');
    expect(await scene.store.role('reader')).toMatchObject({ version: 3, description: 'Typed and not yet saved' });
    expect(await scene.asContactsUser('ann', 'POST')).toBe(200);
  });

  it('that were saved though no answer came are found to be so, and nobody else is blamed', async () => {
    const page = await open('/roles/reader');
    await page.getByLabel('What it is for').fill('Reads');
    await review(page);
    await page.getByRole('heading', { name: 'What would change' }).waitFor();
    await page.route('**/admin/api/changes', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await save(page);
    const alert = page.getByRole('alert');
    await alert.getByText('The connection was lost.').waitFor();
    await page.unroute('**/admin/api/changes');
    await page.getByRole('button', { name: 'Try again' }).click();
    await alert.getByText('It is saved already').waitFor();
    expect(await alert.getByText('Somebody else').count()).toBe(0);
    await alert.getByRole('button', { name: 'Go on with version 2' }).click();
    await page.getByText('version 2', { exact: true }).waitFor();
    expect(await page.getByLabel('What it is for').inputValue()).toBe('Reads');
    expect(await alert.count()).toBe(0);
  });

  it('that differ in the API of a privilege alone are not taken for the same', async () => {
    const page = await open('/roles/reader');
    await page.getByLabel('What it is for').fill('Reads ');
    await review(page);
    await page.getByRole('heading', { name: 'What would change' }).waitFor();
    const privileges = [{ permission: 'read:contacts', audience: 'https://other.example/' }];
    const theirs = { uid: 'reader', name: 'reader', version: 1, description: 'Reads', privileges };
    await scene.store.putRole(theirs, { system: 'somebody else' });
    await save(page);
    const alert = page.getByRole('alert');
    await alert.getByText('Somebody else saved this role meanwhile').waitFor();
    await alert.getByText('read:contacts of https://other.example/').waitFor();
    expect(await alert.getByText('only here').count()).toBe(2);
    expect(await alert.getByText('What it is for').count()).toBe(0);
  });

  it('are not saved without a word on what is filled in and was not added', async () => {
    const page = await open('/roles/reader');
    await unfold(page, 'Add a privilege');
    await page.getByRole('combobox', { name: /^Permission/ }).selectOption({ label: 'write:contacts' });
    const said = 'is filled in and not added';
    await page.getByText(said).waitFor();
    expect(await description(page)).toContain(said);
    await page.getByRole('button', { name: 'Add this privilege' }).click();
    expect(await page.getByText(said).count()).toBe(0);
    expect(await description(page)).toBe('');
  });

  it('that somebody else saved meanwhile can be taken as they are', async () => {
    const page = await open('/roles/reader');
    await page.getByLabel('What it is for').fill('Typed and not yet saved');
    await scene.store.putRole(
      { uid: 'reader', name: 'reader', version: 1, description: 'Theirs', privileges: [] },
      { system: 'x' },
    );
    await review(page);
    await page.getByRole('button', { name: 'Take version 2, discard mine' }).click();
    await page.getByText('version 2').waitFor();
    expect(await page.getByLabel('What it is for').inputValue()).toBe('Theirs');
  });

  it('are made anew, with what they inherit', async () => {
    const page = await open('/roles');
    await page.getByRole('link', { name: 'New role' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Night Watch');
    await unfold(page, 'Inherit a role');
    await page.getByRole('radio', { name: /^reader/ }).check();
    await page.getByRole('button', { name: 'Inherit this role' }).click();
    await review(page);
    await page.getByText('nobody has it').waitFor();
    await save(page);
    await page.getByRole('heading', { level: 1, name: 'Night Watch' }).waitFor();
    expect(await scene.store.role('night-watch')).toMatchObject({
      name: 'Night Watch',
      inherits: [{ role: 'reader' }],
    });
  });

  it('are deleted once it was said who loses what by it', async () => {
    const page = await open('/roles/editor');
    await page.getByRole('button', { name: 'Delete …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete editor?' });
    expect(await dialog.innerText()).toMatch(/Ann Alder[^]*write:contacts/);
    await dialog.getByRole('button', { name: 'Keep as it is' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await scene.store.role('editor')).toBeDefined();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await dialog.getByRole('button', { name: 'Delete, and take it from all' }).click();
    await page.getByRole('heading', { level: 1, name: 'Roles' }).waitFor();
    expect(await scene.store.role('editor')).toBeUndefined();
    expect(await scene.asContactsUser('ann', 'POST')).toBe(403);
  });

  it('that are built in are ticked side by side, and what one has from below is shown as such', async () => {
    await scene.store.assign(scene.user('zoe'), 'builtin:editor', {}, { system: 'test' });
    const page = await open('/built-in');
    await page.getByRole('checkbox', { name: 'read:contacts for Viewer' }).check();
    const row = page.getByRole('row', { name: /^read:contacts/ });
    expect(await row.getByText('from Viewer').count()).toBe(2);
    await review(page);
    expect(await page.getByRole('list', { name: 'gains' }).innerText()).toContain('read:contacts');
    expect(await scene.asContactsUser('zoe')).toBe(403);
    await save(page);
    await told(page, 'The built-in roles are saved.');
    expect(await scene.asContactsUser('zoe')).toBe(200);
    await page.getByRole('checkbox', { name: 'read:contacts for Viewer' }).uncheck();
    await review(page);
    await save(page);
    await page.getByRole('button', { name: 'Discard my ticks' }).waitFor({ state: 'detached' });
    expect(await scene.asContactsUser('zoe')).toBe(403);
  });

  it('come in pages, and are found by name', async () => {
    const changes = Array.from({ length: 120 }, (_, at) => ({
      kind: 'put-role' as const,
      role: { uid: `zz-${String(at).padStart(3, '0')}`, name: `Team ${at}`, privileges: [] },
    }));
    await scene.store.changeAll(changes, { system: 'test' });
    const page = await open('/roles');
    await page.getByText('1 to 50 of 127').waitFor();
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByText('51 to 100 of 127').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Team 11');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('11 roles').waitFor();
    await page.goBack();
    await page.getByText('51 to 100 of 127').waitFor();
    await goTo(page, '/roles/zz-119');
    await page.getByRole('heading', { level: 1, name: 'Team 119' }).waitFor();
  });
});
