// An access goes in, what the application that sent the request may know of it comes out, as plain data: what it may do, on what,
// and which scopes it could ask the user for. Where privileges come from stays here.

import type { Access } from './access.ts';
import { scopeToAskFor } from './delegation.ts';
import type { Delegated, ScopePermissions } from './delegation.ts';
import { everyPermission } from './permission.ts';
import type { PermissionCatalogue } from './permission.ts';
import type { PermissionSet } from './permission-set.ts';
import type { Privilege } from './privilege.ts';
import type { Dialect } from './resource.ts';

/** A permission on everything, or on what a resource pattern covers; `''`: it takes no resource. */
export interface SummarisedPrivilege {
  readonly permission: string;
  readonly on?: string;
}

/** A scope that the application does not have, and what it would be able to do with it. */
export interface RequestableScope {
  readonly scope: string;
  readonly permissions: readonly string[];
}

/** What an access may do and could come to. */
export interface AccessSummary {
  /** What is both delegated and held, less what is denied on all of it. */
  readonly permissions: readonly SummarisedPrivilege[];
  /** What is denied of those permissions all the same. */
  readonly denials: readonly SummarisedPrivilege[];
  /** How resource patterns are read. */
  readonly dialect: Dialect;
  /** What the token delegates. */
  readonly scopes: readonly string[];
  /** Where a guard would say `insufficient_scope`: what the user holds and has not delegated. */
  readonly requestable: readonly RequestableScope[];
}

/** What an access alone does not say. */
export interface Surroundings {
  /** What would be held if every scope were in the token. */
  readonly all: PermissionSet;
  readonly delegated: Delegated;
  readonly catalogue: PermissionCatalogue | undefined;
  readonly scopePermissions: ScopePermissions;
  readonly dialect: Dialect;
}

export function summaryOf(access: Access, surroundings: Surroundings): AccessSummary {
  const { permissions } = access;
  const names = namesIn(permissions, surroundings).filter((name) => permissions.listOf(name).length > 0);
  return {
    permissions: distinct(names.flatMap((name) => permissions.listOf(name))),
    denials: distinct(names.flatMap((name) => denialsOf(permissions, name))),
    dialect: surroundings.dialect,
    scopes: [...access.scopes],
    requestable: requestable(access, surroundings),
  };
}

// With a catalogue its names and no others: nothing else can be asked for.
function namesIn(set: PermissionSet, { catalogue }: Surroundings): readonly string[] {
  return catalogue?.names ?? [...new Set(set.list().map(({ permission }) => permission))];
}

function denialsOf(set: PermissionSet, permission: string): readonly Privilege[] {
  if (permission === everyPermission) return set.denials();
  return set.explain(permission).denied.map((denial) => ({ ...denial, permission }));
}

function distinct(privileges: readonly Privilege[]): SummarisedPrivilege[] {
  const all = new Map<string, SummarisedPrivilege>();
  for (const { permission, on } of privileges) {
    const one = { permission, ...(on !== undefined && { on }) };
    all.set(JSON.stringify(one), one);
  }
  return [...all.values()];
}

function requestable(access: Access, surroundings: Surroundings): RequestableScope[] {
  const { all, delegated, scopePermissions } = surroundings;
  if (delegated === undefined) return [];
  const byScope = new Map<string, string[]>();
  for (const permission of namesIn(all, surroundings)) {
    // `*` is no scope, and without a catalogue nobody knows what it stands for.
    if (permission === everyPermission || delegated.has(permission) || !all.hasAnywhere(permission)) continue;
    const scope = scopeToAskFor(permission, scopePermissions, access.scopes);
    byScope.set(scope, [...(byScope.get(scope) ?? []), permission]);
  }
  return [...byScope].map(([scope, permissions]) => ({ scope, permissions }));
}
