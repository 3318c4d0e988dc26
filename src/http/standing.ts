// What stands in the way of a request, in order, goes in; out comes what each request to one route has to pass.

import type { Asks } from './asks.ts';
import { below, covers, mayMeet } from './route-patterns.ts';
import type { PathPattern, Placed } from './route-patterns.ts';

/** A guard or a mark in the way. */
interface StandingGuard {
  readonly kind: 'guard';
  /** Where it stands: an error handler meets only what went wrong in its own router. */
  readonly router: object;
  /** What requests of this method pass there. */
  asks(method: string): readonly Asks[];
  /** Undefined: nowhere for certain. */
  readonly at: Placed | undefined;
  /** Where a person would think that it stands, and why it does not. */
  readonly almost?: { readonly at: Placed; readonly note: string } | undefined;
}

/** An error handler: a request that failed before a guard of the router, or at it, may go on from here. */
interface StandingRecovery {
  readonly kind: 'recovery';
  readonly router: object;
  readonly at: PathPattern;
}

export type Standing = StandingGuard | StandingRecovery;

/** What requests pass, and what to look at twice. */
export interface Passed {
  readonly asks: readonly Asks[];
  readonly notes: readonly string[];
}

export const recoveryNote =
  'an error handler stands between a guard and this route: a request that failed before the guard may go on from there';

export const lateNote = 'a guard stands after the handler, where it keeps nobody out';

/** What every request of this method to `route` has passed. */
export function passedBefore(standing: readonly Standing[], route: Placed, method: string): Passed {
  let passed: { readonly router: object; readonly asks: readonly Asks[] }[] = [];
  const notes: string[] = [];
  for (const one of standing) {
    if (one.kind === 'recovery') {
      const kept = mayMeet(one.at, route.pattern) ? passed.filter(({ router }) => router !== one.router) : passed;
      if (kept.length < passed.length) notes.push(recoveryNote);
      passed = kept;
    } else if (one.at !== undefined && covers(one.at, route)) {
      passed.push({ router: one.router, asks: one.asks(method) });
    } else if (one.almost !== undefined && covers(one.almost.at, route)) {
      notes.push(one.almost.note);
    }
  }
  return { asks: passed.flatMap(({ asks }) => asks), notes };
}

/** The same as seen from a router that is mounted; `lost` says why nothing of a longer path is certain below, if that is so. */
export function standingBelow(standing: readonly Standing[], mount: Placed, lost?: string): Standing[] {
  return standing.flatMap((one): Standing[] => {
    if (one.kind === 'recovery') {
      return mayMeet(one.at, mount.pattern) ? [{ ...one, at: anyPath }] : [];
    }
    const at = one.at && below(one.at, mount);
    const almost = one.almost && below(one.almost.at, mount);
    if (at !== undefined && lost !== undefined && isLonger(at)) {
      return [{ ...one, at: undefined, almost: { at, note: lost } }];
    }
    if (at === undefined && almost === undefined) return [];
    return [{ ...one, at, almost: almost && one.almost && { ...one.almost, at: almost } }];
  });
}

function isLonger({ pattern }: Placed): boolean {
  return pattern.segments.length > 0;
}

const anyPath: PathPattern = { text: '/', id: undefined, segments: [], rest: 'unknown', isStrict: false };
