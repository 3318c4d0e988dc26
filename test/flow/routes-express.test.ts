// Routers of Express in every shape: what the walk finds, and what a request without a token meets there.

import { describe, expect, test } from '@jest/globals';
import type { Express, RequestHandler, Router } from 'express';
import { denyUnguarded, publicRoute, routesOf, unguardedRoutes } from 'rightful/express';
import { expresses } from './frameworks.ts';
import { express as guards, served } from './routing.ts';

const { authenticate, requirePermission } = guards;
const guard = authenticate() as RequestHandler;
const mark = publicRoute() as RequestHandler;
const answer: RequestHandler = (_, res) => void res.end('handled');
const goOn: RequestHandler = (_req, _res, next) => next();
const recover = ((_error: unknown, _req: unknown, _res: unknown, next: () => void) =>
  next()) as unknown as RequestHandler;

interface Make {
  readonly app: Express;
  readonly router: (options?: { mergeParams?: boolean; caseSensitive?: boolean; strict?: boolean }) => Router;
  readonly other: () => Express;
  readonly isLegacy: boolean;
}

/** The routes: guarded (`+`), public (`o`), or forgotten (`-`), with a `!` where a note asks for a second look. */
type Shape = readonly [
  name: string,
  build: (make: Make) => void,
  expected: readonly string[],
  legacy?: readonly string[],
];

const shapes: readonly Shape[] = [
  ['a guard on the application', ({ app }) => app.use(guard).get('/x', answer), ['+ GET /x']],
  ['a guard on the application, too late', ({ app }) => app.get('/x', answer).use(guard), ['- GET /x']],
  [
    'a guard between two routes',
    ({ app }) => app.get('/x', answer).use(guard).get('/y', answer),
    ['- GET /x', '+ GET /y'],
  ],
  ['a guard at a path above', ({ app }) => app.use('/a', guard).get('/a/x', answer), ['+ GET /a/x']],
  ['a guard at the same path', ({ app }) => app.use('/a', guard).get('/a', answer), ['+ GET /a']],
  ['a guard at a path with a slash at its end', ({ app }) => app.use('/a/', guard).get('/a/x', answer), ['+ GET /a/x']],
  ['a guard at a path that only begins alike', ({ app }) => app.use('/a', guard).get('/ab', answer), ['- GET /ab']],
  ['a guard at a longer path', ({ app }) => app.use('/a/b', guard).get('/a', answer), ['- GET /a']],
  ['a guard in another case', ({ app }) => app.use('/A', guard).get('/a', answer), ['+ GET /a']],
  [
    'a guard in another case, where case counts',
    ({ app }) => app.set('case sensitive routing', true).use('/A', guard).get('/a', answer),
    ['- GET /a'],
  ],
  [
    'a guard at several paths',
    ({ app }) => app.use(['/a', '/b/:id'], guard).get('/a/x', answer).get('/b/:n/x', answer).get('/c', answer),
    ['+ GET /a/x', '+ GET /b/:n/x', '- GET /c'],
  ],
  ['a guard at a parameter', ({ app }) => app.use('/:any', guard).get('/x', answer), ['+ GET /x']],
  ['a guard at a name, a route with a parameter', ({ app }) => app.use('/a', guard).get('/:x', answer), ['- GET /:x']],
  ['several paths of a route', ({ app }) => app.use('/a', guard).get(['/a', '/b'], answer), ['+ GET /a', '- GET /b']],
  ['a regular expression', ({ app }) => app.get(/^\/x\d$/, guard, answer), [String.raw`+ GET /^\/x\d$/`]],
  ['a regular expression without a guard', ({ app }) => app.get(/^\/x$/, answer), [String.raw`- GET /^\/x$/`]],
  ['a guard at a regular expression', ({ app }) => app.use(/^\/x/, guard).get('/x', answer), ['- GET /x']],
  [
    'a guard and a router at the same regular expression',
    ({ app, router }) => app.use(/^\/v\d/, guard, router().get('/x', answer)),
    [String.raw`+ GET (^\/v\d)/x`],
  ],
  [
    'a route of one regular expression behind another',
    ({ app }) => app.all(/^\/x$/, guard).get(/^\/x$/, answer),
    [String.raw`+ GET /^\/x$/`],
  ],
  [
    'a regular expression that remembers where it was',
    ({ app }) => {
      const path = /^\/x$/g;
      app.all(path, guard).get(path, answer);
    },
    [String.raw`- GET /^\/x$/g`],
  ],
  [
    'a mounted router',
    ({ app, router }) => app.use('/api', router().get('/x', guard, answer).get('/y', answer)),
    ['+ GET /api/x', '- GET /api/y'],
  ],
  [
    'a guard on a mounted router',
    ({ app, router }) => app.use('/api', router().use(guard).get('/', answer)),
    ['+ GET /api'],
  ],
  [
    'a guard beside a mounted router',
    ({ app, router }) => app.use('/api', guard, router().get('/x', answer)),
    ['+ GET /api/x'],
  ],
  [
    'a guard behind a mounted router',
    ({ app, router }) => app.use('/api', router().get('/x', answer), guard),
    ['- GET /api/x'],
  ],
  [
    'a guard in a router beside',
    ({ app, router }) => app.use('/api', router().use(guard)).use('/api', router().get('/x', answer)),
    ['- GET /api/x'],
  ],
  [
    'routers three deep, guarded at the top',
    ({ app, router }) =>
      app.use('/a', guard).use('/a', router().use('/:b', router().use('/c', router().post('/d', answer)))),
    ['+ POST /a/:b/c/d'],
  ],
  [
    'routers three deep, guarded in the middle',
    ({ app, router }) =>
      app.use('/a', router().use('/b', guard, router().get('/x', answer)).use('/c', router().get('/x', answer))),
    ['+ GET /a/b/x', '- GET /a/c/x'],
  ],
  [
    'a guard at a path longer than that of the router',
    ({ app, router }) => app.use('/api/admin', guard).use('/api', router().get('/admin/x', answer)),
    ['+ GET /api/admin/x'],
    ['- GET /api/admin/x !'],
  ],
  [
    'a guard at a path, a router at the root',
    ({ app, router }) => app.use('/admin', guard).use(router().get('/admin/x', answer)),
    ['+ GET /admin/x'],
  ],
  [
    'a router in two places, one of them guarded',
    ({ app, router }) => {
      const twice = router().get('/x', answer);
      app.use('/a', guard, twice).use('/b', twice);
    },
    ['+ GET /a/x', '- GET /b/x'],
  ],
  [
    'a router within itself',
    ({ app, router }) => {
      const self = router().get('/x', answer);
      self.use('/again', self);
      app.use(guard, self);
    },
    ['+ GET /x'],
  ],
  [
    'a case that counts inside and not outside',
    ({ app, router }) =>
      app.use('/api/admin', guard).use('/api', router({ caseSensitive: true }).get('/admin', answer)),
    ['+ GET /api/admin'],
    ['- GET /api/admin !'],
  ],
  [
    'a mounted application',
    ({ app, other }) => app.use('/api', other().get('/x', answer).get('/y', guard, answer)),
    ['- GET /api/x', '+ GET /api/y'],
  ],
  [
    'a guard above a mounted application',
    ({ app, other }) => app.use('/api', guard, other().get('/x', answer)),
    ['+ GET /api/x'],
  ],
  ['a guard on a mounted application', ({ app, other }) => app.use(other().use(guard).get('/x', answer)), ['+ GET /x']],
  [
    'a mounted application without routes',
    ({ app, other }) => app.use('/api', other()).get('/x', answer),
    ['- GET /x'],
  ],
  [
    'applications in applications',
    ({ app, other }) => app.use('/a', other().use('/b', other().get('/c', guard, answer).get('/d', answer))),
    ['+ GET /a/b/c', '- GET /a/b/d'],
  ],
  [
    'a route of several methods',
    ({ app }) => app.route('/x').get(guard, answer).post(answer),
    ['+ GET /x', '- POST /x'],
  ],
  [
    'a guard for all methods of a route',
    ({ app }) => app.route('/x').all(guard).get(answer).put(answer),
    ['+ GET /x', '+ PUT /x'],
  ],
  ['a guard for all methods, too late', ({ app }) => app.route('/x').get(answer).all(guard), ['- GET /x !']],
  ['a route for all methods', ({ app }) => app.route('/x').all(answer), ['- ALL /x']],
  ['all methods', ({ app }) => app.all('/x', guard, answer), ['+ ALL /x']],
  [
    'a HEAD that is not guarded as the GET is',
    ({ app }) => app.route('/x').get(guard, answer).head(answer),
    ['+ GET /x', '- HEAD /x'],
  ],
  [
    'a guard for GET on a route whose HEAD has none',
    ({ app }) => {
      app.route('/x').get(guard).head(goOn);
      app.get('/x', answer);
    },
    ['- HEAD /x', '- GET /x'],
  ],
  [
    'a guard behind what might leave the route',
    ({ app }) => app.all('/x', (_req, _res, next) => next('route'), guard).get('/x', answer),
    ['- ALL /x !', '- GET /x'],
  ],
  ['lists of functions', ({ app }) => app.get('/x', [goOn, [guard]] as never, answer), ['+ GET /x']],
  ['lists of guards', ({ app }) => app.use([goOn, [guard]] as never).get('/x', answer), ['+ GET /x']],
  ['an error handler at the end', ({ app }) => app.use(guard).get('/x', answer).use(recover), ['+ GET /x']],
  [
    'an error handler between guard and route',
    ({ app }) => app.use(guard).use(recover).get('/x', answer),
    ['- GET /x !'],
  ],
  [
    'an error handler between guard and route, elsewhere',
    ({ app }) => app.use(guard).use('/y', recover).get('/x', answer),
    ['+ GET /x'],
  ],
  [
    'an error handler within a router behind the guard',
    ({ app, router }) => app.use(guard, router().use(recover), router().use(recover).get('/x', answer)),
    ['+ GET /x'],
  ],
  ['an error handler between guard and handler', ({ app }) => app.get('/x', guard, recover, answer), ['- GET /x !']],
  [
    'a guard of a parameter',
    ({ app }) =>
      app
        .param('id', guard as never)
        .get('/x/:id', answer)
        .get('/y', answer),
    ['+ GET /x/:id', '- GET /y'],
  ],
  [
    'a guard of a parameter, on the router above',
    ({ app, router }) => app.param('id', guard as never).use('/:id', router().get('/x', answer)),
    ['+ GET /:id/x'],
  ],
  [
    'a mark at a path',
    ({ app }) => app.use('/open', mark).get('/open/x', answer).get('/x', answer),
    ['o GET /open/x', '- GET /x'],
  ],
  [
    'a function at a path that takes no next',
    ({ app }) => app.use('/health', (_req: unknown, res: { end(): void }) => res.end()),
    ['- ALL /health !'],
  ],
  [
    'a function at a path that takes no next, marked',
    ({ app }) => app.use('/health', mark, (_req: unknown, res: { end(): void }) => res.end()),
    ['o ALL /health !'],
  ],
  ['the last resort', ({ app }) => app.use(guard).use((_req, res) => void res.status(404).end()), []],
  [
    'a sign-in that is not needed, on the application',
    ({ app }) => app.use(authenticate({ required: false })).get('/x', answer),
    ['- GET /x'],
  ],
  [
    'a wildcard',
    ({ app, isLegacy }) =>
      app
        .all(isLegacy ? '/a/*' : '/a/*rest', guard)
        .get('/a/x', answer)
        .get('/a', answer),
    ['+ GET /a/x', '- GET /a'],
  ],
  [
    'a wildcard above a router',
    ({ app, router, isLegacy }) =>
      app.all(isLegacy ? '/a/*' : '/a/*rest', guard).use('/a', router().get('/x', answer).get('/', answer)),
    ['+ GET /a/x', '- GET /a'],
  ],
  [
    'everything',
    ({ app, router, isLegacy }) =>
      app
        .all(isLegacy ? '*' : '/{*all}', guard)
        .get('/', answer)
        .use('/a', router().get('/x', answer)),
    ['+ GET /', '+ GET /a/x'],
  ],
  [
    'a wildcard in the route',
    ({ app, isLegacy }) => app.use('/files', guard).get(isLegacy ? '/files/*' : '/files/*path', answer),
    ['+ GET /files/*path'],
    ['+ GET /files/*'],
  ],
  [
    'an optional part',
    ({ app, isLegacy }) => app.use('/a', guard).get(isLegacy ? '/a/:id?' : '/a{/:id}', answer),
    ['- GET /a{/:id}'],
    ['+ GET /a/:id?'],
  ],
  [
    'a guard with an optional part, at the same path',
    ({ app, isLegacy }) => {
      const path = isLegacy ? '/a/:id?' : '/a{/:id}';
      app.all(path, guard).get(path, answer);
    },
    ['+ GET /a{/:id}'],
    ['+ GET /a/:id?'],
  ],
  [
    'an exact guard of strict routing',
    ({ app }) => app.set('strict routing', true).all('/x', guard).get('/x', answer).get('/x/', answer),
    ['+ GET /x', '- GET /x/'],
  ],
];

describe.each(expresses)('routers of $name', ({ name, express }) => {
  const isLegacy = name === 'Express 4';

  function built(build: Shape[1]): Express {
    const app = express();
    build({ app, router: express.Router, other: express, isLegacy });
    return app;
  }

  test.each(shapes)('%s', async (_, build, modern, legacy = modern) => {
    const found = routesOf(built(build)).map(({ method, path, guarded, public: isPublic, notes }) => {
      const sign = guarded ? '+' : isPublic ? 'o' : '-';
      return `${sign} ${method} ${path}${notes.length > 0 ? ' !' : ''}`;
    });
    expect(found).toEqual(isLegacy ? legacy : modern);
  });

  test.each(shapes)('with denyUnguarded nothing is handled without a token: %s', async (_, build) => {
    const app = built(build);
    const refused: string[] = [];
    denyUnguarded(app, { onUnguarded: ({ path }) => refused.push(path) });
    const isOpen = routesOf(app).some((route) => route.public);
    const call = await served(app);
    for (const path of [
      '/x',
      '/a',
      '/a/x',
      '/api/x',
      '/API//x',
      '/a/b/x',
      '/a/c/x',
      '/v1/x',
      '/x1',
      '/health',
      '/b/x',
      '/a/b/d',
    ]) {
      for (const method of ['GET', 'POST', 'HEAD']) {
        const { body, status } = await call(path, { method });
        if (!isOpen) expect([path, body === 'handled' || status === 200]).toEqual([path, false]);
      }
    }
    expect(routesOf(app)).toEqual(routesOf(built(build)));
  });

  test('a router itself can be walked', () => {
    expect(unguardedRoutes(express.Router().get('/x', answer).get('/y', guard, answer))).toMatchObject([
      { method: 'GET', path: '/x' },
    ]);
  });

  test('the walk runs nothing of the application', () => {
    let runs = 0;
    const count: RequestHandler = (_req, _res, next) => {
      runs += 1;
      next();
    };
    const failing = (): void => void (runs += 1);
    const inner = express().use(count).get('/x', count);
    inner.use(((_e: unknown, _q: unknown, _s: unknown, _n: unknown) => failing()) as unknown as RequestHandler);
    inner.param('id', count);
    const app = express().use(count).use('/api', inner);
    expect(routesOf(app)).toMatchObject([{ path: '/api/x' }]);
    expect(runs).toBe(0);
  });

  test('an application behaves as before it was walked', async () => {
    const inner = express().get('/x', (req, res) => void res.json([req.baseUrl, req.app === inner, req.route?.path]));
    const app = express().use('/api', inner);
    routesOf(app);
    expect(JSON.parse((await (await served(app))('/api/x')).body)).toEqual(['/api', true, '/x']);
  });

  test('what has routes of its own and is no router of Express is said to be unseen', () => {
    const connect = Object.assign((_req: unknown, _res: unknown, next: () => void) => next(), {
      stack: [],
      route: '/',
      handle() {},
    });
    const app = express().use('/old', connect as RequestHandler);
    expect(unguardedRoutes(app)).toMatchObject([
      { path: '/old', requirement: 'cannot be seen', notes: ['the walk cannot see into what is mounted at `/old`'] },
    ]);
    expect(() => denyUnguarded(app)).toThrow(/cannot see into what is mounted at `\/old`/);
    const guarded = express().use('/old', guard, connect as RequestHandler);
    expect(unguardedRoutes(guarded)).toEqual([]);
    expect(() => denyUnguarded(guarded)).not.toThrow();
  });

  test('a router without paths on its entries is not guessed at', () => {
    const app = express().use('/api', guard, express.Router().get('/x', answer));
    const kept = app as unknown as Record<'router' | '_router', { stack: object[] }>;
    for (const layer of kept[isLegacy ? '_router' : 'router'].stack) Reflect.deleteProperty(layer, 'rawPath');
    const unread = { path: '/…/x', guarded: false, notes: [expect.stringContaining('keeps no paths')] };
    expect(routesOf(app)).toMatchObject(isLegacy ? [{ guarded: true }] : [unread]);
  });

  test('a guard asks for its permission wherever it is recognised', () => {
    const app = express()
      .use('/a', requirePermission('a'))
      .get('/a', requirePermission('b') as RequestHandler, answer);
    expect(routesOf(app)).toMatchObject([{ requirement: 'a and b' }]);
  });
});
