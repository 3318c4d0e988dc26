// What the management API says of bodies that are not as they must be: a 400 that names the property, and nothing is changed.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await adminScene({ store: { roles: { editor: ['read:contacts'] }, users: { a: { roles: ['editor'] } } } });
});
afterAll(() => scene.close());
afterAll(stopServers);

async function expectRefused(method: string, path: string, body: unknown, message: string): Promise<void> {
  const before = await scene.store.revision();
  const answer = await scene.call(method, `/api/v2${path}`, { ...(body !== undefined && { body }) });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ statusCode: 400, error: 'Bad Request', errorCode: 'invalid_body' });
  expect((answer.body as { message: string }).message).toMatch(/^Payload validation error: '.+\.$/);
  expect((answer.body as { message: string }).message).toContain(message);
  expect(await scene.store.revision()).toBe(before);
}

describe.each([
  ['POST', '/users/a/permissions'],
  ['DELETE', '/users/a/permissions'],
  ['POST', '/roles/editor/permissions'],
  ['DELETE', '/roles/editor/permissions'],
])('%s %s', (method, path) => {
  it.each<[unknown, string]>([
    [undefined, 'Expected type object'],
    [[], 'Expected type object but found type array'],
    [{}, 'Missing required property: permissions'],
    [{ permissions: [] }, 'Array is too short (0), minimum 1'],
    [{ permissions: {} }, 'Expected type array but found type object'],
    [{ permissions: ['read:contacts'] }, 'Expected type object but found type string'],
    [{ ...permissionsOf(['read:contacts']), x: 1 }, 'Additional properties not allowed: x'],
    [{ permissions: [{ permission_name: 'x' }] }, 'Missing required property: resource_server_identifier'],
    [
      { permissions: [{ resource_server_identifier: 1, permission_name: 'x' }] },
      'on property permissions[0].resource_server_identifier (the identifier of an API)',
    ],
    [permissionsOf(['']), 'String is too short (0 chars), minimum 1'],
    [permissionsOf(['x'.repeat(281)]), 'String is too long (281 chars), maximum 280'],
    [permissionsOf(['a\u0000b']), 'characters that are no text'],
    [permissionsOf(['\ud800']), 'characters that are no text'],
    [permissionsOf(Array.from({ length: 1001 }, () => 'x')), 'Array is too long (1001), maximum 1000'],
    ['{"permissions": [', 'The body is not JSON'],
    ['{"__proto__": 1}', 'Additional properties not allowed: __proto__'],
  ])('refuses %j: %s', (body, message) => expectRefused(method, path, body, message));
});

describe.each([
  ['POST', '/users/a/roles', 'roles', 190],
  ['DELETE', '/users/a/roles', 'roles', 190],
  ['POST', '/roles/editor/users', 'users', 512],
] as const)('%s %s', (method, path, name, longest) => {
  it.each<[unknown, string]>([
    [{}, `Missing required property: ${name}`],
    [{ [name]: [] }, 'Array is too short (0), minimum 1'],
    [{ [name]: 'editor' }, 'Expected type array but found type string'],
    [{ [name]: [null] }, `found type null' on property ${name}[0] (ids of ${name})`],
    [{ [name]: [''] }, 'String is too short (0 chars), minimum 1'],
    [{ [name]: ['x'.repeat(longest + 1)] }, `String is too long (${longest + 1} chars), maximum ${longest}`],
    [{ [name]: Array.from({ length: 1001 }, (_, at) => `${at}`) }, 'Array is too long (1001), maximum 1000'],
    [{ [name]: ['editor'], more: true }, 'Additional properties not allowed: more'],
  ])('refuses %j: %s', (body, message) => expectRefused(method, path, body, message));
});

describe.each([
  ['POST', '/roles'],
  ['PATCH', '/roles/editor'],
])('%s %s', (method, path) => {
  it.each<[unknown, string]>([
    [null, 'Expected type object but found type null'],
    [{ name: '' }, 'String is too short'],
    [{ name: 7 }, "found type number' on property name"],
    [{ name: 'x'.repeat(191) }, 'String is too long (191 chars), maximum 190'],
    [{ name: 'x', description: null }, 'Expected type string but found type null'],
    [{ name: 'x', description: 'x'.repeat(2001) }, 'String is too long (2001 chars), maximum 2000'],
    [{ name: 'x', id: 'builtin:viewer' }, 'Additional properties not allowed: id'],
  ])('refuses %j: %s', (body, message) => expectRefused(method, path, body, message));
});

it('a new role needs a name', () => expectRefused('POST', '/roles', {}, 'Missing required property: name'));

it('a body of another type, or longer than is allowed, is refused by its status', async () => {
  const path = '/api/v2/users/a/roles';
  const typed = await scene.call('POST', path, { body: 'roles=editor', headers: { 'content-type': 'text/plain' } });
  expect(typed).toMatchObject({ status: 415, body: { statusCode: 415, error: 'Unsupported Media Type' } });
  const long = await scene.call('POST', path, { body: { roles: ['x'.repeat(300_000)] } });
  expect(long).toMatchObject({ status: 413, body: { statusCode: 413, error: 'Payload Too Large' } });
});
