// A few roles go in; a table of the permissions that any of them gives, by roles, comes out.

import { useState } from 'preact/hooks';
import type { Privilege, Role } from '../answers.ts';
import { heldOf } from '../held-by-name.ts';
import { PermissionLink, RoleLink } from '../parts/links.tsx';
import { AudienceText, Bounds } from '../parts/privilege-text.tsx';
import { counted } from '../wording.ts';

// More rows than that are read by nobody, and found by their name.
const mostRows = 200;

export function RoleMatrixTable({ roles }: { roles: readonly Role[] }) {
  const [filter, setFilter] = useState('');
  const all = [...new Set(roles.flatMap(({ held }) => held.map(({ permission }) => permission)))];
  const shown = roles.filter(({ held }) => held.length > 0);
  const others = roles.filter(({ held }) => held.length === 0);
  const found = all.filter((name) => name.includes(filter.trim())).sort();
  if (shown.length === 0) return <p class="quiet">No role here gives anything.</p>;
  return (
    <>
      <label class="narrow">
        Filter by permission
        <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
      </label>
      <p class="quiet" role="status">
        {counted(found.length, 'permission')}
        {found.length > mostRows && `, of which the first ${mostRows} are shown: filter for others`}
      </p>
      <div class="scroll" role="region" aria-label="Permissions by role" tabIndex={0}>
        <table class="matrix of-roles">
          <thead>
            <tr>
              <th scope="col">Permission</th>
              {shown.map((role) => (
                <th key={role.uid} scope="col">
                  <RoleLink uid={role.uid} name={role.name} />
                  {role.organization !== undefined && <span class="tag">in {role.organization}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, mostRows).map((permission) => (
              <tr key={permission}>
                <th scope="row">
                  <PermissionLink name={permission} />
                </th>
                {shown.map((role) => (
                  <td key={role.uid}>
                    <Ways role={role} permission={permission} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {others.length > 0 && (
        <p class="quiet">
          Nothing is given by{' '}
          {others.map(({ uid, name }, at) => (
            <span key={uid}>
              {at > 0 && ', '}
              <RoleLink uid={uid} name={name} />
            </span>
          ))}
          .
        </p>
      )}
    </>
  );
}

function Ways({ role: { uid, held }, permission }: { role: Role; permission: string }) {
  const ways = heldOf(held, permission);
  if (ways.length === 0) return null;
  return (
    <ul class="ways">
      {ways.map((one) => (
        <li key={JSON.stringify(one)}>
          <Way privilege={one} permission={permission} of={uid} />
        </li>
      ))}
    </ul>
  );
}

function Way({ privilege, permission, of }: { privilege: Privilege; permission: string; of: string }) {
  const { on, effect, source } = privilege;
  const from = source?.role;
  return (
    <>
      {effect === 'deny' && <span class="tag denial">denied</span>}{' '}
      {on === undefined ? <b>everywhere</b> : on === '' && <b>yes</b>} <Bounds privilege={privilege} />{' '}
      {privilege.permission !== permission && (
        <span class="quiet">
          by <code>{privilege.permission}</code>{' '}
        </span>
      )}
      <AudienceText audience={privilege.audience} />{' '}
      {from !== undefined && from !== of && (
        <span class="quiet">
          inherited from <RoleLink uid={from} />
        </span>
      )}
    </>
  );
}
