// A Keycloak realm goes in, authorizers come out: one for each place where Keycloak keeps roles.

import { createAuthorizer } from 'rightful';
import type { Claims, PrivilegeStore } from 'rightful';
import { permissions } from './contacts-api.ts';
import type { ContactsAuthorizer, Issuer } from './contacts-api.ts';

/** The roles of the API's own client are called as the permissions are. */
export function clientRoles(issuer: Issuer): ContactsAuthorizer {
  // --- client roles
  const authorizer = createAuthorizer({
    issuer, // 'https://sso.example/realms/main'
    audience: 'contacts-api',
    permissions,
    claims: { permissions: ['resource_access', 'contacts-api', 'roles'] },
  });
  // ---
  return authorizer;
}

/** Roles of the realm stand for roles of the store. */
export function realmRoles(issuer: Issuer, store: PrivilegeStore): ContactsAuthorizer {
  // --- realm roles
  const authorizer = createAuthorizer({
    issuer,
    audience: 'contacts-api',
    permissions,
    store,
    claims: { roles: ['realm_access', 'roles'] },
    roleNames: { 'contact-editors': 'editor', 'contact-readers': 'reader' },
  });
  // ---
  return authorizer;
}

// --- service accounts by another sign
const isServiceAccount = ({
  azp,
  client_id: clientId,
  clientId: former,
  preferred_username: name,
}: Claims): boolean => {
  const client = clientId ?? former; // `clientId` before it was called as in RFC 9068
  return typeof client === 'string' && client === azp && name === `service-account-${client.toLowerCase()}`;
};
// ---

/** The client id of a service account has capital letters, or the realm is an old one. */
export function serviceAccounts(issuer: Issuer): ContactsAuthorizer {
  // --- machines by another sign
  const authorizer = createAuthorizer({
    issuer,
    audience: 'contacts-api',
    permissions,
    claims: { permissions: ['resource_access', 'contacts-api', 'roles'], machine: isServiceAccount },
  });
  // ---
  return authorizer;
}
