// The laws of effective-permissions.md, section 7, through an authorizer: arbitrary claims, arbitrary answers of a store, and
// what it decides on them, against the naive evaluator.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Access, AuthorizerOptions, Decision, Privilege, Requirement } from 'rightful';
import { claimsOf, codeOf, session, storeAnswering, type Session } from '../core/authorizing.ts';
import {
  audience,
  catalogue,
  coarse,
  furtherScopes,
  grouped,
  names,
  permissions,
  plainNames,
  privilegeAt,
  privilegesAt,
  requirement,
  resources,
  sayings,
  scopeList,
  type Twofold,
} from './generators.ts';
import {
  delegatedBy,
  naiveAccess,
  naiveDecision,
  readScopes,
  type NaiveRule,
  type NaiveSettings,
} from './naive-evaluator.ts';

const numRuns = 200;
const now = Date.now();

type Choices = Required<Pick<AuthorizerOptions, 'permissionsClaim' | 'clientPrivileges' | 'trustScopes'>> & {
  readonly hasStore: boolean;
  readonly hasCatalogue: boolean;
  readonly isCoarse: boolean;
  readonly hasFirstParty: boolean;
};

const common = { hasCatalogue: fc.boolean(), isCoarse: fc.boolean(), hasFirstParty: fc.boolean() };

// What does not go together is a TypeError at start-up. `trustScopes` beside `permissionsClaim: 'ignored'` is left out: the
// page does not say whether a claim that is ignored is one that is there.
const choices: fc.Arbitrary<Choices> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      ...common,
      hasStore: fc.constant(true),
      permissionsClaim: fc.constantFrom('grants', 'limits', 'ignored'),
      clientPrivileges: fc.constantFrom('issuer', 'store'),
      trustScopes: fc.constant(false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...common,
      hasStore: fc.constant(false),
      permissionsClaim: fc.constant('grants'),
      clientPrivileges: fc.constant('issuer'),
      trustScopes: fc.boolean(),
    }),
  },
);

const withStore = choices.filter(({ hasStore }) => hasStore);

function optionsOf(chosen: Choices, answer: () => unknown): Partial<AuthorizerOptions> {
  const { permissionsClaim, clientPrivileges, trustScopes } = chosen;
  return {
    permissionsClaim,
    clientPrivileges,
    trustScopes,
    ...(chosen.hasStore && { store: storeAnswering(answer) }),
    ...(chosen.hasCatalogue && { permissions }),
    ...(chosen.isCoarse && { scopePermissions: coarse }),
    ...(chosen.hasFirstParty && { firstPartyClients: ['web'] }),
  };
}

function naiveSettings(chosen: Choices): NaiveSettings {
  const { permissionsClaim, clientPrivileges, trustScopes } = chosen;
  return {
    permissionsClaim,
    clientPrivileges,
    trustScopes,
    audience: [audience],
    firstPartyClients: chosen.hasFirstParty ? ['web'] : [],
    scopePermissions: new Map(chosen.isCoarse ? Object.entries(coarse) : []),
    catalogue: chosen.hasCatalogue ? catalogue : undefined,
    now,
  };
}

function sessionOf(chosen: Choices, answer: unknown): Session {
  return session(optionsOf(chosen, () => answer));
}

type Evaluator = Pick<NaiveRule, 'has' | 'hasAnywhere'>;

function answers({ has, hasAnywhere }: Evaluator): Record<string, boolean> {
  const entries = names.flatMap((name): [string, boolean][] => [
    [`${name} on all`, has(name)],
    [`${name} anywhere`, hasAnywhere(name)],
    ...resources.map((resource): [string, boolean] => [`${name} on "${resource}"`, has(name, resource)]),
  ]);
  return Object.fromEntries(entries);
}

function answersOf(access: Access): Record<string, boolean> {
  return answers({
    has: (name, resource) => access.can(name, resource),
    hasAnywhere: (name) => access.permissions.hasAnywhere(name),
  });
}

function privilegesOf({ privileges }: Access): Record<string, boolean> {
  return answers({
    has: (name, resource) => privileges.has(name, resource),
    hasAnywhere: (name) => privileges.hasAnywhere(name),
  });
}

function permitted(all: Record<string, boolean>): string[] {
  return Object.entries(all).flatMap(([question, answer]) => (answer ? [question] : []));
}

/** A token whose scopes can be added to without becoming another's: a user's, with scopes for certain. */
const userToken = fc
  .record(
    {
      scopes: scopeList,
      permissions: fc.array(fc.constantFrom(...names), { maxLength: 5 }),
      org_id: fc.constant('org_1'),
    },
    { requiredKeys: ['scopes'] },
  )
  .map(({ scopes, ...claims }) => ({ ...claims, scope: scopes.join(' ') }));

/** A client's own token; what `sub` says alone would be changed by an OpenID scope. */
const clientToken = userToken.map((claims) => ({ ...claims, gty: 'client-credentials', sub: 'app' }));
const eitherToken = fc.oneof({ weight: 2, arbitrary: userToken }, { weight: 1, arbitrary: clientToken });

function withScopes<Token extends { scope: string }>(token: Token, more: readonly string[]): Token {
  return { ...token, scope: [token.scope, ...more].join(' ') };
}

async function decide(one: Session, claims: object, { asked }: Twofold): Promise<Decision> {
  return one.decide({ ...claims }, asked);
}

/** Runs an asynchronous property. */
async function holds<Given extends [unknown, ...unknown[]]>(
  arbitraries: { [Key in keyof Given]: fc.Arbitrary<Given[Key]> },
  law: (...given: Given) => Promise<void>,
  runs = numRuns,
): Promise<void> {
  await fc.assert(fc.asyncProperty(...arbitraries, law), { numRuns: runs });
}

describe('an access', () => {
  it('is what the rule makes of any claims and any privileges in the store (S2, S3, S9, S10, S18)', async () => {
    await holds(
      [choices, sayings, privilegesAt(now)],
      async (chosen, said, stored) => {
        const { iss, aud, exp } = claimsOf();
        const claims = { ...said, iss, aud, exp };
        const expected = naiveAccess(claims, chosen.hasStore ? stored : 'none', naiveSettings(chosen));
        const tokens = sessionOf(chosen, stored);
        // `sub` and `client_id` are this token's alone: the session's defaults are removed.
        const access = await tokens.access({ sub: undefined, client_id: undefined, ...said }).catch(codeOf);
        if (expected.outcome !== 'access' || typeof access === 'string') {
          expect(access).toBe(expected.outcome);
          return;
        }
        expect({ ...access.subject }).toEqual({ issuer: claims.iss, ...expected.subject });
        expect([...access.scopes].toSorted()).toEqual([...new Set(expected.scopes)].toSorted());
        const { rule } = expected;
        expect(answersOf(access)).toEqual(answers(rule));
        expect(privilegesOf(access)).toEqual(answers({ has: rule.held, hasAnywhere: rule.heldAnywhere }));
      },
      800,
    );
  });

  it('holds no more than the subject does, and no more than the scopes delegate', async () => {
    await holds([choices, userToken, privilegesAt(now)], async (chosen, claims, stored) => {
      const one = sessionOf({ ...chosen, hasCatalogue: true }, stored);
      const access = await one.access(claims);
      expect(permitted(privilegesOf(access))).toEqual(expect.arrayContaining(permitted(answersOf(access))));
      const { scopePermissions } = naiveSettings(chosen);
      const delegated = delegatedBy(readScopes(claims.scope), scopePermissions);
      expect(names.filter((name) => access.permissions.hasAnywhere(name) && !delegated(name))).toEqual([]);
      for (const { permission } of access.permissions.list()) {
        expect([permission, delegated(permission), access.privileges.hasAnywhere(permission)]).toEqual([
          permission,
          true,
          true,
        ]);
      }
    });
  });

  it('does not depend on the order in which the store answers', async () => {
    const twice = privilegesAt(now).chain((stored) =>
      fc.tuple(fc.constant(stored), fc.shuffledSubarray(stored, { minLength: stored.length })),
    );
    await holds([withStore, eitherToken, twice], async (chosen, claims, [stored, shuffled]) => {
      const one = await sessionOf({ ...chosen, hasCatalogue: true }, stored).access(claims);
      const other = await sessionOf({ ...chosen, hasCatalogue: true }, shuffled).access(claims);
      expect(answersOf(one)).toEqual(answersOf(other));
    });
  });

  it('keeps to the resources on which the store holds a permission, whatever the claim or the scopes of a client say', async () => {
    const claimed = fc.array(fc.constantFrom(...plainNames), { maxLength: 7 });
    await holds([eitherToken, claimed, privilegesAt(now)], async (claims, named, stored) => {
      const store = storeAnswering(() => stored);
      const alone = session({ store, permissions, permissionsClaim: 'ignored', clientPrivileges: 'store' });
      const beside = session({ store, permissions });
      const scope = plainNames.join(' ');
      const [byStore, byBoth] = [
        await alone.access({ ...claims, scope, permissions: named }),
        await beside.access({ ...claims, scope, permissions: named }),
      ];
      for (const name of plainNames.filter((one) => byStore.permissions.hasAnywhere(one))) {
        const ask = ({ permissions: set }: Access): boolean[] => [
          set.has(name),
          ...resources.map((on) => set.has(name, on)),
        ];
        expect([name, ask(byBoth)]).toEqual([name, ask(byStore)]);
      }
      const isDeniedWhole = (name: string): boolean => stored.some((one) => isDenial(one, name));
      expect(plainNames.filter((name) => isDeniedWhole(name) && byBoth.permissions.hasAnywhere(name))).toEqual([]);
    });
  });

  it('has nothing beyond the claim where it limits, and nothing beyond the store', async () => {
    await holds([userToken, privilegesAt(now)], async (claims, stored) => {
      const store = storeAnswering(() => stored);
      const limited = await session({ store, permissions, permissionsClaim: 'limits' }).access(claims);
      const ignored = await session({ store, permissions, permissionsClaim: 'ignored' }).access(claims);
      const claimed: readonly string[] = claims.permissions ?? [];
      expect(permitted(answersOf(ignored))).toEqual(expect.arrayContaining(permitted(answersOf(limited))));
      expect(names.filter((name) => limited.permissions.hasAnywhere(name) && !claimed.includes(name))).toEqual([]);
      for (const name of claimed) expect(limited.can(name)).toBe(ignored.can(name));
    });
  });
});

function isDenial(
  { permission, effect, on, audience: meant, organization, expiresAt = Infinity }: Privilege,
  name: string,
): boolean {
  const isHere = [undefined, audience].includes(meant) && organization === undefined && expiresAt > now;
  return isHere && effect === 'deny' && [name, '*'].includes(permission) && [undefined, '', '*', 'us*'].includes(on);
}

describe('a decision', () => {
  it('is lacking what the three steps of section 5 say', async () => {
    await holds(
      [choices, eitherToken, privilegesAt(now), requirement],
      async (chosen, claims, stored, what) => {
        const known = { ...chosen, hasCatalogue: true };
        const expected = naiveAccess(claimsOf(claims), chosen.hasStore ? stored : 'none', naiveSettings(known));
        if (expected.outcome !== 'access') throw new Error('These claims are valid');
        const all = withScopes(
          claims,
          leavesOf(what.asked).map(({ permission }) => permission),
        );
        const every = naiveAccess(claimsOf(all), chosen.hasStore ? stored : 'none', naiveSettings(known));
        if (every.outcome !== 'access') throw new Error('These claims are valid');
        const decision = await decide(sessionOf(known, stored), claims, what);
        const lacking = naiveDecision(what.naive, expected.rule, every.rule);
        expect(decision.permit ? 'permit' : decision.lacking).toBe(lacking);
      },
      800,
    );
  });

  it('names something that was asked and is not there, whenever it refuses', async () => {
    await holds([choices, eitherToken, privilegesAt(now), requirement], async (chosen, claims, stored, what) => {
      const one = sessionOf({ ...chosen, hasCatalogue: true }, stored);
      const access = await one.access(claims);
      const decision = await one.authorizer.decide(access, what.asked);
      if (decision.permit) return;
      expect(decision.missing).not.toEqual([]);
      const leaves = leavesOf(what.asked);
      for (const missing of decision.missing) {
        if (!('permission' in missing)) throw new Error('There is no policy here');
        const { permission, on } = missing;
        const asked = leaves.filter((leaf) => leaf.permission === permission && leaf.on === on);
        expect(asked).not.toEqual([]);
        const refused = asked.map((leaf) => one.authorizer.decide(access, leaf.requirement) as Decision);
        expect(refused.map(({ permit }) => permit)).toContain(false);
      }
    });
  });

  it('that refuses for a scope names scopes which are enough', async () => {
    await holds(
      [choices, userToken, privilegesAt(now), requirement],
      async (chosen, claims, stored, what) => {
        // With `trustScopes` other scopes are other privileges.
        const one = sessionOf({ ...chosen, hasCatalogue: true, trustScopes: false }, stored);
        const decision = await decide(one, claims, what);
        if (decision.permit || decision.lacking !== 'scope') return;
        const { scope = 'none' } = decision;
        expect(scope).toMatch(/^[^ ]+( [^ ]+)*$/u);
        const again = await decide(one, { ...claims, scope }, what);
        expect(again.permit ? 'permit' : again.lacking).not.toBe('scope');
        // The one that is asked for is the one whose privileges are held, wherever there is one.
        const all = await decide(one, { ...claims, scope: plainNames.join(' ') }, what);
        expect(again.permit).toBe(all.permit);
      },
      400,
    );
  });

  it('is never turned from a permit into a refusal by another scope', async () => {
    await holds(
      [choices, eitherToken, privilegesAt(now), requirement, furtherScopes],
      async (chosen, claims, stored, what, more) => {
        const one = sessionOf({ ...chosen, hasCatalogue: true }, stored);
        const before = await decide(one, claims, what);
        const after = await decide(one, withScopes(claims, more), what);
        if (before.permit) expect(after.permit).toBe(true);
      },
    );
  });

  it('that lacks a scope becomes, by more of them, a permit or one that lacks something; one that lacks a privilege stays so', async () => {
    await holds(
      [choices, userToken, privilegesAt(now), requirement, furtherScopes],
      async (chosen, claims, stored, what, more) => {
        const one = sessionOf({ ...chosen, hasCatalogue: true, trustScopes: false }, stored);
        const before = await decide(one, claims, what);
        const after = await decide(one, withScopes(claims, more), what);
        const everything = await decide(one, withScopes(claims, plainNames), what);
        if (!before.permit && before.lacking === 'scope') expect(lackingIn(everything)).not.toBe('scope');
        if (!before.permit && before.lacking === 'privilege') {
          expect([lackingIn(after), lackingIn(everything)]).toEqual(['privilege', 'privilege']);
        }
      },
    );
  });

  // The exception that is meant: "the claim never widens what the store restricts". A grant on some resources takes away what
  // only the claim, or only a client's scope, gave on all of them. So the store decides alone here.
  it('is never turned from a permit into a refusal by another grant, where the store decides alone', async () => {
    const more = fc.array(privilegeAt(now), { minLength: 1, maxLength: 3 });
    await holds(
      [withStore, eitherToken, privilegesAt(now), requirement, more],
      async (chosen, claims, stored, what, grants) => {
        const known: Choices = {
          ...chosen,
          hasCatalogue: true,
          permissionsClaim: 'ignored',
          clientPrivileges: 'store',
        };
        const before = await decide(sessionOf(known, stored), claims, what);
        const after = await decide(sessionOf(known, [...stored, ...grants]), claims, what);
        if (before.permit) expect(after.permit).toBe(true);
      },
    );
  });

  it('is never turned from a permit into a refusal by another grant on everything, wherever the rest comes from', async () => {
    const more = fc.array(fc.constantFrom('*', ...plainNames), { minLength: 1, maxLength: 3 });
    await holds(
      [withStore, eitherToken, privilegesAt(now), requirement, more],
      async (chosen, claims, stored, what, granted) => {
        const grants = granted.map((permission) => ({ permission }));
        const before = await decide(sessionOf({ ...chosen, hasCatalogue: true }, stored), claims, what);
        const after = await decide(sessionOf({ ...chosen, hasCatalogue: true }, [...stored, ...grants]), claims, what);
        if (before.permit) expect(after.permit).toBe(true);
      },
    );
  });

  it('is never turned from a refusal into a permit by another denial', async () => {
    const more = fc.array(privilegeAt(now, 'deny'), { minLength: 1, maxLength: 3 });
    await holds(
      [withStore, eitherToken, privilegesAt(now), requirement, more],
      async (chosen, claims, stored, what, denials) => {
        const before = await decide(sessionOf({ ...chosen, hasCatalogue: true }, stored), claims, what);
        const after = await decide(sessionOf({ ...chosen, hasCatalogue: true }, [...stored, ...denials]), claims, what);
        if (!before.permit) expect(after.permit).toBe(false);
      },
    );
  });
});

function lackingIn(decision: Decision): string {
  return decision.permit ? 'nothing' : decision.lacking;
}

interface Leaf {
  readonly permission: string;
  readonly on: string | undefined;
  readonly requirement: Requirement;
}

function leavesOf(asked: Requirement): Leaf[] {
  if (typeof asked === 'string') return [{ permission: asked, on: undefined, requirement: asked }];
  if ('permission' in asked) {
    return [{ permission: asked.permission, on: 'on' in asked ? asked.on : undefined, requirement: asked }];
  }
  if ('policy' in asked) return [];
  if ('inOrganization' in asked) return leavesOf(asked.requirement);
  return ('allOf' in asked ? asked.allOf : asked.anyOf).flatMap(leavesOf);
}

describe('allOf and anyOf', () => {
  /** Which of the names are permitted decides all: the model that every group must agree with. */
  function model(asked: Requirement, held: ReadonlySet<string>): boolean {
    if (typeof asked === 'string') return held.has(asked);
    if ('allOf' in asked) return asked.allOf.every((one) => model(one, held));
    if ('anyOf' in asked) return asked.anyOf.some((one) => model(one, held));
    throw new TypeError('The model knows names and groups');
  }

  const plain: fc.Arbitrary<Twofold> = fc.letrec<{ tree: Twofold; group: Twofold }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      fc
        .constantFrom(...plainNames)
        .map((permission): Twofold => ({ asked: permission, naive: { kind: 'permission', permission } })),
      tie('group'),
    ),
    group: fc
      .tuple(fc.constantFrom('all', 'any'), fc.array(tie('tree'), { minLength: 1, maxLength: 4 }))
      .map(([kind, parts]) => grouped(kind, parts)),
  })).tree;

  /** The same with the parts of every group in the opposite order. */
  function reversed({ naive }: Twofold): Twofold {
    if (naive.kind === 'permission') return { asked: naive.permission, naive };
    return grouped(
      naive.kind,
      naive.of.toReversed().map((part) => reversed({ asked: 'ignored', naive: part })),
    );
  }

  const some = fc.subarray([...plainNames]);

  it('permit by the truth table of their parts, however nested and in whatever order (S8)', async () => {
    await holds([plain, some, some], async (tree, scopes, held) => {
      const one = session({ store: storeAnswering(() => held.map((permission) => ({ permission }))) });
      const access = await one.access({ scope: scopes.join(' ') });
      const expected = model(tree.asked, new Set(scopes.filter((name) => held.includes(name))));
      const permits = [
        tree,
        reversed(tree),
        grouped('all', [tree]),
        grouped('any', [tree]),
        grouped('any', [tree, tree]),
      ].map(({ asked }) => (one.authorizer.decide(access, asked) as Decision).permit);
      expect(permits).toEqual(permits.map(() => expected));
    });
  });
});

describe('accesses that are loaded at the same time', () => {
  it('are each of their own subject (S16, S17)', async () => {
    const subjects = fc.array(fc.tuple(fc.constantFrom('alice', 'bob', 'carol'), fc.nat({ max: 3 })), {
      minLength: 2,
      maxLength: 12,
    });
    await holds(
      [subjects],
      async (asking) => {
        const waits = asking.map(([, turns]) => turns);
        const store = {
          async privilegesOf({ id }: { id: string }): Promise<Privilege[]> {
            for (let left = waits.pop() ?? 0; left > 0; left -= 1) await Promise.resolve();
            return [{ permission: `be:${id}` }];
          },
        };
        const one = session({ store });
        const accesses = await Promise.all(
          asking.map(([sub]) => one.access({ sub, scope: 'be:alice be:bob be:carol' })),
        );
        const found = accesses.map((access) => access.permissions.list().map(({ permission }) => permission));
        expect(found).toEqual(asking.map(([sub]) => [`be:${sub}`]));
      },
      100,
    );
  });
});
