// The store and the authorizer of the address book go in; what administers them comes out: the management API, the access-control API,
// decisions, and the dashboard. The administration is an API like any other, with tokens, scopes and privileges of its own.

import { createAuthorizer } from 'rightful';
import type { Authorizer } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import type { AdminHandler } from 'rightful/admin';
import type { RoleStore } from 'rightful/stores';

import { directoryOf } from './directory.ts';
import type { Facts } from './facts.ts';
import { dashboardClient } from './people.ts';
import { permissions } from './permissions.ts';
import type { Permission } from './permissions.ts';

export interface AdministrationParts {
  facts: Omit<Facts, 'calls'>;
  store: RoleStore;
  apiAuthorizer: Authorizer<Permission>;
}

export function createAdministration({ facts, store, apiAuthorizer }: AdministrationParts): {
  handler: AdminHandler;
  close(): Promise<void>;
} {
  const { api, issuer, audience, people, administration } = facts;
  const authorizer = createAuthorizer({
    issuer,
    audience: administration.audience,
    permissions: adminPermissions,
    store,
    clientPrivileges: 'store',
  });
  const handler = createAdmin({
    authorizer,
    apiAuthorizer,
    store,
    permissions,
    audience,
    name: 'Address book',
    users: directoryOf(people),
    url: api,
    dashboard: { clientId: dashboardClient },
    onFault: (cause) => console.error(cause),
  });
  return { handler, close: () => authorizer.close() };
}
