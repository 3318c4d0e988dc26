// `npm run bench:stores`: what it costs to ask a store, with a cache and without, and how soon a change acts elsewhere.

import { parseArgs } from 'node:util';
import { printedBy } from '../child-json.mjs';
import { describedMachine, printFigures, versionIn } from '../figures.mjs';
import { databasesOf } from './databases.mjs';
import { lookupFigures } from './lookups.mjs';
import { collector, person } from './people.mjs';
import { queryFigures } from './queries.mjs';
import { revocationFigures } from './revocation.mjs';
import { hasServer, startPostgres } from './server.mjs';
import { warmFigures } from './warm.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const size = values.quick
  ? { people: 220, rounds: 5, lookups: 80, targetMs: 3, changes: 100, remembered: 5000 }
  : { people: 500, rounds: 41, lookups: 400, targetMs: 20, changes: 1000, remembered: 20_000 };

const people = [collector, ...Array.from({ length: size.people }, (_, number) => person(number))];
// Commits are as safe as they are by default.
const server = hasServer ? await startPostgres({ fsync: 'on' }) : undefined;
const figures = [];
try {
  const databases = await databasesOf(people, server);
  console.log(
    `${describedMachine(await versions(databases))}\nall stores agree on what ${people.length} subjects hold`,
  );
  const alike = people.filter((one) => one !== collector);
  figures.push(...(await lookupFigures(databases, alike, size)));
  const onServer = databases.find(({ name }) => name === 'PostgreSQL');
  if (onServer !== undefined) figures.push(...(await queryFigures(onServer, people, size)));
  for (const { end } of databases) await end();
  figures.push(...(await warmFigures(size)), ...(await memoryFigures()));
  if (server !== undefined) figures.push(...(await revocationFigures(server, size)));
} finally {
  await server?.stop();
}
printFigures(figures);
if (server === undefined) console.log('\nThere is no PostgreSQL server for this platform: what needs one is left out');

async function memoryFigures() {
  // Code that is compiled or dropped meanwhile would be counted as well, which is much beside so little.
  const flags = ['--no-opt', '--no-flush-bytecode'];
  const measured = (kind) => printedBy(new URL('memory.mjs', import.meta.url), [kind, size.remembered], flags);
  const all = await Promise.all(['set', 'own', 'shared'].map(measured));
  const [set, ofItsOwn, shared] = all.map(({ bytes }) => bytes);
  const figure = (name, own, most) => {
    const against = `a Set of 50 names, ${Math.round(set)} B`;
    return { name, values: [own], unit: 'bytes', against, ratio: own / set, goal: { of: 'value', most } };
  };
  return [
    figure('memory, a subject with 50 privileges of its own', ofItsOwn, 1536),
    figure('memory, one more subject with the same roles', shared, 300),
  ];
}

async function versions(databases) {
  const onServer = databases.find(({ name }) => name === 'PostgreSQL');
  const shown = async ({ pool }) => (await pool.query('show server_version')).rows[0].server_version;
  return {
    ...(onServer && { PostgreSQL: await shown(onServer) }),
    PGlite: versionIn('../../node_modules/@electric-sql/pglite/package.json'),
    pg: versionIn('../../node_modules/pg/package.json'),
  };
}
