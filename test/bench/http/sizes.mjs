// One size of one thing goes in; what a guard costs an API of that size comes out, alone and over HTTP.

import { routes } from './contract.mjs';
import { cycle, requestBytes } from './requests.mjs';
import { startServer } from './server.mjs';
import { differences, median, saturated } from './slices.mjs';

const resource = Object.values(routes)[1].path;

/**
 * `alone`: nanoseconds of a guard by itself when all is warm; `coldAlone`: when what `coldIs` says has to be done, too;
 * `base` and `added`: nanoseconds of the server's processor time a request without the guard, and for the guard.
 *
 * @typedef {{ grows: string, size: number, alone: number[], coldIs?: string, coldAlone?: number[], base?: number, added?: number[],
 *   bytes?: number }} Cost
 */

/**
 * @param {object} own what an API of ours takes @param {{ tokens: string[], paths?: string[], span?: [number, number] }} asked `span`:
 *   which of the guards are asked alone @param {{ overHttp?: object }} size without `overHttp` only the guards are asked
 */
export async function costOf(own, { tokens, paths = [resource], span = [1, 2] }, size) {
  const server = await startServer({ framework: 'Express', guard: 'rightful', ...own });
  try {
    const requests = paths.flatMap((path) => tokens.map((token) => requestBytes(path, token)));
    const guarded = { name: 'rightful', server, next: cycle(inAnyOrder(requests)) };
    const overHttp = size.overHttp && (await addedOverHttp(guarded, own.routes, size.overHttp));
    await server.lane.saturate(guarded.next, { count: Math.min(requests.length, 1000) });
    const { bytes } = await server.ask('memory');
    return { alone: await alone(server, tokens, span, size), ...overHttp, bytes };
  } finally {
    await server.stop();
  }
}

/** @param {import('./slices.mjs').Contender} guarded an API of ours @param {number | undefined} routes */
export async function addedOverHttp(guarded, routes, size) {
  const server = await startServer({ framework: 'Express', guard: 'unguarded', routes });
  try {
    const unguarded = { ...guarded, name: 'unguarded', server };
    const results = await saturated([unguarded, guarded], size);
    const [base, own] = [unguarded, guarded].map((one) => results.get(one).cpuNs);
    return { base: median(base), added: differences(own, base) };
  } finally {
    await server.stop();
  }
}

/** Nanoseconds of guards by themselves, round by round; the first rounds are not counted. */
export async function alone(server, tokens, [from, to], { aloneRounds: rounds, aloneCount: count }) {
  const warmUps = Math.ceil(rounds / 2);
  const given = { from, to, tokens, count, rounds: rounds + warmUps };
  return (await server.ask('alone', given)).nanoseconds.slice(warmUps);
}

/** The same each time. */
function inAnyOrder(list) {
  const step = 7919;
  return list.length % step === 0 ? list : list.map((_, at) => list[(at * step) % list.length]);
}
