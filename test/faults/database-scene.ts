// A database of its own for each test, the proxies through which APIs reach it, and a way around them; all gone afterwards.

import { afterAll, afterEach, beforeAll } from '@jest/globals';
import pg from 'pg';
import { postgresStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { startPostgres } from '../postgres/server.ts';
import type { PostgresServer } from '../postgres/server.ts';
import { startApi } from './api.ts';
import type { Api } from './api.ts';
import type { ApiSettings } from './api-process.ts';
import { startProxy } from './proxy.ts';
import type { Proxy } from './proxy.ts';

type DatabaseSettings = NonNullable<ApiSettings['database']>;

/** What the APIs are told, unless a story says something else. */
export const heartbeatMs = 300;
export const queryTimeoutMs = 1000;
export const changeTimeoutMs = 2000;
/** So long at most a revocation is not heard of, where what is remembered may be much older; the rest is for a busy machine. */
export const boundMs = heartbeatMs + queryTimeoutMs + 2500;
const maxAgeMs = 600_000;

export const by = { system: 'test' };

export interface DatabaseScene {
  readonly server: PostgresServer;
  /** Between the APIs and the database: what asks and changes, and what listens. */
  readonly pool: Proxy;
  readonly listener: Proxy;
  /** All that an API is told about the database, with what a story wants otherwise. */
  api(differing?: Differing): Promise<Api>;
  /** Past the proxies. */
  store(): Promise<RoleStore>;
  /** A connection past the proxies. */
  client(): Promise<pg.Client>;
}

interface Differing {
  readonly pool?: pg.PoolConfig;
  readonly listener?: false;
  readonly options?: DatabaseSettings['options'];
  readonly cache?: ApiSettings['cache'];
}

/** In a `describe`; the server is the same for all tests in it. */
export function databaseScenes(settings: Record<string, number> = {}): () => Promise<DatabaseScene> {
  let server: PostgresServer;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => void (server = await startPostgres(settings)), 60_000);
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
  afterAll(() => server?.stop());

  return async () => {
    const { database, host, user } = await server.database();
    const near = { host: host!, user: user!, database };
    const [pool, listener] = [await startProxy(() => server.port), await startProxy(() => server.port)];
    ends.push(pool.close, listener.close);
    return {
      server,
      pool,
      listener,
      api: ({ pool: poolConfig, listener: own, options, cache }: Differing = {}) =>
        startApi({
          cache: { maxAgeMs, timeoutMs: queryTimeoutMs + 500, ...cache },
          database: {
            // The pool closes none on its own account.
            pool: {
              ...near,
              port: pool.port,
              max: 5,
              connectionTimeoutMillis: queryTimeoutMs,
              // None is closed but by the store.
              idleTimeoutMillis: 0,
              ...poolConfig,
            },
            listener: own ?? { ...near, port: listener.port, application_name: 'listener' },
            options: { heartbeatMs, queryTimeoutMs, changeTimeoutMs, ...options },
          },
        }),
      store: async () => {
        const direct = new pg.Pool({ ...near, port: server.port, max: 2 }).on('error', () => undefined);
        const store = postgresStore({ pool: direct, listener: false });
        ends.push(async () => {
          await store.close();
          await direct.end();
        });
        await store.ready();
        return store;
      },
      client: async () => {
        const client = new pg.Client({ ...near, port: server.port }).on('error', () => undefined);
        ends.push(() => client.end().catch(() => undefined));
        await client.connect();
        return client;
      },
    };
  };
}
