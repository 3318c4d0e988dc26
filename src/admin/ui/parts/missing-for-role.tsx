// A role that who signed in may not hand on goes in; on demand, what they lack for it comes out: it is tried, and not done.

import type { SubjectInput } from '../answers.ts';
import { useDoing } from '../changing.ts';
import { useSession } from '../session.ts';
import { BusyButton } from './busy-button.tsx';
import { Notice } from './notice.tsx';

export function MissingForRole({ uid, name, subject }: { uid: string; name: string; subject: SubjectInput }) {
  const { api } = useSession();
  const trying = useDoing();
  const { kind, id } = subject;
  if (trying.problem) return <Notice problem={trying.problem} />;
  return (
    <BusyButton
      class="link"
      isBusy={trying.isBusy}
      onClick={() => void trying.run(() => api.tryOut([{ kind: 'assign', subject: { kind, id }, role: uid }]))}
    >
      What is missing?<span class="hidden"> For {name}</span>
    </BusyButton>
  );
}
