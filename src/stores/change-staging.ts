// Records and what is to be written go in, step by step; the records as they will be after it come out, and all that is to be
// written, each thing once.

import type { Privilege } from '../core/privilege.ts';
import type { ApiRecord, Person, Role, RoleAssignment, RoleHolder } from '../core/role-store.ts';
import { assignmentKey, grantKey } from './records.ts';
import type { Mutation, Records } from './records.ts';

/** What is to become of one subject's assignment. Absent `value`: it is none. */
interface StagedAssignment {
  readonly role: string;
  readonly organization: string | undefined;
  readonly value?: RoleAssignment;
}

/** What is to be written about one subject, by grantKey and assignmentKey. */
interface StagedPerson {
  readonly person: Person;
  readonly grants: Map<string, Privilege | undefined>;
  readonly assignments: Map<string, StagedAssignment>;
}

export class StagedRecords implements Records {
  readonly #base: Records;
  readonly #people = new Map<string, StagedPerson>();
  readonly #roles = new Map<string, Role | undefined>();
  /** Roles that nobody has any more of those who had them in the base. */
  readonly #emptied = new Set<string>();
  readonly #apis = new Map<string, ApiRecord | undefined>();

  constructor(base: Records) {
    this.#base = base;
  }

  stage(mutations: readonly Mutation[]): void {
    for (const mutation of mutations) this.#stage(mutation);
  }

  /** In an order in which they can be written. */
  mutations(): Mutation[] {
    const people = [...this.#people.values()];
    return [
      ...[...this.#emptied].map((uid): Mutation => ({ kind: 'assignments-of-role', uid })),
      ...people.flatMap(({ person, grants }) =>
        [...grants].map(([key, value]): Mutation => ({ kind: 'grant', person, key, ...optional(value) })),
      ),
      ...people.flatMap(({ person, assignments }) =>
        [...assignments.values()].map((one): Mutation => ({ kind: 'assignment', person, ...one })),
      ),
      ...[...this.#roles].map(([uid, value]): Mutation => ({ kind: 'role', uid, ...optional(value) })),
      ...[...this.#apis].map(([identifier, value]): Mutation => ({ kind: 'api', identifier, ...optional(value) })),
    ];
  }

  /** About whom something is to be written. */
  people(): Person[] {
    return [...this.#people.values()].map(({ person }) => person);
  }

  #stage(mutation: Mutation): void {
    switch (mutation.kind) {
      case 'grant':
        return void this.#person(mutation.person).grants.set(mutation.key, mutation.value);
      case 'assignment': {
        const { person, role, organization, value } = mutation;
        const one = { role, organization, ...optional(value) };
        return void this.#person(person).assignments.set(assignmentKey(role, organization), one);
      }
      case 'assignments-of-role':
        this.#emptied.add(mutation.uid);
        for (const { assignments } of this.#people.values()) {
          for (const [key, { role }] of [...assignments]) if (role === mutation.uid) assignments.delete(key);
        }
        return;
      case 'role':
        return void this.#roles.set(mutation.uid, mutation.value);
      case 'api':
        return void this.#apis.set(mutation.identifier, mutation.value);
    }
  }

  #person(person: Person): StagedPerson {
    const key = this.personKey(person);
    const known = this.#people.get(key);
    if (known !== undefined) return known;
    const staged: StagedPerson = { person, grants: new Map(), assignments: new Map() };
    this.#people.set(key, staged);
    return staged;
  }

  personKey(person: Person): string {
    return this.#base.personKey(person);
  }

  async storedRole(uid: string): Promise<Role | undefined> {
    return this.#roles.has(uid) ? this.#roles.get(uid) : this.#base.storedRole(uid);
  }

  async storedRoles(uids: readonly string[]): Promise<readonly Role[]> {
    const staged = uids.flatMap((uid) => this.#roles.get(uid) ?? []);
    const others = uids.filter((uid) => !this.#roles.has(uid));
    return others.length === 0 ? staged : [...staged, ...(await this.#base.storedRoles(others))];
  }

  async roleNamed(name: string, organization: string | undefined): Promise<Role | undefined> {
    const staged = this.#stagedRoles().find((role) => role.name === name && role.organization === organization);
    if (staged !== undefined) return staged;
    const stored = await this.#base.roleNamed(name, organization);
    return stored === undefined || this.#roles.has(stored.uid) ? undefined : stored;
  }

  async rolesInheriting(uid: string): Promise<readonly Role[]> {
    const stored = (await this.#base.rolesInheriting(uid)).filter((role) => !this.#roles.has(role.uid));
    return [...stored, ...this.#stagedRoles().filter(({ inherits }) => inherits.some(({ role }) => role === uid))];
  }

  #stagedRoles(): Role[] {
    return [...this.#roles.values()].filter((role) => role !== undefined);
  }

  async grants(person: Person, keys?: readonly string[]): Promise<readonly Privilege[]> {
    const stored = await this.#base.grants(person, keys);
    const staged = this.#people.get(this.personKey(person))?.grants;
    if (staged === undefined) return stored;
    const wanted = keys === undefined ? [...staged.keys()] : keys.filter((key) => staged.has(key));
    return [...stored.filter((one) => !staged.has(grantKey(one))), ...wanted.flatMap((key) => staged.get(key) ?? [])];
  }

  async assignments(person: Person): Promise<readonly RoleAssignment[]> {
    const stored = (await this.#base.assignments(person)).filter(({ role }) => !this.#emptied.has(role));
    const staged = this.#people.get(this.personKey(person))?.assignments;
    if (staged === undefined) return stored;
    const kept = stored.filter((one) => !staged.has(assignmentKey(one.role, one.organization)));
    return [...kept, ...[...staged.values()].flatMap(({ value }) => value ?? [])];
  }

  async holdersOfRole(
    uid: string,
    atMost: number,
  ): Promise<{ readonly items: readonly RoleHolder[]; readonly total: number }> {
    const staged = this.#stagedOf(uid);
    const stored = this.#emptied.has(uid)
      ? { items: [], total: 0 }
      : await this.#base.holdersOfRole(uid, atMost + staged.length);
    if (staged.length === 0) return stored;
    const isStaged = ({ subject, assignment }: RoleHolder): boolean =>
      this.#people
        .get(this.personKey(subject))
        ?.assignments.has(assignmentKey(assignment.role, assignment.organization)) === true;
    // Those that are staged come first: how many are asked for does not change the order.
    const given = staged.flatMap(({ subject, value }) =>
      value === undefined ? [] : Object.freeze({ subject, assignment: value }),
    );
    const items = [...given, ...stored.items.filter((one) => !isStaged(one))].slice(0, atMost);
    return { items, total: stored.total + given.length - (await this.#countStored(staged)) };
  }

  #stagedOf(uid: string): (StagedAssignment & { readonly subject: Person })[] {
    return [...this.#people.values()].flatMap(({ person, assignments }) =>
      [...assignments.values()].filter(({ role }) => role === uid).map((one) => ({ ...one, subject: person })),
    );
  }

  /** How many of these assignments are in the base, and take the place of it. */
  async #countStored(staged: readonly (StagedAssignment & { readonly subject: Person })[]): Promise<number> {
    let count = 0;
    for (const { subject, role, organization } of staged) {
      if (this.#emptied.has(role)) continue;
      const stored = await this.#base.assignments(subject);
      if (stored.some((one) => one.role === role && one.organization === organization)) count += 1;
    }
    return count;
  }

  async api(identifier: string): Promise<ApiRecord | undefined> {
    return this.#apis.has(identifier) ? this.#apis.get(identifier) : this.#base.api(identifier);
  }
}

function optional<Value>(value: Value | undefined): { readonly value?: Value } {
  return value === undefined ? {} : { value };
}
