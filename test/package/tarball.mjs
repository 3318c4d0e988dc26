// What is published, tested as a user gets it: packed, installed in an empty project, imported, required, type-checked, and
// run on every supported release line of Node. Needs the npm registry.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const nodeVersions = ['20.19.0', '22', '24', '26'];
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'rightful-package-'));
try {
  const project = join(folder, 'project');
  const tarball = pack();
  install(project, [
    tarball,
    ...['express', 'express4', 'koa', 'koa2', '@koa/router', 'typescript'].map(pinned),
    ...['@types/express', '@types/koa', '@types/node'].map(pinned),
  ]);
  cpSync(join(root, 'test/package/consumer'), project, { recursive: true });

  execute(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], project);
  report('a consumer compiles, as an ES module and as CommonJS');

  for (const version of nodeVersions) {
    const node = installNode(version);
    execute(node, ['doors.cjs'], project);
    execute(node, ['smoke.mjs'], project);
    report(`imported, required and run on Node ${execute(node, ['--version'], project).trim()}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pinned(name) {
  return `${name}@${devDependencies[name]}`;
}

function pack() {
  const [{ filename, files }] = JSON.parse(npm(['pack', '--json', '--silent', '--pack-destination', folder], root));
  const paths = files.map(({ path }) => path);
  const outsideDist = paths.filter((path) => !path.startsWith('dist/'));
  assert.deepEqual(outsideDist.toSorted(), ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  for (const path of paths)
    assert.match(path, /^[^/]+$|\.(d\.ts|js|js\.map)$|^dist\/admin\/ui\/built\/[a-z]+\.(html|css)$/);
  report(`packed: ${paths.length} files`);
  return join(folder, filename);
}

/** Node itself is on the registry, one package a platform. */
function installNode(version) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const place = join(folder, `node-${version}`);
  install(place, [`${name}@${version}`]);
  return join(place, 'node_modules', name, 'bin/node');
}

function install(place, packages) {
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  npm(['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', ...packages], place);
}

function npm(options, cwd) {
  const cli = process.env.npm_execpath;
  return cli ? execute(process.execPath, [cli, ...options], cwd) : execute('npm', options, cwd);
}

function execute(program, options, cwd) {
  const stdio = ['ignore', 'pipe', 'inherit'];
  const { status, signal, error, stdout } = spawnSync(program, options, {
    cwd,
    encoding: 'utf8',
    stdio,
    timeout: 180_000,
  });
  if (status !== 0) {
    throw new Error(`${program} ${options.join(' ')}: ${signal ?? error ?? `exit code ${status}`}\n${stdout ?? ''}`);
  }
  return stdout;
}

function report(what) {
  console.log(`ok  ${what}`);
}
