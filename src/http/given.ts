// The request as its framework has it, for a verifier that stands on what other middleware reads or has left there.

import type { AccessRequest } from '../core/token.ts';

const givens = new WeakMap<AccessRequest, object>();

/** Kept for as long as the request lives. */
export function rememberGiven(request: AccessRequest, given: unknown): void {
  if (given !== request && typeof given === 'object' && given !== null) givens.set(request, given);
}

/** Express's `req`, Koa's `ctx`, or the request itself where no guard has handed it on. */
export function givenOf(request: AccessRequest): object {
  return givens.get(request) ?? request;
}
