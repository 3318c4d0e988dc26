// `npm run bench` (`--quick`) and `npm run bench:full`: all benchmarks one after the other, and one table at the end. Exits with 0
// once all is measured, whatever goals are met, and with 1 where a benchmark breaks.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, printTable, verdictOf, versionIn } from './figures.mjs';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const every = ['tokens', 'stores', 'permissions', 'http', 'scale'];
const unknown = positionals.filter((name) => !every.includes(name));
if (unknown.length > 0) throw new TypeError(`Expected some of ${every.join(', ')}, got ${unknown.join(', ')}`);
const names = positionals.length === 0 ? every : positionals;

const load = loadavg()[0];
const folder = mkdtempSync(join(tmpdir(), 'rightful-bench-'));
const ran = [];
try {
  for (const name of names) ran.push(await measured(name));
} finally {
  rmSync(folder, { recursive: true });
}
printAll(ran);
process.exitCode = ran.some(({ fault }) => fault !== undefined) ? 1 : 0;

/** Runs one, and reads what it has written down, also where it has broken off. */
async function measured(name) {
  console.log(`\n=== ${name} ===\n`);
  const path = join(folder, `${name}.jsonl`);
  const script = fileURLToPath(new URL(`${name}/main.mjs`, import.meta.url));
  const began = performance.now();
  const child = spawn(process.execPath, [script, ...(values.quick ? ['--quick'] : [])], {
    stdio: 'inherit',
    env: { ...process.env, BENCH_FIGURES: path },
  });
  const [code, signal] = await once(child, 'exit');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  const written = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  const figures = written.filter(({ figure }) => figure !== undefined);
  return {
    name,
    seconds: (performance.now() - began) / 1000,
    versions: Object.assign({}, ...written.map(({ versions }) => versions)),
    pinning: written.find(({ pinning }) => pinning !== undefined)?.pinning,
    figures,
    fault: faultOf(code, signal, figures),
  };
}

function faultOf(code, signal, figures) {
  if (code !== 0) return signal === null ? `broke off with ${code}` : `was ended by ${signal}`;
  return figures.length === 0 ? 'wrote down no figures' : undefined;
}

function printAll(all) {
  console.log('\n=== all ===\n');
  printMachine(all);
  const rows = all.flatMap(({ name, figures, fault }) => [
    ...figures.map((one) => [`${name}: ${one.figure}`, one.ours, one.rival, one.ratio, one.goal, verdictOf(one.met)]),
    ...(fault === undefined ? [] : [[`${name}: ${fault}`, '-', '-', '-', '-', 'not measured']]),
  ]);
  printTable([['figure', 'ours', 'best rival', 'ratio', 'goal', 'met'], ...rows]);
  const goals = all.flatMap(({ figures }) => figures).filter(({ met }) => met !== null);
  const met = goals.filter((one) => one.met).length;
  const broken = all.filter(({ fault }) => fault !== undefined).map(({ name, fault }) => `; ${name} ${fault}`);
  console.log(`\n${met} of ${goals.length} goals met${broken.join('')}`);
}

function printMachine(all) {
  const versions = Object.entries(Object.assign({}, ...all.map(({ versions }) => versions)));
  console.log(`rightful ${versionIn('../../package.json')}${commit()}`);
  console.log(`${machine()}, ${type()} ${release()}; Node ${process.versions.node}`);
  console.log(
    `load when it began: ${load.toFixed(2)}${load > 0.5 * cpus().length ? ', so this machine did something else as well' : ''}`,
  );
  console.log(versions.map((pair) => pair.join(' ')).join(', '));
  for (const { name, pinning } of all) if (pinning !== undefined) console.log(`${name}: ${pinning}`);
  console.log(all.map(({ name, seconds }) => `${name} took ${Math.round(seconds)} s`).join(', '));
}

function commit() {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd, encoding: 'utf8' });
  return status === 0 ? `, commit ${stdout.trim()}` : '';
}
