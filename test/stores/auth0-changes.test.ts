// auth0Store: what it changes at a tenant, what it refuses to, and who hears of it.

import { afterAll, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { createAuthorizer, UnavailableError } from 'rightful';
import type { Access, PrivilegeChange } from 'rightful';
import { NotSupportedError, TenantRefusedError, withCache } from 'rightful/stores';
import type { Auth0Store } from 'rightful/stores';
import { createTestAccess, createTestIssuer } from 'rightful/testing';
import {
  alice,
  alicePath,
  answer,
  asked,
  audience,
  errorOf,
  held,
  isolated,
  item,
  machine,
  origin,
  page,
  store,
  tokens,
  unavailable,
} from './auth0-scene.ts';
import { frameworks, stopServers } from '../flow/frameworks.ts';

isolated();

const by = { system: 'test', why: 'because' };
const rolesPath = '/api/v2/users/auth0%7Calice/roles';
const person = { issuer: alice.issuer, id: alice.id, kind: alice.kind };

/** A store, and what it announces. */
function announcing(...given: Parameters<typeof store>): { tenant: Auth0Store; heard: PrivilegeChange[] } {
  const tenant = store(...given);
  const heard: PrivilegeChange[] = [];
  tenant.onChange((change) => heard.push(change));
  return { tenant, heard };
}

function permissionBody(...names: string[]): { permissions: Record<string, string>[] } {
  return {
    permissions: names.map((permission_name) => ({ resource_server_identifier: audience, permission_name })),
  };
}

describe('a change', () => {
  test('gives a permission, and is announced', async () => {
    const { tenant, heard } = announcing();
    tokens();
    nock(origin, { reqheaders: { 'content-type': 'application/json', authorization: 'Bearer token-1' } })
      .post(alicePath, permissionBody('read:foo'))
      .reply(201, {});
    expect(await tenant.grant(alice, 'read:foo', by)).toBeUndefined();
    expect(heard).toEqual([{ subject: person }]);
  });

  test('gives several at once, each once', async () => {
    tokens();
    nock(origin).post(alicePath, permissionBody('read:foo', 'write:foo')).reply(201, {});
    const given = ['read:foo', { permission: 'write:foo', audience, expiresAt: Infinity }, { permission: 'read:foo' }];
    await store().grant(alice, given, by);
  });

  test('takes a permission', async () => {
    const { tenant, heard } = announcing();
    tokens();
    nock(origin).delete(alicePath, permissionBody('read:foo')).reply(204);
    expect(await tenant.revoke(alice, { permission: 'read:foo' }, by)).toBeUndefined();
    expect(heard).toEqual([{ subject: person }]);
  });

  test('gives and takes roles', async () => {
    const { tenant, heard } = announcing();
    tokens();
    nock(origin)
      .post(rolesPath, { roles: ['rol_a', 'rol_b'] })
      .reply(204);
    nock(origin)
      .delete(rolesPath, { roles: ['rol_a'] })
      .reply(204);
    await tenant.assign(alice, ['rol_a', 'rol_b', 'rol_a'], { expiresAt: Infinity }, by);
    await tenant.deassign(alice, 'rol_a', {}, by);
    expect(heard).toEqual([{ subject: person }, { subject: person }]);
  });

  test('is not announced to who no longer listens, and survives a listener that throws', async () => {
    const { tenant, heard } = announcing();
    const stop = tenant.onChange(() => heard.push({}));
    tenant.onChange(() => {
      throw new Error('listener');
    });
    tenant.onChange((change) => heard.push(change));
    stop();
    tokens();
    nock(origin).post(alicePath).reply(201, {});
    await tenant.grant(alice, 'read:foo', by);
    expect(heard).toEqual([{ subject: person }, { subject: person }]);
  });

  test('is seen at once through a cache', async () => {
    const tenant = store();
    const cached = withCache(tenant);
    tokens();
    answer(200, page([item('read:foo')]));
    expect(await cached.privilegesOf(alice, asked)).toEqual([held('read:foo')]);
    nock(origin).delete(alicePath).reply(204);
    await tenant.revoke(alice, 'read:foo', by);
    answer(200, page([]));
    expect(await cached.privilegesOf(alice, asked)).toEqual([]);
    await cached.close();
  });

  test('is sent again after a failure, since twice is the same as once', async () => {
    const { tenant, heard } = announcing();
    tokens();
    nock(origin).post(alicePath).reply(502);
    nock(origin).post(alicePath).reply(201, {});
    await tenant.grant(alice, 'read:foo', by);
    expect(heard).toHaveLength(1);
  });

  test('is sent again with another token where the first is refused', async () => {
    tokens('token-1', 'token-2');
    nock(origin).post(alicePath).reply(401);
    nock(origin, { reqheaders: { authorization: 'Bearer token-2' } })
      .post(alicePath)
      .reply(201, {});
    await store().grant(alice, 'read:foo', by);
  });
});

describe('a refusal of the tenant', () => {
  const refusals: [number, Record<string, unknown>, RegExp][] = [
    [404, { message: 'The user does not exist.', errorCode: 'inexistent_user' }, /404 inexistent_user "The user/],
    [404, { message: 'The role does not exist.' }, /404 "The role does not exist."/],
    [400, { message: 'Payload validation error', errorCode: 'invalid_body' }, /400 invalid_body "Payload/],
    [403, { message: 'Insufficient scope', errorCode: 'insufficient_scope' }, /403 insufficient_scope/],
  ];
  test.each(refusals)('says why, and nothing is announced: %d %j', async (status, body, message) => {
    const { tenant, heard } = announcing();
    tokens();
    nock(origin)
      .post(rolesPath)
      .reply(status, { statusCode: status, error: 'Name', ...body });
    const error = await errorOf(tenant.assign(alice, 'rol_a', {}, by));
    expect(error).toBeInstanceOf(TenantRefusedError);
    expect(error).toMatchObject({ code: 'tenant_refused', status, errorCode: body['errorCode'] });
    expect(error.message).toMatch(message);
    expect(heard).toEqual([]);
  });

  test('is announced all the same where an earlier attempt may have made the change', async () => {
    const { tenant, heard } = announcing();
    tokens();
    nock(origin).delete(alicePath).reply(504);
    nock(origin).delete(alicePath).reply(404, { statusCode: 404, errorCode: 'inexistent_user' });
    expect(await errorOf(tenant.revoke(alice, 'read:foo', by))).toBeInstanceOf(TenantRefusedError);
    expect(heard).toEqual([{ subject: person }]);
  });
});

test('an attempt that may have made the change is not forgotten for the token that the next one is refused with', async () => {
  const { tenant, heard } = announcing();
  tokens('token-1', 'token-2');
  nock(origin).delete(alicePath).reply(504);
  nock(origin).delete(alicePath).reply(401);
  nock(origin).delete(alicePath).reply(404, { statusCode: 404, errorCode: 'inexistent_user' });
  expect(await errorOf(tenant.revoke(alice, 'read:foo', by))).toBeInstanceOf(TenantRefusedError);
  expect(heard).toEqual([{ subject: person }]);
});

describe('a change of which nobody knows whether it was made', () => {
  test('is announced, and is a 503: the time is over', async () => {
    const { tenant, heard } = announcing({ timeoutMs: 150 });
    tokens();
    nock(origin).post(alicePath).delay(400).reply(201, {});
    await unavailable(tenant.grant(alice, 'read:foo', by), /no answer within 150 ms/);
    expect(heard).toEqual([{ subject: person }]);
  });

  test('is announced, and is a 503: the tenant fails', async () => {
    const { tenant, heard } = announcing({ maxRetries: 0 });
    tokens();
    nock(origin).post(alicePath).reply(500);
    await unavailable(tenant.grant(alice, 'read:foo', by), /POST .*500/);
    expect(heard).toEqual([{ subject: person }]);
  });
});

describe('what a tenant cannot keep is refused before anything is sent', () => {
  const access: Access = createTestAccess({ scopes: ['read:foo'], privileges: ['read:foo'] });
  const cases: [string, (tenant: Auth0Store) => Promise<void>][] = [
    ['a resource', (tenant) => tenant.grant(alice, { permission: 'a', on: 'foo:1' }, by)],
    ['no resource', (tenant) => tenant.grant(alice, { permission: 'a', on: '' }, by)],
    ['every resource by a pattern', (tenant) => tenant.revoke(alice, { permission: 'a', on: '*' }, by)],
    ['a denial', (tenant) => tenant.grant(alice, { permission: 'a', effect: 'deny' }, by)],
    ['an end', (tenant) => tenant.grant(alice, { permission: 'a', expiresAt: Date.now() + 1000 }, by)],
    ['a privilege in an organization', (tenant) => tenant.grant(alice, { permission: 'a', organization: 'o' }, by)],
    ['a subject in an organization', (tenant) => tenant.revoke({ ...alice, organization: 'o' }, 'a', by)],
    ['another API', (tenant) => tenant.grant(alice, { permission: 'a', audience: 'https://other.example/' }, by)],
    ['a pattern', (tenant) => tenant.grant(alice, 'read:*', by)],
    ['every permission', (tenant) => tenant.grant(alice, ['a', '*'], by)],
    ['a client', (tenant) => tenant.grant(machine, 'a', by)],
    ['another issuer', (tenant) => tenant.grant({ ...alice, issuer: 'https://other.example/' }, 'a', by)],
    ['an id that no path holds', (tenant) => tenant.grant({ ...alice, id: '..' }, 'a', by)],
    ['an Access behind it', (tenant) => tenant.grant(alice, 'a', access)],
    ['an Access behind it, and why', (tenant) => tenant.revoke(alice, 'a', { access, why: 'because' })],
    ['a role in an organization', (tenant) => tenant.assign(alice, 'rol_a', { organization: 'o' }, by)],
    ['a role with an end', (tenant) => tenant.assign(alice, 'rol_a', { expiresAt: 5 }, by)],
    ['a role of a subject in one', (tenant) => tenant.deassign({ ...alice, organization: 'o' }, 'rol_a', {}, by)],
    ['a role taken in one', (tenant) => tenant.deassign(alice, 'rol_a', { organization: 'o' }, by)],
    ['a role of a client', (tenant) => tenant.assign(machine, 'rol_a', {}, by)],
    ['a role given by an Access', (tenant) => tenant.assign(alice, 'rol_a', {}, access)],
  ];
  test.each(cases)('%s', async (_what, change) => {
    const { tenant, heard } = announcing();
    const error = await errorOf(change(tenant));
    expect(error).toBeInstanceOf(NotSupportedError);
    expect(error.message).not.toBe('');
    expect(heard).toEqual([]);
  });

  const mistakes: [string, (tenant: Auth0Store) => Promise<void>][] = [
    ['no subject', (tenant) => tenant.grant(undefined as never, 'a', by)],
    ['a subject of no kind', (tenant) => tenant.grant({ ...alice, kind: 'robot' as never }, 'a', by)],
    ['no privilege', (tenant) => tenant.grant(alice, [], by)],
    ['a name that is no scope', (tenant) => tenant.grant(alice, 'read foo', by)],
    ['nobody who makes it', (tenant) => tenant.grant(alice, 'a', undefined as never)],
    ['somebody who is neither', (tenant) => tenant.grant(alice, 'a', { name: 'me' } as never)],
    ['no role', (tenant) => tenant.assign(alice, [], {}, by)],
    ['an unknown option', (tenant) => tenant.assign(alice, 'rol_a', { until: 5 } as never, by)],
    ['an end that is no instant', (tenant) => tenant.assign(alice, 'rol_a', { expiresAt: NaN }, by)],
    ['no options', (tenant) => tenant.deassign(alice, 'rol_a', undefined as never, by)],
  ];
  test.each(mistakes)('a mistake is a TypeError: %s', async (_what, change) => {
    expect(await errorOf(change(store()))).toBeInstanceOf(TypeError);
  });
});

describe.each(frameworks)('behind a guard on $name', (framework) => {
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    await stopServers();
    for (const close of closing.splice(0)) await close();
  });

  async function api(tenant: Auth0Store, issuer: Awaited<ReturnType<typeof createTestIssuer>>) {
    const causes: unknown[] = [];
    const authorizer = createAuthorizer({
      issuer: issuer.issuer,
      audience,
      store: tenant,
      clientPrivileges: 'store',
      onRefused: (error) => causes.push(error.cause),
    });
    const { requirePermission } = framework.createGuards(authorizer);
    const guards = [requirePermission('read:foo')];
    const { address } = await framework.serve([{ path: '/foo', guards, handle: () => ({ foo: 1 }) }]);
    closing.push(async () => {
      await authorizer.close();
      await issuer.close();
    });
    return { address: `${address}/foo`, causes };
  }

  test('what is assigned is permitted, what is not is a 403, and a tenant that fails is a 503', async () => {
    const issuer = await createTestIssuer({ audience });
    const tenant = store({ issuer: issuer.issuer, maxRetries: 0 });
    const { address, causes } = await api(tenant, issuer);
    const ask = async (claims: Record<string, unknown>): Promise<Response> => {
      const token = await issuer.token({ scope: 'read:foo', ...claims });
      return fetch(address, { headers: { authorization: `Bearer ${token}` } });
    };
    const users = (id: string): string => `/api/v2/users/${encodeURIComponent(id)}/permissions`;
    const answers = (id: string): nock.Interceptor => nock(origin).get(users(id)).query(true);

    tokens();
    answers(alice.id).reply(200, page([item('read:foo')]));
    expect((await ask({ sub: alice.id })).status).toBe(200);

    answers('auth0|bob').reply(200, page([item('write:foo'), item('read:foo', [], 'https://other.example/')]));
    const bobs = await ask({ sub: 'auth0|bob' });
    expect(bobs.status).toBe(403);
    expect(await bobs.json()).toMatchObject({ code: 'insufficient_privilege' });

    answers('auth0|carol').reply(200, page([item('*'), item('read:*')]));
    expect((await ask({ sub: 'auth0|carol' })).status).toBe(403);

    answers('auth0|nobody').reply(404, { statusCode: 404, errorCode: 'inexistent_user' });
    expect((await ask({ sub: 'auth0|nobody' })).status).toBe(403);

    answers(alice.id).reply(500, 'oops');
    const failed = await ask({ sub: alice.id });
    expect(failed.status).toBe(503);
    expect(await failed.text()).not.toMatch(/oops|auth0|tenant/);
    expect(causes.at(-1)).toMatchObject({ message: expect.stringContaining('the tenant answered 500') });

    answers(alice.id).reply(429, {}, { 'Retry-After': '17' });
    const limited = await ask({ sub: alice.id });
    expect(limited.status).toBe(503);
    expect(Number(limited.headers.get('retry-after'))).toBe(17);
  });

  test('a machine is permitted what its client grant says', async () => {
    const issuer = await createTestIssuer({ audience });
    const tenant = store({ issuer: issuer.issuer });
    const { address } = await api(tenant, issuer);
    const claims = { sub: 'exporter@clients', azp: 'exporter', client_id: undefined, gty: 'client-credentials' };
    const token = await issuer.token({ scope: 'read:foo', ...claims });
    const ask = async (): Promise<number> =>
      (await fetch(address, { headers: { authorization: `Bearer ${token}` } })).status;
    const grant = { client_id: 'exporter', audience, scope: ['read:foo'] };
    const grants = (subject_type: string): void => {
      const query = { client_id: 'exporter', audience, per_page: '100', page: '0', include_totals: 'true' };
      const client_grants = [{ ...grant, subject_type }];
      nock(origin).get('/api/v2/client-grants').query(query).reply(200, { client_grants, total: 1 });
    };
    tokens();
    grants('client');
    expect(await ask()).toBe(200);
    grants('user');
    expect(await ask()).toBe(403);
  });
});

test('a store that is closed changes nothing', async () => {
  const tenant = store();
  await tenant.close?.();
  expect(await errorOf(tenant.revoke(alice, 'read:foo', by))).toBeInstanceOf(UnavailableError);
});
