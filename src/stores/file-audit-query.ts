// What is asked of an audit goes in, and its entries one after the other; the page that is asked for comes out. No more of them is
// kept than it may need.

import type { AuditEntry, Page } from '../core/role-store.ts';
import { checkedAuditQuery, inOrderOf, isAskedFor } from './audit-query.ts';

export async function auditPage(query: unknown, entries: () => AsyncIterable<AuditEntry>): Promise<Page<AuditEntry>> {
  const checked = checkedAuditQuery(query);
  const { take, offset, after } = checked.page;
  const compare = inOrderOf(checked);
  const wanted = offset + take;
  const first: AuditEntry[] = [];
  const keepFirst = (): void => {
    first.sort((one, other) => compare(one.revision, other.revision));
    first.splice(wanted);
  };
  let total = 0;
  let beyond = 0;
  for await (const entry of entries()) {
    if (!isAskedFor(entry, checked)) continue;
    total += 1;
    if (after !== undefined && compare(entry.revision, Number(after)) <= 0) continue;
    beyond += 1;
    first.push(entry);
    // One in so many times, since it moves all that stay.
    if (first.length > 2 * wanted) keepFirst();
  }
  keepFirst();
  const items = first.slice(offset);
  const last = items.at(-1);
  const isLast = last === undefined || beyond <= wanted;
  return Object.freeze({ items: Object.freeze(items), total, ...(!isLast && { next: String(last.revision) }) });
}
