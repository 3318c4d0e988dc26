// Permissions that have several names: what is stored under one of them from before is found, and taken back, by each.

import { definePermissions } from '../core/permission.ts';
import { accessOf, alice, bob, carol, dave, system, user } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

const [own, alias, former] = ['read:plans', 'read.plans', 'plans:view'];
const permissions = definePermissions({
  [own]: { description: 'See plans', aliases: [alias], replaces: [former] },
  'write:plans': 'Change plans',
});

export const nameRules: readonly RoleRule[] = [
  {
    name: 'who holds a permission is found by each of its names, under whichever it is stored',
    only: { handles: 'several', catalogue: 'given' },
    check: async (tried) => {
      const { store } = tried;
      await store.grant(alice, own, system);
      await store.grant(bob, [alias, 'write:plans'], system);
      await store.putRole({ uid: 'viewer', name: 'viewer', privileges: [former] }, system);
      await store.putRole({ uid: 'head', name: 'head', privileges: [], inherits: ['viewer'] }, system);
      await store.assign(carol, 'head', {}, system);
      await store.grant(dave, 'read:*', system);
      await store.grant(user('none'), ['write:plans', 'read.*', { permission: alias, effect: 'deny' }], system);
      const named = await tried.reopened(permissions);
      const expected = [
        [alice.id, [own]],
        [bob.id, [alias]],
        [carol.id, [former]],
        [dave.id, ['read:*']],
      ];
      for (const name of [own, alias, former]) {
        await named.eventually(async () => {
          const { items, total } = await named.store.holdersOf(name);
          const came = items.map(({ subject, privileges }) => [subject.id, privileges.map((one) => one.permission)]);
          tried.sameSet(`who holds \`${name}\`, and under which name`, came, expected);
          tried.same('`total`', total, expected.length);
        });
      }
    },
  },
  {
    name: 'a privilege is taken back, and replaced, by each name of its permission, under whichever it is stored',
    only: { handles: 'several', catalogue: 'given' },
    check: async (tried) => {
      const { store } = tried;
      await store.grant(alice, [own, alias, former, { permission: former, on: 'plans:id:1' }], system);
      await store.grant(bob, alias, system);
      const named = await tried.reopened(permissions);
      await named.store.revoke(alice, alias, system);
      await named.store.grant(bob, former, system);
      await named.holds(alice, [{ permission: former, on: 'plans:id:1' }]);
      await named.holds(bob, [own]);
    },
  },
  {
    name: 'whoever makes a change and knows other names of a permission gives by none of them what they do not hold by its own',
    check: async (tried) => {
      const { store } = tried;
      const by = (id: string) => ({ access: accessOf(user(id)), names: permissions });
      await store.putRole({ uid: 'viewer', name: 'viewer', privileges: [former] }, system);
      // A pattern grants by own names alone.
      await store.grant(user('patterned'), 'plans:*', system);
      await store.grant(user('denied'), ['*', { permission: former, effect: 'deny' }], system);
      await store.grant(user('former'), former, system);
      await tried.unchanged(async () => {
        for (const [id, privilege] of [
          ['patterned', former],
          ['denied', own],
          ['denied', alias],
        ] as const) {
          await tried.refused(`\`grant\` by who is ${id}`, store.grant(bob, privilege, by(id)), 'beyond_ceiling');
          await tried.refused(`\`assign\` by who is ${id}`, store.assign(bob, 'viewer', {}, by(id)), 'beyond_ceiling');
          const change = { kind: 'grant', subject: bob, privilege } as const;
          await tried.refused(`\`changeAll\` by who is ${id}`, store.changeAll([change], by(id)), 'beyond_ceiling');
          tried.same('`delegatable`', [...(await store.delegatable(['viewer'], by(id)))], []);
        }
      });
      tried.same('`delegatable`', [...(await store.delegatable(['viewer'], by('former')))], ['viewer']);
      await store.grant(bob, own, by('former'));
      await store.assign(carol, 'viewer', {}, by('former'));
      await tried.holds(bob, [own]);
    },
  },
];
