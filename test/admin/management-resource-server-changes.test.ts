// What is different after a resource server was changed or deleted: for it, and for whoever holds what it was about.

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Scene, SceneOptions } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

const scenes: Scene[] = [];
async function set(options: SceneOptions = {}): Promise<Scene> {
  const scene = await adminScene(options);
  scenes.push(scene);
  return scene;
}
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close();
});
afterAll(stopServers);

const path = '/api/v2/resource-servers';
const calendar = 'https://api.example.com/';
/** As Auth0's clients write it: the colon is left, the slashes are not. */
const atCalendar = `${path}/https:%2F%2Fapi.example.com%2F`;
const scopes = [{ value: 'read:events', description: 'See events' }, { value: 'write:events' }];

async function made(scene: Scene, body: object): Promise<{ id: string; [name: string]: unknown }> {
  const answer = await scene.call('POST', path, { body: { identifier: calendar, ...body } });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as { id: string };
}

describe('a change of a resource server', () => {
  it('touches nothing but what is sent', async () => {
    const scene = await set();
    const before = await made(scene, { name: 'Calendar', scopes, enforce_policies: true });
    const answer = await scene.call('PATCH', `${path}/${before.id}`, { body: { token_dialect: 'access_token_authz' } });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({ ...before, token_dialect: 'access_token_authz' });
    const client = { subject_type_authorization: { client: { policy: 'deny_all' } } };
    expect((await scene.call('PATCH', atCalendar, { body: client })).body).toMatchObject({
      token_dialect: 'access_token_authz',
      subject_type_authorization: { user: { policy: 'allow_all' }, client: { policy: 'deny_all' } },
    });
  });

  it.each([
    'authorization_details',
    'token_encryption',
    'proof_of_possession',
    'consent_policy',
    'enforce_policies',
    'signing_secret',
  ])('takes null for %s, which sets it back', async (name) => {
    const scene = await set();
    const body = await made(scene, {});
    const answer = await scene.call('PATCH', atCalendar, { body: { [name]: null } });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual(body);
  });

  it('sets back what was set', async () => {
    const scene = await set();
    await made(scene, { token_lifetime: 60, authorization_details: [{ type: 'payment' }] });
    const { body } = await scene.call('PATCH', atCalendar, {
      body: { token_lifetime: null, authorization_details: null },
    });
    expect(body).toMatchObject({ token_lifetime: 86_400 });
    expect(body).not.toHaveProperty('authorization_details');
  });

  it('replaces all scopes, also by none', async () => {
    const scene = await set();
    await made(scene, { scopes });
    const other = [{ value: 'delete:events' }];
    expect((await scene.call('PATCH', atCalendar, { body: { scopes: other } })).body).toMatchObject({ scopes: other });
    expect((await scene.call('PATCH', atCalendar, { body: { scopes: [] } })).body).toMatchObject({ scopes: [] });
    expect((await scene.call('GET', atCalendar)).body).toMatchObject({ scopes: [] });
    expect((await scene.call('PATCH', atCalendar, { body: { scopes } })).body).toMatchObject({ scopes });
  });

  it('takes the scopes that are gone from whoever has them, and gives them back to nobody', async () => {
    const scene = await set({
      store: {
        users: { alice: { roles: ['organizer'] } },
        roles: { organizer: [{ permission: 'read:events', audience: calendar }, 'read:contacts'] },
        clients: { robot: { permissions: [{ permission: 'read:events', audience: calendar, on: 'events:id:1' }] } },
      },
    });
    await made(scene, { scopes });
    const both = permissionsOf(['read:events', 'write:events'], calendar);
    expect(await scene.call('POST', '/api/v2/users/alice/permissions', { body: both })).toMatchObject({ status: 201 });
    await scene.call('POST', '/api/v2/users/alice/permissions', { body: permissionsOf(['read:contacts']) });

    const revision = await scene.store.revision();
    expect(await scene.call('PATCH', atCalendar, { body: { scopes: [scopes[1]] } })).toMatchObject({ status: 200 });
    expect(await scene.call('PATCH', atCalendar, { body: { scopes } })).toMatchObject({ status: 200 });

    const held = (await scene.call('GET', '/api/v2/users/alice/permissions')).body as { permission_name: string }[];
    expect(held.map((one) => one.permission_name)).toEqual(['read:contacts', 'write:events']);
    expect(await scene.store.role('organizer')).toMatchObject({ privileges: [{ permission: 'read:contacts' }] });
    expect((await scene.store.subject({ issuer: scene.issuer, id: 'robot', kind: 'client' })).privileges).toEqual([]);
    const { items } = await scene.store.audit({ since: revision, order: 'oldest' });
    expect(items.map(({ action }) => action)).toEqual(['revoke', 'revoke', 'put-role', 'put-api', 'put-api']);
  });

  it('takes a scope from roles whose versions must rise, too', async () => {
    const roles = { organizer: [{ permission: 'read:events', audience: calendar }] };
    const scene = await set({ store: { roleVersions: 'rising', roles } });
    await made(scene, { scopes });
    expect(await scene.call('PATCH', atCalendar, { body: { scopes: [] } })).toMatchObject({ status: 200 });
    expect(await scene.store.role('organizer')).toMatchObject({ privileges: [], version: 2 });
  });

  it('that takes a scope from whoever has it, is made whole or not at all', async () => {
    const store = {
      users: {
        editor: { permissions: ['update:resource_servers', { permission: 'read:events', audience: calendar }] },
      },
    };
    const scene = await set({ store });
    await made(scene, { scopes });
    const one = permissionsOf(['read:events'], calendar);
    expect(await scene.call('POST', '/api/v2/users/alice/permissions', { body: one })).toMatchObject({ status: 201 });
    const revision = await scene.store.revision();
    const refused = await scene.call('PATCH', atCalendar, { as: 'editor', body: { scopes: [] } });
    expect(refused).toMatchObject({
      status: 403,
      body: { missing: [{ permission: 'write:events', audience: calendar }] },
    });
    expect(await scene.store.revision()).toBe(revision);
    const answer = await scene.call('PATCH', atCalendar, { as: 'editor', body: { scopes: [scopes[1]] } });
    expect(answer).toMatchObject({ status: 200 });
    expect((await scene.call('GET', '/api/v2/users/alice/permissions')).body).toEqual([]);
  });

  it('is refused where more have the scope than a store changes at once', async () => {
    const held = { permissions: [{ permission: 'read:events', audience: calendar }] };
    const users = Array.from({ length: 1001 }, (_, at) => [`user ${at}`, held] as const);
    const scene = await set({ store: { users: Object.fromEntries(users) } });
    await made(scene, { scopes });
    const answer = await scene.call('DELETE', atCalendar);
    expect(answer).toMatchObject({ status: 409, body: { errorCode: 'permissions_in_use' } });
    expect((await scene.call('GET', atCalendar)).body).toMatchObject({ scopes });
  });

  it('looks for no more of those who have the scope than are changed at once', async () => {
    let listed = 0;
    const scene = await set({
      store: (issuer) => {
        const held = { permissions: [{ permission: 'read:events', audience: calendar }] };
        const users = Array.from({ length: 5000 }, (_, at) => [`user ${at}`, held] as const);
        const all = { root: { permissions: ['*'] }, ...Object.fromEntries(users) };
        const store = memoryStore({ issuer, users: all });
        const holdersOf: typeof store.holdersOf = async (...asked) => {
          const page = await store.holdersOf(...asked);
          listed += page.items.length;
          return page;
        };
        return { ...store, holdersOf };
      },
    });
    await made(scene, { scopes });
    const answer = await scene.call('PATCH', atCalendar, { body: { scopes: [] } });
    expect(answer).toMatchObject({ status: 409, body: { errorCode: 'permissions_in_use' } });
    // Two pages of a store: on the first is `root` too, who holds it by another name.
    expect(listed).toBeLessThanOrEqual(2000);
  });

  it('is one change of the store with its entries in the audit, and none where it says what is so already', async () => {
    const scene = await set();
    await made(scene, { name: 'Calendar', scopes });
    const body = { name: 'Calendar', scopes, enforce_policies: null };
    expect(await scene.call('PATCH', atCalendar, { body })).toMatchObject({ status: 200 });
    expect(await scene.call('PATCH', atCalendar, { body: { name: 'Diary' } })).toMatchObject({ status: 200 });
    expect(await scene.call('DELETE', atCalendar)).toMatchObject({ status: 204 });
    const by = { subject: { id: 'root' } };
    const about = { by, api: calendar };
    expect((await scene.store.audit({ order: 'oldest' })).items).toMatchObject([
      {
        ...about,
        action: 'put-api',
        before: null,
        after: { version: 1 },
        permissions: ['read:events', 'write:events'],
      },
      { ...about, action: 'put-api', before: { name: 'Calendar' }, after: { name: 'Diary', version: 2 } },
      { ...about, action: 'delete-api', before: { version: 2 }, after: null },
    ]);
  });

  it('that says nothing of an API of the application leaves no record of it', async () => {
    const scene = await set();
    for (const body of [{}, { authorization_details: null }, { name: contactsApi }]) {
      const answer = await scene.call('PATCH', `${path}/${encodeURIComponent(contactsApi)}`, { body });
      expect(answer).toMatchObject({ status: 200, body: { scopes: [{}, {}, {}] } });
    }
    expect(await scene.store.api(contactsApi)).toBeUndefined();
    expect(await scene.store.revision()).toBe(0);
  });

  it('needs the permissions that come or go', async () => {
    const scene = await set({ store: { users: { editor: { permissions: ['update:resource_servers'] } } } });
    await made(scene, {});
    const body = { scopes: [{ value: 'read:users' }] };
    expect(await scene.call('PATCH', atCalendar, { as: 'editor', body })).toMatchObject({
      status: 403,
      body: { missing: [{ permission: 'read:users', audience: calendar }] },
    });
    expect(await scene.call('PATCH', atCalendar, { as: 'editor', body: { name: 'X' } })).toMatchObject({ status: 200 });
  });
});

describe('deleting a resource server', () => {
  it('is for who holds all that it defines, and takes nothing from others otherwise', async () => {
    const held = (permission: string): object => ({ permission, audience: calendar });
    const clerk = ['update:resource_servers', 'delete:resource_servers', held('read:events')] as string[];
    const scene = await set({ store: { users: { clerk: { permissions: clerk } } } });
    await made(scene, { scopes });
    const both = permissionsOf(['read:events', 'write:events'], calendar);
    expect(await scene.call('POST', '/api/v2/users/alice/permissions', { body: both })).toMatchObject({ status: 201 });
    const robot = { client_id: 'robot', audience: calendar, scope: ['write:events'] };
    expect(await scene.call('POST', '/api/v2/client-grants', { body: robot })).toMatchObject({ status: 201 });
    const revision = await scene.store.revision();
    for (const [method, body] of [['DELETE'], ['PATCH', { scopes: [] }], ['PATCH', { scopes: [scopes[0]] }]] as const) {
      expect(await scene.call(method, atCalendar, { as: 'clerk', body })).toMatchObject({
        status: 403,
        body: { errorCode: 'beyond_ceiling', missing: [{ permission: 'write:events', audience: calendar }] },
      });
    }
    expect(await scene.store.revision()).toBe(revision);
    expect(await scene.call('DELETE', atCalendar)).toMatchObject({ status: 204 });
    const { items } = await scene.store.audit({ since: revision, order: 'oldest' });
    expect(items.map(({ action, subject }) => [action, subject?.id])).toEqual([
      ['revoke', 'alice'],
      ['revoke', 'clerk'],
      ['revoke', 'robot'],
      ['delete-api', undefined],
    ]);
    expect((await scene.call('GET', '/api/v2/client-grants')).body).toEqual([]);
  });

  it('leaves the last administrator one, whatever of it they hold beside', async () => {
    const all = ['*', { permission: '*', audience: calendar }, { permission: 'read:events', audience: calendar }];
    const scene = await set({
      store: (issuer) => memoryStore({ issuer, users: { root: { roles: ['boss'] } }, roles: { boss: all } }),
    });
    await made(scene, { scopes });
    expect(await scene.call('DELETE', atCalendar)).toMatchObject({ status: 204 });
    expect((await scene.store.role('boss'))?.privileges).toEqual([{ permission: '*' }]);
    expect(await scene.call('GET', path)).toMatchObject({ status: 200 });
  });

  it('takes everything of it from everybody', async () => {
    const scene = await set({
      store: { users: { alice: { permissions: [{ permission: '*', audience: calendar }, 'read:contacts'] } } },
    });
    await made(scene, { scopes });
    await scene.call('POST', '/api/v2/users/alice/permissions', { body: permissionsOf(['read:events'], calendar) });
    expect(await scene.call('DELETE', atCalendar)).toMatchObject({ status: 204 });
    const { privileges } = await scene.store.subject(scene.user('alice'));
    expect(privileges).toMatchObject([{ permission: 'read:contacts' }]);
  });
});
