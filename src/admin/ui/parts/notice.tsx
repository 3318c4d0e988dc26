// A problem goes in; what went wrong, what is missing and what can be done about it comes out.

import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import type { Problem } from '../problem.ts';
import { SessionContext } from '../session.ts';
import type { Session } from '../session.ts';
import { inWords } from '../wording.ts';

export function Notice({
  problem,
  onRetry,
  isModal = false,
}: {
  problem: Problem;
  /** Does once more what failed. */
  onRetry?: (() => void) | undefined;
  /** Whether nothing else of the page can be read meanwhile. */
  isModal?: boolean;
}) {
  const session = useContext(SessionContext);
  // The page says so above, once for all that fail by it.
  if (problem.status === 401 && session !== undefined && !isModal) return null;
  const { missing } = problem;
  return (
    <div class="notice refused" role="alert">
      <p>
        <strong>{titleOf(problem)}</strong> {problem.message}
      </p>
      {missing.length > 0 && (
        <>
          <p>Missing:</p>
          <ul class="tags">
            {missing.map((one) => (
              <li key={JSON.stringify(one)}>
                <code>{'policy' in one ? one.policy : inWords(one)}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      <Advice problem={problem} session={session} />
      {onRetry !== undefined && canBeRetried(problem) && (
        <button type="button" class="secondary" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

function titleOf({ status, code }: Problem): string {
  if (status === 0) return 'The connection was lost.';
  if (code === 'beyond_ceiling') return 'This is more than you hold.';
  return titles.get(status) ?? 'That did not work.';
}

const titles = new Map([
  [400, 'Not understood.'],
  [401, 'Your sign-in has ended.'],
  [403, 'Not permitted.'],
  [404, 'Not found.'],
  [409, 'It cannot be done like this.'],
  [429, 'Too many calls.'],
  [503, 'The server cannot answer now.'],
]);

function canBeRetried({ status }: Problem): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function Advice({ problem, session }: { problem: Problem; session: Session | undefined }) {
  const { status, code } = problem;
  if (session !== undefined && (status === 401 || code === 'insufficient_scope')) {
    return (
      <Line>
        {status === 401
          ? 'What you typed is kept: sign in again, and you are back here.'
          : 'You may hold it, but your sign-in did not delegate it to this dashboard.'}{' '}
        <button type="button" class="link" onClick={session.signIn}>
          Sign in again
        </button>
      </Line>
    );
  }
  if (code === 'insufficient_privilege') return <Line>Ask an administrator who holds it.</Line>;
  if (code === 'beyond_ceiling') return <Line>Nobody can give or take what they do not hold themselves.</Line>;
  if (status === 0) return <Line>Whatever you typed is still here. To do it once more does no harm.</Line>;
  return status === 503 || status === 429 ? <Line>Nothing was changed. Try again in a moment.</Line> : null;
}

function Line({ children }: { children: ComponentChildren }) {
  return <p class="quiet">{children}</p>;
}
