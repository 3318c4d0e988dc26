// The JSON of a role goes in, its checked members come out; what is not as it must be is a 400 that names the member.

import { isRecord } from '../../core/options.ts';
import { isScopeToken } from '../../core/permission.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Administered } from '../administered.ts';
import { RequestFault } from '../faults.ts';
import { excerpt } from '../management/properties.ts';
import { resourceOf } from './role-view.ts';

/** A role as it was sent. */
export interface RoleFields {
  readonly uid: string | undefined;
  readonly version: number | undefined;
  readonly name: string;
  readonly description: string | undefined;
  readonly global: boolean;
  readonly privileges: readonly Privilege[];
}

const members = ['uid', 'version', 'name', 'displayName', 'description', 'group', 'hidden', 'global', 'permissions'];
// What answers say besides: so that what was read may be sent.
const answered = ['created', 'updated', 'delegatable', 'denials', 'inherits'];

/** @throws RequestFault */
export function roleFields(body: unknown, admin: Administered): RoleFields {
  const given = membersOf(body, '', [...members, ...answered]);
  const { uid, version, name, description, permissions = [] } = given;
  for (const one of ['displayName', 'group']) {
    if (given[one] !== undefined && given[one] !== '') throw amiss(one, 'absent: roles have a name and a description');
  }
  if (given['hidden'] !== undefined && given['hidden'] !== false) {
    throw amiss('hidden', 'absent or false: no role is hidden');
  }
  return {
    uid: uid === undefined ? undefined : text(uid, 'uid', 40),
    version: version === undefined ? undefined : versionIn(version),
    name: text(name, 'name', 190),
    description: description === undefined || description === '' ? undefined : text(description, 'description', 2000),
    global: optionalFlag(given['global'], 'global'),
    privileges: privilegesIn(permissions, admin),
  };
}

function versionIn(value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 31) return value as number;
  throw amiss('version', `a whole number from 1 to ${2 ** 31 - 1}`);
}

function privilegesIn(value: unknown, admin: Administered): Privilege[] {
  const most = admin.limits.permissionsPerRole;
  if (!Array.isArray(value) || value.length > most) throw amiss('permissions', `a list of at most ${most}`);
  return value.map((one: unknown, at) => privilegeIn(one, `permissions[${at}]`, admin));
}

function privilegeIn(value: unknown, name: string, admin: Administered): Privilege {
  const { action, scope = '' } = membersOf(value, name, ['action', 'scope', 'created', 'updated']);
  if (typeof action !== 'string' || !isScopeToken(action) || action.length > 280) {
    throw amiss(`${name}.action`, 'the name of a permission: at most 280 characters of RFC 6749 section 3.3');
  }
  if (typeof scope !== 'string') throw amiss(`${name}.scope`, 'a text');
  if (scope !== '') text(scope, `${name}.scope`, 1024);
  const { dialect } = admin.way.settings;
  if (dialect.reachOf(scope) === 'invalid') throw amiss(`${name}.scope`, `a resource pattern: ${dialect.rule}`);
  // In tables of permissions it says that there is no scope.
  if (scope === 'n/a') throw amiss(`${name}.scope`, 'absent where the permission takes none');
  const on = resourceOf(scope, admin);
  return { permission: action, ...(on !== undefined && { on }) };
}

/** `name` empty: the body itself. @throws RequestFault when it is no object, or has a member that is not in `known`. */
export function membersOf<Name extends string>(
  value: unknown,
  name: string,
  known: readonly Name[],
): Partial<Record<Name, unknown>> {
  if (!isRecord(value)) throw amiss(name === '' ? 'the body' : name, 'an object');
  for (const key of Object.keys(value)) {
    if ((known as readonly string[]).includes(key)) continue;
    throw amiss(name === '' ? excerpt(key) : `${name}.${excerpt(key)}`, `absent: ${known.join(', ')} are known`);
  }
  const own = known.filter((key) => Object.hasOwn(value, key) && value[key] !== undefined);
  return Object.fromEntries(own.map((key) => [key, value[key]])) as Partial<Record<Name, unknown>>;
}

/** @throws RequestFault when it is no text of 1 to so many characters. */
export function text(value: unknown, name: string, longest: number): string {
  if (typeof value === 'string' && value !== '' && value.length <= longest && !value.includes('\0')) return value;
  throw amiss(name, `a text of 1 to ${longest} characters`);
}

/** Absent: false. @throws RequestFault when it is neither true nor false. */
export function optionalFlag(value: unknown, name: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw amiss(name, 'true or false');
}

export function amiss(name: string, expected: string): RequestFault {
  return new RequestFault(400, `Expected \`${name}\` to be ${expected}`, { code: 'invalid_body' });
}
