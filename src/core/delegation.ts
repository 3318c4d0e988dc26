// Scopes go in, the names of the permissions they delegate come out (RFC 6749 section 3.3; effective permissions are cut to these).

import { ownName } from './own-names.ts';
import { isScopeToken, openIdScopes } from './permission.ts';
import type { PermissionCatalogue } from './permission.ts';

/** Names of permissions; undefined: every one, as for a first-party client. */
export type Delegated = ReadonlySet<string> | undefined;

/** From a coarse scope to the permissions it delegates beside the one of its own name. */
export type ScopePermissions = ReadonlyMap<string, readonly string[]>;

/** The scope-tokens in a `scope` or `scp` claim: a string or a list of strings. Anything else holds none. */
export function scopesIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(isScopeToken);
  if (!Array.isArray(claim) || !claim.every((member) => typeof member === 'string')) return [];
  return claim.filter(isScopeToken);
}

/** The names that scopes delegate, with the own name of each permission that is called otherwise. */
export function delegatedBy(
  scopes: Iterable<string>,
  scopePermissions: ScopePermissions,
  catalogue?: PermissionCatalogue,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const scope of scopes) {
    if (openIdScopes.has(scope)) continue;
    names.add(scope).add(ownName(scope, catalogue));
    for (const name of scopePermissions.get(scope) ?? []) if (!openIdScopes.has(name)) names.add(name);
  }
  return names;
}

/**
 * The scope to ask for where `permission` is to be delegated: of the coarse ones that do so one that is in `sent` already, else
 * the one that delegates least; without any the permission's own name.
 */
export function scopeToAskFor(permission: string, coarse: ScopePermissions, sent: ReadonlySet<string>): string {
  const able = [...coarse].filter(([scope, names]) => !openIdScopes.has(scope) && names.includes(permission));
  const [first, ...rest] = able.filter(([scope]) => sent.has(scope)).concat(able);
  if (first === undefined) return permission;
  if (sent.has(first[0])) return first[0];
  const [least] = rest.reduce((best, one) => (one[1].length < best[1].length ? one : best), first);
  return least;
}

/** The scope among `scopes` that delegates `permission`. */
export function delegatingScope(
  permission: string,
  scopes: Iterable<string>,
  scopePermissions: ScopePermissions,
  catalogue?: PermissionCatalogue,
): string | undefined {
  for (const scope of scopes) {
    if (openIdScopes.has(scope)) continue;
    if (
      scope === permission ||
      ownName(scope, catalogue) === permission ||
      scopePermissions.get(scope)?.includes(permission)
    )
      return scope;
  }
  return undefined;
}
