// Subjects that are found by what is known of them, and an audit that is followed from where it was left.

import type { AuditEntry, AuditQuery, SubjectQuery } from '../core/role-store.ts';
import { alice, bob, client, issuer, system, textOf, user } from './role-store-cases-cast.ts';
import { grantOf } from './role-store-cases-batches.ts';
import { each, refusing } from './role-store-cases-input.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';
import { numbers } from './role-store-cases-writers.ts';

const other = 'https://other.example/';

export const findingRules: readonly RoleRule[] = [
  {
    name: 'subjects are found by their kind and by a part of their id, in upper or lower case, page by page',
    check: async (tried) => {
      const { store } = tried;
      const people = [
        ...['anna', 'Anna|2', 'ANNEX', 'an%a', 'an_a', 'Ånna', '\\an', "o'an"].map((id) => user(id)),
        ...['anna', 'export', 'x%'].map((id) => client(id)),
      ];
      for (const one of people) await store.grant(one, 'p', system);
      const all = (await store.subjects({ take: 1000 })).items;
      tried.same('how many there are', all.length, people.length);
      const queries: SubjectQuery[] = [
        ...['ann', 'ANN', 'a', '%', '_', '\\', "'", 'n_a', 'n%a', 'å', 'Å', '|2', '.*', 'nobody', '\0', '?', '$1'].map(
          (id) => ({ id }),
        ),
        ...[{ kind: 'user' as const }, { kind: 'client' as const }, { kind: 'client' as const, id: 'AN' }, {}],
      ];
      for (const query of queries) await foundIn(tried, all, query);
    },
  },
  {
    name: 'subjects are found by their issuer',
    only: { issuers: 'many' },
    check: async (tried) => {
      const { store } = tried;
      for (const at of [issuer, other, `${other}x`, other.toUpperCase()]) {
        await store.grant({ ...alice, issuer: at }, 'p', system);
        await store.grant({ ...client('export'), issuer: at }, 'p', system);
      }
      const all = (await store.subjects({ take: 1000 })).items;
      const queries: SubjectQuery[] = [issuer, other, 'https://', 'nobody', '%', '\0'].flatMap((at) => [
        { issuer: at },
        { issuer: at, kind: 'client' },
        { issuer: at, id: 'ALI' },
      ]);
      for (const query of queries) await foundIn(tried, all, query);
    },
  },
  {
    name: 'who is at any issuer is found at each',
    only: { issuers: 'any' },
    check: async (tried) => {
      await tried.store.grant(alice, 'p', system);
      for (const at of [issuer, other]) {
        tried.same(`who is found at ${at}`, (await tried.store.subjects({ issuer: at })).total, 1);
      }
    },
  },
  {
    name: 'the audit is followed from any revision on, the oldest first, without a gap',
    check: async (tried) => {
      const { store } = tried;
      for (const at of numbers(7)) await store.grant(at % 2 === 0 ? alice : bob, `p:${at}`, system);
      await store.changeAll(
        numbers(4).map((at) => grantOf(alice, `q:${at}`)),
        system,
      );
      const all = (await store.audit({ take: 1000 })).items.toReversed();
      tried.same('how many there are', all.length, 11);
      const last = all.at(-1)?.revision ?? 0;
      const cuts = [0, ...all.slice(0, 10).map(({ revision }) => revision), last, last + 5];
      for (const since of cuts) {
        for (const filter of [{}, { subject: alice }] satisfies AuditQuery[]) {
          const isAlice = ({ subject }: AuditEntry): boolean => !('subject' in filter) || subject?.id === alice.id;
          const expected = all.filter((one) => one.revision > since && isAlice(one));
          await readsAs(tried, { ...filter, since, order: 'oldest' }, expected);
          await readsAs(tried, { ...filter, since }, expected.toReversed());
        }
      }
      await readsAs(tried, { order: 'oldest' }, all);
    },
  },
  {
    name: 'who follows the audit while others write reads each entry once',
    check: async (tried) => {
      const { store } = tried;
      const read: number[] = [];
      const writing = Promise.all(
        numbers(20).map(async (at) => {
          await new Promise((resolve) => setTimeout(resolve, at));
          return at % 4 === 0
            ? store.changeAll([grantOf(alice, `a:${at}`), grantOf(bob, `b:${at}`)], system)
            : store.grant(alice, `p:${at}`, system);
        }),
      );
      const follow = async (): Promise<void> => {
        const page = await store.audit({ since: read.at(-1) ?? 0, order: 'oldest', take: 3 });
        read.push(...page.items.map(({ revision }) => revision));
      };
      const left = new Set([writing]);
      const ended = writing.finally(() => left.clear());
      while (left.size > 0) {
        await follow();
        // A store that answers at once leaves no time to write.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await ended;
      for (let known = -1; known < read.length;) {
        known = read.length;
        await follow();
      }
      const all = (await store.audit({ take: 1000, order: 'oldest' })).items.map(({ revision }) => revision);
      tried.same('what was read', read, all);
      tried.same('how many that are', read.length, 25);
    },
  },
  refusing('what is asked of subjects or of the audit that is not as it must be', [
    ...each(
      [
        ...['group', '', null, 'User'].map((kind) => ({ kind })),
        ...['', null, 7].flatMap((one) => [{ issuer: one }, { id: one }]),
        { name: 'a' },
      ],
      (store, query) => store.subjects(query),
    ),
    ...each(
      [
        ...[-1, 0.5, NaN, '1', null, Infinity].map((since) => ({ since })),
        ...['asc', '', null, 'Oldest'].map((order) => ({ order })),
      ],
      (store, query) => store.audit(query),
    ),
  ]),
];

/** Whether those are found that the query is about, whole and page by page. */
async function foundIn(
  tried: TriedRoleStore,
  all: Awaited<ReturnType<TriedRoleStore['store']['subjects']>>['items'],
  query: SubjectQuery,
): Promise<void> {
  const { store } = tried;
  const expected = all.filter(
    (one) =>
      (query.kind === undefined || one.kind === query.kind) &&
      (query.issuer === undefined || one.issuer === query.issuer) &&
      one.id.toLowerCase().includes((query.id ?? '').toLowerCase()),
  );
  const whole = await store.subjects({ ...query, take: 1000 });
  tried.same(`who is found by ${textOf(query)}`, whole, { items: expected, total: expected.length });
  const read: unknown[] = [];
  for (let after: string | undefined; read.length <= expected.length;) {
    const page = await store.subjects({ ...query, take: 2, ...(after !== undefined && { after }) });
    tried.same(`\`total\` of each page by ${textOf(query)}`, page.total, expected.length);
    read.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  tried.same(`who is found by ${textOf(query)}, page by page`, read, expected);
  const rest = await store.subjects({ ...query, offset: 1 });
  tried.same(`all but the first by ${textOf(query)}`, rest.items, expected.slice(1));
}

/** Whether the query gives just these, whole and page by page. */
async function readsAs(tried: TriedRoleStore, query: AuditQuery, expected: readonly AuditEntry[]): Promise<void> {
  const { store } = tried;
  const whole = await store.audit({ ...query, take: 1000 });
  tried.same(`the entries asked for by ${textOf(query)}`, whole, { items: expected, total: expected.length });
  const read: AuditEntry[] = [];
  for (let after: string | undefined; read.length <= expected.length;) {
    const page = await store.audit({ ...query, take: 3, ...(after !== undefined && { after }) });
    tried.same(`\`total\` of each page by ${textOf(query)}`, page.total, expected.length);
    read.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  tried.same(`the entries asked for by ${textOf(query)}, page by page`, read, expected);
  tried.same('all but the first', (await store.audit({ ...query, offset: 1 })).items, expected.slice(1));
}
