// 2,000 users, 200 roles and 500 permissions in PostgreSQL within the process: each list is quick, and is paged in the database; and
// of several who change the same role at once, one has done it.

import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { definePermissions } from 'rightful';
import { postgresStore } from 'rightful/stores';
import type { Change, RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { watched } from '../postgres/pools.ts';
import type { Tamper, WatchedPool } from '../postgres/pools.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene, Sent } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

const counts = { users: 2000, roles: 200, permissions: 500 };
const names = Array.from({ length: counts.permissions }, (_, at) => `read:thing${at}`);
const permissions = definePermissions({
  'read:contacts': 'See contacts',
  ...Object.fromEntries(names.map((name) => [name, `See ${name}`])),
});
const by = { system: 'test' };

let pglite: PGlite;
let pool: pg.Pool;
let sent: WatchedPool;
let store: ReturnType<typeof postgresStore>;
let scene: Scene;
let authorization: string;
/** What becomes of the next statements. */
let tamper: Tamper | undefined;

beforeAll(async () => {
  pglite = await PGlite.create();
  pool = new pg.Pool(createPgConfig(pglite)).on('error', () => undefined);
  sent = watched(pool, (query, pass) => (tamper === undefined ? pass() : tamper(query, pass)));
  scene = await adminScene({
    permissions,
    store: async (issuer) => {
      store = postgresStore({ pool: sent.pool, listener: false });
      await store.ready();
      await fill(store, issuer);
      return store;
    },
  });
  authorization = `Bearer ${await scene.token('root')}`;
}, 120_000);
afterAll(async () => {
  await scene.close();
  await store.close();
  await pool.end();
  await pglite.close();
  await stopServers();
});

async function fill(filled: RoleStore, issuer: string): Promise<void> {
  const user = (id: string) => ({ issuer, id, kind: 'user' as const });
  await filled.grant(user('root'), '*', by);
  const roles = Array.from({ length: counts.roles }, (_, at): Change => {
    // Every tenth inherits the ten before it.
    const inherits = at % 10 === 9 ? Array.from({ length: 9 }, (__, back) => `role${at - back - 1}`) : [];
    const privileges = Array.from({ length: 5 }, (__, more) => names[(at * 5 + more) % names.length]!);
    return { kind: 'put-role', role: { uid: `role${at}`, name: `Role ${at}`, privileges, inherits } };
  });
  await filled.changeAll(roles, by);
  const changes = Array.from({ length: counts.users }, (_, at): Change[] => [
    {
      kind: 'assign',
      subject: user(`user${at}`),
      role: [`role${at % counts.roles}`, `role${(at * 7 + 9) % counts.roles}`],
    },
    { kind: 'grant', subject: user(`user${at}`), privilege: names[at % names.length]! },
  ]).flat();
  for (let at = 0; at < changes.length; at += 1000) await filled.changeAll(changes.slice(at, at + 1000), by);
}

function call(method: string, path: string, { headers, ...more }: Sent = {}): Promise<Answered> {
  return scene.call(method, path, { as: null, headers: { authorization, ...headers }, ...more });
}

/** `atMost`: how many statements, whatever there is in the store. */
const lists: readonly (readonly [path: string, atMost: number])[] = [
  ['/api/v2/users?per_page=100&page=9&include_totals=true', 6],
  ['/api/v2/users/user7/permissions?per_page=100&include_totals=true', 30],
  ['/api/v2/users/user7/roles?include_totals=true', 10],
  [`/api/v2/users/user7/effective-permissions?resource_server_identifier=${encodeURIComponent(contactsApi)}`, 10],
  ['/api/v2/users/user7/effective-roles', 10],
  ['/api/v2/roles?per_page=100&page=1&include_totals=true', 6],
  ['/api/v2/roles?name_filter=role%201&include_totals=true', 6],
  ['/api/v2/roles/role9/permissions?include_totals=true', 8],
  ['/api/v2/roles/role9/users?take=5', 8],
  ['/api/v2/roles/role9/users?per_page=5&include_totals=true', 8],
  ['/api/access-control/roles', 8],
  ['/api/access-control/roles?delegatable=true', 12],
  ['/api/access-control/builtin-roles', 12],
  ['/api/access-control/users/user7/roles', 10],
  ['/api/access-control/users/user7/permissions', 8],
  ['/api/access-control/users/permissions/search?action=read:thing7', 400],
  ['/admin/api/subjects?take=100&offset=1000', 6],
  ['/admin/api/subjects?search=user19', 6],
  ['/admin/api/subjects/user/user7', 30],
  ['/admin/api/holders?permission=read:thing7&take=100', 8],
  ['/admin/api/roles?take=100', 6],
  ['/admin/api/roles?take=100&delegatable=true', 10],
  ['/admin/api/roles/role9/holders', 6],
  ['/admin/api/catalogue', 4],
  ['/admin/api/audit?take=100&offset=3000', 6],
  ['/admin/api/audit?user=user7', 6],
  ['/admin/api/audit?permission=read:thing7', 6],
];

// Generous: another machine may be many times slower, and several tests run at once.
const p95Ms = 250;

it.each(lists)(
  'is quick, and asks the database no more often for there being much in it: %s',
  async (path, atMost) => {
    const rounds = 12;
    await call('GET', path);
    const times: number[] = [];
    const before = sent.texts.length;
    for (let left = rounds; left > 0; left -= 1) {
      const start = performance.now();
      expect(await call('GET', path)).toMatchObject({ status: 200 });
      times.push(performance.now() - start);
    }
    const statements = (sent.texts.length - before) / rounds;
    times.sort((one, other) => one - other);
    const [median, p95] = [times[Math.floor(rounds / 2)]!, times[Math.floor(rounds * 0.95) - 1]!];
    figures.push(
      `${median.toFixed(0).padStart(5)} ${p95.toFixed(0).padStart(5)} ${statements.toFixed(0).padStart(4)}  ${path}`,
    );
    expect([path, p95 < p95Ms, statements <= atMost, `${p95} ms, ${statements} statements`]).toEqual([
      path,
      true,
      true,
      expect.any(String),
    ]);
  },
  30_000,
);

const figures: string[] = [];
afterAll(() => {
  process.stdout.write(`median ms, p95 ms, statements\n${figures.join('\n')}\n`);
});

describe('of several who change a role at once', () => {
  it('one has done it by /changes, and the others are told its version', async () => {
    const { version } = (await store.role('role3'))!;
    const put = (name: string) => {
      const role = { uid: 'role3', name, version, privileges: [] };
      return call('POST', '/admin/api/changes', { body: { changes: [{ kind: 'put-role', role }] } });
    };
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(put));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409]);
    const lost = answers.filter(({ status }) => status === 409);
    for (const { body } of lost) expect(body).toMatchObject({ version: version + 1 });
  });

  it('one has done it by the access-control API, and the others are told its version', async () => {
    const { version } = (await store.role('role4'))!;
    const body = { version, permissions: [], global: true };
    const put = (name: string) => call('PUT', '/api/access-control/roles/role4', { body: { ...body, name } });
    const answers = await Promise.all(['e', 'f', 'g', 'h'].map(put));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409]);
    const lost = answers.filter(({ status }) => status === 409);
    for (const { body: told } of lost) expect(told).toMatchObject({ version: version + 1 });
  });

  it('all have by the management API, which names no version', async () => {
    const added = ['read:thing100', 'read:thing101', 'read:thing102'];
    const answers = await Promise.all([
      ...added.map((name) => call('POST', '/api/v2/roles/role5/permissions', { body: permissionsOf([name]) })),
      call('PATCH', '/api/v2/roles/role5', { body: { description: 'Changed' } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 200]);
    const role = await store.role('role5');
    expect(role).toMatchObject({ description: 'Changed' });
    expect(role!.privileges.map(({ permission }) => permission)).toEqual(expect.arrayContaining(added));
  });
});

describe('a connection that is lost in the middle of a call', () => {
  const changes = [
    { kind: 'grant', subject: { kind: 'user', id: 'new' }, privilege: 'read:contacts' },
    { kind: 'assign', subject: { kind: 'user', id: 'new' }, role: 'role6' },
    { kind: 'delete-role', uid: 'role7', force: true },
  ];

  it('leaves all of it done or nothing, wherever it is lost', async () => {
    const revision = await store.revision();
    const whole = { revision: revision + 3, new: 2, role7: false };
    const nothing = { revision, new: 0, role7: true };
    const there = async () => {
      const { privileges, roles } = await store.subject(scene.user('new'));
      return {
        revision: await store.revision(),
        new: privileges.length + roles.length,
        role7: (await store.role('role7')) !== undefined,
      };
    };
    let lost = 0;
    for (let after = 0; ; after += 1) {
      let left = after;
      let isLost = false;
      tamper = async (_query, pass) => {
        if (!isLost && (left -= 1) >= 0) return pass();
        // What a server does when a connection ends.
        if (!isLost) await pass('ROLLBACK');
        isLost = true;
        throw Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' });
      };
      const { status } = await call('POST', '/admin/api/changes', { body: { changes } });
      tamper = undefined;
      const found = await there();
      if (!isLost) {
        expect([status, found]).toEqual([200, whole]);
        break;
      }
      lost += 1;
      expect([after, status, found]).toEqual([after, 503, nothing]);
    }
    // There was something to lose.
    expect(lost).toBeGreaterThan(5);
  }, 60_000);
});
