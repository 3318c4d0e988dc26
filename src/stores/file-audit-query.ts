// What is asked of an audit goes in, and its entries one after the other, the oldest first; the page that is asked for comes out. No
// more of them is kept than it may need.

import type { AuditEntry, Page } from '../core/role-store.ts';
import { checkedAuditQuery, isAskedFor } from './audit-query.ts';

export async function auditPage(query: unknown, entries: () => AsyncIterable<AuditEntry>): Promise<Page<AuditEntry>> {
  const checked = checkedAuditQuery(query);
  const { take, offset, after } = checked.page;
  const before = after === undefined ? Infinity : Number(after);
  const newest: AuditEntry[] = [];
  let total = 0;
  let older = 0;
  for await (const entry of entries()) {
    if (!isAskedFor(entry, checked)) continue;
    total += 1;
    if (entry.revision >= before) continue;
    older += 1;
    newest.push(entry);
    // One in so many times, since it moves all that stay.
    if (newest.length > 2 * (offset + take)) newest.splice(0, newest.length - offset - take);
  }
  newest.sort((one, other) => other.revision - one.revision);
  const items = newest.slice(offset, offset + take);
  const last = items.at(-1);
  const isLast = last === undefined || older <= offset + take;
  return Object.freeze({ items: Object.freeze(items), total, ...(!isLast && { next: String(last.revision) }) });
}
