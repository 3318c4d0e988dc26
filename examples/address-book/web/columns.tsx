// How each permission stands goes in; one row for each comes out, whose columns read as a sum: requested, granted AND privileges are
// what is effective.

import type { ComponentChildren } from 'preact';
import type { Held } from './answers.ts';
import { words } from './reasons.ts';
import type { Lack } from './rows.ts';
import { clientOf, personOf, rowsOf } from './rows.ts';
import type { Row, Standing } from './rows.ts';

export function Columns(standing: Standing) {
  const { facts, wish, me } = standing;
  const name = personOf(facts, me?.subject.id ?? wish.person)?.name ?? wish.person;
  const isFirstParty = clientOf(facts, wish)?.firstParty === true;
  const rows = rowsOf(standing);
  return (
    <section aria-labelledby="columns">
      <h2 id="columns" class="hidden">
        Requested, granted, privileges, effective
      </h2>
      <table role="table" class="sum" aria-labelledby="columns">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              Permission
            </th>
            <Head name="requested" title="Requested" about={`what ${wish.client} asks for`} />
            <Head
              name="granted"
              title="Granted"
              about={isFirstParty ? 'no question asked: the API trusts its own' : `what ${name} lets it do: the scopes`}
            />
            <Head name="privileges" title="Privileges" about={`what ${name} may do`} />
            <Head name="effective" title="Effective" about="what this request may do" />
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={row.permission}>
              <th role="rowheader" scope="row">
                <code>{row.permission}</code> <span class="quiet">{row.description}</span>
              </th>
              <Cell name="requested">{row.isRequested ? <Yes>asked</Yes> : <No>not asked</No>}</Cell>
              <Cell name="granted" isLacking={row.lacks.includes('scope')}>
                <GrantedCell row={row} />
              </Cell>
              <Cell name="privileges" isLacking={row.lacks.some((lack) => lack === 'privilege' || lack === 'denied')}>
                {me === undefined ? <Later /> : <PrivilegesCell row={row} />}
              </Cell>
              <Cell name="effective" isLacking={row.lacks.length > 0} isGiven={row.effective.length > 0}>
                {me === undefined ? <Later /> : <EffectiveCell row={row} />}
              </Cell>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Head({ name, title, about }: { name: string; title: string; about: string }) {
  return (
    <th role="columnheader" scope="col" class={name}>
      {title} <span class="quiet">{about}</span>
    </th>
  );
}

function Cell({
  name,
  isLacking = false,
  isGiven = false,
  children,
}: {
  name: string;
  isLacking?: boolean;
  isGiven?: boolean;
  children: ComponentChildren;
}) {
  const state = `${isLacking ? ' lacking' : ''}${isGiven ? ' given' : ''}`;
  return (
    <td role="cell" class={name + state} data-label={name}>
      <div>{children}</div>
    </td>
  );
}

function GrantedCell({ row: { granted, permission } }: { row: Row }) {
  switch (granted) {
    case undefined:
      return <Later />;
    case 'granted':
      return <Yes>granted</Yes>;
    case 'implicit':
      return <Yes>implicit</Yes>;
    case 'withheld':
      return (
        <No>
          <del>{permission}</del> withheld
        </No>
      );
    case 'not asked':
      return <No>not asked for</No>;
  }
}

function PrivilegesCell({ row: { privileges, denials } }: { row: Row }) {
  if (privileges.length + denials.length === 0) return <No>not held</No>;
  return (
    <>
      {privileges.map((held) => (
        <Yes key={JSON.stringify(held)}>
          {placeOf(held)} <span class="quiet">{wayOf(held)}</span>
        </Yes>
      ))}
      <Denials denials={denials} />
    </>
  );
}

function EffectiveCell({ row: { effective, denials, lacks } }: { row: Row }) {
  if (lacks.length > 0) return <No>{lacks.map(lackText).join(', ')}</No>;
  const places = [...new Set(effective.map(placeOf))];
  const others = denials.filter(({ on }) => on !== undefined);
  return (
    <>
      <Yes>{places.includes(everywhere) ? everywhere : places.join(', ')}</Yes>
      <Denials denials={others} />
    </>
  );
}

function lackText(lack: Lack): string {
  return lack === 'rule' ? 'a rule takes it away' : words[lack];
}

function Denials({ denials }: { denials: readonly Held[] }) {
  return (
    <>
      {denials.map((held) => (
        <span class="state no denial" key={JSON.stringify(held)}>
          denied {placeOf(held)} <span class="quiet">{wayOf(held)}</span>
        </span>
      ))}
    </>
  );
}

function Yes({ children }: { children: ComponentChildren }) {
  return <span class="state yes">{children}</span>;
}

function No({ children }: { children: ComponentChildren }) {
  return <span class="state no">{children}</span>;
}

function Later() {
  return <span class="quiet">after signing in</span>;
}

const everywhere = 'on every contact';

function placeOf({ on }: Held): string {
  return on === undefined || on === '*' ? everywhere : `on ${on}`;
}

function wayOf({ source, expiresAt }: Held): string {
  const way = source?.role === undefined ? 'given directly' : `role ${source.role}`;
  const until = expiresAt === undefined ? '' : `, until ${timeOf(expiresAt)}`;
  return way + until;
}

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
