// A role store goes in, one comes out that answers in time, knows each permission by all of its names where it looks at who changes
// what, and whose failures have an owner: what was handed in is the caller's fault (400), what the store's rules refuse stays as it is,
// and everything else is the store's (503).

import { ChangeRefusedError } from '../core/change-errors.ts';
import { AccessError, UnavailableError } from '../core/errors.ts';
import { inTime } from '../core/in-time.ts';
import { InvalidInputError } from '../core/input-error.ts';
import { namesOf } from '../core/own-names.ts';
import type { PermissionCatalogue } from '../core/permission.ts';
import type { ChangedBy, RoleStore } from '../core/role-store.ts';
import { RequestFault } from './faults.ts';
import { machineClock } from './machine-clock.ts';

/**
 * `timeoutMs`: for each question and each change. A change that is late may still be made: nobody is told that it was not.
 * `catalogue`: of the API that is administered. The guards read by it what the store has, so the bounds of who changes it must too.
 */
export function dependable(
  store: RoleStore,
  { timeoutMs, catalogue }: { readonly timeoutMs: number; readonly catalogue: PermissionCatalogue },
): RoleStore {
  const names = hasOtherNames(catalogue) ? catalogue : undefined;
  const known = new Map<PropertyKey, unknown>();
  // A proxy of nothing: that of a frozen store could only hand on what is there.
  return new Proxy({} as RoleStore, {
    get: (_, name) => {
      const wrapped = known.get(name) ?? memberOf(store, name, { timeoutMs, names });
      known.set(name, wrapped);
      return wrapped;
    },
  });
}

function hasOtherNames(catalogue: PermissionCatalogue): boolean {
  return catalogue.names.some((name) => namesOf(name, catalogue).length > 1);
}

interface Dependence {
  readonly timeoutMs: number;
  /** Undefined: no permission has another name. */
  readonly names: PermissionCatalogue | undefined;
}

function memberOf(store: RoleStore, name: PropertyKey, { timeoutMs, names }: Dependence): unknown {
  const member: unknown = Reflect.get(store, name);
  if (typeof member !== 'function') return member;
  const method = member.bind(store) as (...given: unknown[]) => unknown;
  if (isNoQuestion(name)) return method;
  const at = makerAt.get(name);
  return owned(names === undefined || at === undefined ? method : knowing(names, method, at), timeoutMs);
}

/** Where each method of a role store is told who asks. */
const makerAt: ReadonlyMap<PropertyKey, number> = new Map<keyof RoleStore, number>([
  ['grant', 2],
  ['revoke', 2],
  ['assign', 3],
  ['deassign', 3],
  ['putRole', 1],
  ['deleteRole', 2],
  ['putApi', 1],
  ['deleteApi', 1],
  ['changeAll', 1],
  ['delegatable', 1],
]);

function knowing(
  names: PermissionCatalogue,
  method: (...given: unknown[]) => unknown,
  at: number,
): (...given: unknown[]) => unknown {
  return (...given) => method(...given.map((one, index) => (index === at ? withNames(one as ChangedBy, names) : one)));
}

function withNames(by: ChangedBy, names: PermissionCatalogue): ChangedBy {
  if ('system' in by) return by;
  return 'access' in by ? { ...by, names } : { access: by, names };
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
