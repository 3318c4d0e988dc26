// The addresses of APIs go in; they are asked over HTTP at a steady rate, and each answer is judged by what must be known by then.

import { Agent, get } from 'node:http';

const everyMs = 5;

/**
 * `settled`: whether a subject must be permitted by now, or undefined while nobody can know; `change`: another number after each
 * change; `isOverdue`: whether it was revoked longer ago than the stated bound.
 *
 * @typedef {{ token: string, settled: boolean | undefined, change: number, isOverdue: () => boolean }} Asker
 * @param {number[]} ports @param {Asker[]} askers
 */
export function startLoad(ports, askers) {
  const agent = new Agent({ keepAlive: true });
  const counts = { answered: 0, judged: 0, wrong: 0, overdue: 0, permits: 0 };
  const underWay = new Set();
  let number = 0;
  const timer = setInterval(() => {
    for (const port of ports) {
      const asking = one(port, askers[(number += 7) % askers.length]).then(() => underWay.delete(asking));
      underWay.add(asking);
    }
  }, everyMs);

  async function one(port, asker) {
    const { settled, change } = asker;
    const isOverdue = asker.isOverdue();
    const status = await statusOf(agent, port, asker.token);
    counts.answered += 1;
    if (status !== 200 && status !== 403) throw new Error(`The API answers ${status}`);
    if (isOverdue && asker.change === change) {
      counts.overdue += 1;
      if (status === 200) counts.permits += 1;
    }
    if (settled === undefined || asker.change !== change) return;
    counts.judged += 1;
    if ((status === 200) !== settled) counts.wrong += 1;
  }

  return {
    counts,
    /** Each API once about each. */
    sweep: async () => {
      for (const port of ports) for (const asker of askers) await one(port, asker);
    },
    /** Connections are kept until all is answered. */
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
}

function statusOf(agent, port, token) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const request = get({ host: '127.0.0.1', port, path: '/contacts', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject);
  });
}
