// An answer that is none of the hoped-for ones goes in, what a page can say about it comes out (RFC 9457).

import type { Missing } from './answers.ts';

/** A call that did not do what it was made for. */
export class Problem extends Error {
  /** 0: no answer came. */
  readonly status: number;
  readonly code: string;
  /** What is not held or not delegated. */
  readonly missing: readonly Missing[];
  /** The scopes that would be enough, separated by spaces. */
  readonly scope: string | undefined;
  /** Of a role that changed meanwhile: the version there is. */
  readonly version: number | undefined;

  constructor(
    status: number,
    detail: string,
    more: { code?: string; missing?: readonly Missing[]; scope?: string; version?: number } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = more.code ?? '';
    this.missing = more.missing ?? [];
    this.scope = more.scope;
    this.version = more.version;
  }
}

/** No answer came: whether the call was carried out is not known. */
export function lostConnection(): Problem {
  return new Problem(0, 'No answer came from the server.', { code: 'no_answer' });
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const detail = typeof body['detail'] === 'string' ? body['detail'] : `The server answered ${response.status}.`;
  return new Problem(response.status, detail, {
    ...(typeof body['code'] === 'string' && { code: body['code'] }),
    ...(Array.isArray(body['missing']) && { missing: body['missing'] as Missing[] }),
    ...(typeof body['scope'] === 'string' && { scope: body['scope'] }),
    ...(typeof body['version'] === 'number' && { version: body['version'] }),
  });
}

/** Whatever was thrown, as a problem. */
export function asProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem(-1, cause instanceof Error ? cause.message : String(cause), { code: 'page_fault' });
}
