// A database goes in, in whatever version; it comes out in the one that this code knows, or there is an error that says why not.

import { hash } from 'node:crypto';
import type { Connections, Run } from './postgres-connections.ts';
import { sqlStateOf } from './postgres-port.ts';
import { migrationsOf, versionTable } from './postgres-schema.ts';

export interface MigrationSettings {
  /** As it is written in a statement. */
  readonly schema: string;
  /** Whether a database that is older is brought up to date. */
  readonly migrate: boolean;
}

/** @throws Error when the database is newer than this code, or older and not to be changed. */
export async function migrate(
  connections: Connections,
  { schema, migrate: isAllowed }: MigrationSettings,
): Promise<void> {
  const migrations = migrationsOf(schema);
  const version = await connections.read({ text: versionText(schema) }).then(versionIn, orNone);
  if (version === migrations.length) return;
  if (version > migrations.length) throw tooNew(schema, version, migrations.length);
  if (!isAllowed) {
    throw new Error(
      `The tables in ${schema} are of version ${version}, and version ${migrations.length} is needed; \`migrate\` is false`,
    );
  }
  await connections.change((run) => migrateAlone(run, schema, migrations));
}

// Of many processes that start at once, one does it, and the others find it done.
async function migrateAlone(run: Run, schema: string, migrations: readonly string[]): Promise<void> {
  await run('select pg_advisory_xact_lock($1::bigint)', [lockOf(schema)]);
  await checkEncoding(run);
  const version = await preparedVersion(run, schema);
  if (version > migrations.length) throw tooNew(schema, version, migrations.length);
  for (const [at, statements] of migrations.entries()) {
    if (at < version) continue;
    await run(statements);
    await run(`insert into ${schema}.versions (version) values ($1)`, [at + 1]);
  }
  await run('commit');
}

async function preparedVersion(run: Run, schema: string): Promise<number> {
  const [found] = await run('select to_regnamespace($1)::text, to_regclass($2)::text', [schema, `${schema}.versions`]);
  // Who may not make a schema can be given an empty one.
  if (found?.[0] === null) await run(`create schema ${schema}`);
  if (found?.[1] === null) await run(versionTable(schema));
  return versionIn(await run(versionText(schema)));
}

// In another encoding some names could not be kept, and in none two that differ might not.
async function checkEncoding(run: Run): Promise<void> {
  const [row] = await run(`select current_setting('server_encoding')`);
  if (row?.[0] !== 'UTF8') throw new Error(`The database is encoded in ${row?.[0]}, and UTF8 is needed`);
}

function versionText(schema: string): string {
  return `select coalesce(max(version), 0) from ${schema}.versions`;
}

function versionIn(rows: readonly (readonly (string | null)[])[]): number {
  return Number(rows[0]?.[0]);
}

// No such table, or no such schema.
function orNone(error: unknown): number {
  if (['42P01', '3F000'].includes(sqlStateOf(error) ?? '')) return 0;
  throw error;
}

function tooNew(schema: string, version: number, known: number): Error {
  return new Error(
    `The tables in ${schema} are of version ${version}, newer than version ${known}, which is all this code knows`,
  );
}

function lockOf(schema: string): string {
  return hash('sha256', `rightful ${schema}`, 'buffer').readBigInt64BE().toString();
}
