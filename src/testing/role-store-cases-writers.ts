// Many changes: in any order, at the same time, and through several handles.

import type { RoleStore } from '../core/role-store.ts';
import { accessOf, alice, bob, system, user } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';

export const writerRules: readonly RoleRule[] = [
  {
    name: 'of changes that are made at the same time none is lost',
    check: (tried) => atTheSameTime(tried, [tried.store]),
  },
  {
    name: 'of those who change the same version of a role at the same time one does, and the others are told',
    check: (tried) => sameVersion(tried, [tried.store]),
  },
  {
    name: 'what is refused at the same time as others are permitted changes nothing, and harms none',
    check: async (tried) => {
      const { store } = tried;
      await store.grant(bob, 'mine', system);
      const start = await store.revision();
      const outcomes = await Promise.allSettled(
        numbers(40).map((at) => {
          if (at % 4 === 0) return store.grant(alice, `p:${at}`, system);
          if (at % 4 === 1) return store.grant(alice, `q:${at}`, accessOf(bob));
          if (at % 4 === 2) return store.assign(alice, 'nobody', {}, system);
          return store.grant(alice, { permission: 'r', on: '**' }, system);
        }),
      );
      const permitted = numbers(40).filter((at) => at % 4 === 0);
      tried.same(
        'which are permitted',
        numbers(40).filter((at) => outcomes[at]?.status === 'fulfilled'),
        permitted,
      );
      await tried.holds(
        alice,
        permitted.map((at) => `p:${at}`),
      );
      tried.same(
        'how many are remembered',
        (await store.audit({ take: 1000 })).items.filter((one) => one.revision > start).length,
        10,
      );
    },
  },
];

/** 50 changes at once, shared out to these handles. */
export async function atTheSameTime(tried: TriedRoleStore, stores: readonly RoleStore[]): Promise<void> {
  const first = await tried.store.putRole({ uid: 'editor', name: 'editor', privileges: ['e'] }, system);
  const revisions = await Promise.all(
    numbers(50).map((at) => {
      const store = stores[at % stores.length] ?? tried.store;
      if (at % 5 === 0)
        return store.putRole({ uid: `role-${at}`, name: `role ${at}`, privileges: [`r:${at}`] }, system);
      if (at % 5 === 1) return store.assign(user(`user-${at}`), 'editor', {}, system);
      if (at % 5 === 2) return store.putApi({ identifier: `api-${at}`, name: 'an API', permissions: [] }, system);
      return store.grant(alice, [`p:${at}`, 'shared'], system);
    }),
  );
  const sorted = revisions.toSorted((one, other) => one - other);
  tried.same('how many revisions are told apart', new Set(revisions).size, 50);
  tried.true('revisions above the one before', (sorted[0] ?? 0) > first, String(sorted[0]));
  // Those who are not the first to see their own change see no less.
  await tried.eventually(async () => tried.same('the revision there is', await tried.store.revision(), sorted.at(-1)));
  const granted = numbers(50).filter((at) => at % 5 > 2);
  await tried.holds(alice, [...granted.map((at) => `p:${at}`), 'shared']);
  for (const at of numbers(50).filter((one) => one % 5 === 1)) await tried.holds(user(`user-${at}`), ['e']);
  tried.same('how many roles there are', (await tried.store.roles()).total, 4 + 1 + 10);
  tried.same('how many APIs there are', (await tried.store.apis()).total, 10);
  tried.same('how many have the role', (await tried.store.holdersOfRole('editor')).total, 10);
  const entries = (await tried.store.audit({ take: 1000 })).items;
  tried.same(
    'the revisions that are remembered',
    entries.map(({ revision }) => revision),
    [first, ...sorted].toReversed(),
  );
}

export async function sameVersion(tried: TriedRoleStore, stores: readonly RoleStore[]): Promise<void> {
  const role = { uid: 'editor', name: 'editor', privileges: ['e'] };
  await tried.store.putRole(role, system);
  await tried.store.assign(alice, 'editor', {}, system);
  for (const version of [1, 2]) {
    const attempts = numbers(10).map((at) => {
      const sent = { ...role, version, privileges: [`e:${version}:${at}`] };
      return (stores[at % stores.length] ?? tried.store).putRole(sent, system);
    });
    const outcomes = await Promise.allSettled(attempts);
    const won = numbers(10).filter((at) => outcomes[at]?.status === 'fulfilled');
    tried.same('how many change it', won.length, 1);
    for (const [at, attempt] of attempts.entries()) {
      if (!won.includes(at)) await tried.refused('another one', attempt, 'role_version_conflict');
    }
    await tried.eventually(async () =>
      tried.same('its version', (await tried.store.role('editor'))?.version, version + 1),
    );
    await tried.holds(alice, [`e:${version}:${won[0]}`]);
  }
  tried.same('how many changes are remembered', (await tried.store.audit()).total, 4);
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
