// Measurements go in, tables come out.

import { quantile, ratio } from './timing.mjs';

/** @typedef {{ name: string, ours: number, unit: 'ns' | 'bytes', rival?: string, ratio?: number, goal?: number, most?: number }} Figure */

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
 * @returns {Figure}
 */
export function figure(name, results, { ours = 'rightful', against, goal, most }) {
  const [, own] = [...results].find(([contender]) => contender.name.includes(ours));
  const others = [...results].filter(([, times]) => times !== own);
  const rivals = others
    .filter(([contender]) => (against === undefined ? contender.library === true : against(contender.name)))
    .map(([contender, times]) => ({ rival: contender.name, ratio: ratio(own, times) }))
    .sort((one, two) => one.ratio - two.ratio);
  return { name, ours: quantile(own, 0.5), unit: 'ns', goal, most, ...rivals[0] };
}

/** @param {Figure[]} figures */
export function printFigures(figures) {
  const rows = figures.map((one) => [
    one.name,
    `${digits(one.ours)} ${one.unit}`,
    one.rival ?? '-',
    one.ratio === undefined ? '-' : one.ratio.toFixed(2),
    goalOf(one),
    verdictOf(one),
  ]);
  const table = [['figure', 'ours', 'best rival', 'ratio', 'goal', 'met'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log('');
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join(' | ')
        .trimEnd(),
    );
}

function goalOf({ goal, most, unit }) {
  if (goal !== undefined) return `ratio >= ${goal}`;
  return most === undefined ? '-' : `<= ${digits(most)} ${unit}`;
}

function verdictOf({ goal, most, ratio: reached, ours }) {
  if (goal === undefined && most === undefined) return '-';
  return (goal === undefined ? ours <= most : reached >= goal) ? 'met' : 'not met';
}

function digits(value) {
  return Math.round(value).toLocaleString('en-US');
}
