// Roles that inherit roles, and the built-in ones.

import type { RoleInput } from '../core/role-store.ts';
import { alice, bob, carol, inHours, system, within, role } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const inheritanceRules: readonly RoleRule[] = [
  {
    name: 'who has a role has what it inherits, over however many others, as it is now',
    check: async (tried) => {
      const { store } = tried;
      // A diamond: top inherits left and right, which both inherit base.
      await store.putRole(role('base', ['a']), system);
      await store.putRole(role('left', ['b'], ['base']), system);
      await store.putRole(role('right', [{ permission: 'c', effect: 'deny' }], ['base']), system);
      await store.putRole(role('top', [], ['left', 'right']), system);
      await store.assign(alice, 'top', {}, system);
      await store.assign(bob, 'left', { organization: 'org_1', expiresAt: inHours(1) }, system);
      await tried.holds(alice, ['a', 'b', { permission: 'c', effect: 'deny' }]);
      await tried.sources(alice, ['a by role base via top', 'b by role left via top', 'c by role right via top']);
      await tried.sources(within(bob, 'org_1'), ['a by role base via left', 'b by role left']);
      await tried.holds(bob, []);
      await store.putRole({ ...role('base', ['d', 'e']), version: 1 }, system);
      await tried.holds(alice, ['b', 'd', 'e', { permission: 'c', effect: 'deny' }]);
      await store.putRole({ ...role('left', ['b']), version: 1 }, system);
      await tried.holds(alice, ['b', 'd', 'e', { permission: 'c', effect: 'deny' }]);
      await store.putRole({ ...role('right', []), version: 1 }, system);
      await tried.holds(alice, ['b']);
      await store.putRole({ ...role('top', ['f']), version: 1 }, system);
      await tried.holds(alice, ['f']);
      await tried.sources(alice, ['f by role top']);
    },
  },
  {
    name: 'a chain of 30 roles gives what each of them has',
    check: async (tried) => {
      const { store } = tried;
      const numbers = Array.from({ length: 30 }, (_, at) => at);
      for (const at of numbers)
        await store.putRole(role(`r${at}`, [`p:${at}`], at === 0 ? [] : [`r${at - 1}`]), system);
      await store.assign(alice, 'r29', {}, system);
      await tried.holds(
        alice,
        numbers.map((at) => `p:${at}`),
      );
      await store.putRole({ ...role('r15', []), version: 1 }, system);
      await tried.holds(
        alice,
        numbers.slice(16).map((at) => `p:${at}`),
      );
    },
  },
  {
    name: 'what is inherited or belongs in one organization is had there only',
    check: async (tried) => {
      const { store } = tried;
      const inOne = { organization: 'org_1' };
      await store.putRole(role('base', ['a', { permission: 'b', organization: 'org_2' }]), system);
      await store.putRole({ ...role('local', ['c'], ['base']), ...inOne }, system);
      await store.putRole(role('edge', ['d'], [{ role: 'base', ...inOne }]), system);
      await store.putRole(role('top', ['e'], ['edge', 'local', { role: 'local', organization: 'org_2' }]), system);
      await store.assign(alice, 'top', {}, system);
      await store.assign(bob, 'edge', { organization: 'org_2' }, system);
      await store.assign(carol, 'local', inOne, system);
      await tried.holds(alice, ['d', 'e']);
      await tried.holds(within(alice, 'org_1'), ['a', 'c', 'd', 'e']);
      await tried.holds(within(alice, 'org_2'), ['d', 'e']);
      await tried.holds(within(bob, 'org_1'), []);
      await tried.holds(within(bob, 'org_2'), ['d']);
      await tried.holds(within(carol, 'org_1'), ['a', 'c']);
      await tried.holds(carol, []);
      tried.sameSet('what `top` inherits', (await store.role('top'))?.inherits ?? [], [
        { role: 'edge' },
        { role: 'local' },
        { role: 'local', organization: 'org_2' },
      ]);
    },
  },
  {
    name: 'no role inherits itself, over however many others, and the error shows the way',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('a', ['x']), system);
      await store.putRole(role('b', [], [{ role: 'a', organization: 'org_1' }]), system);
      await store.putRole(role('c', [], ['b']), system);
      await store.putRole({ ...role('builtin:viewer', [], ['c']), name: 'Built-in Viewer', version: 1 }, system);
      await store.assign(alice, 'c', {}, system);
      await tried.unchanged(async () => {
        const ways: [RoleInput, string[]][] = [
          [{ ...role('a', [], ['a']), version: 1 }, ['a', 'a']],
          [{ ...role('a', [], ['b']), version: 1 }, ['a', 'b', 'a']],
          [{ ...role('a', [], [{ role: 'c', organization: 'org_2' }]), version: 1 }, ['a', 'c', 'b', 'a']],
          [role('d', [], ['a', 'd']), ['d', 'd']],
          // Editor inherits Viewer though nobody said so.
          [
            { ...role('a', [], ['builtin:editor']), version: 1 },
            ['a', 'builtin:editor', 'builtin:viewer', 'c', 'b', 'a'],
          ],
          [
            { ...role('builtin:viewer', [], ['builtin:admin']), name: 'Built-in Viewer', version: 2 },
            ['builtin:viewer', 'builtin:admin', 'builtin:editor', 'builtin:viewer'],
          ],
        ];
        for (const [input, way] of ways) {
          const error = await tried.refused(`the way ${way.join(' > ')}`, store.putRole(input, system), 'role_cycle');
          tried.same('`cycle` of the error', error['cycle'], way);
        }
      });
      await tried.holds(within(alice, 'org_1'), ['x']);
    },
  },
  {
    name: 'Viewer, Editor and Admin each have what the one below has, as it is now',
    check: async (tried) => {
      const { store } = tried;
      await store.assign(alice, 'builtin:admin', {}, system);
      await store.assign(bob, 'builtin:editor', { organization: 'org_1' }, system);
      await store.assign(carol, ['builtin:viewer', 'builtin:server-admin'], {}, system);
      await tried.holds(alice, []);
      await store.putRole(role('custom', ['a']), system);
      await store.putRole({ ...builtIn('Viewer', ['b'], ['custom']), version: 1 }, system);
      await store.putRole({ ...builtIn('Admin', ['c']), version: 1 }, system);
      await store.putRole(
        { ...builtIn('server administrator', ['d']), uid: 'builtin:server-admin', version: 1 },
        system,
      );
      await tried.sources(alice, [
        'a by built-in custom via builtin:admin',
        'b by built-in builtin:viewer via builtin:admin',
        'c by built-in builtin:admin',
      ]);
      await tried.sources(within(bob, 'org_1'), [
        'a by built-in custom via builtin:editor',
        'b by built-in builtin:viewer via builtin:editor',
      ]);
      await tried.sources(carol, [
        'a by built-in custom via builtin:viewer',
        'b by built-in builtin:viewer',
        'd by built-in builtin:server-admin',
      ]);
      await tried.holds(bob, []);
      await store.putRole({ ...builtIn('Viewer', []), version: 2 }, system);
      await tried.holds(alice, ['c']);
      await tried.holds(carol, ['d']);
      const viewer = await store.role('builtin:viewer');
      tried.same('the built-in role', viewer, {
        uid: 'builtin:viewer',
        name: 'Built-in Viewer',
        version: 3,
        privileges: [],
        inherits: [],
      });
    },
  },
  {
    name: 'a built-in role is not deleted, renamed or bound to an organization, and none is made',
    check: async (tried) => {
      const { store } = tried;
      const untouched = { uid: 'builtin:editor', name: 'Built-in Editor', version: 1, privileges: [], inherits: [] };
      tried.same('the role Editor', await store.role('builtin:editor'), untouched);
      await tried.unchanged(async () => {
        const code = 'role_built_in';
        await tried.refused('deleting it', store.deleteRole('builtin:editor', {}, system), code);
        await tried.refused('deleting it by force', store.deleteRole('builtin:editor', { force: true }, system), code);
        const editor = { ...builtIn('Editor', ['a']), version: 1 };
        await tried.refused('renaming it', store.putRole({ ...editor, name: 'Redactor' }, system), code);
        await tried.refused('binding it', store.putRole({ ...editor, organization: 'org_1' }, system), code);
        const unread = store.putRole(builtIn('Editor', ['a']), system);
        await tried.refused('changing it unread', unread, 'role_version_conflict');
        await tried.rejectsInput('a new one', () => store.putRole(role('builtin:other', []), system));
      });
      await store.putRole({ ...builtIn('Editor', ['a']), version: 1 }, system);
      await tried.unchanged(async () => {
        await tried.refused('deleting a changed one', store.deleteRole('builtin:editor', {}, system), 'role_built_in');
        const renamed = { ...builtIn('Editor', ['a']), name: 'Redactor', version: 2 };
        await tried.refused('renaming a changed one', store.putRole(renamed, system), 'role_built_in');
      });
    },
  },
];

function builtIn(name: string, privileges: string[], inherits: string[] = []): RoleInput {
  return { uid: `builtin:${name.toLowerCase()}`, name: `Built-in ${name}`, privileges, inherits };
}
