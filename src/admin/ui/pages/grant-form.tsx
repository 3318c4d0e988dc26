// A subject goes in; a privilege, or a denial, is put together and granted to it.

import type { Person } from '../answers.ts';
import { useDoing } from '../changing.ts';
import { useDraft } from '../drafts.ts';
import { announce } from '../parts/announcements.tsx';
import { Barred, useLacking } from '../parts/barred.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { Fold } from '../parts/fold.tsx';
import { Notice } from '../parts/notice.tsx';
import { emptyPrivilege, PrivilegeFields, privilegeIn } from '../parts/privilege-fields.tsx';
import { WhyField } from '../parts/why-field.tsx';
import { hrefTo } from '../router.ts';
import { useSession } from '../session.ts';
import { inWords, nameOf } from '../wording.ts';

const empty = { ...emptyPrivilege, why: '' };

export function GrantForm({ subject, onGranted }: { subject: Person; onGranted: () => void }) {
  const { api, who } = useSession();
  const { kind, id } = subject;
  const { form, change, reset, isTouched } = useDraft(`grant ${kind} ${id}`, {
    ...empty,
    // Who signed in to one organization administers there alone.
    organization: who.subject.organization ?? '',
  });
  const doing = useDoing();
  const lacking = useLacking(['update:users']);

  async function grant(): Promise<void> {
    const privilege = privilegeIn(form);
    const isDone = await doing.run(() => api.change([{ kind: 'grant', subject: { kind, id }, privilege }], form.why));
    if (!isDone) return;
    announce(`${nameOf(subject)} now has ${inWords(privilege)}.`);
    reset();
    onGranted();
  }

  return (
    <Fold title="Grant a permission directly" isOpen={isTouched}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void grant();
        }}
      >
        <p class="advice">
          A role is usually better: it says what somebody is there for, and is changed in one place for all who have it.{' '}
          <a href={hrefTo(['roles'])}>See the roles</a>
        </p>
        <Barred lacking={lacking} id="cannot-grant" what="To grant" />
        <PrivilegeFields form={form} onChange={change} />
        <WhyField value={form.why} onChange={(why) => change({ why })} />
        {doing.problem && <Notice problem={doing.problem} onRetry={() => void grant()} />}
        <div class="actions">
          <BusyButton
            isBusy={doing.isBusy}
            isBarred={lacking.length > 0 || form.permission === ''}
            describedBy={lacking.length > 0 ? 'cannot-grant' : undefined}
          >
            {form.isDenial ? 'Deny' : 'Grant'}
          </BusyButton>
        </div>
      </form>
    </Fold>
  );
}
