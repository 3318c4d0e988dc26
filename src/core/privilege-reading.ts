// What a store or a caller says somebody holds goes in, privileges of a known shape come out, or a TypeError that names the
// member at fault. Own properties only.

import { expectation, isRecord } from './options.ts';
import type { Privilege, PrivilegeSource } from './privilege.ts';

// More than any subject can sensibly hold: an endless answer must end.
const maxPrivileges = 1_000_000;

/** Lists that were made of what was read here, and that nobody can change: each reads as itself. */
const readLists = new WeakSet<readonly Privilege[]>();

/** Freezes a list whose members come from {@link readPrivilege}, so that it is never read again. */
export function asReadList(privileges: Privilege[]): readonly Privilege[] {
  const list = Object.freeze(privileges);
  readLists.add(list);
  return list;
}

/** Whether the list comes from {@link asReadList}. */
export function isReadList(answer: unknown): answer is readonly Privilege[] {
  return Array.isArray(answer) && readLists.has(answer);
}

/** The whole answer of a store. @throws TypeError when it is no list of privileges. */
export function readPrivileges(answer: unknown): readonly Privilege[] {
  if (isReadList(answer)) return answer;
  if (typeof answer !== 'object' || answer === null || !(Symbol.iterator in answer)) {
    throw expectation('the answer of the store', 'a list of privileges', answer);
  }
  const privileges: Privilege[] = [];
  for (const member of answer as Iterable<unknown>) {
    privileges.push(readPrivilege(member));
    if (privileges.length > maxPrivileges) throw expectation('the answer of the store', 'finite', undefined);
  }
  return privileges;
}

/** One privilege, copied and frozen. @throws TypeError naming the member that is missing, unknown or of another type. */
export function readPrivilege(value: unknown): Privilege {
  if (!isRecord(value)) throw expectation('a privilege', 'an object', value);
  let permission: unknown;
  let on: unknown;
  let effect: unknown;
  let audience: unknown;
  let organization: unknown;
  let expiresAt: unknown;
  let source: unknown;
  // Whatever anybody holds passes here: its own members, each read once, and no table of them in between.
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (key === 'permission') permission = member;
    else if (key === 'on') on = member;
    else if (key === 'effect') effect = member;
    else if (key === 'audience') audience = member;
    else if (key === 'organization') organization = member;
    else if (key === 'expiresAt') expiresAt = member;
    else if (key === 'source') source = member;
    else throw unknownMember(key, 'a privilege');
  }
  if (typeof permission !== 'string' || permission === '') {
    throw expectation('permission', 'a permission name', permission);
  }
  if (effect !== undefined && effect !== 'deny') throw expectation('effect', "'deny' or absent", effect);
  const privilege: Privilege = { permission, source: readSource(source) };
  if (on !== undefined) privilege.on = text(on, 'on');
  if (effect !== undefined) privilege.effect = effect;
  if (audience !== undefined) privilege.audience = filled(audience, 'audience');
  if (organization !== undefined) privilege.organization = filled(organization, 'organization');
  if (expiresAt !== undefined) privilege.expiresAt = instant(expiresAt, 'expiresAt');
  return Object.freeze(privilege);
}

/** The permission of that name, held on every resource. */
export function plainPrivilege(permission: string): Privilege {
  return Object.freeze({ permission, source: direct });
}

const knownOfSource = ['kind', 'role', 'via', 'assignedBy', 'expiresAt'] as const;
const sourceKinds: readonly unknown[] = [
  'claim',
  'scope',
  'direct',
  'role',
  'built-in',
] satisfies PrivilegeSource['kind'][];

// Who does not say where a privilege comes from holds it directly.
const direct: PrivilegeSource = Object.freeze({ kind: 'direct' });

function readSource(value: unknown): PrivilegeSource {
  if (value === undefined) return direct;
  const { kind, role, via, assignedBy, expiresAt } = membersOf(value, 'source', knownOfSource);
  if (!sourceKinds.includes(kind)) throw expectation('source.kind', 'a kind of source', kind);
  const source: PrivilegeSource = { kind: kind as PrivilegeSource['kind'] };
  if (role !== undefined) source.role = text(role, 'source.role');
  if (via !== undefined) source.via = text(via, 'source.via');
  if (assignedBy !== undefined) source.assignedBy = text(assignedBy, 'source.assignedBy');
  if (expiresAt !== undefined) source.expiresAt = instant(expiresAt, 'source.expiresAt');
  return Object.freeze(source);
}

function unknownMember(key: string, what: string): TypeError {
  return new TypeError(`Unknown member \`${key}\` in ${what}`);
}

function membersOf<Name extends string>(
  value: unknown,
  what: string,
  names: readonly Name[],
): Partial<Record<Name, unknown>> {
  if (!isRecord(value)) throw expectation(what, 'an object', value);
  const members: Partial<Record<Name, unknown>> = {};
  for (const key of Object.keys(value)) {
    if (!(names as readonly string[]).includes(key)) throw unknownMember(key, what);
    members[key as Name] = value[key];
  }
  return members;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw expectation(name, 'a string', value);
  return value;
}

// Neither all of them nor a certain one: who means all leaves it out.
function filled(value: unknown, name: string): string {
  if (value === '') throw expectation(name, 'a non-empty string', value);
  return text(value, name);
}

function instant(value: unknown, name: string): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw expectation(name, 'milliseconds since 1970', value);
  return value;
}

/** Whether the privilege still counts at `now`, milliseconds since 1970. */
export function isInForce({ expiresAt }: Privilege, now: number): boolean {
  return expiresAt === undefined || now < expiresAt;
}
