// Questions that nobody waits for any more leave nothing behind on the server.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UnavailableError } from 'rightful';
import { postgresStore } from 'rightful/stores';
import { describeServer, onServer } from '../postgres/databases.ts';
import type { Database } from '../postgres/databases.ts';

describeServer('postgresStore', () => {
  let database: Database;

  beforeAll(async () => void (database = await onServer()), 60_000);
  afterAll(() => database.stop());

  test('ends on the server what takes too long', async () => {
    const store = postgresStore({ pool: database.pool({ max: 5 }), queryTimeoutMs: 300, listener: false });
    await store.ready();
    const other = database.pool({ max: 1 });
    const locking = await other.connect();
    await locking.query('begin; lock table rightful.grants in access exclusive mode');
    const ask = (id: string): unknown =>
      store.privilegesOf({ issuer: 'https://issuer.example/', id, kind: 'user' }, { audience: [] });
    for (let round = 0; round < 3; round += 1) {
      const asked = await Promise.allSettled(Array.from({ length: 8 }, async (_, at) => ask(`${round} ${at}`)));
      for (const one of asked) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
    }
    const waiting = async (): Promise<number> => {
      const { rows } = await locking.query(
        "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and query like '%rightful%'",
      );
      return (rows[0] as { count: number }).count;
    };
    const deadline = Date.now() + 10_000;
    while ((await waiting()) > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await waiting()).toBe(0);
    await locking.query('rollback');
    locking.release();
    await expect(ask('later')).resolves.toEqual([]);
    await store.close();
  }, 60_000);
});
