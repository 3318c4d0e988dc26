// Users, clients, roles and APIs as plain objects go in, as somebody wrote them down; what they say comes out, or an error that
// says where it is not as it must be.

import { isBuiltIn, untouchedBuiltIns } from '../core/built-in-roles.ts';
import { isRecord } from '../core/options.ts';
import { readPrivilege } from '../core/privilege-reading.ts';
import type { Privilege } from '../core/privilege.ts';
import type { ApiRecord, InheritedRole, Person, Role, RoleAssignment } from '../core/role-store.ts';
import { withoutSource } from './change-effects.ts';
import { asJson } from './change-input.ts';
import { Place } from './place.ts';

/** What somebody holds. */
export interface WrittenSubject {
  readonly person: Person;
  readonly privileges: readonly Privilege[];
  readonly roles: readonly RoleAssignment[];
}

/** What a document says. */
export interface Written {
  /** The issuer of those written without one; undefined: any. */
  readonly issuer: string | undefined;
  readonly subjects: readonly WrittenSubject[];
  readonly roles: ReadonlyMap<string, Role>;
  readonly apis: readonly ApiRecord[];
}

/** In a store that holds for any issuer, nobody's issuer is looked at. */
export const anyIssuer = '';

/**
 * `more`: the members that are known besides. `what`: what the whole is called.
 *
 * @throws PlaceError, a TypeError, where something is not as it must be.
 */
export function written(
  value: unknown,
  more: readonly string[] = [],
  what = 'options',
): Written & { readonly rest: Place } {
  const top = Place.of(value, what, ['issuer', 'users', 'clients', 'roles', 'issuers', 'apis', ...more]);
  const issuer = top.has('issuer') ? top.at('issuer').text() : undefined;
  const roles = new Map(top.entries('roles').map((role) => [role.name, roleAt(role)]));
  for (const role of top.entries('roles')) checkInherited(role, roles);
  const own = subjectsAt(top, issuer ?? anyIssuer, roles);
  const others = top.entries('issuers').flatMap((one) => {
    one.members(['users', 'clients']);
    return subjectsAt(one, one.name, roles);
  });
  if (others.length > 0 && issuer === undefined && own.length > 0) {
    throw top.at('issuer').error('the issuer of `users` and `clients`, since there are `issuers`');
  }
  const apis = top.entries('apis').map(apiAt);
  return { issuer, subjects: [...own, ...others], roles, apis, rest: top };
}

type Roles = ReadonlyMap<string, Role>;

function subjectsAt(place: Place, issuer: string, roles: Roles): WrittenSubject[] {
  const of = (kind: Person['kind'], member: string): WrittenSubject[] =>
    place.entries(member).map((subject) => {
      subject.members(['permissions', 'roles']);
      const person: Person = Object.freeze({ issuer, id: subject.name, kind });
      return {
        person,
        privileges: subject.items('permissions').map(grantAt),
        roles: subject.items('roles').map((one) => assignmentAt(one, roles)),
      };
    });
  return [...of('user', 'users'), ...of('client', 'clients')];
}

/** What somebody was given itself: a privilege, and who gave it. */
export function grantAt(place: Place): Privilege {
  if (!place.has('assignedBy')) return privilegeAt(place);
  if (place.has('source')) throw place.at('source').error('absent beside `assignedBy`');
  const { assignedBy: _given, ...given } = place.value as Record<string, unknown>;
  const privilege = privilegeAt(place, given);
  return Object.freeze({
    ...privilege,
    source: Object.freeze({ ...privilege.source, kind: 'direct', assignedBy: place.at('assignedBy').text() }),
  });
}

/** `value`: what of it is looked at. */
export function privilegeAt(place: Place, value: unknown = place.value): Privilege {
  const given = typeof value === 'string' ? { permission: value } : value;
  const dated = isRecord(given) && typeof given['expiresAt'] === 'string';
  const read = dated ? { ...given, expiresAt: place.at('expiresAt').instant() } : given;
  try {
    return readPrivilege(read);
  } catch (cause) {
    throw place.failing(cause, faultyMember(read));
  }
}

// The member that is wrong by itself.
function faultyMember(given: unknown): string | undefined {
  if (!isRecord(given)) return undefined;
  return Object.keys(given).find((name) => isFaulty({ permission: 'p', [name]: given[name] }));
}

function isFaulty(privilege: unknown): boolean {
  try {
    readPrivilege(privilege);
    return false;
  } catch {
    return true;
  }
}

/** `roles`: those there are besides the built-in ones. */
export function assignmentAt(place: Place, roles: Pick<Roles, 'has'>): RoleAssignment {
  if (typeof place.value !== 'string') {
    place.members(['role', 'organization', 'expiresAt', 'assignedBy', 'assignedAt']);
  }
  const at = typeof place.value === 'string' ? place : place.at('role');
  const role = at.text();
  if (!roles.has(role) && !isBuiltIn(role)) throw at.error('made of roles that are in `roles`');
  return Object.freeze({
    role,
    ...(place.has('organization') && { organization: place.at('organization').text() }),
    ...(place.has('expiresAt') && { expiresAt: place.at('expiresAt').instant() }),
    ...(place.has('assignedBy') && { assignedBy: place.at('assignedBy').text() }),
    ...(place.has('assignedAt') && { assignedAt: place.at('assignedAt').instant() }),
  });
}

/** A list of what it holds, or an object that says more of it. */
function roleAt(place: Place): Role {
  const uid = place.name;
  const builtIn = untouchedBuiltIns().get(uid);
  const isList = Array.isArray(place.value);
  if (!isList) place.members(['name', 'version', 'description', 'organization', 'permissions', 'inherits']);
  return Object.freeze({
    uid,
    name: place.has('name') ? place.at('name').text() : (builtIn?.name ?? uid),
    version: place.has('version') ? place.at('version').whole() : 1,
    ...(place.has('description') && { description: place.at('description').text() }),
    ...(place.has('organization') && { organization: place.at('organization').text() }),
    privileges: Object.freeze(
      (isList ? place.items() : place.items('permissions')).map((one) => withoutSource(privilegeAt(one))),
    ),
    inherits: Object.freeze(isList ? [] : place.items('inherits').map(inheritedAt)),
  });
}

export function inheritedAt(place: Place): InheritedRole {
  if (typeof place.value === 'string') return Object.freeze({ role: place.text() });
  place.members(['role', 'organization']);
  return Object.freeze({
    role: place.at('role').text(),
    ...(place.has('organization') && { organization: place.at('organization').text() }),
  });
}

function checkInherited(place: Place, roles: Roles): void {
  if (Array.isArray(place.value)) return;
  for (const one of place.items('inherits')) {
    const { role } = inheritedAt(one);
    if (!roles.has(role) && !isBuiltIn(role)) throw one.error('made of roles that are in `roles`');
  }
}

function apiAt(place: Place): ApiRecord {
  place.members(['name', 'version', 'permissions', 'settings']);
  const settings = place.has('settings') ? place.at('settings').value : undefined;
  if (settings !== undefined && !isRecord(settings)) throw place.at('settings').error('an object');
  return Object.freeze({
    identifier: place.name,
    name: place.at('name').text(),
    version: place.has('version') ? Math.max(1, place.at('version').whole()) : 1,
    permissions: Object.freeze(
      place.entries('permissions').map((one) => {
        const described = one.value === null ? {} : { description: one.text() };
        return Object.freeze({ name: one.name, ...described });
      }),
    ),
    ...(settings !== undefined && { settings: asJson(settings, 'settings') }),
  });
}
