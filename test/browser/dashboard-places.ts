// Nothing goes in; every page of the dashboard comes out, with all of it opened that can be.

import type { Page } from 'playwright-core';
import type { BrowserScene } from './browser-scene.ts';
import { unfold } from './visit.ts';

/** Each with what is there once it has been read, and what else is to be opened. */
export const dashboardPlaces: readonly [place: string, text: string, open?: (page: Page) => Promise<unknown>][] = [
  ['/users', 'Zoe Zander'],
  ['/clients', 'nightly-export'],
  [
    '/users/ann',
    'What it comes to',
    async (page) => {
      await unfold(page, 'Assign a role');
      await unfold(page, 'Grant a permission directly');
      await page.getByRole('radio', { name: /^steward/ }).waitFor();
      await page.getByRole('combobox', { name: /^Permission/ }).waitFor();
    },
  ],
  ['/roles', 'Keeps the contacts up to date'],
  [
    '/roles/editor',
    'Ann Alder',
    async (page) => {
      await page.getByLabel('What it is for').fill('Keeps them');
      await page.getByRole('button', { name: 'Remove write:contacts' }).click();
      await page.getByRole('button', { name: 'See what would change' }).click();
      await page.getByRole('heading', { name: 'What would change' }).waitFor();
    },
  ],
  ['/role-matrix', 'inherited from'],
  ['/new-role', 'Identifier'],
  ['/built-in', 'See contacts', (page) => page.getByRole('checkbox', { name: 'read:contacts for Viewer' }).check()],
  ['/permissions', 'Delete contacts'],
  ['/permissions/read%3Acontacts', 'nightly-export'],
  ['/why?kind=user&id=ann&permission=read:contacts', 'Because'],
  ['/why?kind=user&id=ben&permission=delete:contacts', 'Because'],
  ['/audit?role=reader', 'ticket 7', (page) => page.getByText('Before and after').click()],
  ['/roles/nobodys', 'There is no such role'],
];

/** What the pages have to show beside what the scene begins with. */
export async function furnish({ store, user }: BrowserScene): Promise<void> {
  const by = { system: 'importer', why: 'ticket 7' };
  await store.assign(user('zoe'), 'reader', {}, by);
  const privileges = [
    { permission: 'delete:contacts', on: 'contacts:id:7', expiresAt: Date.now() + 1000 },
    { permission: 'delete:contacts', effect: 'deny' as const, organization: 'acme' },
    { permission: 'read:*', expiresAt: new Date('2999-01-02T03:04').getTime() },
  ];
  await store.putRole({ uid: 'mixed', name: 'A role of many kinds', organization: 'acme', privileges }, by);
}
