// The laws of the pure rule (effective-permissions.md, section 7): `effectivePermissions` and `PermissionSet.from` against the
// naive evaluator.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { effectivePermissions, PermissionSet, type Privilege } from 'rightful';
import {
  catalogue,
  coarse,
  furtherScopes,
  instant,
  names,
  permissions,
  privilegeAt,
  privilegesAt,
  resources,
  scopeList,
} from './generators.ts';
import { delegatedBy, naiveRule, readScopes, type NaiveRule } from './naive-evaluator.ts';

const numRuns = 250;

interface World {
  readonly scopes: readonly string[];
  readonly privileges: readonly Privilege[];
  readonly firstParty: boolean;
  readonly isCoarse: boolean;
  readonly hasCatalogue: boolean;
}

const world: fc.Arbitrary<World> = fc.record({
  scopes: scopeList,
  privileges: privilegesAt(instant),
  firstParty: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  isCoarse: fc.boolean(),
  hasCatalogue: fc.boolean(),
});

const further = fc.array(privilegeAt(instant), { minLength: 1, maxLength: 3 });
const furtherDenials = fc.array(privilegeAt(instant, 'deny'), { minLength: 1, maxLength: 3 });

function effective({ scopes, privileges, firstParty, isCoarse, hasCatalogue }: World): PermissionSet {
  return effectivePermissions({
    scopes: scopes.join(' '),
    privileges,
    firstParty,
    now: instant,
    ...(isCoarse && { scopePermissions: coarse }),
    ...(hasCatalogue && { permissions }),
  });
}

function held({ privileges, hasCatalogue }: World): PermissionSet {
  return PermissionSet.from(privileges, { now: instant, ...(hasCatalogue && { permissions }) });
}

function naive({ scopes, privileges, firstParty, isCoarse, hasCatalogue }: World): NaiveRule {
  const delegated = delegatedBy(readScopes(scopes.join(' ')), new Map(isCoarse ? Object.entries(coarse) : []));
  return naiveRule({
    privileges,
    delegated: firstParty ? () => true : delegated,
    catalogue: hasCatalogue ? catalogue : undefined,
    now: instant,
  });
}

/** Every question there is: each name on each resource, on all of them, and on any. */
function answers(set: Pick<PermissionSet, 'has' | 'hasAnywhere'>): Record<string, boolean> {
  const entries = names.flatMap((name): [string, boolean][] => [
    [`${name} on all`, set.has(name)],
    [`${name} anywhere`, set.hasAnywhere(name)],
    ...resources.map((resource): [string, boolean] => [`${name} on "${resource}"`, set.has(name, resource)]),
  ]);
  return Object.fromEntries(entries);
}

function permitted(set: PermissionSet): string[] {
  return Object.entries(answers(set)).flatMap(([question, answer]) => (answer ? [question] : []));
}

describe('the effective permissions', () => {
  it('hold what is delegated and held and not denied, and nothing else (S6, S9, S10, S13)', () => {
    fc.assert(
      fc.property(world, (given) => {
        expect(answers(effective(given))).toEqual(answers(naive(given)));
      }),
      { numRuns },
    );
  });

  it('are the privileges themselves where nothing is cut', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { held: isHeld, heldAnywhere } = naive(given);
        expect(answers(held(given))).toEqual(answers({ has: isHeld, hasAnywhere: heldAnywhere }));
      }),
      { numRuns },
    );
  });

  it('are a subset of the privileges and of what the scopes delegate', () => {
    fc.assert(
      fc.property(world, (given) => {
        const [all, cut, { delegated }] = [permitted(held(given)), permitted(effective(given)), naive(given)];
        expect(all).toEqual(expect.arrayContaining(cut));
        expect(names.filter((name) => effective(given).hasAnywhere(name) && !delegated(name))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('lose nothing by another scope', () => {
    fc.assert(
      fc.property(world, furtherScopes, (given, more) => {
        const wider = effective({ ...given, scopes: [...given.scopes, ...more] });
        expect(permitted(wider)).toEqual(expect.arrayContaining(permitted(effective(given))));
      }),
      { numRuns },
    );
  });

  it('lose nothing by another grant', () => {
    fc.assert(
      fc.property(world, further, (given, more) => {
        const wider = effective({ ...given, privileges: [...given.privileges, ...more] });
        expect(permitted(wider)).toEqual(expect.arrayContaining(permitted(effective(given))));
      }),
      { numRuns },
    );
  });

  it('win nothing by another denial', () => {
    fc.assert(
      fc.property(world, furtherDenials, (given, more) => {
        const narrower = effective({ ...given, privileges: [...given.privileges, ...more] });
        expect(permitted(effective(given))).toEqual(expect.arrayContaining(permitted(narrower)));
      }),
      { numRuns },
    );
  });

  it('do not depend on the order of scopes and privileges, nor on repetition', () => {
    const shuffled = world.chain((given) =>
      fc.record({
        given: fc.constant(given),
        scopes: fc.shuffledSubarray([...given.scopes, ...given.scopes], { minLength: given.scopes.length * 2 }),
        privileges: fc.shuffledSubarray([...given.privileges, ...given.privileges], {
          minLength: given.privileges.length * 2,
        }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ given, ...other }) => {
        expect(answers(effective({ ...given, ...other }))).toEqual(answers(effective(given)));
      }),
      { numRuns },
    );
  });

  it('deny a resource that any denied pattern covers, whatever else is granted', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(...names), fc.constantFrom(...resources), (given, permission, on) => {
        const denial: Privilege = { permission, on, effect: 'deny' };
        const set = effective({ ...given, privileges: [...given.privileges, { permission: '*' }, denial] });
        const isPattern = permission.includes('*') && permission !== '*';
        const asked = isPattern || permission === '*' ? 'read:contacts' : permission;
        expect([set.has(asked), set.has(asked, on)]).toEqual([false, false]);
      }),
      { numRuns },
    );
  });
});

describe('list()', () => {
  it('has only grants that are held and delegated, and leaves out no name that is', () => {
    fc.assert(
      fc.property(world, (given) => {
        const set = effective(given);
        const { delegated } = naive(given);
        const listed = set.list();
        for (const { permission, effect } of listed) {
          expect({ permission, effect }).toEqual({ permission, effect: undefined });
          expect([permission, delegated(permission)]).toEqual([permission, true]);
          expect([permission, held(given).hasAnywhere(permission)]).toEqual([permission, true]);
        }
        const named = new Set(listed.map(({ permission }) => permission));
        const isListed = (name: string): boolean => named.has(name) || named.has('*');
        // A name with a star is nobody's permission, though an administrator would have it.
        const plain = names.filter((name) => !name.includes('*') && !(given.hasCatalogue && !permissions.has(name)));
        expect(plain.filter((name) => set.hasAnywhere(name) && !isListed(name))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('made into a set again, with denials() beside it, gives the same answers', () => {
    fc.assert(
      fc.property(world, (given) => {
        const set = effective({ ...given, hasCatalogue: true });
        const again = PermissionSet.from([...set.list(), ...set.denials()], { now: instant, permissions });
        const known = (all: Record<string, boolean>): [string, boolean][] =>
          Object.entries(all).filter(([question]) => permissions.names.some((name) => question.startsWith(`${name} `)));
        expect(known(answers(again))).toEqual(known(answers(set)));
      }),
      { numRuns },
    );
  });
});
