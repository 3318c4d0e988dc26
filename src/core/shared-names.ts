// A claim that lists names goes in, the sets that are read from it come out: made once for all the tokens that say the same, as
// most tokens of an application do.

import { delegatedBy, scopesIn } from './delegation.ts';
import type { ScopePermissions } from './delegation.ts';
import { ownName } from './own-names.ts';
import type { PermissionCatalogue } from './permission.ts';
import { ReadOnlySet } from './read-only-set.ts';

/** What scopes come to. */
export interface ReadScopes {
  readonly scopes: ReadonlySet<string>;
  readonly delegated: ReadonlySet<string>;
}

// Whoever sends more texts than any application has scopes only has them read anew.
const maxTexts = 1000;
const maxTextLength = 2000;

export class SharedNames {
  readonly #scopePermissions: ScopePermissions;
  readonly #catalogue: PermissionCatalogue | undefined;
  readonly #scopes = new Map<string, ReadScopes>();
  readonly #names = new Map<string, ReadonlySet<string>>();

  constructor(scopePermissions: ScopePermissions, catalogue: PermissionCatalogue | undefined) {
    this.#scopePermissions = scopePermissions;
    this.#catalogue = catalogue;
  }

  /** A `scope` or `scp` claim, or what stands in its place. */
  scopesIn(claim: unknown): ReadScopes {
    const text = typeof claim === 'string' ? claim : undefined;
    return shared(this.#scopes, text, () => {
      const scopes = new ReadOnlySet(scopesIn(claim));
      return { scopes, delegated: delegatedBy(scopes, this.#scopePermissions, this.#catalogue) };
    });
  }

  /** A `permissions` claim: a list of names, or nothing. */
  namesIn(claim: unknown): ReadonlySet<string> {
    const readable = Array.isArray(claim) && claim.every((member) => typeof member === 'string');
    const names: readonly string[] = readable ? claim : [];
    return shared(
      this.#names,
      JSON.stringify(names),
      () => new Set(names.map((name) => ownName(name, this.#catalogue))),
    );
  }
}

function shared<Value>(known: Map<string, Value>, text: string | undefined, read: () => Value): Value {
  if (text === undefined || text.length > maxTextLength) return read();
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= maxTexts) known.clear();
  const value = read();
  known.set(text, value);
  return value;
}
