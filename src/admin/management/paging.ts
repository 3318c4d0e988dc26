// Which page of a list is asked for goes in, the answer with that page comes out: by number, with totals where they are wanted,
// or from where the one before has ended.

import { ok } from '../exchange.ts';
import type { Answer } from '../exchange.ts';
import { booleanIn, numberIn, textAsked } from './query.ts';
import type { Query } from './query.ts';
import { longest } from './properties.ts';

/** By number. */
export interface NumberedPage {
  readonly offset: number;
  readonly take: number;
  readonly withTotals: boolean;
}

/** From where the page before has ended. */
export interface NextPage {
  readonly take: number;
  /** What the page before gave as `next`; undefined: it is the first. */
  readonly from: string | undefined;
}

export const numberedNames = ['page', 'per_page', 'include_totals'] as const;
export const nextNames = ['from', 'take'] as const;

const size = { atLeast: 1, atMost: 100 } as const;
const usual = 50;
const lastPage = 1_000_000_000;

export function numberedPage(query: Query): NumberedPage {
  const take = numberIn(query, 'per_page', usual, size);
  const page = numberIn(query, 'page', 0, { atLeast: 0, atMost: lastPage });
  return { take, offset: page * take, withTotals: booleanIn(query, 'include_totals', false) };
}

/** `take` and `from` go before what else was sent; undefined: neither was. */
export function nextPage(query: Query): NextPage | undefined {
  return query.has('take') || query.has('from') ? firstOrNext(query) : undefined;
}

/** For lists that are never paged by number. */
export function firstOrNext(query: Query): NextPage {
  return {
    take: numberIn(query, 'take', usual, size),
    from: textAsked(query, 'from', { atMost: longest.checkpoint }),
  };
}

/** Part of a list, and how many there are in all. */
export interface Part<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

export function partOf<Item>(all: readonly Item[], { offset, take }: NumberedPage): Part<Item> {
  return { items: all.slice(offset, offset + take), total: all.length };
}

/** `name`: under which the items stand beside their totals. */
export function numberedAnswer(
  name: string,
  { items, total }: Part<unknown>,
  { offset: start, take: limit, withTotals }: NumberedPage,
): Answer {
  return ok(withTotals ? { [name]: items, start, limit, total } : items);
}

/** `next` undefined: it is the last. */
export function nextAnswer(name: string, items: readonly unknown[], next: string | undefined): Answer {
  return ok({ [name]: items, ...(next !== undefined && { next }) });
}
