// Roles: made, changed by who has read them, assigned and deleted.

import type { Privilege } from '../core/privilege.ts';
import { alice, dave, inHours, plain, system, user } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const roleRules: readonly RoleRule[] = [
  {
    name: 'a role is made with the version that is sent, and with 1 where none is',
    check: async (tried) => {
      const { store } = tried;
      const privileges: Privilege[] = [
        { permission: 'b', on: 'b:*', organization: 'org_1', audience: 'x', expiresAt: inHours(1) },
        { permission: 'c', effect: 'deny' },
        { permission: 'd', on: '' },
      ];
      const full = { uid: 'editor', name: 'Editors', description: 'They edit', privileges: ['a', ...privileges] };
      const revision = await store.putRole(full, system);
      tried.same('the revision', await store.revision(), revision);
      await store.putRole(
        { uid: 'seventh', name: 'Seventh', version: 7, privileges: [], inherits: ['editor'] },
        system,
      );
      await store.putRole({ uid: 'zeroth', name: 'Zeroth', version: 0, organization: 'org_1', privileges: [] }, system);
      const role = await store.role('editor');
      tried.sameSet('its privileges', role?.privileges ?? [], [plain('a'), ...privileges]);
      const { privileges: given } = role ?? {};
      tried.same('the role', role, { ...full, privileges: given, version: 1, inherits: [] });
      tried.same('another role', await store.role('seventh'), {
        ...{ uid: 'seventh', name: 'Seventh', version: 7 },
        ...{ privileges: [], inherits: [{ role: 'editor' }] },
      });
      const zeroth = { uid: 'zeroth', name: 'Zeroth', version: 1, organization: 'org_1', privileges: [], inherits: [] };
      tried.same('a role of version 0', await store.role('zeroth'), zeroth);
      tried.same('how many there are', (await store.roles()).total, 7);
    },
  },
  {
    name: 'a role is replaced whole by who sends the version there is, which rises',
    check: async (tried) => {
      const { store } = tried;
      const first = {
        uid: 'editor',
        name: 'Editors',
        description: 'They edit',
        privileges: ['a', 'b'],
        inherits: ['builtin:viewer'],
      };
      await store.putRole(first, system);
      await store.assign(alice, 'editor', {}, system);
      await tried.holds(alice, ['a', 'b']);
      await store.putRole({ uid: 'editor', name: 'Redactors', version: 1, privileges: ['b', 'c'] }, system);
      await tried.holds(alice, ['b', 'c']);
      const second = await store.role('editor');
      tried.sameSet('its privileges', second?.privileges ?? [], [plain('b'), plain('c')]);
      tried.same(
        'the role',
        { ...second, privileges: [] },
        { uid: 'editor', name: 'Redactors', version: 2, privileges: [], inherits: [] },
      );
      await store.putRole({ uid: 'editor', name: 'Redactors', version: 9, privileges: [] }, system);
      tried.same('the version sent, where it is greater', (await store.role('editor'))?.version, 9);
      await tried.holds(alice, []);
      await tried.recorded(alice, [], [{ role: 'editor' }]);
    },
  },
  {
    name: 'a role that has changed since it was read is not replaced',
    check: async (tried) => {
      const { store } = tried;
      const role = { uid: 'editor', name: 'Editors', privileges: ['a'] };
      await store.putRole(role, system);
      await store.putRole({ ...role, version: 1, privileges: ['b'] }, system);
      await store.assign(alice, 'editor', {}, system);
      await tried.unchanged(async () => {
        for (const version of [undefined, 0, 1]) {
          const sent = { ...role, privileges: ['c'], ...(version !== undefined && { version }) };
          const error = await tried.refused(`version ${version}`, store.putRole(sent, system), 'role_version_conflict');
          tried.same('`version` of the error', error['version'], 2);
        }
        // What it would change is not looked at before.
        const asItIs = { ...role, version: 1, privileges: ['b'] };
        await tried.refused('an older version of the same', store.putRole(asItIs, system), 'role_version_conflict');
      });
      await tried.holds(alice, ['b']);
    },
  },
  {
    name: 'the name of a role is its own within its organization, and among the roles of none',
    check: async (tried) => {
      const { store } = tried;
      const role = (uid: string, name: string, organization?: string): Parameters<typeof store.putRole>[0] => {
        return { uid, name, privileges: [], ...(organization !== undefined && { organization }) };
      };
      await store.putRole(role('one', 'Editors'), system);
      await store.putRole(role('two', 'Editors', 'org_1'), system);
      await store.putRole(role('three', 'Editors', 'org_2'), system);
      await store.putRole(role('four', 'Readers'), system);
      await tried.unchanged(async () => {
        const taken = 'role_name_taken';
        await tried.refused('a name there is', store.putRole(role('five', 'Editors'), system), taken);
        await tried.refused('one of the organization', store.putRole(role('five', 'Editors', 'org_2'), system), taken);
        const renamed = { ...role('four', 'Editors'), version: 1 };
        const error = await tried.refused('another name', store.putRole(renamed, system), taken);
        tried.same('`role` of the error', error['role'], 'one');
        await tried.refused(
          'the name of a built-in role',
          store.putRole(role('five', 'Built-in Viewer'), system),
          taken,
        );
      });
      await store.deleteRole('one', {}, system);
      await store.putRole({ ...role('four', 'Editors'), version: 1 }, system);
      tried.same('the name', (await store.role('four'))?.name, 'Editors');
    },
  },
  {
    name: 'what is handed in is taken as it is then, and what is answered can be written to without effect',
    check: async (tried) => {
      const { store } = tried;
      const [one, list, roles] = [{ permission: 'a' }, ['b'], ['editor']];
      const role = { uid: 'editor', name: 'editor', privileges: ['c'], inherits: [] as string[] };
      const subject = { ...dave };
      const changes = [
        store.grant(subject, one, system),
        store.grant(subject, list, system),
        store.putRole(role, system),
        store.assign(subject, roles, {}, system),
      ];
      [one.permission, list[0], roles[0], role.privileges[0]] = ['x', 'x', 'x', 'x'];
      role.inherits.push('x');
      subject.id = 'x';
      await Promise.all(changes);
      await tried.holds(dave, ['a', 'b', 'c']);
      await tried.holds(user('x'), []);
      const before = await tried.everything();
      const answered = [
        await store.role('editor'),
        await store.subject(dave),
        await store.roles(),
        await store.subjects(),
        await store.audit(),
      ];
      answered.forEach(overwrite);
      tried.same('what is stored', await tried.everything(), before);
      await tried.holds(dave, ['a', 'b', 'c']);
    },
  },
];

/** Writes to all of it that can be written to. */
function overwrite(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    overwrite(member);
    Reflect.set(value, key, 'overwritten');
  }
  if (Array.isArray(value)) Reflect.set(value, value.length, 'overwritten');
}
