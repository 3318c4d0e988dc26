// Fleets go in, the tables of docs/scale.md come out, row by row, in Markdown: the same each time.

import { activities, bounds, entryBytes, roleChanges, serverUs, shown, sizes, usable, ways } from './fleets.ts';
import type { Named } from './fleets.ts';
import { expected } from './formula.ts';
import { simulated } from './simulation.ts';
import type { Fleet, Outcome } from './simulation.ts';

export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: () => Named[];
  readonly cells: (fleet: Fleet, outcome: Outcome) => readonly string[];
}

export const tables: readonly Table[] = [
  {
    name: 'sizes',
    columns: [
      'instances',
      'requests/s',
      'subjects',
      'answered from memory',
      'by the formula',
      'lookups/s',
      'queries/s',
      'notices/s',
      'processors of the database',
      'servers',
    ],
    rows: sizes,
    cells: (fleet, outcome) => [
      percent(outcome.hitRate),
      percent(expected(fleet).hitRate),
      rounded(outcome.loads),
      rounded(outcome.queries),
      rounded(outcome.notices),
      processorsOf(fleet, outcome).all.toFixed(1),
      serversOf(fleet, outcome),
    ],
  },
  {
    name: 'bounds',
    columns: [
      '`maxSubjects`',
      '`maxAgeMs`',
      'who asks an instance',
      'answered from memory',
      'by the formula',
      'lookups/s',
      'processors of the database',
      'remembered by an instance',
      'memory of an instance',
    ],
    rows: bounds,
    cells: (fleet, outcome) => [
      percent(outcome.hitRate),
      percent(expected(fleet).hitRate),
      rounded(outcome.loads),
      processorsOf(fleet, outcome).all.toFixed(1),
      shown(outcome.remembered),
      `${megabytes(outcome.remembered * entryBytes.shared)} to ${megabytes(outcome.remembered * entryBytes.own)} MB`,
    ],
  },
  {
    name: 'activities',
    columns: ['exponent', 'answered from memory', 'by the formula', 'lookups/s'],
    rows: activities,
    cells: (fleet, { hitRate, loads }) => [percent(hitRate), percent(expected(fleet).hitRate), rounded(loads)],
  },
  {
    name: 'roles',
    columns: ['held by', 'answered from memory', 'lookups/s', 'in the worst second', 'a miss waits, p50', 'p99'],
    rows: roleChanges,
    cells: (_fleet, { hitRate, loads, peakLoads, waitMs }) => [
      percent(hitRate),
      rounded(loads),
      rounded(peakLoads),
      milliseconds(waitMs.p50),
      milliseconds(waitMs.p99),
    ],
  },
  {
    name: 'staleness',
    columns: ['how changes are heard of', 'answered from memory', 'p50', 'p99', 'at most', 'outdated answers'],
    rows: ways,
    cells: ({ instances, workload }, { hitRate, stalenessMs, staleAnswers }) => [
      percent(hitRate),
      milliseconds(stalenessMs.p50),
      milliseconds(stalenessMs.p99),
      milliseconds(stalenessMs.most),
      oneIn(staleAnswers / (instances * workload.requestsPerSecondPerInstance)),
    ],
  },
];

/** @param most how many rows */
export function markdownOf({ columns, rows, cells }: Table, most = Infinity): string {
  const made = rows()
    .slice(0, most)
    .map(({ name, fleet }) => [...name, ...cells(fleet, simulated(fleet))]);
  const widths = columns.map((column, at) =>
    Math.max(...[column, ...made.map((row) => row[at] ?? '')].map((one) => one.length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...made.map(line)].join('\n');
}

/** What a fleet takes of the database's processors: all of it, and by its lookups alone. */
function processorsOf({ workload, instances }: Fleet, { queries, loads }: Outcome): { all: number; reading: number } {
  const reading = queries * serverUs.lookup + Math.max(0, loads - queries) * serverUs.member;
  const changes = workload.subjectChangesPerSecond + workload.roleChangesPerSecond;
  const writing = changes * (serverUs.change + instances * serverUs.notice);
  return { all: (reading + writing) / 1e6, reading: reading / 1e6 };
}

function serversOf(fleet: Fleet, outcome: Outcome): string {
  const { all, reading } = processorsOf(fleet, outcome);
  const each = usable.processors * usable.share;
  if (all <= each) return 'one';
  const replicas = Math.ceil(reading / each);
  return `one and ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Two digits: more is not known. */
function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : shown(Number(value.toPrecision(2)));
}

function megabytes(bytes: number): string {
  return rounded(bytes / 1e6);
}

function milliseconds(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value < 1000 ? `${Number(value.toPrecision(2))} ms` : `${(value / 1000).toFixed(1)} s`;
}

function oneIn(share: number): string {
  return share === 0 ? 'none' : `one in ${shown(Number((1 / share).toPrecision(2)))}`;
}
