// What an API is to be goes in; a process on the core of the server comes out that is one, with connections to it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pinnedToServer } from './cores.mjs';
import { Lane } from './load.mjs';

const script = fileURLToPath(new URL('api.mjs', import.meta.url));
const connections = 50;

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

/**
 * @param {{ framework: string, guard: string }} given with whatever its API takes @param {string[]} flags of Node
 */
export async function startServer(given, flags = []) {
  const [file, argumentsGiven] = pinnedToServer([...flags, script]);
  const child = spawn(file, argumentsGiven, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const waiting = new Map();
  let number = 0;
  child.on('message', ({ number, answer, failure }) => {
    const { resolve, reject } = waiting.get(number);
    waiting.delete(number);
    if (failure === undefined) resolve(answer);
    else reject(new Error(failure));
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`An API has ended with ${code}`));
  });
  const ask = (task, more = {}) => {
    return new Promise((resolve, reject) => {
      number += 1;
      waiting.set(number, { resolve, reject });
      child.send({ number, task, ...more });
    });
  };
  const { port } = await ask('start', given);
  const lane = await Lane.open(port, connections);
  const stop = async () => {
    lane.close();
    child.disconnect();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  return { port, lane, ask, stop };
}
