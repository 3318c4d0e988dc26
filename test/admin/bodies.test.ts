// A body that nobody reads does not stand in the way of what comes after it on the same connection.

import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await adminScene();
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

it.each([
  ['too long', 'root', 413],
  ['of nobody who may call', null, 401],
])('after a body that is %s, the connection answers the next request', async (_what, as, status) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const authorization = as === null ? {} : { authorization: `Bearer ${await scene.token(as)}` };
  const send = (body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { ...authorization, 'content-type': 'application/json' };
      const sent = request(`${scene.address}/access/v1/evaluation`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      });
      sent.on('error', reject).end(body);
    });
  try {
    expect(await send(`"${'x'.repeat(3_000_000)}"`)).toBe(status);
    expect(await send('{}')).toBe(as === null ? 401 : 400);
  } finally {
    agent.destroy();
  }
});
