// All that is granted and denied of one permission goes in; whether that covers a resource, or denies it, comes out.

import type { Privilege } from './privilege.ts';
import type { ResourceDialect, ResourceSet } from './resource.ts';

/** What else there is to know of a permission. */
export interface Circumstances {
  readonly dialect: ResourceDialect;
  /** The patterns it may be held on, as the catalogue says: none, where nobody knows of it; undefined: any. */
  readonly heldOn: readonly string[] | undefined;
  /** What is said of every permission, this one included. */
  readonly beside?: Holding | undefined;
  /** Denied, whatever else is said. */
  readonly isRefused: boolean;
}

/** `unsaid`: nothing is granted, and nothing denied. */
export type Verdict = boolean | 'unsaid';

export class Holding {
  readonly grants: readonly Privilege[];
  readonly denials: readonly Privilege[];
  readonly isRead = true;
  /** As {@link judged} says; undefined: nobody has asked. */
  verdict: Verdict | undefined;
  readonly #heldOn: readonly string[] | undefined;
  readonly #beside: Holding | undefined;
  readonly #universal: string;
  /** Held on every resource. */
  readonly #everywhere: boolean;
  /** Held on no resource at all (`on: ''`). */
  readonly #bare: boolean;
  readonly #deniedWhole: boolean;
  readonly #granted: ResourceSet | undefined;
  readonly #denied: ResourceSet | undefined;

  constructor(privileges: readonly Privilege[], { dialect, heldOn, beside, isRefused }: Circumstances) {
    const denials = privileges.filter(({ effect }) => effect !== undefined);
    this.denials = denials;
    this.grants = denials.length === 0 ? privileges : privileges.filter(({ effect }) => effect === undefined);
    this.#beside = beside;
    this.#universal = dialect.universal;
    let granted: ResourceSet | undefined;
    let denied: ResourceSet | undefined;
    let [everywhere, bare, some] =
      beside === undefined ? [false, false, false] : [beside.#everywhere, beside.#bare, false];
    for (const { on } of this.grants) {
      const reach = on === undefined ? 'everything' : (granted ??= dialect.newSet()).add(on);
      everywhere ||= reach === 'everything';
      bare ||= reach === 'nothing';
      some ||= reach === 'some';
    }
    let [deniedWhole, deniedSome] = [isRefused || (beside !== undefined && beside.#deniedWhole), false];
    // Denials fail closed: one that cannot be read as a pattern denies the permission whole.
    for (const { on } of denials) {
      if (on !== undefined && (denied ??= dialect.newSet()).add(on) === 'some') deniedSome = true;
      else deniedWhole = true;
    }
    this.#everywhere = everywhere;
    this.#bare = bare;
    this.#deniedWhole = deniedWhole;
    this.#granted = some ? granted : undefined;
    this.#denied = deniedSome ? denied : undefined;
    this.verdict = undefined;
    this.#heldOn = heldOn;
  }

  /**
   * Whether it may be used on all there is: everywhere, on each pattern the catalogue knows, or on none where it takes none.
   * A single denial refuses the whole. It is worked out once: between patterns that may take a while.
   */
  judged(): Verdict {
    return (this.verdict ??= this.isGranted || this.isDenied ? !this.isDenied && this.#isHeldWhole() : 'unsaid');
  }

  #isHeldWhole(): boolean {
    if (this.includes(undefined)) return true;
    if (this.#heldOn === undefined) return false;
    return this.#heldOn.length === 0 ? this.#bare : this.#heldOn.every((pattern) => this.includes(pattern));
  }

  /** Whether anything is granted, on whatever resource. */
  get isGranted(): boolean {
    return this.grants.length > 0 || this.#beside?.isGranted === true;
  }

  /** Whether anything is denied, on whatever resource. */
  get isDenied(): boolean {
    return this.#deniedWhole || this.denials.length > 0 || this.#beside?.isDenied === true;
  }

  covers(resource: string): boolean {
    if (this.#everywhere || (this.#granted !== undefined && this.#granted.covers(resource))) return true;
    return this.#beside !== undefined && this.#beside.covers(resource);
  }

  /** Whether it covers all that a pattern does; undefined: all there is. */
  includes(pattern: string | undefined): boolean {
    if (this.#everywhere || this.#granted?.includes(pattern ?? this.#universal) === true) return true;
    return this.#beside?.includes(pattern) === true;
  }

  /** Whether the resource, or any of those that a pattern spells, is denied. */
  deniesAnyOf(resource: string): boolean {
    if (this.#deniedWhole || (this.#denied !== undefined && this.#denied.touches(resource))) return true;
    return this.#beside !== undefined && this.#beside.deniesAnyOf(resource);
  }

  /** Whether all that a pattern covers is denied; undefined: all there is. */
  deniesAllOf(on: string | undefined): boolean {
    if (this.#deniedWhole || this.#denied?.includes(on ?? this.#universal) === true) return true;
    return this.#beside?.deniesAllOf(on) === true;
  }
}
