// A role goes in, the JSON of the access-control API for it comes out.

import type { Privilege } from '../../core/privilege.ts';
import type { Role, RoleStore } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';

/** A permission as this API writes it. */
export interface PermissionView {
  readonly action: string;
  /** Where it is held: `''` on no resource, `*` (in the dialect `glob`: `**`) on all. */
  readonly scope: string;
}

/** A role without what it holds. `global`: that of the role, or where it is assigned, of the assignment. */
export function roleView({ uid, name, version, description, organization }: Role, isGlobal?: boolean): object {
  return {
    uid,
    name,
    version,
    ...(description !== undefined && { description }),
    global: isGlobal ?? organization === undefined,
  };
}

/** The whole of it. What this API has no words for is told apart, and not by it changed: denials, and roles that it inherits. */
export async function wholeRoleView(role: Role, admin: Administered): Promise<object> {
  const denials = role.privileges.filter(({ effect }) => effect === 'deny');
  return {
    ...roleView(role),
    permissions: permissionViews(
      role.privileges.filter((one) => isSayable(one, role)),
      admin,
    ),
    ...(denials.length > 0 && { denials: permissionViews(denials, admin) }),
    ...(role.inherits.length > 0 && { inherits: [...new Set(role.inherits.map((one) => one.role))] }),
    ...(await datesOf(role.uid, admin.store)),
  };
}

/**
 * Whether the API has words for it: a grant that is as the role itself, in one organization or in all. Anything else in a role
 * stays as it is.
 */
export function isSayable({ effect, organization }: Privilege, role: Pick<Role, 'organization'>): boolean {
  return effect === undefined && (organization === undefined || organization === role.organization);
}

/** Each once. */
export function permissionViews(privileges: readonly Privilege[], admin: Administered): PermissionView[] {
  const views = privileges.map(({ permission, on }) => ({ action: permission, scope: scopeOf(on, admin) }));
  return [...new Map(views.map((one) => [JSON.stringify([one.action, one.scope]), one])).values()];
}

/** `{ action: [scope, …] }` */
export function scopesByAction(privileges: readonly Privilege[], admin: Administered): Record<string, string[]> {
  const scopes = new Map<string, Set<string>>();
  for (const { permission, on } of privileges) {
    scopes.set(permission, (scopes.get(permission) ?? new Set()).add(scopeOf(on, admin)));
  }
  return Object.fromEntries([...scopes].map(([action, all]) => [action, [...all]]));
}

function scopeOf(on: string | undefined, { way }: Administered): string {
  return on ?? way.settings.dialect.universal;
}

/** The resource pattern that a scope stands for; undefined: everywhere. */
export function resourceOf(scope: string, { way }: Administered): string | undefined {
  return scope === way.settings.dialect.universal ? undefined : scope;
}

/** From the audit, as far as that goes back; of a uid that was used before nobody knows since when it is this role. */
async function datesOf(uid: string, store: RoleStore): Promise<{ created?: string; updated?: string }> {
  const [oldest, newest, deleted] = await Promise.all([
    store.audit({ role: uid, action: 'put-role', order: 'oldest', take: 1 }),
    store.audit({ role: uid, action: 'put-role', take: 1 }),
    store.audit({ role: uid, action: 'delete-role', take: 1 }),
  ]);
  const first = deleted.total === 0 ? oldest.items[0] : undefined;
  const [last] = newest.items;
  return {
    ...(first?.before === null && { created: new Date(first.at).toISOString() }),
    ...(last !== undefined && { updated: new Date(last.at).toISOString() }),
  };
}
