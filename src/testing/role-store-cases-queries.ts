// What a store tells of who holds what, list by list and page by page.

import type { ApiInput } from '../core/role-store.ts';
import {
  alice,
  api,
  bob,
  carol,
  client,
  dave,
  inHours,
  issuer,
  system,
  user,
  within,
} from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

const person = ({ id, kind }: { id: string; kind: 'user' | 'client' }): object => ({ issuer, id, kind });

export const queryRules: readonly RoleRule[] = [
  {
    name: 'who holds a permission is found, whatever it is held by, with each source',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(
        { uid: 'reader', name: 'reader', privileges: [{ permission: 'read:plans', on: 'plans:*' }] },
        system,
      );
      await store.putRole({ uid: 'head', name: 'head', privileges: ['write:plans'], inherits: ['reader'] }, system);
      await store.grant(alice, [{ permission: 'read:plans', on: 'plans:id:1' }, 'write:plans'], system);
      await store.grant(alice, [{ permission: 'read:plans', effect: 'deny' }], system);
      await store.assign(alice, 'reader', {}, system);
      await store.assign(bob, 'head', { organization: 'org_1' }, system);
      await store.grant(
        carol,
        ['read:*', 'write:*', { permission: 'read:plans', audience: 'x', expiresAt: inHours(1) }],
        system,
      );
      await store.grant(dave, '*', system);
      await store.grant(client('app'), { permission: '*:plans', on: '' }, system);
      await store.grant(user('denied'), { permission: 'read:plans', effect: 'deny' }, system);
      await store.grant(user('ended'), { permission: 'read:plans', expiresAt: Date.now() - 1 }, system);
      await store.assign(user('left'), 'head', { expiresAt: Date.now() - 1 }, system);
      await store.grant(user('else'), ['Read:plans', 'read:plan', 'read:plans:', 'write:plans'], system);
      const direct = { kind: 'direct' };
      const expected = [
        [
          alice,
          [
            { permission: 'read:plans', on: 'plans:id:1', source: direct },
            { permission: 'read:plans', on: 'plans:*', source: { kind: 'role', role: 'reader' } },
          ],
        ],
        [
          bob,
          [
            {
              permission: 'read:plans',
              on: 'plans:*',
              organization: 'org_1',
              source: { kind: 'role', role: 'reader', via: 'head' },
            },
          ],
        ],
        [
          carol,
          [
            { permission: 'read:*', source: direct },
            { permission: 'read:plans', audience: 'x', source: direct },
          ],
        ],
        [dave, [{ permission: '*', source: direct }]],
        [client('app'), [{ permission: '*:plans', on: '', source: direct }]],
      ] as const;
      const { items, total } = await store.holdersOf('read:plans');
      const came = items.map(({ subject, privileges }) => [
        subject,
        privileges.map(({ expiresAt: _end, ...one }) => {
          const { kind, role, via } = one.source ?? {};
          return { ...one, source: { kind, role, via } };
        }),
      ]);
      tried.sameSet(
        'who holds it, and how',
        came.map(([one, held]) => [one, (held as object[]).toSorted(byText)]),
        expected.map(([one, held]) => [person(one), held.toSorted(byText)]),
      );
      tried.same('`total`', total, 5);
      tried.same(
        'who holds another',
        (await store.holdersOf('delete:plans')).items.map(({ subject }) => subject),
        [person(client('app')), person(dave)],
      );
    },
  },
  {
    name: 'to whom a role is assigned is found, and how',
    check: async (tried) => {
      const { store } = tried;
      const expiresAt = inHours(1);
      await store.putRole({ uid: 'reader', name: 'reader', privileges: [] }, system);
      await store.putRole({ uid: 'head', name: 'head', privileges: [], inherits: ['reader'] }, system);
      await store.assign(alice, 'reader', { organization: 'org_1' }, system);
      await store.assign(within(alice, 'org_2'), ['reader', 'head'], { expiresAt }, system);
      await store.assign(client(alice.id), 'reader', {}, system);
      await store.assign(bob, 'head', {}, system);
      const { items, total } = await store.holdersOfRole('reader');
      const came = items.map(({ subject, assignment: { assignedAt: _at, assignedBy: _by, ...assignment } }) => [
        subject,
        assignment,
      ]);
      tried.sameSet('who has it', came, [
        [person(alice), { role: 'reader', organization: 'org_1' }],
        [person(alice), { role: 'reader', organization: 'org_2', expiresAt }],
        [person(client(alice.id)), { role: 'reader' }],
      ]);
      tried.same('`total`', total, 3);
      tried.same('who has what nobody has', await store.holdersOfRole('builtin:viewer'), { items: [], total: 0 });
    },
  },
  {
    name: 'roles are found by a part of their name, in upper or lower case',
    check: async (tried) => {
      const { store } = tried;
      for (const [uid, name] of [
        ['b', 'Plan editors'],
        ['a', 'EDITORS of bills'],
        ['c', '100% _sure_'],
        ['d', 'Readers'],
      ]) {
        await store.putRole({ uid: uid ?? '', name: name ?? '', privileges: [] }, system);
      }
      const found = async (name: string): Promise<string[]> =>
        (await store.roles({ name })).items.map(({ uid }) => uid);
      tried.same('those with `editors`', await found('editors'), ['a', 'b']);
      tried.same('those with `EDITOR`', await found('EDITOR'), ['a', 'b', 'builtin:editor']);
      tried.same('those with `%`', await found('%'), ['c']);
      tried.same('those with `_`', await found('_'), ['c']);
      tried.same('those with `.*`', await found('.*'), []);
      const page = await store.roles({ name: 'ed', take: 1, offset: 1 });
      tried.same('the second of three', [page.items.map(({ uid }) => uid), page.total], [['b'], 3]);
    },
  },
  {
    name: 'an API is kept whole, replaced whole and deleted',
    check: async (tried) => {
      const { store } = tried;
      const first: ApiInput = {
        identifier: api,
        name: 'Contacts',
        permissions: [{ name: 'read:contacts', description: 'See contacts' }, { name: 'write:contacts' }],
        settings: { tokenLifetime: 600, nested: { list: [1, 'a', null, { b: true }] }, text: '"\\u0000' },
      };
      await store.putApi(first, system);
      tried.same('the API', await store.api(api), { ...first, version: 1 });
      await store.putApi({ identifier: `${api}/`, name: 'Another', permissions: [] }, system);
      const second = { identifier: api, name: 'People', version: 1, permissions: [{ name: 'write:contacts' }] };
      await store.putApi(second, system);
      tried.same('the API when it is replaced', await store.api(api), { ...second, version: 2 });
      tried.same('`apis`', (await store.apis()).items, [
        { ...second, version: 2 },
        { identifier: `${api}/`, name: 'Another', version: 1, permissions: [] },
      ]);
      await store.grant(alice, { permission: 'write:contacts', audience: api }, system);
      await store.deleteApi(api, system);
      tried.true('no API when it is deleted', (await store.api(api)) === undefined, 'one');
      tried.same('how many there are', (await store.apis()).total, 1);
      await tried.holds(alice, [{ permission: 'write:contacts', audience: api }]);
    },
  },
];

function byText(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
