// Privileges of one subject go in, an index by permission comes out: what is granted and what is denied, and on what.
//
// There are as many of these as subjects are remembered, so they are small: the list itself, and where in it each name stands.
// What is said of one name is put together when it is asked for, and remembered.

import { Holding } from './holding.ts';
import type { NameTable } from './name-table.ts';
import type { PermissionCatalogue } from './permission.ts';
import { everyPermission, isNamePattern, matchesName, namesMatching } from './permission.ts';
import { isGrantOnAll, memberAt, membersNamed, nowhere, onlyPlace, placesOf } from './places.ts';
import type { Places } from './places.ts';
import type { Privilege } from './privilege.ts';
import type { ResourceDialect } from './resource.ts';

/** What is said of one name. A privilege by itself is a grant on every resource, beside which nothing is said. */
type Said = Holding | Privilege;

/** How names and resource patterns are read: the same for all the sets of one authorizer. */
export interface Reading {
  readonly catalogue?: PermissionCatalogue | undefined;
  readonly dialect: ResourceDialect;
  /** Shared by all the sets; undefined: for one alone it does not pay. */
  readonly names?: NameTable | undefined;
}

/** Something that a name may be in. */
interface NamesHeld {
  has(name: string): boolean;
}

/**
 * Privileges by permission, as of one instant. Patterns over names are expanded against the catalogue; without one a
 * pattern grants nothing and denies whatever it could mean.
 */
export class Holdings {
  readonly #privileges: readonly Privilege[];
  readonly #reading: Reading;
  readonly #places: Places;
  /** Those whose names stand for several. */
  readonly #patterns: readonly Privilege[];
  /** Whether anything is said of every permission, under `*`. */
  readonly #hasEvery: boolean;
  #said: Map<string, Said> | undefined;

  /** `privileges` are kept as they are: nobody may change them. */
  constructor(privileges: readonly Privilege[], reading: Reading) {
    this.#privileges = privileges;
    this.#reading = reading;
    this.#places = placesOf(privileges, reading.names);
    this.#patterns = namePatternsIn(privileges);
    this.#hasEvery = onlyPlace(this.#places, reading.names, everyPermission) !== nowhere;
  }

  /** The same reading of other privileges. */
  with(privileges: readonly Privilege[]): Holdings {
    return new Holdings(privileges, this.#reading);
  }

  /** The pattern on every resource. */
  get universal(): string {
    return this.#reading.dialect.universal;
  }

  /** Whether `permission` may be used on all there is. `assigned`: held everywhere, where nothing is granted here. */
  permits(permission: string, assigned: NamesHeld | undefined): boolean {
    if (this.#patterns.length === 0 && !this.#hasEvery) {
      const place = onlyPlace(this.#places, this.#reading.names, permission);
      if (isGrantOnAll(place)) return true;
      if (place === nowhere) return assigned !== undefined && assigned.has(permission);
    }
    // A single denial refuses the whole.
    const said = this.#said?.get(permission);
    if (said instanceof Holding && said.denials.length > 0) return false;
    const isHeld = this.holdsWhole(permission) || this.#isAssigned(permission, assigned);
    return isHeld && !this.denies(permission);
  }

  /** The same on one resource, or on all that a text spells. */
  permitsOn(permission: string, resource: string, assigned: NamesHeld | undefined): boolean {
    const said = this.#said?.get(permission);
    if (said instanceof Holding && said.grants.length > 0 && this.#patterns.length === 0 && !this.#hasEvery) {
      return said.covers(resource) && !said.deniesAnyOf(resource);
    }
    const isHeld = this.holdsOn(permission, resource) || this.#isAssigned(permission, assigned);
    return isHeld && !this.deniesOn(permission, resource);
  }

  // What is granted here, nothing widens.
  #isAssigned(permission: string, assigned: NamesHeld | undefined): boolean {
    return assigned !== undefined && assigned.has(permission) && !this.mentions(permission);
  }

  #saidOf(permission: string): Said | undefined {
    const place = onlyPlace(this.#places, this.#reading.names, permission);
    if (this.#patterns.length === 0) {
      if (place === nowhere) return undefined;
      if (isGrantOnAll(place)) return this.#privileges[memberAt(place)];
    }
    return this.#said?.get(permission) ?? this.#putTogether(permission);
  }

  // Only of names that there are: what is asked about is not bounded.
  #putTogether(permission: string): Said | undefined {
    const privileges = [...this.#under(permission), ...this.#byPattern(permission)];
    // That no pattern means a name is remembered of the catalogue's names, which are as many as they are.
    const isKnown = this.#patterns.length > 0 && this.#reading.catalogue?.has(permission) === true;
    if (privileges.length === 0 && !isKnown) return undefined;
    const said = new Holding(privileges, this.#reading.dialect);
    (this.#said ??= new Map()).set(permission, said);
    return said;
  }

  #under(permission: string): Privilege[] {
    if (isNamePattern(permission)) return [];
    return membersNamed(this.#places, this.#reading.names, permission).flatMap((at) => this.#privileges[at] ?? []);
  }

  #byPattern(permission: string): Privilege[] {
    if (this.#reading.catalogue?.has(permission) !== true) return [];
    return this.#patterns
      .filter((one) => matchesName(one.permission, permission))
      .map((one) => Object.freeze({ ...one, permission }));
  }

  /** What is said of every permission. */
  #saidOfEvery(permission: string): Said | undefined {
    return this.#hasEvery && permission !== everyPermission ? this.#saidOf(everyPermission) : undefined;
  }

  /** Whether anything is granted under this name, on whatever resource. */
  mentions(permission: string): boolean {
    return isGranted(this.#saidOf(permission)) || isGranted(this.#saidOfEvery(permission));
  }

  holdsOn(permission: string, resource: string): boolean {
    return covers(this.#saidOf(permission), resource) || covers(this.#saidOfEvery(permission), resource);
  }

  /** Whether it is held on all that a pattern covers. */
  holdsAllOf(permission: string, pattern: string): boolean {
    return includes(this.#saidOf(permission), pattern) || includes(this.#saidOfEvery(permission), pattern);
  }

  /** Held on all there is: everywhere, on each pattern the catalogue knows, or on none where it takes none. */
  holdsWhole(permission: string): boolean {
    const own = this.#saidOf(permission);
    const every = this.#saidOfEvery(permission);
    if (includes(own) || includes(every)) return true;
    if (own === undefined && every === undefined) return false;
    const { on } = this.#reading.catalogue?.definition(permission) ?? { on: [] };
    if (on === undefined) return false;
    if (on.length === 0) return isBare(own) || isBare(every);
    return on.every((pattern) => includes(own, pattern) || includes(every, pattern));
  }

  denies(permission: string): boolean {
    const isDenied = (said: Said | undefined): boolean => said instanceof Holding && said.denials.length > 0;
    if (isDenied(this.#saidOf(permission)) || isDenied(this.#saidOfEvery(permission))) return true;
    return this.#deniesByPattern(permission);
  }

  deniesOn(permission: string, resource: string): boolean {
    const isDenied = (said: Said | undefined): boolean => said instanceof Holding && said.deniesAnyOf(resource);
    if (isDenied(this.#saidOf(permission)) || isDenied(this.#saidOfEvery(permission))) return true;
    return this.#deniesByPattern(permission);
  }

  /** Whether it can be read what a privilege is on. */
  isReadable({ on }: Privilege): boolean {
    return on === undefined || this.#reading.dialect.reachOf(on) !== 'invalid';
  }

  /** Whether what `privilege` grants under the name `permission` is denied on each of its resources. */
  deniesAllOf(permission: string, { on }: Privilege): boolean {
    const isDenied = (said: Said | undefined): boolean => said instanceof Holding && said.deniesAllOf(on);
    if (isDenied(this.#saidOf(permission)) || isDenied(this.#saidOfEvery(permission))) return true;
    return this.#deniesByPattern(permission);
  }

  #deniesByPattern(permission: string): boolean {
    return this.#patterns.length > 0 && this.#patternDenialsOf(permission).length > 0;
  }

  // Without a catalogue nobody knows what it means: it may mean anything that it matches.
  #patternDenialsOf(permission?: string): Privilege[] {
    if (this.#reading.catalogue !== undefined) return [];
    return this.#patterns.filter(
      (one) => one.effect === 'deny' && (permission === undefined || matchesName(one.permission, permission)),
    );
  }

  /** Every grant under this name, those of every permission included. */
  grantsOf(permission: string): readonly Privilege[] {
    return [...this.ownGrantsOf(permission), ...grantsIn(this.#saidOfEvery(permission))];
  }

  ownGrantsOf(permission: string): readonly Privilege[] {
    return grantsIn(this.#saidOf(permission));
  }

  denialsOf(permission: string): Privilege[] {
    const denials = [this.#saidOf(permission), this.#saidOfEvery(permission)].flatMap(denialsIn);
    return [...denials, ...this.#patternDenialsOf(permission)];
  }

  /** The names that something is granted under; `*` among them where it is held. */
  names(): string[] {
    return [...this.#allNames()].filter((name) => isGranted(this.#saidOf(name)));
  }

  denials(): Privilege[] {
    const denials = [...this.#allNames()].flatMap((name) => denialsIn(this.#saidOf(name)));
    return [...denials, ...this.#patternDenialsOf()];
  }

  #allNames(): Set<string> {
    const known = this.#reading.catalogue?.names ?? [];
    const meant = this.#privileges.flatMap(({ permission }) =>
      isNamePattern(permission) ? namesMatching(permission, known) : [permission],
    );
    return new Set(meant);
  }

  /** The names `*` stands for here, as far as anybody knows them. */
  knownNames(): readonly string[] | undefined {
    return this.#reading.catalogue?.names;
  }
}

function namePatternsIn(privileges: readonly Privilege[]): readonly Privilege[] {
  let patterns: Privilege[] | undefined;
  for (const one of privileges) if (isNamePattern(one.permission)) (patterns ??= []).push(one);
  return patterns ?? none;
}

// Most have none, and share this one.
const none: readonly Privilege[] = Object.freeze([]);

function isGranted(said: Said | undefined): boolean {
  return said !== undefined && (!(said instanceof Holding) || said.grants.length > 0);
}

function covers(said: Said | undefined, resource: string): boolean {
  return said !== undefined && (!(said instanceof Holding) || said.covers(resource));
}

/** `pattern` undefined: all there is. */
function includes(said: Said | undefined, pattern?: string): boolean {
  return said !== undefined && (!(said instanceof Holding) || said.includes(pattern));
}

function isBare(said: Said | undefined): boolean {
  return said instanceof Holding && said.bare;
}

function grantsIn(said: Said | undefined): readonly Privilege[] {
  if (said === undefined) return [];
  return said instanceof Holding ? said.grants : [said];
}

function denialsIn(said: Said | undefined): readonly Privilege[] {
  return said instanceof Holding ? said.denials : [];
}
