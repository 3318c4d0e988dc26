// What there is goes in; the head of the page comes out: what it is, where the dashboard is, and who is signed in.

import { personOf } from './rows.ts';
import type { Demo } from './use-demo.ts';

export function Top({ demo: { facts, session, view, signOut } }: { demo: Demo }) {
  const who = view.me?.subject.id;
  return (
    <header class="top">
      <p class="brand">
        <strong>Address book</strong>{' '}
        {facts && (
          <span class="quiet">
            {facts.framework === 'koa' ? 'on Koa' : 'on Express'}, kept {facts.kept}
          </span>
        )}
      </p>
      <p class="who">
        {session !== undefined && who !== undefined && facts !== undefined && (
          <>
            <span>
              <span class="quiet">Signed in as</span> <b>{personOf(facts, who)?.name ?? who}</b>
            </span>
            <button type="button" class="link" onClick={signOut}>
              Sign out
            </button>
          </>
        )}
        {facts && (
          <a href={facts.administration.dashboard} target="_blank" rel="noreferrer">
            Dashboard<span class="hidden"> (in another tab)</span> ↗
          </a>
        )}
      </p>
    </header>
  );
}
