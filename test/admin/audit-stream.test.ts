// The audit as a stream of lines: whoever keeps a copy gets all of it, or knows that they did not.

import { afterAll, afterEach, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';

let scene: Scene;
afterEach(() => scene.close());
afterAll(stopServers);

const headers = { accept: 'application/x-ndjson' };

async function withEntries(count: number, audit?: (store: RoleStore) => RoleStore['audit']): Promise<void> {
  scene = await adminScene({
    store: (issuer) => {
      const store = memoryStore({ issuer, users: { root: { permissions: ['*'] } } });
      return audit === undefined ? store : { ...store, audit: audit(store) };
    },
  });
  const subjects = Array.from({ length: count }, (_, at) => scene.user(`u${at}`));
  await scene.store.changeAll(
    subjects.map((subject) => ({ kind: 'grant', subject, privilege: 'read:contacts' })),
    { system: 'test' },
  );
}

it.each(['take=5', 'after=x', 'offset=3', 'take=0'])(
  'is no page of anything: ?%s is a 400 that names it',
  async (query) => {
    await withEntries(1);
    expect(await scene.call('GET', `/admin/api/audit?${query}`, { headers })).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_query_string',
        detail: expect.stringContaining(`\`${query.split('=')[0]!}\``) as unknown,
      },
    });
  },
);

it.each([
  ['application/x-ndjson', true],
  ['application/json;q=0.5, application/x-ndjson; q=1.0', true],
  ['Application/X-NDJSON', true],
  ['application/json, application/x-ndjson;q=0', false],
  ['application/x-ndjson ; q=0.000', false],
  ['application/x-ndjson-not', false],
  ['*/*', false],
])('is sent to who accepts it (RFC 9110 section 12.5.1): %s', async (accept, isStream) => {
  await withEntries(1);
  const answer = await scene.call('GET', '/admin/api/audit', { headers: { accept } });
  expect(answer.headers.get('content-type')?.includes('x-ndjson')).toBe(isStream);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

it('that breaks in the middle does not end as if it were whole, and the operator hears of it once', async () => {
  await withEntries(450, (store) => async (query) => {
    if (query?.after !== undefined) throw new Error('the disk is gone');
    return store.audit(query);
  });
  const authorization = `Bearer ${await scene.token('root')}`;
  const response = await fetch(`${scene.address}/admin/api/audit`, { headers: { ...headers, authorization } });
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow(/terminated|aborted|closed/);
  expect(scene.faults).toMatchObject([{ code: 'unavailable', cause: { message: 'the disk is gone' } }]);
});

it('is not read on for who is gone', async () => {
  let pages = 0;
  await withEntries(1000, (store) => (query) => {
    pages += 1;
    return store.audit(query);
  });
  const gone = new AbortController();
  const authorization = `Bearer ${await scene.token('root')}`;
  const request = new Request('http://localhost/admin/api/audit', {
    headers: { ...headers, authorization },
    signal: gone.signal,
  });
  const reader = (await scene.handler(request)).body!.getReader();
  await reader.read();
  const before = pages;
  gone.abort();
  while (!(await reader.read()).done);
  expect(pages).toBeLessThanOrEqual(before + 1);
  expect(pages).toBeLessThan(5);
});
