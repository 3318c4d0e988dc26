// The stores that are compared, filled with the same people.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { fileStore, memoryStore, postgresStore, withCache } from '../../../dist/stores.js';
import { audience, comparable, documentOf, subjectOf, writeInto } from './people.mjs';

/**
 * `open`: another store over the same data, that has answered nobody.
 *
 * @typedef {{ name: string, open: () => import('../../../dist/stores.js').RoleStore, pool?: pg.Pool, end: () => Promise<unknown> }} Database
 */

/**
 * @param {ReturnType<typeof import('./people.mjs').person>[]} people
 * @param {{ database: () => Promise<pg.PoolConfig> } | undefined} server
 * @returns {Promise<Database[]>}
 */
export async function databasesOf(people, server) {
  const databases = [inMemory(people), inFile(people)];
  if (server !== undefined) databases.push(await filled(await onServer(server), people));
  databases.push(await filled(await inProcess(), people));
  for (const database of databases) await assertAgreement(database, people);
  return databases;
}

function inMemory(people) {
  return { name: 'memory', open: () => memoryStore(documentOf(people)), end: async () => undefined };
}

function inFile(people) {
  const folder = mkdtempSync(join(tmpdir(), 'rightful-bench-'));
  const path = join(folder, 'privileges.json');
  writeFileSync(path, JSON.stringify(documentOf(people)));
  return { name: 'file', open: () => fileStore(path), end: async () => rmSync(folder, { recursive: true }) };
}

async function onServer(server) {
  const pool = new pg.Pool({ ...(await server.database()), max: 10 });
  pool.on('error', () => undefined);
  return { name: 'PostgreSQL', pool, open: () => postgresStore({ pool }), end: () => pool.end() };
}

async function inProcess() {
  const pglite = await PGlite.create();
  const pool = new pg.Pool(createPgConfig(pglite));
  const end = async () => {
    await pool.end();
    await pglite.close();
  };
  return { name: 'PGlite', pool, open: () => postgresStore({ pool }), end };
}

async function filled(database, people) {
  const store = database.open();
  await store.ready();
  await writeInto(store, people);
  await store.close();
  // As it is after a while, when the server has looked at its tables.
  await database.pool.query('vacuum analyze');
  return database;
}

/** Every store says the same of everybody, and so does each again with a cache. */
async function assertAgreement({ name, open }, people) {
  const reference = memoryStore(documentOf(people));
  const store = open();
  const cached = withCache(open());
  for (const one of people) {
    const subject = subjectOf(one);
    const expected = comparable(await reference.privilegesOf(subject, { audience }));
    for (const asked of [store, cached, cached]) {
      assert.deepEqual(comparable(await asked.privilegesOf(subject, { audience })), expected, name);
    }
  }
  await store.close?.();
  await cached.close();
}
