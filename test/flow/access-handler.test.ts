// A front end's "what may I do" is answered for whoever signed in, with what the guards would say, and kept by no cache.

import { describe, expect, test } from '@jest/globals';
import { definePermissions, inOrganization } from 'rightful';
import type { AuthorizerOptions, Privilege } from 'rightful';
import { createGuards } from 'rightful/express';
import type { AccessDocument, AccessHandlerOptions } from 'rightful/express';
import * as expressDoor from 'rightful/express';
import * as koaDoor from 'rightful/koa';
import { memoryStore } from 'rightful/stores';
import { ask, expectRefusal, missingToken, unavailable } from './answers.ts';
import type { Answer } from './answers.ts';
import { frameworks } from './frameworks.ts';
import type { Framework, Middleware } from './frameworks.ts';
import { hearing } from './hearing.ts';
import { routings, served as routed } from './routing.ts';
import { answering, issuer, options, tokenOf } from './scene.ts';
import type { Claims } from './scene.ts';

const permissions = definePermissions({
  'read:contacts': 'See contacts',
  'write:contacts': 'Change contacts',
  'delete:contacts': 'Delete contacts',
  'users:read': 'See users',
  'users:create': { description: 'Create users', on: [] },
});

const held: (Privilege | string)[] = [
  'read:contacts',
  'write:contacts',
  { permission: 'delete:contacts', on: 'contacts:id:7' },
  { permission: 'users:read', on: 'users:*' },
  { permission: 'users:read', on: 'users:id:13', effect: 'deny' },
  { permission: 'users:create', on: '' },
];

const store = memoryStore({
  issuer: issuer.issuer,
  roles: { reader: ['read:contacts'] },
  users: {
    alice: { permissions: held, roles: ['reader'] },
    carol: { permissions: ['read:contacts', { permission: 'read:contacts', effect: 'deny' }] },
    admin: { permissions: ['*', { permission: 'write:contacts', on: 'contacts:id:1', effect: 'deny' }] },
    dora: { permissions: [{ permission: 'read:contacts', organization: 'acme' }] },
  },
  clients: { nightly: { permissions: ['read:contacts', 'write:contacts'] } },
});

interface Asked extends Partial<AuthorizerOptions> {
  readonly claims?: Claims;
  readonly shows?: AccessHandlerOptions;
  /** Without the catalogue. */
  readonly isPlain?: boolean;
}

async function answerOn(framework: Framework, { claims, shows, isPlain, ...differing }: Asked): Promise<Answer> {
  const catalogue = isPlain === true ? {} : { permissions };
  const { accessHandler } = framework.createGuards(options({ store, ...catalogue, ...differing }));
  const served = await framework.serve([{ path: '/me/access', guards: [accessHandler(shows)] }]);
  const answer = await ask(`${served.address}/me/access`, claims && { token: await tokenOf(claims) });
  expect(served.runs()).toBe(0);
  return answer;
}

async function documentOn(framework: Framework, asked: Asked): Promise<AccessDocument> {
  const { status, text } = await answerOn(framework, asked);
  expect(status).toBe(200);
  return JSON.parse(text) as AccessDocument;
}

describe.each(frameworks)('accessHandler() on $name', (framework) => {
  test('says what is both delegated and held, on what, what is denied of it, and what could be asked for', async () => {
    const claims = { scope: 'openid read:contacts users:read users:create' };
    expect(await documentOn(framework, { claims })).toEqual({
      subject: { kind: 'user' },
      permissions: [
        { permission: 'read:contacts' },
        { permission: 'users:read', on: 'users:*' },
        { permission: 'users:create', on: '' },
      ],
      denials: [{ permission: 'users:read', on: 'users:id:13' }],
      dialect: 'prefix',
      scopes: expect.arrayContaining(['read:contacts', 'users:read', 'users:create']),
      requestable: [
        { scope: 'write:contacts', permissions: ['write:contacts'] },
        { scope: 'delete:contacts', permissions: ['delete:contacts'] },
      ],
    });
  });

  test('says what a guard would: what is listed passes, what could be asked for lacks a scope, the rest is not held', async () => {
    const guards = framework.createGuards(options({ store, permissions }));
    const routes = permissions.names.map((name) => {
      return {
        path: `/${name.replace(':', '-')}`,
        guards: [guards.requirePermission({ permission: name, anywhere: true })],
      };
    });
    const served = await framework.serve([...routes, { path: '/access', guards: [guards.accessHandler()] }]);
    for (const sub of ['alice', 'bob', 'carol', 'admin']) {
      const token = await tokenOf({ sub, scope: 'read:contacts users:read' });
      const known = JSON.parse((await ask(`${served.address}/access`, { token })).text) as AccessDocument;
      for (const name of permissions.names) {
        const { status, text } = await ask(`${served.address}/${name.replace(':', '-')}`, { token });
        const code = status === 200 ? 'passes' : (JSON.parse(text) as { code: string }).code;
        const isListed = known.permissions.some(({ permission }) => permission === name);
        const isRequestable = known.requestable?.some((one) => one.permissions.includes(name)) === true;
        const isHeld = isListed || isRequestable;
        expect([sub, name, code === 'passes']).toEqual([sub, name, isListed]);
        if (isRequestable) expect([sub, name, code]).toEqual([sub, name, 'insufficient_scope']);
        if (code === 'insufficient_privilege') expect([sub, name, isHeld]).toEqual([sub, name, false]);
      }
    }
  });

  test('is for nobody’s cache, and varies with who asks', async () => {
    const { headers } = await answerOn(framework, { claims: { scope: '' } });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toBe('Authorization');
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('etag')).toBeNull();
  });

  test('refuses who is not signed in, and whose privileges cannot be had', async () => {
    expectRefusal(await answerOn(framework, {}), missingToken());
    expect((await answerOn(framework, { claims: { exp: 1 } })).status).toBe(401);
    const down = answering(() => Promise.reject(new Error('down')));
    expectRefusal(await answerOn(framework, { store: down, claims: {} }), unavailable());
  });

  test('tells the subject’s id only where that is asked for, and never where a privilege comes from', async () => {
    const claims = { scope: 'read:contacts', org_id: 'acme' };
    const { text } = await answerOn(framework, { claims });
    expect(text).not.toMatch(/alice|reader|source|direct|issuer|client_id/);
    const { subject } = await documentOn(framework, { claims, shows: { subjectId: true } });
    expect(subject).toEqual({ kind: 'user', id: 'alice', organization: 'acme' });
  });

  test('tells nothing beyond what is delegated where that is asked for', async () => {
    const document = await documentOn(framework, {
      claims: { scope: 'read:contacts' },
      shows: { requestable: false },
    });
    expect(document).not.toHaveProperty('requestable');
    expect(JSON.stringify(document)).not.toContain('write:contacts');
  });

  test('an application of the API’s owner has nothing to ask for', async () => {
    const { permissions: listed, requestable } = await documentOn(framework, {
      claims: { client_id: 'web', scope: 'openid' },
      firstPartyClients: ['web'],
    });
    expect(requestable).toEqual([]);
    expect(listed.map(({ permission }) => permission)).toEqual([...permissions.names]);
  });

  test('asks for the coarse scope that delegates, with all that it would', async () => {
    const { requestable } = await documentOn(framework, {
      claims: { scope: 'read:contacts' },
      scopePermissions: { 'contacts.all': ['write:contacts', 'delete:contacts'] },
    });
    expect(requestable).toEqual([
      { scope: 'contacts.all', permissions: ['write:contacts', 'delete:contacts'] },
      { scope: 'users:read', permissions: ['users:read'] },
      { scope: 'users:create', permissions: ['users:create'] },
    ]);
  });

  test('names what an administrator holds one by one, and what is denied of it', async () => {
    const all = [...permissions.names].join(' ');
    const document = await documentOn(framework, { claims: { sub: 'admin', scope: all } });
    expect(document.permissions).toEqual(permissions.names.map((permission) => ({ permission })));
    expect(document.denials).toEqual([{ permission: 'write:contacts', on: 'contacts:id:1' }]);
    expect(document.requestable).toEqual([]);
  });

  test('lists nothing that is denied altogether', async () => {
    const document = await documentOn(framework, { claims: { sub: 'carol', scope: 'read:contacts' } });
    expect(document).toMatchObject({ permissions: [], denials: [], requestable: [] });
  });

  test('without a catalogue: the names that are held, and `*` for every one there is', async () => {
    const plain = { isPlain: true };
    const alice = await documentOn(framework, { ...plain, claims: { scope: 'read:contacts nonsense' } });
    expect(alice.permissions).toEqual([{ permission: 'read:contacts' }]);
    expect(alice.requestable?.map(({ scope }) => scope)).toEqual([
      'write:contacts',
      'delete:contacts',
      'users:read',
      'users:create',
    ]);
    const claims = { sub: 'admin', client_id: 'web' };
    const admin = await documentOn(framework, { ...plain, claims, firstPartyClients: ['web'] });
    expect(admin.permissions).toEqual([{ permission: '*' }]);
    expect(admin.denials).toEqual([{ permission: 'write:contacts', on: 'contacts:id:1' }]);
  });

  test('a machine is one', async () => {
    const claims = { sub: 'nightly', client_id: 'nightly', scope: 'read:contacts' };
    const document = await documentOn(framework, { claims, clientPrivileges: 'store' });
    expect(document).toMatchObject({
      subject: { kind: 'client' },
      permissions: [{ permission: 'read:contacts' }],
      requestable: [{ scope: 'write:contacts', permissions: ['write:contacts'] }],
    });
  });

  test('shows the access in the organization that a guard before it has let pass', async () => {
    const { requirePermission, accessHandler } = framework.createGuards(options({ store, permissions }));
    const guards = [requirePermission(inOrganization('read:contacts', '{org}')), accessHandler()];
    const served = await framework.serve([
      { path: '/:org/access', guards },
      { path: '/access', guards: [accessHandler()] },
    ]);
    const token = await tokenOf({ sub: 'dora', scope: 'read:contacts' });
    const there = await ask(`${served.address}/acme/access`, { token });
    expect(JSON.parse(there.text)).toMatchObject({
      subject: { organization: 'acme' },
      permissions: [{ permission: 'read:contacts' }],
    });
    const athome = await ask(`${served.address}/access`, { token });
    expect(JSON.parse(athome.text)).toMatchObject({ subject: { kind: 'user' }, permissions: [] });
  });

  test('keeps what the answer varies with already', async () => {
    const { accessHandler } = framework.createGuards(options({ store }));
    for (const [vary, expected] of [
      ['Origin', 'Origin, Authorization'],
      ['origin, authorization', 'origin, authorization'],
      ['*', '*'],
    ] as const) {
      const before: Middleware = (given: { res?: object }, second: object, third?: () => unknown) => {
        const response = (third === undefined ? given.res : second) as { setHeader(name: string, value: string): void };
        response.setHeader('Vary', vary);
        return (third ?? (second as () => unknown))();
      };
      const served = await framework.serve([{ path: '/', guards: [before, accessHandler()] }]);
      const { headers } = await ask(served.address, { token: await tokenOf() });
      expect(headers.get('vary')).toBe(expected);
    }
  });

  test('answers HEAD without a body', async () => {
    const { accessHandler } = framework.createGuards(options({ store }));
    const served = await framework.serve([{ method: 'all', path: '/', guards: [accessHandler()] }]);
    const { status, headers, text } = await ask(served.address, { method: 'HEAD', token: await tokenOf() });
    expect([status, headers.get('content-type'), text]).toEqual([200, 'application/json', '']);
  });

  test('is told to no hook: nothing is asked that could be refused', async () => {
    const { decisions, refusals, hooks } = hearing();
    await answerOn(framework, { ...hooks, claims: {} });
    expect([decisions, refusals]).toEqual([[], []]);
  });

  test.each([
    ['no options', null, /`options` to be an object/],
    ['a misspelt option', { subject: true }, /Unknown option `subject`/],
    ['a word for the id', { subjectId: 'yes' }, /`subjectId` to be true or false/],
    ['a number for what could be asked for', { requestable: 0 }, /`requestable` to be true or false/],
  ])('%s is a mistake', (_, given, message) => {
    const { accessHandler } = framework.createGuards(options({ store }));
    expect(() => accessHandler(given as never)).toThrow(message);
  });
});

describe.each(routings)('accessHandler() among the routes on $name', ({ name, door, create, listener }) => {
  const guards = name.startsWith('Koa') ? koaDoor.createGuards(options()) : expressDoor.createGuards(options());
  const routes = [{ method: 'get' as const, path: '/me/access', chain: [guards.accessHandler()] }];

  test('is a guarded route', () => {
    const { app } = create(routes);
    expect(door.routesOf(app)).toMatchObject([
      { method: 'GET', path: '/me/access', requirement: 'signed in', guarded: true, enforced: true, notes: [] },
    ]);
    expect(door.unguardedRoutes(app)).toEqual([]);
  });

  test('runs where what is unguarded is denied', async () => {
    const { app } = create(routes);
    door.denyUnguarded(app);
    const call = await routed(listener(app));
    const headers = { authorization: `Bearer ${await tokenOf()}` };
    expect((await call('/me/access', { headers })).status).toBe(200);
    expect((await call('/me/access')).status).toBe(401);
  });
});

test('a guard of another authorizer before it gives it nothing', async () => {
  const [express] = frameworks as [Framework];
  const first = express.createGuards(options({ store }));
  const other = createGuards(options({ store: memoryStore({ users: {} }) }));
  const guards = [first.requirePermission('read:contacts'), other.accessHandler()];
  const served = await express.serve([{ path: '/', guards }]);
  const { text } = await ask(served.address, { token: await tokenOf({ scope: 'read:contacts' }) });
  expect(JSON.parse(text)).toMatchObject({ permissions: [] });
});
