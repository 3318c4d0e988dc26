// Lists of client grants: by number, from page to page, and cut to some of them.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Scene, SceneOptions } from './admin-scene.ts';
import { grantIdOf } from './management-scene.ts';

const scenes: Scene[] = [];
async function set(options: SceneOptions = {}): Promise<Scene> {
  const scene = await adminScene(options);
  scenes.push(scene);
  return scene;
}
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close();
});
afterAll(stopServers);

const path = '/api/v2/client-grants';
const calendar = 'https://calendar.example/';

interface Grant {
  id: string;
  client_id: string;
  audience: string;
}

describe('the list of client grants', () => {
  const count = 120;

  async function many(): Promise<Scene> {
    const clients = Array.from({ length: count }, (_, at) => {
      const more = at % 3 === 0 ? [{ permission: 'read:events', audience: calendar }] : [];
      return [`client ${String(at).padStart(3, '0')}`, { permissions: ['read:contacts', ...more] }] as const;
    });
    const apis = { [calendar]: { name: 'Calendar', permissions: { 'read:events': null } } };
    return set({ store: { clients: Object.fromEntries(clients), apis } });
  }

  const pairs = (grants: unknown): string[] => (grants as Grant[]).map((one) => `${one.client_id} ${one.audience}`);

  async function walked(scene: Scene, query: string): Promise<string[]> {
    const seen: string[] = [];
    let next: string | undefined = '';
    for (let pages = 0; next !== undefined && pages < 300; pages += 1) {
      const from: string = next === '' ? '' : `&from=${next}`;
      const { status, body } = await scene.call('GET', `${path}?${query}${from}`);
      expect(status).toBe(200);
      expect(Object.keys(body as object).filter((name) => !['client_grants', 'next'].includes(name))).toEqual([]);
      const page = body as { client_grants: unknown; next?: string };
      seen.push(...pairs(page.client_grants));
      next = page.next;
    }
    return seen;
  }

  it('has each once, by number and from page to page', async () => {
    const scene = await many();
    const all: string[] = [];
    for (let page = 0; page < 3; page += 1) {
      const { body } = await scene.call('GET', `${path}?page=${page}&per_page=100&include_totals=true`);
      expect(body).toMatchObject({ total: 160, start: page * 100, limit: 100 });
      all.push(...pairs((body as { client_grants: unknown }).client_grants));
    }
    expect(new Set(all).size).toBe(160);
    expect(pairs((await scene.call('GET', path)).body)).toEqual(all.slice(0, 50));
    for (const take of [1, 7, 50, 100]) expect(await walked(scene, `include_totals=true&take=${take}`)).toEqual(all);
    expect(await walked(scene, 'include_totals=true&per_page=50&take=100')).toEqual(all);
  }, 60_000);

  it('goes on where it was after what it stopped at is gone', async () => {
    const scene = await many();
    const first = await scene.call('GET', `${path}?take=10`);
    const { client_grants: grants, next } = first.body as { client_grants: Grant[]; next: string };
    for (const one of grants.slice(-2)) await scene.call('DELETE', `${path}/${one.id}`);
    const last = grants.at(-1)!;
    const robot = { issuer: scene.issuer, id: last.client_id, kind: 'client' as const };
    await scene.store.revoke(robot, { permission: 'read:events', audience: calendar }, { system: 'test' });
    const { body } = await scene.call('GET', `${path}?take=1&from=${next}`);
    const [following] = (body as { client_grants: Grant[] }).client_grants;
    expect(following!.client_id > last.client_id).toBe(true);
    expect(Number(following!.client_id.slice(7)) - Number(last.client_id.slice(7))).toBe(1);
  });

  it('is cut by application, by API and by both', async () => {
    const scene = await many();
    const api = `audience=${encodeURIComponent(calendar)}`;
    expect(await walked(scene, `take=7&${api}`)).toHaveLength(40);
    expect((await scene.call('GET', `${path}?${api}&include_totals=true&page=1&per_page=30`)).body).toMatchObject({
      total: 40,
      start: 30,
    });
    const ofOne = [`client 003 ${calendar}`, `client 003 ${contactsApi}`];
    expect(pairs((await scene.call('GET', `${path}?client_id=client%20003`)).body)).toEqual(ofOne);
    expect(await walked(scene, 'take=1&client_id=client%20003')).toEqual(ofOne);
    expect(await walked(scene, `take=1&client_id=client%20003&${api}`)).toEqual(ofOne.slice(0, 1));
    expect((await scene.call('GET', `${path}?client_id=nobody`)).body).toEqual([]);
  });

  describe('of more applications than one request looks at', () => {
    const count = 1020;
    const asked = { subject: 0, subjects: 0 };
    let scene: Scene;
    const named = (at: number): string => `client ${String(at).padStart(4, '0')}`;

    beforeAll(async () => {
      const clients = Array.from(
        { length: count },
        (_, at) => [named(at), { permissions: ['read:contacts'] }] as const,
      );
      scene = await adminScene({
        store: (issuer) => {
          const users = { root: { permissions: ['*'] } };
          const store = memoryStore({ issuer, users, clients: Object.fromEntries(clients) });
          return {
            ...store,
            subject: (person) => ((asked.subject += 1), store.subject(person)),
            subjects: (query) => ((asked.subjects += 1), store.subjects(query)),
          };
        },
      });
    });
    afterAll(() => scene.close());
    beforeEach(() => {
      [asked.subject, asked.subjects] = [0, 0];
    });

    it('is paged by number as far as it is looked at, and no further than the page', async () => {
      expect(pairs((await scene.call('GET', path)).body)).toHaveLength(50);
      expect(asked).toEqual({ subject: 50, subjects: 1 });
      const { body } = await scene.call('GET', `${path}?page=9&per_page=100`);
      expect(pairs(body)).toEqual(Array.from({ length: 100 }, (_, at) => `${named(900 + at)} ${contactsApi}`));
    });

    it.each([
      'page=10&per_page=100',
      'page=1000000000&per_page=1',
      'include_totals=true',
      'page=9&include_totals=true',
    ])('is a 400 that says how to go on, and never a part that looks like all: %s', async (query) => {
      expect(await scene.call('GET', `${path}?${query}`)).toMatchObject({
        status: 400,
        body: { errorCode: 'invalid_paging', message: expect.stringContaining('take and from') as unknown },
      });
      expect(asked.subject).toBeLessThanOrEqual(query.includes('totals') ? 0 : 1000);
    });

    it('has each once from page to page', async () => {
      const all = await walked(scene, 'include_totals=true&take=100');
      expect(all).toEqual(Array.from({ length: count }, (_, at) => `${named(at)} ${contactsApi}`));
    });

    it('has a grant that is found by its id without a search', async () => {
      const id = grantIdOf(named(count - 1));
      expect((await scene.call('GET', `${path}/${id}`)).body).toMatchObject({ id, client_id: named(count - 1) });
      expect(asked).toEqual({ subject: 1, subjects: 0 });
    });
  });

  it('has none of a kind that there is not', async () => {
    const scene = await many();
    for (const query of ['subject_type=user', 'default_for=third_party_clients', 'allow_any_organization=true']) {
      expect((await scene.call('GET', `${path}?${query}`)).body).toEqual([]);
      expect((await scene.call('GET', `${path}?take=5&${query}`)).body).toEqual({ client_grants: [] });
    }
    for (const query of ['subject_type=client', 'allow_any_organization=false']) {
      expect((await scene.call('GET', `${path}?${query}`)).body).toHaveLength(50);
    }
  });

  it.each([
    'take=0',
    'take=101',
    'page=x',
    'from=x&take=5',
    'subject_type=x',
    'default_for=x',
    'allow_any_organization=1',
    'q=1',
  ])('is a 400 for %s', async (query) => {
    const scene = await set();
    const answer = await scene.call('GET', `${path}?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'invalid_query_string' } });
  });

  it('does not go on from what was made for another list', async () => {
    const scene = await many();
    const { next } = (await scene.call('GET', `${path}?take=1`)).body as { next: string };
    for (const query of [`audience=${calendar}`, 'client_id=robot']) {
      expect(await scene.call('GET', `${path}?take=1&${query}&from=${next}`)).toMatchObject({ status: 400 });
    }
  });
});
