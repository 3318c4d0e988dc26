// A list and a name for each of its members go in; where the members of a name stand comes out.

import type { NameTable } from './name-table.ts';
import type { Privilege } from './privilege.ts';

/**
 * Where a member stands, and whether it is a grant on every resource, in one number: what is asked most often is answered
 * without a look at the member.
 */
type Place = number;

/** Name's number and place in one, in order; or the places of each name, where the list is long or the table is full. */
export type Places = readonly number[] | ReadonlyMap<string, Place | readonly Place[]>;

// Searched by halves: so many are found as quickly as in a Map, which would take four times the memory.
const longest = 64;
// The places of so many members, and a bit.
const strideBits = 7;
const stride = 2 ** strideBits;

export function placesOf(privileges: readonly Privilege[], names: NameTable | undefined): Places {
  return (privileges.length > longest ? undefined : sorted(privileges, names)) ?? mapped(privileges);
}

function placeOf({ on, effect }: Privilege, at: number): Place {
  return 2 * at + (on === undefined && effect === undefined ? 1 : 0);
}

function sorted(privileges: readonly Privilege[], names: NameTable | undefined): readonly number[] | undefined {
  if (names === undefined) return undefined;
  const places: number[] = [];
  for (let at = 0; at < privileges.length; at += 1) {
    const privilege = privileges[at] as Privilege;
    const number = names.numberFor(privilege.permission);
    if (number === undefined) return undefined;
    insert(places, number * stride + placeOf(privilege, at));
  }
  return places.slice();
}

// The list is short, and most often in order.
function insert(places: number[], value: number): void {
  let at = places.length;
  while (at > 0 && (places[at - 1] as number) > value) {
    places[at] = places[at - 1] as number;
    at -= 1;
  }
  places[at] = value;
}

function mapped(privileges: readonly Privilege[]): ReadonlyMap<string, Place | readonly Place[]> {
  const places = new Map<string, Place | Place[]>();
  for (let at = 0; at < privileges.length; at += 1) {
    const privilege = privileges[at] as Privilege;
    const known = places.get(privilege.permission);
    const place = placeOf(privilege, at);
    if (known === undefined) places.set(privilege.permission, place);
    else if (typeof known === 'number') places.set(privilege.permission, [known, place]);
    else known.push(place);
  }
  return places;
}

/** Where the only member of that name stands; below 0: there is none, or there are several. */
export function onlyPlace(places: Places, names: NameTable | undefined, name: string): Place {
  if (!isSorted(places)) {
    const found = places.get(name);
    if (found === undefined) return nowhere;
    return typeof found === 'number' ? found : several;
  }
  const number = names?.numberOf(name);
  if (number === undefined) return nowhere;
  const first = firstOf(places, number);
  const found = placeIn(places, first, number);
  if (found === nowhere) return nowhere;
  return placeIn(places, first + 1, number) === nowhere ? found : several;
}

/** What stands there, where it is of that name. */
function placeIn(places: readonly number[], at: number, number: number): Place {
  if (at >= places.length) return nowhere;
  const found = (places[at] as number) - number * stride;
  return found < stride ? found : nowhere;
}

export const nowhere = -1;
const several = -2;

/** Whether one member, a grant on every resource, is all there is of a name. */
export function isGrantOnAll(place: Place): boolean {
  return place >= 0 && place % 2 === 1;
}

export function memberAt(place: Place): number {
  return place >> 1;
}

/** The places of all members of that name, in the list. */
export function membersNamed(places: Places, names: NameTable | undefined, name: string): readonly number[] {
  if (!isSorted(places)) {
    const found = places.get(name) ?? [];
    return typeof found === 'number' ? [memberAt(found)] : found.map(memberAt);
  }
  const number = names?.numberOf(name);
  if (number === undefined) return [];
  return places
    .filter((one) => one >= number * stride && one < (number + 1) * stride)
    .map((one) => memberAt(one - number * stride));
}

function isSorted(places: Places): places is readonly number[] {
  return Array.isArray(places);
}

/** Where the first of that name stands, or would. */
function firstOf(places: readonly number[], number: number): number {
  // Most lists are made of names that came one after the other: then it stands as far from the first as its number.
  const guess = places.length === 0 ? 0 : number - ((places[0] as number) >>> strideBits);
  const from = number * stride;
  if (guess > 0 && guess < places.length) {
    const isFirst = (places[guess - 1] as number) < from;
    if (isFirst && (places[guess] as number) >= from) return guess;
  }
  return lowest(places, from);
}

/** Where the first number that is not less than `value` stands. */
function lowest(places: readonly number[], value: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
