// What somebody holds and what a change gives or takes go in, what of it is beyond comes out: nobody can hand on, or take from
// others, what they do not hold themselves, wildcard for wildcard.

import { Holdings } from './holdings.ts';
import { everyPermission, matchesName } from './permission.ts';
import { isInForce } from './privilege-reading.ts';
import type { Privilege } from './privilege.ts';

/** What a change does with a privilege or a denial. */
export interface Concerned {
  readonly privilege: Privilege;
  /** Whether others have more afterwards: what is handed on ends no later than it does for who hands it on. */
  readonly handsOn: boolean;
}

/** What of it is not held. `held`: all the grantor holds and is denied, in every organization and for every API. */
export function beyondCeiling(held: readonly Privilege[], concerned: readonly Concerned[], now: number): Privilege[] {
  const inForce = held.filter((one) => isInForce(one, now));
  return concerned.filter((one) => !isWithin(inForce, one)).map(({ privilege }) => privilege);
}

function isWithin(held: readonly Privilege[], { privilege, handsOn }: Concerned): boolean {
  const until = handsOn ? (privilege.expiresAt ?? Infinity) : -Infinity;
  const relevant = held.filter((one) =>
    one.effect === 'deny' ? opposes(one, privilege) : serves(one, privilege, until),
  );
  // Under one name: whose names match was looked at already.
  const holdings = new Holdings(
    relevant.map((one) => ({ ...one, permission })),
    undefined,
  );
  const { on = '*' } = privilege;
  if (on === '' || on === '*') {
    if (holdings.denies(permission)) return false;
    const bare = on === '' && relevant.some((one) => one.effect !== 'deny' && one.on === '');
    return bare || holdings.holdsOn(permission, '*');
  }
  return holdings.holdsOn(permission, on) && !holdings.deniesOn(permission, on);
}

const permission = 'concerned';

/** Whether it counts everywhere where the other does, and as long. */
function serves(grant: Privilege, { permission: name, organization, audience }: Privilege, until: number): boolean {
  if (!matchesName(grant.permission, name)) return false;
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
