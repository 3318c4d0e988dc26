// All that is granted and denied of one permission goes in; whether that covers a resource, or denies it, comes out.

import type { Privilege } from './privilege.ts';
import { resourcePattern, ResourceSet } from './resource.ts';

export class Holding {
  readonly grants: readonly Privilege[];
  readonly denials: readonly Privilege[];
  /** Held on every resource. */
  readonly everywhere: boolean;
  /** Held on no resource at all (`on: ''`). */
  readonly bare: boolean;
  readonly deniedWhole: boolean;
  readonly #granted: ResourceSet | undefined;
  readonly #denied: ResourceSet | undefined;

  constructor(privileges: readonly Privilege[]) {
    this.grants = privileges.filter(({ effect }) => effect === undefined);
    this.denials = privileges.filter(({ effect }) => effect !== undefined);
    this.everywhere = this.grants.some(({ on }) => on === undefined);
    this.bare = this.grants.some(({ on }) => on === '');
    this.deniedWhole = this.denials.some((one) => !isOnSome(one));
    const scoped = this.grants.filter(({ on }) => on !== undefined && on !== '');
    this.#granted = setOf(scoped);
    this.#denied = setOf(this.denials.filter(isOnSome));
  }

  covers(resource: string): boolean {
    return this.everywhere || this.#granted?.covers(resource) === true;
  }

  /** Whether the resource, or any of those that a pattern spells, is denied. */
  deniesAnyOf(resource: string): boolean {
    return this.deniedWhole || this.#denied?.touches(resource) === true;
  }

  /** Whether all that a pattern covers is denied; undefined: all there is. */
  deniesAllOf(on: string | undefined): boolean {
    return this.deniedWhole || (on !== undefined && on !== '' && this.#denied?.covers(on) === true);
  }
}

// Denials fail closed: one that cannot be read as a pattern denies the permission whole.
function isOnSome({ on }: Privilege): boolean {
  const pattern = resourcePattern(on ?? '');
  return pattern.kind === 'exact' || (pattern.kind === 'prefix' && pattern.text !== '');
}

function setOf(privileges: readonly Privilege[]): ResourceSet | undefined {
  if (privileges.length === 0) return undefined;
  const set = new ResourceSet();
  for (const { on = '' } of privileges) set.add(resourcePattern(on));
  return set;
}
