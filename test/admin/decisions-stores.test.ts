// Decisions and searches on a store in PostgreSQL: by its pages, and with whatever text somebody sends.

import { createHash } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { postgresStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';

const system = { system: 'test' };
let scene: Scene;
let end: () => Promise<void>;

async function inDatabase(issuer: string): Promise<RoleStore> {
  const database = await PGlite.create();
  const pool = new pg.Pool(createPgConfig(database));
  const store = postgresStore({ pool });
  await store.ready();
  end = async () => {
    await store.close();
    await pool.end();
    await database.close();
  };
  const user = (id: string): { issuer: string; id: string; kind: 'user' } => ({ issuer, id, kind: 'user' });
  await store.grant(user('root'), ['evaluate:access', 'search:access'], system);
  await store.putRole({ uid: 'reader', name: 'Reader', privileges: ['read:contacts'] }, system);
  for (let at = 0; at < 12; at += 1) await store.assign(user(`user-${at}`), 'reader', {}, system);
  await store.grant(user('user-3'), { permission: 'read:contacts', on: 'contacts:id:7', effect: 'deny' }, system);
  await store.grant(user('elsewhere'), { permission: 'read:contacts', on: 'contacts:id:8' }, system);
  return store;
}

beforeAll(async () => {
  scene = await adminScene({ store: inDatabase });
}, 60_000);

afterAll(async () => {
  await scene.close();
  await end();
  await stopServers();
});

function post(path: string, body: unknown): Promise<Answered> {
  return scene.call('POST', `/access/v1/${path}`, { body });
}

const action = { name: 'read:contacts' };
const resource = { type: 'contacts', id: '7' };
const search = { subject: { type: 'user' }, action, resource };

interface Found {
  page: { next_token: string };
  results: { id: string }[];
}

describe('a store in PostgreSQL', () => {
  it('is searched page by page, and each is found once who is permitted', async () => {
    const found: string[] = [];
    let page: object = { limit: 5 };
    for (let parts = 0; parts < 10; parts += 1) {
      const { body } = await post('search/subject', { ...search, page });
      const { results, page: sent } = body as Found;
      found.push(...results.map(({ id }) => id));
      if (sent.next_token === '') break;
      page = { token: sent.next_token };
    }
    const all = Array.from({ length: 12 }, (_, at) => `user-${at}`).filter((id) => id !== 'user-3');
    expect(found.toSorted()).toEqual(all.toSorted());
  });

  it.each(['\u0000', 'a\u0000b', '\ud800', '👩‍🚀', "'; drop table grants; --", '%_\\', 'x'.repeat(50_000)])(
    'is asked about any text as about anybody, on anything (%#)',
    async (text) => {
      const asked = { subject: { type: 'user', id: text }, action, resource: { type: 'contacts', id: text } };
      expect(await post('evaluation', asked)).toMatchObject({ status: 200, body: { decision: false } });
      const context = { organization: text };
      expect(await post('evaluation', { ...asked, context })).toMatchObject({ status: 200, body: { decision: false } });
      expect(await post('search/resource', asked)).toMatchObject({ status: 200, body: { results: [] } });
      expect(await post('search/action', asked)).toMatchObject({ status: 200, body: { results: [] } });
    },
  );

  it.each(['\u0000', '[', '["a"]', '["a","user","b"]', '\ud800', "'", 'x'.repeat(3000)])(
    'takes a token with any place in it for one or for none, and does not fail on it (%#)',
    async (place) => {
      const { body } = await post('search/subject', { ...search, page: { limit: 5 } });
      const token = (body as Found).page.next_token;
      const [asked, limit] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[];
      // Whoever knows how tokens are made can make one.
      const said = [asked, limit, place];
      const check = createHash('sha256').update(JSON.stringify(said)).digest('base64url');
      const forged = Buffer.from(JSON.stringify([...said, check])).toString('base64url');
      const { status, body: answer } = await post('search/subject', { ...search, page: { token: forged } });
      expect([200, 400]).toContain(status);
      if (status === 400) expect(answer).not.toContain('page.token');
      expect(scene.faults).toEqual([]);
    },
  );

  it('is searched among people with ids of any length and kind, page by page', async () => {
    const ids = ['\u0001'.repeat(512), '\u4e2d'.repeat(512), '"\\'.repeat(256)];
    for (const id of ids) await scene.store.grant(scene.user(id), 'write:contacts', system);
    const asked = { ...search, action: { name: 'write:contacts' } };
    const found: string[] = [];
    let page: object = { limit: 1 };
    for (let parts = 0; parts < 10; parts += 1) {
      const { status, body } = await post('search/subject', { ...asked, page });
      expect({ status, body }).toMatchObject({ status: 200 });
      found.push(...(body as Found).results.map(({ id }) => id));
      if ((body as Found).page.next_token === '') break;
      page = { token: (body as Found).page.next_token };
    }
    expect(found.toSorted()).toEqual(ids.toSorted());
  });
});
