// Roles that code declares: made, replaced and deleted by what they say, by one instance or by several.

import { describe, expect, it } from '@jest/globals';
import { builtInRoles, fixedRoleUid, memoryStore, reconcileRoles } from 'rightful/stores';
import type { FixedRole, RoleStore } from 'rightful/stores';
import { reader, readerUid, writer, writerUid } from './fixed-roles-scene.ts';
import { admin, alice, change, counting, words } from './role-scene.ts';

describe('what is declared', () => {
  it('is made, inherited roles first, and given to the built-in roles', async () => {
    const store = memoryStore({});
    const changes = await reconcileRoles(store, [writer, reader]);
    expect(words(changes)).toEqual([
      'create-role fixed:reports:reader',
      `attach-role ${readerUid} builtin:viewer`,
      'create-role fixed:reports:writer',
    ]);
    expect(await store.role(writerUid)).toEqual({
      uid: writerUid,
      name: 'fixed:reports:writer',
      version: 1,
      description: 'Writes reports',
      privileges: [{ permission: 'reports:write', on: 'reports:*' }],
      inherits: [{ role: readerUid }],
    });
    await store.assign(alice, 'builtin:editor', {}, admin);
    expect(await store.privilegesOf(alice, { audience: [] })).toMatchObject([{ permission: 'reports:read' }]);
  });

  it('has a uid that follows from its name and fits', () => {
    expect(readerUid).toMatch(/^fixed_[\w-]{34}$/);
    expect(fixedRoleUid(reader.name)).toBe(readerUid);
    expect(writerUid).not.toBe(readerUid);
  });

  it('is left alone where the store has it so: nothing is written the second time', async () => {
    const { store, calls } = counting(memoryStore({}));
    await reconcileRoles(store, [reader, writer]);
    const before = [await store.revision(), calls.length];
    expect(await reconcileRoles(store, [writer, { ...reader, defaults: ['builtin:viewer'] }])).toEqual([]);
    expect([await store.revision(), calls.length]).toEqual(before);
  });

  it.each<[string, FixedRole]>([
    ['a privilege more', { ...reader, privileges: ['reports:read', 'reports:list'] }],
    ['another resource', { ...reader, privileges: [{ permission: 'reports:read', on: 'reports:1' }] }],
    ['a description', { ...reader, description: 'Reads' }],
    ['a role inherited', { ...reader, inherits: [builtInRoles.editor], defaults: [] }],
  ])('replaces what differs by %s', async (_, declared) => {
    const store = memoryStore({});
    await reconcileRoles(store, [{ ...reader, defaults: [] }]);
    const before = await store.role(readerUid);
    const changes = await reconcileRoles(store, [{ ...declared, defaults: [] }]);
    expect(changes).toEqual([
      { change: 'replace-role', role: readerUid, name: reader.name, before, after: await store.role(readerUid) },
    ]);
    expect((await store.role(readerUid))?.version).toBe(2);
  });

  it('replaces what an administrator made of it, also its name', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader]);
    const before = await store.role(readerUid);
    await change(store, readerUid, { name: 'mine', privileges: ['everything'] });
    await reconcileRoles(store, [reader]);
    expect(await store.role(readerUid)).toEqual({ ...before, version: 3 });
  });

  it('that inherits in one organization does so there only', async () => {
    const store = memoryStore({});
    const role = { ...writer, inherits: [{ role: reader.name, organization: 'org_1' }] };
    await reconcileRoles(store, [reader, role]);
    expect((await store.role(writerUid))?.inherits).toEqual([{ role: readerUid, organization: 'org_1' }]);
  });

  it('may exchange who inherits whom', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader, writer]);
    await reconcileRoles(store, [
      { ...reader, inherits: [writer.name] },
      { ...writer, inherits: [] },
    ]);
    expect((await store.role(readerUid))?.inherits).toEqual([{ role: writerUid }]);
  });
});

describe('what is no longer declared', () => {
  it('is deleted with its assignments, and from those who inherit it', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader, writer]);
    await store.assign(alice, readerUid, {}, admin);
    const before = await store.role(readerUid);
    const changes = await reconcileRoles(store, [{ ...writer, inherits: [] }]);
    expect(changes).toEqual([
      {
        ...{ change: 'delete-role', role: readerUid, name: reader.name, before, after: null },
        ...{ holders: 1, inheritors: ['builtin:viewer', writerUid] },
      },
    ]);
    expect(await store.role(readerUid)).toBeUndefined();
    expect((await store.subject(alice)).roles).toEqual([]);
    expect(await reconcileRoles(store, [{ ...writer, inherits: [] }])).toEqual([]);
  });

  it('stays where it is no fixed role, or none that was made here', async () => {
    const store = memoryStore({ roles: { [readerUid]: { name: reader.name }, fixed_1: { name: 'fixed:one' } } });
    await store.putRole({ uid: 'custom', name: 'fixed:custom', privileges: [] }, { system: 'fixed roles' });
    await store.putRole({ uid: writerUid, name: writer.name, privileges: [] }, admin);
    expect(await reconcileRoles(store, [])).toEqual([]);
  });

  it('stays where another application has declared it, by its own name', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader], { by: { system: 'reporting' } });
    await reconcileRoles(store, [writer, reader], { by: { system: 'billing', why: 'start' } });
    expect(words(await reconcileRoles(store, [], { by: { system: 'billing' } }))).toEqual([
      'delete-role fixed:reports:writer',
    ]);
    expect(await store.role(readerUid)).toBeDefined();
  });
});

describe('a dry run', () => {
  it('says what the run does, and writes nothing', async () => {
    const { store, calls } = counting(memoryStore({}));
    await reconcileRoles(store, [reader, writer]);
    const declared: FixedRole[] = [
      { ...reader, privileges: [], defaults: ['Viewer', 'Editor'] },
      { name: 'fixed:new', privileges: ['x'], inherits: [reader.name] },
    ];
    const before = calls.length;
    const dry = await reconcileRoles(store, declared, { dryRun: true });
    expect(calls.length).toBe(before);
    expect(words(dry)).toEqual([
      'delete-role fixed:reports:writer',
      'replace-role fixed:reports:reader',
      `attach-role ${readerUid} builtin:editor`,
      'create-role fixed:new',
    ]);
    expect(await reconcileRoles(store, declared)).toEqual(dry);
    expect(JSON.parse(JSON.stringify(dry))).toEqual(dry);
    expect(await reconcileRoles(store, declared)).toEqual([]);
  });
});

describe('several instances', () => {
  const many = Array.from({ length: 12 }, (_, at): FixedRole => {
    return { name: `fixed:${at}`, privileges: [`p${at}`], defaults: ['Viewer', 'Admin'] };
  });

  it('that start at once do it once', async () => {
    const store = memoryStore({});
    const all = await Promise.all([1, 2, 3].map(async () => reconcileRoles(store, many)));
    expect(await store.revision()).toBe(14);
    expect(words(all.flat()).sort()).toEqual(words(await reconcileRoles(memoryStore({}), many)).sort());
    expect(await reconcileRoles(store, many)).toEqual([]);
  });

  it('give up on a store in which the role is another one each time', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader]);
    await change(store, readerUid, { privileges: [] });
    let reads = 0;
    const restless: RoleStore = {
      ...store,
      roles: async (query) => {
        const page = await store.roles(query);
        await change(store, readerUid, { privileges: [`p${(reads += 1)}`] });
        return page;
      },
    };
    await expect(reconcileRoles(restless, [reader])).rejects.toMatchObject({ code: 'role_version_conflict' });
    expect(reads).toBeGreaterThan(2);
    expect(reads).toBeLessThan(20);
  });

  it('reject with what the store cannot do', async () => {
    const store: RoleStore = { ...memoryStore({}), putRole: () => Promise.reject(new Error('no disk')) };
    await expect(reconcileRoles(store, [reader])).rejects.toThrow('no disk');
  });
});
