// The law of the ceiling, over random stores, callers and changes: whoever gains something by a change, its maker held that; and
// whoever loses something, its maker held that too.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryStore } from 'rightful/stores';
import type { ChangedBy, Privilege, RoleInput, RoleStore, Subject } from 'rightful/stores';
import { createTestAccess } from 'rightful/testing';
import { holdsWhole, isPermitted, stateOf, statements } from './naive-holdings.ts';
import type { Question, State } from './naive-holdings.ts';

const issuer = 'https://issuer.example/';
const subjects = ['root', 'ann', 'ben', 'cleo'].map((id): Subject => ({ issuer, id, kind: 'user' }));
const uids = ['low', 'mid', 'top', 'builtin:viewer', 'builtin:editor'];
const organizations = ['org_1', 'org_2'];
const audiences = ['https://api.example', 'https://other.example'];
const now = Date.now();
const hour = 3_600_000;

// -- What is asked about.

const names = ['read:plans', 'read:bills', 'write:plans', 'not:defined'];
const defined = new Set(names.slice(0, 3));
const asked = ['everything', 'nothing', 'x:1', 'x:y:1', 'x:other', 'z:1'];
const times = [now + 1000, now + 1.5 * hour, now + 3 * hour];

const questions: Question[] = names.flatMap((permission) =>
  asked.flatMap((on) =>
    [undefined, ...organizations].flatMap((organization) =>
      audiences.flatMap((audience) => times.map((at) => ({ permission, on, organization, audience, at }))),
    ),
  ),
);

function isHeld(state: State, { id }: { id: string }, question: Question): boolean {
  return isPermitted(statements(state, `user ${id}`, question), question, defined);
}

// -- What is done.

const privilege: fc.Arbitrary<Privilege> = fc
  .record(
    {
      permission: fc.constantFrom(
        'read:plans',
        'read:plans',
        'read:bills',
        'write:plans',
        'read:*',
        '*:plans',
        '**',
        '*',
      ),
      on: fc.constantFrom('', '*', 'x:*', 'x:*', 'x:1', 'x:1', 'x:y:*', 'z:1'),
      effect: fc.constantFrom<('deny' | undefined)[]>(undefined, undefined, 'deny'),
      organization: fc.constantFrom(...organizations),
      audience: fc.constantFrom(...audiences),
      expiresAt: fc.constantFrom(now - hour, now + hour, now + 2 * hour),
    },
    { requiredKeys: ['permission'] },
  )
  .map(
    (one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as unknown as Privilege,
  );

const someone = fc.nat({ max: subjects.length - 1 });
const where = fc.option(fc.constantFrom(...organizations), { nil: undefined, freq: 2 });
const uid = fc.constantFrom(...uids);

type Step =
  | { kind: 'grant' | 'revoke'; to: number; privileges: Privilege[] }
  | { kind: 'assign' | 'deassign'; to: number; roles: string[]; organization: string | undefined; lasting: boolean }
  | {
      kind: 'role';
      uid: string;
      privileges: Privilege[];
      inherits: { role: string; organization: string | undefined }[];
      organization: string | undefined;
    }
  | { kind: 'delete'; uid: string }
  // What is there is taken back, or taken from a role: at random that would seldom be met.
  | { kind: 'revoke-there'; to: number; which: number }
  | { kind: 'shrink'; uid: string; which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('grant' as const, 'grant' as const, 'revoke' as const),
      to: someone,
      privileges: fc.array(privilege, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('assign' as const, 'assign' as const, 'deassign' as const),
      to: someone,
      roles: fc.array(uid, { minLength: 1, maxLength: 2 }),
      organization: where,
      lasting: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('role' as const),
      uid,
      privileges: fc.array(privilege, { maxLength: 3 }),
      inherits: fc.array(fc.record({ role: uid, organization: where }), { maxLength: 2 }),
      organization: where,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), uid }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('revoke-there' as const), to: someone, which: fc.nat({ max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shrink' as const), uid, which: fc.nat({ max: 3 }) }) },
);

const world = fc.record({
  setup: fc.array(step, { minLength: 8, maxLength: 20 }),
  changes: fc.array(fc.record({ by: someone, step }), { minLength: 4, maxLength: 12 }),
  // Somebody who holds nothing gives nothing, which is soon known.
  // Ben is granted something and denied a part of it, which Ann, who holds a part of it, tries to lift.
  denied: privilege.map((one): Privilege => ({ ...one, effect: 'deny' })),
  part: fc.constantFrom(undefined, '', '*', 'x:*', 'x:1', 'x:y:*'),
  rich: privilege.map(({ expiresAt: _, effect: __, ...one }): Privilege => one),
});

async function make(store: RoleStore, one: Step, by: ChangedBy): Promise<number> {
  switch (one.kind) {
    case 'grant':
    case 'revoke':
      return store[one.kind](subjects[one.to]!, one.privileges, by);
    case 'revoke-there': {
      const { privileges } = await store.subject(subjects[one.to]!);
      const { source: _, ...there } = privileges[one.which % (privileges.length || 1)] ?? { permission: 'read:plans' };
      return store.revoke(subjects[one.to]!, there, by);
    }
    case 'assign':
    case 'deassign': {
      const options = one.organization === undefined ? {} : { organization: one.organization };
      const ends = one.lasting || one.kind === 'deassign' ? {} : { expiresAt: now + 2 * hour };
      return store[one.kind](subjects[one.to]!, one.roles, { ...options, ...ends }, by);
    }
    case 'role':
      return store.putRole(await asPut(store, one), by);
    case 'shrink': {
      const role = await store.role(one.uid);
      const privileges = (role?.privileges ?? []).filter((_, at) => at !== one.which);
      return store.putRole({ name: one.uid, ...role, uid: one.uid, privileges }, by);
    }
    case 'delete':
      return store.deleteRole(one.uid, { force: true }, by);
  }
}

async function asPut(
  store: RoleStore,
  { uid: own, privileges, inherits, organization }: Step & { kind: 'role' },
): Promise<RoleInput> {
  const there = await store.role(own);
  const where = own.startsWith('builtin:') ? undefined : organization;
  return {
    uid: own,
    name: there?.name ?? own,
    ...(there !== undefined && { version: there.version }),
    ...(where !== undefined && { organization: where }),
    privileges: privileges.filter((one) => where === undefined || (one.organization ?? where) === where),
    inherits: inherits.map((one) =>
      one.organization === undefined ? one.role : { role: one.role, organization: one.organization },
    ),
  };
}

/** A change that the rules of the store refuse is no change. */
async function attempt(change: Promise<number>): Promise<string | undefined> {
  try {
    await change;
    return undefined;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return code;
  }
}

interface There {
  setup: Step[];
  rich: Privilege;
  denied: Privilege;
  part: string | undefined;
}

async function set(store: RoleStore, { setup, rich, denied, part }: There): Promise<void> {
  // Whatever is taken from the others, an administrator is left.
  await store.grant({ issuer, id: 'keeper', kind: 'user' }, '*', { system: 'setup' });
  for (const low of uids.slice(0, 3)) await store.putRole({ uid: low, name: low, privileges: [] }, { system: 'setup' });
  for (const one of setup) await attempt(make(store, one, { system: 'setup' }));
  for (const held of await store.subject(subjects[0]!).then(({ privileges }) => privileges)) {
    const { source: _, ...there } = held;
    await store.revoke(subjects[0]!, there, { system: 'setup' });
  }
  for (const { role, organization } of (await store.subject(subjects[0]!)).roles) {
    await store.deassign(subjects[0]!, role, organization === undefined ? {} : { organization }, { system: 'setup' });
  }
  await store.grant(subjects[0]!, '*', { system: 'setup' });
  const { permission } = denied;
  await store.grant(subjects[1]!, [rich, { permission, ...(part !== undefined && { on: part }) }], { system: 'setup' });
  await store.grant(subjects[2]!, [{ permission }, denied], { system: 'setup' });
}

describe('the ceiling', () => {
  it('lets nobody gain or lose what who makes the change does not hold', async () => {
    const seen = { permitted: 0, gained: 0, lost: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(world, async ({ changes, ...there }) => {
        const store = memoryStore({ issuer });
        await set(store, there);
        const lifting = { by: 1, step: { kind: 'revoke' as const, to: 2, privileges: [there.denied] } };
        for (const { by, step: one } of [lifting, ...changes]) {
          const before = await stateOf(store, subjects);
          const revision = await store.revision();
          const maker = subjects[by]!;
          const refusal = await attempt(make(store, one, createTestAccess({ subject: maker })));
          const after = await stateOf(store, subjects);
          if (refusal !== undefined) {
            seen.refused += 1;
            // Who holds everything is not refused for it, as long as nobody denies it to them.
            const isWhole = holdsWhole(before, `user ${maker.id}`, { organizations, now: now + 1000 });
            expect({ refusal, isWhole }).not.toEqual({ refusal: 'beyond_ceiling', isWhole: true });
            expect([after.records, after.roles, await store.revision()]).toEqual([
              before.records,
              before.roles,
              revision,
            ]);
            continue;
          }
          seen.permitted += 1;
          for (const { id } of subjects) {
            for (const question of questions) {
              const [had, has] = [isHeld(before, { id }, question), isHeld(after, { id }, question)];
              if (had === has) continue;
              if (has) seen.gained += 1;
              else seen.lost += 1;
              if (has && !isHeld(before, maker, question)) expect({ gained: question, id, maker, one }).toBeUndefined();
              const isOfAll = question.on === 'everything' || question.on === 'nothing';
              if (!has && !isOfAll && !isHeld(before, maker, { ...question, at: now + 1000 })) {
                expect({ lost: question, id, maker, one }).toBeUndefined();
              }
            }
          }
        }
      }),
      { numRuns: 100 },
    );
    // It is no law of doing nothing.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  }, 60_000);

  it('is about what the store answers: what is held by the records is held by the answer', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (there) => {
        const store = memoryStore({ issuer });
        await set(store, there);
        const state = await stateOf(store, subjects);
        for (const subject of subjects) {
          for (const question of questions) {
            const { organization, at, audience } = question;
            const asking = organization === undefined ? subject : { ...subject, organization };
            const answer = [...((await store.privilegesOf(asking, { audience: [audience] })) as Privilege[])];
            const counting = answer
              .filter((one) => one.organization === undefined || one.organization === organization)
              .filter(({ expiresAt = Infinity }) => at < expiresAt);
            if (isPermitted(counting, question, defined) !== isHeld(state, subject, question)) {
              expect({ question, answer }).toEqual(statements(state, `user ${subject.id}`, question));
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});
