// A page that was just loaded goes in; who is signed in, what they may do, what they did last and what they can do next come out.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Facts } from './answers.ts';
import { createCalls } from './calls.ts';
import type { Exchange } from './calls.ts';
import { callOf, hasForm } from './doing.ts';
import type { Doing } from './doing.ts';
import { comeBack, leave, SignInError } from './sign-in.ts';
import type { Leaving, SignedIn, Wish } from './sign-in.ts';
import { useView } from './use-view.ts';
import type { View } from './use-view.ts';

export interface Demo {
  readonly facts: Facts | undefined;
  /** Signed in, as long as the page is not loaded anew. */
  readonly session: SignedIn | undefined;
  readonly view: View;
  /** What a form is open for. */
  readonly open: Doing | undefined;
  /** What was being done when more was asked for, until it is gone on with. */
  readonly returned: Doing | undefined;
  readonly answer: { readonly doing: Doing; readonly exchange: Exchange } | undefined;
  /** Why signing in did not work, or the page cannot be used. */
  readonly problem: { readonly message: string; readonly wish?: Wish | undefined } | undefined;
  readonly isBusy: boolean;
  readonly isInOffice: boolean;
  readonly setInOffice: (is: boolean) => void;
  readonly setOpen: (doing: Doing | undefined) => void;
  readonly act: (doing: Doing) => Promise<void>;
  readonly dismiss: () => void;
  readonly signIn: (wish: Wish, leaving?: Leaving) => void;
  readonly signOut: () => void;
  readonly refresh: () => Promise<void>;
}

export function useDemo(): Demo {
  const [facts, setFacts] = useState<Facts>();
  const [session, setSession] = useState<SignedIn>();
  const [open, setOpen] = useState<Doing>();
  const [returned, setReturned] = useState<Doing>();
  const [answer, setAnswer] = useState<Demo['answer']>();
  const [problem, setProblem] = useState<Demo['problem']>();
  const [isBusy, setBusy] = useState(false);
  const [isInOffice, setInOffice] = useState(false);
  // What calls read when they are made, whatever was drawn last.
  const current = useRef<{ doing?: Doing; decline?: () => void }>({});
  const token = session?.token;
  const headers = (): Record<string, string> => (isInOffice ? { 'Demo-Network': 'office' } : {});

  const show = (exchange: Exchange): void => {
    const { doing } = current.current;
    if (doing !== undefined) setAnswer({ doing, exchange });
    setBusy(false);
    void refresh();
  };
  const calls = createCalls({
    api: facts?.api ?? location.origin,
    token: () => token,
    headers,
    // Shown with a button that leaves for the consent page; whoever does something else meanwhile has declined.
    stepUp: (refusal) => {
      show(refusal);
      return new Promise((resolve) => (current.current.decline = () => resolve(false)));
    },
  });
  const { view, refresh } = useView(calls, session === undefined ? undefined : `${token} ${isInOffice}`);

  const start = useCallback(async (): Promise<void> => {
    try {
      const known = (await (await fetch('/demo/facts')).json()) as Facts;
      // The applications come back to this address alone: the page has to be where its token is to go.
      if (location.origin !== known.api) return location.replace(known.api);
      setFacts(known);
      const signedIn = await comeBack(known);
      if (signedIn === undefined) return;
      const { doing } = signedIn;
      setSession(signedIn);
      setReturned(doing);
      if (doing !== undefined && hasForm(doing)) setOpen(doing);
    } catch (error) {
      const wish = error instanceof SignInError ? error.wish : undefined;
      setProblem({ message: error instanceof SignInError ? error.message : 'The address book does not answer.', wish });
    }
  }, []);
  useEffect(() => void start(), [start]);
  useEffect(() => {
    // Back from the authorization server without an answer, as the browser has kept the page.
    const again = ({ persisted }: PageTransitionEvent): void => (persisted ? setBusy(false) : undefined);
    addEventListener('pageshow', again);
    return () => removeEventListener('pageshow', again);
  }, []);

  const dismiss = (): void => {
    current.current.decline?.();
    current.current = {};
    setAnswer(undefined);
  };

  async function act(doing: Doing): Promise<void> {
    dismiss();
    setReturned(undefined);
    current.current = { doing };
    setBusy(true);
    try {
      const exchange = await calls.send(callOf(doing));
      if (current.current.doing !== doing) return;
      if (exchange.status < 300) setOpen(undefined);
      show(exchange);
    } catch {
      setBusy(false);
      setProblem({ message: 'The address book does not answer. Is it still running?' });
    }
  }

  function signIn(wish: Wish, leaving?: Leaving): void {
    if (facts === undefined) return;
    setBusy(true);
    setProblem(undefined);
    leave(facts, wish, leaving).catch(() => {
      setBusy(false);
      setProblem({ message: 'This browser does not let the page sign in.' });
    });
  }

  function signOut(): void {
    dismiss();
    setSession(undefined);
    setOpen(undefined);
    setReturned(undefined);
  }

  return {
    ...{ facts, session, view, open, returned, answer, problem, isBusy, isInOffice },
    ...{ setInOffice, setOpen, act, dismiss, signIn, signOut, refresh },
  };
}
