// The users who have a role over the management API: listed in both forms of paging, and added.

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

const path = '/api/v2/roles/editor/users';

let scene: Scene;

beforeEach(async () => {
  scene = await adminScene({
    store: {
      users: {
        helper: { permissions: ['create:role_members', 'read:contacts'] },
        ...Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, { roles: ['editor'] }])),
        'b-local': { roles: [{ role: 'editor', organization: 'org_1' }] },
        'c-lapsed': { roles: [{ role: 'editor', expiresAt: 1 }] },
      },
      clients: { 'a-client': { roles: ['editor'] } },
      roles: { editor: { name: 'Editor', permissions: ['write:contacts'] }, other: [] },
    },
  });
});
afterEach(() => scene.close());
afterAll(stopServers);

const ids = (...given: string[]): object[] => given.map((id) => ({ user_id: id }));

describe('the list', () => {
  it('has the users who have the role everywhere and still, and no applications', async () => {
    const answer = await scene.call('GET', path);
    expect([answer.status, answer.body]).toEqual([200, ids('a', 'b', 'c', 'd', 'e')]);
  });

  it('is paged by number, with totals', async () => {
    const { body } = await scene.call('GET', `${path}?per_page=2&page=1&include_totals=true`);
    expect(body).toEqual({ users: ids('c', 'd'), start: 2, limit: 2, total: 5 });
    expect((await scene.call('GET', `${path}?per_page=2&page=2`)).body).toEqual(ids('e'));
    const past = await scene.call('GET', `${path}?per_page=2&page=3&include_totals=true`);
    expect(past.body).toEqual({ users: [], start: 6, limit: 2, total: 5 });
  });

  it('goes on from where a page has ended, each user once; `take` goes before `per_page`, and totals are not told', async () => {
    const seen: object[] = [];
    let query = '?include_totals=true&per_page=50&take=2';
    for (let pages = 0; query !== ''; pages += 1) {
      expect(pages).toBeLessThan(5);
      const { body } = await scene.call('GET', `${path}${query}`);
      const { users, next, ...others } = body as { users: object[]; next?: string };
      expect(others).toEqual({});
      expect(users.length).toBeLessThanOrEqual(2);
      seen.push(...users);
      query = next === undefined ? '' : `?take=2&from=${encodeURIComponent(next)}`;
    }
    expect(seen).toEqual(ids('a', 'b', 'c', 'd', 'e'));
  });

  it('goes on nowhere else: what another list gave, or was changed, is a 400', async () => {
    const { body } = await scene.call('GET', `${path}?take=2`);
    const { next } = body as { next: string };
    expect(await scene.call('GET', `${path}?from=${next}`)).toMatchObject({ status: 200 });
    for (const [at, from] of [
      ['/api/v2/roles/other/users', next],
      [path, `${next}A`],
      [path, `${next.slice(0, -1)}${next.endsWith('0') ? '1' : '0'}`],
      [path, Buffer.from('1700000000,auth0|x').toString('base64')],
    ] as const) {
      expect(await scene.call('GET', `${at}?from=${encodeURIComponent(from)}`)).toMatchObject({
        status: 400,
        body: { errorCode: 'invalid_query_string', message: expect.stringContaining('from') },
      });
    }
  });

  it('shows what a directory knows of them, and the bare id of whom it does not know', async () => {
    const b = { id: 'b', name: 'Bo', email: 'bo@example.com', picture: 'https://p.example/b', password: 'secret' };
    const known = await adminScene({
      store: { users: { a: { roles: ['editor'] }, b: { roles: ['editor'] } }, roles: { editor: [] } },
      users: { byIds: () => [b], list: () => ({ users: [b], total: 1 }) },
    });
    const { body } = await known.call('GET', path);
    expect(body).toEqual([
      { user_id: 'a' },
      { user_id: 'b', name: 'Bo', email: 'bo@example.com', picture: 'https://p.example/b' },
    ]);
    await known.close();
  });

  it.each(['take=0', 'take=101', 'from=%00', 'per_page=x', 'sort=name'])('is refused for ?%s', async (query) => {
    expect(await scene.call('GET', `${path}?${query}`)).toMatchObject({
      status: 400,
      body: { errorCode: 'invalid_query_string' },
    });
  });
});

describe('adding', () => {
  it('gives the role to all of them at once: 200 with an empty object', async () => {
    const answer = await scene.call('POST', path, { body: { users: ['x', 'y', 'x', 'auth0|z/1'] } });
    expect([answer.status, answer.body]).toEqual([200, {}]);
    for (const id of ['x', 'y', 'auth0|z/1']) {
      expect((await scene.store.subject(scene.user(id))).roles).toMatchObject([{ role: 'editor' }]);
    }
  });

  it('gives it to none of them where a directory does not know one: 404', async () => {
    const known = await adminScene({
      store: { roles: { editor: [] } },
      users: {
        byIds: (asked) => asked.filter((id) => id !== 'y').map((id) => ({ id })),
        list: () => ({ users: [], total: 0 }),
      },
    });
    expect(await known.call('POST', path, { body: { users: ['x', 'y'] } })).toMatchObject({
      status: 404,
      body: { message: 'The user does not exist.', errorCode: 'inexistent_user' },
    });
    expect((await known.store.subject(known.user('x'))).roles).toEqual([]);
    expect(await known.call('POST', path, { body: { users: ['x'] } })).toMatchObject({ status: 200 });
    await known.close();
  });

  it('gives it to none of them where one has as many as there may be: 400', async () => {
    const small = await adminScene({
      limits: { rolesPerUser: 1 },
      store: { users: { full: { roles: ['other'] } }, roles: { editor: [], other: [] } },
    });
    expect(await small.call('POST', path, { body: { users: ['x', 'full'] } })).toMatchObject({
      status: 400,
      body: { message: 'No more roles can be assigned to this user.' },
    });
    expect((await small.store.subject(small.user('x'))).roles).toEqual([]);
    await small.close();
  });

  it('of a role that gives more than the caller holds is a 403', async () => {
    expect(await scene.call('POST', path, { as: 'helper', body: { users: ['x'] } })).toMatchObject({
      status: 403,
      body: { errorCode: 'beyond_ceiling', missing: [{ permission: 'write:contacts' }] },
    });
  });
});
