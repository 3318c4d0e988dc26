// The call by which Auth0's documentation assigns permissions to a user, byte for byte over a bare connection.

import { connect } from 'node:net';
import { afterAll, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';

afterAll(stopServers);

it.each(['express', 'koa'] as const)(
  'is answered 201 with an empty object, and holds at once, on %s',
  async (framework) => {
    const scene = await adminScene({ framework });
    const one = (name: string): string =>
      `{ "resource_server_identifier": "${contactsApi}", "permission_name": "${name}" }`;
    const body = `{ "permissions": [ ${one('read:contacts')}, ${one('write:contacts')} ] }`;
    const { port } = new URL(scene.address);
    const sent = [
      'POST /api/v2/users/auth0%7C5f7c8ec7c33c6c004bbafe82/permissions HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Content-Type: application/json',
      `Authorization: Bearer ${await scene.token('root', 'update:users')}`,
      'Cache-Control: no-cache',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ];
    const [head = '', content = ''] = (await answered(Number(port), sent.join('\r\n'))).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(head).toMatch(/^content-type: application\/json; charset=utf-8\r?$/im);
    // However it is sent.
    expect(content.replace(/^2\r\n|\r\n0(?:\r\n)?$/g, '')).toBe('{}');
    const held = await scene.store.privilegesOf(scene.user('auth0|5f7c8ec7c33c6c004bbafe82'), {
      audience: [contactsApi],
    });
    expect([...held].map(({ permission }) => permission)).toEqual(['read:contacts', 'write:contacts']);
    await scene.close();
  },
);

function answered(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (part) => parts.push(part)).on('error', reject);
    socket.on('end', () => resolve(Buffer.concat(parts).toString()));
  });
}
