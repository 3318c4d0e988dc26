// A subject goes in; a role is chosen and assigned to it.

import type { Assignment, Person } from '../answers.ts';
import { useDoing } from '../changing.ts';
import { useDraft } from '../drafts.ts';
import { announce } from '../parts/announcements.tsx';
import { Barred, useLacking } from '../parts/barred.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { EndsField, instantIn } from '../parts/ends-field.tsx';
import { Fold } from '../parts/fold.tsx';
import { Notice } from '../parts/notice.tsx';
import { RolePicker } from '../parts/role-picker.tsx';
import { TextField } from '../parts/text-field.tsx';
import { WhyField } from '../parts/why-field.tsx';
import { roleName } from '../role-names.ts';
import { useSession } from '../session.ts';
import { nameOf } from '../wording.ts';

const empty = { role: '', organization: '', ends: '', why: '' };

export function AssignForm({
  subject,
  taken,
  onAssigned,
}: {
  subject: Person;
  taken: readonly Assignment[];
  onAssigned: () => void;
}) {
  const { api, who } = useSession();
  const { kind, id } = subject;
  const { form, change, reset, isTouched } = useDraft(`assign ${kind} ${id}`, {
    ...empty,
    // Who signed in to one organization administers there alone.
    organization: who.subject.organization ?? '',
  });
  const doing = useDoing();
  const lacking = useLacking(['update:users', 'create:role_members']);
  const organization = form.organization.trim();
  const expiresAt = instantIn(form.ends);

  async function assign(): Promise<void> {
    const isDone = await doing.run(() =>
      api.change(
        [
          {
            kind: 'assign',
            subject: { kind, id },
            role: form.role,
            ...(organization !== '' && { organization }),
            ...(expiresAt !== undefined && { expiresAt }),
          },
        ],
        form.why,
      ),
    );
    if (!isDone) return;
    announce(`${roleName(form.role)} is assigned to ${nameOf(subject)}.`);
    reset();
    onAssigned();
  }

  return (
    <Fold title="Assign a role" isOpen={isTouched}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void assign();
        }}
      >
        <Barred lacking={lacking} id="cannot-assign" what="To assign" />
        <RolePicker
          legend="Role"
          name="role"
          chosen={form.role}
          onChoose={(role) => change({ role })}
          taken={taken.filter((one) => (one.organization ?? '') === organization).map(({ role }) => role)}
          subject={subject}
        />
        <div class="fields">
          <EndsField value={form.ends} onChange={(ends) => change({ ends })} />
          <TextField
            label="Organization"
            note="empty: every one"
            name="organization"
            value={form.organization}
            onChange={(value) => change({ organization: value })}
          />
          <WhyField value={form.why} onChange={(why) => change({ why })} />
        </div>
        {doing.problem && <Notice problem={doing.problem} onRetry={() => void assign()} />}
        <div class="actions">
          <BusyButton
            isBusy={doing.isBusy}
            isBarred={lacking.length > 0 || form.role === ''}
            describedBy={lacking.length > 0 ? 'cannot-assign' : undefined}
          >
            {form.role === '' ? 'Assign' : `Assign ${roleName(form.role)}`}
          </BusyButton>
        </div>
      </form>
    </Fold>
  );
}
