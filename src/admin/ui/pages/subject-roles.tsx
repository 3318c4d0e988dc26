// What is assigned to a subject goes in; its roles come out, to be taken back, and a form to assign another.

import { useRef } from 'preact/hooks';
import type { Assignment, SubjectAnswer } from '../answers.ts';
import { announce } from '../parts/announcements.tsx';
import { useAsking } from '../parts/asking.tsx';
import { Barred, useLacking } from '../parts/barred.tsx';
import { RoleLink } from '../parts/links.tsx';
import { Ends } from '../parts/privilege-text.tsx';
import { Table } from '../parts/table.tsx';
import { roleName } from '../role-names.ts';
import { useSession } from '../session.ts';
import { instant, nameOf } from '../wording.ts';
import { AssignForm } from './assign-form.tsx';

export function SubjectRoles({
  answer: { subject, roles },
  onChanged,
}: {
  answer: SubjectAnswer;
  onChanged: () => void;
}) {
  const { api } = useSession();
  const heading = useRef<HTMLHeadingElement>(null);
  const { ask, dialog } = useAsking(() => {
    onChanged();
    heading.current?.focus();
  });
  const lacking = useLacking(['update:users', 'delete:role_members']);
  const { kind, id } = subject;
  const askToDeassign = ({ role, organization }: Assignment): void =>
    ask({
      name: `deassign ${kind} ${id} ${JSON.stringify([role, organization])}`,
      title: `Deassign ${roleName(role)}?`,
      text: (
        <p>
          <strong>{nameOf(subject)}</strong> loses what comes by this role alone, from the next request on.
        </p>
      ),
      verb: 'Deassign',
      async act(why) {
        const bound = organization === undefined ? {} : { organization };
        await api.change([{ kind: 'deassign', subject: { kind, id }, role, ...bound }], why);
        announce(`${roleName(role)} is deassigned from ${nameOf(subject)}.`);
      },
    });
  return (
    <section aria-labelledby="roles">
      <h2 id="roles" tabIndex={-1} ref={heading}>
        Roles
      </h2>
      {roles.length === 0 ? (
        <p class="quiet">No role is assigned.</p>
      ) : (
        <Table
          caption="Roles"
          columns={['Role', 'Where and until when', 'Assigned', '']}
          rows={roles.map((one) => ({
            key: `${one.role} ${one.organization}`,
            cells: [
              <RoleLink uid={one.role} name={one.name} />,
              <Where assignment={one} />,
              <Assigned assignment={one} />,
              <button
                type="button"
                class="secondary small"
                disabled={lacking.length > 0}
                aria-describedby={lacking.length > 0 ? 'cannot-deassign' : undefined}
                onClick={() => askToDeassign(one)}
              >
                Deassign<span class="hidden"> {one.name}</span>
              </button>,
            ],
          }))}
        />
      )}
      {roles.length > 0 && <Barred lacking={lacking} id="cannot-deassign" what="To deassign" />}
      <AssignForm subject={subject} taken={roles} onAssigned={onChanged} />
      {dialog}
    </section>
  );
}

function Where({ assignment: { organization, expiresAt } }: { assignment: Assignment }) {
  return (
    <>
      {organization === undefined ? <span class="quiet">everywhere</span> : <code>{organization}</code>}{' '}
      <Ends expiresAt={expiresAt} />
    </>
  );
}

function Assigned({ assignment: { assignedBy, assignedAt } }: { assignment: Assignment }) {
  if (assignedBy === undefined && assignedAt === undefined) return null;
  return (
    <span class="quiet">
      {assignedBy !== undefined && `by ${assignedBy}`}
      {assignedAt !== undefined && ` ${instant(assignedAt)}`}
    </span>
  );
}
