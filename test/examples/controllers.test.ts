// The examples of guarded controllers, each asked by HTTP.

import { afterAll, describe, expect, test } from '@jest/globals';
import type { AuthorizerOptions } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { contactsApp as nestStyle } from '../../examples/controllers/nest-style.ts';
import { contactsApp as routingControllersStyle } from '../../examples/controllers/routing-controllers-style.ts';
import { ask } from '../flow/answers.ts';
import { listening, stopServers } from '../flow/frameworks.ts';

const audience = 'https://contacts.example';
const issuer = await createTestIssuer({ audience, algorithm: 'ES256' });
const options: AuthorizerOptions = {
  issuer: issuer.issuer,
  audience,
  store: memoryStore({
    users: {
      alice: { permissions: ['read:contacts'] },
      bob: { permissions: [{ permission: 'read:contacts', on: 'contacts:id:7' }] },
    },
  }),
};

afterAll(async () => {
  await stopServers();
  await issuer.close();
});

describe.each([
  ['NestJS', nestStyle],
  ['routing-controllers', routingControllersStyle],
])('controllers in the style of %s', (_, contactsApp) => {
  test.each([
    ['alice', 'read:contacts', '/contacts', 200, { contacts: ['Bob'], for: 'alice' }],
    ['alice', 'read:contacts', '/contacts/7', 200, { contact: 'Bob' }],
    ['bob', 'read:contacts', '/contacts/7', 200, { contact: 'Bob' }],
    ['bob', 'read:contacts', '/contacts', 403, { code: 'insufficient_privilege' }],
    ['bob', 'read:contacts', '/contacts/8', 403, { code: 'insufficient_privilege' }],
    ['alice', 'write:contacts', '/contacts', 403, { code: 'insufficient_scope' }],
    ['alice', 'write:contacts', '/contacts/7', 403, { code: 'insufficient_scope' }],
    [undefined, '', '/contacts', 401, { code: 'missing_token' }],
    [undefined, '', '/contacts/7', 401, { code: 'missing_token' }],
  ])('%s with %j asks for %s: %i', async (sub, scope, path, status, body) => {
    const { address, failures } = await listening(contactsApp(options));
    const token = sub === undefined ? undefined : await issuer.token({ sub, scope });
    const got = await ask(address + path, { token });
    expect([got.status, JSON.parse(got.text)]).toEqual([status, expect.objectContaining(body)]);
    if (status !== 200) expect(got.headers.get('cache-control')).toBe('no-store');
    expect(failures).toEqual([]);
  });
});
