// Roles that a document declares: made, replaced and left alone, and who inherits them.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { memoryStore, provision } from 'rightful/stores';
import type { ProvisionOptions } from 'rightful/stores';
import { admin, alice, by, change, inherited, one, role, rolesIn, words } from './role-scene.ts';

describe('a role', () => {
  it('that is new is made as it is written, with the version given', async () => {
    const store = memoryStore({});
    const permissions = [
      { action: 'users:read', scope: 'global:users:*' },
      { action: 'users:create' },
      { action: 'reports.settings:read', scope: 'n/a' },
      { action: 'ldap.user:read', scope: '' },
    ];
    const changes = await provision(store, one({ description: 'Edits', version: 7, permissions }), { by });
    const made = await store.role('editor');
    expect(made).toEqual({
      ...{ uid: 'editor', name: 'custom:editor', version: 7, description: 'Edits', organization: '1', inherits: [] },
      privileges: [
        { permission: 'users:read', on: 'global:users:*' },
        { permission: 'users:create', on: '' },
        { permission: 'reports.settings:read', on: '' },
        { permission: 'ldap.user:read', on: '' },
      ],
    });
    expect(changes).toEqual([
      { change: 'create-role', role: 'editor', name: 'custom:editor', before: null, after: made },
    ]);
  });

  it('is replaced whole where its version is greater, which is the stored one afterwards', async () => {
    const store = memoryStore({});
    await provision(store, one({ description: 'Edits', version: 1 }), { by });
    await change(store, 'editor', { inherits: ['builtin:viewer'] });
    await change(store, 'editor', { privileges: ['more'] });
    expect(words(await provision(store, one({ version: 9 }), { by }))).toEqual(['replace-role custom:editor']);
    expect(await store.role('editor')).toEqual({
      ...{ uid: 'editor', name: 'custom:editor', version: 9, organization: '1', inherits: [] },
      privileges: [{ permission: 'users:read', on: 'users:*' }],
    });
    await provision(store, one({ version: 10, permissions: [] }), { by });
    expect((await store.role('editor'))?.version).toBe(10);
  });

  it.each([1, 2])('of version %d is left alone where 2 is stored', async (version) => {
    const store = memoryStore({});
    await provision(store, one(), { by });
    const before = await store.role('editor');
    expect(await provision(store, one({ version, permissions: [], name: 'custom:other' }), { by })).toEqual([]);
    expect(await store.role('editor')).toEqual(before);
  });

  it('without a version is made once', async () => {
    const store = memoryStore({});
    await provision(store, one({ version: undefined }), { by });
    expect((await store.role('editor'))?.version).toBe(1);
    expect(await provision(store, one({ version: undefined, permissions: [] }), { by })).toEqual([]);
  });

  it('without a uid is the one of its name in its organization', async () => {
    const store = memoryStore({});
    const unnamed = (version: number, orgId: number): object => one({ uid: undefined, version, orgId });
    await provision(store, unnamed(1, 1), { by });
    await provision(store, unnamed(1, 2), { by });
    const [first, second] = await rolesIn(store);
    expect([first, second]).toEqual([
      expect.stringMatching(/^provisioned_.{28}$/),
      expect.stringMatching(/^provisioned_.{28}$/),
    ]);
    expect(await provision(store, unnamed(1, 1), { by })).toEqual([]);
    await store.putRole({ uid: 'mine', name: 'custom:editor', organization: '3', privileges: [] }, admin);
    await provision(store, unnamed(2, 3), { by });
    expect(await rolesIn(store)).toEqual(['mine', first, second]);
    expect(await store.role('mine')).toMatchObject({ version: 2, privileges: [{ permission: 'users:read' }] });
  });

  it('takes over the name of one that gets another, in whatever order they stand', async () => {
    const store = memoryStore({});
    const document = (version: number, one: string, other: string): object => ({
      apiVersion: 1,
      roles: [role({ uid: 'one', name: one, version }), role({ uid: 'other', name: other, version })],
    });
    await provision(store, document(1, 'custom:a', 'custom:b'), { by });
    await provision(store, document(2, 'custom:b', 'custom:c'), { by });
    expect([(await store.role('one'))?.name, (await store.role('other'))?.name]).toEqual(['custom:b', 'custom:c']);
  });

  it('keeps no display name, group or visibility', async () => {
    const store = memoryStore({});
    await provision(store, one({ displayName: 'Editor', group: 'Users', hidden: true }), { by });
    expect(await provision(store, one(), { by })).toEqual([]);
  });
});

describe('the organization', () => {
  const where = async (differing: object, options: Partial<ProvisionOptions> = {}): Promise<unknown> => {
    const store = memoryStore({});
    await provision(store, one({ orgId: undefined, ...differing }), { by, ...options });
    return (await store.role('editor'))?.organization;
  };

  it('is the one of the number, or the one it stands for', async () => {
    expect(await where({ orgId: 12 })).toBe('12');
    expect(await where({ orgId: 12 }, { organizations: { 12: 'org_a' } })).toBe('org_a');
  });

  it('is none of a global role, whatever its number', async () => {
    expect(await where({ global: true })).toBeUndefined();
    expect(await where({ orgId: 1, global: true })).toBeUndefined();
    expect(await where({ orgId: 0 })).toBeUndefined();
    expect(await where({ orgId: 1, global: false })).toBe('1');
  });

  it('is the default where none is said, and a fault where there is no default', async () => {
    expect(await where({}, { defaultOrganization: 'org_b' })).toBe('org_b');
    await expect(where({})).rejects.toThrow(
      'Expected `roles[0].orgId` to be the number of an organization, as there is neither `global` nor `defaultOrganization`',
    );
    await expect(where({ orgId: 3 }, { organizations: { 12: 'org_a' } })).rejects.toThrow(
      'one of those in `organizations`',
    );
  });
});

describe('the built-in roles of a role', () => {
  const inheriting = (version: number, ...builtInRoles: object[]): object => one({ version, builtInRoles });

  it('inherit it in its organization', async () => {
    const store = memoryStore({});
    const changes = await provision(store, inheriting(1, { name: 'Editor' }, { name: 'Grafana Admin', orgId: 1 }), {
      by,
    });
    expect(changes.slice(1)).toEqual([
      {
        ...{ change: 'attach-role', role: 'editor', builtIn: 'builtin:editor' },
        ...{ before: null, after: { role: 'editor', organization: '1' } },
      },
      {
        ...{ change: 'attach-role', role: 'editor', builtIn: 'builtin:server-admin' },
        ...{ before: null, after: { role: 'editor', organization: '1' } },
      },
    ]);
    await store.assign(alice, 'builtin:admin', {}, admin);
    expect(await store.privilegesOf(alice, { audience: [] })).toMatchObject([
      { permission: 'users:read', on: 'users:*', organization: '1' },
    ]);
  });

  it('inherit a global role in the organization said, in the default one, or in all', async () => {
    const store = memoryStore({});
    const builtInRoles = [
      { name: 'Viewer', orgId: 1 },
      { name: 'Viewer', orgId: 2 },
      { name: 'Editor' },
      { name: 'Admin', global: true },
    ];
    const document = one({ global: true, builtInRoles });
    await provision(store, document, { by, defaultOrganization: 'org_b' });
    expect(await inherited(store)).toEqual(['editor in 1', 'editor in 2']);
    expect(await inherited(store, 'builtin:editor')).toEqual(['editor in org_b']);
    expect(await inherited(store, 'builtin:admin')).toEqual(['editor']);
    await expect(provision(memoryStore({}), document, { by })).rejects.toThrow('`roles[0].builtInRoles[2].orgId`');
  });

  it('lose it when they are no longer there, also without another version', async () => {
    const store = memoryStore({});
    await provision(store, inheriting(1, { name: 'Viewer' }, { name: 'Editor' }), { by });
    const { system, why } = { system: 'reload', why: 'asked for' };
    expect(words(await provision(store, inheriting(1, { name: 'Editor' }), { by: { system, why } }))).toEqual([
      'detach-role editor builtin:viewer',
    ]);
    expect((await store.audit()).items[0]).toMatchObject({ by: { system }, why: 'provisioning: asked for' });
    expect(words(await provision(store, one({ version: 1 }), { by }))).toEqual(['detach-role editor builtin:editor']);
  });

  it('are left alone where a greater version is stored', async () => {
    const store = memoryStore({});
    await provision(store, inheriting(2, { name: 'Viewer' }), { by });
    expect(await provision(store, inheriting(1, { name: 'Admin' }), { by })).toEqual([]);
    expect(await inherited(store)).toEqual(['editor in 1']);
  });

  it('keep it where it was an administrator who gave it to them', async () => {
    const store = memoryStore({});
    await provision(store, inheriting(1, { name: 'Viewer' }), { by });
    await change(store, 'builtin:viewer', { inherits: [] });
    await change(store, 'builtin:viewer', { inherits: [{ role: 'editor', organization: '1' }] });
    await change(store, 'builtin:admin', { inherits: [{ role: 'editor', organization: '1' }] });
    expect(await provision(store, one({ version: 1 }), { by })).toEqual([]);
    expect(await provision(store, inheriting(3), { by })).toEqual([]);
  });

  it('get it back when an administrator took it from them', async () => {
    const store = memoryStore({});
    await provision(store, inheriting(1, { name: 'Viewer' }), { by });
    await change(store, 'builtin:viewer', { inherits: [] });
    expect(words(await provision(store, inheriting(1, { name: 'Viewer' }), { by }))).toEqual([
      'attach-role editor builtin:viewer',
    ]);
  });
});

// Known answers; the source of each is in the file.
interface VersionCase {
  mode: string;
  op: string;
  stored: number;
  given: number | null;
  result?: number | string;
  error?: string;
}
const { roleVersion } = JSON.parse(readFileSync(new URL('vectors/roles.json', import.meta.url), 'utf8')) as {
  roleVersion: { cases: VersionCase[] };
};

describe('known answers', () => {
  it.each(roleVersion.cases)('$mode: $op $stored, given $given', async ({ mode, op, stored, given, result, error }) => {
    const store = memoryStore({ roleVersions: mode === '8.x-12' ? 'rising' : 'optimistic' });
    await store.putRole(
      { uid: 'editor', name: 'custom:editor', organization: '1', version: stored, privileges: [] },
      admin,
    );
    if (mode !== 'provisioning') {
      const changed = { uid: 'editor', name: 'custom:editor', privileges: ['a'] };
      const put = store.putRole({ ...changed, ...(given !== null && { version: given }) }, admin);
      if (error !== undefined) return expect(put).rejects.toMatchObject({ code: 'role_version_conflict' });
      await put;
      return expect((await store.role('editor'))?.version).toBe(result);
    }
    await provision(store, one({ version: given, builtInRoles: [{ name: 'Viewer' }] }), { by });
    expect((await store.role('editor'))?.privileges).toHaveLength(result === 'replaced' ? 1 : 0);
    expect((await store.role('editor'))?.version).toBe(given);
    if (op === 'assignments') expect(await inherited(store)).toEqual(['editor in 1']);
  });
});
