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
  const ceiling = new Ceiling(
    held.filter((one) => isInForce(one, now)),
    dialect,
  );
  return concerned.filter((one) => !ceiling.covers(one)).map(({ privilege }) => privilege);
}

/** All that somebody holds and is denied, put together once for all that a change concerns under one name. */
class Ceiling {
  readonly #grants: ByName;
  readonly #denials: ByName;
  readonly #dialect: ResourceDialect;
  /** When something that is held ends, in order. */
  readonly #ends: readonly number[];
  readonly #relevant = new Map<string, Relevant>();

  constructor(held: readonly Privilege[], dialect: ResourceDialect) {
    const grants = held.filter(({ effect }) => effect !== 'deny');
    this.#grants = byName(grants);
    this.#denials = byName(held.filter(({ effect }) => effect === 'deny'));
    this.#dialect = dialect;
    this.#ends = [...new Set(grants.map(endOf))].sort((one, other) => one - other);
  }

  covers({ privilege, handsOn }: Concerned): boolean {
    const { holdings, hasBareGrant } = this.#relevantTo(privilege, handsOn ? endOf(privilege) : -Infinity);
    const { universal } = this.#dialect;
    const { on = universal } = privilege;
    const reach = this.#dialect.reachOf(on);
    if (reach === 'some') return holdings.holdsAllOf(permission, on) && !holdings.deniesOn(permission, on);
    if (holdings.denies(permission)) return false;
    const isBare = reach === 'nothing' && privilege.effect !== 'deny' && hasBareGrant;
    // A denial on no resource, or of what cannot be read, denies the permission whole: only who holds it whole takes that back.
    return isBare || holdings.holdsAllOf(permission, universal);
  }

  #relevantTo(privilege: Privilege, until: number): Relevant {
    const { permission: name, organization, audience } = privilege;
    // Whatever holds until then holds until the next end.
    const end = this.#ends.find((one) => one >= until) ?? Infinity;
    const key = JSON.stringify([name, organization ?? null, audience ?? null, String(end)]);
    const known = this.#relevant.get(key);
    if (known !== undefined) return known;
    const grants = possibly(this.#grants, name).filter((one) => serves(one, privilege, end));
    const denials = possibly(this.#denials, name).filter((one) => opposes(one, privilege));
    // Under one name: whose names match was looked at already.
    const renamed = [...grants, ...denials].map((one) => ({ ...one, permission }));
    const relevant = {
      holdings: new Holdings(renamed, { dialect: this.#dialect }),
      hasBareGrant: grants.some(({ on }) => on === ''),
    };
    this.#relevant.set(key, relevant);
    return relevant;
  }
}

/** What is held where a privilege would count, under one name. */
interface Relevant {
  readonly holdings: Holdings;
  /** Whether a grant on no resource is among it. */
  readonly hasBareGrant: boolean;
}

const permission = 'concerned';

/** Privileges by their names; apart from them those whose name stands for several. */
interface ByName {
  readonly all: readonly Privilege[];
  readonly named: ReadonlyMap<string, readonly Privilege[]>;
  readonly patterns: readonly Privilege[];
}

function byName(all: readonly Privilege[]): ByName {
  const named = new Map<string, Privilege[]>();
  const patterns: Privilege[] = [];
  for (const one of all) {
    const { permission: name } = one;
    const same = named.get(name);
    if (name.includes('*')) patterns.push(one);
    else if (same === undefined) named.set(name, [one]);
    else same.push(one);
  }
  return { all, named, patterns };
}

/** Those whose names may have one in common with `name`. */
function possibly({ all, named, patterns }: ByName, name: string): readonly Privilege[] {
  return name.includes('*') ? all : [...(named.get(name) ?? []), ...patterns];
}

function endOf({ expiresAt }: Privilege): number {
  return expiresAt ?? Infinity;
}

/** Whether it counts everywhere where the other does, and as long. */
function serves(grant: Privilege, { permission: name, organization, audience }: Privilege, until: number): boolean {
  if (!matchesName(grant.permission, name)) return false;
  // Every permission there is and will be is more than every name in a catalogue.
  if (name === everyPermission && grant.permission !== everyPermission) return false;
  if (grant.organization !== undefined && grant.organization !== organization) return false;
  if (grant.audience !== undefined && grant.audience !== audience) return false;
  return endOf(grant) >= until;
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
