// The `page` of a search goes in, which part of the results is wanted comes out, and the token for the part after it (AuthZEN 1.0
// section 8.2). Each token is for a place further than the one before: whoever follows them comes to an end.

import type { Access } from '../../core/access.ts';
import { isRecord } from '../../core/options.ts';
import { fault, own } from './asked.ts';
import { isCount, placeIn, searchIn, tokenFor } from './page-token.ts';
import type { Searched } from './page-token.ts';

export interface SearchPage {
  /** How many results at most; 0 only at the beginning. */
  readonly limit: number;
  /** Where the part before ended; undefined: at the beginning. */
  readonly after: string | undefined;
  readonly tokenAfter: (after: string | undefined) => string;
}

const usualLimit = 50;
const maxLimit = 100;

/** @throws RequestFault when the page is not as it must be, or of another search, or of somebody else's. */
export function pageIn(request: Readonly<Record<string, unknown>>, searched: Searched, access: Access): SearchPage {
  const page = pageOf(request);
  const search = searchIn(request, searched, access);
  const given = limitIn(page);
  const token = own(page, 'token');
  const before = token === undefined ? undefined : placeIn(token, search);
  const limit = before === undefined ? given : limitAfter(before.limit, given);
  return {
    limit: Math.min(limit ?? usualLimit, maxLimit),
    after: before?.after,
    tokenAfter: (after) => tokenFor(search, { limit, after }),
  };
}

function pageOf(request: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const page = own(request, 'page');
  if (page === undefined) return {};
  if (!isRecord(page)) throw fault('page', 'an object');
  const properties = own(page, 'properties');
  if (properties !== undefined && !isRecord(properties)) throw fault('page.properties', 'an object');
  return page;
}

function limitIn(page: Readonly<Record<string, unknown>>): number | undefined {
  const given = own(page, 'limit');
  if (given !== undefined && !isCount(given)) throw fault('page.limit', 'a whole number of 0 or more');
  return given;
}

// It may not change from part to part. Parts of nothing would never end: only the first may be one, and whatever is wanted then is
// asked for without a limit.
function limitAfter(before: number | undefined, given: number | undefined): number | undefined {
  if (given === 0 || (before === 0 && given !== undefined)) throw fault('page.limit', 'absent after a part of nothing');
  if (given !== undefined && given !== before) throw fault('page.limit', 'what it was for the part before');
  return before === 0 ? undefined : before;
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
