// An Access: all that one request may do, and nothing that anybody can change.

import { describe, expect, it } from '@jest/globals';
import { anywhere, definePermissions, on, PermissionSet, policy, type Access, type Privilege } from 'rightful';
import { createTestAccess, type TestAccessOptions } from 'rightful/testing';
import { claimsOf, session, storeOf, Tokens } from './authorizing.ts';

const stored: Privilege[] = [
  { permission: 'read:contacts', source: { kind: 'role', role: 'reader' } },
  { permission: 'users:read', on: 'users:*' },
  { permission: 'users:read', on: 'users:id:1', effect: 'deny' },
];
const scope = 'read:contacts users:read';

async function real(): Promise<Access> {
  return session({ store: storeOf(...stored) }).access({ scope, nested: { list: [{ deep: 1 }] }, org_id: 'org_1' });
}

function forTests(): Access {
  return createTestAccess({ scopes: scope, privileges: stored, claims: { nested: { list: [{ deep: 1 }] } } });
}

describe.each([
  ['of a request', real],
  ['for tests', async () => forTests()],
])('an access %s', (_, make) => {
  it('says who, by what, and what may be done', async () => {
    const access = await make();
    expect([...access.scopes]).toEqual(['read:contacts', 'users:read']);
    expect(access.privileges.has('read:contacts')).toBe(true);
    expect([access.can('read:contacts'), access.can('read:contacts', 'contacts:id:1')]).toEqual([true, true]);
    expect([
      access.can('users:read'),
      access.can('users:read', 'users:id:1'),
      access.can('users:read', 'users:id:2'),
    ]).toEqual([false, false, true]);
  });

  it('is frozen to the bottom', async () => {
    const access = await make();
    const parts = [access, access.claims, access.subject, access.scopes, access.privileges, access.permissions];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
    const { list } = access.claims['nested'] as { list: { deep: number }[] };
    expect([Object.isFrozen(list), Object.isFrozen(list[0])]).toEqual([true, true]);
    expect(() => Object.assign(access, { permissions: access.privileges })).toThrow(TypeError);
    expect(() => Object.assign(access.subject, { id: 'bob' })).toThrow(TypeError);
    expect(() => Object.assign(access.claims, { scope: '*' })).toThrow(TypeError);
    expect(() => Object.defineProperty(access, 'can', { value: () => true })).toThrow(TypeError);
    expect(() => Object.defineProperty(access.permissions, 'has', { value: () => true })).toThrow(TypeError);
  });

  it('has scopes that cannot be written to, not even by the methods of Set', async () => {
    const { scopes } = await make();
    for (const method of [Set.prototype.add, Set.prototype.delete, Set.prototype.clear] as ((
      ...given: unknown[]
    ) => unknown)[]) {
      expect(() => method.call(scopes, 'delete:contacts')).toThrow(TypeError);
    }
    expect(scopes).not.toHaveProperty('add');
    scopes.forEach((_one, _same, set) =>
      expect(() => Set.prototype.add.call(set, 'delete:contacts')).toThrow(TypeError),
    );
    expect([...scopes.keys(), ...scopes.values()]).toEqual([...scopes, ...scopes]);
    expect([...scopes.entries()]).toEqual([...scopes].map((one) => [one, one]));
    expect([scopes.size, scopes.has('delete:contacts'), JSON.stringify(scopes)]).toEqual([
      2,
      false,
      '["read:contacts","users:read"]',
    ]);
  });

  it('has sets of permissions that nobody changes through what they list', async () => {
    const access = await make();
    for (const list of [access.permissions.list(), access.permissions.denials(), access.privileges.list()]) {
      expect(list.every((one) => Object.isFrozen(one) && Object.isFrozen(one.source))).toBe(true);
      list.push({ permission: 'delete:contacts' });
      list.length = 0;
    }
    expect(access.permissions.list().map(({ permission }) => permission)).toEqual(['read:contacts', 'users:read']);
    expect(access.permissions.denials()).toMatchObject([
      { permission: 'users:read', on: 'users:id:1', effect: 'deny' },
    ]);
    expect(access.can('delete:contacts')).toBe(false);
  });
});

describe('an access of a request', () => {
  it('does not change with what the verifier or the store do afterwards', async () => {
    const held: Privilege[] = [{ permission: 'read:contacts' }];
    const claims = { ...claimsOf({ scope: 'read:contacts write:contacts' }), nested: { on: 1 } };
    const tokens = new Tokens();
    const { authorizer } = session({ store: { privilegesOf: () => held }, verifier: async () => ({ claims }) });
    const access = await authorizer.authenticate(tokens.requestWith({}));
    held.push({ permission: 'write:contacts' });
    Object.assign(held[0] ?? {}, { permission: 'write:contacts' });
    claims.nested.on = 2;
    expect([access.can('read:contacts'), access.can('write:contacts')]).toEqual([true, false]);
    expect(access.claims['nested']).toEqual({ on: 1 });
    expect(Object.isFrozen(claims)).toBe(false);
  });

  it('answers can() as a guard would, and as decide() does', async () => {
    const one = session({ store: storeOf(...stored) });
    const access = await one.access({ scope });
    for (const resource of ['users:id:1', 'users:id:2', 'teams:1', 'users:*']) {
      expect(one.authorizer.decide(access, on('users:read', resource))).toMatchObject({
        permit: access.can('users:read', resource),
      });
    }
    expect(one.authorizer.decide(access, anywhere('users:read'))).toMatchObject({
      permit: access.permissions.hasAnywhere('users:read'),
    });
    expect(one.authorizer.decide(access, 'users:read')).toMatchObject({ permit: access.can('users:read') });
  });

  it('names the application only where the token does', async () => {
    expect(await session().access()).toHaveProperty('client', 'app');
    expect(await session().access({ client_id: undefined })).not.toHaveProperty('client');
  });
});

describe('createTestAccess', () => {
  it('may do nothing unless it is told what', () => {
    const access = createTestAccess();
    expect(access.permissions.list()).toEqual([]);
    expect({ ...access.subject }).toEqual({ issuer: 'https://issuer.example/', id: 'test-user', kind: 'user' });
    expect(access.client).toBe('test-client');
    expect(access.claims).toEqual({
      iss: 'https://issuer.example/',
      sub: 'test-user',
      client_id: 'test-client',
      scope: '',
    });
  });

  it('follows the rule: delegated AND held', () => {
    const access = createTestAccess({ scopes: ['a', 'b', 'openid'], privileges: ['b', 'c'] });
    expect([access.can('a'), access.can('b'), access.can('c')]).toEqual([false, true, false]);
    expect([access.privileges.has('c'), access.scopes.has('a')]).toEqual([true, true]);
    expect(access.claims['scope']).toBe('a b openid');
  });

  it('takes everything that the rule takes', () => {
    const permissions = definePermissions({
      'read:contacts': 'See',
      'users:create': { description: 'Create', on: [] },
    });
    const held = ['read:*', { permission: 'users:create', on: '' }, { permission: 'old', expiresAt: 10 }];
    const coarse = createTestAccess({
      scopes: 'contacts',
      privileges: held,
      scopePermissions: { contacts: ['read:contacts'] },
      permissions,
    });
    expect([coarse.can('read:contacts'), coarse.can('users:create')]).toEqual([true, false]);
    const own = createTestAccess({ firstParty: true, privileges: held, permissions, now: 9 });
    expect([own.can('read:contacts'), own.can('users:create'), own.can('old')]).toEqual([true, true, true]);
    expect(createTestAccess({ firstParty: true, privileges: held, now: 10 }).can('old')).toBe(false);
  });

  it('is whom the test says, and with an own copy of its claims', () => {
    const claims = { email: 'a@example.com', list: [1] };
    const access = createTestAccess({ subject: { id: 'alice', organization: 'org_1' }, client: 'web', claims });
    claims.list.push(2);
    expect({ ...access.subject }).toEqual({
      issuer: 'https://issuer.example/',
      id: 'alice',
      kind: 'user',
      organization: 'org_1',
    });
    expect(access.claims).toMatchObject({ sub: 'alice', client_id: 'web', email: 'a@example.com', list: [1] });
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown option', { scope: 'a' }, /`scope`/u],
    ['no object', 'a', /`options`/u],
    ['a subject that is none', { subject: 'alice' }, /`subject`/u],
    ['privileges that are no list', { privileges: { permission: 'a' } }, /./u],
    ['a catalogue that is none', { permissions: { a: 'A' } }, /`permissions`/u],
    ['firstParty that is no boolean', { firstParty: 'yes' }, /`firstParty`/u],
    ['now that is no number', { now: '2026-01-01' }, /`now`/u],
    ['an unknown dialect', { dialect: 'regex' }, /`dialect`/u],
    [
      'scopePermissions that are no lists',
      { scopePermissions: { contacts: 'read:contacts' } },
      /scopePermissions\['contacts'\]/u,
    ],
  ])('refuses %s: TypeError', (_, options, message) => {
    expect(() => createTestAccess(options as TestAccessOptions)).toThrow(TypeError);
    expect(() => createTestAccess(options as TestAccessOptions)).toThrow(message);
  });

  it('refuses what is of no access that a guard could give', () => {
    const wrong = [
      ...[{ client: 5 }, { client: '' }, { claims: 5 }, { claims: ['a'] }],
      ...[{ subject: { kind: 'robot' } }, { subject: { id: '' } }, { subject: { id: 5 } }, { subject: { org: 'x' } }],
    ];
    const accepted = wrong.filter((options) => {
      try {
        return Boolean(createTestAccess(options as TestAccessOptions));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return false;
      }
    });
    expect(accepted).toEqual([]);
  });

  it.each(['scopes', 'privileges'])('names %s where it is no list', (name) => {
    for (const value of [5, null, {}]) {
      expect(() => createTestAccess({ [name]: value })).toThrow(`\`${name}\``);
    }
  });

  it('is no access of any authorizer: decide() refuses it', () => {
    expect(() => session().authorizer.decide(createTestAccess({ scopes: 'a', privileges: ['a'] }), 'a')).toThrow(
      TypeError,
    );
  });

  it('can be handed to a policy', async () => {
    const owns = policy('owns', (access) => access.subject.id === 'alice');
    expect(await owns.test(createTestAccess({ subject: { id: 'alice' } }), {})).toBe(true);
    expect(await owns.test(createTestAccess(), {})).toBe(false);
  });
});

describe('PermissionSet.from', () => {
  it.each<[string, unknown, unknown]>([
    ['no list', { permission: 'a' }, {}],
    ['a string', 'read:contacts', {}],
    ['null', null, {}],
    ['a plain object for a catalogue', [], { permissions: { a: 'A' } }],
    ['an unknown dialect', [], { dialect: 'regex' }],
    ['NaN for now', [], { now: Number.NaN }],
    ['a date for now', [], { now: new Date() }],
  ])('refuses %s: TypeError', (_, privileges, options) => {
    expect(() => PermissionSet.from(privileges as Privilege[], options as object)).toThrow(TypeError);
  });

  it('takes a list, a set and a generator, once', () => {
    const generated = function* (): Generator<Privilege> {
      yield { permission: 'a' };
    };
    for (const list of [[{ permission: 'a' }], new Set([{ permission: 'a' }]), generated(), ['a']]) {
      const set = PermissionSet.from(list);
      expect([set.has('a'), set.has('a')]).toEqual([true, true]);
    }
  });

  it('keeps nothing of what it is given', () => {
    const one: Privilege = { permission: 'a', on: 'x:1' };
    const set = PermissionSet.from([one]);
    delete one.on;
    expect([set.has('a', 'x:1'), set.has('a', 'x:2')]).toEqual([true, false]);
  });

  it('cannot be written to', () => {
    const set = PermissionSet.from(['a']);
    expect(Object.isFrozen(set)).toBe(true);
    expect(Object.keys(set)).toEqual([]);
  });
});
