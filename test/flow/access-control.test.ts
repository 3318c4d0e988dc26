// A story of access control: built-in roles that are modified by the roles attached to them, custom roles on some resources,
// administrators who hand on what they hold and no more, and guards that see each change on the next request.

import { beforeAll, describe, expect, test } from '@jest/globals';
import { accessControlPermissions, inOrganization, on, type Access } from 'rightful';
import {
  accessControlRoles,
  builtInRoles,
  memoryStore,
  reconcileRoles,
  type RoleStore,
  type Subject,
} from 'rightful/stores';
import { ask } from './answers.ts';
import { frameworks } from './frameworks.ts';
import { issuer, options, tokenOf } from './scene.ts';

const permissions = accessControlPermissions;
const by = { system: 'story' };
const person = (id: string): Subject => ({ issuer: issuer.issuer, id, kind: 'user' });
const scope = permissions.names.join(' ');

/** Who is what: a server's administrator, the administrator, an editor and a viewer of `acme`, and somebody of `globex`. */
async function company(): Promise<RoleStore> {
  const store = memoryStore({ issuer: issuer.issuer, permissions });
  await reconcileRoles(store, accessControlRoles);
  await store.assign(person('root'), builtInRoles.serverAdmin, {}, by);
  await store.assign(person('ada'), builtInRoles.admin, { organization: 'acme' }, by);
  await store.assign(person('ed'), builtInRoles.editor, { organization: 'acme' }, by);
  await store.assign(person('vi'), builtInRoles.viewer, { organization: 'acme' }, by);
  await store.assign(person('gil'), builtInRoles.admin, { organization: 'globex' }, by);
  return store;
}

describe.each(frameworks)('access control on $name', (framework) => {
  let store: RoleStore;
  let address: string;
  let accesses: Map<string, Access>;

  beforeAll(async () => {
    store = await company();
    accesses = new Map();
    const { requirePermission, authenticate, accessOf } = framework.createGuards(options({ store, permissions }));
    const inPath = (path: string, requirement: Parameters<typeof requirePermission>[0]) => ({
      path,
      guards: [requirePermission(requirement)],
    });
    ({ address } = await framework.serve([
      inPath('/users', on('users:read', 'global:users:*')),
      inPath('/users/:id', on('users:read', 'global:users:id:{id}')),
      inPath('/orgs/:org/users', inOrganization(on('org.users:read', 'users:*'), '{org}')),
      inPath('/orgs/:org/roles/new', inOrganization(on('roles:write', 'permissions:delegate'), '{org}')),
      inPath('/reports/settings', 'reports.settings:read'),
      {
        path: '/me',
        guards: [authenticate()],
        handle: (given) => {
          const access = accessOf(given);
          accesses.set(access.subject.id, access);
          return access.permissions.list().length;
        },
      },
    ]));
  });

  const status = async (who: string, path: string, organization?: string): Promise<number> => {
    const token = await tokenOf({ sub: who, scope, ...(organization !== undefined && { org_id: organization }) });
    return (await ask(`${address}${path}`, { token })).status;
  };
  const accessOf = async (who: string): Promise<Access> => {
    expect(await status(who, '/me')).toBe(200);
    return accesses.get(who)!;
  };

  test('users of the server and users of an organization have two different roots', async () => {
    expect(await Promise.all(['root', 'ada', 'vi'].map((who) => status(who, '/users')))).toEqual([200, 403, 403]);
    expect(await Promise.all(['root', 'ada', 'gil'].map((who) => status(who, '/orgs/acme/users')))).toEqual([
      200, 200, 403,
    ]);
    expect(await status('ada', '/orgs/globex/users', 'acme')).toBe(403);
    expect(await status('gil', '/orgs/globex/users', 'acme')).toBe(200);
  });

  test('a permission that takes no resource is held by its name alone', async () => {
    expect(await status('root', '/reports/settings')).toBe(200);
    expect([await status('ada', '/reports/settings', 'acme'), await status('ada', '/reports/settings')]).toEqual([
      200, 403,
    ]);
  });

  test('a role that is attached to a built-in one reaches all above it, at once, and leaves them as quickly', async () => {
    await store.putRole(
      { uid: 'greeter', name: 'Greeter', privileges: [{ permission: 'users:read', on: 'global:users:id:7' }] },
      by,
    );
    const uid = builtInRoles.viewer;
    const attach = async (inherits: string[]): Promise<unknown> => {
      const { name, version, privileges } = (await store.role(uid))!;
      return store.putRole({ uid, name, version, privileges, inherits }, by);
    };
    const seen = (): Promise<number[]> =>
      Promise.all(['vi', 'ed', 'ada', 'gil'].map((who) => status(who, '/users/7', who === 'gil' ? 'globex' : 'acme')));
    expect(await seen()).toEqual([403, 403, 403, 403]);
    await attach(['greeter']);
    expect(await seen()).toEqual([200, 200, 200, 200]);
    expect(await status('vi', '/users/8', 'acme')).toBe(403);
    await attach([]);
    expect(await seen()).toEqual([403, 403, 403, 403]);
  });

  test('who administers hands on what they hold, where they hold it, and nothing else', async () => {
    const ada = await accessOf('ada');
    const reading = { permission: 'org.users:read', on: 'users:*', organization: 'acme' };
    await store.grant(person('vi'), reading, ada);
    expect(await status('vi', '/orgs/acme/users')).toBe(200);
    for (const beyond of [
      { ...reading, organization: 'globex' },
      { permission: 'org.users:read', on: 'users:*' },
      { permission: 'users:read', on: 'global:users:*', organization: 'acme' },
    ]) {
      await expect(store.grant(person('vi'), beyond, ada)).rejects.toMatchObject({ missing: [beyond] });
    }
    await store.revoke(person('vi'), reading, ada);
    expect(await status('vi', '/orgs/acme/users')).toBe(403);
    const [last] = (await store.audit({ actor: person('ada') })).items;
    expect(last).toMatchObject({ action: 'revoke', subject: { id: 'vi' }, before: [reading], after: null });
  });

  test('the right to make roles is the server administrator’s until somebody is given it', async () => {
    expect(await status('ada', '/orgs/acme/roles/new')).toBe(403);
    expect(await status('root', '/orgs/acme/roles/new')).toBe(200);
    const root = await accessOf('root');
    await store.grant(
      person('ada'),
      { permission: 'roles:write', on: 'permissions:delegate', organization: 'acme' },
      root,
    );
    expect([await status('ada', '/orgs/acme/roles/new'), await status('ada', '/orgs/globex/roles/new')]).toEqual([
      200, 403,
    ]);
  });
});
