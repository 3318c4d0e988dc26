// A permission that has other names is one permission for whoever administers it, whether or not the store was told of them: nobody gives
// by one name what they do not hold by another, and what is withdrawn is withdrawn by every name.

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { definePermissions } from 'rightful';
import { memoryStore, provision } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';

const permissions = definePermissions({
  'read:contacts': { description: 'See contacts', replaces: ['contacts.read'], aliases: ['see:contacts'] },
  'write:contacts': 'Change contacts',
});
const administering = [
  'update:users',
  'read:users',
  'read:roles',
  'create:roles',
  'update:roles',
  'create:role_members',
  'delete:role_members',
];

let scene: Scene;
afterEach(() => scene.close());
afterAll(stopServers);

async function open(isTold: boolean): Promise<void> {
  scene = await adminScene({
    permissions,
    store: (issuer) =>
      memoryStore({
        issuer,
        ...(isTold && { permissions }),
        users: {
          root: { permissions: ['*'] },
          // A pattern grants by own names alone: this is nothing yet.
          eve: { permissions: ['contacts.*', ...administering] },
          den: { permissions: ['*', { permission: 'contacts.read', effect: 'deny' }] },
          ann: { permissions: ['see:contacts', ...administering] },
          bob: { permissions: ['contacts.read'] },
          cay: { roles: ['reader'] },
        },
        roles: { reader: ['contacts.read'] },
      }),
  });
}

const may = async (id: string): Promise<unknown> => {
  const body = { subject: { kind: 'user', id }, permission: 'read:contacts' };
  return ((await scene.call('POST', '/admin/api/why', { body })).body as { decision: boolean }).decision;
};
const accessOf = async (id: string) =>
  scene.authorizer.authenticate({ method: 'GET', headers: { authorization: `Bearer ${await scene.token(id)}` } });
const change = (as: string, ...changes: object[]): Promise<Answered> =>
  scene.call('POST', '/admin/api/changes', { as, body: { changes } });
const subject = { kind: 'user', id: 'new' };
const refused = { status: 403, body: { code: 'beyond_ceiling', missing: [{ permission: 'read:contacts' }] } };

describe.each([
  ['that was not told of them', false],
  ['that was told of them', true],
])('with a store %s', (_, isTold) => {
  it.each<[string, string, object]>([
    ['by its former name', 'eve', { kind: 'grant', subject, privilege: 'contacts.read' }],
    ['by a role that has its former name', 'eve', { kind: 'assign', subject, role: 'reader' }],
    [
      'by a role that shall have its former name',
      'eve',
      { kind: 'put-role', role: { uid: 'mine', name: 'Mine', privileges: ['contacts.read'] } },
    ],
    ['whose former name they are denied', 'den', { kind: 'grant', subject, privilege: 'read:contacts' }],
    ['whose former name they are denied, by another', 'den', { kind: 'grant', subject, privilege: 'see:contacts' }],
    ['whose former name they are denied, by a role', 'den', { kind: 'assign', subject, role: 'reader' }],
  ])('nobody gives what they do not hold: %s', async (__, as, step) => {
    await open(isTold);
    expect(await may(as)).toBe(false);
    expect(await change(as, step)).toMatchObject(refused);
    expect(await may('new')).toBe(false);
  });

  it('nobody provisions what they do not hold', async () => {
    await open(isTold);
    const files = { uid: 'files', name: 'Files', version: 1, global: true, permissions: [{ action: 'contacts.read' }] };
    const document = { apiVersion: 1, roles: [files] };
    const eve = await accessOf('eve');
    const provisioned = provision(scene.store, document, { by: { access: eve, names: permissions } });
    await expect(provisioned).rejects.toMatchObject({ code: 'beyond_ceiling' });
    expect(await scene.store.role('files')).toBeUndefined();
  });

  it.each<[string, object]>([
    ['its own name', { kind: 'grant', subject, privilege: 'read:contacts' }],
    ['its former name', { kind: 'grant', subject, privilege: 'contacts.read' }],
    ['a role', { kind: 'assign', subject, role: 'reader' }],
  ])('who holds it by one name gives it by another: %s', async (__, step) => {
    await open(isTold);
    expect(await change('ann', step)).toMatchObject({ status: 200 });
    expect(await may('new')).toBe(true);
  });

  it('a role that has it by another name is said to be for them to hand on, or not', async () => {
    await open(isTold);
    const marked = async (as: string): Promise<unknown> =>
      ((await scene.call('GET', '/admin/api/roles/reader', { as })).body as { delegatable: boolean }).delegatable;
    expect([await marked('ann'), await marked('eve'), await marked('den')]).toEqual([true, false, false]);
  });

  it('the search finds who holds it by whichever name', async () => {
    await open(isTold);
    const { body } = await scene.call('GET', '/api/access-control/users/permissions/search?action=read:contacts');
    expect(Object.keys(body as object).sort()).toEqual(['ann', 'bob', 'cay', 'root']);
  });

  it('an API that is no more to have it has it taken from everybody, by whichever name', async () => {
    await open(isTold);
    expect([await may('ann'), await may('bob'), await may('cay')]).toEqual([true, true, true]);
    const path = `/api/v2/resource-servers/${encodeURIComponent(contactsApi)}`;
    const body = { scopes: [{ value: 'write:contacts' }] };
    expect(await scene.call('PATCH', path, { body })).toMatchObject({ status: 200 });
    expect([await may('ann'), await may('bob'), await may('cay')]).toEqual([false, false, false]);
  });
});
