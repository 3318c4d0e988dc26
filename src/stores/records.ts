// What the rules of a role store read and what they come to: records in, a plan out, which a store carries out whole or not at all.

import type { Privilege, PrivilegeChange } from '../core/privilege.ts';
import type { ApiRecord, AuditEntry, Person, Role, RoleAssignment, RoleHolder } from '../core/role-store.ts';

export type MaybePromise<Value> = Value | Promise<Value>;

/** What somebody holds, as of one instant. */
export interface HeldRecords {
  /** A role as it is stored; not a built-in one that was never changed. */
  storedRole(uid: string): MaybePromise<Role | undefined>;
  /** Those of these roles that are stored, in any order. */
  storedRoles(uids: readonly string[]): MaybePromise<readonly Role[]>;
  /** The grants and denials of a subject itself, expired or not. */
  grants(person: Person): MaybePromise<readonly Privilege[]>;
  assignments(person: Person): MaybePromise<readonly RoleAssignment[]>;
}

/** What is kept, as of one instant; nobody else writes while a plan is made. */
export interface Records extends HeldRecords {
  /** A text that all the names of one subject have in common, and no other subject has. */
  personKey(person: Person): string;
  /** The stored role of that name in that organization, or among those of none. */
  roleNamed(name: string, organization: string | undefined): MaybePromise<Role | undefined>;
  /** The stored roles whose `inherits` names this one. */
  rolesInheriting(uid: string): MaybePromise<readonly Role[]>;
  /** The grants and denials of a subject itself, expired or not; `keys`: only those of these {@link grantKey}s. */
  grants(person: Person, keys?: readonly string[]): MaybePromise<readonly Privilege[]>;
  /** The first few to whom it is assigned, in the same order each time, and how many they are in all. */
  holdersOfRole(
    uid: string,
    atMost: number,
  ): MaybePromise<{ readonly items: readonly RoleHolder[]; readonly total: number }>;
  api(identifier: string): MaybePromise<ApiRecord | undefined>;
}

/** What is kept before anything of a change is written. */
export interface StoredRecords extends Records {
  /**
   * Users, but no more than so many, to whom `*` is granted without an end, in every organization and for every API, themselves
   * or by a role that has it or inherits it; in the same order each time. Whether it is denied to them is not looked at.
   */
  usersHoldingEverything(atMost: number): MaybePromise<Iterable<Person>>;
}

/** One thing that is written. Absent `value`: it is deleted. */
export type Mutation =
  | { readonly kind: 'grant'; readonly person: Person; readonly key: string; readonly value?: Privilege }
  | {
      readonly kind: 'assignment';
      readonly person: Person;
      readonly role: string;
      readonly organization: string | undefined;
      readonly value?: RoleAssignment;
    }
  | { readonly kind: 'role'; readonly uid: string; readonly value?: Role }
  | { readonly kind: 'assignments-of-role'; readonly uid: string }
  | { readonly kind: 'api'; readonly identifier: string; readonly value?: ApiRecord };

/** An audit entry that has no place in the audit yet. */
export type DraftEntry = Omit<AuditEntry, 'revision' | 'at'>;

/** What a change comes to. */
interface Effects {
  readonly mutations: readonly Mutation[];
  /** What is announced once it is written. */
  readonly changes: readonly PrivilegeChange[];
  /** The roles, inheriting ones included, that give their holders something else than before. */
  readonly changedRoles: readonly string[];
}

/** One change that is permitted. */
export interface Plan extends Effects {
  readonly entry: DraftEntry;
}

/** Changes that are permitted and are made as one, ready to be written. */
export interface WholePlan extends Effects {
  /** Each thing that is written once, as it is after the last change; what is no more assigned to anybody comes first. */
  readonly mutations: readonly Mutation[];
  /** One for each change, in their order: never empty. */
  readonly entries: readonly DraftEntry[];
}

/** What decides whether two grants of a subject are the same one: everything but its end and its source. */
export function grantKey({ permission, on, effect, audience, organization }: Privilege): string {
  return JSON.stringify([permission, on ?? null, effect ?? null, audience ?? null, organization ?? null]);
}

/** A text that no other subject has. */
export function personKey({ issuer, kind, id }: Person): string {
  return JSON.stringify([issuer, kind, id]);
}

/** What one subject's assignment of a role is told apart by. */
export function assignmentKey(role: string, organization: string | undefined): string {
  return JSON.stringify([role, organization ?? null]);
}

/** Where changes are written. */
export interface Ledger {
  /**
   * Makes a plan of what is there and carries it out, together with its audit entries, before anybody else writes; then
   * announces it. Without a plan nothing is written. Each entry has a revision of its own.
   *
   * @returns the revision there is afterwards.
   */
  change(plan: (records: StoredRecords, seen: Seen) => Promise<WholePlan | undefined>): Promise<number>;
  /** Looks at what is there at one moment. Nothing is written. */
  look<Value>(work: (records: StoredRecords, seen: Seen) => Promise<Value>): Promise<Value>;
}

/** When records are looked at, and what has been written by then. */
export interface Seen {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly revision: number;
}
