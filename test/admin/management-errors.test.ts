// What every row of the management API answers to who may not call, to what cannot be read, and where the store fails.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { failingStore, grantIdOf, permissionsOf } from './management-scene.ts';

afterAll(stopServers);

const permissions = permissionsOf(['read:contacts']);
const api = `resource_server_identifier=${contactsApi}`;

const grantId = grantIdOf('robot');
const grant = (client: string): object => ({ client_id: client, audience: contactsApi, scope: ['read:contacts'] });

/** Each row, the scopes of which any is enough (several in one text: all of them), and a body. */
const rows: [method: string, path: string, scopes: string[], body?: object][] = [
  ['GET', '/users', ['read:users']],
  ['GET', '/users/a/permissions', ['read:users']],
  ['POST', '/users/a/permissions', ['update:users'], permissions],
  ['DELETE', '/users/a/permissions', ['update:users'], permissions],
  ['GET', '/users/a/roles', ['read:users read:roles', 'read:role_members']],
  ['POST', '/users/a/roles', ['update:users', 'create:role_members'], { roles: ['editor'] }],
  ['DELETE', '/users/a/roles', ['update:users', 'delete:role_members'], { roles: ['editor'] }],
  ['GET', `/users/a/effective-permissions?${api}`, ['read:user_effective_permissions']],
  [
    'GET',
    `/users/a/effective-permissions/sources/effective-roles?${api}&permission_name=read:contacts`,
    ['read:user_permission_source_roles'],
  ],
  ['GET', '/users/a/effective-roles', ['read:user_effective_roles']],
  ['GET', '/roles', ['read:roles']],
  ['POST', '/roles', ['create:roles'], { name: 'x' }],
  ['GET', '/roles/editor', ['read:roles']],
  ['PATCH', '/roles/editor', ['update:roles'], { name: 'x' }],
  ['DELETE', '/roles/editor', ['delete:roles']],
  ['GET', '/roles/editor/permissions', ['read:roles']],
  ['POST', '/roles/editor/permissions', ['update:roles'], permissions],
  ['DELETE', '/roles/editor/permissions', ['update:roles'], permissions],
  ['GET', '/roles/editor/users', ['read:users read:roles', 'read:role_members']],
  ['POST', '/roles/editor/users', ['update:roles', 'create:role_members'], { users: ['a'] }],
  ['GET', '/resource-servers', ['read:resource_servers']],
  ['POST', '/resource-servers', ['create:resource_servers'], { identifier: 'https://new.example/' }],
  ['GET', '/resource-servers/calendar', ['read:resource_servers']],
  ['PATCH', '/resource-servers/calendar', ['update:resource_servers'], { name: 'x' }],
  ['DELETE', '/resource-servers/calendar', ['delete:resource_servers']],
  ['GET', '/client-grants', ['read:client_grants']],
  ['POST', '/client-grants', ['create:client_grants'], grant('other')],
  ['GET', `/client-grants/${grantId}`, ['read:client_grants']],
  ['PATCH', `/client-grants/${grantId}`, ['update:client_grants'], { scope: ['write:contacts'] }],
  ['DELETE', `/client-grants/${grantId}`, ['delete:client_grants']],
];

let failing: Scene;
beforeAll(async () => {
  failing = await adminScene({ store: failingStore });
});
afterAll(() => failing.close());

describe.each(rows)('%s %s', (method, path, scopes, body) => {
  const sent = body === undefined ? {} : { body };
  let scene: Scene;
  beforeAll(async () => {
    scene = await adminScene({
      store: {
        roles: { editor: [] },
        users: { nobody: { permissions: ['read:contacts'] } },
        clients: { robot: { permissions: ['read:contacts'] } },
        apis: { calendar: { name: 'Calendar', permissions: {} } },
      },
    });
  });
  afterAll(() => scene.close());

  it('needs a token', async () => {
    expect(await scene.call(method, `/api/v2${path}`, { ...sent, as: null })).toMatchObject({
      status: 401,
      body: { statusCode: 401, error: 'Unauthorized', attributes: { error: 'Missing authentication' } },
    });
    const bad = { ...sent, as: null, headers: { authorization: 'Bearer nonsense' } };
    expect(await scene.call(method, `/api/v2${path}`, bad)).toMatchObject({
      status: 401,
      body: { message: 'Invalid token', attributes: { error: 'Invalid token' } },
    });
    const unreadable = { ...sent, as: null, headers: { authorization: 'Bearer a b' } };
    expect(await scene.call(method, `/api/v2${path}`, unreadable)).toMatchObject({
      status: 400,
      body: { message: 'Bad HTTP authentication header format', errorCode: 'Bearer' },
    });
  });

  it('is a 403 without the scopes, which are named, and one that holds no such privilege', async () => {
    const answer = await scene.call(method, `/api/v2${path}`, { ...sent, scope: 'read:audit' });
    expect(answer).toMatchObject({
      status: 403,
      body: { statusCode: 403, error: 'Forbidden', errorCode: 'insufficient_scope' },
    });
    const { message } = answer.body as { message: string };
    const named = message.replace('Insufficient scope, expected any of: ', '').split(',');
    expect(scopes).toContain(named.join(' '));
    expect(await scene.call(method, `/api/v2${path}`, { ...sent, as: 'nobody' })).toMatchObject({
      status: 403,
      body: { errorCode: 'insufficient_privilege' },
    });
  });

  it('is answered with any of its scopes', async () => {
    for (const scope of scopes) {
      const { status } = await scene.call(method, `/api/v2${path}`, { ...sent, scope });
      expect(status).toBeLessThan(300);
      for (const part of scope.split(' ').length > 1 ? scope.split(' ') : []) {
        expect(await scene.call(method, `/api/v2${path}`, { ...sent, scope: part })).toMatchObject({ status: 403 });
      }
    }
  });

  it('is a 503 where the store fails, which the operator is told', async () => {
    failing.faults.length = 0;
    const answer = await failing.call(method, `/api/v2${path}`, sent);
    expect(answer).toMatchObject({ status: 503, body: { statusCode: 503, error: 'Service Unavailable' } });
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(JSON.stringify(answer.body)).not.toContain('disk');
    expect(failing.faults).toHaveLength(1);
  });
});

describe('ids in the path', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await adminScene();
  });
  afterAll(() => scene.close());

  it.each(['auth0|5f', 'a/b', '100%', 'a%2Fb', '👩‍🚀', ' ', '..%2f', "o'hara;--", 'é', '?x=1#y', '+'])(
    'may hold any character: %s',
    async (id) => {
      const path = `/api/v2/users/${encodeURIComponent(id)}`;
      expect(await scene.call('POST', `${path}/permissions`, { body: permissions })).toMatchObject({ status: 201 });
      expect((await scene.store.subject(scene.user(id))).privileges).toHaveLength(1);
      expect((await scene.call('GET', path)).body).toEqual({ user_id: id });
      expect((await scene.call('GET', `${path}/permissions`)).body).toHaveLength(1);
    },
  );

  it.each(['%ff', '%00', 'a%00b', 'x'.repeat(513), '%E0%A4%A'])(
    'that no store could keep are a 400: %s',
    async (id) => {
      const answer = await scene.call('GET', `/api/v2/users/${id}/permissions`);
      expect(answer).toMatchObject({ status: 400, body: { errorCode: 'invalid_uri' } });
      expect((answer.body as { message: string }).message).toMatch(/^Path validation error: '.+' on property id/);
      expect(await scene.call('GET', `/api/v2/roles/${id}`)).toMatchObject({ status: 400 });
    },
  );

  it('that are empty name nothing', async () => {
    expect(await scene.call('GET', '/api/v2/users//permissions')).toMatchObject({ status: 404 });
    expect(await scene.call('GET', '/api/v2/roles/')).toMatchObject({ status: 404 });
  });

  it('are no way to another method', async () => {
    const { status, headers } = await scene.call('PUT', '/api/v2/roles/editor', { body: {} });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, PATCH, DELETE']);
  });
});
