// What an API does that cannot hear what other processes change: nobody is permitted for long what was revoked.

import { expect, it } from '@jest/globals';
import { describeServer } from '../postgres/databases.ts';
import { answered, personOf, until } from './api.ts';
import { boundMs, by, databaseScenes } from './database-scene.ts';

const permission = 'read:contacts';

describeServer('where the connection that listens', () => {
  const scene = databaseScenes();

  it('is ended by the server, everything counts as changed, and it listens again', async () => {
    const { api, client, store } = await scene();
    const [one, direct, admin] = [await api(), await store(), await client()];
    await direct.grant(personOf('alice'), permission, by);
    await answered(one, 'alice', 200);
    const before = await until(one.state, ({ subjects }) => subjects === 1);
    expect(before.listening).toEqual([true]);
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'listener' and datname = current_database()`,
    );
    expect(rowCount).toBe(1);
    const after = await until(one.state, ({ listening }) => listening.length >= 3);
    expect(after.listening.slice(0, 3)).toEqual([true, false, true]);
    expect(after.everything).toBeGreaterThanOrEqual(before.everything + 2);
    await direct.revoke(personOf('alice'), permission, by);
    await until(one.state, ({ subjects }) => subjects > before.subjects);
    expect(await one.ask('alice')).toMatchObject({ status: 403 });
  }, 60_000);

  it('is cut and cannot be made, it is tried again ever more rarely, and a revocation acts meanwhile', async () => {
    const { api, listener, store } = await scene();
    const [one, direct] = [await api(), await store()];
    for (const user of ['alice', 'bob']) await direct.grant(personOf(user), permission, by);
    await answered(one, 'alice', 200);
    const { attempts } = await one.state();
    const start = performance.now();
    await listener.refuse();
    await until(one.state, ({ listening }) => listening.at(-1) === false);
    await answered(one, 'alice', 200);
    await direct.revoke(personOf('alice'), permission, by);
    expect(await answered(one, 'alice', 403)).toBeLessThan(boundMs);
    const tried = await until(one.state, (state) => state.attempts >= attempts + 4);
    // After 50 to 100 ms, 100 to 200, and then 150 to 300 each time.
    expect(performance.now() - start).toBeGreaterThan(50 + 100 + 150 + 150);
    expect(tried.everything).toBeGreaterThanOrEqual(4);
    await listener.heal();
    const healed = await until(one.state, ({ listening }) => listening.at(-1) === true);
    await answered(one, 'bob', 200);
    await direct.revoke(personOf('bob'), permission, by);
    await until(one.state, ({ subjects }) => subjects > healed.subjects);
    expect(await one.ask('bob')).toMatchObject({ status: 403 });
  }, 60_000);

  it('hangs without a word, that is noticed in time, and a revocation acts in time', async () => {
    const { api, listener, store } = await scene();
    const [one, direct] = [await api(), await store()];
    for (const user of ['alice', 'bob']) await direct.grant(personOf(user), permission, by);
    await answered(one, 'alice', 200);
    const before = await until(one.state, ({ subjects }) => subjects === 2);
    listener.hang();
    await direct.revoke(personOf('alice'), permission, by);
    expect(await answered(one, 'alice', 403)).toBeLessThan(boundMs);
    const noticed = await until(one.state, ({ listening }) => listening.at(-1) === false);
    // Nobody has told of it: it was noticed.
    expect(noticed.subjects).toBe(before.subjects);
    await answered(one, 'bob', 200);
    await direct.revoke(personOf('bob'), permission, by);
    expect(await answered(one, 'bob', 403)).toBeLessThan(boundMs);
    await listener.heal();
    await until(one.state, ({ listening }) => listening.at(-1) === true);
    await direct.grant(personOf('alice'), permission, by);
    await answered(one, 'alice', 200);
  }, 60_000);

  it('is not wanted, a revocation acts when what is remembered is too old', async () => {
    const { api, store } = await scene();
    const maxAgeMs = 1500;
    const [one, direct] = [await api({ listener: false, cache: { maxAgeMs } }), await store()];
    await direct.grant(personOf('alice'), permission, by);
    await answered(one, 'alice', 200);
    await direct.revoke(personOf('alice'), permission, by);
    expect(await answered(one, 'alice', 403)).toBeLessThan(maxAgeMs + 2500);
    expect(await one.state()).toMatchObject({ attempts: 0, listening: [], everything: 0, subjects: 0 });
  }, 60_000);
});
