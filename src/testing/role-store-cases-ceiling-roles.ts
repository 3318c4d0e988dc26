// The ceiling where roles and APIs are concerned, and who it is that makes a change.

import type { Access } from '../core/access.ts';
import type { ChangedBy, RoleInput } from '../core/role-store.ts';
import { createTestAccess } from './test-access.ts';
import { accessOf, alice, api, bob, inHours, system, textOf, user, within, role } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';

const admin = user('admin');
const by = accessOf(admin);

export const roleCeilingRules: readonly RoleRule[] = [
  {
    name: 'nobody assigns or deassigns a role without holding all it gives, what it inherits included',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('base', ['c', { permission: 'd', effect: 'deny' }]), system);
      await store.putRole(role('head', ['a', { permission: 'b', on: 'b:*' }], ['base']), system);
      await store.assign(bob, 'head', {}, system);
      await store.grant(admin, ['a', { permission: 'b', on: 'b:1' }], system);
      await tried.unchanged(async () => {
        await refused(tried, store.assign(alice, 'head', {}, by), ['b', 'c', 'd']);
        await refused(tried, store.deassign(bob, 'head', {}, by), ['b', 'c', 'd']);
        await refused(tried, store.assign(admin, 'head', {}, by), ['b', 'c', 'd']);
      });
      await store.grant(admin, [{ permission: 'b', on: 'b:*', organization: 'org_1' }, 'c'], system);
      await store.grant(admin, { permission: 'd', expiresAt: inHours(1) }, system);
      await tried.unchanged(async () => {
        await refused(tried, store.assign(alice, 'head', {}, by), ['b']);
        // To give a denial, it need not be held as long; to lift one, it must.
        await refused(tried, store.deassign(bob, 'head', {}, by), ['b', 'd']);
      });
      await store.assign(alice, 'head', { organization: 'org_1' }, by);
      await store.putRole(role('empty', []), system);
      await store.assign(alice, 'empty', {}, by);
      await tried.recorded(alice, [], [{ role: 'head', organization: 'org_1' }, { role: 'empty' }]);
    },
  },
  {
    name: 'a role whose name is kept for code is assigned by who may, and neither made nor changed nor deleted by them',
    check: async (tried) => {
      const { store } = tried;
      await store.grant(admin, '*', system);
      await store.putRole(role('custom', ['a']), system);
      const kept = { ...role('kept', ['a']), name: 'fixed:kept' };
      await store.putRole(kept, system);
      await tried.unchanged(async () => {
        for (const prefix of [
          'fixed:',
          'builtin:',
          'basic:',
          'managed:',
          'plugins:',
          'extsvc:',
          'Fixed:',
          'MANAGED:',
        ]) {
          const name = `${prefix}x`;
          await tried.rejectsInput(`a role \`${name}\``, () => store.putRole({ ...role('x', []), name }, by));
          const renamed = { ...role('custom', ['a']), version: 1, name };
          await tried.rejectsInput(`another name, \`${name}\``, () => store.putRole(renamed, by));
          await tried.rejectsInput(`the uid \`${name}\``, () => store.putRole({ ...role(name, []), name: 'x' }, by));
        }
        await tried.rejectsInput('the uid of a fixed role', () => store.putRole(role('fixed_x', []), by));
        for (const changed of [{ privileges: ['b'] }, { name: 'custom too' }, { description: 'x' }]) {
          await tried.refused(
            'a change of it',
            store.putRole({ ...kept, version: 1, ...changed }, by),
            'role_reserved',
          );
        }
        await tried.refused('its deletion', store.deleteRole('kept', { force: true }, by), 'role_reserved');
      });
      await store.assign(alice, 'kept', {}, by);
      await tried.holds(alice, ['a']);
      await store.putRole({ ...role('heir', []), inherits: ['kept'] }, by);
      await store.deassign(alice, 'kept', {}, by);
      await store.deleteRole('kept', { force: true }, system);
      await store.putRole({ ...role('own', []), name: 'my fixed: role' }, by);
    },
  },
  {
    name: 'who has a role gives what it gives, as long and where they have it',
    check: async (tried) => {
      const { store } = tried;
      const expiresAt = inHours(1);
      await store.putRole(role('base', ['c']), system);
      await store.putRole(role('head', ['a'], ['base']), system);
      await store.assign(admin, 'head', { organization: 'org_1', expiresAt }, system);
      await tried.unchanged(async () => {
        await refused(tried, store.assign(alice, 'head', { organization: 'org_1' }, by), ['a', 'c']);
        await refused(tried, store.assign(alice, 'head', { expiresAt }, by), ['a', 'c']);
        await refused(tried, store.assign(alice, 'base', { organization: 'org_2', expiresAt }, by), ['c']);
        await refused(tried, store.grant(alice, { permission: 'c', expiresAt }, by), ['c']);
      });
      await store.assign(alice, 'head', { organization: 'org_1', expiresAt }, by);
      await store.grant(within(alice, 'org_1'), { permission: 'c', expiresAt }, by);
      await store.deassign(alice, 'head', { organization: 'org_1' }, by);
      await store.assign(admin, 'builtin:editor', {}, system);
      await store.putRole({ ...role('builtin:viewer', ['v']), name: 'Built-in Viewer', version: 1 }, system);
      await store.grant(alice, 'v', by);
      await tried.holds(within(alice, 'org_1'), [{ permission: 'c', expiresAt }, 'v']);
      await store.deassign(admin, 'builtin:editor', {}, system);
      await refused(tried, store.revoke(alice, 'v', by), ['v']);
    },
  },
  {
    name: 'nobody writes a role without holding all it gave and all it will give',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('base', ['c']), system);
      await store.putRole(role('head', ['a', 'b'], ['base']), system);
      await store.grant(admin, ['a', 'c', { permission: 'd', organization: 'org_1' }], system);
      const changed: [RoleInput, string[]][] = [
        [{ ...role('head', ['a'], ['base']), version: 1 }, ['b']],
        [{ ...role('head', ['a', 'b', 'e'], ['base']), version: 1 }, ['b', 'e']],
        [{ ...role('head', ['a', 'b'], ['base']), version: 1, description: 'described' }, ['b']],
        [role('new', ['a', 'e']), ['e']],
        [role('new', ['a'], ['head']), ['b']],
        [role('new', ['d']), ['d']],
        [{ ...role('builtin:admin', ['e']), name: 'Built-in Admin', version: 1 }, ['e']],
        [{ ...role('builtin:viewer', [], ['head']), name: 'Built-in Viewer', version: 1 }, ['b']],
      ];
      await tried.unchanged(async () => {
        for (const [input, missing] of changed) await refused(tried, store.putRole(input, by), missing);
        await refused(tried, store.deleteRole('head', {}, by), ['b']);
        await refused(tried, store.deleteRole('base', { force: true }, accessOf(bob)), ['c']);
      });
      await store.putRole({ ...role('local', ['d', 'a'], ['base']), organization: 'org_1' }, by);
      await store.putRole({ ...role('base', ['c', 'a']), version: 1 }, by);
      await store.grant(admin, 'b', system);
      await store.putRole({ ...role('head', ['a', 'c']), version: 1 }, by);
      await store.deleteRole('head', {}, by);
      await store.deleteRole('local', {}, by);
    },
  },
  {
    name: 'nobody writes an API without holding what it defines more or less than before',
    check: async (tried) => {
      const { store } = tried;
      const contacts = { identifier: api, name: 'Contacts', permissions: [{ name: 'a' }, { name: 'b' }] };
      await store.putApi(contacts, system);
      await store.grant(
        admin,
        [
          { permission: 'a', audience: api },
          { permission: 'c', audience: 'https://x.example' },
        ],
        system,
      );
      const only = (...names: string[]): typeof contacts & { version: number } => ({
        ...contacts,
        version: 1,
        permissions: names.map((name) => ({ name })),
      });
      await tried.unchanged(async () => {
        await refused(tried, store.putApi(only('a'), by), ['b']);
        await refused(tried, store.putApi(only('a', 'b', 'c'), by), ['c']);
        await refused(tried, store.deleteApi(api, by), ['b']);
      });
      await store.putApi({ ...only('b'), name: 'Friends' }, by);
      await store.putApi({ ...only('b', 'a'), version: 2 }, by);
      await store.putApi({ identifier: 'https://x.example', name: 'X', permissions: [{ name: 'c' }] }, by);
      await store.deleteApi('https://x.example', by);
      tried.same('the API', await store.api(api), { ...only('b', 'a'), version: 3 });
    },
  },
  {
    name: 'who holds everything changes everything, and the system is not asked what it holds',
    check: async (tried) => {
      const { store } = tried;
      await store.grant(admin, '*', { system: 'setup', why: 'the first one' });
      await store.putRole(role('base', ['c', '*', { permission: 'd', on: '' }]), by);
      await store.putRole(role('head', [{ permission: 'a', effect: 'deny' }], ['base']), { access: by });
      await store.assign(alice, ['head', 'builtin:admin'], {}, by);
      await store.grant(alice, ['*', { permission: 'b', organization: 'org_1', audience: api }], {
        access: by,
        why: 'asked for',
      });
      await store.revoke(alice, '*', by);
      await store.putRole({ ...role('base', []), version: 1 }, by);
      await store.putApi({ identifier: api, name: 'Contacts', permissions: [{ name: 'a' }] }, by);
      await store.deleteApi(api, by);
      await store.deleteRole('head', { force: true }, by);
      await tried.recorded(
        alice,
        [{ permission: 'b', organization: 'org_1', audience: api }],
        [{ role: 'builtin:admin' }],
      );
    },
  },
  {
    name: 'what the token of an Access says gives nobody the right to change anything',
    check: async (tried) => {
      const { store } = tried;
      const claimed = createTestAccess({
        subject: admin,
        scopes: ['*', 'a'],
        privileges: [{ permission: '*' }, { permission: 'a' }],
      });
      await tried.unchanged(async () => refused(tried, store.grant(admin, 'a', claimed), ['a']));
    },
  },
  {
    name: 'what is not an Access, or a name of the system, changes nothing: TypeError',
    check: async (tried) => {
      const { store } = tried;
      await store.grant(admin, '*', system);
      await store.putRole(role('editor', ['a']), system);
      const nobodies: unknown[] = [
        ...[undefined, null, 'system', 7, [], {}, { system: '' }, { system: 7 }, { system: undefined }, () => by],
        ...[{ ...by }, { access: { ...by } }, Object.create(by), new Proxy(by, {}), JSON.parse(JSON.stringify(by))],
        ...[
          { access: by, system: 'both' },
          { system: 'a', who: 'b' },
          { system: 'a', why: 7 },
          { access: by, why: '' },
        ],
        ...[{ subject: admin }, { access: undefined }, { access: null }, { subject: admin, can: (): boolean => true }],
      ];
      await tried.unchanged(async () => {
        for (const [at, one] of nobodies.entries()) {
          const who = one as ChangedBy & Access;
          const call: (() => Promise<number>)[] = [
            () => store.grant(alice, 'a', who),
            () => store.revoke(admin, '*', who),
            () => store.assign(alice, 'editor', {}, who),
            () => store.deassign(alice, 'editor', {}, who),
            () => store.putRole(role('new', []), who),
            () => store.deleteRole('editor', {}, who),
            () => store.putApi({ identifier: api, name: 'a', permissions: [] }, who),
            () => store.deleteApi(api, who),
          ];
          for (const change of at < 2 ? call : call.slice(0, 1))
            await tried.rejectsInput(`\`by\` number ${at}`, change);
        }
      });
    },
  },
];

/** Refused, with just these permissions missing; how a role bounds them is not looked at. */
async function refused(tried: TriedRoleStore, change: Promise<unknown>, names: readonly string[]): Promise<void> {
  const error = await tried.refused(`a change that needs ${textOf(names)}`, change, 'beyond_ceiling');
  const missing = (error['missing'] as { permission: string }[]).map(({ permission }) => permission);
  tried.sameSet('the permissions in `missing` of the error', new Set(missing), names);
}
