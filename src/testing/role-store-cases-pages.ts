// Lists that are read page by page.

import type { Page, PageRequest, RoleStore } from '../core/role-store.ts';
import { client, plain, system, user } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const pageRules: readonly RoleRule[] = [
  {
    name: 'lists are read page by page: whole, each item once, in the same order each time',
    check: async (tried) => {
      const { store } = tried;
      const ids = ['b', 'a', '', 'A', '__proto__', 'é', '👩‍💻', '%', '10', '9'].map((id) => `x${id}`);
      for (const [at, id] of ids.entries()) {
        await store.putRole({ uid: id, name: `role ${at}`, privileges: ['p'] }, system);
        await store.putApi({ identifier: id, name: `API ${at}`, permissions: [] }, system);
        await store.assign(
          at % 3 === 0 ? client(id) : user(id),
          'xb',
          at % 2 === 0 ? {} : { organization: id },
          system,
        );
        await store.grant(user(id), { permission: 'p', on: id }, system);
      }
      const lists = listsOf(store);
      for (const [name, read] of Object.entries(lists)) {
        const whole = await read({ take: 1000 });
        tried.same(`\`next\` of all of \`${name}\``, whole.next, undefined);
        tried.same(`\`total\` of \`${name}\``, whole.total, whole.items.length);
        tried.same(
          `all of \`${name}\``,
          whole.items.length,
          { roles: 14, subjects: 14, apis: 10, holdersOf: 14, holdersOfRole: 10 }[name],
        );
        for (const take of [1, 3, whole.total]) {
          const items: unknown[] = [];
          let after: string | undefined;
          do {
            const page: Page<unknown> = await read({ take, ...(after !== undefined && { after }) });
            tried.same(`\`total\` of \`${name}\``, page.total, whole.total);
            tried.true(
              `a page of \`${name}\` that is not empty and of at most ${take}`,
              page.items.length > 0 && page.items.length <= take,
            );
            items.push(...page.items);
            after = page.next;
          } while (after !== undefined && items.length <= whole.total);
          tried.same(`the pages of \`${name}\` by ${take}`, items, whole.items);
        }
        for (const offset of [0, 4, whole.total - 1, whole.total, 10_000]) {
          const page = await read({ take: 3, offset });
          tried.same(`\`${name}\` from ${offset}`, page.items, whole.items.slice(offset, offset + 3));
          tried.same(`\`total\` of it`, page.total, whole.total);
          tried.same(`whether there is more`, page.next !== undefined, offset + 3 < whole.total);
        }
      }
      const uids = (await store.roles()).items.map(({ uid }) => uid);
      tried.same('the order of roles', uids, uids.toSorted());
      tried.true(
        'roles whose privileges can be read',
        (await store.roles()).items.every((one) => one.privileges.map(plain)),
      );
    },
  },
  {
    name: 'a page goes on after the last item of the one before, also when that is deleted',
    check: async (tried) => {
      const { store } = tried;
      for (const id of ['a', 'b', 'c', 'd']) await store.putApi({ identifier: id, name: id, permissions: [] }, system);
      for (const id of ['a', 'b', 'c', 'd']) await store.grant(user(id), 'p', system);
      const [apis, subjects] = [await store.apis({ take: 2 }), await store.subjects({ take: 2 })];
      await store.deleteApi('b', system);
      await store.revoke(user('b'), 'p', system);
      const rest = await store.apis({ take: 2, after: apis.next ?? '' });
      tried.same(
        'the next page of `apis`',
        rest.items.map(({ identifier }) => identifier),
        ['c', 'd'],
      );
      const others = await store.subjects({ take: 2, after: subjects.next ?? '' });
      tried.same(
        'the next page of `subjects`',
        others.items.map(({ id }) => id),
        ['c', 'd'],
      );
    },
  },
  {
    name: 'a page has 50 items unless it is said otherwise',
    check: async (tried) => {
      for (let at = 0; at < 51; at += 1) await tried.store.grant(user(`user-${at}`), 'p', system);
      for (const [name, read] of Object.entries(listsOf(tried.store)).slice(0, 2)) {
        const page = await read();
        tried.same(
          `how many of \`${name}\` there are`,
          [page.items.length, page.total, page.next !== undefined],
          [50, 51, true],
        );
      }
      tried.same('how many of `audit`', (await tried.store.audit()).items.length, 50);
    },
  },
];

type List = (page?: PageRequest) => Promise<Page<unknown>>;

function listsOf(store: RoleStore): Record<string, List> {
  return {
    subjects: (page) => store.subjects(page),
    holdersOf: (page) => store.holdersOf('p', page),
    holdersOfRole: (page) => store.holdersOfRole('xb', page),
    roles: (page) => store.roles(page),
    apis: (page) => store.apis(page),
  };
}
