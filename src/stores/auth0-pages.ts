// A way to ask for pages goes in, every item of the list comes out, or a TenantFault: a list that breaks off, repeats itself or
// never ends is no list, since what is missing from it would be missing from somebody's privileges.

import { isRecord } from '../core/options.ts';
import { TenantFault } from './auth0-faults.ts';

type Query = Readonly<Record<string, string>>;

/** Asks for one page. */
export type ReadPage = (query: Query) => Promise<unknown>;

const pageSize = 100;
// More than a tenant lets anybody hold.
const maxPages = 1000;

/** A list in numbered pages. `member`: where the items are, beside the totals; or the page is a bare list. */
export async function numberedItems(read: ReadPage, member: string): Promise<unknown[]> {
  let list = new GrowingList();
  for (let asked = 0, page = 0; asked < maxPages; asked += 1, page += 1) {
    const query = { per_page: String(pageSize), page: String(page), include_totals: 'true' };
    const { items, total } = pageOf(await read(query), member);
    if (page > 0 && total !== list.total) {
      // What was removed meanwhile has moved others to a page that was read before.
      list = new GrowingList();
      page = -1;
      continue;
    }
    list.add(items, total);
    if (total === undefined ? items.length < pageSize : list.items.length === total) return list.items;
    if (items.length === 0) throw new TenantFault(`a list of ${total} ended after ${list.items.length}`);
  }
  throw endless();
}

/** A list in which each page says where the next one begins, until one does not. */
export async function chainedItems(read: ReadPage, member: string): Promise<unknown[]> {
  const list = new GrowingList();
  let from: Query = {};
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await read({ take: String(pageSize), ...from });
    list.add(itemsIn(answer, member));
    const next = isRecord(answer) ? (answer['next'] ?? undefined) : undefined;
    if (next === undefined || next === '') return list.items;
    if (typeof next !== 'string') throw malformed('`next` is not a string');
    from = { from: next };
  }
  throw endless();
}

class GrowingList {
  readonly items: unknown[] = [];
  /** How many items there are in all, where the tenant says so. */
  total: number | undefined;
  readonly #seen = new Set<string>();

  add(items: readonly unknown[], total?: number): void {
    const known = this.#seen.size;
    for (const item of items) this.#seen.add(JSON.stringify(item));
    if (items.length > 0 && this.#seen.size === known)
      throw new TenantFault('a page of the list repeats those before it');
    this.items.push(...items);
    this.total = total;
    if (total !== undefined && this.items.length > total) throw malformed(`a list of ${total} has more items`);
  }
}

function pageOf(answer: unknown, member: string): { items: readonly unknown[]; total: number | undefined } {
  const items = itemsIn(answer, member);
  const total = isRecord(answer) ? answer['total'] : undefined;
  if (total === undefined) return { items, total };
  if (!Number.isSafeInteger(total)) throw malformed('`total` is not a whole number');
  return { items, total: total as number };
}

function itemsIn(answer: unknown, member: string): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  const items = isRecord(answer) ? answer[member] : undefined;
  if (!Array.isArray(items)) throw malformed(`neither a list nor an object with a list \`${member}\``);
  return items;
}

function endless(): TenantFault {
  return new TenantFault(`the list has more than ${maxPages} pages`);
}

function malformed(what: string): TenantFault {
  return new TenantFault(`the answer is malformed: ${what}`);
}
