// Several changes that postgresStore makes as one: what becomes of them when the database goes away in between, and what is heard of
// them elsewhere.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { UnavailableError } from 'rightful';
import { ApiVersionConflictError, postgresStore } from 'rightful/stores';
import type { Change, PostgresStoreOptions, PrivilegeChange, RoleStore, Subject } from 'rightful/stores';
import { migrationsOf, versionTable } from '../../src/stores/postgres-schema.ts';
import { personDigest, personSort } from '../../src/stores/postgres-texts.ts';
import { describeServer, onServer } from '../postgres/databases.ts';
import type { Database } from '../postgres/databases.ts';
import { watched } from '../postgres/pools.ts';

const by = { system: 'test' };
const audience = ['https://api.example'];
const user = (id: string): Subject => ({ issuer: 'https://issuer.example/', id, kind: 'user' });
const [alice, bob] = [user('alice'), user('bob')];
const grant = (subject: Subject, privilege: string): Change => ({ kind: 'grant', subject, privilege });
const changes: Change[] = [
  { kind: 'put-role', role: { uid: 'editor', name: 'editor', privileges: ['e'] } },
  grant(alice, 'a'),
  { kind: 'assign', subject: bob, role: 'editor' },
  { kind: 'put-api', api: { identifier: 'api', name: 'API', permissions: [] } },
];

let database: Database;
let count = 0;
const stores: RoleStore[] = [];

function opened(options: Partial<PostgresStoreOptions> = {}): RoleStore {
  const store = postgresStore({ pool: database.pool(), schema: nextSchema(), ...options });
  stores.push(store);
  return store;
}

function nextSchema(): string {
  return `batches_${(count += 1)}`;
}

describeServer('postgresStore', () => {
  beforeAll(async () => void (database = await onServer()), 60_000);
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close!()));
    await database.stop();
  });

  it.each<[string, RegExp]>([
    ['before the first step', /set revision = revision/],
    ['in the first step', /from \S+roles where name/],
    ['between two steps', /from \S+grants where subject/],
    ['in the last step', /from \S+apis where/],
    ['while the first thing is written', /insert into \S+subjects/],
    ['while the last thing is written', /insert into \S+apis/],
    ['while it is remembered', /insert into \S+audit/],
    ['while it is told', /pg_notify/],
  ])('nothing of several changes is there where the connection is lost %s', async (_, part) => {
    let isLost = false;
    let lost = 0;
    const { pool, lent } = watched(database.pool(), ({ text }, pass) => {
      if (!isLost || !part.test(text)) return pass();
      lost += 1;
      return pass('select pg_terminate_backend(pg_backend_pid())');
    });
    const store = opened({ pool, listener: false });
    await store.ready!();
    const heard: PrivilegeChange[] = [];
    store.onChange!((change) => heard.push(change));
    isLost = true;
    await expect(store.changeAll(changes, by)).rejects.toThrow(UnavailableError);
    isLost = false;
    expect([lost, lent(), heard]).toEqual([1, 0, []]);
    const [subjects, apis, audit] = [await store.subjects(), await store.apis(), await store.audit()];
    expect([subjects.total, apis.total, audit.total, await store.revision()]).toEqual([0, 0, 0, 0]);
    expect(await store.role('editor')).toBeUndefined();
    expect(await store.changeAll(changes, by)).toBe(4);
    expect(heard).toEqual([{ subject: alice }, { subject: bob }]);
  });

  it('another process hears just what has changed, however many revisions that made', async () => {
    const schema = nextSchema();
    const [one, other] = [opened({ schema }), opened({ schema })];
    await Promise.all([one.ready!(), other.ready!()]);
    const heard: PrivilegeChange[] = [];
    other.onChange!((change) => heard.push(change));
    await one.changeAll(changes, by);
    await one.grant(alice, 'b', by);
    while (heard.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(heard).toEqual([{ subject: alice }, { subject: bob }, { subject: alice }]);
    expect(await other.privilegesOf(bob, { audience })).toHaveLength(1);
  });

  it('what is only tried out waits for nobody who writes, and nobody waits for it', async () => {
    const schema = nextSchema();
    const store = opened({ schema });
    await store.grant(alice, 'a', by);
    const writing = await database.pool().connect();
    await writing.query(`begin; update ${schema}.state set revision = revision + 1`);
    expect(await store.changeAll(changes, by, { dryRun: true })).toBe(1);
    await writing.query('rollback');
    writing.release();
    expect(await store.changeAll([grant(bob, 'b')], by)).toBe(2);
  });

  it('subjects are found that a process of the first version of the tables has written', async () => {
    const schema = nextSchema();
    const own = database.pool();
    const insert = (subject: Subject): Promise<unknown> =>
      own.query(`insert into ${schema}.subjects (key, sort, issuer, kind, id) values ($1, $2, $3, $4, $5)`, [
        personDigest(subject),
        personSort(subject),
        subject.issuer,
        subject.kind,
        subject.id,
      ]);
    await own.query(`create schema ${schema}`);
    await own.query(`${versionTable(schema)}; ${migrationsOf(schema)[0]}; insert into ${schema}.versions values (1)`);
    await insert(user('Alice'));
    const store = opened({ schema });
    await store.ready!();
    await insert(user('ALINA'));
    await store.grant(user('Malin'), 'a', by);
    const ids = (await store.subjects({ id: 'aLi' })).items.map(({ id }) => id);
    expect(ids).toEqual(['ALINA', 'Alice', 'Malin']);
  });

  it('an API of the tables of version 2 has version 1, and is changed once by those who have read that', async () => {
    const schema = nextSchema();
    const own = database.pool();
    await own.query(`create schema ${schema}; ${versionTable(schema)}`);
    for (const [at, statements] of migrationsOf(schema).slice(0, 2).entries()) {
      await own.query(`${statements}; insert into ${schema}.versions values (${at + 1})`);
    }
    const kept = { identifier: 'urn:api', name: 'API', permissions: [{ name: 'a' }], settings: { text: '\u0000' } };
    await own.query(`insert into ${schema}.apis (identifier, record) values ($1, $2)`, [
      'urn:api',
      JSON.stringify(kept),
    ]);
    const store = opened({ schema });
    await store.ready!();
    expect(await store.api('urn:api')).toEqual({ ...kept, version: 1 });
    expect((await store.apis()).items).toEqual([{ ...kept, version: 1 }]);
    const outcomes = await Promise.allSettled(
      ['one', 'other'].map((name) => store.putApi({ ...kept, version: 1, name }, by)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(store.putApi(kept, by)).rejects.toBeInstanceOf(ApiVersionConflictError);
    // Who still knows the tables of version 2 reads what was written, and writes.
    const { rows } = await own.query(`select record from ${schema}.apis`);
    expect((rows as [{ record: unknown }])[0].record).toEqual({ ...kept, name: 'one' });
    await own.query(`update ${schema}.apis set record = $1`, [JSON.stringify({ ...kept, name: 'old' })]);
    expect(await store.api('urn:api')).toMatchObject({ name: 'old', version: 2 });
  });
});
