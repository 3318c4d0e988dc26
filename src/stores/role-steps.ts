// A role before and after goes in; what that changes, as plain data, and the one call to a store that does it come out.

import { isBuiltIn } from '../core/built-in-roles.ts';
import { RoleVersionConflictError } from '../core/change-errors.ts';
import type { ChangedBy, InheritedRole, Role, RoleInput, RoleStore } from '../core/role-store.ts';

/** Something that was changed, or would be: plain data, in the order in which it is done. */
export type RoleChange =
  | {
      readonly change: 'create-role';
      readonly role: string;
      readonly name: string;
      readonly before: null;
      readonly after: Role;
    }
  | {
      readonly change: 'replace-role';
      readonly role: string;
      readonly name: string;
      readonly before: Role;
      readonly after: Role;
    }
  | {
      readonly change: 'delete-role';
      readonly role: string;
      readonly name: string;
      readonly before: Role;
      readonly after: null;
      /** To how many subjects it is assigned. */
      readonly holders: number;
      /** The uids of the roles that inherit it. */
      readonly inheritors: readonly string[];
    }
  | {
      /** A built-in role comes to inherit the role. */
      readonly change: 'attach-role';
      readonly role: string;
      readonly builtIn: string;
      readonly before: null;
      readonly after: InheritedRole;
    }
  | {
      /** A built-in role inherits the role no more. */
      readonly change: 'detach-role';
      readonly role: string;
      readonly builtIn: string;
      readonly before: InheritedRole;
      readonly after: null;
    };

/** One call to a store, and what it changes. */
export interface RoleStep {
  readonly changes: readonly RoleChange[];
  take(store: RoleStore, by: ChangedBy): Promise<unknown>;
}

/** How a role is used that is deleted. */
interface Use {
  readonly force: boolean;
  readonly holders: number;
  readonly inheritors: readonly string[];
}

export function deletion(role: Role, { force, holders, inheritors }: Use): RoleStep {
  const { uid, name } = role;
  return {
    changes: [{ change: 'delete-role', role: uid, name, before: role, after: null, holders, inheritors }],
    take: (store, by) => store.deleteRole(uid, { force }, by),
  };
}

/** `version`: the least it shall have afterwards. */
export function replacement(before: Role | undefined, role: Role, version: number | undefined): RoleStep {
  const next = before === undefined ? Math.max(version ?? 1, 1) : Math.max(version ?? 1, before.version + 1);
  const after = { ...role, version: next };
  return {
    changes: isBuiltIn(role.uid) ? inheritanceChanges(before, after) : [roleChange(before, after)],
    take: async (store, by) => {
      try {
        await store.putRole(inputOf(after, sentVersion(before, version, next)), by);
      } catch (error) {
        // It is as it was read: so in this store the version that is sent is the one to be (`roleVersions: 'rising'`).
        const isAsRead = error instanceof RoleVersionConflictError && error.version === before?.version;
        if (!isAsRead) throw error;
        await store.putRole(inputOf(after, next), by);
      }
    },
  };
}

// Where the next version comes by itself the one that was read is sent: so nothing that happened since is overwritten.
function sentVersion(before: Role | undefined, version: number | undefined, next: number): number | undefined {
  if (before === undefined) return version;
  return next === before.version + 1 ? before.version : next;
}

function inputOf({ version: _next, ...role }: Role, version: number | undefined): RoleInput {
  return { ...role, ...(version !== undefined && { version }) };
}

function roleChange(before: Role | undefined, after: Role): RoleChange {
  const { uid: role, name } = after;
  if (before === undefined) return { change: 'create-role', role, name, before: null, after };
  return { change: 'replace-role', role, name, before, after };
}

function inheritanceChanges(before: Role | undefined, { uid: builtIn, inherits }: Role): RoleChange[] {
  const gone = before?.inherits.filter((one) => !inherits.some((other) => isSameInherited(one, other))) ?? [];
  const come = inherits.filter((one) => !before?.inherits.some((other) => isSameInherited(one, other)));
  return [
    ...gone.map((one): RoleChange => ({ change: 'detach-role', role: one.role, builtIn, before: one, after: null })),
    ...come.map((one): RoleChange => ({ change: 'attach-role', role: one.role, builtIn, before: null, after: one })),
  ];
}

export function isSameInherited(one: InheritedRole, other: InheritedRole): boolean {
  return one.role === other.role && one.organization === other.organization;
}
