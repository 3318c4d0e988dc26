// Guards in the places that only Koa has: middleware that goes on after `await next()`, contexts whose answer Koa does not write,
// bodies that are streams, its error event, and Koa inside of Express and of itself.

import { once } from 'node:events';
import { createServer, request as open } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { Router } from '@koa/router';
import type { RouterContext } from '@koa/router';
import express from 'express';
import type Koa3 from 'koa';
import type { Context, Middleware, Next } from 'koa';
import { allOf, createAuthorizer, InsufficientScopeError, on, policy, UnavailableError } from 'rightful';
import type { PrivilegeStore } from 'rightful';
import { createGuards as expressGuards } from 'rightful/express';
import { createGuards } from 'rightful/koa';
import {
  ask,
  expectPermit,
  expectRefusal,
  insufficientPrivilege,
  insufficientScope,
  invalidRequest,
  missingToken,
} from './answers.ts';
import { listen } from './frameworks.ts';
import { koas, remembering } from './koa-applications.ts';
import { audience, issuer, options, people, sleep, tokenOf, until } from './scene.ts';

const scope = 'read:contacts';
const all = { scope: 'read:contacts write:contacts users:read' };
const { authenticate, requirePermission, accessOf, optionalAccessOf } = createGuards(options());
const user = on('users:read', 'users:id:{id}');
const notUser = (id: string): ReturnType<typeof insufficientPrivilege> =>
  insufficientPrivilege({ permission: 'users:read', on: `users:id:${id}` });

/** Passes what `guard` does through a `next` that counts. */
function counted(guard: ReturnType<typeof requirePermission>): { guard: Middleware; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const counting: Middleware = (ctx, next) =>
    guard(ctx, (...given: unknown[]) => {
      calls.push(given);
      return next();
    });
  return { guard: counting, calls };
}

/** A store that answers after a while. */
function slow(milliseconds: number): PrivilegeStore {
  return {
    async privilegesOf(...given) {
      await sleep(milliseconds);
      return people.privilegesOf(...given);
    },
  };
}

describe.each(koas)('$name', ({ Koa }) => {
  const ok = (ctx: Context): void => {
    ctx.body = JSON.stringify(optionalAccessOf(ctx)?.subject.id ?? null);
  };
  const serve = (app: Koa3): Promise<string> => listen(createServer(app.callback()));
  const listening = async (...middlewares: Middleware[]): Promise<{ address: string; failures: unknown[] }> => {
    const { app, failures } = remembering(Koa);
    for (const middleware of middlewares) app.use(middleware);
    return { address: await serve(app), failures };
  };
  const routed = (write: (router: Router) => unknown): Middleware => {
    const router = new Router();
    write(router);
    return router.routes() as Middleware;
  };

  test('a guard before everything guards everything, also what is not there', async () => {
    const { address } = await listening(
      requirePermission(scope),
      routed((router) => router.get('/contacts', ok)),
    );
    for (const path of ['/contacts', '/nowhere', '/']) expectRefusal(await ask(address + path), missingToken());
    const token = await tokenOf(all);
    expectPermit(await ask(`${address}/contacts`, { token }), 'alice');
    expect((await ask(`${address}/nowhere`, { token })).status).toBe(404);
  });

  test('a guard before a router guards all of it, and nothing beside it', async () => {
    const contacts = new Router().get('/', ok).get('/:id', ok);
    const { address } = await listening(
      routed((router) => router.use('/contacts', requirePermission(scope), contacts.routes()).get('/open', ok)),
    );
    expectRefusal(await ask(`${address}/contacts`), missingToken());
    expectRefusal(await ask(`${address}/contacts/7`, { token: await tokenOf() }), insufficientScope(scope));
    expectPermit(await ask(`${address}/contacts/7`, { token: await tokenOf(all) }), 'alice');
    expectPermit(await ask(`${address}/open`), null);
  });

  test('a guard in a router in a router, and one on the way there, see the parameters', async () => {
    const inner = new Router().get('/profile', requirePermission(user), ok).get('/open', ok);
    const outer = new Router().use('/users/:id', inner.routes());
    const before = new Router().use('/guarded/:id', requirePermission(user)).get('/guarded/:id/open', ok);
    const { address } = await listening(
      routed((router) => router.use('/api', outer.routes()).use('/api', before.routes())),
    );
    const token = await tokenOf(all);
    for (const path of ['/api/users/7/profile', '/api/guarded/7/open']) {
      expectPermit(await ask(address + path, { token }), 'alice');
    }
    expectPermit(await ask(`${address}/api/users/8/open`, { token }), null);
    for (const path of ['/api/users/8/profile', '/api/guarded/8/open']) {
      expectRefusal(await ask(address + path, { token }), notUser('8'));
    }
  });

  test('one guard on two routes decides on each alone', async () => {
    const guard = requirePermission(user);
    const { address } = await listening(routed((router) => router.get('/a/:id', guard, ok).get('/b/:id', guard, ok)));
    const token = await tokenOf(all);
    const answers = await Promise.all(['/a/7', '/b/8', '/a/8', '/b/7'].map((path) => ask(address + path, { token })));
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 200]);
  });

  test.each([
    ['is inherited', Object.create({ id: '7' })],
    ['is a list', { id: ['7'] }],
    ['is not there', {}],
    ['is empty', { id: '' }],
    ['has a star', { id: '*' }],
    ['is an object', { id: { toString: () => '7' } }],
  ])('a parameter that %s fills no resource', async (_, params: unknown) => {
    const { address } = await listening((ctx, next) => {
      Object.assign(ctx, { params });
      return next();
    }, requirePermission(user));
    expectRefusal(await ask(address, { token: await tokenOf(all) }), notUser('{id}'));
  });

  test('without a router there are no parameters', async () => {
    const { address } = await listening(requirePermission(user), ok);
    expectRefusal(await ask(address, { token: await tokenOf(all) }), notUser('{id}'));
  });

  test('a guard in `param` guards every route with that parameter', async () => {
    const guard = requirePermission(user);
    const { address } = await listening(
      routed((router) =>
        router
          .param('id', (_id, ctx, next) => guard(ctx, next))
          .get('/users/:id', ok)
          .get('/users', ok),
      ),
    );
    const token = await tokenOf(all);
    expectPermit(await ask(`${address}/users/7`, { token }), 'alice');
    expectRefusal(await ask(`${address}/users/8`, { token }), notUser('8'));
    expectPermit(await ask(`${address}/users`), null);
  });

  test('a policy and a function are given the context of Koa', async () => {
    const mine = policy('is named in the query', (_access, ctx: RouterContext) => ctx.query['name'] === 'Bob');
    const { address } = await listening(
      routed((router) =>
        router.get('/policy', requirePermission(allOf(scope, mine)), ok).get(
          '/function',
          requirePermission((ctx) => on('users:read', `users:id:${String(ctx.query['id'])}`)),
          ok,
        ),
      ),
    );
    const token = await tokenOf(all);
    expect((await ask(`${address}/policy?name=Bob`, { token })).status).toBe(200);
    expect((await ask(`${address}/policy?name=Eve`, { token })).status).toBe(403);
    expect((await ask(`${address}/function?id=7`, { token })).status).toBe(200);
    expect((await ask(`${address}/function?id=8`, { token })).status).toBe(403);
  });

  test('hooks are given the context of Koa', async () => {
    const told: unknown[] = [];
    const guards = createGuards(
      options({
        onDecision: ({ request }) => told.push((request as Context).path),
        onRefused: (_error, request) => told.push((request as Context).path),
      }),
    );
    const { address } = await listening(guards.requirePermission(scope), ok);
    await ask(`${address}/refused`);
    await ask(`${address}/permitted`, { token: await tokenOf(all) });
    expect(told).toEqual(['/refused', '/permitted']);
  });

  test('onRefusal is given context and next of Koa, and its promise is waited for', async () => {
    const guards = createGuards(options(), {
      onRefusal: async (error, ctx, next) => {
        await next();
        ctx.status = error.status;
        ctx.body = `${ctx.path} ${error.code} ${String(ctx.body)}`;
      },
    });
    const { address } = await listening(guards.requirePermission(scope), async (ctx) => {
      await sleep(2);
      ctx.body = 'went on';
    });
    expect(await ask(`${address}/contacts`)).toMatchObject({ status: 401, text: '/contacts missing_token went on' });
  });

  describe('middleware before a guard', () => {
    test.each([
      ['at once', people],
      ['later', slow(5)],
    ])('sees the answer after `await next()`, and what stands after the guard does not run: %s', async (_, store) => {
      const guards = createGuards(options({ store }));
      const steps: unknown[] = [];
      const { address, failures } = await listening(
        async (ctx, next) => {
          steps.push('before');
          await next();
          steps.push([ctx.status, ctx.type, ctx.length === Buffer.byteLength(ctx.body as string)]);
          ctx.set('x-request-id', '7');
        },
        guards.requirePermission(scope),
        (ctx) => {
          steps.push('handler');
          ctx.body = 'handled';
        },
      );
      const refused = await ask(address, { token: await tokenOf({ sub: 'bob', scope }) });
      expectRefusal(refused, insufficientPrivilege(scope));
      expect(refused.headers.get('x-request-id')).toBe('7');
      expect(steps).toEqual(['before', [403, 'application/problem+json', true]]);
      expect((await ask(address, { token: await tokenOf(all) })).text).toBe('handled');
      expect(steps.slice(2)).toEqual(['before', 'handler', [200, 'text/plain', true]]);
      expect(failures).toEqual([]);
    });

    test('comes after everything behind the guard, however long that takes', async () => {
      for (const store of [people, slow(5)]) {
        const steps: string[] = [];
        const { address } = await listening(
          async (_ctx, next) => {
            await next();
            steps.push('after');
          },
          createGuards(options({ store })).requirePermission(scope),
          async (ctx) => {
            await sleep(5);
            steps.push('handler');
            ctx.body = 'handled';
          },
        );
        expect(await ask(address, { token: await tokenOf(all) })).toMatchObject({ status: 200, text: 'handled' });
        expect(steps).toEqual(['handler', 'after']);
      }
    });

    test('may answer otherwise', async () => {
      const { address } = await listening(async (ctx, next) => {
        await next();
        if (ctx.status === 401) ctx.redirect('/sign-in');
      }, requirePermission(scope));
      const { status, headers } = await ask(address);
      expect([status, headers.get('location')]).toEqual([302, '/sign-in']);
    });

    test('E1 does not leave behind what it said of the answer that the refusal takes the place of', async () => {
      const { address } = await listening((ctx, next) => {
        ctx.set({ 'Cache-Control': 'public, max-age=3600', 'Content-Type': 'text/html', 'Content-Length': '3' });
        ctx.status = 201;
        ctx.body = { hopeful: true };
        return next();
      }, requirePermission(scope));
      expectRefusal(await ask(address), missingToken());
      expectRefusal(await ask(address, { token: await tokenOf({ scope, sub: 'bob' }) }), insufficientPrivilege(scope));
    });

    test('E1 that has begun a stream is answered in its place', async () => {
      const stream = Readable.from(['to', 'o', 'early']);
      const { address, failures } = await listening((ctx, next) => {
        ctx.body = stream;
        return next();
      }, requirePermission(scope));
      expectRefusal(await ask(address), missingToken());
      await until(() => stream.destroyed);
      expect(failures).toEqual([]);
    });
  });

  test('a handler behind a guard answers with a stream, and HEAD without one', async () => {
    const { address } = await listening(requirePermission(scope), (ctx) => {
      ctx.type = 'text/plain';
      ctx.body = Readable.from(['a ', 'stream']);
    });
    const token = await tokenOf(all);
    expect(await ask(address, { token })).toMatchObject({ status: 200, text: 'a stream' });
    expect(await ask(address, { token, method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect((await ask(address, { method: 'HEAD' })).status).toBe(401);
  });

  test('E1 a refusal is written also where Koa was told to leave the answer alone', async () => {
    const { address, failures } = await listening(
      (ctx, next) => {
        ctx.respond = false;
        return next();
      },
      requirePermission(scope),
      (ctx) => void ctx.res.writeHead(200).end('by hand'),
    );
    expectRefusal(await ask(address), missingToken());
    const { status, text, headers } = await ask(address, { method: 'HEAD' });
    expect([status, text, Number(headers.get('content-length')) > 0]).toEqual([401, '', true]);
    expect(await ask(address, { token: await tokenOf(all) })).toMatchObject({ status: 200, text: 'by hand' });
    expect(failures).toEqual([]);
  });

  test('where nothing has to be waited for, next is called before the guard returns, and its promise is the guard’s', async () => {
    const guards = createGuards(options());
    const seen: unknown[] = [];
    const { address } = await listening(
      (ctx, next) => {
        for (const guard of [guards.requirePermission(scope), guards.authenticate()]) {
          const mine = Promise.resolve('mine');
          let called = 0;
          const returned = guard(ctx, () => {
            called += 1;
            return mine;
          });
          seen.push([called, returned === mine]);
        }
        seen.push(guards.requirePermission('delete:contacts')(ctx, () => Promise.resolve('never')));
        return next();
      },
      (ctx) => {
        ctx.status = 200;
        ctx.body = 'ok';
      },
    );
    const token = await tokenOf(all);
    await guards.authorizer.authenticate({ headers: { authorization: `Bearer ${token}` } });
    await ask(address, { token });
    expect(seen).toEqual([[1, true], [1, true], undefined]);
  });

  test.each([
    ['a permit', all, [[]]],
    ['a permit that a handler spoils', { ...all, sub: 'admin' }, [[]]],
    ['a refusal', {}, []],
  ])('E3 %s calls next exactly as often as it should: %j', async (_, claims, expected) => {
    for (const store of [people, slow(5)]) {
      const guards = createGuards(options({ store }));
      const { guard, calls } = counted(guards.requirePermission(scope));
      const { address } = await listening(guard, (ctx) => {
        if (guards.accessOf(ctx).subject.id === 'admin') throw new Error('spoilt');
        ctx.body = 'fine';
      });
      await ask(address, { token: await tokenOf(claims) });
      await sleep(5);
      expect(calls).toEqual(expected);
    }
  });

  test.each([
    ['an error', new Error('mine')],
    ['a refusal', new InsufficientScopeError()],
    ['no error at all', 'mine'],
    ['undefined', undefined],
  ])('E3 what is thrown after a guard passes it untouched: %s', async (_, thrown) => {
    for (const [store, later] of [
      [people, false],
      [people, true],
      [slow(5), false],
      [slow(5), true],
    ] as const) {
      const caught: unknown[] = [];
      const { address } = await listening(
        async (ctx, next) => {
          try {
            await next();
          } catch (error) {
            caught.push(error);
            ctx.body = 'caught';
          }
        },
        createGuards(options({ store })).requirePermission(scope),
        later
          ? async () => {
              await sleep(1);
              throw thrown;
            }
          : () => {
              throw thrown;
            },
      );
      expect((await ask(address, { token: await tokenOf(all) })).text).toBe('caught');
      expect(caught).toHaveLength(1);
      expect(caught[0]).toBe(thrown);
    }
  });

  test('E3 a client that goes away while its token is verified harms nobody, and next is called once', async () => {
    let waiting: (() => void) | undefined;
    const store: PrivilegeStore = {
      privilegesOf: () => new Promise((resolve) => (waiting = () => resolve([{ permission: scope }]))),
    };
    const { guard, calls } = counted(createGuards(options({ store })).requirePermission(scope));
    const { address } = await listening(guard, ok);
    const { hostname, port } = new URL(address);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await tokenOf(all)}\r\n\r\n`);
    await until(() => waiting !== undefined);
    socket.destroy();
    await sleep(10);
    waiting?.();
    await sleep(10);
    expect(calls).toEqual([[]]);
    expectRefusal(await ask(address), missingToken());
  });

  test('E3 a client that goes away before it is refused harms nobody', async () => {
    let waiting: (() => void) | undefined;
    const store: PrivilegeStore = {
      privilegesOf: () => new Promise((_resolve, reject) => (waiting = () => reject(new Error('gone')))),
    };
    const { guard, calls } = counted(createGuards(options({ store })).requirePermission(scope));
    const { address } = await listening(guard, ok);
    const asking = open(address, { headers: { authorization: `Bearer ${await tokenOf(all)}` } });
    asking.on('error', () => {}).end();
    await until(() => waiting !== undefined);
    asking.destroy();
    await sleep(10);
    waiting?.();
    await sleep(10);
    expect(calls).toEqual([]);
    expectRefusal(await ask(address), missingToken());
  });

  // Somebody before the guard has answered already, as a time limit does.
  const hasty: Middleware = (ctx, next) => {
    ctx.res.writeHead(200).end('early');
    return next();
  };

  test('E3 a refusal after the answer has been sent goes to the error handler, once, and nothing runs', async () => {
    const { guard, calls } = counted(requirePermission(scope));
    const { address, failures } = await listening(hasty, guard);
    expect(await ask(address)).toMatchObject({ status: 200, text: 'early' });
    await until(() => failures.length > 0);
    expect(calls).toEqual([]);
    expect(failures).toMatchObject([{ code: 'missing_token' }]);
  });

  test('E3 a permit to a token in the URL after the answer has been sent harms nobody', async () => {
    const guards = createGuards(options({ bearer: { query: true }, store: slow(5) }));
    const { guard, calls } = counted(guards.requirePermission(scope));
    const { address } = await listening(hasty, guard, () => {});
    expect(await ask(`${address}/?access_token=${await tokenOf(all)}`)).toMatchObject({ status: 200, text: 'early' });
    await sleep(20);
    expect(calls).toHaveLength(1);
  });

  test('T11 a stricter Cache-Control that is there stays', async () => {
    const guards = createGuards(options({ bearer: { query: true } }));
    const { address } = await listening(
      (ctx, next) => {
        ctx.set('Cache-Control', 'no-store');
        return next();
      },
      guards.requirePermission(scope),
      ok,
    );
    const { headers } = await ask(`${address}/?access_token=${await tokenOf(all)}`);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  describe('without an error handler of the application', () => {
    const bare = async (
      ...middlewares: Middleware[]
    ): Promise<{ address: string; events: unknown[]; contexts: unknown[] }> => {
      const app = new Koa();
      const [events, contexts]: [unknown[], unknown[]] = [[], []];
      app.on('error', (error: unknown, ctx: unknown) => {
        events.push(error);
        contexts.push(ctx);
      });
      for (const middleware of middlewares) app.use(middleware);
      return { address: await serve(app), events, contexts };
    };

    test('E1 no refusal is an error event', async () => {
      const { address, events } = await bare(requirePermission(scope));
      const down: PrivilegeStore = { privilegesOf: () => Promise.reject(new Error('on fire')) };
      const other = await bare(createGuards(options({ store: down })).requirePermission(scope));
      expectRefusal(await ask(address), missingToken());
      expectRefusal(await ask(address, { token: await tokenOf() }), insufficientScope(scope));
      expectRefusal(await ask(address, { token: await tokenOf({ sub: 'bob', scope }) }), insufficientPrivilege(scope));
      expect((await ask(other.address, { token: await tokenOf(all) })).status).toBe(503);
      expect([...events, ...other.events]).toEqual([]);
    });

    test('E1 a fault of the program is one, and answered with 500', async () => {
      const { address, events } = await bare(requirePermission(() => undefined as never));
      expect(await ask(address, { token: await tokenOf(all) })).toMatchObject({
        status: 500,
        text: 'Internal Server Error',
      });
      expect(events).toEqual([expect.any(Error)]);
    });

    test.each([
      [
        'handed over by onRefusal',
        () =>
          createGuards(options(), {
            onRefusal: (error) => {
              throw error;
            },
          }).requirePermission(scope) as Middleware,
      ],
      [
        'thrown by a handler',
        () => () => {
          throw new InsufficientScopeError(undefined, { scope });
        },
      ],
      ['given to ctx.throw', () => (ctx: Context) => ctx.throw(new InsufficientScopeError(undefined, { scope }))],
      [
        'given to ctx.throw with its status',
        () => (ctx: Context) => ctx.throw(403, new InsufficientScopeError(undefined, { scope })),
      ],
    ])('E3 Koa answers a refusal that is %s with its status and challenge', async (_, create) => {
      const { address, events } = await bare(create());
      const { status, headers, text } = await ask(address, { token: await tokenOf() });
      expect(status).toBe(403);
      expect(headers.get('www-authenticate')).toBe(insufficientScope(scope).challenge);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(text).toBe(insufficientScope(scope).body.detail);
      expect(Number(headers.get('content-length'))).toBe(text.length);
      expect(events).toMatchObject([{ code: 'insufficient_scope' }]);
    });

    test('E4 Koa shows nothing of why access cannot be decided', async () => {
      const down = new UnavailableError(undefined, { cause: new Error('the password is hunter2') });
      for (const middleware of [(ctx: Context) => ctx.throw(down), () => Promise.reject(down)]) {
        const { address, events } = await bare(middleware);
        for (let times = 1; times <= 2; times += 1) {
          const { status, headers, text } = await ask(address);
          expect([status, headers.get('retry-after'), text]).toEqual([503, '5', 'Service Unavailable']);
          expect(events).toHaveLength(times);
        }
      }
    });

    test('Koa logs a refusal that comes to it only where the operator is to blame', async () => {
      const logged: unknown[] = [];
      const { error } = console;
      console.error = (...given: unknown[]) => logged.push(given);
      try {
        for (const thrown of [new InsufficientScopeError(), new UnavailableError()]) {
          const address = await serve(new Koa().use((ctx) => ctx.throw(thrown)));
          expect((await ask(address)).status).toBe(thrown.status);
        }
      } finally {
        console.error = error;
      }
      expect(logged).toHaveLength(1);
    });
  });

  describe('inside of Express', () => {
    const authorizer = createAuthorizer(options({ bearer: { form: true } }));
    const inner = createGuards(authorizer);
    const outer = expressGuards(authorizer);
    const application = (): Koa3 =>
      new Koa().use(
        routed((router) =>
          router.all('/contacts', inner.requirePermission(scope), (ctx) => {
            const { auth } = ctx.req as { auth?: { token: string } };
            ctx.body = [inner.accessOf(ctx).subject.id, auth?.token];
          }),
        ),
      );

    test('guards answer, and what is mounted is reached', async () => {
      const app = express().use('/api', application().callback());
      const address = await listen(createServer(app));
      expectRefusal(await ask(`${address}/api/contacts`), missingToken());
      const token = await tokenOf(all);
      expectPermit(await ask(`${address}/api/contacts`, { token }), ['alice', token]);
    });

    test('guards of both share the access of one authorizer, and of two they never do', async () => {
      const seen: unknown[] = [];
      const other = createGuards(options());
      const koa = new Koa().use(inner.requirePermission(scope)).use((ctx) => {
        seen.push(inner.accessOf(ctx), outer.accessOf(ctx.req), other.optionalAccessOf(ctx));
        ctx.body = 'ok';
      });
      const app = express().use(outer.authenticate(), (request, _response, next) => {
        seen.push(outer.accessOf(request));
        next();
      });
      app.use(koa.callback());
      await ask(await listen(createServer(app)), { token: await tokenOf(all) });
      expect(seen).toHaveLength(4);
      expect(seen[1]).toBe(seen[0]);
      expect(seen[3]).toBeUndefined();
      expect(seen[2]).toBe(seen[0]);
    });

    test('a form that Express has parsed is read', async () => {
      const app = express().use(express.urlencoded({ extended: true }), application().callback());
      const address = `${await listen(createServer(app))}/contacts`;
      const token = await tokenOf(all);
      const form = new URLSearchParams({ access_token: token });
      expectPermit(await ask(address, { method: 'POST', body: form }), ['alice', token]);
      expectRefusal(await ask(address, { method: 'POST', body: form, token }), invalidRequest());
    });
  });

  test('an application of Koa inside of another shares its access', async () => {
    const seen: unknown[] = [];
    const inner = new Koa().use(requirePermission(scope)).use((ctx) => {
      seen.push(accessOf(ctx));
      ctx.body = 'inner';
    });
    const { address } = await listening(authenticate(), async (ctx) => {
      seen.push(accessOf(ctx));
      ctx.respond = false;
      await inner.callback()(ctx.req, ctx.res);
    });
    expect(await ask(address, { token: await tokenOf(all) })).toMatchObject({ status: 200, text: 'inner' });
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(seen[1]);
    expectRefusal(await ask(address, { token: await tokenOf({ sub: 'bob' }) }), insufficientScope(scope));
  });

  test('decide tells a handler what a guard would say', async () => {
    const authorizer = createAuthorizer({ issuer: issuer.issuer, audience, store: people });
    const guards = createGuards(authorizer);
    const { address } = await listening(
      routed((router) =>
        router.get('/users/:id', guards.authenticate(), async (ctx) => {
          const { params } = ctx;
          const decision = await authorizer.decide(guards.accessOf(ctx), user, { request: ctx, params });
          ctx.body = JSON.stringify(decision.permit ? 'permit' : decision.lacking);
        }),
      ),
    );
    expectPermit(await ask(`${address}/users/7`, { token: await tokenOf(all) }), 'permit');
    expectPermit(await ask(`${address}/users/8`, { token: await tokenOf(all) }), 'privilege');
    expectPermit(await ask(`${address}/users/7`, { token: await tokenOf() }), 'scope');
  });
});

const req = { headers: {}, method: 'GET', url: '/' };
const res = { setHeader() {} };

test.each([
  ['nothing', []],
  ['next alone', [() => {}]],
  ['an empty object', [{}, () => {}]],
  ['the request of Node', [req, res, () => {}]],
  ['a context without a response', [{ req }, () => {}]],
  ['a context without a request', [{ res }, () => {}]],
  ['null', [null, () => {}]],
])('a guard called with %s is a TypeError, and goes nowhere', (_, given: unknown[]) => {
  for (const guard of [authenticate({ required: false }), requirePermission(scope)]) {
    expect(() => (guard as (...all: unknown[]) => unknown)(...given)).toThrow(TypeError);
  }
});

test('the access of a context that no guard has seen is a TypeError', () => {
  const ctx = { req, res } as unknown as Context;
  expect(optionalAccessOf(ctx)).toBeUndefined();
  expect(() => accessOf(ctx)).toThrow(/No guard of this authorizer/);
  const next: Next = () => Promise.resolve();
  expect(authenticate({ required: false })(Object.assign(ctx, { request: {} }), next)).toBeInstanceOf(Promise);
  expect(optionalAccessOf(ctx)).toBeUndefined();
});
