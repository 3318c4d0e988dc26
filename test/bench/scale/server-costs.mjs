// A server goes in; how long what a fleet asks of it takes, and how much of a processor of the server it takes, comes out.

import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { postgresStore } from '../../../dist/stores.js';
import { by } from '../stores/changing.mjs';
import { quantile } from '../tokens/timing.mjs';
import { audience, subjectAt } from './members.mjs';

const options = Object.freeze({ audience });

/**
 * @param {pg.PoolConfig} config of a filled database @param {{ subjects: number, times: number }} size
 * @returns {Promise<{ queryMs: number, memberMs: number, lookupUs: number, memberUs: number, changeMs: number, changeUs: number,
 *   noticeUs: number }>} ms: of time; µs: of a processor of the server, for a query about one subject, for each further one in it, for a
 *   change, for each connection that hears of it
 */
export async function serverCosts(config, { subjects, times }) {
  const pool = new pg.Pool({ ...config, max: 5 });
  const store = postgresStore({ pool, listener: false });
  await store.ready();
  const usedUs = await processorOf(pool);
  const together = 100;
  let next = 0;
  const lookup = async () => store.privilegesOf(subjectAt((next += 7) % subjects), options);
  const lookups = (count) => Promise.all(Array.from({ length: count }, lookup));
  const change = async () => {
    const subject = subjectAt((next += 7) % subjects);
    await store.grant(subject, 'read:changed', by);
    await store.revoke(subject, 'read:changed', by);
  };
  const measured = async (act, count) => {
    for (let time = 0; time < count / 10; time += 1) await act();
    const usedBefore = usedUs();
    const tookMs = [];
    for (let time = 0; time < count; time += 1) {
      const began = process.hrtime.bigint();
      await act();
      tookMs.push(Number(process.hrtime.bigint() - began) / 1e6);
    }
    return { ms: quantile(tookMs, 0.5), us: (usedUs() - usedBefore) / count };
  };
  const [one, many] = [await measured(() => lookups(1), times), await measured(() => lookups(together), times / 10)];
  const changed = await measured(change, times / 10);
  const tell = () => pool.query(`select pg_notify('rightful_changes', $1)`, ['x'.repeat(300)]);
  const unheard = await measured(tell, times);
  const listeners = await listening(config, 50);
  const heard = await measured(tell, times);
  for (const client of listeners) await client.end();
  await store.close();
  await pool.end();
  return {
    queryMs: one.ms,
    memberMs: Math.max(0, many.ms - one.ms) / (together - 1),
    lookupUs: one.us,
    memberUs: (many.us - one.us) / (together - 1),
    changeMs: changed.ms / 2,
    changeUs: changed.us / 2,
    noticeUs: Math.max(0, heard.us - unheard.us) / listeners.length,
  };
}

async function listening(config, count) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = new pg.Client(config);
      await client.connect();
      await client.query('listen rightful_changes');
      return client;
    }),
  );
}

/** What all processes of the server have used, by proc(5): a hundredth of a second is the least that is counted. */
async function processorOf(pool) {
  const { rows } = await pool.query('select pg_backend_pid() as pid');
  const postmaster = statOf(rows[0].pid).parent;
  return () => {
    let ticks = 0;
    for (const name of readdirSync('/proc')) {
      const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
      if (stat?.parent === postmaster) ticks += stat.ticks;
    }
    return ticks * 10_000;
  };
}

function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}
