// What a token says goes in, what it assigns by itself comes out: the names in its `permissions` claim or its scopes, and the
// limit that the claim sets, as `permissionsClaim`, `clientPrivileges` and `trustScopes` say.

import type { Credentials } from './credentials.ts';
import { delegatedBy } from './delegation.ts';
import { openIdScopes } from './permission.ts';
import type { Names, PermissionSetParts } from './permission-set.ts';
import type { Settings } from './settings.ts';

type Assignment = Pick<PermissionSetParts, 'assigned' | 'ceiling'>;

/** What most tokens assign. */
export const nothingAssigned: Assignment = Object.freeze({});

export function assignedByToken(credentials: Credentials, settings: Settings): Assignment {
  const { scopePermissions, catalogue } = settings;
  return assignment(credentials, settings, () => delegatedBy(credentials.scopes, scopePermissions, catalogue));
}

/** The same, as if the token had every scope; undefined where that would assign no more. */
export function assignedByEveryScope(credentials: Credentials, settings: Settings): Assignment | undefined {
  const assigned = assignment(credentials, settings, () => everyScope);
  return assigned.assigned?.kind === 'scope' ? assigned : undefined;
}

const everyScope: Names = { has: (name) => !openIdScopes.has(name), [Symbol.iterator]: () => [].values() };

/** `byScope`: what the scopes assign; asked only where scopes assign anything. */
function assignment(
  { machine, claimed, elsewhere }: Credentials,
  settings: Settings,
  byScope: () => Names,
): Assignment {
  const { permissionsClaim, clientPrivileges, trustScopes } = settings;
  if (machine && clientPrivileges === 'store') return nothingAssigned;
  if (elsewhere) return permissionsClaim === 'limits' ? { ceiling: new Set<string>() } : nothingAssigned;
  // No claim, no privileges: the issuer is the ceiling.
  const ceiling = permissionsClaim === 'limits' ? (claimed ?? new Set<string>()) : undefined;
  if (machine) return { assigned: { names: cutTo(claimed, byScope()), kind: 'scope' }, ceiling };
  if (ceiling !== undefined) return { ceiling };
  if (permissionsClaim === 'grants' && claimed !== undefined) return { assigned: { names: claimed, kind: 'claim' } };
  // A claim that is there has said what is assigned, even where it is ignored.
  return trustScopes && claimed === undefined ? { assigned: { names: byScope(), kind: 'scope' } } : nothingAssigned;
}

function cutTo(claimed: ReadonlySet<string> | undefined, names: Names): Names {
  return claimed === undefined ? names : new Set([...claimed].filter((name) => names.has(name)));
}
