// Statements go in, rows come out, or an error within the time limit: what is late is cut off, and its connection is used by
// nobody any more.

import type { Clock } from '../core/in-time.ts';
import { Lease } from './postgres-lease.ts';
import type { Row, Statement } from './postgres-lease.ts';
import { isConnectionLost, isOneSession, sqlStateOf } from './postgres-port.ts';
import type { PostgresConnection, PostgresPool } from './postgres-port.ts';

/** Runs one statement. */
export type Run = (text: string, values?: unknown[]) => Promise<Row[]>;

export interface ConnectionSettings {
  readonly pool: PostgresPool;
  readonly clock: Clock;
  readonly queryTimeoutMs: number;
  readonly changeTimeoutMs: number;
}

// The prepared statement is not there, or is there already: each transaction may get another connection of the server.
const poolerStates: readonly (string | undefined)[] = ['26000', '42P05'];

export class Connections {
  readonly #settings: ConnectionSettings;
  readonly #isOneSession: boolean;
  #prepares = true;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    this.#isOneSession = isOneSession(settings.pool);
  }

  /** One statement that reads, prepared where that is possible; tried once more where its connection turns out to be dead. */
  async read({ text, values, name }: Statement): Promise<Row[]> {
    const deadline = this.#deadline(this.#settings.queryTimeoutMs);
    const attempt = async (): Promise<Row[]> => {
      const statement = this.#prepares && name !== undefined ? { text, values, name } : { text, values };
      const lease = await this.#lease(deadline());
      try {
        return await lease.query(statement, deadline());
      } finally {
        lease.giveBack();
      }
    };
    try {
      return await attempt();
    } catch (error) {
      const state = sqlStateOf(error);
      if (poolerStates.includes(state)) this.#prepares = false;
      else if (!isConnectionLost(error) || deadline() <= 1) throw error;
      return attempt();
    }
  }

  /** Several statements that see one state of the database. */
  snapshot<Value>(work: (run: Run) => Promise<Value>): Promise<Value> {
    return this.#transaction('begin isolation level repeatable read read only', this.#settings.queryTimeoutMs, work);
  }

  /** Several statements that write. `work` commits; whatever is open when it ends or throws is rolled back. */
  change<Value>(work: (run: Run) => Promise<Value>): Promise<Value> {
    const { changeTimeoutMs: limitMs } = this.#settings;
    // A process that is cut off from the database in the midst of a change must not hold up everybody else's.
    const limits = `set local statement_timeout = ${limitMs}; set local idle_in_transaction_session_timeout = ${limitMs}`;
    const begin = 'begin isolation level read committed read write';
    // Nothing is cut off within a process, whose end the server's timers would only put off.
    return this.#transaction(this.#isOneSession ? begin : `${begin}; ${limits}`, limitMs, work);
  }

  /** A connection for a moment; in a pool of one, it is the one. */
  async borrowed(): Promise<{ readonly client: PostgresConnection; readonly release: () => void }> {
    const lease = await this.#lease(this.#settings.queryTimeoutMs);
    return { client: lease.client, release: () => lease.giveBack() };
  }

  async #transaction<Value>(begin: string, timeoutMs: number, work: (run: Run) => Promise<Value>): Promise<Value> {
    const lease = await this.#lease(timeoutMs);
    let isOpen = true;
    const run: Run = async (text, values) => {
      const rows = await lease.query({ text, values }, timeoutMs);
      if (text === 'commit') isOpen = false;
      return rows;
    };
    try {
      await run(begin);
      return await work(run);
    } finally {
      if (isOpen) await run('rollback').catch((error: unknown) => lease.abandon(error));
      lease.giveBack();
    }
  }

  #lease(timeoutMs: number): Promise<Lease> {
    const { pool, clock } = this.#settings;
    return Lease.take({ pool, clock, isOneSession: this.#isOneSession }, timeoutMs);
  }

  /** How many milliseconds are left. */
  #deadline(timeoutMs: number): () => number {
    const { clock } = this.#settings;
    const start = clock.now();
    // A clock that is set back gives no more time than there was.
    return () => Math.max(1, Math.min(timeoutMs, timeoutMs - (clock.now() - start)));
  }
}
