// What was changed, by whom, to whom, when and why: filtered by what the address says, in pages.

import type { AuditEntry, Page } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { Heading } from '../parts/heading.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { offsetIn, Pager, pageSize } from '../parts/pager.tsx';
import { instantIn } from '../parts/ends-field.tsx';
import { useSession } from '../session.ts';
import { counted } from '../wording.ts';
import { AuditEntryView } from './audit-entry.tsx';
import { AuditFilters, filterNames } from './audit-filters.tsx';

export function AuditPage({ query }: { query: URLSearchParams }) {
  const { api } = useSession();
  const offset = offsetIn(query);
  const filters = Object.fromEntries(filterNames.map((name) => [name, query.get(name) ?? '']));
  const { from = '', until = '', ...others } = filters;
  const entries = useLoaded(JSON.stringify([filters, offset]), (signal) =>
    api.get<Page<AuditEntry>>(
      ['audit'],
      { ...others, from: instantIn(from), until: instantIn(until), take: pageSize, offset },
      signal,
    ),
  );
  return (
    <>
      <Heading title="Audit">
        <p class="quiet">Every change, the newest first. Nothing of it can be changed.</p>
      </Heading>
      <AuditFilters query={query} />
      <LoadedView loaded={entries} what="the audit">
        {({ items, total }) => (
          <>
            <p class="quiet" role="status">
              {counted(total, 'change')}
            </p>
            <ol class="entries">
              {items.map((entry) => (
                <AuditEntryView key={entry.revision} entry={entry} />
              ))}
            </ol>
            <Pager path={['audit']} query={query} total={total} count={items.length} />
          </>
        )}
      </LoadedView>
    </>
  );
}
