// Who signs in on the page of the address book, by which answers, with what in their hands, and what is kept of it.

import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { slowStartMs, startScene } from '../examples/address-book-scene.ts';
import type { Scene } from '../examples/address-book-scene.ts';
import { answered, columnsOf, openStart, press, refusalNoise, visitAs } from './address-book-visit.ts';
import type { Choice } from './address-book-visit.ts';
import { describeInBrowser, openPage } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { picture } from './pictures.ts';
import { tabTo } from './visit.ts';

const both = ['read:contacts', 'write:contacts'];
const ownEdgar: Choice = { person: 'Edgar', client: 'address-book-web', scopes: both };

let scene: Scene & { close(): Promise<void> };
let watched: WatchedPage | undefined;

async function visit(choice: Choice): Promise<Page> {
  watched = await visitAs(scene, choice);
  return watched.page;
}

describeInBrowser('the page of the address book', () => {
  beforeAll(async () => void (scene = await startScene()), slowStartMs);
  afterAll(() => scene?.close());
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
  });

  it('shows side by side what is asked, granted, held and left of it, and the dashboard why', async () => {
    const page = await visit({ person: 'Edgar', client: 'mail-merge', scopes: both, untick: ['write:contacts'] });
    await press(page, 'Delete Alan Turing');
    await answered(page, '403 Forbidden');
    const byRole = expect.stringContaining('role editor');
    expect(await columnsOf(page, 'read:contacts')).toEqual(['asked', 'granted', byRole, 'on every contact']);
    expect(await columnsOf(page, 'write:contacts')).toEqual([
      'asked',
      'write:contacts withheld',
      byRole,
      'not delegated',
    ]);
    expect(await columnsOf(page, 'delete:contacts')).toEqual(['not asked', 'not asked for', byRole, 'not delegated']);
    expect((await columnsOf(page, 'share:contacts'))[2]).toBe('on contacts:id:1 given directly');
    await picture(page, 'address-book', 810);

    const dashboard = await page.context().newPage();
    await dashboard.goto(`${scene.facts.administration.dashboard}#/users/edgar`);
    await press(dashboard, 'Sign in');
    await press(dashboard, /^Ada/);
    await dashboard.getByRole('heading', { name: 'What it comes to' }).waitFor();
    await dashboard.getByText('share:contacts').first().waitFor();
    await picture(dashboard, 'dashboard', 810);
  });

  it('sends people to the process at which they can sign in', async () => {
    const second = await startScene({ beside: scene.facts.api });
    watched = await openPage();
    const { page } = watched;
    await page.goto(second.facts.api);
    await page.getByRole('link', { name: 'go there' }).click();
    await page.getByRole('button', { name: /^Sign in as/ }).waitFor();
    expect(page.url()).toBe(`${scene.facts.api}/`);
    await second.close();
  });

  it('leaves the keyboard where something is, when what was pressed is gone', async () => {
    const page = await visit(ownEdgar);
    await press(page, 'Add a contact');
    await page.getByLabel('Name').fill('Gone Soon');
    await page.getByLabel('E-mail').fill('gone@example.org');
    await page.keyboard.press('Enter');
    await answered(page, '201 Created');
    const heading = page.getByRole('heading', { name: 'What the API answered' });
    await expect(heading.evaluate((one) => one.matches(':focus'))).resolves.toBe(true);
  });

  it('runs the export of the machines, of which one is refused', async () => {
    watched = await openStart(scene);
    const { page } = watched;
    await press(page, 'Run it now');
    await page
      .getByText(/200 \d contacts/)
      .first()
      .waitFor();
    await page.getByText('403 insufficient_privilege').waitFor();
  });

  it('keeps no token, and nothing at all once somebody is signed in', async () => {
    const page = await visit(ownEdgar);
    const kept = await page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])');
    expect(kept).toBe('[{},{},""]');
    await page.reload();
    await page.getByRole('button', { name: /^Sign in as/ }).waitFor();
  });

  it('takes no answer that it has not asked for, nor one of another issuer', async () => {
    watched = await openStart(scene);
    const { page } = watched;
    const forged = new URLSearchParams({ code: 'stolen', state: 'a'.repeat(43), iss: scene.facts.issuer });
    await page.goto(`${scene.facts.api}/callback?${forged}`);
    await page.getByRole('alert').getByText('belongs to no sign-in that was begun in this tab').waitFor();
    await page.route(/\/authorize\?/, (route) => {
      const state = new URL(route.request().url()).searchParams.get('state') ?? '';
      const answer = new URLSearchParams({ code: 'theirs', state, iss: 'https://evil.example' });
      return route.fulfill({ status: 302, headers: { location: `${scene.facts.api}/callback?${answer}` } });
    });
    await press(page, /^Sign in as/);
    await page.getByRole('alert').getByText('Another issuer has answered').waitFor();
    expect(page.url()).toBe(`${scene.facts.api}/`);
  });

  it('is used with the keyboard alone', async () => {
    watched = await openStart(scene);
    const { page, faults } = watched;
    await tabTo(page, page.getByRole('button', { name: /^Sign in as Edgar/ }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Allow access?' }).waitFor();
    await tabTo(page, page.getByRole('button', { name: 'Allow what is ticked' }));
    await page.keyboard.press('Enter');
    const button = page.getByRole('button', { name: 'Delete Grace Hopper' });
    await button.waitFor();
    await tabTo(page, button);
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'Ask for delete:contacts' }));
    expect(faults.filter((text) => !refusalNoise.test(text))).toEqual([]);
  });
});
