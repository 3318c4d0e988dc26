// A database goes in, a connection that hears what other processes tell comes out: one of its own, or, where the database has but
// one for all, a place on that one.

import { inTime } from '../core/in-time.ts';
import type { Clock } from '../core/in-time.ts';
import type { Connections } from './postgres-connections.ts';
import type { Row } from './postgres-lease.ts';
import { asWritten } from './postgres-port.ts';
import type { PostgresConnection, PostgresListenerClient, PostgresPool } from './postgres-port.ts';

/** What comes over a session. */
export interface SessionEvents {
  readonly heard: (payload: unknown) => void;
  readonly lost: (error: unknown) => void;
}

/** A connection that listens. */
export interface Session {
  /** Whether everything that was told is heard, although the connection was another one for a while. */
  readonly isWithinProcess: boolean;
  read(text: string): Promise<Row[]>;
  /** From now on it does not keep the process from ending. */
  unref(): void;
  /** Also before it is open. Nothing comes over it any more. */
  close(): Promise<void>;
}

export type OpenSession = (channel: string, events: SessionEvents) => Promise<Session>;

export interface OwnSessionSettings {
  readonly create: () => PostgresListenerClient | Promise<PostgresListenerClient>;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Over a connection of its own. */
export function ownSessions({ create, clock, timeoutMs }: OwnSessionSettings): OpenSession {
  const within = <Value>(promise: Promise<Value>, abort: () => void): Promise<Value> =>
    inTime(promise, { what: 'The database', timeoutMs, clock, abort });
  return async (channel, events) => {
    let client: PostgresListenerClient | undefined;
    let isOver = false;
    const close = async (): Promise<void> => {
      isOver = true;
      if (client !== undefined) await within(client.end(), () => cutOff(client)).catch(() => cutOff(client));
    };
    const opening = async (): Promise<PostgresListenerClient> => {
      const made = await create();
      if (isOver) throw new Error('too late');
      hear(made, channel, {
        heard: (payload) => isOver || events.heard(payload),
        lost: (error) => isOver || events.lost(error),
      });
      client = made;
      await made.connect();
      await made.query({ text: `listen "${channel}"`, rowMode: 'array', types: asWritten });
      return made;
    };
    const stop = (): void => void close();
    try {
      const open = await within(opening(), stop);
      const read = async (text: string): Promise<Row[]> =>
        ((await within(open.query({ text, rowMode: 'array', types: asWritten }), stop)) as { rows: Row[] }).rows;
      const unref = (): void => (open as { unref?: () => void }).unref?.();
      return { isWithinProcess: false, read, unref, close };
    } catch (error) {
      stop();
      throw error;
    }
  };
}

function hear(client: PostgresConnection, channel: string, { heard, lost }: SessionEvents): void {
  client.on('notification', (notification) => pass(notification, channel, heard));
  client.on('error', lost);
  client.on('end', () => lost(new Error('The connection that listens has ended')));
}

function pass(notification: unknown, channel: string, heard: (payload: unknown) => void): void {
  const { channel: from, payload } = notification as { channel: string; payload?: string };
  if (from === channel) heard(payload);
}

// A connection whose other end is gone is never told that it may end.
function cutOff(client: unknown): void {
  const { connection } = client as { connection?: { stream?: { destroy?: () => void } } };
  connection?.stream?.destroy?.();
}

/** Over the pool's one connection, in between what else it does. */
export function sharedSessions(pool: PostgresPool, connections: Connections): OpenSession {
  return async (channel, { heard, lost }) => {
    const { client, release } = await connections.borrowed();
    const onNotification = (notification: unknown): void => pass(notification, channel, heard);
    const onRemove = (removed: unknown): void => {
      if (removed === client) lost(new Error('The pool has closed its connection'));
    };
    const close = async (): Promise<void> => {
      client.removeListener('notification', onNotification);
      pool.removeListener('remove', onRemove);
    };
    client.on('notification', onNotification);
    pool.on('remove', onRemove);
    release();
    try {
      await connections.read({ text: `listen "${channel}"` });
    } catch (error) {
      await close();
      throw error;
    }
    const unref = (): void => undefined;
    return { isWithinProcess: true, read: (text) => connections.read({ text }), unref, close };
  };
}
