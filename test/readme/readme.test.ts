// What the README shows is what is compiled and run.

import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import * as rightful from 'rightful';
import { createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';
import { access, contactsApi, contract, statusesOf } from '../../examples/readme/readme.ts';

const root = new URL('../../', import.meta.url);
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

describe('the pieces of code in the README', () => {
  test('are the ones that are compiled', async () => {
    const compiled = `${await read('examples/readme/readme.ts')}\n${await read('examples/quick-start/quick-start.ts')}`;
    // Lines break elsewhere in a function than outside of one.
    const squeezed = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll(/,(?=[)\]}])/g, '');
    for (const [, code = ''] of (await read('README.md')).matchAll(/```ts\n([^]*?)```/g)) {
      expect(squeezed(compiled)).toContain(squeezed(code).replace(/;$/, ''));
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
