// Privileges of one subject go in, an index by permission comes out: what is granted and what is denied, and on what.

import type { PermissionCatalogue } from './permission.ts';
import { everyPermission, isNamePattern, matchesName, namesMatching } from './permission.ts';
import type { Privilege } from './privilege.ts';
import { resourcePattern, ResourceSet } from './resource.ts';

/** All that is held and denied of one permission name. */
class Holding {
  readonly grants: Privilege[] = [];
  readonly denials: Privilege[] = [];
  /** Held on every resource. */
  everywhere = false;
  /** Held on no resource at all (`on: ''`). */
  bare = false;
  readonly granted = new ResourceSet();
  deniedWhole = false;
  readonly denied = new ResourceSet();

  grant(privilege: Privilege): void {
    this.grants.push(privilege);
    if (privilege.on === undefined) this.everywhere = true;
    else if (privilege.on === '') this.bare = true;
    else this.granted.add(resourcePattern(privilege.on));
  }

  // Denials fail closed: one that cannot be read as a pattern denies the permission whole.
  deny(privilege: Privilege): void {
    this.denials.push(privilege);
    const pattern = resourcePattern(privilege.on ?? '');
    if (pattern.kind === 'exact' || (pattern.kind === 'prefix' && pattern.text !== '')) this.denied.add(pattern);
    else this.deniedWhole = true;
  }

  covers(resource: string): boolean {
    return this.everywhere || this.granted.covers(resource);
  }
}

/**
 * Privileges by permission, as of one instant. Patterns over names are expanded against the catalogue; without one a
 * pattern grants nothing and denies whatever it could mean.
 */
export class Holdings {
  readonly #byName = new Map<string, Holding>();
  /** Denials by a pattern that no catalogue expands. */
  readonly #patternDenials: Privilege[] = [];
  readonly #catalogue: PermissionCatalogue | undefined;

  constructor(privileges: Iterable<Privilege>, catalogue: PermissionCatalogue | undefined) {
    this.#catalogue = catalogue;
    for (const privilege of privileges) this.#add(privilege);
  }

  #add(privilege: Privilege): void {
    const { permission, effect } = privilege;
    if (!isNamePattern(permission)) this.#put(permission, privilege);
    else if (this.#catalogue !== undefined) {
      for (const name of namesMatching(permission, this.#catalogue.names)) {
        this.#put(name, Object.freeze({ ...privilege, permission: name }));
      }
    } else if (effect === 'deny') this.#patternDenials.push(privilege);
  }

  #put(name: string, privilege: Privilege): void {
    let holding = this.#byName.get(name);
    if (holding === undefined) this.#byName.set(name, (holding = new Holding()));
    if (privilege.effect === 'deny') holding.deny(privilege);
    else holding.grant(privilege);
  }

  // What is said of the permission itself, and of every permission.
  *#of(permission: string): Generator<Holding> {
    const own = this.#byName.get(permission);
    if (own !== undefined) yield own;
    const every = permission === everyPermission ? undefined : this.#byName.get(everyPermission);
    if (every !== undefined) yield every;
  }

  /** Whether anything is granted under this name, on whatever resource. */
  mentions(permission: string): boolean {
    for (const { grants } of this.#of(permission)) if (grants.length > 0) return true;
    return false;
  }

  holdsOn(permission: string, resource: string): boolean {
    for (const holding of this.#of(permission)) if (holding.covers(resource)) return true;
    return false;
  }

  /** Held on all there is: everywhere, on `*`, on each pattern the catalogue knows, or on none where it takes none. */
  holdsWhole(permission: string): boolean {
    const { on } = this.#catalogue?.definition(permission) ?? { on: [] };
    for (const holding of this.#of(permission)) {
      if (holding.covers('*')) return true;
      if (holding.bare && on?.length === 0) return true;
    }
    return on !== undefined && on.length > 0 && on.every((pattern) => this.holdsOn(permission, pattern));
  }

  denies(permission: string): boolean {
    for (const { denials } of this.#of(permission)) if (denials.length > 0) return true;
    return this.#deniesByPattern(permission);
  }

  deniesOn(permission: string, resource: string): boolean {
    for (const { deniedWhole, denied } of this.#of(permission)) {
      if (deniedWhole || denied.touches(resource)) return true;
    }
    return this.#deniesByPattern(permission);
  }

  /** Whether what `privilege` grants under the name `permission` is denied on each of its resources. */
  deniesAllOf(permission: string, { on }: Privilege): boolean {
    for (const { deniedWhole, denied } of this.#of(permission)) {
      if (deniedWhole || (on !== undefined && on !== '' && denied.covers(on))) return true;
    }
    return this.#deniesByPattern(permission);
  }

  #deniesByPattern(permission: string): boolean {
    return this.#patternDenials.some((denial) => matchesName(denial.permission, permission));
  }

  /** Every grant under this name, those of every permission included. */
  grantsOf(permission: string): Privilege[] {
    return [...this.#of(permission)].flatMap(({ grants }) => grants);
  }

  ownGrantsOf(permission: string): Privilege[] {
    return this.#byName.get(permission)?.grants ?? [];
  }

  denialsOf(permission: string): Privilege[] {
    const byPattern = this.#patternDenials.filter((denial) => matchesName(denial.permission, permission));
    return [...[...this.#of(permission)].flatMap(({ denials }) => denials), ...byPattern];
  }

  /** The names that something is granted under; `*` among them where it is held. */
  names(): string[] {
    return [...this.#byName].filter(([, { grants }]) => grants.length > 0).map(([name]) => name);
  }

  denials(): Privilege[] {
    return [...[...this.#byName.values()].flatMap(({ denials }) => denials), ...this.#patternDenials];
  }

  /** The names `*` stands for here, as far as anybody knows them. */
  knownNames(): readonly string[] | undefined {
    return this.#catalogue?.names;
  }
}
