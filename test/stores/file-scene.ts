// A directory for one test with a privilege file in it, the stores on it and the processes that work on it; gone afterwards.

import { afterEach } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileStore } from 'rightful/stores';
import type { FileStoreOptions, PrivilegeFileError, RoleStore, Subject } from 'rightful/stores';

export const issuer = 'https://issuer.example/';
export const by = { system: 'test' };
export const alice: Subject = { issuer, id: 'alice', kind: 'user' };

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

export interface FileScene {
  readonly path: string;
  readonly text: () => string;
  write(text: string): void;
  /** What stands in the directory. */
  names(): string[];
  store(options?: FileStoreOptions): RoleStore;
  /** Store errors as they are told. */
  readonly told: PrivilegeFileError[];
}

export function fileScene(text: string, name = 'privileges.yaml'): FileScene {
  const directory = mkdtempSync(join(tmpdir(), 'rightful-file-'));
  const path = join(directory, name);
  const told: PrivilegeFileError[] = [];
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(path, text);
  return {
    path,
    text: () => readFileSync(path, 'utf8'),
    write: (changed) => writeFileSync(path, changed),
    names: () => readdirSync(directory).sort(),
    store: (options) => {
      const store = fileStore(path, { pollMs: 40, onError: (error) => told.push(error), ...options });
      ends.push(() => store.close?.());
      return store;
    },
    told,
  };
}

/** The names of what a subject holds. */
export function held(store: RoleStore, subject: Partial<Subject> = {}): string[] {
  const privileges = store.privilegesOf({ ...alice, ...subject }, { audience: [] });
  return [...(privileges as { permission: string }[])].map(({ permission }) => permission);
}

export async function until(holds: () => boolean, milliseconds = 20_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Not within ${milliseconds} ms: ${holds.toString()}`);
    await sleep(5);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A process of its own; `before`: what a shell does first. */
export function child(task: string, path: string, rest: readonly string[] = [], before = ''): Child {
  const args = ['--import', file('./file-child-modules.mjs'), file('./file-child.mjs'), task, path, ...rest];
  const quoted = [process.execPath, ...args].map((one) => `'${one.replaceAll("'", "'\\''")}'`).join(' ');
  const started = spawn('bash', ['-c', `${before}exec ${quoted}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  ends.push(() => started.kill('SIGKILL'));
  let out = '';
  let failed = '';
  started.stdout.on('data', (data) => (out += String(data)));
  started.stderr.on('data', (data) => (failed += String(data)));
  const ended = new Promise<void>((resolve) => started.on('close', () => resolve()));
  return {
    started,
    out: () => out,
    ended,
    result: async () => {
      await ended;
      if (out === '') throw new Error(`The child said nothing but ${failed}`);
      return JSON.parse(out) as unknown;
    },
  };
}

interface Child {
  readonly started: ChildProcess;
  readonly out: () => string;
  readonly ended: Promise<void>;
  /** What it said at its end. */
  readonly result: () => Promise<unknown>;
}
