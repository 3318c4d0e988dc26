// The options of postgresStore go in, checked copies come out, or a TypeError that names the one at fault.

import {
  checkedBoolean,
  checkedDelayMs,
  checkedFunction,
  checkedMembers,
  expectation,
  isRecord,
} from '../core/options.ts';
import { administrationOptions } from './administration.ts';
import type { AdministrationOptions } from './administration.ts';
import type { ListeningState } from './postgres-listener.ts';
import { clientMaker, isOneSession } from './postgres-port.ts';
import type { PostgresListenerClient, PostgresPool } from './postgres-port.ts';

/** Where the database is, and how it is used. */
export interface PostgresStoreOptions extends AdministrationOptions {
  /**
   * A `pg.Pool`, or what looks like one. It stays the application's: nobody else ends it. Give it a `connectionTimeoutMillis`: without
   * one nobody can end connections that hang while they are made.
   */
  pool: PostgresPool;
  /** The schema of the tables: a letter or `_`, then letters, digits and `_`, 48 at most. Default: `rightful`. */
  schema?: string;
  /**
   * Makes the connection over which other processes are heard; it is connected, used and ended here. It must reach the server
   * itself: a pooler that lends a connection for each transaction hears nothing. Default: another connection like those of the pool.
   * `false`: changes that other processes make are not announced, and `withCache` notices them only after its `maxAgeMs`.
   */
  listener?: (() => PostgresListenerClient | Promise<PostgresListenerClient>) | false;
  /** How often the connection that listens is tried, in milliseconds. Default: 2000. */
  heartbeatMs?: number;
  /** How long a query may take, in milliseconds, its wait for a connection included. Default: 2000. */
  queryTimeoutMs?: number;
  /** How long each statement of a change or a migration may take, in milliseconds. Default: 30,000. */
  changeTimeoutMs?: number;
  /** Whether tables are made, and those of an older version changed. `false`: they must be there. Default: true. */
  migrate?: boolean;
  /** Told when the store begins to hear other processes, when it does so no more, and why. */
  onListening?: (state: ListeningState) => unknown;
}

/** Every option, checked. */
export interface PostgresSettings {
  readonly pool: PostgresPool;
  /** A name that needs no more than quotes. */
  readonly schema: string;
  /** `shared`: over the pool's one connection; undefined: not at all. */
  readonly listener: (() => PostgresListenerClient | Promise<PostgresListenerClient>) | 'shared' | undefined;
  readonly heartbeatMs: number;
  readonly queryTimeoutMs: number;
  readonly changeTimeoutMs: number;
  readonly migrate: boolean;
  readonly rules: AdministrationOptions;
  readonly onListening: ((state: ListeningState) => unknown) | undefined;
}

/** @throws TypeError */
export function postgresSettings(options: PostgresStoreOptions): PostgresSettings {
  const given = checkedMembers(options, 'options', [
    'pool',
    'schema',
    'listener',
    'heartbeatMs',
    'queryTimeoutMs',
    'changeTimeoutMs',
    'migrate',
    ...administrationOptions,
    'onListening',
  ] satisfies (keyof PostgresStoreOptions)[]);
  const pool = checkedPool(given.pool);
  return Object.freeze({
    pool,
    schema: checkedSchema(given.schema),
    listener: checkedListener(given.listener, pool),
    heartbeatMs: checkedDelayMs(given.heartbeatMs, 'heartbeatMs', 2000),
    queryTimeoutMs: checkedDelayMs(given.queryTimeoutMs, 'queryTimeoutMs', 2000),
    changeTimeoutMs: Math.ceil(checkedDelayMs(given.changeTimeoutMs, 'changeTimeoutMs', 30_000)),
    migrate: checkedBoolean(given.migrate, 'migrate', true),
    rules: Object.fromEntries(administrationOptions.map((name) => [name, given[name]])),
    onListening: checkedFunction<(state: ListeningState) => unknown>(given.onListening, 'onListening'),
  });
}

function checkedPool(value: unknown): PostgresPool {
  const isPool =
    isRecord(value) && ['connect', 'on', 'removeListener'].every((name) => typeof value[name] === 'function');
  if (!isPool) throw expectation('pool', 'a pool of connections, such as `new pg.Pool()`', value);
  return value as unknown as PostgresPool;
}

const schemaName = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/;

function checkedSchema(value: unknown): string {
  if (value === undefined) return 'rightful';
  // PostgreSQL keeps names with `pg_` for itself.
  if (typeof value !== 'string' || !schemaName.test(value) || value.startsWith('pg_')) {
    throw expectation('schema', 'a name of at most 48 letters, digits and `_` that does not begin with `pg_`', value);
  }
  return value;
}

function checkedListener(value: unknown, pool: PostgresPool): PostgresSettings['listener'] {
  if (value === false) return undefined;
  const own = checkedFunction<() => PostgresListenerClient>(value, 'listener');
  if (own !== undefined) return own;
  if (isOneSession(pool)) return 'shared';
  const maker = clientMaker(pool);
  if (maker === undefined) throw expectation('listener', 'a function, or false, since the pool has no `Client`', value);
  return maker;
}
