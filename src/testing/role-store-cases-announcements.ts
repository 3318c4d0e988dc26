// What is told of a change, and a cache that relies on it.

import type { PrivilegeChange, Subject } from '../core/privilege.ts';
import { alice, bob, carol, dave, system, textOf, within, role } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const announcementRules: readonly RoleRule[] = [
  {
    name: 'a change of a subject is told before it resolves, after it acts',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('editor', ['e']), system);
      const changes: [string, Subject, () => Promise<number>, string[]][] = [
        ['a grant', alice, () => store.grant(alice, ['a', 'b'], system), ['a', 'b']],
        ['a revocation', alice, () => store.revoke(alice, 'a', system), ['b']],
        ['an assignment', alice, () => store.assign(alice, 'editor', {}, system), ['b', 'e']],
        ['a deassignment', alice, () => store.deassign(alice, 'editor', {}, system), ['b']],
        ['a grant in an organization', bob, () => store.grant(within(bob, 'org_1'), 'a', system), []],
      ];
      for (const [what, subject, change, held] of changes) {
        const seen: Promise<unknown>[] = [];
        const { changes: told, end } = tried.listen();
        const alsoEnd = store.onChange?.(
          () => void seen.push(tried.holds(subject, held).catch((error: unknown) => error)),
        );
        await change();
        const isTold = told.some((one) => isOf(one, subject) || isEverything(one));
        tried.true(`${what} to be told of ${subject.id}`, isTold, textOf(told));
        await tried.lastTold(seen);
        end();
        alsoEnd?.();
      }
    },
  },
  {
    name: 'a change of a role is told by the role and each that inherits it, by its holders, or as a change of everything',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('base', ['a']), system);
      await store.putRole(role('middle', ['b'], ['base']), system);
      await store.putRole(role('top', ['c'], ['middle']), system);
      await store.putRole({ ...role('builtin:viewer', ['v'], ['top']), name: 'Built-in Viewer', version: 1 }, system);
      const assigned: [Subject, string][] = [
        [alice, 'base'],
        [bob, 'middle'],
        [carol, 'top'],
        [dave, 'builtin:admin'],
      ];
      for (const [subject, uid] of assigned) await store.assign(subject, uid, {}, system);
      const changes: [string, () => Promise<number>, number][] = [
        ['the lowest', () => store.putRole({ ...role('base', ['a', 'd']), version: 1 }, system), 0],
        ['the middle', () => store.putRole({ ...role('middle', ['b', 'd'], ['base']), version: 1 }, system), 1],
        ['the top', () => store.putRole({ ...role('top', ['c', 'd'], ['middle']), version: 1 }, system), 2],
        ['a deleted one', () => store.deleteRole('middle', { force: true }, system), 1],
      ];
      for (const [what, change, lowest] of changes) {
        const { changes: told, end } = tried.listen();
        await change();
        for (const [subject, uid] of assigned.slice(lowest)) {
          const isTold = told.some((one) => isOf(one, subject) || isEverything(one) || one.role === uid);
          tried.true(
            `the change of ${what} to be told to who listens for ${uid} or ${subject.id}`,
            isTold,
            textOf(told),
          );
        }
        end();
      }
    },
  },
  {
    name: 'nothing is told of what is no change or is refused',
    check: async (tried) => {
      const { store } = tried;
      await store.putRole(role('editor', ['a']), system);
      await store.grant(alice, 'a', system);
      const { changes } = tried.listen();
      await store.grant(alice, 'a', system);
      await store.revoke(alice, 'b', system);
      await store.putRole({ ...role('editor', ['a']), version: 1 }, system);
      await tried.refused('a conflict', store.putRole(role('editor', ['b']), system), 'role_version_conflict');
      await tried.refused('an unknown role', store.assign(alice, 'nobody', {}, system), 'role_not_found');
      await tried.rejectsInput('a wrong privilege', () => store.grant(alice, '', system));
      await new Promise((resolve) => setTimeout(resolve, 20));
      tried.same('what is told', changes, []);
    },
  },
  {
    name: 'each listener is told until it is taken back, whatever the others do',
    check: async (tried) => {
      const { store } = tried;
      const told: string[] = [];
      const throwing = (): void => {
        told.push('throwing');
        throw new Error('a listener that throws');
      };
      const rejecting = (): Promise<void> => Promise.reject(new Error('a listener that rejects'));
      const twice = (): void => void told.push('twice');
      const ends = [throwing, rejecting, twice, twice].map((listener) => store.onChange?.(listener));
      await store.grant(alice, 'a', system);
      tried.sameSet('who is told', told, ['throwing', 'twice', 'twice']);
      ends[3]?.();
      ends[3]?.();
      await store.grant(alice, 'b', system);
      tried.sameSet('who is told when one is taken back', told.splice(3), ['throwing', 'twice']);
      for (const end of ends) end?.();
      await store.grant(alice, 'c', system);
      tried.same('who is told when all are', told.length, 3);
      await tried.holds(alice, ['a', 'b', 'c']);
    },
  },
];

function isOf({ subject }: PrivilegeChange, { id, kind }: Subject): boolean {
  return subject !== undefined && subject.id === id && subject.kind === kind;
}

function isEverything({ subject, role: uid }: PrivilegeChange): boolean {
  return subject === undefined && uid === undefined;
}
