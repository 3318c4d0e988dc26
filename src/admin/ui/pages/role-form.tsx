// A role, or none, goes in; it is put together, tried, and saved. What was typed is kept until it is saved or given up.

import type { Role } from '../answers.ts';
import { useDraft } from '../drafts.ts';
import { announce } from '../parts/announcements.tsx';
import { Barred, useLacking } from '../parts/barred.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useReview } from '../reviewing.ts';
import { draftOf, roleIn } from '../role-draft.ts';
import { RoleConflict } from './role-conflict.tsx';
import { RoleFields } from './role-fields.tsx';
import { RoleReview } from './role-review.tsx';

/** `onSaved` is called with the uid. */
export function RoleForm({ role, onSaved }: { role?: Role; onSaved: (uid: string) => void }) {
  const { form, change, reset, isTouched } = useDraft(`role ${role?.uid ?? ''}`, draftOf(role));
  const input = roleIn(form);
  const review = useReview([{ kind: 'put-role', role: input }], form.why);
  const lacking = useLacking(['create:roles', 'update:roles']);
  const { effects, problem, isBusy } = review;
  // A new role whose uid is taken needs another one: there is nothing of it to compare.
  const isConflict = problem?.code === 'role_version_conflict' && role !== undefined;
  const isUnfinished = form.adding.permission !== '' || form.inheriting !== '';
  const newest = isConflict ? (problem.version ?? 0) : (role?.version ?? 0);

  async function go(): Promise<void> {
    if (lacking.length > 0 || !(await review.go())) return;
    announce(`The role ${input.name} is saved.`);
    reset();
    onSaved(input.uid);
  }

  function startAnew(): void {
    review.forget();
    reset();
  }

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <Barred lacking={lacking} id="cannot-save" what="To save" />
      <RoleFields draft={form} onChange={change} isNew={role === undefined} isBuiltIn={role?.builtIn === true} />
      {role !== undefined && newest > form.base && (
        <RoleConflict
          key={newest}
          uid={role.uid}
          draft={form}
          onKeep={(base) => {
            review.forget();
            change({ base });
          }}
          onTake={() => {
            startAnew();
            onSaved(role.uid);
          }}
        />
      )}
      {problem && !isConflict && <Notice problem={problem} onRetry={() => void go()} />}
      {isUnfinished && (
        <p class="advice" id="unfinished">
          What is filled in and not added, above, is no part of what is saved.
        </p>
      )}
      {effects && <RoleReview effects={effects} why={form.why} onWhy={(why) => change({ why })} />}
      <div class="actions">
        {isTouched && (
          <button type="button" class="secondary" onClick={startAnew}>
            Discard what I typed
          </button>
        )}
        <BusyButton
          isBusy={isBusy}
          isBarred={lacking.length > 0 || (!isTouched && role !== undefined)}
          describedBy={lacking.length > 0 ? 'cannot-save' : isUnfinished ? 'unfinished' : undefined}
        >
          {effects ? 'Save' : 'See what would change'}
        </BusyButton>
      </div>
    </form>
  );
}
