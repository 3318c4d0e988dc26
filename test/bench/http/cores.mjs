// The cores that this process may use go in; one for the server and another one for the load come out, where `taskset` can pin.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const allowed = allowedCores();
const canPin = allowed.length >= 2 && spawnSync('taskset', ['--version']).status === 0;
const [serverCore, loadCore] = [allowed[0], allowed.at(-1)];

export const pinning = canPin
  ? `server on core ${serverCore}, load on core ${loadCore}`
  : 'nothing is pinned: there is no `taskset`, or only one core, so compare ratios with care';

/** From now on all threads of this process run on the core of the load. */
export function pinLoad() {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(loadCore), String(process.pid)], { stdio: 'ignore' });
}

/** How to start Node on the core of the server. @param {string[]} given arguments of Node @returns {[string, string[]]} */
export function pinnedToServer(given) {
  return canPin ? ['taskset', ['-c', String(serverCore), process.execPath, ...given]] : [process.execPath, given];
}

function allowedCores() {
  const path = '/proc/self/status';
  if (!existsSync(path)) return [];
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S*)$/m.exec(readFileSync(path, 'utf8')) ?? [];
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
