// What the README shows is what is compiled and run.

import { readdirSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import * as rightful from 'rightful';
import { builtInRoles, memoryStore } from 'rightful/stores';
import { createTestAccess, createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';
import { access, contactsApi, contract, statusesOf } from '../../examples/readme/readme.ts';
import { mended, missingFor } from '../../examples/readme/client.ts';
import { administered, asOne, contactsOf, fromCode } from '../../examples/readme/stores.ts';

const root = new URL('../../', import.meta.url);
const filesIn = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { recursive: true }).map((path) => `${folder}/${String(path)}`);
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');

describe('the quick start', () => {
  let issuer: TestIssuer;
  let server: Server;

  beforeAll(async () => {
    issuer = await createTestIssuer({ audience: 'https://contacts.example/' });
    process.env['ISSUER'] = issuer.issuer;
    process.env['PORT'] = '0';
    ({ server } = await import('../../examples/quick-start/quick-start.ts'));
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

  test('the README shows the file that runs, and it is no longer than 15 lines of code', async () => {
    const source = await read('examples/quick-start/quick-start.ts');
    expect(await read('README.md')).toContain(`\`\`\`ts\n${source}\`\`\``);
    expect(source.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(15);
  });

  test('it answers as the README says', async () => {
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
});

describe('the contract as the README shows it', () => {
  contract(test);
});

describe('the pieces of code in the README and the guides', () => {
  // The guide to migrating shows other libraries' code beside ours, and has tests of its own.
  const guides = ['README.md', ...filesIn('docs')].filter(
    (path) => path.endsWith('.md') && !path.endsWith('migrating.md'),
  );

  test.each(guides)('%s shows what is compiled', async (path) => {
    const files = filesIn('examples').filter((path) => path.endsWith('.ts'));
    const compiled = (await Promise.all(files.map(read))).join('\n');
    // Lines break elsewhere in a function than outside of one.
    const squeezed = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll(/,(?=[)\]}])/g, '');
    for (const [, code = ''] of (await read(path)).matchAll(/```ts\n([^]*?)```/g)) {
      const isCompiled = squeezed(compiled).includes(squeezed(code).replace(/;$/, ''));
      expect({ code, isCompiled }).toEqual({ code, isCompiled: true });
    }
  });

  test('answer as the README says', async () => {
    const anyIssuer = (issuer: string): Express => contactsApi(issuer, () => true);
    // Alice is an editor in a store that is bound to another issuer than the test's.
    expect(await statusesOf(anyIssuer)).toEqual([403, 403, 403]);
    expect(access.can('read:contacts')).toBe(true);
    expect(access.can('write:contacts')).toBe(false);
  });
});

test('stores are changed as the README shows', async () => {
  expect(await administered()).toMatchObject([{ action: 'grant' }, { action: 'assign', why: 'the first editor' }]);
  const store = memoryStore({ issuer: 'https://your-tenant.eu.auth0.com/' });
  expect(await asOne(memoryStore({ issuer: 'https://your-tenant.eu.auth0.com/' }))).toMatchObject({
    found: [{ id: 'auth0|alice' }],
    log: [{ action: 'grant', permissions: ['read:contacts'] }],
  });
  await fromCode(store, await mkdtemp(join(tmpdir(), 'rightful-readme-')));
  expect((await store.role(builtInRoles.editor))?.inherits).toHaveLength(1);
  const reader = createTestAccess({
    scopes: 'read:contacts',
    privileges: [{ permission: 'read:contacts', on: 'contacts:id:7' }],
  });
  expect(contactsOf(reader, [{ id: 6 }, { id: 7 }])).toEqual({
    text: 'contacts.id = any($1)',
    values: [[7]],
    seen: [{ id: 7 }],
  });
});

test('an application does after each refusal what the guide says', async () => {
  const done: string[] = [];
  const hands = {
    signIn: () => done.push('signs in'),
    say: (text: string) => done.push(text),
    offer: (scopes: readonly string[]) => done.push(`offers ${scopes.join(' ')}`),
    retryIn: (seconds: number) => done.push(`waits ${seconds} s`),
  };
  const problem = (status: number, body: object): Response =>
    Response.json(body, { status, headers: { 'content-type': 'application/problem+json' } });
  for (const response of [
    new Response(null, { status: 401 }),
    problem(403, { code: 'insufficient_scope', scope: 'write:contacts' }),
    problem(403, { code: 'insufficient_privilege' }),
    problem(403, { code: 'policy_refused', missing: [{ policy: 'weekends off' }] }),
    new Response(null, { status: 503, headers: { 'retry-after': '3' } }),
    problem(400, { code: 'invalid_request' }),
    new Response(null, { status: 404 }),
  ]) {
    await mended(response, hands);
  }
  expect(done).toEqual([
    'signs in',
    'offers write:contacts',
    'You may not do this. An administrator can change that.',
    'Not now: weekends off',
    'waits 3 s',
    'This application made a mistake.',
  ]);
  expect(missingFor('contacts', { access_token: 'x', scope: 'read:contacts' })).toBe(
    'contacts: view You kept back write:contacts: some buttons are grey.',
  );
  expect(missingFor('contacts', { access_token: 'x' })).toBe('contacts: edit');
});

test('the README shows both commands before anything else that can be typed', async () => {
  const [, first = ''] = /```sh\n([^]*?)```/.exec(await read('README.md')) ?? [];
  expect(first).toMatch(/^npm start\b[^]*\nnpm cit\b/);
});

test('the README explains each code that a problem document links to', async () => {
  const readme = await read('README.md');
  const classes = Object.entries(rightful).filter(([name]) => name.endsWith('Error') && name !== 'AccessError');
  expect(classes.length).toBeGreaterThan(0);
  for (const [, Refusal] of classes) {
    const { code } = new (Refusal as new () => rightful.AccessError)();
    expect(readme).toContain(`<a id="${code}"></a>`);
  }
});
