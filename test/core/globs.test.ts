// The dialect glob: what a pattern is, what is everything, what a route may ask, and what none of it may cost. What is said of
// dialects in both is here too: the catalogue, the stores, and identifiers that are safe to create.

import { describe, expect, it } from '@jest/globals';
import {
  assertSafeId,
  createAuthorizer,
  definePermissions,
  type Dialect,
  effectivePermissions,
  on,
  PermissionSet,
  type Privilege,
} from 'rightful';
import { memoryStore } from 'rightful/stores';
import { createTestAccess } from 'rightful/testing';
import { audience, issuer, session, storeOf } from './authorizing.ts';

const p = 'p';

function held(...patterns: (string | undefined)[]): Privilege[] {
  return patterns.map((pattern) => ({ permission: p, ...(pattern !== undefined && { on: pattern }) }));
}

function denied(...patterns: (string | undefined)[]): Privilege[] {
  return held(...patterns).map((one) => ({ ...one, effect: 'deny' }));
}

function globs(privileges: readonly Privilege[]): PermissionSet {
  return PermissionSet.from(privileges, { dialect: 'glob' });
}

describe('a stored glob and a resource that is asked', () => {
  it.each<[string, string, boolean]>([
    ['users:*', 'users:1', true],
    ['users:*', 'users:', true],
    ['users:*', 'users:id:1', false],
    ['users:*', 'users:a/b', false],
    ['users:*', 'users', false],
    ['users:**', 'users:id:1', true],
    ['users:**', 'users', false],
    ['users/**', 'users/id:1', true],
    ['us**', 'users:1', true],
    ['*', 'users', true],
    ['*', 'users:1', false],
    ['**', 'users:1', true],
    ['**', '', true],
    ['**/1', 'users:id/1', true],
    ['users:?', 'users:1', true],
    ['users:?', 'users::', false],
    ['users:?', 'users:\u{1f600}', true],
    ['users:??', 'users:\u{1f600}', false],
    ['users:[ab]', 'users:b', true],
    ['users:[ab]', 'users:c', false],
    ['users:[a-c]x', 'users:bx', true],
    ['users:[!a-c]', 'users:d', true],
    ['users:[!a-c]', 'users:b', false],
    // A separator is met only where it is written out.
    ['users[!a]1', 'users:1', false],
    ['users[0-z]1', 'users:1', false],
    ['users[:/]1', 'users:1', true],
    ['users:[\\]]', 'users:]', true],
    ['users:[*]', 'users:1', false],
    ['users:[[]', 'users:[', true],
    ['{users,teams}:1', 'teams:1', true],
    ['{users,teams}:1', 'users', false],
    ['{a{b,c},d}e', 'ace', true],
    ['{a{b,c},d}e', 'de', true],
    ['{a{b,c},d}e', 'ae', false],
    ['a{,b}', 'a', true],
    ['a{,b}', 'ab', true],
    ['{a,b:*}', 'b:x', true],
    ['a,b', 'a,b', true],
    ['users:\\*', 'users:*', false],
    ['users:\\1', 'users:1', true],
    ['users:[7]', 'users:7', true],
    ['', 'users:1', false],
    ['', '', false],
  ])('%s, %s: %s', (pattern, resource, expected) => {
    expect(globs(held(pattern)).has(p, resource)).toBe(expected);
    expect(globs(held('other', pattern, 'other:*', 'other:**', 'o*')).has(p, resource)).toBe(expected);
  });

  it.each([
    'users:[1',
    'users:[]',
    'users:[!]',
    'users:{1',
    'users:{}',
    'users:{1,{2}',
    'users:]',
    'users:}',
    'users:\\',
    'users:[b-a]',
    'users:[-a]',
    'users:[a-]',
    'users:[a\\',
    '[!\u0000-\u{10ffff}]',
    `${'{'.repeat(40)}a${'}'.repeat(40)}`,
    `${'a'.repeat(1024)}*`,
  ])('%j is invalid: it grants nothing, and denies whole', (pattern) => {
    const set = globs(held(pattern));
    expect([set.has(p), set.has(p, 'users:1'), set.has(p, pattern), set.hasAnywhere(p), set.list()]).toEqual([
      false,
      false,
      false,
      false,
      [],
    ]);
    const refused = globs([...held(undefined), ...denied(pattern)]);
    expect([refused.has(p, 'teams:1'), refused.hasAnywhere(p)]).toEqual([false, false]);
  });
});

describe('on everything', () => {
  it.each<[string | undefined, Dialect, boolean]>([
    [undefined, 'prefix', true],
    [undefined, 'glob', true],
    ['*', 'prefix', true],
    ['*', 'glob', false],
    ['**', 'glob', true],
    ['***', 'glob', true],
    ['{**,a}', 'glob', true],
    ['**', 'prefix', false],
    ['{*,**:**,**/**}', 'glob', true],
    ['users:**', 'glob', false],
  ])('is held on %s in %s: %s', (pattern, dialect, expected) => {
    const permissions = definePermissions({ p: 'Anything' });
    expect(PermissionSet.from(held(pattern), { dialect, permissions }).has(p)).toBe(expected);
    const set = PermissionSet.from([...held(undefined), ...denied(pattern)], { dialect });
    if (expected) expect([set.hasAnywhere(p), set.has(p, 'x:y')]).toEqual([false, false]);
    expect(set.has(p)).toBe(false);
  });

  it('of what the catalogue says, a glob is held where each of its patterns is', () => {
    const permissions = definePermissions({ p: { description: 'On users', on: ['users:*', '{teams,groups}:**'] } });
    const whole = (...patterns: string[]): boolean =>
      PermissionSet.from(held(...patterns), { dialect: 'glob', permissions }).has(p);
    expect(whole('users:*', '{teams,groups}:**')).toBe(true);
    expect(whole('users:**', '{groups,teams,x}:**')).toBe(true);
    expect(whole('{users,teams,groups}:**')).toBe(true);
    expect(whole('users:*', '{teams,groups}:*')).toBe(false);
    expect(whole('users:?', '{teams,groups}:**')).toBe(false);
  });
});

describe('a text that may be a pattern', () => {
  it.each<[string, string, boolean]>([
    ['users:*', 'users:*', true],
    ['users:**', 'users:*', true],
    ['users:*', 'users:**', false],
    ['users:*', 'users:?', true],
    ['users:?', 'users:*', false],
    ['users:?', 'users:?', true],
    ['users:*', 'users:[ab]', true],
    // Who holds what the pattern means does not hold a thing of that name, nor the other way.
    ['docs:foo1', 'docs:foo[1]', false],
    ['docs:foo\\[1\\]', 'docs:foo[1]', false],
    ['docs:*', 'docs:foo[1]', true],
    ['docs:*', 'docs:foo[', true],
    ['docs:foo[[]', 'docs:foo[', true],
    ['users:[*]', 'users:*', false],
    ['docs:secret', 'docs:se\\cret', false],
  ])('held on %s, asked for %s: %s', (pattern, resource, expected) => {
    expect(globs(held(pattern)).has(p, resource)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['users:1', 'users:*', false],
    ['users:1', 'users:[12]', false],
    ['users:1', 'users:[!1]', true],
    ['users:id:1', 'users:*', true],
    ['users:id:1', 'users:**', false],
    ['users:id:*', 'users:*', true],
    ['users:id:*', 'users:**', false],
    ['teams:*/a', 'teams:1/?', false],
    ['teams:*/a', 'teams:1/[!a]', true],
    ['{users,teams}:1', 'users:*', false],
    ['docs:foo1', 'docs:foo[1]', false],
    ['docs:foo[[]1]', 'docs:foo[1]', false],
    ['docs:a', 'docs:\\a', false],
  ])('denied on %s, asked for %s: permitted %s', (pattern, resource, expected) => {
    expect(globs([...held('**'), ...denied(pattern)]).has(p, resource)).toBe(expected);
  });
});

describe('a route parameter', () => {
  it.each<[string, Dialect, boolean]>([
    ['7', 'glob', true],
    ['a,b', 'glob', true],
    ['a-b!', 'glob', true],
    ['*', 'glob', false],
    ['?', 'glob', false],
    ['[7]', 'glob', false],
    [']', 'glob', false],
    ['{7,8}', 'glob', false],
    ['}', 'glob', false],
    ['\\', 'glob', false],
    ['a:b', 'glob', false],
    ['a/b', 'glob', false],
    ['[7]', 'prefix', true],
    ['*', 'prefix', false],
  ])('%s is one name in %s: %s', async (id, dialect, expected) => {
    const { decide } = session({ store: storeOf({ permission: p }), firstPartyClients: ['app'], dialect });
    const decision = await decide({}, on(p, 'users:{id}'), { params: { id } });
    expect(decision.permit).toBe(expected);
    expect((await decide({}, on(p, 'users:{id}', { id }))).permit).toBe(expected);
  });
});

describe('the dialect', () => {
  it('is asked of the authorizer, of a set, of the pure rule, and of the access of a test', async () => {
    const privileges = held('teams:*/permissions:*');
    const resource = 'teams:1/permissions:delegate';
    for (const [dialect, expected] of [
      ['glob', true],
      ['prefix', false],
      [undefined, false],
    ] as const) {
      const options = dialect === undefined ? {} : { dialect };
      const access = await session({ store: storeOf(...privileges), firstPartyClients: ['app'], ...options }).access();
      expect([
        access.can(p, resource),
        PermissionSet.from(privileges, options).has(p, resource),
        effectivePermissions({ scopes: p, privileges, ...options }).has(p, resource),
        createTestAccess({ scopes: p, privileges, ...options }).can(p, resource),
      ]).toEqual([expected, expected, expected, expected]);
    }
  });

  it('decides whether a decision names the grants and denials of a resource', async () => {
    const store = storeOf(...held('users:{1,2}', 'users:3'), ...denied('teams:?'));
    const { decide } = session({ store, firstPartyClients: ['app'], dialect: 'glob' });
    const { because } = await decide({}, on(p, 'users:1'));
    expect(because).toMatchObject([{ granted: [{ on: 'users:{1,2}' }], denied: [] }]);
    expect((await decide({}, on(p, 'teams:1'))).because).toMatchObject([{ granted: [], denied: [{ on: 'teams:?' }] }]);
  });

  it.each(['us*', 'users:*:1', '**'])("of the authorizer must know the catalogue's pattern %s", (pattern) => {
    const permissions = definePermissions({ 'users:read': { description: 'See users', on: ['users:id:1', pattern] } });
    const make = (dialect: Dialect): unknown =>
      createAuthorizer({ issuer, audience, verifier: async () => ({ claims: {} }), permissions, dialect });
    expect(() => make('glob')).not.toThrow();
    expect(() => make('prefix')).toThrow(TypeError);
    expect(() => make('prefix')).toThrow(/users:read'\]\.on.*'prefix'.*got "/u);
  });

  it('of the authorizer must know it also where it is a name in prefix', () => {
    const permissions = definePermissions({ 'users:read': { description: 'See users', on: ['users:{1'] } });
    expect(() =>
      createAuthorizer({ issuer, audience, verifier: async () => ({ claims: {} }), permissions }),
    ).not.toThrow();
    expect(() =>
      createAuthorizer({ issuer, audience, verifier: async () => ({ claims: {} }), permissions, dialect: 'glob' }),
    ).toThrow(/'glob'.*got "users:\{1"/u);
  });

  it('is none that makes a catalogue accept what is a pattern in neither', () => {
    for (const pattern of ['', '*[']) {
      const entries = { p: { description: 'P', on: [pattern] } };
      expect(() => definePermissions(entries)).toThrow(/made of resource patterns/u);
    }
  });

  it('of a store decides what can be written to it', async () => {
    const bob = { issuer, id: 'bob', kind: 'user' } as const;
    const [prefix, glob] = [memoryStore({}), memoryStore({ dialect: 'glob' })];
    const write = async (store: typeof prefix, pattern: string): Promise<unknown> =>
      store.grant(bob, { permission: p, on: pattern }, { system: 'test' }).then(
        () => true,
        (error: Error) => error.message,
      );
    expect([await write(prefix, 'users:{1,2}*'), await write(glob, 'users:{1,2}*')]).toEqual([
      expect.stringMatching(/only at its end/u),
      true,
    ]);
    expect([await write(prefix, 'users:[1'), await write(glob, 'users:[1')]).toEqual([
      true,
      expect.stringMatching(/`privilege\.on`.*glob/u),
    ]);
    expect(() => memoryStore({ dialect: 'regex' as Dialect })).toThrow(/`dialect`.*'prefix' or 'glob'/u);
  });
});

describe('who hands on a glob', () => {
  const alice = { issuer, id: 'alice', kind: 'user' } as const;

  it.each<[Privilege[], Privilege, boolean]>([
    [held('users:*'), { permission: p, on: 'users:*' }, true],
    [held('users:*'), { permission: p, on: 'users:[a-z]?' }, true],
    [held('users:*'), { permission: p, on: '{users,teams}:1' }, false],
    [held('{users,teams}:*'), { permission: p, on: '{users,teams}:1' }, true],
    [held('users:{1,2}'), { permission: p, on: 'users:{2,1}' }, true],
    [held('users:1', 'users:2'), { permission: p, on: 'users:{1,2}' }, false],
    [held('*'), { permission: p }, false],
    [held('*'), { permission: p, on: '*' }, true],
    [held('**'), { permission: p }, true],
    [held(undefined), { permission: p, on: '**' }, true],
    [held('**'), { permission: p, on: '' }, true],
    [held('*'), { permission: p, on: '' }, false],
    [[...held('users:**'), ...denied('users:1')], { permission: p, on: 'users:*' }, false],
    [[...held('users:**'), ...denied('users:1')], { permission: p, on: 'users:id:*' }, true],
    [[...held('users:**'), ...denied('users:*')], { permission: p, on: 'users:{a,b}:?' }, true],
    [[...held('users:**'), ...denied('users:*:x')], { permission: p, on: 'users:{a,b}:?' }, false],
  ])('%j may give %j: %s', async (own, given, expected) => {
    const store = memoryStore({ issuer, users: { alice: { permissions: own } }, dialect: 'glob' });
    const by = await session({ store, dialect: 'glob' }).access();
    const change = store.grant({ ...alice, id: 'bob' }, given, by);
    await expect(change.then(() => true))
      .resolves.toBe(true)
      .catch(() => {});
    const outcome = await change.then(
      () => true,
      (error: Error) => error.name,
    );
    expect(outcome).toBe(expected || 'BeyondCeilingError');
  });

  it.each<Dialect>(['prefix', 'glob'])(
    'does not take back what denies the whole, holding a part, in %s',
    async (dialect) => {
      const broken: Privilege = { permission: p, on: 'users:*:[', effect: 'deny' };
      const store = memoryStore({
        issuer,
        users: { alice: { permissions: held('users:*') }, bob: { permissions: [broken] } },
        roles: { reader: [broken] },
        dialect,
      });
      const by = await session({ store, dialect }).access();
      const change = store.putRole({ uid: 'reader', name: 'reader', version: 1, privileges: [] }, by);
      await expect(change).rejects.toMatchObject({ name: 'BeyondCeilingError' });
    },
  );
});

describe('no pattern costs more than its length', () => {
  function elapsed(run: () => void): number {
    const start = performance.now();
    run();
    return performance.now() - start;
  }

  const hostile = {
    'a run, again and again': '*a'.repeat(400),
    'the same two ways, again and again': '{a,a}'.repeat(200),
    'two ways that overlap, again and again': '{a*,*a}'.repeat(140),
    'braces in braces': `${'{'.repeat(32)}a*,b${'}'.repeat(32)}`,
    'any character and a run, again and again': '?*'.repeat(500),
    'a deep run, again and again': '**a'.repeat(340),
  };

  it.each(Object.entries(hostile))('%s', (_, pattern) => {
    const text = 'a'.repeat(2000);
    const took = elapsed(() => {
      const set = globs([...held(pattern), ...denied(`${pattern}:x`)]);
      set.has(p, `${text}b:`);
      for (const asked of Object.values(hostile)) set.has(p, asked);
      PermissionSet.from(held(pattern), { dialect: 'glob' }).list();
    });
    expect(took).toBeLessThan(3000);
  });

  it('and what takes too long to prove is not held, and is denied', () => {
    // Thirteen characters from the end: an automaton that is deterministic has eight thousand states.
    const wide = `**a${'[ab]'.repeat(13)}`;
    const same = `**a${'[ab]'.repeat(12)}{a,b}`;
    const permissions = definePermissions({ p: { description: 'P', on: [same] } });
    const took = elapsed(() => {
      expect(PermissionSet.from(held(wide), { dialect: 'glob', permissions }).has(p)).toBe(false);
    });
    expect(took).toBeLessThan(3000);
    expect(PermissionSet.from(held(same), { dialect: 'glob', permissions }).has(p)).toBe(true);
  });

  it('however many there are of those that can be looked up', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => [`users:${at}`, `teams:${at}/*`, `docs:${at}/**`]).flat();
    const set = globs([...held(...many), ...denied('users:5', 'teams:5/*', 'docs:5/**')]);
    expect(set.has(p, 'users:7')).toBe(true);
    const wrong: number[] = [];
    const took = elapsed(() => {
      for (let at = 6; at < 3000; at += 1) {
        if (!set.has(p, `users:${at}`) || !set.has(p, `teams:${at}/x`) || !set.has(p, `docs:${at}/x/y`)) wrong.push(at);
      }
    });
    expect(wrong).toEqual([]);
    expect(took).toBeLessThan(1000);
    expect(['users:5', 'teams:5/x', 'docs:5/x/y', 'teams:6/x/y'].map((one) => set.has(p, one))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('an identifier that is created', () => {
  it.each(['a', '7', 'a-b', 'user@example.org', 'a b', 'a,b', 'auth0|x', '\u00e4', '\u{1f600}'])('%s is safe', (id) => {
    expect(() => assertSafeId(id)).not.toThrow();
  });

  it.each([...'*?[]{}\\:/'].flatMap((one) => [one, `a${one}`, `${one}a`, `a${one}b`]))('%s is not', (id) => {
    expect(() => assertSafeId(id)).toThrow(TypeError);
  });

  it.each([undefined, null, '', 7, {}, ['a'], true])('%p is none', (id) => {
    expect(() => assertSafeId(id, 'uid')).toThrow(/Expected `uid` to be a non-empty string/u);
  });
});
