// What a store under test is to hold, as plain data, and what that means: the model that each answer is compared with.

import type { Privilege, Subject } from '../core/privilege.ts';

/** A role that a seeded subject has. */
export interface SeedAssignment {
  readonly role: string;
  /** The organization it applies in; absent: in every one. */
  readonly organization?: string;
  /** Milliseconds since 1970 from which on it is none. */
  readonly expiresAt?: number;
}

/** One subject and what it holds. */
export interface SeedSubject {
  readonly issuer: string;
  readonly id: string;
  readonly kind: Subject['kind'];
  /** Held directly; none has a `source`. */
  readonly privileges: readonly Privilege[];
  readonly roles: readonly SeedAssignment[];
}

/** A role and what it holds; no privilege has a `source`. */
export interface SeedRole {
  readonly name: string;
  readonly privileges: readonly Privilege[];
}

/** All that a store under test holds, and nothing else. Deeply frozen; no subject and no role is in it twice. */
export interface StoreSeed {
  /** The issuer of every subject; where the store holds several, that of most. */
  readonly issuer: string;
  readonly subjects: readonly SeedSubject[];
  readonly roles: readonly SeedRole[];
}

export const issuer = 'https://issuer.example/';

/** A user of {@link issuer} with these permissions, unless it is said otherwise. */
export function holder(
  id: string,
  privileges: readonly (Privilege | string)[],
  more?: Partial<SeedSubject>,
): SeedSubject {
  const held = privileges.map((one) => (typeof one === 'string' ? { permission: one } : one));
  return { issuer, id, kind: 'user', privileges: held, roles: [], ...more };
}

export function subjectOf({ issuer: from, id, kind }: SeedSubject, organization?: string): Subject {
  return { issuer: from, id, kind, ...(organization !== undefined && { organization }) };
}

/** What the seed gives a subject, in whatever organization, for whatever API and until whenever. */
export function heldIn({ subjects, roles }: StoreSeed, { issuer: from, id, kind }: Subject): Privilege[] {
  const held = subjects.find((one) => one.issuer === from && one.id === id && one.kind === kind);
  if (held === undefined) return [];
  const direct = held.privileges.map((one): Privilege => ({ ...one, source: { kind: 'direct' } }));
  return [...direct, ...held.roles.flatMap((assignment) => throughRole(assignment, roles))];
}

// A role's privilege holds where both say so, and until the first of both ends.
function throughRole({ role, organization, expiresAt }: SeedAssignment, roles: readonly SeedRole[]): Privilege[] {
  const held = roles.find(({ name }) => name === role)?.privileges ?? [];
  return held
    .filter((one) => organization === undefined || (one.organization ?? organization) === organization)
    .map((one) => {
      const ends = Math.min(one.expiresAt ?? Infinity, expiresAt ?? Infinity);
      return {
        ...one,
        ...(organization !== undefined && { organization }),
        ...(ends < Infinity && { expiresAt: ends }),
        source: { kind: 'role', role },
      };
    });
}
