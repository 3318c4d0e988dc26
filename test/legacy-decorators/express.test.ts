// A guard as a decorator in a project that is compiled with `experimentalDecorators` and `emitDecoratorMetadata`.

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import express4 from 'express4';
import { on } from 'rightful';
import { createGuards } from 'rightful/express';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';

const audience = 'https://contacts.example';
const issuer = await createTestIssuer({ audience });
const store = memoryStore({
  users: {
    alice: { permissions: ['read:contacts', 'write:contacts', { permission: 'users:read', on: 'users:id:7' }] },
  },
});
const { requirePermission, accessOf } = createGuards({ issuer: issuer.issuer, audience, store });
const all = { sub: 'alice', scope: 'read:contacts write:contacts users:read' };

class Contacts {
  readonly names: string[];
  /** What has run. */
  readonly ran: string[] = [];

  constructor(...names: string[]) {
    this.names = names;
  }

  @requirePermission('read:contacts')
  list(_request: Request, response: Response): void {
    this.ran.push('list');
    response.json(this.names);
  }

  @requirePermission('write:contacts')
  async add(request: Request, response: Response): Promise<string> {
    await Promise.resolve();
    this.ran.push('add');
    response.json([...this.names, accessOf(request).subject.id]);
    return 'added';
  }

  @requirePermission(on('users:read', 'users:id:{id}'))
  show(request: Request<{ id: string }>, response: Response, _next: NextFunction): void {
    this.ran.push('show');
    response.json(request.params.id);
  }

  @requirePermission((request) => on('users:read', `users:id:${String(request.query['id'])}`))
  find(request: Request, response: Response): void {
    this.ran.push('find');
    response.json(request.query['id']);
  }

  @requirePermission('read:contacts')
  pass(_request: Request, _response: Response, next: NextFunction): void {
    this.ran.push('pass');
    next();
  }

  @requirePermission('read:contacts')
  fail(_request: Request, _response: Response, _next: NextFunction): void {
    throw new Error('a fault of the method');
  }

  @requirePermission('read:contacts')
  @requirePermission('write:contacts')
  both(_request: Request, response: Response): void {
    this.ran.push('both');
    response.json('both');
  }

  @requirePermission('read:contacts')
  static count(_request: Request, response: Response): void {
    response.json(this.name);
  }
}

class Friends extends Contacts {
  override show(request: Request<{ id: string }>, response: Response, next: NextFunction): void {
    return super.show(request, response, next);
  }
}

const servers: Server[] = [];

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await issuer.close();
});

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('a legacy decorated method on %s', (_name, library) => {
  async function serve(contacts: Contacts): Promise<string> {
    const app: Express = library();
    app.get('/list', (request, response) => contacts.list(request, response));
    app.get('/add', (request, response) => contacts.add(request, response));
    app.get('/users/:id', (request, response, next) => contacts.show(request, response, next));
    app.get('/find', (request, response) => contacts.find(request, response));
    app.get('/both', (request, response) => contacts.both(request, response));
    app.get(
      '/pass',
      contacts.pass.bind(contacts) as RequestHandler,
      (_request, response) => void response.json('passed'),
    );
    app.get('/fail', contacts.fail.bind(contacts) as RequestHandler);
    app.get('/count', Contacts.count.bind(Contacts) as RequestHandler);
    app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
      response.status(500).json(error.message);
    });
    const server = app.listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test.each([
    ['/list', ['Bob']],
    ['/add', ['Bob', 'alice']],
    ['/users/7', '7'],
    ['/find?id=7', '7'],
    ['/both', 'both'],
    ['/pass', 'passed'],
    ['/count', 'Contacts'],
  ])('runs for those who may call it, and `this` is kept: %s', async (path, body) => {
    const answer = await ask((await serve(new Contacts('Bob'))) + path, await issuer.token(all));
    expect([answer.status, await answer.json()]).toEqual([200, body]);
  });

  test.each(['/list', '/add', '/users/7', '/find?id=7', '/both', '/pass', '/count', '/fail'])(
    'does not run without a token: %s',
    async (path) => {
      const contacts = new Contacts('Bob');
      const answer = await ask((await serve(contacts)) + path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
      expect(contacts.ran).toEqual([]);
    },
  );

  test('does not run for those who lack scope or privilege', async () => {
    const contacts = new Contacts('Bob');
    const address = await serve(contacts);
    const statuses = [];
    for (const [path, claims] of [
      ['/list', { sub: 'bob', scope: 'read:contacts' }],
      ['/list', { sub: 'alice', scope: 'write:contacts' }],
      ['/both', { sub: 'alice', scope: 'read:contacts' }],
      ['/both', { sub: 'alice', scope: 'write:contacts' }],
      ['/users/8', all],
      ['/users/%2A', all],
      ['/find?id=8', all],
    ] as const) {
      statuses.push((await ask(address + path, await issuer.token(claims))).status);
    }
    expect(statuses).toEqual([403, 403, 403, 403, 403, 403, 403]);
    expect(contacts.ran).toEqual([]);
  });

  test('that is inherited or overridden is guarded on the object it is called on', async () => {
    const friends = new Friends('Carol');
    const address = await serve(friends);
    const token = await issuer.token(all);
    expect(await (await ask(`${address}/list`, token)).json()).toEqual(['Carol']);
    expect((await ask(`${address}/users/7`, token)).status).toBe(200);
    expect((await ask(`${address}/users/8`, token)).status).toBe(403);
    expect(friends.ran).toEqual(['list', 'show']);
  });

  test('that throws is the application’s error', async () => {
    const answer = await ask(`${await serve(new Contacts())}/fail`, await issuer.token(all));
    expect([answer.status, await answer.json()]).toEqual([500, 'a fault of the method']);
  });
});

const request = { headers: {}, method: 'GET', url: '/' };
const response = { setHeader() {}, end() {} };

test.each([
  ['nothing', []],
  ['a request alone', [request]],
  ['two empty objects', [{}, {}]],
  ['texts', ['request', 'response']],
  ['them the wrong way round', [response, request]],
])('a legacy decorated method called with %s is a TypeError, and does not run', (_, given) => {
  const contacts = new Contacts();
  for (const method of [contacts.list, contacts.add, contacts.pass] as ((...all: unknown[]) => unknown)[]) {
    expect(() => method.apply(contacts, given)).toThrow(TypeError);
  }
  expect(contacts.ran).toEqual([]);
});

test('a legacy decorated method stays where it was: on the prototype, writable, not listed', () => {
  expect(Object.getOwnPropertyDescriptor(Contacts.prototype, 'list')).toMatchObject({
    ...{ writable: true, configurable: true, enumerable: false },
  });
  expect(Object.keys(new Contacts())).toEqual(['names', 'ran']);
});

type AnyDecorator = (target: object, key: string, descriptor?: PropertyDescriptor) => void;
const loose = requirePermission('read:contacts') as unknown as AnyDecorator;

test.each([
  [
    'a field',
    () => {
      class Notes {
        @loose
        list = (): void => {};
      }
      return Notes;
    },
  ],
  [
    'a static field',
    () => {
      class Notes {
        @loose
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
        @loose
        get list(): number {
          return 1;
        }
      }
      return Notes;
    },
  ],
  [
    'a class',
    () => {
      @(loose as unknown as ClassDecorator)
      class Notes {
        readonly name = 'notes';
      }
      return Notes;
    },
  ],
  [
    'a parameter',
    () => {
      class Notes {
        list(@(loose as unknown as ParameterDecorator) _request: Request): void {}
      }
      return Notes;
    },
  ],
])('decorating %s is a TypeError', (_, write) => {
  expect(write).toThrow(TypeError);
});

function ask(url: string, token?: string): Promise<globalThis.Response> {
  return fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}
