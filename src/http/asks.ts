// A middleware goes in, what it asks of a request comes out: guards and marks are known by identity, whatever they are called.

import type { ScopePermissions } from '../core/delegation.ts';
import type { PermissionCatalogue } from '../core/permission.ts';
import type { Demand } from './guarding.ts';

/** What one guard or mark asks. */
export type Asks =
  | { readonly kind: 'signed-in' }
  /** `authenticate({ required: false })`: nobody is kept out. */
  | { readonly kind: 'anyone' }
  | { readonly kind: 'public' }
  | {
      readonly kind: 'demand';
      readonly demand: Demand;
      /** False: who signed in passes, and the rest is reported. */
      readonly isEnforced: boolean;
      readonly scopePermissions: ScopePermissions;
      readonly catalogue: PermissionCatalogue | undefined;
    };

/** A function that asks something. */
export interface Asker {
  readonly asks: readonly Asks[];
  /** A guarded method: the handler itself stands behind the guard. */
  readonly isHandler: boolean;
}

const askers = new WeakMap<object, Asker>();

/** The function, remembered as one that asks. */
export function asking<Asking extends object>(middleware: Asking, asks: Asks): Asking {
  askers.set(middleware, { asks: [asks], isHandler: false });
  return middleware;
}

/** The guarded method, remembered with what it asks itself and what the method within asks. */
export function askingMethod<Asking extends object>(guarded: Asking, asks: Asks, method: object): Asking {
  askers.set(guarded, { asks: [asks, ...(askers.get(method)?.asks ?? [])], isHandler: true });
  return guarded;
}

export function askerOf(middleware: unknown): Asker | undefined {
  if (typeof middleware !== 'function') return undefined;
  const known = askers.get(middleware);
  if (known !== undefined) return known;
  // Instrumentation (shimmer, OpenTelemetry) puts itself around what is registered, and leaves the original there.
  const { __original: original } = middleware as { __original?: unknown };
  return typeof original === 'function' ? askers.get(original) : undefined;
}

export function isGuard({ kind }: Asks): boolean {
  return kind === 'signed-in' || kind === 'demand';
}

// Requests of node:http that a guard has let pass, or that have met a mark; noted only where somebody asks.
const passed = new WeakSet<object>();
let isAsked = false;

/** From now on `hasPassed` knows. */
export function notePasses(): void {
  isAsked = true;
}

export function notePassed(request: object): void {
  if (isAsked) passed.add(request);
}

export function hasPassed(request: object): boolean {
  return passed.has(request);
}
