// What is assigned to a subject goes in; the privileges it holds by no role come out, to be revoked, and a form to grant another.

import { useRef } from 'preact/hooks';
import type { Privilege, SubjectAnswer } from '../answers.ts';
import { announce } from '../parts/announcements.tsx';
import { useAsking } from '../parts/asking.tsx';
import { Barred, useLacking } from '../parts/barred.tsx';
import { PrivilegeText } from '../parts/privilege-text.tsx';
import { Table } from '../parts/table.tsx';
import { useSession } from '../session.ts';
import { inWords, nameOf, placeOf, withoutSource } from '../wording.ts';
import { GrantForm } from './grant-form.tsx';

export function SubjectGrants({
  answer: { subject, privileges },
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
  const lacking = useLacking(['update:users']);
  const { kind, id } = subject;
  const askToRevoke = (privilege: Privilege): void =>
    ask({
      name: `revoke ${kind} ${id} ${placeOf(privilege)}`,
      title: privilege.effect === 'deny' ? 'Revoke this denial?' : 'Revoke this permission?',
      text: (
        <p>
          <code>{inWords(privilege)}</code> of <strong>{nameOf(subject)}</strong>. What comes by a role stays.
        </p>
      ),
      verb: 'Revoke',
      async act(why) {
        await api.change([{ kind: 'revoke', subject: { kind, id }, privilege: withoutSource(privilege) }], why);
        announce(`${inWords(privilege)} is revoked from ${nameOf(subject)}.`);
      },
    });
  return (
    <section aria-labelledby="direct">
      <h2 id="direct" tabIndex={-1} ref={heading}>
        Direct permissions
      </h2>
      {privileges.length === 0 ? (
        <p class="quiet">None: what is held comes by roles alone.</p>
      ) : (
        <Table
          caption="Direct permissions"
          columns={['Permission', 'Granted by', '']}
          rows={privileges.map((one) => ({
            key: placeOf(one),
            cells: [
              <PrivilegeText privilege={one} />,
              one.source?.assignedBy && <span class="quiet">{one.source.assignedBy}</span>,
              <button
                type="button"
                class="secondary small"
                disabled={lacking.length > 0}
                aria-describedby={lacking.length > 0 ? 'cannot-revoke' : undefined}
                onClick={() => askToRevoke(one)}
              >
                Revoke<span class="hidden"> {inWords(one)}</span>
              </button>,
            ],
          }))}
        />
      )}
      {privileges.length > 0 && <Barred lacking={lacking} id="cannot-revoke" what="To revoke" />}
      <GrantForm subject={subject} onGranted={onChanged} />
      {dialog}
    </section>
  );
}
