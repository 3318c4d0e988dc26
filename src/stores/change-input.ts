// What a caller hands to a role store goes in, checked copies come out, or a TypeError that names what is at fault.

import { RequestAccess } from '../core/access.ts';
import type { Access } from '../core/access.ts';
import { frozenDeep } from '../core/frozen.ts';
import { ofInput } from '../core/input-error.ts';
import { checkedMembers, checkedString, expectation, isRecord } from '../core/options.ts';
import { isScopeToken, PermissionCatalogue } from '../core/permission.ts';
import { prefixDialect } from '../core/prefix.ts';
import { readPrivilege } from '../core/privilege-reading.ts';
import type { Privilege, Subject } from '../core/privilege.ts';
import type { ResourceDialect } from '../core/resource.ts';
import type { ApiInput, InheritedRole, Person, RoleInput } from '../core/role-store.ts';

/** The longest text of each kind that a role store keeps, in UTF-16 units. */
export const maxLength = Object.freeze({
  id: 512,
  issuer: 512,
  permission: 280,
  resource: 1024,
  organization: 190,
  audience: 600,
  uid: 40,
  name: 190,
  description: 2000,
});

/** A name that something is asked for by. @throws InvalidInputError */
export function checkedName(value: unknown, name: string): string {
  return ofInput(() => checkedString(value, name));
}

/** A subject, and the organization in which something is given to it. @throws InvalidInputError */
export function checkedSubject(subject: unknown): { person: Person; organization: string | undefined } {
  return ofInput(() => personIn(subject));
}

function personIn(subject: unknown): { person: Person; organization: string | undefined } {
  const { issuer, id, kind, organization } = checkedMembers(subject, 'subject', [
    'issuer',
    'id',
    'kind',
    'organization',
  ] satisfies (keyof Subject)[]);
  if (kind !== 'user' && kind !== 'client') throw expectation('subject.kind', "'user' or 'client'", kind);
  const person: Person = Object.freeze({
    issuer: text(issuer, 'subject.issuer', maxLength.issuer),
    id: text(id, 'subject.id', maxLength.id),
    kind,
  });
  return { person, organization: checkedOrganization(organization, 'subject.organization') };
}

export function checkedOrganization(value: unknown, name: string): string | undefined {
  return value === undefined ? undefined : text(value, name, maxLength.organization);
}

/** Privileges that are given or taken, each once. `organization`: of those that name none. */
export function checkedPrivileges(
  value: unknown,
  what: string,
  organization: string | undefined,
  dialect: ResourceDialect = prefixDialect,
): Privilege[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length === 0) throw expectation(what, 'at least one privilege', value);
  const nameOf = (at: number): string => (Array.isArray(value) ? `${what}[${at}]` : what);
  return list.map((one, at) => checkedPrivilege(one, nameOf(at), organization, dialect));
}

export function checkedPrivilege(
  value: unknown,
  what: string,
  organization: string | undefined,
  dialect: ResourceDialect = prefixDialect,
): Privilege {
  const given = typeof value === 'string' ? { permission: value } : value;
  if (isRecord(given) && Object.hasOwn(given, 'source') && given['source'] !== undefined) {
    throw expectation(`${what}.source`, 'absent: the store knows where it comes from', given['source']);
  }
  const { source: _direct, ...read } = readAt(given, what);
  if (!isScopeToken(read.permission)) {
    throw expectation(`${what}.permission`, 'in the characters of a scope (RFC 6749 section 3.3)', read.permission);
  }
  text(read.permission, `${what}.permission`, maxLength.permission);
  if (read.on !== undefined && read.on !== '') text(read.on, `${what}.on`, maxLength.resource);
  if (read.on !== undefined && dialect.reachOf(read.on) === 'invalid') {
    throw expectation(`${what}.on`, `a resource pattern: ${dialect.rule}`, read.on);
  }
  if (read.audience !== undefined) text(read.audience, `${what}.audience`, maxLength.audience);
  const where = checkedOrganization(read.organization, `${what}.organization`) ?? organization;
  if (organization !== undefined && where !== organization) {
    throw expectation(`${what}.organization`, `${JSON.stringify(organization)}, where it is given`, where);
  }
  if (checkedInstant(read.expiresAt, `${what}.expiresAt`) === undefined) delete read.expiresAt;
  return Object.freeze({ ...read, ...(where !== undefined && { organization: where }) });
}

function readAt(value: unknown, what: string): Privilege {
  try {
    return { ...readPrivilege(value) };
  } catch (cause) {
    throw new TypeError(`${(cause as TypeError).message}, in \`${what}\``, { cause });
  }
}

/** One uid or several, each once. */
export function checkedUids(value: unknown): string[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length === 0) throw expectation('role', 'at least one uid', value);
  return [...new Set(list.map((one) => checkedString(one, 'role')))];
}

export function checkedInstant(value: unknown, name: string): number | undefined {
  if (value === undefined || value === Infinity) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw expectation(name, 'milliseconds since 1970', value);
  return value;
}

/** A role as it shall be. */
export interface CheckedRole {
  readonly uid: string;
  readonly name: string;
  readonly version: number | undefined;
  readonly description: string | undefined;
  readonly organization: string | undefined;
  readonly privileges: readonly Privilege[];
  readonly inherits: readonly InheritedRole[];
}

const roleMembers = [
  'uid',
  'name',
  'version',
  'description',
  'organization',
  'privileges',
  'inherits',
] satisfies (keyof RoleInput)[];

export function checkedRole(value: unknown, dialect: ResourceDialect = prefixDialect): CheckedRole {
  const { uid, name, version, description, organization, privileges, inherits } = checkedMembers(
    value,
    'role',
    roleMembers,
  );
  const where = checkedOrganization(organization, 'role.organization');
  if (!Array.isArray(privileges)) throw expectation('role.privileges', 'a list of privileges', privileges);
  if (inherits !== undefined && !Array.isArray(inherits)) throw expectation('role.inherits', 'a list', inherits);
  return {
    uid: text(uid, 'role.uid', maxLength.name),
    name: text(name, 'role.name', maxLength.name),
    version: version === undefined ? undefined : checkedWhole(version, 'role.version'),
    description: description === undefined ? undefined : checkedText(description, 'role.description'),
    organization: where,
    privileges: Object.freeze(
      privileges.map((one, at) =>
        withinRole(checkedPrivilege(one, `role.privileges[${at}]`, undefined, dialect), where, at),
      ),
    ),
    inherits: Object.freeze((inherits ?? []).map((one: unknown, at: number) => checkedInherited(one, at))),
  };
}

function withinRole(privilege: Privilege, organization: string | undefined, at: number): Privilege {
  const elsewhere = organization !== undefined && (privilege.organization ?? organization) !== organization;
  if (!elsewhere) return privilege;
  throw expectation(`role.privileges[${at}].organization`, 'that of the role', privilege.organization);
}

export function checkedWhole(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw expectation(name, 'a whole number', value);
  return value as number;
}

function checkedInherited(value: unknown, at: number): InheritedRole {
  const what = `role.inherits[${at}]`;
  if (typeof value === 'string') return Object.freeze({ role: checkedString(value, what) });
  const { role, organization } = checkedMembers(value, what, ['role', 'organization']);
  const where = checkedOrganization(organization, `${what}.organization`);
  return Object.freeze({
    role: checkedString(role, `${what}.role`),
    ...(where !== undefined && { organization: where }),
  });
}

export function checkedApi(value: unknown): ApiInput {
  const { identifier, name, version, permissions, settings } = checkedMembers(value, 'api', [
    'identifier',
    'name',
    'version',
    'permissions',
    'settings',
  ] satisfies (keyof ApiInput)[]);
  if (!Array.isArray(permissions)) throw expectation('api.permissions', 'a list', permissions);
  if (settings !== undefined && !isRecord(settings)) throw expectation('api.settings', 'an object', settings);
  const defined = permissions.map((one: unknown, at: number) => checkedDefinition(one, `api.permissions[${at}]`));
  const names = new Set(defined.map((one) => one.name));
  if (names.size < defined.length) throw expectation('api.permissions', 'each of another name', permissions);
  return Object.freeze({
    identifier: text(identifier, 'api.identifier', maxLength.audience),
    name: checkedText(name, 'api.name'),
    ...(version !== undefined && { version: checkedWhole(version, 'api.version') }),
    permissions: Object.freeze(defined),
    ...(settings !== undefined && { settings: asJson(settings, 'api.settings') }),
  });
}

/** A frozen copy of what JSON can say of it. */
export function asJson(value: object, what: string): Readonly<Record<string, unknown>> {
  const copy: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
  if (!isRecord(copy)) throw expectation(what, 'an object', copy);
  return frozenDeep(copy);
}

function checkedDefinition(value: unknown, what: string): { name: string; description?: string } {
  const { name, description } = checkedMembers(value, what, ['name', 'description']);
  if (typeof name !== 'string' || !isScopeToken(name) || name.includes('*')) {
    throw expectation(`${what}.name`, 'a name in the characters of a scope (RFC 6749 section 3.3)', name);
  }
  text(name, `${what}.name`, maxLength.permission);
  if (description === undefined) return Object.freeze({ name });
  return Object.freeze({ name, description: checkedText(description, `${what}.description`) });
}

/** Who makes a change, and why. */
export interface CheckedBy {
  readonly access: Access | undefined;
  readonly system: string | undefined;
  readonly why: string | undefined;
  /** By which other names, beside those of the reading, a permission is the same one. */
  readonly names: PermissionCatalogue | undefined;
  /** How what they hold, give and take is read. */
  readonly reading: Reading;
}

/** How privileges are read. */
export interface Reading {
  readonly dialect: ResourceDialect;
  readonly catalogue: PermissionCatalogue | undefined;
}

/** @throws InvalidInputError */
export function checkedBy(value: unknown, reading: Reading = plainly): CheckedBy {
  return ofInput(() => makerIn(value, reading));
}

function makerIn(value: unknown, reading: Reading): CheckedBy {
  if (RequestAccess.is(value)) {
    return { access: value, system: undefined, why: undefined, names: undefined, reading };
  }
  const { access, system, why, names } = checkedMembers(value, 'by', ['access', 'system', 'why', 'names']);
  const reason = why === undefined ? undefined : checkedText(why, 'by.why');
  if (access !== undefined && system !== undefined) throw expectation('by', 'an Access, or `{ system }`', value);
  if (access === undefined) {
    return {
      access: undefined,
      system: checkedText(system, 'by.system'),
      why: reason,
      names: checkedNames(names),
      reading,
    };
  }
  // An object that merely looks like one says nothing of who is behind it.
  if (!RequestAccess.is(access)) throw expectation('by.access', 'an Access', access);
  return { access, system: undefined, why: reason, names: checkedNames(names), reading };
}

function checkedNames(value: unknown): PermissionCatalogue | undefined {
  if (value === undefined || value instanceof PermissionCatalogue) return value;
  throw expectation('by.names', 'a catalogue made by definePermissions', value);
}

const plainly: Reading = { dialect: prefixDialect, catalogue: undefined };

function checkedText(value: unknown, name: string): string {
  return text(value, name, maxLength.description);
}

function text(value: unknown, name: string, longest: number): string {
  const checked = checkedString(value, name);
  if (checked.length > longest) throw expectation(name, `at most ${longest} characters`, value);
  // Databases and files refuse the one, and change the other.
  if (checked.includes('\0') || !isWellFormed(checked)) throw expectation(name, 'a text of Unicode without NUL', value);
  return checked;
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function isWellFormed(value: string): boolean {
  return !loneSurrogate.test(value);
}
