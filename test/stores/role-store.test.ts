// What the store in memory does beyond the contract: how it is written down, what its refusals say, and that changes act at once.

import { describe, expect, it, test } from '@jest/globals';
import {
  BeyondCeilingError,
  BuiltInRoleError,
  ChangeRefusedError,
  memoryStore,
  RoleCycleError,
  RoleElsewhereError,
  RoleInUseError,
  RoleNameTakenError,
  RoleNotFoundError,
  RoleVersionConflictError,
} from 'rightful/stores';
import type { MemoryStoreOptions, Privilege, PrivilegeChange, RoleStore, Subject } from 'rightful/stores';
import { createTestAccess } from 'rightful/testing';
import { ask, expectPermit, expectRefusal, insufficientPrivilege } from '../flow/answers.ts';
import { frameworks } from '../flow/frameworks.ts';
import { issuer as tokens, options, tokenOf } from '../flow/scene.ts';

const issuer = 'https://issuer.example/';
const alice: Subject = { issuer, id: 'alice', kind: 'user' };
const bob: Subject = { issuer, id: 'bob', kind: 'user' };
const system = { system: 'a test' };

const held = (store: RoleStore, subject: Subject): Privilege[] =>
  [...(store.privilegesOf(subject, { audience: [] }) as Privilege[])].map(({ source: _, ...privilege }) => privilege);

describe('memoryStore', () => {
  it('takes a role as the list of what it holds, or as an object that says more', async () => {
    const store = memoryStore({
      issuer,
      users: { alice: { roles: ['head', 'builtin:editor'] } },
      roles: {
        reader: ['read:contacts', { permission: 'read:plans', on: 'plans:*' }],
        head: {
          name: 'Heads',
          version: 7,
          description: 'They lead',
          permissions: ['write:contacts'],
          inherits: ['reader', { role: 'local', organization: 'org_1' }],
        },
        local: { organization: 'org_1', permissions: ['write:plans'] },
        empty: {},
        'builtin:viewer': { permissions: ['view'], inherits: ['empty'] },
      },
    });
    expect(await store.role('head')).toEqual({
      uid: 'head',
      name: 'Heads',
      version: 7,
      description: 'They lead',
      privileges: [{ permission: 'write:contacts' }],
      inherits: [{ role: 'reader' }, { role: 'local', organization: 'org_1' }],
    });
    expect(await store.role('reader')).toMatchObject({ name: 'reader', version: 1, inherits: [] });
    expect(await store.role('empty')).toEqual({
      uid: 'empty',
      name: 'empty',
      version: 1,
      privileges: [],
      inherits: [],
    });
    expect(await store.role('builtin:viewer')).toMatchObject({
      name: 'Built-in Viewer',
      inherits: [{ role: 'empty' }],
    });
    expect((await store.roles()).total).toBe(8);
    expect(held(store, alice)).toEqual([
      { permission: 'write:contacts' },
      { permission: 'read:contacts' },
      { permission: 'read:plans', on: 'plans:*' },
      { permission: 'write:plans', organization: 'org_1' },
      { permission: 'view' },
    ]);
    await store.putRole({ uid: 'head', name: 'Heads', version: 7, privileges: [] }, system);
    expect(held(store, alice)).toEqual([{ permission: 'view' }]);
  });

  it('takes roles that inherit each other, and gives what each of them has once', () => {
    const inherits = { one: ['two'], two: ['one', 'two'] };
    const store = memoryStore({
      users: { alice: { roles: ['one'] } },
      roles: {
        one: { permissions: ['a'], inherits: inherits.one },
        two: { permissions: ['b'], inherits: inherits.two },
      },
    });
    expect(held(store, alice)).toEqual([{ permission: 'a' }, { permission: 'b' }]);
  });

  it('takes the subjects of several issuers, and keeps them apart', async () => {
    const users = { alice: { permissions: ['a'] } };
    const other = 'https://other.example/';
    const store = memoryStore({ issuer, users, issuers: { [other]: { clients: { alice: { permissions: ['b'] } } } } });
    const only = memoryStore({ issuers: { [issuer]: { users } } });
    expect([store.holdsForAnyIssuer, only.holdsForAnyIssuer, memoryStore({ users }).holdsForAnyIssuer]).toEqual([
      false,
      false,
      true,
    ]);
    expect(held(store, { ...alice, issuer: other })).toEqual([]);
    expect(held(store, { ...alice, issuer: other, kind: 'client' })).toEqual([{ permission: 'b' }]);
    expect([held(only, alice), held(only, { ...alice, issuer: other })]).toEqual([[{ permission: 'a' }], []]);
    expect((await store.subjects()).items).toEqual([
      { issuer, id: 'alice', kind: 'user' },
      { issuer: other, id: 'alice', kind: 'client' },
    ]);
  });

  it('takes APIs with their permissions and settings', async () => {
    const settings = { token_lifetime: 600 };
    const permissions = { 'read:contacts': 'See contacts', 'write:contacts': null };
    const store = memoryStore({
      apis: { 'https://api.example': { name: 'Contacts', permissions, settings }, x: { name: 'X', version: 7 } },
    });
    expect(await store.api('https://api.example')).toEqual({
      identifier: 'https://api.example',
      name: 'Contacts',
      version: 1,
      permissions: [{ name: 'read:contacts', description: 'See contacts' }, { name: 'write:contacts' }],
      settings,
    });
    const listed = (await store.apis()).items.map(({ identifier, version }) => [identifier, version]);
    expect(listed).toEqual([
      ['https://api.example', 1],
      ['x', 7],
    ]);
  });

  it('keeps the settings of an API as they were given, and gives out what nobody can change', async () => {
    const settings = { deep: { signing: 'RS256' } };
    const store = memoryStore({ issuer, apis: { 'urn:written': { name: 'Written', settings } } });
    await store.putApi({ identifier: 'urn:put', name: 'Put', permissions: [], settings }, system);
    settings.deep.signing = 'none';
    for (const identifier of ['urn:written', 'urn:put']) {
      const kept = (await store.api(identifier))!.settings as typeof settings;
      expect(kept).toEqual({ deep: { signing: 'RS256' } });
      expect(() => (kept.deep.signing = 'none')).toThrow(TypeError);
    }
    const { after } = (await store.audit()).items[0]!;
    expect(() => ((after as { settings: typeof settings }).settings.deep.signing = 'none')).toThrow(TypeError);
    for (const unusable of [{ toJSON: () => undefined }, { toJSON: () => [] }]) {
      const api = { identifier: 'urn:x', name: 'X', permissions: [], settings: unusable };
      await expect(store.putApi(api, system)).rejects.toThrow(/`api.settings`/);
    }
  });

  it('takes what was written down twice with two ends until the later one', async () => {
    const [soon, later] = [Date.now() + 1000, Date.now() + 2000];
    const a = (expiresAt: number): Privilege => ({ permission: 'a', expiresAt });
    const store = memoryStore({
      issuer,
      users: { alice: { permissions: [a(soon), a(later), a(soon)] }, bob: { permissions: [a(later), 'a', a(soon)] } },
    });
    expect([held(store, alice), held(store, bob)]).toEqual([[a(later)], [{ permission: 'a' }]]);
  });

  it('answers with the very same frozen list until something changes that concerns it', async () => {
    const store = memoryStore({ issuer, users: { alice: { permissions: ['a'] } }, roles: { editor: ['b'] } });
    const first = store.privilegesOf(alice, { audience: [] });
    await store.grant(bob, 'a', system);
    await store.grant(alice, 'a', system);
    expect(store.privilegesOf(alice, { audience: [] })).toBe(first);
    await store.assign(alice, 'editor', {}, system);
    const second = store.privilegesOf(alice, { audience: [] }) as Privilege[];
    expect(second).not.toBe(first);
    expect(Object.isFrozen(second) && second.every((one) => Object.isFrozen(one) && Object.isFrozen(one.source))).toBe(
      true,
    );
  });

  it('names who gave something to those who administer, and not in what it answers', async () => {
    const store = memoryStore({ issuer, users: { bob: { permissions: ['*'] } } });
    const before = Date.now();
    await store.grant(alice, 'a', createTestAccess({ subject: bob }));
    await store.assign(alice, 'builtin:viewer', {}, system);
    const { privileges, roles } = await store.subject(alice);
    expect(privileges).toEqual([{ permission: 'a', source: { kind: 'direct', assignedBy: 'bob' } }]);
    expect(roles).toEqual([{ role: 'builtin:viewer', assignedBy: 'a test', assignedAt: expect.any(Number) }]);
    expect(roles[0]!.assignedAt).toBeGreaterThanOrEqual(before);
    expect(store.privilegesOf(alice, { audience: [] })).toEqual([{ permission: 'a', source: { kind: 'direct' } }]);
  });

  it('remembers the last 10,000 changes', async () => {
    const store = memoryStore({ issuer });
    for (let at = 0; at < 10_003; at += 1) await store.grant(alice, { permission: 'a', expiresAt: at }, system);
    const { total, items } = await store.audit({ offset: 9999 });
    expect([total, items.map(({ revision }) => revision), await store.revision()]).toEqual([10_000, [4], 10_003]);
  }, 30_000);

  it.each<[string, object, RegExp]>([
    ['an unknown member of a role', { roles: { a: { privileges: [] } } }, /`privileges` in `roles\['a'\]`/],
    ['a bad privilege of a role', { roles: { a: { permissions: ['b', 7] } } }, /roles\['a'\]\.permissions\[1\]/],
    [
      'a role that inherits none there is',
      { roles: { a: { inherits: ['b'] } } },
      /`roles\['a'\]\.inherits\[0\]`.*got "b"/,
    ],
    [
      'an inherited role without a name',
      { roles: { a: { inherits: [{ organization: 'x' }] } } },
      /inherits\[0\]\.role/,
    ],
    ['a version that is none', { roles: { a: { version: 1.5 } } }, /`roles\['a'\]\.version`.*whole number/],
    ['a name that is none', { roles: { a: { name: '' } } }, /`roles\['a'\]\.name`/],
    ['an unknown member of an API', { apis: { x: { name: 'X', scopes: [] } } }, /`scopes` in `apis\['x'\]`/],
    ['an API without a name', { apis: { x: {} } }, /`apis\['x'\]\.name`.*got undefined/],
    [
      'a description that is none',
      { apis: { x: { name: 'X', permissions: { a: 7 } } } },
      /`apis\['x'\]\.permissions\['a'\]`/,
    ],
    ['settings that are none', { apis: { x: { name: 'X', settings: [] } } }, /`apis\['x'\]\.settings`/],
    [
      'issuers beside users of none',
      { users: { a: { permissions: ['b'] } }, issuers: { x: { users: { a: { permissions: ['b'] } } } } },
      /`issuer`/,
    ],
    ['an unknown member of an issuer', { issuers: { x: { roles: {} } } }, /`roles` in `issuers\['x'\]`/],
    [
      'a bad privilege of an issuer',
      { issuers: { x: { users: { a: { permissions: [{}] } } } } },
      /issuers\['x'\]\.users\['a'\]/,
    ],
  ])('refuses %s, and says where it stands: TypeError', (_, given, message) => {
    expect(() => memoryStore(given as MemoryStoreOptions)).toThrow(TypeError);
    expect(() => memoryStore(given as MemoryStoreOptions)).toThrow(message);
  });
});

describe('a refusal', () => {
  const store = memoryStore({
    issuer,
    users: { alice: { permissions: ['*'], roles: ['head'] }, bob: { permissions: ['a'] } },
    roles: {
      base: ['b', { permission: 'c', on: 'c:*' }],
      head: { inherits: ['base'] },
      local: { organization: 'org_1' },
    },
  });
  const byBob = createTestAccess({ subject: bob });

  it.each<[string, () => Promise<number>, new (...given: never[]) => Error, string, object]>([
    [
      'of an unknown role',
      () => store.assign(bob, 'nobody', {}, system),
      RoleNotFoundError,
      'There is no role "nobody"',
      { code: 'role_not_found', role: 'nobody' },
    ],
    [
      'of a version',
      () => store.putRole({ uid: 'base', name: 'base', version: 0, privileges: [] }, system),
      RoleVersionConflictError,
      'The role "base" has version 1, 0 was sent',
      { code: 'role_version_conflict', role: 'base', version: 1 },
    ],
    [
      'of a new role that is there',
      () => store.putRole({ uid: 'base', name: 'base', privileges: [] }, system),
      RoleVersionConflictError,
      'The role "base" has version 1, none was sent, which makes a new role',
      {},
    ],
    [
      'of a name',
      () => store.putRole({ uid: 'new', name: 'base', privileges: [] }, system),
      RoleNameTakenError,
      'The role "base" has the name "base" already',
      { code: 'role_name_taken', role: 'base' },
    ],
    [
      'of a deletion',
      () => store.deleteRole('base', {}, system),
      RoleInUseError,
      'The role "base" is assigned to 0, and inherited by "head"; `force` deletes it all the same',
      { code: 'role_in_use', holders: 0, inheritors: ['head'] },
    ],
    [
      'of a cycle',
      () => store.putRole({ uid: 'base', name: 'base', version: 1, privileges: [], inherits: ['head'] }, system),
      RoleCycleError,
      'A role would inherit itself: "base" inherits "head" inherits "base"',
      { code: 'role_cycle', cycle: ['base', 'head', 'base'] },
    ],
    [
      'of a built-in role',
      () => store.deleteRole('builtin:admin', { force: true }, system),
      BuiltInRoleError,
      'The built-in role "builtin:admin" cannot be deleted',
      { code: 'role_built_in', role: 'builtin:admin' },
    ],
    [
      'of another organization',
      () => store.assign(bob, 'local', {}, system),
      RoleElsewhereError,
      'The role "local" can be assigned in the organization "org_1" only',
      { code: 'role_elsewhere', role: 'local', organization: 'org_1' },
    ],
    [
      'of what is not held',
      () => store.assign(bob, 'head', { organization: 'org_1' }, byBob),
      BeyondCeilingError,
      'Who makes the change does not hold b in "org_1", c on "c:*" in "org_1"',
      {
        code: 'beyond_ceiling',
        missing: [
          { permission: 'b', organization: 'org_1' },
          { permission: 'c', on: 'c:*', organization: 'org_1' },
        ],
      },
    ],
  ])('%s says what stands in its way', async (_, change, type, message, members) => {
    const error = await change().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(type);
    expect(error).toBeInstanceOf(ChangeRefusedError);
    expect(error).toMatchObject({ name: type.name, message, ...members });
  });

  it('of very much names twenty of it in its text, and all of it as data', async () => {
    const many = Array.from({ length: 30 }, (_, at) => `p:${at}`);
    const error = await store.grant(bob, many, byBob).then(
      () => undefined,
      (reason: unknown) => reason as BeyondCeilingError,
    );
    expect(error!.message).toMatch(/p:19, …$/);
    expect(error!.missing).toHaveLength(30);
  });
});

describe('an Access', () => {
  it('of one organization has nothing of what its subject holds in another', async () => {
    const store = memoryStore({
      issuer,
      gates: { assign: { permission: 'gate' } },
      roles: { empty: [] },
      users: {
        alice: {
          permissions: [
            'everywhere',
            { permission: 'a', organization: 'globex' },
            { permission: 'gate', organization: 'globex' },
          ],
        },
      },
    });
    const inGlobex = { organization: 'globex' };
    const [acme, globex] = ['acme', 'globex'].map((organization) =>
      createTestAccess({ subject: { ...alice, organization } }),
    );
    const refused = { code: 'beyond_ceiling' };
    await expect(store.grant(bob, { permission: 'a', ...inGlobex }, acme!)).rejects.toMatchObject(refused);
    await expect(store.assign(bob, 'empty', inGlobex, acme!)).rejects.toMatchObject(refused);
    await store.grant(bob, ['everywhere', { permission: 'everywhere', ...inGlobex }], acme!);
    await store.grant(bob, { permission: 'a', ...inGlobex }, globex!);
    await store.assign(bob, 'empty', inGlobex, globex!);
    const denial: Privilege = { permission: 'everywhere', effect: 'deny', ...inGlobex };
    await store.grant(alice, denial, system);
    await expect(store.grant({ ...bob, id: 'carol' }, 'everywhere', acme!)).rejects.toMatchObject(refused);
  });

  it.each<[string, (at: number) => Privilege]>([
    ['names', (at) => ({ permission: `p${at}`, on: `r:id:${at}` })],
    ['resources', (at) => ({ permission: 'p', on: `r:id:${at}` })],
    [
      'ends',
      (at) => ({ permission: 'p', on: `r:id:${at % 100}`, expiresAt: 4e12 + (at % 50), audience: `urn:${at % 50}` }),
    ],
  ])('hands on ten thousand privileges of different %s in little time', async (_, privilegeAt) => {
    const privileges = Array.from({ length: 10_000 }, (__, at) => privilegeAt(at));
    const store = memoryStore({ issuer, roles: { big: privileges }, users: { alice: { roles: ['big'] } } });
    const start = performance.now();
    await store.assign(bob, 'big', {}, createTestAccess({ subject: alice }));
    // Each against each would take more than ten times as long.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('what is told of a role', () => {
  const toldOf = async (store: RoleStore, change: () => Promise<unknown>): Promise<PrivilegeChange[]> => {
    const told: PrivilegeChange[] = [];
    const end = store.onChange!((one) => told.push(one));
    await change();
    end();
    return told;
  };
  const roles = { base: ['a'], head: { inherits: ['base'] } };
  const changed = (uid: string) => ({ uid, name: uid, version: 1, privileges: ['x'] });

  it('names it and each that inherits it, where that is enough to find its holders', async () => {
    const store = memoryStore({ roles });
    expect(await toldOf(store, () => store.putRole(changed('base'), system))).toEqual([
      { role: 'base' },
      { role: 'head' },
    ]);
    expect(await toldOf(store, () => store.deleteRole('base', { force: true }, system))).toEqual([
      { role: 'base' },
      { role: 'head' },
    ]);
  });

  it.each<[string, MemoryStoreOptions['roles'], object?]>([
    ['held nothing before', { base: [] }],
    ['held something in one organization only', { base: [{ permission: 'a', organization: 'org_1' }] }],
    ['held something for one API only', { base: [{ permission: 'a', audience: 'https://api.example' }] }],
    ['held something for a time', { base: [{ permission: 'a', expiresAt: Date.now() + 1000 }] }],
    [
      'is inherited in one organization only',
      { base: ['a'], head: { inherits: [{ role: 'base', organization: 'org_1' }] } },
    ],
    ['was bound to an organization', { base: { organization: 'org_1', permissions: ['a'] } }],
  ])('is that everything may have changed, where it %s', async (_, given) => {
    const store = memoryStore({ roles: given! });
    expect(await toldOf(store, () => store.putRole(changed('base'), system))).toEqual([{}]);
  });
});

test.each(frameworks)('a change acts on the next request: $name', async (framework) => {
  const user: Subject = { issuer: tokens.issuer, id: 'alice', kind: 'user' };
  const store = memoryStore({ issuer: tokens.issuer, roles: { editor: [] } });
  const { requirePermission } = framework.createGuards(options({ store }));
  const served = await framework.serve([{ path: '/', guards: [requirePermission('read:contacts')] }]);
  const token = await tokenOf({ scope: 'read:contacts' });
  const permitted = async (): Promise<void> => expectPermit(await ask(served.address, { token }));
  const refused = async (): Promise<void> =>
    expectRefusal(await ask(served.address, { token }), insufficientPrivilege('read:contacts'));
  await refused();
  await store.grant(user, 'read:contacts', system);
  await permitted();
  await store.grant(user, { permission: 'read:contacts', effect: 'deny' }, system);
  await refused();
  await store.revoke(user, [{ permission: 'read:contacts', effect: 'deny' }, 'read:contacts'], system);
  await store.assign(user, 'editor', {}, system);
  await refused();
  await store.putRole({ uid: 'editor', name: 'editor', version: 1, privileges: ['read:contacts'] }, system);
  await permitted();
  await store.assign(user, 'editor', { expiresAt: Date.now() - 1 }, system);
  await refused();
  await store.assign(user, 'builtin:admin', {}, system);
  await store.putRole(
    { uid: 'builtin:viewer', name: 'Built-in Viewer', version: 1, privileges: [], inherits: ['editor'] },
    system,
  );
  await permitted();
  await store.deleteRole('editor', { force: true }, system);
  await refused();
});
