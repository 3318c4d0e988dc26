// A path below the API of the dashboard goes in, its answer comes out; whatever else comes is thrown as a Problem.

import type { Change } from './answers.ts';
import { lostConnection, Problem, problemOf } from './problem.ts';

/** Calls the API in the name of who signed in. */
export interface Api {
  /** `query`: what is undefined or empty is left out. @throws Problem */
  get<Answer>(path: readonly string[], query?: Query, signal?: AbortSignal): Promise<Answer>;
  /** @throws Problem */
  post<Answer>(path: readonly string[], body: unknown): Promise<Answer>;
  /** All of them or none. @throws Problem */
  change(changes: readonly Change[], why: string): Promise<unknown>;
  /** What they would come to; nothing is changed. @throws Problem */
  tryOut<Answer>(changes: readonly Change[]): Promise<Answer>;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

const longestWaitMs = 60_000;

/** `token`: of who signed in; undefined: nobody is. `onRefusedToken`: it is none any more. */
export function createApi({ token, onRefusedToken }: { token: string | undefined; onRefusedToken: () => void }): Api {
  async function call<Answer>(path: readonly string[], init: RequestInit & { query?: Query }): Promise<Answer> {
    const { query = {}, signal, ...sent } = init;
    const address = new URL(`api/${path.map(segmentOf).join('/')}`, baseAddress());
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== '') address.searchParams.set(name, String(value));
    }
    const late = AbortSignal.timeout(longestWaitMs);
    const response = await fetch(address, {
      ...sent,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sent.body !== undefined && { 'content-type': 'application/json' }),
      },
      signal: signal ? AbortSignal.any([signal, late]) : late,
      // No cookie has any say here.
      credentials: 'omit',
      cache: 'no-store',
    }).catch((cause: unknown) => {
      throw signal?.aborted === true ? cause : lostConnection();
    });
    if (!response.ok) {
      if (response.status === 401) onRefusedToken();
      throw await problemOf(response);
    }
    return (await response.json().catch(() => {
      throw signal?.aborted === true ? (signal.reason as Error) : lostConnection();
    })) as Answer;
  }

  const post = <Answer>(path: readonly string[], body: unknown): Promise<Answer> =>
    call(path, { method: 'POST', body: JSON.stringify(body) });
  return {
    get: (path, query = {}, signal) => call(path, { query, ...(signal !== undefined && { signal }) }),
    post,
    change: (changes, why) => post(['changes'], { changes, ...(why.trim() !== '' && { why: why.trim() }) }),
    tryOut: (changes) => post(['changes'], { changes, dryRun: true }),
  };
}

// A browser takes `.` and `..` out of an address, encoded or not, and asks for something else; and half a character is none.
function segmentOf(text: string): string {
  if (/^\.{0,2}$/.test(text) || !text.isWellFormed()) {
    throw new Problem(404, `“${text}” can stand in no address, so nothing can be asked about it.`);
  }
  return encodeURIComponent(text);
}

/** Where the dashboard is, without what stands behind `?` and `#`. */
export function baseAddress(): URL {
  return new URL('.', `${location.origin}${location.pathname}`);
}
