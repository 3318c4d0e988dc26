// What nobody can do by making several changes as one, what is only looked at, and what is no list of changes.

import type { Change, RoleInput } from '../core/role-store.ts';
import { grantOf } from './role-store-cases-batches.ts';
import { accessOf, alice, api, bob, carol, role, system, user, within } from './role-store-cases-cast.ts';
import { each, refusing } from './role-store-cases-input.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';

const admin = user('admin');
const by = accessOf(admin);

export const batchBoundRules: readonly RoleRule[] = [
  {
    name: 'what an earlier step gives to who makes the changes is not theirs to give in a later one',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('mine', ['a']), system);
      await store.putRole(role('more', ['b']), system);
      await store.grant(admin, ['a', { permission: 'd', effect: 'deny' }], system);
      await store.grant(admin, [{ permission: 'c', organization: 'org_1' }, 'd'], system);
      await store.assign(admin, 'mine', {}, system);
      const changed = (privileges: RoleInput['privileges'], inherits: string[] = []): Change => {
        return { kind: 'put-role', role: { ...role('mine', privileges, inherits), version: 1 } };
      };
      const attempts: [string, Change[], number][] = [
        ['granting it to oneself', [grantOf(admin, 'b'), grantOf(alice, 'b')], 0],
        ['granting what is held', [grantOf(admin, 'a'), grantOf(alice, 'b')], 1],
        ['assigning a role', [{ kind: 'assign', subject: admin, role: 'more' }, grantOf(alice, 'b')], 0],
        ['changing a role one has', [changed(['a', 'b']), grantOf(alice, 'b')], 0],
        ['inheriting', [changed(['a'], ['more']), grantOf(alice, 'b')], 0],
        ['a new role', [{ kind: 'put-role', role: role('new', ['b']) }], 0],
        ['another organization', [grantOf(within(alice, 'org_1'), 'c'), grantOf(within(alice, 'org_2'), 'c')], 1],
        [
          'lifting a denial',
          [{ kind: 'revoke', subject: admin, privilege: { permission: 'd', effect: 'deny' } }, grantOf(alice, 'd')],
          0,
        ],
      ];
      await tried.unchanged(async () => {
        for (const [what, changes, step] of attempts) {
          const error = await tried.refused(what, store.changeAll(changes, by), 'beyond_ceiling');
          tried.same(`\`step\` of the error for ${what}`, error['step'], step);
        }
      });
      // What is given up on the way was theirs when they began.
      await store.changeAll(
        [
          { kind: 'revoke', subject: admin, privilege: 'a' },
          { kind: 'deassign', subject: admin, role: 'mine' },
          grantOf(alice, 'a'),
        ],
        by,
      );
      await tried.holds(alice, ['a']);
      await tried.refused('what was theirs before', store.grant(bob, 'a', by), 'beyond_ceiling');
    },
  },
  {
    name: 'one who may do everything is replaced by another in one list, and never by nobody',
    check: async (tried) => {
      const { store } = tried;
      const root = (version: number, privileges: string[]): Change => {
        return { kind: 'put-role', role: { ...role('root', privileges), version } };
      };
      const assign = (subject: typeof alice): Change => ({ kind: 'assign', subject, role: 'root' });
      const revoke = (subject: typeof alice): Change => ({ kind: 'revoke', subject, privilege: '*' });
      await store.grant(alice, '*', system);
      const lockingOut: Change[][] = [
        [revoke(alice)],
        [grantOf(bob, '*'), revoke(alice), revoke(bob)],
        [revoke(alice), { kind: 'grant', subject: bob, privilege: { permission: '*', organization: 'org_1' } }],
        [root(1, ['*']), assign(bob), revoke(alice), { kind: 'delete-role', uid: 'root', force: true }],
        [root(1, ['*']), assign(bob), revoke(alice), root(1, ['a'])],
        [root(1, ['*']), assign(bob), revoke(alice), { kind: 'deassign', subject: bob, role: 'root' }],
      ];
      await tried.unchanged(async () => {
        for (const changes of lockingOut) {
          await tried.refused('leaving nobody', store.changeAll(changes, system), 'last_administrator');
        }
      });
      await store.changeAll([revoke(alice), grantOf(bob, '*')], accessOf(alice));
      await tried.holds(bob, ['*']);
      await store.changeAll([root(1, []), assign(carol)], system);
      await store.changeAll([revoke(bob), root(1, ['*'])], accessOf(bob));
      await tried.holds(carol, ['*']);
      await tried.holds(bob, []);
    },
  },
  {
    name: 'what is only tried out is checked as a whole, and changes nothing',
    check: async (tried) => {
      const { store } = tried;
      await store.grant(bob, ['a', '*'], system);
      const revision = await store.putRole(role('editor', ['e']), system);
      const dryRun = { dryRun: true };
      await tried.unchanged(async () => {
        const made: Change[] = [
          { kind: 'put-role', role: role('new', ['n'], ['editor']) },
          { kind: 'assign', subject: alice, role: 'new' },
          grantOf(alice, 'a'),
          { kind: 'delete-role', uid: 'editor', force: true },
          { kind: 'put-api', api: { identifier: api, name: 'an API', permissions: [] } },
        ];
        tried.same('what it resolves to', await store.changeAll(made, system, dryRun), revision);
        tried.same('what it resolves to', await store.changeAll(made, accessOf(bob), dryRun), revision);
        const refused: [string, Change[], typeof system | ReturnType<typeof accessOf>][] = [
          ['role_not_found', [grantOf(alice, 'a'), { kind: 'assign', subject: alice, role: 'nobody' }], system],
          ['beyond_ceiling', [grantOf(alice, 'a')], accessOf(alice)],
          ['last_administrator', [grantOf(alice, 'a'), { kind: 'revoke', subject: bob, privilege: '*' }], system],
        ];
        for (const [code, changes, who] of refused) {
          await tried.refused(code, store.changeAll(changes, who, dryRun), code);
        }
        await tried.rejectsInput('no change', () => store.changeAll([{}] as never, system, dryRun));
      });
      const made = await store.changeAll([grantOf(alice, 'a')], system, { dryRun: false });
      tried.same('the revision when it is made', await store.revision(), made);
      await tried.holds(alice, ['a']);
    },
  },
  {
    name: 'which roles somebody may assign is told by what is asked of who assigns them',
    check: async (tried) => {
      const { store } = tried;
      const roles: RoleInput[] = [
        role('empty', []),
        role('a', ['a']),
        role('b', ['b']),
        role('on', [{ permission: 'c', on: 'x:1' }]),
        role('wide', [{ permission: 'c', on: '*' }]),
        role('heir', [], ['a']),
        role('beyond', ['a'], ['b']),
        role('denying', [{ permission: 'a', effect: 'deny' }]),
        role('short', ['s']),
        { ...role('local', ['o']), organization: 'org_1' },
        role('organized', ['o']),
      ];
      for (const one of roles) await store.putRole(one, system);
      await store.grant(
        admin,
        ['a', { permission: 'c', on: 'x:*' }, { permission: 'o', organization: 'org_1' }],
        system,
      );
      await store.grant(admin, { permission: 's', expiresAt: Date.now() + 3_600_000 }, system);
      const uids = [...roles.map(({ uid }) => uid), 'nobody', 'builtin:viewer', 'a'];
      const everywhere = ['empty', 'a', 'on', 'heir', 'denying', 'builtin:viewer'];
      await tried.unchanged(async () => {
        const asked: [string | undefined, string[]][] = [
          [undefined, everywhere],
          ['org_1', [...everywhere, 'local', 'organized']],
          ['org_2', everywhere],
        ];
        for (const [organization, expected] of asked) {
          const found = await store.delegatable(uids, by, ...(organization === undefined ? [] : [organization]));
          tried.sameSet(`what may be assigned in ${organization ?? 'every organization'}`, found, expected);
        }
        tried.sameSet('what who has nothing may assign', await store.delegatable(uids, accessOf(bob)), [
          'empty',
          'builtin:viewer',
        ]);
        tried.sameSet('none of none', await store.delegatable([], by), []);
      });
      await asAssigned(tried, uids, 'org_1');
    },
  },
  refusing(
    'a list of changes that is not as it must be',
    each(
      [
        ...[undefined, null, {}, 'a', 7, { length: 1 }],
        ...[undefined, null, 'grant', [], {}, { kind: 'give' }, { kind: 'toString' }].map((one) => [one]),
        ...[{ privilege: 'a' }, { subject: alice }, { subject: alice, privilege: 'a', by: 'me' }].flatMap((one) => [
          [{ kind: 'grant', ...one }],
          [grantOf(alice, 'fine'), { kind: 'revoke', ...one }],
        ]),
        [{ kind: 'grant', subject: { ...alice, kind: 'group' }, privilege: 'a' }],
        [{ kind: 'grant', subject: alice, privilege: 'a b' }],
        [{ kind: 'assign', subject: alice, role: 'editor', options: {} }],
        [{ kind: 'assign', subject: alice, role: [] }],
        [{ kind: 'assign', subject: within(alice, 'org_1'), role: 'editor', organization: 'org_2' }],
        [{ kind: 'deassign', subject: alice, role: 'editor', expiresAt: 1 }],
        [{ kind: 'put-role', role: { uid: 'x', name: 'x' } }],
        [{ kind: 'put-role', ...role('x', []) }],
        [{ kind: 'delete-role', uid: 'editor', force: 1 }],
        [{ kind: 'put-api', identifier: api }],
        [{ kind: 'delete-api' }],
      ],
      (store, changes) => store.changeAll(changes, system),
    ),
  ),
  refusing('how a list of changes is made, or what is asked of roles, that is not as it must be', [
    ...each([null, true, 7, { dry: true }, { dryRun: 1 }, { dryRun: null }], (store, options) =>
      store.changeAll([grantOf(alice, 'b')], system, options),
    ),
    ...each([undefined, null, {}, { system: '' }, 'bob'], (store, who) => store.changeAll([], who)),
    ...each([undefined, null, 'editor', {}, [''], [7], [undefined]], (store, uids) => store.delegatable(uids, by)),
    ...each([Array.from({ length: 1001 }, (_, at) => `role-${at}`)], (store, uids) => store.delegatable(uids, by)),
    ...each([undefined, null, {}, system, { access: by }], (store, who) => store.delegatable(['editor'], who)),
    ...each(['', null, 7, 'o\0'], (store, organization) => store.delegatable(['editor'], by, organization)),
  ]),
];

/** Whether just those are assigned that may be. */
async function asAssigned(tried: TriedRoleStore, uids: readonly string[], organization: string): Promise<void> {
  const { store } = tried;
  const found = await store.delegatable(uids, by, organization);
  for (const uid of new Set(uids)) {
    const assigned = await store.assign(alice, uid, { organization }, by).then(
      () => true,
      () => false,
    );
    tried.same(`whether ${uid} is assigned`, assigned, found.has(uid));
  }
}
