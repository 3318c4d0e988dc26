// The quick start for Koa is compiled and run, and answers as the one for Express does.

import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';

let issuer: TestIssuer;
let server: Server;

beforeAll(async () => {
  issuer = await createTestIssuer({ audience: 'https://contacts.example/' });
  process.env['ISSUER'] = issuer.issuer;
  process.env['PORT'] = '0';
  ({ server } = await import('../../examples/quick-start/quick-start-koa.ts'));
});

afterAll(async () => {
  server.close();
  await issuer.close();
});

async function call(token?: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/contacts`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('the quick start for Koa is no longer than 15 lines of code', async () => {
  const source = await readFile(new URL('../../examples/quick-start/quick-start-koa.ts', import.meta.url), 'utf8');
  expect(source.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(15);
});

test('the quick start for Koa answers as the README says', async () => {
  const delegating = { scope: 'read:contacts' };
  expect((await call()).body).toMatchObject({ status: 401, code: 'missing_token' });
  expect((await call(await issuer.token({ sub: 'auth0|alice' }))).body).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
    scope: 'read:contacts',
  });
  expect((await call(await issuer.token({ sub: 'auth0|bob', ...delegating }))).body).toMatchObject({
    status: 403,
    code: 'insufficient_privilege',
  });
  expect(await call(await issuer.token({ sub: 'auth0|alice', ...delegating }))).toEqual({
    status: 200,
    body: { contacts: ['Bob'], for: 'auth0|alice' },
  });
});
