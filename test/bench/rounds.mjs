// Contenders go in, nanoseconds a call come out, round by round: each round lets every one run, each time another one first, so
// that whatever else the machine does meets all of them.

import { setFlagsFromString } from 'node:v8';
import { compileFunction, runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/**
 * `run`: calls so many times. `prepare`: makes what so many calls take, before the clock runs. `most`: calls in a round.
 *
 * @typedef {{ name: string, run: (count: number, prepared?: unknown) => unknown, prepare?: (count: number) => unknown,
 *   most?: number }} Runner
 */

/**
 * @template {Runner} Contender
 * @param {Contender[]} contenders
 * @param {{ rounds: number, targetMs: number }} size `targetMs`: how long one contender runs in a round
 * @returns {Promise<Map<Contender, number[]>>}
 */
export async function timedRounds(contenders, { rounds, targetMs }) {
  const results = contenders.map(() => []);
  const counts = [];
  for (const contender of contenders) counts.push(await calibrated(contender, targetMs));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const at = (round + turn) % contenders.length;
      results[at].push(await timedOnce(contenders[at], counts[at]));
    }
  }
  return new Map(contenders.map((contender, at) => [contender, results[at]]));
}

/** How many calls take about as long as wanted; they also warm it up. */
async function calibrated(contender, targetMs) {
  const { most = 2_000_000 } = contender;
  let count = 1;
  let warmMs = 0;
  for (;;) {
    const tookMs = ((await timedOnce(contender, count)) * count) / 1e6;
    warmMs += tookMs;
    if (count >= most || (tookMs >= targetMs && (warmMs >= 10 * targetMs || tookMs >= 4 * targetMs))) break;
    const wanted = (count * targetMs * 1.2) / Math.max(tookMs, 0.001);
    count = Math.min(most, Math.max(tookMs >= targetMs ? count : count + 1, Math.min(count * 8, Math.ceil(wanted))));
  }
  const nanoseconds = await timedOnce(contender, count);
  return Math.min(most, Math.max(1, Math.round((targetMs * 1e6) / nanoseconds)));
}

async function timedOnce({ run, prepare }, count) {
  const prepared = prepare?.(count);
  collectGarbage({ type: 'minor' });
  const began = process.hrtime.bigint();
  const running = run(count, prepared);
  if (running instanceof Promise) await running;
  return Number(process.hrtime.bigint() - began) / count;
}

/** How long one call takes now, in nanoseconds. @param {() => unknown} call */
export function tookOnce(call) {
  const began = process.hrtime.bigint();
  call();
  return Number(process.hrtime.bigint() - began);
}

/**
 * Asks about one input after the other; the loop is compiled anew for each, so that none is slowed by what another one calls in it.
 *
 * @template Input
 * @param {(input: Input) => boolean} ask @param {readonly Input[]} inputs
 * @returns {(count: number) => number} how many times the answer was yes
 */
export function loopOf(ask, inputs) {
  const loop = compileFunction(loopText, ['ask', 'inputs', 'count']);
  return (count) => loop(ask, inputs, count);
}

const loopText = `
  let yes = 0;
  let at = 0;
  for (let number = 0; number < count; number += 1) {
    if (ask(inputs[at])) yes += 1;
    at += 1;
    if (at === inputs.length) at = 0;
  }
  return yes;
`;

/** The same sequence each time. @returns {() => number} 0 or more, less than 1 */
export function randomSource(seed = 12_345) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
