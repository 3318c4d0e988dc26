// Who is compared goes in, what each did in each round comes out. In a round every one runs for a short while, each time another
// one first, so that whatever else the machine does meets all of them.

import { quantile } from '../tokens/timing.mjs';

/**
 * `perSecond` requests answered, `cpuNs` of processor time of the server a request, `busyShare`
 * of the load's own processor time: where it comes near 1, the load and not the server is what is slow.
 *
 * @typedef {{ name: string, server: import('./server.mjs').Server, next: import('./load.mjs').Source }} Contender
 * @typedef {{ perSecond: number[], cpuNs: number[], busyShare: number[] }} Slices one entry of each round
 */

/**
 * @template {Contender} One
 * @param {One[]} contenders
 * @param {{ rounds: number, limit: { forMs: number } | { count: number }, warmUp?: { forMs: number } | { count: number } }} size `warmUp`:
 *   of each server
 * @returns {Promise<Map<One, Slices>>}
 */
export async function saturated(contenders, { rounds, limit, warmUp }) {
  const results = new Map(contenders.map((one) => [one, { perSecond: [], cpuNs: [], busyShare: [] }]));
  if (warmUp !== undefined) await warmUpAll(contenders, warmUp);
  await inTurns(contenders, rounds, async (one) => {
    const { perSecond, cpuNs, busyShare } = await slice(one, limit);
    const slices = results.get(one);
    slices.perSecond.push(perSecond);
    slices.cpuNs.push(cpuNs);
    slices.busyShare.push(busyShare);
  });
  return results;
}

/** Each server alike, however many of the contenders are on it. */
async function warmUpAll(contenders, { forMs = Infinity, count = Infinity }) {
  for (const { server, next } of contenders) {
    const sharing = contenders.filter((other) => other.server === server).length;
    await server.lane.saturate(next, { forMs: forMs / sharing, count: Math.ceil(count / sharing) });
  }
}

/**
 * Latencies at so large a share of what each can do, which it shows right before: a machine may be slower by now than it was.
 *
 * @returns {Promise<Map<Contender, number[][]>>} milliseconds, by round
 */
export async function paced(contenders, { rounds, forMs, share, capacityMs }) {
  const results = new Map(contenders.map((one) => [one, []]));
  await inTurns(contenders, rounds, async (one, round) => {
    const { perSecond } = await slice(one, { forMs: capacityMs });
    const pace = { perSecond: share * perSecond, forMs, seed: 1000 + round };
    results.get(one).push(await one.server.lane.pace(one.next, pace));
  });
  return results;
}

async function inTurns(contenders, rounds, run) {
  for (let round = 0; round < rounds; round += 1)
    for (let turn = 0; turn < contenders.length; turn += 1)
      await run(contenders[(round + turn) % contenders.length], round);
}

async function slice({ server, next }, limit) {
  const [before, busyBefore] = [await server.ask('usage'), process.cpuUsage()];
  const { requests, tookMs } = await server.lane.saturate(next, limit);
  const { user, system } = process.cpuUsage(busyBefore);
  const after = await server.ask('usage');
  return {
    perSecond: (requests / tookMs) * 1000,
    cpuNs: ((after.micros - before.micros) * 1000) / requests,
    busyShare: (user + system) / 1000 / tookMs,
  };
}

/** Round by round. @param {number[]} own @param {number[]} other */
export function ratios(own, other) {
  return own.map((value, round) => value / other[round]);
}

/** Round by round. @param {number[]} own @param {number[]} other */
export function differences(own, other) {
  return own.map((value, round) => value - other[round]);
}

export function median(values) {
  return quantile(values, 0.5);
}
