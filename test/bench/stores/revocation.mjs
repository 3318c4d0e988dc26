// A server goes in; two processes serve from it, one changes who may do what, and how long it takes until the other one acts on it
// comes out.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { postgresStore } from '../../../dist/stores.js';
import { written } from '../figures.mjs';
import { randomSource } from '../rounds.mjs';
import { audience, claimsOf, hmacToken, issuer } from '../tokens/tokens.mjs';
import { quantile } from '../tokens/timing.mjs';
import { by, permission, statedBoundMs as boundMs } from './changing.mjs';
import { startLoad } from './load.mjs';

const [serving, changing] = [200, 20];
const secret = Buffer.alloc(32, 7);

/** @param {{ database: () => Promise<pg.PoolConfig> }} server @returns {Promise<import('../figures.mjs').Figure[]>} */
export async function revocationFigures(server, { changes }) {
  const config = await server.database();
  const people = Array.from({ length: serving }, (_, number) => personOf(number));
  await fill(config, people);
  const [writer, reader] = [await started(config), await started(config)];
  const load = startLoad([writer.port, reader.port], people);
  const effect = { afterStart: [], afterCommit: [] };
  const bare = { afterStart: [], afterCommit: [] };
  const random = randomSource();
  let late = 0;
  for (let number = -40; number < changes; number += 1) {
    // The first ones are not counted: processes warm up.
    const into = number < 0 ? undefined : { effect, bare };
    const person = people[(number + 40) % changing];
    await new Promise((resolve) => setTimeout(resolve, random() * 8));
    if (!(await changed(person, writer, reader, into?.effect))) late += 1;
    await timed(reader.ask('hear'), () => writer.ask('notify'), into?.bare);
  }
  // What was revoked last is revoked for longer than the bound at the end.
  for (const person of people.slice(0, changing).filter(({ held }) => held)) await changed(person, writer, reader);
  await new Promise((resolve) => setTimeout(resolve, boundMs));
  await load.sweep();
  await load.stop();
  for (const { end } of [writer, reader]) await end();
  const { answered, judged, wrong, overdue, permits } = load.counts;
  console.log(
    `\nrevocation: ${answered} requests answered meanwhile; of ${judged} it was known what the process had seen;`,
  );
  console.log(`  ${overdue} were of subjects that had been revoked for longer than the stated bound`);
  return [
    ...figuresOf('the start of a change', effect.afterStart, bare.afterStart),
    ...figuresOf('the acknowledged commit', effect.afterCommit, bare.afterCommit),
    count(`permits later than the stated bound of ${boundMs / 1000} s`, permits),
    count(`changes seen later than that, of ${changes}`, late),
    count('answers against what the process had seen already', wrong),
  ];
}

function personOf(number) {
  const claims = { ...claimsOf(number, 'HS256'), permissions: undefined };
  return {
    subject: { issuer, id: claims.sub, kind: 'user' },
    token: hmacToken(claims, secret),
    held: true,
    settled: true,
    change: 0,
    revokedAtMs: Infinity,
    isOverdue() {
      return !this.held && performance.now() > this.revokedAtMs + boundMs;
    },
  };
}

async function fill(config, people) {
  const pool = new pg.Pool(config);
  const store = postgresStore({ pool });
  await store.putRole({ uid: 'reader', name: 'reader', privileges: [permission] }, by);
  for (const [number, { subject }] of people.entries()) {
    if (number < changing) await store.grant(subject, permission, by);
    else await store.assign(subject, 'reader', {}, by);
  }
  await store.close();
  await pool.query('vacuum analyze');
  await pool.end();
}

/** @returns whether the other process acted on it within the bound */
async function changed(person, writer, reader, times) {
  const held = !person.held;
  person.settled = undefined;
  person.change += 1;
  const given = { subject: person.subject, held };
  const watching = reader.ask('watch', { ...given, withinMs: boundMs + 1000 });
  const { acknowledged, seen } = await timed(watching, () => writer.ask('change', given), times);
  person.held = held;
  person.revokedAtMs = held ? Infinity : performance.now();
  person.settled = held;
  return seen !== undefined && between(acknowledged, seen) / 1e6 <= boundMs;
}

async function timed(watching, act, times) {
  await watching.started;
  const { began, acknowledged } = await act().answer;
  const { seen } = await watching.answer;
  if (seen !== undefined && times !== undefined) {
    times.afterStart.push(between(began, seen));
    times.afterCommit.push(between(acknowledged, seen));
  }
  return { acknowledged, seen };
}

/** Nanoseconds. @param {bigint} earlier @param {bigint} later */
function between(earlier, later) {
  return Number(later - earlier);
}

async function started(config) {
  const child = fork(fileURLToPath(new URL('api.mjs', import.meta.url)), { serialization: 'advanced' });
  const asked = new Map();
  let number = 0;
  child.on('message', ({ number, answer, isWatching }) => {
    const waiting = asked.get(number);
    if (isWatching === true) return waiting.start();
    asked.delete(number);
    waiting.resolve(answer);
  });
  child.once('exit', (code) => {
    if (asked.size > 0) throw new Error(`An API ended with ${code}`);
  });
  const ask = (task, given = {}) => {
    number += 1;
    const waiting = {};
    const started = new Promise((start) => (waiting.start = start));
    const answer = new Promise((resolve) => (waiting.resolve = resolve));
    asked.set(number, waiting);
    child.send({ number, task, ...given });
    return { started, answer };
  };
  const { port } = await ask('start', { config, secret, issuer, audience }).answer;
  const end = async () => {
    child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { port, ask, end };
}

function figuresOf(from, times, bare) {
  const [p50, p99] = [0.5, 0.99].map((share) => ({ own: quantile(times, share), bare: quantile(bare, share) }));
  const name = `revocation in another process, from ${from}`;
  const figure = (share, values, other, below) => {
    const ratio = quantile(values, 0.5) / other;
    const against = `a bare NOTIFY, ${written(other, 'time')}`;
    // What comes before the acknowledgement has no ratio to it.
    const compared = other > 0 && ratio > 0 ? { against, ratio } : { against };
    return { name: `${name}: ${share}`, values, unit: 'time', ...compared, goal: { of: 'value', below } };
  };
  return [figure('p50', times, p50.bare, 3e6), figure('p99', [p99.own], p99.bare, 25e6)];
}

function count(name, value) {
  return { name, values: [value], unit: 'count', goal: { of: 'value', most: 0 } };
}
