// A seed and a number go in, one request comes out: a token or a draft of one, changed step by step, in a request that may be
// changed too. Each step has its own randomness, so that one can be left out and the others stay.

import { byteMutations, tokenMutations } from './byte-mutations.mjs';
import { draftMutations, plainDraft, tokenOf } from './drafts.mjs';
import { Random } from './random.mjs';
import { bytesOf, plainRequest, requestMutations } from './requests.mjs';

/**
 * `way`: by a kept connection, by fetch, or by a connection of its own whose every answer is read.
 *
 * @typedef {{ index: number, way: 'kept' | 'fetch' | 'wild', steps: string[], request: import('./requests.mjs').Request,
 *   bytes: Buffer }} Case
 */

const kinds = [
  [8, { draft: 0 }],
  [22, { token: 3 }],
  [36, { draft: 3 }],
  [10, { draft: 2, token: 1 }],
  [14, { request: 2 }],
  [7, { draft: 2, request: 2 }],
  [3, { bytes: 8 }],
];
const tables = { draft: draftMutations, token: tokenMutations, request: requestMutations, bytes: byteMutations };

/**
 * @param {string} seed @param {number} index @param {import('./issuers.mjs').World} world
 * @param {ReadonlySet<number>} [without] the steps left out, by position
 * @returns {Case}
 */
export function createCase(seed, index, world, without = new Set()) {
  const random = new Random(`${seed}:${index}`);
  const kind = random.weighted(kinds);
  const planned = Object.entries(kind).flatMap(([stage, most]) => {
    const count = most === 0 ? 0 : 1 + random.below(most);
    return Array.from({ length: count }, () => ({ stage, name: random.pick(Object.keys(tables[stage])) }));
  });
  const steps = planned
    .map((step, position) => ({ ...step, position, random: new Random(`${seed}:${index}:${position}`) }))
    .filter(({ position }) => !without.has(position));
  const of = (stage) => steps.filter((step) => step.stage === stage);

  const other = random.pick(random.pick(world.issuers).tokens);
  let token = asSent(madeToken(random, kind, of('draft'), world));
  for (const step of of('token')) token = asSent(tables.token[step.name](token, step.random, other));
  const request = plainRequest(random, token);
  for (const step of of('request')) tables.request[step.name](request, step.random, { token, other });
  const byFetch = random.chance(6);
  const names = steps.map(({ stage, name }) => `${stage}.${name}`);
  const made = { index, steps: names, positions: steps.map(({ position }) => position), request };

  const isWild = kind.bytes !== undefined || !isExact(request);
  let bytes = bytesOf(request, { close: isWild });
  for (const step of of('bytes')) bytes = tables.bytes[step.name](bytes, step.random);
  if (isWild) return { ...made, way: 'wild', bytes };
  return { ...made, way: byFetch && kind.request === undefined ? 'fetch' : 'kept', bytes };
}

function madeToken(random, { draft: drafted }, steps, world) {
  if (drafted === undefined) return random.pick(random.pick(world.issuers).tokens);
  const draft = plainDraft(random, world);
  for (const { name, random: own } of steps) draftMutations[name](draft, own, world);
  return tokenOf(draft);
}

// One character a byte from here on, as Node reads headers.
function asSent(token) {
  return /^[\0-\xff]*$/.test(token) ? token : Buffer.from(token).toString('latin1');
}

const maxExactBytes = 15_000;

/** Whether Node hands the request to the application, and each byte of it. */
function isExact({ exact, target, lines }) {
  const length = lines.reduce((sum, line) => sum + line.join(': ').length + 2, target.length);
  const isReadable = lines.every(([, value]) => /^[\t\x20-\x7E\x80-\xFF]*$/.test(value));
  return exact && isReadable && /^[\x21-\x7E]+$/.test(target) && length < maxExactBytes;
}
