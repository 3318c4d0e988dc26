// One store behind all APIs: what is assigned through one is seen through the others, and acts on the next request of a guarded API
// on the same store, behind a cache.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { afterAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import Koa from 'koa';
import pg from 'pg';
import { createAuthorizer } from 'rightful';
import { createGuards } from 'rightful/express';
import { createGuards as createKoaGuards } from 'rightful/koa';
import { fileStore, memoryStore, postgresStore, withCache } from 'rightful/stores';
import type { PrivilegeStore } from 'rightful';
import type { RoleStore } from 'rightful/stores';
import { listen, stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi, permissions } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

const cleanUps: (() => unknown)[] = [];
afterAll(async () => {
  await stopServers();
  for (const clean of cleanUps.toReversed()) await clean();
});

const by = { system: 'test' };
const root = (issuer: string) => ({ issuer, id: 'root', kind: 'user' as const });

const stores: [string, (issuer: string) => Promise<RoleStore>][] = [
  ['memory', async (issuer) => memoryStore({ issuer })],
  [
    'file',
    async (issuer) => {
      const folder = await mkdtemp(join(tmpdir(), 'one-store-'));
      const path = join(folder, 'privileges.yaml');
      await writeFile(path, JSON.stringify({ issuer }));
      const store = fileStore(path);
      cleanUps.push(
        () => rm(folder, { recursive: true }),
        () => store.close(),
      );
      await store.ready();
      return store;
    },
  ],
  [
    'PGlite',
    async () => {
      const pglite = await PGlite.create();
      const pool = new pg.Pool(createPgConfig(pglite)).on('error', () => undefined);
      const store = postgresStore({ pool, listener: false });
      cleanUps.push(
        () => pglite.close(),
        () => pool.end(),
        () => store.close(),
      );
      await store.ready();
      return store;
    },
  ],
];

/** The API itself: two routes, by either framework. */
async function guarded(framework: 'express' | 'koa', issuer: string, store: PrivilegeStore): Promise<string> {
  const authorizer = createAuthorizer({
    issuer: { issuer, allowHttp: true },
    audience: contactsApi,
    permissions,
    store,
  });
  cleanUps.push(() => authorizer.close());
  if (framework === 'express') {
    const { requirePermission } = createGuards(authorizer);
    const app = express();
    app.get('/contacts', requirePermission('read:contacts'), (_, response) => void response.json('contacts'));
    return listen(createServer(app));
  }
  const { requirePermission } = createKoaGuards(authorizer);
  const app = new Koa();
  const guard = requirePermission('read:contacts') as Koa.Middleware;
  app.use(guard).use((ctx) => {
    ctx.body = 'contacts';
  });
  return listen(createServer(app.callback()));
}

interface Way {
  readonly name: string;
  give(scene: Scene): Promise<unknown>;
  take(scene: Scene): Promise<unknown>;
}

const user = '/api/v2/users/bob';
const inPlace = '/api/access-control/users/bob/roles';
const bob = { kind: 'user', id: 'bob' };
const done = async (scene: Scene, method: string, path: string, body?: unknown): Promise<void> => {
  const answer = await scene.call(method, path, body === undefined ? {} : { body });
  expect([answer.status < 300, answer.body]).toEqual([true, answer.body]);
};

const ways: readonly Way[] = [
  {
    name: 'permissions by the management API',
    give: (scene) => done(scene, 'POST', `${user}/permissions`, permissionsOf(['read:contacts'])),
    take: (scene) => done(scene, 'DELETE', `${user}/permissions`, permissionsOf(['read:contacts'])),
  },
  {
    name: 'a role by the management API, taken by the access-control API',
    give: (scene) => done(scene, 'POST', `${user}/roles`, { roles: ['reader'] }),
    take: (scene) => done(scene, 'DELETE', `${inPlace}/reader?global=true`),
  },
  {
    name: 'a role by the access-control API, taken by the management API',
    give: (scene) => done(scene, 'POST', inPlace, { roleUid: 'reader', global: true }),
    take: (scene) => done(scene, 'DELETE', `${user}/roles`, { roles: ['reader'] }),
  },
  {
    name: 'what a role holds, by one API and by the other',
    give: async (scene) => {
      await done(scene, 'POST', `${user}/roles`, { roles: ['empty'] });
      await done(scene, 'POST', '/api/v2/roles/empty/permissions', permissionsOf(['read:contacts']));
    },
    take: async (scene) => {
      const { body } = await scene.call('GET', '/api/access-control/roles/empty');
      const { name, version } = body as { name: string; version: number };
      await done(scene, 'PUT', '/api/access-control/roles/empty', {
        name,
        version: version + 1,
        permissions: [],
        global: true,
      });
    },
  },
  {
    name: 'what is attached to a built-in role',
    give: async (scene) => {
      await done(scene, 'POST', `${user}/roles`, { roles: ['builtin:viewer'] });
      await done(scene, 'POST', '/api/access-control/builtin-roles', {
        roleUid: 'reader',
        builtinRole: 'Viewer',
        global: true,
      });
    },
    take: (scene) => done(scene, 'DELETE', '/api/access-control/builtin-roles/Viewer/roles/reader?global=true'),
  },
  {
    name: 'a grant among several changes, taken by the management API',
    give: (scene) => {
      const changes = [{ kind: 'grant', subject: bob, privilege: 'read:contacts' }];
      return done(scene, 'POST', '/admin/api/changes', { changes });
    },
    take: (scene) => done(scene, 'DELETE', `${user}/permissions`, permissionsOf(['read:contacts'])),
  },
];

describe.each(stores)('on the store in %s, behind a cache', (_, open) => {
  describe.each(['express', 'koa'] as const)('guards of %s', (framework) => {
    it('act by what any API has assigned, at once', async () => {
      const scene = await adminScene({
        framework,
        store: async (issuer) => {
          const store = await open(issuer);
          await store.grant(root(issuer), '*', by);
          await store.putRole({ uid: 'reader', name: 'reader', privileges: ['read:contacts'] }, by);
          await store.putRole({ uid: 'empty', name: 'empty', privileges: [] }, by);
          return store;
        },
      });
      cleanUps.push(() => scene.close());
      const address = await guarded(framework, scene.issuer, withCache(scene.store, { maxAgeMs: 3_600_000 }));
      const token = await scene.apiToken({ sub: 'bob', scope: 'read:contacts' });
      const status = async (): Promise<number> => {
        const answer = await fetch(`${address}/contacts`, { headers: { authorization: `Bearer ${token}` } });
        await answer.text();
        return answer.status;
      };
      for (const { name, give, take } of ways) {
        expect([name, 'before', await status()]).toEqual([name, 'before', 403]);
        await give(scene);
        expect([name, 'given', await status()]).toEqual([name, 'given', 200]);
        const seen = await Promise.all(
          [
            `${user}/effective-permissions?resource_server_identifier=${encodeURIComponent(contactsApi)}`,
            '/api/access-control/users/bob/permissions',
            '/admin/api/subjects/user/bob',
          ].map(async (path) => JSON.stringify((await scene.call('GET', path)).body)),
        );
        for (const text of seen) expect([name, text]).toEqual([name, expect.stringContaining('read:contacts')]);
        await take(scene);
        expect([name, 'taken', await status()]).toEqual([name, 'taken', 403]);
      }
    }, 60_000);
  });
});
