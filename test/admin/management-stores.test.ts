// One story of the management API, told on a store in a file and on one in PostgreSQL.

import { afterAll, afterEach, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { fileStore, postgresStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import { direct, item, permissionsOf } from './management-scene.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(stopServers);

async function inFile(issuer: string): Promise<RoleStore> {
  const directory = mkdtempSync(join(tmpdir(), 'rightful-management-'));
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'privileges.json');
  writeFileSync(path, JSON.stringify({ issuer, users: { root: { permissions: ['*'] } } }));
  const store = fileStore(path);
  ends.push(() => store.close());
  return store;
}

async function inDatabase(issuer: string): Promise<RoleStore> {
  const database = await PGlite.create();
  const pool = new pg.Pool(createPgConfig(database));
  const store = postgresStore({ pool });
  ends.push(() => database.close());
  ends.push(() => pool.end());
  ends.push(() => store.close());
  await store.ready();
  await store.grant({ issuer, id: 'root', kind: 'user' }, '*', { system: 'set up' });
  return store;
}

it.each([
  ['fileStore', inFile],
  ['postgresStore', inDatabase],
])(
  'what is assigned on %s is listed, held and taken back',
  async (_, store) => {
    const scene = await adminScene({ store });
    ends.push(() => scene.close());
    const made = await scene.call('POST', '/api/v2/roles', { body: { name: 'Editor', description: 'Writes' } });
    expect(made).toMatchObject({ status: 200, body: { name: 'Editor', description: 'Writes' } });
    const { id } = made.body as { id: string };
    const role = `/api/v2/roles/${id}`;
    const both = permissionsOf(['read:contacts', 'write:contacts']);
    expect(await scene.call('POST', `${role}/permissions`, { body: both })).toMatchObject({ status: 201 });
    const users = Array.from({ length: 5 }, (_one, at) => `auth0|user ${at} 👩‍🚀`);
    expect(await scene.call('POST', `${role}/users`, { body: { users } })).toMatchObject({ status: 200 });

    const first = await scene.call('GET', `${role}/users?take=3`);
    const { next } = first.body as { next: string };
    const second = await scene.call('GET', `${role}/users?take=3&from=${next}`);
    const listed = [first, second].flatMap(({ body }) => (body as { users: { user_id: string }[] }).users);
    expect(listed.map((one) => one.user_id)).toEqual(users);
    const numbered = await scene.call('GET', `${role}/users?per_page=2&page=2&include_totals=true`);
    expect(numbered.body).toMatchObject({ users: [{ user_id: users[4] }], start: 4, limit: 2, total: 5 });

    const user = `/api/v2/users/${encodeURIComponent(users[0]!)}`;
    const one = permissionsOf(['read:contacts']);
    expect(await scene.call('POST', `${user}/permissions`, { body: one })).toMatchObject({ status: 201 });
    const ofRole = { source_id: id, source_name: 'Editor', source_type: 'ROLE' };
    expect((await scene.call('GET', `${user}/permissions`)).body).toEqual([
      { ...item('read:contacts', 'See contacts'), sources: [direct, ofRole] },
      { ...item('write:contacts', 'Change contacts'), sources: [ofRole] },
    ]);
    const effective = `${user}/effective-permissions?resource_server_identifier=${contactsApi}&take=1`;
    expect((await scene.call('GET', effective)).body).toMatchObject({
      permissions: [{ permission_name: 'read:contacts', sources: ['direct', 'roles'] }],
      next: expect.any(String),
    });
    expect((await scene.call('GET', `${user}/roles`)).body).toMatchObject([{ id }]);
    expect((await scene.call('GET', '/api/v2/users?q=USER%203&include_totals=true')).body).toMatchObject({
      length: 1,
      total: 1,
    });

    const edits = [{ name: 'Writer' }, { description: 'Writes much' }].map((body) =>
      scene.call('PATCH', role, { body }),
    );
    expect((await Promise.all(edits)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await scene.call('GET', role)).body).toEqual({ id, name: 'Writer', description: 'Writes much' });

    expect(await scene.call('DELETE', `${user}/permissions`, { body: one })).toMatchObject({ status: 204 });
    expect(await scene.call('DELETE', role)).toMatchObject({ status: 200, body: {} });
    expect((await scene.call('GET', `${user}/permissions`)).body).toEqual([]);
    expect((await scene.call('GET', '/api/v2/users')).body).toEqual([{ user_id: 'root' }]);
  },
  60_000,
);

it.each([
  ['fileStore', inFile],
  ['postgresStore', inDatabase],
])(
  'an API and what applications were given of it are kept in %s',
  async (_, store) => {
    const scene = await adminScene({ store });
    ends.push(() => scene.close());
    const identifier = 'https://api.example.com/👩‍🚀';
    const scopes = [{ value: 'read:events', description: 'See events' }, { value: 'write:events' }];
    const settings = { enforce_policies: true, authorization_details: [{ type: 'payment' }] };
    const made = await scene.call('POST', '/api/v2/resource-servers', { body: { identifier, scopes, ...settings } });
    expect(made).toMatchObject({ status: 201, body: { identifier, scopes, ...settings } });
    const { id } = made.body as { id: string };
    const path = `/api/v2/resource-servers/${encodeURIComponent(identifier)}`;
    expect((await scene.call('GET', `/api/v2/resource-servers/${id}`)).body).toEqual(made.body);

    const clients = Array.from({ length: 60 }, (_one, at) => `robot ${at}`);
    for (const client of clients) {
      const body = { client_id: client, audience: identifier, scope: ['read:events', 'write:events'] };
      expect(await scene.call('POST', '/api/v2/client-grants', { body })).toMatchObject({ status: 201 });
    }
    const role = (await scene.call('POST', '/api/v2/roles', { body: { name: 'Organizer' } })).body as { id: string };
    const both = permissionsOf(['read:events', 'write:events'], identifier);
    await scene.call('POST', `/api/v2/roles/${role.id}/permissions`, { body: both });

    expect(await scene.call('PATCH', path, { body: { scopes: [scopes[1]] } })).toMatchObject({ status: 200 });
    expect((await scene.call('GET', `/api/v2/roles/${role.id}/permissions`)).body).toHaveLength(1);
    const first = (await scene.call('GET', '/api/v2/client-grants?take=45')).body as Listed;
    const second = (await scene.call('GET', `/api/v2/client-grants?take=45&from=${first.next}`)).body as Listed;
    const listed = [...first.client_grants, ...second.client_grants];
    expect(new Set(listed.map((one) => one.client_id))).toEqual(new Set(clients));
    expect(new Set(listed.map((one) => one.scope.join()))).toEqual(new Set(['write:events']));
    expect(second.next).toBeUndefined();

    const [grant] = listed as [Listed['client_grants'][number]];
    const at = `/api/v2/client-grants/${grant.id}`;
    expect(await scene.call('GET', at)).toMatchObject({ status: 200, body: { client_id: grant.client_id } });
    expect(await scene.call('DELETE', at)).toMatchObject({ status: 204 });
    expect(await scene.call('DELETE', path)).toMatchObject({ status: 204 });
    expect((await scene.call('GET', '/api/v2/client-grants')).body).toEqual([]);
    expect(await scene.store.api(identifier)).toBeUndefined();
  },
  60_000,
);

it.each([
  ['fileStore', inFile],
  ['postgresStore', inDatabase],
])(
  'of what is made twice at the same moment in %s there is one, and a scope that is withdrawn meanwhile is held by nobody',
  async (_, store) => {
    const scene = await adminScene({ store });
    ends.push(() => scene.close());
    const identifier = 'https://calendar.example/';
    const scopes = [{ value: 'read:events' }, { value: 'write:events' }];
    const statuses = async (calls: Promise<{ status: number }>[]): Promise<number[]> => {
      return (await Promise.all(calls)).map(({ status }) => status).sort((one, other) => one - other);
    };
    const apis = [1, 2, 3].map(() => scene.call('POST', '/api/v2/resource-servers', { body: { identifier, scopes } }));
    expect(await statuses(apis)).toEqual([201, 409, 409]);
    const grants = scopes.map(({ value }) => {
      const body = { client_id: 'robot', audience: identifier, scope: [value] };
      return scene.call('POST', '/api/v2/client-grants', { body });
    });
    expect(await statuses(grants)).toEqual([201, 409]);
    const giving = ['ann', 'ben', 'cleo', 'dan'].map((user) => {
      const body = permissionsOf(['read:events'], identifier);
      return scene.call('POST', `/api/v2/users/${user}/permissions`, { body });
    });
    const path = `/api/v2/resource-servers/${encodeURIComponent(identifier)}`;
    const taking = scene.call('PATCH', path, { body: { scopes: [scopes[1]] } });
    expect(await taking).toMatchObject({ status: 200 });
    for (const { status } of await Promise.all(giving)) expect([201, 400]).toContain(status);
    const holders = (await scene.store.holdersOf('read:events')).items.map(({ subject }) => subject.id);
    expect(holders).toEqual(['root']);
  },
  60_000,
);

interface Listed {
  client_grants: { id: string; client_id: string; scope: string[] }[];
  next?: string;
}
