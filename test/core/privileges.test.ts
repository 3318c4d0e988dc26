// Where privileges come from and what cuts them: scopes, the `permissions` claim, the store, first-party clients, machines
// (effective-permissions.md, sections 3 and 4; tokens.md, section 4).

import { describe, expect, it } from '@jest/globals';
import { definePermissions, type Claims, type Privilege } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { audience, issuer, session, storeOf, type Options } from './authorizing.ts';

const names = ['a', 'b', 'c', 'd'];

async function may(options: Options, claims: Claims, asked: readonly string[] = names): Promise<string> {
  const access = await session(options).access(claims);
  return asked.filter((name) => access.can(name)).join(' ');
}

describe('the scopes', () => {
  async function scopes(claims: Claims, options: Options = {}): Promise<string[]> {
    return [...(await session(options).access(claims)).scopes];
  }

  it.each<[string, Claims, string[]]>([
    ['a string', { scope: 'a b' }, ['a', 'b']],
    ['a list of strings (S3)', { scope: ['a', 'b'] }, ['a', 'b']],
    ['scp as a string (S3)', { scp: 'a b' }, ['a', 'b']],
    ['scp as a list (S3)', { scp: ['a', 'b'] }, ['a', 'b']],
    ['scp where scope is null', { scope: null, scp: 'a' }, ['a']],
    ['scope first, whatever scp says', { scope: 'a', scp: 'b' }, ['a']],
    ['an empty scope, whatever scp says', { scope: '', scp: 'b' }, []],
    ['an unreadable scope, whatever scp says', { scope: 5, scp: 'b' }, []],
    ['nothing (S1)', {}, []],
    ['null (S2)', { scope: null }, []],
    ['a number (S2)', { scope: 5 }, []],
    ['true (S2)', { scope: true }, []],
    ['an object (S2)', { scope: { a: true, toString: 'a' } }, []],
    ['a nested list (S2)', { scope: [['a']] }, []],
    ['a list with one number (S2)', { scope: ['a', 5] }, []],
    ['a list with null (S2)', { scope: ['a', null] }, []],
    ['spaces around and between (S4)', { scope: '  a   b ' }, ['a', 'b']],
    ['repetitions', { scope: 'a a b a' }, ['a', 'b']],
    ['a tab (S4)', { scope: 'a\tb c' }, ['c']],
    ['a line feed (S4)', { scope: 'a\nb c' }, ['c']],
    ['a carriage return at the end (S4)', { scope: 'b c\r' }, ['b']],
    ['a no-break space (S4)', { scope: 'a\u00a0b c' }, ['c']],
    ['an em space (S4)', { scope: 'a\u2003b c' }, ['c']],
    ['a zero-width space (S4)', { scope: 'a\u200b c' }, ['c']],
    ['quotes and backslashes (S4)', { scope: '"a" b\\ c' }, ['c']],
    ['an umlaut, composed or not (S5)', { scope: '\u00e4 a\u0308 c' }, ['c']],
    ['a member with a space (S4)', { scope: ['a b', 'c'] }, ['c']],
    ['an empty member (S4)', { scope: ['', 'c'] }, ['c']],
    ['commas', { scope: 'a,b c' }, ['a,b', 'c']],
    ['stars, which are characters (S9)', { scope: '* read:* **' }, ['*', 'read:*', '**']],
  ])('are read from %s', async (_, claims, expected) => {
    expect(await scopes(claims)).toEqual(expected);
  });

  it('are read by the application’s own way in place of the default (S3)', async () => {
    const options: Options = { claims: { scope: ['realm', 'scopes'] } };
    expect(await scopes({ realm: { scopes: ['a'] }, scope: 'b', scp: 'b' }, options)).toEqual(['a']);
    expect(await scopes({ scope: 'b', scp: 'b' }, options)).toEqual([]);
  });

  const asked = [
    'read:contacts',
    'read:contact',
    'READ:CONTACTS',
    'read:contacts2',
    'read',
    '__proto__',
    'constructor',
    'toString',
  ];

  it.each<[string, string]>([
    ['read:contacts', 'read:contacts'],
    ['read:contact', 'read:contact'],
    ['READ:CONTACTS', 'READ:CONTACTS'],
    ['read:contacts2 read', 'read:contacts2 read'],
    ['r\u0435ad:contacts', ''],
    ['toString', 'toString'],
    ['__proto__ constructor', '__proto__ constructor'],
    ['*', ''],
    ['read:* **', ''],
    ['openid profile', ''],
  ])('%j delegate that very name and no other (S5, S6, S9)', async (scope, expected) => {
    const permitted = (await may({ store: storeOf('*') }, { scope }, asked)).split(' ').toSorted().join(' ');
    expect(permitted).toBe(expected.split(' ').toSorted().join(' '));
  });

  it('of OpenID delegate nothing, also not what is named like them', async () => {
    const openId = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];
    expect(await may({ store: storeOf('*', ...openId) }, { scope: openId.join(' ') }, openId)).toBe('');
    expect(await may({}, { scope: openId.join(' '), permissions: openId }, openId)).toBe('');
  });

  it('that are coarse delegate what they stand for, and what they are called', async () => {
    const options: Options = { store: storeOf('*'), scopePermissions: { all: ['a', 'b'], c: [] } };
    expect(await may(options, { scope: 'all' }, [...names, 'all'])).toBe('a b all');
    expect(await may(options, { scope: 'c' })).toBe('c');
    expect(await may(options, { scope: 'al' })).toBe('');
    expect(await may(options, { scope: 'toString constructor' })).toBe('');
  });

  it('that are coarse grant nothing', async () => {
    expect(await may({ store: storeOf('b', 'c'), scopePermissions: { all: ['a', 'b'] } }, { scope: 'all' })).toBe('b');
  });
});

describe('a first-party client', () => {
  const options: Options = { store: storeOf('a', 'b'), firstPartyClients: ['web'] };

  it('needs no scopes', async () => {
    expect(await may(options, { client_id: 'web' })).toBe('a b');
    expect(await may(options, { client_id: 'web', scope: 'c' })).toBe('a b');
    expect(await may(options, { client_id: undefined, azp: 'web', permissions: ['c'] })).toBe('a b c');
  });

  it('is the one that is named, to the letter', async () => {
    for (const client_id of ['Web', 'web2', 'app', undefined]) expect(await may(options, { client_id })).toBe('');
  });

  it('needs them when somebody acts', async () => {
    expect(await may(options, { client_id: 'web', act: { sub: 'x' } })).toBe('');
    expect(await may(options, { client_id: 'web', act: { sub: 'x' }, scope: 'a c' })).toBe('a');
  });

  it('still holds no more than its user', async () => {
    const store = storeOf('a', { permission: 'a', on: 'x', effect: 'deny' });
    expect(await may({ ...options, store }, { client_id: 'web' })).toBe('');
  });

  it('is one at its own issuer only', async () => {
    const other = 'https://other.example';
    const both: Options = { issuer: [{ issuer, firstPartyClients: ['web'] }, other], store: storeOf('a') };
    expect(await may(both, { client_id: 'web' })).toBe('a');
    expect(await may(both, { client_id: 'web', iss: other })).toBe('');
  });
});

describe('the permissions claim', () => {
  const scope = 'a b c d';
  const store = storeOf('a', 'b');

  it.each<[string, Options, Claims, string]>([
    ['adds to the store’s', { store }, { permissions: ['b', 'c'] }, 'a b c'],
    ['grants by itself', {}, { permissions: ['b', 'c'] }, 'b c'],
    ['is absent: the store’s', { store }, {}, 'a b'],
    ['is absent without a store: nothing', {}, {}, ''],
    ['limits', { store, permissionsClaim: 'limits' }, { permissions: ['b', 'c'] }, 'b'],
    ['limits to nothing where it is empty', { store, permissionsClaim: 'limits' }, { permissions: [] }, ''],
    ['limits to nothing where it is absent', { store, permissionsClaim: 'limits' }, {}, ''],
    ['limits to nothing where it is unreadable', { store, permissionsClaim: 'limits' }, { permissions: 'a b' }, ''],
    ['limits the administrator', { store: storeOf('*'), permissionsClaim: 'limits' }, { permissions: ['b'] }, 'b'],
    ['limits by names, not by patterns', { store, permissionsClaim: 'limits' }, { permissions: ['*'] }, ''],
    ['is ignored', { store, permissionsClaim: 'ignored' }, { permissions: ['c'] }, 'a b'],
    ['is ignored without a store', { permissionsClaim: 'ignored' }, { permissions: ['c'] }, ''],
    ['is a string: empty', {}, { permissions: 'a' }, ''],
    ['is an object: empty', {}, { permissions: { a: true } }, ''],
    ['is null: empty', {}, { permissions: null }, ''],
    ['has one member that is no string: empty', {}, { permissions: ['a', 5] }, ''],
    ['has a list in it: empty', {}, { permissions: [['a']] }, ''],
    ['has patterns, which are names (S9, S10)', {}, { permissions: ['*', '**', 'a*'] }, ''],
  ])('%s', async (_, options, claims, expected) => {
    expect(await may(options, { scope, ...claims })).toBe(expected);
  });

  it('with names that every object has grants those names alone (S6)', async () => {
    const asked = ['__proto__', 'constructor', 'toString', 'valueOf'];
    expect(await may({}, { scope: asked.join(' '), permissions: ['__proto__', 'toString'] }, asked)).toBe(
      '__proto__ toString',
    );
    expect(await may({}, { scope: asked.join(' '), permissions: [] }, asked)).toBe('');
  });

  it('with patterns lists none, so that what is listed cannot be read as an administrator’s (S9)', async () => {
    const access = await session().access({ scope: '* a* a', permissions: ['*', 'a*', 'a'] });
    expect(access.permissions.list()).toEqual([{ permission: 'a', source: { kind: 'claim' } }]);
    expect(access.privileges.list()).toEqual(access.permissions.list());
  });

  it('patterns expand in the store and nowhere else (S10)', async () => {
    const permissions = definePermissions({ 'read:a': 'A', 'read:b': 'B', 'write:a': 'A' });
    const all = [...permissions.names];
    expect(await may({ permissions, store: storeOf('read:*') }, { scope: all.join(' ') }, all)).toBe('read:a read:b');
    expect(await may({ permissions }, { scope: all.join(' '), permissions: ['read:*', '*'] }, all)).toBe('');
    expect(await may({ permissions, store: storeOf('*') }, { scope: 'read:* *' }, all)).toBe('');
  });
});

describe('the claim never widens what the store restricts', () => {
  const claims = { scope: 'a b', permissions: ['a', 'b'] };

  async function can(held: Privilege[], name: string, on?: string, more: Options = {}): Promise<boolean> {
    return (await session({ store: storeOf(...held), ...more }).access(claims)).can(name, on);
  }

  it('a permission that the store does not know holds on everything', async () => {
    expect([await can([], 'a'), await can([], 'a', 'x:1')]).toEqual([true, true]);
  });

  // The one case in which another grant takes something away; the laws of monotonicity leave it out for that.
  it.each<[string, Privilege]>([
    ['on one resource', { permission: 'a', on: 'x:1' }],
    ['on a pattern', { permission: 'a', on: 'x:*' }],
    ['under *', { permission: '*', on: 'x:1' }],
  ])('a permission held %s stays there', async (_, held) => {
    expect([await can([held], 'a'), await can([held], 'a', 'x:1'), await can([held], 'a', 'y:1')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it.each<[string, Privilege]>([
    ['no resource', { permission: 'a', on: '' }],
    ['an invalid pattern', { permission: 'a', on: 'x*' }],
  ])('a permission held on %s is not widened', async (_, held) => {
    expect(await can([held], 'a', 'x:1')).toBe(false);
  });

  it('a pattern is expanded before it restricts', async () => {
    const permissions = definePermissions({ a: 'A', b: 'B' });
    const held = [{ permission: 'a*', on: 'x:1' }];
    expect(await can(held, 'a', 'y:1', { permissions })).toBe(false);
    expect(await can(held, 'b', 'y:1', { permissions })).toBe(true);
    expect(await can(held, 'a', 'y:1')).toBe(true);
  });

  it.each<[string, Privilege]>([
    ['has expired', { permission: 'a', on: 'x:1', expiresAt: Date.now() - 1 }],
    ['is for another API', { permission: 'a', on: 'x:1', audience: 'https://other.example' }],
    ['is held in another organization', { permission: 'a', on: 'x:1', organization: 'org_2' }],
    ['is of another permission', { permission: 'b', on: 'x:1' }],
  ])('a privilege that %s restricts nothing', async (_, held) => {
    expect([await can([held], 'a'), await can([held], 'a', 'y:1')]).toEqual([true, true]);
  });

  it('a store that also holds it on everything does not restrict it', async () => {
    expect(await can([{ permission: 'a', on: 'x:1' }, { permission: 'a' }], 'a')).toBe(true);
    expect(await can([{ permission: 'a', on: 'x:1' }, { permission: '*' }], 'a')).toBe(true);
  });

  it('a denial in the store beats the claim: that is how a permission is revoked now', async () => {
    for (const denial of [
      { permission: 'a' },
      { permission: '*' },
      { permission: 'a', on: '' },
      { permission: 'a', on: 'x*' },
    ]) {
      const held: Privilege[] = [{ ...denial, effect: 'deny' }];
      expect([await can(held, 'a'), await can(held, 'a', 'x:1')]).toEqual([false, false]);
    }
    const onOne: Privilege[] = [{ permission: 'a', on: 'x:1', effect: 'deny' }];
    expect([await can(onOne, 'a'), await can(onOne, 'a', 'x:1'), await can(onOne, 'a', 'x:2')]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('trustScopes', () => {
  it('takes the scopes for privileges where there is neither store nor claim', async () => {
    expect(await may({ trustScopes: true }, { scope: 'a b' })).toBe('a b');
    expect(await may({ trustScopes: false }, { scope: 'a b' })).toBe('');
    expect(await may({ trustScopes: true, scopePermissions: { all: ['a', 'c'] } }, { scope: 'all' })).toBe('a c');
  });

  it.each([[['b']], [[]], ['a'], [null], [{}]])('does not where there is a claim: %j', async (permissions) => {
    const expected = Array.isArray(permissions) ? permissions.join(' ') : '';
    expect(await may({ trustScopes: true }, { scope: 'a b', permissions })).toBe(expected);
  });

  it('gives a first-party client no more than its scopes', async () => {
    expect(await may({ trustScopes: true, firstPartyClients: ['web'] }, { client_id: 'web', scope: 'a' })).toBe('a');
  });
});

describe('a machine', () => {
  const machine = { sub: 'app', client_id: 'app' };
  const store = memoryStore({
    issuer,
    clients: { app: { permissions: ['b', { permission: 'c', on: 'x:*' }] } },
    users: { app: { permissions: ['d'] } },
  });

  it.each<[string, Options, Claims, string]>([
    ['holds its scopes', {}, { scope: 'a b' }, 'a b'],
    ['holds its scopes, cut to the claim', {}, { scope: 'a b', permissions: ['b', 'c'] }, 'b'],
    ['holds nothing where the claim is empty', {}, { scope: 'a b', permissions: [] }, ''],
    ['holds nothing where the claim is unreadable', {}, { scope: 'a b', permissions: 'a' }, ''],
    ['holds its scopes and what the store holds of it', { store }, { scope: 'a b c d' }, 'a b d'],
    ['holds what the store holds also beyond the claim', { store }, { scope: 'a b', permissions: ['a'] }, 'a b'],
    ['is cut to its scopes', { store }, { scope: 'a' }, 'a'],
    ['has nothing delegated without scopes', { store }, {}, ''],
    ['holds what a coarse scope stands for', { scopePermissions: { all: ['a'] } }, { scope: 'all' }, 'a'],
    ['with OpenID scopes only is a user', { store }, { scope: 'openid' }, ''],
    [
      'holds nothing by the scopes where the store alone decides',
      { store, clientPrivileges: 'store' },
      { scope: 'a b c d' },
      'b',
    ],
    ['is not cut where the store alone decides and no scope is there', { store, clientPrivileges: 'store' }, {}, 'b'],
    ['is cut by an empty scope', { store, clientPrivileges: 'store' }, { scope: '' }, ''],
    ['is cut by an unreadable scope', { store, clientPrivileges: 'store' }, { scope: 5 }, ''],
    ['is cut by an empty scp', { store, clientPrivileges: 'store' }, { scp: [] }, ''],
    [
      'is given nothing by the claim where the store alone decides',
      { store, clientPrivileges: 'store' },
      { permissions: ['a'] },
      'b',
    ],
    [
      'is not limited by the claim where the store alone decides',
      { store, clientPrivileges: 'store' },
      { permissions: [] },
      'b',
    ],
    ['of Entra has roles for scopes', { store }, { roles: ['a', 'b'] }, 'a b'],
    [
      'of Entra is cut to its roles where the store alone decides',
      { store, clientPrivileges: 'store' },
      { roles: ['a'] },
      '',
    ],
    ['with scopes has no use for roles', { store }, { scope: 'a', roles: ['b'] }, 'a'],
    ['with empty scopes has no use for roles', { store }, { scope: '', roles: ['b'] }, ''],
    ['with roles of another type has none', { store }, { roles: { a: true } }, ''],
  ])('%s (S18)', async (_, options, claims, expected) => {
    expect(await may(options, { ...machine, ...claims })).toBe(expected);
  });

  it('keeps to the resources on which the store holds a permission, whatever its scopes (S18)', async () => {
    const access = await session({ store }).access({ ...machine, scope: 'c' });
    expect([access.can('c'), access.can('c', 'x:1'), access.can('c', 'y:1')]).toEqual([false, true, false]);
  });

  it('is denied by the store what its scopes give (S18)', async () => {
    const denying = storeOf({ permission: 'a', effect: 'deny' });
    expect(await may({ store: denying }, { ...machine, scope: 'a b' })).toBe('b');
  });

  it('and a user of the same id are two subjects (S18)', async () => {
    expect(await may({ store }, { ...machine, scope: 'a b c d', auth_time: 1 })).toBe('d');
  });

  it('roles of a user are no scopes', async () => {
    expect(await may({ store: storeOf('*') }, { roles: ['a'] })).toBe('');
  });
});

describe('a privilege is none here', () => {
  const scope = 'a b';

  it('where it is for another API', async () => {
    const held = storeOf({ permission: 'a', audience }, { permission: 'b', audience: 'https://other.example' });
    expect(await may({ store: held }, { scope })).toBe('a');
    expect(await may({ store: held, audience: [audience, 'https://other.example'] }, { scope })).toBe('a b');
    expect(await may({ store: held, audience: null, clients: ['app'] }, { scope, aud: undefined })).toBe('');
  });

  it('where it is held in another organization', async () => {
    const held = storeOf({ permission: 'a', organization: 'org_1' }, 'b');
    expect(await may({ store: held }, { scope, org_id: 'org_1' })).toBe('a b');
    expect(await may({ store: held }, { scope, org_id: 'org_2' })).toBe('b');
    expect(await may({ store: held }, { scope })).toBe('b');
  });

  it('where it is a denial in another organization: it denies there', async () => {
    const held = storeOf('a', { permission: 'a', organization: 'org_1', effect: 'deny' });
    expect(await may({ store: held }, { scope, org_id: 'org_1' })).toBe('');
    expect(await may({ store: held }, { scope, org_id: 'org_2' })).toBe('a');
  });

  it('once it has expired', async () => {
    const held = storeOf(
      { permission: 'a', expiresAt: Date.now() - 1 },
      { permission: 'b', expiresAt: Date.now() + 60_000 },
    );
    expect(await may({ store: held }, { scope })).toBe('b');
  });
});
