// Guards as TC39 decorators of methods that take `(req, res, next?)`, bound to routes of Express.

import { describe, expect, test } from '@jest/globals';
import express5 from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { allOf, createAuthorizer, on, policy, UnavailableError } from 'rightful';
import { createGuards } from 'rightful/express';
import {
  ask,
  expectPermit,
  expectRefusal,
  insufficientPrivilege,
  insufficientScope,
  missingToken,
  unavailable,
} from './answers.ts';
import { expresses, listening } from './frameworks.ts';
import { answering, counting, options, sleep, tokenOf } from './scene.ts';

const scope = 'read:contacts';
const all = { scope: 'read:contacts write:contacts users:read' };
const authorizer = createAuthorizer(options());
const { requirePermission, accessOf, authenticate } = createGuards(authorizer);

class Contacts {
  readonly #names: string[];
  /** What has run. */
  readonly ran: string[] = [];

  constructor(...names: string[]) {
    this.#names = names;
  }

  @requirePermission(scope)
  list(_request: Request, response: Response): void {
    this.ran.push('list');
    response.json(this.#names);
  }

  @requirePermission('write:contacts')
  async add(request: Request, response: Response): Promise<string> {
    await sleep(1);
    this.ran.push('add');
    response.json([...this.#names, accessOf(request).subject.id]);
    return 'added';
  }

  @requirePermission(on('users:read', 'users:id:{id}'))
  show(request: Request<{ id: string }>, response: Response): void {
    this.ran.push('show');
    response.json(request.params.id);
  }

  @requirePermission((request) => on('users:read', `users:id:${String(request.query['id'])}`))
  find(request: Request, response: Response): void {
    this.ran.push('find');
    response.json(request.query['id']);
  }

  @requirePermission(scope)
  pass(_request: Request, response: Response, next: NextFunction): void {
    this.ran.push('pass');
    response.set('x-passed', 'yes');
    next();
  }

  @requirePermission(scope)
  fail(_request: Request, _response: Response, _next: NextFunction): void {
    this.ran.push('fail');
    throw new Error('a fault of the method');
  }

  @requirePermission(scope)
  async failLater(_request: Request, _response: Response): Promise<void> {
    await sleep(1);
    throw new Error('a fault of the method');
  }

  @requirePermission(() => undefined as never)
  broken(_request: Request, response: Response): void {
    this.ran.push('broken');
    response.end();
  }

  @requirePermission(scope)
  @requirePermission('write:contacts')
  both(_request: Request, response: Response): void {
    this.ran.push('both');
    response.json('both');
  }

  @requirePermission(scope)
  static count(this: typeof Contacts, _request: Request, response: Response): void {
    response.json(this.name);
  }

  @requirePermission(scope)
  ['computed name'](_request: Request, response: Response): void {
    response.json(this.#names.length);
  }

  @requirePermission(scope)
  #hidden(_request: Request, response: Response): void {
    response.json(`hidden from ${this.#names.length}`);
  }

  reveal(request: Request, response: Response): void {
    return this.#hidden(request, response);
  }
}

class Friends extends Contacts {
  override show(request: Request<{ id: string }>, response: Response): void {
    response.set('x-overridden', 'yes');
    return super.show(request, response);
  }
}

describe.each(expresses)('a decorated method on $name', ({ express }) => {
  async function serve(contacts: Contacts): Promise<{ address: string; failures: unknown[] }> {
    const app = express();
    const to = (
      name: 'list' | 'add' | 'show' | 'find' | 'both' | 'broken' | 'reveal',
    ): RequestHandler<{ id: string }> => {
      return (request, response) => contacts[name](request, response);
    };
    app.get('/list', to('list') as RequestHandler);
    app.get('/bound', contacts.list.bind(contacts) as RequestHandler);
    app.get('/add', to('add') as RequestHandler);
    app.get('/users/:id', to('show'));
    app.get('/find', to('find') as RequestHandler);
    app.get('/both', to('both') as RequestHandler);
    app.get('/reveal', to('reveal') as RequestHandler);
    app.get('/computed', contacts['computed name'].bind(contacts) as RequestHandler);
    app.get('/count', Contacts.count.bind(Contacts) as RequestHandler);
    app.get(
      '/pass',
      contacts.pass.bind(contacts) as RequestHandler,
      (_request, response) => void response.json('passed'),
    );
    app.get('/fail', contacts.fail.bind(contacts) as RequestHandler);
    app.get('/broken', contacts.broken.bind(contacts) as RequestHandler);
    return listening(app);
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
    expectRefusal(
      await ask(`${address}/both`, { token: await tokenOf({ scope }) }),
      insufficientScope('write:contacts'),
    );
    expectRefusal(
      await ask(`${address}/both`, { token: await tokenOf({ scope: 'write:contacts' }) }),
      insufficientScope(scope),
    );
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

  test('of two objects does not mix them up', async () => {
    const [one, other] = [await serve(new Contacts('Bob')), await serve(new Contacts('Carol'))];
    const token = await tokenOf(all);
    const answers = await Promise.all([one, other, one].map(({ address }) => ask(`${address}/list`, { token })));
    expect(answers.map(({ text }) => text)).toEqual(['["Bob"]', '["Carol"]', '["Bob"]']);
  });

  test('E3 that throws is the application’s error, once, and answered by its error handler', async () => {
    const contacts = new Contacts();
    const { address, failures } = await serve(contacts);
    expect(await ask(`${address}/fail`, { token: await tokenOf(all) })).toMatchObject({ status: 500, text: 'failed' });
    expect(failures).toEqual([new Error('a fault of the method')]);
    expect(contacts.ran).toEqual(['fail']);
  });

  test('E3 that throws after a store has been waited for is the application’s error all the same', async () => {
    const slow = createGuards(options({ store: answering(async () => [{ permission: scope }]) }));
    class Notes {
      @slow.requirePermission(scope)
      list(_request: Request, _response: Response, _next: NextFunction): void {
        throw new Error('a fault of the method');
      }
    }
    const { address, failures } = await listening(express().get('/', new Notes().list as RequestHandler));
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
      list(_request: Request, response: Response): void {
        response.json('notes');
      }
    }
    const notes = new Notes();
    const app = express().get('/', guards.authenticate(), (request, response) => notes.list(request, response));
    const { address } = await listening(app);
    expectPermit(await ask(address, { token: await tokenOf(all) }), 'notes');
    expect(store.asked).toHaveLength(1);
  });

  test('refuses where the store is down and where a policy says no', async () => {
    const down = createGuards(options({ store: answering(() => Promise.reject(new Error('on fire'))) }));
    class Notes {
      ran = 0;
      @down.requirePermission(scope)
      list(_request: Request, _response: Response): void {
        this.ran += 1;
      }
      @requirePermission(
        allOf(
          scope,
          policy('is never here', () => Promise.reject(new UnavailableError())),
        ),
      )
      show(_request: Request, _response: Response): void {
        this.ran += 1;
      }
    }
    const notes = new Notes();
    const app = express()
      .get('/list', notes.list.bind(notes) as RequestHandler)
      .get('/show', notes.show.bind(notes) as RequestHandler);
    const { address } = await listening(app);
    for (const path of ['/list', '/show']) {
      expectRefusal(await ask(address + path, { token: await tokenOf(all) }), unavailable());
    }
    expect(notes.ran).toBe(0);
  });

  test('hands its refusal to onRefusal, with next where there is one', async () => {
    const guards = createGuards(options(), { onRefusal: (error, _request, _response, next) => next(error) });
    class Notes {
      @guards.requirePermission(scope)
      list(_request: Request, response: Response): void {
        response.json('notes');
      }
    }
    const { address, failures } = await listening(express().get('/', new Notes().list as RequestHandler));
    expect(await ask(address)).toMatchObject({ status: 401, text: 'failed' });
    expect(failures).toMatchObject([{ code: 'missing_token' }]);
  });

  test('comes to what the method comes to, and to undefined where it is refused', async () => {
    const results: unknown[] = [];
    const contacts = new Contacts('Bob');
    const app = express().get('/', authenticate(), async (request, response) => {
      results.push(await contacts.add(request, response));
      if (!response.headersSent) response.end();
    });
    const { address } = await listening(app);
    await ask(address, { token: await tokenOf(all) });
    await ask(address, { token: await tokenOf() });
    expect(results).toEqual(['added', undefined]);
  });
});

test('the fault of a method that has no next is thrown to whoever called it', async () => {
  const results: unknown[] = [];
  const contacts = new Contacts();
  const app = express5().get('/', async (request, response) => {
    results.push(await contacts.failLater(request, response).catch((error: unknown) => error));
    const broken = async (): Promise<void> => contacts.broken(request, response);
    results.push(await broken().catch((error: unknown) => error));
    response.end();
  });
  const { address } = await listening(app);
  await ask(address, { token: await tokenOf(all) });
  expect(results).toEqual([new Error('a fault of the method'), expect.any(Error)]);
  expect(contacts.ran).toEqual([]);
});

const request = { headers: {}, method: 'GET', url: '/' };
const response = { setHeader() {}, end() {} };

test.each([
  ['nothing', []],
  ['a request alone', [request]],
  ['a response alone', [undefined, response]],
  ['two empty objects', [{}, {}]],
  ['texts', ['request', 'response']],
  ['null', [null, null]],
  ['them the wrong way round', [response, request]],
  ['a request and next', [request, () => {}]],
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

type AnyDecorator = (value: unknown, context: unknown) => void;

test.each([
  [
    'a field',
    () => {
      class Notes {
        @(requirePermission(scope) as unknown as AnyDecorator)
        list = (): void => {};
      }
      return Notes;
    },
  ],
  [
    'a static field',
    () => {
      class Notes {
        @(requirePermission(scope) as unknown as AnyDecorator)
        static list = 1;
        readonly name = 'notes';
      }
      return Notes;
    },
  ],
  [
    'a getter',
    () => {
      class Notes {
        @(requirePermission(scope) as unknown as AnyDecorator)
        get list(): number {
          return 1;
        }
      }
      return Notes;
    },
  ],
  [
    'a setter',
    () => {
      class Notes {
        @(requirePermission(scope) as unknown as AnyDecorator)
        set list(_: number) {}
      }
      return Notes;
    },
  ],
  [
    'an accessor',
    () => {
      class Notes {
        @(requirePermission(scope) as unknown as AnyDecorator)
        accessor list = 1;
      }
      return Notes;
    },
  ],
  [
    'a class',
    () => {
      @(requirePermission(scope) as unknown as AnyDecorator)
      class Notes {
        readonly name = 'notes';
      }
      return Notes;
    },
  ],
])('decorating %s is a TypeError', (_, write) => {
  expect(write).toThrow(TypeError);
});

test('decorating with what is no requirement is a TypeError', () => {
  expect(() => {
    class Notes {
      @requirePermission([] as never)
      list(_request: Request, _response: Response): void {}
    }
    return Notes;
  }).toThrow(TypeError);
});
