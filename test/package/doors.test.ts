// `ls src/*.ts` is the public API: each of these files is a subpath export, and there is no other.

import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from '@jest/globals';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> };
const doors = readdirSync('src')
  .filter((name) => name.endsWith('.ts'))
  .map((name) => basename(name, '.ts'));

test('every file directly in src is exported, and nothing else is', () => {
  const expected = doors.map((door) => [
    door === 'index' ? '.' : `./${door}`,
    { types: `./dist/${door}.d.ts`, default: `./dist/${door}.js` },
  ]);
  expect(exports).toEqual({ ...Object.fromEntries(expected), './package.json': './package.json' });
});
