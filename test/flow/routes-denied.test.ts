// What `denyUnguarded` refuses, and what it leaves alone, on every framework; and what only Express has.

import { describe, expect, jest, test } from '@jest/globals';
import type { Express, RequestHandler } from 'express';
import { denyUnguarded, publicRoute } from 'rightful/express';
import type { UnguardedRequest } from 'rightful/express';
import { expresses } from './frameworks.ts';
import { express as guards, handler, middleware, routings, served } from './routing.ts';
import { tokenOf } from './scene.ts';

const problem = { type: 'about:blank', title: 'Internal Server Error', status: 500 };

describe.each(routings)('denyUnguarded on $name', ({ create, door, guards: given, listener }) => {
  const { authenticate, requirePermission } = given;

  test('refuses what is neither guarded nor marked, and nothing else', async () => {
    const { app } = create([
      { method: 'get', path: '/forgotten', chain: [handler] },
      { method: 'get', path: '/anonymous', chain: [authenticate({ required: false }), handler] },
      { method: 'get', path: '/late', chain: [handler, authenticate()] },
      { method: 'get', path: '/guarded', chain: [middleware, requirePermission('read:contacts'), handler] },
      { method: 'get', path: '/open', chain: [door.publicRoute(), handler] },
    ]);
    const refused: UnguardedRequest[] = [];
    door.denyUnguarded(app, { onUnguarded: (one) => refused.push(one) });
    const call = await served(listener(app));
    const headers = { authorization: `Bearer ${await tokenOf({ scope: 'read:contacts' })}` };
    for (const path of ['/forgotten', '/anonymous', '/late']) {
      const { status, body, type } = await call(path, { headers });
      expect([path, status, JSON.parse(body)]).toEqual([path, 500, problem]);
      expect(type).toMatch(/^application\/problem\+json/);
    }
    expect(await call('/guarded', { headers })).toMatchObject({ status: 200, body: 'handled' });
    expect((await call('/guarded')).status).toBe(401);
    expect(await call('/open')).toMatchObject({ status: 200, body: 'handled' });
    expect((await call('/nowhere')).status).toBe(404);
    expect(refused.map(({ path }) => path)).toEqual(['/forgotten', '/anonymous', '/late']);
    expect(refused[0]).toEqual({
      method: 'GET',
      path: '/forgotten',
      message: 'Refused GET /forgotten: no guard and no publicRoute() stands before its handler',
    });
  });

  test('a route that is added later does not slip through', async () => {
    const { app, add } = create([{ method: 'get', path: '/x', chain: [authenticate(), handler] }]);
    door.denyUnguarded(app, { onUnguarded: () => undefined });
    const call = await served(listener(app));
    expect((await call('/x')).status).toBe(401);
    expect((await call('/later')).status).toBe(404);
    add({ method: 'all', path: '/later', chain: [handler] });
    add({ method: 'get', path: '/x', chain: [handler] });
    expect((await call('/later')).status).toBe(500);
    expect((await call('/later', { method: 'POST' })).status).toBe(500);
    expect((await call('/x')).status).toBe(401);
  });

  test('a guard and a mark above count where they were passed', async () => {
    const guarded = create([{ method: 'get', path: '/x', chain: [handler] }], [authenticate()]).app;
    door.denyUnguarded(guarded);
    const call = await served(listener(guarded));
    const headers = { authorization: `Bearer ${await tokenOf()}` };
    expect((await call('/x')).status).toBe(401);
    expect((await call('/x', { headers })).body).toBe('handled');
    const marked = create([{ method: 'get', path: '/x', chain: [handler] }], [door.publicRoute()]).app;
    door.denyUnguarded(marked);
    expect((await (await served(listener(marked)))('/x')).body).toBe('handled');
  });

  test('without a hook the process is warned, once for each route', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      const { app } = create([
        { method: 'get', path: '/x', chain: [handler] },
        { method: 'get', path: '/y', chain: [handler] },
      ]);
      door.denyUnguarded(app);
      const call = await served(listener(app));
      for (const path of ['/x', '/x', '/y', '/x']) expect((await call(path)).status).toBe(500);
      expect(warn.mock.calls.map(([message]) => /GET (\S+):/.exec(String(message))?.[1])).toEqual(['/x', '/y']);
      expect(warn).toHaveBeenCalledWith(expect.any(String), { code: 'RIGHTFUL_UNGUARDED' });
    } finally {
      warn.mockRestore();
    }
  });

  test('a hook that throws changes nothing', async () => {
    const { app } = create([{ method: 'get', path: '/x', chain: [handler] }]);
    door.denyUnguarded(app, {
      onUnguarded() {
        throw new Error('the hook');
      },
    });
    expect((await (await served(listener(app)))('/x')).status).toBe(500);
  });

  test('is called once, with options that exist', () => {
    const { app } = create([]);
    expect(() => door.denyUnguarded(app, { onUnguarded: 'log' as never })).toThrow(/`onUnguarded` to be a function/);
    expect(() => door.denyUnguarded(app, { onRefused: () => undefined } as never)).toThrow(
      /Unknown option `onRefused`/,
    );
    door.denyUnguarded(app);
    expect(() => door.denyUnguarded(app)).toThrow(/was called for this application before/);
  });
});

describe.each(expresses)('denyUnguarded on $name', ({ express }) => {
  const guard = guards.authenticate() as RequestHandler;
  const answer: RequestHandler = (req, res) => void res.json(req.route?.path ?? null);

  function denying(app: Express): Express {
    denyUnguarded(app, { onUnguarded: () => undefined });
    return app;
  }

  test('a router that is wrapped in a function is seen', async () => {
    const router = express.Router().get('/x', answer).get('/y', guard, answer).get('/z', publicRoute(), answer);
    const app = denying(express().use('/api', (req, res, next) => router(req, res, next)));
    const call = await served(app);
    expect([(await call('/api/x')).status, (await call('/api/y')).status]).toEqual([500, 401]);
    expect((await call('/api/z')).body).toBe('"/z"');
  });

  test('an application that is wrapped in a function, or of the other version, is seen', async () => {
    for (const { express: other } of expresses) {
      const inner = other().get('/x', answer);
      const app = denying(express().use((req, res, next) => (inner as unknown as RequestHandler)(req, res, next)));
      expect((await (await served(app))('/x')).status).toBe(500);
    }
  });

  test('what changes the method or the URL does not lead past it', async () => {
    const app = express()
      .use((req, _res, next) => {
        if (req.headers['x-method'] !== undefined) req.method = String(req.headers['x-method']);
        if (req.url === '/alias') req.url = '/x';
        next();
      })
      .post('/x', guard, answer)
      .delete('/x', answer)
      .get('/x', answer);
    const call = await served(denying(app));
    expect((await call('/x', { method: 'POST' })).status).toBe(401);
    expect((await call('/x', { method: 'POST', headers: { 'x-method': 'DELETE' } })).status).toBe(500);
    expect((await call('/alias')).status).toBe(500);
    expect((await call('/x', { method: 'HEAD' })).status).toBe(500);
  });

  test('an error handler that goes on does not lead past it', async () => {
    const app = express()
      .use((_req, _res, next) => next(new Error('before the guard')))
      .use(guard)
      .use(((_e: unknown, _q: unknown, _s: unknown, next: () => void) => next()) as unknown as RequestHandler)
      .get('/x', answer);
    expect((await (await served(denying(app)))('/x')).status).toBe(500);
  });

  test('an application above is left alone, also where they share a router', async () => {
    const shared = express.Router().get('/x', answer);
    const inner = denying(express().use(shared));
    const app = express().use('/inner', inner).use(shared).get('/inner/y', answer);
    const call = await served(app);
    expect((await call('/inner/x')).status).toBe(500);
    expect((await call('/inner/y')).body).toBe('"/inner/y"');
    expect((await call('/x')).body).toBe('"/x"');
  });

  test('a function that takes no next, at a path, is seen as it is there', async () => {
    const app = denying(express().use('/health', (_req: unknown, res: { end(): void }) => res.end()));
    expect((await (await served(app))('/health')).status).toBe(500);
  });

  test('what has begun to answer is broken off', async () => {
    const app = express().use((_req, res, next) => {
      res.write('begun');
      next();
    });
    await expect((await served(denying(app.get('/x', answer))))('/x')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  });
});
