// The address book as a tenant: its dashboard, its administrative APIs, its token endpoint, and machines; on each framework.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManagementClient } from 'auth0';
import { claimsOf, slowStartMs, startScene } from './address-book-scene.ts';
import type { Scene } from './address-book-scene.ts';

describe.each(['express', 'koa'] as const)('the address book on %s', (framework) => {
  let scene: Scene & { close(): Promise<void> };
  beforeAll(async () => void (scene = await startScene({ framework })), slowStartMs);
  afterAll(() => scene?.close());

  describe('tokens', () => {
    test('are for the API that `audience` names, as for the one that `resource` names', async () => {
      const { audience } = scene.facts.administration;
      for (const named of [{ audience }, { resource: audience }]) {
        const token = await scene.machineToken('administration-cli', named);
        expect(claimsOf(token)).toMatchObject({ aud: audience, client_id: 'administration-cli' });
        const { token: hers } = await scene.authorize('ada', 'dashboard', ['openid', 'read:roles'], named);
        expect(claimsOf(hers)).toMatchObject({ aud: audience, sub: 'ada', scope: 'read:roles' });
      }
    });

    test('are for no API that is not known', async () => {
      const audience = 'https://elsewhere.example/';
      await expect(scene.machineToken('administration-cli', { audience })).rejects.toThrow('invalid_target');
      await expect(scene.authorize('ada', 'dashboard', ['openid'], { audience })).rejects.toThrow('invalid_target');
    });

    test('for the address book open nothing in the administration, and the other way round', async () => {
      expect((await scene.answerOf('GET /api/v2/roles', await scene.tokenOf('ada'))).status).toBe(401);
      expect((await scene.answerOf('GET /contacts', await scene.administrationToken())).status).toBe(401);
    });

    test('are had at the port of the API, too, and refused there alike', async () => {
      expect(claimsOf(await scene.administrationToken(scene.facts.api))).toMatchObject({ sub: 'administration-cli' });
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'administration-cli',
        client_secret: 'no',
      });
      const response = await fetch(scene.facts.administration.tokenEndpoint, { method: 'POST', body });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: 'invalid_client' });
      expect((await scene.answerOf('GET /oauth/token')).status).toBe(405);
    });

    test('are asked for by pages of the API alone', async () => {
      const ask = (origin: string) =>
        fetch(`${scene.facts.issuer}/oauth/token`, {
          method: 'POST',
          headers: { origin },
          body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'dashboard', code: 'x' }),
        });
      const allowed = (await ask(scene.facts.api)).headers.get('access-control-allow-origin');
      expect(allowed).toBe(scene.facts.api);
      expect((await ask('https://elsewhere.example')).headers.get('access-control-allow-origin')).toBeNull();
    });
  });

  describe('a privilege', () => {
    test('that an administrator takes away is gone on the next request', async () => {
      const [rita, administration] = await Promise.all([scene.tokenOf('rita'), scene.administrationToken()]);
      expect((await scene.answerOf('GET /contacts', rita)).status).toBe(200);
      const roles = { roles: ['reader'] };
      expect((await scene.answerOf('DELETE /api/v2/users/rita/roles', administration, roles)).status).toBe(204);
      expect(await scene.answerOf('GET /contacts', rita)).toMatchObject({
        status: 403,
        body: { code: 'insufficient_privilege' },
      });
      expect((await scene.answerOf('POST /api/v2/users/rita/roles', administration, roles)).status).toBe(204);
      expect((await scene.answerOf('GET /contacts', rita)).status).toBe(200);
    });

    test('is given by nobody who does not hold it', async () => {
      const scopes = ['openid', 'read:users', 'update:users', 'read:roles'];
      const { audience } = scene.facts.administration;
      const { token } = await scene.authorize('edgar', 'dashboard', scopes, { audience });
      const roles = { roles: ['administrator'] };
      expect((await scene.answerOf('POST /api/v2/users/edgar/roles', token, roles)).status).toBe(403);
    });
  });

  test('the SDK of tenants administers it', async () => {
    const { api, administration } = scene.facts;
    const client = new ManagementClient({
      domain: new URL(api).host,
      clientId: 'administration-cli',
      clientSecret: 'administration-cli-secret',
      audience: administration.audience,
      // It insists on TLS.
      fetch: (input, init) => fetch(String(input).replace(/^https:/, 'http:'), init),
    });
    const { data: users } = await client.users.list();
    expect(users.map(({ user_id }) => user_id)).toEqual(['rita', 'edgar', 'ada', 'dora', 'erin', 'noor']);
    const noor = await scene.tokenOf('noor');
    const permission = { resource_server_identifier: scene.facts.audience, permission_name: 'read:contacts' };
    await client.users.permissions.create('noor', { permissions: [permission] });
    expect((await scene.answerOf('GET /contacts', noor)).status).toBe(200);
    await client.users.permissions.delete('noor', { permissions: [permission] });
    expect((await scene.answerOf('GET /contacts', noor)).status).toBe(403);
  });

  test.each([
    ['GET /admin/', 200],
    ['GET /admin/api/settings', 200],
    ['GET /api/v2/roles', 401],
    ['GET /api/access-control/roles', 401],
    ['POST /access/v1/evaluation', 401],
    ['GET /.well-known/authzen-configuration', 200],
  ])('%s is there', async (call, status) => {
    expect((await scene.answerOf(call)).status).toBe(status);
  });

  test('the dashboard signs in at the authorization server, for the administration', async () => {
    const { issuer, administration } = scene.facts;
    const { body } = await scene.answerOf('GET /admin/api/settings');
    const settings = body as { scope: string };
    expect(settings).toMatchObject({ issuer, audience: administration.audience, clientId: 'dashboard' });
    const { token } = await scene.authorize('ada', 'dashboard', settings.scope.split(' '), administration);
    expect(await scene.answerOf('GET /admin/api/session', token)).toMatchObject({
      status: 200,
      body: { subject: { id: 'ada', name: 'Ada' }, permissions: expect.arrayContaining(['update:users']) },
    });
  });

  test('decisions are answered about its people', async () => {
    const answer = await scene.answerOf('POST /access/v1/evaluation', await scene.administrationToken(), {
      subject: { type: 'user', id: 'edgar' },
      action: { name: 'share:contacts' },
      resource: { type: 'contacts', id: '1' },
    });
    expect(answer).toMatchObject({ status: 200, body: { decision: true } });
  });

  describe('a machine', () => {
    test('holds what the store assigns to it, cut to its scopes', async () => {
      const token = await scene.machineToken('nightly-export', { scope: 'read:contacts write:contacts' });
      expect(await scene.answerOf('GET /export', token)).toMatchObject({ status: 200 });
      expect(await scene.answerOf('POST /contacts', token, {})).toMatchObject({
        status: 403,
        body: { code: 'insufficient_privilege' },
      });
      const other = await scene.machineToken('nightly-export', { scope: 'delete:contacts' });
      expect(await scene.answerOf('GET /export', other)).toMatchObject({
        status: 403,
        body: { code: 'insufficient_scope' },
      });
    });

    test('is refused with a wrong secret', async () => {
      await expect(scene.machineToken('nightly-export', { client_secret: 'wrong' })).rejects.toThrow('invalid_client');
    });

    test('that the authorization server assigns scopes gets no others', async () => {
      const token = await scene.machineToken('export-by-scope', { scope: 'read:contacts delete:contacts' });
      expect(claimsOf(token)).toMatchObject({ scope: 'read:contacts' });
      expect(await scene.answerOf('GET /export/by-scope', token)).toMatchObject({ status: 200 });
    });

    test('whose scopes nobody assigned does not come that way', async () => {
      const token = await scene.machineToken('nightly-export', { scope: 'read:contacts' });
      expect((await scene.answerOf('GET /export/by-scope', token)).status).toBe(401);
      const { token: hers } = await scene.authorize('ada', 'mail-merge', ['openid', 'read:contacts']);
      expect((await scene.answerOf('GET /export/by-scope', hers)).status).toBe(401);
    });

    test('runs the export both ways', async () => {
      const { status, body } = await scene.answerOf('POST /demo/export');
      const { runs } = body as { runs: Record<string, unknown>[] };
      expect(status).toBe(200);
      expect(runs.map((run) => [run['client'], run['clientPrivileges'], run['status'], run['code']])).toEqual([
        ['nightly-export', 'store', 200, null],
        ['export-by-scope', 'issuer', 200, null],
        ['export-by-scope', 'store', 403, 'insufficient_privilege'],
      ]);
    });
  });

  test('its pages are told what there is, and no secret of a machine', async () => {
    const { body } = await scene.answerOf('GET /demo/facts');
    expect(body).toMatchObject({
      api: scene.facts.api,
      issuer: scene.facts.issuer,
      framework,
      kept: 'in memory',
      administration: scene.facts.administration,
      permissions: { 'read:contacts': 'See contacts' },
    });
    expect(JSON.stringify(body)).toContain('export-by-scope');
    expect(JSON.stringify(body)).not.toContain('secret');
  });
});
