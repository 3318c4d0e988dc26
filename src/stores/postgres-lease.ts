// A pool goes in, a connection on loan comes out, which goes back only when nothing is going on on it.

import { UnavailableError } from '../core/errors.ts';
import { inTime } from '../core/in-time.ts';
import type { Clock } from '../core/in-time.ts';
import { cancelQuery } from './postgres-cancel.ts';
import { asWritten, isConnectionLost } from './postgres-port.ts';
import type { PostgresConnection, PostgresPool, PostgresPoolConnection, PostgresQuery } from './postgres-port.ts';

/** Values as the server wrote them; null where there is none. */
export type Row = (string | null)[];

export interface Statement {
  readonly text: string;
  readonly values?: unknown[] | undefined;
  /** Under which it is prepared. */
  readonly name?: string;
}

export interface LeaseSurroundings {
  readonly pool: PostgresPool;
  readonly clock: Clock;
  /** Whether a connection that is closed leaves its session behind, transaction and all. */
  readonly isOneSession: boolean;
}

export class Lease {
  readonly #client: PostgresPoolConnection;
  readonly #surroundings: LeaseSurroundings;
  #broken: { readonly error: Error; readonly isBusy: boolean } | undefined;
  readonly #onError = (error: unknown): void => this.abandon(error);

  private constructor(client: PostgresPoolConnection, surroundings: LeaseSurroundings) {
    this.#client = client;
    this.#surroundings = surroundings;
    // The pool does not listen while a connection is on loan, and an error that nobody hears ends the process.
    client.on('error', this.#onError);
  }

  /** @throws UnavailableError. A connection that comes when nobody waits for it any more goes back at once. */
  static async take(surroundings: LeaseSurroundings, timeoutMs: number): Promise<Lease> {
    const { pool, clock } = surroundings;
    let isLate = false;
    const connecting = pool.connect().then((client) => {
      if (!isLate) return client;
      client.release();
      throw new Error('too late');
    });
    const abort = (): void => void (isLate = true);
    try {
      const client = await inTime(connecting, { what: 'A connection to the database', timeoutMs, clock, abort });
      return new Lease(client, surroundings);
    } catch (error) {
      throw unavailable(error);
    }
  }

  get client(): PostgresConnection {
    return this.#client;
  }

  /** @throws UnavailableError */
  async query({ text, values, name }: Statement, timeoutMs: number): Promise<Row[]> {
    if (this.#broken !== undefined) throw this.#broken.error;
    const query: PostgresQuery = { text, rowMode: 'array', types: asWritten };
    if (values !== undefined) query.values = values;
    if (name !== undefined) query.name = name;
    const abort = (): void => void (this.#broken ??= { error: new Error('The query was cut off'), isBusy: true });
    try {
      const { clock } = this.#surroundings;
      const result = await inTime(this.#client.query(query), { what: 'The database', timeoutMs, clock, abort });
      // Several statements at once have several results, which nobody asks for.
      return Array.isArray(result) ? [] : (result as { rows: Row[] }).rows;
    } catch (error) {
      if (isConnectionLost(error)) this.abandon(error);
      throw unavailable(error);
    }
  }

  /** Nobody is to use the connection any more. */
  abandon(error: unknown): void {
    this.#broken ??= { error: error instanceof Error ? error : new Error(String(error)), isBusy: false };
  }

  giveBack(): void {
    const client = this.#client;
    client.removeListener('error', this.#onError);
    if (this.#broken === undefined) return client.release();
    const { error, isBusy } = this.#broken;
    if (!this.#surroundings.isOneSession) {
      if (isBusy) cancelQuery(client);
      return client.release(error);
    }
    if (!isBusy) return client.release(error);
    // The next one would find itself in this one's transaction.
    const rollback = client.query({ text: 'rollback', rowMode: 'array', types: asWritten });
    rollback.then(
      () => client.release(),
      () => client.release(error),
    );
  }
}

function unavailable(cause: unknown): UnavailableError {
  return cause instanceof UnavailableError ? cause : new UnavailableError(undefined, { cause });
}
