// Permissions that were renamed after they were stored: asked of stores whose data is older than the catalogue.

import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePermissions } from 'rightful';
import { fileStore, memoryStore, type MemoryStoreOptions, type OpenedRoleStore, type RoleStore } from 'rightful/stores';

const permissions = definePermissions({
  'org.users:read': { description: 'See users', aliases: ['org.users.read'], replaces: ['orgs.users:list'] },
  'org.users:write': 'Change users',
});
const names = ['org.users:read', 'org.users.read', 'orgs.users:list'];

const data: MemoryStoreOptions = {
  issuer: 'https://issuer.example/',
  users: {
    own: { permissions: ['org.users:read'] },
    alias: { permissions: [{ permission: 'org.users.read', on: 'users:id:7' }] },
    former: { roles: ['viewer'] },
    pattern: { permissions: ['org.users:*'] },
    everything: { permissions: ['*'] },
    otherPattern: { permissions: ['org.users.*', 'orgs.*'] },
    denied: { permissions: [{ permission: 'org.users.read', effect: 'deny' }] },
    ended: { permissions: [{ permission: 'org.users.read', expiresAt: 1 }] },
    another: { permissions: ['org.users:write'] },
  },
  roles: { viewer: ['orgs.users:list'] },
};
const directory = mkdtempSync(join(tmpdir(), 'rightful-names-'));
const file = join(directory, 'privileges.json');
writeFileSync(file, JSON.stringify(data));

const stores: [string, RoleStore | OpenedRoleStore][] = [
  ['memory', memoryStore({ ...data, permissions })],
  ['a file', fileStore(file, { permissions })],
];

afterAll(async () => {
  for (const [, store] of stores) await store.close?.();
  rmSync(directory, { recursive: true });
});

describe.each(stores)('in %s', (_, store) => {
  it.each(names)('who holds %s is found by whichever name it is stored, and by patterns of its own', async (name) => {
    const { items, total } = await store.holdersOf(name);
    const found = Object.fromEntries(items.map(({ subject, privileges }) => [subject.id, privileges[0]?.permission]));
    expect(found).toEqual({
      own: 'org.users:read',
      alias: 'org.users.read',
      former: 'orgs.users:list',
      pattern: 'org.users:*',
      everything: '*',
    });
    expect(total).toBe(5);
  });

  it('what the catalogue does not know is found by its name alone', async () => {
    const { items } = await store.holdersOf('org.users');
    expect(items.map(({ subject }) => subject.id)).toEqual(['everything']);
  });
});

it('without a catalogue each name is a permission of its own', async () => {
  const { items } = await memoryStore(data).holdersOf('org.users.read');
  expect(items.map(({ subject }) => subject.id).toSorted()).toEqual(['alias', 'everything', 'otherPattern']);
});
