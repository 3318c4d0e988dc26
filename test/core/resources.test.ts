// On what a permission is held: the prefix dialect (resource-permissions.md 1.2), bare names, `anywhere`, denials, patterns
// over names, and the instant at which a privilege ends (effective-permissions.md, section 4).

import { describe, expect, it } from '@jest/globals';
import { definePermissions, effectivePermissions, PermissionSet, type Privilege } from 'rightful';

const p = 'p';

function held(...on: (string | undefined)[]): Privilege[] {
  return on.map((one) => (one === undefined ? { permission: p } : { permission: p, on: one }));
}

function denied(...on: (string | undefined)[]): Privilege[] {
  return held(...on).map((one) => ({ ...one, effect: 'deny' }));
}

describe('a stored pattern and a resource that is asked (1.2)', () => {
  it.each<[string, string, boolean]>([
    ['*', 'users:1', true],
    ['*', '', true],
    ['*', 'anything/at:all', true],
    ['users:*', 'users:1', true],
    ['users:*', 'users:id:1', true],
    ['users:*', 'users:', true],
    ['users:*', 'users', false],
    ['users:*', 'users.teams:1', false],
    ['users:*', 'Users:1', false],
    ['users:id:*', 'users:*', false],
    ['users:id:*', 'users:id:*', true],
    ['users:id:1', 'users:id:1', true],
    ['users:id:1', 'users:id:10', false],
    ['users:id:10', 'users:id:1', false],
    ['users:id:1', 'users:id:', false],
    ['global:*', 'global:users:1', true],
    ['users:*', 'global:users:1', false],
    ['global:users:*', 'users:1', false],
    ['', '', false],
    ['', 'users:1', false],
    ['users:*:1', 'users:id:1', false],
    ['users:*:1', 'users:*:1', false],
    ['us*', 'users', false],
    ['us*', 'us*', false],
    ['users:1*', 'users:12', false],
    ['users:1*', 'users:1*', false],
    ['users:?', 'users:7', false],
    ['users:?', 'users:?', true],
    ['users:?*', 'users:?1', false],
    ['users:{1,2}', 'users:1', false],
    ['users:{1,2}', 'users:{1,2}', true],
    ['users:[12]', 'users:1', false],
    ['**', 'users:1', false],
    ['users:**', 'users:1', false],
    ['teams:*/permissions:*', 'teams:1/permissions:delegate', false],
    ['teams:1/*', 'teams:1/permissions:delegate', true],
    ['teams:1/*', 'teams:10/permissions:delegate', false],
    ['teams:*', 'teams:1/permissions:delegate', true],
    ['roles:*', 'permissions:delegate', false],
    ['/*', '/a', true],
    [':*', ':a', true],
    ['datasources:name:test:a::*', 'datasources:name:test:a::ds', true],
    ['users:\u00e4:*', 'users:\u00e4:1', true],
    ['users:\u00e4:*', 'users:a\u0308:1', false],
  ])('%s, %s: %s', (on, resource, expected) => {
    expect(PermissionSet.from(held(on)).has(p, resource)).toBe(expected);
    // Nor does it stop another pattern.
    expect(PermissionSet.from(held(on, resource, '*')).has(p, resource)).toBe(true);
  });

  it('is linear in time, whatever the pattern (S11)', () => {
    const on = `${'a*'.repeat(20_000)}b`;
    const permissions = definePermissions({ [`${'a'.repeat(2000)}c`]: 'A long name' });
    const start = performance.now();
    const set = PermissionSet.from([...held(on), { permission: on }, { permission: on, effect: 'deny' }], {
      permissions,
    });
    expect([set.has(p, 'a'.repeat(40_000)), set.has('a'.repeat(2000))]).toEqual([false, false]);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('a bare name asks for all resources', () => {
  const permissions = definePermissions({
    anything: 'On any resource',
    nothing: { description: 'Takes none', on: [] },
    users: { description: 'On users', on: ['users:*'] },
    both: { description: 'On users and teams', on: ['users:*', 'teams:*'] },
  });

  it.each<[string, (string | undefined)[], Record<string, boolean>]>([
    ['without `on`', [undefined], { anything: true, nothing: true, users: true, both: true, unknown: true }],
    ['on *', ['*'], { anything: true, nothing: true, users: true, both: true, unknown: true }],
    ['on nothing', [''], { anything: false, nothing: true, users: false, both: false, unknown: true }],
    ['on all users', ['users:*'], { anything: false, nothing: false, users: true, both: false, unknown: false }],
    ['on some users', ['users:id:*'], { anything: false, nothing: false, users: false, both: false, unknown: false }],
    ['on one user', ['users:id:7'], { anything: false, nothing: false, users: false, both: false, unknown: false }],
    ['on an invalid pattern', ['u*'], { anything: false, nothing: false, users: false, both: false, unknown: false }],
    [
      'on users and on teams',
      ['users:*', 'teams:*'],
      { anything: false, nothing: false, users: true, both: true, unknown: false },
    ],
    ['not at all', [], { anything: false, nothing: false, users: false, both: false, unknown: false }],
  ])('held %s', (_, patterns, expected) => {
    const asked = Object.keys(expected).map((permission): [string, boolean] => {
      const grants = held(...patterns).map((one) => ({ ...one, permission }));
      return [permission, PermissionSet.from(grants, { permissions }).has(permission)];
    });
    expect(Object.fromEntries(asked)).toEqual(expected);
  });

  it('without a catalogue nothing but everything is all of them', () => {
    expect([[undefined], ['*'], [''], ['users:*']].map((on) => PermissionSet.from(held(...on)).has(p))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it.each([undefined, '', '*', 'users:id:7', 'other:1', 'u*'])('and any denial refuses it: on %s', (on) => {
    expect(PermissionSet.from([...held(undefined), ...denied(on)]).has(p)).toBe(false);
  });

  it('held on nothing satisfies no requirement with a resource', () => {
    const set = PermissionSet.from(held(''));
    expect(['', '*', 'users:1'].map((resource) => set.has(p, resource))).toEqual([false, false, false]);
  });
});

describe('held anywhere', () => {
  it.each<[string, Privilege[], boolean]>([
    ['everywhere', held(undefined), true],
    ['on one resource', held('users:id:7'), true],
    ['on nothing', held(''), true],
    ['on an invalid pattern', held('u*'), false],
    ['not at all', [], false],
    ['everywhere, one denied', [...held(undefined), ...denied('users:id:7')], true],
    ['on one, that one denied', [...held('users:id:7'), ...denied('users:id:7')], false],
    ['on one, another denied', [...held('users:id:7'), ...denied('users:id:8')], true],
    ['on one, a wider pattern denied', [...held('users:id:7'), ...denied('users:*')], false],
    ['on a pattern, one of it denied', [...held('users:*'), ...denied('users:id:7')], true],
    ['on a pattern, the same denied', [...held('users:*'), ...denied('users:*')], false],
    ['on two, one denied', [...held('users:id:7', 'users:id:8'), ...denied('users:id:7')], true],
    ['everywhere, denied whole', [...held(undefined), ...denied(undefined)], false],
    ['everywhere, denied on *', [...held(undefined), ...denied('*')], false],
    ['everywhere, denied on nothing', [...held(undefined), ...denied('')], false],
    ['everywhere, denied on an invalid pattern', [...held(undefined), ...denied('u*')], false],
    ['on nothing, one denied', [...held(''), ...denied('users:id:7')], true],
    ['on nothing, denied whole', [...held(''), ...denied(undefined)], false],
  ])('%s', (_, privileges, expected) => {
    const set = PermissionSet.from(privileges);
    expect(set.hasAnywhere(p)).toBe(expected);
    expect(set.list().length > 0).toBe(expected);
  });
});

describe('denials fail closed', () => {
  it.each<[string | undefined, string, boolean]>([
    ['users:id:7', 'users:id:7', false],
    ['users:id:7', 'users:id:8', true],
    ['users:id:7', 'users:id:70', true],
    ['users:*', 'users:id:7', false],
    ['users:*', 'teams:id:7', true],
    [undefined, 'users:id:7', false],
    ['', 'users:id:7', false],
    ['*', 'users:id:7', false],
    ['us*', 'teams:id:7', false],
    ['users:*:7', 'teams:id:7', false],
    // A pattern that is asked is refused by what it touches at all.
    ['users:id:7', 'users:*', false],
    ['users:id:7', 'users:id:*', false],
    ['users:id:7', '*', false],
    ['users:id:7', 'users:name:*', true],
    ['users:id:*', 'users:*', false],
    ['users:*', 'users:id:*', false],
    ['users:*', '*', false],
    ['teams:*', 'users:*', true],
  ])('on %s, asked %s: permitted %s', (on, resource, expected) => {
    expect(PermissionSet.from([...held(undefined), ...denied(on)]).has(p, resource)).toBe(expected);
    expect(PermissionSet.from([...denied(on), { permission: '*' }]).has(p, resource)).toBe(expected);
  });

  it('of every permission deny each', () => {
    const whole: Privilege = { permission: '*', effect: 'deny' };
    const set = PermissionSet.from([...held(undefined), { permission: '*' }, whole]);
    expect([set.has(p), set.has(p, 'x'), set.hasAnywhere(p), set.list()]).toEqual([false, false, false, []]);
    const some = PermissionSet.from([...held(undefined), { ...whole, on: 'x:*' }]);
    expect([some.has(p), some.has(p, 'x:1'), some.has(p, 'y:1'), some.hasAnywhere(p)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('of another permission deny nothing', () => {
    const set = PermissionSet.from([
      ...held(undefined),
      { permission: 'P', effect: 'deny' },
      { permission: 'pp', effect: 'deny' },
    ]);
    expect([set.has(p), set.has(p, 'x')]).toEqual([true, true]);
  });

  it('are listed apart from grants', () => {
    const set = PermissionSet.from([...held('x:*'), ...denied('x:1')]);
    expect(set.list()).toEqual([{ permission: p, on: 'x:*', source: { kind: 'direct' } }]);
    expect(set.denials()).toEqual([{ permission: p, on: 'x:1', effect: 'deny', source: { kind: 'direct' } }]);
  });
});

describe('patterns over names', () => {
  const permissions = definePermissions({
    'read:contacts': 'A',
    'read:teams': 'B',
    'write:contacts': 'C',
    readme: 'D',
  });
  const names = [...permissions.names, 'read:other'];

  function matched(permission: string, options = {}): string[] {
    const set = PermissionSet.from([{ permission }], options);
    return names.filter((name) => set.has(name));
  }

  it.each<[string, string[]]>([
    ['read:*', ['read:contacts', 'read:teams']],
    ['*:contacts', ['read:contacts', 'write:contacts']],
    ['r*:*s', ['read:contacts', 'read:teams']],
    ['read*', ['read:contacts', 'read:teams', 'readme']],
    ['**', ['read:contacts', 'read:teams', 'write:contacts', 'readme']],
    ['read:contacts*', ['read:contacts']],
    ['read:*contacts', ['read:contacts']],
    ['READ:*', []],
    ['read:?ontacts', []],
    ['read:contacts', ['read:contacts']],
    ['*', names],
  ])('%s is the names of the catalogue that match (S10)', (pattern, expected) => {
    expect(matched(pattern, { permissions })).toEqual(expected);
  });

  it('grant nothing without a catalogue, but for *', () => {
    expect(['read:*', '**', '*:contacts'].flatMap((pattern) => matched(pattern))).toEqual([]);
    expect(matched('*')).toEqual(names);
  });

  it('that deny deny whatever they could mean without a catalogue', () => {
    const denial: Privilege = { permission: 'read:*', on: 'x:1', effect: 'deny' };
    const set = PermissionSet.from([{ permission: '*' }, denial]);
    expect(names.filter((name) => set.has(name, 'y:1'))).toEqual(['write:contacts', 'readme']);
    const known = PermissionSet.from([{ permission: '*' }, denial], { permissions });
    expect([known.has('read:contacts', 'x:1'), known.has('read:contacts', 'y:1')]).toEqual([false, true]);
  });

  it('keep what they are held on, and their source', () => {
    const source = { kind: 'role', role: 'reader' } as const;
    const set = PermissionSet.from([{ permission: 'read:*', on: 'x:*', source }], { permissions });
    expect(set.list()).toEqual(
      ['read:contacts', 'read:teams'].map((permission) => ({ permission, on: 'x:*', source })),
    );
  });

  it('of an administrator are cut to the scopes, and listed by name', () => {
    const set = effectivePermissions({ scopes: 'read:contacts added:tomorrow openid *', privileges: ['*'] });
    expect([set.has('read:contacts'), set.has('added:tomorrow'), set.has('openid'), set.has('read:teams')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(set.list().map(({ permission }) => permission)).toEqual(['read:contacts', 'added:tomorrow']);
  });
});

describe('a privilege ends', () => {
  const at = 1_000_000;

  it.each<[string, number, boolean]>([
    ['a millisecond before', at - 1, true],
    ['at the instant', at, false],
    ['a millisecond after', at + 1, false],
  ])('%s', (_, now, isHeld) => {
    const grant: Privilege = { permission: p, expiresAt: at };
    expect(PermissionSet.from([grant], { now }).has(p)).toBe(isHeld);
    expect(PermissionSet.from([grant], { now }).list()).toHaveLength(isHeld ? 1 : 0);
    expect(effectivePermissions({ scopes: p, privileges: [grant], now }).has(p)).toBe(isHeld);
    // And so does a denial.
    const denial: Privilege = { ...grant, effect: 'deny' };
    expect(PermissionSet.from([{ permission: p }, denial], { now }).has(p)).toBe(!isHeld);
  });

  it('not where it never ends, and long ago where it ended in 1970', () => {
    expect(PermissionSet.from([{ permission: p, expiresAt: Infinity }]).has(p)).toBe(true);
    expect(PermissionSet.from([{ permission: p, expiresAt: 0 }]).has(p)).toBe(false);
    expect(PermissionSet.from([{ permission: p, expiresAt: -Infinity }]).has(p)).toBe(false);
  });

  it('whatever its source says of the assignment', () => {
    const source = { kind: 'role', role: 'r', expiresAt: 0 } as const;
    expect(PermissionSet.from([{ permission: p, source }]).has(p)).toBe(true);
  });
});

describe('effectivePermissions', () => {
  it.each<[string, object]>([
    ['no scopes', { privileges: [] }],
    ['no privileges', { scopes: '' }],
    ['a number for scopes', { scopes: 5, privileges: [] }],
    ['null for scopes', { scopes: null, privileges: [] }],
    ['an object for privileges', { scopes: '', privileges: {} }],
    ['an unknown member', { scopes: '', privileges: [], scope: '' }],
    ['firstParty that is no boolean', { scopes: '', privileges: [], firstParty: 'no' }],
    ['scopePermissions that are no lists', { scopes: '', privileges: [], scopePermissions: { a: 'b' } }],
  ])('refuses %s: TypeError', (_, input) => {
    expect(() => effectivePermissions(input as Parameters<typeof effectivePermissions>[0])).toThrow(TypeError);
  });

  it('takes scopes as a string, a list, a set', () => {
    for (const scopes of ['a b', ['a', 'b'], new Set(['a', 'b'])]) {
      const set = effectivePermissions({ scopes, privileges: ['b', 'c'] });
      expect(['a', 'b', 'c'].filter((name) => set.has(name))).toEqual(['b']);
    }
  });

  it('of a first-party client are the privileges', () => {
    const set = effectivePermissions({ scopes: '', privileges: ['b', 'openid'], firstParty: true });
    expect(['a', 'b', 'openid'].filter((name) => set.has(name))).toEqual(['b', 'openid']);
  });
});
