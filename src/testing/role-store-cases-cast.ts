// Who is in the cases of a role store: people, an application, an API, who administers, and what is compared of them.

import type { Access } from '../core/access.ts';
import type { Privilege, Subject } from '../core/privilege.ts';
import type { PrivilegeInput, RoleInput } from '../core/role-store.ts';
import { issuer } from './privilege-store-cases-seed.ts';
import { createTestAccess } from './test-access.ts';

export { issuer } from './privilege-store-cases-seed.ts';

export const api = 'https://api.example';
export const otherApi = 'https://other.example';

/** Who has no bounds. */
export const system = Object.freeze({ system: 'the contract' });

export function user(id: string, organization?: string): Subject {
  return Object.freeze({ issuer, id, kind: 'user', ...(organization !== undefined && { organization }) });
}

export function client(id: string): Subject {
  return Object.freeze({ issuer, id, kind: 'client' });
}

export function within(subject: Subject, organization: string): Subject {
  return Object.freeze({ ...subject, organization });
}

export const alice = user('auth0|alice');
export const bob = user('auth0|bob');
export const carol = user('auth0|carol');
export const dave = user('auth0|dave');

/** An access of that subject, which may do nothing by its token. */
export function accessOf(subject: Subject): Access {
  return createTestAccess({ subject, client: 'console' });
}

/** Milliseconds since 1970, that many hours from now and one millisecond. */
export function inHours(hours: number): number {
  return Date.now() + hours * 3_600_000 + 1;
}

/** A privilege without its source, or a bare name as one. */
export function plain(privilege: Privilege | string): Privilege {
  if (typeof privilege === 'string') return { permission: privilege };
  const { source: _source, ...members } = privilege;
  return members;
}

export function listOf(privilege: PrivilegeInput | readonly never[]): Privilege[] {
  return (Array.isArray(privilege) ? (privilege as (Privilege | string)[]) : [privilege as Privilege | string]).map(
    plain,
  );
}

/** A text that is the same for two values of the same members, in whatever order these are; what is undefined is not there. */
export function textOf(value: unknown): string {
  if (value === undefined) return 'undefined';
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** The texts of a list whose order does not matter. */
export function unordered(items: Iterable<unknown>): string[] {
  return [...items].map((item) => textOf(item)).sort();
}

/** A role whose name is its uid. */
export function role(
  uid: string,
  privileges: RoleInput['privileges'],
  inherits: NonNullable<RoleInput['inherits']> = [],
): RoleInput {
  return { uid, name: uid, privileges, inherits };
}
