// Contenders and tokens go in, nanoseconds a request come out: each round lets every contender run, each time another one
// first, so that whatever else the machine does meets all of them.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** @typedef {import('./contenders.mjs').Contender} Contender */

/**
 * @param {{ contenders: Contender[], next: () => () => string, rounds: number, targetMs: number,
 *   renewal?: { create: () => Promise<Contender[]>, after: number } }} scenario `next`: makes a source of tokens, the same
 *   sequence for each contender. `renewal`: after so many tokens all are made anew, so that nobody has seen a token before.
 * @returns {Promise<Map<Contender, number[]>>} nanoseconds a request, round by round
 */
export async function timed({ contenders, next, rounds, targetMs, renewal }) {
  const results = contenders.map(() => []);
  const counts = [];
  for (const contender of contenders) counts.push(await calibrated(contender, next(), targetMs));
  const warmUps = Math.min(...counts);
  let present = contenders;
  let sources = contenders.map(() => next());
  let left = 0;
  for (let round = 0; round < rounds; round += 1) {
    if (renewal !== undefined && left < Math.max(...counts)) {
      present = await renewal.create();
      sources = present.map(() => next());
      for (const [at, contender] of present.entries()) await timedOnce(contender, sources[at], warmUps);
      left = renewal.after - warmUps;
    }
    left -= Math.max(...counts);
    for (let turn = 0; turn < present.length; turn += 1) {
      const at = (round + turn) % present.length;
      results[at].push(await timedOnce(present[at], sources[at], counts[at]));
    }
  }
  return new Map(contenders.map((contender, at) => [contender, results[at]]));
}

/** How many requests take about as long as wanted; the calls also warm it up. */
async function calibrated(contender, source, targetMs) {
  let nanoseconds = Infinity;
  for (const count of [50, 200, 500]) nanoseconds = await timedOnce(contender, source, count);
  return Math.min(20_000, Math.max(50, Math.round((targetMs * 1e6) / nanoseconds)));
}

async function timedOnce({ input, claims }, source, count) {
  const inputs = Array.from({ length: count }, () => input(source()));
  collectGarbage({ type: 'minor' });
  const began = process.hrtime.bigint();
  for (let at = 0; at < count; at += 1) {
    try {
      const answer = claims(inputs[at]);
      if (answer instanceof Promise) await answer;
    } catch {
      // What must be refused is timed too; who refuses what was settled before.
    }
  }
  return Number(process.hrtime.bigint() - began) / count;
}

/** @param {number[]} values @param {number} share from 0 to 1 */
export function quantile(values, share) {
  const sorted = values.toSorted((one, two) => one - two);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** How many times the throughput of `other` is reached, round by round. @param {number[]} own @param {number[]} other */
export function ratios(own, other) {
  return own.map((nanoseconds, round) => other[round] / nanoseconds);
}
