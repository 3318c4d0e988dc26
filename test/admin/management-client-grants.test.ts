// The management API's client grants: what an application was given of one API.

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene, SceneOptions } from './admin-scene.ts';
import { grantIdOf } from './management-scene.ts';

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

const path = '/api/v2/client-grants';
const calendar = 'https://calendar.example/';

interface Grant {
  id: string;
  client_id: string;
  audience: string;
  scope: string[];
}

function grant(scope: unknown, others: object = {}): object {
  return { client_id: 'robot', audience: contactsApi, scope, ...others };
}

async function made(scene: Scene, body: object): Promise<Grant> {
  const answer = await scene.call('POST', path, { body });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as Grant;
}

function privilegesOf(scene: Scene, id = 'robot') {
  return scene.store
    .subject({ issuer: scene.issuer, id, kind: 'client' })
    .then(({ privileges }) => privileges.map(({ source: _, ...privilege }) => privilege));
}

describe('a client grant', () => {
  it('is what the application holds of the API from then on', async () => {
    const scene = await set();
    const body = await made(scene, grant(['write:contacts', 'read:contacts', 'read:contacts']));
    expect(body).toEqual({
      id: expect.stringMatching(/^cgr_[\w-]+$/),
      client_id: 'robot',
      audience: contactsApi,
      scope: ['read:contacts', 'write:contacts'],
      subject_type: 'client',
    });
    expect((await scene.call('GET', `${path}/${body.id}`)).body).toEqual(body);
    expect(await privilegesOf(scene)).toEqual([
      { permission: 'write:contacts', audience: contactsApi },
      { permission: 'read:contacts', audience: contactsApi },
    ]);
  });

  it('is there for what was assigned by other ways', async () => {
    const scene = await set({ store: { clients: { robot: { permissions: ['read:contacts'] } } } });
    const [body] = (await scene.call('GET', path)).body as Grant[];
    expect(body).toMatchObject({ client_id: 'robot', audience: contactsApi, scope: ['read:contacts'] });
    expect(await scene.call('DELETE', `${path}/${body!.id}`)).toMatchObject({ status: 204, body: undefined });
    expect(await privilegesOf(scene)).toEqual([]);
  });

  it('shows nothing of what it cannot say, and leaves it alone', async () => {
    const others = [
      { permission: 'read:contacts', on: 'contacts:id:1' },
      { permission: 'read:contacts', organization: 'org_1' },
      { permission: 'delete:contacts', effect: 'deny' as const },
      { permission: 'write:contacts', expiresAt: 1 },
    ];
    const scene = await set({ store: { clients: { robot: { permissions: others } } } });
    expect((await scene.call('GET', path)).body).toEqual([]);
    const { id } = await made(scene, grant(['read:contacts']));
    await scene.call('DELETE', `${path}/${id}`);
    expect(await privilegesOf(scene)).toEqual(others);
  });

  it('for the administration makes an application an administrator, within what the caller holds', async () => {
    const permissions = ['create:client_grants', 'update:client_grants', 'read:contacts'];
    const scene = await set({ store: { users: { editor: { permissions } } } });
    const body = { client_id: 'robot', audience: adminApi, scope: ['read:users'] };
    expect(await scene.call('POST', path, { as: 'editor', body })).toMatchObject({
      status: 403,
      body: { missing: [{ permission: 'read:users', audience: adminApi }] },
    });
    expect(await made(scene, body)).toMatchObject({ audience: adminApi, scope: ['read:users'] });
  });

  it('cannot be made twice for one application and one API', async () => {
    const scene = await set();
    await made(scene, grant(['read:contacts']));
    expect(await scene.call('POST', path, { body: grant(['write:contacts']) })).toMatchObject({
      status: 409,
      body: { statusCode: 409, error: 'Conflict' },
    });
    await made(scene, grant(['read:contacts'], { client_id: 'other' }));
    expect(await privilegesOf(scene)).toHaveLength(1);
  });

  it('is for an API that there is, and for scopes that it defines', async () => {
    const scene = await set();
    expect(await scene.call('POST', path, { body: grant(['a'], { audience: calendar }) })).toMatchObject({
      status: 404,
      body: { errorCode: 'inexistent_resource_server' },
    });
    const answer = await scene.call('POST', path, { body: grant(['read:contacts', 'read:all']) });
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
    expect((answer.body as { message: string }).message).toMatch(/read:all.*property scope/);
    expect(await privilegesOf(scene)).toEqual([]);
  });

  it('has an id that names its application and its API, whatever they are called, and nothing else is an id', async () => {
    const odd = ['\u{1f469}\u200d\u{1f680} "\\/%', 'x'.repeat(512), '界'.repeat(512), '__proto__', '[1,2]', ' '];
    const wide = '界'.repeat(600);
    const apis = {
      [wide]: { name: 'Wide', permissions: { all: null } },
      ' ': { name: 'Blank', permissions: { all: null } },
    };
    const scene = await set({ store: { apis } });
    const ids = new Set<string>();
    for (const client of odd) {
      for (const audience of [wide, ' ']) {
        const { id } = await made(scene, grant(['all'], { client_id: client, audience }));
        ids.add(id);
        const answer = await scene.call('GET', `${path}/${id}`);
        expect(answer).toMatchObject({ status: 200, body: { id, client_id: client, audience } });
        const others = [`${id}=`, `${id}%20`, id.toUpperCase(), `${id}A`, id.replace('cgr_', 'cgr-'), `x${id}`];
        for (const other of others) expect(await scene.call('GET', `${path}/${other}`)).toMatchObject({ status: 404 });
      }
    }
    expect(ids.size).toBe(odd.length * 2);
    const texts = ['robot', 'robot\0', '\0a', 'a\0b\0c', '\ud800\0a'];
    for (const text of texts) {
      const id = `cgr_${Buffer.from(text).toString('base64url')}`;
      expect(await scene.call('GET', `${path}/${id}`)).toMatchObject({ status: 404 });
    }
    expect(await scene.call('GET', `${path}/cgr_${'a'.repeat(8000)}`)).toMatchObject({ status: 400 });
  });

  it('that its id names is read, changed and deleted by who may do so alone, and within what they hold', async () => {
    const permissions = ['read:client_grants', 'update:client_grants', 'delete:client_grants'];
    const scene = await set({
      store: { users: { clerk: { permissions } }, clients: { robot: { permissions: ['read:contacts'] } } },
    });
    const at = `${path}/${grantIdOf('robot')}`;
    for (const [method, body] of [['GET'], ['PATCH', { scope: ['write:contacts'] }], ['DELETE']] as const) {
      expect(await scene.call(method, at, { as: 'nobody', body })).toMatchObject({ status: 403 });
    }
    expect(await scene.call('GET', at, { as: 'clerk' })).toMatchObject({ status: 200 });
    expect(await scene.call('DELETE', at, { as: 'clerk' })).toMatchObject({
      status: 403,
      body: { errorCode: 'beyond_ceiling' },
    });
    expect(await privilegesOf(scene)).toHaveLength(1);
  });

  it('that there is not is a 404', async () => {
    const scene = await set({ store: { clients: { robot: { permissions: ['read:contacts'] } } } });
    const [{ id }] = (await scene.call('GET', path)).body as [Grant];
    const ids = ['nothing', 'cgr_0000000000000000', `${id}0`, id.slice(0, -1), `${id.slice(0, 14)}000000`, 'cgr_'];
    for (const one of ids) {
      for (const [method, body] of [['GET'], ['PATCH', { scope: ['read:contacts'] }], ['DELETE']] as const) {
        expect(await scene.call(method, `${path}/${one}`, { body })).toMatchObject({ status: 404 });
      }
    }
    expect(await privilegesOf(scene)).toHaveLength(1);
  });
});

describe('a change of a client grant', () => {
  it('replaces its scopes, in one change of the store that is whole or none', async () => {
    const scene = await set({
      store: { users: { editor: { permissions: ['update:client_grants', 'read:contacts', 'delete:contacts'] } } },
    });
    const { id } = await made(scene, grant(['read:contacts', 'write:contacts']));
    const body = { scope: ['delete:contacts'] };
    const refused = await scene.call('PATCH', `${path}/${id}`, { as: 'editor', body });
    expect(refused).toMatchObject({ status: 403, body: { missing: [{ permission: 'write:contacts' }] } });
    expect((await scene.call('GET', `${path}/${id}`)).body).toMatchObject({
      scope: ['read:contacts', 'write:contacts'],
    });

    const answer = await scene.call('PATCH', `${path}/${id}`, {
      body: { scope: ['write:contacts', 'delete:contacts'] },
    });
    expect(answer).toMatchObject({ status: 200, body: { id, scope: ['delete:contacts', 'write:contacts'] } });
    expect((await scene.call('GET', `${path}/${id}`)).body).toEqual(answer.body);
    expect(await privilegesOf(scene)).toEqual(
      expect.arrayContaining([
        { permission: 'delete:contacts', audience: contactsApi },
        { permission: 'write:contacts', audience: contactsApi },
      ]),
    );
  });

  it('of nothing changes nothing', async () => {
    const scene = await set();
    const { id, ...body } = await made(scene, grant(['read:contacts']));
    const revision = await scene.store.revision();
    const sent = [
      {},
      { scope: null },
      { scope: ['read:contacts'] },
      { organization_usage: null, allow_any_organization: false },
    ];
    for (const one of sent) {
      expect(await scene.call('PATCH', `${path}/${id}`, { body: one })).toMatchObject({ status: 200, body });
    }
    expect(await scene.store.revision()).toBe(revision);
  });

  it('keeps an unknown scope that is there already', async () => {
    const store = { clients: { robot: { permissions: ['read:past', 'read:contacts'] } } };
    const scene = await set({ store });
    const [{ id }] = (await scene.call('GET', path)).body as [Grant];
    const sent = { scope: ['read:past', 'write:contacts'] };
    expect(await scene.call('PATCH', `${path}/${id}`, { body: sent })).toMatchObject({ status: 200, body: sent });
    expect(await scene.call('PATCH', `${path}/${id}`, { body: { scope: ['read:future'] } })).toMatchObject({
      status: 400,
    });
  });
});

describe('a body that is not as it must be', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await adminScene();
  });
  afterAll(() => scene.close());

  const onPost: [property: string, body: object][] = [
    ['client_id', { audience: contactsApi, scope: ['read:contacts'] }],
    ['audience', { client_id: 'robot', scope: ['read:contacts'] }],
    ['scope', { client_id: 'robot', audience: contactsApi }],
    ['client_id', grant(['read:contacts'], { client_id: '' })],
    ['audience', grant(['read:contacts'], { audience: 3 })],
    ['subject_type', grant(['read:contacts'], { subject_type: 'user' })],
    ['default_for', grant(['read:contacts'], { default_for: 'third_party_clients' })],
  ];
  const onBoth: [property: string, body: object][] = [
    ['scope', { scope: [] }],
    ['scope', { scope: 'read:contacts' }],
    ['scope[0]', { scope: [1] }],
    ['organization_usage', { organization_usage: 'require' }],
    ['allow_any_organization', { allow_any_organization: true }],
    ['allow_all_scopes', { allow_all_scopes: true }],
    ['authorization_details_types', { authorization_details_types: ['payment'] }],
    ['authorization_details_types', { authorization_details_types: 'payment' }],
    ['extra', { extra: true }],
  ];

  function expectNamed(answer: Answered, property: string): void {
    expect(answer).toMatchObject({ status: 400, body: { error: 'Bad Request', errorCode: 'invalid_body' } });
    expect((answer.body as { message: string }).message).toContain(property);
  }

  it.each([...onPost, ...onBoth.map(([name, body]) => [name, grant(['read:contacts'], body)] as const)])(
    'is a 400 that names %s when one is made',
    async (property, body) => {
      expectNamed(await scene.call('POST', path, { body }), property);
      expect(await privilegesOf(scene)).toEqual([]);
    },
  );

  it.each([...onBoth, ['client_id', { client_id: 'other' }] as const])(
    'is a 400 that names %s when one is changed',
    async (property, body) => {
      const { id } = await made(scene, grant(['read:contacts']));
      expectNamed(await scene.call('PATCH', `${path}/${id}`, { body }), property);
      await scene.call('DELETE', `${path}/${id}`);
    },
  );

  it('has everything else that may be said, at its default', async () => {
    const others = {
      subject_type: 'client',
      organization_usage: 'deny',
      allow_any_organization: false,
      allow_all_scopes: false,
      authorization_details_types: [],
    };
    await made(await set(), grant(['read:contacts'], others));
  });
});
