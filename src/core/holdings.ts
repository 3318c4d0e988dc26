// Privileges of one subject go in, an index by permission comes out: what is granted and what is denied, and on what.
//
// There are as many of these as subjects are remembered, so they are small: the list itself, and where in it each name stands.
// What is said of one name is put together when it is asked for, and remembered.

import { Holding } from './holding.ts';
import type { NameTable } from './name-table.ts';
import type { PermissionCatalogue } from './permission.ts';
import { everyPermission, isNamePattern, matchesName, namesMatching } from './permission.ts';
import { isGrantOnAll, mappedPlaces, membersAt, nowhere, placeAmong, placesAmong, sortedPlaces } from './places.ts';
import type { Place, SortedPlaces, Several } from './places.ts';
import { prefixDialect } from './prefix.ts';
import type { Privilege } from './privilege.ts';
import type { ResourceDialect } from './resource.ts';

/** What is known of one name: where it stands, or, once that was asked for, all that is said of it. */
type Known = Place | Several | Holding;

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
  /** Undefined where the list is long: then every name is in the Map. */
  readonly #sorted: SortedPlaces | undefined;
  #known: Map<string, Known> | undefined;
  /** What is said of more than one name; undefined: nothing. */
  readonly #wide: Wide | undefined;

  /** `privileges` are kept as they are: nobody may change them. */
  constructor(privileges: readonly Privilege[], reading: Reading) {
    this.#privileges = privileges;
    this.#reading = reading;
    this.#wide = wideIn(privileges, reading);
    const isAll = this.#wide === undefined;
    this.#sorted = reading.names && sortedPlaces(privileges, reading.names, isAll);
    this.#known = this.#sorted === undefined ? mappedPlaces(privileges, isAll) : undefined;
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
    const known = this.#find(permission);
    if (typeof known === 'number' && isGrantOnAll(known)) return true;
    const verdict = typeof known === 'number' ? undefined : known.verdict;
    if (verdict === true || verdict === false) return verdict;
    const said = this.#isUnsaid(known) ? 'unsaid' : (verdict ?? this.#saidOf(permission)?.judged() ?? 'unsaid');
    return said === 'unsaid' ? assigned !== undefined && assigned.has(permission) : said;
  }

  /** The same on one resource, or on all that a text spells. */
  permitsOn(permission: string, resource: string, assigned: NamesHeld | undefined): boolean {
    const known = this.#find(permission);
    if (typeof known === 'number' && isGrantOnAll(known)) return true;
    const holding = typeof known !== 'number' && known.isRead ? known : this.#saidOf(permission);
    if (holding === undefined) return assigned !== undefined && assigned.has(permission);
    if (holding.deniesAnyOf(resource)) return false;
    // What is granted here, nothing widens.
    return holding.covers(resource) || (!holding.isGranted && assigned !== undefined && assigned.has(permission));
  }

  #isUnsaid(known: Known): boolean {
    return known === nowhere && this.#wide === undefined;
  }

  #find(permission: string): Known {
    const known = this.#known?.get(permission);
    if (known !== undefined) return known;
    if (this.#sorted === undefined) return nowhere;
    const number = this.#reading.names?.numberOf(permission);
    return number === undefined ? nowhere : placeAmong(this.#sorted, number);
  }

  /** All that is said of one name, that of every name included; undefined: nothing. */
  #saidOf(permission: string): Holding | undefined {
    const known = this.#find(permission);
    if (known instanceof Holding) return known;
    if (this.#isUnsaid(known)) return undefined;
    return typeof known === 'number' && isGrantOnAll(known) ? onAll : this.#putTogether(permission);
  }

  #putTogether(permission: string): Holding | undefined {
    const privileges = this.#membersOf(permission);
    const isRefused = this.#deniesByPattern(permission);
    const definition = this.#reading.catalogue?.definition(permission);
    const isNamed = privileges.length > 0 || definition !== undefined;
    const beside = this.#everyBeside(permission);
    if (!isNamed && !isRefused) return beside;
    const { dialect } = this.#reading;
    const heldOn = definition === undefined ? [] : definition.on;
    const holding = new Holding(privileges, { dialect, heldOn, beside, isRefused });
    // Only of names that there are, held or in the catalogue: what is asked about is not bounded.
    if (isNamed) (this.#known ??= new Map()).set(permission, holding);
    return holding;
  }

  /** What is granted and denied under one name, or by a pattern that means it. */
  #membersOf(permission: string): readonly Privilege[] {
    const known = this.#find(permission);
    if (known instanceof Holding) return [...known.grants, ...known.denials];
    if (isNamePattern(permission)) return [];
    return [...membersAt(this.#privileges, this.#placesOf(permission, known)), ...this.#byPattern(permission)];
  }

  #placesOf(permission: string, known: Place | Several): readonly Place[] {
    if (typeof known !== 'number') return known.places;
    if (known >= 0) return [known];
    const number = this.#reading.names?.numberOf(permission);
    return this.#sorted === undefined || number === undefined ? [] : placesAmong(this.#sorted, number);
  }

  #byPattern(permission: string): Privilege[] {
    if (this.#wide === undefined || this.#reading.catalogue?.has(permission) !== true) return [];
    return this.#wide.patterns
      .filter((one) => matchesName(one.permission, permission))
      .map((one) => Object.freeze({ ...one, permission }));
  }

  // Without a catalogue nobody knows what it means: it may mean anything that it matches.
  #deniesByPattern(permission: string): boolean {
    return this.#wide !== undefined && this.#patternDenialsOf(permission).length > 0;
  }

  #patternDenialsOf(permission?: string): Privilege[] {
    if (this.#reading.catalogue !== undefined || this.#wide === undefined) return [];
    return this.#wide.patterns.filter(
      (one) => one.effect === 'deny' && (permission === undefined || matchesName(one.permission, permission)),
    );
  }

  /** Whether anything is granted under this name, on whatever resource. */
  mentions(permission: string): boolean {
    return this.#saidOf(permission)?.isGranted === true;
  }

  holdsOn(permission: string, resource: string): boolean {
    return this.#saidOf(permission)?.covers(resource) === true;
  }

  /** Whether it is held on all that a pattern covers. */
  holdsAllOf(permission: string, pattern: string): boolean {
    return this.#saidOf(permission)?.includes(pattern) === true;
  }

  denies(permission: string): boolean {
    return this.#saidOf(permission)?.isDenied === true;
  }

  deniesOn(permission: string, resource: string): boolean {
    return this.#saidOf(permission)?.deniesAnyOf(resource) === true;
  }

  /** Whether it can be read what a privilege is on. */
  isReadable({ on }: Privilege): boolean {
    return on === undefined || this.#reading.dialect.reachOf(on) !== 'invalid';
  }

  /** Whether what `privilege` grants under the name `permission` is denied on each of its resources. */
  deniesAllOf(permission: string, { on }: Privilege): boolean {
    return this.#saidOf(permission)?.deniesAllOf(on) === true;
  }

  /** Every grant under this name, those of every permission included. */
  grantsOf(permission: string): readonly Privilege[] {
    return [...this.ownGrantsOf(permission), ...(this.#everyBeside(permission)?.grants ?? [])];
  }

  ownGrantsOf(permission: string): readonly Privilege[] {
    return this.#membersOf(permission).filter(isGrant);
  }

  #ownDenialsOf(permission: string): readonly Privilege[] {
    return this.#membersOf(permission).filter((one) => !isGrant(one));
  }

  denialsOf(permission: string): Privilege[] {
    const denials = [...this.#ownDenialsOf(permission), ...(this.#everyBeside(permission)?.denials ?? [])];
    return [...denials, ...this.#patternDenialsOf(permission)];
  }

  /** What is said of every permission, under `*`. */
  #everyBeside(permission: string): Holding | undefined {
    return permission === everyPermission ? undefined : this.#wide?.every;
  }

  /** The names that something is granted under; `*` among them where it is held. */
  names(): string[] {
    return [...this.#allNames()].filter((name) => this.#membersOf(name).some(isGrant));
  }

  denials(): Privilege[] {
    const denials = [...this.#allNames()].flatMap((name) => this.#ownDenialsOf(name));
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

// What is said of most names, for all of them: no resource is looked at, so any dialect will do.
const onAll = new Holding([Object.freeze({ permission: everyPermission })], {
  dialect: prefixDialect,
  heldOn: [],
  isRefused: false,
});

interface Wide {
  /** Those whose names stand for several. */
  readonly patterns: readonly Privilege[];
  /** What is said of every permission, under `*`. */
  readonly every: Holding | undefined;
}

// Most lists hold no such thing.
function wideIn(privileges: readonly Privilege[], { dialect }: Reading): Wide | undefined {
  let wide: Privilege[] | undefined;
  for (const one of privileges) if (one.permission.includes('*')) (wide ??= []).push(one);
  if (wide === undefined) return undefined;
  const every = wide.filter(({ permission }) => permission === everyPermission);
  return {
    patterns: wide.filter(({ permission }) => permission !== everyPermission),
    every: every.length === 0 ? undefined : new Holding(every, { dialect, heldOn: [], isRefused: false }),
  };
}

function isGrant({ effect }: Privilege): boolean {
  return effect === undefined;
}
