// What postgresStore asks of a pool of connections: the part of `pg` that it uses, so that whatever looks like it will do.

/** One query, as `pg` takes it. */
export interface PostgresQuery {
  text: string;
  values?: unknown[];
  /** The statement is prepared under this name, once for each connection. */
  name?: string;
  rowMode: 'array';
  types: { getTypeParser: () => (text: string) => unknown };
}

/**
 * Rows come as the server wrote them: an application may have parsers of its own. `pg` reads two things out of `types`: how columns
 * are parsed, and the types of the parameters, in a list, which the server is left to find.
 */
export const asWritten: PostgresQuery['types'] = Object.assign([], { getTypeParser: () => (text: string) => text });

/** A connection. */
export interface PostgresConnection {
  query(query: PostgresQuery): Promise<unknown>;
  on(event: string, listener: (...given: unknown[]) => void): unknown;
  removeListener(event: string, listener: (...given: unknown[]) => void): unknown;
}

/** A connection that belongs to a pool, on loan. */
export interface PostgresPoolConnection extends PostgresConnection {
  /** With an error: it is closed rather than lent to anybody else. */
  release(error?: Error): void;
}

/** A connection of its own, not connected yet; a `pg.Client` is one. */
export interface PostgresListenerClient extends PostgresConnection {
  connect(): Promise<unknown>;
  end(): Promise<unknown>;
}

/** A pool of connections; a `pg.Pool` is one. */
export interface PostgresPool {
  connect(): Promise<PostgresPoolConnection>;
  on(event: 'remove', listener: (...given: unknown[]) => void): unknown;
  removeListener(event: 'remove', listener: (...given: unknown[]) => void): unknown;
}

/** What a pool of `pg` has besides. */
interface PoolParts {
  readonly Client?: new (options: unknown) => PostgresListenerClient;
  readonly options?: { readonly connection?: unknown };
}

/** What makes another connection like those of the pool, where the pool can tell. */
export function clientMaker(pool: PostgresPool): (() => PostgresListenerClient) | undefined {
  const { Client, options } = pool as PoolParts;
  return typeof Client === 'function' ? () => new Client(options) : undefined;
}

/** Whether all the pool's connections are one and the same: PGlite, a database within the process. */
export function isOneSession(pool: PostgresPool): boolean {
  return (pool as PoolParts).options?.connection !== undefined;
}

/** The SQLSTATE that the server sent, where it did; also of what such an error is the cause of. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  return cause === undefined || cause === null ? undefined : sqlStateOf(cause);
}

/** Whether the connection is gone, or may be, rather than the query refused. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || /^(08|57P)/.test(state);
}
