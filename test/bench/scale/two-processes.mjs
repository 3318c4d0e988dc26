// A workload goes in; two real processes over a real PostgreSQL run it, and what they did comes out, beside what the simulation says of
// the same requests and the same changes.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { postgresStore } from '../../../dist/stores.js';
import { by } from '../stores/changing.mjs';
import { quantile } from '../tokens/timing.mjs';
import { roleAt, subjectAt } from './members.mjs';

const { changesOf } = await import('./workload.ts');

/**
 * @param {pg.PoolConfig} config of a filled database
 * @param {import('./simulation.ts').Fleet} fleet the times of a query and of a notice are not looked at
 * @returns {Promise<{ hits: number, loads: number, queries: number, errors: number, waitsMs: number[], noticesMs: number[],
 *   changeMs: number, warmUp: { noticesMs: number[], queries: { ms: number, members: number }[], turnMs: number } }>} `noticesMs`: from
 *   the acknowledged commit until the cache of another process has forgotten; `warmUp`: what was before the counting began
 */
export async function ranByTwo(config, fleet) {
  const { workload, cache, seed, turnMs, warmUpSeconds, seconds } = fleet;
  const children = [await started(), await started()];
  for (const { ask } of children) await ask('start', { config: { ...config, max: 5 }, cache, workload });
  const beginNs = process.hrtime.bigint() + 300_000_000n;
  const given = { beginNs, workload, turnMs, warmUpSeconds, seconds, seed };
  const running = children.map(({ ask }, instance) => ask('run', { ...given, instance }));
  const changed = await changing(config, fleet, beginNs);
  const ran = await Promise.all(running);
  for (const { end } of children) await end();
  const notices = ran.flatMap(({ heard }) => noticesMs(changed, heard));
  const countingNs = beginNs + BigInt(warmUpSeconds * 1e9);
  const during = (isCounted) => notices.filter(({ atNs }) => atNs >= countingNs === isCounted).map(({ ms }) => ms);
  const sum = (name) => ran.reduce((total, one) => total + one[name], 0);
  return {
    hits: sum('hits'),
    loads: sum('loads'),
    queries: sum('queries'),
    errors: sum('errors'),
    waitsMs: ran.flatMap(({ waitsMs }) => waitsMs),
    warmUp: {
      noticesMs: during(false),
      queries: ran.flatMap(({ warmUp }) => warmUp.queries),
      turnMs: Math.max(...ran.map(({ warmUp }) => warmUp.turnMs)),
    },
    noticesMs: during(true),
    changeMs: quantile(
      changed.map(({ ms }) => ms),
      0.5,
    ),
  };
}

/** Makes the changes when they are due, one after the other. @returns when each was acknowledged, and how long it took */
async function changing(config, { workload, seed, warmUpSeconds, seconds }, beginNs) {
  const pool = new pg.Pool({ ...config, max: 2 });
  pool.on('error', () => undefined);
  const store = postgresStore({ pool, listener: false });
  await store.ready();
  const next = changesOf(workload, seed);
  const held = new Set();
  const changed = [];
  for (let change = next(); change.atMs < (warmUpSeconds + seconds) * 1000; change = next()) {
    const waitMs = change.atMs - Number(process.hrtime.bigint() - beginNs) / 1e6;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const began = process.hrtime.bigint();
    const key = keyOf(change);
    const isHeld = !held.has(key);
    if (isHeld) held.add(key);
    else held.delete(key);
    await made(store, change, isHeld);
    const acknowledgedNs = process.hrtime.bigint();
    changed.push({ key, acknowledgedNs, ms: Number(acknowledgedNs - began) / 1e6 });
  }
  await store.close();
  await pool.end();
  return changed;
}

async function made(store, { subject, role }, isHeld) {
  if (subject === undefined) {
    const made = roleAt(role, isHeld);
    const { version } = await store.role(made.uid);
    return store.putRole({ ...made, version }, by);
  }
  const someone = subjectAt(subject);
  return isHeld ? store.grant(someone, 'read:changed', by) : store.revoke(someone, 'read:changed', by);
}

function keyOf({ subject, role }) {
  return subject === undefined ? `role-${role}` : subjectAt(subject).id;
}

/**
 * The n-th notice about somebody is of the n-th change.
 *
 * @param {{ key: string, acknowledgedNs: bigint }[]} changed @param {{ change: object, atNs: bigint }[]} heard
 */
function noticesMs(changed, heard) {
  const waiting = new Map();
  for (const { key, acknowledgedNs } of changed) waiting.set(key, [...(waiting.get(key) ?? []), acknowledgedNs]);
  return heard.flatMap(({ change, atNs }) => {
    const acknowledgedNs = waiting.get(change.subject?.id ?? change.role)?.shift();
    return acknowledgedNs === undefined ? [] : [{ atNs, ms: Number(atNs - acknowledgedNs) / 1e6 }];
  });
}

async function started() {
  const child = fork(fileURLToPath(new URL('instance.mjs', import.meta.url)), { serialization: 'advanced' });
  const asked = new Map();
  let number = 0;
  child.on('message', ({ number, answer }) => {
    asked.get(number)(answer);
    asked.delete(number);
  });
  child.once('exit', (code) => {
    if (asked.size > 0) throw new Error(`An instance ended with ${code}`);
  });
  const ask = (task, given) =>
    new Promise((resolve) => {
      number += 1;
      asked.set(number, resolve);
      child.send({ number, task, ...given });
    });
  const end = async () => {
    child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { ask, end };
}
