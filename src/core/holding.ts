// All that is granted and denied of one permission goes in; whether that covers a resource, or denies it, comes out.

import type { Privilege } from './privilege.ts';
import type { ResourceDialect, ResourceSet } from './resource.ts';

export class Holding {
  readonly grants: readonly Privilege[];
  readonly denials: readonly Privilege[];
  /** Held on every resource. */
  readonly everywhere: boolean;
  /** Held on no resource at all (`on: ''`). */
  readonly bare: boolean;
  readonly deniedWhole: boolean;
  readonly #universal: string;
  readonly #granted: ResourceSet | undefined;
  readonly #denied: ResourceSet | undefined;

  constructor(privileges: readonly Privilege[], dialect: ResourceDialect) {
    const denials = privileges.filter(({ effect }) => effect !== undefined);
    this.denials = denials;
    this.grants = denials.length === 0 ? privileges : privileges.filter(({ effect }) => effect === undefined);
    this.#universal = dialect.universal;
    const granted = dialect.newSet();
    const denied = dialect.newSet();
    let [everywhere, bare, some, deniedWhole, deniedSome] = [false, false, false, false, false];
    for (const { on } of this.grants) {
      const reach = on === undefined ? 'everything' : granted.add(on);
      everywhere ||= reach === 'everything';
      bare ||= reach === 'nothing';
      some ||= reach === 'some';
    }
    // Denials fail closed: one that cannot be read as a pattern denies the permission whole.
    for (const { on } of denials) {
      if (denied.add(on ?? dialect.universal) === 'some') deniedSome = true;
      else deniedWhole = true;
    }
    this.everywhere = everywhere;
    this.bare = bare;
    this.deniedWhole = deniedWhole;
    this.#granted = some ? granted : undefined;
    this.#denied = deniedSome ? denied : undefined;
  }

  covers(resource: string): boolean {
    return this.everywhere || (this.#granted !== undefined && this.#granted.covers(resource));
  }

  /** Whether it covers all that a pattern does; undefined: all there is. */
  includes(pattern: string | undefined): boolean {
    return this.everywhere || this.#granted?.includes(pattern ?? this.#universal) === true;
  }

  /** Whether the resource, or any of those that a pattern spells, is denied. */
  deniesAnyOf(resource: string): boolean {
    return this.deniedWhole || (this.#denied !== undefined && this.#denied.touches(resource));
  }

  /** Whether all that a pattern covers is denied; undefined: all there is. */
  deniesAllOf(on: string | undefined): boolean {
    return this.deniedWhole || this.#denied?.includes(on ?? this.#universal) === true;
  }
}
