// `npm run bench:scale`: fleets in simulation, checked against two processes that really run, and the tables of docs/scale.md. `--quick`:
// the check alone, and shorter. `--tables`: the tables alone. `--write`: the tables, into the page.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { postgresStore } from '../../../dist/stores.js';
import { describedMachine, printFigures, versionIn } from '../figures.mjs';
import { hasServer, startPostgres } from '../stores/server.mjs';
import { fill } from './members.mjs';
import { checkFigures, costFigures, formulaFigures } from './report.mjs';
import { serverCosts } from './server-costs.mjs';
import { ranByTwo } from './two-processes.mjs';

const { simulated } = await import('./simulation.ts');
const { everyFleet, sizes } = await import('./fleets.ts');
const { markdownOf, tables } = await import('./tables.ts');

const { values } = parseArgs({
  options: Object.fromEntries(['quick', 'tables', 'write'].map((name) => [name, { type: 'boolean', default: false }])),
});
const size = values.quick
  ? { subjects: 1000, warmUpSeconds: 4, seconds: 6, times: 400, rows: 4 }
  : { subjects: 5000, warmUpSeconds: 8, seconds: 60, times: 3000, rows: Infinity };

if (values.tables || values.write) writeTables();
else await measure();

/** A fleet of two, small and quick enough that all that ends an entry does so often: age, room, changes of subjects and of roles. */
function smallFleet() {
  const workload = {
    ...everyFleet.workload,
    subjects: size.subjects,
    requestsPerSecondPerInstance: 400,
    subjectChangesPerSecond: 15,
    roleChangesPerSecond: 0.5,
    roles: 10,
  };
  const cache = { maxSubjects: Math.round(size.subjects / 6), maxAgeMs: 2000 };
  const { warmUpSeconds, seconds } = size;
  return { ...everyFleet, instances: 2, simulated: 2, workload, cache, warmUpSeconds, seconds };
}

async function measure() {
  const fleet = smallFleet();
  assert.deepEqual(simulated(fleet), simulated(fleet), 'the same seed gives the same outcome');
  const figures = formulaFigures(sizes().slice(0, size.rows));
  if (hasServer) figures.push(...(await measuredFigures(fleet)));
  else console.log(describedMachine({}));
  if (!values.quick) printTables();
  printFigures(figures);
  if (!hasServer) console.log('\nThere is no PostgreSQL server for this platform: what needs one is left out');
}

async function measuredFigures(fleet) {
  // Commits are as safe as they are by default.
  const server = await startPostgres({ fsync: 'on' });
  try {
    const config = await server.database();
    console.log(describedMachine(await filled(config, fleet.workload)));
    const costs = await serverCosts(config, { subjects: size.subjects, times: size.times });
    const ran = await ranByTwo(config, fleet);
    return [...costFigures(costs), ...checkFigures(fleet, ran)];
  } finally {
    await server.stop();
  }
}

async function filled(config, workload) {
  const pool = new pg.Pool(config);
  const store = postgresStore({ pool });
  await fill(store, workload);
  await store.close();
  // As it is after a while, when the server has looked at its tables.
  await pool.query('vacuum analyze');
  const { rows } = await pool.query('show server_version');
  await pool.end();
  return { PostgreSQL: rows[0].server_version, pg: versionIn('../../node_modules/pg/package.json') };
}

function printTables() {
  for (const table of tables) console.log(`\n${table.name}\n\n${markdownOf(table)}`);
}

function writeTables() {
  if (!values.write) return printTables();
  const page = new URL('../../../docs/scale.md', import.meta.url);
  let text = readFileSync(page, 'utf8');
  for (const table of tables) {
    const place = new RegExp(`(<!-- ${table.name}: .* -->\n\n)(?:\\|.*\n)*\n*`);
    assert.match(text, place, `docs/scale.md has a place for the table "${table.name}"`);
    text = text.replace(place, (_all, mark) => `${mark}${markdownOf(table)}\n\n`);
  }
  writeFileSync(page, text);
}
