// What must not compile stands behind `@ts-expect-error` in the other files of these folders: the compiler is the test.

import { execFile } from 'node:child_process';
import { expect, test } from '@jest/globals';

test.each(['test/types', 'test/types/express4', 'test/legacy-decorators'])(
  '%s compiles, and every expected error is one',
  async (project) => {
    expect(await compile(project)).toBe('');
  },
  60_000,
);

function compile(project: string): Promise<string> {
  const options = ['node_modules/typescript/bin/tsc', '-p', project, '--pretty', 'false'];
  return new Promise((done) => {
    execFile(process.execPath, options, (error, stdout) => done(stdout || (error?.message ?? '')));
  });
}
