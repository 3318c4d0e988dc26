// Guards as TC39 decorators of methods that take `(ctx, next?)`, bound to routes of @koa/router.

import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { Router } from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { Context, Middleware, Next } from 'koa';
import { allOf, on, policy, UnavailableError } from 'rightful';
import { createGuards } from 'rightful/koa';
import {
  ask,
  expectPermit,
  expectRefusal,
  insufficientPrivilege,
  insufficientScope,
  missingToken,
  unavailable,
} from './answers.ts';
import { listen } from './frameworks.ts';
import { koas, remembering } from './koa-applications.ts';
import { answering, counting, options, sleep, tokenOf } from './scene.ts';

const scope = 'read:contacts';
const all = { scope: 'read:contacts write:contacts users:read' };
const { requirePermission, accessOf, authenticate } = createGuards(options());

const json = (ctx: Context, value: unknown): void => void (ctx.body = JSON.stringify(value));

class Contacts {
  readonly #names: string[];
  /** What has run. */
  readonly ran: string[] = [];

  constructor(...names: string[]) {
    this.#names = names;
  }

  @requirePermission(scope)
  list(ctx: Context): void {
    this.ran.push('list');
    json(ctx, this.#names);
  }

  @requirePermission('write:contacts')
  async add(ctx: Context): Promise<string> {
    await sleep(1);
    this.ran.push('add');
    json(ctx, [...this.#names, accessOf(ctx).subject.id]);
    return 'added';
  }

  @requirePermission(on('users:read', 'users:id:{id}'))
  show(ctx: RouterContext): void {
    this.ran.push('show');
    json(ctx, ctx.params['id']);
  }

  @requirePermission((ctx) => on('users:read', `users:id:${String(ctx.query['id'])}`))
  find(ctx: Context): void {
    this.ran.push('find');
    json(ctx, ctx.query['id']);
  }

  @requirePermission(scope)
  pass(ctx: Context, next: Next): Promise<unknown> {
    this.ran.push('pass');
    ctx.set('x-passed', 'yes');
    return next();
  }

  @requirePermission(scope)
  fail(_ctx: Context, _next: Next): void {
    this.ran.push('fail');
    throw new Error('a fault of the method');
  }

  @requirePermission(scope)
  async failLater(_ctx: Context): Promise<void> {
    await sleep(1);
    throw new Error('a fault of the method');
  }

  @requirePermission(() => undefined as never)
  broken(ctx: Context): void {
    this.ran.push('broken');
    ctx.status = 200;
  }

  @requirePermission(scope)
  @requirePermission('write:contacts')
  both(ctx: Context): void {
    this.ran.push('both');
    json(ctx, 'both');
  }

  @requirePermission(scope)
  static count(this: typeof Contacts, ctx: Context): void {
    json(ctx, this.name);
  }

  @requirePermission(scope)
  ['computed name'](ctx: Context): void {
    json(ctx, this.#names.length);
  }

  @requirePermission(scope)
  #hidden(ctx: Context): void {
    json(ctx, `hidden from ${this.#names.length}`);
  }

  reveal(ctx: Context): void {
    return this.#hidden(ctx);
  }
}

class Friends extends Contacts {
  override show(ctx: RouterContext): void {
    ctx.set('x-overridden', 'yes');
    return super.show(ctx);
  }
}

describe.each(koas)('a decorated method on $name', ({ Koa }) => {
  async function listening(...middlewares: Middleware[]): Promise<{ address: string; failures: unknown[] }> {
    const { app, failures } = remembering(Koa);
    for (const middleware of middlewares) app.use(middleware);
    return { address: await listen(createServer(app.callback())), failures };
  }

  function serve(contacts: Contacts): Promise<{ address: string; failures: unknown[] }> {
    const router = new Router();
    router.get('/list', (ctx) => contacts.list(ctx));
    router.get('/bound', contacts.list.bind(contacts));
    router.get('/add', (ctx) => contacts.add(ctx));
    router.get('/users/:id', (ctx) => contacts.show(ctx));
    router.get('/find', (ctx) => contacts.find(ctx));
    router.get('/both', (ctx) => contacts.both(ctx));
    router.get('/reveal', (ctx) => contacts.reveal(ctx));
    router.get('/computed', contacts['computed name'].bind(contacts));
    router.get('/count', Contacts.count.bind(Contacts));
    router.get('/pass', contacts.pass.bind(contacts), (ctx) => json(ctx, 'passed'));
    router.get('/fail', contacts.fail.bind(contacts));
    router.get('/fail-later', (ctx) => contacts.failLater(ctx));
    router.get('/broken', contacts.broken.bind(contacts));
    return listening(router.routes() as Middleware);
  }

  test.each([
    ['/list', ['Bob']],
    ['/bound', ['Bob']],
    ['/add', ['Bob', 'alice']],
    ['/users/7', '7'],
    ['/find?id=7', '7'],
    ['/both', 'both'],
    ['/count', 'Contacts'],
    ['/computed', 1],
    ['/reveal', 'hidden from 1'],
    ['/pass', 'passed'],
  ])('runs for those who may, and `this` is kept: %s', async (path, body) => {
    const { address } = await serve(new Contacts('Bob'));
    const token = await tokenOf(all);
    for (let times = 0; times < 2; times += 1) expectPermit(await ask(address + path, { token }), body);
  });

  test.each([
    '/list',
    '/bound',
    '/add',
    '/users/7',
    '/find?id=7',
    '/both',
    '/count',
    '/computed',
    '/reveal',
    '/pass',
    '/fail',
  ])('does not run without a token, and answers: %s', async (path) => {
    const contacts = new Contacts('Bob');
    const { address, failures } = await serve(contacts);
    expectRefusal(await ask(address + path), missingToken());
    expect(contacts.ran).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('does not run for those who lack scope or privilege', async () => {
    const contacts = new Contacts('Bob');
    const { address } = await serve(contacts);
    expectRefusal(await ask(`${address}/list`, { token: await tokenOf() }), insufficientScope(scope));
    expectRefusal(await ask(`${address}/add`, { token: await tokenOf() }), insufficientScope('write:contacts'));
    expectRefusal(
      await ask(`${address}/list`, { token: await tokenOf({ ...all, sub: 'bob' }) }),
      insufficientPrivilege(scope),
    );
    for (const path of ['/users/8', '/find?id=8']) {
      expectRefusal(
        await ask(address + path, { token: await tokenOf(all) }),
        insufficientPrivilege({ permission: 'users:read', on: 'users:id:8' }),
      );
    }
    expect(contacts.ran).toEqual([]);
  });

  test('under two guards runs only where both let it', async () => {
    const contacts = new Contacts();
    const { address } = await serve(contacts);
    for (const [held, lacking] of [
      [scope, 'write:contacts'],
      ['write:contacts', scope],
    ] as const) {
      const token = await tokenOf({ scope: held });
      expectRefusal(await ask(`${address}/both`, { token }), insufficientScope(lacking));
    }
    expect(contacts.ran).toEqual([]);
  });

  test('that is inherited runs on the object it is called on, and an override is guarded through `super`', async () => {
    const friends = new Friends('Carol');
    const { address } = await serve(friends);
    const token = await tokenOf(all);
    expectPermit(await ask(`${address}/list`, { token }), ['Carol']);
    expectPermit(await ask(`${address}/users/7`, { token }), '7');
    expect((await ask(`${address}/users/8`, { token })).status).toBe(403);
    expect(friends.ran).toEqual(['list', 'show']);
  });

  test('E3 that throws, at once or later, is the application’s error, once, and answered by its error handler', async () => {
    const contacts = new Contacts();
    const { address, failures } = await serve(contacts);
    for (const path of ['/fail', '/fail-later']) {
      expect(await ask(address + path, { token: await tokenOf(all) })).toMatchObject({ status: 500, text: 'failed' });
    }
    expect(failures).toEqual([new Error('a fault of the method'), new Error('a fault of the method')]);
    expect(contacts.ran).toEqual(['fail']);
  });

  test('E3 that throws after a store has been waited for is the application’s error all the same', async () => {
    const slow = createGuards(options({ store: answering(async () => [{ permission: scope }]) }));
    class Notes {
      @slow.requirePermission(scope)
      list(_ctx: Context): void {
        throw new Error('a fault of the method');
      }
    }
    const { address, failures } = await listening(new Notes().list);
    expect(await ask(address, { token: await tokenOf(all) })).toMatchObject({ status: 500, text: 'failed' });
    expect(failures).toEqual([new Error('a fault of the method')]);
  });

  test('whose requirement cannot be made does not run: 500', async () => {
    const contacts = new Contacts();
    const { address, failures } = await serve(contacts);
    expect((await ask(`${address}/broken`, { token: await tokenOf(all) })).status).toBe(500);
    expect(failures).toHaveLength(1);
    expect(contacts.ran).toEqual([]);
  });

  test('behind `authenticate` costs the store no second question', async () => {
    const store = counting();
    const guards = createGuards(options({ store }));
    class Notes {
      @guards.requirePermission(scope)
      list(ctx: Context): void {
        json(ctx, 'notes');
      }
    }
    const notes = new Notes();
    const { address } = await listening(guards.authenticate(), (ctx) => notes.list(ctx));
    expectPermit(await ask(address, { token: await tokenOf(all) }), 'notes');
    expect(store.asked).toHaveLength(1);
  });

  test('refuses where the store is down and where a policy says no', async () => {
    const down = createGuards(options({ store: answering(() => Promise.reject(new Error('on fire'))) }));
    class Notes {
      ran = 0;
      @down.requirePermission(scope)
      list(_ctx: Context): void {
        this.ran += 1;
      }
      @requirePermission(
        allOf(
          scope,
          policy('is never here', () => Promise.reject(new UnavailableError())),
        ),
      )
      show(_ctx: Context): void {
        this.ran += 1;
      }
    }
    const notes = new Notes();
    const list = await listening((ctx) => notes.list(ctx));
    const show = await listening((ctx) => notes.show(ctx));
    for (const { address } of [list, show]) {
      expectRefusal(await ask(address, { token: await tokenOf(all) }), unavailable());
    }
    expect(notes.ran).toBe(0);
  });

  test('hands its refusal to onRefusal, with a next that goes nowhere where there is none', async () => {
    const handed: unknown[] = [];
    const guards = createGuards(options(), {
      onRefusal: async (error, ctx, next) => {
        handed.push(error.code, await next());
        ctx.status = 418;
      },
    });
    class Notes {
      @guards.requirePermission(scope)
      list(ctx: Context, _next?: Next): void {
        json(ctx, 'notes');
      }
    }
    const notes = new Notes();
    const alone = await listening((ctx) => notes.list(ctx));
    const among = await listening(
      (ctx, next) => notes.list(ctx, next),
      () => 'what stands after it',
    );
    for (const { address } of [alone, among]) expect((await ask(address)).status).toBe(418);
    expect(handed).toEqual(['missing_token', undefined, 'missing_token', 'what stands after it']);
  });

  test('comes to what the method comes to, and to undefined where it is refused', async () => {
    const results: unknown[] = [];
    const contacts = new Contacts('Bob');
    const { address } = await listening(authenticate(), async (ctx) => {
      results.push(await contacts.add(ctx));
    });
    await ask(address, { token: await tokenOf(all) });
    await ask(address, { token: await tokenOf() });
    expect(results).toEqual(['added', undefined]);
  });
});

const ctx = { req: { headers: {}, method: 'GET', url: '/' }, res: { setHeader() {} } };

test.each([
  ['nothing', []],
  ['an empty object', [{}]],
  ['the request and the response of Node', [ctx.req, ctx.res]],
  ['texts', ['ctx', 'next']],
  ['null', [null, null]],
  ['them the wrong way round', [() => {}, ctx]],
])('a decorated method called with %s is a TypeError, and does not run', (_, given) => {
  const contacts = new Contacts();
  for (const method of [contacts.list, contacts.add, contacts.pass, contacts.both] as ((
    ...all: unknown[]
  ) => unknown)[]) {
    expect(() => method.apply(contacts, given)).toThrow(TypeError);
  }
  expect(() => (Contacts.count as (...all: unknown[]) => unknown)(...given)).toThrow(TypeError);
  expect(contacts.ran).toEqual([]);
});

test('decorating what is no method, or with what is no requirement, is a TypeError', () => {
  const loose = requirePermission(scope) as unknown as (value: unknown, context: unknown) => void;
  expect(() => {
    class Notes {
      @loose
      list = (): void => {};
    }
    return Notes;
  }).toThrow(TypeError);
  expect(() => {
    class Notes {
      @loose
      get list(): number {
        return 1;
      }
    }
    return Notes;
  }).toThrow(TypeError);
  expect(() => {
    class Notes {
      @requirePermission([] as never)
      list(_ctx: Context): void {}
    }
    return Notes;
  }).toThrow(TypeError);
});
