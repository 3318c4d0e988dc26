// Who signed in goes in; what they hold themselves, and so may hand on, comes out. The server decides: this is for greying out.

import { matchesName } from '../../core/permission.ts';
import type { Privilege, SubjectAnswer } from './answers.ts';
import { countsFor } from './catalogue.ts';
import { useLoaded } from './loading.ts';
import { useSession } from './session.ts';
import { hasEnded } from './wording.ts';

/** Undefined: not known (yet), and then nothing is greyed. */
export function useOwn(): readonly Privilege[] | undefined {
  const { api, who, can } = useSession();
  const { id, kind } = who.subject;
  const isOpen = can('read:users') && can('read:roles');
  const { data } = useLoaded(isOpen ? 'own' : undefined, (signal) =>
    api.get<SubjectAnswer>(['subjects', kind, id], {}, signal),
  );
  return data?.held;
}

/** What keeps somebody from handing on a permission everywhere; undefined: nothing does. */
export type Barrier = 'not held' | 'denied' | { readonly on: readonly string[] } | undefined;

export function barrierTo(own: readonly Privilege[] | undefined, permission: string, api: string | undefined): Barrier {
  if (own === undefined) return undefined;
  const all = own.filter(
    (one) =>
      !hasEnded(one.expiresAt) &&
      matchesName(one.permission, permission) &&
      (api === undefined ? one.audience === undefined : countsFor(one, api)),
  );
  if (all.some(({ effect, on }) => effect === 'deny' && on === undefined)) return 'denied';
  const grants = all.filter(({ effect }) => effect === undefined);
  if (grants.length === 0) return 'not held';
  if (grants.some(({ on }) => on === undefined || on === '' || on === '*')) return undefined;
  return { on: grants.map(({ on = '' }) => on) };
}

/** In words; undefined where there is nothing to say. */
export function barrierInWords(barrier: Barrier): string | undefined {
  if (barrier === undefined || typeof barrier === 'string') {
    return barrier && (barrier === 'denied' ? 'denied to you' : 'you do not hold it');
  }
  return `you hold it on ${barrier.on.join(', ')} only`;
}
