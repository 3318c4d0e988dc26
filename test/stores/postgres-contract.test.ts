// The contracts of a privilege store and of a role store, kept by the store in PostgreSQL, on a server and within the process.

import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type pg from 'pg';
import { postgresStore } from 'rightful/stores';
import type { Role, RoleStore } from 'rightful/stores';
import { privilegeStoreCases, roleStoreCases } from 'rightful/testing';
import type { Reopen, StoreSeed } from 'rightful/testing';
import { writeClosures } from '../../src/stores/postgres-closure.ts';
import { writeMutations } from '../../src/stores/postgres-mutations.ts';
import { asWritten } from '../../src/stores/postgres-port.ts';
import { grantKey } from '../../src/stores/records.ts';
import type { Mutation } from '../../src/stores/records.ts';
import { describeEach } from '../postgres/databases.ts';
import type { Database } from '../postgres/databases.ts';

let database: Database;
let pool: pg.Pool;
let count = 0;

describeEach((start) => {
  beforeAll(async () => {
    database = await start();
    pool = database.pool();
  }, 60_000);
  afterAll(() => database.stop());

  describe('is a privilege store', () => {
    it.each(privilegeStoreCases(seeded))('$name', ({ run }) => run(), 30_000);
  });

  describe('is a role store', () => {
    const create = async () => {
      const schema = nextSchema();
      const reopen: Reopen = (given) => postgresStore({ pool, schema, ...given });
      return { store: postgresStore({ pool, schema }), reopen };
    };
    it.each(roleStoreCases(create))('$name', ({ run }) => run(), 30_000);
  });
});

function nextSchema(): string {
  return `case_${(count += 1)}`;
}

// As it stands: what a seed says, nobody could grant.
async function seeded({ subjects, roles }: StoreSeed): Promise<RoleStore> {
  const schema = nextSchema();
  const store = postgresStore({ pool, schema });
  await store.ready();
  const run = async (text: string, values: unknown[] = []) => {
    const { rows } = await pool.query({ text, values, rowMode: 'array', types: asWritten });
    return rows as (string | null)[][];
  };
  const mutations = [
    ...roles.map(({ name, privileges }): Mutation => {
      const value: Role = { uid: name, name, version: 1, privileges, inherits: [] };
      return { kind: 'role', uid: name, value };
    }),
    ...subjects.flatMap((person): Mutation[] => [
      ...person.privileges.map((value): Mutation => ({ kind: 'grant', person, key: grantKey(value), value })),
      ...person.roles.map((value): Mutation => {
        return { kind: 'assignment', person, role: value.role, organization: value.organization, value };
      }),
    ]),
  ];
  try {
    await writeMutations(run, `"${schema}"`, mutations);
    await writeClosures(
      run,
      `"${schema}"`,
      roles.map(({ name }) => name),
    );
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}
