// The API with its administration, as the guide shows it: who is named first hands out what others then may do.

import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { adminPermissions } from 'rightful/admin';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { createApp } from '../../examples/administration/administration.ts';
import { listen, stopServers } from '../flow/frameworks.ts';

afterAll(stopServers);

it('hands out what others then may do', async () => {
  const contacts = await createTestIssuer({ audience: 'https://contacts.example/' });
  const { issuer } = contacts;
  const url = 'https://contacts.example';
  const directory = await mkdtemp(join(tmpdir(), 'rightful-administration-'));
  const address = await listen(createServer(createApp({ issuer, store: memoryStore({ issuer }), url, directory })));
  const ask = async (method: string, path: string, token: string, body?: object): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${address}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return response.status;
  };
  const reader = await contacts.token({ sub: 'auth0|bob', scope: 'read:contacts' });
  const scope = adminPermissions.names.filter((name) => !name.startsWith('ldap')).join(' ');
  const administrator = await contacts.token({ sub: 'auth0|ada', aud: `${url}/api/v2/`, scope });
  expect(await ask('GET', '/contacts', reader)).toBe(403);
  const permission = { resource_server_identifier: 'https://contacts.example/', permission_name: 'read:contacts' };
  const path = '/api/v2/users/auth0%7Cbob/permissions';
  expect(await ask('POST', path, administrator, { permissions: [permission] })).toBe(201);
  expect(await ask('GET', '/contacts', reader)).toBe(200);
  expect(await ask('DELETE', path, administrator, { permissions: [permission] })).toBe(204);
  expect(await ask('GET', '/contacts', reader)).toBe(403);
  await contacts.close();
});
