// The simulation by which docs/scale.md sizes fleets: it does what the real cache does, the same each time, and the page says what it
// says.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { PrivilegeChange, Subject } from '../../src/core/privilege.ts';
import { createCache } from '../../src/stores/cache.ts';
import { everyFleet } from '../bench/scale/fleets.ts';
import { expected } from '../bench/scale/formula.ts';
import { Remembered } from '../bench/scale/remembered.ts';
import { simulated } from '../bench/scale/simulation.ts';
import type { Fleet } from '../bench/scale/simulation.ts';
import { markdownOf, tables } from '../bench/scale/tables.ts';
import { seeded, Zipf } from '../bench/scale/zipf.ts';

/** Small, and all that ends an entry does so often: age, room, changes of subjects and of roles. */
const small: Fleet = {
  ...everyFleet,
  instances: 2,
  simulated: 2,
  warmUpSeconds: 4,
  seconds: 8,
  workload: {
    ...everyFleet.workload,
    subjects: 5000,
    requestsPerSecondPerInstance: 800,
    subjectChangesPerSecond: 20,
    roleChangesPerSecond: 0.5,
  },
  cache: { maxSubjects: 500, maxAgeMs: 2000 },
};

test('the same seed gives the same outcome, and another one another', () => {
  expect(simulated(small)).toEqual(simulated(small));
  expect(simulated({ ...small, seed: 10 })).not.toEqual(simulated(small));
});

test('what one instance does depends on no other one', () => {
  const [one, two] = [1, 2].map((count) => simulated({ ...small, instances: 40, simulated: count }));
  expect(Math.abs(one!.hitRate - two!.hitRate)).toBeLessThan(0.02);
});

test('what it remembers is what withCache remembers', () => {
  const limits = { maxSubjects: 20, maxAgeMs: 300 };
  const remembered = new Remembered(limits, 100);
  let [nowMs, loads] = [0, 0];
  let announce: (change: PrivilegeChange) => void = () => undefined;
  const store = {
    privilegesOf: () => ((loads += 1), []),
    onChange: (listener: typeof announce) => ((announce = listener), () => undefined),
  };
  const cache = createCache(store, limits, { now: () => nowMs, after: () => () => undefined });
  const random = seeded(1);
  const zipf = new Zipf(100, 1);
  const found: Record<string, number> = { served: 0, loaded: 0 };
  const differing: number[] = [];
  for (let step = 0; step < 20_000; step += 1) {
    nowMs += Math.floor(random() * 12);
    const number = zipf.draw(random);
    const subject: Subject = { issuer: 'https://issuer.example/', id: String(number), kind: 'user' };
    if (random() < 0.1) {
      announce({ subject });
      remembered.forget(number);
      continue;
    }
    const before = loads;
    void cache.privilegesOf(subject, { audience: ['api'] });
    const isServed = remembered.serves(number, nowMs);
    if (isServed !== (loads === before)) differing.push(step);
    found[isServed ? 'served' : 'loaded']! += 1;
    if (isServed) continue;
    remembered.keep(number, nowMs);
    const surplus = remembered.surplus();
    if (surplus !== undefined) remembered.forget(surplus);
    if (remembered.size !== cache.statistics().subjects) differing.push(step);
  }
  expect(differing).toEqual([]);
  expect(Math.min(...Object.values(found))).toBeGreaterThan(1000);
});

describe('how long what was changed is served', () => {
  const changing = { ...small, workload: { ...small.workload, roleChangesPerSecond: 0 } };

  test('where a connection goes silent, no longer than a heartbeat and a question', () => {
    const listening = { ...small.listening, lossesPerHour: 1200, silentShare: 1 };
    const { stalenessMs } = simulated({ ...changing, cache: { maxSubjects: 500, maxAgeMs: 60_000 }, listening });
    expect(stalenessMs.most).toBeGreaterThan(1000);
    expect(stalenessMs.most).toBeLessThanOrEqual(listening.heartbeatMs + listening.queryTimeoutMs);
  });

  test('where nothing is heard, no longer than `maxAgeMs`', () => {
    const listening = { ...small.listening, noticeMs: { p50Ms: 1e9, p99Ms: 1e9 } };
    const { stalenessMs } = simulated({ ...changing, listening });
    expect(stalenessMs.most).toBeGreaterThan(1000);
    expect(stalenessMs.most).toBeLessThanOrEqual(small.cache.maxAgeMs);
  });

  test('where what is read lags behind what is heard, up to `maxAgeMs` and the lag', () => {
    const { stalenessMs } = simulated({ ...changing, database: { ...small.database, lagMs: 500 } });
    expect(stalenessMs.most).toBeGreaterThan(1000);
    expect(stalenessMs.most).toBeLessThanOrEqual(small.cache.maxAgeMs + 500);
  });
});

test('questions that come while four queries are under way go out together', () => {
  const slow = { ...small, database: { queryMs: 50, memberMs: 0 } };
  const { queries, loads } = simulated(slow);
  expect(queries).toBeLessThanOrEqual(2 * 4 * (1000 / 50) * 1.01);
  expect(loads).toBeGreaterThan(2 * queries);
});

test.each([
  ['room for all', { maxSubjects: 5000, maxAgeMs: 2000 }],
  ['room for some', { maxSubjects: 500, maxAgeMs: 2000 }],
  ['room for few', { maxSubjects: 50, maxAgeMs: 2000 }],
])('the formula says what the simulation does: %s', (_name, cache) => {
  const fleet = { ...small, cache, workload: { ...small.workload, roleChangesPerSecond: 0 } };
  expect(Math.abs(expected(fleet).hitRate - simulated(fleet).hitRate)).toBeLessThan(0.02);
});

describe('docs/scale.md', () => {
  const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim());

  test.each(tables.map((table) => [table.name, table] as const))('has the table: %s', async (name, table) => {
    const written = await tableOf(name);
    expect(written[0]).toEqual(cellsOf(markdownOf(table, 0).split('\n')[0]!));
    expect(written.length).toBe(2 + table.rows().length);
  });

  // The others take longer: `npm run bench:scale -- --write` makes them all.
  test.each(['sizes', 'roles'])('says what the simulation says: %s', async (name) => {
    const table = tables.find((one) => one.name === name)!;
    const [, , first] = markdownOf(table, 1).split('\n').map(cellsOf);
    expect((await tableOf(name))[2]).toEqual(first);
  });

  async function tableOf(name: string): Promise<string[][]> {
    const page = await readFile(new URL('../../docs/scale.md', import.meta.url), 'utf8');
    const lines = page.split(`<!-- ${name}: `)[1]?.split('\n').slice(2) ?? [];
    const end = lines.findIndex((line) => !line.startsWith('|'));
    return lines.slice(0, end).map(cellsOf);
  }
});
