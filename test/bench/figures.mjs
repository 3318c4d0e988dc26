// Figures go in, one table comes out: a line a figure, each beside what it is against and beside its goal. Where BENCH_FIGURES names
// a file, each is also written to it as a line of JSON, for the table of all benchmarks.

import { appendFileSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { quantile } from './tokens/timing.mjs';

/**
 * `values`: one of each round, the median of which is the figure; times are nanoseconds, shares from 0 to 1. `against`: what they are
 * compared with; `ratio`: how many times that cost ours is, or where `ratioOf` says so how many times its throughput; of each round,
 * or one for all.
 *
 * @typedef {{ name: string, values: number[], unit: 'time' | 'bytes' | '/s' | 'count' | 'share', against?: string,
 *   ratio?: number | number[], ratioOf?: 'cost' | 'throughput' | 'simulated', goal?: Goal }} Figure
 * @typedef {{ of: 'ratio' | 'value', most?: number, below?: number, least?: number, above?: number, within?: number }} Goal
 *   judged on the median; `within`: so far from 1 at most
 * @typedef {{ figure: string, ours: string, rival: string, ratio: string, goal: string, met: boolean | null }} Line what is written to
 *   the file; `met`: null where there is no goal
 */

/** The median, with the middle half of what was measured. @param {number[]} values @param {Figure['unit']} unit */
export function spread(values, unit) {
  return spreadBy(values, (value) => written(value, unit));
}

function spreadBy(values, text) {
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => text(quantile(values, share)));
  return low === high ? median : `${median} (${low} to ${high})`;
}

/** @param {number} value @param {Figure['unit']} unit */
export function written(value, unit) {
  if (unit === 'share') return `${threeDigits(value * 100)} %`;
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

/** How many times the cost of the other ours is, round by round. @param {number[]} own @param {number[]} other */
export function costRatios(own, other) {
  return own.map((value, round) => value / other[round]);
}

/** @param {Figure[]} figures */
export function printFigures(figures) {
  const lines = figures.map(lineOf);
  recordLines(lines);
  const rows = lines.map(({ met, ...texts }) => [...Object.values(texts), verdictOf(met)]);
  printTable([['figure', 'ours', 'best rival or what it is against', 'ratio', 'goal', 'met / not met'], ...rows]);
}

/** @param {Figure} figure @returns {Line} */
function lineOf(figure) {
  const { name, values, unit, against = '-' } = figure;
  const goal = goalText(figure);
  return {
    figure: name,
    ours: spread(values, unit),
    rival: against,
    ratio: ratioText(figure),
    goal,
    met: isMet(figure),
  };
}

/** @param {boolean | null} met */
export function verdictOf(met) {
  if (met === null) return '-';
  return met ? 'met' : 'not met';
}

/** For the table of all benchmarks. @param {(Line | { versions: Record<string, string> } | { pinning: string })[]} lines */
export function recordLines(lines) {
  const path = process.env['BENCH_FIGURES'];
  if (path !== undefined) appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
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

function ratioText({ ratio, ratioOf = 'cost' }) {
  if (ratio === undefined) return '-';
  return `${spreadBy([ratio].flat(), shortNumber)} x ${ratioOf}`;
}

function shortNumber(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value < 0.001 ? '< 0.001' : value.toPrecision(3);
}

const bounds = [
  { name: 'most', sign: '<=', holds: (value, bound) => value <= bound },
  { name: 'below', sign: '<', holds: (value, bound) => value < bound },
  { name: 'least', sign: '>=', holds: (value, bound) => value >= bound },
  { name: 'above', sign: '>', holds: (value, bound) => value > bound },
  { name: 'within', sign: '1 ±', holds: (value, bound) => Math.abs(value - 1) <= bound },
];

function boundOf(goal) {
  return bounds.find(({ name }) => goal[name] !== undefined);
}

function goalText({ goal, unit }) {
  if (goal === undefined) return '-';
  const { name, sign } = boundOf(goal);
  return goal.of === 'ratio' ? `ratio ${sign} ${goal[name]}` : `${sign} ${written(goal[name], unit)}`;
}

function isMet({ goal, values, ratio }) {
  if (goal === undefined) return null;
  const { name, holds } = boundOf(goal);
  // What could not be compared has reached nothing.
  const reached = goal.of === 'ratio' ? [ratio ?? NaN].flat() : values;
  return holds(quantile(reached, 0.5), goal[name]);
}

/** Which machine, and which versions: of Node and of what is compared. @param {Record<string, string>} versions */
export function describedMachine(versions) {
  recordLines([{ versions }]);
  const named = Object.entries(versions).map((pair) => pair.join(' '));
  return `${machine()}; Node ${process.versions.node}\n${named.join(', ')}`;
}

/** Processor, cores and memory. */
export function machine() {
  const [{ model }] = cpus();
  return `${model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

/** @param {string} path from this folder, of a `package.json` */
export function versionIn(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
}
