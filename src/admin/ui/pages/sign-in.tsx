// Nobody is signed in: how to sign in, why it did not work, or that somebody has signed out.

import type { Settings } from '../answers.ts';
import { Heading } from '../parts/heading.tsx';
import type { Problem } from '../problem.ts';

export function SignInPage({
  settings,
  problem,
  signedOut,
  onRetry,
  onSignIn,
}: {
  settings: Settings | undefined;
  problem: Problem | undefined;
  signedOut: { readonly endSession: string | undefined } | undefined;
  onRetry: () => void;
  onSignIn: (options?: { prompt?: 'login' }) => void;
}) {
  return (
    <main class="door">
      <Heading title={signedOut === undefined ? 'Access administration' : 'You are signed out'} />
      {problem !== undefined && (
        <div class="notice refused" role="alert">
          <p>
            <strong>{problem.status === 0 ? 'The connection was lost.' : 'Signing in did not work.'}</strong>{' '}
            {problem.message}
          </p>
        </div>
      )}
      {settings === undefined ? (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      ) : (
        <>
          {signedOut === undefined && (
            <p>
              Who may do what with <strong>{settings.api.name}</strong>: users and clients, their roles and permissions,
              and why.
            </p>
          )}
          {signedOut?.endSession !== undefined && (
            <p>
              Your session at the issuer may still be open.{' '}
              <a href={endOf(signedOut.endSession, settings)} rel="noreferrer">
                End it there, too
              </a>
            </p>
          )}
          <div class="actions">
            <button type="button" onClick={() => onSignIn()}>
              Sign in
            </button>
            {(signedOut !== undefined || problem !== undefined) && (
              <button type="button" class="secondary" onClick={() => onSignIn({ prompt: 'login' })}>
                Sign in as somebody else
              </button>
            )}
          </div>
          <p class="quiet issuer">
            with <code>{settings.issuer}</code>
          </p>
        </>
      )}
    </main>
  );
}

// OpenID Connect RP-Initiated Logout 1.0, section 2
function endOf(endSession: string, { clientId }: Settings): string {
  const address = new URL(endSession);
  address.searchParams.set('client_id', clientId);
  return address.href;
}
