// What goes wrong in a database, and what postgresStore then says: nothing for ever, and never yes.

import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import pg from 'pg';
import { UnavailableError } from 'rightful';
import { postgresStore } from 'rightful/stores';
import type { PostgresPool, PostgresStoreOptions, PrivilegeChange, RoleStore, Subject } from 'rightful/stores';
import { describeServer, onServer } from '../postgres/databases.ts';
import type { Database } from '../postgres/databases.ts';
import { watched } from '../postgres/pools.ts';
import type { Tamper } from '../postgres/pools.ts';

const by = { system: 'test' };
const audience = ['https://api.example'];
const alice: Subject = { issuer: 'https://issuer.example/', id: 'alice', kind: 'user' };

// What a subject holds, and what is remembered of a change.
const question = /cross join lateral/;
const entry = /insert into \S+audit/;

let database: Database;
let count = 0;
const stores: RoleStore[] = [];

function opened(options: Partial<PostgresStoreOptions> = {}): RoleStore {
  const store = postgresStore({ pool: database.pool(), schema: `faults_${(count += 1)}`, ...options });
  stores.push(store);
  return store;
}

function ask(store: RoleStore): Promise<unknown> {
  return Promise.resolve(store.privilegesOf(alice, { audience })).then((privileges) => [...privileges]);
}

describeServer('postgresStore', () => {
  beforeAll(async () => void (database = await onServer()), 60_000);
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close!()));
    await database.stop();
  });

  describe('when the database hangs', () => {
    it('refuses a question that takes too long, and closes its connection', async () => {
      let hangs = false;
      const own = database.pool();
      const { pool, lent } = watched(own, (_, pass) => pass(hangs ? 'select pg_sleep(30)' : undefined));
      const store = opened({ pool, queryTimeoutMs: 700, listener: false });
      await store.ready!();
      const before = own.totalCount;
      hangs = true;
      await expect(ask(store)).rejects.toThrow(UnavailableError);
      expect([lent(), own.totalCount]).toEqual([0, before - 1]);
      hangs = false;
      expect(await ask(store)).toEqual([]);
    });

    it('refuses when no connection comes in time, and gives back the one that comes late', async () => {
      const own = database.pool({ max: 1 });
      const { pool, lent } = watched(own);
      const store = opened({ pool, queryTimeoutMs: 700, listener: false });
      await store.ready!();
      const hogged = await own.connect();
      await expect(ask(store)).rejects.toMatchObject({
        code: 'unavailable',
        cause: expect.stringMatching(/connection/),
      });
      hogged.release();
      expect(await ask(store)).toEqual([]);
      expect(lent()).toBe(0);
    });

    it('does not let one hanging question hold up more than its share', async () => {
      let hangs = true;
      const { pool, texts } = watched(database.pool({ max: 5 }), (query, pass) => {
        const isFirst = hangs && question.test(query.text);
        if (isFirst) hangs = false;
        return pass(isFirst ? 'select pg_sleep(30)' : undefined);
      });
      const store = opened({ pool, queryTimeoutMs: 1000, listener: false });
      await store.ready!();
      texts.length = 0;
      const hanging = ask(store).catch((error: unknown) => error);
      await new Promise(setImmediate);
      expect(await ask(store)).toEqual([]);
      expect(await hanging).toBeInstanceOf(UnavailableError);
    });
  });

  describe('when a connection is lost', () => {
    it('asks once more on another one', async () => {
      let lost = 0;
      const { pool } = watched(
        database.pool(),
        killing(() => (lost += 1) === 1, question),
      );
      const store = opened({ pool, listener: false });
      await store.ready!();
      expect(await ask(store)).toEqual([]);
      expect(lost).toBe(2);
    });

    it('writes nothing of a change, and says so', async () => {
      let isLost = false;
      const { pool, lent } = watched(
        database.pool(),
        killing(() => isLost, entry),
      );
      const store = opened({ pool, listener: false });
      await store.ready!();
      isLost = true;
      await expect(store.grant(alice, 'read', by)).rejects.toThrow(UnavailableError);
      isLost = false;
      expect([await store.revision(), await ask(store), lent()]).toEqual([0, [], 0]);
      expect(await store.grant(alice, 'read', by)).toBe(1);
    });

    it('announces everything where it is not known whether a change was written', async () => {
      const { pool } = watched(
        database.pool(),
        killing(() => true, /^commit$/),
      );
      const schema = `faults_${(count += 1)}`;
      await opened({ schema }).ready!();
      const store = opened({ pool, schema, listener: false });
      const heard: PrivilegeChange[] = [];
      store.onChange!((change) => heard.push(change));
      await expect(store.grant(alice, 'read', by)).rejects.toThrow(UnavailableError);
      expect(heard).toEqual([{}]);
    });
  });

  it('tells its own listeners of a change that was written after nobody waited for it', async () => {
    const later: Promise<unknown>[] = [];
    const late = new Set<unknown>();
    const { pool } = watched(
      database.pool(),
      ({ text }, pass) => {
        if (text !== 'commit') return pass();
        later.push(new Promise((resolve) => setTimeout(resolve, 300)).then(() => pass()));
        return Promise.reject(Object.assign(new Error('the pooler has lost its server'), { code: '08P01' }));
      },
      (release, error) => {
        if (error === undefined) return release();
        late.add(error);
        void Promise.all(later).then(() => release(error));
      },
    );
    const schema = `faults_${(count += 1)}`;
    await opened({ schema }).ready!();
    const store = opened({ pool, schema });
    await store.ready!();
    const heard: PrivilegeChange[] = [];
    store.onChange!((change) => heard.push(change));
    await expect(store.grant(alice, 'read', by)).rejects.toThrow(UnavailableError);
    expect([heard, await ask(store)]).toEqual([[{}], []]);
    while (heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect([heard, late.size]).toEqual([[{}, { subject: alice }], 1]);
    expect(await ask(store)).toHaveLength(1);
  });

  describe('when changes are in each other’s way', () => {
    test.each(['40001', '40P01'])('tries again after %s', async (code) => {
      let failures = 2;
      const { pool } = watched(database.pool(), (query, pass) => {
        const fails = query.text.includes('set revision') && (failures -= 1) >= 0;
        return fails ? Promise.reject(Object.assign(new Error('in the way'), { code })) : pass();
      });
      const store = opened({ pool });
      expect(await store.grant(alice, 'read', by)).toBe(1);
    });

    it('makes every change of many processes, each with a revision of its own', async () => {
      const schema = `faults_${(count += 1)}`;
      const processes = Array.from({ length: 4 }, () => opened({ schema }));
      const revisions = await Promise.all(
        Array.from({ length: 40 }, (_, at) => processes[at % 4]!.grant(alice, `p:${at}`, by)),
      );
      expect(revisions.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
      expect(await ask(processes[0]!)).toHaveLength(40);
      expect((await processes[1]!.audit()).total).toBe(40);
    });
  });

  it('a change that fails in the middle leaves nothing behind', async () => {
    let fails = true;
    const { pool } = watched(database.pool(), (query, pass) =>
      pass(fails && entry.test(query.text) ? 'select 1/0' : undefined),
    );
    const store = opened({ pool });
    await store.ready!();
    await expect(store.grant(alice, 'read', by)).rejects.toMatchObject({
      code: 'unavailable',
      cause: { code: '22012' },
    });
    fails = false;
    expect([await store.revision(), (await store.subjects()).total]).toEqual([0, 0]);
  });

  it('10,000 privileges are granted at once', async () => {
    const store = opened();
    await store.ready!();
    const start = performance.now();
    await store.grant(
      alice,
      Array.from({ length: 10_000 }, (_, at) => ({ permission: 'read', on: `things:id:${at}` })),
      by,
    );
    expect(performance.now() - start).toBeLessThan(5000);
    expect(await ask(store)).toHaveLength(10_000);
  });

  describe('at the start', () => {
    it('makes its tables once, however many processes start', async () => {
      const schema = 'Ten_at_once';
      const processes = Array.from({ length: 10 }, () => opened({ schema, pool: database.pool({ max: 2 }) }));
      await Promise.all(processes.map((store) => store.ready!()));
      const { rows } = await database.pool().query('select version from "Ten_at_once".versions');
      expect(rows.map((row: unknown) => (row as { version: number }).version)).toEqual([1, 2, 3]);
      await processes[0]!.grant(alice, 'read', by);
      expect(await ask(processes[9]!)).toHaveLength(1);
    });

    it('refuses a database that is newer', async () => {
      const schema = `faults_${(count += 1)}`;
      await opened({ schema }).ready!();
      await database.pool().query(`insert into ${schema}.versions (version) values (4)`);
      const store = opened({ schema });
      await expect(store.ready!()).rejects.toThrow(/version 4, newer than version 3/);
      await expect(ask(store)).rejects.toThrow(UnavailableError);
      await expect(store.revision()).rejects.toThrow(UnavailableError);
    });

    it('makes no tables where it must not, and uses those that are there', async () => {
      const schema = `faults_${(count += 1)}`;
      const store = opened({ schema, migrate: false });
      await expect(store.ready!()).rejects.toThrow(/version 0, and version 3 is needed; `migrate` is false/);
      await opened({ schema }).ready!();
      expect(await ask(store)).toEqual([]);
    });

    it('makes its tables in an empty schema for who may make no schema', async () => {
      const schema = `faults_${(count += 1)}`;
      const user = `user_${count}`;
      const owner = database.pool();
      await owner.query(`create role ${user} login`);
      await owner.query(`create schema ${schema} authorization ${user}`);
      await expect(opened({ pool: database.pool({ user }) }).ready!()).rejects.toMatchObject({
        cause: { code: '42501' },
      });
      expect(await ask(opened({ schema, pool: database.pool({ user }) }))).toEqual([]);
    });

    it('tries again after a failure', async () => {
      let fails = true;
      const own = database.pool();
      const { pool } = watched(own, (_, pass) => (fails ? Promise.reject(new Error('starting up')) : pass()));
      const store = opened({ pool });
      await expect(store.ready!()).rejects.toThrow(UnavailableError);
      await expect(ask(store)).rejects.toMatchObject({ cause: { message: 'starting up' } });
      fails = false;
      expect(await ask(store)).toEqual([]);
    });

    it('refuses a database in another encoding', async () => {
      const owner = database.pool();
      await owner.query(`create database latin encoding 'LATIN1' locale 'C' template template0`);
      await expect(opened({ pool: database.pool({ database: 'latin' }) }).ready!()).rejects.toThrow(/LATIN1.*UTF8/);
    });

    it('refuses where nobody listens at the other end', async () => {
      const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
      const store = opened({ pool, listener: false });
      await expect(ask(store)).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'ECONNREFUSED' } });
    });
  });

  it('answers nobody after its end, and leaves the pool alone', async () => {
    const pool = database.pool();
    const store = opened({ pool });
    await store.ready!();
    await store.close!();
    await store.close!();
    await expect(ask(store)).rejects.toThrow(UnavailableError);
    await expect(store.grant(alice, 'read', by)).rejects.toThrow(UnavailableError);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

/** The connection is closed while such a query is on its way. */
function killing(when: () => boolean, part: RegExp): Tamper {
  return ({ text }, pass) =>
    part.test(text) && when() ? pass('select pg_terminate_backend(pg_backend_pid())') : pass();
}

const pool = new pg.Pool();

test.each<[string, unknown, RegExp]>([
  ['no options', undefined, /`options`.*an object/],
  ['no pool', {}, /`pool`.*pg\.Pool/],
  ['a connection string for a pool', { pool: 'postgres://localhost' }, /`pool`/],
  ['an unknown option', { pool, url: 'postgres://localhost' }, /`url`/],
  ['a schema that has to be quoted', { pool, schema: 'a"b' }, /`schema`.*a\\"b/],
  ['a schema that is too long', { pool, schema: 'a'.repeat(49) }, /`schema`/],
  ['a schema of PostgreSQL itself', { pool, schema: 'pg_rights' }, /`schema`/],
  ['an empty schema', { pool, schema: '' }, /`schema`/],
  ['a listener that is no function', { pool, listener: true }, /`listener`/],
  ['a pool that cannot make a listener', { pool: bare() }, /`listener`.*a function, or false/],
  ['no time for a heartbeat', { pool, heartbeatMs: 0 }, /`heartbeatMs`/],
  ['no time for a query', { pool, queryTimeoutMs: Infinity }, /`queryTimeoutMs`/],
  ['a time with a unit', { pool, changeTimeoutMs: '30s' }, /`changeTimeoutMs`.*"30s"/],
  ['a word for migrate', { pool, migrate: 'yes' }, /`migrate`/],
  ['an unknown dialect', { pool, dialect: 'regexp' }, /`dialect`.*'prefix' or 'glob'/],
  ['a hook that is none', { pool, onListening: {} }, /`onListening`/],
])('refuses %s: TypeError', (_, options, message) => {
  const making = (): unknown => postgresStore(options as PostgresStoreOptions);
  expect(making).toThrow(TypeError);
  expect(making).toThrow(message);
});

function bare(): PostgresPool {
  const nothing = (): never => {
    throw new Error('not called');
  };
  return { connect: nothing, on: nothing, removeListener: nothing };
}
