// Several changes that are made as one.

import type { Change, ChangedBy } from '../core/role-store.ts';
import {
  accessOf,
  alice,
  api,
  bob,
  carol,
  inHours,
  role,
  system,
  textOf,
  user,
  within,
} from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import { numbers } from './role-store-cases-writers.ts';

/** A grant as a step. */
export function grantOf(subject: typeof alice, privilege: string): Change {
  return { kind: 'grant', subject, privilege };
}

export const batchRules: readonly RoleRule[] = [
  {
    name: 'changes that are made as one are all made, or none where one of them is refused',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('editor', ['e']), system);
      await store.assign(carol, 'editor', {}, system);
      await store.grant(bob, 'a', system);
      const refusing: [string, Change, ChangedBy?][] = [
        ['role_not_found', { kind: 'assign', subject: alice, role: 'nobody' }],
        ['role_not_found', { kind: 'delete-role', uid: 'nobody' }],
        ['role_version_conflict', { kind: 'put-role', role: role('editor', ['f']) }],
        ['role_name_taken', { kind: 'put-role', role: { ...role('other', []), name: 'editor' } }],
        ['role_in_use', { kind: 'delete-role', uid: 'editor' }],
        ['role_built_in', { kind: 'delete-role', uid: 'builtin:viewer' }],
        ['role_cycle', { kind: 'put-role', role: { ...role('editor', [], ['new']), version: 1 } }],
        ['beyond_ceiling', grantOf(alice, 'b'), accessOf(bob)],
      ];
      await tried.unchanged(async () => {
        for (const [code, refused, by = system] of refusing) {
          const first: Change[] =
            by === system
              ? [{ kind: 'put-role', role: role('new', ['n'], ['editor']) }, grantOf(alice, 'c')]
              : [grantOf(alice, 'a'), grantOf(carol, 'a')];
          const last: Change = { kind: 'put-api', api: { identifier: api, name: 'an API', permissions: [] } };
          const error = await tried.refused(code, store.changeAll([...first, refused, last], by), code);
          tried.same('`step` of the error', error['step'], 2);
        }
      });
      await tried.holds(alice, []);
    },
  },
  {
    name: 'changes that are made as one are made in their order, each in what those before it have left',
    check: async (tried) => {
      const { store } = tried;
      await store.changeAll(
        [
          { kind: 'put-role', role: role('base', ['b']) },
          { kind: 'put-role', role: role('head', ['h'], ['base']) },
          { kind: 'assign', subject: alice, role: ['base', 'head'] },
          { kind: 'put-role', role: { ...role('base', ['c']), version: 1 } },
          grantOf(bob, 'p'),
          { kind: 'revoke', subject: bob, privilege: 'p' },
          { kind: 'assign', subject: within(carol, 'org_1'), role: 'head', expiresAt: inHours(1) },
          { kind: 'deassign', subject: alice, role: 'head' },
        ],
        system,
      );
      await tried.holds(alice, ['c']);
      await tried.holds(bob, []);
      const end = (await store.subject(carol)).roles[0]?.expiresAt ?? 0;
      await tried.holds(
        within(carol, 'org_1'),
        ['h', 'c'].map((permission) => ({ permission, expiresAt: end })),
      );
      tried.same('the version of what was put twice', (await store.role('base'))?.version, 2);
      const assigned = store.changeAll(
        [
          { kind: 'assign', subject: bob, role: 'late' },
          { kind: 'put-role', role: role('late', ['l']) },
        ],
        system,
      );
      await tried.refused('a role that is made in a later step', assigned, 'role_not_found');
      const used = store.changeAll(
        [
          { kind: 'put-role', role: role('used', []) },
          { kind: 'assign', subject: bob, role: 'used' },
          { kind: 'delete-role', uid: 'used' },
        ],
        system,
      );
      await tried.refused('a role that was assigned in an earlier step', used, 'role_in_use');
    },
  },
  {
    name: 'each of several changes has a revision and an entry of its own, less what changes nothing',
    check: async (tried) => {
      const { store } = tried;
      const before = await store.grant(bob, ['*', 'x'], system);
      const changes: Change[] = [
        grantOf(alice, 'a'),
        grantOf(bob, 'x'),
        grantOf(carol, 'c'),
        grantOf(alice, 'a'),
        { kind: 'put-role', role: role('editor', ['e']) },
      ];
      const revision = await store.changeAll(changes, { access: accessOf(bob), why: 'they moved' });
      const entries = (await store.audit({ order: 'oldest' })).items.slice(1);
      const shown = entries.map(({ by, why, action, permissions }) => ({ by, why, action, permissions }));
      const made = { by: { subject: bob, client: 'console' }, why: 'they moved' };
      tried.same('what is remembered', shown, [
        { ...made, action: 'grant', permissions: ['a'] },
        { ...made, action: 'grant', permissions: ['c'] },
        { ...made, action: 'put-role', permissions: ['e'] },
      ]);
      const revisions = entries.map((entry) => entry.revision);
      const rising = revisions.every((one, at) => one > (revisions[at - 1] ?? before));
      tried.true('revisions that rise', rising, revisions.join());
      tried.same('what it resolves to', [revision, await store.revision()], [revisions.at(-1), revisions.at(-1)]);
      await tried.unchanged(async () => {
        tried.same('what no change resolves to', await store.changeAll(changes.slice(0, 4), system), revision);
        tried.same('what an empty list resolves to', await store.changeAll([], system), revision);
      });
    },
  },
  {
    name: 'what is changed as one is told when all of it acts',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('editor', ['e']), system);
      await store.assign(carol, 'editor', {}, system);
      const { changes: told, end } = tried.listen();
      const seen: Promise<unknown>[] = [];
      const whole = async (): Promise<void> => {
        await tried.holds(alice, ['a', 'a2']);
        await tried.holds(carol, ['f']);
      };
      const alsoEnd = store.onChange?.(() => void seen.push(whole().catch((error: unknown) => error)));
      await store.changeAll(
        [
          grantOf(alice, 'a'),
          { kind: 'put-role', role: { ...role('editor', ['f']), version: 1 } },
          grantOf(alice, 'a2'),
        ],
        system,
      );
      const isTold = (of: (one: (typeof told)[number]) => boolean): boolean =>
        told.some((one) => of(one) || (one.subject === undefined && one.role === undefined));
      tried.true(
        'alice to be told of',
        isTold(({ subject }) => subject?.id === alice.id),
        textOf(told),
      );
      const isEditor = isTold((one) => one.role === 'editor' || one.subject?.id === carol.id);
      tried.true('the role or who has it to be told of', isEditor, textOf(told));
      for (const outcome of seen) await tried.lastTold([outcome]);
      end();
      alsoEnd?.();
    },
  },
  {
    name: 'of lists of changes that are made at the same time none is lost, and each is whole',
    check: async (tried) => {
      const { store } = tried;
      const lists = numbers(12).map((at) => [
        ...numbers(5).map((no) => grantOf(user(`user-${no}`), `p:${at}`)),
        ...(at % 3 === 0 ? [{ kind: 'assign', subject: alice, role: 'nobody' } as const] : []),
      ]);
      const outcomes = await Promise.allSettled(lists.map((list) => store.changeAll(list, system)));
      const made = numbers(12).filter((at) => outcomes[at]?.status === 'fulfilled');
      tried.same(
        'which are made',
        made,
        numbers(12).filter((at) => at % 3 !== 0),
      );
      for (const no of numbers(5)) {
        await tried.holds(
          user(`user-${no}`),
          made.map((at) => `p:${at}`),
        );
      }
      const entries = (await store.audit({ take: 1000, order: 'oldest' })).items;
      tried.same('how many are remembered', entries.length, made.length * 5);
      for (const at of numbers(made.length)) {
        const names = entries.slice(at * 5, at * 5 + 5).map(({ permissions }) => permissions[0]);
        tried.same('how many lists stand among each other', new Set(names).size, 1);
      }
    },
  },
  {
    name: 'as many as 1000 changes are made as one, and no more',
    check: async (tried) => {
      const { store } = tried;
      const many = numbers(1001).map((at) => grantOf(user(`user-${at % 100}`), `p:${at}`));
      await tried.unchanged(async () => tried.rejectsInput('1001 changes', () => store.changeAll(many, system)));
      const before = await store.revision();
      const after = await store.changeAll(many.slice(1), system);
      tried.true('1000 revisions', after >= before + 1000, `${before} and ${after}`);
      tried.same('how many have something', (await store.subjects()).total, 100);
      tried.same('how many are remembered', (await store.audit()).total, 1000);
    },
  },
];
