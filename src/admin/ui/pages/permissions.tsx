// The catalogue: which permissions there are, what each means, and on what it may be held.

import type { CatalogueEntry } from '../answers.ts';
import { useCatalogue } from '../catalogue.ts';
import { Heading } from '../parts/heading.tsx';
import { PermissionLink } from '../parts/links.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { Search } from '../parts/search.tsx';
import { Table } from '../parts/table.tsx';
import { counted } from '../wording.ts';

export function PermissionsPage({ query }: { query: URLSearchParams }) {
  const catalogue = useCatalogue();
  const search = (query.get('search') ?? '').toLowerCase();
  const isFound = ({ name, description }: CatalogueEntry): boolean =>
    `${name} ${description}`.toLowerCase().includes(search);
  return (
    <>
      <Heading title="Permissions">
        <p class="quiet">What can be granted, as the API defines it. Each shows who holds it, and through what.</p>
      </Heading>
      <Search path={['permissions']} query={query} name="search" label="Name or meaning" />
      <LoadedView loaded={catalogue} what="the permissions">
        {({ apis, everything }) => (
          <>
            {apis.map(({ identifier, name, permissions }) => {
              const found = permissions.filter(isFound);
              if (found.length === 0 && search !== '') return null;
              return (
                <section key={identifier}>
                  <h2>{name}</h2>
                  <p class="quiet">
                    {name !== identifier && <code>{identifier}</code>} {counted(found.length, 'permission')}
                  </p>
                  <Table
                    caption={`Permissions of ${name}`}
                    columns={['Permission', 'What it allows', 'Resources']}
                    rows={found.map((one) => ({ key: one.name, cells: cellsOf(one) }))}
                  />
                </section>
              );
            })}
            <p>
              Every permission there is: <PermissionLink name={everything} />
            </p>
          </>
        )}
      </LoadedView>
    </>
  );
}

function cellsOf({ name, description, on, sensitive, gate, aliases }: CatalogueEntry) {
  return [
    <>
      <PermissionLink name={name} />
      {aliases !== undefined && <span class="quiet"> also {aliases.join(', ')}</span>}
    </>,
    <>
      {description} {sensitive === true && <span class="tag attention">sensitive</span>}
      {gate === 'delegate' && <span class="tag">delegates</span>}
      {gate === 'escalate' && <span class="tag attention">escalates</span>}
    </>,
    on === undefined ? (
      <span class="quiet">any</span>
    ) : on.length === 0 ? (
      <span class="quiet">takes none</span>
    ) : (
      <code>{on.join(', ')}</code>
    ),
  ];
}
