// A role goes in; to whom it is assigned comes out, in pages.

import type { Page, RoleHolder } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { SubjectLink } from '../parts/links.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { offsetIn, Pager, pageSize } from '../parts/pager.tsx';
import { Ends } from '../parts/privilege-text.tsx';
import { Table } from '../parts/table.tsx';
import { useSession } from '../session.ts';
import { counted } from '../wording.ts';

export function RoleHolders({ uid, query, version }: { uid: string; query: URLSearchParams; version: number }) {
  const { api } = useSession();
  const offset = offsetIn(query);
  const holders = useLoaded(`${version} ${offset}`, (signal) =>
    api.get<Page<RoleHolder>>(['roles', uid, 'holders'], { take: pageSize, offset }, signal),
  );
  return (
    <section aria-labelledby="holders">
      <h2 id="holders">Who has it</h2>
      <LoadedView loaded={holders} what="who has it">
        {({ items, total }) => (
          <>
            <p class="quiet">
              {total === 0 ? 'Nobody. Assign it on the page of a user or client.' : counted(total, 'assignment')}
            </p>
            {items.length > 0 && (
              <Table
                caption="Who has it"
                columns={['Subject', 'Where and until when']}
                rows={items.map(({ subject, assignment: { organization, expiresAt } }) => ({
                  key: JSON.stringify([subject, organization]),
                  cells: [
                    <SubjectLink subject={subject} />,
                    <>
                      {organization === undefined ? <span class="quiet">everywhere</span> : <code>{organization}</code>}{' '}
                      <Ends expiresAt={expiresAt} />
                    </>,
                  ],
                }))}
              />
            )}
            <Pager path={['roles', uid]} query={query} total={total} count={items.length} />
          </>
        )}
      </LoadedView>
    </section>
  );
}
