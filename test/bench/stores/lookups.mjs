// Stores go in, what a lookup costs comes out: the first of somebody, a later one, and one that a cache answers.

import { quantile } from '../tokens/timing.mjs';
import { printTable, written } from '../figures.mjs';
import { withCache } from '../../../dist/stores.js';
import { audience, subjectOf } from './people.mjs';

const options = Object.freeze({ audience });
const together = 64;
const clock = 'the clock alone';

/**
 * @param {import('./databases.mjs').Database[]} databases @param {{ rounds: number, lookups: number }} size
 * @returns {Promise<import('../figures.mjs').Figure[]>}
 */
export async function lookupFigures(databases, people, { rounds, lookups }) {
  const subjects = people.map(subjectOf);
  const kinds = [{ name: clock, store: { privilegesOf: () => [] } }];
  for (const { name, open } of databases) {
    const bare = open();
    const cached = withCache(open(), { maxSubjects: people.length + 1 });
    for (const subject of subjects) {
      await bare.privilegesOf(subject, options);
      await cached.privilegesOf(subject, options);
    }
    // A store that keeps nothing is as cold the second time.
    if (name !== 'PostgreSQL' && name !== 'PGlite') kinds.push({ name: `${name}, cold`, coldOf: open });
    kinds.push({ name: `${name}${name === 'memory' || name === 'file' ? ', warm' : ', cold'}`, store: bare });
    kinds.push({ name: `${name}, withCache, warm`, store: cached });
  }
  const measured = new Map(kinds.map((kind) => [kind, { single: [], perSecond: [], atOnce: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < kinds.length; turn += 1) {
      const kind = kinds[(round + turn) % kinds.length];
      await measure(kind, subjects, lookups, measured.get(kind));
    }
  }
  for (const { store } of kinds) await store?.close?.();
  printLookups(measured);
  const stores = [...measured].filter(([{ name }]) => name !== clock);
  return stores.map(([{ name }, { perSecond }]) => ({
    name: `lookups, ${name}`,
    values: perSecond,
    unit: '/s',
  }));
}

async function measure({ store: kept, coldOf }, subjects, lookups, { single, perSecond, atOnce }) {
  const store = kept ?? coldOf();
  if (coldOf !== undefined) await store.ready?.();
  // Whoever has not been asked about is there only once.
  const count = coldOf === undefined ? lookups : subjects.length;
  single.push(...(await oneByOne(store, subjects, count)));
  if (coldOf !== undefined) {
    await store.close?.();
    const another = coldOf();
    perSecond.push(await rateOf(another, subjects, count));
    await another.close?.();
    return;
  }
  perSecond.push(await rateOf(store, subjects, count));
  atOnce.push(await rateAtOnce(store, subjects, count));
}

/** Nanoseconds of each; the clock takes some of them. */
async function oneByOne(store, subjects, count) {
  const times = [];
  for (let at = 0; at < count; at += 1) {
    const subject = subjects[at % subjects.length];
    const began = process.hrtime.bigint();
    const answer = store.privilegesOf(subject, options);
    if (answer instanceof Promise) await answer;
    times.push(Number(process.hrtime.bigint() - began));
  }
  return times;
}

async function rateOf(store, subjects, count) {
  const began = process.hrtime.bigint();
  for (let at = 0; at < count; at += 1) {
    const answer = store.privilegesOf(subjects[at % subjects.length], options);
    if (answer instanceof Promise) await answer;
  }
  return (count * 1e9) / Number(process.hrtime.bigint() - began);
}

/** By so many who each ask one after the other. */
async function rateAtOnce(store, subjects, count) {
  let at = 0;
  const asking = async () => {
    while (at < count) {
      at += 1;
      const answer = store.privilegesOf(subjects[at % subjects.length], options);
      if (answer instanceof Promise) await answer;
    }
  };
  const began = process.hrtime.bigint();
  await Promise.all(Array.from({ length: together }, asking));
  return (count * 1e9) / Number(process.hrtime.bigint() - began);
}

function printLookups(measured) {
  const rows = [...measured].map(([{ name }, { single, perSecond, atOnce }]) => [
    name,
    written(quantile(perSecond, 0.5), '/s'),
    atOnce.length === 0 ? '-' : written(quantile(atOnce, 0.5), '/s'),
    written(quantile(single, 0.5), 'time'),
    written(quantile(single, 0.99), 'time'),
  ]);
  printTable([['lookups of 20 privileges', 'one by one', `${together} at once`, 'p50', 'p99'], ...rows]);
}
