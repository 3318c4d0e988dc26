// What users may do, over the management API: whatever it comes from, less what is denied, page after page.

import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { item } from './management-scene.ts';

const api = `resource_server_identifier=${encodeURIComponent(contactsApi)}`;
const billing = 'https://billing.example/';
const path = (id: string, query: string = api): string => `/api/v2/users/${id}/effective-permissions?${query}`;
const sourcesPath = (id: string, query: string): string =>
  `/api/v2/users/${id}/effective-permissions/sources/effective-roles?${query}`;

let scene: Scene;

beforeEach(async () => {
  scene = await adminScene({
    store: {
      users: {
        alice: {
          permissions: ['read:contacts', { permission: 'delete:contacts', on: 'contacts:id:1' }],
          roles: ['editor', 'reader', { role: 'all', organization: 'org_1' }, { role: 'all', expiresAt: 1 }],
        },
        bob: { permissions: ['*', { permission: 'write:contacts', on: 'contacts:id:1', effect: 'deny' }] },
        carol: { permissions: [{ permission: 'bill:*', audience: billing }] },
      },
      roles: {
        editor: { name: 'Editor', inherits: ['reader'], permissions: ['write:contacts'] },
        reader: { name: 'Reader', description: 'Reads', permissions: ['read:*'] },
        all: ['*'],
      },
      apis: { [billing]: { name: 'Billing', permissions: { 'bill:all': null, 'see:all': null, email: null } } },
    },
  });
});
afterEach(() => scene.close());
afterAll(stopServers);

const sources = (...given: string[]): object => ({ sources: given });
const read = item('read:contacts', 'See contacts');
const write = item('write:contacts', 'Change contacts');
const remove = item('delete:contacts', 'Delete contacts');

it('are those held everywhere, each with the kinds of what it comes from', async () => {
  expect(await scene.call('GET', path('alice'))).toMatchObject({ status: 200 });
  expect((await scene.call('GET', path('alice'))).body).toEqual({
    permissions: [
      { ...read, ...sources('direct', 'roles') },
      { ...write, ...sources('roles') },
    ],
  });
});

it('are all that `*` stands for, less what is denied anywhere', async () => {
  expect((await scene.call('GET', path('bob'))).body).toEqual({
    permissions: [
      { ...remove, ...sources('direct') },
      { ...read, ...sources('direct') },
    ],
  });
});

it('are those of the API that is asked about, its patterns meant over its own names', async () => {
  const ofBilling = path('carol', `resource_server_identifier=${encodeURIComponent(billing)}`);
  expect((await scene.call('GET', ofBilling)).body).toMatchObject({ permissions: [{ permission_name: 'bill:all' }] });
  expect((await scene.call('GET', path('carol'))).body).toEqual({ permissions: [] });
  const ofAdministration = path('root', `resource_server_identifier=${encodeURIComponent(adminApi)}&take=100`);
  const { permissions } = (await scene.call('GET', ofAdministration)).body as {
    permissions: { permission_name: string }[];
  };
  expect(permissions.map((one) => one.permission_name)).toContain('update:users');
});

it('come page by page, the last one without a next; totals are not told', async () => {
  const first = await scene.call('GET', path('root', `${api}&take=2&include_totals=true`));
  expect(first.body).toEqual({
    permissions: [expect.objectContaining(remove), expect.objectContaining(read)],
    next: expect.any(String),
  });
  const { next } = first.body as { next: string };
  const last = await scene.call('GET', path('root', `${api}&take=2&from=${next}`));
  expect(last.body).toEqual({ permissions: [expect.objectContaining(write)] });
});

it('do not go on where another list, or nobody, has ended', async () => {
  const first = await scene.call('GET', path('root', `${api}&take=1`));
  const { next } = first.body as { next: string };
  const forged = `${next.slice(0, -2)}${next.endsWith('A') ? 'BB' : 'AA'}`;
  for (const query of [
    path('bob', `${api}&from=${next}`),
    path('root', `${api}&from=${forged}`),
    path('root', `${api}&from=x`),
  ]) {
    expect(await scene.call('GET', query)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('on property from'), errorCode: 'invalid_query_string' },
    });
  }
});

it.each<[string, number, string]>([
  ['', 400, 'Missing required property: resource_server_identifier'],
  ['resource_server_identifier=', 400, 'String is too short'],
  [`resource_server_identifier=${'x'.repeat(601)}`, 400, 'String is too long'],
  [`${api}&take=101`, 400, 'on property take'],
  [`${api}&x=1`, 400, 'Additional properties not allowed: x'],
  ['resource_server_identifier=https%3A%2F%2Fnothing.example', 404, 'The resource server does not exist'],
])('are refused for ?%s: %d %s', async (query, status, message) => {
  const answer = await scene.call('GET', path('alice', query));
  expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
});

it('name the assigned roles that give a permission', async () => {
  expect((await scene.call('GET', sourcesPath('alice', `${api}&permission_name=read:contacts`))).body).toEqual({
    roles: [
      { id: 'editor', name: 'Editor', sources: ['direct'] },
      { id: 'reader', name: 'Reader', description: 'Reads', sources: ['direct'] },
    ],
  });
  expect((await scene.call('GET', sourcesPath('alice', `${api}&permission_name=delete:contacts`))).body).toEqual({
    roles: [],
  });
  expect((await scene.call('GET', sourcesPath('bob', `${api}&permission_name=never:heard`))).body).toEqual({
    roles: [],
  });
  expect(await scene.call('GET', sourcesPath('alice', api))).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('permission_name') },
  });
});

it('come of the roles that apply everywhere and still', async () => {
  const roles = '/api/v2/users/alice/effective-roles';
  const first = await scene.call('GET', `${roles}?take=1`);
  expect(first).toMatchObject({ status: 200 });
  expect(first.body).toEqual({
    roles: [{ id: 'editor', name: 'Editor', sources: ['direct'] }],
    next: expect.any(String),
  });
  const { next } = first.body as { next: string };
  const second = await scene.call('GET', `${roles}?take=1&from=${next}`);
  expect(second.body).toEqual({ roles: [{ id: 'reader', name: 'Reader', description: 'Reads', sources: ['direct'] }] });
});
