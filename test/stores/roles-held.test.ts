// What whoever has a role holds by it: asked by the role alone, for roles that a token names, in every store that knows roles.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { fileStore, memoryStore, postgresStore, withCache, type Privilege, type RoleStore } from 'rightful/stores';

const issuer = 'https://issuer.example/';
const by = { system: 'test' };
const audience = ['urn:api'];
const directory = mkdtempSync(join(tmpdir(), 'rightful-roles-'));
const file = join(directory, 'privileges.yaml');
writeFileSync(file, `issuer: ${issuer}\n`);
const embedded = await PGlite.create();
const pool = new pg.Pool(createPgConfig(embedded));

const stores: [string, RoleStore][] = [
  ['memory', memoryStore({ issuer })],
  ['a file', fileStore(file)],
  ['a database', postgresStore({ pool })],
];

afterAll(async () => {
  for (const [, store] of stores) await store.close?.();
  await pool.end();
  await embedded.close();
  rmSync(directory, { recursive: true });
});

describe.each(stores)('in %s', (_, store) => {
  beforeAll(async () => {
    await store.putRole({ uid: 'reader', name: 'Reader', privileges: ['read'] }, by);
    const privileges: Privilege[] = [
      { permission: 'write', on: 'notes:*', organization: 'acme' },
      { permission: 'export', audience: 'urn:other' },
      { permission: 'delete', effect: 'deny' },
    ];
    await store.putRole({ uid: 'writer', name: 'Writer', privileges, inherits: ['reader'] }, by);
  }, 60_000);

  const held = async (
    role: string,
    organization?: string,
    from: RoleStore['privilegesOfRole'] = store.privilegesOfRole,
  ) => {
    const asked = { audience, ...(organization !== undefined && { organization }) };
    const answer = [...((await from?.(role, asked)) ?? [])];
    const counting = answer.filter(
      (one) => one.audience === undefined && (one.organization ?? organization) === organization,
    );
    return counting.map(({ permission, on, effect, source }) => ({ permission, on, effect, source }));
  };

  it('a role gives what it has and what it inherits, with where that comes from', async () => {
    expect(await held('writer', 'acme')).toEqual(
      expect.arrayContaining([
        { permission: 'read', source: { kind: 'role', role: 'reader', via: 'writer' } },
        { permission: 'write', on: 'notes:*', source: { kind: 'role', role: 'writer' } },
        { permission: 'delete', effect: 'deny', source: { kind: 'role', role: 'writer' } },
      ]),
    );
    expect(await held('writer', 'acme')).toHaveLength(3);
    expect((await held('writer', 'globex')).map(({ permission }) => permission).toSorted()).toEqual(['delete', 'read']);
  });

  it.each(['nobody', '__proto__', 'a\0b', ''])('the role %j, which there is not, gives nothing', async (role) => {
    expect(await held(role)).toEqual([]);
  });

  it('through a cache a change of the role, and of one that it inherits, acts on the next question', async () => {
    const cached = withCache(store);
    const may = async (): Promise<string[]> =>
      (await held('writer', 'acme', cached.privilegesOfRole)).map(({ permission }) => permission).toSorted();
    for (let time = 0; time < 2; time += 1) expect(await may()).toEqual(['delete', 'read', 'write']);
    expect(cached.statistics()).toMatchObject({ loads: 1, hits: 1 });
    const { version } = (await store.role('reader'))!;
    await store.putRole({ uid: 'reader', name: 'Reader', version, privileges: ['list'] }, by);
    expect(await may()).toEqual(['delete', 'list', 'write']);
    expect((await held('writer', undefined, cached.privilegesOfRole)).length).toBe(2);
  });
});
