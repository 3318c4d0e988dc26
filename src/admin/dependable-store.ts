// A role store goes in, one comes out that answers in time, and whose failures have an owner: what was handed in is the caller's fault
// (400), what the store's rules refuse stays as it is, and everything else is the store's (503).

import { ChangeRefusedError } from '../core/change-errors.ts';
import { AccessError, UnavailableError } from '../core/errors.ts';
import { inTime } from '../core/in-time.ts';
import { InvalidInputError } from '../core/input-error.ts';
import type { RoleStore } from '../core/role-store.ts';
import { RequestFault } from './faults.ts';
import { machineClock } from './machine-clock.ts';

/** `timeoutMs`: for each question and each change. A change that is late may still be made: nobody is told that it was not. */
export function dependable(store: RoleStore, timeoutMs: number): RoleStore {
  const known = new Map<PropertyKey, unknown>();
  // A proxy of nothing: that of a frozen store could only hand on what is there.
  return new Proxy({} as RoleStore, {
    get: (_, name) => {
      const wrapped = known.get(name) ?? memberOf(store, name, timeoutMs);
      known.set(name, wrapped);
      return wrapped;
    },
  });
}

function memberOf(store: RoleStore, name: PropertyKey, timeoutMs: number): unknown {
  const member: unknown = Reflect.get(store, name);
  if (typeof member !== 'function') return member;
  const method = member.bind(store) as (...given: unknown[]) => unknown;
  return isNoQuestion(name) ? method : owned(method, timeoutMs);
}

function isNoQuestion(name: PropertyKey): boolean {
  return name === 'onChange' || name === 'ready' || name === 'close';
}

function owned(method: (...given: unknown[]) => unknown, timeoutMs: number): (...given: unknown[]) => Promise<unknown> {
  return async (...given) => {
    try {
      const answer = (async () => method(...given))();
      return await inTime(answer, { what: 'The store that is administered', timeoutMs, clock: machineClock });
    } catch (cause) {
      throw ownedFault(cause);
    }
  };
}

function ownedFault(cause: unknown): unknown {
  if (cause instanceof AccessError || cause instanceof ChangeRefusedError) return cause;
  // Any other TypeError is an accident, whatever it says.
  if (cause instanceof InvalidInputError) return new RequestFault(400, cause.message, { code: 'invalid_body' });
  return new UnavailableError(undefined, { cause });
}
