// How postgresStore reads: together what is asked together, by indexes, and exactly what was written.

import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import type pg from 'pg';
import { postgresStore } from 'rightful/stores';
import type { PostgresStoreOptions, RoleStore, Subject } from 'rightful/stores';
import { HeldStatements } from '../../src/stores/postgres-reading.ts';
import { personDigest } from '../../src/stores/postgres-texts.ts';
import { describeEach, describeServer, onServer } from '../postgres/databases.ts';
import type { Database } from '../postgres/databases.ts';
import { watched } from '../postgres/pools.ts';

const by = { system: 'test' };
const audience = ['https://api.example'];
const user = (id: string): Subject => ({ issuer: 'https://issuer.example/', id, kind: 'user' });
const many = Array.from({ length: 200 }, (_, at) => user(`user-${at}`));

let database: Database;
let count = 0;
const stores: RoleStore[] = [];

function opened(options: Partial<PostgresStoreOptions> = {}): RoleStore {
  const store = postgresStore({ pool: database.pool(), schema: `reading_${(count += 1)}`, ...options });
  stores.push(store);
  return store;
}

async function stop(): Promise<void> {
  await Promise.all(stores.splice(0).map((store) => store.close!()));
  await database.stop();
}

describeEach((start) => {
  beforeAll(async () => void (database = await start()), 60_000);
  afterAll(stop);

  it('asks about 200 subjects at once in few queries, and gives each its own', async () => {
    const { pool, texts } = watched(database.pool());
    const store = opened({ pool });
    for (const subject of many.slice(0, 20)) await store.grant(subject, `held:by-${subject.id}`, by);
    texts.length = 0;
    const answers = await Promise.all(many.map(async (subject) => store.privilegesOf(subject, { audience })));
    expect(texts.length).toBeLessThanOrEqual(10);
    const expected = many.map(({ id }, at) => (at < 20 ? [`held:by-${id}`] : []));
    expect(answers.map((answer) => [...answer].map(({ permission }) => permission))).toEqual(expected);
  });

  it('asks for each API by itself, and the same question once', async () => {
    const { pool, texts } = watched(database.pool());
    const store = opened({ pool });
    await store.grant(
      user('alice'),
      [
        { permission: 'read', audience: 'a' },
        { permission: 'write', audience: 'b' },
      ],
      by,
    );
    texts.length = 0;
    const ask = async (api: string) => store.privilegesOf(user('alice'), { audience: [api] });
    const answers = await Promise.all([ask('a'), ask('b'), ask('a'), ask('c')]);
    expect(texts).toHaveLength(3);
    expect(answers.map((answer) => [...answer].map(({ permission }) => permission))).toEqual([
      ['read'],
      ['write'],
      ['read'],
      [],
    ]);
  });

  it('lets a caller go who waits no more, and answers the others', async () => {
    const store = opened();
    await store.grant(user('bob'), 'read', by);
    const leaving = new AbortController();
    const [gone, there, never] = [
      store.privilegesOf(user('alice'), { audience, signal: leaving.signal }),
      store.privilegesOf(user('bob'), { audience }),
      store.privilegesOf(user('bob'), { audience, signal: AbortSignal.abort(new Error('before')) }),
    ];
    leaving.abort(new Error('left'));
    await expect(gone).rejects.toThrow('left');
    await expect(never).rejects.toThrow('before');
    expect([...(await there)]).toMatchObject([{ permission: 'read' }]);
  });

  it('keeps ends to the last bit, and takes the earlier one of role and assignment', async () => {
    const store = opened();
    const ends = [Number.MAX_SAFE_INTEGER, Date.UTC(2100, 0) + 0.125, Date.UTC(2126, 0) + 1, 1e15 / 3 + 2e12];
    await store.grant(
      user('alice'),
      ends.map((expiresAt, at) => ({ permission: `p:${at}`, expiresAt })),
      by,
    );
    await store.putRole({ uid: 'r', name: 'R', privileges: [{ permission: 'a', expiresAt: 5e12 }, 'b'] }, by);
    await store.assign(user('bob'), 'r', { expiresAt: 4e12 + 0.5 }, by);
    const endsOf = async (subject: Subject) =>
      [...(await store.privilegesOf(subject, { audience }))].map(({ expiresAt }) => expiresAt);
    expect(await endsOf(user('alice'))).toEqual(ends);
    expect(await endsOf(user('bob'))).toEqual([4e12 + 0.5, 4e12 + 0.5]);
  });

  it('keeps names and resources of the greatest length, whatever their characters', async () => {
    const store = opened();
    const subject: Subject = { issuer: noise(512), id: noise(512), kind: 'client', organization: noise(190) };
    const privileges = [noise(1024), noise(1023)].map((on) => ({
      permission: 'p'.repeat(280),
      on,
      audience: noise(600),
    }));
    await store.putApi({ identifier: noise(600), name: 'API', permissions: [] }, by);
    await store.putRole({ uid: noise(40), name: noise(190), organization: noise(190), privileges }, by);
    await store.grant(subject, privileges, by);
    const { privileges: kept } = await store.subject({ issuer: subject.issuer, id: subject.id, kind: subject.kind });
    expect(new Set(kept.map(({ on }) => on))).toEqual(new Set(privileges.map(({ on }) => on)));
    const { items } = await store.subjects();
    expect(items).toEqual([{ issuer: subject.issuer, id: subject.id, kind: subject.kind }]);
  });

  it('turns every page, of subjects that begin alike as well', async () => {
    const store = opened();
    const ids = Array.from({ length: 7 }, (_, at) => `${'x'.repeat(300)}${at}`);
    for (const id of ids) await store.grant(user(id), 'read', by);
    const found: string[] = [];
    let after: string | undefined;
    do {
      const { items, total, next } = await store.holdersOf('read', { take: 3, ...(after !== undefined && { after }) });
      expect(total).toBe(7);
      found.push(...items.map(({ subject }) => subject.id));
      after = next;
    } while (after !== undefined);
    expect(found.toSorted()).toEqual(ids);
    expect(await store.subjects({ offset: 7 })).toEqual({ items: [], total: 7 });
    await expect(store.subjects({ after: 'nonsense' })).rejects.toThrow(TypeError);
  });

  it('holds nothing in an organization that no database can keep, but what is held in every one', async () => {
    const store = opened();
    await store.grant(user('alice'), ['read', { permission: 'write', organization: '\u{fffd}' }], by);
    for (const organization of ['\0', '\ud800']) {
      const held = await store.privilegesOf({ ...user('alice'), organization }, { audience: [...audience, '\0'] });
      expect([...held].map(({ permission }) => permission)).toEqual(['read']);
    }
  });

  it('does not depend on how the application reads rows', async () => {
    const parsed = { getTypeParser: () => () => 'nonsense' };
    const store = opened({ pool: database.pool({ types: parsed }) });
    await store.grant(user('alice'), { permission: 'read', effect: 'deny', expiresAt: 5e12 }, by);
    const [one] = await store.privilegesOf(user('alice'), { audience });
    expect(one).toMatchObject({ effect: 'deny', expiresAt: 5e12 });
  });
});

describeServer('on a server', () => {
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await onServer();
    pool = database.pool();
  }, 60_000);
  afterAll(stop);

  test.each(['26000', '42P05'])('where prepared statements fail with %s, none is prepared any more', async (code) => {
    const names: (string | undefined)[] = [];
    const { pool: behindPooler } = watched(pool, (query, pass) => {
      names.push(query.name);
      if (query.name === undefined) return pass();
      return Promise.reject(Object.assign(new Error('a transaction pooler'), { code }));
    });
    const store = opened({ pool: behindPooler });
    await store.ready!();
    names.length = 0;
    for (const subject of many.slice(0, 3)) expect([...(await store.privilegesOf(subject, { audience }))]).toEqual([]);
    expect(names.map((name) => name !== undefined)).toEqual([true, false, false, false]);
  });

  describe('finds by indexes only', () => {
    const subject = user('carol');
    const statements = new HeldStatements('"indexed"');
    const others = many.slice(0, 50).map((one) => ({ key: personDigest(one), organization: undefined }));
    const carol = { key: personDigest(subject), organization: undefined };

    beforeAll(async () => {
      const store = opened({ schema: 'indexed' });
      const privileges = (at: number) => Array.from({ length: 25 }, (_, no) => `p${no}:r${at}`);
      const uids = Array.from({ length: 100 }, (_, at) => `role-${at}`);
      for (const [at, uid] of uids.entries()) await store.putRole({ uid, name: uid, privileges: privileges(at) }, by);
      for (const one of many.slice(0, 100)) {
        await store.assign(one, uids.slice(0, 5), {}, by);
        await store.grant(one, ['own:1', 'own:2', 'own:3'], by);
      }
      await store.assign(subject, uids.slice(0, 20), {}, by);
      await store.grant(
        subject,
        Array.from({ length: 500 }, (_, at) => `own:${at}`),
        by,
      );
      await store.grant(
        user('rich'),
        Array.from({ length: 5000 }, (_, at) => `own:${at}`),
        by,
      );
    }, 60_000);

    test.each([
      ['one subject', false, [carol]],
      ['one subject, when the server knows the tables', true, [carol]],
      ['many', false, [carol, ...others]],
      ['many, when the server knows the tables', true, [carol, ...others]],
    ])('%s', async (_, isAnalyzed, asked) => {
      const { text, values } = statements.of(asked, audience, Date.now());
      if (isAnalyzed) await pool.query('analyze');
      const { rows } = await pool.query({ text: `explain ${text}`, values: values!, rowMode: 'array' });
      const plan = (rows as [string][]).map(([line]) => line).join('\n');
      expect(plan).toMatch(/Index/);
      expect(plan).not.toMatch(/Seq Scan|Hash/);
    });
  });
});

let seed = 1;

/** Text that cannot be compressed, of characters that take three bytes each. */
function noise(length: number): string {
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return String.fromCodePoint(0x4e00 + (seed % 20_000));
  }).join('');
}
