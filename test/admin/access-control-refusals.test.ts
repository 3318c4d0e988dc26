// Who is refused by the access-control API, in which words; and what goes wrong behind it.

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import express from 'express';
import { createAuthorizer } from 'rightful';
import { accessErrorIdOf, adminPermissions, createAdmin } from 'rightful/admin';
import { mount } from 'rightful/express';
import { memoryStore, provision } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { listen, stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi, permissions } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

const api = '/api/access-control';
const delegate = 'permissions:delegate';
const reload = '/api/admin/provisioning/access-control/reload';
const role = { uid: 'new', name: 'new', permissions: [{ action: 'users:read', scope: 'global:users:*' }] };

let scene: Scene;
beforeAll(async () => {
  scene = await adminScene({
    store: {
      roles: {
        mine: [{ permission: 'users:read', on: 'global:users:id:7' }],
        more: [
          { permission: 'users:read', on: 'global:users:*' },
          { permission: 'users:create', on: '' },
        ],
      },
      users: {
        // Each right, and of what there is to hand on one thing.
        dora: {
          permissions: [
            ...['roles:write', 'roles:delete', 'roles.builtin:add', 'roles.builtin:remove'].map(on(delegate)),
            ...['users.roles:add', 'users.roles:remove'].map(on('permissions:type:delegate')),
            { permission: 'users:read', on: 'global:users:id:7' },
          ],
        },
        // The same of roles, without the right to hand on.
        lou: { permissions: ['roles:write', 'users.roles:add'].map(on('roles:*')) },
        uma: { roles: ['mine', 'more'] },
      },
    },
  });
});
afterAll(async () => {
  await scene.close();
  await stopServers();
});

function on(resource: string): (permission: string) => { permission: string; on: string } {
  return (permission) => ({ permission, on: resource });
}

const rows: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['GET', '/status'],
  ['GET', '/roles'],
  ['POST', '/roles', role],
  ['GET', '/roles/mine'],
  ['PUT', '/roles/mine', { name: 'mine', version: 1 }],
  ['DELETE', '/roles/mine'],
  ['GET', '/builtin-roles'],
  ['POST', '/builtin-roles', { roleUid: 'mine', builtinRole: 'Viewer' }],
  ['DELETE', '/builtin-roles/Viewer/roles/mine'],
  ['GET', '/users/uma/roles'],
  ['POST', '/users/uma/roles', { roleUid: 'mine' }],
  ['PUT', '/users/uma/roles', { roleUids: [] }],
  ['DELETE', '/users/uma/roles/mine'],
  ['GET', '/users/uma/permissions'],
  ['GET', '/users/permissions/search?action=users:read'],
  ['GET', '/user/uma/permissions/search'],
];

describe.each(rows)('%s %s', (method, path, body) => {
  const call = (as: string | null, scope?: string) =>
    scene.call(method, `${api}${path}`, {
      as,
      ...(body !== undefined && { body }),
      ...(scope !== undefined && { scope }),
    });

  it('needs a token, what it asks for delegated, and held', async () => {
    const before = await scene.store.revision();
    expect(await call(null)).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
    const undelegated = await call('root', 'read:users');
    expect(undelegated).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    expect(undelegated.headers.get('www-authenticate')).toContain('insufficient_scope');
    const refused = await call('nobody');
    expect(refused).toMatchObject({ status: 403, body: { error: 'insufficient_privilege', title: 'Access denied' } });
    expect(refused.body).toMatchObject({
      accessErrorId: expect.stringMatching(/^ACE\d{10}$/) as unknown,
      message: expect.stringMatching(/\. Permissions needed: \S/) as unknown,
    });
    expect(await scene.store.revision()).toBe(before);
  });
});

describe('who may hand on what they hold', () => {
  const call = (method: string, path: string, body?: object, as = 'dora') =>
    scene.call(method, `${api}${path}`, { as, ...(body !== undefined && { body }) });

  it('hands on no more than that, and is told what is missing', async () => {
    const before = await scene.store.revision();
    const everybody = { action: 'users:read', scope: 'global:users:*' };
    const creating = { action: 'users:create', scope: '' };
    for (const [method, path, body, missing] of [
      ['POST', '/roles', role, [everybody]],
      [
        'POST',
        '/roles',
        { ...role, permissions: [{ action: 'users:delete', scope: '*' }] },
        [{ action: 'users:delete', scope: '*' }],
      ],
      ['PUT', '/roles/mine', { ...role, uid: 'mine', version: 1 }, [everybody]],
      ['PUT', '/roles/more', { name: 'more', version: 1 }, [everybody, creating]],
      ['DELETE', '/roles/more?force=true', undefined, [everybody, creating]],
      ['POST', '/builtin-roles', { roleUid: 'more', builtinRole: 'Viewer' }, [everybody, creating]],
      ['POST', '/users/eva/roles', { roleUid: 'more' }, [everybody, creating]],
      ['PUT', '/users/eva/roles', { roleUids: ['mine', 'more'] }, [everybody, creating]],
      ['PUT', '/users/uma/roles', { roleUids: ['mine'] }, [everybody, creating]],
      ['DELETE', '/users/uma/roles/more', undefined, [everybody, creating]],
    ] as const) {
      const answer = await call(method, path, body);
      expect(answer).toMatchObject({ status: 403, body: { error: 'beyond_ceiling', title: 'Access denied', missing } });
      expect(answer.body).toMatchObject({ message: expect.stringContaining(missing[0].action) as unknown });
    }
    expect(await scene.store.revision()).toBe(before);
  });

  it('hands on that', async () => {
    const less = { ...role, permissions: [{ action: 'users:read', scope: 'global:users:id:7' }] };
    expect((await call('POST', '/roles', less)).status).toBe(201);
    expect((await call('PUT', '/roles/new', { name: 'new', version: 1, permissions: [] })).status).toBe(200);
    expect((await call('POST', '/users/eva/roles', { roleUid: 'mine' })).status).toBe(200);
    expect((await call('PUT', '/users/eva/roles', { roleUids: ['new'] })).status).toBe(200);
    expect((await call('DELETE', '/users/eva/roles/new')).status).toBe(200);
    expect((await call('POST', '/builtin-roles', { roleUid: 'mine', builtinRole: 'Viewer' })).status).toBe(200);
    expect((await call('DELETE', '/builtin-roles/Viewer/roles/mine')).status).toBe(200);
    expect((await call('DELETE', '/roles/new')).status).toBe(200);
  });

  it('is somebody who holds that right itself, not a right over roles', async () => {
    for (const [path, body] of [
      ['/roles', role],
      ['/users/eva/roles', { roleUid: 'mine' }],
    ] as const) {
      expect(await call('POST', path, body, 'lou')).toMatchObject({
        status: 403,
        body: { error: 'insufficient_privilege', missing: [{ scope: delegate }] },
      });
    }
  });
});

describe('a refusal', () => {
  it('has the id under which the operator hears of it', async () => {
    const issuer = await createTestIssuer({ audience: adminApi });
    const writing = { permission: 'roles:write', on: delegate };
    const store = memoryStore({
      issuer: issuer.issuer,
      users: { root: { permissions: ['*'] }, dora: { permissions: [writing] } },
    });
    const heard: string[] = [];
    const authorizer = createAuthorizer({
      issuer: { issuer: issuer.issuer, allowHttp: true },
      audience: adminApi,
      permissions: adminPermissions,
      store,
      onRefused: (error) => heard.push(`${error.code} ${accessErrorIdOf(error)}`),
    });
    const app = express();
    app.use(mount(createAdmin({ authorizer, store, permissions, audience: contactsApi })));
    const address = await listen(createServer(app));
    const ids: string[] = [];
    for (const sub of ['nobody', 'dora', 'dora']) {
      const answer = await fetch(`${address}${api}/roles`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await issuer.token({ sub, scope: 'roles:write' })}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(role),
      });
      expect(answer.status).toBe(403);
      ids.push(((await answer.json()) as { accessErrorId: string }).accessErrorId);
    }
    expect(heard).toEqual(ids.map((id) => `insufficient_privilege ${id}`));
    expect(new Set(ids).size).toBe(3);
    await authorizer.close();
    await issuer.close();
  });
});

describe('the provisioning files', () => {
  const scenes: Scene[] = [];
  afterEach(async () => {
    for (const one of scenes.splice(0)) await one.close();
  });

  it('are not there where nobody said how they are read', async () => {
    expect(await scene.call('POST', reload)).toMatchObject({
      status: 404,
      body: { message: 'There are no provisioning files here', error: 'not_found' },
    });
  });

  it('are read anew for who may, as far as that holds what they give', async () => {
    const document = {
      apiVersion: 1,
      roles: [{ name: 'custom:new', uid: 'new', version: 1, global: true, permissions: [{ action: 'users:create' }] }],
    };
    let store: RoleStore | undefined;
    const provisioned = await adminScene({
      store: (issuer) => {
        const file = on('service:access-control')('provisioning:reload');
        store = memoryStore({ issuer, users: { root: { permissions: ['*'] }, pia: { permissions: [file] } } });
        return store;
      },
      provision: (access) => provision(store as RoleStore, document, { by: access }),
    });
    scenes.push(provisioned);
    expect(await provisioned.call('POST', reload, { as: 'nobody' })).toMatchObject({ status: 403 });
    const beyond = await provisioned.call('POST', reload, { as: 'pia' });
    expect(beyond).toMatchObject({ status: 403, body: { missing: [{ action: 'users:create', scope: '' }] } });
    expect(await store?.role('new')).toBeUndefined();
    expect(await provisioned.call('POST', reload)).toMatchObject({
      status: 202,
      body: { message: 'Access control config reloaded' },
    });
    expect(await store?.role('new')).toMatchObject({ name: 'custom:new' });
  });

  it('that cannot be read are the operator’s to see', async () => {
    const broken = new Error('a secret of the file');
    const unreadable = await adminScene({
      provision: () => {
        throw broken;
      },
    });
    scenes.push(unreadable);
    const answer = await unreadable.call('POST', reload);
    expect(answer).toMatchObject({ status: 500 });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(unreadable.faults).toEqual([broken]);
  });
});

/** The same store, but for the calls that fail. */
function fragile(store: RoleStore, fails: (name: string, given: readonly unknown[]) => boolean): RoleStore {
  const members = Object.entries(store).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function') return [name, member];
    const call = (...given: unknown[]): unknown =>
      fails(name, given) ? Promise.reject(new Error('connection lost to 10.0.0.1')) : (member(...given) as unknown);
    return [name, call];
  });
  return Object.fromEntries(members) as RoleStore;
}

describe('a store that fails', () => {
  const asked: readonly (readonly [method: string, path: string, body: object | undefined, failing: string])[] = [
    ['GET', '/roles', undefined, 'roles'],
    ['GET', '/roles?delegatable=true', undefined, 'delegatable'],
    ['GET', '/roles/mine', undefined, 'role'],
    ['GET', '/roles/mine', undefined, 'audit'],
    ['POST', '/roles', role, 'putRole'],
    ['PUT', '/roles/mine', { name: 'mine', version: 1 }, 'putRole'],
    ['DELETE', '/roles/mine', undefined, 'deleteRole'],
    ['GET', '/builtin-roles', undefined, 'role'],
    ['POST', '/builtin-roles', { roleUid: 'mine', builtinRole: 'Viewer' }, 'putRole'],
    ['GET', '/users/uma/roles', undefined, 'subject'],
    ['POST', '/users/uma/roles', { roleUid: 'mine' }, 'assign'],
    ['PUT', '/users/uma/roles', { roleUids: ['mine'] }, 'changeAll'],
    ['DELETE', '/users/vi/roles/mine', undefined, 'deassign'],
    ['GET', '/users/uma/permissions', undefined, 'privilegesOf'],
    ['GET', '/users/permissions/search?action=users:read', undefined, 'holdersOf'],
    ['GET', '/users/permissions/search?action=read:contacts', undefined, 'privilegesOf'],
  ];
  let isFailing: string | undefined;
  let failing: Scene;
  beforeAll(async () => {
    failing = await adminScene({
      store: (issuer) => {
        const users = { root: { permissions: ['*'] }, vi: { roles: ['mine'] } };
        return fragile(memoryStore({ issuer, roles: { mine: ['read:contacts'] }, users }), (name, given) => {
          // What the caller holds is read by the guard, before the row.
          return name === isFailing && !(name === 'privilegesOf' && (given[0] as { id: string }).id === 'root');
        });
      },
    });
  });
  afterAll(() => failing.close());

  it.each(asked)('is a 503 without a word of why: %s %s %j %s', async (method, path, body, name) => {
    isFailing = name;
    const before = failing.faults.length;
    const answer = await failing.call(method, `${api}${path}`, body === undefined ? {} : { body });
    isFailing = undefined;
    expect(answer).toMatchObject({ status: 503, body: { error: 'unavailable' } });
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(JSON.stringify(answer.body)).not.toContain('10.0.0.1');
    expect(failing.faults.length).toBe(before + 1);
    expect((await failing.store.role('mine'))?.version).toBe(1);
  });

  it('is a 503 as well where it is the directory of users', async () => {
    const lost = await adminScene({
      store: { roles: { mine: [] } },
      users: { byIds: () => Promise.reject(new Error('lost')), list: () => ({ users: [], total: 0 }) },
    });
    expect(await lost.call('GET', `${api}/users/uma/roles`)).toMatchObject({ status: 503 });
    expect(await lost.call('POST', `${api}/users/uma/roles`, { body: { roleUid: 'mine' } })).toMatchObject({
      status: 503,
    });
    await lost.close();
  });
});
