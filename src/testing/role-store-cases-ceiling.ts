// Nobody can hand on, or take from others, what they do not hold themselves.

import type { Privilege } from '../core/privilege.ts';
import type { PrivilegeInput } from '../core/role-store.ts';
import { accessOf, api, inHours, listOf, otherApi, plain, system, user, within } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';

/** What is held, what is given, and what of that is not held. */
type Row = readonly [held: PrivilegeInput, given: PrivilegeInput, missing: readonly (Privilege | string)[]];

const a = (on: string, more?: Partial<Privilege>): Privilege => ({ permission: 'a', on, ...more });
const deny = (on?: string, more?: Partial<Privilege>): Privilege => {
  return { permission: 'a', effect: 'deny', ...(on !== undefined && { on }), ...more };
};
const inOne = (privilege: Privilege | string, organization = 'org_1'): Privilege => ({
  ...plain(privilege),
  organization,
});
const forApi = (privilege: Privilege | string, audience = api): Privilege => ({ ...plain(privilege), audience });
const until = (privilege: Privilege | string, expiresAt: number): Privilege => ({ ...plain(privilege), expiresAt });

const names: readonly Row[] = [
  ['a', 'a', []],
  ['a', 'b', ['b']],
  ['a', 'A', ['A']],
  [
    ['a', a('x')],
    ['a', 'b', 'c', a('y')],
    ['b', 'c'],
  ],
  ['*', ['a', '*', 'b:*', a('x')], []],
  ['a', '*', ['*']],
  ['b:*', ['b:*', 'b:c', 'b:c:*', 'b:'], []],
  ['b:*', ['b', 'a:*', '*:c', 'b:c', '**'], ['b', 'a:*', '*:c', '**']],
  ['b:c', 'b:*', ['b:*']],
  ['**', '*', ['*']],
];

const resources: readonly Row[] = [
  [a('x:*'), [a('x:*'), a('x:1'), a('x:id:*')], []],
  [a('x:*'), ['a', a('*'), a('y:*'), a('x'), a('')], ['a', a('*'), a('y:*'), a('x'), a('')]],
  [a('x:1'), [a('x:1'), a('x:*'), a('x:10')], [a('x:*'), a('x:10')]],
  [[a('x:1'), a('x:2')], a('x:*'), [a('x:*')]],
  ['a', [a('*'), a('x:*'), a('x:1'), a('')], []],
  [a('*'), ['a', a('x:*'), a('')], []],
  [a(''), [a(''), 'a', a('x:1')], ['a', a('x:1')]],
  [{ permission: '*', on: 'x:*' }, [a('x:1'), 'a', { permission: '*', on: 'x:*' }, '*'], ['a', '*']],
  [{ permission: 'b:*', on: 'x:1' }, [{ permission: 'b:c', on: 'x:1' }, 'b:c'], ['b:c']],
];

const organizations: readonly Row[] = [
  ['a', [inOne('a'), forApi('a'), inOne(forApi('a'), 'org_2')], []],
  [inOne('a'), [inOne('a'), 'a', inOne('a', 'org_2')], ['a', inOne('a', 'org_2')]],
  [[inOne('a'), inOne('a', 'org_2')], 'a', ['a']],
  [forApi('a'), [forApi('a'), 'a', forApi('a', otherApi)], ['a', forApi('a', otherApi)]],
  [inOne(forApi('a')), [inOne(forApi('a')), inOne('a'), forApi('a')], [inOne('a'), forApi('a')]],
];

const denials: readonly Row[] = [
  [
    ['a', deny('x:1')],
    ['a', a('x:2'), a('x:1'), a('x:*'), a('y:*'), a('')],
    ['a', a('x:1'), a('x:*'), a('')],
  ],
  [
    ['a', deny()],
    [a('x:2'), 'a'],
    [a('x:2'), 'a'],
  ],
  [
    ['a', 'b', deny('')],
    ['b', a('x:2'), 'a'],
    [a('x:2'), 'a'],
  ],
  [
    ['a', inOne(deny())],
    ['a', inOne('a'), inOne('a', 'org_2')],
    ['a', inOne('a')],
  ],
  [
    ['a', forApi(deny())],
    ['a', forApi('a'), forApi('a', otherApi)],
    ['a', forApi('a')],
  ],
  [
    ['*', deny()],
    ['a', '*', 'b'],
    ['a', '*'],
  ],
  [['a', 'b:c', { permission: 'b:*', effect: 'deny' }], ['a', 'b:c'], ['b:c']],
  [
    ['a', { permission: '*', effect: 'deny', on: 'x:1' }],
    ['a', a('x:1'), a('x:2')],
    ['a', a('x:1')],
  ],
  [['a', until(deny(), 1)], 'a', []],
  // A denial is given by who may give what it takes away.
  ['a', [deny(), deny('x:1'), deny('')], []],
  ['a', { permission: 'b', effect: 'deny' }, [{ permission: 'b', effect: 'deny' }]],
  [a('x:*'), [deny('x:1'), deny('x:*'), deny(), deny('*')], [deny(), deny('*')]],
  // On no resource, it denies all the same on each.
  [a(''), deny(''), [deny('')]],
];

export const ceilingRules: readonly RoleRule[] = [
  {
    name: 'nobody gives a permission they do not hold, name for name and pattern for pattern',
    check: (tried) => play(tried, names),
  },
  { name: 'nobody gives a resource they do not hold, wildcard for wildcard', check: (tried) => play(tried, resources) },
  {
    name: 'nobody gives in an organization or for an API what they do not hold there',
    check: (tried) => play(tried, organizations),
  },
  { name: 'what is denied to somebody is not theirs to give', check: (tried) => play(tried, denials) },
  {
    name: 'nobody gives for longer than they hold it themselves',
    check: async (tried) => {
      const [soon, later] = [inHours(1), inHours(2)];
      await play(tried, [
        [until('a', soon), [until('a', soon), inOne(until('a', soon - 1))], []],
        [until('a', soon), 'a', ['a']],
        [until('a', soon), until('a', soon + 1), [until('a', soon + 1)]],
        [
          [until('a', soon), a('x:*', { expiresAt: later })],
          [a('x:1', { expiresAt: later }), a('y', { expiresAt: later })],
          [a('y', { expiresAt: later })],
        ],
        [until('a', 1), until('a', 1), [until('a', 1)]],
        // A denial may be longer: it gives nobody anything.
        [until('a', soon), [deny(), deny('x', { expiresAt: later })], []],
      ]);
    },
  },
  {
    name: 'nobody revokes what they do not hold, and who lifts a denial hands on',
    check: async (tried) => {
      const { store } = tried;
      const [bob, soon] = [user('bob'), inHours(1)];
      const there = ['a', 'b', a('x:1'), deny('x:2'), deny(''), { permission: 'c', effect: 'deny' as const }];
      await store.grant(bob, there, system);
      await store.grant(user('holder'), ['a', 'c'], system);
      await store.grant(user('short'), [until('a', soon), until('b', soon)], system);
      await store.grant(user('bare'), a(''), system);
      await store.grant(user('one'), a('x:1'), system);
      const by = (id: string): ReturnType<typeof accessOf> => accessOf(user(id));
      await tried.unchanged(async () => {
        await refused(tried, store.revoke(bob, ['a', 'b'], by('holder')), ['b']);
        await refused(tried, store.revoke(bob, ['a', a('x:1')], by('one')), ['a']);
        await refused(tried, store.revoke(bob, deny('x:2'), by('short')), [deny('x:2')]);
        await refused(tried, store.revoke(bob, deny(''), by('bare')), [deny('')]);
        await refused(tried, store.revoke(bob, 'a', by('nobody')), ['a']);
        // Replacing an end: what there was must be held as well, and what there will be for as long.
        await refused(tried, store.grant(bob, until('b', soon), by('holder')), ['b', until('b', soon)]);
        const denial: Privilege = { permission: 'c', effect: 'deny' };
        await refused(tried, store.grant(bob, until(denial, 1), by('one')), [denial, until(denial, 1)]);
      });
      await store.revoke(bob, ['a', 'b'], by('short'));
      await store.revoke(bob, a('x:1'), by('one'));
      await store.revoke(bob, [deny('x:2'), deny(''), { permission: 'c', effect: 'deny' }], by('holder'));
      await tried.holds(bob, []);
    },
  },
  {
    name: 'what counts is what the very subject holds in the store, in the organization of the change',
    check: async (tried) => {
      const { store } = tried;
      const admin = user('admin');
      await store.grant(admin, [inOne('a'), 'b'], system);
      await tried.unchanged(async () => {
        const twin = accessOf({ ...admin, kind: 'client' });
        await refused(tried, store.grant(user('x'), 'b', twin), ['b']);
        if (tried.settings.issuers === 'many') {
          const stranger = accessOf({ ...admin, issuer: 'https://other.example/' });
          await refused(tried, store.grant(user('x'), 'b', stranger), ['b']);
        }
        await refused(tried, store.grant(user('x'), 'a', accessOf(within(admin, 'org_1'))), ['a']);
      });
      await store.grant(user('x', 'org_1'), ['a', 'b'], accessOf(admin));
      await tried.holds(user('x', 'org_1'), ['a', 'b']);
      // No rule forbids to lose what one holds.
      await store.revoke(admin, [inOne('a'), 'b'], accessOf(admin));
      await refused(tried, store.revoke(user('x', 'org_1'), 'b', accessOf(admin)), [inOne('b')]);
    },
  },
];

/** Each row has a grantor and a receiver of its own; what is not missing is given first, then the whole is refused. */
async function play(tried: TriedRoleStore, rows: readonly Row[]): Promise<void> {
  const { store } = tried;
  for (const [at, [held, given, missing]] of rows.entries()) {
    await store.grant(user(`grantor ${at}`), held, system);
    const lacking = listOf(missing).map((one) => JSON.stringify(one));
    const permitted = listOf(given).filter((one) => !lacking.includes(JSON.stringify(one)));
    if (permitted.length > 0) await store.grant(user(`receiver ${at}`), permitted, accessOf(user(`grantor ${at}`)));
    await tried.recorded(user(`receiver ${at}`), permitted, []);
  }
  await tried.unchanged(async () => {
    for (const [at, [, given, missing]] of rows.entries()) {
      if (missing.length === 0) continue;
      await refused(tried, store.grant(user(`receiver ${at}`), given, accessOf(user(`grantor ${at}`))), missing);
    }
  });
}

async function refused(tried: TriedRoleStore, change: Promise<unknown>, missing: Row[2]): Promise<void> {
  const expected = listOf(missing);
  const error = await tried.refused(`giving or taking ${JSON.stringify(expected)}`, change, 'beyond_ceiling');
  tried.sameSet('`missing` of the error', error['missing'] as Privilege[], expected);
}
