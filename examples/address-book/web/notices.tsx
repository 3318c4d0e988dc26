// How signing in went goes in; what there is to say about it comes out: why it failed, that it has ended, that less was granted, or that
// one can go on.

import { useEffect, useRef } from 'preact/hooks';
import type { Facts } from './answers.ts';
import { hasForm, textOf } from './doing.ts';
import type { Doing } from './doing.ts';
import { clientsHere } from './rows.ts';
import type { Demo } from './use-demo.ts';

export function Notices({ demo }: { demo: Demo }) {
  const { facts, problem, session, view, returned, signIn } = demo;
  const home = facts && clientsHere(facts).length === 0 ? homeOf(facts) : undefined;
  return (
    <>
      {problem && (
        <div class="notice refused" role="alert">
          <p>{problem.message}</p>
        </div>
      )}
      {home !== undefined && (
        <div class="notice attention">
          <p>
            People sign in at the process beside which this one runs: <a href={home}>go there</a>.
          </p>
        </div>
      )}
      {session !== undefined && view.hasEnded === true && (
        <div class="notice attention" role="alert">
          <p>The token is no longer valid here.</p>
          <button type="button" onClick={() => signIn(session.wish)}>
            Sign in again
          </button>
        </div>
      )}
      {returned !== undefined && <Returned demo={demo} doing={returned} />}
      {session !== undefined && returned === undefined && session.grant.reduced && view.hasEnded !== true && (
        <div class="notice attention" role="status">
          <p>
            You kept back {listOf(session.grant.withheld)}. Some buttons are grey; each says so, and can ask you again.
          </p>
        </div>
      )}
    </>
  );
}

function homeOf({ clients }: Facts): string | undefined {
  const address = clients.flatMap(({ redirectUris = [] }) => redirectUris)[0];
  return address === undefined ? undefined : new URL(address).origin;
}

/** Back from the consent page: what was being done can be gone on with, or not. */
function Returned({ demo: { session, act, dismiss, isBusy }, doing }: { demo: Demo; doing: Doing }) {
  const button = useRef<HTMLButtonElement>(null);
  const isForm = hasForm(doing);
  useEffect(() => button.current?.focus(), []);
  const withheld = session?.grant.withheld ?? [];
  return (
    <div class={withheld.length > 0 ? 'notice attention' : 'notice fine'} role="status">
      <p>
        {withheld.length > 0 ? (
          <>You are back, and kept back {listOf(withheld)}. That is your right: asking again would not be polite.</>
        ) : (
          <>You are back, and the application may do more for you now.</>
        )}{' '}
        {isForm && 'The form is as you left it.'}
      </p>
      {!isForm && (
        <button type="button" ref={button} aria-disabled={isBusy} onClick={() => void act(doing)}>
          Go on: {textOf(doing)}
        </button>
      )}
      {isForm && (
        <button type="button" class="link" onClick={dismiss}>
          Close
        </button>
      )}
    </div>
  );
}

function listOf(scopes: readonly string[]) {
  return scopes.map((scope, at) => (
    <span key={scope}>
      {at > 0 && (at === scopes.length - 1 ? ' and ' : ', ')}
      <code>{scope}</code>
    </span>
  ));
}
