// What a token says goes in, what it assigns by itself comes out: the names in its `permissions` claim or its scopes, and the
// limit that the claim sets, as `permissionsClaim`, `clientPrivileges` and `trustScopes` say.

import type { Credentials } from './credentials.ts';
import { delegatedBy } from './delegation.ts';
import type { PermissionSetParts } from './permission-set.ts';
import type { Settings } from './settings.ts';

export function assignedByToken(
  credentials: Credentials,
  settings: Settings,
): Pick<PermissionSetParts, 'assigned' | 'ceiling'> {
  const { permissionsClaim, clientPrivileges, trustScopes, scopePermissions } = settings;
  const { machine, scopes, claimed } = credentials;
  const byScope = (): ReadonlySet<string> => delegatedBy(scopes, scopePermissions);
  if (machine) {
    if (clientPrivileges === 'store') return {};
    const names = claimed === undefined ? byScope() : new Set([...byScope()].filter((name) => claimed.has(name)));
    return { assigned: { names, kind: 'scope' }, ceiling: permissionsClaim === 'limits' ? claimed : undefined };
  }
  if (permissionsClaim === 'limits') return { ceiling: claimed ?? new Set() };
  if (permissionsClaim === 'grants' && claimed !== undefined) return { assigned: { names: claimed, kind: 'claim' } };
  // A claim that is there has said what is assigned, even where it is ignored.
  return trustScopes && claimed === undefined ? { assigned: { names: byScope(), kind: 'scope' } } : {};
}
