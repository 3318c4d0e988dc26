// What becomes of a request when the store that is administered hangs, or has a bug: nobody waits for ever, nobody is told that it was
// done, and nobody but the operator reads why.

import { createHook } from 'node:async_hooks';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createAdmin } from 'rightful/admin';
import type { AdminHandler, AdminOptions } from 'rightful/admin';
import { InvalidInputError } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi, permissions } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

const scenes: Scene[] = [];
const unhandled: unknown[] = [];
const onUnhandled = (cause: unknown): void => void unhandled.push(cause);
process.on('unhandledRejection', onUnhandled);
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close();
  expect(unhandled.splice(0)).toEqual([]);
});
afterAll(() => {
  process.off('unhandledRejection', onUnhandled);
  return stopServers();
});

interface Broken {
  readonly scene: Scene;
  readonly handler: AdminHandler;
  readonly faults: unknown[];
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
}

/** The administration of a store some of whose methods are others, which its guard does not ask. */
async function broken(
  others: (store: RoleStore) => Partial<RoleStore>,
  options: Partial<AdminOptions> = {},
): Promise<Broken> {
  const scene = await adminScene();
  scenes.push(scene);
  const faults: unknown[] = [];
  const handler = createAdmin({
    authorizer: scene.authorizer,
    store: { ...scene.store, ...others(scene.store) },
    permissions,
    audience: contactsApi,
    rateLimit: false,
    onFault: (cause) => void faults.push(cause),
    ...options,
  });
  return {
    scene,
    handler,
    faults,
    async ask(method, path, body) {
      const headers = { authorization: `Bearer ${await scene.token('root')}`, 'content-type': 'application/json' };
      const sent = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const answer = await handler(new Request(`https://admin.example${path}`, sent));
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
    },
  };
}

const never = (): Promise<never> => new Promise(() => undefined);
const toBob = '/api/v2/users/bob/permissions';

describe('a store that hangs', () => {
  const hanging = Object.fromEntries(
    ['role', 'roles', 'subject', 'subjects', 'api', 'apis', 'audit', 'holdersOf', 'holdersOfRole'].map((name) => [
      name,
      never,
    ]),
  ) as Partial<RoleStore>;

  it.each([
    '/api/v2/roles',
    '/api/v2/users',
    toBob,
    '/api/v2/resource-servers',
    '/api/v2/client-grants',
    '/api/access-control/roles',
    '/admin/api/audit',
  ])('is a 503 after the time that was said, and told to the operator: GET %s', async (path) => {
    const { ask, faults } = await broken(() => hanging, { storeTimeoutMs: 40 });
    const start = performance.now();
    expect(await ask('GET', path)).toMatchObject({ status: 503 });
    expect(performance.now() - start).toBeLessThan(5000);
    expect(faults).toMatchObject([{ cause: expect.stringContaining('within 40 ms') as unknown }]);
  });

  it.each([
    ['POST', '/api/v2/roles', { name: 'Editor' }],
    ['POST', toBob, permissionsOf(['read:contacts'])],
    ['POST', '/api/v2/resource-servers', { identifier: 'https://calendar.example/' }],
    ['POST', '/api/v2/client-grants', { client_id: 'robot', audience: contactsApi, scope: ['read:contacts'] }],
  ])('is a 503 where it is late with a change, which may be made all the same: %s %s', async (method, path, body) => {
    const late = (store: RoleStore): Partial<RoleStore> => {
      const after = <Given extends unknown[]>(change: (...given: Given) => Promise<number>) => {
        return async (...given: Given): Promise<number> => {
          await new Promise((resolve) => setTimeout(resolve, 120));
          return change(...given);
        };
      };
      return {
        grant: after(store.grant),
        putRole: after(store.putRole),
        putApi: after(store.putApi),
        changeAll: after(store.changeAll),
      };
    };
    const { ask, scene } = await broken(late, { storeTimeoutMs: 30 });
    expect(await ask(method, path, body)).toMatchObject({ status: 503 });
    expect(await scene.store.revision()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await scene.store.revision()).toBe(1);
  });

  it('is a 503 once, also where it fails after that', async () => {
    const failing = (): Promise<never> => {
      return new Promise((_, reject) => setTimeout(() => reject(new Error('the disk is gone')), 80));
    };
    const { ask, faults } = await broken(() => ({ roles: failing }), { storeTimeoutMs: 20 });
    expect(await ask('GET', '/api/v2/roles')).toMatchObject({ status: 503 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(faults).toHaveLength(1);
  });

  it('that answers in time leaves no timer behind', async () => {
    const { ask } = await broken(() => ({}), { storeTimeoutMs: 654_321 });
    const running = new Set<number>();
    let made = 0;
    const hook = createHook({
      init(id, type, _trigger, resource) {
        if (type !== 'Timeout' || Reflect.get(resource, '_idleTimeout') !== 654_321) return;
        running.add(id);
        made += 1;
      },
      destroy: (id) => void running.delete(id),
    }).enable();
    for (let at = 0; at < 5; at += 1) expect(await ask('GET', '/api/v2/roles')).toMatchObject({ status: 200 });
    await new Promise(setImmediate);
    hook.disable();
    expect(made).toBeGreaterThanOrEqual(5);
    expect(running.size).toBe(0);
  });

  it.each([0, -1, NaN, Infinity, '10', null, 2 ** 31])(
    'is waited for as long as a timer can: not %p',
    async (value) => {
      const option = { storeTimeoutMs: value as number };
      await expect(broken(() => ({}), option)).rejects.toThrow(/^Expected `storeTimeoutMs` to be /);
    },
  );
});

describe('a TypeError of a store', () => {
  const bugs: [string, () => unknown][] = [
    ['an accident', () => (undefined as unknown as string[]).length],
    [
      'what looks like a check of what was handed in',
      () => {
        throw new TypeError('Expected `password` to be a string, got "hunter2" (string)');
      },
    ],
    [
      'what another store was told wrongly',
      () => {
        throw new TypeError('Unknown option `secret` in `options`: expected a, b');
      },
    ],
  ];

  it.each(bugs)('is a 503 without a word of it where it is %s', async (_, bug) => {
    const fails = async (): Promise<never> => bug() as never;
    const { ask, faults } = await broken(() => ({ roles: fails, changeAll: fails, grant: fails, putRole: fails }));
    for (const answer of [await ask('GET', '/api/v2/roles'), await ask('POST', '/api/v2/roles', { name: 'Editor' })]) {
      expect(answer).toMatchObject({ status: 503 });
      expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|secret|length/);
    }
    expect(faults).toMatchObject([
      { cause: expect.any(TypeError) as unknown },
      { cause: expect.any(TypeError) as unknown },
    ]);
  });

  it('is a 400 that says why where the store says that what was sent is not as it must be', async () => {
    const refusing = async (): Promise<never> => {
      throw new InvalidInputError('Expected `role.name` to be shorter');
    };
    const { ask, faults } = await broken(() => ({ putRole: refusing }));
    const answer = await ask('POST', '/api/v2/roles', { name: 'Editor' });
    expect(answer).toMatchObject({
      status: 400,
      body: { errorCode: 'invalid_body', message: expect.stringContaining('`role.name`') as unknown },
    });
    expect(faults).toEqual([]);
  });

  it('is a 400 where a page was forged, in the words of the store', async () => {
    const { ask } = await broken((store) => ({
      subjects: async (query) => {
        if (query?.after === 'forged') throw new InvalidInputError('Expected `after` to be what a page before gave');
        return store.subjects(query);
      },
    }));
    expect(await ask('GET', '/admin/api/subjects?after=forged')).toMatchObject({ status: 400 });
  });
});
