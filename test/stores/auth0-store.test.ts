// auth0Store: what it asks a tenant, and what it makes of the answers.

import { describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { auth0Store, withCache } from 'rightful/stores';
import type { Subject } from 'rightful';
import {
  alice,
  alicePath,
  answer,
  asked,
  audience,
  domain,
  editor,
  direct,
  errorOf,
  held,
  isolated,
  item,
  machine,
  options,
  origin,
  page,
  query,
  secret,
  store,
  tokens,
  unavailable,
} from './auth0-scene.ts';

isolated();

describe('options', () => {
  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['is missing', { domain: undefined }, /`domain`/],
    ['has a scheme', { domain: 'https://tenant.auth0.com' }, /`domain`.*got "https/],
    ['has a path', { domain: 'tenant.auth0.com/api' }, /`domain`/],
    ['ends with a slash', { domain: 'tenant.auth0.com/' }, /`domain`/],
    ['has a backslash', { domain: 'tenant.auth0.com\\api' }, /`domain`/],
    ['has a query', { domain: 'tenant.auth0.com?a' }, /`domain`/],
    ['has a fragment', { domain: 'tenant.auth0.com#a' }, /`domain`/],
    ['has a space', { domain: 'tenant.auth0.com ' }, /`domain`/],
    ['has a line break', { domain: 'tenant.auth0.com\n' }, /`domain`/],
    ['has no such port', { domain: 'tenant.auth0.com:99999' }, /`domain`/],
    ['is empty', { domain: '' }, /`domain`/],
    ['clientId', { clientId: 7 }, /`clientId`/],
    ['clientSecret', { clientSecret: '' }, /`clientSecret`/],
    ['audience', { audience: [audience] }, /`audience`/],
    ['issuer', { issuer: '' }, /`issuer`/],
    ['managementAudience', { managementAudience: null }, /`managementAudience`/],
    ['effectivePermissions', { effectivePermissions: 'yes' }, /`effectivePermissions`/],
    ['timeoutMs', { timeoutMs: '2s' }, /`timeoutMs`/],
    ['maxRetries', { maxRetries: 1.5 }, /`maxRetries`/],
    ['maxRetries', { maxRetries: 11 }, /`maxRetries`/],
    ['fetch', { fetch: 'global' }, /`fetch`/],
    ['unknown', { clientAssertion: 'x' }, /Unknown option `clientAssertion`/],
  ];
  test.each(wrong)('one that is wrong is a TypeError at start-up: %s', (_what, differing, message) => {
    expect(() => auth0Store({ ...options, ...differing })).toThrow(TypeError);
    expect(() => auth0Store({ ...options, ...differing })).toThrow(message);
  });

  test.each(['localhost:8443', 'Tenant.EU.auth0.com', '127.0.0.1', 'a-b.c_d'])('the domain %s is one', (domain) => {
    expect(() => auth0Store({ ...options, domain })).not.toThrow();
  });

  test('a secret is not shown, nor what stands before an @', () => {
    expect(() => auth0Store({ ...options, domain: 'me:hunter2@tenant.auth0.com' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
    expect(() => auth0Store({ ...options, clientSecret: ['hunter2'] as never })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });

  test('they are copied when they are given', async () => {
    const given = { ...options };
    const tenant = auth0Store(given);
    given.domain = 'elsewhere.example';
    tokens();
    answer(200, page([]));
    expect(await tenant.privilegesOf(alice, asked)).toEqual([]);
    await tenant.close?.();
  });
});

describe('a user', () => {
  test('holds what is assigned directly and through roles, one privilege for each', async () => {
    tokens();
    answer(200, page([item('create:foo'), item('read:foo', [direct, editor]), item('write:foo', [editor])]));
    const privileges = await store().privilegesOf(alice, asked);
    expect(privileges).toEqual([
      held('create:foo'),
      held('read:foo'),
      held('read:foo', 'rol_editor'),
      held('write:foo', 'rol_editor'),
    ]);
    expect([privileges, ...privileges, ...privileges.map((one) => one.source)].every(Object.isFrozen)).toBe(true);
  });

  const sources: [string, unknown, (string | undefined)[]][] = [
    ['without sources', undefined, [undefined]],
    ['with null', null, [undefined]],
    ['with none', [], [undefined]],
    ['with an unknown one', [{ source_type: 'GROUP', source_id: 'grp_1' }], [undefined]],
    ['with several unknown ones', [{}, 7, 'groups'], [undefined]],
    ['with a role without an id', [{ source_type: 'ROLE', source_id: '', source_name: 'Editor' }], ['Editor']],
    ['with two roles', [editor, { ...editor, source_id: 'rol_2' }], ['rol_editor', 'rol_2']],
  ];
  test.each(sources)('holds a permission %s', async (_what, given, roles) => {
    tokens();
    answer(200, page([item('read:foo', given)]));
    expect(await store().privilegesOf(alice, asked)).toEqual(roles.map((role) => held('read:foo', role)));
  });

  test('holds nothing of an API whose identifier differs in one character', async () => {
    tokens();
    const others = ['https://api.example.com', 'https://API.example.com/', `${audience} `, 'https://other.example/'];
    answer(200, page([item('read:foo'), ...others.map((api) => item('write:foo', [direct], api))]));
    expect(await store().privilegesOf(alice, asked)).toEqual([held('read:foo')]);
  });

  test('holds no pattern: a name with a * is left out', async () => {
    tokens();
    answer(200, page([item('*'), item('read:*'), item('read:foo'), item('*:foo')]));
    expect(await store().privilegesOf(alice, asked)).toEqual([held('read:foo')]);
  });

  test('holds nothing where the tenant does not know it', async () => {
    tokens();
    const message = 'The user does not exist.';
    answer(404, { statusCode: 404, error: 'Not Found', message, errorCode: 'inexistent_user' });
    expect(await store().privilegesOf(alice, asked)).toEqual([]);
  });

  test('is not unknown because of any other 404', async () => {
    tokens();
    answer(404, { statusCode: 404, error: 'Not Found', message: 'Not Found' });
    await unavailable(store().privilegesOf(alice, asked), /404 "Not Found"/);
  });

  const strangers: [string, Subject, readonly string[]][] = [
    ['of another issuer', { ...alice, issuer: 'https://other.example/' }, [audience]],
    ['of an issuer without the last slash', { ...alice, issuer: origin }, [audience]],
    ['asked about for another API', alice, ['https://other.example/']],
    ['asked about for no API', alice, []],
    ['whose id is a dot', { ...alice, id: '.' }, [audience]],
    ['whose id is the folder above', { ...alice, id: '..' }, [audience]],
    ['whose id is empty', { ...alice, id: '' }, [audience]],
  ];
  test.each(strangers)('%s holds nothing', async (_what, subject, audiences) => {
    // Not even a token is needed where nothing is asked.
    nock(origin)
      .post('/oauth/token')
      .optionally()
      .reply(200, { access_token: 'a', expires_in: 9, token_type: 'Bearer' });
    expect(await store().privilegesOf(subject, { audience: audiences })).toEqual([]);
  });

  test('whose id is half a character holds nothing', async () => {
    nock(origin)
      .post('/oauth/token')
      .optionally()
      .reply(200, { access_token: 'a', expires_in: 9, token_type: 'Bearer' });
    expect(await store().privilegesOf({ ...alice, id: 'auth0|\uD800' }, asked)).toEqual([]);
  });

  test('holds the same in every organization', async () => {
    tokens();
    answer(200, page([item('read:foo')]));
    const subject = { ...alice, organization: 'org_acme' };
    expect(await store().privilegesOf(subject, asked)).toEqual([held('read:foo')]);
  });

  test('of a custom domain is known by the issuer of its tokens', async () => {
    const issuer = 'https://login.example.com/';
    const tenant = store({ issuer });
    tokens();
    answer(200, page([item('read:foo')]));
    expect(await tenant.privilegesOf({ ...alice, issuer }, asked)).toEqual([held('read:foo')]);
    expect(await tenant.privilegesOf(alice, asked)).toEqual([]);
  });

  const ids = ['auth0|a/b', 'a/../b', 'auth0|100%', 'a%2Fb', '%2e%2e', 'auth0|😀', 'a?b#c', 'a b', 'a;b', '...'];
  test.each(ids)('with the id %j is asked about under that id alone', async (id) => {
    let path: string | undefined;
    const tenant = store({
      fetch: async (url, init) => {
        const { pathname } = new URL(String(url));
        if (pathname === '/oauth/token') return globalThis.fetch(url, init);
        path = pathname;
        return Response.json(page([item('read:foo')]));
      },
    });
    tokens();
    expect(await tenant.privilegesOf({ ...alice, id }, asked)).toEqual([held('read:foo')]);
    const [, prefix, encoded] = /^(\/api\/v2\/users\/)([^/]+)\/permissions$/.exec(path!)!;
    expect(prefix).toBe('/api/v2/users/');
    expect(decodeURIComponent(encoded!)).toBe(id);
  });

  test('two users get each their own answer, at the same time and by one store', async () => {
    const tenant = store();
    const ids = ['auth0|a', 'auth0|A', 'auth0|a/permissions', 'auth0%7Ca'];
    tokens();
    for (const id of ids) {
      const path = `/api/v2/users/${encodeURIComponent(id)}/permissions`;
      nock(origin)
        .get((uri) => uri.startsWith(`${path}?`))
        .reply(200, page([item(`of:${Buffer.from(id).toString('hex')}`)]));
    }
    const answers = await Promise.all(ids.map((id) => tenant.privilegesOf({ ...alice, id }, asked)));
    expect(answers).toEqual(ids.map((id) => [held(`of:${Buffer.from(id).toString('hex')}`)]));
  });
});

describe('pages', () => {
  const many = (from: number, count: number): unknown[] =>
    Array.from({ length: count }, (_, at) => item(`p:${from + at}`));
  const names = (privileges: readonly { permission: string }[]): string[] =>
    privileges.map(({ permission }) => permission);

  test('all of them are read until the total is there', async () => {
    tokens();
    answer(200, page(many(0, 100), 0, 250));
    answer(200, page(many(100, 100), 100, 250), {}, 1);
    answer(200, page(many(200, 50), 200, 250), {}, 2);
    const privileges = await store().privilegesOf(alice, asked);
    expect(names(privileges)).toEqual(Array.from({ length: 250 }, (_, at) => `p:${at}`));
  });

  test('a tenant that gives fewer at once than were asked for is read to the end', async () => {
    tokens();
    answer(200, { ...page(many(0, 50), 0, 70), limit: 50 });
    answer(200, { ...page(many(50, 20), 50, 70), limit: 50 }, {}, 1);
    expect(await store().privilegesOf(alice, asked)).toHaveLength(70);
  });

  test('bare lists are read until one is short', async () => {
    tokens();
    answer(200, many(0, 100));
    answer(200, many(100, 3), {}, 1);
    expect(await store().privilegesOf(alice, asked)).toHaveLength(103);
  });

  test('bare lists are read until one is empty', async () => {
    tokens();
    answer(200, many(0, 100));
    answer(200, [], {}, 1);
    expect(await store().privilegesOf(alice, asked)).toHaveLength(100);
  });

  test('a list that changes while it is read is read again', async () => {
    tokens();
    answer(200, page(many(0, 100), 0, 101));
    answer(200, page([], 100, 100), {}, 1);
    answer(200, page(many(1, 100), 0, 100));
    expect(await store().privilegesOf(alice, asked)).toHaveLength(100);
  });

  const broken: [string, readonly unknown[], RegExp][] = [
    ['breaks off', [page(many(0, 100), 0, 150), page([], 100, 150)], /a list of 150 ended after 100/],
    ['repeats a page', [page(many(0, 100), 0, 300), page(many(0, 100), 0, 300)], /repeats/],
    ['repeats a bare page', [many(0, 100), many(0, 100)], /repeats/],
    ['has more than it says', [page(many(0, 3), 0, 2)], /has more items/],
    ['says no number', [{ ...page(many(0, 3)), total: '3' }], /`total`/],
  ];
  test.each(broken)('a list that %s is a 503 and no shorter list', async (_what, pages, message) => {
    tokens();
    pages.forEach((body, number) => answer(200, body as nock.Body, {}, number));
    await unavailable(store().privilegesOf(alice, asked), message);
  });

  test('a list without an end is given up', async () => {
    let pages = 0;
    const tenant = store({
      timeoutMs: 20_000,
      fetch: async (url) =>
        (url as string).endsWith('/oauth/token')
          ? Response.json({ access_token: 'a', expires_in: 9, token_type: 'Bearer' })
          : Response.json([...many(100 * pages++, 100)]),
    });
    await unavailable(tenant.privilegesOf(alice, asked), /more than 1000 pages/);
    expect(pages).toBe(1000);
  });

  const malformed: [string, unknown][] = [
    ['null', null],
    ['a text', 'permissions'],
    ['an object without a list', {}],
    ['an object with another list', { roles: [] }],
    ['a list with null', [null]],
    ['a list with a text', ['read:foo']],
    ['a permission without a name', [{ ...item('a'), permission_name: undefined }]],
    ['a permission with an empty name', [item('')]],
    ['a permission with a number for a name', [{ ...item('a'), permission_name: 7 }]],
    ['a permission of no API', [{ ...item('a'), resource_server_identifier: undefined }]],
    ['sources that are no list', [item('a', 'DIRECT')]],
    ['a malformed permission of another API', [item('a'), { resource_server_identifier: 'https://other.example/' }]],
  ];
  test.each(malformed)('nonsense is a 503: %s', async (_what, body) => {
    tokens();
    nock(origin).get(alicePath).query(query()).reply(200, JSON.stringify(body));
    await unavailable(store().privilegesOf(alice, asked), /malformed/);
  });

  test('an answer that is not JSON is a 503', async () => {
    tokens();
    answer(200, '<html>Sign in</html>');
    await unavailable(store().privilegesOf(alice, asked), /malformed/);
  });
});

describe('effective permissions', () => {
  const path = '/api/v2/users/auth0%7Calice/effective-permissions';
  const ask = { resource_server_identifier: audience, take: '100' };
  const effective = (name: string, sources: string[], api = audience) => ({ ...item(name, sources, api) });

  test('are read page by page until none is next', async () => {
    tokens();
    const first = { permissions: [effective('a', ['direct', 'roles']), effective('b', ['roles'])], next: 'o/p=' };
    nock(origin).get(path).query(ask).reply(200, first);
    const second = { permissions: [effective('c', ['direct']), effective('d', ['direct'], 'https://other.example/')] };
    nock(origin)
      .get(path)
      .query({ ...ask, from: 'o/p=' })
      .reply(200, second);
    expect(await store({ effectivePermissions: true }).privilegesOf(alice, asked)).toEqual([
      held('a'),
      { ...held('a'), source: { kind: 'role' } },
      { ...held('b'), source: { kind: 'role' } },
      held('c'),
    ]);
  });

  test('of a list that goes round are a 503', async () => {
    tokens();
    const same = { permissions: [effective('a', ['direct'])], next: 'again' };
    nock(origin).get(path).query(true).times(2).reply(200, same);
    await unavailable(store({ effectivePermissions: true }).privilegesOf(alice, asked), /repeats/);
  });

  test('of an unknown user are none', async () => {
    tokens();
    nock(origin).get(path).query(ask).reply(404, { statusCode: 404, errorCode: 'inexistent_user' });
    expect(await store({ effectivePermissions: true }).privilegesOf(alice, asked)).toEqual([]);
  });
});

describe('a client', () => {
  const ask = { client_id: machine.id, audience, ...query() };
  const grant = (scope: unknown, differing: object = {}) => ({
    id: 'cgr_1',
    client_id: machine.id,
    audience,
    scope,
    subject_type: 'client',
    ...differing,
  });
  const grants = (...client_grants: unknown[]): void => {
    const body = { client_grants, start: 0, limit: 100, total: client_grants.length };
    nock(origin).get('/api/v2/client-grants').query(ask).reply(200, body);
  };

  test('holds the scopes of its grants', async () => {
    tokens();
    grants(grant(['read:foo', 'write:foo']), grant(['read:foo', 'x:*'], { subject_type: undefined }));
    expect(await store().privilegesOf(machine, asked)).toEqual([held('read:foo'), held('write:foo')]);
  });

  test('holds nothing of what its users are granted, nor of others’ grants', async () => {
    tokens();
    grants(
      grant(['a'], { subject_type: 'user' }),
      grant(['b'], { subject_type: 'robot' }),
      grant(['c'], { client_id: 'another' }),
      grant(['d'], { audience: 'https://other.example/' }),
    );
    expect(await store().privilegesOf(machine, asked)).toEqual([]);
  });

  test.each([
    ['no scopes', grant(undefined)],
    ['scopes as a text', grant('read:foo')],
    ['a number among them', grant([7])],
    ['no client', grant(['a'], { client_id: undefined })],
    ['no API', grant(['a'], { audience: undefined })],
    ['no object', 'cgr_1'],
  ])('whose grant is nonsense is a 503: %s', async (_what, one) => {
    tokens();
    grants(one);
    await unavailable(store().privilegesOf(machine, asked), /malformed/);
  });

  test('unknown to the tenant holds nothing', async () => {
    tokens();
    grants();
    expect(await store().privilegesOf(machine, asked)).toEqual([]);
  });

  test('with the id of a user is no user', async () => {
    tokens();
    nock(origin)
      .get('/api/v2/client-grants')
      .query({ ...ask, client_id: alice.id })
      .reply(200, []);
    expect(await store().privilegesOf({ ...alice, kind: 'client' }, asked)).toEqual([]);
  });
});

test('a cache in front asks once where many ask at the same time', async () => {
  const tenant = store();
  tokens();
  answer(200, page([item('read:foo')]));
  const cached = withCache(tenant);
  await Promise.all([1, 2, 3].map(async () => cached.privilegesOf(alice, asked)));
  await cached.close();
});

test('the requests say who asks, and for what', async () => {
  const seen: { method: string; body: string; authorization: string | undefined; type: string | undefined }[] = [];
  const tenant = store({
    managementAudience: 'https://canonical.example/api/v2/',
    fetch: async (url, init) => {
      const headers = new Headers(init!.headers);
      seen.push({
        method: init!.method!,
        body: String(init!.body ?? ''),
        authorization: headers.get('authorization') ?? undefined,
        type: headers.get('content-type') ?? undefined,
      });
      expect(init!.redirect).toBe('manual');
      return (url as string) === `https://${domain}/oauth/token`
        ? Response.json({ access_token: 'the-token', expires_in: 9, token_type: 'bearer' })
        : Response.json([]);
    },
  });
  await tenant.privilegesOf(alice, asked);
  expect(Object.fromEntries(new URLSearchParams(seen[0]!.body))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'the-client',
    client_secret: secret,
    audience: 'https://canonical.example/api/v2/',
  });
  expect(seen).toMatchObject([
    { method: 'POST', authorization: undefined, type: 'application/x-www-form-urlencoded' },
    { method: 'GET', body: '', authorization: 'Bearer the-token', type: undefined },
  ]);
});

test('an empty answer says nobody what it is', async () => {
  tokens();
  answer(200);
  expect(await errorOf(store().privilegesOf(alice, asked))).toMatchObject({ code: 'unavailable', status: 503 });
});
