// The API of these stories, in a process of its own: what it is made of comes as a message, the port at which it serves goes out as
// one. Beside the guarded route it has some for the stories: to change what is held, to be watched, and to stop in the midst.

import { open } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Response } from 'express';
import type { JWK } from 'jose';
import pg from 'pg';
import { createAuthorizer } from 'rightful';
import { createGuards } from 'rightful/express';
import { fileStore, postgresStore, withCache } from 'rightful/stores';
import type { CacheOptions, FileStoreOptions, PostgresStoreOptions, RoleStore, Subject } from 'rightful/stores';
import { watched } from '../postgres/pools.ts';

export interface ApiSettings {
  readonly authorizer: {
    readonly issuer: { readonly issuer: string; readonly keys: { keys: JWK[] } };
    readonly audience: string;
  };
  readonly cache: CacheOptions;
  readonly file?: { readonly path: string; readonly options?: FileStoreOptions };
  readonly database?: {
    readonly pool: pg.PoolConfig;
    /** How the connection that listens is made; false: none. */
    readonly listener: pg.ClientConfig | false;
    readonly options?: Omit<PostgresStoreOptions, 'pool' | 'listener'>;
  };
}

/** A change that a story asks for. */
export interface ChangeAsked {
  readonly method: 'grant' | 'revoke';
  readonly user: string;
  readonly permission: string;
}

/** What became of a change that was not made. */
export interface ChangeFailure {
  readonly name: string;
  readonly code?: string;
  /** The causes, each with its code. */
  readonly causes: readonly string[];
}

export interface ApiState {
  /** Each time it was told whether it hears other processes. */
  readonly listening: readonly boolean[];
  /** How often a connection that listens was begun. */
  readonly attempts: number;
  /** How often everything was announced to have changed. */
  readonly everything: number;
  /** How often one subject was. */
  readonly subjects: number;
  readonly pool: { readonly total: number; readonly idle: number; readonly waiting: number } | undefined;
  /** Why requests were refused, newest last. */
  readonly refusals: readonly string[];
  /** Why the store could not be made ready; undefined: it could. */
  readonly notReady: string | undefined;
}

/** In the midst of what it stops: after a statement whose text matches, once, or after so many files were made safe on the disk. */
export type StopAt = { readonly text: string } | { readonly syncs: number };

let stopAt: StopAt | undefined;

process.once('message', (settings) => void start(settings as ApiSettings));
process.on('disconnect', () => process.exit());

async function start(settings: ApiSettings): Promise<void> {
  const { pool, store, listening, attempts } = storeOf(settings);
  const told = { everything: 0, subjects: 0 };
  store.onChange?.(({ subject, role }) => {
    if (subject === undefined && role === undefined) told.everything += 1;
    else told.subjects += 1;
  });
  const refusals: string[] = [];
  const onRefused = (error: unknown): void => void refusals.push(causesOf(error).join(': '));
  const cached = withCache(store, settings.cache);
  const guards = createGuards(createAuthorizer({ ...settings.authorizer, store: cached, onRefused }));
  const notReady = await cached.ready().then(
    () => undefined,
    (error: unknown) => causesOf(error).join(': '),
  );
  const held: pg.PoolClient[] = [];
  const app = express();
  app.disable('x-powered-by');
  app.get('/contacts', guards.requirePermission('read:contacts'), (_request, response) => void response.json([]));
  app.use(express.json());
  app.post('/changes', async ({ body }, response) => answerChange(store, changeIn(settings, body), response));
  app.get('/state', (_request, response) => {
    const counts = pool && { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
    response.json({ listening, attempts: attempts(), ...told, pool: counts, refusals, notReady } satisfies ApiState);
  });
  app.post('/hold', async (_request, response) => {
    const { max } = pool!.options;
    for (let count = 0; count < max; count += 1) held.push(await pool!.connect());
    response.json(held.length);
  });
  app.post('/let-go', (_request, response) => {
    for (const client of held.splice(0)) client.release();
    response.json(0);
  });
  app.post('/stop-at', async ({ body }, response) => {
    stopAt = body as StopAt;
    if ('syncs' in stopAt) await stopAfterSyncs(settings.file!.path, stopAt.syncs);
    response.json(null);
  });
  const server = app.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
}

interface MadeStore {
  readonly store: RoleStore;
  readonly pool?: pg.Pool;
  readonly listening: boolean[];
  readonly attempts: () => number;
}

function storeOf({ file, database }: ApiSettings): MadeStore {
  const listening: boolean[] = [];
  if (database === undefined) {
    return { store: fileStore(file!.path, file!.options), listening, attempts: () => 0 };
  }
  const pool = new pg.Pool(database.pool).on('error', () => undefined);
  let attempts = 0;
  const listen = (config: pg.ClientConfig) => () => {
    attempts += 1;
    return new pg.Client(config);
  };
  const { pool: stopping } = watched(pool, async ({ text }, pass) => {
    const done = await pass();
    if (stopAt === undefined || !('text' in stopAt) || !new RegExp(stopAt.text).test(text)) return done;
    stopAt = undefined;
    await stopped();
    return done;
  });
  const store = postgresStore({
    ...database.options,
    pool: stopping,
    listener: database.listener && listen(database.listener),
    onListening: (state) => void listening.push(state.listening),
  });
  return { store, pool, listening, attempts: () => attempts };
}

interface Change {
  readonly method: 'grant' | 'revoke';
  readonly subject: Subject;
  readonly permission: string;
}

function changeIn({ authorizer }: ApiSettings, body: unknown): Change {
  const { method, user, permission } = body as ChangeAsked;
  return { method, permission, subject: { issuer: authorizer.issuer.issuer, id: user, kind: 'user' } };
}

async function answerChange(store: RoleStore, { method, subject, permission }: Change, response: Response) {
  try {
    const revision = await store[method](subject, permission, { system: `process ${process.pid}` });
    response.json({ revision });
  } catch (error) {
    const { name, code } = error as { name: string; code?: string };
    const failure: ChangeFailure = { name, ...(code !== undefined && { code }), causes: causesOf(error) };
    response.status(503).json(failure);
  }
}

function causesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return error === undefined ? [] : [String(error)];
  const { code } = error as { code?: string };
  return [`${code === undefined ? '' : `${code} `}${error.message}`, ...causesOf(error.cause)];
}

async function stopAfterSyncs(path: string, syncs: number): Promise<void> {
  const file = await open(path);
  const prototype = Object.getPrototypeOf(file) as { sync: () => Promise<void> };
  const { sync } = prototype;
  let count = 0;
  prototype.sync = async function (this: unknown) {
    await sync.call(this);
    if ((count += 1) === syncs) await stopped();
  };
  await file.close();
}

function stopped(): Promise<never> {
  process.send!({ stopped: true });
  return new Promise(() => undefined);
}
