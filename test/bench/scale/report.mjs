// What two processes did, what the simulation says of it and what the formula says of the simulation go in, figures come out.

import { statedBoundMs } from '../stores/changing.mjs';
import { quantile } from '../tokens/timing.mjs';
import { fitted } from './fit.mjs';

const { expected } = await import('./formula.ts');
const { simulated } = await import('./simulation.ts');

/** @returns {import('../figures.mjs').Figure[]} */
export function formulaFigures(rows) {
  const differences = rows.map(({ fleet }) => Math.abs(expected(fleet).hitRate - simulated(fleet).hitRate));
  return [
    {
      name: 'share answered from memory, the formula against the simulation: most they differ',
      values: [Math.max(...differences)],
      unit: 'share',
      goal: { of: 'value', most: 0.02 },
    },
  ];
}

/** @param {Awaited<ReturnType<typeof import('./server-costs.mjs').serverCosts>>} costs @returns {import('../figures.mjs').Figure[]} */
export function costFigures({ lookupUs, memberUs, changeUs, noticeUs, changeMs, queryMs }) {
  const one = (name, nanoseconds) => ({ name, values: [nanoseconds], unit: 'time' });
  const takes = (name, microseconds) => one(`what it takes of the server's processor: ${name}`, microseconds * 1000);
  return [
    takes('a lookup by itself', lookupUs),
    takes('one more subject in a lookup', memberUs),
    takes('a change', changeUs),
    takes('each connection that is told', noticeUs),
    one('a lookup by itself, while nothing else goes on: p50', queryMs * 1e6),
    one('a change, while nothing else goes on: p50', changeMs * 1e6),
  ];
}

/**
 * @param {import('./simulation.ts').Fleet} fleet @param {Awaited<ReturnType<typeof import('./two-processes.mjs').ranByTwo>>} ran
 * @returns {import('../figures.mjs').Figure[]}
 */
export function checkFigures(fleet, ran) {
  const outcome = simulated(fitted(fleet, ran.warmUp));
  const beside = (name, value, said, text, unit, within) => ({
    name: `two processes: ${name}`,
    values: [value],
    unit,
    against: `the simulation, ${text(said)}`,
    ratio: value / said,
    ratioOf: 'simulated',
    ...(within !== undefined && { goal: { of: 'ratio', within } }),
  });
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  const perSecond = (rate) => `${Math.round(rate)}/s`;
  const milliseconds = (ms) => `${ms.toFixed(2)} ms`;
  const hitRate = ran.hits / (ran.hits + ran.waitsMs.length);
  const notice = (share) => Math.max(0, quantile(ran.noticesMs, share));
  const { p50, p99 } = outcome.stalenessMs;
  return [
    beside('answered from memory', hitRate, outcome.hitRate, percent, 'share', 0.03),
    beside('lookups', ran.loads / fleet.seconds, outcome.loads, perSecond, '/s', 0.05),
    beside('queries', ran.queries / fleet.seconds, outcome.queries, perSecond, '/s', 0.25),
    { ...beside('staleness, p50', notice(0.5) * 1e6, p50 * 1e6, (ns) => milliseconds(ns / 1e6), 'time') },
    { ...beside('staleness, p99', notice(0.99) * 1e6, p99 * 1e6, (ns) => milliseconds(ns / 1e6), 'time') },
    {
      name: 'two processes: staleness, p50, the simulation differs by',
      values: [Math.abs(notice(0.5) - p50) * 1e6],
      unit: 'time',
      goal: { of: 'value', most: 2e6 },
    },
    {
      name: 'two processes: lookups that failed',
      values: [ran.errors],
      unit: 'count',
      goal: { of: 'value', most: 0 },
    },
    {
      name: 'two processes: the longest staleness',
      values: [notice(1) * 1e6],
      unit: 'time',
      against: `the stated bound, ${statedBoundMs / 1000} s`,
      goal: { of: 'value', most: statedBoundMs * 1e6 },
    },
  ];
}
