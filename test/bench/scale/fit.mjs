// What was measured while two processes warmed up goes in, the same fleet with the times of this machine comes out.

import { quantile } from '../tokens/timing.mjs';

/**
 * @param {import('./simulation.ts').Fleet} fleet
 * @param {Awaited<ReturnType<typeof import('./two-processes.mjs').ranByTwo>>['warmUp']} warmUp
 * @returns {import('./simulation.ts').Fleet}
 */
export function fitted(fleet, { noticesMs, queries, turnMs }) {
  // The cache may have forgotten before the acknowledgement has come.
  const [p50Ms, p99Ms] = [0.5, 0.99].map((share) => Math.max(0.05, quantile(noticesMs, share)));
  return {
    ...fleet,
    turnsAtOnce: Math.max(1, Math.round(turnMs / fleet.turnMs)),
    database: queryTimes(queries),
    listening: { ...fleet.listening, noticeMs: { p50Ms, p99Ms: Math.max(p99Ms, p50Ms * 1.1) } },
  };
}

/** Medians: what the machine does besides holds up some for long. */
function queryTimes(queries) {
  const alone = queries.filter(({ members }) => members === 1).map(({ ms }) => ms);
  const queryMs = quantile(alone.length === 0 ? queries.map(({ ms }) => ms) : alone, 0.5);
  const further = queries.filter(({ members }) => members > 1).map(({ ms, members }) => (ms - queryMs) / (members - 1));
  return { queryMs, memberMs: further.length === 0 ? 0 : Math.max(0, quantile(further, 0.5)) };
}
