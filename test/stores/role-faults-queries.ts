// Role stores that do wrong in what they find, page by page, at the same time, and given nonsense.

import type { ChangedBy, PrivilegeInput, RoleInput, Subject } from 'rightful/stores';
import { system, issuer, list, storing, changing, paging, putting, only } from './role-faults.ts';
import type { Fault } from './role-faults.ts';

const paged = 'lists are read page by page';
const holders = 'who holds a permission is found';
let clock = 0;

export const queryFaults: [string, string, Fault][] = [
  [
    'finds no patterns',
    holders,
    (store) => ({
      holdersOf: async (permission: string, page: never) => {
        const found = await store.holdersOf(permission, page);
        const items = found.items.flatMap((one) => {
          const privileges = one.privileges.filter((held) => held.permission === permission);
          return privileges.length === 0 ? [] : [{ ...one, privileges }];
        });
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'finds nobody through roles',
    holders,
    (store) => ({
      holdersOf: async (permission: string, page: never) => {
        const found = await store.holdersOf(permission, page);
        const items = found.items.filter((one) => one.privileges.some(({ source }) => source?.kind === 'direct'));
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'finds those who are denied it',
    holders,
    (store) => ({
      holdersOf: async (permission: string, page: never) => {
        const found = await store.holdersOf(permission, page);
        const items = [...found.items];
        for (const subject of (await store.subjects()).items) {
          const privileges = (await store.subject(subject)).privileges.filter(
            (one) => one.permission === permission && one.effect === 'deny',
          );
          if (privileges.length > 0 && !items.some((one) => one.subject.id === subject.id))
            items.push({ subject, privileges });
        }
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'leaves out who is denied it',
    holders,
    (store) => ({
      holdersOf: async (permission: string, page: never) => {
        const found = await store.holdersOf(permission, page);
        const items = found.items.filter((one) => one.subject.id !== 'auth0|alice');
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'finds whom a role is inherited by',
    'to whom a role is assigned',
    (store) => ({
      holdersOfRole: async (uid: string, page: never) => {
        const found = await store.holdersOfRole(uid, page);
        if (uid !== 'reader') return found;
        const more = await store.holdersOfRole('head');
        return { items: [...found.items, ...more.items], total: found.total + more.total };
      },
    }),
  ],
  [
    'tells one assignment of each',
    'to whom a role is assigned',
    (store) => ({
      holdersOfRole: async (uid: string, page: never) => {
        const found = await store.holdersOfRole(uid, page);
        const items = [...new Map(found.items.map((one) => [JSON.stringify(one.subject), one])).values()];
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'finds names as they are written only',
    'roles are found by a part',
    (store) => ({
      roles: async (query: { name?: string } = {}) => {
        const page = await store.roles(query);
        return typeof query?.name === 'string'
          ? { ...page, items: page.items.filter(({ name }) => name.includes(query.name!)) }
          : page;
      },
    }),
  ],
  [
    'takes % for anything',
    'roles are found by a part',
    (store) => ({
      roles: async (query: { name?: string } = {}) => (query?.name === '%' ? store.roles() : store.roles(query)),
    }),
  ],
  [
    'adds to an API in place of replacing it',
    'an API is kept whole',
    (store) => ({
      putApi: async (api: { identifier: string; permissions: { name: string }[] }, by: ChangedBy) => {
        const there =
          typeof api?.identifier === 'string' && api.identifier !== '' ? await store.api(api.identifier) : undefined;
        const more = there?.permissions.filter(({ name }) => !api.permissions.some((one) => one.name === name)) ?? [];
        return store.putApi({ ...api, permissions: [...api.permissions, ...more] } as never, by);
      },
    }),
  ],
  [
    'takes away what is held for a deleted API',
    'an API is kept whole',
    (store) => ({
      deleteApi: async (identifier: string, by: ChangedBy) => {
        const revision = await store.deleteApi(identifier, by);
        await store.revoke(
          { issuer, id: 'auth0|alice', kind: 'user' },
          { permission: 'write:contacts', audience: identifier },
          system,
        );
        return revision;
      },
    }),
  ],
  [
    'forgets settings',
    'an API is kept whole',
    (store) => ({
      api: async (identifier: string) => {
        const { settings: _, ...api } = (await store.api(identifier)) ?? {};
        return 'name' in api ? api : undefined;
      },
    }),
  ],
  [
    'skips one between pages',
    paged,
    paging(async (read, query) => {
      const page = await read(query);
      return query['after'] === undefined ? page : { ...page, items: page.items.slice(1) };
    }),
  ],
  [
    'gives a page more',
    paged,
    paging(async (read, query) => ('take' in query && query['take'] === 3 ? read({ ...query, take: 4 }) : read(query))),
  ],
  [
    'always has a next page',
    paged,
    paging(async (read, query) => {
      const page = await read(query);
      return { next: 'more', ...page };
    }),
  ],
  [
    'never has a next page',
    paged,
    paging(async (read, query) => {
      const { next: _, ...page } = await read(query);
      return page;
    }),
  ],
  [
    'orders each list anew',
    paged,
    paging(async (read, query) => {
      const page = await read(query);
      return { ...page, items: (clock += 1) % 2 === 0 ? page.items : page.items.toReversed() };
    }),
  ],
  [
    'counts what is on the page',
    paged,
    paging(async (read, query) => {
      const page = await read(query);
      return { ...page, total: page.items.length };
    }),
  ],
  [
    'takes what comes after for an offset',
    'a page goes on after',
    paging(async (read, { after, ...query }) => {
      const page = await read(
        after === undefined || after === '' || typeof after !== 'string'
          ? { ...query, ...(after !== undefined && { after }) }
          : { ...query, offset: Number(after) },
      );
      return page.next === undefined ? page : { ...page, next: String(Number(after ?? 0) + page.items.length) };
    }),
  ],
  ['gives 100 where nothing is said', 'a page has 50 items', paging((read, query) => read({ take: 100, ...query }))],
  [
    'lets the last of a grant and a denial win',
    'the order in which things were given',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        for (const one of list(privilege)) {
          const { effect, ...other } = one;
          await store.revoke(subject, effect === 'deny' ? other : { ...one, effect: 'deny' }, by);
        }
        return store.grant(subject, privilege, by);
      },
    }),
  ],
  [
    'loses what comes while it writes',
    'of changes that are made at the same time',
    (store) => {
      let writing = 0;
      return {
        grant: async (...given: [never, never, never]) => {
          writing += 1;
          await new Promise(setImmediate);
          return (writing > 10 ? store.revision() : store.grant(...given)).finally(() => (writing -= 1));
        },
      };
    },
  ],
  [
    'has one revision for what comes at the same time',
    'of changes that are made at the same time',
    changing(async (change, _name, store) => (await change(), await new Promise(setImmediate), store.revision())),
  ],
  [
    'looks at the version, and writes later',
    'of those who change the same version',
    (store) => ({
      putRole: async (role: RoleInput, by: ChangedBy) => {
        const there = await store.role(role.uid);
        if (there !== undefined && (role.version ?? 0) < there.version)
          throw Object.assign(new Error('conflict'), { code: 'role_version_conflict', version: there.version });
        await new Promise(setImmediate);
        return store.putRole(
          { ...role, ...(there !== undefined && { version: (await store.role(role.uid))!.version }) },
          by,
        );
      },
    }),
  ],
  [
    'does no more after a refusal',
    'what is refused at the same time',
    (store) => {
      let [failed, last] = [false, Promise.resolve()];
      return changing((change) => {
        const done = last.then(() => (failed ? store.revision() : change()));
        last = done.then(
          () => undefined,
          () => void (failed = true),
        );
        return done;
      })(store);
    },
  ],
  [
    'throws in place of rejecting',
    'a privilege that is not as it must be',
    (store) => ({
      grant: (...given: [Subject, PrivilegeInput, ChangedBy]) => {
        if (given[1] === undefined) throw new TypeError('no privilege');
        return store.grant(...given);
      },
    }),
  ],
  [
    'rejects wrong input with any error',
    'a subject that is not as it must be',
    changing((change) =>
      change().catch((error: Error) => {
        throw error instanceof TypeError ? new Error(error.message) : error;
      }),
    ),
  ],
  [
    'stores patterns that are none',
    'a privilege that is not as it must be',
    storing((one) => (one?.on === 'x*y' ? only(one, 'on') : one)),
  ],
  [
    'takes null for absent',
    'a privilege that is not as it must be',
    storing((one) =>
      typeof one === 'object' && one !== null
        ? (Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null)) as never)
        : one,
    ),
  ],
  [
    'takes any organization',
    'an assignment that is not as it must be',
    (store) => ({
      assign: async (subject: Subject, role: string, options: { organization?: unknown }, by: ChangedBy) =>
        store.assign(subject, role, options?.organization === '' ? {} : (options as never), by),
    }),
  ],
  [
    'takes any version',
    'a role that is not as it must be',
    putting(({ version, ...role }) => (Number.isSafeInteger(version) ? { ...role, version: version! } : role)),
  ],
  [
    'ignores unknown members',
    'an API that is not as it must be',
    (store) => ({
      putApi: async (api: Record<string, unknown>, by: ChangedBy) => {
        const { scopes: _, ...known } = api ?? {};
        return store.putApi((api && known) as never, by);
      },
    }),
  ],
  [
    'takes any page',
    'a query that is not as it must be',
    paging((read, { take, ...query }) =>
      read({ ...query, ...(Number.isInteger(take) && (take as number) > 0 && { take }) }),
    ),
  ],
  [
    'takes offset and after',
    'a query that is not as it must be',
    paging((read, { offset, ...query }) =>
      read(query['after'] === undefined ? { ...query, ...(offset !== undefined && { offset }) } : query),
    ),
  ],
];
