// Which roles there are, searched and in pages.

import type { Page, Role } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { Heading } from '../parts/heading.tsx';
import { RoleLink } from '../parts/links.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { offsetIn, Pager, pageSize } from '../parts/pager.tsx';
import { Search } from '../parts/search.tsx';
import { Table } from '../parts/table.tsx';
import { toNewRole, toRoleMatrix } from '../places.ts';
import { rememberRoles } from '../role-names.ts';
import { useSession } from '../session.ts';
import { counted } from '../wording.ts';

export function RolesPage({ query }: { query: URLSearchParams }) {
  const { api } = useSession();
  const name = query.get('name') ?? '';
  const offset = offsetIn(query);
  const roles = useLoaded(`${name} ${offset}`, (signal) =>
    api.get<Page<Role>>(['roles'], { name, offset, take: pageSize, delegatable: 'true' }, signal),
  );
  rememberRoles(roles.data?.items ?? []);
  return (
    <>
      <Heading title="Roles">
        <p class="facts">
          <span class="quiet">A role is a named set of privileges.</span>
          <a href={toNewRole}>New role</a>
          <a href={toRoleMatrix(name)}>Side by side</a>
        </p>
      </Heading>
      <Search path={['roles']} query={query} name="name" label="Name" />
      <LoadedView loaded={roles} what="the roles">
        {({ items, total }) => (
          <>
            <p class="quiet" role="status">
              {counted(total, 'role')}
            </p>
            <Table
              caption="Roles"
              columns={['Role', 'What it is for', 'Gives', 'Inherits', 'Yours to assign']}
              rows={items.map((role) => ({ key: role.uid, cells: cellsOf(role) }))}
            />
            <Pager path={['roles']} query={query} total={total} count={items.length} />
          </>
        )}
      </LoadedView>
    </>
  );
}

function cellsOf({ uid, name, description, organization, held, inherits, delegatable }: Role) {
  return [
    <>
      <RoleLink uid={uid} name={name} />
      {organization !== undefined && <span class="tag">in {organization}</span>}
    </>,
    description,
    counted(held.length, 'privilege'),
    inherits.map(({ role }, at) => (
      <span key={role}>
        {at > 0 && ', '}
        <RoleLink uid={role} />
      </span>
    )),
    delegatable === true ? 'Yes' : <span class="quiet">{organization === undefined ? 'No' : 'Depends'}</span>,
  ];
}
