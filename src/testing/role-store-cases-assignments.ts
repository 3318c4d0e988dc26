// Roles that are assigned, and deleted from who has them.

import { alice, bob, client, inHours, system, within } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const assignmentRules: readonly RoleRule[] = [
  {
    name: 'a role is had from its assignment on until it is deassigned',
    check: async (tried) => {
      const { store } = tried;
      const expiresAt = inHours(2);
      const ending = { permission: 'c', expiresAt: inHours(1) };
      await store.putRole(
        { uid: 'editor', name: 'editor', privileges: ['a', { permission: 'b', effect: 'deny' }] },
        system,
      );
      await store.putRole({ uid: 'visitor', name: 'visitor', privileges: ['d', ending] }, system);
      await store.assign(alice, 'editor', {}, system);
      await tried.holds(alice, ['a', { permission: 'b', effect: 'deny' }]);
      await tried.sources(alice, ['a by role editor', 'b by role editor']);
      await store.assign(bob, ['editor', 'visitor'], { organization: 'org_1', expiresAt }, system);
      await store.assign(bob, 'visitor', { organization: 'org_2' }, system);
      const bounded = [
        { permission: 'a', expiresAt },
        { permission: 'b', effect: 'deny' as const, expiresAt },
        { permission: 'd', expiresAt },
      ];
      await tried.holds(within(bob, 'org_1'), [...bounded, ending]);
      await tried.holds(within(bob, 'org_2'), ['d', ending]);
      await tried.holds(bob, []);
      await tried.recorded(
        bob,
        [],
        [
          { role: 'editor', organization: 'org_1', expiresAt },
          { role: 'visitor', organization: 'org_1', expiresAt },
          { role: 'visitor', organization: 'org_2' },
        ],
      );
      await store.assign(bob, 'visitor', { organization: 'org_1' }, system);
      await tried.holds(within(bob, 'org_1'), [...bounded.slice(0, 2), 'd', ending]);
      const before = await store.revision();
      await store.deassign(bob, ['editor', 'visitor', 'nobody'], { organization: 'org_1' }, system);
      tried.true(
        'one change for a list',
        (await store.audit()).items.filter((one) => one.revision > before).length === 1,
      );
      await tried.recorded(bob, [], [{ role: 'visitor', organization: 'org_2' }]);
      await store.deassign(alice, 'editor', {}, system);
      await tried.holds(alice, []);
      await tried.recorded(alice, [], []);
    },
  },
  {
    name: 'no role that there is not is assigned, inherited or deleted',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole({ uid: 'editor', name: 'editor', privileges: ['a'] }, system);
      await tried.unchanged(async () => {
        const missing = 'role_not_found';
        await tried.refused('an unknown role', store.assign(alice, 'nobody', {}, system), missing);
        const both = store.assign(alice, ['editor', 'nobody'], {}, system);
        const error = await tried.refused('a known and an unknown role', both, missing);
        tried.same('`role` of the error', error['role'], 'nobody');
        for (const uid of ['__proto__', 'constructor', 'Editor', 'builtin:nobody']) {
          await tried.refused(`the role ${uid}`, store.assign(alice, uid, {}, system), missing);
        }
        const inheriting = { uid: 'head', name: 'head', privileges: [], inherits: ['editor', 'nobody'] };
        await tried.refused('inheriting it', store.putRole(inheriting, system), missing);
        await tried.refused('deleting it', store.deleteRole('nobody', {}, system), missing);
        await tried.refused('deleting it by force', store.deleteRole('nobody', { force: true }, system), missing);
      });
    },
  },
  {
    name: 'a role of one organization is assigned there only',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole({ uid: 'local', name: 'local', organization: 'org_1', privileges: ['a'] }, system);
      await store.putRole({ uid: 'global', name: 'global', privileges: ['b'] }, system);
      await tried.unchanged(async () => {
        await tried.refused('everywhere', store.assign(alice, 'local', {}, system), 'role_elsewhere');
        const list = store.assign(alice, ['global', 'local'], { organization: 'org_2' }, system);
        const error = await tried.refused('elsewhere', list, 'role_elsewhere');
        tried.same('`organization` of the error', error['organization'], 'org_1');
      });
      await store.assign(alice, ['local', 'global'], { organization: 'org_1' }, system);
      await tried.holds(within(alice, 'org_1'), ['a', 'b']);
      await tried.holds(within(alice, 'org_2'), []);
      await tried.holds(alice, []);
    },
  },
  {
    name: 'a role that is assigned or inherited is deleted by force only, and then from everybody',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole({ uid: 'base', name: 'base', privileges: ['a'] }, system);
      await store.putRole(
        { uid: 'head', name: 'head', privileges: ['b'], inherits: ['base', { role: 'base', organization: 'org_1' }] },
        system,
      );
      await store.putRole({ uid: 'unused', name: 'unused', privileges: [] }, system);
      await store.assign(alice, 'head', {}, system);
      await store.assign(bob, 'base', { organization: 'org_1' }, system);
      await store.assign(client('app'), ['base', 'head'], {}, system);
      await tried.unchanged(async () => {
        const error = await tried.refused('deleting it', store.deleteRole('base', {}, system), 'role_in_use');
        tried.same('`holders` and `inheritors` of the error', [error['holders'], error['inheritors']], [2, ['head']]);
        await tried.refused(
          'deleting one that is assigned',
          store.deleteRole('head', { force: false }, system),
          'role_in_use',
        );
      });
      await store.deleteRole('unused', {}, system);
      await store.deleteRole('base', { force: true }, system);
      tried.true(
        'no role any more',
        (await store.role('base')) === undefined && (await store.role('unused')) === undefined,
        'one',
      );
      for (const subject of [alice, within(alice, 'org_1'), client('app')]) await tried.holds(subject, ['b']);
      await tried.holds(within(bob, 'org_1'), []);
      await tried.recorded(bob, [], []);
      await tried.recorded(client('app'), [], [{ role: 'head' }]);
      tried.same('who inherits it', (await store.role('head'))?.inherits, []);
      tried.same('the version of who inherited it', (await store.role('head'))?.version, 2);
      await store.putRole({ uid: 'base', name: 'base', privileges: ['c'] }, system);
      await tried.holds(client('app'), ['b']);
      await tried.holds(within(bob, 'org_1'), []);
    },
  },
];
