// What becomes of calls about the same API or the same application that are made at the same moment: each is made whole, or told that
// it was not; and what is withdrawn is held by nobody afterwards, whoever was given it meanwhile.

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type { MemoryStoreOptions, RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';
import { grantIdOf, permissionsOf } from './management-scene.ts';

const scenes: Scene[] = [];
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close();
});
afterAll(stopServers);

const calendar = 'https://calendar.example/';
const atCalendar = `/api/v2/resource-servers/${encodeURIComponent(calendar)}`;
const scopes = [{ value: 'read:events' }, { value: 'write:events' }];
const apis = { [calendar]: { name: 'Calendar', permissions: { 'read:events': null, 'write:events': null } } };

/** `meanwhile`: what happens once, right after the store was asked this. */
async function set(
  options: MemoryStoreOptions = {},
  meanwhile?: { after: keyof RoleStore; happens: (scene: Scene) => Promise<unknown> },
): Promise<Scene> {
  let isDue = false;
  const scene = await adminScene({
    store: (issuer) => {
      const store = memoryStore({ issuer, ...options, users: { root: { permissions: ['*'] }, ...options.users } });
      if (meanwhile === undefined) return store;
      const asked = store[meanwhile.after] as (...given: unknown[]) => Promise<unknown>;
      const outrun = async (...given: unknown[]): Promise<unknown> => {
        const answer = await asked(...given);
        if (isDue) {
          isDue = false;
          await meanwhile.happens(scene);
        }
        return answer;
      };
      return { ...store, [meanwhile.after]: outrun };
    },
  });
  scenes.push(scene);
  isDue = true;
  return scene;
}

const statuses = (answers: readonly Answered[]): number[] =>
  answers.map(({ status }) => status).sort((one, other) => one - other);
const times = <Value>(count: number, make: (at: number) => Promise<Value>): Promise<Value[]> => {
  return Promise.all(Array.from({ length: count }, (_, at) => make(at)));
};
const system = { system: 'a test' };

describe('of those who make the same at the same moment', () => {
  it('one makes an API, and the others are told that there is one', async () => {
    const scene = await set();
    const answers = await times(8, (at) => {
      return scene.call('POST', '/api/v2/resource-servers', { body: { identifier: calendar, name: `Number ${at}` } });
    });
    expect(statuses(answers)).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    const won = answers.find(({ status }) => status === 201)!;
    expect((await scene.call('GET', atCalendar)).body).toEqual(won.body);
    expect(answers.find(({ status }) => status === 409)!.body).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'A resource server with the same identifier already exists.',
      errorCode: 'identifier_taken',
    });
    expect((await scene.store.audit({ action: 'put-api' })).total).toBe(1);
  });

  it('one makes a client grant, whose scope is its own, and the others are told that there is one', async () => {
    const scene = await set({ apis });
    const answers = await times(8, (at) => {
      const body = { client_id: 'robot', audience: calendar, scope: [scopes[at % 2]!.value] };
      return scene.call('POST', '/api/v2/client-grants', { body });
    });
    expect(statuses(answers)).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    const won = answers.find(({ status }) => status === 201)!;
    expect((await scene.call('GET', '/api/v2/client-grants')).body).toEqual([won.body]);
    expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({ errorCode: 'client_grant_exists' });
  });

  it('each makes a grant of the same application for another API', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `https://${at}.example/`);
    const one = { permissions: { 'read:all': null } };
    const scene = await set({ apis: Object.fromEntries(names.map((name) => [name, { name, ...one }])) });
    const answers = await times(8, (at) => {
      const body = { client_id: 'robot', audience: names[at], scope: ['read:all'] };
      return scene.call('POST', '/api/v2/client-grants', { body });
    });
    expect(new Set(statuses(answers))).toEqual(new Set([201]));
    expect((await scene.call('GET', '/api/v2/client-grants')).body).toHaveLength(8);
  });
});

describe('of those who change the same at the same moment', () => {
  it('nobody overwrites what another one has said of an API', async () => {
    const scene = await set({ apis });
    const said = [
      { name: 'Diary' },
      { token_lifetime: 60 },
      { enforce_policies: true },
      { token_dialect: 'access_token_authz' },
      { scopes: [...scopes, { value: 'delete:events' }] },
    ];
    const answers = await Promise.all(said.map((body) => scene.call('PATCH', atCalendar, { body })));
    expect(new Set(statuses(answers))).toEqual(new Set([200]));
    expect((await scene.call('GET', atCalendar)).body).toMatchObject(Object.assign({}, ...said) as object);
  });

  it('an API that is deleted stays so, whoever changes it', async () => {
    const scene = await set({ apis }, { after: 'api', happens: (one) => one.store.deleteApi(calendar, system) });
    const answer = await scene.call('PATCH', atCalendar, { body: { name: 'Diary' } });
    expect(answer).toMatchObject({ status: 404, body: { errorCode: 'inexistent_resource_server' } });
    expect(await scene.store.api(calendar)).toBeUndefined();
  });

  it('the scope of a grant is what one of them said, and never what two did', async () => {
    const clients = { robot: { permissions: [{ permission: 'read:events', audience: calendar }] } };
    for (let round = 0; round < 5; round += 1) {
      const scene = await set({
        apis: { [calendar]: { name: 'C', permissions: { a: null, b: null, 'read:events': null } } },
        clients,
      });
      const [grant] = (await scene.call('GET', '/api/v2/client-grants')).body as { id: string }[];
      const path = `/api/v2/client-grants/${grant!.id}`;
      const answers = await Promise.all(['a', 'b'].map((one) => scene.call('PATCH', path, { body: { scope: [one] } })));
      expect(statuses(answers)).toEqual([200, 200]);
      expect(['a', 'b']).toContain(((await scene.call('GET', path)).body as { scope: string[] }).scope.join());
    }
  });

  it('a grant that is deleted is gone, also what another one has added', async () => {
    const clients = { robot: { permissions: [{ permission: 'read:events', audience: calendar }] } };
    const robot = (scene: Scene) => ({ issuer: scene.issuer, id: 'robot', kind: 'client' as const });
    const more = { permission: 'write:events', audience: calendar };
    const happens = (one: Scene): Promise<unknown> => one.store.grant(robot(one), more, system);
    const scene = await set({ apis, clients }, { after: 'subject', happens });
    const id = grantIdOf('robot', calendar);
    expect(await scene.call('DELETE', `/api/v2/client-grants/${id}`)).toMatchObject({ status: 204 });
    expect((await scene.store.subject(robot(scene))).privileges).toEqual([]);
    expect(await scene.call('DELETE', `/api/v2/client-grants/${id}`)).toMatchObject({ status: 404 });
  });
});

describe('a permission that an API is no more to have', () => {
  const withdrawn = { permission: 'read:events', audience: calendar };
  const late = (one: Scene): Promise<unknown> => one.store.grant(one.user('late'), withdrawn, system);
  const toRole = (one: Scene): Promise<unknown> => {
    return one.store.putRole({ uid: 'late', name: 'Late', privileges: [withdrawn] }, system);
  };
  const ways: [string, keyof RoleStore, (one: Scene) => Promise<unknown>][] = [
    ['a user, after the holders were read', 'holdersOf', late],
    ['a role, after the roles were read', 'roles', toRole],
    ['a user, after the API was read', 'api', late],
  ];

  it.each(ways)('is taken from whoever was given it meanwhile: %s', async (_, after, happens) => {
    const scene = await set({ apis, users: { alice: { permissions: [withdrawn] } } }, { after, happens });
    expect(await scene.call('PATCH', atCalendar, { body: { scopes: [scopes[1]] } })).toMatchObject({ status: 200 });
    expect((await scene.store.holdersOf('read:events')).items.map(({ subject }) => subject.id)).toEqual(['root']);
    expect((await scene.store.role('late'))?.privileges ?? []).toEqual([]);
  });

  it.each(ways)('is taken with the whole API, too: %s', async (_, after, happens) => {
    const scene = await set({ apis }, { after, happens });
    expect(await scene.call('DELETE', atCalendar)).toMatchObject({ status: 204 });
    expect((await scene.store.holdersOf('read:events')).items.map(({ subject }) => subject.id)).toEqual(['root']);
    expect((await scene.store.role('late'))?.privileges ?? []).toEqual([]);
    expect(await scene.store.api(calendar)).toBeUndefined();
  });

  const given: [string, string, object][] = [
    ['a user', '/api/v2/users/alice/permissions', permissionsOf(['read:events'], calendar)],
    ['a role', '/api/v2/roles/reader/permissions', permissionsOf(['read:events'], calendar)],
    ['an application', '/api/v2/client-grants', { client_id: 'robot', audience: calendar, scope: ['read:events'] }],
  ];

  it.each(given)('is given to nobody whose giver has seen it before: to %s', async (_, path, body) => {
    const scopeless = async (one: Scene): Promise<void> => {
      expect(await one.call('PATCH', atCalendar, { body: { scopes: [scopes[1]] } })).toMatchObject({ status: 200 });
    };
    const scene = await set({ apis, roles: { reader: [] } }, { after: 'api', happens: scopeless });
    expect(await scene.call('POST', path, { body })).toMatchObject({
      status: 400,
      body: { errorCode: 'invalid_body', message: expect.stringContaining('read:events') as unknown },
    });
    expect((await scene.store.holdersOf('read:events')).items.map(({ subject }) => subject.id)).toEqual(['root']);
    expect((await scene.store.role('reader'))?.privileges).toEqual([]);
  });

  it('is given to nobody either where the application itself defines the API', async () => {
    const scopeless = async (one: Scene): Promise<void> => {
      const path = `/api/v2/resource-servers/${encodeURIComponent(contactsApi)}`;
      const body = { scopes: [{ value: 'write:contacts' }] };
      expect(await one.call('PATCH', path, { body })).toMatchObject({ status: 200 });
    };
    const scene = await set({}, { after: 'api', happens: scopeless });
    const body = permissionsOf(['read:contacts']);
    expect(await scene.call('POST', '/api/v2/users/alice/permissions', { body })).toMatchObject({ status: 400 });
    expect((await scene.store.subject(scene.user('alice'))).privileges).toEqual([]);
  });

  it('is withdrawn while others go on giving it, and is then held by nobody', async () => {
    const scene = await set({ apis });
    const giving = times(20, (at) => {
      return scene.call('POST', `/api/v2/users/user-${at}/permissions`, {
        body: permissionsOf(['read:events'], calendar),
      });
    });
    const taking = scene.call('PATCH', atCalendar, { body: { scopes: [scopes[1]] } });
    expect((await taking).status).toBe(200);
    for (const { status } of await giving) expect([201, 400]).toContain(status);
    expect((await scene.store.holdersOf('read:events')).items.map(({ subject }) => subject.id)).toEqual(['root']);
  });

  it('is a 409 where the store does not come to rest, and nothing is changed', async () => {
    let count = 0;
    const scene = await adminScene({
      store: (issuer) => {
        const store = memoryStore({ issuer, apis, users: { root: { permissions: ['*'] } } });
        const holdersOf: RoleStore['holdersOf'] = async (...asked) => {
          const page = await store.holdersOf(...asked);
          await store.grant({ issuer, id: `user-${(count += 1)}`, kind: 'user' }, 'read:contacts', system);
          return page;
        };
        return { ...store, holdersOf };
      },
    });
    scenes.push(scene);
    const answer = await scene.call('PATCH', atCalendar, { body: { scopes: [] } });
    expect(answer).toMatchObject({ status: 409, body: { errorCode: 'changed_meanwhile' } });
    expect((await scene.call('GET', atCalendar)).body).toMatchObject({ scopes });
    expect(count).toBeLessThan(100);
  });
});
