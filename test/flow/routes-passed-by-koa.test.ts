// Ways past a guard that looks as if it stood before a handler, on Koa: what the walk says, and what happens with `denyUnguarded`.

import { describe, expect, test } from '@jest/globals';
import { Router } from '@koa/router';
import type { RouterMiddleware, RouterOptions } from '@koa/router';
import Koa from 'koa';
import { denyUnguarded, publicRoute, routesOf, unguardedRoutes } from 'rightful/koa';
import { koas } from './koa-applications.ts';
import { koa as guards, served } from './routing.ts';

const guard = guards.authenticate() as RouterMiddleware;
const answer: RouterMiddleware = (ctx) => void (ctx.body = 'handled');
const goOn: RouterMiddleware = (_, next) => next();

/** koa-compose, as Koa has it. */
const { compose } = new Koa() as unknown as { compose(list: readonly unknown[]): RouterMiddleware };

const routed = (options?: RouterOptions): Router => new Router(options);
const routesIn = (router: Router): RouterMiddleware => router.routes();

/** Which routes are found, and whether the path is handled without a token. */
type Shape = readonly [name: string, router: () => Router, expected: readonly string[], path: string];

const shapes: readonly Shape[] = [
  [
    'a function that takes no next, a guard behind it, and another function',
    () => routed().get('/x', answer, guard, goOn),
    ['- GET /x !'],
    '/x',
  ],
  [
    'a router in a route, and a guard behind it',
    () => routed().all('/x', routesIn(routed().get('/x', answer)), guard, answer),
    ['- GET /x', '+ ALL /x'],
    '/x',
  ],
  [
    'a router in a route, and a handler behind it',
    () => routed().all('/x', routesIn(routed().get('/y', guard, answer)), answer),
    ['+ GET /y', '- ALL /x'],
    '/x',
  ],
  [
    'a function that takes no next, at a path before a guarded route',
    () => routed().use('/a', answer).get('/a/x', guard, answer),
    ['- ALL /a !', '+ GET /a/x'],
    '/a/x',
  ],
  [
    'a function that takes no next, at the root',
    () => routed().use('/', answer).get('/', guard, answer),
    ['- ALL / !', '+ GET /'],
    '/',
  ],
  [
    'a function that takes no next, at a path on a nested router',
    () => routed().use('/a', routed().use('/b', answer).get('/b/x', guard, answer).routes()),
    ['- ALL /a/b !', '+ GET /a/b/x'],
    '/a/b/x',
  ],
  [
    'what koa-compose made, at a path of a router',
    () =>
      routed()
        .use('/a', compose([answer]))
        .get('/a/x', guard, answer),
    ['- ALL /a !', '+ GET /a/x'],
    '/a/x',
  ],
];

describe.each(koas)('ways past a guard on $name', ({ Koa: Library }) => {
  const built = (router: Router): Koa => new Library().use(router.routes() as Parameters<Koa['use']>[0]);

  test.each(shapes)('%s', async (_, router, expected, path) => {
    const app = built(router());
    const found = routesOf(app).map((route) => {
      return `${route.guarded ? '+' : '-'} ${route.method} ${route.path}${route.notes.length > 0 ? ' !' : ''}`;
    });
    expect(found).toEqual(expected);
    expect((await (await served(app.callback()))(path)).body).toBe('handled');
  });

  test.each(shapes.filter(([name]) => !name.includes('koa-compose')))(
    'with denyUnguarded nothing is handled: %s',
    async (_, router, __, path) => {
      const app = built(router());
      denyUnguarded(app, { onUnguarded: () => undefined });
      expect((await (await served(app.callback()))(path)).status).toBe(500);
    },
  );

  test('a function that takes no next is no route where it stands behind a guard or a mark, or is the last resort', () => {
    const guarded = routed().use('/a', guard).use('/a', answer);
    expect(unguardedRoutes(built(guarded))).toEqual([]);
    const marked = routed().use('/a', publicRoute() as RouterMiddleware, answer);
    expect(unguardedRoutes(built(marked))).toEqual([]);
    expect(routesOf(built(routed({ prefix: '/a' }).use(answer)))).toEqual([]);
    expect(routesOf(built(routed({ prefix: '/orgs/:org' }).use(answer)))).toEqual([]);
  });

  test('an application that is mounted in another one refuses there too, and the other one is left alone', async () => {
    const inner = new Library();
    denyUnguarded(inner, { onUnguarded: () => undefined });
    inner.use(
      routed()
        .get('/inner', answer)
        .get('/open', publicRoute() as RouterMiddleware, answer)
        .routes() as never,
    );
    // As koa-mount does it, but for the path.
    const mounted = compose(inner.middleware) as unknown as Parameters<Koa['use']>[0];
    const outer = built(routed().get('/before', answer));
    outer.use(mounted).use(routed().get('/after', answer).get('/inner', answer).routes() as never);
    const call = await served(outer.callback());
    expect((await call('/before')).body).toBe('handled');
    expect((await call('/inner')).status).toBe(500);
    expect((await call('/open')).body).toBe('handled');
    expect((await call('/after')).body).toBe('handled');
    expect((await call('/nowhere')).status).toBe(404);
  });

  test('an application that refuses, mounted in one that refuses too, tells the hook of the inner one', async () => {
    const [inner, outer] = [new Library(), new Library()];
    const told: string[] = [];
    denyUnguarded(inner, { onUnguarded: ({ path }) => told.push(`inner ${path}`) });
    inner.use(routed().get('/inner', answer).routes() as never);
    denyUnguarded(outer, { onUnguarded: ({ path }) => told.push(`outer ${path}`) });
    outer.use(compose(inner.middleware) as never).use(routed().get('/after', answer).routes() as never);
    const call = await served(outer.callback());
    expect((await call('/inner')).status).toBe(500);
    expect((await call('/after')).status).toBe(500);
    expect(told).toEqual(['inner /inner', 'outer /after']);
  });

  test('middleware that is used after denyUnguarded runs in the order in which it was used', async () => {
    const app = new Library();
    denyUnguarded(app);
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      app.use(async (_, next) => {
        seen.push(name);
        await next();
        seen.push(name.toUpperCase());
      });
    }
    expect(() => app.use('no function' as never)).toThrow(TypeError);
    expect((await (await served(app.callback()))('/x')).status).toBe(404);
    expect(seen.join('')).toBe('abcCBA');
    expect(routesOf(app)).toEqual([]);
  });
});
