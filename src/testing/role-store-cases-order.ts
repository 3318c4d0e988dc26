// The same changes in another order.

import type { Privilege } from '../core/privilege.ts';
import type { RoleStore } from '../core/role-store.ts';
import { alice, api, bob, inHours, otherApi, system, unordered, user, within, plain } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const orderRules: readonly RoleRule[] = [
  {
    name: 'the order in which things were given means nothing',
    check: async (tried) => {
      const answers: string[] = [];
      for (const seed of [1, 2, 3]) {
        const one = seed === 1 ? tried : await tried.another();
        for (const change of shuffled(commuting(one.store), seed)) await change();
        const asked: unknown[] = [];
        for (const subject of [alice, within(alice, 'org_1'), bob, within(bob, 'org_2')]) {
          asked.push(unordered((await one.answer(subject)).map(withRole)));
        }
        const { records, roles, subjects, apis } = await one.everything();
        const recorded = (records as Awaited<ReturnType<RoleStore['subject']>>[]).map(
          ({ privileges, roles: has, ...rest }) => {
            const assigned = has.map(({ assignedAt: _at, ...assignment }) => assignment);
            return { ...rest, privileges: unordered(privileges), roles: unordered(assigned) };
          },
        );
        answers.push(JSON.stringify({ asked, recorded, subjects, roles, apis }));
      }
      tried.same('the answers after another order', answers[1], answers[0]);
      tried.same('the answers after a third order', answers[2], answers[0]);
    },
  },
];

/** Changes of which each means the same whichever were made before. */
function commuting(store: RoleStore): (() => Promise<number>)[] {
  const end = Date.UTC(2100, 0, 1);
  const roles = ['a', 'b', 'c'].map((uid) => ({
    uid,
    name: uid,
    privileges: [`in:${uid}`, { permission: 'shared', on: `${uid}:*` }],
  }));
  const grants: (string | Privilege)[] = [
    ...['x', 'y', 'z'],
    { permission: 'x', effect: 'deny' },
    { permission: 'x', on: 'x:1' },
    { permission: 'y', organization: 'org_1', expiresAt: end },
    { permission: 'z', audience: api },
    { permission: 'z', audience: otherApi, effect: 'deny' },
  ];
  return [
    ...roles.map((role) => () => store.putRole(role, system)),
    ...[alice, bob].flatMap((subject) => grants.map((one) => () => store.grant(subject, one, system))),
    () => store.grant(alice, grants, system),
    ...['viewer', 'editor', 'admin'].map(
      (uid) => () => store.assign(bob, `builtin:${uid}`, { organization: 'org_2' }, system),
    ),
    () => store.putRole({ uid: 'builtin:viewer', name: 'Built-in Viewer', version: 1, privileges: ['v'] }, system),
    () =>
      store.putRole(
        { uid: 'builtin:admin', name: 'Built-in Admin', version: 1, privileges: [{ permission: 'v', effect: 'deny' }] },
        system,
      ),
    () => store.revoke(bob, { permission: 'never' }, system),
    ...[api, otherApi].map((identifier) => () => store.putApi({ identifier, name: 'an API', permissions: [] }, system)),
    () =>
      store
        .grant(user('c'), { permission: 'x', expiresAt: inHours(-1) }, system)
        .then(() => store.revoke(user('c'), 'x', system)),
  ];
}

function withRole(privilege: Privilege): unknown {
  const { kind, role, via } = privilege.source ?? {};
  return { ...plain(privilege), kind, role, via };
}

/** The same order for the same seed: mulberry32 and a shuffle from the end. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const left = [...items];
  const order: Item[] = [];
  while (left.length > 0) order.push(...left.splice(Math.floor(random() * left.length), 1));
  return order;
}
