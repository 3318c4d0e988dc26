// An API and its administration in one application: the pieces of code that the guide shows stand between the marks.

import express from 'express';
import { createAuthorizer, definePermissions } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import { createGuards, mount } from 'rightful/express';
import { provisionFiles } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';

export interface Parts {
  readonly issuer: string;
  readonly store: RoleStore;
  readonly url: string;
  readonly directory: string;
}

export function createApp({ issuer, store, url, directory }: Parts): express.Express {
  // --- administration
  const audience = 'https://contacts.example/';
  const permissions = definePermissions({ 'read:contacts': 'See contacts', 'write:contacts': 'Change contacts' });
  const contacts = createAuthorizer({ issuer, audience, permissions, store });

  const administration = createAuthorizer({
    issuer,
    audience: `${url}/api/v2/`, // an API of its own at the issuer, with a name of its own
    permissions: adminPermissions,
    store, // administrators hold their permissions where everybody does
  });

  const admin = createAdmin({
    authorizer: administration,
    apiAuthorizer: contacts, // lets a pasted token be explained
    store,
    permissions,
    audience,
    name: 'Contacts',
    url, // where it can be reached, for addresses that answers name
    firstAdministrator: 'auth0|ada', // only where the store has none
    dashboard: { clientId: 'dashboard' },
    provision: (access) => provisionFiles(store, directory, { by: access }),
    onFault: (error) => console.error(error),
  });

  const app = express();
  app.use(mount(admin));
  // ---
  const { requirePermission } = createGuards(contacts);
  app.get('/contacts', requirePermission('read:contacts'), (_request, response) => void response.json([]));
  return app;
}
