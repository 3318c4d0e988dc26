// What an API answers while its database ends, hangs, is slow, is full or is newer; and that it goes on by itself afterwards.

import { afterEach, expect, it } from '@jest/globals';
import type pg from 'pg';
import { describeServer } from '../postgres/databases.ts';
import { answered, personOf, until } from './api.ts';
import type { Api } from './api.ts';
import { boundMs, by, databaseScenes, queryTimeoutMs } from './database-scene.ts';
import { History, traffic } from './history.ts';

// What is said of a time that must not be exceeded, on a machine that is busy.
const leewayMs = 2500;

const refused = { status: 503, code: 'unavailable' };

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  ends = [];
});

describeServer('where the database', () => {
  const scene = databaseScenes({ max_connections: 30 });

  it('is killed under load, all is refused, nothing is lost, nothing is permitted wrongly, and no API is restarted', async () => {
    const { server, api, store } = await scene();
    const apis = await Promise.all([api(), api()]);
    const history = new History();
    const load = traffic(history, { asked: apis, changed: [apis[0]] });
    ends.push(load.stop);
    await Promise.all([history.next(200), history.next(403)]);
    await server.kill();
    await history.next(503);
    const late = await api();
    expect(await late.ask('writer-0-user-0')).toMatchObject(refused);
    expect((await late.state()).notReady).toBeDefined();
    const failed = history.changes.length;
    await server.restart();
    await Promise.all([history.next(200), history.next(403)]);
    await until(
      () => history.changes.slice(failed),
      (changes) => changes.filter(({ revision }) => revision !== undefined).length > 10,
    );
    await load.stop();
    expect(history.wrongAnswers(boundMs)).toEqual([]);
    expect(await history.lostChanges(await store())).toEqual([]);
    expect(history.changes.some(({ revision }) => revision === undefined)).toBe(true);
    await history.change(apis[0], 'late', true);
    for (const one of [...apis, late]) await answered(one, 'late', 200);
    for (const one of apis) await until(one.state, ({ listening }) => listening.at(-1) === true);
  }, 60_000);

  it('hangs, questions end in time, their connections are closed, and what is remembered is served', async () => {
    const { api, pool, store } = await scene();
    await (await store()).grant(personOf('known'), 'read:contacts', by);
    await (await store()).grant(personOf('new'), 'read:contacts', by);
    const one = await api();
    await Promise.all(['known', ...crowd(20)].map((user) => one.ask(user)));
    pool.hang();
    const answers = await Promise.all(crowd(8, 'new').map((user) => one.ask(user)));
    for (const answer of answers) {
      expect(answer).toMatchObject(refused);
      expect(answer.tookMs).toBeLessThan(queryTimeoutMs + leewayMs);
    }
    expect(await one.ask('known')).toMatchObject({ status: 200 });
    expect(await one.change('grant', 'known', 'other')).toMatchObject({ code: 'unavailable' });
    // Whoever hung is let go of, though nobody at the other end says a word.
    await until(
      () => pool.open,
      (open) => open === 0,
    );
    await pool.heal();
    await answered(one, 'new', 200);
    expect(await one.change('grant', 'known', 'other')).toHaveProperty('revision');
    expect((await one.state()).pool).toMatchObject({ waiting: 0 });
  }, 60_000);

  it('is slow, what comes in time is taken and what comes too late is refused', async () => {
    const { api, pool, store } = await scene();
    const users = crowd(5);
    for (const user of users) await (await store()).grant(personOf(user), 'read:contacts', by);
    const one = await api();
    pool.delay(100);
    await answered(one, users[0]!, 200);
    const { tookMs } = await one.ask(users[1]!);
    expect(tookMs).toBeGreaterThan(150);
    pool.delay(queryTimeoutMs + 500);
    const late = await one.ask(users[2]!);
    expect(late).toMatchObject(refused);
    expect(late.tookMs).toBeLessThan(queryTimeoutMs + leewayMs);
    expect(await one.ask(users[0]!)).toMatchObject({ status: 200 });
    await pool.heal();
    await answered(one, users[3]!, 200);
  }, 60_000);

  it('is locked, questions and changes are refused in time and go on when it is not', async () => {
    const { api, client, store } = await scene();
    const direct = await store();
    for (const user of ['known', 'new']) await direct.grant(personOf(user), 'read:contacts', by);
    const history = new History();
    const one = await api();
    await history.change(one, 'early', true);
    await answered(one, 'known', 200);
    const locking = await client();
    await locking.query('begin; lock table rightful.grants in access exclusive mode');
    const asked = await one.ask('new');
    expect(asked).toMatchObject(refused);
    expect(asked.tookMs).toBeLessThan(queryTimeoutMs + leewayMs);
    expect(await one.ask('known')).toMatchObject({ status: 200 });
    expect(await history.change(one, 'late', true)).toBe(false);
    await locking.query('rollback');
    await answered(one, 'new', 200);
    await history.change(one, 'late', true);
    await answered(one, 'late', 200);
    expect((await direct.audit({ subject: personOf('late') })).total).toBe(1);
    await locking.end();
  }, 60_000);

  it('gives no connection, since the application holds them all, all is refused that is not remembered', async () => {
    const { api, store } = await scene();
    for (const user of ['known', 'new']) await (await store()).grant(personOf(user), 'read:contacts', by);
    const one = await api();
    await answered(one, 'known', 200);
    await one.holdPool();
    const asked = await one.ask('new');
    expect(asked).toMatchObject(refused);
    expect(asked.tookMs).toBeLessThan(queryTimeoutMs + leewayMs);
    expect(await one.change('revoke', 'known')).toMatchObject({ code: 'unavailable' });
    expect(await one.ask('known')).toMatchObject({ status: 200 });
    await one.letPoolGo();
    await answered(one, 'new', 200);
    expect(await one.change('revoke', 'known')).toHaveProperty('revision');
    await answered(one, 'known', 403);
  }, 60_000);

  it('has too many connections, all is refused until there are fewer', async () => {
    const { api, client, store, pool, listener } = await scene();
    await (await store()).grant(personOf('known'), 'read:contacts', by);
    const one = await api();
    await answered(one, 'known', 200);
    await Promise.all([pool.refuse(), listener.refuse()]);
    const taken: pg.Client[] = [];
    const full = await until(
      () =>
        client().then(
          (each) => void taken.push(each),
          (error: unknown) => error,
        ),
      (error) => error !== undefined,
    );
    expect(full).toMatchObject({ code: '53300' });
    await Promise.all([pool.heal(), listener.heal()]);
    expect(await one.ask('known')).toMatchObject(refused);
    await until(one.state, ({ refusals }) => refusals.some((why) => why.includes('53300')));
    expect((await one.state()).listening.at(-1)).toBe(false);
    await Promise.all(taken.map((each) => each.end()));
    await answered(one, 'known', 200);
    await until(one.state, ({ listening }) => listening.at(-1) === true);
  }, 60_000);

  it('is newer when it comes again, who starts on it refuses everything and says why', async () => {
    const { api, client, server, store } = await scene();
    await (await store()).grant(personOf('known'), 'read:contacts', by);
    await server.kill();
    await server.restart();
    const upgrading = await client();
    const { rows } = await upgrading.query(
      'insert into rightful.versions (version) select max(version) + 1 from rightful.versions returning version',
    );
    const [{ version }] = rows as [{ version: number }];
    const one: Api = await api();
    const why = new RegExp(`version ${version}, newer than version ${version - 1}`);
    expect((await one.state()).notReady).toMatch(why);
    expect(await one.ask('known')).toMatchObject(refused);
    expect((await one.state()).refusals.at(-1)).toMatch(why);
    expect(await one.change('grant', 'other')).toMatchObject({ code: 'unavailable' });
    await upgrading.query('delete from rightful.versions where version = $1', [version]);
    await answered(one, 'known', 200);
  }, 60_000);
});

function crowd(size: number, first?: string): string[] {
  const rest = Array.from({ length: size }, (_, at) => `${first ?? 'nobody'}-${at}`);
  return first === undefined ? rest : [first, ...rest];
}
