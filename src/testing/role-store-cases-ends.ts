// Until when something is held.

import type { Privilege } from '../core/privilege.ts';
import { alice, bob, client, inHours, plain, system } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const endRules: readonly RoleRule[] = [
  {
    name: 'the same grant with another end takes the place of the first',
    check: async (tried) => {
      const { store } = tried;
      for (const expiresAt of [inHours(1), inHours(3), inHours(2), Date.now() - 1, undefined, inHours(1)]) {
        const privilege: Privilege = { permission: 'a', on: 'a:*', ...(expiresAt !== undefined && { expiresAt }) };
        await store.grant(alice, privilege, system);
        await tried.holds(alice, [privilege]);
        await tried.recorded(alice, [privilege], []);
      }
      await store.grant(alice, { permission: 'a', on: 'a:*', expiresAt: Infinity }, system);
      await tried.holds(alice, [{ permission: 'a', on: 'a:*' }]);
      await store.revoke(alice, { permission: 'a', on: 'a:*', expiresAt: inHours(5) }, system);
      await tried.recorded(alice, [], []);
    },
  },
  {
    name: 'what is granted and assigned ends to the millisecond',
    check: async (tried) => {
      const { store } = tried;
      const soon = Date.now() + 400;
      const ends = [inHours(1), Date.UTC(2126, 0, 1) + 1, Date.now(), Date.now() - 1, 0, soon];
      const held = ends.map((expiresAt, at): Privilege => ({ permission: `held:${at}`, expiresAt }));
      const denied = held.map((one): Privilege => ({ ...one, effect: 'deny' }));
      await store.grant(alice, held, system);
      await store.grant(bob, denied, system);
      await store.putRole({ uid: 'ending', name: 'ending', privileges: held }, system);
      await store.putRole({ uid: 'lasting', name: 'lasting', privileges: ['for:good'] }, system);
      const app = client('app');
      await store.assign(app, 'ending', { expiresAt: Date.UTC(2127, 0, 1) }, system);
      await store.assign(app, 'lasting', { expiresAt: soon }, system);
      const check = async (): Promise<void> => {
        await tried.holds(alice, held);
        await tried.holds(bob, denied);
        await tried.holds(app, [...held, { permission: 'for:good', expiresAt: soon }]);
      };
      await check();
      await tried.recorded(alice, held, []);
      tried.sameSet('the privileges of the role', (await store.role('ending'))?.privileges.map(plain) ?? [], held);
      while (Date.now() <= soon) await new Promise((resolve) => setTimeout(resolve, 20));
      await check();
      tried.same('who holds what has ended', (await store.holdersOf('held:5')).items, []);
    },
  },
];
