// A guard that reports and does not refuse as a decorator, with a request and away from HTTP, and as the walk over routes sees it.

import { describe, expect, test } from '@jest/globals';
import type { Request, Response } from 'express';
import { allOf, createAuthorizer, on, policy, UnavailableError } from 'rightful';
import type { Access } from 'rightful';
import * as expressDoor from 'rightful/express';
import * as koaDoor from 'rightful/koa';
import { ask, expectPermit } from './answers.ts';
import { frameworks } from './frameworks.ts';
import { hearing } from './hearing.ts';
import { routings, served as routed } from './routing.ts';
import { options, tokenOf } from './scene.ts';

const scope = 'read:contacts';
const unenforced = { enforce: false };
const resolvers = { 'users:name:': { resolve: () => null, notFound: 'not_found' as const } };
const down = policy('throws', () => {
  throw new UnavailableError();
});

describe('decorated methods that do not enforce', () => {
  const { decisions, refusals, hooks } = hearing();
  const authorizer = createAuthorizer(options({ resolvers, ...hooks }));
  const { requirePermission, accessOf } = expressDoor.createGuards(authorizer);
  const koaGuards = koaDoor.createGuards(authorizer);

  class Contacts {
    @requirePermission('write:contacts', unenforced)
    add(request: Request, response: Response): void {
      response.json(accessOf(request).subject.id);
    }

    @koaGuards.requirePermission('write:contacts', unenforced)
    addOnKoa(ctx: { body: unknown }): void {
      ctx.body = 'null';
    }

    @requirePermission('write:contacts', unenforced)
    addFor(access: Access, suffix: string): string {
      return access.subject.id + suffix;
    }

    @requirePermission(on('users:read', 'users:name:{1}'), unenforced)
    async find(access: Access, name: string): Promise<string> {
      return `${access.subject.id} ${name}`;
    }

    @requirePermission(allOf(scope, down), unenforced)
    down(_access: Access): string {
      return 'ran';
    }
  }
  const contacts = new Contacts();
  const sent = { scope: `${scope} users:read` };

  test.each(frameworks)('run on $name, and tell of it; not for who is not signed in', async ({ name, serve }) => {
    const run = name.startsWith('Koa')
      ? (ctx: never, next: never) => contacts.addOnKoa(...([ctx, next] as unknown as [never]))
      : (req: never, res: never) => contacts.add(req, res);
    const served = await serve([{ path: '/', guards: [run] }]);
    expect((await ask(served.address)).status).toBe(401);
    expect(refusals.splice(0)).toEqual([['missing_token', true]]);
    expectPermit(await ask(served.address, { token: await tokenOf(sent) }));
    expect(refusals.splice(0)).toEqual([['insufficient_scope', false]]);
    expect(decisions.splice(0)).toMatchObject([{ enforced: false, decision: { lacking: 'scope' } }]);
  });

  test('run away from HTTP with the access they are given; what cannot be decided is thrown', async () => {
    const authorization = `Bearer ${await tokenOf(sent)}`;
    const access = await authorizer.authenticate({ headers: { authorization } });
    expect(contacts.addFor(access, '!')).toBe('alice!');
    await expect(contacts.find(access, 'bob')).resolves.toBe('alice bob');
    expect(refusals.splice(0)).toEqual([
      ['insufficient_scope', false],
      ['not_found', false],
    ]);
    expect(() => contacts.down(access)).toThrow(expect.objectContaining({ status: 503 }));
    expect(refusals.splice(0)).toEqual([['unavailable', true]]);
    expect(decisions.splice(0).map(({ enforced }) => enforced)).toEqual([false, false, true]);
    const other = createAuthorizer(options(hooks));
    const foreign = await other.authenticate({ headers: { authorization } });
    expect(() => contacts.addFor(foreign, '!')).toThrow(TypeError);
  });
});

describe.each(routings)('the audit on $name', ({ name, door, create, listener }) => {
  const createGuards = (name.startsWith('Koa') ? koaDoor.createGuards : expressDoor.createGuards) as never;
  const { requirePermission, authenticate } = (createGuards as typeof expressDoor.createGuards)(
    options({ onRefused: () => undefined }),
  );
  const answering = name.startsWith('Koa')
    ? (ctx: { body: unknown }) => void (ctx.body = 'handled')
    : (_: unknown, response: Response) => response.end('handled');
  const reporting = requirePermission(allOf(scope, 'read:notes'), unenforced);

  test('says in words what is not enforced, and counts who signs in as guarded', () => {
    const { app } = create([
      { method: 'get', path: '/reported', chain: [reporting, answering] },
      { method: 'get', path: '/both', chain: [requirePermission('users:read'), reporting, answering] },
      { method: 'get', path: '/signed-in', chain: [authenticate(), answering] },
    ]);
    const rows = door.routesOf(app).map(({ path, requirement, guarded, enforced, notes }) => {
      return [path, requirement, guarded, enforced, notes.length];
    });
    expect(rows).toEqual([
      ['/reported', `signed in (not enforced: ${scope} and read:notes)`, true, false, 1],
      ['/both', `users:read (not enforced: ${scope} and read:notes)`, true, false, 1],
      ['/signed-in', 'signed in', true, true, 0],
    ]);
    expect(door.unguardedRoutes(app)).toEqual([]);
  });

  test('writes into an OpenAPI document that a token is enough, and no 403', () => {
    const { app } = create([{ method: 'get', path: '/reported', chain: [reporting, answering] }]);
    const { document } = door.openApiSecurity(app);
    const { security, responses } = (document.paths as { '/reported': { get: Record<string, object> } })['/reported']
      .get;
    expect(security).toEqual([{ accessToken: [] }]);
    expect(Object.keys(responses ?? {}).filter((status) => status !== 'default')).toEqual(['401', '503']);
  });

  test('lets a reporting guard’s route run where what is unguarded is denied', async () => {
    const { app } = create([{ method: 'get', path: '/reported', chain: [reporting, answering] }]);
    door.denyUnguarded(app);
    const call = await routed(listener(app));
    const headers = { authorization: `Bearer ${await tokenOf()}` };
    expect((await call('/reported', { headers })).status).toBe(200);
    expect((await call('/reported')).status).toBe(401);
  });
});

test('the compiler lets no second requirement pass for options', () => {
  const { hooks } = hearing();
  const { requirePermission } = expressDoor.createGuards(options(hooks));
  const onKoa = koaDoor.createGuards(options(hooks)).requirePermission;
  requirePermission((request) => (request.method === 'GET' ? scope : 'write:contacts'), { enforce: false });
  onKoa(scope, { enforce: false });
  // @ts-expect-error a second requirement
  expect(() => requirePermission(scope, on('users:read', 'users:id:7'))).toThrow(TypeError);
  // @ts-expect-error a second requirement
  expect(() => onKoa(scope, allOf(scope, 'write:contacts'))).toThrow(TypeError);
  // @ts-expect-error a misspelt option
  expect(() => requirePermission(scope, { enforced: false })).toThrow(TypeError);
});
