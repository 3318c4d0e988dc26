// However much there is in the store, one request does only so much: it answers from a page, or says honestly that it will not count.

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { definePermissions } from 'rightful';
import { memoryStore } from 'rightful/stores';
import type { MemoryStoreOptions, Page, PageRequest, RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Scene, SceneOptions } from './admin-scene.ts';

const scenes: Scene[] = [];
/** What the store was asked, by method. */
let asked: Record<string, number>;
/** How many questions it was asked at the same moment. */
let atOnce: number;

/** A store some of whose methods are others, which counts what it is asked. */
async function opened(
  others: (issuer: string) => Partial<RoleStore> = () => ({}),
  { there = {}, ...options }: Omit<SceneOptions, 'store'> & { there?: MemoryStoreOptions } = {},
): Promise<Scene> {
  const scene = await adminScene({
    ...options,
    store: (issuer) => {
      const users = { root: { permissions: ['*'] }, ...there.users };
      return counted({ ...memoryStore({ issuer, ...there, users }), ...others(issuer) });
    },
  });
  scenes.push(scene);
  [asked, atOnce] = [{}, 0];
  return scene;
}
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close();
});
afterAll(stopServers);

function counted(store: RoleStore): RoleStore {
  let running = 0;
  const members = Object.entries(store).map(([name, member]): [string, unknown] => {
    if (typeof member !== 'function' || name === 'onChange') return [name, member];
    const method = member as (...given: unknown[]) => unknown;
    const counting = async (...given: unknown[]): Promise<unknown> => {
      asked[name] = (asked[name] ?? 0) + 1;
      running += 1;
      atOnce = Math.max(atOnce, running);
      await pause(0);
      try {
        return await method(...given);
      } finally {
        running -= 1;
      }
    };
    return [name, name === 'privilegesOf' ? method : counting];
  });
  return Object.fromEntries(members) as unknown as RoleStore;
}

/** Pages of so many items, each made when it is asked for. */
function endless<Item>(total: number, itemAt: (at: number) => Item) {
  return ({ take = 50, after = '0' }: PageRequest = {}): Promise<Page<Item>> => {
    const from = Number(after);
    const items = Array.from({ length: Math.min(take, total - from) }, (_, at) => itemAt(from + at));
    const end = from + items.length;
    return Promise.resolve({ items, total, ...(end < total && { next: String(end) }) });
  };
}

describe('the users of a role that very many have', () => {
  const manyHolders = (total: number) => (issuer: string) => ({
    holdersOfRole: (_: string, page?: PageRequest) =>
      endless(total, (at) => ({
        subject: { issuer, id: `user${at}`, kind: 'user' as const },
        assignment: { role: 'reader' },
      }))(page),
  });
  const there = { roles: { reader: ['read:contacts'] } };
  const path = '/api/v2/roles/reader/users';

  it('are counted as far as one request can, and no further', async () => {
    const most = await opened(manyHolders(10_000), { there });
    expect(await most.call('GET', `${path}?include_totals=true`)).toMatchObject({
      status: 200,
      body: { total: 10_000 },
    });
    const more = await opened(manyHolders(10_001), { there });
    expect(await more.call('GET', `${path}?include_totals=true`)).toMatchObject({
      status: 400,
      body: { errorCode: 'invalid_paging', message: expect.stringContaining('take and from') as unknown },
    });
    expect(asked['holdersOfRole']).toBe(1);
  });

  it('are paged by number as far as one request looks, and by `take` without an end', async () => {
    const scene = await opened(manyHolders(1_000_000), { there });
    expect((await scene.call('GET', `${path}?per_page=100&page=99`)).body).toHaveLength(100);
    asked = {};
    expect(await scene.call('GET', `${path}?per_page=100&page=100000`)).toMatchObject({ status: 400 });
    expect(asked['holdersOfRole']).toBe(10);
    expect(await scene.call('GET', `${path}?take=100`)).toMatchObject({ status: 200 });
  });
});

describe('an API by its id', () => {
  const manyApis = (total: number) => () => ({
    apis: endless(total, (at) => ({ identifier: `https://api${at}.example/`, name: 'x', version: 1, permissions: [] })),
  });

  it('that is none of all there are is a 404', async () => {
    const scene = await opened(manyApis(3000));
    expect(await scene.call('GET', `/api/v2/resource-servers/${'0'.repeat(24)}`)).toMatchObject({ status: 404 });
  });

  it('is not looked for without an end, and what was not looked at is not said not to be there', async () => {
    const scene = await opened(manyApis(10_000_000));
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      asked = {};
      const answer = await scene.call(method, `/api/v2/resource-servers/${'0'.repeat(24)}`, {
        ...(method === 'PATCH' && { body: { name: 'y' } }),
      });
      expect(answer).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('identifier') as unknown },
      });
      expect(asked['apis']).toBe(10);
    }
  });
});

it('a permission that very many hold by roles is not withdrawn by looking at each: 409 says what to do first', async () => {
  const scene = await opened((issuer) => ({
    holdersOf: (permission: string, page?: PageRequest) =>
      endless(permission === 'read:contacts' ? 50_000_000 : 0, (at) => ({
        subject: { issuer, id: `user${at}`, kind: 'user' as const },
        privileges: [{ permission, source: { kind: 'role' as const, role: 'reader' } }],
      }))(page),
  }));
  const path = `/api/v2/resource-servers/${encodeURIComponent(contactsApi)}`;
  expect(await scene.call('PATCH', path, { body: { scopes: [{ value: 'write:contacts' }] } })).toMatchObject({
    status: 409,
    body: { errorCode: 'permissions_in_use', message: expect.stringContaining('roles first') as unknown },
  });
  expect(asked['holdersOf']).toBeLessThan(110);
  expect(asked['changeAll']).toBeUndefined();
});

describe('the search for permissions that begin alike', () => {
  const permissions = definePermissions(
    Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`read:thing${at}`, 'See it'])),
  );

  it('looks at everybody once, and not again for each of their names', async () => {
    const users = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`user${at}`, { permissions: [`read:thing${at}`] }]),
    );
    const scene = await opened(() => ({}), { permissions, there: { users } });
    const { body } = await scene.call('GET', '/api/access-control/users/permissions/search?actionPrefix=read:thing');
    expect(Object.keys(body as object)).toHaveLength(31);
    expect((body as Record<string, object>)['user7']).toEqual({ 'read:thing7': ['*'] });
    expect([asked['holdersOf'], asked['subjects']]).toEqual([undefined, 1]);
  });

  it('is a 400 that says why where there are more users than it looks at', async () => {
    const scene = await opened(
      (issuer) => ({ subjects: endless(2001, (at) => ({ issuer, id: `user${at}`, kind: 'user' as const })) }),
      { permissions },
    );
    expect(
      await scene.call('GET', '/api/access-control/users/permissions/search?actionPrefix=read:thing'),
    ).toMatchObject({ status: 400, body: { error: 'too_many_users' } });
  });
});

it('what is attached to built-in roles, and what a user has, is read a few at a time', async () => {
  const uids = Array.from({ length: 120 }, (_, at) => `role${at}`);
  const scene = await opened(() => ({}), {
    there: { roles: Object.fromEntries(uids.map((uid) => [uid, []])), users: { bob: { roles: uids } } },
  });
  const viewer = await scene.store.role('builtin:viewer');
  await scene.store.putRole({ ...viewer!, inherits: uids }, { system: 'test' });
  for (const path of ['/api/access-control/builtin-roles', '/api/access-control/users/bob/roles']) {
    [asked, atOnce] = [{}, 0];
    expect(await scene.call('GET', path)).toMatchObject({ status: 200 });
    expect([path, asked['role']! >= 120, atOnce <= 50]).toEqual([path, true, true]);
  }
});

it('a change that is tried reads each role once, however many have it', async () => {
  const uids = Array.from({ length: 40 }, (_, at) => `role${at}`);
  const users = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`user${at}`, { roles: ['top'] }]));
  const top = { uid: 'top', name: 'top', version: 1, privileges: ['read:contacts'], inherits: uids };
  const scene = await opened(() => ({}), {
    there: { users, roles: { ...Object.fromEntries(uids.map((uid) => [uid, []])), top: [] } },
  });
  const answer = await scene.call('POST', '/admin/api/changes', {
    body: { changes: [{ kind: 'put-role', role: top }], dryRun: true },
  });
  expect(answer).toMatchObject({ status: 200, body: { total: 50 } });
  expect((answer.body as { subjects: { gains: unknown[] }[] }).subjects.every(({ gains }) => gains.length === 1)).toBe(
    true,
  );
  expect(asked['role']).toBeLessThan(60);
});

describe('reading the provisioning files anew', () => {
  const reload = '/api/admin/provisioning/access-control/reload';

  it('that does not end is a 503 in time, and the operator hears why', async () => {
    const scene = await opened(() => ({}), {
      provision: () => new Promise(() => undefined),
      provisionTimeoutMs: 30,
    });
    expect(await scene.call('POST', reload)).toMatchObject({ status: 503 });
    expect(scene.faults).toMatchObject([{ cause: expect.stringContaining('within 30 ms') as unknown }]);
  });

  it('that fails after its time is up is told to nobody twice, and ends no process', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (cause: unknown): void => void unhandled.push(cause);
    process.on('unhandledRejection', onUnhandled);
    const scene = await opened(() => ({}), {
      provision: async () => {
        await pause(60);
        throw new Error('the disk is gone');
      },
      provisionTimeoutMs: 20,
    });
    expect(await scene.call('POST', reload)).toMatchObject({ status: 503 });
    await pause(100);
    process.off('unhandledRejection', onUnhandled);
    expect([scene.faults.length, unhandled]).toEqual([1, []]);
  });

  it.each([0, -1, Number.NaN, '10', null])('has a time limit, which is not %j', async (provisionTimeoutMs) => {
    await expect(opened(() => ({}), { provisionTimeoutMs: provisionTimeoutMs as number })).rejects.toThrow(
      'provisionTimeoutMs',
    );
  });
});
