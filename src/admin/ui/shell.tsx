// Who signed in goes in; what stands around every page comes out: where one can go, who one is, and what was just done.

import { useEffect, useRef } from 'preact/hooks';
import { Announcements } from './parts/announcements.tsx';
import { BusyButton } from './parts/busy-button.tsx';
import { Notice } from './parts/notice.tsx';
import { PageBoundary } from './parts/page-boundary.tsx';
import { pageAt } from './pages.tsx';
import type { Problem } from './problem.ts';
import { hrefTo, usePlace } from './router.ts';
import { useSession } from './session.ts';
import { nameOf } from './wording.ts';

interface Entry {
  readonly section: string;
  readonly label: string;
  /** What its page asks. */
  readonly asks: string;
}

const entries: readonly Entry[] = [
  { section: 'users', label: 'Users', asks: 'read:users' },
  { section: 'clients', label: 'Clients', asks: 'read:users' },
  { section: 'roles', label: 'Roles', asks: 'read:roles' },
  { section: 'built-in', label: 'Built-in roles', asks: 'read:roles' },
  { section: 'permissions', label: 'Permissions', asks: 'read:resource_servers' },
  { section: 'why', label: 'Why?', asks: 'read:user_effective_permissions' },
  { section: 'audit', label: 'Audit', asks: 'read:audit' },
];

export function Shell({
  hasEnded,
  problem,
  isLeaving,
}: {
  hasEnded: boolean;
  problem: Problem | undefined;
  isLeaving: boolean;
}) {
  const place = usePlace();
  const where = JSON.stringify([place.path, place.query.get('page')]);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // Who listens rather than looks hears where they have come to.
  useEffect(() => {
    scrollTo(0, 0);
    if (!isFirst.current) main.current?.querySelector<HTMLElement>('h1')?.focus();
    isFirst.current = false;
  }, [where]);
  const { settings, who, signIn, signOut } = useSession();
  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={(event) => skipTo(event, main.current)}>
        Skip to the content
      </a>
      <header class="top">
        <p class="brand">
          <strong>Access</strong> <span>{settings.api.name}</span>
        </p>
        <p class="who">
          <span class="quiet">Signed in as</span>
          <b>{nameOf(who.subject)}</b>
          {who.subject.organization !== undefined && <span class="tag">in {who.subject.organization}</span>}
          <button type="button" class="link" onClick={signOut}>
            Sign out
          </button>
        </p>
      </header>
      <Navigation section={place.path[0] ?? 'users'} />
      <main id="content" tabIndex={-1} ref={main}>
        {hasEnded && (
          <div class="notice attention" role="alert">
            <p>
              <strong>Your sign-in has ended.</strong> What you typed is kept: sign in again, and you are back here.
            </p>
            <BusyButton isBusy={isLeaving} onClick={signIn}>
              Sign in again
            </BusyButton>
          </div>
        )}
        {problem && <Notice problem={problem} />}
        <PageBoundary key={place.path.join('/')}>{pageAt(place)}</PageBoundary>
      </main>
      <Announcements />
    </div>
  );
}

function Navigation({ section }: { section: string }) {
  const { can } = useSession();
  return (
    <nav class="sections" aria-label="Sections">
      <ul>
        {entries.map(({ section: name, label, asks }) => (
          <li key={name}>
            <a
              href={hrefTo([name])}
              class={can(asks) ? undefined : 'closed'}
              aria-current={isIn(name, section) ? 'page' : undefined}
              title={can(asks) ? undefined : `Needs ${asks}`}
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isIn(name: string, section: string): boolean {
  return name === section || (name === 'roles' && ['new-role', 'role-matrix'].includes(section));
}

// The place in the address stays what it is.
function skipTo(event: Event, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}
