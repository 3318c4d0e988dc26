// Two organizations and the access-control API: who acts in one neither sees nor changes anything of the other, nor of all.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { builtInRoles } from 'rightful/stores';
import type { InheritedRole, MemorySubject, RoleInput } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';

const api = '/api/access-control';
const system = { system: 'test' };

/** Everything of this API, and something to hand on, in one organization. */
function administrator(organization: string): MemorySubject {
  const delegating = ['roles:write', 'roles:delete', 'roles.builtin:add', 'roles.builtin:remove', 'users.roles:add'];
  const held = [
    ...['roles:list', 'roles:read', 'roles.builtin:list'].map((permission) => ({ permission, on: 'roles:*' })),
    ...[...delegating, 'users.roles:remove'].map((permission) => ({ permission, on: 'permissions:delegate' })),
    ...['users.roles:list', 'users.permissions:read'].map((permission) => ({ permission, on: 'users:*' })),
    { permission: 'users:read', on: 'global:users:*' },
  ];
  return { permissions: held.map((one) => ({ ...one, organization })) };
}

let scene: Scene;
beforeAll(async () => {
  scene = await adminScene({
    store: {
      users: {
        ada: administrator('acme'),
        gil: administrator('globex'),
        both: { permissions: [...administrator('acme').permissions!, ...administrator('globex').permissions!] },
      },
    },
  });
});
beforeEach(async () => {
  for (const { uid } of (await scene.store.roles()).items) {
    if (!uid.startsWith('builtin:')) await scene.store.deleteRole(uid, { force: true }, system);
  }
  const reading = [{ permission: 'users:read', on: 'global:users:id:7' }];
  for (const organization of ['acme', 'globex']) {
    await scene.store.putRole({ uid: `of-${organization}`, name: 'reader', organization, privileges: reading }, system);
  }
  await scene.store.putRole({ uid: 'of-all', name: 'reader', privileges: reading }, system);
});
afterAll(async () => {
  await scene.close();
  await stopServers();
});

const org = { ada: 'acme', gil: 'globex', root: undefined } as const;
type Who = keyof typeof org;

const call = (as: Who, method: string, path: string, body?: object): Promise<Answered> =>
  scene.call(method, `${api}${path}`, {
    as,
    ...(body !== undefined && { body }),
    ...(org[as] !== undefined && { claims: { org_id: org[as] } }),
  });
const uidsOf = ({ body }: Answered): string[] => (body as { uid: string }[]).map(({ uid }) => uid).toSorted();

describe('roles', () => {
  it('are listed as far as they are of the organization, or of all', async () => {
    expect(uidsOf(await call('ada', 'GET', '/roles'))).toEqual(['of-acme', 'of-all']);
    expect(uidsOf(await call('gil', 'GET', '/roles'))).toEqual(['of-all', 'of-globex']);
    expect(uidsOf(await call('root', 'GET', '/roles'))).toEqual(['of-all']);
    expect(uidsOf(await call('root', 'GET', '/roles?orgId=acme'))).toEqual(['of-acme', 'of-all']);
    expect(uidsOf(await call('ada', 'GET', '/roles?delegatable=true'))).toEqual(['of-acme', 'of-all']);
  });

  it('of another organization are not there, whatever is done with them', async () => {
    const before = await scene.store.revision();
    const body = { name: 'mine', version: 1, permissions: [] };
    for (const [method, sent, global] of [
      ['GET', undefined, '?global=true'],
      ['PUT', body, ''],
      ['DELETE', undefined, ''],
      ['DELETE', undefined, '?force=true'],
      ['GET', undefined, ''],
    ] as const) {
      expect(await call('ada', method, `/roles/of-globex${global}`, sent)).toMatchObject({ status: 404 });
    }
    expect(await scene.store.revision()).toBe(before);
  });

  it('of all can be read from each, and are changed by who may so in all', async () => {
    expect(await call('ada', 'GET', '/roles/of-all')).toMatchObject({ status: 200, body: { global: true } });
    expect(await call('ada', 'GET', '/roles/of-all?global=true')).toMatchObject({ status: 200 });
    const body = { name: 'mine', version: 1, permissions: [] };
    expect(await call('ada', 'PUT', '/roles/of-all', body)).toMatchObject({ status: 404 });
    expect(await call('ada', 'PUT', '/roles/of-all', { ...body, global: true })).toMatchObject({ status: 403 });
    expect(await call('ada', 'DELETE', '/roles/of-all')).toMatchObject({ status: 404 });
    expect(await call('ada', 'DELETE', '/roles/of-all?global=true')).toMatchObject({ status: 403 });
    expect(await call('root', 'PUT', '/roles/of-all', body)).toMatchObject({ status: 200, body: { version: 2 } });
  });

  it('are made in the organization of who makes them, and in all only by who may so in all', async () => {
    const role = { uid: 'new', name: 'new', permissions: [{ action: 'users:read', scope: 'global:users:id:8' }] };
    expect(await call('ada', 'POST', '/roles', { ...role, global: true })).toMatchObject({ status: 403 });
    // To hold in all what the role gives is not to hold in all the right to make roles.
    await scene.store.grant(scene.user('ada'), { permission: 'users:read', on: 'global:users:*' }, system);
    const global = await call('ada', 'POST', '/roles', { ...role, global: true });
    expect(global).toMatchObject({ status: 403, body: { error: 'insufficient_privilege' } });
    await scene.store.revoke(scene.user('ada'), { permission: 'users:read', on: 'global:users:*' }, system);
    expect(await call('ada', 'POST', '/roles', role)).toMatchObject({ status: 201, body: { global: false } });
    expect(await scene.store.role('new')).toMatchObject({ organization: 'acme' });
    expect(await call('gil', 'GET', '/roles/new')).toMatchObject({ status: 404 });
    const taken = await call('gil', 'POST', '/roles', role);
    expect(taken).toMatchObject({ status: 409, body: { error: 'role_uid_taken' } });
    expect(await call('ada', 'DELETE', '/roles/new')).toMatchObject({ status: 200 });
    expect(await call('root', 'POST', '/roles?orgId=acme', role)).toMatchObject({ status: 201 });
    expect(await scene.store.role('new')).toMatchObject({ organization: 'acme' });
  });

  it('are those of the organization that the token is bound to, whatever else is named', async () => {
    for (const named of ['?orgId=globex', '?orgId=']) {
      expect(await call('ada', 'GET', `/roles${named}`)).toMatchObject({ status: 400 });
      expect(await call('ada', 'POST', `/roles${named}`, { name: 'x' })).toMatchObject({ status: 400 });
    }
    expect(uidsOf(await call('ada', 'GET', '/roles?orgId=acme'))).toEqual(['of-acme', 'of-all']);
    const claims = { org_id: 'acme' };
    expect(uidsOf(await scene.call('GET', `${api}/roles`, { as: 'both', claims }))).toEqual(['of-acme', 'of-all']);
    // Held in organizations only, it is held in none.
    expect(await scene.call('GET', `${api}/roles`, { as: 'both' })).toMatchObject({ status: 403 });
    expect(await scene.call('GET', `${api}/roles?orgId=acme`, { as: 'both' })).toMatchObject({ status: 403 });
  });

  it('name an organization in no other way than its name', async () => {
    const list = (orgId: string): Promise<Answered> => call('root', 'GET', `/roles?orgId=${encodeURIComponent(orgId)}`);
    for (const orgId of ['*', 'a/b', 'a:b']) expect(await list(orgId)).toMatchObject({ status: 403 });
    expect(uidsOf(await list('{id}'))).toEqual(['of-all']);
  });

  it('can be denied in one organization to who holds them in all', async () => {
    const denied = { permission: 'roles:list', effect: 'deny' as const, organization: 'globex' };
    await scene.store.grant(scene.user('lea'), [{ permission: 'roles:list', on: 'roles:*' }, denied], system);
    const list = (query: string): Promise<Answered> => scene.call('GET', `${api}/roles${query}`, { as: 'lea' });
    expect([(await list('')).status, (await list('?orgId=acme')).status, (await list('?orgId=globex')).status]).toEqual(
      [200, 200, 403],
    );
  });
});

describe('built-in roles', () => {
  it('are modified in each organization apart, whatever others have attached', async () => {
    await scene.store.putRole(
      { uid: 'beyond', name: 'beyond', privileges: [{ permission: 'users:delete', on: 'global:users:*' }] },
      system,
    );
    expect(await call('root', 'POST', '/builtin-roles', { roleUid: 'beyond', builtinRole: 'Viewer' })).toMatchObject({
      status: 200,
    });
    const body = { roleUid: 'of-all', builtinRole: 'Viewer' };
    expect(await call('gil', 'POST', '/builtin-roles', body)).toMatchObject({ status: 200 });
    expect(await call('ada', 'POST', '/builtin-roles', { ...body, roleUid: 'of-acme' })).toMatchObject({ status: 200 });
    const seen = async (who: Who): Promise<unknown> => (await call(who, 'GET', '/builtin-roles')).body;
    const named = (uid: string, global: boolean): unknown => expect.objectContaining({ uid, global });
    expect(await seen('ada')).toEqual({ Viewer: [named('beyond', true), named('of-acme', false)] });
    expect(await seen('gil')).toEqual({ Viewer: [named('beyond', true), named('of-all', false)] });
    expect(await call('ada', 'DELETE', '/builtin-roles/Viewer/roles/of-all')).toMatchObject({ status: 404 });
    expect(await call('ada', 'DELETE', '/builtin-roles/Viewer/roles/of-globex')).toMatchObject({ status: 404 });
    expect(await call('ada', 'DELETE', '/builtin-roles/Viewer/roles/of-acme')).toMatchObject({ status: 200 });
    expect(await seen('gil')).toEqual({ Viewer: [named('beyond', true), named('of-all', false)] });
  });

  it('are changed in an organization by who acts in it alone, by whatever way, and otherwise by who holds all they give', async () => {
    await scene.store.putRole({ uid: 'empty', name: 'empty', privileges: [] }, system);
    const { store } = scene;
    const viewer = async (inherits: InheritedRole[], more: object = {}): Promise<RoleInput> => {
      const { uid, name, version } = (await store.role(builtInRoles.viewer))!;
      return { uid, name, version, privileges: [], inherits, ...more };
    };
    const there = [{ role: 'of-all' }, { role: 'empty', organization: 'globex' }];
    await store.putRole(await viewer(there), system);
    const request = {
      method: 'GET',
      url: '/',
      headers: { authorization: `Bearer ${await scene.token('ada', 'roles:list', { org_id: 'acme' })}` },
    };
    const by = await scene.authorizer.authenticate(request);
    const own = { role: 'empty', organization: 'acme' };
    for (const refused of [
      await viewer([{ role: 'of-all' }]),
      await viewer([{ role: 'of-all' }, own]),
      await viewer([...there, { role: 'empty', organization: 'other' }]),
      await viewer(there, { description: 'changed' }),
      await viewer([...there, own], { description: 'changed' }),
      await viewer([...there, own, { role: 'of-acme', organization: 'globex' }]),
    ]) {
      await expect(store.putRole(refused, by)).rejects.toMatchObject({ code: 'beyond_ceiling' });
    }
    await store.putRole(await viewer([...there, own]), by);
    await store.putRole(await viewer(there), by);
  });

  it('are modified in all organizations only by who may so in all', async () => {
    const body = { roleUid: 'of-all', builtinRole: 'Viewer', global: true };
    expect(await call('ada', 'POST', '/builtin-roles', body)).toMatchObject({ status: 403 });
    expect(await call('root', 'POST', '/builtin-roles', body)).toMatchObject({ status: 200 });
    const path = '/builtin-roles/Viewer/roles/of-all';
    expect(await call('ada', 'DELETE', `${path}?global=true`)).toMatchObject({ status: 403 });
    expect(await call('ada', 'DELETE', path)).toMatchObject({ status: 404 });
    expect(await scene.store.role(builtInRoles.viewer)).toMatchObject({ inherits: [{ role: 'of-all' }] });
  });

  it('take no role of one organization in all', async () => {
    const body = { roleUid: 'of-acme', builtinRole: 'Viewer', global: true };
    expect(await call('root', 'POST', '/builtin-roles', body)).toMatchObject({ status: 404 });
    expect(await call('gil', 'POST', '/builtin-roles', { ...body, global: false })).toMatchObject({ status: 404 });
  });
});

describe('the roles of a user', () => {
  const path = '/users/uma/roles';
  const assigned = async (): Promise<unknown[]> =>
    (await scene.store.subject(scene.user('uma'))).roles.map(({ role, organization }) => [role, organization]);

  it('are given, seen, replaced and taken in one organization', async () => {
    expect(await call('ada', 'POST', path, { roleUid: 'of-all' })).toMatchObject({ status: 200 });
    expect(await call('gil', 'POST', path, { roleUid: 'of-globex' })).toMatchObject({ status: 200 });
    expect(uidsOf(await call('ada', 'GET', path))).toEqual(['of-all']);
    expect(uidsOf(await call('gil', 'GET', path))).toEqual(['of-globex']);
    expect(uidsOf(await call('root', 'GET', path))).toEqual([]);
    expect(await call('gil', 'DELETE', `${path}/of-all`)).toMatchObject({ status: 404 });
    expect(await call('ada', 'DELETE', `${path}/of-globex`)).toMatchObject({ status: 404 });
    expect(await call('ada', 'PUT', path, { roleUids: ['of-acme'] })).toMatchObject({ status: 200 });
    expect(await assigned()).toEqual(
      expect.arrayContaining([
        ['of-globex', 'globex'],
        ['of-acme', 'acme'],
      ]),
    );
    expect(await call('ada', 'PUT', path, { roleUids: [] })).toMatchObject({ status: 200 });
    expect(await assigned()).toEqual([['of-globex', 'globex']]);
    expect(await call('ada', 'PUT', path, { roleUids: ['of-globex'] })).toMatchObject({ status: 404 });
  });

  it('in all organizations are given and taken only by who may so in all, and need not be given again in one', async () => {
    expect(await call('ada', 'POST', path, { roleUid: 'of-all', global: true })).toMatchObject({ status: 403 });
    expect(await call('root', 'POST', path, { roleUid: 'of-all', global: true })).toMatchObject({ status: 200 });
    const listed = (await call('ada', 'GET', path)).body;
    expect(listed).toEqual([expect.objectContaining({ uid: 'of-all', global: true })]);
    expect(await call('ada', 'PUT', path, { roleUids: ['of-all'] })).toMatchObject({ status: 200 });
    expect(await call('ada', 'PUT', path, { roleUids: [] })).toMatchObject({ status: 200 });
    expect(await call('ada', 'PUT', path, { roleUids: [], global: true })).toMatchObject({ status: 403 });
    expect(await call('ada', 'DELETE', `${path}/of-all?global=true`)).toMatchObject({ status: 403 });
    expect(await assigned()).toEqual([['of-all', undefined]]);
    expect(await call('root', 'PUT', path, { roleUids: [] })).toMatchObject({ status: 200 });
    expect(await assigned()).toEqual([]);
  });
});

describe('the permissions of a user', () => {
  it('are those in the organization', async () => {
    const reading = { permission: 'users:read', on: 'global:users:id:1' };
    await scene.store.grant(scene.user('pia'), { ...reading, organization: 'acme' }, system);
    await scene.store.grant(scene.user('pia'), { ...reading, on: 'global:users:id:2' }, system);
    const permissions = async (who: Who): Promise<unknown> =>
      ((await call(who, 'GET', '/users/pia/permissions')).body as { scope: string }[]).map(({ scope }) => scope);
    expect(await permissions('ada')).toEqual(['global:users:id:1', 'global:users:id:2']);
    expect(await permissions('gil')).toEqual(['global:users:id:2']);
    expect(await permissions('root')).toEqual(['global:users:id:2']);
    const found = (await call('gil', 'GET', '/users/permissions/search?action=users:read')).body;
    expect(found).toMatchObject({ pia: { 'users:read': ['global:users:id:2'] } });
    expect(found).not.toHaveProperty('ada');
  });
});
