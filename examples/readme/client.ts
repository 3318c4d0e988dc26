// The pieces of code that the README shows of an application, between the marks.

import { afterRefusal, withStepUp } from 'rightful/client';
import type { NextStep } from 'rightful/client';

export interface Session {
  readonly accessToken: string | undefined;
  askFor(scopes: readonly string[]): Promise<boolean>;
}

export async function contactsFor(session: Session): Promise<NextStep | undefined> {
  // --- client
  const call = withStepUp({
    api: 'https://contacts.example/',
    token: () => session.accessToken,
    stepUp: (scopes) => session.askFor(scopes), // resolves to true where the user agreed
  });
  const response = await call('contacts');
  const next = await afterRefusal(response); // 'sign-in', { request: ['read:contacts'] }, 'ask-administrator', …
  // ---
  return next;
}
