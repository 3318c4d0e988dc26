// How many calls of the administration each caller may make, and what every answer says of it.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered } from './admin-scene.ts';

afterAll(stopServers);

const path = '/api/v2/roles';
const names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
const numbersIn = ({ headers }: Answered): number[] => names.map((name) => Number(headers.get(name) ?? 'NaN'));

it('who calls more often than there is room for is told when there is room, and that is true', async () => {
  const scene = await adminScene({ rateLimit: { burst: 2, perSecond: 0.5 } });
  const answers: Answered[] = [];
  for (let left = 3; left > 0; left -= 1) answers.push(await scene.call('GET', path));
  const sentAt = Date.now();
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers.map((one) => numbersIn(one).slice(0, 2))).toEqual([
    [2, 1],
    [2, 0],
    [2, 0],
  ]);
  const [, , refused] = answers as [Answered, Answered, Answered];
  expect(refused.body).toEqual({
    statusCode: 429,
    error: 'Too Many Requests',
    message: 'Global limit has been reached',
    errorCode: 'too_many_requests',
  });
  const [, , reset = NaN] = numbersIn(refused);
  expect(reset * 1000 - sentAt).toBeLessThanOrEqual(3000);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(2);
  await sleep(Math.max(0, reset * 1000 - Date.now()));
  expect(await scene.call('GET', path)).toMatchObject({ status: 200 });
  await scene.close();
}, 20_000);

it('one caller takes no room from another', async () => {
  const scene = await adminScene({
    rateLimit: { burst: 1, perSecond: 0.01 },
    store: { users: { other: { permissions: ['*'] } } },
  });
  expect(await scene.call('GET', path)).toMatchObject({ status: 200 });
  expect(await scene.call('GET', path)).toMatchObject({ status: 429 });
  expect(await scene.call('GET', path, { as: 'other' })).toMatchObject({ status: 200 });
  await scene.close();
});

it('whatever is answered says it, and so does what is refused', async () => {
  const scene = await adminScene({ rateLimit: { burst: 50, perSecond: 16 } });
  const answers = [
    await scene.call('GET', path),
    await scene.call('GET', `${path}/nothing`),
    await scene.call('GET', '/api/v2/nothing'),
    await scene.call('GET', path, { as: null }),
    await scene.call('GET', path, { as: 'nobody' }),
    await scene.call('POST', path, { body: '{' }),
    await scene.call('DELETE', '/api/v2/users/alice/roles', { body: { roles: ['nothing'] } }),
  ];
  for (const answer of answers) {
    const [limit, remaining, reset] = numbersIn(answer);
    expect([answer.status, limit]).toEqual([answer.status, 50]);
    expect(remaining).toBeGreaterThan(40);
    expect(Math.abs((reset ?? NaN) * 1000 - Date.now())).toBeLessThan(5000);
  }
  await scene.close();
});
