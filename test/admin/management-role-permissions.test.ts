// The permissions of a role over the management API: listed, given, and taken back.

import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { item, permissionsOf } from './management-scene.ts';

const path = '/api/v2/roles/editor/permissions';
const read = item('read:contacts', 'See contacts');
const write = item('write:contacts', 'Change contacts');

let scene: Scene;

beforeEach(async () => {
  scene = await adminScene({
    store: {
      users: { helper: { permissions: ['update:roles', 'read:contacts'] }, alice: { roles: ['editor'] } },
      roles: {
        editor: {
          name: 'Editor',
          inherits: ['remover'],
          permissions: [
            'write:contacts',
            { permission: 'write:contacts', audience: contactsApi },
            { permission: 'read:contacts', on: 'contacts:id:1' },
            { permission: 'delete:contacts', effect: 'deny' },
          ],
        },
        remover: ['delete:contacts'],
        everything: ['*'],
      },
    },
  });
});
afterEach(() => scene.close());
afterAll(stopServers);

const privileges = async (): Promise<unknown> => (await scene.store.role('editor'))?.privileges;
const bound = [
  { permission: 'read:contacts', on: 'contacts:id:1' },
  { permission: 'delete:contacts', effect: 'deny' },
];

it('are its own, each once and without sources, in the order of names', async () => {
  const answer = await scene.call('GET', path);
  expect([answer.status, answer.body]).toEqual([200, [write]]);
  await scene.call('POST', path, { body: permissionsOf(['read:contacts']) });
  expect((await scene.call('GET', path)).body).toEqual([read, write]);
  const { body } = await scene.call('GET', `${path}?per_page=1&page=1&include_totals=true`);
  expect(body).toEqual({ permissions: [write], start: 1, limit: 1, total: 2 });
  expect((await scene.call('GET', `${path}?per_page=1&page=2`)).body).toEqual([]);
});

it('are given: 201 with an empty object, and what was there stays', async () => {
  const answer = await scene.call('POST', path, { body: permissionsOf(['read:contacts', 'write:contacts']) });
  expect([answer.status, answer.body]).toEqual([201, {}]);
  expect(await privileges()).toEqual([
    { permission: 'write:contacts' },
    ...bound,
    { permission: 'read:contacts', audience: contactsApi },
    { permission: 'write:contacts', audience: contactsApi },
  ]);
});

it('act on those who have the role at once', async () => {
  const body = permissionsOf(['read:contacts']);
  const held = `/api/v2/users/alice/effective-permissions?resource_server_identifier=${contactsApi}`;
  const names = async (): Promise<string[]> => {
    const { permissions } = (await scene.call('GET', held)).body as { permissions: { permission_name: string }[] };
    return permissions.map((one) => one.permission_name);
  };
  await scene.call('POST', path, { body });
  expect(await names()).toEqual(['read:contacts', 'write:contacts']);
  await scene.call('DELETE', path, { body });
  expect(await names()).toEqual(['write:contacts']);
});

it('are taken back in each form: 204, whether or not it has them; what is bound or denied stays', async () => {
  const sent = { body: permissionsOf(['write:contacts', 'read:contacts', 'delete:contacts']) };
  expect(await scene.call('DELETE', path, sent)).toMatchObject({ status: 204, body: undefined });
  expect(await privileges()).toEqual(bound);
  const version = (await scene.store.role('editor'))?.version;
  expect(await scene.call('DELETE', path, sent)).toMatchObject({ status: 204, body: undefined });
  expect((await scene.store.role('editor'))?.version).toBe(version);
});

it('may be given to and taken from a built-in role', async () => {
  const viewer = '/api/v2/roles/builtin:viewer/permissions';
  const sent = { body: permissionsOf(['read:contacts']) };
  expect(await scene.call('POST', viewer, sent)).toMatchObject({ status: 201 });
  expect((await scene.call('GET', viewer)).body).toEqual([read]);
  expect(await scene.call('DELETE', viewer, sent)).toMatchObject({ status: 204 });
  expect((await scene.call('GET', viewer)).body).toEqual([]);
});

it.each(['POST', 'DELETE'])('of an API that there is not are a 404 to %s', async (method) => {
  const sent = { body: permissionsOf(['read:contacts'], 'https://nothing.example/') };
  expect(await scene.call(method, path, sent)).toMatchObject({
    status: 404,
    body: { errorCode: 'inexistent_resource_server' },
  });
});

it('that the API does not define are not given: 400', async () => {
  const { status, body } = await scene.call('POST', path, { body: permissionsOf(['read:minds']) });
  expect(status).toBe(400);
  expect(body).toMatchObject({ message: expect.stringContaining('read:minds') });
});

it.each([
  ['POST', 'delete:contacts'],
  ['DELETE', 'write:contacts'],
])('that the caller does not hold are refused to %s: 403 with what is missing', async (method, name) => {
  const before = await privileges();
  const answer = await scene.call(method, path, { as: 'helper', body: permissionsOf([name]) });
  expect(answer).toMatchObject({ status: 403, body: { errorCode: 'beyond_ceiling' } });
  expect((answer.body as { missing: { permission: string }[] }).missing.map((one) => one.permission)).toContain(name);
  expect(await privileges()).toEqual(before);
});

it('cannot be taken where nobody would be left who may do everything: 409', async () => {
  await scene.store.assign(scene.user('chief'), 'everything', {}, { system: 'x' });
  await scene.store.revoke(scene.user('root'), '*', { system: 'x' });
  const sent = { as: 'chief', body: permissionsOf(['*']) };
  expect(await scene.call('DELETE', '/api/v2/roles/everything/permissions', sent)).toMatchObject({
    status: 409,
    body: { errorCode: 'last_administrator' },
  });
});

it('are no more than there may be', async () => {
  const small = await adminScene({ limits: { permissionsPerRole: 1 }, store: { roles: { one: [] } } });
  const give = (name: string) => small.call('POST', '/api/v2/roles/one/permissions', { body: permissionsOf([name]) });
  expect(await give('read:contacts')).toMatchObject({ status: 201 });
  expect(await give('read:contacts')).toMatchObject({ status: 201 });
  expect(await give('write:contacts')).toMatchObject({
    status: 400,
    body: { message: 'No more permissions can be assigned to this role.' },
  });
  await small.close();
});
