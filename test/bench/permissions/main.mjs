// `npm run bench:permissions`: what it costs to ask a set of permissions, and to make one, beside other libraries and a bare Set.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describedMachine, printFigures } from '../figures.mjs';
import { buildFigures } from './builds.mjs';
import { checkFigures } from './checks.mjs';
import { bareSet, contenders, oursByAuthorizer, oursFrom } from './contenders.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const counts = [10, 1000, 10_000, 100_000];
const size = values.quick
  ? { counts, rounds: 9, targetMs: 1, longestCheckMs: 0.2, longestBuildMs: 30, kept: 2000 }
  : { counts, rounds: 41, targetMs: 8, longestCheckMs: 8, longestBuildMs: 300, kept: 5000 };

console.log(describedMachine(versions()));
const figures = [
  ...(await checkFigures(size)),
  ...(await buildFigures({ ...size, rounds: Math.ceil(size.rounds / 2) })),
  ...memoryFigures(),
];
printFigures(figures);

function memoryFigures() {
  const script = fileURLToPath(new URL('memory.mjs', import.meta.url));
  const bytes = (name, ...more) => {
    const given = ['--expose-gc', script, name, String(size.kept), ...more];
    return JSON.parse(execFileSync(process.execPath, given, { encoding: 'utf8' })).bytes;
  };
  const set = bytes(bareSet);
  // What lies in the memory of WebAssembly is not seen.
  const libraries = contenders.filter(({ library, name }) => library === true && !name.includes('wasm'));
  const [smallest] = libraries
    .map(({ name }) => ({ name, bytes: bytes(name) }))
    .sort((one, other) => one.bytes - other.bytes);
  const own = [
    ['as an authorizer builds it', bytes(oursByAuthorizer)],
    ['what an authorizer adds to a list that a cache holds', bytes(oursByAuthorizer, 'held')],
    ['PermissionSet.from', bytes(oursFrom)],
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
