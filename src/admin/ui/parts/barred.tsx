// Permissions that something asks go in; which of them are not there, and why, comes out; nothing where all are.

import { useSession } from '../session.ts';

/** Which of them are not open to who signed in. */
export function useLacking(asked: readonly string[]): readonly string[] {
  const { can } = useSession();
  return asked.filter((one) => !can(one));
}

/** `id`: for what it is the description of. */
export function Barred({ lacking, id, what }: { lacking: readonly string[]; id: string; what: string }) {
  const { who, signIn } = useSession();
  if (lacking.length === 0) return null;
  const isUndelegated = lacking.some((one) => !who.scopes.includes(one));
  return (
    <p class="barred" id={id}>
      {what} needs{' '}
      {lacking.map((one, at) => (
        <span key={one}>
          {at > 0 && ' and '}
          <code>{one}</code>
        </span>
      ))}
      {isUndelegated ? ', which your sign-in did not delegate. ' : ', which you do not hold.'}
      {isUndelegated && (
        <button type="button" class="link" onClick={signIn}>
          Sign in again
        </button>
      )}
    </p>
  );
}
