// A user pool of Amazon Cognito goes in, authorizers come out for its access tokens: with custom scopes, without any, and bound to
// a resource.

import { createAuthorizer } from 'rightful';
import type { Claims, PrivilegeStore } from 'rightful';
import { permissions } from './contacts-api.ts';
import type { ContactsAuthorizer, Issuer } from './contacts-api.ts';

// --- names at Cognito
const scopePermissions = { 'contacts/read': ['read:contacts'], 'contacts/write': ['write:contacts'] } as const;
const roleNames = { 'contact-editors': 'editor', 'contact-readers': 'reader' };
const isMachine = ({ sub, client_id: client, username }: Claims): boolean => sub === client && username === undefined;
// ---

export function customScopes(issuer: Issuer, store: PrivilegeStore): ContactsAuthorizer {
  // --- custom scopes
  const authorizer = createAuthorizer({
    issuer, // 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI'
    audience: null, // the tokens have no `aud` …
    clients: ['4web1exampleclientid000000', '6jobs2exampleclientid00000'], // … so what they are for is known by these
    permissions,
    scopePermissions,
    store,
    claims: { roles: 'cognito:groups', machine: isMachine },
    roleNames,
  });
  // ---
  return authorizer;
}

/** The application signs its users in by the SDK, where no custom scope can be asked for. */
export function signedInBySdk(issuer: Issuer, store: PrivilegeStore): ContactsAuthorizer {
  // --- signed in by the SDK
  const authorizer = createAuthorizer({
    issuer,
    audience: null,
    clients: ['4web1exampleclientid000000'],
    firstPartyClients: ['4web1exampleclientid000000'],
    permissions,
    store,
    claims: { roles: 'cognito:groups', machine: isMachine },
    roleNames,
  });
  // ---
  return authorizer;
}

/** The application names the API by `resource` (RFC 8707), and the token names it in `aud`. */
export function boundToResource(issuer: Issuer, store: PrivilegeStore): ContactsAuthorizer {
  // --- bound to a resource
  const authorizer = createAuthorizer({
    issuer,
    audience: 'https://contacts.example/',
    permissions,
    scopePermissions,
    store,
    claims: { roles: 'cognito:groups', machine: isMachine },
    roleNames,
  });
  // ---
  return authorizer;
}
