// Users over the management API: those a directory knows, or without one those to whom something is assigned.

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DirectoryUser, UserDirectory } from 'rightful/admin';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

afterAll(stopServers);

describe('without a directory', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await adminScene({
      store: {
        users: { 'auth0|alice': { permissions: ['read:contacts'] }, 'auth0|bob': { permissions: ['read:contacts'] } },
        clients: { 'auth0|client': { permissions: ['read:contacts'] } },
      },
    });
  });
  afterEach(() => scene.close());

  it('the list shows the ids of those to whom something is assigned', async () => {
    expect(await scene.call('GET', '/api/v2/users')).toMatchObject({
      status: 200,
      body: [{ user_id: 'auth0|alice' }, { user_id: 'auth0|bob' }, { user_id: 'root' }],
    });
    const { body } = await scene.call('GET', '/api/v2/users?per_page=2&page=1&include_totals=true');
    expect(body).toEqual({ start: 2, limit: 2, length: 1, users: [{ user_id: 'root' }], total: 3 });
    expect((await scene.call('GET', '/api/v2/users?per_page=2&page=2')).body).toEqual([]);
  });

  it('is searched by part of the id, or by the whole of it', async () => {
    expect((await scene.call('GET', '/api/v2/users?q=ALI&search_engine=v3')).body).toEqual([
      { user_id: 'auth0|alice' },
    ]);
    const whole = (id: string) => scene.call('GET', `/api/v2/users?q=${encodeURIComponent(`user_id:"${id}"`)}`);
    expect((await whole('auth0|bob')).body).toEqual([{ user_id: 'auth0|bob' }]);
    expect((await whole('auth0|bo')).body).toEqual([]);
  });

  it('nobody is unknown', async () => {
    expect(await scene.call('GET', '/api/v2/users/anybody')).toMatchObject({
      status: 200,
      body: { user_id: 'anybody' },
    });
  });

  it.each(['per_page=0', 'connection=x', 'q=%00', 'include_fields=maybe'])('?%s is refused', async (query) => {
    expect(await scene.call('GET', `/api/v2/users?${query}`)).toMatchObject({ status: 400 });
  });
});

describe('with a directory', () => {
  const people: DirectoryUser[] = [
    { id: 'auth0|alice', name: 'Alice', email: 'alice@example.com', picture: 'https://p.example/a' },
    { id: 'auth0|bob', name: 'Bob' },
  ];
  const directory: UserDirectory = {
    byIds: async (ids) => people.filter(({ id }) => ids.includes(id)),
    list: async ({ search = '', offset, take }) => {
      const found = people.filter(({ name = '' }) => name.toLowerCase().includes(search.toLowerCase()));
      return { users: found.slice(offset, offset + take), total: found.length };
    },
  };
  const alice = { user_id: 'auth0|alice', email: 'alice@example.com', picture: 'https://p.example/a', name: 'Alice' };
  let scene: Scene;
  beforeEach(async () => {
    scene = await adminScene({ users: directory, store: { users: { gone: { permissions: ['read:contacts'] } } } });
  });
  afterEach(() => scene.close());

  it('the list is its own, page by page', async () => {
    expect((await scene.call('GET', '/api/v2/users')).body).toEqual([alice, { user_id: 'auth0|bob', name: 'Bob' }]);
    const { body } = await scene.call('GET', '/api/v2/users?per_page=1&page=1&include_totals=true');
    expect(body).toMatchObject({ start: 1, limit: 1, length: 1, users: [{ name: 'Bob' }], total: 2 });
    expect((await scene.call('GET', '/api/v2/users?q=bob')).body).toMatchObject([{ name: 'Bob' }]);
    expect((await scene.call('GET', '/api/v2/users?q=user_id:auth0%7Calice')).body).toEqual([alice]);
  });

  it('one of them is shown, with the fields that are asked for', async () => {
    expect(await scene.call('GET', '/api/v2/users/auth0%7Calice')).toMatchObject({ status: 200, body: alice });
    const some = await scene.call('GET', '/api/v2/users/auth0%7Calice?fields=user_id,name');
    expect(some.body).toEqual({ user_id: 'auth0|alice', name: 'Alice' });
    const others = await scene.call('GET', '/api/v2/users?fields=email,picture&include_fields=false');
    expect(others.body).toMatchObject([{ user_id: 'auth0|alice', name: 'Alice' }, { name: 'Bob' }]);
    expect(JSON.stringify(others.body)).not.toContain('@');
  });

  it.each([
    ['GET', '', undefined],
    ['GET', '/permissions', undefined],
    ['POST', '/permissions', permissionsOf(['read:contacts'])],
    ['DELETE', '/permissions', permissionsOf(['read:contacts'])],
    ['GET', '/roles', undefined],
    ['POST', '/roles', { roles: ['builtin:viewer'] }],
    ['DELETE', '/roles', { roles: ['builtin:viewer'] }],
    ['GET', '/effective-permissions?resource_server_identifier=https://contacts.example/', undefined],
    ['GET', '/effective-roles', undefined],
  ])('whom it does not know there is not: %s …%s is a 404', async (method, at, body) => {
    const answer = await scene.call(method, `/api/v2/users/gone${at}`, body === undefined ? {} : { body });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'The user does not exist.',
      errorCode: 'inexistent_user',
    });
  });

  it.each<[string, Partial<UserDirectory>]>([
    [
      'throws',
      {
        byIds: () => {
          throw new Error('no');
        },
      },
    ],
    ['rejects', { byIds: () => Promise.reject(new Error('no')) }],
    ['answers nonsense', { byIds: () => [{ name: 'x' }] as never }],
    ['answers nothing', { byIds: () => undefined as never }],
  ])('one that %s is a 503, and told to the operator', async (_, failing) => {
    const broken = await adminScene({ users: { ...directory, ...failing } });
    expect(await broken.call('GET', '/api/v2/users/auth0%7Calice')).toMatchObject({ status: 503 });
    expect(broken.faults).toHaveLength(1);
    await broken.close();
  });

  it('one that lists nonsense is a 503', async () => {
    for (const answer of [{}, { users: [], total: -1 }, { users: [{}], total: 1 }, null]) {
      const broken = await adminScene({ users: { ...directory, list: () => answer as never } });
      expect(await broken.call('GET', '/api/v2/users')).toMatchObject({ status: 503 });
      await broken.close();
    }
  });
});
