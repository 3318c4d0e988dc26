// What a decision says: what is lacking, which scopes would be enough, and why (effective-permissions.md, sections 5 and 6).

import { describe, expect, it } from '@jest/globals';
import {
  allOf,
  anyOf,
  anywhere,
  definePermissions,
  on,
  type Decision,
  type Privilege,
  type Requirement,
} from 'rightful';
import { memoryStore } from 'rightful/stores';
import { issuer, session, storeOf } from './authorizing.ts';

/** A decision on what is held in the store and delegated by these scopes. */
async function decided(
  scope: string | undefined,
  held: readonly (string | Privilege)[],
  requirement: Requirement,
  scopePermissions: Record<string, string[]> = {},
): Promise<Decision> {
  return session({ store: storeOf(...held), scopePermissions }).decide({ scope }, requirement);
}

const read = 'read:contacts';
const write = 'write:contacts';

describe('a refusal', () => {
  it.each<[string, string | undefined, string[], Requirement, Decision['permit'] | 'scope' | 'privilege']>([
    ['scope and privilege there', 'read:contacts', [read], read, true],
    ['no scope claim at all (S1)', undefined, [read], read, 'scope'],
    ['scope yes, privilege no (S12)', 'read:contacts', [], read, 'privilege'],
    ['scope no, privilege yes (S13)', 'write:contacts', [read], read, 'scope'],
    ['both no (S14)', 'write:contacts', [], read, 'scope'],
    ['one scope of two', 'read:contacts', [read, write], allOf(read, write), 'scope'],
    ['one privilege of two', 'read:contacts write:contacts', [read], allOf(read, write), 'privilege'],
    ['one scope, the other privilege', 'read:contacts', [write], allOf(read, write), 'scope'],
    ['an alternative delegated, the other held', 'read:contacts', [write], anyOf(read, write), 'scope'],
    ['an alternative delegated, none held', 'read:contacts', [], anyOf(read, write), 'privilege'],
    ['no alternative delegated, one held', '', [write], anyOf(read, write), 'scope'],
    ['an alternative delegated and held', 'write:contacts', [write], anyOf(read, write), true],
    ['held on another resource', 'read:contacts', [], on(read, 'contacts:1'), 'privilege'],
  ])('with %s', async (_, scope, held, requirement, outcome) => {
    const decision = await decided(scope, held, requirement);
    expect(decision.permit ? true : decision.lacking).toBe(outcome);
  });

  it('names what is missing: of scopes what is not delegated, of privileges what is not held', async () => {
    const requirement = allOf(read, on('users:read', 'users:id:7'), anywhere('teams:read'));
    expect(await decided('read:contacts', [], requirement)).toMatchObject({
      lacking: 'scope',
      missing: [{ permission: 'users:read', on: 'users:id:7' }, { permission: 'teams:read' }],
    });
    expect(await decided('read:contacts users:read teams:read', [read], requirement)).toMatchObject({
      lacking: 'privilege',
      missing: [{ permission: 'users:read', on: 'users:id:7' }, { permission: 'teams:read' }],
    });
  });

  it('names the resource that was asked, filled in where that was possible', async () => {
    const one = session({ store: storeOf() });
    const requirement = on('users:read', 'users:id:{id}');
    const filled = await one.decide({ scope: 'users:read' }, requirement, { params: { id: '7' } });
    expect(filled).toMatchObject({ missing: [{ permission: 'users:read', on: 'users:id:7' }] });
    const byHand = on('users:read', 'users:id:{id}', { id: '8' });
    const given = await one.decide({ scope: 'users:read' }, byHand, { params: { id: '7' } });
    expect(given).toMatchObject({ missing: [{ on: 'users:id:8' }], because: [{ on: 'users:id:8' }] });
    const unusable = await one.decide({ scope: 'users:read' }, requirement, { params: { id: '*' } });
    expect(unusable).toMatchObject({
      lacking: 'privilege',
      missing: [{ permission: 'users:read', on: 'users:id:{id}' }],
    });
  });

  it('for a privilege names of the alternatives the one that lacks least', async () => {
    const requirement = anyOf(allOf('a', 'b', 'c'), allOf('d', 'e'));
    expect(await decided('a b c d e', ['a', 'b'], requirement)).toMatchObject({ missing: [{ permission: 'c' }] });
    expect(await decided('a b c d e', ['d'], requirement)).toMatchObject({ missing: [{ permission: 'e' }] });
  });

  it('for a privilege names no scope', async () => {
    expect(await decided('a', [], 'a')).not.toHaveProperty('scope');
  });
});

describe('the scopes that would be enough', () => {
  it.each<[string, string | undefined, string[], Requirement, string]>([
    ['are the permission itself', undefined, ['a'], 'a', 'a'],
    ['are those of the whole requirement, not only the missing ones', 'a', ['a', 'b'], allOf('a', 'b'), 'a b'],
    ['are named once', '', ['a', 'b'], allOf('a', on('a', 'x'), anywhere('a'), 'b'), 'a b'],
    ['are those of the alternative whose privileges are held', '', ['c', 'd'], anyOf('a', allOf('c', 'd')), 'c d'],
    ['are those of the first of several that are equal', '', ['a', 'b'], anyOf('b', 'a'), 'b'],
    ['are those of the smallest of the held', '', ['a', 'b', 'c'], anyOf(allOf('a', 'b'), 'c'), 'c'],
    ['are those of the smallest where none is held', '', [], anyOf(allOf('a', 'b'), 'c'), 'c'],
    ['are those of the held alternative though another is delegated', 'a', ['b'], anyOf('a', 'b'), 'b'],
    ['are chosen inside of each part', '', ['b', 'c'], allOf(anyOf('a', 'b'), anyOf('c', 'd')), 'b c'],
    ['leave out an alternative that is held on another resource', '', ['b'], anyOf(on('a', 'x'), 'b'), 'b'],
  ])('%s', async (_, scope, held, requirement, expected) => {
    const decision = await decided(scope, held, requirement);
    expect(decision).toMatchObject({ permit: false, lacking: 'scope', scope: expected });
  });

  it('leave out an alternative that is denied', async () => {
    const held: Privilege[] = [
      { permission: 'a' },
      { permission: 'a', effect: 'deny' },
      { permission: 'b' },
      { permission: 'c' },
    ];
    expect(await decided('', held, anyOf('a', allOf('b', 'c')))).toMatchObject({ scope: 'b c' });
  });

  it('are a coarse one where one delegates it', async () => {
    const coarse = { contacts: [read, write] };
    expect(await decided('', [read], read, coarse)).toMatchObject({ scope: 'contacts' });
    expect(await decided('', [read, write], allOf(read, write), coarse)).toMatchObject({ scope: 'contacts' });
    expect(await decided('', ['a', read], allOf('a', read), coarse)).toMatchObject({ scope: 'a contacts' });
    expect(await decided('contacts', [read], allOf(read, 'a'), coarse)).toMatchObject({ scope: 'contacts a' });
    // Two permissions of one coarse scope are a smaller request than two scopes.
    expect(await decided('', [], anyOf(allOf('a', 'b'), allOf(read, write)), coarse)).toMatchObject({
      scope: 'contacts',
    });
  });

  it('of OpenID Connect delegate nothing: what is named like one is refused, whatever the token says', async () => {
    for (const name of ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']) {
      for (const asked of [name, on(name, 'x'), anyOf(name, allOf(name, 'a'))]) {
        expect(await decided(`a ${name}`, ['*', name, 'a'], asked)).toMatchObject({ permit: false, lacking: 'scope' });
      }
    }
  });

  it('are enough: the same request with them is permitted', async () => {
    const coarse = { contacts: [read, write] };
    const held = [read, write, 'b'];
    const requirement = anyOf(allOf('a', 'b'), allOf(read, anyOf('c', write)));
    const refused = await decided('b', held, requirement, coarse);
    if (refused.permit) throw new Error('Nothing but b is delegated');
    expect((await decided(refused.scope, held, requirement, coarse)).permit).toBe(true);
  });
});

describe('a decision', () => {
  it('is frozen, with everything in it', async () => {
    for (const decision of [
      await decided('a', ['a'], 'a'),
      await decided('', ['a'], 'a'),
      await decided('a', [], 'a'),
    ]) {
      expect(isFrozenDeep(decision)).toBe(true);
      expect(() => Object.assign(decision, { permit: true })).toThrow(TypeError);
    }
  });

  it('shows why in what is printed and logged of it', async () => {
    expect(JSON.parse(JSON.stringify(await decided('a', ['a'], 'a')))).toEqual({
      permit: true,
      because: [
        {
          permission: 'a',
          delegatedBy: { scope: 'a' },
          granted: [{ permission: 'a', source: { kind: 'direct' } }],
          denied: [],
        },
      ],
    });
  });

  it('says the scope that delegated, the sources that granted and the denials', async () => {
    const store = memoryStore({
      issuer,
      users: {
        alice: {
          permissions: [{ permission: write, on: 'contacts:id:1', effect: 'deny' }],
          roles: ['editor', { role: 'reader', expiresAt: Date.now() + 60_000 }],
        },
      },
      roles: { editor: [write], reader: [{ permission: read, on: 'contacts:*' }] },
    });
    const one = session({ store, scopePermissions: { contacts: [write] } });
    const requirement = allOf(on(read, 'contacts:id:1'), on(write, 'contacts:id:1'));
    const { because } = await one.decide({ scope: `contacts ${read}` }, requirement);
    expect(because).toEqual([
      {
        permission: read,
        on: 'contacts:id:1',
        delegatedBy: { scope: read },
        granted: [
          expect.objectContaining({
            on: 'contacts:*',
            source: expect.objectContaining({ kind: 'role', role: 'reader' }),
          }),
        ],
        denied: [],
      },
      {
        permission: write,
        on: 'contacts:id:1',
        delegatedBy: { scope: 'contacts' },
        granted: [expect.objectContaining({ source: { kind: 'role', role: 'editor' } })],
        denied: [expect.objectContaining({ on: 'contacts:id:1', source: { kind: 'direct' } })],
      },
    ]);
  });

  it('says only the grants and denials that meet the resource', async () => {
    const held: Privilege[] = [
      { permission: 'a', on: 'x:1' },
      { permission: 'a', on: 'y:*' },
      { permission: 'a', on: 'x:2', effect: 'deny' },
    ];
    const { because } = await decided('a', held, on('a', 'x:1'));
    expect(because).toMatchObject([{ granted: [{ on: 'x:1' }], denied: [] }]);
    const { because: all } = await decided('a', held, 'a');
    expect(all).toMatchObject([{ granted: [{ on: 'x:1' }, { on: 'y:*' }], denied: [{ on: 'x:2' }] }]);
  });

  it('says that a claim granted, and that nothing delegated', async () => {
    const one = session();
    const { because } = await one.decide({ permissions: ['a'], scope: 'b' }, 'a');
    expect(because).toEqual([
      { permission: 'a', granted: [{ permission: 'a', source: { kind: 'claim' } }], denied: [] },
    ]);
  });

  it('says that the scopes granted where they are trusted', async () => {
    const { because } = await session({ trustScopes: true }).decide({ scope: 'a' }, 'a');
    expect(because).toMatchObject([
      { delegatedBy: { scope: 'a' }, granted: [{ permission: 'a', source: { kind: 'scope' } }] },
    ]);
  });

  it('says that delegation was implicit for a first-party client', async () => {
    const one = session({ firstPartyClients: ['app'], store: storeOf('a') });
    expect((await one.decide({}, 'a')).because).toMatchObject([{ delegatedBy: 'implicit' }]);
  });

  it('says the pattern’s and the administrator’s grant under the name that was asked', async () => {
    const permissions = definePermissions({ [read]: 'See contacts', [write]: 'Change contacts' });
    const one = session({ permissions, store: storeOf('read:*', '*') });
    const { because } = await one.decide({ scope: read }, read);
    expect(because).toMatchObject([{ permission: read, granted: [{ permission: read }, { permission: read }] }]);
  });

  it('says each name that was asked, also of alternatives', async () => {
    const { because } = await decided('a', ['a'], anyOf('a', allOf('b', on('c', 'x'))));
    expect(because.map((reason) => 'permission' in reason && reason.permission)).toEqual(['a', 'b', 'c']);
  });
});

describe('decide()', () => {
  it('refuses an access of another authorizer, however much it is the same (TypeError)', async () => {
    const [one, other] = [session({ store: storeOf('a') }), session({ store: storeOf('a') })];
    const access = await one.access({ scope: 'a' });
    expect(() => other.authorizer.decide(access, 'a')).toThrow(TypeError);
    expect(() => one.authorizer.decide({ ...access, can: () => true }, 'a')).toThrow(TypeError);
    expect(() => one.authorizer.decide(Object.create(access) as typeof access, 'a')).toThrow(TypeError);
    expect(() => one.authorizer.decide(undefined as unknown as typeof access, 'a')).toThrow(TypeError);
    expect(one.authorizer.decide(access, 'a')).toMatchObject({ permit: true });
  });

  it('tells onDecision what was decided, and a hook that fails changes nothing', async () => {
    const told: unknown[] = [];
    const tell = (event: object): void => void told.push(event);
    const request = { url: '/' };
    for (const fail of [
      () => {
        throw new Error('hook');
      },
      async () => Promise.reject(new Error('hook')),
      () => undefined,
    ]) {
      const one = session({
        store: storeOf('a'),
        onDecision: (event) => {
          tell(event);
          return fail() as undefined;
        },
      });
      const decision = await one.decide({ scope: 'a' }, 'a', { request });
      expect(decision.permit).toBe(true);
      expect(told.pop()).toEqual({
        decision,
        requirement: 'a',
        permissions: ['a'],
        request,
        subject: { issuer, kind: 'user', digest: expect.stringMatching(/^[\w-]{16}$/) },
        enforced: true,
        durationMs: expect.any(Number),
      });
    }
  });
});

function isFrozenDeep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozenDeep);
}
