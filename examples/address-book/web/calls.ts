// A token and what asks for more go in, calls of the API come out: those of the page itself, and those a person makes, whose raw answers
// are to be seen.

import { afterRefusal, withStepUp } from 'rightful/client';
import type { NextStep } from 'rightful/client';
import type { Sent } from './doing.ts';

/** A call and its answer, as they went over the wire. */
export interface Exchange {
  readonly call: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** JSON is indented; null: there is none. */
  readonly body: string | null;
  readonly problem: { readonly title?: string; readonly detail?: string };
  /** What helps; undefined: nothing was refused, or not for want of access. */
  readonly next: NextStep | undefined;
}

export interface CallOptions {
  readonly api: string;
  readonly token: () => string | undefined;
  /** What every request says about where it comes from. */
  readonly headers: () => Record<string, string>;
  /** A refusal that more scopes would help: true, where there is a token that has them. */
  readonly stepUp: (refusal: Exchange) => Promise<boolean>;
}

export interface Calls {
  /** What a person does. */
  readonly send: (sent: Sent) => Promise<Exchange>;
  /** What the page itself wants to know; `T` only where `ok`. */
  readonly read: <T>(path: string) => Promise<{ ok: true; data: T } | { ok: false; exchange: Exchange }>;
}

export function createCalls({ api, token, headers, stepUp }: CallOptions): Calls {
  let called = '';
  const withToken = withStepUp({
    api,
    token,
    stepUp: async (_scopes, refusal) => stepUp(await exchangeOf(called, refusal.clone())),
  });
  return {
    async send({ method, path, body }) {
      const call = `${method} ${path}`;
      called = call;
      const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
      const response = await withToken(path, {
        method,
        headers: { ...headers(), ...type },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return exchangeOf(call, response);
    },
    async read<T>(path: string) {
      const bearer = token();
      const authorization = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
      const response = await fetch(new URL(path, api), { headers: { ...headers(), ...authorization } });
      if (response.ok) return { ok: true as const, data: (await response.json()) as T };
      return { ok: false as const, exchange: await exchangeOf(`GET ${path}`, response) };
    },
  };
}

const shownHeaders = ['WWW-Authenticate', 'Retry-After', 'Location', 'Content-Type'];

async function exchangeOf(call: string, response: Response): Promise<Exchange> {
  const next = await afterRefusal(response);
  const text = await response.text();
  const json = jsonIn(text);
  return {
    call,
    status: response.status,
    statusText: response.statusText,
    headers: shownHeaders.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    }),
    body: text === '' ? null : json === undefined ? text : JSON.stringify(json, null, 2),
    problem: response.ok || typeof json !== 'object' || json === null ? {} : json,
    next,
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
