// The databases that the tests of postgresStore run on: a server where there is one for the platform, and PGlite anywhere.

import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { describe } from '@jest/globals';
import pg from 'pg';
import { postgresBinaries, startPostgres } from './server.ts';

export interface Database {
  /** Another pool, as another process has; of PGlite there is but one. */
  pool(options?: pg.PoolConfig): pg.Pool;
  stop(): Promise<void>;
}

export async function onServer(): Promise<Database> {
  const server = await startPostgres();
  const config = await server.database();
  const pools: pg.Pool[] = [];
  return {
    pool: (options) => {
      const pool = quiet(new pg.Pool({ ...config, ...options }));
      pools.push(pool);
      return pool;
    },
    stop: async () => {
      await Promise.all(pools.filter((pool) => !pool.ending).map((pool) => pool.end()));
      await server.stop();
    },
  };
}

async function inProcess(): Promise<Database> {
  const pglite = await PGlite.create();
  const pool = quiet(new pg.Pool(createPgConfig(pglite)));
  return {
    pool: () => pool,
    stop: async () => {
      await pool.end();
      await pglite.close();
    },
  };
}

// A connection that ends while nobody uses it is told to the pool, and ends the process where nobody listens.
function quiet(pool: pg.Pool): pg.Pool {
  return pool.on('error', () => undefined);
}

const mayBeLeftOut = postgresBinaries === undefined && process.env['CI'] === undefined;

/** As `describe`; said to be skipped where there is no server for the platform, and failing there where everything has to be tested. */
export const describeServer = mayBeLeftOut ? describe.skip : describe;

/** The same tests on each database. */
export function describeEach(tests: (start: () => Promise<Database>) => void): void {
  describeServer('PostgreSQL', () => {
    tests(onServer);
  });
  describe('PGlite', () => {
    tests(inProcess);
  });
}
