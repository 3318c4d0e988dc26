// What users may do, what who calls may do, and who may do something: as the access-control API tells it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene, Sent } from './admin-scene.ts';

const api = '/api/access-control';
let scene: Scene;

beforeAll(async () => {
  scene = await adminScene({
    store: (issuer) =>
      memoryStore({
        issuer,
        roles: {
          base: [{ permission: 'reports:read', on: 'reports:*' }],
          reporter: { permissions: [{ permission: 'reports:send', on: 'reports:id:1' }], inherits: ['base'] },
        },
        users: {
          root: { permissions: ['*'] },
          pia: {
            roles: ['reporter'],
            permissions: [
              { permission: 'users:create', on: '' },
              { permission: 'read:contacts', audience: contactsApi },
              { permission: 'write:contacts', audience: 'https://elsewhere.example/' },
              { permission: 'users:read', on: 'global:users:id:1' },
              { permission: 'users:read', on: 'global:users:id:2', expiresAt: 1 },
              { permission: 'made:up', on: 'things:*' },
            ],
          },
          dan: {
            roles: ['base'],
            permissions: [
              { permission: 'reports:read', effect: 'deny' },
              { permission: 'users:read', on: 'global:users:*' },
              { permission: 'users:read', on: 'global:users:id:1', effect: 'deny' },
            ],
          },
          'a:b': { roles: ['base'] },
          // Who may see whom.
          lea: { permissions: [{ permission: 'users.permissions:read', on: 'users:id:pia' }] },
          most: {
            permissions: [
              { permission: 'users.permissions:read', on: 'users:*' },
              { permission: 'users.permissions:read', on: 'users:id:pia', effect: 'deny' },
            ],
          },
        },
        clients: { export: { permissions: [{ permission: 'reports:read', on: 'reports:*' }] } },
        issuers: { 'https://other.example/': { users: { eve: { roles: ['base'] } } } },
      }),
  });
});
afterAll(async () => {
  await scene.close();
  await stopServers();
});

const get = (path: string, sent?: Sent): Promise<Answered> => scene.call('GET', `${api}${path}`, sent);

describe('the permissions of a user', () => {
  it('are all that is held, by roles too, less what is denied or for another API', async () => {
    const { body } = await get('/users/pia/permissions');
    expect(body).toHaveLength(6);
    expect(body).toEqual(
      expect.arrayContaining([
        { action: 'reports:send', scope: 'reports:id:1' },
        { action: 'reports:read', scope: 'reports:*' },
        { action: 'users:create', scope: '' },
        { action: 'read:contacts', scope: '*' },
        { action: 'users:read', scope: 'global:users:id:1' },
        { action: 'made:up', scope: 'things:*' },
      ]),
    );
    const denied = (await get('/users/dan/permissions')).body;
    expect(denied).toEqual([{ action: 'users:read', scope: 'global:users:*' }]);
  });

  it('of an administrator are all that are known, and `*`', async () => {
    const { body } = await get('/users/root/permissions');
    for (const action of ['*', 'read:contacts', 'roles:write', 'update:users']) {
      expect(body).toContainEqual({ action, scope: '*' });
    }
  });

  it('are none for who was never heard of', async () => {
    expect(await get('/users/nobody/permissions')).toMatchObject({ status: 200, body: [] });
  });

  it('are seen by who may see them of that user', async () => {
    expect((await get('/users/pia/permissions', { as: 'lea' })).status).toBe(200);
    expect((await get('/users/dan/permissions', { as: 'lea' })).status).toBe(403);
    expect((await get('/users/pia/permissions', { as: 'most' })).status).toBe(403);
    expect((await get('/users/dan/permissions', { as: 'most' })).status).toBe(200);
    expect((await get('/users/a%3Ab/permissions', { as: 'lea' })).status).toBe(403);
    expect((await get('/users/a%3Ab/permissions')).body).toEqual([{ action: 'reports:read', scope: 'reports:*' }]);
  });
});

describe('what who calls may do', () => {
  it('is what is held and delegated as well, by action', async () => {
    const sent = { as: 'pia', scope: 'reports:read reports:send users:create users:write' };
    const permissions = await get('/user/permissions?reloadcache=true', sent);
    expect(permissions).toMatchObject({ status: 200 });
    expect(permissions.body).toEqual({
      'reports:read': ['reports:*'],
      'reports:send': ['reports:id:1'],
      'users:create': [''],
    });
    expect((await get('/user/actions', sent)).body).toEqual({
      'reports:read': true,
      'reports:send': true,
      'users:create': true,
    });
  });

  it('is nothing for who holds nothing, and everything known for an administrator', async () => {
    expect(await get('/user/permissions', { as: 'nobody' })).toMatchObject({ status: 200, body: {} });
    expect((await get('/user/actions')).body).toMatchObject({ 'roles:write': true, 'update:users': true });
    expect(await get('/user/permissions', { as: null })).toMatchObject({ status: 401 });
  });
});

describe('the search', () => {
  const search = (query: string, as?: string): Promise<Answered> =>
    get(`/users/permissions/search?${query}`, as === undefined ? {} : { as });

  it('finds who may do something, users of the issuer alone, and not who is denied it', async () => {
    expect((await search('action=reports:read')).body).toEqual({
      root: { 'reports:read': ['*'] },
      pia: { 'reports:read': ['reports:*'] },
      'a:b': { 'reports:read': ['reports:*'] },
    });
  });

  it('finds by the beginning of an action', async () => {
    expect((await search('actionPrefix=reports:')).body).toMatchObject({
      root: { 'reports:read': ['*'], 'reports:send': ['*'], 'reports:delete': ['*'] },
      pia: { 'reports:read': ['reports:*'], 'reports:send': ['reports:id:1'] },
    });
    expect((await search('actionPrefix=nothing:')).body).toEqual({});
  });

  it('finds by what it may be done on', async () => {
    expect((await search('action=users:read&scope=global:users:id:1')).body).toEqual({
      root: { 'users:read': ['*'] },
      pia: { 'users:read': ['global:users:id:1'] },
    });
    const two = (await search('action=users:read&scope=global:users:id:2')).body;
    expect(two).toEqual({ root: { 'users:read': ['*'] }, dan: { 'users:read': ['global:users:*'] } });
  });

  it('shows those alone whom who asks may see', async () => {
    expect((await search('action=reports:read', 'lea')).body).toEqual({ pia: { 'reports:read': ['reports:*'] } });
    const seen = (await search('action=reports:read', 'most')).body;
    expect(Object.keys(seen as object).toSorted()).toEqual(['a:b', 'root']);
    expect(await search('action=reports:read', 'pia')).toMatchObject({ status: 403 });
  });

  it.each([
    ['', "one of 'action' or 'actionPrefix'"],
    ['action=a&actionPrefix=a', "one of 'action' or 'actionPrefix'"],
    ['action=a&action=b', 'action'],
    ['action=', 'action'],
    ['action=with%20space', 'action'],
    ['action=%00', 'action'],
    ['actionPrefix=', 'actionPrefix'],
    ['action=a&scope=', 'scope'],
    ['action=a&user=b', 'user'],
  ])('is refused where it is not understood: %s', async (query, message) => {
    expect(await search(query)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) as unknown },
    });
  });

  it('of one user needs no action', async () => {
    const found = await get('/user/pia/permissions/search?scope=reports:id:1');
    expect(found).toMatchObject({ status: 200 });
    // What is held everywhere is held there.
    expect(found.body).toEqual({
      'read:contacts': ['*'],
      'reports:read': ['reports:*'],
      'reports:send': ['reports:id:1'],
    });
    const action = await get('/user/pia/permissions/search?action=users:read', { as: 'lea' });
    expect(action.body).toEqual({ 'users:read': ['global:users:id:1'] });
    expect(await get('/user/dan/permissions/search', { as: 'lea' })).toMatchObject({ status: 403 });
  });

  it('lists up to 2000 users, and of more than that nobody', async () => {
    const people = (count: number): Record<string, { roles: string[] }> =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`user${at}`, { roles: ['reader'] }]));
    for (const [count, status] of [
      [1999, 200],
      [2000, 400],
    ] as const) {
      const many = await adminScene({
        store: { roles: { reader: ['read:contacts'] }, users: people(count) },
      });
      const answer = await many.call('GET', `${api}/users/permissions/search?action=read:contacts`);
      expect(answer.status).toBe(status);
      if (status === 200) expect(Object.keys(answer.body as object)).toHaveLength(2000);
      else expect(answer.body).toMatchObject({ error: 'too_many_users' });
      await many.close();
    }
  });

  it('finds an action by another name of it', async () => {
    expect((await search('action=org.users.read')).body).toEqual({ root: { 'org.users:read': ['*'] } });
  });
});
