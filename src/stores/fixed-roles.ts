// Roles that code declares go in; the store has them afterwards, and what that changed comes out.

import { checkedBoolean, checkedMembers, checkedString, expectation } from '../core/options.ts';
import type { Role, RoleStore } from '../core/role-store.ts';
import { checkedFixedRoles } from './fixed-roles-declared.ts';
import type { DeclaredRole, FixedRole } from './fixed-roles-declared.ts';
import { isSettled, madeBySeeder } from './fixed-roles-history.ts';
import { RoleDraft } from './role-draft.ts';
import { fixedRoleUid, isFixedUid } from './role-names.ts';
import { countHolders, reconciled, rolesOf } from './role-reconciling.ts';
import type { RoleChange } from './role-steps.ts';

/** How {@link reconcileRoles} writes. */
export interface ReconcileRolesOptions {
  /**
   * The name under which it writes, and by which it knows in the audit what it wrote before; default `fixed roles`. Of several
   * applications that share a store each has its own: what the others declare is not deleted then.
   */
  by?: { system: string; why?: string };
  /** Nothing is written: the answer is what would be. */
  dryRun?: boolean;
}

/**
 * Makes the fixed roles of a store those that are declared. What is new is made, what differs is replaced, and what was declared
 * before and is no longer is deleted, with its assignments. A default is given to a built-in role once: when somebody has taken it
 * away, it stays away. A default that is no longer declared is left where it is.
 *
 * Several instances may do it at once. It can be done again after a failure, and does the rest then.
 *
 * @returns what was changed, in order; empty where all was so already.
 * @throws TypeError when a declaration is not as it must be, RoleNameTakenError when another role has the name of one: nothing is
 *   written then. Whatever the store rejects with.
 */
export async function reconcileRoles(
  store: RoleStore,
  fixedRoles: readonly FixedRole[],
  options: ReconcileRolesOptions = {},
): Promise<RoleChange[]> {
  const { by, dryRun } = checkedMembers(options, 'options', ['by', 'dryRun']);
  const seeder = checkedSeeder(by);
  const declared = checkedFixedRoles(fixedRoles);
  return reconciled({ store, by: seeder, dryRun: checkedBoolean(dryRun, 'options.dryRun', false) }, async () =>
    drafted(store, declared, seeder.system),
  );
}

function checkedSeeder(by: unknown): { system: string; why?: string } {
  if (by === undefined) return { system: 'fixed roles' };
  const { system, why } = checkedMembers(by, 'options.by', ['system', 'why']);
  return {
    system: checkedString(system, 'options.by.system'),
    ...(why !== undefined && { why: checkedString(why, 'options.by.why') }),
  };
}

async function drafted(store: RoleStore, declared: readonly DeclaredRole[], seeder: string): Promise<RoleDraft> {
  const roles = await rolesOf(store);
  const draft = new RoleDraft(roles);
  for (const role of roles.values()) {
    if (!(await isLeftOver(store, role, { declared, seeder }))) continue;
    draft.delete(draft.role(role.uid) ?? role, { force: true, holders: await countHolders(store, role.uid) });
  }
  for (const { role } of declared) draft.put(role);
  for (const { role, defaults } of declared) {
    for (const builtIn of defaults) {
      if (roles.get(builtIn)?.inherits.some((one) => one.role === role.uid)) continue;
      if (await isSettled(store, { builtIn, role: role.uid, seeder })) continue;
      draft.attach(builtIn, Object.freeze({ role: role.uid }));
    }
  }
  check(draft, declared);
  return draft;
}

async function isLeftOver(
  store: RoleStore,
  { uid, name }: Role,
  { declared, seeder }: { readonly declared: readonly DeclaredRole[]; readonly seeder: string },
): Promise<boolean> {
  if (!isFixedUid(uid) || declared.some(({ role }) => role.uid === uid)) return false;
  return uid === fixedRoleUid(name) && madeBySeeder(store, uid, seeder);
}

function check(draft: RoleDraft, declared: readonly DeclaredRole[]): void {
  for (const { what, role } of declared) {
    for (const [at, inherited] of role.inherits.entries()) {
      if (draft.role(inherited.role) !== undefined) continue;
      throw expectation(`${what}.inherits[${at}]`, 'a role that is declared too, or that there is', inherited.role);
    }
    draft.checkName(role.uid);
    try {
      draft.checkInheritance(role.uid);
    } catch (cause) {
      throw new TypeError(`${(cause as Error).message}, in \`${what}\``, { cause });
    }
  }
}
