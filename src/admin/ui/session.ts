// Who signed in, and how the API is called in their name: what every page has at hand.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SessionAnswer, Settings } from './answers.ts';
import type { Api } from './api.ts';

export interface Session {
  readonly api: Api;
  readonly settings: Settings;
  readonly who: SessionAnswer;
  /** Whether a permission of the administration is open to who signed in. */
  readonly can: (permission: string) => boolean;
  readonly signIn: () => void;
  readonly signOut: () => void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** @throws Error outside of a signed-in page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('Nobody is signed in');
  return session;
}
