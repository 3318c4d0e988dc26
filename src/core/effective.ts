// Scopes and privileges go in, effective permissions come out: what is delegated AND held, less what is denied. The pure rule,
// with no token, store or network around it.

import { delegatedBy, scopesIn } from './delegation.ts';
import type { ScopePermissions } from './delegation.ts';
import { checkedBoolean, checkedMembers, expectation, isRecord } from './options.ts';
import { PermissionSet, holdingsFrom } from './permission-set.ts';
import type { PermissionSetOptions } from './permission-set.ts';
import type { Privilege } from './privilege.ts';

/** What {@link effectivePermissions} decides on. */
export interface EffectivePermissionsInput extends PermissionSetOptions {
  /** What the token delegates: a `scope` string (RFC 6749 section 3.3), or scopes one by one. */
  scopes: string | Iterable<string>;
  /** What the subject holds and is denied; a bare name stands for a privilege on every resource. */
  privileges: Iterable<Privilege | string>;
  /** The application is the API's own: every privilege is delegated, whatever the scopes. Default: false. */
  firstParty?: boolean;
  /** The permissions that coarse scopes delegate beside the one of their own name. */
  scopePermissions?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The effective permissions: those privileges whose permission the scopes delegate, less what is denied. Never a union.
 *
 * @throws TypeError when a member is missing or not of its type. What stands inside of `scopes` and `privileges` never
 * throws: an unreadable scope delegates nothing, an unreadable grant grants nothing, an unreadable denial denies whole.
 */
export function effectivePermissions(input: EffectivePermissionsInput): PermissionSet {
  const { scopes, privileges, firstParty, scopePermissions, ...options } = checkedMembers(input, 'input', [
    'scopes',
    'privileges',
    'firstParty',
    'scopePermissions',
    'permissions',
    'dialect',
    'now',
  ]);
  const store = holdingsFrom(privileges as Iterable<Privilege | string>, options as PermissionSetOptions);
  const coarse = checkedScopePermissions(scopePermissions);
  if (checkedBoolean(firstParty, 'firstParty', false)) return PermissionSet.of({ store });
  return PermissionSet.of({
    store,
    delegated: delegatedBy(givenScopes(scopes), coarse, options.permissions as PermissionSetOptions['permissions']),
  });
}

function givenScopes(scopes: unknown): string[] {
  if (typeof scopes === 'string') return scopesIn(scopes);
  if (typeof scopes !== 'object' || scopes === null || !(Symbol.iterator in scopes)) {
    throw expectation('scopes', 'a scope string or a list of scopes', scopes);
  }
  return scopesIn([...(scopes as Iterable<unknown>)]);
}

/** @throws TypeError when it is no object from scopes to lists of permissions. */
export function checkedScopePermissions(value: unknown): ScopePermissions {
  if (value === undefined) return new Map();
  if (!isRecord(value)) throw expectation('scopePermissions', 'an object from scopes to permissions', value);
  return new Map(
    Object.entries(value).map(([scope, names]): [string, readonly string[]] => {
      if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
        throw expectation(`scopePermissions['${scope}']`, 'a list of permissions', names);
      }
      return [scope, Object.freeze([...names] as string[])];
    }),
  );
}
