// The results of a search come part by part: each further than the one before, by a token that is good for nothing else, and for work
// that is bounded however many there are.

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered, Scene, Sent } from './admin-scene.ts';
import { permissions } from './decision-scene.ts';

const action = { name: 'read:contacts' };
const seven = { type: 'contacts', id: '7' };
const alice = { type: 'user', id: 'alice' };
const resources = ['1', '2', '3', '7'].map((id) => ({ permission: 'read:contacts', on: `contacts:id:${id}` }));
const users = {
  root: { permissions: ['*'] },
  second: { permissions: ['search:access'] },
  alice: { permissions: [...resources, 'write:contacts', { permission: 'create:contacts', on: '' }] },
  bob: { permissions: ['read:contacts'] },
  carol: { permissions: ['read:contacts'] },
};

interface Found {
  page: { next_token: string; count: number; total?: number };
  results: { type: string; id: string; name: string; properties?: object }[];
}

let scene: Scene;

beforeAll(async () => {
  scene = await adminScene({ permissions, store: { users } });
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

function post(path: string, body: unknown, sent: Sent = {}): Promise<Answered> {
  return scene.call('POST', `/access/v1/search/${path}`, { body, ...sent });
}

async function found(path: string, body: object, of: Scene = scene): Promise<Found> {
  const { status, body: answer } = await of.call('POST', `/access/v1/search/${path}`, { body });
  expect({ status, answer }).toMatchObject({ status: 200 });
  return answer as Found;
}

/** Every part of a search, until there are no more. */
async function parts(path: string, asked: object, of: Scene = scene, page?: object): Promise<Found[]> {
  const all = [await found(path, page === undefined ? asked : { ...asked, page }, of)];
  for (;;) {
    const token = all.at(-1)?.page.next_token;
    if (token === '') return all;
    expect(all.length).toBeLessThan(500);
    all.push(await found(path, { ...asked, page: { token } }, of));
  }
}

const searches: [path: string, asked: Record<string, unknown>][] = [
  ['subject', { subject: { type: 'user' }, action, resource: seven }],
  ['resource', { subject: alice, action, resource: { type: 'contacts' } }],
  ['action', { subject: alice, resource: seven }],
];

describe.each(searches)('a search for a %s', (path, asked) => {
  const names = ({ results }: Found): string[] => results.map(({ id, name }) => id ?? name);

  it.each([1, 2, 3, 100, 1e9])('comes in parts of at most %i, each result once, no token twice', async (limit) => {
    const all = await parts(path, asked, scene, { limit });
    const whole = await found(path, asked);
    expect(whole.results.length).toBeGreaterThan(1);
    expect(all.flatMap(names).toSorted()).toEqual(names(whole).toSorted());
    for (const part of all) {
      expect(part.results.length).toBeLessThanOrEqual(limit);
      expect(part.page.count).toBe(part.results.length);
    }
    const tokens = all.map(({ page }) => page.next_token);
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('of nothing first has nothing, and then everything: never nothing again', async () => {
    const none = await found(path, { ...asked, page: { limit: 0 } });
    expect(none).toMatchObject({ page: { count: 0 }, results: [] });
    const token = none.page.next_token;
    expect(token).not.toBe('');
    for (const limit of [0, 1]) {
      const answer = await post(path, { ...asked, page: { token, limit } });
      expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('`page.limit`') });
    }
    const rest = await parts(path, asked, scene, { token });
    expect(rest.flatMap(names).toSorted()).toEqual(names(await found(path, asked)).toSorted());
  });

  it('that finds nothing has no further part, however little is asked for', async () => {
    const nobody = path === 'subject' ? { resource: { type: '*', id: '7' } } : { subject: { type: 'user', id: 'x' } };
    const answer = await found(path, { ...asked, ...nobody, page: { limit: 0 } });
    expect(answer).toMatchObject({ page: { next_token: '', count: 0 }, results: [] });
  });

  it.each([
    [7, 'page'],
    [null, 'page'],
    [[], 'page'],
    [{ limit: -1 }, 'page.limit'],
    [{ limit: 1.5 }, 'page.limit'],
    [{ limit: '2' }, 'page.limit'],
    [{ limit: null }, 'page.limit'],
    [{ limit: 1e300 }, 'page.limit'],
    [{ token: null }, 'page.token'],
    [{ token: '' }, 'page.token'],
    [{ token: 7 }, 'page.token'],
    [{ token: 'a'.repeat(100_000) }, 'page.token'],
    [{ token: 'bnVsbA' }, 'page.token'],
    [{ token: '%' }, 'page.token'],
    [{ properties: 7 }, 'page.properties'],
  ])('with a page that is not as it must be is refused, and told what was wrong (%#)', async (page, says) => {
    const answer = await post(path, { ...asked, page });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining(`\`${says}\``) });
  });

  describe('has a token that', () => {
    let token: string;

    beforeAll(async () => {
      const { page } = await found(path, { ...asked, page: { limit: 1 } });
      token = page.next_token;
    });

    async function refused(more: object, sent: Sent = {}): Promise<void> {
      const answer = await post(path, { ...asked, ...more, page: { token } }, sent);
      expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('`page.token`') });
    }

    it('is good for the same search, however its members are ordered', async () => {
      const turned = Object.fromEntries(Object.entries(asked).toReversed());
      expect(await post(path, { ...turned, page: { token } })).toMatchObject({ status: 200 });
      expect(await post(path, { ...turned, page: { limit: 1, token } })).toMatchObject({ status: 200 });
    });

    it.each<[string, Record<string, unknown>]>([
      ['another subject', { subject: { type: path === 'subject' ? 'client' : 'user', id: 'bob' } }],
      ['a property of the subject', { subject: { ...alice, properties: { department: 'sales' } } }],
      ['another type of resource', { resource: { type: 'folders', id: '7' } }],
      ['other scopes', { context: { scopes: 'read:contacts' } }],
      ['another organization', { context: { organization: 'org_1' } }],
      ['another time', { context: { time: '2024-10-26T01:22-07:00' } }],
    ])('is refused with %s', async (_what, more) => refused(more));

    it('is refused with another limit, and with other properties of the page', async () => {
      const limited = await post(path, { ...asked, page: { token, limit: 2 } });
      expect(limited).toMatchObject({ status: 400, body: expect.stringContaining('`page.limit`') });
      const other = await post(path, { ...asked, page: { token, properties: { sort: 'desc' } } });
      expect(other).toMatchObject({ status: 400, body: expect.stringContaining('`page.token`') });
    });

    it('is refused from somebody else', async () => {
      await refused({}, { as: 'second' });
      await refused({}, { claims: { client_id: 'another-client' } });
    });

    it('is refused with the other searches', async () => {
      for (const [other, whole] of searches.filter(([one]) => one !== path)) {
        const answer = await post(other, { ...asked, ...whole, page: { token } });
        expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('`page.token`') });
      }
    });

    it('is refused when any of it was changed', async () => {
      for (let at = 0; at < token.length; at += 7) {
        const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
        const answer = await post(path, { ...asked, page: { token: changed } });
        expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('`page.token`') });
      }
      for (const changed of [token.slice(0, -4), `${token}AAAA`, `${token}=`, ` ${token}`]) {
        expect(await post(path, { ...asked, page: { token: changed } })).toMatchObject({ status: 400 });
      }
    });
  });

  it('that goes deep is refused', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const body = `${JSON.stringify(asked).slice(0, -1)},"context":{"x":${deep}}}`;
    expect(await post(path, body)).toMatchObject({ status: 400, body: expect.stringContaining('deep') });
    expect(scene.faults).toEqual([]);
  });
});

describe('many who hold it', () => {
  const everybody = 1500;
  const search = { subject: { type: 'user' }, action, resource: seven };
  const scenes: Scene[] = [];

  afterEach(async () => {
    await Promise.all(scenes.splice(0).map((one) => one.close()));
  });

  /** A store of so many, and what a search asks it for. */
  async function crowd(
    held: (at: number) => object[],
    answers: (store: RoleStore) => Partial<RoleStore> = () => ({}),
  ): Promise<{ crowded: Scene; pages: number[]; people: string[] }> {
    const pages: number[] = [];
    const people: string[] = [];
    const many = Object.fromEntries(
      Array.from({ length: everybody }, (_, at) => [
        `user-${String(at).padStart(4, '0')}`,
        { permissions: held(at) as never[] },
      ]),
    );
    const crowded = await adminScene({
      permissions,
      store: (issuer) => {
        const store = memoryStore({ issuer, users: { ...many, root: { permissions: ['search:access'] } } });
        const spied: RoleStore = {
          ...store,
          holdersOf: (permission, page) => {
            pages.push(page?.take ?? 50);
            return (answers(store).holdersOf ?? store.holdersOf)(permission, page);
          },
          privilegesOf: (subject, options) => {
            if (subject.id !== 'root') people.push(subject.id);
            return store.privilegesOf(subject, options);
          },
        };
        return spied;
      },
    });
    scenes.push(crowded);
    return { crowded, pages, people };
  }

  it('elsewhere cost few pages of the store for each part, and nobody else is looked at', async () => {
    const { crowded, pages, people } = await crowd((at) => [
      { permission: 'read:contacts', on: `contacts:id:${at === 1499 ? 7 : at + 10_000}` },
    ]);
    const all = await parts('subject', search, crowded, { limit: 1 });
    expect(all.flatMap(({ results }) => results)).toEqual([{ type: 'user', id: 'user-1499' }]);
    expect(all.map(({ page }) => page.count)).toEqual([0, 0, 1]);
    expect(pages).toEqual(Array.from({ length: 15 }, () => 100));
    expect(people).toEqual(['user-1499']);
  });

  it('and are denied it are each looked at once, no more than 500 in one search', async () => {
    const { crowded, people } = await crowd((at) => [
      { permission: 'read:contacts' },
      ...(at % 700 === 699 ? [] : [{ permission: 'read:contacts', on: 'contacts:id:7', effect: 'deny' }]),
    ]);
    const first = await found('subject', { ...search, page: { limit: 5 } }, crowded);
    expect(first).toMatchObject({ page: { next_token: expect.stringMatching(/^.+$/), count: 0 }, results: [] });
    expect(people).toHaveLength(500);
    const rest = await parts('subject', search, crowded, { token: first.page.next_token });
    expect(rest.flatMap(({ results }) => results.map(({ id }) => id))).toEqual(['user-0699', 'user-1399']);
    expect(people).toHaveLength(everybody);
  });

  it('are found each once in parts of any size, with a few pages of the store for each', async () => {
    const { crowded, pages } = await crowd((at) => [
      { permission: 'read:contacts', on: `contacts:id:${at % 3 === 0 ? 7 : 8}` },
    ]);
    for (const limit of [30, 99, 100]) {
      pages.length = 0;
      const all = await parts('subject', search, crowded, { limit });
      const ids = all.flatMap(({ results }) => results.map(({ id }) => id));
      expect(ids).toEqual(Array.from({ length: 500 }, (_, at) => `user-${String(at * 3).padStart(4, '0')}`));
      expect(all.every(({ results }, at) => results.length === limit || at === all.length - 1)).toBe(true);
      expect(pages.length / all.length).toBeLessThanOrEqual(6);
    }
  });

  it('are found without one who goes while they are asked for, and without a gap', async () => {
    const { crowded } = await crowd(() => [{ permission: 'read:contacts' }]);
    const first = await found('subject', { ...search, page: { limit: 10 } }, crowded);
    for (const id of ['user-0003', 'user-0009', 'user-0012']) {
      await crowded.store.revoke(crowded.user(id), 'read:contacts', { system: 'test' });
    }
    const second = await found('subject', { ...search, page: { token: first.page.next_token } }, crowded);
    const expected = ['0010', '0011', '0013', '0014', '0015', '0016', '0017', '0018', '0019', '0020'];
    expect(second.results.map(({ id }) => id)).toEqual(expected.map((at) => `user-${at}`));
  });

  it.each<[string, (store: RoleStore) => RoleStore['holdersOf']]>([
    [
      'stays where it is',
      (store) => async (permission, page) => {
        const { items, total } = await store.holdersOf(permission, page);
        return { items, total, next: page?.after ?? 'here' };
      },
    ],
    [
      'gives more than it was asked for',
      (store) => async (permission, page) => store.holdersOf(permission, { ...page, take: 1000 }),
    ],
    ['fails', () => () => Promise.reject(new Error('down'))],
  ])('in a store that %s are a 503, and no work without end', async (_what, holdersOf) => {
    const { crowded, pages } = await crowd(
      (at) => [{ permission: 'read:contacts', on: `contacts:id:${at % 2 === 0 ? 7 : 8}` }],
      (store) => ({ holdersOf: holdersOf(store) }),
    );
    const answer = await crowded.call('POST', '/access/v1/search/subject', {
      body: { ...search, page: { limit: 60 } },
    });
    expect(answer).toMatchObject({ status: 503 });
    expect(pages.length).toBeLessThanOrEqual(6);
    expect(crowded.faults).toHaveLength(1);
  });
});
