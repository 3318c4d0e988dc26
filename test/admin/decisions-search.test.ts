// Searches list what evaluations permit, part by part, and say where that is not all.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthorizer, definePermissions } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import { memoryStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';

const permissions = definePermissions({
  'read:contacts': { description: 'See contacts', aliases: ['contacts.read'] },
  'write:contacts': 'Change contacts',
  'create:contacts': { description: 'Make contacts', on: [] },
});

const reads = (...resources: string[]): { permission: string; on: string }[] =>
  resources.map((on) => ({ permission: 'read:contacts', on }));
const denied = (on: string): { permission: string; on: string; effect: 'deny' } => ({
  permission: 'read:contacts',
  on,
  effect: 'deny',
});

const users = {
  root: { permissions: ['evaluate:access', 'search:access'] },
  all: { permissions: ['read:contacts'] },
  every: { permissions: ['*'] },
  pattern: { permissions: ['read:*'] },
  seven: { permissions: reads('contacts:id:7', 'contacts:id:8', 'contacts:id:9/x', 'folders:id:7') },
  denied: { permissions: [...reads('contacts:*', 'contacts:id:7', 'contacts:id:6'), denied('contacts:id:7')] },
  nowhere: { permissions: [...reads('contacts:*', 'contacts:id:7'), denied('contacts:*')] },
  member: { roles: ['reader'] },
  elsewhere: { permissions: [{ permission: 'read:contacts', organization: 'org_1' }] },
  other: { permissions: [{ permission: 'read:contacts', audience: 'https://other.example/' }] },
  expired: { permissions: [{ permission: 'read:contacts', expiresAt: 1000 }] },
  maker: { permissions: [{ permission: 'create:contacts', on: '' }] },
};

let scene: Scene;

beforeAll(async () => {
  scene = await adminScene({
    permissions,
    store: { users, clients: { export: { permissions: ['read:contacts'] } }, roles: { reader: ['read:contacts'] } },
  });
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

function post(path: string, body: unknown): Promise<Answered> {
  return scene.call('POST', `/access/v1/${path}`, { body });
}

interface Found {
  page: { next_token: string; count: number; total?: number };
  context?: { complete: boolean; patterns?: string[]; except?: string[] };
  results: { type: string; id: string; name: string }[];
}

async function search(path: string, body: object): Promise<Found> {
  const { status, body: found } = await post(`search/${path}`, body);
  expect({ status, found }).toMatchObject({ status: 200 });
  return found as Found;
}

const action = { name: 'read:contacts' };
const seven = { type: 'contacts', id: '7' };
const user = (id: string): object => ({ type: 'user', id });

describe('who may', () => {
  const holders = ['all', 'every', 'member', 'pattern', 'seven'];

  it('is found through whatever it is held, denials counted', async () => {
    const { results } = await search('subject', { subject: { type: 'user' }, action, resource: seven });
    expect(results.map(({ id }) => id).toSorted()).toEqual(holders);
    expect(results.every(({ type }) => type === 'user')).toBe(true);
  });

  it('is what evaluations say, of everybody', async () => {
    for (const id of Object.keys(users)) {
      const { body } = await post('evaluation', { subject: user(id), action, resource: seven });
      expect({ id, body }).toMatchObject({ id, body: { decision: holders.includes(id) } });
    }
  });

  it('of another issuer that is trusted is found with it, and is the same in the next question', async () => {
    const elsewhere = 'https://elsewhere.example/';
    const first = { issuer: scene.issuer, allowHttp: true };
    const second = { issuer: elsewhere, jwksUri: 'https://elsewhere.example/keys' };
    const person = (issuer: string, id: string): { issuer: string; id: string; kind: 'user' } => ({
      issuer,
      id,
      kind: 'user',
    });
    const store = memoryStore({ issuer: scene.issuer, users: { root: { permissions: ['*'] } } });
    await store.grant(person(elsewhere, 'twin'), 'read:contacts', { system: 'test' });
    await store.grant(person(scene.issuer, 'only-here'), 'read:contacts', { system: 'test' });
    const authorizer = createAuthorizer({
      issuer: [first, second],
      audience: adminApi,
      permissions: adminPermissions,
      store,
    });
    const options = { authorizer, store, permissions, audience: contactsApi, issuer: scene.issuer };
    const other = createAdmin(options);
    const authorization = `Bearer ${await scene.token('root', 'evaluate:access search:access')}`;
    const ask = async (path: string, body: object): Promise<unknown> => {
      const headers = { authorization, 'content-type': 'application/json' };
      const url = `http://localhost/access/v1/${path}`;
      return (await other(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))).json();
    };
    const named = { type: 'user', properties: { issuer: elsewhere } };
    const found = (await ask('search/subject', { subject: named, action, resource: seven })) as Found;
    expect(found.results).toEqual([{ ...named, id: 'twin' }]);
    const [twin] = found.results;
    expect(await ask('evaluation', { subject: twin, action, resource: seven })).toMatchObject({ decision: true });
    expect(await ask('evaluation', { subject: user('twin'), action, resource: seven })).toMatchObject({
      decision: false,
    });
    await authorizer.close();
  });

  it.each([
    ['an id beside the type is ignored', { subject: { type: 'user', id: 7 } }, holders],
    ['clients are found apart', { subject: { type: 'client' } }, ['export']],
    ['another type is nobody', { subject: { type: 'spaceship' } }, []],
    ['another issuer is nobody', { subject: { type: 'user', properties: { issuer: 'https://o.example' } } }, []],
    ['another action is nobody', { action: { name: 'fly' } }, []],
    ['another name of it finds the same', { action: { name: 'contacts.read' } }, holders],
    ['a star is nobody', { resource: { type: 'contacts', id: '*' } }, []],
    [
      'the whole API is found too',
      { resource: { type: 'api', id: contactsApi } },
      ['all', 'every', 'member', 'pattern'],
    ],
    [
      'what takes no resource as well',
      { action: { name: 'create:contacts' }, resource: { type: 'api', id: contactsApi } },
      ['every', 'maker'],
    ],
    [
      'an organization adds what is held in it',
      { context: { organization: 'org_1' } },
      [...holders, 'elsewhere'].toSorted(),
    ],
    ['scopes cut', { context: { scopes: 'openid' } }, []],
  ])('%s', async (_rule, more, expected) => {
    const { results, page } = await search('subject', { subject: { type: 'user' }, action, resource: seven, ...more });
    expect(results.map(({ id }) => id).toSorted()).toEqual(expected);
    expect(page.next_token).toBe('');
  });

  it.each([1, 2, 3, 100])('comes part by part, %i at a time, each once', async (limit) => {
    const asked = { subject: { type: 'user' }, action, resource: seven };
    const found: string[] = [];
    let token: string | undefined;
    for (let parts = 0; parts < 30 && token !== ''; parts += 1) {
      const page = token === undefined ? { limit } : { token };
      const part = await search('subject', { ...asked, page });
      expect(part.results.length).toBeLessThanOrEqual(limit);
      expect(part.page.count).toBe(part.results.length);
      found.push(...part.results.map(({ id }) => id));
      token = part.page.next_token;
    }
    expect(token).toBe('');
    expect(found.toSorted()).toEqual(holders);
  });
});

describe('on what', () => {
  const cases: [who: string, ids: string[], context: object][] = [
    ['seven', ['7', '8'], { complete: true }],
    ['denied', ['6'], { complete: false, patterns: ['contacts:*'], except: ['contacts:id:7'] }],
    ['nowhere', [], { complete: true }],
    ['all', [], { complete: false, patterns: ['*'], except: [] }],
    ['every', [], { complete: false, patterns: ['*'], except: [] }],
    ['nobody', [], { complete: true }],
  ];

  it.each(cases)('%s may: those that are named, and whether there are more', async (who, ids, context) => {
    const found = await search('resource', { subject: user(who), action, resource: { type: 'contacts' } });
    expect(found.results).toEqual(ids.map((id) => ({ type: 'contacts', id })));
    expect(found.context).toEqual(context);
    expect(found.page).toEqual({ next_token: '', count: ids.length, total: ids.length });
    for (const resource of found.results) {
      const { body } = await post('evaluation', { subject: user(who), action, resource });
      expect(body).toMatchObject({ decision: true });
    }
  });

  it('the API itself is one, for who may on all of it', async () => {
    const resource = { type: 'api', id: 'ignored' };
    const { results } = await search('resource', { subject: user('all'), action, resource });
    expect(results).toEqual([{ type: 'api', id: contactsApi }]);
  });

  it('scopes cut it, and a type that could be a pattern has nothing', async () => {
    const asked = { subject: user('seven'), action, resource: { type: 'contacts' } };
    expect((await search('resource', { ...asked, context: { scopes: '' } })).results).toEqual([]);
    expect((await search('resource', { ...asked, resource: { type: '*' } })).results).toEqual([]);
    expect((await search('resource', { ...asked, resource: { type: 'contacts:id' } })).results).toHaveLength(2);
  });
});

describe('what', () => {
  it.each([
    ['all', seven, ['read:contacts']],
    ['every', seven, ['create:contacts', 'read:contacts', 'write:contacts']],
    ['every', { type: 'api', id: contactsApi }, ['create:contacts', 'read:contacts', 'write:contacts']],
    ['seven', { type: 'contacts', id: '9' }, []],
    ['seven', { type: 'contacts', id: '*' }, []],
    ['nobody', seven, []],
  ])('%s may on %j', async (who, resource, names) => {
    const { results } = await search('action', { subject: user(who), resource });
    const evaluated = await post('evaluations', {
      subject: user(who),
      resource,
      evaluations: permissions.names.map((name) => ({ action: { name } })),
    });
    const { evaluations } = evaluated.body as { evaluations: { decision: boolean }[] };
    const permitted = permissions.names.filter((_, at) => evaluations[at]?.decision);
    expect(results.map(({ name }) => name)).toEqual(permitted.toSorted());
    expect(results).toEqual(names.map((name) => ({ name })));
  });

  it('comes part by part', async () => {
    const asked = { subject: user('every'), resource: seven };
    const first = await search('action', { ...asked, page: { limit: 2 } });
    expect(first).toMatchObject({ page: { count: 2, total: 3 } });
    const second = await search('action', { ...asked, page: { token: first.page.next_token, limit: 2 } });
    expect(second).toEqual({ page: { next_token: '', count: 1, total: 3 }, results: [{ name: 'write:contacts' }] });
  });
});

describe('a search that is not as it must be', () => {
  const whole = { subject: user('all'), action, resource: seven };

  it.each([
    ['subject', 'subject'],
    ['subject', 'action'],
    ['subject', 'resource'],
    ['resource', 'subject'],
    ['resource', 'action'],
    ['resource', 'resource'],
    ['action', 'subject'],
    ['action', 'resource'],
  ] as const)('for a %s is refused without %s', async (path, missing) => {
    const { [missing]: _, ...rest } = whole;
    const answer = await post(`search/${path}`, rest);
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining(`\`${missing}\``) });
  });

  it.each([
    ['subject', { resource: { type: 'contacts' } }, 'resource.id'],
    ['subject', { subject: {} }, 'subject.type'],
    ['resource', { subject: { type: 'user' } }, 'subject.id'],
    ['resource', { resource: {} }, 'resource.type'],
    ['action', { subject: { type: 'user' } }, 'subject.id'],
    ['action', { resource: { type: 'contacts' } }, 'resource.id'],
  ])('for a %s is refused with %j', async (path, more, says) => {
    const answer = await post(`search/${path}`, { ...whole, ...more });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining(`\`${says}\``) });
  });
});
