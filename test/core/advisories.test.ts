// What has gone wrong elsewhere: a test for each security advisory of the access control that this one learns from.

import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { anyOf, anywhere, assertSafeId, inOrganization, on, type Privilege } from 'rightful';
import { createGuards, denyUnguarded } from 'rightful/express';
import { builtInRoles, memoryStore, reconcileRoles, withCache, type RoleStore, type Subject } from 'rightful/stores';
import { createTestAccess } from 'rightful/testing';
import { ask } from '../flow/answers.ts';
import { expresses, frameworks, listen } from '../flow/frameworks.ts';
import { options, tokenOf } from '../flow/scene.ts';
import { audience, issuer, session, storeOf } from './authorizing.ts';

const system = { system: 'a test' };
const user = (id: string, organization?: string): Subject => {
  return { issuer, id, kind: 'user', ...(organization !== undefined && { organization }) };
};
const by = (id: string, organization?: string) => createTestAccess({ subject: user(id, organization) });
const beyond = { code: 'beyond_ceiling' };

test('CVE-2021-41244: what is held in the organization of the token opens no route that names another one', async () => {
  const held: Privilege[] = [{ permission: 'users:read', organization: 'acme' }];
  const one = session({ store: storeOf(...held) });
  const claims = { scope: 'users:read', org_id: 'acme', permissions: ['users:read'] };
  const route = inOrganization('users:read', '{org}');
  const may = async (org: unknown): Promise<boolean> => (await one.decide(claims, route, { params: { org } })).permit;
  expect([await may('acme'), await may('globex'), await may('0'), await may('')]).toEqual([true, false, false, false]);
});

test.each(frameworks)('CVE-2021-41244: nor does it behind a guard of $name', async (framework) => {
  const held: Privilege[] = [{ permission: 'users:read', organization: 'acme' }];
  const { requirePermission } = framework.createGuards(options({ store: storeOf(...held) }));
  const guards = [requirePermission(inOrganization('users:read', '{org}'))];
  const served = await framework.serve([{ path: '/orgs/:org/users', guards }]);
  const token = await tokenOf({ scope: 'users:read', org_id: 'acme', permissions: ['users:read'] });
  const statusIn = async (org: string): Promise<number> =>
    (await ask(`${served.address}/orgs/${org}/users`, { token })).status;
  expect([await statusIn('acme'), await statusIn('globex'), await statusIn('0')]).toEqual([200, 403, 403]);
});

test('CVE-2022-24812: no two subjects share what is remembered of one', async () => {
  const asked: Subject[] = [
    user('1'),
    { ...user('1'), kind: 'client' },
    { ...user('1'), issuer: `${issuer}1` },
    user('1', 'acme'),
    user('1', 'null'),
    user('1","user'),
    user('1|acme'),
    user('1,user,acme'),
    { ...user('1'), issuer: `${issuer},1` },
    { ...user(',1'), issuer },
    user('__proto__'),
  ];
  const store = withCache({ privilegesOf: async (subject) => [{ permission: JSON.stringify(subject) }] });
  const answerTo = async (subject: Subject): Promise<unknown> => {
    const [only] = await store.privilegesOf(subject, { audience: [audience] });
    return JSON.parse(only!.permission);
  };
  // All at once, as long as nothing is remembered: nor do they share what is under way.
  expect(await Promise.all(asked.map(answerTo))).toEqual(asked);
  for (const subject of asked) expect(await answerTo(subject)).toEqual(subject);
  expect(store.statistics()).toMatchObject({ loads: asked.length, hits: asked.length });
  const audiences = [['a', 'b'], ['a,b'], ['a'], []];
  await Promise.all(audiences.map(async (names) => store.privilegesOf(asked[0]!, { audience: names })));
  expect(store.statistics().loads).toBe(asked.length + audiences.length);
});

test('CVE-2022-36062: what declared roles give to Admin reaches neither Editor nor Viewer, however often they are declared', async () => {
  const store = memoryStore({ issuer });
  const builtIns = { viewer: builtInRoles.viewer, editor: builtInRoles.editor, admin: builtInRoles.admin };
  for (const [id, role] of Object.entries(builtIns)) await store.assign(user(id), role, {}, system);
  const folders = { name: 'fixed:folders', privileges: ['folders:read'], defaults: ['Admin' as const] };
  const holders = async (): Promise<string[]> =>
    (await store.holdersOf('folders:read')).items.map(({ subject }) => subject.id);
  for (const description of ['one', 'two']) {
    await reconcileRoles(store, [{ ...folders, description }]);
    expect(await holders()).toEqual(['admin']);
  }
  await reconcileRoles(store, []);
  expect(await holders()).toEqual([]);
});

test('CVE-2023-4822: who administers one organization changes no role of all of them', async () => {
  const everything = { permission: '*', organization: 'acme' };
  const store = memoryStore({ issuer, users: { ada: { permissions: [everything] } }, roles: { editor: ['a'] } });
  const role = { uid: 'editor', name: 'editor', version: 1 };
  for (const access of [by('ada'), by('ada', 'acme')]) {
    await expect(store.putRole({ ...role, privileges: ['a', 'b'] }, access)).rejects.toMatchObject(beyond);
    await expect(store.putRole({ ...role, privileges: [] }, access)).rejects.toMatchObject(beyond);
    await expect(store.deleteRole('editor', { force: true }, access)).rejects.toMatchObject(beyond);
    const viewer = { uid: builtInRoles.viewer, name: 'Built-in Viewer', version: 1, privileges: [] };
    await expect(store.putRole({ ...viewer, inherits: ['editor'] }, access)).rejects.toMatchObject(beyond);
  }
  await store.putRole({ uid: 'local', name: 'Local', organization: 'acme', privileges: ['a'] }, by('ada'));
  expect(await store.revision()).toBe(1);
});

test('CVE-2024-1442: what is called * is not everything', async () => {
  expect(() => assertSafeId('*')).toThrow(TypeError);
  const one = session({ store: storeOf({ permission: 'sources:read', on: 'sources:uid:*' }) });
  const may = async (uid: string): Promise<boolean> =>
    (await one.decide({ scope: 'sources:read' }, on('sources:read', 'sources:uid:{uid}'), { params: { uid } })).permit;
  expect([await may('7'), await may('*'), await may('a*'), await may('7:*')]).toEqual([true, false, false, false]);
});

test('CVE-2024-6322: a right on one resource opens no route on another', async () => {
  const one = session({ store: storeOf({ permission: 'sources:query', on: 'sources:uid:mine' }) });
  const route = on('sources:query', 'sources:uid:{uid}');
  const may = async (uid: string): Promise<boolean> =>
    (await one.decide({ scope: 'sources:query' }, route, { params: { uid } })).permit;
  expect([await may('mine'), await may('yours'), await may('mine2')]).toEqual([true, false, false]);
});

test('CVE-2026-21721: who holds a permission on one resource does not hold it where none is named', async () => {
  const one = session({ store: storeOf({ permission: 'dashboards.permissions:write', on: 'dashboards:uid:mine' }) });
  const scope = 'dashboards.permissions:write';
  const may = async (requirement: Parameters<typeof one.decide>[1]): Promise<boolean> =>
    (await one.decide({ scope }, requirement)).permit;
  expect(await may(scope)).toBe(false);
  expect(await may(anyOf(scope, on(scope, 'dashboards:uid:yours')))).toBe(false);
  expect(await may(anywhere(scope))).toBe(true);
});

test('CVE-2026-21725: a name that is given to another resource is no more the old one', async () => {
  const ids = new Map([['main', { id: 1, version: 'a' }]]);
  const row = (resource: string) => ids.get(resource.split(':')[2]!);
  const resolver = {
    resolve: (resource: string) => (row(resource) === undefined ? null : `sources:id:${row(resource)!.id}`),
    versionOf: (resource: string) => row(resource)?.version ?? 'none',
  };
  const store = storeOf({ permission: 'sources:delete', on: 'sources:id:1' });
  const one = session({ store, resolvers: { 'sources:name:': resolver } });
  const may = async (): Promise<boolean> =>
    (await one.decide({ scope: 'sources:delete' }, on('sources:delete', 'sources:name:main'))).permit;
  expect(await may()).toBe(true);
  ids.delete('main');
  expect(await may()).toBe(false);
  ids.set('main', { id: 2, version: 'b' });
  expect(await may()).toBe(false);
});

test('CVE-2026-21727: no organization stands for all of them, whatever it is called', async () => {
  const zero = session({ store: storeOf({ permission: 'a', organization: '0' }) });
  expect((await zero.decide({ scope: 'a' }, 'a')).permit).toBe(false);
  expect((await zero.decide({ scope: 'a', org_id: 'acme' }, 'a')).permit).toBe(false);
  expect((await zero.decide({ scope: 'a' }, inOrganization('a', null))).permit).toBe(false);
  expect((await zero.decide({ scope: 'a' }, inOrganization('a', '{org}'), { params: { org: 0 } })).permit).toBe(true);
  for (const org_id of [0, '', null, false]) expect(await zero.outcome({ org_id })).toBe('invalid_token');
  for (const organization of ['', 0, null]) {
    const privilege = { permission: 'a', organization: organization as string };
    expect(await session({ store: storeOf(privilege) }).outcome()).toBe('unavailable');
    await expect(memoryStore({ issuer }).grant(user('bob'), privilege, system)).rejects.toThrow(/organization/);
  }
});

test('CVE-2026-22640: who administers one organization takes nothing from who administers the server', async () => {
  const scene = (): RoleStore =>
    memoryStore({
      issuer,
      users: {
        ada: { permissions: ['*'], roles: [builtInRoles.serverAdmin] },
        root: { permissions: ['*'] },
        local: { permissions: [{ permission: '*', organization: 'acme' }] },
      },
      roles: { [builtInRoles.serverAdmin]: ['users:delete'] },
    });
  const store = scene();
  for (const access of [by('local'), by('local', 'acme')]) {
    const denial = { permission: 'users:delete', effect: 'deny' as const };
    await expect(store.revoke(user('ada'), '*', access)).rejects.toMatchObject(beyond);
    await expect(store.grant(user('ada'), denial, access)).rejects.toMatchObject(beyond);
    await expect(store.grant(user('ada'), { permission: '*', expiresAt: 1 }, access)).rejects.toMatchObject(beyond);
    await expect(store.deassign(user('ada'), builtInRoles.serverAdmin, {}, access)).rejects.toMatchObject(beyond);
  }
  expect(await store.revision()).toBe(0);
});

// Where a router takes a path past a guard that stands at another spelling of it, the route is answered by nobody.
test.each(expresses)('CVE-2026-27880: nor round one above a router of $name', async ({ express }) => {
  const guardsMade = createGuards(options({ store: storeOf() }));
  const handled: string[] = [];
  const app = express();
  const api = express.Router();
  app.use('/api/admin', guardsMade.requirePermission('admin'));
  api.get('/admin/:id', (request, response) => {
    handled.push(request.url);
    response.end();
  });
  app.use('/api', api);
  denyUnguarded(app, { onUnguarded: () => undefined });
  const address = await listen(createServer(app));
  const token = await tokenOf({ scope: 'admin' });
  for (const path of [
    '/api/admin/1',
    '/api//admin/1',
    '//api/admin/1',
    '/API/Admin/1',
    '/api/%61dmin/1',
    '/api/./admin/1',
  ]) {
    expect([403, 404, 500]).toContain((await ask(`${address}${path}`, { token })).status);
  }
  expect(handled).toEqual([]);
});

test.each(frameworks)('CVE-2026-27880: no spelling of a path goes round a guard of $name', async (framework) => {
  const { requirePermission } = framework.createGuards(options({ store: storeOf() }));
  const handled: string[] = [];
  const guards = [requirePermission('admin')];
  const handle = (): string => (handled.push('admin'), 'secret');
  const served = await framework.serve([{ path: '/admin/:id', guards, handle }]);
  const token = await tokenOf({ scope: 'admin' });
  const paths = [
    '/admin/1',
    '//admin/1',
    '/admin//1',
    '//admin//1',
    '/./admin/1',
    '/admin/1/',
    '/%61dmin/1',
    '/ADMIN/1',
  ];
  for (const path of paths) expect([403, 404]).toContain((await ask(`${served.address}${path}`, { token })).status);
  expect(handled).toEqual([]);
});
