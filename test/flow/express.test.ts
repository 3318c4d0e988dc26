// Guards in the places that only Express has: routers in routers, mounted applications, `param`, error handlers, and
// responses that end before a guard is done (row E3).

import { once } from 'node:events';
import { createServer, request as open } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { allOf, createAuthorizer, on, policy } from 'rightful';
import type { PrivilegeStore } from 'rightful';
import { createGuards } from 'rightful/express';
import {
  ask,
  expectPermit,
  expectRefusal,
  insufficientPrivilege,
  insufficientScope,
  invalidRequest,
  missingToken,
} from './answers.ts';
import { expresses, listen, listening } from './frameworks.ts';
import { audience, issuer, options, people, sleep, tokenOf, until } from './scene.ts';

const scope = 'read:contacts';
const all = { scope: 'read:contacts write:contacts users:read' };
const { authenticate, requirePermission, accessOf, optionalAccessOf } = createGuards(options());
const user = on('users:read', 'users:id:{id}');
const notUser = (id: string): ReturnType<typeof insufficientPrivilege> =>
  insufficientPrivilege({ permission: 'users:read', on: `users:id:${id}` });

/** Passes what `guard` does through a `next` that counts. */
function counted(guard: ReturnType<typeof requirePermission>): { guard: RequestHandler; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const counting = (request: Request, response: Response, next: NextFunction): void => {
    guard(request, response, (...given: unknown[]) => {
      calls.push(given);
      next(...(given as []));
    });
  };
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

describe.each(expresses)('$name', ({ express }) => {
  const ok: RequestHandler = (request, response) => void response.json(optionalAccessOf(request)?.subject.id ?? null);

  test('a guard before everything guards everything, also what is not there', async () => {
    const app = express().use(requirePermission(scope)).get('/contacts', ok);
    const { address } = await listening(app);
    for (const path of ['/contacts', '/nowhere', '/']) expectRefusal(await ask(address + path), missingToken());
    const token = await tokenOf(all);
    expectPermit(await ask(`${address}/contacts`, { token }), 'alice');
    expect((await ask(`${address}/nowhere`, { token })).status).toBe(404);
  });

  test('a guard before a router guards all of it, and nothing beside it', async () => {
    const contacts = express.Router().get('/', ok).get('/:id', ok);
    const app = express().use('/contacts', requirePermission(scope), contacts).get('/open', ok);
    const { address } = await listening(app);
    expectRefusal(await ask(`${address}/contacts`), missingToken());
    expectRefusal(await ask(`${address}/contacts/7`, { token: await tokenOf() }), insufficientScope(scope));
    expectPermit(await ask(`${address}/contacts/7`, { token: await tokenOf(all) }), 'alice');
    expectPermit(await ask(`${address}/open`), null);
  });

  test('a guard in a router in a router sees the parameters that its router sees', async () => {
    const inner = express.Router({ mergeParams: true }).get('/profile', requirePermission(user), ok);
    const blind = express.Router().get('/profile', requirePermission(user), ok);
    const outer = express.Router().use('/users/:id', inner).use('/blind/:id', blind);
    const { address } = await listening(express().use('/api', express.Router().use('/v1', outer)));
    const token = await tokenOf(all);
    expectPermit(await ask(`${address}/api/v1/users/7/profile`, { token }), 'alice');
    expectRefusal(await ask(`${address}/api/v1/users/8/profile`, { token }), notUser('8'));
    expectRefusal(await ask(`${address}/api/v1/blind/7/profile`, { token }), notUser('{id}'));
  });

  test('each guard asks about its own route’s parameters, though the access is one', async () => {
    const friends = express.Router().get('/friends/:id', requirePermission(user), ok);
    const app = express().use('/users/:id', requirePermission(user), friends);
    const { address } = await listening(app);
    const token = await tokenOf(all);
    expectPermit(await ask(`${address}/users/7/friends/7`, { token }), 'alice');
    expectRefusal(await ask(`${address}/users/7/friends/8`, { token }), notUser('8'));
    expectRefusal(await ask(`${address}/users/8/friends/7`, { token }), notUser('8'));
  });

  test('one guard on two routes decides on each alone', async () => {
    const guard = requirePermission(user);
    const { address } = await listening(express().get('/a/:id', guard, ok).get('/b/:id', guard, ok));
    const token = await tokenOf(all);
    const answers = await Promise.all(['/a/7', '/b/8', '/a/8', '/b/7'].map((path) => ask(address + path, { token })));
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 200]);
  });

  test('guards of a mounted application and of the one around it share an access', async () => {
    const seen: unknown[] = [];
    const remember: RequestHandler = (request, _response, next) => {
      seen.push(accessOf(request));
      next();
    };
    const inner = express().get('/contacts', requirePermission(scope), remember, ok);
    const app = express().use(authenticate(), remember).use('/inner', inner);
    const { address } = await listening(app);
    expectPermit(await ask(`${address}/inner/contacts`, { token: await tokenOf(all) }), 'alice');
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(seen[1]);
  });

  test('a token in the URL is found below a mounted path', async () => {
    const guards = createGuards(options({ bearer: { query: true } }));
    const router = express.Router().get('/contacts', guards.requirePermission(scope), ok);
    const { address } = await listening(express().use('/api', guards.authenticate(), router));
    const token = await tokenOf(all);
    expect((await ask(`${address}/api/contacts?access_token=${token}`)).status).toBe(200);
    expectRefusal(await ask(`${address}/api/contacts?access_token=${token}`, { token }), invalidRequest());
  });

  test('a guard in `param` guards every route with that parameter', async () => {
    const guard = requirePermission(user);
    const router = express.Router();
    router.param('id', (request, response, next) => guard(request, response, next));
    router.get('/users/:id', ok).get('/users', ok);
    const { address } = await listening(express().use(router));
    const token = await tokenOf(all);
    expectPermit(await ask(`${address}/users/7`, { token }), 'alice');
    expectRefusal(await ask(`${address}/users/8`, { token }), notUser('8'));
    expectPermit(await ask(`${address}/users`), null);
  });

  test('a guard may stand in a list, in `route` and in `all`', async () => {
    const app = express();
    app.get('/list', [authenticate(), requirePermission(scope)], ok);
    app.route('/route').all(requirePermission(scope)).get(ok).post(ok);
    const { address } = await listening(app);
    const token = await tokenOf(all);
    for (const [method, path] of [
      ['GET', '/list'],
      ['GET', '/route'],
      ['POST', '/route'],
      ['HEAD', '/route'],
    ] as const) {
      expect((await ask(address + path, { method, token })).status).toBe(200);
      expect((await ask(address + path, { method })).status).toBe(401);
      expect((await ask(address + path, { method, token: await tokenOf() })).status).toBe(403);
    }
  });

  test('a guard serves node:http without Express', async () => {
    const guard = requirePermission(scope);
    const address = await listen(
      createServer((request, response) => guard(request, response, () => response.end('ok'))),
    );
    expect(await ask(address, { token: await tokenOf(all) })).toMatchObject({ status: 200, text: 'ok' });
    expectRefusal(await ask(address), missingToken());
  });

  test('a policy and a function are given the request of Express', async () => {
    const mine = policy('is named in the query', (_access, request: Request) => request.query['name'] === 'Bob');
    const app = express()
      .get('/policy', requirePermission(allOf(scope, mine)), ok)
      .get(
        '/function',
        requirePermission((request) => on('users:read', `users:id:${String(request.query['id'])}`)),
        ok,
      );
    const { address } = await listening(app);
    const token = await tokenOf(all);
    expect((await ask(`${address}/policy?name=Bob`, { token })).status).toBe(200);
    expect((await ask(`${address}/policy?name=Eve`, { token })).status).toBe(403);
    expect((await ask(`${address}/function?id=7`, { token })).status).toBe(200);
    expect((await ask(`${address}/function?id=8`, { token })).status).toBe(403);
  });

  test('onRefusal is given request, response and next of Express', async () => {
    const guards = createGuards(options(), {
      onRefusal: (error, request, response) => response.status(error.status).send(`${request.path} ${error.code}`),
    });
    const { address } = await listening(express().get('/contacts', guards.requirePermission(scope), ok));
    expect(await ask(`${address}/contacts`)).toMatchObject({ status: 401, text: '/contacts missing_token' });
  });

  test('E3 without an error handler of its own, Express answers a refusal handed over with its status and challenge', async () => {
    const guards = createGuards(options(), { onRefusal: (error, _request, _response, next) => next(error) });
    const app = express().set('env', 'test').get('/', guards.requirePermission(scope), ok);
    const address = await listen(createServer(app));
    const { status, headers } = await ask(address, { token: await tokenOf() });
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toBe(insufficientScope(scope).challenge);
  });

  test('E1 without an error handler of its own, Express answers a fault of the program with 500', async () => {
    const app = express()
      .set('env', 'test')
      .get(
        '/',
        requirePermission(() => undefined as never),
        ok,
      );
    expect((await ask(await listen(createServer(app)), { token: await tokenOf(all) })).status).toBe(500);
  });

  test.each([
    ['a permit', all, [[]]],
    ['a permit that a handler spoils', { ...all, sub: 'admin' }, [[]]],
    ['a refusal', {}, []],
  ])('E3 %s calls next exactly as often as it should: %j', async (_, claims, expected) => {
    for (const store of [people, slow(5)]) {
      const guards = createGuards(options({ store }));
      const { guard, calls } = counted(guards.requirePermission(scope));
      const end: RequestHandler = (request, response) => {
        if (guards.accessOf(request).subject.id === 'admin') throw new Error('spoilt');
        response.json(null);
      };
      const { address } = await listening(express().get('/', guard, end));
      await ask(address, { token: await tokenOf(claims) });
      await sleep(5);
      expect(calls).toEqual(expected);
    }
  });

  test('E3 a fault of the program goes to next once', async () => {
    const { guard, calls } = counted(requirePermission(() => null as never));
    const { address } = await listening(express().get('/', guard, ok));
    expect((await ask(address, { token: await tokenOf(all) })).status).toBe(500);
    expect(calls).toEqual([[expect.any(Error)]]);
  });

  test('E3 a client that goes away while its token is verified harms nobody, and next is called once', async () => {
    let waiting: (() => void) | undefined;
    const store: PrivilegeStore = {
      privilegesOf: () => new Promise((resolve) => (waiting = () => resolve([{ permission: scope }]))),
    };
    const { guard, calls } = counted(createGuards(options({ store })).requirePermission(scope));
    const { address, failures } = await listening(express().get('/', guard, ok));
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
    expect(failures).toEqual([]);
    expectRefusal(await ask(address), missingToken());
  });

  test('E3 a client that goes away before it is refused harms nobody', async () => {
    let waiting: (() => void) | undefined;
    const store: PrivilegeStore = {
      privilegesOf: () => new Promise((_resolve, reject) => (waiting = () => reject(new Error('gone')))),
    };
    const { guard, calls } = counted(createGuards(options({ store })).requirePermission(scope));
    const { address } = await listening(express().get('/', guard, ok));
    const asking = open(address, { headers: { authorization: `Bearer ${await tokenOf(all)}` } });
    asking.on('error', () => {}).end();
    await until(() => waiting !== undefined);
    asking.destroy();
    await sleep(10);
    waiting?.();
    await sleep(10);
    expect(calls).toEqual([]);
  });

  // Somebody before the guard has answered already, as a time limit does.
  const hasty: RequestHandler = (_request, response, next) => {
    response.end('early');
    next();
  };

  test.each([
    ['a permit', all],
    ['a refusal', {}],
  ])('E3 %s after the response has begun changes nothing of it', async (_, claims) => {
    const { address } = await listening(
      express().get('/', hasty, requirePermission(scope), (_request, response) => response.end()),
    );
    expect(await ask(address, { token: await tokenOf(claims) })).toMatchObject({ status: 200, text: 'early' });
    await sleep(5);
  });

  test('E3 a permit to a token in the URL after the response has begun harms nobody', async () => {
    const guards = createGuards(options({ bearer: { query: true }, store: slow(5) }));
    const { guard, calls } = counted(guards.requirePermission(scope));
    const { address } = await listening(express().get('/', hasty, guard, (_request, response) => response.end()));
    expect(await ask(`${address}/?access_token=${await tokenOf(all)}`)).toMatchObject({ status: 200, text: 'early' });
    await sleep(20);
    expect(calls).toHaveLength(1);
  });

  test('T11 a stricter Cache-Control that is there stays', async () => {
    const guards = createGuards(options({ bearer: { query: true } }));
    const strict: RequestHandler = (_request, response, next) => {
      response.set('Cache-Control', 'no-store');
      next();
    };
    const { address } = await listening(express().get('/', strict, guards.requirePermission(scope), ok));
    const { headers } = await ask(`${address}/?access_token=${await tokenOf(all)}`);
    expect(headers.get('cache-control')).toContain('no-store');
  });

  test('E1 a refusal does not keep what was said of the answer it takes the place of', async () => {
    const hopeful: RequestHandler = (_request, response, next) => {
      response.set({ 'Cache-Control': 'public, max-age=3600', 'Content-Type': 'text/html', 'Content-Length': '3' });
      next();
    };
    const { address } = await listening(express().get('/', hopeful, requirePermission(scope), ok));
    expectRefusal(await ask(address), missingToken());
    expectRefusal(await ask(address, { token: await tokenOf({ scope, sub: 'bob' }) }), insufficientPrivilege(scope));
  });

  test('an encoding that is none is Express’s to refuse, and opens nothing', async () => {
    const { address } = await listening(express().get('/users/:id', requirePermission(user), ok));
    expect((await ask(`${address}/users/%E0%A4%A`, { token: await tokenOf(all) })).status).toBe(400);
  });

  test('decide tells a handler what a guard would say', async () => {
    const authorizer = createAuthorizer({ issuer: issuer.issuer, audience, store: people });
    const guards = createGuards(authorizer);
    const app = express().get('/users/:id', guards.authenticate(), async (request, response) => {
      const { params } = request;
      const decision = await authorizer.decide(guards.accessOf(request), user, { request, params });
      response.json(decision.permit ? 'permit' : decision.lacking);
    });
    const { address } = await listening(app);
    expectPermit(await ask(`${address}/users/7`, { token: await tokenOf(all) }), 'permit');
    expectPermit(await ask(`${address}/users/8`, { token: await tokenOf(all) }), 'privilege');
    expectPermit(await ask(`${address}/users/7`, { token: await tokenOf() }), 'scope');
  });
});
