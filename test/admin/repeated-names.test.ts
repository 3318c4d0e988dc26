// An object that has a name twice means one thing to one reader and another to the next (RFC 8259 section 4): it is refused.

import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await adminScene();
});
afterEach(() => scene.close());
afterAll(stopServers);

const pair = '{"resource_server_identifier":"https://contacts.example/","permission_name":"read:contacts"}';

it.each([
  ['at the top', `{"permissions":[],"permissions":[${pair}]}`, 'permissions'],
  ['within', `{"permissions":[${pair.replace('{', '{"permission_name":"delete:contacts",')}]}`, 'permission_name'],
  ['spelled otherwise', `{"permissions":[],"permi\\u0073sions":[${pair}]}`, 'permissions'],
  ['after white space', `{"permissions"\n\t : [${pair}] , "permissions" :[${pair}]}`, 'permissions'],
  ['behind a closed object', `{"a":{"b":1},"permissions":[${pair}],"a":{}}`, 'a'],
])('a name that comes twice is a 400 that says which: %s', async (_, body, name) => {
  expect(await scene.call('POST', '/api/v2/users/bob/permissions', { body })).toMatchObject({
    status: 400,
    body: { errorCode: 'invalid_body', message: expect.stringContaining(`\`${name}\``) as unknown },
  });
  expect((await scene.store.subject(scene.user('bob'))).privileges).toEqual([]);
});

it.each([
  ['in two objects', `{"permissions":[${pair},${pair}]}`, 201],
  ['as a value', '{"permissions":[{"resource_server_identifier":"permissions","permission_name":"permissions"}]}', 404],
  ['within a text', '{"permissions":"\\"permissions\\":1,\\\\"}', 400],
])('the same text elsewhere is no name twice: %s', async (_, body, status) => {
  const answer = await scene.call('POST', '/api/v2/users/bob/permissions', { body });
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).not.toContain('twice');
});
