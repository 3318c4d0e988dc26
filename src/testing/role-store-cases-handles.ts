// Several handles on what is kept, as several processes have them.

import type { Privilege } from '../core/privilege.ts';
import { accessOf, alice, bob, system, user } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import { atTheSameTime, sameVersion } from './role-store-cases-writers.ts';

export const handleRules: readonly RoleRule[] = [
  {
    name: 'another handle sees each change, and tells of it when it acts there',
    only: { handles: 'several' },
    check: async (tried) => {
      const other = await tried.reopened();
      const { store } = tried;
      const told: Promise<unknown>[] = [];
      const steps: [() => Promise<number>, (Privilege | string)[]][] = [
        [
          () => store.grant(alice, ['a', { permission: 'b', on: 'x:*' }], system),
          ['a', { permission: 'b', on: 'x:*' }],
        ],
        [() => store.revoke(alice, 'a', system), [{ permission: 'b', on: 'x:*' }]],
        [
          () => store.putRole({ uid: 'editor', name: 'editor', privileges: ['e'] }, system),
          [{ permission: 'b', on: 'x:*' }],
        ],
        [() => store.assign(alice, 'editor', {}, system), [{ permission: 'b', on: 'x:*' }, 'e']],
        [
          () => store.putRole({ uid: 'editor', name: 'editor', version: 1, privileges: ['f'] }, system),
          [{ permission: 'b', on: 'x:*' }, 'f'],
        ],
        [() => store.deleteRole('editor', { force: true }, system), [{ permission: 'b', on: 'x:*' }]],
      ];
      for (const [at, [change, held]] of steps.entries()) {
        // Of a role that nobody has, nobody needs to be told.
        const isTold = JSON.stringify(held) !== JSON.stringify(steps[at - 1]?.[1]);
        told.length = 0;
        const end = other.store.onChange?.(
          () => void told.push(other.holds(alice, held).catch((error: unknown) => error)),
        );
        const revision = await change();
        await other.eventually(async () => {
          if (isTold) tried.true('the change to be told by the other handle', told.length > 0, 'nothing');
          tried.same('the revision of the other handle', await other.store.revision(), revision);
          await other.holds(alice, held);
          await other.lastTold(told);
        });
        end?.();
      }
      other.same('all that the other handle says', await other.everything(), await tried.everything());
    },
  },
  {
    name: 'what one handle has changed is there for what another one changes',
    only: { handles: 'several' },
    check: async (tried) => {
      const other = (await tried.reopened()).store;
      const { store } = tried;
      const role = { uid: 'editor', name: 'editor', privileges: ['e'] };
      for (let at = 1; at <= 10; at += 1) {
        const [one, two] = at % 2 === 0 ? [store, other] : [other, store];
        await one.putRole({ ...role, version: at - 1, privileges: [`e:${at}`] }, system);
        await tried.refused(
          'the version before',
          two.putRole({ ...role, version: at - 1 }, system),
          'role_version_conflict',
        );
        const granted = await one.grant(alice, `p:${at}`, system);
        tried.same('the revision of the same grant', await two.grant(alice, `p:${at}`, system), granted);
        tried.true('a higher revision of the next', (await two.grant(bob, `p:${at}`, system)) > granted);
      }
      await other.assign(alice, 'editor', {}, system);
      await tried.refused('deleting it', store.deleteRole('editor', {}, system), 'role_in_use');
      await store.grant(user('admin'), 'p:1', system);
      await other.revoke(alice, 'p:1', accessOf(user('admin')));
      await store.revoke(user('admin'), 'p:1', system);
      await tried.refused(
        'a grant of what is revoked',
        other.grant(alice, 'p:1', accessOf(user('admin'))),
        'beyond_ceiling',
      );
    },
  },
  {
    name: 'of changes that are made through several handles at the same time none is lost',
    only: { handles: 'several' },
    check: async (tried) => {
      const handles = [tried, await tried.reopened(), await tried.reopened()];
      await atTheSameTime(
        tried,
        handles.map(({ store }) => store),
      );
      for (const one of handles) {
        await one.eventually(async () =>
          one.same('what a handle says', await one.everything(), await tried.everything()),
        );
      }
    },
  },
  {
    name: 'of several handles that change the same version of a role one does, and the others are told',
    only: { handles: 'several' },
    check: async (tried) =>
      sameVersion(tried, [tried.store, (await tried.reopened()).store, (await tried.reopened()).store]),
  },
];
