// The pieces of code that the README shows, between the marks, where the compiler sees them.

import express from 'express';
import type { Express, Request, Response } from 'express';
import { allOf, anyOf, anywhere, createAuthorizer, definePermissions, inOrganization, on, policy } from 'rightful';
import type { Subject } from 'rightful';
import { createGuards } from 'rightful/express';
import { memoryStore, withCache, type CachedStore, type MemorySubject, type PrivilegeStore } from 'rightful/stores';
import { createTestAccess, createTestIssuer, privilegeStoreCases, type StoreSeed } from 'rightful/testing';

const permissions = definePermissions({
  'read:contacts': 'See contacts',
  'write:contacts': 'Change contacts',
  'delete:contacts': 'Delete contacts',
  'share:contacts': 'Share contacts',
});

export const store =
  // --- privileges
  memoryStore({
    issuer: 'https://your-tenant.eu.auth0.com/',
    roles: { editor: ['read:contacts', 'write:contacts'] },
    users: {
      'auth0|alice': { roles: ['editor'], permissions: [{ permission: 'delete:contacts', on: 'contacts:id:7' }] },
      'auth0|bob': { roles: ['editor'], permissions: [{ permission: 'write:contacts', effect: 'deny' }] },
      'auth0|carol': { roles: [{ role: 'editor', expiresAt: Date.parse('2027-01-01') }] },
      'auth0|ada': { permissions: ['*'] }, // every permission, also the one added tomorrow
    },
    clients: { 'nightly-export': { permissions: ['read:contacts'] } },
  });
// ---

/** In place of a database. */
async function contactNamed(name: string): Promise<{ id: number; folder: number } | null> {
  return name === 'bob' ? { id: 7, folder: 1 } : null;
}

// --- resolvers
const resolvers = {
  'contacts:name:': async (resource: string) => {
    const contact = await contactNamed(resource.slice('contacts:name:'.length));
    return contact && [`contacts:id:${contact.id}`, `folders:id:${contact.folder}`]; // null: there is none
  },
};
// ---

export function contactsApi(issuer: string, isOwner: (subject: Subject, id: string) => boolean): Express {
  const audience = 'https://contacts.example/';
  const authorizer = createAuthorizer({ issuer, audience, permissions, store, resolvers });
  const { requirePermission } = createGuards(authorizer);
  const app = express();
  const answer = (_req: Request, res: Response): void => void res.json({ permitted: true });

  // --- requirements
  app.get('/contacts', requirePermission('read:contacts'), answer); // on every contact
  app.get('/contacts/:id', requirePermission(on('read:contacts', 'contacts:id:{id}')), answer); // on the one in the path
  app.get('/search', requirePermission(anywhere('read:contacts')), answer); // on at least one: filter by access.can(…)
  app.post('/shared', requirePermission(allOf('read:contacts', 'share:contacts')), answer);
  app.put(
    '/contacts/:id',
    requirePermission(anyOf('write:contacts', on('write:contacts', 'contacts:id:{id}'))),
    answer,
  );
  app.get(
    '/export',
    requirePermission((req) => (req.query['all'] ? 'read:contacts' : anywhere('read:contacts'))),
    answer,
  );

  const ownsIt = policy('owns the contact', (access, req: Request) =>
    isOwner(access.subject, String(req.params['id'])),
  );
  app.delete('/contacts/:id', requirePermission(allOf(on('delete:contacts', 'contacts:id:{id}'), ownsIt)), answer);
  // ---

  // --- organizations
  app.get('/orgs/:org/contacts', requirePermission(inOrganization('read:contacts', '{org}')), answer);
  // ---

  // --- decorator
  class Contacts {
    @requirePermission('read:contacts')
    list(_req: Request, res: Response): void {
      res.json({ contacts: [] });
    }
  }
  // ---

  const contacts = new Contacts();
  return app.get('/listed', (req, res) => contacts.list(req, res));
}

/** What the tests of such an API look like. */
export async function statusesOf(createApp: (issuer: string) => Express): Promise<number[]> {
  // --- testing
  const issuer = await createTestIssuer({ audience: 'https://contacts.example/' }); // real keys, on loopback
  const server = createApp(issuer.issuer).listen(0);
  const token = await issuer.token({ sub: 'auth0|alice', scope: 'read:contacts' });
  // ---
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const headers = { authorization: `Bearer ${token}` };
  const answers = await Promise.all(
    ['/contacts', '/listed', '/search'].map((path) => fetch(`http://127.0.0.1:${port}${path}`, { headers })),
  );
  server.close();
  await issuer.close();
  return answers.map(({ status }) => status);
}

export const access =
  // --- access
  createTestAccess({ scopes: 'read:contacts', privileges: ['read:contacts'] });
// ---

/** For a store that takes its time. */
export function rememberedStore(): CachedStore {
  // --- cache
  const remembering = withCache(store, { maxAgeMs: 30_000 });
  // ---
  return remembering;
}

/** A store that holds what a case of the contract asks for: here in memory, in your tests your own. */
function storeOf({ issuer, subjects, roles }: StoreSeed): PrivilegeStore {
  const held = (kind: Subject['kind']): Record<string, MemorySubject> => {
    const those = subjects.filter((one) => one.kind === kind);
    return Object.fromEntries(those.map((one) => [one.id, { permissions: one.privileges, roles: one.roles }]));
  };
  const named = Object.fromEntries(roles.map(({ name, privileges }) => [name, privileges]));
  return memoryStore({ issuer, users: held('user'), clients: held('client'), roles: named });
}

/** `test`: any runner's. */
export function contract(test: (name: string, run: () => Promise<void>) => unknown): void {
  // --- contract
  for (const { name, run } of privilegeStoreCases(storeOf, { issuers: 'one' })) void test(name, run);
  // ---
}
