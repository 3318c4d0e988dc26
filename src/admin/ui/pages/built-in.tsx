// The built-in roles side by side: which permission each has, itself or by the one below it, to be ticked, tried, and saved.

import type { Role } from '../answers.ts';
import { builtInUids, rolesAfter } from '../built-in-cells.ts';
import type { Ticks } from '../built-in-cells.ts';
import { useCatalogue } from '../catalogue.ts';
import { useDraft } from '../drafts.ts';
import { together, useLoaded } from '../loading.ts';
import { announce } from '../parts/announcements.tsx';
import { Barred, useLacking } from '../parts/barred.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { Heading } from '../parts/heading.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { Notice } from '../parts/notice.tsx';
import { useReview } from '../reviewing.ts';
import { useSession } from '../session.ts';
import { BuiltInMatrix } from './built-in-matrix.tsx';
import { RoleReview } from './role-review.tsx';

export function BuiltInPage() {
  const { api } = useSession();
  const catalogue = useCatalogue();
  const roles = useLoaded('built-in', (signal) =>
    Promise.all(builtInUids.map((uid) => api.get<Role>(['roles', uid], {}, signal))),
  );
  return (
    <>
      <Heading title="Built-in roles">
        <p class="quiet">
          Viewer, Editor and Admin each have what the one before them has. The server administrator stands beside them.
        </p>
      </Heading>
      <LoadedView loaded={together(catalogue, roles)} what="the built-in roles">
        {([all, list]) => <Ticking roles={list} catalogue={all} onSaved={roles.reload} />}
      </LoadedView>
    </>
  );
}

const none: { ticks: Ticks; why: string } = { ticks: {}, why: '' };

function Ticking({
  roles,
  catalogue,
  onSaved,
}: Pick<Parameters<typeof BuiltInMatrix>[0], 'roles' | 'catalogue'> & { onSaved: () => void }) {
  const { form, change, reset } = useDraft('built-in', none);
  const changes = rolesAfter(roles, form.ticks).map((role) => ({ kind: 'put-role' as const, role }));
  const review = useReview(changes, form.why);
  const lacking = useLacking(['create:roles', 'update:roles']);
  const { effects, problem, isBusy } = review;

  async function go(): Promise<void> {
    if (changes.length === 0 || !(await review.go())) return;
    announce('The built-in roles are saved.');
    reset();
    onSaved();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <Barred lacking={lacking} id="cannot-tick" what="To change them" />
      <BuiltInMatrix
        {...{ roles, catalogue }}
        ticks={form.ticks}
        isBarred={lacking.length > 0}
        onTick={(key, shall) => change({ ticks: { ...form.ticks, [key]: shall } })}
      />
      {problem?.code === 'role_version_conflict' ? (
        <div class="notice attention" role="alert">
          <p>
            <strong>Somebody else changed a built-in role meanwhile.</strong> Your ticks are kept: they go on top of
            what there is now.
          </p>
          <button
            type="button"
            onClick={() => {
              review.forget();
              onSaved();
            }}
          >
            Show what there is now
          </button>
        </div>
      ) : (
        problem && <Notice problem={problem} onRetry={() => void go()} />
      )}
      {effects && changes.length > 0 && (
        <RoleReview effects={effects} why={form.why} onWhy={(why) => change({ why })} />
      )}
      {changes.length > 0 && (
        <div class="actions sticky">
          <button type="button" class="secondary" onClick={() => reset()}>
            Discard my ticks
          </button>
          <BusyButton isBusy={isBusy}>{effects ? 'Save' : 'See what would change'}</BusyButton>
        </div>
      )}
    </form>
  );
}
