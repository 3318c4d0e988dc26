// The linter holds the rules of the layout: doors are imported by name only, rooms know core and themselves, core itself.

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const imports = ['eslint(no-restricted-imports)'];
const globals = ['eslint(no-restricted-globals)'];
const cycles = ['import(no-cycle)'];
const fine: string[] = [];

const files: [file: string, source: string, rulesBroken: string[]][] = [
  ['src/core/fine.ts', "export * from './errors.ts';", fine],
  ['src/core/errors.ts', 'export const one = 1;', fine],
  ['src/core/knows-a-package.ts', "export * from 'jose';", imports],
  ['src/core/knows-node.ts', "export * from 'node:crypto';", imports],
  ['src/core/knows-a-room.ts', "export * from '../stores/fine.ts';", imports],
  ['src/core/knows-a-type-of-a-room.ts', "export type { Store } from '../stores/fine.ts';", imports],
  ['src/core/knows-a-door.ts', "export * from '../index.ts';", imports],
  ['src/core/knows-the-network.ts', "export const answer = fetch('http://127.0.0.1');", globals],
  ['src/core/knows-the-environment.ts', 'export const region = process.env.REGION;', globals],
  ['src/core/goes-round.ts', "export * from './goes-round-again.ts';", cycles],
  ['src/core/goes-round-again.ts', "export * from './goes-round.ts';", cycles],

  ['src/issuer/fine.ts', "export * from 'jose'; export * from '../core/fine.ts';", fine],
  ['src/stores/fine.ts', "export * from 'node:fs'; export * from './memory.ts';", fine],
  ['src/stores/memory.ts', "export * from '../core/fine.ts';", fine],
  ['src/stores/knows-another-room.ts', "export * from '../issuer/fine.ts';", imports],
  ['src/stores/knows-a-door.ts', "export * from '../index.ts';", imports],
  ['src/stores/knows-its-own-door-by-name.ts', "export * from 'rightful/stores';", imports],

  ['src/admin/fine.ts', "export * from '../core/fine.ts'; export * from './users/fine.ts';", fine],
  ['src/admin/users/fine.ts', "export * from '../../core/fine.ts'; export * from '../table.ts';", fine],
  ['src/admin/table.ts', 'export const one = 1;', fine],
  ['src/admin/users/knows-another-room.ts', "export * from '../../stores/fine.ts';", imports],
  ['src/admin/users/knows-a-door.ts', "export * from '../../index.ts';", imports],

  ['src/testing/fine.ts', "export * from '../core/fine.ts'; export * from '../stores/fine.ts';", fine],
  ['src/testing/knows-a-door.ts', "export * from '../index.ts';", imports],

  ['src/index.ts', "export * from 'jose'; export * from './core/fine.ts'; export * from './issuer/fine.ts';", fine],
  ['src/express.ts', "export * from './index.ts';", imports],
  ['src/koa.ts', "export * from 'rightful';", imports],

  ['test/flow/fine.test.ts', "export * from 'rightful'; export * from '../../src/core/fine.ts';", fine],
  ['test/flow/knows-the-file-of-a-door.test.ts', "export * from '../../src/index.ts';", imports],
  ['examples/fine.ts', "export * from 'rightful/express'; export * from 'express';", fine],
  ['examples/knows-core.ts', "export * from '../src/core/fine.ts';", imports],
];

let folder: string;
let complaints: { code: string; filename: string }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rightful-import-rules-'));
  await copyFile('.oxlintrc.json', join(folder, '.oxlintrc.json'));
  for (const [file, source] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${source}\n`);
  }
  complaints = await lint(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(files)('%s: `%s` breaks %j', (file, _source, rulesBroken) => {
  expect(complaints.filter(({ filename }) => filename === file).map(({ code }) => code)).toEqual(rulesBroken);
});

function lint(cwd: string): Promise<typeof complaints> {
  const oxlint = resolve('node_modules/oxlint/bin/oxlint');
  return new Promise((done, failed) => {
    // Its exit code only says that there are complaints; without a report it did not run.
    execFile(
      process.execPath,
      [oxlint, '--format=json', 'src', 'test', 'examples'],
      { cwd },
      (_error, stdout, stderr) => {
        try {
          done((JSON.parse(stdout) as { diagnostics: typeof complaints }).diagnostics);
        } catch {
          failed(new Error(stderr || stdout));
        }
      },
    );
  });
}
