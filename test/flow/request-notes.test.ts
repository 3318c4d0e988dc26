// What guards note of a request is that request's alone, whatever else is made of it or happens to it on its way; `req.auth` on Express
// is there for each, wherever its applications are mounted.

import { describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { AccessError } from 'rightful';
import { createGuards } from 'rightful/express';
import { ask, expectPermit } from './answers.ts';
import { expresses, frameworks, listening } from './frameworks.ts';
import type { Given } from './frameworks.ts';
import { options, tokenOf } from './scene.ts';

const nodeRequest = (given: Given): IncomingMessage =>
  (given as unknown as { req?: IncomingMessage }).req ?? (given as never);

describe.each(frameworks)('on $name', (framework) => {
  const { authenticate, requirePermission, accessOf, optionalAccessOf } = framework.createGuards(options());

  test('header lines that are replaced after a guard cost its answer, and the next guard finds it again', async () => {
    const replaced = (given: Given): unknown => {
      nodeRequest(given).rawHeaders = [];
      return optionalAccessOf(given)?.subject.id ?? 'nobody';
    };
    const served = await framework.serve([
      { path: '/', guards: [authenticate()], handle: replaced },
      {
        path: '/twice',
        guards: [authenticate(), requirePermission('read:contacts')],
        handle: (given) => accessOf(given).subject.id,
      },
    ]);
    const token = await tokenOf({ scope: 'read:contacts' });
    expectPermit(await ask(served.address, { token }), 'nobody');
    expectPermit(await ask(`${served.address}/twice`, { token }), 'alice');
  });
});

describe.each(frameworks)('two authorizers on $name', (framework) => {
  test('what one has found stays when the other refuses', async () => {
    const { authenticate, optionalAccessOf } = framework.createGuards(options());
    const seen: unknown[] = [];
    const onRefused = (error: AccessError, given: unknown): void => {
      seen.push(error.code, optionalAccessOf(given as Given)?.subject.id, other.optionalAccessOf(given as Given));
    };
    const other = framework.createGuards(options({ isRevoked: async () => true, onRefused }));
    const served = await framework.serve([{ path: '/', guards: [authenticate(), other.authenticate()] }]);
    expect((await ask(served.address, { token: await tokenOf() })).status).toBe(401);
    expect(seen).toEqual(['invalid_token', 'alice', undefined]);
  });
});

describe.each(expresses)('on $name', ({ express }) => {
  const guards = createGuards(options());
  const { authenticate, accessOf, optionalAccessOf } = guards;
  const auth = (request: Request): { token: string } | undefined => (request as { auth?: { token: string } }).auth;
  const enter = (request: object): Promise<unknown> => {
    const response = { setHeader() {}, end: (body: unknown) => body };
    return new Promise((resolve) => authenticate()(request as never, response as never, resolve));
  };
  /** As a batch of requests is carried out within one. */
  const made = (request: Request, token: string): Request => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    return Object.assign(Object.create(request) as Request, { headers: { ...headers } });
  };

  test('a request made of another one, with its header lines and another token, is nobody until it is guarded', async () => {
    const [alice, admin] = [await tokenOf(), await tokenOf({ sub: 'admin' })];
    const seen: unknown[] = [];
    const app = express().get('/', authenticate(), async (request: Request, response: Response) => {
      const others = [made(request, admin), made(request, admin)];
      // The lines as they were sent hold the outer token: they are not what is read.
      for (const other of others) {
        seen.push(optionalAccessOf(other)?.subject.id);
        await enter(other);
        seen.push(accessOf(other).subject.id, auth(other)?.token === admin);
      }
      seen.push(accessOf(request).subject.id, auth(request)?.token === alice);
      response.json('done');
    });
    const { address } = await listening(app);
    expectPermit(await ask(address, { token: alice }), 'done');
    expect(seen).toEqual([undefined, 'admin', true, undefined, 'admin', true, 'alice', true]);
  });

  test('`req.auth` is there for every application that a request passes, and for what is made of the request', async () => {
    const token = await tokenOf();
    const seen: unknown[] = [];
    const look = (request: Request, _response: Response, next: NextFunction): void => {
      seen.push(auth(request)?.token === token, auth(Object.create(request) as Request)?.token === token);
      next();
    };
    const inner = express().use(look).use(authenticate(), look);
    const outer = express().use('/inner', inner).use(look);
    const app = express().use('/outer', outer).use(look);
    app.use((_request: Request, response: Response) => void response.json('done'));
    const { address } = await listening(app);
    expectPermit(await ask(`${address}/outer/inner`, { token }), 'done');
    expect(seen).toEqual([false, false, true, true, true, true, true, true]);
  });

  test('`req.auth` is one object, undefined before a guard, and whoever writes it last is read', async () => {
    const [alice, admin] = [await tokenOf(), await tokenOf({ sub: 'admin' })];
    const seen: unknown[] = [];
    const app = express()
      .use((request: Request, _response: Response, next: NextFunction) => {
        seen.push(auth(request));
        next();
      })
      .use(authenticate())
      .use((request: Request, _response: Response, next: NextFunction) => {
        seen.push(auth(request)?.token === alice, auth(request) === auth(request));
        (request as { auth?: object }).auth = { token: admin };
        seen.push(auth(request)?.token === admin, Object.keys(request).includes('auth'));
        next();
      })
      .get(
        '/',
        authenticate(),
        (request: Request, response: Response) => void response.json(auth(request)?.token === alice),
      );
    const { address } = await listening(app);
    expectPermit(await ask(address, { token: alice }), true);
    expect(seen).toEqual([undefined, true, true, true, true]);
    // One that was not guarded has none, whoever came before it.
    expect((await ask(address)).status).toBe(401);
    expect(seen.at(-1)).toBeUndefined();
  });

  test('`req.auth` is what the last guard has found, whatever was made of it before', async () => {
    const token = await tokenOf();
    const other = createGuards(options());
    const spoilt = (request: Request, _response: Response, next: NextFunction): void => {
      (auth(request) as { token: string }).token = 'spoilt';
      next();
    };
    const app = express().use(authenticate(), spoilt, other.authenticate(), spoilt);
    app.get('/', authenticate(), (request: Request, response: Response) => void response.json(auth(request)?.token));
    const { address } = await listening(app);
    expectPermit(await ask(address, { token }), token);
  });

  test('an application that has `auth` of its own keeps it, and a guard gives the request one', async () => {
    const token = await tokenOf();
    const app = express();
    Object.defineProperty(app.request, 'auth', { value: 'of the application', writable: true, configurable: true });
    const seen: unknown[] = [];
    app.use((request: Request, _response: Response, next: NextFunction) => {
      seen.push(auth(request));
      next();
    });
    app.get(
      '/',
      authenticate(),
      (request: Request, response: Response) => void response.json(auth(request)?.token === token),
    );
    const { address } = await listening(app);
    expectPermit(await ask(address, { token }), true);
    expect(seen).toEqual(['of the application']);
    expect((app.request as { auth?: unknown }).auth).toBe('of the application');
  });

  test('requests at the same time never see each other’s', async () => {
    const app = express().get('/', authenticate(), async (request: Request, response: Response) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      response.json([accessOf(request).subject.id, auth(request)?.token]);
    });
    const { address } = await listening(app);
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, at) => tokenOf({ sub: `user ${at}` })));
    await Promise.all(
      tokens.map(async (token, at) => expectPermit(await ask(address, { token }), [`user ${at}`, token])),
    );
  });
});
