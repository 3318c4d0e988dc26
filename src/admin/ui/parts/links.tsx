// A subject, a role or a permission goes in, a link to its page comes out.

import { Fragment } from 'preact';
import type { Person } from '../answers.ts';
import { toHolders, toRole, toSubject } from '../places.ts';
import { roleName } from '../role-names.ts';
import { nameOf } from '../wording.ts';

export function SubjectLink({ subject }: { subject: Person }) {
  const { id, kind } = subject;
  const name = nameOf(subject);
  return (
    <span class="subject">
      <a href={toSubject(subject)}>{name}</a>
      {kind === 'client' && <span class="tag">client</span>}
      {name !== id && <code class="quiet">{id}</code>}
    </span>
  );
}

export function RoleLink({ uid, name }: { uid: string; name?: string }) {
  return <a href={toRole(uid)}>{name ?? roleName(uid)}</a>;
}

export function PermissionLink({ name }: { name: string }) {
  return (
    <a href={toHolders(name)} class="permission">
      <code>
        {name.split(/(?<=:)/).map((part, at) => (
          <Fragment key={at}>
            {at > 0 && <wbr />}
            {part}
          </Fragment>
        ))}
      </code>
    </a>
  );
}
