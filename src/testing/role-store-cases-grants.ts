// Privileges and denials that are given to a subject and taken back.

import type { Privilege } from '../core/privilege.ts';
import { alice, api, bob, inHours, otherApi, system, within } from './role-store-cases-cast.ts';
import { roleLifeRule } from './role-store-cases-scene.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const grantRules: readonly RoleRule[] = [
  {
    name: 'an empty store holds nothing and knows nothing but the built-in roles',
    check: async (tried) => {
      const { store } = tried;
      await tried.holds(alice, []);
      await tried.recorded(alice, [], []);
      const revision = await store.revision();
      tried.true('`revision` to be a whole number', Number.isSafeInteger(revision) && revision >= 0, String(revision));
      tried.same('`subjects`', await store.subjects(), { items: [], total: 0 });
      tried.same('`apis`', await store.apis(), { items: [], total: 0 });
      tried.same('`audit`', await store.audit(), { items: [], total: 0 });
      tried.same('`holdersOf`', await store.holdersOf('read:contacts'), { items: [], total: 0 });
      tried.same('`holdersOfRole`', await store.holdersOfRole('editor'), { items: [], total: 0 });
      tried.true('no role', (await store.role('editor')) === undefined, 'one');
      tried.true('no API', (await store.api(api)) === undefined, 'one');
      const roles = (await store.roles()).items.map(({ uid }) => uid);
      const builtIn = ['builtin:admin', 'builtin:editor', 'builtin:server-admin', 'builtin:viewer'];
      tried.same('the uids of `roles`', roles, builtIn);
    },
  },
  {
    name: 'what is granted is held at once and until it is revoked',
    check: async (tried) => {
      const { store } = tried;
      const onOne: Privilege = { permission: 'read:contacts', on: 'contacts:id:7' };
      const denial: Privilege = { permission: 'delete:contacts', effect: 'deny' };
      await store.grant(alice, 'write:contacts', system);
      await tried.holds(alice, ['write:contacts']);
      await store.grant(alice, onOne, system);
      await store.grant(alice, denial, system);
      await tried.holds(alice, ['write:contacts', onOne, denial]);
      await tried.recorded(alice, ['write:contacts', onOne, denial], []);
      await tried.sources(
        alice,
        ['write:contacts', 'read:contacts', 'delete:contacts'].map((one) => `${one} by direct`),
      );
      tried.same('`subjects`', (await store.subjects()).items, [{ id: alice.id, issuer: alice.issuer, kind: 'user' }]);
      await store.revoke(alice, onOne, system);
      await tried.holds(alice, ['write:contacts', denial]);
      await store.revoke(alice, [denial, 'write:contacts'], system);
      await tried.holds(alice, []);
      await tried.recorded(alice, [], []);
      tried.same('`subjects` when nothing is held any more', await store.subjects(), { items: [], total: 0 });
    },
  },
  {
    name: 'a list is granted and revoked in one change, whole or not at all',
    check: async (tried) => {
      const { store } = tried;
      const list = ['a', { permission: 'b', on: 'b:*' }, { permission: 'c', effect: 'deny' }, 'a'] as const;
      const revision = await store.grant(alice, list, system);
      await tried.holds(alice, list);
      tried.same('how many changes are remembered', (await store.audit()).total, 1);
      tried.same('the revision', await store.revision(), revision);
      await tried.unchanged(async () => {
        const bad = ['d', { permission: 'e', on: 'a*b' }];
        await tried.rejectsInput('a list with an invalid pattern', () => store.grant(alice, bad, system));
        await tried.rejectsInput('the same, revoked', () => store.revoke(alice, ['a', ...bad], system));
      });
      await store.revoke(alice, ['a', 'x', { permission: 'b', on: 'b:*' }], system);
      await tried.holds(alice, [{ permission: 'c', effect: 'deny' }]);
      tried.same('how many changes are remembered', (await store.audit()).total, 2);
    },
  },
  {
    name: 'what is so already is no change: it resolves to the revision there is',
    check: async (tried) => {
      const { store } = tried;
      const role = { uid: 'editor', name: 'Editors', privileges: ['a', 'b'], inherits: ['builtin:viewer'] };
      const contacts = { identifier: api, name: 'Contacts', permissions: [{ name: 'a' }], settings: { realm: 'x' } };
      const end = inHours(1);
      await store.putRole(role, system);
      await store.putApi(contacts, system);
      await store.grant(alice, ['a', { permission: 'b', on: 'b:*', expiresAt: end }], system);
      await store.assign(within(alice, 'org_1'), 'editor', { expiresAt: end }, system);
      const revision = await store.revision();
      const nothing: [string, () => Promise<number>][] = [
        ['a grant that is there', () => store.grant(alice, 'a', system)],
        [
          'a list that is there',
          () => store.grant(alice, [{ permission: 'b', on: 'b:*', expiresAt: end }, 'a'], system),
        ],
        ['revoking what is not there', () => store.revoke(alice, 'c', system)],
        ['revoking it on another resource', () => store.revoke(alice, { permission: 'a', on: '*' }, system)],
        [
          'revoking the denial of what is granted',
          () => store.revoke(alice, { permission: 'a', effect: 'deny' }, system),
        ],
        ['revoking from nobody', () => store.revoke(bob, 'a', system)],
        [
          'an assignment that is there',
          () => store.assign(alice, ['editor'], { organization: 'org_1', expiresAt: end }, system),
        ],
        ['deassigning in another organization', () => store.deassign(alice, 'editor', {}, system)],
        ['deassigning a role that there is not', () => store.deassign(alice, 'nobody', {}, system)],
        [
          'a role as it is',
          () => store.putRole({ ...role, version: 1, privileges: ['b', { permission: 'a' }, 'a'] }, system),
        ],
        ['an API as it is', () => store.putApi({ ...contacts, version: 1 }, system)],
        ['deleting an API that there is not', () => store.deleteApi(otherApi, system)],
      ];
      await tried.unchanged(async () => {
        for (const [what, change] of nothing) tried.same(`the revision after ${what}`, await change(), revision);
      });
    },
  },
  {
    name: 'grants that differ in anything but their end are different',
    check: async (tried) => {
      const { store } = tried;
      const different: Privilege[] = [
        { permission: 'a' },
        { permission: 'a', on: '' },
        { permission: 'a', on: '*' },
        { permission: 'a', on: 'a:*' },
        { permission: 'a', on: 'a:id:7' },
        { permission: 'a', effect: 'deny' },
        { permission: 'a', on: '', effect: 'deny' },
        { permission: 'a', on: 'a:id:7', effect: 'deny' },
        { permission: 'a', audience: api },
        { permission: 'a', audience: otherApi },
        { permission: 'a', organization: 'org_1' },
        { permission: 'a', organization: 'org_2' },
        { permission: 'a', organization: 'org_1', audience: api },
        { permission: 'A' },
        { permission: 'a:' },
      ];
      await store.grant(alice, different, system);
      await tried.recorded(alice, different, []);
      for (const [at, one] of different.entries()) {
        await store.revoke(alice, one, system);
        const left = different.slice(at + 1);
        await tried.recorded(alice, left, []);
        await tried.holds(within(alice, 'org_1'), left);
      }
    },
  },
  {
    name: 'in an organization something is given to a subject of that organization',
    check: async (tried) => {
      const { store } = tried;
      const inOne = within(alice, 'org_1');
      await store.putRole({ uid: 'editor', name: 'editor', privileges: ['b'] }, system);
      await store.grant(inOne, ['a', { permission: 'c', organization: 'org_1' }], system);
      await store.assign(inOne, 'editor', {}, system);
      const given = ['a', 'c'].map((permission) => ({ permission, organization: 'org_1' }));
      await tried.recorded(alice, given, [{ role: 'editor', organization: 'org_1' }]);
      await tried.holds(inOne, ['a', 'b', 'c']);
      await tried.holds(alice, []);
      await tried.holds(within(alice, 'org_2'), []);
      await tried.unchanged(async () => {
        await store.revoke(alice, 'a', system);
        await store.revoke(within(alice, 'org_2'), 'a', system);
        await store.deassign(alice, 'editor', {}, system);
        const other = { permission: 'd', organization: 'org_2' };
        await tried.rejectsInput('a privilege elsewhere', () => store.grant(inOne, other, system));
        await tried.rejectsInput('one of them elsewhere', () => store.grant(inOne, ['d', other], system));
        await tried.rejectsInput('its revocation', () =>
          store.revoke(inOne, { permission: 'a', organization: 'org_2' }, system),
        );
        const elsewhere = { organization: 'org_2' };
        await tried.rejectsInput('an assignment elsewhere', () => store.assign(inOne, 'editor', elsewhere, system));
        await tried.rejectsInput('its deassignment', () => store.deassign(inOne, 'editor', elsewhere, system));
      });
      await store.revoke(inOne, ['a', { permission: 'c', organization: 'org_1' }], system);
      await store.deassign(inOne, 'editor', { organization: 'org_1' }, system);
      await tried.recorded(alice, [], []);
    },
  },
  {
    name: roleLifeRule,
    check: async (tried) => {
      await tried.store.ready?.();
      tried.listen().end();
      await tried.store.ready?.();
      await tried.store.close?.();
    },
  },
];
