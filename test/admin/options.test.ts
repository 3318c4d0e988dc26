// A mistake in the options of the administration is a TypeError where it is made, which names the option: never a surprise on a request.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthorizer } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import { memoryStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi, permissions } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await adminScene();
});
afterAll(async () => {
  await scene.close();
  await stopServers();
});

function made(others: Record<string, unknown>): unknown {
  const { authorizer, store } = scene;
  return createAdmin({ authorizer, store, permissions, audience: contactsApi, ...others });
}

it('what is right is taken', () => {
  const users = { byIds: () => [], list: () => ({ users: [], total: 0 }) };
  expect(
    made({ name: 'Contacts', users, url: 'https://a.example/b', firstAdministrator: 'ada', rateLimit: false }),
  ).toBeInstanceOf(Function);
  expect(made({ rateLimit: { burst: 1 }, limits: { roles: 1 }, dashboard: false })).toBeInstanceOf(Function);
});

describe.each<[string, unknown[]]>([
  ['authorizer', [undefined, null, {}, 'x']],
  ['apiAuthorizer', [null, {}, 'x']],
  ['store', [undefined, null, {}, { privilegesOf: () => [] }]],
  ['storeTimeoutMs', [0, '10', Number.NaN]],
  ['permissions', [undefined, null, {}, { 'read:contacts': 'x' }]],
  ['audience', [undefined, '', 7, ['https://a.example/']]],
  ['name', ['', 7, null]],
  ['issuer', ['', 7, 'https://another.example/']],
  ['users', [null, {}, { byIds: () => [] }]],
  [
    'url',
    ['', 'contacts.example', 'https://a.example/', 'https://a.example/?x', 'https://u:p@a.example', 'ftp://a.example'],
  ],
  ['firstAdministrator', ['', null, 7, { id: 'ada' }]],
  ['rateLimit', [true, null, { burst: 0 }, { perSecond: 0 }, { perMinute: 1 }]],
  ['limits', [null, { roles: 0 }, { roles: '1' }, { users: 1 }]],
  ['maxBodyBytes', [0, -1, '1', Infinity]],
  ['bodyTimeoutMs', [0, '10']],
  ['provision', [true, 'files', null]],
  ['dashboard', [true, null, {}, { clientId: '' }, { clientId: 'x', secret: 'y' }]],
  ['onFault', [true, null]],
])('`%s`', (name, values) => {
  it.each(values.map((value) => [value]))('is not %j', (value) => {
    const make = (): unknown => made({ [name]: value });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(name);
  });
});

it('an option that there is not is named, with those that there are', () => {
  expect(() => made({ cors: true })).toThrow(/`cors`.*authorizer.*onFault/);
});

it.each(
  Object.keys(memoryStore({ users: {} })).filter(
    (one) => !['holdsForAnyIssuer', 'onChange', 'privilegesOfRole', 'deleteApi'].includes(one),
  ),
)('a store without `%s` is none that can be administered', (method) => {
  const { [method as keyof RoleStore]: _, ...store } = scene.store;
  expect(() => made({ store })).toThrow(/`store`/);
});

it('a store that reads patterns otherwise than the authorizer is refused', () => {
  expect(() => made({ store: memoryStore({ users: {}, dialect: 'glob' }) })).toThrow(/`store`.*'prefix'/);
});

it('an authorizer whose catalogue is not that of the administration is refused', () => {
  const authorizer = createAuthorizer({
    issuer: scene.issuer.replace('http:', 'https:'),
    audience: adminApi,
    permissions,
  });
  expect(() => made({ authorizer })).toThrow(TypeError);
  expect(adminPermissions.has('read:users')).toBe(true);
});
