// A process of its own: an API behind one guard, which tells what it has used when it is asked.

import { createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { guardsAlone } from './alone.mjs';

const frameworks = {
  Express: async () => (await import('./express-api.mjs')).expressApi,
  Koa: async () => (await import('./koa-api.mjs')).koaApi,
  Fastify: async () => (await import('./fastify-api.mjs')).fastifyApi,
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const minuteMs = 60_000;
let guards;

const tasks = {
  async start({ framework, guard, jwk, ...given }) {
    const create = await frameworks[framework]();
    const publicKey = jwk && createPublicKey({ key: jwk, format: 'jwk' });
    const api = await create(guard, { ...given, publicKey });
    ({ guards } = api);
    // Those who wait for their turn keep their connections.
    const server = createServer({ keepAliveTimeout: 60 * minuteMs, requestTimeout: 0 }, api.listener);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', 1024, resolve));
    return { port: server.address().port };
  },

  /** Microseconds of processor time since the process began, of all its threads. */
  usage() {
    const { user, system } = process.cpuUsage();
    return { micros: user + system };
  },

  /** Resident, and of the heap and beside it. */
  memory() {
    for (let time = 0; time < 3; time += 1) collectGarbage();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { bytes: rss, heldBytes: heapUsed + external };
  },

  /** The guards of some routes by themselves. */
  alone({ from, to, ...given }) {
    return guardsAlone(guards.slice(from, to), given);
  },
};

process.on('message', async ({ number, task, ...given }) => {
  try {
    process.send({ number, answer: await tasks[task](given) });
  } catch (cause) {
    process.send({ number, failure: String(cause?.stack ?? cause) });
  }
});
process.on('disconnect', () => process.exit());
