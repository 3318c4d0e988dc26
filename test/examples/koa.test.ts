// The example of an API on Koa, asked by HTTP, and the line that finds a forgotten guard.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Router } from '@koa/router';
import { routesOf, unguardedRoutes } from 'rightful/koa';
import { createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';
import { contactsApi } from '../../examples/koa/contacts-api.ts';
import { ask } from '../flow/answers.ts';
import { listen, stopServers } from '../flow/frameworks.ts';
import { createServer } from 'node:http';

let issuer: TestIssuer;
let server: Server;
let address: string;

beforeAll(async () => {
  issuer = await createTestIssuer({ audience: 'https://contacts.example/', algorithm: 'ES256' });
  process.env['ISSUER'] = issuer.issuer;
  process.env['PORT'] = '0';
  ({ server } = await import('../../examples/koa/main.ts'));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await stopServers();
  await issuer.close();
});

const both = 'read:contacts delete:contacts';
const carol = { id: '1', name: 'Carol', owner: 'auth0|alice' };
const dave = { id: '2', name: 'Dave', owner: 'auth0|bob' };

test('no route is forgotten', () => {
  expect(unguardedRoutes(contactsApi(issuer.issuer))).toEqual([]);
});

test('the routes say what they ask', () => {
  const routes = routesOf(contactsApi(issuer.issuer));
  expect(routes.map(({ method, path, requirement }) => `${method} ${path}: ${requirement}`)).toEqual([
    'GET /health: nothing',
    'GET /me: signed in',
    'GET /contacts: read:contacts anywhere',
    'GET /contacts/:id: read:contacts on contacts:id:{id}',
    'DELETE /contacts/:id: delete:contacts on contacts:id:{id} and the policy "owns the contact"',
  ]);
  expect(routes.filter((route) => route.public).map(({ path }) => path)).toEqual(['/health']);
});

test.each<[string | undefined, string, string, string, number, unknown]>([
  [undefined, '', 'GET', '/health', 200, 'ok'],
  [undefined, '', 'GET', '/me', 401, { code: 'missing_token' }],
  [undefined, '', 'GET', '/contacts', 401, { code: 'missing_token' }],
  ['alice', both, 'GET', '/me', 200, { id: 'auth0|alice' }],
  ['alice', both, 'GET', '/contacts', 200, [carol, dave]],
  ['bob', both, 'GET', '/contacts', 200, [dave]],
  ['bob', both, 'GET', '/contacts/2', 200, dave],
  ['bob', both, 'GET', '/contacts/1', 403, { code: 'insufficient_privilege' }],
  ['eve', both, 'GET', '/contacts', 403, { code: 'insufficient_privilege' }],
  ['alice', 'read:contacts', 'DELETE', '/contacts/1', 403, { code: 'insufficient_scope', scope: 'delete:contacts' }],
  ['alice', both, 'DELETE', '/contacts/2', 403, { code: 'policy_refused' }],
  ['alice', both, 'DELETE', '/contacts/1', 204, ''],
])('%s with %j asks to %s %s: %i', async (name, scope, method, path, status, body) => {
  const token = name === undefined ? undefined : await issuer.token({ sub: `auth0|${name}`, scope });
  const got = await ask(address + path, { method, token });
  expect(got.status).toBe(status);
  if (typeof body === 'string') expect(got.text).toBe(body);
  else expect(JSON.parse(got.text)).toEqual(Array.isArray(body) ? body : expect.objectContaining(body as object));
});

test('a route that is added without a guard is a red line, and is not served', async () => {
  const lines: string[] = [];
  const app = contactsApi(issuer.issuer, (line) => lines.push(line));
  const added = new Router().get('/forgotten', (ctx) => void (ctx.body = [carol]));
  app.use(added.routes());
  expect(unguardedRoutes(app)).toMatchObject([{ method: 'GET', path: '/forgotten' }]);
  const other = await listen(createServer(app.callback()));
  expect((await ask(`${other}/forgotten`)).status).toBe(500);
  expect(lines).toEqual(['Refused GET /forgotten: no guard and no publicRoute() stands before its handler']);
});
