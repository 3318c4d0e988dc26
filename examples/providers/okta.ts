// A custom authorization server of Okta goes in, an authorizer comes out that takes scopes from a list, groups for roles, and a
// token without a user for a machine's.

import { createAuthorizer } from 'rightful';
import type { PrivilegeStore } from 'rightful';
import { permissions } from './contacts-api.ts';
import type { ContactsAuthorizer, Issuer } from './contacts-api.ts';

export function customServer(issuer: Issuer, store: PrivilegeStore): ContactsAuthorizer {
  // --- custom authorization server
  const authorizer = createAuthorizer({
    issuer, // 'https://your-org.okta.com/oauth2/aus1contacts'
    audience: 'api://contacts',
    permissions,
    store,
    claims: {
      roles: 'groups',
      machine: ({ cid, sub, uid }) => cid === sub && uid === undefined, // Okta writes `uid` into every user's token
    },
    roleNames: { 'Contact editors': 'editor', 'Contact readers': 'reader' },
  });
  // ---
  return authorizer;
}

/** An access policy of the server grants each scope to the groups that may have it, and to nobody else. */
export function accessPolicies(issuer: Issuer): ContactsAuthorizer {
  // --- access policies
  const authorizer = createAuthorizer({
    issuer,
    audience: 'api://contacts',
    permissions,
    trustScopes: true,
    claims: { machine: ({ cid, sub, uid }) => cid === sub && uid === undefined },
  });
  // ---
  return authorizer;
}
