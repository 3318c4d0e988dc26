// What a caller hands in that is not as it must be: subjects, privileges and assignments.

import type { RoleStore } from '../core/role-store.ts';
import { alice, system } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

/** Something that is handed in, and the call that must reject it. */
export type Wrong = readonly [given: unknown, call: (store: RoleStore) => Promise<unknown>];

/** Each value, handed to each call. */
export function each(
  values: readonly unknown[],
  ...calls: ((store: RoleStore, value: never) => Promise<unknown>)[]
): Wrong[] {
  return values.flatMap((value) => calls.map((call): Wrong => [value, (store) => call(store, value as never)]));
}

export function refusing(name: string, wrong: readonly Wrong[]): RoleRule {
  return {
    name: `${name} is refused, and changes nothing: InvalidInputError`,
    check: async (tried) => {
      const { store } = tried;
      await store.putRole({ uid: 'editor', name: 'editor', privileges: ['a'] }, system);
      await store.grant(alice, 'a', system);
      await tried.unchanged(async () => {
        for (const [given, call] of wrong) await tried.rejectsInput(shown(given), () => call(store));
      });
    },
  };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_key, one: unknown) =>
    one === undefined || typeof one === 'number' || typeof one === 'function' ? String(one) : one,
  );
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

export const inputRules: readonly RoleRule[] = [
  refusing(
    'a privilege that is not as it must be',
    each(
      [
        ...[undefined, null, 7, '', [], [[]], ['a', ''], {}, { on: 'x' }, { permission: 7 }, { permission: '' }],
        ...['a b', 'a"', 'a\\', 'é', 'a\0', 'p'.repeat(281), () => 'a'],
        ...[null, 7, 'x*y', '*x', 'x*', 'x:**', '**', 'x:*:y', '*:', 'x\0', '\ud800', 'r'.repeat(1025)].map((on) => ({
          permission: 'a',
          on,
        })),
        ...['allow', '', null, true].map((effect) => ({ permission: 'a', effect })),
        ...['', null, 7, ['x'], 'd'.repeat(601)].map((audience) => ({ permission: 'a', audience })),
        ...['', null, 0, 'o\0', '\udfff', 'o'.repeat(191)].map((organization) => ({ permission: 'a', organization })),
        ...[null, '2030-01-01', NaN, -Infinity, new Date(0)].map((expiresAt) => ({ permission: 'a', expiresAt })),
        { permission: 'a', source: { kind: 'direct' } },
        { permission: 'a', resource: 'x' },
      ],
      (store, privilege) => store.grant(alice, privilege, system),
      (store, privilege) => store.revoke(alice, privilege, system),
      (store, privilege) => store.putRole({ uid: 'new', name: 'new', privileges: [privilege] }, system),
    ).filter(([given], at) => !(Array.isArray(given) && given.length === 0 && at % 3 === 2)),
  ),
  refusing(
    'a subject that is not as it must be',
    each(
      [
        ...[undefined, null, 'auth0|alice', [], {}, { id: 'a', kind: 'user' }, { issuer: 'i', kind: 'user' }],
        ...[undefined, 'group', '', null, 'User'].map((kind) => ({ ...alice, kind })),
        ...['', null, 7, 'a\0', '\ud800', 'i'.repeat(513)].map((id) => ({ ...alice, id })),
        ...['', null, 7, 'a\0', '\udfff', 'i'.repeat(513)].map((issuer) => ({ ...alice, issuer })),
        ...['', null, 7, 'o'.repeat(191)].map((organization) => ({ ...alice, organization })),
        { ...alice, role: 'admin' },
      ],
      (store, subject) => store.grant(subject, 'a', system),
      (store, subject) => store.revoke(subject, 'a', system),
      (store, subject) => store.assign(subject, 'editor', {}, system),
      (store, subject) => store.deassign(subject, 'editor', {}, system),
      (store, subject) => store.subject(subject),
    ),
  ),
  refusing('an assignment that is not as it must be', [
    ...each(
      [undefined, null, 7, '', [], [''], ['editor', 7], {}, { role: 'editor' }],
      (store, uid) => store.assign(alice, uid, {}, system),
      (store, uid) => store.deassign(alice, uid, {}, system),
    ),
    ...each(
      [
        ...[undefined, null, 'org_1', [], { org: 'org_1' }, { force: true }],
        ...['', null, 7, 'o\0'].map((organization) => ({ organization })),
      ],
      (store, options) => store.assign(alice, 'editor', options, system),
      (store, options) => store.deassign(alice, 'editor', options, system),
    ),
    ...each(
      [NaN, '1', null, -Infinity].map((expiresAt) => ({ expiresAt })),
      (store, options) => store.assign(alice, 'editor', options, system),
    ),
    ...each([{ expiresAt: 1 }], (store, options) => store.deassign(alice, 'editor', options, system)),
  ]),
];
