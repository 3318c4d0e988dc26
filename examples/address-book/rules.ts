// A clock goes in; two rules of the address book come out, off until somebody switches them on. A rule looks at each request, and can
// only take away.

import type { IncomingHttpHeaders } from 'node:http';

import type { AccessRule } from 'rightful';

import type { Permission } from './permissions.ts';

/** A rule as people see it. */
export interface RuleState {
  readonly name: string;
  readonly title: string;
  /** The permissions it takes away, where it applies. */
  readonly takesAway: readonly Permission[];
  readonly on: boolean;
}

export interface Rules {
  /** For the authorizer. */
  readonly rules: readonly AccessRule<Permission>[];
  state(): { now: number; weekday: boolean; rules: RuleState[] };
  /** False: there is no rule of that name. */
  turn(name: string, on: boolean): boolean;
}

/** Where a request says it comes from. */
export const networkHeader = 'demo-network';

const definitions = [
  {
    name: 'office-network',
    title: 'Writes only from the office network',
    takesAway: ['write:contacts', 'delete:contacts', 'share:contacts'],
    // Everybody is on this machine here. A real API would look at the address of the connection: a header is whatever a client says.
    applies: ({ headers }: Given) => headers[networkHeader] !== 'office',
  },
  {
    name: 'weekdays',
    title: 'Reads only on weekdays',
    takesAway: ['read:contacts'],
    applies: (_given: Given, now: number) => !isWeekday(now),
  },
] as const;

/** `now`: milliseconds since 1970. */
export function createRules(now: () => number): Rules {
  const switchedOn = new Set<string>();
  return {
    rules: definitions.map(({ name, takesAway, applies }) => {
      const rule: AccessRule<Permission> = (_access, request) => {
        return switchedOn.has(name) && applies(request as Given, now()) ? { without: takesAway } : 'keep';
      };
      return rule;
    }),
    state: () => ({
      now: now(),
      weekday: isWeekday(now()),
      rules: definitions.map(({ name, title, takesAway }) => ({ name, title, takesAway, on: switchedOn.has(name) })),
    }),
    turn(name, on) {
      if (!definitions.some((one) => one.name === name)) return false;
      if (on) switchedOn.add(name);
      else switchedOn.delete(name);
      return true;
    },
  };
}

/** In Universal Time, so that it is the same day for every process. */
function isWeekday(now: number): boolean {
  const day = new Date(now).getUTCDay();
  return day !== 0 && day !== 6;
}

/** What Express's request and Koa's context have in common here. */
interface Given {
  readonly headers: IncomingHttpHeaders;
}
