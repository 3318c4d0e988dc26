// What the page of the address book does with each kind of refusal: which next step it offers, and where that leads.

import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { slowStartMs, startScene } from '../examples/address-book-scene.ts';
import type { Scene } from '../examples/address-book-scene.ts';
import {
  answered,
  choose,
  columnsOf,
  consent,
  openStart,
  press,
  rawAnswer,
  reasonOf,
  signIn,
  visitAs,
} from './address-book-visit.ts';
import type { Choice } from './address-book-visit.ts';
import { describeInBrowser } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';

const aSaturday = Date.UTC(2026, 0, 10, 12);
const readAlone = ['read:contacts'];
const edgar: Choice = { person: 'Edgar', client: 'mail-merge', scopes: readAlone };
const ownEdgar: Choice = { ...edgar, client: 'address-book-web' };

let scene: Scene & { close(): Promise<void> };
let watched: WatchedPage | undefined;

async function visit(choice: Choice): Promise<Page> {
  watched = await visitAs(scene, choice);
  return watched.page;
}

describeInBrowser('after a refusal, the page of the address book', () => {
  beforeAll(async () => void (scene = await startScene({ now: () => aSaturday })), slowStartMs);
  afterAll(() => scene?.close());
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
  });

  it('asks nothing of who signs in to the own application, whose delegation is implicit', async () => {
    const page = await visit({ person: 'Dora', client: 'address-book-web', scopes: readAlone });
    expect(await columnsOf(page, 'write:contacts')).toEqual([
      'not asked',
      'implicit',
      expect.stringContaining('role editor'),
      'on every contact',
    ]);
    expect(await columnsOf(page, 'delete:contacts')).toEqual([
      'not asked',
      'implicit',
      expect.stringContaining('denied on every contact'),
      'denied',
    ]);
    expect((await columnsOf(page, 'read:contacts')).at(-1)).toContain('denied on contacts:id:4');
    expect(await reasonOf(page, 'See contact 4')).toContain('denied');
    await page.getByText('is not shown to you').waitFor();
    await press(page, 'Delete Grace Hopper');
    await page.getByText('Ada, the administrator, can take the denial back').waitFor();
  });

  it('goes on after consent with what was being done, beside what there was', async () => {
    const page = await visit(edgar);
    await press(page, 'Add a contact');
    await page.getByLabel('Name').fill('Someone New');
    await page.getByLabel('E-mail').fill('new@example.org');
    await press(page, 'Save');
    await press(page, 'Ask for write:contacts');
    await consent(page);
    await press(page, 'Save');
    await answered(page, '201 Created');
    await press(page, 'Delete Someone New');
    await press(page, 'Ask for delete:contacts');
    await consent(page);
    const goOn = page.getByRole('button', { name: /^Go on: Delete/ });
    await goOn.waitFor();
    expect(await goOn.evaluate((one) => one.matches(':focus'))).toBe(true);
    await page.locator('b', { hasText: 'Someone New' }).waitFor();
    await goOn.click();
    await answered(page, '204 No Content');
    await page.locator('b', { hasText: 'Someone New' }).waitFor({ state: 'detached' });
    expect((await columnsOf(page, 'write:contacts'))[1]).toBe('granted');
  });

  it('takes no for an answer: who keeps it back again is not asked again', async () => {
    const page = await visit(edgar);
    await press(page, 'Delete Grace Hopper');
    await press(page, 'Ask for delete:contacts');
    await consent(page, ['delete:contacts']);
    await page.getByText('You are back, and kept back').waitFor();
    expect((await columnsOf(page, 'delete:contacts'))[1]).toBe('delete:contacts withheld');
    await page.locator('b', { hasText: 'Grace Hopper' }).waitFor();
    await press(page, /^Go on: Delete/);
    await answered(page, '403 Forbidden');
    await press(page, 'Not now');
    await page.getByText('Press a button, grey or not.').waitFor();
  });

  it('says that it was denied, and keeps what was chosen', async () => {
    watched = await openStart(scene);
    const { page } = watched;
    await choose(page, { ...edgar, person: 'Erin' });
    await press(page, /^Sign in as Erin/);
    await signIn(page);
    await press(page, 'Deny');
    await page.getByRole('alert').getByText('access_denied').waitFor();
    await page.getByRole('button', { name: 'Sign in as Erin through mail-merge' }).waitFor();
    expect(page.url()).toBe(`${scene.facts.api}/`);
  });

  it('shows what a rule takes away, and that it is the request that counts', async () => {
    const page = await visit(ownEdgar);
    await page.getByRole('switch', { name: /^Writes only/ }).check();
    await page.getByText('a rule takes it away').first().waitFor();
    expect(await reasonOf(page, 'Share Grace Hopper')).toContain('Writes only from the office network');
    await press(page, 'Share Grace Hopper');
    await page.getByLabel('With').selectOption('Noor');
    await press(page.getByRole('form', { name: 'Share the contact' }), 'Share');
    await answered(page, '403 Forbidden');
    await page.getByText('a rule takes this away').waitFor();
    await page.getByRole('switch', { name: /^I am in the office/ }).check();
    await page.getByText('a rule takes it away').first().waitFor({ state: 'detached' });
    await press(page.getByRole('form', { name: 'Share the contact' }), 'Share');
    await answered(page, '200 OK');
    await page.getByRole('switch', { name: /^Writes only/ }).uncheck();
    await page.getByRole('switch', { name: /^Reads only/ }).check();
    await page.getByText('It is Saturday').waitFor();
    await press(page, 'See all contacts');
    await answered(page, '403 Forbidden');
    await page.getByRole('switch', { name: /^Reads only/ }).uncheck();
  });

  it('names the policy that is about one contact', async () => {
    const page = await visit({ ...edgar, scopes: ['read:contacts', 'write:contacts'] });
    expect(await reasonOf(page, 'Edit Alan Turing')).toContain('owns the contact or was given it');
    await press(page, 'Edit Alan Turing');
    await press(page, 'Save');
    await answered(page, '403 Forbidden');
    await page.getByText('It is about this very contact').waitFor();
  });

  it('signs in again where the token is refused, and goes on', async () => {
    const page = await visit(ownEdgar);
    const refuse = (route: Route): Promise<void> =>
      route.fulfill({ status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } });
    await page.route('**/contacts/1', refuse, { times: 1 });
    await press(page, 'See Grace Hopper');
    await answered(page, '401 Unauthorized');
    await press(page, 'Sign in again');
    await signIn(page);
    await press(page, /^Go on: See contact 1/);
    await answered(page, '200 OK');
  });

  it('waits where the API cannot decide, and tries again when it is asked to', async () => {
    const page = await visit(ownEdgar);
    await page.route('**/contacts/1', (route) => route.fulfill({ status: 503, headers: { 'Retry-After': '1' } }), {
      times: 1,
    });
    await press(page, 'See Grace Hopper');
    await answered(page, '503 Service Unavailable');
    await page.getByRole('button', { name: 'Try again in 1 s' }).waitFor();
    await page.getByRole('button', { name: 'Try again', exact: true }).click();
    await answered(page, '200 OK');
    expect(await rawAnswer(page)).toContain('Grace Hopper');
  });
});
