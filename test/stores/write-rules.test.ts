// What the catalogue says of what is written, and what who writes must hold beside it.

import { describe, expect, it } from '@jest/globals';
import { definePermissions, type Access, type Privilege } from 'rightful';
import { memoryStore, type ChangeAction, type ChangedBy, type RoleStore, type Subject } from 'rightful/stores';
import { createTestAccess } from 'rightful/testing';

const issuer = 'https://issuer.example/';
const by: ChangedBy = { system: 'test' };
const alice: Subject = { issuer, id: 'alice', kind: 'user' };
const permissions = definePermissions({
  'users:read': { description: 'See users', on: ['global:users:*', 'users:id:*'], aliases: ['users.read'] },
  'users:create': { description: 'Create users', on: [] },
  'reports:read': { description: 'See reports', replaces: ['reports:list'] },
});
const create = (): RoleStore => memoryStore({ issuer, permissions });

describe('a store with a catalogue', () => {
  it.each<[string, Privilege]>([
    ['a permission of it', { permission: 'reports:read' }],
    ['any resource, where it does not say on which', { permission: 'reports:read', on: 'anything:7' }],
    ['a resource that it may be held on', { permission: 'users:read', on: 'users:id:7' }],
    ['a pattern within', { permission: 'users:read', on: 'global:users:*' }],
    ['a wider pattern', { permission: 'users:read', on: 'users:*' }],
    ['everything', { permission: 'users:read', on: '*' }],
    ['everything by no resource', { permission: 'users:read' }],
    ['no resource, where it takes none', { permission: 'users:create', on: '' }],
    ['a pattern of names', { permission: 'users:*' }],
    ['the administrator', { permission: '*' }],
  ])('lets %s be granted, denied and put into a role', async (_, privilege) => {
    const store = create();
    await store.grant(alice, [privilege, { ...privilege, effect: 'deny' }], by);
    await store.putRole({ uid: 'r', name: 'R', privileges: [privilege] }, by);
    expect(await store.revision()).toBe(2);
  });

  it.each<[string, Privilege, RegExp]>([
    ['a permission that is not in it', { permission: 'users:raed' }, /`permission`.*"users:raed"/],
    [
      'a resource of another kind',
      { permission: 'users:read', on: 'reports:7' },
      /`on`.*global:users:\* or users:id:\*/,
    ],
    ['a pattern of something else', { permission: 'users:read', on: 'users:name:*' }, /`on`.*"users:name:\*"/],
    ['a resource where it takes none', { permission: 'users:create', on: 'users:id:7' }, /takes no resource/],
    ['no resource where it takes one', { permission: 'users:read', on: '' }, /`on`/],
  ])('refuses %s: TypeError that says what was expected, and writes nothing', async (_, privilege, message) => {
    const store = create();
    await expect(store.grant(alice, privilege, by)).rejects.toThrow(message);
    await expect(store.grant(alice, privilege, by)).rejects.toThrow(TypeError);
    await expect(store.putRole({ uid: 'r', name: 'R', privileges: [privilege] }, by)).rejects.toThrow(message);
    expect(await store.revision()).toBe(0);
  });

  it('tolerates in a role what it does not know and was there before', async () => {
    const store = memoryStore({ issuer, permissions, roles: { old: ['gone:read'] } });
    const role = { uid: 'old', name: 'old', version: 1 };
    await store.putRole({ ...role, privileges: ['gone:read', 'reports:read'] }, by);
    const next = { ...role, version: 2, privileges: ['gone:read', 'gone:write'] };
    await expect(store.putRole(next, by)).rejects.toThrow(/gone:write/);
    await store.assign(alice, 'old', {}, by);
    await store.revoke(alice, 'gone:read', by);
  });

  it('writes a permission under its own name, and takes it back whatever it is called', async () => {
    const store = memoryStore({
      issuer,
      permissions,
      users: { alice: { permissions: ['reports:list', 'users.read'] }, bob: { permissions: [] } },
    });
    const bob = { ...alice, id: 'bob' };
    await store.grant(bob, ['reports:list', 'users.read'], by);
    const held = (await store.subject(bob)).privileges.map(({ permission }) => permission);
    expect(held.toSorted()).toEqual(['reports:read', 'users:read']);
    await store.revoke(alice, ['reports:read', 'users:read'], by);
    expect((await store.subject(alice)).privileges).toEqual([]);
  });

  it('puts a grant in the place of the same one under another name, its end included', async () => {
    const users = { alice: { permissions: ['reports:list', { permission: 'reports:list', on: 'a:1' }] } };
    const store = memoryStore({ issuer, permissions, users });
    const expiresAt = Date.now() + 60_000;
    await store.grant(alice, { permission: 'reports:read', expiresAt }, by);
    const held = (await store.subject(alice)).privileges;
    expect(held.map(({ permission, on, expiresAt: end }) => [permission, on, end])).toEqual([
      ['reports:list', 'a:1', undefined],
      ['reports:read', undefined, expiresAt],
    ]);
    expect((await store.audit()).items[0]).toMatchObject({
      before: [{ permission: 'reports:list' }],
      after: [{ permission: 'reports:read', expiresAt }],
      permissions: ['reports:list', 'reports:read'],
    });
  });

  it('counts a denial of the grantor under any name against it', async () => {
    const store = memoryStore({
      issuer,
      permissions,
      users: { alice: { permissions: ['*', { permission: 'reports:list', effect: 'deny' }] } },
    });
    const access = createTestAccess({ scopes: '', privileges: [], subject: alice });
    const granting = store.grant({ ...alice, id: 'bob' }, 'reports:read', access);
    await expect(granting).rejects.toMatchObject({ code: 'beyond_ceiling' });
  });
});

describe('the version of a role', () => {
  const put = async (store: RoleStore, version?: number): Promise<number> => {
    const privileges = [`p${(await store.revision()) + 1}`];
    await store.putRole({ uid: 'r', name: 'R', ...(version !== undefined && { version }), privileges }, by);
    return (await store.role('r'))!.version;
  };
  const conflict = { code: 'role_version_conflict' };

  it('is the one that was read, and the next one is stored', async () => {
    const store = memoryStore({ issuer });
    expect([await put(store), await put(store, 1), await put(store, 2)]).toEqual([1, 2, 3]);
    await expect(put(store, 2)).rejects.toMatchObject({ ...conflict, version: 3 });
    await expect(put(store)).rejects.toMatchObject(conflict);
  });

  it('is the one to be where versions rise, or the next', async () => {
    const store = memoryStore({ issuer, roleVersions: 'rising' });
    expect([await put(store), await put(store), await put(store, 3), await put(store, 7)]).toEqual([1, 2, 3, 7]);
    for (const version of [7, 6, 0]) await expect(put(store, version)).rejects.toMatchObject(conflict);
  });

  it('means nothing else: TypeError', () => {
    expect(() => memoryStore({ roleVersions: 'strict' as never })).toThrow(/`roleVersions`/);
  });
});

describe('a gate', () => {
  const gate = { permission: 'roles:write', on: 'permissions:delegate' };
  const actions: Record<ChangeAction, (store: RoleStore, access: Access) => Promise<unknown>> = {
    grant: (store, access) => store.grant({ ...alice, id: 'bob' }, 'a', access),
    revoke: (store, access) => store.revoke({ ...alice, id: 'carol' }, 'a', access),
    assign: (store, access) => store.assign({ ...alice, id: 'bob' }, 'r', {}, access),
    deassign: (store, access) => store.deassign({ ...alice, id: 'carol' }, 'r', {}, access),
    'put-role': (store, access) => store.putRole({ uid: 'new', name: 'New', privileges: ['a'] }, access),
    'delete-role': (store, access) => store.deleteRole('spare', {}, access),
    'put-api': (store, access) => store.putApi({ identifier: 'urn:x', name: 'X', permissions: [] }, access),
    'delete-api': (store, access) => store.deleteApi('urn:api', access),
  };
  const gated = (held: Privilege[]): RoleStore =>
    memoryStore({
      issuer,
      gates: Object.fromEntries(Object.keys(actions).map((action) => [action, gate])),
      users: { alice: { permissions: ['a', ...held] }, carol: { permissions: ['a'], roles: ['r'] } },
      roles: { r: ['a'], spare: ['a'] },
      apis: { 'urn:api': { name: 'API' } },
    });
  const access = createTestAccess({ scopes: '', privileges: [], subject: alice });

  it.each(Object.entries(actions))('is asked for %s, and named where it is not held', async (_, change) => {
    const refused = gated([]);
    await expect(change(refused, access)).rejects.toMatchObject({ code: 'beyond_ceiling', missing: [gate] });
    expect(await refused.revision()).toBe(0);
    expect(await change(gated([gate]), access)).toBe(1);
    expect(await change(gated([{ permission: 'roles:write' }]), access)).toBe(1);
  });

  it('is asked in the organization that the change is about', async () => {
    const store = gated([
      { ...gate, organization: 'acme' },
      { permission: 'a', organization: 'acme' },
    ]);
    const bob = { ...alice, id: 'bob' };
    await store.grant(bob, { permission: 'a', organization: 'acme' }, access);
    for (const organization of [undefined, 'globex']) {
      const privilege = { permission: 'a', ...(organization !== undefined && { organization }) };
      const missing = [{ ...gate, ...(organization !== undefined && { organization }) }];
      await expect(store.grant(bob, privilege, access)).rejects.toMatchObject({ missing });
    }
  });

  it('is not asked of the system', async () => {
    expect(await gated([]).grant({ ...alice, id: 'bob' }, 'a', by)).toBe(1);
  });

  it.each<[string, unknown]>([
    ['gates that are a list', []],
    ['a gate of an unknown change', { change: gate }],
    ['a gate without a permission', { grant: { on: 'x' } }],
    ['a gate that is a pattern', { grant: { permission: 'roles:*' } }],
    ['an unknown member', { grant: { ...gate, why: '' } }],
  ])('refuses %s: TypeError', (_, gates) => {
    expect(() => memoryStore({ gates: gates as never })).toThrow(TypeError);
  });
});
