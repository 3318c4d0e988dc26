// `npm run bench:permissions`: what it costs to ask a set of permissions, and to make one, beside other libraries and a bare Set.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { printedBy } from '../child-json.mjs';
import { describedMachine, printFigures } from '../figures.mjs';
import { buildFigures } from './builds.mjs';
import { checkFigures } from './checks.mjs';
import { bareSet, contenders, oursByAuthorizer, oursFrom } from './contenders.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const counts = [10, 1000, 10_000, 100_000];
const size = values.quick
  ? { counts, built: counts.slice(0, -1), rounds: 9, targetMs: 1, longestCheckMs: 0.2, longestBuildMs: 30, kept: 2000 }
  : { counts, built: counts, rounds: 41, targetMs: 8, longestCheckMs: 8, longestBuildMs: 300, kept: 5000 };

console.log(describedMachine(versions()));
const figures = [
  ...(await checkFigures(size)),
  ...(await buildFigures({ ...size, counts: size.built, rounds: Math.ceil(size.rounds / 2) })),
  ...(await memoryFigures()),
];
printFigures(figures);

async function memoryFigures() {
  const script = new URL('memory.mjs', import.meta.url);
  const bytes = async (name, ...more) => (await printedBy(script, [name, size.kept, ...more])).bytes;
  // What lies in the memory of WebAssembly is not seen.
  const libraries = contenders.filter(({ library, name }) => library === true && !name.includes('wasm'));
  const [set, built, added, from, ...others] = await Promise.all([
    ...[bytes(bareSet), bytes(oursByAuthorizer), bytes(oursByAuthorizer, 'held'), bytes(oursFrom)],
    ...libraries.map(({ name }) => bytes(name)),
  ]);
  const [smallest] = libraries
    .map(({ name }, at) => ({ name, bytes: others[at] }))
    .sort((one, other) => one.bytes - other.bytes);
  const own = [
    ['as an authorizer builds it', built],
    ['what an authorizer adds to a list that a cache holds', added],
    ['PermissionSet.from', from],
  ];
  const memory = (name, value, against, other) => {
    return { name: `memory of 50, ${name}`, values: [value], unit: 'bytes', against, ratio: value / other };
  };
  return own.flatMap(([name, value]) => [
    memory(name, value, `a Set of the 50 names, ${Math.round(set)} B`, set),
    memory(name, value, `${smallest.name}, ${Math.round(smallest.bytes)} B`, smallest.bytes),
  ]);
}

function versions() {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return Object.fromEntries(
    contenders.filter(({ library }) => library === true).map(({ name }) => [name, dependencies[name]]),
  );
}
