// Ids from outside reach the database as arguments and nothing else: whatever stands in a path, a query or a body, no row breaks, no
// statement has a word of it, and nobody else is met by it.

import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { postgresStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { watched } from '../postgres/pools.ts';
import type { WatchedPool } from '../postgres/pools.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene, Sent } from './admin-scene.ts';
import { examples, pathOf } from './examples-of-rows.ts';

const mark = 'h0stile';
const hostile: readonly string[] = [
  `${mark}' OR '1'='1`,
  `${mark}"; DROP TABLE x; --`,
  `${mark}\\'; SELECT 1; --`,
  `${mark}\0end`,
  `${mark}%`,
  '%',
  '_',
  `${mark} 👩‍🚀`,
  `${mark}${'x'.repeat(10_000)}`,
  `../${mark}/..`,
  `${mark}/b/c`,
  `${mark}\r\nX-Injected: 1`,
  `${mark}$1 $$ ::text {} :id`,
  '__proto__',
  'constructor',
  '*',
];
/** As they go over the wire; what no text is among them. */
const onTheWire: readonly string[] = [
  ...hostile.map(encodeURIComponent),
  `${mark}%ED%A0%80`,
  `${mark}%2F..%2F`,
  `${mark}%252F`,
  '%C0%AE%C0%AE',
  `${mark}%`,
];

/** The same parameters meet them all: a few of each kind. */
const inQueries = onTheWire.filter((one) =>
  [`%27`, '%00', 'xxx', '%ED', '%F0', '%5C'].some((part) => one.includes(part)),
);

let scene: Scene;
let authorization: string;

/** As `root`, with the same token each time. */
function call(method: string, path: string, { headers, ...sent }: Sent = {}): Promise<Answered> {
  return scene.call(method, path, { as: null, headers: { authorization, ...headers }, ...sent });
}

let pglite: PGlite;
let pool: pg.Pool;
let sent: WatchedPool;
let store: ReturnType<typeof postgresStore>;

beforeAll(async () => {
  pglite = await PGlite.create();
  pool = new pg.Pool(createPgConfig(pglite)).on('error', () => undefined);
  sent = watched(pool);
  scene = await adminScene({
    store: async (issuer) => {
      store = postgresStore({ pool: sent.pool, listener: false });
      await store.ready();
      const by = { system: 'test' };
      await store.grant({ issuer, id: 'root', kind: 'user' }, '*', by);
      await store.grant({ issuer, id: 'bob', kind: 'user' }, 'read:contacts', by);
      await store.putRole({ uid: 'reader', name: 'reader', privileges: ['read:contacts'] }, by);
      await store.assign({ issuer, id: 'bob', kind: 'user' }, 'reader', {}, by);
      return store;
    },
    api: true,
    url: 'https://contacts.example',
    dashboard: { clientId: 'dashboard' },
    provision: () => undefined,
  });
  authorization = `Bearer ${await scene.token('root')}`;
}, 60_000);
afterAll(async () => {
  await scene.close();
  await store.close();
  await pool.end();
  await pglite.close();
  await stopServers();
});

async function untouched(): Promise<void> {
  const bob = await store.subject(scene.user('bob'));
  expect(bob.privileges.map(({ permission }) => permission)).toEqual(['read:contacts']);
  expect(bob.roles.map(({ role }) => role)).toEqual(['reader']);
  expect((await store.role('reader'))?.privileges).toHaveLength(1);
  expect(sent.texts.filter((text) => text.includes(mark))).toEqual([]);
  expect(scene.faults).toEqual([]);
}

const withParameters = examples.filter(({ template }) => template.includes(':'));

// A quarter of them for each row, others for the next: each meets rows of every kind.
const shared = (at: number): readonly string[] => onTheWire.filter((_, index) => index % 4 === at % 4);

describe.each(withParameters.map((one, at) => [one.name, one, shared(at)] as const))('%s', (_, row, ids) => {
  const { method, template, body } = row;
  it('with hostile ids breaks nothing, and means nobody else', async () => {
    for (const id of ids) {
      const answer = await call(method, pathOf(template, id), { body });
      expect([id, answer.status < 500]).toEqual([id, true]);
      expect(answer.headers.get('x-injected')).toBeNull();
      // Two of the long ones are more than node:http takes.
      if (answer.status >= 400 && answer.status !== 431) expect(answer.headers.get('content-type')).toMatch(/json/);
    }
    await untouched();
  });
});

const queries = [
  ...['page', 'per_page', 'include_totals', 'take', 'from', 'after', 'offset', 'name_filter', 'q', 'fields'],
  ...['search', 'kind', 'name', 'permission', 'delegatable', 'user', 'client', 'actor', 'actorClient', 'system'],
  ...[
    'role',
    'action',
    'until',
    'since',
    'order',
    'actionPrefix',
    'scope',
    'orgId',
    'global',
    'force',
    'includeHidden',
  ],
  ...[
    'resource_server_identifier',
    'permission_name',
    'identifiers',
    'client_id',
    'audience',
    '__proto__',
    'constructor',
  ],
];

describe.each(examples.map((one, at) => [one.name, one, at] as const))(
  '%s',
  (_, { method, path, body, changes }, at) => {
    it('with a hostile query breaks nothing', async () => {
      const ask = async (name: string, value: string): Promise<string> => {
        const [start, others = ''] = path.split('?');
        const kept = others.split('&').filter((one) => one !== '' && !one.startsWith(`${name}=`));
        const answer = await call(method, `${start}?${[...kept, `${name}=${value}`].join('&')}`, { body });
        expect([name, value, answer.status < 500]).toEqual([name, value, true]);
        const text = JSON.stringify(answer.body ?? '');
        // Nothing long comes back.
        if (answer.status === 400) expect(text.length).toBeLessThan(2000);
        return text;
      };
      // What would change something is only asked with what is refused.
      for (const name of changes ? ['orgId', 'global', 'force', '__proto__'] : queries) {
        const isUnknown = /to be one of|Additional properties/.test(await ask(name, encodeURIComponent(`${mark}'`)));
        for (const value of isUnknown ? [] : inQueries.filter((__, index) => index % 3 === at % 3))
          await ask(name, value);
      }
      expect(sent.texts.filter((text) => text.includes(mark))).toEqual([]);
      expect(scene.faults).toEqual([]);
    }, 30_000);
  },
);

describe.each(examples.filter(({ body }) => body !== undefined).map((one) => [one.name, one] as const))(
  '%s',
  (_, { method, path, body }) => {
    it('with hostile texts in its body breaks nothing', async () => {
      const json = JSON.stringify(body);
      const texts = [...new Set(json.match(/"(?:[^"\\]|\\.)*"(?!:)/g) ?? [])];
      for (const text of texts) {
        for (const value of [...hostile.slice(0, 4), hostile[9]!, '__proto__', '', `${mark}\ud800`, `\udc00${mark}`]) {
          const answer = await call(method, path, { body: json.replaceAll(text, () => JSON.stringify(value)) });
          expect([text, value, answer.status < 500]).toEqual([text, value, true]);
        }
      }
      expect(sent.texts.filter((text) => text.includes(mark))).toEqual([]);
      expect(scene.faults).toEqual([]);
    }, 30_000);
  },
);

it('what is given to a hostile id is that id’s alone, and is found again by it', async () => {
  const pairs = [{ resource_server_identifier: contactsApi, permission_name: 'read:contacts' }];
  for (const id of hostile.filter((one) => one.length < 500 && !one.includes('\0'))) {
    const path = `/api/v2/users/${encodeURIComponent(id)}/permissions`;
    expect(await call('POST', path, { body: { permissions: pairs } })).toMatchObject({ status: 201 });
    expect(await call('GET', path)).toMatchObject({ status: 200, body: [{ permission_name: 'read:contacts' }] });
    const record = await store.subject(scene.user(id));
    expect(record.privileges).toMatchObject([{ permission: 'read:contacts', audience: contactsApi }]);
    expect(await call('DELETE', path, { body: { permissions: pairs } })).toMatchObject({ status: 204 });
    expect((await store.subject(scene.user(id))).privileges).toEqual([]);
  }
});

it('`%` and `_` are characters of a search, and find themselves alone', async () => {
  for (const [path, name] of [
    ['/admin/api/subjects', 'search'],
    ['/admin/api/roles', 'name'],
  ] as const) {
    for (const value of ['%25', '_', '%5C']) {
      expect(await call('GET', `${path}?${name}=${value}`)).toMatchObject({ status: 200, body: { items: [] } });
    }
  }
  expect(await call('GET', '/api/v2/roles?name_filter=%25')).toMatchObject({ status: 200, body: [] });
  expect(await call('GET', '/api/v2/users?q=%25')).toMatchObject({ status: 200, body: [] });
});
