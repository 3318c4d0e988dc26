// A policy that a decision point decides: what it asks, with whom it asks together, and ours asked over HTTP.

import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type express from 'express';
import Koa from 'koa';
import { allOf, authzenPolicy } from 'rightful';
import type { AuthzenPolicyOptions } from 'rightful';
import { createGuards as createKoaGuards } from 'rightful/koa';
import { adminScene } from '../admin/admin-scene.ts';
import type { Scene } from '../admin/admin-scene.ts';
import { pointThat, policyScene, saying } from './authzen-scene.ts';
import type { Answered, PolicyScene } from './authzen-scene.ts';
import { listen, stopServers } from './frameworks.ts';

let scene: PolicyScene;

beforeAll(async () => {
  scene = await policyScene();
});

afterEach(() => {
  scene.refused.length = 0;
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

function asking(options: AuthzenPolicyOptions<express.Request>, path?: string): Promise<Answered> {
  return scene.asking(options, path);
}

describe('a policy', () => {
  it('permits where the decision is true, and refuses by its name where it is false', async () => {
    const { url } = await saying(({ resource }) => (resource as { id: string }).id === '/contacts/7');
    expect(await asking({ url })).toMatchObject({ status: 200, body: { id: '7' } });
    expect(await asking({ url }, '/contacts/8')).toMatchObject({
      status: 403,
      body: { code: 'policy_refused', missing: [{ policy: 'may see the contact' }] },
    });
  });

  it('is not asked where a permission is lacking', async () => {
    const { url, calls } = await saying(() => true);
    const address = await scene.guarded(allOf('read:contacts', authzenPolicy('may', { url })));
    expect(await scene.get(address, '/contacts/7', { scope: 'openid' })).toMatchObject({ status: 403 });
    expect(calls).toHaveLength(0);
  });

  it('asks about the subject, the path and the scopes of the request unless told otherwise', async () => {
    const { url, calls } = await saying(() => true);
    await asking({ url }, '/contacts/a%2Fb?secret=1');
    expect(calls[0]).toMatchObject({ path: '/access/v1/evaluation', headers: { 'content-type': 'application/json' } });
    expect(calls[0]?.body).toEqual({
      subject: { type: 'user', id: 'alice', properties: { issuer: scene.issuer.issuer } },
      action: { name: 'may see the contact' },
      resource: { type: 'route', id: '/contacts/a%2Fb' },
      context: { scopes: 'read:contacts' },
    });
  });

  it('asks what it is told to', async () => {
    const { url, calls } = await saying(() => true);
    await asking({
      url: `${url}/stores/one/`,
      headers: async () => Promise.resolve({ 'x-api-key': 'secret' }),
      subject: { type: 'user', id: 'fixed' },
      action: (access) => ({ name: 'can_read', properties: { by: access.client } }),
      resource: (_access, { params }) => ({ type: 'contact', id: String(params['id']) }),
      context: () => ({ time: '2024-05-31T15:22-07:00' }),
    });
    expect(calls[0]).toMatchObject({ path: '/stores/one/access/v1/evaluation', headers: { 'x-api-key': 'secret' } });
    expect(calls[0]?.body).toEqual({
      subject: { type: 'user', id: 'fixed' },
      action: { name: 'can_read', properties: { by: 'test-client' } },
      resource: { type: 'contact', id: '7' },
      context: { time: '2024-05-31T15:22-07:00' },
    });
  });

  it('takes the address of the endpoint itself', async () => {
    const { url, calls } = await saying(() => true);
    expect(await asking({ url: `${url}/custom/evaluation` })).toMatchObject({ status: 200 });
    const several = [
      { type: 'a', id: '1' },
      { type: 'a', id: '2' },
    ];
    expect(await asking({ url: `${url}/custom/evaluation`, resource: several })).toMatchObject({ status: 200 });
    expect(calls.map(({ path }) => path)).toEqual(['/custom/evaluation', '/custom/evaluations']);
  });

  it('asks about several resources at once, and all must be permitted', async () => {
    const { url, calls } = await saying(({ resource }) => (resource as { id: string }).id !== '3');
    const contacts = (ids: string[]) => (): { type: string; id: string }[] =>
      ids.map((id) => ({ type: 'contact', id }));
    expect(await asking({ url, resource: contacts(['1', '2']) })).toMatchObject({ status: 200 });
    expect(await asking({ url, resource: contacts(['1', '2', '3']) })).toMatchObject({ status: 403 });
    expect(calls.map(({ path, body }) => [path, (body['evaluations'] as unknown[]).length])).toEqual([
      ['/access/v1/evaluations', 2],
      ['/access/v1/evaluations', 3],
    ]);
  });

  it('is asked in one call with the others of its `allOf`, and all must permit', async () => {
    const { url, calls } = await saying(({ action }) => (action as { name: string }).name !== 'no');
    const may = (...names: string[]): Promise<string> =>
      scene.guarded(allOf('read:contacts', ...names.map((name) => authzenPolicy(name, { url }))));
    const token = { scope: 'read:contacts' };
    expect(await scene.get(await may('one', 'two', 'three'), '/contacts/7', token)).toMatchObject({ status: 200 });
    expect(await scene.get(await may('one', 'no', 'three'), '/contacts/7', token)).toMatchObject({
      status: 403,
      body: { missing: [{ policy: 'no' }] },
    });
    expect(calls.map(({ path, body }) => [path, (body['evaluations'] as unknown[]).length])).toEqual([
      ['/access/v1/evaluations', 3],
      ['/access/v1/evaluations', 3],
    ]);
  });

  it('of no resource, or of something that is none, refuses without asking', async () => {
    const { url, calls } = await saying(() => true);
    for (const resource of [[], {}, { type: 'contact' }, { type: 'contact', id: 7 }, undefined, null]) {
      expect(await asking({ url, resource: (() => resource) as never })).toMatchObject({ status: 403 });
    }
    expect(calls).toHaveLength(0);
    expect(scene.refused[0]?.cause).toBeInstanceOf(TypeError);
  });

  it('asks for Koa as it does for Express', async () => {
    const { url, calls } = await saying(() => true);
    const { requirePermission } = createKoaGuards(scene.authorizer);
    const app = new Koa();
    app.use(requirePermission(allOf('read:contacts', authzenPolicy('may', { url }))) as Koa.Middleware);
    app.use((ctx) => void (ctx.body = { is: 'there' }));
    expect(await scene.get(await listen(createServer(app.callback())), '/contacts/7?x=1')).toMatchObject({
      status: 200,
    });
    expect(calls[0]?.body).toMatchObject({ resource: { type: 'route', id: '/contacts/7' } });
  });
});

describe('policies that ask together', () => {
  it.each([
    [2, [2]],
    [50, [50]],
    [60, [50, 10]],
  ])('%i about one request in one turn leave in calls of %j', async (count, sizes) => {
    const { url, calls } = await saying(({ resource }) => Number((resource as { id: string }).id) % 2 === 0);
    const token = await scene.issuer.token({ sub: 'alice', scope: 'read:contacts' });
    const request = { method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } };
    const access = await scene.authorizer.authenticate(request);
    const decisions = await Promise.all(
      Array.from({ length: count }, async (_, at) => {
        const asked = authzenPolicy(`${at}`, { url, resource: { type: 'contact', id: String(at) } });
        return scene.authorizer.decide(access, allOf('read:contacts', asked), { request });
      }),
    );
    expect(decisions.map(({ permit }) => permit)).toEqual(Array.from({ length: count }, (_, at) => at % 2 === 0));
    expect(calls.map(({ body }) => (body['evaluations'] as unknown[]).length)).toEqual(sizes);
  });

  it('two requests never leave in one call, nor two that send other headers', async () => {
    const { url, calls } = await saying(() => true);
    const token = await scene.issuer.token({ sub: 'alice', scope: 'read:contacts' });
    const request = (): { method: string; url: string; headers: { authorization: string } } => ({
      method: 'GET',
      url: '/',
      headers: { authorization: `Bearer ${token}` },
    });
    const access = await scene.authorizer.authenticate(request());
    const ask = (of: object, headers: Record<string, string>): unknown =>
      scene.authorizer.decide(access, allOf('read:contacts', authzenPolicy('may', { url, headers })), { request: of });
    const one = request();
    await Promise.all([
      ask(one, { key: '1' }),
      ask(one, { key: '2' }),
      ask(one, { key: '1' }),
      ask(request(), { key: '1' }),
    ]);
    const sizes = calls.map(({ body, headers }) => [
      headers['key'],
      (body['evaluations'] as unknown[] | undefined)?.length,
    ]);
    expect(sizes).toHaveLength(3);
    expect(sizes).toEqual(
      expect.arrayContaining([
        ['1', undefined],
        ['1', 2],
        ['2', undefined],
      ]),
    );
  });

  it('each that waits has an error of its own', async () => {
    const { url } = await pointThat((_call, response) => response.writeHead(500).end());
    const request = {
      method: 'GET',
      url: '/',
      headers: { authorization: `Bearer ${await scene.issuer.token({ sub: 'alice', scope: 'read:contacts' })}` },
    };
    const access = await scene.authorizer.authenticate(request);
    const asked = allOf('read:contacts', authzenPolicy('may', { url }));
    const decisions = await Promise.all([1, 2].map(async () => scene.authorizer.decide(access, asked, { request })));
    expect(decisions.map(({ permit }) => permit)).toEqual([false, false]);
    expect(scene.refused.map(({ status }) => status)).toEqual([503, 503]);
    expect(scene.refused[0]).not.toBe(scene.refused[1]);
  });
});

describe('our own decision service', () => {
  let service: Scene;

  beforeAll(async () => {
    service = await adminScene();
  });

  afterAll(() => service.close());

  it('is asked by a guarded API, and what changes in its store counts at once', async () => {
    const store = service.store;
    const alice = { issuer: service.issuer, id: 'alice', kind: 'user' as const };
    const options: AuthzenPolicyOptions<express.Request> = {
      url: service.address,
      headers: async () => ({ authorization: `Bearer ${await service.token('root', 'evaluate:access')}` }),
      subject: ({ subject: { kind, id } }) => ({ type: kind, id }),
      action: 'read:contacts',
      resource: (_access, { params }) => ({ type: 'contacts', id: String(params['id']) }),
    };
    expect(await asking(options)).toMatchObject({ status: 403, body: { code: 'policy_refused' } });
    await store.grant(alice, { permission: 'read:contacts', on: 'contacts:id:7' }, { system: 'test' });
    expect(await asking(options)).toMatchObject({ status: 200, body: { id: '7' } });
    expect(await asking(options, '/contacts/8')).toMatchObject({ status: 403 });
    expect(await asking(options, '/contacts/*')).toMatchObject({ status: 403 });
    // The token delegates something else: its scopes are sent, and cut the answer.
    expect(await asking({ ...options, action: 'write:contacts' })).toMatchObject({ status: 403 });
    const both = [
      { type: 'contacts', id: '7' },
      { type: 'contacts', id: '8' },
    ];
    expect(await asking({ ...options, resource: both })).toMatchObject({ status: 403 });
    await store.revoke(alice, { permission: 'read:contacts', on: 'contacts:id:7' }, { system: 'test' });
    expect(await asking(options)).toMatchObject({ status: 403 });
  });

  it('knows nothing of people of an issuer that it does not trust', async () => {
    await service.store.grant(service.user('alice'), 'read:contacts', { system: 'test' });
    const headers = { authorization: `Bearer ${await service.token('root', 'evaluate:access')}` };
    const resource = { type: 'contacts', id: '7' };
    const options: AuthzenPolicyOptions<express.Request> = {
      url: service.address,
      headers,
      action: 'read:contacts',
      resource,
    };
    // The default subject says whose it is: the issuer of this API is not the one of that service.
    expect(await asking(options)).toMatchObject({ status: 403 });
  });

  it('that is asked without its permission is a 503', async () => {
    const headers = { authorization: `Bearer ${await service.token('root', 'search:access')}` };
    expect(await asking({ url: service.address, headers })).toMatchObject({ status: 503 });
  });
});
