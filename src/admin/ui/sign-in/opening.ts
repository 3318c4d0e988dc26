// A page that was just loaded goes in; a session comes out, or what keeps it from being one.

import type { SessionAnswer, Settings } from '../answers.ts';
import { createApi } from '../api.ts';
import { areDraftsOf, keepDraftsOf } from '../drafts.ts';
import { forgetAll, keep, kept } from '../kept.ts';
import { asProblem } from '../problem.ts';
import type { Problem } from '../problem.ts';
import type { Session } from '../session.ts';
import { otherTabs } from './other-tabs.ts';
import { beginSignIn, finishSignIn } from './sign-in.ts';
import type { SignedIn } from './sign-in.ts';

/** How far it is. */
export interface Opened {
  /** On the way to the issuer, or back from it. */
  readonly isOpening: boolean;
  readonly settings?: Settings | undefined;
  readonly session?: Session | undefined;
  readonly problem?: Problem | undefined;
  /** Who was signed in has signed out; where there is an address, the session at the issuer can be ended there. */
  readonly signedOut?: { readonly endSession: string | undefined } | undefined;
  /** The token is none any more; the page stays as it is. */
  readonly hasEnded?: boolean;
}

export interface Opening {
  start(): Promise<void>;
  /** Goes to the issuer. `prompt: 'login'`: who has a session there is asked all the same. */
  leave(options?: { prompt?: 'login' }): Promise<void>;
  /** The browser had kept the page, and shows it again. */
  comeBack(): void;
}

// Whoever was signed in when the page was loaded anew is signed in again without a word.
const resume = 'resume';

export function createOpening(tell: (more: Partial<Opened>) => void): Opening {
  let settings: Settings | undefined;
  let person: string | undefined;
  let end: (() => void) | undefined;
  const others = otherTabs((whoever) => {
    if (whoever === person) end?.();
  });

  async function start(): Promise<void> {
    tell({ isOpening: true, problem: undefined });
    try {
      settings = await createApi({ token: undefined, onRefusedToken: () => undefined }).get<Settings>(['settings']);
      tell({ settings });
      const signedIn = await finishSignIn(settings);
      if (signedIn !== undefined) await open(settings, signedIn);
      else if (kept(resume) === true) await leave();
      else tell({ isOpening: false });
    } catch (cause) {
      keep(resume, undefined);
      tell({ isOpening: false, problem: asProblem(cause) });
    }
  }

  async function open(known: Settings, { token, endSession }: SignedIn): Promise<void> {
    const api = createApi({ token, onRefusedToken: () => tell({ hasEnded: true }) });
    const who = await api.get<SessionAnswer>(['session']);
    keep(resume, true);
    person = JSON.stringify([who.subject.issuer, who.subject.kind, who.subject.id]);
    keepDraftsOf(person);
    const granted = new Set(who.permissions);
    end = (): void => {
      forgetAll();
      person = undefined;
      tell({ session: undefined, problem: undefined, hasEnded: false, signedOut: { endSession } });
    };
    const signOut = (): void => {
      if (person !== undefined) others.tell(person);
      end?.();
    };
    const session = { api, settings: known, who, can: (name: string) => granted.has(name), signOut };
    tell({ isOpening: false, session: { ...session, signIn: () => void leave() } });
  }

  async function leave(options?: { prompt?: 'login' }): Promise<void> {
    if (settings === undefined) return;
    tell({ isOpening: true, problem: undefined });
    try {
      await beginSignIn(settings, options);
    } catch (cause) {
      keep(resume, undefined);
      tell({ isOpening: false, problem: asProblem(cause) });
    }
  }

  // Somebody else may have signed in since, or whoever was signed in has signed out: then this page, and its token, is nobody's.
  function comeBack(): void {
    if (person !== undefined && !areDraftsOf(person)) location.reload();
    else tell({ isOpening: false });
  }

  return { start, leave, comeBack };
}
