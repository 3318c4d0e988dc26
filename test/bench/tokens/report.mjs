// Measurements go in, tables come out.

import { quantile, ratios } from './timing.mjs';

/** @param {string} title @param {Map<import('./contenders.mjs').Contender, number[]>} results */
export function printTimes(title, results) {
  console.log(`\n${title}: ns a request, median (p25 to p75)`);
  for (const [{ name }, times] of results) {
    const [low, median, high] = [0.25, 0.5, 0.75].map((share) => digits(quantile(times, share)));
    console.log(`  ${name.padEnd(38)} ${median.padStart(9)}  (${low} to ${high})`);
  }
}

/**
 * Our verifier beside one rival, or the fastest library.
 *
 * @param {Map<import('./contenders.mjs').Contender, number[]>} results
 * @param {{ ours?: string, against?: (name: string) => boolean, goal?: number, most?: number }} asked `ours`: a part of the name of what is
 *   compared; `goal`: times the rival's throughput;
 *   `most`: nanoseconds
 * @returns {import('../figures.mjs').Figure}
 */
export function figure(name, results, { ours = 'rightful', against, goal, most }) {
  const [, own] = [...results].find(([contender]) => contender.name.includes(ours));
  const others = [...results].filter(([, times]) => times !== own);
  const [closest] = others
    .filter(([contender]) => (against === undefined ? contender.library === true : against(contender.name)))
    .map(([contender, times]) => ({ against: contender.name, ratio: ratios(own, times), ratioOf: 'throughput' }))
    .sort((one, two) => quantile(one.ratio, 0.5) - quantile(two.ratio, 0.5));
  return {
    name,
    values: own,
    unit: 'time',
    ...closest,
    ...(goal !== undefined && { goal: { of: 'ratio', least: goal } }),
    ...(most !== undefined && { goal: { of: 'value', most } }),
  };
}

function digits(value) {
  return Math.round(value).toLocaleString('en-US');
}
