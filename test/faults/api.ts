// An API as its users see it: it runs in a process of its own, and is asked over HTTP with real tokens.

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach } from '@jest/globals';
import { createTestIssuer } from 'rightful/testing';
import type { ApiSettings, ApiState, ChangeAsked, ChangeFailure, StopAt } from './api-process.ts';

export type { ApiState } from './api-process.ts';

const audience = 'https://contacts.example';
const issuer = await createTestIssuer({ audience, algorithm: 'ES256' });
const tokens = new Map<string, string>();

/** Who has a name, to a store. */
export function personOf(user: string) {
  return { issuer: issuer.issuer, id: user, kind: 'user' } as const;
}

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly tookMs: number;
}

export type Changed = { readonly revision: number } | ChangeFailure;

export interface Api {
  /** May this user read contacts? */
  ask(user: string): Promise<Answer>;
  /** What came of it; undefined: nobody answered. */
  change(method: ChangeAsked['method'], user: string, permission?: string): Promise<Changed | undefined>;
  state(): Promise<ApiState>;
  /** The application takes every connection of its pool for itself. */
  holdPool(): Promise<void>;
  letPoolGo(): Promise<void>;
  /** The next change stops there for ever; the promise resolves when it does. */
  stopAt(at: StopAt): Promise<{ stopped: Promise<unknown> }>;
  kill(): Promise<void>;
}

const permission = 'read:contacts';
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const running = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all([...running].map(ended));
});
afterAll(() => issuer.close());

/** `limitKiB`: no file of this process becomes larger. */
export async function startApi(settings: Omit<ApiSettings, 'authorizer'>, limitKiB?: number): Promise<Api> {
  const child = fork(here('./api-process.ts'), {
    ...launched(limitKiB),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  const { issuer: name, keys } = issuer;
  child.send({ ...settings, authorizer: { issuer: { issuer: name, keys }, audience } } satisfies ApiSettings);
  const [told] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [{ port?: number }];
  if (typeof told !== 'object') throw new Error(`The API ended with ${String(told)} before it served`);
  const at = `http://127.0.0.1:${told.port}`;
  const post = (path: string, body: unknown = {}): Promise<Response> =>
    fetch(at + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  return {
    ask: async (user) => {
      const headers = { authorization: `Bearer ${await tokenOf(user)}` };
      const start = performance.now();
      const response = await fetch(`${at}/contacts`, { headers });
      const { code } = (await response.json()) as { code?: string };
      return { status: response.status, code, tookMs: performance.now() - start };
    },
    change: async (method, user, named = permission) => {
      try {
        const response = await post('/changes', { method, user, permission: named } satisfies ChangeAsked);
        return (await response.json()) as Changed;
      } catch {
        return undefined;
      }
    },
    state: async () => (await (await fetch(`${at}/state`)).json()) as ApiState,
    holdPool: async () => void (await (await post('/hold')).json()),
    letPoolGo: async () => void (await (await post('/let-go')).json()),
    stopAt: async (stop) => {
      const stopped = once(child, 'message');
      await (await post('/stop-at', stop)).json();
      return { stopped };
    },
    kill: () => ended(child),
  };
}

// By the loader of the tests, which reads the sources as they are.
function launched(limitKiB: number | undefined) {
  const args = ['--import', here('../stores/file-child-modules.mjs')];
  if (limitKiB === undefined) return { execArgv: args };
  const limiting = ['-c', `ulimit -f ${limitKiB}; exec "$0" "$@"`, process.execPath];
  return { execPath: 'bash', execArgv: [...limiting, ...args] };
}

async function ended(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function tokenOf(user: string): Promise<string> {
  const known = tokens.get(user) ?? (await issuer.token({ sub: user, scope: permission }));
  tokens.set(user, known);
  return known;
}

/** Resolves to what it came to when that is so; the limit is for what never comes. */
export async function until<Value>(
  read: () => Value | Promise<Value>,
  isSo: (value: Value) => boolean,
  withinMs = 20_000,
): Promise<Value> {
  const start = performance.now();
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    if (performance.now() - start > withinMs) {
      throw new Error(`Not within ${withinMs} ms: ${isSo.toString()}, but ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Resolves to the milliseconds it took until the user is answered so. */
export async function answered(api: Api, user: string, status: number): Promise<number> {
  const start = performance.now();
  await until(
    () => api.ask(user),
    (answer) => answer.status === status,
  );
  return performance.now() - start;
}
