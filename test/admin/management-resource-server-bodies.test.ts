// Bodies of resource servers that are not as they must be.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

afterAll(stopServers);

const path = '/api/v2/resource-servers';
const calendar = 'https://api.example.com/';

describe('a body that is not as it must be', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await adminScene();
  });
  afterAll(() => scene.close());

  const cases: [property: string, body: unknown][] = [
    ['identifier', {}],
    ['identifier', { identifier: '' }],
    ['identifier', { identifier: 'x'.repeat(601) }],
    ['identifier', { identifier: 7 }],
    ['extra', { identifier: calendar, extra: 1 }],
    ['is_system', { identifier: calendar, is_system: true }],
    ['id', { identifier: calendar, id: 'x' }],
    ['name', { identifier: calendar, name: null }],
    ['name', { identifier: calendar, name: '<b>' }],
    ['scopes', { identifier: calendar, scopes: null }],
    ['scopes', { identifier: calendar, scopes: {} }],
    ['scopes[0]', { identifier: calendar, scopes: ['read:events'] }],
    ['value', { identifier: calendar, scopes: [{}] }],
    ['scopes[0].value', { identifier: calendar, scopes: [{ value: '' }] }],
    ['scopes[0].value', { identifier: calendar, scopes: [{ value: 'a b' }] }],
    ['scopes[0].value', { identifier: calendar, scopes: [{ value: 'read:*' }] }],
    ['scopes[0].value', { identifier: calendar, scopes: [{ value: 'email' }] }],
    ['scopes[0].value', { identifier: calendar, scopes: [{ value: 'x'.repeat(281) }] }],
    ['scopes[0].description', { identifier: calendar, scopes: [{ value: 'a', description: 'x'.repeat(501) }] }],
    ['scopes[1].value', { identifier: calendar, scopes: [{ value: 'a' }, { value: 'a' }] }],
    ['enforce_policies', { identifier: calendar, enforce_policies: 'true' }],
    ['token_lifetime', { identifier: calendar, token_lifetime: 2_592_001 }],
    ['token_lifetime', { identifier: calendar, token_lifetime: -1 }],
    ['token_lifetime', { identifier: calendar, token_lifetime: 1.5 }],
    ['token_dialect', { identifier: calendar, token_dialect: 'jwt' }],
    ['signing_alg', { identifier: calendar, signing_alg: 'none' }],
    ['signing_secret', { identifier: calendar, signing_secret: 'do not keep me' }],
    ['authorization_details', { identifier: calendar, authorization_details: {} }],
    ['token_encryption', { identifier: calendar, token_encryption: [] }],
    [
      'subject_type_authorization.client.policy',
      { identifier: calendar, subject_type_authorization: { client: { policy: 'allow_all' } } },
    ],
    ['subject_type_authorization', { identifier: calendar, subject_type_authorization: { robots: {} } }],
  ];

  it.each(cases)('is a 400 that names %s', async (property, body) => {
    const answer = await scene.call('POST', path, { body });
    expect(answer).toMatchObject({ status: 400, body: { error: 'Bad Request', errorCode: 'invalid_body' } });
    const { message } = answer.body as { message: string };
    expect(message).toContain(property);
    expect(message).not.toContain('do not keep me');
    expect(await scene.store.api(calendar)).toBeUndefined();
  });

  it('is a 400 where it has more scopes than an API may', async () => {
    const small = await adminScene({ limits: { permissionsPerApi: 2 } });
    const three = ['a', 'b', 'c'].map((value) => ({ value }));
    expect(await small.call('POST', path, { body: { identifier: calendar, scopes: three } })).toMatchObject({
      status: 400,
      body: { errorCode: 'entity_limit_reached' },
    });
    const two = { identifier: calendar, scopes: three.slice(1) };
    expect(await small.call('POST', path, { body: two })).toMatchObject({ status: 201 });
    await small.close();
  });
});
