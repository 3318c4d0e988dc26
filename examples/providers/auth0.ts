// An Auth0 tenant goes in, authorizers come out: one for each way that an API can be set up there.

import { createAuthorizer } from 'rightful';
import type { PrivilegeStore } from 'rightful';
import { permissions } from './contacts-api.ts';
import type { ContactsAuthorizer, Issuer } from './contacts-api.ts';

/** RBAC is off: what was asked for is in `scope`, whoever asks. */
export function rbacOff(issuer: Issuer, store: PrivilegeStore): ContactsAuthorizer {
  // --- RBAC off
  const authorizer = createAuthorizer({
    issuer, // 'https://your-tenant.eu.auth0.com/', with the slash at its end
    audience: 'https://contacts.example/',
    permissions,
    store,
  });
  // ---
  return authorizer;
}

/** RBAC is on: `scope` holds what was asked for and is assigned. */
export function rbacOn(issuer: Issuer): ContactsAuthorizer {
  // --- RBAC on
  const authorizer = createAuthorizer({
    issuer,
    audience: 'https://contacts.example/',
    permissions,
    trustScopes: true,
  });
  // ---
  return authorizer;
}

/** RBAC is on, and `permissions` holds all that is assigned. */
export function permissionsInToken(issuer: Issuer): ContactsAuthorizer {
  // --- permissions in the token
  const authorizer = createAuthorizer({
    issuer,
    audience: 'https://contacts.example/',
    permissions,
    permissionsClaim: 'grants', // the default; beside a store also 'limits' and 'ignored'
  });
  // ---
  return authorizer;
}

/** The same, where an application of the API's owner asks for no scopes. */
export function ownApplication(issuer: Issuer): ContactsAuthorizer {
  // --- an application of yours
  const authorizer = createAuthorizer({
    issuer,
    audience: 'https://contacts.example/',
    permissions,
    firstPartyClients: ['web7Qm2x'], // its users delegate all that is assigned to them
  });
  // ---
  return authorizer;
}

/** Machines hold what the store assigns to them, and not what their scopes say. */
export function machinesInStore(issuer: Issuer, store: PrivilegeStore): ContactsAuthorizer {
  // --- machines in the store
  const authorizer = createAuthorizer({
    issuer,
    audience: 'https://contacts.example/',
    permissions,
    store,
    clientPrivileges: 'store',
  });
  // ---
  return authorizer;
}
