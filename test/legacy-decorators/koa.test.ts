// A guard as a decorator of `(ctx, next)` in a project that is compiled with `experimentalDecorators` and `emitDecoratorMetadata`.

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Router } from '@koa/router';
import type { RouterContext } from '@koa/router';
import Koa from 'koa';
import type { Context, Middleware, Next } from 'koa';
import Koa2 from 'koa2';
import { on } from 'rightful';
import { createGuards } from 'rightful/koa';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';

const audience = 'https://contacts.example';
const issuer = await createTestIssuer({ audience });
const store = memoryStore({
  users: {
    alice: { permissions: ['read:contacts', 'write:contacts', { permission: 'users:read', on: 'users:id:7' }] },
  },
});
const { requirePermission, accessOf } = createGuards({ issuer: issuer.issuer, audience, store });
const all = { sub: 'alice', scope: 'read:contacts write:contacts users:read' };

const json = (ctx: Context, value: unknown): void => void (ctx.body = JSON.stringify(value));

class Contacts {
  readonly names: string[];
  /** What has run. */
  readonly ran: string[] = [];

  constructor(...names: string[]) {
    this.names = names;
  }

  @requirePermission('read:contacts')
  list(ctx: Context): void {
    this.ran.push('list');
    json(ctx, this.names);
  }

  @requirePermission('write:contacts')
  async add(ctx: Context): Promise<string> {
    await Promise.resolve();
    this.ran.push('add');
    json(ctx, [...this.names, accessOf(ctx).subject.id]);
    return 'added';
  }

  @requirePermission(on('users:read', 'users:id:{id}'))
  show(ctx: RouterContext, _next: Next): void {
    this.ran.push('show');
    json(ctx, ctx.params['id']);
  }

  @requirePermission((ctx) => on('users:read', `users:id:${String(ctx.query['id'])}`))
  find(ctx: Context): void {
    this.ran.push('find');
    json(ctx, ctx.query['id']);
  }

  @requirePermission('read:contacts')
  pass(_ctx: Context, next: Next): Promise<unknown> {
    this.ran.push('pass');
    return next();
  }

  @requirePermission('read:contacts')
  fail(_ctx: Context, _next: Next): void {
    throw new Error('a fault of the method');
  }

  @requirePermission('read:contacts')
  @requirePermission('write:contacts')
  both(ctx: Context): void {
    this.ran.push('both');
    json(ctx, 'both');
  }

  @requirePermission('read:contacts')
  static count(ctx: Context): void {
    json(ctx, this.name);
  }
}

class Friends extends Contacts {
  override show(ctx: RouterContext, next: Next): void {
    return super.show(ctx, next);
  }
}

const servers: Server[] = [];

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await issuer.close();
});

describe.each([
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
])('a legacy decorated method on %s', (_name, library) => {
  async function serve(contacts: Contacts): Promise<string> {
    const router = new Router();
    router.get('/list', (ctx) => contacts.list(ctx));
    router.get('/add', (ctx) => contacts.add(ctx));
    router.get('/users/:id', (ctx, next) => contacts.show(ctx, next));
    router.get('/find', (ctx) => contacts.find(ctx));
    router.get('/both', (ctx) => contacts.both(ctx));
    router.get('/pass', contacts.pass.bind(contacts), (ctx) => json(ctx, 'passed'));
    router.get('/fail', contacts.fail.bind(contacts));
    router.get('/count', Contacts.count.bind(Contacts));
    const app = new library();
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        ctx.status = 500;
        ctx.body = JSON.stringify((error as Error).message);
      }
    });
    app.use(router.routes() as Middleware);
    const server = app.listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test.each([
    ['/list', ['Bob']],
    ['/add', ['Bob', 'alice']],
    ['/users/7', '7'],
    ['/find?id=7', '7'],
    ['/both', 'both'],
    ['/pass', 'passed'],
    ['/count', 'Contacts'],
  ])('runs for those who may call it, and `this` is kept: %s', async (path, body) => {
    const answer = await ask((await serve(new Contacts('Bob'))) + path, await issuer.token(all));
    expect([answer.status, await answer.json()]).toEqual([200, body]);
  });

  test.each(['/list', '/add', '/users/7', '/find?id=7', '/both', '/pass', '/count', '/fail'])(
    'does not run without a token: %s',
    async (path) => {
      const contacts = new Contacts('Bob');
      const answer = await ask((await serve(contacts)) + path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
      expect(contacts.ran).toEqual([]);
    },
  );

  test('does not run for those who lack scope or privilege', async () => {
    const contacts = new Contacts('Bob');
    const address = await serve(contacts);
    const statuses = [];
    for (const [path, claims] of [
      ['/list', { sub: 'bob', scope: 'read:contacts' }],
      ['/list', { sub: 'alice', scope: 'write:contacts' }],
      ['/both', { sub: 'alice', scope: 'read:contacts' }],
      ['/both', { sub: 'alice', scope: 'write:contacts' }],
      ['/users/8', all],
      ['/users/%2A', all],
      ['/find?id=8', all],
    ] as const) {
      statuses.push((await ask(address + path, await issuer.token(claims))).status);
    }
    expect(statuses).toEqual([403, 403, 403, 403, 403, 403, 403]);
    expect(contacts.ran).toEqual([]);
  });

  test('that is inherited or overridden is guarded on the object it is called on', async () => {
    const friends = new Friends('Carol');
    const address = await serve(friends);
    const token = await issuer.token(all);
    expect(await (await ask(`${address}/list`, token)).json()).toEqual(['Carol']);
    expect((await ask(`${address}/users/7`, token)).status).toBe(200);
    expect((await ask(`${address}/users/8`, token)).status).toBe(403);
    expect(friends.ran).toEqual(['list', 'show']);
  });

  test('that throws is the application’s error', async () => {
    const answer = await ask(`${await serve(new Contacts())}/fail`, await issuer.token(all));
    expect([answer.status, await answer.json()]).toEqual([500, 'a fault of the method']);
  });
});

const ctx = { req: { headers: {}, method: 'GET', url: '/' }, res: { setHeader() {} } };

test.each([
  ['nothing', []],
  ['an empty object', [{}]],
  ['the request and the response of Node', [ctx.req, ctx.res]],
  ['texts', ['ctx', 'next']],
  ['them the wrong way round', [() => {}, ctx]],
])('a legacy decorated method called with %s is a TypeError, and does not run', (_, given) => {
  const contacts = new Contacts();
  for (const method of [contacts.list, contacts.add, contacts.pass] as ((...all: unknown[]) => unknown)[]) {
    expect(() => method.apply(contacts, given)).toThrow(TypeError);
  }
  expect(contacts.ran).toEqual([]);
});

function ask(url: string, token?: string): Promise<globalThis.Response> {
  return fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}
