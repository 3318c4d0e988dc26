// Several changes that are made as one, beside the same changes one after the other.

import type { AuditEntry, Change, RoleStore } from '../core/role-store.ts';
import { alice, api, bob, carol, role, system, textOf, within } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';

export const batchAlikeRules: readonly RoleRule[] = [
  {
    name: 'changes that are made as one leave what they leave one after the other, and are remembered alike',
    check: async (tried) => {
      const other = await tried.another();
      for (const change of various) await alone(tried.store, change);
      const first = await other.store.changeAll(various.slice(0, 9), system);
      const last = await other.store.changeAll(various.slice(9), system);
      tried.true('a greater revision each time', last > first, `${first}, ${last}`);
      tried.same('what is stored', await timeless(other), await timeless(tried));
      for (const subject of [alice, within(alice, 'org_1'), bob, carol]) {
        const answers = [await other.answer(subject), await tried.answer(subject)];
        tried.sameSet(`what is held by ${textOf(subject)}`, answers[0] ?? [], answers[1] ?? []);
      }
      const holders = async ({ store }: TriedRoleStore): Promise<unknown> => (await store.holdersOf('e')).items;
      tried.sameSet('who holds what a role gives', (await holders(other)) as [], (await holders(tried)) as []);
    },
  },
];

/** Changes of every kind, some of which undo others. */
const [e, end] = [role('e', ['e']), Date.UTC(2100, 0, 1)];
const various: readonly Change[] = [
  { kind: 'put-role', role: e },
  { kind: 'put-role', role: role('top', ['t'], ['e']) },
  { kind: 'assign', subject: alice, role: ['e', 'top'], organization: 'org_1' },
  { kind: 'assign', subject: bob, role: 'top' },
  { kind: 'grant', subject: alice, privilege: ['a', { permission: 'b', on: 'x:*' }] },
  { kind: 'grant', subject: alice, privilege: { permission: 'a', expiresAt: end } },
  { kind: 'revoke', subject: alice, privilege: ['a', 'never'] },
  { kind: 'grant', subject: alice, privilege: { permission: 'a', effect: 'deny' } },
  { kind: 'put-api', api: { identifier: api, name: 'an API', permissions: [{ name: 'a' }] } },
  // Two roles that swap their names, by way of a third.
  { kind: 'put-role', role: { ...e, name: 'third', version: 1 } },
  { kind: 'put-role', role: { ...role('top', ['t'], ['e']), name: 'e', version: 1 } },
  { kind: 'put-role', role: { ...e, name: 'top', version: 2 } },
  // One that is deleted, made again and assigned to somebody else.
  { kind: 'assign', subject: carol, role: 'e' },
  { kind: 'delete-role', uid: 'e', force: true },
  { kind: 'put-role', role: { ...e, name: 'e again', privileges: ['e', 'f'] } },
  { kind: 'assign', subject: within(alice, 'org_1'), role: 'e', expiresAt: end },
  { kind: 'assign', subject: bob, role: 'e' },
  { kind: 'deassign', subject: bob, role: ['e', 'builtin:viewer'] },
  { kind: 'grant', subject: carol, privilege: 'c' },
  { kind: 'revoke', subject: carol, privilege: 'c' },
  { kind: 'put-api', api: { identifier: 'other', name: 'Another', permissions: [] } },
  { kind: 'delete-api', identifier: api },
  { kind: 'delete-api', identifier: 'never' },
];

/** The method that means the same. */
function alone(store: RoleStore, change: Change): Promise<number> {
  switch (change.kind) {
    case 'grant':
    case 'revoke':
      return store[change.kind](change.subject, change.privilege, system);
    case 'assign': {
      const { kind: _kind, subject, role: uid, ...options } = change;
      return store.assign(subject, uid, options, system);
    }
    case 'deassign': {
      const { kind: _kind, subject, role: uid, ...options } = change;
      return store.deassign(subject, uid, options, system);
    }
    case 'put-role':
      return store.putRole(change.role, system);
    case 'delete-role':
      return store.deleteRole(change.uid, change.force === undefined ? {} : { force: change.force }, system);
    case 'put-api':
      return store.putApi(change.api, system);
    case 'delete-api':
      return store.deleteApi(change.identifier, system);
  }
}

/** All that is there, but when it came to be; in lists the order means nothing, but for the entries of the audit. */
async function timeless(tried: TriedRoleStore): Promise<string[]> {
  const { revision: _revision, ...rest } = await tried.everything();
  const entries: readonly AuditEntry[] = (await tried.store.audit({ take: 1000 })).items;
  const audit = entries.map(({ revision: _of, ...entry }) => entry);
  return [rest, ...audit].map((one) => textOf(comparable(one)));
}

function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, one: unknown) => {
    if (name === 'at' || name === 'assignedAt') return undefined;
    return Array.isArray(one) ? one.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1)) : one;
  }) as unknown;
}
