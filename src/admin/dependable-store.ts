// A role store goes in, one comes out whose failures have an owner: what was handed in is the caller's fault (400), what the
// store's rules refuse stays as it is, and everything else is the store's (503).

import { ChangeRefusedError } from '../core/change-errors.ts';
import { AccessError, UnavailableError } from '../core/errors.ts';
import type { RoleStore } from '../core/role-store.ts';
import { RequestFault } from './faults.ts';

export function dependable(store: RoleStore): RoleStore {
  const known = new Map<PropertyKey, unknown>();
  // A proxy of nothing: that of a frozen store could only hand on what is there.
  return new Proxy({} as RoleStore, {
    get: (_, name) => {
      const wrapped = known.get(name) ?? memberOf(store, name);
      known.set(name, wrapped);
      return wrapped;
    },
  });
}

function memberOf(store: RoleStore, name: PropertyKey): unknown {
  const member: unknown = Reflect.get(store, name);
  if (typeof member !== 'function') return member;
  const method = member.bind(store) as (...given: unknown[]) => unknown;
  return isNoQuestion(name) ? method : owned(method);
}

function isNoQuestion(name: PropertyKey): boolean {
  return name === 'onChange' || name === 'ready' || name === 'close';
}

function owned(method: (...given: unknown[]) => unknown): (...given: unknown[]) => Promise<unknown> {
  return async (...given) => {
    try {
      return await method(...given);
    } catch (cause) {
      throw ownedFault(cause);
    }
  };
}

function ownedFault(cause: unknown): unknown {
  if (cause instanceof AccessError || cause instanceof ChangeRefusedError) return cause;
  // The stores' own checks of what they are handed begin so; any other TypeError is an accident.
  if (cause instanceof TypeError && /^(?:Expected `|Unknown (?:option|member) `)/.test(cause.message)) {
    return new RequestFault(400, cause.message, { code: 'invalid_body' });
  }
  return new UnavailableError(undefined, { cause });
}
