// How much a cached subject takes, a process of its own started with --expose-gc: prints bytes a subject as JSON.

import { prefixDialect } from '../../../dist/core/prefix.js';
import { StoreReader } from '../../../dist/core/store-answer.js';
import { withCache } from '../../../dist/stores.js';
import { randomSource } from '../rounds.mjs';
import { flat } from '../tokens/tokens.mjs';
import { audience, person, subjectOf } from './people.mjs';

// `own`: each has 50 of 500 names; `shared`: all have the same 50, by the same role; `set`: a bare Set of 50 of 500 names.
const [kind, count] = [process.argv[2], Number(process.argv[3])];
const names = Array.from({ length: 500 }, (_, at) => `read:thing-${at}`);
const random = randomSource();
const clock = { now: () => Date.now(), after: () => () => undefined };
const answer = {
  own: () => fifty().map((name) => ({ permission: flat(name), source: { kind: 'direct' } })),
  shared: () => names.slice(0, 50).map((name) => ({ permission: flat(name), source: { kind: 'role', role: 'r1' } })),
}[kind];

const cache = withCache({ privilegesOf: async () => answer() }, { maxSubjects: 1_000_000, maxAgeMs: 2 ** 31 - 1 });
const reader = new StoreReader({ catalogue: undefined, dialect: prefixDialect, timeoutMs: 1000, clock });
const sets = [];
// More than the cache shares what is the same in; and what is compiled and allocated once.
const already = 1100;
await filled(0, already);
const before = bytesInUse();
await filled(already, count);
const bytes = (bytesInUse() - before) / count;
if (cache.statistics().subjects + sets.length !== already + count) throw new Error('Some are not remembered');
// Asked once more, so that all of it is kept until here.
if (kind !== 'set') await assertRemembered(subjectOf(person(already + count - 1)));
console.log(JSON.stringify({ bytes }));

async function filled(from, so) {
  for (let number = from; number < from + so; number += 1) {
    if (kind === 'set') sets.push(new Set(fifty()));
    else await ask(subjectOf(person(number)));
  }
}

/** As an authorizer does. */
async function ask(subject) {
  await cache.privilegesOf(subject, { audience });
  const { holdings } = await reader.loaded(cache, { subject, audience });
  holdings.permits(names[3], undefined);
  return holdings;
}

async function assertRemembered(subject) {
  const [{ permission }] = await cache.privilegesOf(subject, { audience });
  const holdings = await ask(subject);
  if (!holdings.permits(permission, undefined)) throw new Error(`${permission} is not held`);
}

function fifty() {
  const taken = new Set();
  while (taken.size < 50) taken.add(names[Math.floor(random() * names.length)]);
  return [...taken];
}

function bytesInUse() {
  for (let time = 0; time < 4; time += 1) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
