// The page of the address book in a browser, and the dashboard in another tab: what is asked for, granted, held and refused, and that
// every refusal leads to what helps.

import { afterEach, afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { slowStartMs, startScene } from '../examples/address-book-scene.ts';
import type { Scene } from '../examples/address-book-scene.ts';
import {
  answered,
  columnsOf,
  consent,
  press,
  rawAnswer,
  reasonOf,
  refusalNoise,
  visitAs,
} from './address-book-visit.ts';
import { describeInBrowser } from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { unfold } from './visit.ts';

const aWednesday = Date.UTC(2026, 0, 7, 12);
const both = ['read:contacts', 'write:contacts'];

/** Columns are drawn anew after each answer. */
const effective = (page: Page, text: string): Promise<void> =>
  page.locator('tr', { hasText: 'write:contacts' }).locator('td').last().getByText(text).waitFor();

for (const framework of ['express', 'koa'] as const) {
  describeInBrowser(`the page of the address book on ${framework}`, () => {
    let scene: Scene & { close(): Promise<void> };
    let watched: WatchedPage | undefined;
    beforeAll(async () => void (scene = await startScene({ framework, now: () => aWednesday })), slowStartMs);
    afterAll(() => scene?.close());
    afterEach(async () => {
      await watched?.close();
      watched = undefined;
    });

    it('leads from a scope that was kept back over consent, and from a privilege that is not held over the administrator, to the contact', async () => {
      watched = await visitAs(scene, {
        person: 'Rita',
        client: 'mail-merge',
        scopes: both,
        untick: ['write:contacts'],
      });
      const { page, faults } = watched;
      expect(await columnsOf(page, 'read:contacts')).toEqual([
        'asked',
        'granted',
        expect.stringContaining('role reader'),
        'on every contact',
      ]);
      expect(await columnsOf(page, 'write:contacts')).toEqual([
        'asked',
        'write:contacts withheld',
        'not held',
        'not delegated, not privileged',
      ]);
      expect(await columnsOf(page, 'delete:contacts')).toMatchObject(['not asked', 'not asked for', {}, {}]);
      expect(await page.locator('del').innerText()).toBe('write:contacts');

      // Not delegated: the user can help.
      expect(await reasonOf(page, 'Add a contact')).toContain('not delegated');
      expect(await reasonOf(page, 'See Grace Hopper')).toBeUndefined();
      await press(page, 'Add a contact');
      await page.getByLabel('Name').fill('Barbara Liskov');
      await page.getByLabel('E-mail').fill('barbara@example.org');
      await press(page, 'Save');
      await answered(page, '403 Forbidden');
      expect(await rawAnswer(page)).toMatch(
        /^POST \/contacts\s+HTTP\/1.1 403 Forbidden\nWWW-Authenticate: Bearer .*error="insufficient_scope".*scope="write:contacts"\nContent-Type: application\/problem\+json/,
      );
      await press(page, 'Ask for write:contacts');
      await consent(page);
      await page.getByText('You are back').waitFor();
      expect(await page.getByLabel('Name').inputValue()).toBe('Barbara Liskov');
      expect(page.url()).toBe(`${scene.facts.api}/`);

      // Not privileged: an administrator can help.
      expect(await reasonOf(page, 'Add a contact')).toContain('not privileged');
      await press(page, 'Save');
      await answered(page, '403 Forbidden');
      expect(await rawAnswer(page)).toContain('"code": "insufficient_privilege"');
      const link = page.getByRole('button', { name: 'Ask an administrator' });
      const [dashboard] = await Promise.all([page.waitForEvent('popup'), link.click()]);
      await signInToDashboard(dashboard);
      expect(dashboard.url()).toBe(`${scene.facts.administration.dashboard}#/users/rita`);
      await unfold(dashboard, 'Assign a role');
      await dashboard.getByRole('radio', { name: /^Editor/ }).check();
      await press(dashboard, 'Assign Editor');
      await dashboard.getByRole('status').getByText('is assigned to Rita').waitFor();

      await press(page, 'Save');
      await answered(page, '201 Created');
      await effective(page, 'on every contact');
      await page.getByText('barbara@example.org', { exact: true }).waitFor();
      expect(await reasonOf(page, 'Add a contact')).toBeUndefined();

      await press(dashboard, 'Deassign Editor');
      await press(dashboard.getByRole('dialog'), 'Deassign');
      await dashboard.getByRole('status').getByText('is deassigned from Rita').waitFor();
      // As when the tab is looked at again.
      await page.evaluate("dispatchEvent(new Event('focus'))");
      await effective(page, 'not privileged');
      expect(await reasonOf(page, 'Edit Barbara Liskov')).toContain('not privileged');
      await press(page, 'Edit Barbara Liskov');
      await press(page, 'Save');
      await answered(page, '403 Forbidden');
      expect(await rawAnswer(page)).toContain('"code": "insufficient_privilege"');
      expect(faults.filter((text) => !refusalNoise.test(text))).toEqual([]);
    });
  });
}

/** The authorization server asks who it is, though somebody is signed in to another application. */
async function signInToDashboard(dashboard: Page): Promise<void> {
  await press(dashboard, 'Sign in');
  await press(dashboard, /^Ada/);
  await dashboard.getByRole('button', { name: 'Sign out' }).waitFor();
  await dashboard.getByRole('heading', { level: 1, name: 'Rita' }).waitFor();
}
