// An API, its administration with the dashboard, and the authorization server of both on loopback HTTP: what a browser plays on.

import { createServer } from 'node:http';
import express from 'express';
import { createAuthorizer } from 'rightful';
import type { Subject } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import { createGuards, mount } from 'rightful/express';
import { memoryStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { adminApi, contactsApi, permissions } from '../admin/admin-scene.ts';
import { listen } from '../flow/frameworks.ts';
import { authorizationServer } from './authorization-server.ts';
import type { AuthorizationServer } from './authorization-server.ts';

export interface BrowserScene {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  readonly issuer: AuthorizationServer;
  readonly store: RoleStore;
  /** How long the tokens live that are made from now on. */
  tokenSeconds: number;
  /** Calls the contacts API in somebody's name, with a token that delegates everything. Resolves to the status. */
  asContactsUser(sub: string, method?: 'GET' | 'POST' | 'DELETE'): Promise<number>;
  token(sub: string): Promise<string>;
  /** A token of the administration, as the dashboard would have it. */
  adminToken(sub: string, scope: string): Promise<string>;
  user(id: string): Subject;
  close(): Promise<void>;
}

const people = [
  { id: 'root', name: 'Ruth Root', email: 'ruth@contacts.example', picture: 'https://pictures.example/root.gif' },
  { id: 'ann', name: 'Ann Alder', email: 'ann@contacts.example', picture: 'https://elsewhere.example/ann.gif' },
  { id: 'ben', name: 'Ben Birch', email: 'ben@contacts.example' },
  { id: 'lena', name: 'Lena Limited', email: 'lena@contacts.example' },
  { id: 'zoe', name: 'Zoe Zander', email: 'zoe@contacts.example' },
  { id: 'auth0|a/b%', name: 'Odd Identifier' },
];

export async function browserScene(): Promise<BrowserScene> {
  const app = express();
  const address = await listen(createServer(app));
  const state = { tokenSeconds: 3600 };
  const issuer = await authorizationServer({
    clientId: 'dashboard',
    redirectUri: `${address}/admin/`,
    audience: adminApi,
    scopes: adminPermissions.names,
    people: people.map(({ id }) => id),
    tokenSeconds: () => state.tokenSeconds,
  });
  const store = storeOf(issuer.issuer);
  const trusted = { issuer: issuer.issuer, allowHttp: true };
  const contacts = createAuthorizer({ issuer: trusted, audience: contactsApi, permissions, store });
  const authorizer = createAuthorizer({
    issuer: trusted,
    audience: adminApi,
    permissions: adminPermissions,
    store,
    clockToleranceSeconds: 0,
    maxTokenBytes: 16_384,
  });
  const admin = createAdmin({
    authorizer,
    apiAuthorizer: contacts,
    store,
    permissions,
    audience: contactsApi,
    name: 'Contacts',
    users: directory,
    rateLimit: false,
    dashboard: { clientId: 'dashboard', pictures: ['https://pictures.example'] },
  });
  app.use(mount(admin));
  const { requirePermission } = createGuards(contacts);
  app.get('/contacts', requirePermission('read:contacts'), (_, response) => void response.json([]));
  app.post('/contacts', requirePermission('write:contacts'), (_, response) => void response.json({}));
  app.delete('/contacts', requirePermission('delete:contacts'), (_, response) => void response.json({}));
  const token = (sub: string): Promise<string> => issuer.token(sub, contactsApi, permissions.names.join(' '));
  return Object.assign(state, {
    address,
    issuer,
    store,
    token,
    adminToken: (sub: string, scope: string) => issuer.token(sub, adminApi, scope),
    user: (id: string): Subject => ({ issuer: issuer.issuer, id, kind: 'user' }),
    async asContactsUser(sub: string, method = 'GET') {
      const headers = { authorization: `Bearer ${await token(sub)}` };
      return (await fetch(`${address}/contacts`, { method, headers })).status;
    },
    async close() {
      await authorizer.close();
      await contacts.close();
    },
  });
}

const directory = {
  byIds: (ids: readonly string[]) => people.filter(({ id }) => ids.includes(id)),
  list({ search = '', offset, take }: { search?: string; offset: number; take: number }) {
    const found = people.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(search.toLowerCase()));
    return { users: found.slice(offset, offset + take), total: found.length };
  },
};

function storeOf(issuer: string): RoleStore {
  return memoryStore({
    issuer,
    roles: {
      reader: { permissions: ['read:contacts'], description: 'Sees the contacts' },
      editor: { permissions: ['write:contacts'], inherits: ['reader'], description: 'Keeps the contacts up to date' },
      steward: { permissions: ['delete:contacts'], inherits: ['editor'] },
    },
    users: {
      root: { permissions: ['*'] },
      ann: { roles: ['editor'], permissions: [{ permission: 'delete:contacts', on: 'contacts:id:1' }] },
      ben: { permissions: ['read:contacts', { permission: 'delete:contacts', effect: 'deny' }] },
      // Administers, and holds nothing of the contacts but what readers hold.
      lena: {
        roles: ['reader'],
        permissions: ['read:users', 'read:roles', 'update:users', 'create:role_members', 'read:resource_servers'],
      },
    },
    clients: { 'nightly-export': { permissions: ['read:contacts'] } },
  });
}
