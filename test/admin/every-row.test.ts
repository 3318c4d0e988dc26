// What holds for every row of the table, those to come included: nobody gets in but by a token in the header, nothing is said to
// other sites, no failure is blamed on the caller, and every answer is in one form.

import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Scene, SceneOptions } from './admin-scene.ts';
import { examples, peopled } from './examples-of-rows.ts';
import type { Example } from './examples-of-rows.ts';

const options: SceneOptions = {
  store: peopled,
  url: 'https://contacts.example',
  dashboard: { clientId: 'dashboard' },
  provision: () => undefined,
  rateLimit: { burst: 100_000, perSecond: 100_000 },
};
const guarded = examples.filter(({ isGuarded }) => isGuarded);
const named = (all: readonly Example[]) => all.map((one) => [one.name, one] as const);

let scene: Scene;

beforeAll(async () => {
  scene = await adminScene(options);
});
afterAll(async () => {
  await scene.close();
  await stopServers();
});

describe.each(named(guarded))('%s', (_, { method, path, body, isOpenToAll }) => {
  const withQuery = (query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;

  it('takes a token from nowhere but the Authorization header', async () => {
    const token = await scene.token('root');
    const revision = await scene.store.revision();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const hidden: [string, object][] = [
      [path, { headers: { cookie: `access_token=${token}; token=${token}; Authorization=Bearer ${token}` } }],
      [withQuery(`access_token=${token}`), {}],
      [withQuery(`token=${token}&authorization=Bearer%20${token}`), {}],
      [path, { headers: { 'x-access-token': token, 'x-authorization': `Bearer ${token}` } }],
      [path, { headers: { 'proxy-authorization': `Bearer ${token}` } }],
      [path, { headers: { authorization: `Basic ${Buffer.from(`root:${token}`).toString('base64')}` } }],
      [path, { headers: { authorization: token } }],
      ...(method === 'GET' ? [] : [[path, { headers: form, body: `access_token=${token}` }] as [string, object]]),
    ];
    for (const [address, sent] of hidden) {
      const answer = await scene.call(method, address, { as: null, body, ...sent });
      expect([address, sent, [400, 401].includes(answer.status)]).toEqual([address, sent, true]);
      expect(JSON.stringify(answer.body)).not.toContain(token);
    }
    expect(await scene.store.revision()).toBe(revision);
  });

  it('asks for more than a token, unless it is about who has it', async () => {
    const { status } = await scene.call(method, path, { as: 'nobody', body });
    expect(status === 403).toBe(!isOpenToAll);
  });

  it('asks for the scope as well as for the privilege', async () => {
    const { status } = await scene.call(method, path, { scope: 'openid', body });
    expect(status === 403).toBe(!isOpenToAll);
  });
});

describe.each(named(examples))('%s', (_, { method, path, body, isGuarded }) => {
  it('says nothing to other sites, and the same of itself in every answer', async () => {
    const origin = { origin: 'https://attacker.example', 'access-control-request-method': method };
    const answers = [
      await scene.call(method, path, { as: null, headers: origin, body }),
      await scene.call(method, path, { as: 'nobody', headers: origin, body }),
      await scene.call('OPTIONS', path, { as: null, headers: origin }),
      await scene.call('OPTIONS', path, { headers: origin }),
      await scene.call('PURGE', path, { headers: origin }),
      // Last: it may change something.
      await scene.call(method, path, { headers: origin, body }),
    ];
    for (const { status, headers } of answers) {
      const sent = [...headers.keys()];
      expect(sent.filter((name) => name.startsWith('access-control-') || name === 'set-cookie')).toEqual([]);
      expect([status, headers.get('x-content-type-options')]).toEqual([status, 'nosniff']);
      const limits = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
      for (const name of limits) expect([name, headers.get(name)]).toEqual([name, expect.stringMatching(/^\d+$/)]);
      if (isGuarded || status >= 400) expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(answers.slice(2, 5).map(({ status }) => status)).toEqual([405, 405, 405]);
    // What there is of methods, and not a word of what is behind it.
    expect(answers[2]).toMatchObject({ body: answers[3]!.body });
    const allowed = (answers[2]!.headers.get('allow') ?? '').split(', ');
    expect(allowed).toEqual(expect.arrayContaining(method === 'GET' ? ['GET', 'HEAD'] : [method]));
  });
});

describe.each(named(examples.filter(({ method }) => method === 'GET')))('HEAD of %s', (_, { path }) => {
  it('is GET without the body', async () => {
    const [got, head] = [await scene.call('GET', path), await scene.call('HEAD', path)];
    expect([head.status, head.body]).toEqual([got.status, undefined]);
    expect(head.headers.get('content-type')).toBe(got.headers.get('content-type'));
    expect((await scene.call('HEAD', path, { as: null })).status).toBe(
      (await scene.call('GET', path, { as: null })).status,
    );
  });
});

it.each([
  '/api/v2/nothing',
  '/api/v2',
  '/api/v2/users/',
  '/api/access-control/x',
  '/access/v1/x',
  '/admin/api/x',
  '/admin/api//roles',
])('what there is not is a 404 in the words of its API, with a token and without: %s', async (path) => {
  for (const as of ['root', null]) {
    const { status, body, headers } = await scene.call('GET', path, { as });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/json/);
    expect(JSON.stringify(body)).toMatch(/nothing|There is no/i);
  }
});

// -- Whatever fails behind it.

const kinds: readonly (readonly [string, () => unknown])[] = [
  ['rejects', () => Promise.reject(new Error('the disk is gone'))],
  [
    'throws a TypeError of its own',
    () => {
      throw new TypeError("Cannot read properties of undefined (reading 'rows')");
    },
  ],
  [
    'throws what is no error',
    () => {
      // oxlint-disable-next-line no-throw-literal
      throw 'the disk is gone';
    },
  ],
];

/** Rows that ask the store nothing beyond who calls. */
const selfContained = new Set([
  'GET /api/access-control/status',
  'GET /api/access-control/user/permissions',
  'GET /api/access-control/user/actions',
  'POST /api/admin/provisioning/access-control/reload',
  'GET /admin/api/session',
  'GET /admin/api/catalogue',
  'GET /api/v2/users/:id',
]);

describe.each(kinds)('a store that %s', (_, fail) => {
  let failing: Scene;
  let isDown = false;

  beforeAll(async () => {
    failing = await adminScene({
      ...options,
      store: (issuer) => {
        const users = { root: { permissions: ['*'] }, ...peopled.users };
        return breaking(memoryStore({ issuer, ...peopled, users }), () => isDown, fail);
      },
    });
  });
  afterAll(() => failing.close());

  it.each(named(guarded))('is a 503 at %s, and the operator hears why', async (name, { method, path, body }) => {
    isDown = true;
    failing.faults.length = 0;
    const answer = await failing.call(method, path, { body });
    isDown = false;
    if (selfContained.has(name)) return expect(answer.status).toBeLessThan(300);
    expect(answer).toMatchObject({ status: 503 });
    expect(JSON.stringify(answer.body)).not.toMatch(/disk|rows/);
    expect(failing.faults).toHaveLength(1);
    expect(failing.faults[0]).toMatchObject({ code: 'unavailable', cause: expect.anything() as unknown });
    // No token is in what is logged of it.
    expect(inspect(failing.faults[0], { depth: 10 })).not.toMatch(/eyJ[\w-]{20}/);
  });
});

describe('a store that cannot say what who calls may', () => {
  let down: Scene;
  beforeAll(async () => {
    const gone = () => Promise.reject(new Error('the disk is gone'));
    down = await adminScene({ ...options, store: (issuer) => ({ ...memoryStore({ issuer }), privilegesOf: gone }) });
  });
  afterAll(() => down.close());

  it.each(named(guarded))('is a 503 at %s', async (_, { method, path, body }) => {
    expect(await down.call(method, path, { body })).toMatchObject({ status: 503 });
  });
});

/** The guard of the administration is answered all the same: it is asked for other audiences than the API's. */
function breaking(store: RoleStore, isDown: () => boolean, fail: () => unknown): RoleStore {
  const members = Object.entries(store).map(([name, member]): [string, unknown] => {
    if (typeof member !== 'function' || name === 'onChange') return [name, member];
    const method = member as (...given: unknown[]) => unknown;
    return [
      name,
      (...given: unknown[]) => {
        const isGuard = name === 'privilegesOf' && !(given[1] as { audience: string[] }).audience.includes(contactsApi);
        return isDown() && !isGuard ? fail() : method(...given);
      },
    ];
  });
  return Object.fromEntries(members) as unknown as RoleStore;
}

// -- A directory of users that fails.

const directories: readonly (readonly [string, () => unknown])[] = [
  [
    'throws',
    () => {
      throw new TypeError('fetch failed');
    },
  ],
  ['rejects', () => Promise.reject(new Error('fetch failed'))],
  ['answers nonsense', () => [{ id: 7 }, null]],
  ['answers nothing', () => undefined],
  ['does not answer', () => new Promise(() => undefined)],
];

describe.each(directories)('a directory that %s', (_, answer) => {
  let failing: Scene;
  beforeAll(async () => {
    failing = await adminScene({ ...options, users: { byIds: answer, list: answer } as never, storeTimeoutMs: 30 });
  });
  afterAll(() => failing.close());

  it('is a 503 wherever it is asked, and never a 500', async () => {
    const asked: string[] = [];
    // What is read before anything is changed.
    const readFirst = [...guarded].sort((one, other) => Number(one.changes) - Number(other.changes));
    for (const { name, method, path, body } of readFirst) {
      const { status } = await failing.call(method, path, { body });
      expect([name, status]).not.toEqual([name, 500]);
      if (status === 503) asked.push(name);
    }
    expect(asked).toEqual(
      expect.arrayContaining([
        'GET /api/v2/users',
        'GET /api/v2/users/:id',
        'POST /api/v2/users/:id/permissions',
        'POST /api/access-control/users/:id/roles',
        'GET /admin/api/subjects',
        'GET /admin/api/subjects/:kind/:id',
        'GET /admin/api/holders',
        'GET /admin/api/roles/:uid/holders',
        'GET /admin/api/session',
      ]),
    );
  });
});

it('the table of examples is of every row', () => {
  expect(examples.length).toBeGreaterThan(50);
});
