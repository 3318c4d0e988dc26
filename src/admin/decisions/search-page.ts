// The `page` of a search goes in, which part of the results is wanted comes out; and the token for the part after it (AuthZEN 1.0
// section 8.2). A token says for which search it was given, and is refused with another one.

import { createHash } from 'node:crypto';
import { isRecord } from '../../core/options.ts';
import { fault, own } from './asked.ts';

export interface SearchPage {
  /** How many results at most. */
  readonly limit: number;
  /** Where the part before ended; undefined: at the beginning. */
  readonly after: string | undefined;
  readonly tokenAfter: (after: string | undefined) => string;
}

const usualLimit = 50;
const maxLimit = 100;

/** `search`: all that the results depend on. @throws RequestFault when the page is not as it must be, or of another search. */
export function pageIn(request: Readonly<Record<string, unknown>>, search: readonly unknown[]): SearchPage {
  const page = own(request, 'page') ?? {};
  if (!isRecord(page)) throw fault('page', 'an object');
  const given = own(page, 'limit');
  if (given !== undefined && !isCount(given)) throw fault('page.limit', 'a whole number of 0 or more');
  const digest = createHash('sha256').update(JSON.stringify(search)).digest('base64url');
  const token = own(page, 'token');
  const before = token === undefined ? { limit: given, after: undefined } : readToken(token, digest);
  if (given !== undefined && given !== before.limit) throw fault('page.limit', 'what it was for the page before');
  return {
    limit: Math.min(before.limit ?? usualLimit, maxLimit),
    after: before.after,
    tokenAfter: (after) =>
      Buffer.from(JSON.stringify([digest, before.limit ?? null, after ?? null])).toString('base64url'),
  };
}

const maxTokenLength = 8192;

function readToken(token: unknown, digest: string): { limit: number | undefined; after: string | undefined } {
  const wrong = fault('page.token', 'the `next_token` of the same search');
  if (typeof token !== 'string' || token.length > maxTokenLength || !/^[\w-]+$/.test(token)) throw wrong;
  const members = parsed(token);
  if (!Array.isArray(members) || members.length !== 3) throw wrong;
  const [of, limit, after] = members as unknown[];
  if (of !== digest || !(limit === null || isCount(limit)) || !(after === null || isFilled(after))) throw wrong;
  return { limit: limit ?? undefined, after: after ?? undefined };
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Part of all the results, and its `page`. `keyOf`: what tells them apart, and orders them. */
export function partOf<Item>(
  all: readonly Item[],
  { limit, after, tokenAfter }: SearchPage,
  keyOf: (item: Item) => string,
): { readonly page: object; readonly results: readonly Item[] } {
  const rest = all
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    .filter((item) => after === undefined || keyOf(item) > after);
  const results = rest.slice(0, limit);
  const last = results.at(-1);
  const next = rest.length <= limit ? '' : tokenAfter(last === undefined ? after : keyOf(last));
  return { page: { next_token: next, count: results.length, total: all.length }, results };
}
