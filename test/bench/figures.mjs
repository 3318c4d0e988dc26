// Figures go in, one table comes out: a line a figure, each beside what it is against and beside its goal.

import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { quantile } from './tokens/timing.mjs';

/**
 * `values`: one of each round, the median of which is the figure; times are nanoseconds. `against`: what they are compared with;
 * `ratio`: how many times that cost ours is, less being better.
 *
 * @typedef {{ name: string, values: number[], unit: 'time' | 'bytes' | '/s' | 'count', against?: string, ratio?: number,
 *   goal?: Goal }} Figure
 * @typedef {{ of: 'ratio' | 'value', most?: number, below?: number }} Goal
 */

/** The median, with the middle half of what was measured. @param {number[]} values @param {Figure['unit']} unit */
export function spread(values, unit) {
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => written(quantile(values, share), unit));
  return low === high ? median : `${median} (${low} to ${high})`;
}

/** @param {number} value @param {Figure['unit']} unit */
export function written(value, unit) {
  if (unit !== 'time')
    return `${Math.round(value).toLocaleString('en-US')}${unit === 'bytes' ? ' B' : ''}${rate(unit)}`;
  const [size, name] = [
    [1, 'ns'],
    [1e3, 'µs'],
    [1e6, 'ms'],
    [1e9, 's'],
  ].findLast(([size]) => Math.abs(value) >= size) ?? [1, 'ns'];
  return `${threeDigits(value / size)} ${name}`;
}

function rate(unit) {
  return unit === '/s' ? '/s' : '';
}

function threeDigits(value) {
  const digits = Math.abs(value) < 10 ? 2 : 1;
  return value.toFixed(Math.abs(value) < 100 ? digits : 0);
}

/** How many times the cost of the other ours is: the median over the rounds, each compared with itself. */
export function costRatio(own, other) {
  return quantile(
    own.map((value, round) => value / other[round]),
    0.5,
  );
}

/** @param {Figure[]} figures */
export function printFigures(figures) {
  const rows = figures.map((one) => [
    one.name,
    spread(one.values, one.unit),
    one.against ?? '-',
    one.ratio === undefined ? '-' : ratioText(one.ratio),
    goalText(one),
    verdict(one),
  ]);
  printTable([['figure', 'ours', 'best rival or what it is against', 'ratio', 'goal', 'met / not met'], ...rows]);
}

/** @param {string[][]} table the first row names the columns */
export function printTable(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log('');
  for (const row of table) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column]));
    console.log(cells.join(' | ').trimEnd());
  }
}

function ratioText(ratio) {
  if (ratio >= 100) return Math.round(ratio).toLocaleString('en-US');
  return ratio < 0.001 ? '< 0.001' : ratio.toPrecision(3);
}

function goalText({ goal, unit }) {
  if (goal === undefined) return '-';
  const { of, most, below } = goal;
  const text = (value) => (of === 'ratio' ? String(value) : written(value, unit));
  return `${of === 'ratio' ? 'ratio ' : ''}${most === undefined ? `< ${text(below)}` : `<= ${text(most)}`}`;
}

function verdict({ goal, values, ratio }) {
  if (goal === undefined) return '-';
  const reached = goal.of === 'ratio' ? ratio : quantile(values, 0.5);
  return (goal.most === undefined ? reached < goal.below : reached <= goal.most) ? 'met' : 'not met';
}

/** Which machine, and which versions: of Node and of what is compared. @param {Record<string, string>} versions */
export function describedMachine(versions) {
  const [{ model }] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const named = Object.entries(versions).map((pair) => pair.join(' '));
  return `${model}, ${cpus().length} cores, ${gibibytes} GiB; Node ${process.versions.node}\n${named.join(', ')}`;
}

/** @param {string} path from this folder, of a `package.json` */
export function versionIn(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
}
