// A tenant of Microsoft Entra ID goes in, or who knows the tenants; an authorizer comes out for its tokens of version 2.

import { createAuthorizer } from 'rightful';
import type { PrivilegeStore } from 'rightful';
import { permissions } from './contacts-api.ts';
import type { ContactsAuthorizer, Issuer } from './contacts-api.ts';

// --- names at Entra
const scopePermissions = {
  'Contacts.Read': ['read:contacts'], // scopes, in `scp`
  'Contacts.ReadWrite': ['read:contacts', 'write:contacts'],
  'Contacts.Read.All': ['read:contacts'], // an app role for applications, in `roles`
} as const;
const roleNames = { 'Contacts.Editor': 'editor', 'Contacts.Reader': 'reader' }; // app roles for users, in `roles`
// ---

export function oneTenant(issuer: Issuer, store: PrivilegeStore): ContactsAuthorizer {
  // --- one tenant
  const authorizer = createAuthorizer({
    issuer, // 'https://login.microsoftonline.com/8f3b7c52-0d1e-4a6b-9c2d-5e4f3a2b1c0d/v2.0'
    audience: 'c0a7ac75-4b1d-4c8e-9f00-2a6b7c8d9e01', // the API's application (client) id
    clients: ['5ba11ad5-1f2e-4d3c-8b4a-6978a5b4c3d2', 'e4907700-9a8b-4c7d-8e6f-5a4b3c2d1e0f'],
    permissions,
    scopePermissions,
    store,
    claims: { roles: 'roles' },
    roleNames,
  });
  // ---
  return authorizer;
}

/** `authority`: 'https://login.microsoftonline.com'. */
export function manyTenants(
  authority: string,
  isCustomer: (tenant: string) => Promise<boolean>,
  store: PrivilegeStore,
): ContactsAuthorizer {
  // --- many tenants
  const authorizer = createAuthorizer({
    issuer: async (issuer) => {
      const tenant = issuer.split('/')[3] ?? '';
      const whole = `${authority}/${tenant}/v2.0`; // 'https://login.microsoftonline.com/…/v2.0'
      return issuer === whole && (await isCustomer(tenant)) ? whole : undefined;
    },
    audience: 'c0a7ac75-4b1d-4c8e-9f00-2a6b7c8d9e01',
    permissions,
    scopePermissions,
    store,
    claims: { roles: 'roles' },
    roleNames,
  });
  // ---
  return authorizer;
}
