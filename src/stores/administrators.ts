// A change that is planned goes in; an error comes out where it would leave nobody who may do everything.

import { LastAdministratorError } from '../core/change-errors.ts';
import { everyPermission } from '../core/permission.ts';
import { isInForce } from '../core/privilege-reading.ts';
import type { Privilege } from '../core/privilege.ts';
import type { ResourceDialect } from '../core/resource.ts';
import { heldThrough } from '../core/role-closure.ts';
import type { Person } from '../core/role-store.ts';
import { heldBy, rolesBelow } from './change-effects.ts';
import type { StagedRecords } from './change-staging.ts';
import type { HeldRecords, MaybePromise, Mutation, Records, StoredRecords, WholePlan } from './records.ts';

// Most often one of the first few is found to be left.
const firstLook = 100;

/** The records before a change, and as they will be. */
export interface Stages {
  readonly before: StoredRecords;
  readonly after: StagedRecords;
}

/**
 * An administrator is a user who holds `*` on everything, in every organization and for every API, without an end, and to whom
 * nothing is denied. Where there is one, no change may leave none.
 *
 * @throws LastAdministratorError
 */
export async function checkAdministrators(
  { before, after }: Stages,
  { mutations, changedRoles }: Pick<WholePlan, 'mutations' | 'changedRoles'>,
  now: number,
  dialect: ResourceDialect,
): Promise<void> {
  const taking = mutations.filter(mayTakeAway);
  if (taking.length === 0) return;
  const isOne = async (held: HeldRecords, person: Person): Promise<boolean> =>
    person.kind === 'user' && isAdministrator(await heldBy(held, person), now, dialect);
  const concerned = peopleIn(taking, before);
  let wasThere = false;
  for (const person of concerned ?? []) wasThere ||= (await isOne(before, person)) && !(await isOne(after, person));
  // Whom it concerns is none before, or still is one.
  if (concerned !== undefined && !wasThere) return;
  for await (const person of looked((atMost) => before.usersHoldingEverything(atMost))) {
    if (await isOne(after, person)) return;
    wasThere ||= await isOne(before, person);
  }
  if (!wasThere) return;
  for await (const person of gaining(after, changedRoles, dialect)) if (await isOne(after, person)) return;
  throw new LastAdministratorError();
}

/** A few at first, then more, as long as there are. */
async function* looked(read: (atMost: number) => MaybePromise<Iterable<Person>>): AsyncGenerator<Person, void> {
  let known = 0;
  for (let atMost = firstLook; ; atMost *= 10) {
    const people = [...(await read(atMost))];
    yield* people.slice(known);
    if (people.length < atMost) return;
    known = people.length;
  }
}

/** Who may hold everything by what is written, and not before. */
async function* gaining(
  after: StagedRecords,
  changedRoles: readonly string[],
  dialect: ResourceDialect,
): AsyncGenerator<Person, void> {
  yield* after.people();
  const roles = await rolesBelow(after, changedRoles);
  for (const uid of changedRoles) {
    if (!heldThrough(uid, (one) => roles.get(one)).some((one) => isEverything(one, dialect))) continue;
    const holders = async (atMost: number): Promise<Person[]> =>
      (await after.holdersOfRole(uid, atMost)).items.map(({ subject }) => subject);
    yield* looked(holders);
  }
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
