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

// Most often one of the first few is found to be left.
const firstLook = 100;

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
  const taking = mutations.filter(mayTakeAway);
  if (taking.length === 0) return;
  const after = recordsAfter(records, mutations);
  const isOne = async (held: HeldRecords, person: Person): Promise<boolean> =>
    person.kind === 'user' && isAdministrator(await heldBy(held, person), now, dialect);
  const concerned = peopleIn(taking, records);
  let wasThere = false;
  for (const person of concerned ?? []) wasThere ||= (await isOne(records, person)) && !(await isOne(after, person));
  // Whom it concerns is none before, or still is one.
  if (concerned !== undefined && !wasThere) return;
  let looked = 0;
  for (let atMost = firstLook; looked < atMost; atMost *= 10) {
    const candidates = [...(await records.usersHoldingEverything(atMost))];
    for (const person of candidates.slice(looked)) {
      if (await isOne(after, person)) return;
      wasThere ||= await isOne(records, person);
    }
    if (candidates.length < atMost) break;
    looked = candidates.length;
  }
  if (wasThere) throw new LastAdministratorError();
}

/** Whom alone the mutations concern; undefined: nobody can tell. */
function peopleIn(mutations: readonly Mutation[], records: Records): readonly Person[] | undefined {
  const people = new Map<string, Person>();
  for (const mutation of mutations) {
    if (mutation.kind !== 'grant' && mutation.kind !== 'assignment') return undefined;
    people.set(records.personKey(mutation.person), mutation.person);
  }
  return [...people.values()];
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
