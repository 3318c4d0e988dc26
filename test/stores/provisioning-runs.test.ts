// Provisioning done dry, again, by two at once, by somebody, and on a store that fails.

import { describe, expect, it } from '@jest/globals';
import { BeyondCeilingError, fixedRoleUid, memoryStore, provision, reconcileRoles } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { createTestAccess } from 'rightful/testing';
import { by, change, counting, one, role, words } from './role-scene.ts';

describe('a run', () => {
  it('says the same as a dry run, which writes nothing, and once more does nothing', async () => {
    const { store, calls } = counting(memoryStore({}));
    await provision(store, one({ version: 1, builtInRoles: [{ name: 'Viewer' }] }), { by });
    const document = one({ version: 4, builtInRoles: [{ name: 'Admin' }] });
    const before = calls.length;
    const dry = await provision(store, { ...document, deleteRoles: [{ uid: 'none' }] }, { by, dryRun: true });
    expect(calls.length).toBe(before);
    expect(words(dry)).toEqual(['detach-role editor builtin:viewer', 'attach-role editor builtin:admin']);
    expect(await provision(store, document, { by })).toEqual(dry);
    expect(JSON.parse(JSON.stringify(dry))).toEqual(dry);
    expect(await provision(store, document, { by })).toEqual([]);
  });

  it('may be made by two instances at once', async () => {
    const store = memoryStore({});
    const roles = Array.from({ length: 8 }, (_, at) =>
      role({ uid: `r${at}`, name: `custom:${at}`, builtInRoles: [{ name: 'Viewer' }, { name: 'Admin' }] }),
    );
    await Promise.all([1, 2].map(async () => provision(store, { apiVersion: 1, roles }, { by })));
    expect(await store.revision()).toBe(10);
    expect(await provision(store, { apiVersion: 1, roles }, { by })).toEqual([]);
  });

  it('does not overwrite what an administrator made a greater version of meanwhile', async () => {
    const kept = memoryStore({});
    await provision(kept, one({ version: 1 }), { by });
    let isFirst = true;
    const store: RoleStore = {
      ...kept,
      putRole: async (given, who) => {
        if (isFirst) await change(kept, 'editor', { privileges: ['mine'] });
        isFirst = false;
        return kept.putRole(given, who);
      },
    };
    expect(await provision(store, one({ version: 2, permissions: [] }), { by })).toEqual([]);
    expect((await kept.role('editor'))?.privileges).toEqual([{ permission: 'mine' }]);
  });

  it('replaces roles also in a store whose versions must rise, and never what was changed meanwhile', async () => {
    const kept = memoryStore({ roleVersions: 'rising' });
    await provision(kept, one({ version: 1 }), { by });
    expect(await provision(kept, one({ version: 2, permissions: [] }), { by })).toHaveLength(1);
    await reconcileRoles(kept, [{ name: 'fixed:a', privileges: ['a:read'], defaults: ['Viewer'] }]);
    await reconcileRoles(kept, [{ name: 'fixed:a', privileges: ['a:write'], defaults: ['Viewer', 'Admin'] }]);
    expect((await kept.role(fixedRoleUid('fixed:a')))?.privileges).toEqual([{ permission: 'a:write' }]);
    let isFirst = true;
    const store: RoleStore = {
      ...kept,
      putRole: async (given, who) => {
        const { version: _version, ...role } = (await kept.role('editor'))!;
        if (isFirst) await kept.putRole({ ...role, privileges: ['mine'] }, by);
        isFirst = false;
        return kept.putRole(given, who);
      },
    };
    expect(await provision(store, one({ version: 3 }), { by })).toEqual([]);
    expect((await kept.role('editor'))?.privileges).toEqual([{ permission: 'mine' }]);
  });

  it('of somebody cannot go beyond what they hold', async () => {
    const store = memoryStore({ users: { lead: { permissions: [{ permission: 'users:read', on: 'users:*' }] } } });
    const access = createTestAccess({ subject: { id: 'lead' } });
    await provision(store, one(), { by: access });
    expect((await store.audit()).items[0]).toMatchObject({ by: { subject: { id: 'lead' } }, why: 'provisioning' });
    const more = one({ version: 3, permissions: [{ action: 'users:read', scope: '*' }] });
    await expect(provision(store, more, { by: { access } })).rejects.toThrow(BeyondCeilingError);
    expect((await store.role('editor'))?.version).toBe(2);
  });

  it('rejects with what the store cannot do', async () => {
    const kept = memoryStore({});
    await provision(kept, one({ builtInRoles: [{ name: 'Viewer' }] }), { by });
    for (const name of ['roles', 'audit', 'putRole'] as const) {
      const store: RoleStore = { ...kept, [name]: () => Promise.reject(new Error(`no ${name}`)) };
      await expect(provision(store, one(), { by })).rejects.toThrow(`no ${name}`);
    }
    const deletion = { apiVersion: 1, deleteRoles: [{ uid: 'editor', force: true }] };
    for (const name of ['holdersOfRole', 'deleteRole'] as const) {
      const store: RoleStore = { ...kept, [name]: () => Promise.reject(new Error(`no ${name}`)) };
      await expect(provision(store, deletion, { by })).rejects.toThrow(`no ${name}`);
    }
  });
});
