// One instance of a fleet, a process of its own: asks a cache over the shared database as the simulation does, and says what came of it.

import pg from 'pg';
import { postgresStore, withCache } from '../../../dist/stores.js';
import { watched } from '../stores/server.mjs';
import { audience, subjectAt } from './members.mjs';

const { requestsOf } = await import('./workload.ts');
const options = Object.freeze({ audience });
let state;

process.on('message', ({ number, task, ...given }) => {
  tasks[task](given).then(
    (answer) => process.send({ number, answer }),
    (error) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit());

const tasks = {
  async start({ config, cache: settings, workload }) {
    const queries = [];
    const { pool } = watched(new pg.Pool(config), (query, pass) => timed(query, pass, queries));
    pool.on('error', () => undefined);
    const cache = withCache(postgresStore({ pool }), settings);
    await cache.ready();
    const subjects = Array.from({ length: workload.subjects }, (_, number) => subjectAt(number));
    state = { cache, queries, subjects };
  },

  /** Begins at that moment of the clock that all processes share; counts from the end of the warm-up. */
  async run({ beginNs, workload, turnMs, warmUpSeconds, seconds, seed, instance }) {
    const { cache, queries, subjects } = state;
    queries.length = 0;
    const next = requestsOf(workload, { seed, instance, turnMs });
    const heard = [];
    const stop = cache.onChange((change) => heard.push({ change, atNs: process.hrtime.bigint() }));
    const waitsMs = [];
    let [turn, turns] = [0, 0];
    const turnsUntil = async (endMs) => {
      for (;;) {
        const nowMs = Number(process.hrtime.bigint() - beginNs) / 1e6;
        for (; (turn + 1) * turnMs <= Math.min(nowMs, endMs); turn += 1) {
          for (const number of next()) ask(cache, subjects[number], waitsMs);
        }
        if (nowMs >= endMs) return;
        turns += 1;
        await new Promise((resolve) => setTimeout(resolve, turnMs));
      }
    };
    await turnsUntil(warmUpSeconds * 1000);
    const before = cache.statistics();
    const warmUp = { queries: queries.splice(0), turnMs: (warmUpSeconds * 1000) / turns };
    waitsMs.length = 0;
    await turnsUntil((warmUpSeconds + seconds) * 1000);
    const after = cache.statistics();
    stop();
    const [hits, loads, errors] = ['hits', 'loads', 'errors'].map((name) => after[name] - before[name]);
    return { hits, loads, errors, queries: queries.length, waitsMs, heard, warmUp };
  },
};

/** How long a query takes, and about how many it asks. */
async function timed({ values }, pass, queries) {
  const began = process.hrtime.bigint();
  const answer = await pass();
  const asked = values?.[2];
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  queries.push({ ms, members: Array.isArray(asked) ? asked.length : 1 });
  return answer;
}

function ask(cache, subject, waitsMs) {
  const began = process.hrtime.bigint();
  const answer = cache.privilegesOf(subject, options);
  const waited = () => waitsMs.push(Number(process.hrtime.bigint() - began) / 1e6);
  // What fails is counted by the cache.
  if (answer instanceof Promise) void answer.then(waited, waited);
}
