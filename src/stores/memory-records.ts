// What a role store keeps, in memory: a document and plans go in, what is there afterwards comes out.

import { everyPermission } from '../core/permission.ts';
import { asReadList } from '../core/privilege-reading.ts';
import type { Privilege } from '../core/privilege.ts';
import { untouchedBuiltIns } from '../core/built-in-roles.ts';
import { heldThrough } from '../core/role-closure.ts';
import type { ApiRecord, Person, Role, RoleAssignment, RoleHolder } from '../core/role-store.ts';
import { givenBy, withoutAssigner } from './change-effects.ts';
import type { Written } from './document.ts';
import { assignmentKey, grantKey, personKey } from './records.ts';
import type { Mutation, StoredRecords } from './records.ts';
import { SubjectIndex } from './subject-index.ts';

/** What is assigned to one subject. */
export interface SubjectEntry {
  readonly person: Person;
  readonly grants: Map<string, Privilege>;
  readonly assignments: Map<string, RoleAssignment>;
  /** All that it holds, as far as that is known, and which state of the roles that is about. */
  held?: { readonly privileges: readonly Privilege[]; readonly roleState: number };
}

export class MemoryRecords implements StoredRecords {
  readonly subjects: SubjectIndex<SubjectEntry>;
  readonly roles = new Map<string, Role>();
  readonly apis = new Map<string, ApiRecord>();
  /** Whether the same kind and id at any issuer are one subject. */
  readonly ignoresIssuer: boolean;
  /** Another one whenever a role has changed. */
  #roleState = 0;
  readonly #byRole = new Map<string, { readonly privileges: readonly Privilege[]; readonly roleState: number }>();

  /** `ignoresIssuer`: the same kind and id at any issuer are one subject. */
  constructor({ subjects, roles, apis }: Written, ignoresIssuer: boolean) {
    this.ignoresIssuer = ignoresIssuer;
    this.subjects = new SubjectIndex(ignoresIssuer);
    for (const role of roles.values()) this.roles.set(role.uid, role);
    for (const api of apis) this.apis.set(api.identifier, api);
    for (const { person, privileges, roles: assigned } of subjects) {
      if (privileges.length === 0 && assigned.length === 0) continue;
      const entry = this.#entry(person);
      for (const one of privileges) putLonger(entry.grants, grantKey(one), one);
      for (const one of assigned) putLonger(entry.assignments, assignmentKey(one.role, one.organization), one);
    }
  }

  /** The same, apart: what changes in one does not in the other. */
  copy(ignoresIssuer: boolean): MemoryRecords {
    const subjects = [...this.subjects.values()].map(({ person, grants, assignments }) => {
      return { person, privileges: [...grants.values()], roles: [...assignments.values()] };
    });
    const { roles, apis } = this;
    return new MemoryRecords({ issuer: undefined, subjects, roles, apis: [...apis.values()] }, ignoresIssuer);
  }

  /** All that somebody holds and is denied; the same list until something changes. */
  held(person: Person): readonly Privilege[] {
    const entry = this.subjects.get(person);
    if (entry === undefined) return nothing;
    if (entry.held?.roleState === this.#roleState) return entry.held.privileges;
    const roles = { get: (uid: string) => this.roles.get(uid) ?? untouchedBuiltIns().get(uid) };
    const direct = [...entry.grants.values()].map(withoutAssigner);
    const byRole = [...entry.assignments.values()].flatMap((one) => givenBy(one, roles));
    const privileges = asReadList([...direct, ...byRole]);
    entry.held = { privileges, roleState: this.#roleState };
    return privileges;
  }

  /** All that who has the role holds by it; the same list until a role changes. */
  heldByRole(uid: string): readonly Privilege[] {
    const known = this.#byRole.get(uid);
    if (known?.roleState === this.#roleState) return known.privileges;
    const privileges = heldThrough(uid, (one) => this.roles.get(one) ?? untouchedBuiltIns().get(one));
    // Only of roles that there are: which are asked about is not bounded.
    if (privileges.length === 0) return nothing;
    const held = { privileges: asReadList(privileges), roleState: this.#roleState };
    this.#byRole.set(uid, held);
    return held.privileges;
  }

  /** Writes what a plan says. */
  apply(mutations: readonly Mutation[]): void {
    for (const mutation of mutations) this.#write(mutation);
  }

  #write(mutation: Mutation): void {
    switch (mutation.kind) {
      case 'grant':
        return this.#put(mutation.person, 'grants', mutation.key, mutation.value);
      case 'assignment': {
        const key = assignmentKey(mutation.role, mutation.organization);
        return this.#put(mutation.person, 'assignments', key, mutation.value);
      }
      case 'assignments-of-role':
        return this.#deassignAll(mutation.uid);
      case 'role':
        this.#roleState += 1;
        this.#byRole.clear();
        return put(this.roles, mutation.uid, mutation.value);
      case 'api':
        return put(this.apis, mutation.identifier, mutation.value);
    }
  }

  #put<List extends 'grants' | 'assignments'>(
    person: Person,
    list: List,
    key: string,
    value: (List extends 'grants' ? Privilege : RoleAssignment) | undefined,
  ): void {
    const entry = this.#entry(person);
    delete entry.held;
    put(entry[list] as Map<string, Privilege | RoleAssignment>, key, value);
    if (entry.grants.size === 0 && entry.assignments.size === 0) this.subjects.set(person, undefined);
  }

  #entry(person: Person): SubjectEntry {
    const known = this.subjects.get(person);
    if (known !== undefined) return known;
    const entry: SubjectEntry = { person, grants: new Map(), assignments: new Map() };
    this.subjects.set(person, entry);
    return entry;
  }

  #deassignAll(uid: string): void {
    for (const { person, assignments } of [...this.subjects.values()]) {
      for (const [key, { role }] of [...assignments]) {
        if (role === uid) this.#put(person, 'assignments', key, undefined);
      }
    }
  }

  personKey(person: Person): string {
    return personKey(this.ignoresIssuer ? { ...person, issuer: '' } : person);
  }

  *usersHoldingEverything(atMost: number): Generator<Person> {
    const roles = new Set([...this.roles.keys(), ...untouchedBuiltIns().keys()].filter((uid) => this.#givesAll(uid)));
    let found = 0;
    for (const { person, grants, assignments } of this.subjects.values()) {
      if (found >= atMost) return;
      if (person.kind !== 'user') continue;
      const isRoled = [...assignments.values()].some(
        ({ role, expiresAt }) => expiresAt === undefined && roles.has(role),
      );
      if (!isRoled && ![...grants.values()].some(isAll)) continue;
      found += 1;
      yield person;
    }
  }

  #givesAll(uid: string): boolean {
    return heldThrough(uid, (one) => this.roles.get(one) ?? untouchedBuiltIns().get(one)).some(isAll);
  }

  storedRole(uid: string): Role | undefined {
    return this.roles.get(uid);
  }

  storedRoles(uids: readonly string[]): readonly Role[] {
    return uids.flatMap((uid) => this.roles.get(uid) ?? []);
  }

  roleNamed(name: string, organization: string | undefined): Role | undefined {
    return [...this.roles.values()].find((role) => role.name === name && role.organization === organization);
  }

  rolesInheriting(uid: string): readonly Role[] {
    return [...this.roles.values()].filter(({ inherits }) => inherits.some(({ role }) => role === uid));
  }

  grants(person: Person, keys?: readonly string[]): readonly Privilege[] {
    const grants = this.subjects.get(person)?.grants;
    if (keys === undefined) return [...(grants?.values() ?? [])];
    return keys.flatMap((key) => grants?.get(key) ?? []);
  }

  assignments(person: Person): readonly RoleAssignment[] {
    return [...(this.subjects.get(person)?.assignments.values() ?? [])];
  }

  holdersOfRole(uid: string, atMost = Infinity): { items: readonly RoleHolder[]; total: number } {
    const all = [...this.subjects.values()].flatMap(({ person, assignments }) =>
      [...assignments.values()]
        .filter(({ role }) => role === uid)
        .map((assignment) => Object.freeze({ subject: person, assignment })),
    );
    return { items: all.slice(0, atMost), total: all.length };
  }

  api(identifier: string): ApiRecord | undefined {
    return this.apis.get(identifier);
  }
}

const nothing = asReadList([]);

function isAll({ permission, effect, organization, audience, expiresAt }: Privilege): boolean {
  const isBound = organization !== undefined || audience !== undefined || expiresAt !== undefined;
  return permission === everyPermission && effect === undefined && !isBound;
}

// Written down twice with two ends, it holds until the later one.
function putLonger<Value extends { readonly expiresAt?: number }>(
  map: Map<string, Value>,
  key: string,
  value: Value,
): void {
  const known = map.get(key);
  if (known === undefined || (known.expiresAt ?? Infinity) < (value.expiresAt ?? Infinity)) map.set(key, value);
}

function put<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
