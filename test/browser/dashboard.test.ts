// The dashboard in a browser: what is changed in the page acts on the next call of the API, and what is refused says what is missing.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserScene } from './browser-scene.ts';
import type { BrowserScene } from './browser-scene.ts';
import { describeInBrowser } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { goTo, tabTo, unfold, visit } from './visit.ts';

let scene: BrowserScene;
let watched: WatchedPage | undefined;

async function open(place: string, options?: Parameters<typeof visit>[2]): Promise<Page> {
  watched = await visit(scene, place, options);
  return watched.page;
}

/** Once the page has said so. */
const told = (page: Page, text: string): Promise<void> => page.getByRole('status').getByText(text).waitFor();

async function assign(page: Page, role: string): Promise<void> {
  await unfold(page, 'Assign a role');
  await page.getByRole('radio', { name: new RegExp(`^${role}`) }).check();
  await page.getByRole('button', { name: `Assign ${role}` }).click();
}

describeInBrowser('the dashboard', () => {
  beforeEach(async () => {
    scene = await browserScene();
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    await scene.close();
  });

  it('assigns a role: the very next call of the API is permitted; and takes it back: it is refused', async () => {
    expect(await scene.asContactsUser('zoe', 'POST')).toBe(403);
    const page = await open('/users/zoe');
    await assign(page, 'editor');
    await told(page, 'editor is assigned to Zoe Zander.');
    expect(await scene.asContactsUser('zoe', 'POST')).toBe(200);
    await page.getByRole('cell', { name: 'role reader, inherited by editor' }).waitFor();

    await page.getByRole('button', { name: 'Deassign editor' }).click();
    const dialog = page.getByRole('dialog', { name: 'Deassign editor?' });
    expect(await scene.asContactsUser('zoe', 'POST')).toBe(200);
    await dialog.getByLabel('Reason').fill('moved on');
    await dialog.getByRole('button', { name: 'Deassign' }).click();
    await told(page, 'editor is deassigned from Zoe Zander.');
    expect(await scene.asContactsUser('zoe', 'POST')).toBe(403);
    expect((await scene.store.audit({ take: 1 })).items[0]).toMatchObject({ action: 'deassign', why: 'moved on' });
    expect(
      await page.getByRole('heading', { name: 'Roles', exact: true }).evaluate((one) => one.matches(':focus')),
    ).toBe(true);
    expect(watched?.faults).toEqual([]);
  });

  it('grants a permission directly, on a resource and with an end, says that a role is better, and revokes it', async () => {
    const page = await open(`/users/${encodeURIComponent('auth0|a/b%')}`);
    await page.getByRole('heading', { level: 1, name: 'Odd Identifier' }).waitFor();
    await unfold(page, 'Grant a permission directly');
    await page.getByText('A role is usually better').waitFor();
    await page.getByRole('combobox', { name: /^Permission/ }).selectOption({ label: 'delete:contacts' });
    await page.getByRole('textbox', { name: /^Resource/ }).fill('contacts:id:7');
    await page.getByLabel('Ends').fill('2999-01-02T03:04');
    await page.getByRole('button', { name: 'Grant' }).click();
    await told(page, 'Odd Identifier now has delete:contacts on contacts:id:7');
    const [entry] = (await scene.store.audit({ take: 1 })).items;
    expect(entry).toMatchObject({ action: 'grant', subject: { id: 'auth0|a/b%' } });
    const { privileges } = await scene.store.subject(scene.user('auth0|a/b%'));
    expect(privileges).toMatchObject([
      { permission: 'delete:contacts', on: 'contacts:id:7', expiresAt: new Date('2999-01-02T03:04').getTime() },
    ]);

    await page.getByRole('button', { name: 'Revoke delete:contacts on contacts:id:7' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await told(page, 'is revoked from Odd Identifier');
    expect((await scene.store.subject(scene.user('auth0|a/b%'))).privileges).toEqual([]);
  });

  it('denies, and a denial goes before what a role permits', async () => {
    expect(await scene.asContactsUser('ann')).toBe(200);
    const page = await open('/users/ann');
    await unfold(page, 'Grant a permission directly');
    await page.getByRole('combobox', { name: /^Permission/ }).selectOption({ label: 'read:contacts' });
    await page.getByLabel('Denial: must not').check();
    await page.getByRole('button', { name: 'Deny' }).click();
    await told(page, 'Ann Alder now has denial of read:contacts');
    expect(await scene.asContactsUser('ann')).toBe(403);
  });

  it('serves clients as it serves users', async () => {
    const page = await open('/clients');
    await page.getByRole('link', { name: 'nightly-export' }).click();
    await page.getByRole('heading', { level: 1, name: 'nightly-export' }).waitFor();
    await assign(page, 'editor');
    await told(page, 'editor is assigned to nightly-export.');
    const record = await scene.store.subject({ ...scene.user('nightly-export'), kind: 'client' });
    expect(record.roles).toMatchObject([{ role: 'editor' }]);
  });

  it('greys what the caller may not hand on, and says why', async () => {
    const page = await open('/users/zoe', { as: 'lena' });
    await unfold(page, 'Assign a role');
    const editor = page.getByRole('radio', { name: /^editor/ });
    expect(await editor.isDisabled()).toBe(true);
    await page.getByRole('radio', { name: /^reader/ }).waitFor();
    expect(await page.getByRole('radio', { name: /^reader/ }).isDisabled()).toBe(false);
    await page.getByRole('button', { name: 'What is missing? For editor' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('write:contacts');
    await unfold(page, 'Grant a permission directly');
    const options = page.getByRole('combobox', { name: /^Permission/ }).locator('option');
    const write = options.filter({ hasText: 'write:contacts' });
    // What may be handed on is known a moment later than what there is.
    await write.filter({ hasText: 'you do not hold it' }).waitFor({ state: 'attached' });
    expect([await write.innerText(), await write.isDisabled()]).toEqual(['write:contacts (you do not hold it)', true]);
    expect(await options.filter({ hasText: 'read:contacts' }).isDisabled()).toBe(false);
  });

  it('says which permission of the administration a change asks', async () => {
    const page = await open('/users/ann', { as: 'lena' });
    const deassign = page.getByRole('button', { name: 'Deassign editor' });
    expect(await deassign.isDisabled()).toBe(true);
    expect(await page.getByText('To deassign needs').innerText()).toContain(
      'delete:role_members, which you do not hold',
    );
    await goTo(page, '/audit');
    expect(await page.getByRole('alert').innerText()).toMatch(/Not permitted[^]*read:audit[^]*Ask an administrator/);
  });

  it('keeps the form of a refused change, and says what is missing', async () => {
    const page = await open('/users/zoe', { as: 'lena' });
    await unfold(page, 'Assign a role');
    await page.getByRole('radio', { name: /^reader/ }).check();
    await page.getByLabel('Reason').fill('as agreed');
    await scene.store.deassign(scene.user('lena'), 'reader', {}, { system: 'test' });
    await page.getByRole('button', { name: 'Assign reader' }).click();
    const alert = await page.getByRole('alert').innerText();
    expect(alert).toContain('This is more than you hold');
    expect(alert).toContain('read:contacts');
    expect(await page.getByLabel('Reason').inputValue()).toBe('as agreed');
    expect(await page.getByRole('radio', { name: /^reader/ }).isChecked()).toBe(true);
  });

  it('loses nothing by a lost connection: the form keeps its state, and trying again does it', async () => {
    const page = await open('/users/zoe');
    await page.route('**/admin/api/changes', (route) => route.abort());
    await unfold(page, 'Assign a role');
    await page.getByRole('radio', { name: /^reader/ }).check();
    await page.getByLabel('Reason').fill('before the tunnel');
    await page.getByRole('button', { name: 'Assign reader' }).click();
    await page.getByRole('alert').getByText('The connection was lost').waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('before the tunnel');
    await page.unroute('**/admin/api/changes');
    await page.getByRole('button', { name: 'Try again' }).click();
    await told(page, 'reader is assigned to Zoe Zander.');
    expect((await scene.store.audit({ take: 1 })).items[0]).toMatchObject({ why: 'before the tunnel' });
  });

  it('shows that a slow call is on its way, and makes it once', async () => {
    const page = await open('/users/zoe');
    let calls = 0;
    let proceed = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (proceed = resolve));
    await page.route('**/admin/api/changes', async (route) => {
      calls += 1;
      await waiting;
      await route.continue();
    });
    await assign(page, 'reader');
    const button = page.getByRole('button', { name: 'Assign reader' });
    await page.locator('button[aria-busy=true]').waitFor();
    await button.click({ force: true });
    await page.keyboard.press('Enter');
    proceed();
    await told(page, 'reader is assigned to Zoe Zander.');
    expect(calls).toBe(1);
  });

  it('is used with the keyboard alone', async () => {
    const page = await open('/users/zoe');
    await page.keyboard.press('Tab');
    await tabTo(page, page.locator('summary', { hasText: 'Assign a role' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByLabel('Search by name'));
    await page.keyboard.type('read');
    await page.getByRole('radio', { name: /^editor/ }).waitFor({ state: 'detached' });
    await tabTo(page, page.getByRole('radio', { name: /^reader/ }));
    await page.keyboard.press('Space');
    await tabTo(page, page.getByRole('button', { name: 'Assign reader' }));
    await page.keyboard.press('Enter');
    await told(page, 'reader is assigned to Zoe Zander.');
    expect(await scene.asContactsUser('zoe')).toBe(200);
    await tabTo(page, page.getByRole('link', { name: 'Roles', exact: true }));
    await page.keyboard.press('Enter');
    const heading = page.getByRole('heading', { level: 1, name: 'Roles' });
    await heading.waitFor();
    expect(await heading.evaluate((one) => one.matches(':focus'))).toBe(true);
    expect(await page.title()).toContain('Roles');
  });
});
