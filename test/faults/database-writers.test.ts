// Several processes that write to the same database, and what becomes of the others when one of them ends in the midst of it.

import { expect, it } from '@jest/globals';
import { describeServer } from '../postgres/databases.ts';
import { answered, personOf } from './api.ts';
import type { Changed } from './api.ts';
import { boundMs, by, changeTimeoutMs, databaseScenes } from './database-scene.ts';
import { auditOf, History, traffic } from './history.ts';

const permission = 'read:contacts';

describeServer('processes that write to the same database', () => {
  const scene = databaseScenes();

  it('lose nothing, each change has a revision of its own, and both see all of it', async () => {
    const { api, store } = await scene();
    const apis = await Promise.all([api(), api()]);
    const users = (at: number): string[] => Array.from({ length: 25 }, (_, no) => `user-${at}-${no}`);
    const changed = await Promise.all(
      apis.flatMap((one, at) => users(at).map(async (user) => one.change('grant', user))),
    );
    expect(revisionsOf(changed)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
    for (const one of apis) await Promise.all([...users(0), ...users(1)].map((user) => answered(one, user, 200)));
    const direct = await store();
    expect((await direct.subjects({ take: 100 })).total).toBe(50);
    expect((await auditOf(direct)).map(({ revision }) => revision)).toEqual(revisionsOf(changed));
  }, 60_000);

  it('are killed at any moment, nothing is half there, and the others go on', async () => {
    const { api, store } = await scene();
    const other = await api();
    const history = new History();
    for (const afterMs of [0, 4, 9]) {
      const one = await api();
      const load = traffic(history, { asked: [other], changed: [other, one] });
      await history.next(200);
      await history.next(403);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await one.kill();
      await history.change(other, 'after', afterMs !== 4);
      await load.stop();
    }
    expect(history.changes.some(({ revision }) => revision === undefined)).toBe(true);
    expect(history.wrongAnswers(boundMs)).toEqual([]);
    expect(await history.lostChanges(await store())).toEqual([]);
  }, 60_000);

  it.each<[string, string, boolean]>([
    ['has begun', 'set revision', false],
    ['has written its entry', 'insert into .*audit', false],
    ['has told the others', 'pg_notify', false],
    ['is made and not answered', '^commit$', true],
  ])(
    'are killed when a change %s, it is whole or not there, and the next change comes at once',
    async (_, text, made) => {
      const { api, store } = await scene();
      const direct = await store();
      await direct.grant(personOf('first'), permission, by);
      const one = await api();
      const { stopped } = await one.stopAt({ text });
      const changing = one.change('grant', 'killed');
      await stopped;
      await one.kill();
      expect(await changing).toBeUndefined();
      const start = performance.now();
      const revision = made ? 3 : 2;
      expect(await direct.grant(personOf('next'), permission, by)).toBe(revision);
      // Far less than it would take if somebody had to be waited for.
      expect(performance.now() - start).toBeLessThan(changeTimeoutMs);
      const ids = ['first', ...(made ? ['killed'] : []), 'next'];
      expect((await auditOf(direct)).map(({ subject }) => subject?.id)).toEqual(ids);
      expect((await direct.subject(personOf('killed'))).privileges).toHaveLength(made ? 1 : 0);
    },
    60_000,
  );

  it('are cut off in the midst of a change without a word, the others wait no longer than for one that is slow', async () => {
    const { api, pool, store } = await scene();
    const direct = await store();
    const one = await api();
    const { stopped } = await one.stopAt({ text: 'pg_notify' });
    const changing = one.change('grant', 'cut-off');
    await stopped;
    pool.hang();
    expect(await direct.grant(personOf('next'), permission, by)).toBe(1);
    expect(await changing).toMatchObject({ code: 'unavailable' });
    expect((await direct.subject(personOf('cut-off'))).privileges).toEqual([]);
    await pool.heal();
    expect(await one.change('grant', 'cut-off', 'other')).toEqual({ revision: 2 });
  }, 60_000);
});

function revisionsOf(changed: readonly (Changed | undefined)[]): number[] {
  return changed
    .map((one) => (one !== undefined && 'revision' in one ? one.revision : -1))
    .toSorted((one, other) => one - other);
}
