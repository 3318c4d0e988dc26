// A pool of connections to PostgreSQL goes in, a RoleStore that many processes share comes out.

import type { Clock } from '../core/in-time.ts';
import type { OpenedRoleStore } from '../core/role-store.ts';
import { administration } from './administration.ts';
import { Announcements } from './announcements.ts';
import { Batches } from './postgres-batches.ts';
import { Connections } from './postgres-connections.ts';
import { PostgresLedger } from './postgres-ledger.ts';
import { Lifetime } from './postgres-lifetime.ts';
import { Listener } from './postgres-listener.ts';
import { migrate } from './postgres-migrations.ts';
import { channelOf, Signature } from './postgres-notices.ts';
import { postgresSettings } from './postgres-options.ts';
import type { PostgresSettings, PostgresStoreOptions } from './postgres-options.ts';
import { postgresQueries } from './postgres-queries.ts';
import { HeldStatements, readHeld } from './postgres-reading.ts';
import { ownSessions, sharedSessions } from './postgres-session.ts';
import { isStorable, personDigest } from './postgres-texts.ts';

export type { ListeningState } from './postgres-listener.ts';
export type { PostgresStoreOptions } from './postgres-options.ts';
export type {
  PostgresConnection,
  PostgresListenerClient,
  PostgresPool,
  PostgresPoolConnection,
  PostgresQuery,
} from './postgres-port.ts';

/**
 * A store in PostgreSQL, or in PGlite by a pool over it; its tables are made at the first use. Whatever one process changes is
 * announced in every other one: at once where it is heard of, and where nothing can be heard, after `heartbeatMs` and
 * twice `queryTimeoutMs` at the latest (6 seconds by default), as a change of everything.
 *
 * `ready` rejects when the database cannot be reached, or is newer than this code; it can be called again. `close` ends the
 * connection that listens; the pool is the application's to end. All else rejects with an UnavailableError where the database does
 * not answer in time.
 *
 * @throws TypeError when an option is unknown or not as it must be.
 */
export function postgresStore(options: PostgresStoreOptions): OpenedRoleStore {
  return createPostgresStore(postgresSettings(options), machineClock, Math.random);
}

const machineClock: Clock = {
  now: Date.now,
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

function createPostgresStore(settings: PostgresSettings, clock: Clock, random: () => number): OpenedRoleStore {
  const schema = `"${settings.schema}"`;
  const channel = channelOf(settings.schema);
  const signature = new Signature();
  const connections = new Connections({ ...settings, clock });
  const announcements = new Announcements();
  const listener = listenerOf(settings, { connections, clock, random, announcements, channel, signature });
  const lifetime = new Lifetime({
    start: async () => {
      await migrate(connections, { schema, migrate: settings.migrate });
      await listener?.start();
    },
    end: async () => listener?.close(),
  });
  const usable = (): Promise<void> => lifetime.usable();
  const statements = new HeldStatements(schema);
  const batches = new Batches(async (questions, audience) => {
    const rows = await connections.read(statements.of(questions, audience, clock.now()));
    return readHeld(rows, questions.length);
  });
  const ledger = new PostgresLedger({ connections, schema, channel, signature, clock, announcements, usable });
  return Object.freeze<OpenedRoleStore>({
    ...(settings.rules.dialect !== undefined && { dialect: settings.rules.dialect }),
    privilegesOf: async (subject, { audience, signal }) => {
      const question = { key: personDigest(subject), organization: subject.organization };
      if (!lifetime.isUsable) await abortable(usable(), signal);
      return batches.ask(question, audience, signal);
    },
    privilegesOfRole: async (role, { organization, audience, signal }) => {
      if (!lifetime.isUsable) await abortable(usable(), signal);
      if (!isStorable(role)) return [];
      const rows = await connections.read(statements.ofRole(role, { organization, audience }, clock.now()));
      return readHeld(rows, 1)[0] ?? [];
    },
    onChange: announcements.onChange,
    ready: () => lifetime.ready(),
    close: () => lifetime.close(),
    ...administration(ledger, settings.rules),
    ...postgresQueries({ connections, schema, catalogue: settings.rules.permissions, now: clock.now, usable }),
  });
}

type ListenerParts = Pick<
  ConstructorParameters<typeof Listener>[0],
  'clock' | 'random' | 'announcements' | 'channel' | 'signature'
> & { readonly connections: Connections };

function listenerOf(settings: PostgresSettings, { connections, ...parts }: ListenerParts): Listener | undefined {
  const { pool, schema, listener: create, heartbeatMs, queryTimeoutMs: timeoutMs, onListening } = settings;
  if (create === undefined) return undefined;
  const own = create === 'shared' ? undefined : ownSessions({ create, clock: parts.clock, timeoutMs });
  const open = own ?? sharedSessions(pool, connections);
  const revisionText = `select revision from "${schema}".state`;
  return new Listener({ ...parts, open, revisionText, heartbeatMs, onListening });
}

function abortable(waiting: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return waiting;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    void waiting.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
