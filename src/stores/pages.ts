// Which part of a list is wanted goes in, checked; a list goes in, that part of it comes out.

import { ofInput } from '../core/input-error.ts';
import { checkedMembers, checkedNumber, checkedString, expectation } from '../core/options.ts';
import type { Page, PageRequest } from '../core/role-store.ts';

/** Which part of a list. */
export interface CheckedPage {
  readonly take: number;
  readonly offset: number;
  /** The key of the last item before. */
  readonly after: string | undefined;
}

/** @throws TypeError when it is not as it must be, or both `offset` and `after` are given. */
export function checkedPage(page: PageRequest): CheckedPage {
  const { take, offset, after } = page;
  if (offset !== undefined && after !== undefined) throw expectation('offset', 'absent beside `after`', offset);
  return {
    take: whole(checkedNumber(take, 'take', 50, { atLeast: 1, atMost: 1000 }), 'take'),
    offset: whole(checkedNumber(offset, 'offset', 0, { atLeast: 0 }), 'offset'),
    after: after === undefined ? undefined : checkedString(after, 'after'),
  };
}

/** A query whose members are known, and its page. @throws InvalidInputError */
export function checkedQuery<Name extends string>(
  query: unknown,
  names: readonly Name[],
): { readonly page: CheckedPage; readonly filter: { [Key in Name]?: unknown } } {
  return ofInput(() => {
    const members = checkedMembers(query ?? {}, 'query', ['take', 'offset', 'after', ...names]);
    return { page: checkedPage(members as PageRequest), filter: members };
  });
}

function whole(value: number, name: string): number {
  if (!Number.isInteger(value)) throw expectation(name, 'a whole number', value);
  return value;
}

/** A part of `items`, which are in the order of their keys. `compare`: negative where the first key comes first. */
export function pageOf<Item>(
  items: readonly Item[],
  { take, offset, after }: CheckedPage,
  keyOf: (item: Item) => string,
  compare: (one: string, other: string) => number = inOrder,
): Page<Item> {
  const found = after === undefined ? offset : items.findIndex((item) => compare(keyOf(item), after) > 0);
  const start = found === -1 ? items.length : found;
  const part = items.slice(start, start + take);
  const last = part.at(-1);
  const isLast = last === undefined || start + take >= items.length;
  return Object.freeze({
    items: Object.freeze(part),
    total: items.length,
    ...(!isLast && { next: keyOf(last) }),
  });
}

/** By UTF-16 units, the same on every machine. */
export function inOrder(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
