// Privileges of one subject go in, an index by permission comes out: what is granted and what is denied, and on what.
//
// There are as many of these as subjects are remembered, so they are small: the list itself, and where in it each name stands.
// What is said of one name is put together when it is asked for, and remembered.

import { Holding } from './holding.ts';
import type { NameTable } from './name-table.ts';
import type { PermissionCatalogue } from './permission.ts';
import { everyPermission, isNamePattern, matchesName, namesMatching } from './permission.ts';
import { allPlaces, nowhere, onlyPlace, placesOf } from './places.ts';
import type { Places } from './places.ts';
import type { Privilege } from './privilege.ts';

/** What is said of one name. A privilege by itself is a grant on every resource, beside which nothing is said. */
type Said = Holding | Privilege;

/**
 * Privileges by permission, as of one instant. Patterns over names are expanded against the catalogue; without one a
 * pattern grants nothing and denies whatever it could mean.
 */
export class Holdings {
  readonly #privileges: readonly Privilege[];
  readonly #catalogue: PermissionCatalogue | undefined;
  readonly #names: NameTable | undefined;
  readonly #places: Places;
  readonly #hasPatterns: boolean;
  /** Whether anything is said of every permission, under `*`. */
  readonly #hasEvery: boolean;
  #said: Map<string, Said> | undefined;

  /** `privileges` are kept as they are: nobody may change them. `names`: the table that the sets of one authorizer share. */
  constructor(privileges: readonly Privilege[], catalogue: PermissionCatalogue | undefined, names?: NameTable) {
    this.#privileges = privileges;
    this.#catalogue = catalogue;
    this.#names = names;
    this.#places = placesOf(privileges, names);
    this.#hasPatterns = privileges.some(({ permission }) => isNamePattern(permission));
    this.#hasEvery = onlyPlace(this.#places, names, everyPermission) !== nowhere;
  }

  #saidOf(permission: string): Said | undefined {
    const at = onlyPlace(this.#places, this.#names, permission);
    if (at === nowhere && !this.#hasPatterns) return undefined;
    const one = at >= 0 && !this.#hasPatterns ? this.#privileges[at] : undefined;
    if (one !== undefined && one.on === undefined && one.effect === undefined) return one;
    return this.#said?.get(permission) ?? this.#putTogether(permission);
  }

  // Only of names that there are: what is asked about is not bounded.
  #putTogether(permission: string): Said | undefined {
    const privileges = [...this.#under(permission), ...this.#byPattern(permission)];
    if (privileges.length === 0) return undefined;
    const said = new Holding(privileges);
    (this.#said ??= new Map()).set(permission, said);
    return said;
  }

  #under(permission: string): Privilege[] {
    if (isNamePattern(permission)) return [];
    return allPlaces(this.#places, this.#names, permission).flatMap((at) => this.#privileges[at] ?? []);
  }

  #byPattern(permission: string): Privilege[] {
    if (this.#catalogue?.has(permission) !== true) return [];
    return this.#patterns()
      .filter((one) => matchesName(one.permission, permission))
      .map((one) => Object.freeze({ ...one, permission }));
  }

  #patterns(): Privilege[] {
    return this.#hasPatterns ? this.#privileges.filter(({ permission }) => isNamePattern(permission)) : [];
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

  /** Held on all there is: everywhere, on `*`, on each pattern the catalogue knows, or on none where it takes none. */
  holdsWhole(permission: string): boolean {
    const own = this.#saidOf(permission);
    const every = this.#saidOfEvery(permission);
    if (covers(own, '*') || covers(every, '*')) return true;
    if (own === undefined && every === undefined) return false;
    const { on } = this.#catalogue?.definition(permission) ?? { on: [] };
    if (on === undefined) return false;
    if (on.length === 0) return isBare(own) || isBare(every);
    return on.every((pattern) => covers(own, pattern) || covers(every, pattern));
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

  /** Whether what `privilege` grants under the name `permission` is denied on each of its resources. */
  deniesAllOf(permission: string, { on }: Privilege): boolean {
    const isDenied = (said: Said | undefined): boolean => said instanceof Holding && said.deniesAllOf(on);
    if (isDenied(this.#saidOf(permission)) || isDenied(this.#saidOfEvery(permission))) return true;
    return this.#deniesByPattern(permission);
  }

  #deniesByPattern(permission: string): boolean {
    return this.#hasPatterns && this.#patternDenialsOf(permission).length > 0;
  }

  // Without a catalogue nobody knows what it means: it may mean anything that it matches.
  #patternDenialsOf(permission?: string): Privilege[] {
    if (this.#catalogue !== undefined) return [];
    return this.#patterns().filter(
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
    const known = this.#catalogue?.names ?? [];
    const meant = this.#privileges.flatMap(({ permission }) =>
      isNamePattern(permission) ? namesMatching(permission, known) : [permission],
    );
    return new Set(meant);
  }

  /** The names `*` stands for here, as far as anybody knows them. */
  knownNames(): readonly string[] | undefined {
    return this.#catalogue?.names;
  }
}

function isGranted(said: Said | undefined): boolean {
  return said !== undefined && (!(said instanceof Holding) || said.grants.length > 0);
}

function covers(said: Said | undefined, resource: string): boolean {
  return said !== undefined && (!(said instanceof Holding) || said.covers(resource));
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
