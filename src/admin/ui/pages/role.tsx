// The uid of a role goes in; what it is, what it gives, and who has it come out, to be changed and deleted.

import type { Role } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { Holdings } from '../parts/holdings.tsx';
import { Heading } from '../parts/heading.tsx';
import { RoleLink } from '../parts/links.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { toAudit } from '../places.ts';
import { rememberRoles } from '../role-names.ts';
import { hrefTo } from '../router.ts';
import { useSession } from '../session.ts';
import { RoleDeletion } from './role-deletion.tsx';
import { RoleForm } from './role-form.tsx';
import { RoleHolders } from './role-holders.tsx';

export function RolePage({ uid, query }: { uid: string; query: URLSearchParams }) {
  const { api } = useSession();
  const loaded = useLoaded('role', (signal) => api.get<Role>(['roles', uid], {}, signal));
  const { data, reload } = loaded;
  if (data) rememberRoles([data]);
  return (
    <>
      <Heading title={data?.name ?? uid} above={{ href: hrefTo(['roles']), label: 'Roles' }}>
        <p class="facts">
          <span>
            <span class="quiet">Role</span> <code>{uid}</code>
          </span>
          {data && <span class="quiet">version {data.version}</span>}
          {data?.builtIn === true && <a href={hrefTo(['built-in'])}>All built-in roles</a>}
          <a href={toAudit({ role: uid })}>What was changed</a>
        </p>
        {data?.description !== undefined && <p>{data.description}</p>}
      </Heading>
      <LoadedView loaded={loaded} what="the role">
        {(role) => (
          <>
            <Inherited role={role} />
            <Holdings title="What it gives" lead="Everything that whoever has it holds by it." held={role.held} />
            {isKept(role) ? (
              <p class="advice">This role is kept by code: it is assigned here, and neither changed nor deleted.</p>
            ) : (
              <section aria-labelledby="change">
                <h2 id="change">Change this role</h2>
                <RoleForm role={role} onSaved={reload} />
              </section>
            )}
            <RoleHolders uid={uid} query={query} version={role.version} />
            {!role.builtIn && !isKept(role) && <RoleDeletion role={role} />}
          </>
        )}
      </LoadedView>
    </>
  );
}

// By its name, which nobody can give to another one.
function isKept({ name }: Role): boolean {
  return /^fixed:/i.test(name);
}

function Inherited({ role: { inherits, organization } }: { role: Role }) {
  return (
    <>
      {organization !== undefined && (
        <p>
          It gives something in the organization <code>{organization}</code> only.
        </p>
      )}
      {inherits.length > 0 && (
        <p>
          It inherits{' '}
          {inherits.map((one, at) => (
            <span key={JSON.stringify(one)}>
              {at > 0 && ', '}
              <RoleLink uid={one.role} />
              {one.organization !== undefined && (
                <>
                  {' '}
                  in <code>{one.organization}</code>
                </>
              )}
            </span>
          ))}
          .
        </p>
      )}
    </>
  );
}
