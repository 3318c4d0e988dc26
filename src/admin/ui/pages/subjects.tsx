// A kind of subject goes in; who there is of it comes out, searched and in pages.

import type { Kind, Page, Person } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { Heading } from '../parts/heading.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { offsetIn, Pager, pageSize } from '../parts/pager.tsx';
import { Search } from '../parts/search.tsx';
import { Table } from '../parts/table.tsx';
import { sections, toSubject } from '../places.ts';
import { useSession } from '../session.ts';
import { counted, nameOf } from '../wording.ts';

const words = {
  user: { title: 'Users', one: 'user', label: 'Name, e-mail address or id' },
  client: { title: 'Clients', one: 'client', label: 'Client id' },
} as const;

export function SubjectsPage({ kind, query }: { kind: Kind; query: URLSearchParams }) {
  const { api } = useSession();
  const search = query.get('search') ?? '';
  const offset = offsetIn(query);
  const path = [sections[kind]];
  const { title, one, label } = words[kind];
  const people = useLoaded(`${search} ${offset}`, (signal) =>
    api.get<Page<Person>>(['subjects'], { kind, search, take: pageSize, offset }, signal),
  );
  return (
    <>
      <Heading title={title}>
        {kind === 'client' && <p class="quiet">Applications that act for themselves, with no user in the picture.</p>}
      </Heading>
      <Search path={path} query={query} name="search" label={label} />
      <LoadedView loaded={people} what={title.toLowerCase()}>
        {({ items, total }) => (
          <>
            <p class="quiet" role="status">
              {search === '' ? counted(total, one) : `${counted(total, one)} with “${search}”`}
            </p>
            {items.length > 0 && <People items={items} title={title} />}
            <Pager path={path} query={query} total={total} count={items.length} />
          </>
        )}
      </LoadedView>
      {search !== '' && (
        <p>
          Not in the list?{' '}
          <a href={toSubject({ kind, id: search })}>
            Open the {one} with the id <code>{search}</code>
          </a>
        </p>
      )}
    </>
  );
}

function People({ items, title }: { items: readonly Person[]; title: string }) {
  const hasNames = items.some(({ name, email }) => name !== undefined || email !== undefined);
  const rows = items.map((person) => {
    const link = <a href={toSubject(person)}>{nameOf(person)}</a>;
    return { key: person.id, cells: hasNames ? [link, <code>{person.id}</code>, person.email] : [link] };
  });
  return <Table caption={title} columns={hasNames ? ['Name', 'Id', 'E-mail address'] : ['Id']} rows={rows} />;
}
