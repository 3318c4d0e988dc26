// The permissions of a user over the management API: listed with what each comes from, given, and taken back.

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { direct, item, permissionsOf } from './management-scene.ts';

const path = '/api/v2/users/auth0%7Calice/permissions';
const read = item('read:contacts', 'See contacts');
const write = item('write:contacts', 'Change contacts');
const wide = 'https://billing.example/';

let scene: Scene;

beforeEach(async () => {
  scene = await adminScene({
    store: (issuer) =>
      memoryStore({
        issuer,
        users: {
          root: { permissions: ['*'] },
          reader: { permissions: ['update:users', 'read:users', 'read:contacts'] },
          'auth0|alice': {
            permissions: [
              'read:contacts',
              { permission: 'delete:contacts', on: 'contacts:id:1' },
              { permission: 'delete:contacts', organization: 'org_1' },
              { permission: 'delete:contacts', effect: 'deny' },
              { permission: 'delete:contacts', expiresAt: 1 },
              { permission: 'bill:all', audience: wide },
            ],
            roles: ['editor', { role: 'lapsed', expiresAt: 1 }, { role: 'local', organization: 'org_1' }],
          },
        },
        roles: {
          editor: { name: 'Editor', permissions: ['write:contacts'], inherits: ['viewer'] },
          viewer: { name: 'Viewer', permissions: [{ permission: 'read:contacts', audience: contactsApi }] },
          lapsed: ['delete:contacts'],
          local: ['delete:contacts'],
        },
        apis: { [wide]: { name: 'Billing', permissions: { 'bill:all': null, 'bill:one': 'Bill somebody' } } },
      }),
  });
});
afterEach(() => scene.close());
afterAll(stopServers);

const ofRole = { source_id: 'editor', source_name: 'Editor', source_type: 'ROLE' };
const billing = {
  permission_name: 'bill:all',
  description: '',
  resource_server_name: 'Billing',
  resource_server_identifier: wide,
  sources: [direct],
};

describe('the list', () => {
  it('shows a permission once with each source, in the order of names, and nothing that a name and an API cannot say', async () => {
    const { status, body, headers } = await scene.call('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toEqual([billing, { ...read, sources: [direct, ofRole] }, { ...write, sources: [ofRole] }]);
  });

  it('tells totals where they are asked for, and is empty past its end', async () => {
    const first = await scene.call('GET', `${path}?per_page=2&page=0&include_totals=true`);
    expect(first.body).toMatchObject({ start: 0, limit: 2, total: 3, permissions: [{}, {}] });
    const second = await scene.call('GET', `${path}?per_page=2&page=1&include_totals=true`);
    expect(second.body).toMatchObject({ start: 2, limit: 2, total: 3, permissions: [write] });
    const past = await scene.call('GET', `${path}?per_page=2&page=2&include_totals=true`);
    expect(past).toMatchObject({ status: 200, body: { start: 4, limit: 2, total: 3, permissions: [] } });
    expect(await scene.call('GET', `${path}?page=9`)).toMatchObject({ status: 200, body: [] });
  });

  it('is 50 long unless asked otherwise', async () => {
    expect((await scene.call('GET', `${path}?include_totals=true`)).body).toMatchObject({ start: 0, limit: 50 });
  });

  it('is empty for somebody never heard of, where no directory says otherwise', async () => {
    expect(await scene.call('GET', '/api/v2/users/nobody/permissions')).toMatchObject({ status: 200, body: [] });
  });

  it('shows `*` and permissions of the administration itself, which are the system’s', async () => {
    await scene.store.grant(scene.user('boss'), ['*', { permission: 'read:roles', audience: adminApi }], {
      system: 'x',
    });
    const { body } = await scene.call('GET', '/api/v2/users/boss/permissions');
    expect(body).toMatchObject([
      { permission_name: '*', resource_server_identifier: contactsApi, sources: [direct] },
      { permission_name: 'read:roles', resource_server_identifier: adminApi, resource_server_name: 'Administration' },
    ]);
  });

  it.each([
    ['per_page=0', 'per_page'],
    ['per_page=101', 'per_page'],
    ['page=-1', 'page'],
    ['page=1.5', 'page'],
    ['include_totals=1', 'include_totals'],
    ['page=1&page=2', 'page'],
  ])('is refused for ?%s, which is named', async (query, name) => {
    const { status, body } = await scene.call('GET', `${path}?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      statusCode: 400,
      error: 'Bad Request',
      message: expect.stringMatching(new RegExp(`^Query validation error: '.+' on property ${name} \\(.+\\)\\.$`)),
      errorCode: 'invalid_query_string',
    });
  });
});

describe('giving', () => {
  it('answers the documented call to the letter: 201 with an empty object', async () => {
    const answer = await fetch(`${scene.address}/api/v2/users/${encodeURIComponent('auth0|bob')}/permissions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await scene.token('root', 'update:users')}`,
        'cache-control': 'no-cache',
        'content-type': 'application/json',
      },
      body: `{ "permissions": [ { "resource_server_identifier": "${contactsApi}", "permission_name": "read:contacts" }, { "resource_server_identifier": "${contactsApi}", "permission_name": "write:contacts" } ] }`,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual({});
    const held = [...(await scene.store.privilegesOf(scene.user('auth0|bob'), { audience: [contactsApi] }))];
    expect(held.map(({ permission, audience }) => [permission, audience])).toEqual([
      ['read:contacts', contactsApi],
      ['write:contacts', contactsApi],
    ]);
  });

  it('is one change, and none where everything is given already', async () => {
    const before = await scene.store.revision();
    const body = permissionsOf(['read:contacts', 'write:contacts', 'read:contacts']);
    expect(await scene.call('POST', path, { body })).toMatchObject({ status: 201 });
    expect(await scene.call('POST', path, { body })).toMatchObject({ status: 201 });
    expect(await scene.store.revision()).toBe(before + 1);
  });

  it('takes `*`, and permissions of stored APIs and of the administration', async () => {
    for (const [name, api] of [
      ['*', contactsApi],
      ['bill:one', wide],
      ['read:roles', adminApi],
    ] as const) {
      const sent = { body: permissionsOf([name], api) };
      expect(await scene.call('POST', '/api/v2/users/carol/permissions', sent)).toMatchObject({ status: 201 });
    }
  });

  it('of an API that there is not is a 404, and nothing is given', async () => {
    const { permissions } = permissionsOf(['read:contacts']) as { permissions: object[] };
    const { permissions: unknown } = permissionsOf(['x'], 'https://nothing.example/') as { permissions: object[] };
    const sent = { body: { permissions: [...permissions, ...unknown] } };
    expect(await scene.call('POST', '/api/v2/users/carol/permissions', sent)).toMatchObject({
      status: 404,
      body: {
        statusCode: 404,
        error: 'Not Found',
        message: 'The resource server does not exist',
        errorCode: 'inexistent_resource_server',
      },
    });
    expect((await scene.store.subject(scene.user('carol'))).privileges).toEqual([]);
  });

  it('of a permission that the API does not define is a 400 that names it', async () => {
    const sent = { body: permissionsOf(['read:contacts', 'read:minds']) };
    const { status, body } = await scene.call('POST', path, sent);
    expect(status).toBe(400);
    expect(body).toMatchObject({ message: expect.stringContaining('read:minds'), errorCode: 'invalid_body' });
  });

  it('of what the caller does not hold is a 403 that lists it, and nothing is given', async () => {
    const sent = { as: 'reader', body: permissionsOf(['read:contacts', 'write:contacts']) };
    expect(await scene.call('POST', '/api/v2/users/carol/permissions', sent)).toMatchObject({
      status: 403,
      body: {
        statusCode: 403,
        error: 'Forbidden',
        errorCode: 'beyond_ceiling',
        missing: [{ permission: 'write:contacts', audience: contactsApi }],
      },
    });
    expect((await scene.store.subject(scene.user('carol'))).privileges).toEqual([]);
  });

  it('ends where a user has as many as there may be; what is given once more is no more', async () => {
    const small = await adminScene({ limits: { permissionsPerUser: 2 } });
    const target = '/api/v2/users/dan/permissions';
    const two = { body: permissionsOf(['read:contacts', 'write:contacts']) };
    expect(await small.call('POST', target, two)).toMatchObject({ status: 201 });
    expect(await small.call('POST', target, two)).toMatchObject({ status: 201 });
    expect(await small.call('POST', target, { body: permissionsOf(['delete:contacts']) })).toMatchObject({
      status: 400,
      body: { message: 'No more permissions can be assigned to this user.' },
    });
    await small.close();
  });
});

describe('taking back', () => {
  it('is 204 without a body, whether or not it was held, and with its content type', async () => {
    const sent = { body: permissionsOf(['read:contacts', 'write:contacts']) };
    const { status, body, headers } = await scene.call('DELETE', path, sent);
    expect([status, body, headers.get('content-type')]).toEqual([204, undefined, 'application/json; charset=utf-8']);
    expect(await scene.call('DELETE', path, sent)).toMatchObject({ status: 204 });
  });

  it('takes it with and without its audience, and leaves what is bound or denied', async () => {
    await scene.store.grant(
      scene.user('auth0|alice'),
      { permission: 'delete:contacts', audience: contactsApi },
      { system: 'x' },
    );
    await scene.call('DELETE', path, { body: permissionsOf(['read:contacts', 'delete:contacts']) });
    const { privileges } = await scene.store.subject(scene.user('auth0|alice'));
    expect(
      privileges.map(({ permission, on, effect, organization }) => ({ permission, on, effect, organization })),
    ).toEqual([
      { permission: 'delete:contacts', on: 'contacts:id:1' },
      { permission: 'delete:contacts', organization: 'org_1' },
      { permission: 'delete:contacts', effect: 'deny' },
      { permission: 'bill:all' },
    ]);
  });

  it('of an API that is no more takes what is left of it, and is a 404 where nothing is', async () => {
    await scene.store.deleteApi(wide, { system: 'x' });
    expect((await scene.call('GET', path)).body).toMatchObject([{ ...billing, resource_server_name: wide }, {}, {}]);
    const sent = { body: permissionsOf(['bill:all'], wide) };
    expect(await scene.call('DELETE', path, sent)).toMatchObject({ status: 204 });
    expect(await scene.call('DELETE', path, sent)).toMatchObject({
      status: 404,
      body: { errorCode: 'inexistent_resource_server' },
    });
  });

  it('of what the caller does not hold is a 403', async () => {
    await scene.store.grant(scene.user('carol'), 'write:contacts', { system: 'x' });
    const sent = { as: 'reader', body: permissionsOf(['write:contacts']) };
    expect(await scene.call('DELETE', '/api/v2/users/carol/permissions', sent)).toMatchObject({ status: 403 });
  });

  it('never takes `*` from the last who holds it: 409', async () => {
    const sent = { body: permissionsOf(['*']) };
    expect(await scene.call('DELETE', '/api/v2/users/root/permissions', sent)).toMatchObject({
      status: 409,
      body: { statusCode: 409, error: 'Conflict', errorCode: 'last_administrator' },
    });
  });
});
