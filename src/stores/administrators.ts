// A change that is planned goes in; an error comes out where it would leave nobody who may do everything.

import { LastAdministratorError } from '../core/change-errors.ts';
import { everyPermission } from '../core/permission.ts';
import { isInForce } from '../core/privilege-reading.ts';
import type { Privilege } from '../core/privilege.ts';
import type { ResourceDialect } from '../core/resource.ts';
import type { Person } from '../core/role-store.ts';
import { heldBy } from './change-effects.ts';
import { assignmentKey, grantKey } from './records.ts';
import type { HeldRecords, Mutation, Plan, Records } from './records.ts';

// Of so many that hold everything one will be found that still does; where none is, the change is refused.
const maxCandidates = 1000;

/**
 * An administrator is a user who holds `*` on everything, in every organization and for every API, without an end, and to whom
 * nothing is denied. Where there is one, no change may leave none.
 *
 * @throws LastAdministratorError
 */
export async function checkAdministrators(
  records: Records,
  { mutations }: Pick<Plan, 'mutations'>,
  now: number,
  dialect: ResourceDialect,
): Promise<void> {
  if (!mutations.some(mayTakeAway)) return;
  const after = recordsAfter(records, mutations);
  let wasThere = false;
  for (const person of await records.usersHoldingEverything(maxCandidates)) {
    if (isAdministrator(await heldBy(after, person), now, dialect)) return;
    wasThere ||= isAdministrator(await heldBy(records, person), now, dialect);
  }
  if (wasThere) throw new LastAdministratorError();
}

// What only adds can leave nobody without.
function mayTakeAway(mutation: Mutation): boolean {
  switch (mutation.kind) {
    case 'grant':
      return mutation.value === undefined || mutation.value.effect === 'deny' || mutation.value.expiresAt !== undefined;
    case 'assignment':
      return true; // A role may deny as well as grant.
    case 'role':
    case 'assignments-of-role':
      return true;
    case 'api':
      return false;
  }
}

function isAdministrator(held: readonly Privilege[], now: number, dialect: ResourceDialect): boolean {
  const inForce = held.filter((one) => isInForce(one, now));
  return !inForce.some(({ effect }) => effect === 'deny') && inForce.some((one) => isEverything(one, dialect));
}

/** Whether it gives everything everywhere for ever. */
export function isEverything(privilege: Privilege, dialect: ResourceDialect): boolean {
  const { permission, on, organization, audience, expiresAt } = privilege;
  if (permission !== everyPermission || (on !== undefined && dialect.reachOf(on) !== 'everything')) return false;
  return organization === undefined && audience === undefined && expiresAt === undefined;
}

/** What somebody holds is read from the records as they will be. */
function recordsAfter(records: Records, mutations: readonly Mutation[]): HeldRecords {
  const roles = new Map(mutations.flatMap((one) => (one.kind === 'role' ? [[one.uid, one.value] as const] : [])));
  const emptied = new Set(mutations.flatMap((one) => (one.kind === 'assignments-of-role' ? [one.uid] : [])));
  const written = <Kind extends 'grant' | 'assignment'>(kind: Kind, person: Person) =>
    mutations.filter(
      (one): one is Mutation & { kind: Kind } =>
        one.kind === kind && records.personKey(one.person) === records.personKey(person),
    );
  return {
    storedRole: (uid) => (roles.has(uid) ? roles.get(uid) : records.storedRole(uid)),
    grants: async (person) => {
      const grants = new Map((await records.grants(person)).map((one) => [grantKey(one), one]));
      for (const { key, value } of written('grant', person)) put(grants, key, value);
      return [...grants.values()];
    },
    assignments: async (person) => {
      const kept = (await records.assignments(person)).filter(({ role }) => !emptied.has(role));
      const assignments = new Map(kept.map((one) => [assignmentKey(one.role, one.organization), one]));
      for (const { role, organization, value } of written('assignment', person)) {
        put(assignments, assignmentKey(role, organization), value);
      }
      return [...assignments.values()];
    },
  };
}

function put<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
