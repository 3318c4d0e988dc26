// A role goes in; it is deleted, once it was said what goes with it.

import type { Effects, Role } from '../answers.ts';
import { useDoing } from '../changing.ts';
import { announce } from '../parts/announcements.tsx';
import { useAsking } from '../parts/asking.tsx';
import { Barred, useLacking } from '../parts/barred.tsx';
import { BusyButton } from '../parts/busy-button.tsx';
import { EffectsList } from '../parts/effects-list.tsx';
import { Notice } from '../parts/notice.tsx';
import { asProblem } from '../problem.ts';
import { goTo, hrefTo } from '../router.ts';
import { useSession } from '../session.ts';

export function RoleDeletion({ role: { uid, name } }: { role: Role }) {
  const { api } = useSession();
  const asking = useDoing();
  const { ask, dialog } = useAsking(() => goTo(hrefTo(['roles'])));
  const lacking = useLacking(['delete:roles']);

  // Where somebody has it, it is only deleted by force: who deletes it has seen what that means.
  async function askToDelete(): Promise<void> {
    let inUse: string | undefined;
    const tryOut = (force: boolean): Promise<Effects> => api.tryOut<Effects>([{ kind: 'delete-role', uid, force }]);
    const effects = await tryOut(false).catch((cause: unknown) => {
      const problem = asProblem(cause);
      if (problem.code !== 'role_in_use') throw problem;
      inUse = problem.message;
      return tryOut(true);
    });
    ask({
      name: `delete ${uid}`,
      title: `Delete ${name}?`,
      text:
        inUse === undefined ? <p>Nobody has it, and no other role inherits it.</p> : <EffectsList effects={effects} />,
      verb: inUse === undefined ? 'Delete' : 'Delete, and take it from all',
      async act(why) {
        await api.change([{ kind: 'delete-role', uid, force: inUse !== undefined }], why);
        announce(`The role ${name} is deleted.`);
      },
    });
  }

  return (
    <section aria-labelledby="deletion">
      <h2 id="deletion">Delete this role</h2>
      <Barred lacking={lacking} id="cannot-delete" what="To delete" />
      {asking.problem && <Notice problem={asking.problem} />}
      <BusyButton
        class="danger outline"
        isBusy={asking.isBusy}
        isBarred={lacking.length > 0}
        describedBy={lacking.length > 0 ? 'cannot-delete' : undefined}
        onClick={() => void asking.run(askToDelete)}
      >
        Delete …
      </BusyButton>
      {dialog}
    </section>
  );
}
