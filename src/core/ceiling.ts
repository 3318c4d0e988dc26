// What somebody holds and what a change gives or takes go in, what of it is beyond comes out: nobody can hand on, or take from
// others, what they do not hold themselves, wildcard for wildcard.

import { Holdings } from './holdings.ts';
import { everyPermission, matchesName } from './permission.ts';
import { isInForce } from './privilege-reading.ts';
import { prefixDialect } from './prefix.ts';
import type { Privilege } from './privilege.ts';
import type { ResourceDialect } from './resource.ts';

/** What a change does with a privilege or a denial. */
export interface Concerned {
  readonly privilege: Privilege;
  /** Whether others have more afterwards: what is handed on ends no later than it does for who hands it on. */
  readonly handsOn: boolean;
}

/** What of it is not held. `held`: all the grantor holds and is denied, in every organization and for every API. */
export function beyondCeiling(
  held: readonly Privilege[],
  concerned: readonly Concerned[],
  now: number,
  dialect: ResourceDialect = prefixDialect,
): Privilege[] {
  const inForce = held.filter((one) => isInForce(one, now));
  return concerned.filter((one) => !isWithin(inForce, one, dialect)).map(({ privilege }) => privilege);
}

function isWithin(held: readonly Privilege[], { privilege, handsOn }: Concerned, dialect: ResourceDialect): boolean {
  const until = handsOn ? (privilege.expiresAt ?? Infinity) : -Infinity;
  const relevant = held.filter((one) =>
    one.effect === 'deny' ? opposes(one, privilege) : serves(one, privilege, until),
  );
  // Under one name: whose names match was looked at already.
  const holdings = new Holdings(
    relevant.map((one) => ({ ...one, permission })),
    { dialect },
  );
  const { on = dialect.universal } = privilege;
  const reach = dialect.reachOf(on);
  if (reach === 'some') return holdings.holdsAllOf(permission, on) && !holdings.deniesOn(permission, on);
  if (holdings.denies(permission)) return false;
  const bare = reach === 'nothing' && privilege.effect !== 'deny' && relevant.some(isBareGrant);
  // A denial on no resource, or of what cannot be read, denies the permission whole: only who holds it whole takes that back.
  return bare || holdings.holdsAllOf(permission, dialect.universal);
}

const permission = 'concerned';

function isBareGrant({ effect, on }: Privilege): boolean {
  return effect !== 'deny' && on === '';
}

/** Whether it counts everywhere where the other does, and as long. */
function serves(grant: Privilege, { permission: name, organization, audience }: Privilege, until: number): boolean {
  if (!matchesName(grant.permission, name)) return false;
  // Every permission there is and will be is more than every name in a catalogue.
  if (name === everyPermission && grant.permission !== everyPermission) return false;
  if (grant.organization !== undefined && grant.organization !== organization) return false;
  if (grant.audience !== undefined && grant.audience !== audience) return false;
  return (grant.expiresAt ?? Infinity) >= until;
}

/** Whether it could count anywhere where the other does. Two patterns are taken to have a name in common. */
function opposes(denial: Privilege, { permission: name, organization, audience }: Privilege): boolean {
  if (!isSharedName(denial.permission, name)) return false;
  if (denial.organization !== undefined && (organization ?? denial.organization) !== denial.organization) return false;
  return denial.audience === undefined || (audience ?? denial.audience) === denial.audience;
}

function isSharedName(one: string, other: string): boolean {
  if (one === everyPermission || other === everyPermission) return true;
  if (one.includes('*') && other.includes('*')) return true;
  return matchesName(one, other) || matchesName(other, one);
}
