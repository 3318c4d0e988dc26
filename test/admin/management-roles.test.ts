// Roles over the management API: listed, shown, made, changed by many at once, and deleted.

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

const path = '/api/v2/roles';
const editor = { id: 'editor', name: 'Editor', description: 'Writes' };

let scene: Scene;

beforeEach(async () => {
  scene = await adminScene({
    store: {
      users: {
        alice: { roles: ['editor'] },
        helper: { permissions: ['update:roles', 'delete:roles', 'create:roles'] },
      },
      roles: {
        editor: { name: 'Editor', description: 'Writes', permissions: ['write:contacts'] },
        chief: { name: 'Chief editor', inherits: ['editor'] },
      },
    },
  });
});
afterEach(() => scene.close());
afterAll(stopServers);

describe('the list', () => {
  it('has every role, the built-in ones too', async () => {
    const { status, body } = await scene.call('GET', path);
    expect(status).toBe(200);
    const ids = (body as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual([
      'builtin:admin',
      'builtin:editor',
      'builtin:server-admin',
      'builtin:viewer',
      'chief',
      'editor',
    ]);
  });

  it('is cut to names that hold a text, in upper or lower case', async () => {
    const { body } = await scene.call('GET', `${path}?name_filter=CHIEF&include_totals=true&per_page=100`);
    expect(body).toEqual({ roles: [{ id: 'chief', name: 'Chief editor' }], start: 0, limit: 100, total: 1 });
    const none = await scene.call('GET', `${path}?name_filter=nothing&include_totals=true&per_page=100`);
    expect(none.body).toEqual({ roles: [], start: 0, limit: 100, total: 0 });
  });

  it('is paged, and empty past its end', async () => {
    const { body } = await scene.call('GET', `${path}?per_page=5&page=1&include_totals=true`);
    expect(body).toEqual({ roles: [editor], start: 5, limit: 5, total: 6 });
    expect((await scene.call('GET', `${path}?per_page=5&page=2`)).body).toEqual([]);
  });

  it.each(['name_filter=a%00b', 'owner=x'])('is refused for ?%s', async (query) => {
    expect(await scene.call('GET', `${path}?${query}`)).toMatchObject({
      status: 400,
      body: { errorCode: 'invalid_query_string' },
    });
  });
});

describe('one role', () => {
  it('is shown', async () => {
    const answer = await scene.call('GET', `${path}/editor`);
    expect([answer.status, answer.body]).toEqual([200, editor]);
    expect(await scene.call('GET', `${path}/builtin:viewer`)).toMatchObject({ status: 200 });
  });

  it('that is not there is a 404 to every method', async () => {
    const body = permissionsOf(['read:contacts']);
    for (const [method, at, sent] of [
      ['GET', '', {}],
      ['PATCH', '', { body: { name: 'x' } }],
      ['DELETE', '', {}],
      ['GET', '/permissions', {}],
      ['POST', '/permissions', { body }],
      ['DELETE', '/permissions', { body }],
      ['GET', '/users', {}],
      ['POST', '/users', { body: { users: ['a'] } }],
    ] as const) {
      const answer = await scene.call(method, `${path}/rol_nothing${at}`, sent);
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({ statusCode: 404, error: 'Not Found', message: 'The role does not exist.' });
    }
  });
});

describe('making', () => {
  it('answers 200 with the role, under an id of its own', async () => {
    const { status, body } = await scene.call('POST', path, { body: { name: 'Auditor', description: 'Reads' } });
    expect(status).toBe(200);
    expect(body).toEqual({ id: expect.stringMatching(/^rol_[A-Za-z0-9]{16}$/), name: 'Auditor', description: 'Reads' });
    const { id } = body as { id: string };
    expect((await scene.call('GET', `${path}/${id}`)).body).toEqual(body);
  });

  it.each(['Editor', 'Built-in Viewer'])('of the name %s, which is taken, is a 409', async (name) => {
    expect(await scene.call('POST', path, { body: { name } })).toMatchObject({
      status: 409,
      body: { statusCode: 409, error: 'Conflict', message: 'The role already exists.' },
    });
  });

  it('ends where there are as many as there may be', async () => {
    const small = await adminScene({ limits: { roles: 1 } });
    expect(await small.call('POST', path, { body: { name: 'One' } })).toMatchObject({ status: 200 });
    expect(await small.call('POST', path, { body: { name: 'Two' } })).toMatchObject({
      status: 400,
      body: { message: 'No more roles can be made.' },
    });
    await small.close();
  });
});

describe('changing', () => {
  it('changes what is sent and keeps the rest, its permissions included', async () => {
    expect(await scene.call('PATCH', `${path}/editor`, { body: { description: 'Writes much' } })).toMatchObject({
      status: 200,
      body: { ...editor, description: 'Writes much' },
    });
    const answer = await scene.call('PATCH', `${path}/editor`, { body: { name: 'Writer', description: '' } });
    expect(answer.body).toEqual({ id: 'editor', name: 'Writer' });
    expect(await scene.store.role('editor')).toMatchObject({
      version: 3,
      privileges: [{ permission: 'write:contacts' }],
    });
    expect(await scene.call('PATCH', `${path}/editor`, { body: {} })).toMatchObject({
      status: 200,
      body: { name: 'Writer' },
    });
  });

  it('to a name that is taken is a 409', async () => {
    expect(await scene.call('PATCH', `${path}/editor`, { body: { name: 'Chief editor' } })).toMatchObject({
      status: 409,
    });
  });

  it('gives a built-in role a description, but no other name: 400', async () => {
    const viewer = `${path}/builtin:viewer`;
    expect(await scene.call('PATCH', viewer, { body: { description: 'Looks' } })).toMatchObject({ status: 200 });
    expect(await scene.call('PATCH', viewer, { body: { name: 'Looker' } })).toMatchObject({
      status: 400,
      body: { errorCode: 'role_built_in' },
    });
  });

  it('refuses what is no part of a role', async () => {
    expect(await scene.call('PATCH', `${path}/editor`, { body: { version: 9 } })).toMatchObject({ status: 400 });
  });

  it('loses nothing of what several send at once', async () => {
    const patch = (body: object) => scene.call('PATCH', `${path}/editor`, { body });
    const add = (name: string) => scene.call('POST', `${path}/editor/permissions`, { body: permissionsOf([name]) });
    const answers = await Promise.all([
      patch({ name: 'Writer' }),
      patch({ description: 'x' }),
      add('read:contacts'),
      add('delete:contacts'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 201, 201]);
    expect(await scene.store.role('editor')).toMatchObject({ name: 'Writer', description: 'x', version: 5 });
    expect((await scene.store.role('editor'))?.privileges.map(({ permission }) => permission).sort()).toEqual([
      'delete:contacts',
      'read:contacts',
      'write:contacts',
    ]);
  });

  it('is a 409 where others were faster each time', async () => {
    const busy = await adminScene({
      store: (issuer) => {
        const store = memoryStore({
          issuer,
          users: { root: { permissions: ['*'] } },
          roles: { editor: ['read:contacts'] },
        });
        let count = 0;
        const role: typeof store.role = async (uid) => {
          const read = await store.role(uid);
          if (read !== undefined)
            await store.putRole({ ...read, description: `${(count += 1)}` }, { system: 'another' });
          return read;
        };
        return { ...store, role };
      },
    });
    expect(await busy.call('PATCH', `${path}/editor`, { body: { name: 'x' } })).toMatchObject({
      status: 409,
      body: { errorCode: 'role_version_conflict' },
    });
    await busy.close();
  });

  it('works on a store whose versions must rise', async () => {
    const rising = await adminScene({
      store: { roleVersions: 'rising', roles: { editor: { name: 'Editor', version: 7 } } },
    });
    expect(await rising.call('PATCH', `${path}/editor`, { body: { name: 'Writer' } })).toMatchObject({ status: 200 });
    expect(await rising.store.role('editor')).toMatchObject({ name: 'Writer', version: 8 });
    await rising.close();
  });
});

describe('deleting', () => {
  it('answers 200 with an empty object, takes the role from everybody, and is a 404 the second time', async () => {
    const answer = await scene.call('DELETE', `${path}/editor`);
    expect([answer.status, answer.body]).toEqual([200, {}]);
    expect((await scene.call('GET', '/api/v2/users/alice/roles')).body).toEqual([]);
    expect(await scene.call('DELETE', `${path}/editor`)).toMatchObject({ status: 404 });
  });

  it('a built-in role is refused: 400', async () => {
    expect(await scene.call('DELETE', `${path}/builtin:viewer`)).toMatchObject({
      status: 400,
      body: { errorCode: 'role_built_in' },
    });
  });

  it('what gives more than the caller holds is refused: 403', async () => {
    expect(await scene.call('DELETE', `${path}/editor`, { as: 'helper' })).toMatchObject({
      status: 403,
      body: { errorCode: 'beyond_ceiling', missing: [{ permission: 'write:contacts' }] },
    });
  });
});
