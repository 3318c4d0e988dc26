// A script and its arguments go in, what it prints as JSON comes out: a process of its own with --expose-gc, for what memory takes.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const executed = promisify(execFile);

/**
 * Several may run at once: bytes are counted, and no time.
 *
 * @param {URL} script @param {(string | number)[]} given @param {string[]} flags of Node
 */
export async function printedBy(script, given, flags = []) {
  const all = ['--expose-gc', ...flags, fileURLToPath(script), ...given.map(String)];
  const { stdout } = await executed(process.execPath, all);
  return JSON.parse(stdout);
}
