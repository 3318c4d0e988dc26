// The management API's resource servers: the APIs whose permissions are assigned, by id and by identifier.

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi } from './admin-scene.ts';
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
const atContacts = `${path}/${encodeURIComponent(contactsApi)}`;
const scopes = [{ value: 'read:events', description: 'See events' }, { value: 'write:events' }];

const usual = {
  allow_offline_access: false,
  skip_consent_for_verifiable_first_party_clients: false,
  subject_type_authorization: { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
  token_lifetime: 86_400,
  token_lifetime_for_web: 7200,
  signing_alg: 'RS256',
};

async function made(scene: Scene, body: object): Promise<{ id: string; [name: string]: unknown }> {
  const answer = await scene.call('POST', path, { body: { identifier: calendar, ...body } });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as { id: string };
}

describe('a resource server', () => {
  it('has the usual settings and no scopes until some are set', async () => {
    const scene = await set();
    const body = await made(scene, { name: 'Calendar' });
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      name: 'Calendar',
      identifier: calendar,
      ...usual,
    });
    expect((await scene.call('GET', `${path}/${body.id}`)).body).toEqual(body);
    expect((await scene.call('GET', atCalendar)).body).toEqual(body);
  });

  it('is called by its identifier where it has no name', async () => {
    expect(await made(await set(), {})).toMatchObject({ name: calendar });
  });

  it('keeps every setting that is sent, and gives it back', async () => {
    const scene = await set();
    const settings = {
      enforce_policies: true,
      token_dialect: 'rfc9068_profile_authz',
      allow_offline_access: true,
      allow_online_access: true,
      allow_online_access_with_ephemeral_sessions: false,
      skip_consent_for_verifiable_first_party_clients: true,
      signing_alg: 'PS256',
      token_lifetime: 0,
      token_lifetime_for_web: 2_592_000,
      token_lifetime_for_anonymous_access_tokens: 60,
      consent_policy: 'transactional-authorization-with-mfa',
      verificationLocation: 'https://api.example.com/keys',
      authorization_details: [{ type: 'payment' }],
      authorization_policy: { policy_id: 'apol_1' },
      proof_of_possession: { mechanism: 'mtls', required: true },
      token_encryption: { format: 'compact-nested-jwe', encryption_key: { alg: 'RSA-OAEP-256', pem: 'x' } },
      options: { a: 'b' },
      subject_type_authorization: {
        user: { policy: 'deny_all' },
        client: { policy: 'deny_all' },
        anonymous_user: { policy: 'require_client_grant' },
      },
    };
    const { id, ...body } = await made(scene, { scopes, ...settings });
    expect(body).toEqual({ name: calendar, identifier: calendar, scopes, ...settings });
    expect((await scene.call('GET', `${path}/${id}`)).body).toEqual({ id, ...body });
  });

  it('cannot be made twice, nor under an identifier that is taken by what needs no record', async () => {
    const scene = await set();
    await made(scene, {});
    for (const identifier of [calendar, contactsApi]) {
      expect(await scene.call('POST', path, { body: { identifier } })).toMatchObject({
        status: 409,
        body: { error: 'Conflict', message: 'A resource server with the same identifier already exists.' },
      });
    }
    expect(await scene.call('POST', path, { body: { identifier: adminApi } })).toMatchObject({ status: 400 });
    expect(await scene.call('POST', path, { body: { identifier: 'a'.repeat(24) } })).toMatchObject({ status: 400 });
  });

  it('that there is not is a 404', async () => {
    const scene = await set();
    for (const id of ['nothing', 'https:%2F%2Fapi.example.com', '0123456789abcdef01234567']) {
      for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
        expect(await scene.call(method, `${path}/${id}`, { body })).toMatchObject({
          status: 404,
          body: { message: 'The resource server does not exist', errorCode: 'inexistent_resource_server' },
        });
      }
    }
  });

  it('is deleted once', async () => {
    const scene = await set();
    const { id } = await made(scene, { scopes });
    expect(await scene.call('DELETE', atCalendar)).toMatchObject({ status: 204, body: undefined });
    expect(await scene.call('DELETE', `${path}/${id}`)).toMatchObject({ status: 404 });
  });
});

describe('the API that is administered', () => {
  it('is there without a record, with the permissions of its catalogue', async () => {
    const scene = await set({ name: 'Contacts' });
    expect((await scene.call('GET', atContacts)).body).toMatchObject({
      name: 'Contacts',
      identifier: contactsApi,
      scopes: [
        { value: 'read:contacts', description: 'See contacts' },
        { value: 'write:contacts', description: 'Change contacts' },
        { value: 'delete:contacts', description: 'Delete contacts' },
      ],
    });
  });

  it('is given settings by whoever holds none of its permissions, and keeps those of its catalogue', async () => {
    const scene = await set({ store: { users: { editor: { permissions: ['update:resource_servers'] } } } });
    const before = (await scene.call('GET', atContacts)).body as object;
    const answer = await scene.call('PATCH', atContacts, { as: 'editor', body: { token_lifetime: 60 } });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({ ...before, token_lifetime: 60 });
    const one = permissionsOf(['write:contacts']);
    expect(await scene.call('POST', '/api/v2/users/alice/permissions', { body: one })).toMatchObject({ status: 201 });
  });

  it('has the scopes that were set from then on, and those who had others lose them', async () => {
    const scene = await set({ store: { users: { alice: { permissions: ['read:contacts', 'write:contacts'] } } } });
    const body = { scopes: [{ value: 'write:contacts' }, { value: 'share:contacts' }] };
    expect(await scene.call('PATCH', atContacts, { body })).toMatchObject({ status: 200, body });
    const { privileges } = await scene.store.subject(scene.user('alice'));
    expect(privileges).toMatchObject([{ permission: 'write:contacts' }]);
    const read = permissionsOf(['read:contacts']);
    expect(await scene.call('POST', '/api/v2/users/alice/permissions', { body: read })).toMatchObject({ status: 400 });
  });

  it('is not deleted: the application defines it', async () => {
    const scene = await set();
    expect(await scene.call('DELETE', atContacts)).toMatchObject({ status: 400 });
    await scene.call('PATCH', atContacts, { body: { name: 'Contacts' } });
    expect(await scene.call('DELETE', atContacts)).toMatchObject({ status: 400 });
  });
});

describe('the administration itself', () => {
  it('is shown, and neither changed nor deleted', async () => {
    const scene = await set();
    const own = `${path}/${encodeURIComponent(adminApi)}`;
    const { body } = await scene.call('GET', own);
    expect(body).toMatchObject({ identifier: adminApi, is_system: true });
    expect((body as { scopes: { value: string }[] }).scopes.map(({ value }) => value)).toContain('update:users');
    const { id } = body as { id: string };
    for (const at of [own, `${path}/${id}`]) {
      expect(await scene.call('PATCH', at, { body: { scopes: [] } })).toMatchObject({ status: 400 });
      expect(await scene.call('DELETE', at)).toMatchObject({ status: 400 });
    }
  });
});

describe('the list of resource servers', () => {
  async function five(): Promise<Scene> {
    const apis = ['https://a.example/', 'https://b.example/', 'https://c.example/'];
    return set({ store: { apis: Object.fromEntries(apis.map((identifier) => [identifier, { name: identifier }])) } });
  }
  const namesIn = (list: unknown): string[] => (list as { identifier: string }[]).map(({ identifier }) => identifier);
  const all = [contactsApi, adminApi, 'https://a.example/', 'https://b.example/', 'https://c.example/'];

  it('has each once, whichever way it is paged, and is empty past its end', async () => {
    const scene = await five();
    expect(namesIn((await scene.call('GET', path)).body)).toEqual(all);
    for (const size of [1, 2, 3, 5]) {
      const seen: string[] = [];
      for (let page = 0; page < 6; page += 1) {
        const { body } = await scene.call('GET', `${path}?per_page=${size}&page=${page}&include_totals=true`);
        expect(body).toMatchObject({ start: page * size, limit: size, total: 5 });
        seen.push(...namesIn((body as { resource_servers: unknown }).resource_servers));
      }
      expect(seen).toEqual(all);
    }
  });

  it('shows an API of the application once where it has a record', async () => {
    const scene = await five();
    await scene.call('PATCH', atContacts, { body: { name: 'Contacts' } });
    const { body } = await scene.call('GET', `${path}?include_totals=true`);
    expect(namesIn((body as { resource_servers: unknown }).resource_servers).sort()).toEqual(all.toSorted());
    expect(body).toMatchObject({ total: 5 });
  });

  it('is cut to those that are named', async () => {
    const scene = await five();
    const asked = ['https://c.example/', 'https://none.example/', contactsApi].map(
      (one) => `identifiers=${encodeURIComponent(one)}`,
    );
    const { body } = await scene.call('GET', `${path}?${asked.join('&')}&include_totals=true`);
    expect(body).toMatchObject({ start: 0, limit: 50, total: 2 });
    expect(namesIn((body as { resource_servers: unknown }).resource_servers)).toEqual([
      'https://c.example/',
      contactsApi,
    ]);
    const many = Array.from({ length: 11 }, (_, at) => `identifiers=${at}`).join('&');
    expect(await scene.call('GET', `${path}?${many}`)).toMatchObject({ status: 400 });
  });

  it.each([
    'page=-1',
    'per_page=101',
    'per_page=0',
    'include_totals=1',
    'include_fields=x',
    'sort=name',
    'page=0&page=1',
    'identifiers=',
  ])('is a 400 for %s', async (query) => {
    const scene = await set();
    expect(await scene.call('GET', `${path}?${query}`)).toMatchObject({
      status: 400,
      body: { errorCode: 'invalid_query_string' },
    });
  });
});
