// The built-in roles, the catalogue and what was ticked go in; a table of permissions by roles comes out.

import { useState } from 'preact/hooks';
import type { Catalogue, Privilege, Role } from '../answers.ts';
import { cellOf, has, keyOf } from '../built-in-cells.ts';
import type { Asked, Ticks } from '../built-in-cells.ts';
import { PermissionLink, RoleLink } from '../parts/links.tsx';
import { barrierInWords, barrierTo, useOwn } from '../own.ts';
import { toRole } from '../places.ts';
import { roleName } from '../role-names.ts';
import { inWords } from '../wording.ts';

interface Matrix {
  roles: readonly Role[];
  ticks: Ticks;
  isBarred: boolean;
  onTick: (key: string, shall: boolean) => void;
}

interface RowGiven extends Matrix {
  asked: Asked;
  description: string;
  /** What who signed in holds. */
  own: readonly Privilege[] | undefined;
}

export function BuiltInMatrix({ catalogue, ...matrix }: Matrix & { catalogue: Catalogue }) {
  const { roles } = matrix;
  const own = useOwn();
  const [filter, setFilter] = useState('');
  return (
    <>
      <label class="narrow">
        Filter by name
        <input
          type="search"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      </label>
      <div class="scroll" role="region" aria-label="Built-in roles by permission" tabIndex={0}>
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">Permission</th>
              {roles.map(({ uid }) => (
                <th key={uid} scope="col">
                  <a href={toRole(uid)}>{shortName(uid)}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row" class="quiet">
                Inherits
              </th>
              {roles.map(({ uid, inherits }) => (
                <td key={uid}>
                  {inherits.map(({ role }) => (
                    <span key={role}>
                      <RoleLink uid={role} />{' '}
                    </span>
                  ))}
                </td>
              ))}
            </tr>
          </tbody>
          {catalogue.apis.map(({ identifier, name, permissions }) => (
            <tbody key={identifier}>
              <tr class="group">
                <th scope="rowgroup" colSpan={roles.length + 1}>
                  {name}
                </th>
              </tr>
              {permissions
                .filter(({ name: one }) => one.includes(filter.trim()))
                .map((one) => (
                  <PermissionRow
                    key={one.name}
                    {...matrix}
                    own={own}
                    asked={{ api: identifier, permission: one.name }}
                    description={one.description}
                  />
                ))}
            </tbody>
          ))}
        </table>
      </div>
    </>
  );
}

function PermissionRow({ asked, description, own, ...matrix }: RowGiven) {
  const { permission, api } = asked;
  const barrier = barrierTo(own, permission, api);
  return (
    <tr class={barrier === undefined ? undefined : 'off'}>
      <th scope="row">
        <PermissionLink name={permission} />
        <span class="quiet">{barrierInWords(barrier) ?? description}</span>
      </th>
      {matrix.roles.map((role) => (
        <td key={role.uid}>
          <CellView role={role} asked={asked} {...matrix} isBarred={matrix.isBarred || barrier !== undefined} />
        </td>
      ))}
    </tr>
  );
}

function CellView({ role, asked, roles, ticks, isBarred, onTick }: Matrix & { role: Role; asked: Asked }) {
  const { isOwn, through, besides } = cellOf(role, asked, roles, ticks);
  const isChanged = isOwn !== has(role, asked);
  // What comes from below needs no tick of its own; one that is there can be taken away.
  const isTickable = through === undefined || isOwn || isChanged;
  return (
    <div class={isChanged ? 'cell changed' : 'cell'}>
      {isTickable && (
        <input
          type="checkbox"
          checked={isOwn}
          disabled={isBarred}
          aria-label={`${asked.permission} for ${shortName(role.uid)}`}
          onChange={(event) => onTick(keyOf(role.uid, asked), event.currentTarget.checked)}
        />
      )}
      {through !== undefined && (
        <span class="inherited">
          <span aria-hidden="true">✓</span> <span class="quiet">from {shortName(through)}</span>
        </span>
      )}
      {besides.length > 0 && (
        <a class="besides" href={toRole(role.uid)} title={besides.map(inWords).join('\n')}>
          and {besides.length} more
        </a>
      )}
    </div>
  );
}

function shortName(uid: string): string {
  return roleName(uid).replace(/^Built-in (\w)/, (_, first: string) => first.toUpperCase());
}
