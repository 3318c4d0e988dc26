// What a store asks of who makes changes beside what they hold, where several are made as one and where roles are handed on.

import { expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type { Change, Subject } from 'rightful/stores';
import { createTestAccess } from 'rightful/testing';

const issuer = 'https://issuer.example/';
const system = { system: 'test' };
const user = (id: string): Subject => ({ issuer, id, kind: 'user' });
const [ada, bob] = [user('ada'), user('bob')];
const access = createTestAccess({ subject: ada });

function gated() {
  const gates = { assign: { permission: 'assign:roles' }, grant: { permission: 'grant' } };
  return memoryStore({ issuer, gates, roles: { empty: [], a: ['a'] } });
}

it('nobody passes a gate by what an earlier step of the list gives to them', async () => {
  const store = gated();
  await store.grant(ada, ['grant', 'assign:roles'], system);
  await store.revoke(ada, 'assign:roles', system);
  const assign: Change = { kind: 'assign', subject: bob, role: 'empty' };
  const revision = await store.revision();
  for (const first of ['grant', 'assign:roles']) {
    const changes: Change[] = [{ kind: 'grant', subject: bob, privilege: first }, assign];
    await expect(store.changeAll(changes, access)).rejects.toMatchObject({
      code: 'beyond_ceiling',
      missing: [{ permission: 'assign:roles' }],
      step: first === 'grant' ? 1 : 0,
    });
  }
  expect(await store.revision()).toBe(revision);
});

it('a role is not to be handed on by who may not assign there at all', async () => {
  const store = gated();
  await store.grant(ada, ['a', { permission: 'assign:roles', organization: 'org_1' }], system);
  expect([...(await store.delegatable(['empty', 'a'], access))]).toEqual([]);
  expect([...(await store.delegatable(['empty', 'a'], access, 'org_1'))]).toEqual(['empty', 'a']);
  expect([...(await store.delegatable(['empty', 'a'], access, 'org_2'))]).toEqual([]);
});

it('who signed in to one organization hands on nothing that is held in another', async () => {
  const store = gated();
  await store.grant(ada, [{ permission: 'a', organization: 'org_1' }, 'assign:roles'], system);
  const there = createTestAccess({ subject: { ...ada, organization: 'org_2' } });
  expect([...(await store.delegatable(['a'], access, 'org_1'))]).toEqual(['a']);
  expect([...(await store.delegatable(['a'], there, 'org_1'))]).toEqual([]);
});
