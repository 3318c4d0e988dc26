// Calls go in; what the API says of the caller, the contacts they see, what each button would come to and the rules that are switched on
// come out: read anew after each call, and whenever the page is looked at again, since an administrator may have changed it meanwhile.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Action, Contact, Me, Rules } from './answers.ts';
import type { Calls, Exchange } from './calls.ts';

export interface View {
  readonly me?: Me | undefined;
  /** Undefined: the list is refused, as `refused` says. */
  readonly contacts?: readonly Contact[] | undefined;
  readonly refused?: Exchange | undefined;
  readonly actions: readonly Action[];
  readonly rules?: Rules | undefined;
  /** The token is none any more. */
  readonly hasEnded?: boolean;
}

const atFirst: View = { actions: [] };

/** The address book begins with so many; those that a caller may not see are told apart from those that there are not. */
const contactsAtFirst = 4;

/** `key`: another one is another caller; undefined: nobody is signed in. */
export function useView(calls: Calls, key: string | undefined): { view: View; refresh: () => Promise<void> } {
  const [view, setView] = useState(atFirst);
  const latest = useRef({ calls, key, turn: 0 });
  latest.current.calls = calls;
  latest.current.key = key;

  const refresh = useCallback(async (): Promise<void> => {
    const turn = (latest.current.turn += 1);
    const next = await read(latest.current.calls, latest.current.key !== undefined).catch(() => undefined);
    // An answer that was overtaken is none.
    if (next !== undefined && turn === latest.current.turn) setView(next);
  }, []);

  useEffect(() => {
    void refresh();
    const look = (): void => (document.visibilityState === 'visible' ? void refresh() : undefined);
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [key, refresh]);

  return { view: key === undefined ? { actions: [], rules: view.rules } : view, refresh };
}

async function read(calls: Calls, isSignedIn: boolean): Promise<View> {
  const rules = dataOf(await calls.read<Rules>('/demo/rules'));
  if (!isSignedIn) return { actions: [], rules };
  const [me, list] = await Promise.all([calls.read<Me>('/me'), calls.read<Contact[]>('/contacts')]);
  if (!me.ok) return { actions: [], rules, hasEnded: me.exchange.status === 401 };
  const contacts = dataOf(list);
  const ids = idsUpTo(Math.max(contactsAtFirst, ...(contacts ?? []).map(({ id }) => Number(id))));
  const query = ids.map((id) => `contact=${id}`).join('&');
  const actions = dataOf(await calls.read<{ actions: Action[] }>(`/me/actions?${query}`))?.actions ?? [];
  return { me: me.data, contacts, refused: list.ok ? undefined : list.exchange, actions, rules };
}

function dataOf<T>(answer: { ok: true; data: T } | { ok: false }): T | undefined {
  return answer.ok ? answer.data : undefined;
}

// The API answers for a hundred at once.
function idsUpTo(last: number): string[] {
  return Array.from({ length: Math.min(last, 100) }, (_, at) => String(at + 1));
}
