// Roles attached to built-in ones and roles given to users, by the access-control API; and what guards make of it at once.

import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { adminPermissions } from 'rightful/admin';
import { accessControlPermissions, createAuthorizer, on } from 'rightful';
import { createGuards } from 'rightful/express';
import { accessControlRoles, builtInRoles, reconcileRoles } from 'rightful/stores';
import { listen, stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene } from './admin-scene.ts';
import type { Answered, Scene, Sent } from './admin-scene.ts';

const api = '/api/access-control';
const system = { system: 'test' };
let scene: Scene;

beforeAll(async () => {
  scene = await adminScene({
    store: {
      roles: { reader: [], writer: [], third: [] },
      users: { vi: { roles: [builtInRoles.viewer] }, ed: { roles: [builtInRoles.editor] } },
    },
    limits: { rolesPerUser: 3 },
    users: {
      byIds: (ids) => ids.filter((id) => id !== 'nobody').map((id) => ({ id })),
      list: () => ({ users: [], total: 0 }),
    },
  });
});
afterAll(async () => {
  await scene.close();
  await stopServers();
});

const call = (method: string, path: string, body?: object, sent: Sent = {}): Promise<Answered> =>
  scene.call(method, `${api}${path}`, { ...sent, ...(body !== undefined && { body }) });

describe('a role attached to a built-in one', () => {
  const attach = (body: object): Promise<Answered> => call('POST', '/builtin-roles', body);

  it('is listed there until it is detached', async () => {
    expect((await call('GET', '/builtin-roles')).body).toEqual({});
    const attached = await attach({ roleUid: 'reader', builtinRole: 'Grafana Admin' });
    expect(attached).toMatchObject({ status: 200, body: { message: 'Built-in role grant added' } });
    const role = { uid: 'reader', name: 'reader', version: 1, global: true };
    expect((await call('GET', '/builtin-roles')).body).toEqual({ 'Grafana Admin': [role] });
    const path = '/builtin-roles/Grafana%20Admin/roles/reader';
    const detached = await call('DELETE', path);
    expect(detached).toMatchObject({ status: 200, body: { message: 'Built-in role grant removed' } });
    expect((await call('GET', '/builtin-roles')).body).toEqual({});
    expect(await call('DELETE', path)).toMatchObject({ status: 404 });
  });

  it('is so once, however often it is asked for', async () => {
    const body = { roleUid: 'reader', builtinRole: 'Viewer' };
    await attach(body);
    const before = await scene.store.revision();
    expect(await attach(body)).toMatchObject({ status: 200 });
    expect(await scene.store.revision()).toBe(before);
    await call('DELETE', '/builtin-roles/Viewer/roles/reader');
  });

  it('is so, and every other one as well, where many are attached at once', async () => {
    const uids = ['reader', 'writer', 'third'];
    const answers = await Promise.all(uids.map((roleUid) => attach({ roleUid, builtinRole: 'Editor' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const list = (await call('GET', '/builtin-roles')).body as { Editor: { uid: string }[] };
    expect(list.Editor.map(({ uid }) => uid).toSorted()).toEqual(uids.toSorted());
    await Promise.all(uids.map((uid) => call('DELETE', `/builtin-roles/Editor/roles/${uid}`)));
    expect((await call('GET', '/builtin-roles')).body).toEqual({});
  });

  it.each([
    [404, { roleUid: 'nothing', builtinRole: 'Viewer' }],
    [400, { roleUid: 'reader', builtinRole: 'Owner' }],
    [400, { roleUid: 'reader', builtinRole: true }],
    [400, { roleUid: '', builtinRole: 'Viewer' }],
    [400, { builtinRole: 'Viewer' }],
    [400, { roleUid: 'reader', builtinRole: 'Viewer', organization: 'acme' }],
    [400, { roleUid: 'builtin:admin', builtinRole: 'Viewer' }],
  ])('is refused with %s: %j', async (status, body) => {
    expect(await attach(body)).toMatchObject({ status, body: { message: expect.any(String) as unknown } });
    expect((await call('GET', '/builtin-roles')).body).toEqual({});
  });

  it('cannot be detached from what is no built-in role', async () => {
    expect(await call('DELETE', '/builtin-roles/Owner/roles/reader')).toMatchObject({ status: 404 });
    expect(await call('DELETE', '/builtin-roles/Viewer/roles/nothing')).toMatchObject({ status: 404 });
  });
});

describe('the roles of a user', () => {
  const path = '/users/auth0%7Calice/roles';
  const uids = async (): Promise<string[]> =>
    ((await call('GET', path)).body as { uid: string }[]).map(({ uid }) => uid).toSorted();
  beforeEach(async () => {
    await call('PUT', path, { roleUids: [] });
  });

  it('are given one by one and taken one by one', async () => {
    expect(await call('POST', path, { roleUid: 'reader' })).toMatchObject({
      status: 200,
      body: { message: 'Role added to the user.' },
    });
    const listed = await call('GET', `${path}?includeHidden=true&includeMapped=true`);
    expect(listed.body).toEqual([{ uid: 'reader', name: 'reader', version: 1, global: true }]);
    expect((await scene.store.subject(scene.user('auth0|alice'))).roles).toMatchObject([{ role: 'reader' }]);
    expect(await call('DELETE', `${path}/reader`)).toMatchObject({
      status: 200,
      body: { message: 'Role removed from user.' },
    });
    expect(await call('DELETE', `${path}/reader`)).toMatchObject({ status: 404 });
    expect(await uids()).toEqual([]);
  });

  it('are replaced as a set, all of it or nothing', async () => {
    await call('PUT', path, { roleUids: ['reader', 'writer'] });
    expect(await uids()).toEqual(['reader', 'writer']);
    const answer = await call('PUT', path, {
      roleUids: ['third', 'writer', 'third'],
      global: true,
      includeHidden: false,
    });
    expect(answer).toMatchObject({ status: 200, body: { message: 'User roles have been updated.' } });
    expect(await uids()).toEqual(['third', 'writer']);
    expect(await call('PUT', path, { roleUids: ['reader', 'nothing'] })).toMatchObject({ status: 404 });
    expect(await uids()).toEqual(['third', 'writer']);
    const before = await scene.store.revision();
    await call('PUT', path, { roleUids: await uids() });
    expect(await scene.store.revision()).toBe(before);
  });

  it('are no built-in ones, which no replacement takes away', async () => {
    expect((await call('GET', '/users/vi/roles')).body).toEqual([]);
    await call('PUT', '/users/vi/roles', { roleUids: ['reader'] });
    await call('PUT', '/users/vi/roles', { roleUids: [] });
    expect((await scene.store.subject(scene.user('vi'))).roles).toMatchObject([{ role: builtInRoles.viewer }]);
    expect(await call('POST', '/users/vi/roles', { roleUid: builtInRoles.admin })).toMatchObject({ status: 400 });
    expect(await call('DELETE', `/users/vi/roles/builtin%3Aviewer`)).toMatchObject({ status: 404 });
  });

  it('are no longer listed once they have ended', async () => {
    await scene.store.assign(scene.user('auth0|alice'), 'reader', { expiresAt: Date.now() - 1000 }, system);
    expect(await uids()).toEqual([]);
    await call('PUT', path, { roleUids: ['reader'] });
    expect(await uids()).toEqual(['reader']);
  });

  it.each([
    ['roleUids', 'PUT', { roleUids: 'reader' }],
    ['roleUids', 'PUT', {}],
    ['roleUids', 'PUT', { roleUids: ['1', '2', '3', '4'] }],
    ['roleUids[0]', 'PUT', { roleUids: [7] }],
    ['global', 'PUT', { roleUids: [], global: 1 }],
    ['roles', 'PUT', { roleUids: [], roles: [] }],
    ['roleUid', 'POST', {}],
  ])('are refused by the name of the field that is wrong: %s', async (field, method, body) => {
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(field) as unknown } });
  });

  it('are no more than there may be', async () => {
    await scene.store.putRole({ uid: 'fourth', name: 'fourth', privileges: [] }, system);
    expect(await call('PUT', path, { roleUids: ['reader', 'writer', 'third'] })).toMatchObject({ status: 200 });
    expect(await call('POST', path, { roleUid: 'fourth' })).toMatchObject({ status: 409 });
    expect(await call('POST', path, { roleUid: 'third' })).toMatchObject({ status: 200 });
  });

  it('are those of a user that there is', async () => {
    expect(await call('GET', '/users/nobody/roles')).toMatchObject({ status: 404, body: { error: 'user_not_found' } });
    expect(await call('POST', '/users/nobody/roles', { roleUid: 'reader' })).toMatchObject({ status: 404 });
  });
});

describe('the permissions of the seed', () => {
  it('are granted by built-in role assignments and custom roles, and act on the next request', async () => {
    const { issuer, store } = scene;
    const authorizer = createAuthorizer({
      issuer: { issuer, allowHttp: true },
      audience: adminApi,
      permissions: accessControlPermissions,
      store,
      maxTokenBytes: 16_384,
    });
    const { requirePermission } = createGuards(authorizer);
    const app = express();
    app.get(
      '/users/:id',
      requirePermission(on('users:read', 'global:users:id:{id}')),
      (_, response) => void response.end(),
    );
    app.get('/reports/settings', requirePermission('reports.settings:read'), (_, response) => void response.end());
    const address = await listen(createServer(app));
    const scope = adminPermissions.names.join(' ');
    const status = async (who: string, path: string): Promise<number> =>
      (await fetch(address + path, { headers: { authorization: `Bearer ${await scene.token(who, scope)}` } })).status;

    // A role with one permission on one resource, attached to Viewer: the built-in role is modified, and all above it.
    expect(await status('vi', '/users/7')).toBe(403);
    const permissions = [{ action: 'users:read', scope: 'global:users:id:7' }];
    await call('POST', '/roles', { uid: 'greeter', name: 'custom:greeter', permissions });
    await call('POST', '/builtin-roles', { roleUid: 'greeter', builtinRole: 'Viewer', global: true });
    expect([await status('vi', '/users/7'), await status('vi', '/users/8'), await status('ed', '/users/7')]).toEqual([
      200, 403, 200,
    ]);

    // A wider one in its place.
    const wider = [{ action: 'users:read', scope: 'global:users:*' }];
    await call('PUT', '/roles/greeter', { name: 'custom:greeter', version: 2, permissions: wider });
    expect(await status('vi', '/users/8')).toBe(200);
    await call('DELETE', '/builtin-roles/Viewer/roles/greeter?global=true');
    expect(await status('vi', '/users/8')).toBe(403);

    // A fixed role, given to one user.
    await reconcileRoles(store, accessControlRoles);
    const list = (await call('GET', '/roles')).body as { uid: string; name: string }[];
    const roleUid = list.find(({ name }) => name === 'fixed:reporting:admin:read')?.uid;
    expect(await status('rita', '/reports/settings')).toBe(403);
    await call('POST', '/users/rita/roles', { roleUid });
    expect(await status('rita', '/reports/settings')).toBe(200);
    await call('DELETE', `/users/rita/roles/${roleUid}`);
    expect(await status('rita', '/reports/settings')).toBe(403);
  });
});
