// What the README says of decisions, asked and answered, is so.

import { createServer } from 'node:http';
import { afterAll, expect, test } from '@jest/globals';
import { createTestIssuer } from 'rightful/testing';
import { createApp } from '../../examples/authzen/asking.ts';
import { answers } from '../../examples/authzen/deciding.ts';
import { adminScene } from '../admin/admin-scene.ts';
import { saying } from '../flow/authzen-scene.ts';
import { listen, stopServers } from '../flow/frameworks.ts';

afterAll(stopServers);

test('the example asks a decision point about the document', async () => {
  const issuer = await createTestIssuer({ audience: 'https://documents.example/' });
  const point = await saying(({ resource }) => (resource as { id: string }).id === '7');
  const address = await listen(
    createServer(createApp({ issuer: issuer.issuer, url: `${point.url}/stores/1`, key: 'k' })),
  );
  const headers = { authorization: `Bearer ${await issuer.token({ sub: 'alice', scope: 'read:documents' })}` };
  expect((await fetch(`${address}/documents/7`, { headers })).status).toBe(200);
  expect((await fetch(`${address}/documents/8`, { headers })).status).toBe(403);
  expect(point.calls[0]).toMatchObject({
    path: '/stores/1/access/v1/evaluation',
    headers: { authorization: 'Bearer k' },
    body: {
      subject: { type: 'user', id: 'alice' },
      action: { name: 'viewer' },
      resource: { type: 'document', id: '7' },
    },
  });
  await issuer.close();
});

test('the example is answered as its comments say', async () => {
  const users = {
    root: { permissions: ['evaluate:access', 'search:access'] },
    'auth0|alice': { permissions: [{ permission: 'read:contacts', on: 'contacts:*' }] },
  };
  const scene = await adminScene({ store: { users } });
  expect(await answers(scene.address, await scene.token('root'))).toEqual([
    {
      decision: true,
      context: { reason_admin: { 200: 'read:contacts on contacts:id:7 is held on contacts:*, directly' } },
    },
    { page: { next_token: '', count: 1 }, results: [{ type: 'user', id: 'auth0|alice' }] },
  ]);
  await scene.close();
});
