// What holds for every row of the table: who is let in, what is answered where it goes wrong, and what is left to the application.

import { afterAll, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';

afterAll(stopServers);

describe.each(['express', 'koa'] as const)('administration on %s', (framework) => {
  it('answers who may ask, and nobody else', async () => {
    const scene = await adminScene({ framework });
    const path = '/api/access-control/status';
    expect(await scene.call('GET', path)).toMatchObject({ status: 200, body: { enabled: true } });
    expect(await scene.call('GET', path, { as: null })).toMatchObject({ status: 401 });
    expect(await scene.call('GET', path, { as: 'nobody' })).toMatchObject({ status: 403 });
    expect(await scene.call('GET', path, { scope: 'read:users' })).toMatchObject({ status: 403 });
    await scene.close();
  });

  it('leaves paths that are none of its own to the application', async () => {
    const scene = await adminScene({ framework });
    expect(await scene.call('GET', '/elsewhere', { as: null })).toMatchObject({ status: 200, body: 'the application' });
    expect(await scene.call('GET', '/api/v2/nothing')).toMatchObject({ status: 404 });
    await scene.close();
  });
});
