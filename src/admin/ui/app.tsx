// Nobody or somebody signed in goes in; the page to sign in, or the dashboard, comes out.

import { useEffect, useState } from 'preact/hooks';
import { SignInPage } from './pages/sign-in.tsx';
import { Progress } from './parts/progress.tsx';
import { SessionContext } from './session.ts';
import { Shell } from './shell.tsx';
import { createOpening } from './sign-in/opening.ts';
import type { Opened } from './sign-in/opening.ts';

export function App() {
  const [opened, setOpened] = useState<Opened>({ isOpening: true });
  const [opening] = useState(() => createOpening((more) => setOpened((last) => ({ ...last, ...more }))));

  useEffect(() => {
    void opening.start();
    const follow = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) opening.comeBack();
    };
    addEventListener('pageshow', follow);
    return () => removeEventListener('pageshow', follow);
  }, []);

  const { isOpening, settings, session, problem, signedOut, hasEnded = false } = opened;
  if (session !== undefined) {
    return (
      <SessionContext.Provider value={session}>
        <Shell hasEnded={hasEnded} problem={problem} isLeaving={isOpening} />
      </SessionContext.Provider>
    );
  }
  if (isOpening) return <Progress what="Opening the dashboard" />;
  return (
    <SignInPage
      settings={settings}
      problem={problem}
      signedOut={signedOut}
      onRetry={() => void opening.start()}
      onSignIn={(options) => void opening.leave(options)}
    />
  );
}
