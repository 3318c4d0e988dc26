// Users, clients and roles as plain objects go in, a PrivilegeStore that answers at once comes out.

import { checkedMembers, checkedString, expectation, isRecord } from '../core/options.ts';
import { readPrivilege } from '../core/privilege-reading.ts';
import type { Privilege, PrivilegeSource, PrivilegeStore, Subject } from '../core/privilege.ts';

/** A permission held on every resource, or a privilege; with `effect: 'deny'` a denial. */
export type MemoryPrivilege = string | Privilege;

/** A role that a subject has: its name, or where and until when it applies. */
export type MemoryRoleAssignment =
  | string
  | {
      role: string;
      /** The organization it applies in; absent: in every one. */
      organization?: string;
      /** Milliseconds since 1970 from which on it is none. */
      expiresAt?: number;
    };

/** What one user or client holds. */
export interface MemorySubject {
  permissions?: readonly MemoryPrivilege[];
  roles?: readonly MemoryRoleAssignment[];
}

/** What {@link memoryStore} knows. */
export interface MemoryStoreOptions {
  /** The issuer of the subjects. Absent: any, which an authorizer with several issuers refuses. */
  issuer?: string;
  /** By `sub`. */
  users?: Readonly<Record<string, MemorySubject>>;
  /** By client id. */
  clients?: Readonly<Record<string, MemorySubject>>;
  /** What each role holds. */
  roles?: Readonly<Record<string, readonly MemoryPrivilege[]>>;
}

/**
 * A store in memory. Each privilege it answers with says whether it is held directly or through which role.
 *
 * @throws TypeError when a member is unknown or not as it must be, or a subject has a role that there is not.
 */
export function memoryStore(options: MemoryStoreOptions): PrivilegeStore {
  const given = checkedMembers(options, 'options', ['issuer', 'users', 'clients', 'roles']);
  const issuer = given.issuer === undefined ? undefined : checkedString(given.issuer, 'issuer');
  const roles = new Map(
    entries(given.roles, 'roles').map(([name, held]) => [name, privileges(held, `roles['${name}']`)]),
  );
  const held: Record<Subject['kind'], ReadonlyMap<string, readonly Privilege[]>> = {
    user: heldBySubject(given.users, 'users', roles),
    client: heldBySubject(given.clients, 'clients', roles),
  };
  return Object.freeze({
    holdsForAnyIssuer: issuer === undefined,
    privilegesOf(subject: Subject): readonly Privilege[] {
      if (issuer !== undefined && subject.issuer !== issuer) return nothing;
      return held[subject.kind].get(subject.id) ?? nothing;
    },
  });
}

const nothing: readonly Privilege[] = Object.freeze([]);

type Roles = ReadonlyMap<string, readonly Privilege[]>;

function heldBySubject(value: unknown, name: string, roles: Roles): ReadonlyMap<string, readonly Privilege[]> {
  return new Map(
    entries(value, name).map(([id, subject]) => {
      const what = `${name}['${id}']`;
      const { permissions, roles: assigned } = checkedMembers(subject, what, ['permissions', 'roles']);
      const direct = permissions === undefined ? [] : privileges(permissions, `${what}.permissions`);
      const byRole = assigned === undefined ? [] : list(assigned, `${what}.roles`);
      return [id, Object.freeze([...direct, ...byRole.flatMap((one) => throughRole(one, `${what}.roles`, roles))])];
    }),
  );
}

function throughRole(value: unknown, what: string, roles: Roles): Privilege[] {
  const given = typeof value === 'string' ? { role: value } : value;
  const { role, organization, expiresAt } = checkedMembers(given, what, ['role', 'organization', 'expiresAt']);
  const held = roles.get(checkedString(role, `${what}.role`));
  if (held === undefined) throw expectation(what, 'made of roles that are in `roles`', role);
  const source: PrivilegeSource = { kind: 'role', role: role as string };
  if (expiresAt !== undefined) source.expiresAt = checkedInstant(expiresAt, `${what}.expiresAt`);
  const bounds: Partial<Privilege> = {};
  if (organization !== undefined) bounds.organization = checkedString(organization, `${what}.organization`);
  return held.flatMap((privilege) => {
    const elsewhere =
      bounds.organization !== undefined && (privilege.organization ?? bounds.organization) !== bounds.organization;
    if (elsewhere) return [];
    const ends = Math.min(privilege.expiresAt ?? Infinity, source.expiresAt ?? Infinity);
    return [read({ ...privilege, ...bounds, ...(ends < Infinity && { expiresAt: ends }), source }, what)];
  });
}

function checkedInstant(value: unknown, name: string): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw expectation(name, 'milliseconds since 1970', value);
  return value;
}

function privileges(value: unknown, what: string): readonly Privilege[] {
  return Object.freeze(list(value, what).map((one, at) => read(one, `${what}[${at}]`)));
}

function read(value: unknown, what: string): Privilege {
  try {
    return readPrivilege(typeof value === 'string' ? { permission: value } : value);
  } catch (cause) {
    throw new TypeError(`${(cause as TypeError).message}, in \`${what}\``, { cause });
  }
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw expectation(what, 'a list', value);
  return value;
}

function entries(value: unknown, what: string): [string, unknown][] {
  if (value === undefined) return [];
  if (!isRecord(value)) throw expectation(what, 'an object', value);
  return Object.entries(value);
}
