// The page on migrating: its code is the code of the examples, and what it says of both sides is how they answer.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { afterAll, describe, expect, test } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import * as permissions from '../../examples/migrate/express-jwt-permissions.ts';
import * as koaJwt from '../../examples/migrate/koa-jwt.ts';
import * as scopes from '../../examples/migrate/required-scopes.ts';
import { ask } from '../flow/answers.ts';
import { listen, stopServers } from '../flow/frameworks.ts';
import { differences } from '../rfc/beside.ts';

const audience = 'https://contacts.example/';
const store = memoryStore({
  users: { alice: { permissions: ['read:contacts', 'write:contacts'] }, carol: { permissions: ['read:contacts'] } },
});
const { issuer, token: tokenOf, close } = await createTestIssuer({ audience });
const secret = 'a secret of thirty-two characters or so';

// Express prints the errors that the old guards hand to it, but in tests.
process.env['NODE_ENV'] = 'test';

afterAll(async () => {
  await stopServers();
  await close();
});

const root = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');

describe('the page', () => {
  test('shows what is compiled and run, and all of it', async () => {
    const files = ['required-scopes', 'express-jwt-permissions', 'koa-jwt'];
    const compiled = (await Promise.all(files.map((name) => read(`examples/migrate/${name}.ts`)))).join('\n');
    const squeezed = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll(/,(?=[)\]}])/g, '');
    const pieces = [...compiled.matchAll(/\n *\/\/ --- [^\n]+\n([^]*?)\n *\/\/ ---\n/g)].map(([, code = '']) =>
      squeezed(code),
    );
    const shown = [...(await read('docs/migrating.md')).matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) =>
      squeezed(code),
    );
    expect(shown.toSorted()).toEqual(pieces.toSorted());
  });

  test('lists what is answered differently through verifierFrom, each with its reason', async () => {
    const page = await read('docs/migrating.md');
    const table = /\| rows +\|[^]*?\n\n/.exec(page)?.[0] ?? '';
    const rows = table.trim().split('\n').slice(2);
    const cells = rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    expect(cells).toEqual(differences.map(({ ids, reason }) => [ids, reason]));
    for (const { ids, rules } of differences) {
      const named = new Set(rules.map(({ source }) => /^\^([A-Z]\d+) /.exec(source)?.[1]));
      expect(named).toEqual(new Set(ids.split(', ')));
    }
  });

  test('names only links that it has', async () => {
    const page = await read('docs/migrating.md');
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
      text.toLowerCase().replaceAll(/[^a-z0-9 -]/g, ''),
    );
    for (const [, anchor = ''] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
  });
});

type Ask = readonly [method: string, path: string, token: string | undefined];

async function statusesOf(app: RequestListener, asked: readonly Ask[]): Promise<number[]> {
  const address = await listen(createServer(app));
  const statuses: number[] = [];
  for (const [method, path, token] of asked) statuses.push((await ask(address + path, { method, token })).status);
  return statuses;
}

function signed(claims: object): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const all = { iss: issuer, aud: audience, sub: 'alice', iat: now, exp: now + 60, ...claims };
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(all)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

describe('requiredScopes', () => {
  const read = 'read:contacts';
  const both = 'read:contacts write:contacts';
  const sent = async (sub: string, scope: string): Promise<string> => tokenOf({ sub, scope });

  test('before and after answer alike, but for who holds no privilege', async () => {
    const asked: Ask[] = [
      ['GET', '/contacts', undefined],
      ['GET', '/contacts', 'a.b.c'],
      ['GET', '/contacts', await sent('alice', read)],
      ['GET', '/contacts', await sent('alice', 'other')],
      ['POST', '/contacts', await sent('alice', both)],
      ['POST', '/contacts', await sent('alice', read)],
      ['GET', '/search', await sent('alice', 'write:contacts')],
      ['GET', '/search', await sent('alice', 'other')],
      ['GET', '/contacts', await tokenOf({ sub: 'alice', scope: read, aud: 'https://other.example' })],
      ['GET', '/contacts', await tokenOf({ sub: 'alice', scope: read, exp: 1 })],
    ];
    const wanted = [401, 401, 200, 403, 200, 403, 200, 403, 401, 401];
    expect(await statusesOf(scopes.before(issuer, audience), asked)).toEqual(wanted);
    expect(await statusesOf(scopes.after(issuer, audience, store), asked)).toEqual(wanted);
    const unprivileged: Ask[] = [
      ['GET', '/contacts', await sent('bob', read)],
      ['POST', '/contacts', await sent('carol', both)],
    ];
    expect(await statusesOf(scopes.before(issuer, audience), unprivileged)).toEqual([200, 200]);
    expect(await statusesOf(scopes.after(issuer, audience, store), unprivileged)).toEqual([403, 403]);
    const [first] = unprivileged as [Ask];
    expect(await statusesOf(scopes.scopesAlone(issuer, audience), [...asked.slice(0, 4), first])).toEqual([
      401, 401, 200, 403, 200,
    ]);
  });

  test('a token in the query was read, and is not any more', async () => {
    const asked: Ask[] = [['GET', `/contacts?access_token=${await sent('alice', read)}`, undefined]];
    expect(await statusesOf(scopes.before(issuer, audience), asked)).toEqual([200]);
    expect(await statusesOf(scopes.after(issuer, audience, store), asked)).toEqual([401]);
  });

  test('keys that cannot be fetched were a 401, and are a 503', async () => {
    const down = 'http://127.0.0.1:9';
    const asked: Ask[] = [['GET', '/contacts', await tokenOf({ iss: down, sub: 'alice', scope: read })]];
    expect(await statusesOf(scopes.before(down, audience), asked)).toEqual([401]);
    expect(await statusesOf(scopes.after(down, audience, store), asked)).toEqual([503]);
    expect(await statusesOf(scopes.byTheMiddleware(down, audience, store), asked)).toEqual([401]);
  });

  test.each([
    ['by the middleware', scopes.byTheMiddleware],
    ['behind the middleware', scopes.behindTheMiddleware],
    ['with an own error handler', scopes.ownErrorHandler],
  ])('%s', async (_, app) => {
    const asked: Ask[] = [
      ['GET', '/contacts', undefined],
      ['GET', '/contacts', 'a.b.c'],
      ['GET', '/contacts', await sent('alice', read)],
      ['GET', '/contacts', await sent('alice', 'other')],
      ['GET', '/contacts', await sent('bob', read)],
    ];
    expect(await statusesOf(app(issuer, audience, store), asked)).toEqual([401, 401, 200, 403, 403]);
    if (app !== scopes.behindTheMiddleware) return;
    const search: Ask[] = [['GET', '/search', await sent('bob', read)]];
    expect(await statusesOf(app(issuer, audience, store), search)).toEqual([200]);
  });
});

describe('express-jwt-permissions and express-jwt-authz', () => {
  test('before and after answer alike', async () => {
    const read = signed({ permissions: ['read:contacts'] });
    const both = signed({ permissions: ['read:contacts', 'write:contacts'] });
    const asked: Ask[] = [
      ['GET', '/contacts', read],
      ['GET', '/contacts', signed({ permissions: ['other'] })],
      ['GET', '/contacts', undefined],
      ['GET', '/contacts', 'a.b.c'],
      ['POST', '/contacts', both],
      ['POST', '/contacts', read],
      ['GET', '/search', read],
      ['GET', '/search', signed({ permissions: ['other'] })],
      ['GET', '/contacts', signed({ permissions: ['read:contacts'], aud: 'https://other.example' })],
      ['GET', '/contacts', signed({ permissions: ['read:contacts'], iss: 'https://other.example' })],
    ];
    const wanted = [200, 403, 401, 401, 200, 403, 200, 403, 401, 401];
    expect(await statusesOf(permissions.before(issuer, audience, secret), asked)).toEqual(wanted);
    expect(await statusesOf(permissions.after(issuer, audience, secret), asked)).toEqual(wanted);
  });

  test('a token that never expires passed, and passes no more', async () => {
    const asked: Ask[] = [['GET', '/contacts', signed({ permissions: ['read:contacts'], exp: undefined })]];
    expect(await statusesOf(permissions.before(issuer, audience, secret), asked)).toEqual([200]);
    expect(await statusesOf(permissions.after(issuer, audience, secret), asked)).toEqual([401]);
  });

  test('the others ask for scopes and privileges', async () => {
    const read = signed({ scope: 'read:contacts' });
    const unprivileged = signed({ scope: 'read:contacts write:contacts', sub: 'carol' });
    const asked: Ask[] = [
      ['GET', '/search', read],
      ['POST', '/contacts', read],
      ['POST', '/contacts', unprivileged],
      ['POST', '/contacts', signed({ scope: 'read:contacts write:contacts' })],
      ['GET', '/search', undefined],
    ];
    expect(await statusesOf(permissions.authzAfter(issuer, audience, secret, store), asked)).toEqual([
      200, 403, 403, 200, 401,
    ]);
    const claimed = signed({ permissions: ['read:contacts'] });
    expect(
      await statusesOf(permissions.behindTheMiddleware(issuer, audience, secret, store), [
        ['GET', '/contacts', read],
        ['GET', '/contacts', claimed],
        ['GET', '/contacts', signed({ scope: 'read:contacts', iss: 'https://other.example' })],
        ['GET', '/contacts', undefined],
      ]),
    ).toEqual([200, 403, 401, 401]);
  });
});

describe('koa-jwt', () => {
  test('before and after answer alike, but for who holds no privilege', async () => {
    const read = { scope: 'read:contacts' };
    const asked: Ask[] = [
      ['GET', '/contacts', signed(read)],
      ['GET', '/contacts', signed({ scope: 'other' })],
      ['GET', '/contacts', undefined],
      ['GET', '/contacts', 'a.b.c'],
      ['GET', '/contacts', signed({ ...read, iss: 'https://other.example' })],
    ];
    const unprivileged: Ask = ['GET', '/contacts', signed({ ...read, sub: 'bob' })];
    const all = [...asked, unprivileged];
    expect(await statusesOf(koaJwt.before(issuer, audience, secret).callback(), all)).toEqual([
      200, 403, 401, 401, 401, 200,
    ]);
    expect(await statusesOf(koaJwt.after(issuer, audience, secret, store).callback(), all)).toEqual([
      200, 403, 401, 401, 401, 403,
    ]);
    expect(await statusesOf(koaJwt.behindTheMiddleware(issuer, audience, secret, store).callback(), all)).toEqual([
      200, 403, 401, 401, 401, 403,
    ]);
  });
});
