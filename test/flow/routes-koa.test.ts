// Routers of @koa/router in every shape: what the walk finds, and what a request without a token meets there.

import { describe, expect, test } from '@jest/globals';
import { Router } from '@koa/router';
import type { RouterMiddleware, RouterOptions } from '@koa/router';
import Koa from 'koa';
import { denyUnguarded, publicRoute, routesOf, unguardedRoutes } from 'rightful/koa';
import { koas } from './koa-applications.ts';
import { koa as guards, served } from './routing.ts';

const { authenticate } = guards;
const guard = authenticate() as RouterMiddleware;
const mark = publicRoute() as RouterMiddleware;
const answer: RouterMiddleware = (ctx) => void (ctx.body = 'handled');
const goOn: RouterMiddleware = (_, next) => next();

/** koa-compose, as Koa has it. */
const { compose } = new Koa() as unknown as { compose(list: readonly unknown[]): RouterMiddleware };

const routed = (options?: RouterOptions): Router => new Router(options);

/** What the application uses, and what is found: guarded (`+`), public (`o`), or forgotten (`-`), `!` with a note. */
type Shape = readonly [name: string, uses: () => readonly (Router | RouterMiddleware)[], expected: readonly string[]];

const shapes: readonly Shape[] = [
  ['a guard on the application', () => [guard, routed().get('/x', answer)], ['+ GET /x']],
  ['a guard on the application, too late', () => [routed().get('/x', answer), guard], ['- GET /x']],
  ['a guard on the router', () => [routed().use(guard).get('/x', answer)], ['+ GET /x']],
  ['a guard on the router, too late', () => [routed().get('/x', answer).use(guard)], ['- GET /x']],
  [
    'a guard on another router',
    () => [routed().use(guard).get('/y', goOn), routed().get('/x', answer)],
    ['+ GET /y', '- GET /x'],
  ],
  [
    'a guard at a path',
    () => [routed().use('/a', guard).get('/a/x', answer).get('/b', answer)],
    ['+ GET /a/x', '- GET /b'],
  ],
  ['a guard at a path in another case', () => [routed().use('/A', guard).get('/a/x', answer)], ['+ GET /a/x']],
  [
    'a guard at a path in another case, where case counts',
    () => [routed({ sensitive: true }).use('/A', guard).get('/a/x', answer)],
    ['- GET /a/x !'],
  ],
  ['a guard at several paths', () => [routed().use(['/a', '/b'], guard).get('/b/x', answer)], ['+ GET /b/x']],
  ['a guard at the root', () => [routed().use('/', guard).get('/', answer).get('/x', answer)], ['+ GET /', '- GET /x']],
  ['a guard at a path with a slash at its end', () => [routed().use('/a/', guard).get('/a/x', answer)], ['- GET /a/x']],
  ['a guard at a parameter', () => [routed().use('/:any', guard).get('/a/x', answer)], ['+ GET /a/x']],
  [
    'a guard at a name, a route with a parameter',
    () => [routed().use('/a', guard).get('/:id', answer)],
    ['- GET /:id'],
  ],
  [
    'a guard on a router with a prefix',
    () => [routed({ prefix: '/api' }).use(guard).get('/x', answer)],
    ['- GET /api/x !'],
  ],
  [
    'a guard on a router with a prefix, where case counts',
    () => [routed({ prefix: '/api', sensitive: true }).use(guard).get('/x', answer)],
    ['+ GET /api/x'],
  ],
  [
    'a guard at a path on a router with a prefix',
    () => [routed({ prefix: '/api' }).use('/x', guard).get('/x', answer)],
    ['+ GET /api/x'],
  ],
  [
    'a guard at the empty path on a router with a prefix',
    () => [routed({ prefix: '/api' }).use('', guard).get('/x', answer)],
    ['+ GET /api/x'],
  ],
  ['a prefix without letters', () => [routed({ prefix: '/1' }).use(guard).get('/x', answer)], ['+ GET /1/x']],
  [
    'a prefix with a parameter',
    () => [routed({ prefix: '/orgs/:org' }).use(guard).get('/x', answer)],
    ['+ GET /orgs/:org/x'],
  ],
  ['a prefix set later', () => [routed().use(guard).get('/x', answer).prefix('/api')], ['- GET /api/x !']],
  [
    'a nested router',
    () => [routed().use('/api', routed().get('/x', guard, answer).get('/y', answer).routes())],
    ['+ GET /api/x', '- GET /api/y'],
  ],
  [
    'a guard on a nested router',
    () => [routed().use('/api', routed().use(guard).get('/x', answer).routes())],
    ['- GET /api/x !'],
  ],
  [
    'a guard above a nested router',
    () => [routed().use(guard).use('/api', routed().get('/x', answer).routes())],
    ['+ GET /api/x'],
  ],
  [
    'a guard at the path of a nested router',
    () => [routed().use('/api', guard).use('/api', routed().get('/x', answer).routes())],
    ['+ GET /api/x'],
  ],
  [
    'a guard beside a nested router',
    () => [routed().use('/api', guard, routed().get('/x', answer).routes() as RouterMiddleware)],
    ['+ GET /api/x'],
  ],
  [
    'routers three deep',
    () => [
      routed().use(
        '/a',
        routed()
          .use('/b', guard)
          .use('/b', routed().get('/x', answer).routes())
          .use('/c', routed().get('/x', answer).routes())
          .routes(),
      ),
    ],
    ['+ GET /a/b/x', '- GET /a/c/x'],
  ],
  ['a route of two functions', () => [routed().get('/x', goOn, guard, answer)], ['+ GET /x']],
  ['composed guards', () => [routed().get('/x', compose([guard]), answer)], ['- GET /x']],
  ['all methods', () => [routed().all('/x', guard, answer)], ['+ ALL /x']],
  ['a guard for all methods', () => [routed().all('/x', guard).get('/x', answer)], ['+ GET /x']],
  [
    'a guard for one method',
    () => [routed().get('/x', guard).get('/x', answer).post('/x', answer)],
    ['+ GET /x', '- POST /x'],
  ],
  [
    'a guard in a route before',
    () => [routed().get('/:any', goOn, guard, goOn).get('/x', answer)],
    ['+ GET /:any', '+ GET /x'],
  ],
  ['several paths', () => [routed().use('/a', guard).get(['/a', '/b'], answer)], ['+ GET /a', '- GET /b']],
  ['a regular expression', () => [routed().get(/^\/x$/, guard, answer)], [String.raw`+ GET /^\/x$/`]],
  ['a guard at a regular expression', () => [routed().use(/^\/x/, guard).get('/x', answer)], ['- GET /x']],
  [
    'a guard at the same regular expression',
    () => {
      const path = /^\/x$/;
      return [routed().use(path, guard).get(path, answer)];
    },
    [String.raw`+ GET /^\/x$/`],
  ],
  ['a wildcard', () => [routed().use('/files', guard).get('/files/*path', answer)], ['+ GET /files/*path']],
  ['a wildcard above', () => [routed().all('/a{/*rest}', guard).get('/a/x', answer)], ['+ GET /a/x']],
  [
    'exclusive routing',
    () => [routed({ exclusive: true }).use(guard).get('/x', answer).get('/y', guard, answer)],
    ['- GET /x', '+ GET /y'],
  ],
  ['strict routing behind a guard', () => [routed({ strict: true }).all('/x', guard).get('/x', answer)], ['+ GET /x']],
  [
    'a strict guard before a route that is not',
    () => [
      routed()
        .use(routed({ strict: true }).all('/x', guard).routes())
        .use(routed().get('/x', answer).routes()),
    ],
    ['- GET /x'],
  ],
  [
    'a router as the handler',
    () => [routed().all('/x', guard, routed().get('/x', answer).routes() as never)],
    ['+ GET /x'],
  ],
  [
    'a router as the handler, without a guard',
    () => [routed().all('/x', routed().get('/x', answer).get('/y', guard, answer).routes() as never)],
    ['- GET /x', '+ GET /y'],
  ],
  [
    'what looks at parameters',
    () => [
      routed()
        .param('id', (_id, _ctx, next) => next())
        .get('/x/:id', guard, answer)
        .get('/y/:id', answer),
    ],
    ['+ GET /x/:id', '- GET /y/:id'],
  ],
  ['a redirection', () => [routed().redirect('/x', '/y')], ['- ALL /x']],
  ['a redirection that is marked', () => [routed().use('/x', mark).redirect('/x', '/y')], ['o ALL /x']],
  ['a mark', () => [routed().get('/x', mark, answer).get('/y', answer)], ['o GET /x', '- GET /y']],
  [
    'what koa-compose made',
    () => [compose([guard, routed().get('/x', answer).routes() as never]) as never],
    ['- ALL / !'],
  ],
  [
    'what koa-compose made, behind a guard',
    () => [guard, compose([routed().get('/x', answer).routes() as never]) as never],
    ['+ ALL / !'],
  ],
];

describe.each(koas)('routers on $name', ({ Koa: Library }) => {
  function built(uses: Shape[1]): Koa {
    const app = new Library();
    for (const one of uses()) app.use((one instanceof Router ? one.routes() : one) as Parameters<Koa['use']>[0]);
    return app;
  }

  test.each(shapes)('%s', (_, uses, expected) => {
    const found = routesOf(built(uses)).map(({ method, path, guarded, public: isPublic, notes }) => {
      const sign = guarded ? '+' : isPublic ? 'o' : '-';
      return `${sign} ${method} ${path}${notes.length > 0 ? ' !' : ''}`;
    });
    expect(found).toEqual(expected);
  });

  test.each(shapes)('with denyUnguarded nothing is handled without a token: %s', async (_, uses) => {
    const app = built(uses);
    const isOpen = routesOf(app).some((route) => route.public);
    denyUnguarded(app, { onUnguarded: () => undefined });
    const call = await served(app.callback());
    for (const path of [
      '/',
      '/x',
      '/a',
      '/api/x',
      '/API/x',
      '/a/b/x',
      '/a/c/x',
      '/b/x',
      '/y',
      '/1/x',
      '/orgs/1/x',
      '/x/',
    ]) {
      for (const method of ['GET', 'POST']) {
        const { body, status } = await call(path, { method });
        if (!isOpen) expect([path, body === 'handled' || status === 301]).toEqual([path, false]);
      }
    }
    expect(routesOf(app)).toEqual(routesOf(built(uses)));
  });

  test('a router itself can be walked', () => {
    expect(unguardedRoutes(routed().get('/x', answer).get('/y', guard, answer))).toMatchObject([{ path: '/x' }]);
  });

  test('a guard on a prefix is passed by in another case, and denyUnguarded sees it', async () => {
    const uses = (): Router[] => [routed({ prefix: '/api' }).use(guard).get('/x', answer)];
    expect(await (await served(built(uses).callback()))('/API/x')).toMatchObject({ body: 'handled' });
    const app = built(uses);
    denyUnguarded(app, { onUnguarded: () => undefined });
    const call = await served(app.callback());
    expect((await call('/API/x')).status).toBe(500);
    expect((await call('/api/x')).status).toBe(401);
  });

  test('a mounted application is seen at run time', async () => {
    const inner = built(() => [routed().get('/x', answer)]);
    const run = compose(inner.middleware);
    // As koa-mount does it.
    const app = new Library().use(async (ctx, next) => {
      const before = ctx.path;
      ctx.path = before.replace(/^\/inner/, '') || '/';
      await run(ctx as never, async () => {
        ctx.path = before;
        await next();
      });
      ctx.path = before;
    });
    expect(routesOf(app)).toEqual([]);
    denyUnguarded(app, { onUnguarded: () => undefined });
    const call = await served(app.callback());
    expect((await call('/inner/x')).status).toBe(500);
    expect((await call('/inner/y')).status).toBe(404);
  });

  test('a router of another package is said to be unseen', () => {
    const foreign = Object.assign((_ctx: unknown, next: () => Promise<unknown>) => next(), { router: { routes: [] } });
    const app = new Library().use(foreign);
    expect(unguardedRoutes(app)).toMatchObject([{ requirement: 'cannot be seen' }]);
    expect(() => denyUnguarded(app)).toThrow(/cannot see into a router that is none of @koa\/router/);
    expect(() => denyUnguarded(new Library().use(guard as never).use(foreign))).not.toThrow();
  });
});
