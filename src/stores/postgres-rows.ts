// Rows go in, as the server wrote them; privileges, assignments, roles and subjects come out, frozen.

import { frozenDeep } from '../core/frozen.ts';
import { isBuiltIn } from '../core/built-in-roles.ts';
import type { Privilege, PrivilegeSource } from '../core/privilege.ts';
import type { ApiRecord, Person, Role, RoleAssignment } from '../core/role-store.ts';
import type { Row } from './postgres-lease.ts';

type Cell = string | null | undefined;

/** The columns of a privilege, from whichever table. */
export const privilegeColumns = ['permission', 'resource', 'denied', 'expires_at', 'audience', 'organization'];

/** `row`: {@link privilegeColumns}. */
export function privilegeIn(
  [permission, on, denied, expiresAt, audience, organization]: Row,
  source: PrivilegeSource,
): Privilege {
  const privilege: Privilege = { permission: permission ?? '' };
  if (isGiven(on)) privilege.on = on;
  if (denied === 't') privilege.effect = 'deny';
  if (isGiven(expiresAt)) privilege.expiresAt = Number(expiresAt);
  if (isGiven(audience)) privilege.audience = audience;
  if (isGiven(organization)) privilege.organization = organization;
  privilege.source = source;
  return Object.freeze(privilege);
}

const direct: PrivilegeSource = Object.freeze({ kind: 'direct' });

/** The source of what is given to a subject itself. */
export function directSource(assignedBy?: Cell): PrivilegeSource {
  return isGiven(assignedBy) ? Object.freeze({ kind: 'direct', assignedBy }) : direct;
}

/** The source of what a role gives: the assigned one, or one that it inherits. */
export function roleSource(assigned: string, giver: Cell): PrivilegeSource {
  const kind = isBuiltIn(assigned) ? 'built-in' : 'role';
  return Object.freeze(isGiven(giver) ? { kind, role: giver, via: assigned } : { kind, role: assigned });
}

export const assignmentColumns = ['role', 'organization', 'expires_at', 'assigned_by', 'assigned_at'];

/** `row`: {@link assignmentColumns}. */
export function assignmentIn([role, organization, expiresAt, assignedBy, assignedAt]: Row): RoleAssignment {
  return Object.freeze({
    role: role ?? '',
    ...(isGiven(organization) && { organization }),
    ...(isGiven(expiresAt) && { expiresAt: Number(expiresAt) }),
    ...(isGiven(assignedBy) && { assignedBy }),
    ...(isGiven(assignedAt) && { assignedAt: Number(assignedAt) }),
  });
}

export const personColumns = ['issuer', 'kind', 'id'];

/** `row`: {@link personColumns}. */
export function personIn([issuer, kind, id]: Row): Person {
  return Object.freeze({ issuer: issuer ?? '', id: id ?? '', kind: kind as Person['kind'] });
}

export function roleIn(definition: Cell): Role {
  return frozenDeep(JSON.parse(definition ?? '', infinityRead) as Role);
}

export const apiColumns = ['record', 'version'];

/** `row`: {@link apiColumns}. */
export function apiIn([record, version]: Row): ApiRecord {
  const { identifier, name, ...rest } = JSON.parse(record ?? '') as Omit<ApiRecord, 'version'>;
  return frozenDeep({ identifier, name, version: Number(version), ...rest });
}

/** All but its version, which has a column of its own: those who know the tables of version 2 read it too. */
export function apiText({ version: _, ...record }: ApiRecord): string {
  return JSON.stringify(record);
}

/** To JSON, what never was in force would be null. */
export function roleText(role: Role): string {
  return JSON.stringify(role, (name, value: unknown) =>
    name === 'expiresAt' && value === -Infinity ? '-Infinity' : value,
  );
}

function infinityRead(name: string, value: unknown): unknown {
  return name === 'expiresAt' && value === '-Infinity' ? -Infinity : value;
}

function isGiven(cell: Cell): cell is string {
  return cell !== null && cell !== undefined;
}
