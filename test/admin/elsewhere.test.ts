// Who may administer in one organization only administers there: what acts in all organizations asks for the right in all of them.

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

let scene: Scene;

const everywhere = ['read:users', 'read:roles', 'read:contacts'];
const inOne = ['update:users', 'update:roles', 'create:roles', 'delete:roles', 'read:audit', 'create:role_members'];
const bound = (permission: string) => ({ permission, organization: 'org_1' });

beforeEach(async () => {
  scene = await adminScene({
    store: {
      users: {
        // What she may hand out she holds everywhere; that she may, in one organization.
        ann: { permissions: [...everywhere, ...inOne.map(bound), bound('delete:role_members')] },
        bob: { permissions: ['read:contacts'], roles: ['reader'] },
        carl: {
          permissions: [...everywhere, ...inOne, { permission: 'update:users', effect: 'deny', organization: 'org_1' }],
        },
      },
      roles: { reader: ['read:contacts'], local: { organization: 'org_1', permissions: ['read:contacts'] } },
    },
  });
});
afterEach(() => scene.close());
afterAll(() => stopServers());

function inOrganization(method: string, path: string, body?: unknown, as = 'ann'): Promise<Answered> {
  return scene.call(method, path, { as, claims: { org_id: 'org_1' }, ...(body !== undefined && { body }) });
}

const bob = { kind: 'user', id: 'bob' };
const contacts = permissionsOf(['read:contacts']);

describe('a right to administer that is held in one organization', () => {
  it.each([
    ['POST', '/api/v2/users/dan/permissions', contacts],
    ['DELETE', '/api/v2/users/bob/permissions', contacts],
    ['POST', '/api/v2/users/dan/roles', { roles: ['reader'] }],
    ['DELETE', '/api/v2/users/bob/roles', { roles: ['reader'] }],
    ['POST', '/api/v2/roles', { name: 'new' }],
    ['PATCH', '/api/v2/roles/reader', { name: 'renamed' }],
    ['DELETE', '/api/v2/roles/reader', undefined],
    ['DELETE', '/api/v2/roles/reader/permissions', contacts],
    ['POST', '/api/v2/roles/reader/users', { users: ['dan'] }],
    ['GET', '/admin/api/audit', undefined],
  ])('is none for all of them: %s %s', async (method, path, body) => {
    const revision = await scene.store.revision();
    const answer = await inOrganization(method, path, body);
    expect(answer).toMatchObject({ status: 403, body: { missing: expect.anything() as unknown } });
    expect(await scene.store.revision()).toBe(revision);
  });

  it.each([
    ['a grant everywhere', { kind: 'grant', subject: bob, privilege: 'read:contacts' }],
    [
      'a grant elsewhere',
      { kind: 'grant', subject: bob, privilege: { permission: 'read:contacts', organization: 'org_2' } },
    ],
    [
      'a grant of which a part is elsewhere',
      {
        kind: 'grant',
        subject: bob,
        privilege: [bound('read:contacts'), { permission: 'read:contacts', organization: 'org_2' }],
      },
    ],
    ['a role everywhere', { kind: 'assign', subject: { kind: 'user', id: 'dan' }, role: 'reader' }],
    ['a role elsewhere', { kind: 'assign', subject: bob, role: 'reader', organization: 'org_2' }],
    ['taking one that is had everywhere', { kind: 'deassign', subject: bob, role: 'reader' }],
    ['a role for all', { kind: 'put-role', role: { uid: 'new', name: 'new', privileges: [] } }],
    [
      'a role of all that is drawn into one',
      { kind: 'put-role', role: { uid: 'reader', name: 'reader', version: 1, organization: 'org_1', privileges: [] } },
    ],
    ['the end of a role of all', { kind: 'delete-role', uid: 'reader', force: true }],
  ])('is not enough for a change beyond it: %s', async (_, change) => {
    const revision = await scene.store.revision();
    expect(await inOrganization('POST', '/admin/api/changes', { changes: [change] })).toMatchObject({ status: 403 });
    // Nor beside one that is permitted, nor to see what would come of it.
    const first = { kind: 'grant', subject: bob, privilege: bound('read:contacts') };
    expect((await inOrganization('POST', '/admin/api/changes', { changes: [first, change] })).status).toBe(403);
    expect((await inOrganization('POST', '/admin/api/changes', { changes: [change], dryRun: true })).status).toBe(403);
    expect(await scene.store.revision()).toBe(revision);
  });

  it.each([
    ['a grant', { kind: 'grant', subject: bob, privilege: bound('read:contacts') }],
    ['a role', { kind: 'assign', subject: bob, role: 'reader', organization: 'org_1' }],
    [
      'the making of a role',
      { kind: 'put-role', role: { uid: 'new', name: 'new', organization: 'org_1', privileges: [] } },
    ],
    ['the end of a role', { kind: 'delete-role', uid: 'local' }],
  ])('is enough there: %s', async (_, change) => {
    expect(await inOrganization('POST', '/admin/api/changes', { changes: [change] })).toMatchObject({ status: 200 });
  });

  it('is not what reloading the provisioning files asks for', async () => {
    const other = await adminScene({
      store: { users: { ann: { permissions: [{ permission: 'provisioning:reload', organization: 'org_1' }] } } },
      provision: () => expect('run').toBeUndefined(),
    });
    const sent = { as: 'ann', claims: { org_id: 'org_1' } };
    const answer = await other.call('POST', '/api/admin/provisioning/access-control/reload', sent);
    expect(answer).toMatchObject({ status: 403 });
    await other.close();
  });
});

it('a right that is held everywhere and denied in the organization of the token is none', async () => {
  expect(await inOrganization('POST', '/api/v2/users/dan/permissions', contacts, 'carl')).toMatchObject({
    status: 403,
  });
  const change = { kind: 'grant', subject: bob, privilege: bound('read:contacts') };
  expect(await inOrganization('POST', '/admin/api/changes', { changes: [change] }, 'carl')).toMatchObject({
    status: 403,
  });
  // With a token of no organization the change is refused where it would be felt.
  const outside = await scene.call('POST', '/admin/api/changes', { as: 'carl', body: { changes: [change] } });
  expect(outside).toMatchObject({ status: 403 });
});

it('who holds all everywhere may do so with a token of an organization too', async () => {
  expect(await inOrganization('POST', '/api/v2/users/dan/permissions', contacts, 'root')).toMatchObject({
    status: 201,
  });
  const { privileges } = await scene.store.subject(scene.user('dan'));
  expect(privileges).toMatchObject([{ permission: 'read:contacts', audience: contactsApi }]);
});
