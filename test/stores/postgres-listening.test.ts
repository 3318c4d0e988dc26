// How one process hears of what another one changes, and what it does where it may have missed something.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { postgresStore, withCache } from 'rightful/stores';
import type { ListeningState, PostgresStoreOptions, PrivilegeChange, RoleStore, Subject } from 'rightful/stores';
import { describeEach, describeServer, onServer } from '../postgres/databases.ts';
import type { Database } from '../postgres/databases.ts';

const by = { system: 'test' };
const audience = ['https://api.example'];
const alice: Subject = { issuer: 'https://issuer.example/', id: 'alice', kind: 'user' };
const bob: Subject = { ...alice, id: 'bob' };

let database: Database;
let count = 0;
let schema: string;
const stores: RoleStore[] = [];

interface Process {
  readonly store: RoleStore;
  readonly heard: PrivilegeChange[];
  readonly states: ListeningState[];
}

async function started(options: Partial<PostgresStoreOptions> = {}): Promise<Process> {
  const states: ListeningState[] = [];
  const heard: PrivilegeChange[] = [];
  const onListening = (state: ListeningState) => states.push(state);
  const store = postgresStore({ pool: database.pool(), schema, onListening, ...options });
  stores.push(store);
  store.onChange!((change) => heard.push(change));
  await store.ready();
  return { store, heard, states };
}

async function until(isSo: () => boolean, withinMs = 20_000): Promise<number> {
  const start = performance.now();
  while (!isSo()) {
    if (performance.now() - start > withinMs) throw new Error(`Not so within ${withinMs} ms: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - start;
}

function nextSchema(): void {
  schema = `listening_${(count += 1)}`;
}

async function closeAll(): Promise<void> {
  await Promise.all(stores.splice(0).map((store) => store.close!()));
  nextSchema();
}

const isEverything = (change: PrivilegeChange): boolean => Object.keys(change).length === 0;

describeEach((start) => {
  beforeAll(async () => {
    nextSchema();
    database = await start();
  }, 60_000);
  afterEach(closeAll);
  afterAll(() => database.stop());

  it('each change is heard once in every process, as it was made', async () => {
    const [one, other] = [await started(), await started()];
    await one.store.grant(alice, 'read', by);
    await other.store.putRole({ uid: 'r', name: 'R', privileges: ['write'] }, by);
    await one.store.assign(alice, 'r', {}, by);
    await other.store.putRole({ uid: 'r', name: 'R', version: 1, privileges: [] }, by);
    await other.store.grant(bob, 'read', by);
    await until(() => [one, other].every(({ heard }) => heard.some(({ subject }) => subject?.id === 'bob')));
    expect(other.heard).toEqual(one.heard);
    expect(one.heard.map(({ subject }) => subject?.id)).toEqual(['alice', 'alice', undefined, 'bob']);
    expect([one.states, other.states]).toEqual([[{ listening: true }], [{ listening: true }]]);
  });

  it('a cache of another process has forgotten what changed', async () => {
    const [one, other] = [await started(), await started()];
    const cached = withCache(other.store, { maxAgeMs: 1_000_000 });
    await cached.ready();
    expect([...(await cached.privilegesOf(alice, { audience }))]).toEqual([]);
    await one.store.grant(alice, 'read', by);
    await until(() => cached.ageMsOf(alice, { audience }) === undefined);
    expect([...(await cached.privilegesOf(alice, { audience }))]).toMatchObject([{ permission: 'read' }]);
  });

  it('what is too much to tell is everything', async () => {
    const [one, other] = [await started(), await started()];
    const uids = Array.from({ length: 80 }, (_, at) => `${'名'.repeat(36)}${at}`);
    await one.store.putRole({ uid: 'base', name: 'base', privileges: ['read'] }, by);
    for (const uid of uids) await one.store.putRole({ uid, name: uid, inherits: ['base'], privileges: [] }, by);
    await until(() => other.heard.length === one.heard.length);
    for (const { heard } of [one, other]) heard.length = 0;
    await one.store.putRole({ uid: 'base', name: 'base', version: 1, privileges: ['read', 'write'] }, by);
    await until(() => other.heard.length > 0);
    expect(other.heard).toEqual([{}]);
    expect(one.heard).toHaveLength(81);
    expect(one.heard).toContainEqual({ role: uids[7] });
  }, 60_000);

  it('what is written without being told is noticed by the next heartbeat', async () => {
    const { heard, states } = await started({ heartbeatMs: 50, queryTimeoutMs: 500 });
    await database.pool().query(`update ${schema}.state set revision = revision + 1`);
    await until(() => heard.length > 0);
    expect(heard).toEqual([{}]);
    expect(states.at(-1)).toMatchObject({ listening: true, error: expect.any(Error) });
  });

  it('no heartbeat takes what is told for something missed', async () => {
    const [one, other] = [await started({ heartbeatMs: 5 }), await started({ heartbeatMs: 5 })];
    for (let at = 0; at < 50; at += 1) await one.store.grant(alice, `p:${at}`, by);
    await until(() => other.heard.length >= 50);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([...one.heard, ...other.heard].filter(isEverything)).toEqual([]);
  });

  it('who throws keeps nobody else from hearing', async () => {
    const { store, heard } = await started();
    const late: PrivilegeChange[] = [];
    store.onChange!(() => {
      throw new Error('not my day');
    });
    const end = store.onChange!((change) => late.push(change));
    await store.grant(alice, 'read', by);
    end();
    await store.grant(alice, 'write', by);
    expect([heard.length, late.length]).toEqual([2, 1]);
  });

  it('what can be told by nobody but this store is nonsense, and so everything', async () => {
    const { heard } = await started();
    await database.pool().query(`select pg_notify('${schema}_changes', 'nonsense')`);
    await until(() => heard.length > 0);
    expect(heard).toEqual([{}]);
  });

  it('a store that does not listen hears only itself', async () => {
    const [deaf, other] = [await started({ listener: false }), await started()];
    await other.store.grant(alice, 'read', by);
    await deaf.store.grant(alice, 'write', by);
    expect([deaf.heard.length, deaf.states]).toEqual([1, []]);
  });
});

describeServer('a connection that listens', () => {
  beforeAll(async () => {
    nextSchema();
    database = await onServer();
  }, 60_000);
  afterEach(closeAll);
  afterAll(() => database.stop());

  it('when it is cut off, everything is announced, at once and when it is there again', async () => {
    const [one, other] = [await started(), await started()];
    await database.pool().query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'
      or query like '%.state' and pid <> pg_backend_pid() and application_name = ''`);
    await until(() => one.states.length >= 3 && other.states.length >= 3);
    expect(one.states.map(({ listening }) => listening)).toEqual([true, false, true]);
    expect(one.states[1]).toHaveProperty('error');
    expect(one.heard).toEqual([{}, {}]);
    await other.store.grant(alice, 'read', by);
    await until(() => one.heard.length >= 3);
    expect(one.heard.at(-1)).toEqual({ subject: alice });
  });

  it('as long as there is none, everything is announced again and again', async () => {
    let isThere = false;
    const { port } = await clientOptions();
    const options = await clientOptions();
    const listener = () => new pg.Client({ ...options, port: isThere ? port : 1 });
    const { heard, states } = await started({ listener, heartbeatMs: 60 });
    await until(() => heard.filter(isEverything).length >= 4);
    expect(states.map(({ listening }) => listening)).toEqual([false]);
    isThere = true;
    await until(() => states.length === 2);
    expect(states[1]).toEqual({ listening: true });
  });

  it('when its other end is gone without a word, everything is announced within heartbeat and time limit', async () => {
    const options = await clientOptions();
    const proxy = await freezing(options.port);
    const listener = () => new pg.Client({ ...options, port: proxy.port });
    const [one, other] = [await started({ listener, heartbeatMs: 100, queryTimeoutMs: 200 }), await started()];
    proxy.freeze();
    await other.store.grant(alice, 'read', by);
    const tookMs = await until(() => one.heard.length > 0);
    expect(one.heard[0]).toEqual({});
    // The rest is for a machine that is busy.
    expect(tookMs).toBeLessThan(300 + 500);
    proxy.thaw();
    await until(() => one.states.at(-1)?.listening === true);
    await proxy.close();
  });

  it('hangs nobody who starts or ends, when it cannot be made', async () => {
    const listener = () => new Promise<never>(() => {});
    const { store, states } = await started({ listener, queryTimeoutMs: 100 });
    expect(states).toMatchObject([{ listening: false }]);
    expect([...(await store.privilegesOf(alice, { audience }))]).toEqual([]);
    await store.close!();
  });

  it('is not made any more by a store that was closed while it started', async () => {
    let made = 0;
    const options = await clientOptions();
    const listener = () => ((made += 1), new pg.Client(options));
    const store = postgresStore({ pool: database.pool(), schema, listener });
    const starting = store.ready();
    await store.close();
    await starting;
    expect(made).toBe(0);
    await expect(store.revision()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is closed with the store', async () => {
    const { store } = await started();
    const options = await clientOptions();
    const listening = async () => {
      const { rows } = await database
        .pool()
        .query(`select count(*)::int as n from pg_stat_activity where datname = $1 and query like '%state'`, [
          options.database,
        ]);
      return (rows as { n: number }[])[0]!.n;
    };
    expect(await listening()).toBeGreaterThan(0);
    await store.close!();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await listening()).toBe(0);
  });

  async function clientOptions(): Promise<{ host: string; port: number; user: string; database: string }> {
    const { host, port, user, database: name } = database.pool().options;
    return { host: host!, port: port!, user: user!, database: name! };
  }
});

/** Passes everything on, until it is told to pass nothing any more. */
async function freezing(to: number) {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((from) => {
    const there = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [from, there],
      [there, from],
    ] as const) {
      sockets.add(one);
      one.on('data', (part) => void (isFrozen || other.write(part)));
      one.on('error', () => undefined);
      one.on('close', () => void (isFrozen || other.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => void (isFrozen = true),
    thaw: () => void (isFrozen = false),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
