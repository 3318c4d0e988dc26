// The pieces of code that the README shows of an application, between the marks.

import { afterRefusal, compareGrant, withStepUp } from 'rightful/client';
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

export interface TokenResponse {
  readonly access_token: string;
  readonly scope?: string;
}

export function missingFor(page: string, tokens: TokenResponse): string {
  // --- compare
  const requested = 'read:contacts write:contacts';
  const { granted, withheld, reduced } = compareGrant({ requested, granted: tokens.scope });
  const mayWrite = granted.includes('write:contacts');
  const note = reduced ? `You kept back ${withheld.join(' and ')}: some buttons are grey.` : '';
  // ---
  return `${page}: ${mayWrite ? 'edit' : 'view'} ${note}`.trim();
}

export async function mended(response: Response, ui: Hands): Promise<void> {
  // --- steps
  const next = await afterRefusal(response);
  if (next === 'sign-in') ui.signIn();
  else if (next === 'ask-administrator') ui.say('You may not do this. An administrator can change that.');
  else if (next === 'mend-request') ui.say('This application made a mistake.');
  else if (next !== undefined && 'request' in next) ui.offer(next.request);
  else if (next !== undefined && 'retryAfterSeconds' in next) ui.retryIn(next.retryAfterSeconds);
  else if (next !== undefined) ui.say(`Not now: ${next.policies.join(', ')}`);
  // ---
}

export interface Hands {
  signIn(): void;
  say(text: string): void;
  offer(scopes: readonly string[]): void;
  retryIn(seconds: number): void;
}
