// The pieces of code that the README shows of stores, between the marks, where the compiler sees them.

import pg from 'pg';
import { checker, filterFor } from 'rightful';
import type { Access } from 'rightful';
import {
  auth0Store,
  fileStore,
  memoryStore,
  postgresStore,
  provisionFiles,
  reconcileRoles,
  withCache,
  type Auth0Store,
  type RoleStore,
} from 'rightful/stores';

const issuer = 'https://your-tenant.eu.auth0.com/';

export async function administered(store: RoleStore = memoryStore({ issuer }), access?: Access): Promise<unknown[]> {
  // --- administered
  const alice = { issuer, id: 'auth0|alice', kind: 'user' as const };
  const by = access ?? { system: 'set-up', why: 'the first editor' };
  await store.putRole({ uid: 'editor', name: 'Editor', privileges: ['read:contacts', 'write:contacts'] }, by);
  await store.assign(alice, 'editor', { organization: 'acme', expiresAt: Date.parse('2030-01-01') }, by);
  await store.grant(alice, [{ permission: 'delete:contacts', on: 'contacts:id:7' }], by);
  const { items } = await store.audit({ subject: alice }); // who, what, to whom, before, after, when, why
  // ---
  return [...items];
}

export async function asOne(store: RoleStore): Promise<unknown> {
  const alice = { issuer, id: 'auth0|alice', kind: 'user' as const };
  const bob = { issuer, id: 'auth0|bob', kind: 'user' as const };
  const by = { system: 'hand-over' };
  await store.grant(bob, '*', by);
  await store.grant({ ...bob, id: 'auth0|carol' }, '*', by);
  // --- batch
  const revision = await store.changeAll(
    [
      { kind: 'put-role', role: { uid: 'editor', name: 'Editor', privileges: ['write:contacts'] } },
      { kind: 'assign', subject: alice, role: 'editor' },
      { kind: 'revoke', subject: bob, privilege: '*' },
    ],
    by,
  );
  // ---
  await store.grant(alice, 'read:contacts', by);
  // --- finding
  const found = await store.subjects({ kind: 'user', issuer, id: 'ali', take: 20 }); // `id`: a part, in upper or lower case
  const log = await store.audit({ since: revision, order: 'oldest' }); // each entry once, none missed
  // ---
  return { found: found.items, log: log.items };
}

export function contactsOf(access: Access, contacts: readonly { id: number }[]): unknown {
  // --- lists
  const filter = filterFor(access, 'read:contacts', 'contacts:id:');
  const { text, values } = filter.sql({ column: 'contacts.id', type: 'integer' }); // contacts.id = any($1)
  const mayRead = checker(access, 'read:contacts');
  const seen = contacts.filter(({ id }) => mayRead(`contacts:id:${id}`));
  // ---
  return { text, values, seen };
}

export function inFile(path: string): RoleStore {
  // --- file
  const store = fileStore(path, { onError: (error) => console.error(error.message) });
  // ---
  return store;
}

export async function inDatabase(): Promise<RoleStore> {
  // --- postgres
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], connectionTimeoutMillis: 2000 });
  pool.on('error', (error) => console.error(error)); // `pg` ends the process where nobody listens
  const store = postgresStore({ pool });
  await store.ready(); // makes its tables
  const cached = withCache(store); // what the authorizer is given
  // ---
  await cached.close();
  return store;
}

export function onReplica(primaryUrl: string, primaryPool: pg.Pool, replicaPool: pg.Pool): readonly RoleStore[] {
  // --- replica
  const serving = postgresStore({ pool: replicaPool, migrate: false, listener: () => new pg.Client(primaryUrl) });
  const administering = postgresStore({ pool: primaryPool });
  // ---
  return [serving, administering];
}

export async function atTenant(): Promise<Auth0Store> {
  // --- auth0
  const tenant = auth0Store({
    domain: 'your-tenant.eu.auth0.com',
    clientId: process.env['AUTH0_CLIENT_ID'] ?? '',
    clientSecret: process.env['AUTH0_CLIENT_SECRET'] ?? '', // of a machine-to-machine application with `read:users`
    audience: 'https://contacts.example/', // the API's identifier, and the authorizer's `audience`
  });
  const alice = { issuer: 'https://your-tenant.eu.auth0.com/', id: 'auth0|alice', kind: 'user' as const };
  await tenant.grant(alice, 'read:contacts', { system: 'sign-up' });
  // ---
  return tenant;
}

export async function fromCode(store: RoleStore, directory: string): Promise<void> {
  // --- fixed
  await reconcileRoles(store, [
    { name: 'fixed:contacts:reader', privileges: ['read:contacts'], defaults: ['Viewer'] },
    {
      name: 'fixed:contacts:writer',
      privileges: ['write:contacts'],
      inherits: ['fixed:contacts:reader'],
      defaults: ['Editor'],
    },
  ]);
  await provisionFiles(store, directory, { by: { system: 'start' }, defaultOrganization: 'acme' });
  // ---
}
