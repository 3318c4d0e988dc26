// A permission goes in; who holds it and through what comes out, in pages.

import type { Holder, Page } from '../answers.ts';
import { definitionsIn, useCatalogue } from '../catalogue.ts';
import { useLoaded } from '../loading.ts';
import { Heading } from '../parts/heading.tsx';
import { PermissionLink, SubjectLink } from '../parts/links.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { offsetIn, Pager, pageSize } from '../parts/pager.tsx';
import { Bounds, SourceText } from '../parts/privilege-text.tsx';
import { Table } from '../parts/table.tsx';
import { toAudit } from '../places.ts';
import { hrefTo } from '../router.ts';
import { useSession } from '../session.ts';
import { counted } from '../wording.ts';

export function HoldersPage({ permission, query }: { permission: string; query: URLSearchParams }) {
  const { api } = useSession();
  const { data: catalogue } = useCatalogue();
  const offset = offsetIn(query);
  const holders = useLoaded(String(offset), (signal) =>
    api.get<Page<Holder>>(['holders'], { permission, take: pageSize, offset }, signal),
  );
  const meanings = catalogue === undefined ? [] : definitionsIn(catalogue).filter(({ name }) => name === permission);
  return (
    <>
      <Heading title={permission} above={{ href: hrefTo(['permissions']), label: 'Permissions' }}>
        {meanings.map(({ description, api: of }) => (
          <p key={of}>{description}</p>
        ))}
        <p class="facts">
          <a href={toAudit({ permission })}>What was changed</a>
        </p>
      </Heading>
      <h2>Who holds it</h2>
      <LoadedView loaded={holders} what="who holds it">
        {({ items, total }) => (
          <>
            <p class="quiet">
              {counted(total, 'holder')}, on whatever resource. Denials are not looked at: ask “Why?” about one subject.
            </p>
            {items.length > 0 && (
              <Table
                caption={`Who holds ${permission}`}
                columns={['Subject', 'Through']}
                rows={items.map(({ subject, privileges }) => ({
                  key: JSON.stringify([subject.kind, subject.id]),
                  cells: [<SubjectLink subject={subject} />, <Through privileges={privileges} asked={permission} />],
                }))}
              />
            )}
            <Pager path={['permissions', permission]} query={query} total={total} count={items.length} />
          </>
        )}
      </LoadedView>
    </>
  );
}

function Through({ privileges, asked }: { privileges: Holder['privileges']; asked: string }) {
  return (
    <ul class="ways">
      {privileges.map((one) => (
        <li key={JSON.stringify(one)}>
          <SourceText source={one.source} />{' '}
          {one.permission !== asked && (
            <>
              by <PermissionLink name={one.permission} />{' '}
            </>
          )}
          <Bounds privilege={one} />
        </li>
      ))}
    </ul>
  );
}
