// Changes that rest on what was read: they are made where it is still so, and otherwise not.

import type { Change, RestedOn } from '../core/change.ts';
import { alice, api, bob, inHours, system } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';
import { numbers } from './role-store-cases-writers.ts';

const give: readonly Change[] = [{ kind: 'grant', subject: bob, privilege: 'given' }];
const contacts = { identifier: api, name: 'Contacts', permissions: [] };

async function isMade(tried: TriedRoleStore, unlessChanged: RestedOn): Promise<void> {
  await tried.store.changeAll(give, system, { unlessChanged });
  await tried.holds(bob, ['given']);
  await tried.store.revoke(bob, 'given', system);
}

async function isRefused(tried: TriedRoleStore, what: string, unlessChanged: RestedOn): Promise<void> {
  await tried.unchanged(async () => {
    for (const dryRun of [false, true]) {
      const change = tried.store.changeAll(give, system, { unlessChanged, dryRun });
      await tried.refused(what, change, 'changed_meanwhile');
    }
  });
}

export const conditionRules: readonly RoleRule[] = [
  {
    name: 'changes that rest on a revision are made only where nothing was changed since',
    check: async (tried) => {
      const { store } = tried;
      await isMade(tried, { revision: await store.revision() });
      const revision = await store.revision();
      await store.grant(alice, 'a', system);
      await isRefused(tried, 'an older revision', { revision });
      await isRefused(tried, 'a revision to come', { revision: revision + 7 });
      await isMade(tried, { revision: await store.revision() });
    },
  },
  {
    name: 'changes that rest on the version of an API are made only where it has that one',
    check: async (tried) => {
      const { store } = tried;
      await isMade(tried, { apis: { [api]: 0 } });
      await store.putApi(contacts, system);
      await isRefused(tried, 'an API that there is by now', { apis: { [api]: 0 } });
      await isMade(tried, { apis: { [api]: 1, 'https://never.example': 0 } });
      await store.putApi({ ...contacts, name: 'People', version: 1 }, system);
      await isRefused(tried, 'the version before', { apis: { [api]: 1 } });
      await isRefused(tried, 'one of several', { apis: { [api]: 2, 'https://never.example': 1 } });
      await store.deleteApi(api, system);
      await isRefused(tried, 'an API that there is no more', { apis: { [api]: 2 } });
    },
  },
  {
    name: 'changes that rest on what a subject was given are made only where it was given the same',
    check: async (tried) => {
      const { store } = tried;
      const nobody = await store.subject(alice);
      await isMade(tried, { subjects: [nobody] });
      const privileges = ['a', { permission: 'b', on: 'x:*' }, { permission: 'c', expiresAt: inHours(1) }];
      await store.grant(alice, [...privileges, { permission: 'd', effect: 'deny' }], system);
      await isRefused(tried, 'nothing', { subjects: [nobody] });
      const read = await store.subject(alice);
      await isMade(tried, { subjects: [read] });
      await store.assign(alice, 'builtin:viewer', {}, system);
      await isMade(tried, { subjects: [{ subject: read.subject, privileges: read.privileges.toReversed() }] });
      await store.grant(alice, { permission: 'c', expiresAt: inHours(2) }, system);
      await isRefused(tried, 'another end', { subjects: [read] });
      await store.revoke(alice, 'a', system);
      await isRefused(tried, 'less', { subjects: [await store.subject(bob), read] });
    },
  },
  {
    name: 'of those who give something to whom they have found without it at the same time one does',
    check: async (tried) => {
      const { store } = tried;
      const read = await store.subject(alice);
      const attempts = numbers(10).map((at) => {
        const changes: Change[] = [{ kind: 'grant', subject: alice, privilege: `p:${at}` }];
        return store.changeAll(changes, system, { unlessChanged: { subjects: [read] } });
      });
      const outcomes = await Promise.allSettled(attempts);
      const won = numbers(10).filter((at) => outcomes[at]?.status === 'fulfilled');
      tried.same('how many do', won.length, 1);
      await tried.holds(alice, [`p:${won[0]}`]);
    },
  },
  {
    name: 'what changes rest on is checked, and changes nothing: InvalidInputError',
    check: async (tried) => {
      const wrong: unknown[] = [
        ...[null, 7, 'now', [], { since: 1 }, { revision: -1 }, { revision: '1' }, { revision: 0.5 }],
        ...[{ apis: null }, { apis: [api] }, { apis: { [api]: '1' } }, { apis: { [api]: -1 } }],
        ...[{ subjects: alice }, { subjects: [alice] }, { subjects: [{ subject: alice }] }],
        ...[{ subjects: [{ subject: alice, privileges: [7] }] }, { subjects: [{ subject: {}, privileges: [] }] }],
      ];
      await tried.unchanged(async () => {
        for (const [at, unlessChanged] of wrong.entries()) {
          const options = { unlessChanged } as { unlessChanged: RestedOn };
          await tried.rejectsInput(`what number ${at} rests on`, () => tried.store.changeAll(give, system, options));
        }
      });
    },
  },
];
