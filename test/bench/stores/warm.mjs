// Numbers of subjects go in, what a lookup costs that a cache answers comes out.

import assert from 'node:assert/strict';
import { withCache } from '../../../dist/stores.js';
import { costRatios } from '../figures.mjs';
import { loopOf, randomSource, timedRounds } from '../rounds.mjs';
import { flat } from '../tokens/tokens.mjs';
import { audience, issuer, person, subjectOf } from './people.mjs';

/** @param {{ rounds: number, targetMs: number }} size @returns {Promise<import('../figures.mjs').Figure[]>} */
export async function warmFigures(size) {
  const figures = [];
  for (const count of [1, 100, 10_000, 100_000]) {
    const [known, fresh, map] = [...(await timedRounds(await runnersOf(count), size)).values()];
    const title = `warm lookup, no promise, ${count.toLocaleString('en-US')} ${count === 1 ? 'subject' : 'subjects'}`;
    const figure = (name, values) => {
      const goal = { of: 'value', below: 1000 };
      return { name, values, unit: 'time', against: 'Map.get by the id', ratio: costRatios(values, map), goal };
    };
    figures.push(figure(title, known), figure(`${title}, of a new token`, fresh));
  }
  return figures;
}

async function runnersOf(count) {
  const privileges = Array.from({ length: 20 }, (_, at) => ({ permission: `read:thing-${at}` }));
  const cache = withCache({ privilegesOf: () => privileges }, { maxSubjects: count, maxAgeMs: 2 ** 31 - 1 });
  const options = Object.freeze({ audience });
  const subjects = Array.from({ length: count }, (_, number) => subjectOf(person(number)));
  const map = new Map();
  for (const subject of subjects) map.set(subject.id, await cache.privilegesOf(subject, options));
  const { loads } = cache.statistics();
  const random = randomSource();
  // Whose token is remembered has the subject of before; of a token that is verified anew come other texts.
  const known = Array.from({ length: Math.max(64, count) }, () => subjects[Math.floor(random() * count)]);
  const fresh = known.map(({ id }) => Object.freeze({ issuer: flat(issuer), id: flat(id), kind: 'user' }));
  for (const subject of [...known, ...fresh]) {
    const answer = cache.privilegesOf(subject, options);
    assert.ok(Array.isArray(answer), 'a warm lookup returns no promise');
    assert.equal(answer, map.get(subject.id));
  }
  assert.equal(cache.statistics().loads, loads);
  return [
    { name: 'known', run: loopOf((subject) => cache.privilegesOf(subject, options).length > 0, known) },
    { name: 'fresh', run: loopOf((subject) => cache.privilegesOf(subject, options).length > 0, fresh) },
    { name: 'map', run: loopOf(({ id }) => map.get(id).length > 0, known) },
  ];
}
