// Fixed roles as somebody declared them go in, checked copies come out, or a TypeError that names what is at fault.

import { checkedMembers, expectation } from '../core/options.ts';
import type { Privilege } from '../core/privilege.ts';
import type { InheritedRole } from '../core/role-store.ts';
import { checkedPrivilege, checkedRole } from './change-input.ts';
import type { WantedRole } from './role-draft.ts';
import { builtInExpectation, builtInNamed, fixedPrefix, fixedRoleUid } from './role-names.ts';
import type { BuiltInRoleName } from './role-names.ts';

/** A role that code declares. */
export interface FixedRole {
  /** Begins with `fixed:`. Its uid follows from it. */
  name: string;
  description?: string;
  /** A bare name stands for a privilege on every resource. */
  privileges: readonly (Privilege | string)[];
  /** Names of fixed roles or uids of whatever roles, or with the organization in which they are inherited. */
  inherits?: readonly (string | InheritedRole)[];
  /** The built-in roles that inherit it from the start. */
  defaults?: readonly BuiltInRoleName[];
}

export interface DeclaredRole {
  /** What it is called in an error. */
  readonly what: string;
  readonly role: WantedRole;
  /** Uids of built-in roles. */
  readonly defaults: readonly string[];
}

/** @throws TypeError */
export function checkedFixedRoles(value: unknown): readonly DeclaredRole[] {
  if (!Array.isArray(value)) throw expectation('fixedRoles', 'a list of roles', value);
  const declared = value.map((one: unknown, at) => checkedFixedRole(one, `fixedRoles[${at}]`));
  for (const [at, { what, role }] of declared.entries()) {
    const before = declared.slice(0, at).find((one) => one.role.name === role.name);
    if (before !== undefined) throw expectation(`${what}.name`, `another than that of \`${before.what}\``, role.name);
  }
  return declared;
}

function checkedFixedRole(value: unknown, what: string): DeclaredRole {
  const members = ['name', 'description', 'privileges', 'inherits', 'defaults'] satisfies (keyof FixedRole)[];
  const { name, description, privileges, inherits, defaults } = checkedMembers(value, what, members);
  if (typeof name !== 'string' || !name.startsWith(fixedPrefix) || name === fixedPrefix) {
    throw expectation(`${what}.name`, `a name that begins with \`${fixedPrefix}\``, name);
  }
  return {
    what,
    role: within(what, name, () => {
      return checkedRole({
        uid: fixedRoleUid(name),
        name,
        description,
        privileges: list(privileges, `${what}.privileges`).map((one, at) => {
          return checkedPrivilege(one, `${what}.privileges[${at}]`, undefined);
        }),
        inherits: list(inherits ?? [], `${what}.inherits`).map(asInherited),
      });
    }),
    defaults: list(defaults ?? [], `${what}.defaults`).map((one, at) => {
      const builtIn = builtInNamed(one);
      if (builtIn === undefined) throw expectation(`${what}.defaults[${at}]`, builtInExpectation, one);
      return builtIn;
    }),
  };
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw expectation(what, 'a list', value);
  return value;
}

// A fixed role may be called by its name.
function asInherited(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(fixedPrefix) ? fixedRoleUid(value) : value;
  if (typeof value !== 'object' || value === null || !('role' in value)) return value;
  return { ...value, role: asInherited(value.role) };
}

function within<Value>(what: string, name: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    const { message } = cause as TypeError;
    throw new TypeError(message.includes(what) ? message : `${message}, in \`${what}\` (${name})`, { cause });
  }
}
