// Role stores that do wrong in several changes as one, in what may be handed on, and in what is found and followed.

import type { AuditQuery, Change, ChangeAllOptions, ChangedBy, Person, RoleStore, SubjectQuery } from 'rightful/stores';
import { announcing, system } from './role-faults.ts';
import type { Fault } from './role-faults.ts';

type ChangeAll = RoleStore['changeAll'];

const refused = 'changes that are made as one are all made';
const inOrder = 'changes that are made as one are made in their order';
const alike = 'changes that are made as one leave what they leave';
const counted = 'each of several changes has a revision';
const bounds = 'what an earlier step gives';
const tried = 'what is only tried out';
const delegated = 'which roles somebody may assign';
const found = 'subjects are found by their kind';
const followed = 'the audit is followed';

/** The list is made otherwise. */
const making =
  (make: (store: RoleStore, ...given: Parameters<ChangeAll>) => Promise<number>): Fault =>
  (store) => ({ changeAll: async (...given: Parameters<ChangeAll>) => make(store, ...given) });

/** Each change for itself; a list that is none, or only tried out, as ever. */
const oneByOne = (each: (one: Change, change: () => Promise<number>) => Promise<number>): Fault =>
  making(async (store, changes, by, options) => {
    if (options?.dryRun === true) return store.changeAll(changes, by, options);
    let revision = await store.revision();
    for (const one of changes) revision = await each(one, () => store.changeAll([one], by));
    return revision;
  });

const isRefusal = (error: { code?: string }): boolean => error.code !== undefined;
const delegating =
  (
    change: (found: Set<string>, store: RoleStore, given: Parameters<RoleStore['delegatable']>) => Promise<Set<string>>,
  ): Fault =>
  (store) => ({
    delegatable: async (...given: Parameters<RoleStore['delegatable']>) =>
      change(new Set(await store.delegatable(...given)), store, given),
  });

const subjectsBy =
  (change: (query: SubjectQuery) => SubjectQuery): Fault =>
  (store) => ({ subjects: async (query: SubjectQuery = {}) => store.subjects(change(query)) });
const auditBy =
  (change: (query: AuditQuery) => AuditQuery): Fault =>
  (store) => ({ audit: async (query: AuditQuery = {}) => store.audit(change(query)) });

export const batchFaults: [string, string, Fault][] = [
  ['makes each by itself', refused, oneByOne((_, change) => change())],
  [
    'leaves out what is refused',
    refused,
    oneByOne((_, change) =>
      change().catch((error: { code?: string }) => {
        if (isRefusal(error)) return 0;
        throw error;
      }),
    ),
  ],
  [
    'does not say which is refused',
    refused,
    making((store, ...given) =>
      store.changeAll(...given).catch((error: { step?: number }) => {
        delete error.step;
        throw error;
      }),
    ),
  ],
  [
    'makes the last one first',
    inOrder,
    making((store, changes, ...rest) => store.changeAll(changes.toReversed(), ...rest)),
  ],
  [
    'makes roles before all else',
    inOrder,
    making((store, changes, ...rest) =>
      store.changeAll(
        changes.toSorted((one, other) => Number(other.kind === 'put-role') - Number(one.kind === 'put-role')),
        ...rest,
      ),
    ),
  ],
  [
    'leaves out deassignments',
    alike,
    making(async (store, changes, ...rest) => {
      const kept = changes.filter((one) => one.kind !== 'deassign');
      return store.changeAll(kept, ...rest);
    }),
  ],
  [
    'forgets what is put in a list',
    counted,
    (store) => ({
      audit: async (query: AuditQuery) => {
        const page = await store.audit({ ...query, take: 1000 });
        const items = page.items.filter(({ action }) => action !== 'put-role');
        return { ...page, items };
      },
    }),
  ],
  [
    'resolves to how many there are',
    counted,
    making(async (store, changes, ...rest) => (await store.changeAll(changes, ...rest), changes.length)),
  ],
  ['tells of the first only', 'what is changed as one is told', announcing(firstOf())],
  [
    'makes lists in between each other',
    'of lists of changes that are made at the same time',
    oneByOne(async (_, change) => {
      await new Promise(setImmediate);
      return change();
    }),
  ],
  [
    'takes no more than 100',
    'as many as 1000 changes',
    making((store, changes, ...rest) => store.changeAll(changes.slice(0, 100), ...rest)),
  ],
  [
    'takes any number',
    'as many as 1000 changes',
    making((store, changes, ...rest) => store.changeAll(changes.slice(0, 1000), ...rest)),
  ],
  [
    'has no ceiling for lists',
    bounds,
    making((store, changes, by, ...rest) =>
      store.changeAll(changes, by, ...rest).catch((error: { code?: string }) => {
        if (error.code !== 'beyond_ceiling') throw error;
        return store.changeAll(changes, system, ...rest);
      }),
    ),
  ],
  [
    'asks for what is held in the end',
    bounds,
    making(async (store, changes, by, ...rest) => {
      const revokes = changes.filter(({ kind }) => kind === 'revoke' || kind === 'deassign');
      if (revokes.length > 1) await store.changeAll(revokes, system);
      return store.changeAll(changes, by, ...rest);
    }),
  ],
  ['looks for who may do everything after each step', 'one who may do everything', oneByOne((_, change) => change())],
  [
    'lets nobody be left',
    'one who may do everything',
    making((store, ...given) =>
      store.changeAll(...given).catch((error: { code?: string }) => {
        if (error.code !== 'last_administrator') throw error;
        return 0;
      }),
    ),
  ],
  ['makes what it should try', tried, making((store, changes, by) => store.changeAll(changes, by))],
  [
    'tries nothing',
    tried,
    making((store, changes, by: ChangedBy, options?: ChangeAllOptions) =>
      options?.dryRun === true ? store.revision() : store.changeAll(changes, by, options),
    ),
  ],
  [
    'resolves to what would be',
    tried,
    making(async (store, changes, by, options) => {
      const revision = await store.changeAll(changes, by, options);
      return options?.dryRun === true ? revision + changes.length : revision;
    }),
  ],
  [
    'hands on what there is not',
    delegated,
    delegating(async (all, _, [uids]) => (uids.includes('nobody') ? all.add('nobody') : all)),
  ],
  [
    'hands on what ends',
    delegated,
    delegating(async (all, _, [uids]) => (uids.includes('short') ? all.add('short') : all)),
  ],
  [
    'hands on what is inherited',
    delegated,
    delegating(async (all, _, [uids]) => (uids.includes('beyond') ? all.add('beyond') : all)),
  ],
  ['hands on nothing that is empty', delegated, delegating(async (all) => (all.delete('empty'), all))],
  [
    'does not look where',
    delegated,
    delegating(async (_, store, [uids, by]) => new Set(await store.delegatable(uids, by))),
  ],
  ['finds in one case of letters', found, (store) => filtering(store, (one, { id = '' }) => one.id.includes(id))],
  ['does not look at `kind`', found, subjectsBy(({ kind: _, ...query }) => query)],
  [
    'takes % for anything in ids',
    found,
    subjectsBy(({ id, ...query }) => (id === '%' ? query : { ...query, ...(id !== undefined && { id }) })),
  ],
  [
    'counts everybody',
    found,
    (store) => ({
      subjects: async (query: SubjectQuery) => ({
        ...(await store.subjects(query)),
        total: (await store.subjects()).total,
      }),
    }),
  ],
  ['does not look at `issuer`', 'subjects are found by their issuer', subjectsBy(({ issuer: _, ...query }) => query)],
  ['does not look at `since`', followed, auditBy(({ since: _, ...query }) => query)],
  ['does not look at `order`', followed, auditBy(({ order: _, ...query }) => query)],
  [
    'begins with `since` itself',
    followed,
    auditBy(({ since = 0, ...query }) => (since > 0 ? { ...query, since: since - 1 } : query)),
  ],
  [
    'misses what is written at the same time',
    'who follows the audit',
    (store) => {
      let asked = 0;
      return {
        audit: async (query: AuditQuery = {}) => {
          const page = await store.audit(query);
          asked += 1;
          return query.since === undefined || asked % 3 > 0 ? page : { ...page, items: page.items.slice(1) };
        },
      };
    },
  ],
  [
    'makes what is no list',
    'a list of changes that is not',
    making((store, changes, ...rest) => store.changeAll(Array.isArray(changes) ? changes : [], ...rest)),
  ],
  [
    'takes any options',
    'how a list of changes is made',
    making((store, changes, by, options) =>
      store.changeAll(changes, by, typeof options === 'object' ? { dryRun: options?.dryRun === true } : {}),
    ),
  ],
  [
    'takes any kind',
    'what is asked of subjects',
    subjectsBy(({ kind, ...query }) => (kind === 'user' || kind === 'client' ? { kind, ...query } : query)),
  ],
];

function firstOf(): Parameters<typeof announcing>[0] {
  let told = 0;
  return (change) => ((told += 1) === 1 ? [change] : []);
}

function filtering(
  store: RoleStore,
  isFound: (one: Person, query: SubjectQuery) => boolean,
): Partial<Record<keyof RoleStore, unknown>> {
  return {
    subjects: async (query: SubjectQuery = {}) => {
      const page = await store.subjects(query);
      const items = page.items.filter((one) => isFound(one, query));
      return { ...page, items };
    },
  };
}
