// `npm start`, also on a fresh clone: installs what is missing, compiles the package and the examples, and runs the demo in
// this very process, so that its arguments, signals, output and exit code are the demo's own. All of ours goes to stderr.

import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const demo = join(root, 'examples-dist/address-book/main.js');

if (!isInstalled()) await install();
await build('build.mjs', 'The package');
await build('node_modules/typescript/bin/tsc', 'The demo', '-p', 'tsconfig.examples.json');
await build('examples/address-book/web/build.mjs', 'The page of the demo');
copyWhatIsNotCompiled();

// The demo sees itself as the program that was started.
process.argv[1] = demo;
await import(pathToFileURL(demo).href);

/** Whether node_modules holds every package of package-lock.json; npm leaves a list of what it installed. */
function isInstalled() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || optional || (installed[path]?.version === version && existsSync(join(root, path))),
  );
}

function packagesIn(lock) {
  const file = join(root, lock);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

async function install() {
  console.error('Installing dependencies (once) …');
  // Under `npm start --silent` npm would say nothing of its errors; under NODE_ENV=production it would leave out the compiler.
  const failure = await run(...npm('ci', '--loglevel=error', '--include=dev'));
  if (failure) stop(`The dependencies could not be installed (npm ci: ${failure}). Is the npm registry reachable?`);
}

function npm(...options) {
  const cli = process.env.npm_execpath;
  return cli ? [process.execPath, [cli, ...options]] : ['npm', options];
}

async function build(program, what, ...options) {
  const failure = await run(process.execPath, [program, ...options]);
  if (failure) stop(`${what} does not compile (${failure}).`);
}

function copyWhatIsNotCompiled() {
  cpSync(join(root, 'examples'), join(root, 'examples-dist'), {
    recursive: true,
    filter: (file) => !/\.(tsx?|mjs|draft)$/.test(file),
  });
}

/** Runs a program to its end; what it prints goes to stderr. Resolves to what went wrong, or to nothing. */
function run(program, options) {
  return new Promise((resolve) => {
    const child = spawn(program, options, { cwd: root, stdio: ['ignore', 2, 2], shell: program === 'npm' });
    // Who stops us stops the child, and no child is left behind.
    const interrupt = (signal) => child.kill(signal);
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`));
    });
  });
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
