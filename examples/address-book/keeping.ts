// Where privileges and contacts shall be kept goes in; the opened store and the contacts come out: in memory, in a directory
// (PGlite, which is PostgreSQL within this process), or in PostgreSQL.

import { memoryStore, postgresStore, withCache } from 'rightful/stores';
import type { PrivilegeStore, RoleStore } from 'rightful/stores';
import type pg from 'pg';

import { contactsInPostgres } from './contacts-in-postgres.ts';
import { contactsInMemory } from './contacts.ts';
import type { Contacts } from './contacts.ts';
import { claimDirectory } from './data-directory.ts';
import { StartError } from './listening.ts';

/** Neither: in memory. */
export type Place = { directory?: never; databaseUrl?: never } | { directory: string } | { databaseUrl: string };

export interface Keeping {
  /** Where it is, for people to read. */
  place: string;
  store: RoleStore;
  /** The same privileges, as the guards read them: remembered until a change is announced. */
  cached: PrivilegeStore;
  contacts: Contacts;
  close(): Promise<void>;
}

export async function openKeeping(place: Place, issuer: string): Promise<Keeping> {
  if ('directory' in place && place.directory !== undefined) return inDirectory(place.directory);
  if ('databaseUrl' in place && place.databaseUrl !== undefined) return inDatabase(place.databaseUrl);
  return inMemory(issuer);
}

export function inMemory(issuer: string): Keeping {
  const store = memoryStore({ issuer });
  return { place: 'in memory', store, cached: store, contacts: contactsInMemory(), close: async () => undefined };
}

async function inDirectory(directory: string): Promise<Keeping> {
  const { database, release } = await claimDirectory(directory);
  try {
    // Loaded where they are needed: nobody waits for a database that is not used.
    const { default: pg } = await import('pg');
    const { PGlite } = await import('@electric-sql/pglite');
    const { createPgConfig } = await import('@electric-sql/pglite/node-postgres');
    const pglite = await PGlite.create(database);
    const pool = new pg.Pool(createPgConfig(pglite));
    const end = async (): Promise<void> => {
      await pglite.close();
      await release();
    };
    return await inPostgres(pool, `in ${directory} (PGlite)`, end);
  } catch (error) {
    await release();
    throw error;
  }
}

async function inDatabase(databaseUrl: string): Promise<Keeping> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  try {
    return await inPostgres(pool, 'in PostgreSQL (DATABASE_URL)', async () => undefined);
  } catch (error) {
    // The address has a password in it: it is not printed.
    throw new StartError(`The database of DATABASE_URL cannot be used: ${reasonOf(error)}`);
  }
}

async function inPostgres(pool: pg.Pool, place: string, end: () => Promise<void>): Promise<Keeping> {
  // A connection that ends while nobody uses it is replaced; without a listener it would end the process.
  pool.on('error', () => undefined);
  const store = postgresStore({ pool });
  const cached = withCache(store);
  const close = async (): Promise<void> => {
    await cached.close();
    await pool.end();
    await end();
  };
  try {
    await store.ready();
    return { place, store, cached, contacts: await contactsInPostgres(pool), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const { cause, message, code } = error as { cause?: unknown; message?: string; code?: unknown };
  if (cause instanceof Error) return reasonOf(cause);
  return String(message || code);
}
