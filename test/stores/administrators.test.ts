// Where there is an administrator, no change leaves none.

import { describe, expect, it } from '@jest/globals';
import { builtInRoles, memoryStore, type ChangedBy, type RoleStore, type Subject } from 'rightful/stores';

const issuer = 'https://issuer.example/';
const by: ChangedBy = { system: 'test' };
const user = (id: string, more: Partial<Subject> = {}): Subject => ({ issuer, id, kind: 'user', ...more });
const [ada, bob] = [user('ada'), user('bob')];
const soon = Date.now() + 3_600_000;

type Change = (store: RoleStore) => Promise<unknown>;
type Scene = (store: RoleStore) => Promise<unknown>;

const direct: Scene = (store) => store.grant(ada, '*', by);
const byRole: Scene = async (store) => {
  await store.putRole({ uid: 'root', name: 'Root', privileges: ['*'] }, by);
  await store.putRole({ uid: 'chief', name: 'Chief', privileges: [], inherits: ['root'] }, by);
  await store.putRole({ uid: 'suspended', name: 'Suspended', privileges: [{ permission: 'a', effect: 'deny' }] }, by);
  await store.assign(ada, 'chief', {}, by);
};
const byBuiltIn: Scene = async (store) => {
  const uid = builtInRoles.serverAdmin;
  const { name, version } = (await store.role(uid))!;
  await store.putRole({ uid, name, version, privileges: ['*'] }, by);
  await store.assign(ada, uid, {}, by);
};

const version = async (store: RoleStore, uid: string): Promise<number> => (await store.role(uid))!.version;

const lockingOut: [string, Scene, Change][] = [
  ['revoking it', direct, (store) => store.revoke(ada, '*', by)],
  ['denying it', direct, (store) => store.grant(ada, { permission: '*', effect: 'deny' }, by)],
  ['denying anything', direct, (store) => store.grant(ada, { permission: 'update:users', effect: 'deny' }, by)],
  ['denying a pattern', direct, (store) => store.grant(ada, { permission: 'update:*', effect: 'deny' }, by)],
  ['giving it an end', direct, (store) => store.grant(ada, { permission: '*', expiresAt: soon }, by)],
  ['deassigning the role', byRole, (store) => store.deassign(ada, 'chief', {}, by)],
  ['giving the assignment an end', byRole, (store) => store.assign(ada, 'chief', { expiresAt: soon }, by)],
  ['assigning a role that denies', byRole, (store) => store.assign(ada, 'suspended', {}, by)],
  ['deleting the role', byRole, (store) => store.deleteRole('chief', { force: true }, by)],
  ['deleting the inherited role', byRole, (store) => store.deleteRole('root', { force: true }, by)],
  [
    'emptying the inherited role',
    byRole,
    async (store) =>
      store.putRole({ uid: 'root', name: 'Root', version: await version(store, 'root'), privileges: [] }, by),
  ],
  [
    'binding the role to an organization',
    byRole,
    async (store) =>
      store.putRole(
        { uid: 'root', name: 'Root', version: await version(store, 'root'), privileges: ['*'], organization: 'acme' },
        by,
      ),
  ],
  [
    'giving the role’s privilege an end',
    byRole,
    async (store) => {
      const privileges = [{ permission: '*', expiresAt: soon }];
      return store.putRole({ uid: 'root', name: 'Root', version: await version(store, 'root'), privileges }, by);
    },
  ],
  [
    'inheriting no more',
    byRole,
    async (store) =>
      store.putRole({ uid: 'chief', name: 'Chief', version: await version(store, 'chief'), privileges: [] }, by),
  ],
  [
    'emptying a built-in role',
    byBuiltIn,
    async (store) => {
      const { uid, name, version: read } = (await store.role(builtInRoles.serverAdmin))!;
      return store.putRole({ uid, name, version: read, privileges: [] }, by);
    },
  ],
  ['leaving a built-in role', byBuiltIn, (store) => store.deassign(ada, builtInRoles.serverAdmin, {}, by)],
];

const stores: [string, () => RoleStore][] = [
  ['one issuer', () => memoryStore({ issuer })],
  ['any issuer', () => memoryStore({})],
];

describe.each(stores)('in a store of %s', (_, create) => {
  describe.each(lockingOut)('%s', (__, scene, change) => {
    it('is refused where it would leave no administrator, and changes nothing', async () => {
      const store = create();
      await scene(store);
      const [revision, { total }] = [await store.revision(), await store.audit()];
      await expect(change(store)).rejects.toMatchObject({ code: 'last_administrator', name: 'LastAdministratorError' });
      expect([await store.revision(), (await store.audit()).total]).toEqual([revision, total]);
    });

    it('is made where another administrator is left', async () => {
      const store = create();
      await scene(store);
      await store.grant(bob, '*', by);
      const revision = await change(store);
      expect((await store.audit()).items[0]!.revision).toBe(revision);
    });

    it.each<[string, Change]>([
      ['whose * has an end', (store) => store.grant(bob, { permission: '*', expiresAt: soon }, by)],
      ['whose * is in an organization', (store) => store.grant(bob, { permission: '*', organization: 'acme' }, by)],
      ['whose * is for one API', (store) => store.grant(bob, { permission: '*', audience: 'urn:api' }, by)],
      ['whose * is on one resource', (store) => store.grant(bob, { permission: '*', on: 'a:*' }, by)],
      [
        'who is denied something',
        (store) => store.grant(bob, [{ permission: '*' }, { permission: 'a', effect: 'deny' }], by),
      ],
      ['who is a machine', (store) => store.grant(user('bob', { kind: 'client' }), '*', by)],
    ])('is refused where only somebody is left %s', async (___, adding) => {
      const store = create();
      await scene(store);
      await adding(store);
      await expect(change(store)).rejects.toMatchObject({ code: 'last_administrator' });
    });
  });

  it('changes nothing for a store that never had an administrator', async () => {
    const store = create();
    await store.grant(ada, { permission: '*', organization: 'acme' }, by);
    await expect(store.revoke(ada, { permission: '*', organization: 'acme' }, by)).resolves.toBe(2);
  });

  it('finds the last one behind however many who hold everything and are denied something', async () => {
    const denied = ['*', { permission: 'a', effect: 'deny' as const }];
    const staff = Array.from({ length: 1500 }, (_, at) => [`staff ${at}`, { permissions: denied }] as const);
    const many = memoryStore({ issuer, users: { ...Object.fromEntries(staff), ada: { permissions: ['*'] } } });
    await expect(many.revoke(ada, '*', by)).rejects.toMatchObject({ code: 'last_administrator' });
    await many.revoke(user('staff 7'), '*', by);
    await many.putRole({ uid: 'r', name: 'R', privileges: ['a'] }, by);
    await many.grant(bob, '*', by);
    await many.revoke(ada, '*', by);
    await expect(many.revoke(bob, '*', by)).rejects.toMatchObject({ code: 'last_administrator' });
  });

  it('lets of two administrators who leave at the same time only one go', async () => {
    const store = create();
    await store.grant(ada, '*', by);
    await store.grant(bob, '*', by);
    const left = await Promise.allSettled([store.revoke(ada, '*', by), store.revoke(bob, '*', by)]);
    expect(left.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});
