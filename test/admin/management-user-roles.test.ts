// The roles of a user over the management API: listed, given, and taken back.

import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

const path = '/api/v2/users/auth0%7Calice/roles';
const editor = { id: 'editor', name: 'Editor', description: 'Writes' };

let scene: Scene;

beforeEach(async () => {
  scene = await adminScene({
    store: {
      users: {
        helper: { permissions: ['update:users', 'read:contacts'] },
        'auth0|alice': {
          roles: ['editor', 'viewer', { role: 'lapsed', expiresAt: 1 }, { role: 'lapsed', organization: 'org_1' }],
        },
      },
      roles: {
        editor: { name: 'Editor', description: 'Writes', permissions: ['write:contacts'] },
        viewer: { name: 'A viewer', permissions: ['read:contacts'] },
        lapsed: [],
        local: { organization: 'org_1', permissions: ['read:contacts'] },
        everything: ['*'],
      },
    },
  });
});
afterEach(() => scene.close());
afterAll(stopServers);

it('are listed by name, without those that have ended or hold in one organization only', async () => {
  expect(await scene.call('GET', path)).toMatchObject({
    status: 200,
    body: [{ id: 'viewer', name: 'A viewer' }, editor],
  });
  const { body } = await scene.call('GET', `${path}?per_page=1&page=1&include_totals=true`);
  expect(body).toEqual({ roles: [editor], start: 1, limit: 1, total: 2 });
  expect((await scene.call('GET', `${path}?per_page=1&page=2`)).body).toEqual([]);
});

it('are given all together: 204 without a body', async () => {
  const before = await scene.store.revision();
  const answer = await scene.call('POST', '/api/v2/users/bob/roles', { body: { roles: ['editor', 'builtin:viewer'] } });
  expect(answer).toMatchObject({ status: 204, body: undefined });
  expect(await scene.store.revision()).toBe(before + 1);
  const { roles } = await scene.store.subject(scene.user('bob'));
  expect(roles.map(({ role }) => role)).toEqual(['editor', 'builtin:viewer']);
});

it('are taken back: 204, whether or not the user has them', async () => {
  const sent = { body: { roles: ['editor', 'nothing'] } };
  expect(await scene.call('DELETE', path, sent)).toMatchObject({ status: 204, body: undefined });
  expect(await scene.call('DELETE', path, sent)).toMatchObject({ status: 204, body: undefined });
  expect((await scene.call('GET', path)).body).toMatchObject([{ id: 'viewer' }]);
});

it('are given none at all where one of them is not there: 404', async () => {
  const answer = await scene.call('POST', '/api/v2/users/bob/roles', { body: { roles: ['editor', 'nothing'] } });
  expect(answer.status).toBe(404);
  expect(answer.body).toEqual({ statusCode: 404, error: 'Not Found', message: 'The role does not exist.' });
  expect((await scene.store.subject(scene.user('bob'))).roles).toEqual([]);
});

it('of one organization are not given in all: 400', async () => {
  const answer = await scene.call('POST', '/api/v2/users/bob/roles', { body: { roles: ['local'] } });
  expect(answer).toMatchObject({ status: 400, body: { errorCode: 'role_elsewhere' } });
});

it.each([
  ['POST', 'bob'],
  ['DELETE', 'auth0%7Calice'],
])('that give more than the caller holds are refused to %s: 403, with what is missing', async (method, id) => {
  const sent = { as: 'helper', body: { roles: ['editor'] } };
  expect(await scene.call(method, `/api/v2/users/${id}/roles`, sent)).toMatchObject({
    status: 403,
    body: { errorCode: 'beyond_ceiling', missing: [{ permission: 'write:contacts' }] },
  });
});

it('cannot be taken from the last administrator: 409', async () => {
  await scene.store.assign(scene.user('chief'), 'everything', {}, { system: 'x' });
  await scene.store.revoke(scene.user('root'), '*', { system: 'x' });
  const answer = await scene.call('DELETE', '/api/v2/users/chief/roles', {
    as: 'chief',
    body: { roles: ['everything'] },
  });
  expect(answer).toMatchObject({ status: 409, body: { errorCode: 'last_administrator' } });
});

it('are no more than there may be', async () => {
  const small = await adminScene({ limits: { rolesPerUser: 1 }, store: { roles: { one: [], two: [] } } });
  const give = (role: string) => small.call('POST', '/api/v2/users/bob/roles', { body: { roles: [role] } });
  expect(await give('one')).toMatchObject({ status: 204 });
  expect(await give('one')).toMatchObject({ status: 204 });
  expect(await give('two')).toMatchObject({
    status: 400,
    body: { message: 'No more roles can be assigned to this user.' },
  });
  await small.close();
});
