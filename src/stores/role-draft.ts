// The roles of a store go in, and what they shall be; the steps from the one to the other come out, in an order in which each can
// be taken.

import { isBuiltIn } from '../core/built-in-roles.ts';
import { RoleCycleError, RoleInUseError, RoleNameTakenError } from '../core/change-errors.ts';
import { inheritedBy } from '../core/role-closure.ts';
import type { InheritedRole, Role } from '../core/role-store.ts';
import type { CheckedRole } from './change-input.ts';
import { grantKey } from './records.ts';
import { deletion, isSameInherited, replacement } from './role-steps.ts';
import type { RoleStep } from './role-steps.ts';

/** A role as it shall be. `version`: the least it shall have, where it is changed. */
export type WantedRole = Omit<CheckedRole, 'version'> & { readonly version?: number | undefined };

export class RoleDraft {
  /** As they are once all deletions are made. */
  readonly #there: Map<string, Role>;
  readonly #wanted: Map<string, Role>;
  readonly #versions = new Map<string, number>();
  readonly #deletions: RoleStep[] = [];

  constructor(roles: ReadonlyMap<string, Role>) {
    this.#there = new Map(roles);
    this.#wanted = new Map(roles);
  }

  /** The role as it shall be. */
  role(uid: string): Role | undefined {
    return this.#wanted.get(uid);
  }

  /** The role that shall have that name. */
  named(name: string, organization: string | undefined, except?: string): Role | undefined {
    return [...this.#wanted.values()].find((one) => {
      return one.uid !== except && one.name === name && one.organization === organization;
    });
  }

  /**
   * Deletes a role, before anything else is changed. `holders`: to how many it is assigned.
   *
   * @throws RoleInUseError
   */
  delete(role: Role, { force, holders }: { readonly force: boolean; readonly holders: number }): void {
    const inheritors = [...this.#there.values()].filter(({ inherits }) =>
      inherits.some((one) => one.role === role.uid),
    );
    const uids = inheritors.map(({ uid }) => uid);
    if (!force && (holders > 0 || uids.length > 0)) throw new RoleInUseError(role.uid, holders, uids);
    this.#deletions.push(deletion(role, { force, holders, inheritors: uids }));
    for (const roles of [this.#there, this.#wanted]) {
      roles.delete(role.uid);
      // The store takes it from them, and each becomes another version.
      for (const one of inheritors)
        roles.set(one.uid, { ...without(one, ({ role: uid }) => uid === role.uid), version: one.version + 1 });
    }
  }

  put({ version, description, organization, ...role }: WantedRole): void {
    if (version !== undefined) this.#versions.set(role.uid, version);
    this.#wanted.set(role.uid, {
      ...role,
      version: this.#there.get(role.uid)?.version ?? 0,
      ...(description !== undefined && { description }),
      ...(organization !== undefined && { organization }),
      privileges: [...new Map(role.privileges.map((one) => [grantKey(one), one])).values()],
    });
  }

  /** Makes a role that there is inherit another. */
  attach(to: string, inherited: InheritedRole): void {
    const role = this.#wanted.get(to);
    if (role === undefined || role.inherits.some((one) => isSameInherited(one, inherited))) return;
    this.#wanted.set(to, { ...role, inherits: [...role.inherits, inherited] });
  }

  detach(from: string, inherited: InheritedRole): void {
    const role = this.#wanted.get(from);
    if (role !== undefined)
      this.#wanted.set(
        from,
        without(role, (one) => isSameInherited(one, inherited)),
      );
  }

  /** @throws RoleNameTakenError where another role shall have the name of this one. */
  checkName(uid: string): void {
    const role = this.#wanted.get(uid);
    const namesake = role === undefined ? undefined : this.named(role.name, role.organization, uid);
    if (namesake !== undefined) throw new RoleNameTakenError(namesake.name, namesake.uid);
  }

  /** @throws RoleCycleError where the role would inherit itself. */
  checkInheritance(uid: string): void {
    const ways = [[uid]];
    const seen = new Set<string>();
    for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
      for (const next of inheritedUids(this.#wanted.get(way.at(-1) ?? uid))) {
        if (next === uid) throw new RoleCycleError([...way, next]);
        if (!seen.has(next)) ways.push([...way, next]);
        seen.add(next);
      }
    }
  }

  /** First what is deleted; then each role after those it inherits, and after the one that has its name so far. */
  steps(): RoleStep[] {
    const nameHolders = new Map([...this.#there.values()].map((role) => [nameKey(role), role.uid]));
    const ordered = new Map<string, Role>();
    const seen = new Set<string>();
    const visit = (uid: string): void => {
      const role = this.#wanted.get(uid);
      if (role === undefined || seen.has(uid)) return;
      seen.add(uid);
      for (const before of inheritedUids(role)) visit(before);
      visit(nameHolders.get(nameKey(role)) ?? uid);
      ordered.set(uid, role);
    };
    for (const uid of this.#wanted.keys()) visit(uid);
    const changed = [...ordered.values()].filter((role) => !isSameRole(role, this.#there.get(role.uid)));
    return [...this.#deletions, ...changed.map((role) => this.#step(role))];
  }

  #step(role: Role): RoleStep {
    const before = this.#there.get(role.uid);
    return replacement(before, role, isBuiltIn(role.uid) ? undefined : this.#versions.get(role.uid));
  }
}

function without(role: Role, isGone: (inherited: InheritedRole) => boolean): Role {
  return { ...role, inherits: role.inherits.filter((one) => !isGone(one)) };
}

function inheritedUids(role: Role | undefined): string[] {
  return role === undefined ? [] : inheritedBy(role).map((one) => one.role);
}

function nameKey({ name, organization }: Role): string {
  return JSON.stringify([name, organization ?? null]);
}

// In all but the version: a store takes what says the same for no change.
function isSameRole(role: Role, before: Role | undefined): boolean {
  return before !== undefined && contentOf(role) === contentOf(before);
}

function contentOf({ name, description, organization, privileges, inherits }: Role): string {
  const held = privileges.map((one) => `${grantKey(one)} ${one.expiresAt ?? ''}`).sort();
  const inherited = inherits.map((one) => JSON.stringify([one.role, one.organization ?? null])).sort();
  return JSON.stringify([name, description ?? null, organization ?? null, held, inherited]);
}
