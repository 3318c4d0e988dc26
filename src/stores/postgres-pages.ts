// Rows and their order go in as SQL, one part of them comes out, with how many there are in all: one statement.

import type { Page } from '../core/role-store.ts';
import type { Row } from './postgres-lease.ts';
import type { CheckedPage } from './pages.ts';

/** A list, as SQL. */
export interface Listing {
  /** `select …` of all its rows. */
  readonly rows: string;
  /** What stands after $1, $2, … in it. */
  readonly values: readonly unknown[];
  /** The columns that are wanted; the first one is never null. */
  readonly columns: readonly string[];
  /** What they are sorted by. */
  readonly order: string;
  /** Which rows come after the item whose key is `after`, and what stands after the next numbers in it. */
  readonly beyond: (next: (value: unknown) => string) => string;
}

/** `offset` and `take` are bounds of the statement; one row more than asked for tells whether there is a next page. */
export function pageStatement(
  listing: Listing,
  { take, offset, after }: CheckedPage,
): { text: string; values: unknown[] } {
  const values = [...listing.values];
  const next = (value: unknown): string => `$${values.push(value)}`;
  const beyond = after === undefined ? '' : `where ${listing.beyond(next)}`;
  const columns = listing.columns.map((column) => `page.${column}`).join();
  return {
    text: `
      select (select count(*) from (${listing.rows}) as counted), ${columns}
      from (values (1)) as always left join lateral (
        select * from (${listing.rows}) as listed ${beyond}
        order by ${listing.order} limit ${next(take + 1)} offset ${next(offset)}
      ) as page on true order by ${listing.order}`,
    values,
  };
}

/** `rows` of a {@link pageStatement}. */
export function pageIn<Item>(
  rows: readonly Row[],
  page: CheckedPage,
  read: (row: Row) => Item,
  keyOf: (item: Item) => string,
): Page<Item> {
  const found = rows.filter(([, first]) => first !== null).map(([, ...row]) => read(row));
  return pageOfFound({ found, total: Number(rows[0]?.[0] ?? 0) }, page, keyOf);
}

/** `found`: what the page has, and the one behind it where there is one. */
export function pageOfFound<Item>(
  { found, total }: { readonly found: readonly Item[]; readonly total: number },
  { take }: CheckedPage,
  keyOf: (item: Item) => string,
): Page<Item> {
  const items = Object.freeze(found.slice(0, take));
  const last = items.at(-1);
  const isLast = last === undefined || found.length <= take;
  return Object.freeze({ items, total, ...(!isLast && { next: keyOf(last) }) });
}
