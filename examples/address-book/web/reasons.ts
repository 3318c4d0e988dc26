// What the API would say to a call goes in, why a button is grey comes out: in a word, and in a sentence.

import type { Action, Me, Rules } from './answers.ts';
import { isAbout, reaches } from './rows.ts';
import type { Lack } from './rows.ts';

export interface Barrier {
  readonly lack: Lack;
  readonly sentence: string;
}

export const words: Readonly<Record<Lack, string>> = {
  scope: 'not delegated',
  privilege: 'not privileged',
  denied: 'denied',
  rule: 'a rule',
  policy: 'a policy',
};

/** Undefined: the call would be let through. */
export function barrierOf(
  action: Action | undefined,
  me: Me | undefined,
  rules: Rules | undefined,
): Barrier | undefined {
  if (action === undefined || action.permit || me === undefined) return undefined;
  const [missing] = action.missing ?? [];
  const name = missing !== undefined && 'permission' in missing ? missing.permission : '';
  if (action.lacking === 'scope') {
    return { lack: 'scope', sentence: `The token has no scope ${name}: it was not delegated to the application.` };
  }
  if (action.lacking === 'privilege') {
    const isDenied = me.denials.some((one) => isAbout(one, name) && reaches(one, action.contact));
    return isDenied
      ? { lack: 'denied', sentence: `${name} is denied here, and a denial goes before every privilege.` }
      : { lack: 'privilege', sentence: `Whoever signed in does not hold ${name} here.` };
  }
  if (missing !== undefined && 'policy' in missing) {
    return { lack: 'policy', sentence: `A policy of this call says no: ${missing.policy}.` };
  }
  const rule = rules?.rules.find(({ on, takesAway }) => on && takesAway.includes(name));
  return { lack: 'rule', sentence: `A rule takes ${name} away: ${rule?.title ?? 'one of the API'}.` };
}
