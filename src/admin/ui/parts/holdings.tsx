// All that a subject or a role holds and is denied goes in; it comes out by permission, each with where it comes from.

import { useState } from 'preact/hooks';
import type { Privilege } from '../answers.ts';
import { Bounds, SourceText } from './privilege-text.tsx';
import { PermissionLink } from './links.tsx';
import { Table } from './table.tsx';
import { counted } from '../wording.ts';

export function Holdings({ title, lead, held }: { title: string; lead: string; held: readonly Privilege[] }) {
  const [filter, setFilter] = useState('');
  const byName = new Map<string, Privilege[]>();
  for (const one of held) byName.set(one.permission, [...(byName.get(one.permission) ?? []), one]);
  const names = [...byName.keys()].filter((name) => name.includes(filter.trim())).sort();
  return (
    <section aria-labelledby="held">
      <h2 id="held">{title}</h2>
      <p class="quiet">{lead} A denial goes before whatever permits the same.</p>
      {byName.size > 10 && (
        <label class="narrow">
          Filter by name
          <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
      )}
      {held.length === 0 ? (
        <p class="quiet">Nothing.</p>
      ) : (
        <Table
          caption={title}
          columns={['Permission', 'Comes from']}
          rows={names.map((name) => ({
            key: name,
            cells: [<PermissionLink name={name} />, <Ways held={byName.get(name) ?? []} />],
          }))}
          footer={<p class="quiet">{counted(names.length, 'permission')}</p>}
        />
      )}
    </section>
  );
}

function Ways({ held }: { held: readonly Privilege[] }) {
  return (
    <ul class="ways">
      {held.map((one) => (
        <li key={JSON.stringify(one)}>
          {one.effect === 'deny' && <span class="tag denial">denial</span>} <SourceText source={one.source} />{' '}
          <Bounds privilege={one} />
        </li>
      ))}
    </ul>
  );
}
