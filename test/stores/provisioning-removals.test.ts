// What a document takes away: roles, default assignments; and what its second version says of roles.

import { describe, expect, it } from '@jest/globals';
import { fixedRoleUid, memoryStore, provision, reconcileRoles } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { admin, alice, by, change, inherited, one, role, rolesIn, words } from './role-scene.ts';

describe('what is to be deleted', () => {
  const store = (): RoleStore =>
    memoryStore({
      roles: {
        x1: { name: 'custom:x', organization: '1', permissions: ['a'] },
        x2: { name: 'custom:x', permissions: ['b'] },
      },
    });
  const deleting = (...deleteRoles: object[]): object => ({ apiVersion: 1, deleteRoles });

  it.each([
    [{ name: 'custom:x', orgId: 1 }, ['x2']],
    [{ name: 'custom:x', global: true }, ['x1']],
    [{ uid: 'x1' }, ['x2']],
    [{ uid: 'x1', name: 'custom:x', orgId: 1 }, ['x2']],
    [{ uid: 'x3' }, ['x1', 'x2']],
    [{ name: 'custom:y', orgId: 1 }, ['x1', 'x2']],
    [{ name: 'custom:x', orgId: 2 }, ['x1', 'x2']],
  ])('%j leaves %j', async (deletion, left) => {
    const tried = store();
    await provision(tried, deleting(deletion), { by });
    expect(await rolesIn(tried)).toEqual(left);
    expect(await provision(tried, deleting(deletion), { by })).toEqual([]);
  });

  it('is refused while somebody has it, without `force`', async () => {
    const tried = store();
    await tried.assign(alice, 'x2', {}, admin);
    const refused = provision(tried, deleting({ uid: 'x1' }, { uid: 'x2' }), { by });
    await expect(refused).rejects.toThrow(
      'The role "x2" is assigned to 1; `force` deletes it all the same, in `deleteRoles[1]`',
    );
    await expect(refused).rejects.toMatchObject({ cause: { code: 'role_in_use' } });
    expect(await rolesIn(tried)).toEqual(['x1', 'x2']);
    const changes = await provision(tried, deleting({ uid: 'x2', force: true }), { by });
    expect(changes).toMatchObject([{ change: 'delete-role', role: 'x2', holders: 1, inheritors: [] }]);
    expect((await tried.subject(alice)).roles).toEqual([]);
  });

  it('is refused while a built-in role inherits it, without `force`', async () => {
    const tried = store();
    await change(tried, 'builtin:viewer', { inherits: ['x2'] });
    await expect(provision(tried, deleting({ uid: 'x2' }), { by })).rejects.toThrow('inherited by "builtin:viewer"');
    await provision(tried, deleting({ uid: 'x2', force: true }), { by });
    expect(await inherited(tried)).toEqual([]);
  });

  it('is deleted before another takes its name', async () => {
    const tried = store();
    for (const deletion of [{ uid: 'x1' }, { name: 'custom:x', orgId: 1 }]) {
      const document = { ...one({ uid: 'x9', name: 'custom:x' }), ...deleting(deletion) };
      await provision(tried, document, { by });
      expect(await rolesIn(tried)).toEqual(['x2', 'x9']);
      expect(await provision(tried, document, { by })).toEqual([]);
    }
  });

  it('is no role that is declared as well, no fixed one, and none that is called otherwise', async () => {
    const tried = store();
    const fixed = { name: 'fixed:reader', privileges: [] };
    await reconcileRoles(tried, [fixed]);
    await tried.putRole({ uid: 'taken', name: 'managed:x', privileges: [] }, admin);
    const refused = async (document: object, message: string): Promise<void> => {
      await expect(provision(tried, document, { by })).rejects.toThrow(message);
    };
    const both = 'to be a role that is not in `roles` as well';
    await refused({ ...one({ uid: 'x1' }), ...deleting({ uid: 'x1' }) }, both);
    await refused({ ...one({ uid: undefined, name: 'custom:x' }), ...deleting({ name: 'custom:x', orgId: 1 }) }, both);
    await refused(deleting({ uid: fixedRoleUid(fixed.name) }), '`deleteRoles[0].uid` to be the uid of a custom role');
    await refused(deleting({ name: fixed.name }), '`deleteRoles[0].name` to be not to begin with `fixed:`');
    await refused(deleting({ uid: 'builtin:viewer' }), 'to be the uid of a custom role');
    await refused(deleting({ uid: 'taken' }), 'to be that of a custom role, which "managed:x" is not');
    await refused(deleting({ uid: 'x1', name: 'custom:y' }), '`deleteRoles[0].name` to be "custom:x", as it is called');
    await refused(
      deleting({ uid: 'x1', orgId: 2 }),
      '`deleteRoles[0].orgId` to be the organization of the role, which is 1',
    );
    await refused(deleting({ orgId: 2 }), '`deleteRoles[0]` to be a role with its `name` or its `uid`');
  });
});

describe('default assignments', () => {
  const fixed = { name: 'fixed:reports:reader', privileges: ['reports:read'], defaults: ['Viewer' as const] };
  const uid = fixedRoleUid(fixed.name);
  const removal = (differing: object = {}): object => ({
    apiVersion: 1,
    removeDefaultAssignments: [{ builtInRole: 'Viewer', fixedRole: fixed.name, ...differing }],
  });
  const addition = { apiVersion: 1, addDefaultAssignments: [{ builtInRole: 'Viewer', fixedRole: fixed.name }] };

  it('that are removed stay removed over restarts until they are added by name', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [fixed]);
    expect(words(await provision(store, removal(), { by }))).toEqual([`detach-role ${uid} builtin:viewer`]);
    for (let restart = 0; restart < 2; restart += 1) {
      expect(await reconcileRoles(store, [fixed])).toEqual([]);
      expect(await provision(store, removal(), { by })).toEqual([]);
      expect(await provision(store, { apiVersion: 1 }, { by })).toEqual([]);
    }
    expect(words(await provision(store, addition, { by }))).toEqual([`attach-role ${uid} builtin:viewer`]);
    expect(await provision(store, addition, { by })).toEqual([]);
    expect(await reconcileRoles(store, [fixed])).toEqual([]);
    expect(await inherited(store)).toEqual([uid]);
  });

  it('may be written as they were before', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [fixed]);
    await provision(store, removal({ fixedRole: undefined, predefinedRole: 'grafana:roles:reports:reader' }), { by });
    expect(await inherited(store)).toEqual([]);
  });

  it('of a role that there is not are none, and cannot be added', async () => {
    expect(await provision(memoryStore({}), removal(), { by })).toEqual([]);
    await expect(provision(memoryStore({}), addition, { by })).rejects.toThrow(
      'Expected `addDefaultAssignments[0].fixedRole` to be a fixed role that there is, got "fixed:reports:reader"',
    );
  });

  it.each([
    [{ builtInRole: 'viewer' }, '`removeDefaultAssignments[0].builtInRole` to be one of Viewer, Editor, Admin'],
    [{ builtInRole: undefined }, '`removeDefaultAssignments[0].builtInRole` to be one of Viewer, Editor, Admin'],
    [{ fixedRole: undefined }, '`removeDefaultAssignments[0].fixedRole` to be a non-empty string'],
    [{ fixedRole: 'custom:x' }, 'to be a name that begins with `fixed:`'],
    [{ predefinedRole: fixed.name }, 'to be absent beside `fixedRole`'],
    [{ orgId: 1 }, 'Unknown option `orgId` in `removeDefaultAssignments[0]`'],
  ])('%j is a fault', async (differing, message) => {
    await expect(provision(memoryStore({}), removal(differing), { by })).rejects.toThrow(message);
  });
});

describe('version 2', () => {
  const second = (differing: object): object => ({ apiVersion: 2, roles: [role(differing)] });

  it('deletes a role that is to be absent', async () => {
    const store = memoryStore({});
    await provision(store, second({ state: 'present' }), { by });
    await store.assign(alice, 'editor', { organization: '1' }, admin);
    await expect(provision(store, second({ state: 'absent' }), { by })).rejects.toThrow('`force`');
    await provision(store, second({ state: 'absent', force: true }), { by });
    expect(await rolesIn(store)).toEqual([]);
  });

  it('replaces a role that is to be overridden whatever its version', async () => {
    const store = memoryStore({});
    await provision(store, one({ version: 5 }), { by });
    const document = second({ version: 1, overrideRole: true, permissions: [], builtInRoles: [{ name: 'Viewer' }] });
    expect(words(await provision(store, document, { by }))).toEqual([
      'replace-role custom:editor',
      'attach-role editor builtin:viewer',
    ]);
    expect((await store.role('editor'))?.version).toBe(6);
    expect(await provision(store, document, { by })).toEqual([]);
  });

  it.each([
    [second({ from: [{ uid: 'x' }] }), '`roles[0].from` is not supported: write the permissions themselves'],
    [second({ teams: [] }), '`roles[0].teams` is not supported'],
    [{ apiVersion: 2, teams: [] }, '`teams` is not supported'],
    [second({ permissions: [{ action: 'a', state: 'absent' }] }), '`roles[0].permissions[0].state` is not supported'],
    [second({ state: 'gone' }), '`roles[0].state` to be present or absent'],
    [one({ state: 'absent' }), '`state` takes `apiVersion: 2`'],
    [one({ overrideRole: true }), 'Unknown option `overrideRole`'],
  ])('%j is a fault', async (document, message) => {
    await expect(provision(memoryStore({}), document, { by })).rejects.toThrow(message);
  });
});
