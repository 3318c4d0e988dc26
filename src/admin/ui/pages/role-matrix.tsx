// Roles side by side, searched and a few at a time: which permission each gives, on what, and whether it inherits it.

import type { Page, Role } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { Heading } from '../parts/heading.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { offsetIn, Pager } from '../parts/pager.tsx';
import { Search } from '../parts/search.tsx';
import { rememberRoles } from '../role-names.ts';
import { hrefTo } from '../router.ts';
import { useSession } from '../session.ts';
import { counted } from '../wording.ts';
import { RoleMatrixTable } from './role-matrix-table.tsx';

/** How many columns there are at once. */
const size = 8;
const path = ['role-matrix'];

export function RoleMatrixPage({ query }: { query: URLSearchParams }) {
  const { api } = useSession();
  const name = query.get('name') ?? '';
  const offset = offsetIn(query, size);
  const roles = useLoaded(`${name} ${offset}`, (signal) =>
    api.get<Page<Role>>(['roles'], { name, offset, take: size }, signal),
  );
  rememberRoles(roles.data?.items ?? []);
  return (
    <>
      <Heading title="Roles side by side" above={{ href: hrefTo(['roles'], { name }), label: 'Roles' }}>
        <p class="facts">
          <span class="quiet">Which permission each role gives. An empty cell: nothing of it.</span>
          <a href={hrefTo(['built-in'])}>Change the built-in roles</a>
        </p>
      </Heading>
      <Search path={path} query={query} name="name" label="Name" />
      <LoadedView loaded={roles} what="the roles">
        {({ items, total }) => (
          <>
            <p class="quiet" role="status">
              {counted(total, 'role')}
            </p>
            <RoleMatrixTable roles={items} />
            <Pager {...{ path, query, total, size }} count={items.length} />
          </>
        )}
      </LoadedView>
    </>
  );
}
