// Who may administer a little cannot make it more, by whichever API and in however many steps: a table of what has been tried elsewhere.

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi } from './admin-scene.ts';
import type { Scene, Sent } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

const otherApi = 'https://other.example/';
const delegating = (permission: string) => ({ permission, on: 'permissions:delegate' });
const here = { permission: 'read:contacts', audience: contactsApi };
const calling = [
  ...[
    'read:users',
    'update:users',
    'read:roles',
    'create:roles',
    'update:roles',
    'delete:roles',
    'create:role_members',
  ],
  ...['delete:role_members', 'create:resource_servers', 'update:resource_servers', 'create:client_grants'],
  ...['roles:write', 'roles:delete', 'roles.builtin:add', 'users.roles:add', 'users.roles:remove'].map(delegating),
];

let scene: Scene;
beforeEach(async () => {
  scene = await adminScene({
    store: {
      users: {
        ann: { permissions: [...calling, here, { permission: 'delete:contacts', effect: 'deny' }], roles: ['mine'] },
        bob: { permissions: ['write:contacts'], roles: ['strong'] },
      },
      // A machine that has been let in by its issuer, and holds nothing in the store.
      roles: { strong: ['write:contacts'], mine: [here], empty: [] },
    },
  });
  const other = { identifier: otherApi, name: 'Other', permissions: [{ name: 'read:contacts' }] };
  await scene.store.putApi(other, { system: 'test' });
});
afterEach(() => scene.close());
afterAll(() => stopServers());

const ann = { kind: 'user', id: 'ann' };
const changes = (...all: object[]) => ['POST', '/admin/api/changes', { changes: all }] as const;
const role = (uid: string, more: object) => ({
  kind: 'put-role',
  role: { uid, name: uid, version: 1, privileges: [], ...more },
});
const own = '/api/v2/users/ann';

describe('nobody raises themselves', () => {
  it.each([
    ['everything of an API', 'POST', `${own}/permissions`, permissionsOf(['*'])],
    ['everything of the administration', 'POST', `${own}/permissions`, permissionsOf(['*'], adminApi)],
    ['another permission', 'POST', `${own}/permissions`, permissionsOf(['write:contacts'])],
    ['the same permission at another API', 'POST', `${own}/permissions`, permissionsOf(['read:contacts'], otherApi)],
    ['a permission of the administration', 'POST', `${own}/permissions`, permissionsOf(['read:audit'], adminApi)],
    [
      'one that is held beside one that is not',
      'POST',
      `${own}/permissions`,
      permissionsOf(['read:contacts', 'write:contacts']),
    ],
    ['the same permission at every API', ...changes({ kind: 'grant', subject: ann, privilege: 'read:contacts' })],
    [
      'a pattern over names',
      ...changes({ kind: 'grant', subject: ann, privilege: { permission: 'read:*', audience: contactsApi } }),
    ],
    ['every name', ...changes({ kind: 'grant', subject: ann, privilege: '**' })],
    [
      'what is to be in a year',
      ...changes({ kind: 'grant', subject: ann, privilege: { permission: '*', expiresAt: 9e12 } }),
    ],
    [
      'the end of a denial',
      ...changes({ kind: 'revoke', subject: ann, privilege: { permission: 'delete:contacts', effect: 'deny' } }),
    ],
    ['a role', 'POST', `${own}/roles`, { roles: ['strong'] }],
    ['a role, from its side', 'POST', '/api/v2/roles/strong/users', { users: ['ann'] }],
    ['a role, in place', 'POST', '/api/access-control/users/ann/roles', { roleUid: 'strong', global: true }],
    [
      'all roles, in place',
      'PUT',
      '/api/access-control/users/ann/roles',
      { roleUids: ['mine', 'strong'], global: true },
    ],
    ['a role of one organization', ...changes({ kind: 'assign', subject: ann, role: 'strong', organization: 'org_1' })],
    ['more in the own role', 'POST', '/api/v2/roles/mine/permissions', permissionsOf(['write:contacts'])],
    [
      'more in the own role, in place',
      'PUT',
      '/api/access-control/roles/mine',
      { name: 'mine', version: 2, permissions: [{ action: 'write:contacts', scope: '*' }] },
    ],
    [
      'everything in a new role',
      'POST',
      '/api/access-control/roles',
      { name: 'new', permissions: [{ action: '*', scope: '*' }] },
    ],
    [
      'a bare right in a new role',
      'POST',
      '/api/access-control/roles',
      { name: 'new', permissions: [{ action: 'write:contacts' }] },
    ],
    ['what another role has, inherited', ...changes(role('mine', { inherits: ['strong'] }))],
    [
      'what another role has, over a third',
      ...changes(role('empty', { inherits: ['strong'] }), role('mine', { inherits: ['empty'] })),
    ],
    ['a role that was emptied first', ...changes(role('strong', {}), { kind: 'assign', subject: ann, role: 'strong' })],
    [
      'what the same call has given',
      ...changes(
        { kind: 'assign', subject: ann, role: 'strong' },
        { kind: 'grant', subject: ann, privilege: 'write:contacts' },
      ),
    ],
    [
      'what everybody has',
      'POST',
      '/api/access-control/builtin-roles',
      { roleUid: 'strong', builtinRole: 'Viewer', global: true },
    ],
    [
      'through an application',
      'POST',
      '/api/v2/client-grants',
      { client_id: 'hers', audience: contactsApi, scope: ['write:contacts'] },
    ],
    [
      'the administration through an application',
      'POST',
      '/api/v2/client-grants',
      { client_id: 'hers', audience: adminApi, scope: ['read:audit'] },
    ],
  ] as const)('with %s', async (_, method, path, body) => {
    await expectRefused({ as: 'ann', body }, method, path);
  });
});

describe('nobody lowers others', () => {
  it.each([
    ['by what they hold', 'DELETE', '/api/v2/users/bob/permissions', permissionsOf(['write:contacts'])],
    ['by a role', 'DELETE', '/api/v2/users/bob/roles', { roles: ['strong'] }],
    ['by what a role holds', 'DELETE', '/api/v2/roles/strong/permissions', permissionsOf(['write:contacts'])],
    ['by the end of a role', 'DELETE', '/api/v2/roles/strong', undefined],
    ['by the end of a role, in place', 'DELETE', '/api/access-control/roles/strong?force=true&global=true', undefined],
    [
      'by a denial',
      ...changes({
        kind: 'grant',
        subject: { kind: 'user', id: 'bob' },
        privilege: { permission: 'write:contacts', effect: 'deny' },
      }),
    ],
    [
      'by a denial in a role',
      ...changes(role('mine', { privileges: [here, { permission: 'write:contacts', effect: 'deny' }] })),
    ],
    ['by the name of a role', 'PATCH', '/api/v2/roles/strong', { name: 'weak' }],
  ] as const)('%s', async (_, method, path, body) => {
    await expectRefused({ as: 'ann', body }, method, path);
  });
});

it('a machine that its issuer lets in hands out nothing that it does not hold in the store', async () => {
  const machine = { as: 'robot', claims: { client_id: 'robot', gty: 'client-credentials' } };
  const body = permissionsOf(['read:contacts']);
  await expectRefused({ ...machine, body }, 'POST', '/api/v2/users/carl/permissions');
  // Nor does a user who has the id of a machine hold what that machine does.
  await scene.store.grant({ issuer: scene.issuer, id: 'robot', kind: 'client' }, '*', { system: 'test' });
  await expectRefused({ as: 'robot', body }, 'POST', '/api/v2/users/carl/permissions');
});

it('nobody names a permission of an API that they do not hold, and a pattern is no name', async () => {
  const path = `/api/v2/resource-servers/${encodeURIComponent(otherApi)}`;
  const body = { scopes: [{ value: 'read:contacts' }, { value: 'write:everything' }] };
  await expectRefused({ as: 'ann', body }, 'PATCH', path);
  for (const value of ['*', 'read:*', '**']) {
    const pattern = { scopes: [{ value }] };
    expect(await scene.call('PATCH', path, { as: 'ann', body: pattern })).toMatchObject({ status: 400 });
  }
});

it('what somebody holds they do hand on, so that it is no law of refusing all', async () => {
  const body = permissionsOf(['read:contacts']);
  expect(await scene.call('POST', '/api/v2/users/bob/permissions', { as: 'ann', body })).toMatchObject({ status: 201 });
  const given = await scene.call('POST', '/api/v2/users/bob/roles', { as: 'ann', body: { roles: ['mine'] } });
  expect(given).toMatchObject({ status: 204 });
});

async function expectRefused(sent: Sent, method: string, path: string): Promise<void> {
  const revision = await scene.store.revision();
  const answer = await scene.call(method, path, sent);
  expect(answer).toMatchObject({ status: 403, body: { missing: expect.anything() as unknown } });
  expect(await scene.store.revision()).toBe(revision);
}
