// Ways past a guard that looks as if it stood before a handler, on Express: what the walk says, and what happens with `denyUnguarded`.

import { describe, expect, test } from '@jest/globals';
import type { Express, RequestHandler, Router } from 'express';
import Koa from 'koa';
import { denyUnguarded, publicRoute, routesOf, unguardedRoutes } from 'rightful/express';
import { denyUnguarded as denyUnguardedKoa } from 'rightful/koa';
import { expresses } from './frameworks.ts';
import { express as guards, served } from './routing.ts';

const guard = guards.authenticate() as RequestHandler;
const answer: RequestHandler = (_, res) => void res.end('handled');
const goOn: RequestHandler = (_req, _res, next) => next();
const leave = ((_req: unknown, _res: unknown, next: (to: string) => void) => next('route')) as never;

interface Make {
  readonly app: Express;
  readonly router: () => Router;
  readonly other: () => Express;
  readonly isLegacy: boolean;
}

type Shape = readonly [name: string, build: (make: Make) => void, expected: readonly string[], path: string];

const shapes: readonly Shape[] = [
  [
    'a function that takes no next, a guard behind it, and another function',
    ({ app }) => app.get('/x', answer, guard, goOn),
    ['- GET /x !'],
    '/x',
  ],
  ['the same, with middleware first', ({ app }) => app.get('/x', goOn, answer, guard, answer), ['- GET /x !'], '/x'],
  [
    'a guard of the route, a function that takes no next, and a guard again',
    ({ app }) => app.get('/x', guard, answer, guard, answer),
    ['+ GET /x !'],
    '/x',
  ],
  [
    'a router in a route, and a guard behind it',
    ({ app, router }) => app.get('/x', router().get('/x', answer) as never, guard, answer),
    ['- GET /x !'],
    '/x',
  ],
  [
    'an application in a route, and a guard behind it',
    ({ app, other }) => app.get('/x', other().get('/x', answer) as never, guard, answer),
    ['- GET /x !'],
    '/x',
  ],
  [
    'what looks at a parameter and leaves, before a guard at that parameter',
    ({ app }) => app.param('id', leave).use('/a/:id', guard).get('/a/x', answer),
    ['- GET /a/x !'],
    '/a/x',
  ],
  [
    'the same, and the guard in a route',
    ({ app }) => app.param('id', leave).all('/a/:id', guard).get('/a/x', answer),
    ['- GET /a/x !'],
    '/a/x',
  ],
  [
    'the same, and the route in a router that knows nothing of the parameter',
    ({ app, router }) => app.param('id', leave).use('/a/:id', guard).use('/a', router().get('/:id', answer)),
    ['- GET /a/:id !'],
    '/a/x',
  ],
  [
    'the same, and a wildcard',
    ({ app, isLegacy }) =>
      app
        .param(isLegacy ? '0' : 'rest', leave)
        .all(isLegacy ? '/a/*' : '/a/*rest', guard)
        .get('/a/x', answer),
    ['- GET /a/x'],
    '/a/x',
  ],
  [
    'what looks at a parameter, and leaves route and guard alike',
    ({ app }) => app.param('id', leave).use('/a/:id', guard).get('/a/:id', answer).get('/a/:id/b', answer),
    ['+ GET /a/:id', '+ GET /a/:id/b'],
    '/a/x',
  ],
  [
    'what looks at a parameter, and a router behind the guard',
    ({ app, router }) => app.param('id', goOn as never).use('/a/:id', guard, router().get('/b', answer)),
    ['+ GET /a/:id/b'],
    '/a/x/b',
  ],
];

describe.each(expresses)('ways past a guard on $name', ({ name, express }) => {
  const isLegacy = name === 'Express 4';

  function built(build: Shape[1]): Express {
    const app = express();
    build({ app, router: express.Router, other: express, isLegacy });
    return app;
  }

  test.each(shapes)('%s', async (_, build, expected, path) => {
    const app = built(build);
    const found = routesOf(app).map((route) => {
      return `${route.guarded ? '+' : '-'} ${route.method} ${route.path}${route.notes.length > 0 ? ' !' : ''}`;
    });
    expect(found).toEqual(expected);
    const isHandled = (await (await served(app))(path)).body === 'handled';
    expect(isHandled).toBe(expected[0]?.startsWith('-'));
  });

  test.each(shapes)('with denyUnguarded nothing is handled: %s', async (_, build, __, path) => {
    const app = built(build);
    denyUnguarded(app, { onUnguarded: () => undefined });
    expect((await (await served(app))(path)).body).not.toBe('handled');
  });

  test('a method that is changed inside of a route does not lead past denyUnguarded', async () => {
    const app = express();
    app
      .route('/x')
      .get((req, _res, next) => {
        req.method = 'POST';
        next();
      }, answer)
      .post(guard, answer);
    expect(unguardedRoutes(app)).toMatchObject([{ method: 'GET', path: '/x' }]);
    denyUnguarded(app, { onUnguarded: () => undefined });
    const call = await served(app);
    expect((await call('/x')).status).toBe(500);
    expect((await call('/x', { method: 'POST' })).status).toBe(401);
  });

  test('what changes the URL behind a guard at a path does not lead past denyUnguarded', async () => {
    const app = express()
      .use('/admin', guard)
      .use((req, _res, next) => {
        if (req.url === '/alias') req.url = '/admin';
        next();
      })
      .get('/admin', answer);
    // The walk runs nothing, and so cannot know of it.
    expect(unguardedRoutes(app)).toEqual([]);
    denyUnguarded(app, { onUnguarded: () => undefined });
    const call = await served(app);
    expect((await call('/admin')).status).toBe(401);
    expect((await call('/alias')).status).toBe(500);
  });

  test('an application of Koa is said to be unseen, unless a guard stands before it or it refuses by itself', async () => {
    const koa = (): Koa => new Koa().use((ctx) => void (ctx.body = 'handled'));
    const app = express().use(koa().callback() as unknown as RequestHandler);
    expect(unguardedRoutes(app)).toMatchObject([{ method: 'ALL', path: '/', requirement: 'cannot be seen' }]);
    expect(() => denyUnguarded(app)).toThrow(/cannot see into what is mounted at `\/`/);
    const guarded = express().use('/koa', guard, koa().callback() as unknown as RequestHandler);
    expect(unguardedRoutes(guarded)).toEqual([]);
    denyUnguarded(guarded);
    const open = express().use('/koa', publicRoute(), koa().callback() as unknown as RequestHandler);
    expect(() => denyUnguarded(open)).not.toThrow();
    const refusing = koa();
    denyUnguardedKoa(refusing);
    const both = express().use(refusing.callback() as unknown as RequestHandler);
    expect(unguardedRoutes(both)).toMatchObject([{ requirement: 'cannot be seen' }]);
    expect(() => denyUnguarded(both)).not.toThrow();
  });
});
