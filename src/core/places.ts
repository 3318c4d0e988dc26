// A list and a name for each of its members go in; where the members of a name stand comes out.

import type { NameTable } from './name-table.ts';
import type { Privilege } from './privilege.ts';

/**
 * Where the only member of a name stands, and whether all is said by its being there, in one number: what is asked most often
 * is answered without a look at the member.
 */
export type Place = number;

/** Name's number and place in one, in order. */
export type SortedPlaces = readonly number[];

// Searched by halves: so many are found as quickly as in a Map, which would take four times the memory.
const longest = 64;
// The places of so many members, and a bit.
const strideBits = 7;
const stride = 2 ** strideBits;

export const nowhere: Place = -4;
const several: Place = -2;

/** The places of a name that has more than one. */
export class Several {
  /** Nobody has looked yet what they say: see `Holding`. */
  readonly isRead = false;
  readonly verdict = undefined;
  readonly places: Place[];

  constructor(places: Place[]) {
    this.places = places;
  }
}

/** Whether one member, a grant on every resource, is all there is to say of a name. */
export function isGrantOnAll(place: Place): boolean {
  return (place & 1) === 1;
}

function memberAt(place: Place): number {
  return place >> 1;
}

/** `isAll`: nothing is said of a name but by the members of that name. */
function placeOf({ on, effect }: Privilege, at: number, isAll: boolean): Place {
  return 2 * at + (isAll && on === undefined && effect === undefined ? 1 : 0);
}

/** Undefined where the list is long, or the table is full. */
export function sortedPlaces(
  privileges: readonly Privilege[],
  names: NameTable,
  isAll: boolean,
): SortedPlaces | undefined {
  if (privileges.length > longest) return undefined;
  const places: number[] = [];
  for (let at = 0; at < privileges.length; at += 1) {
    const privilege = privileges[at] as Privilege;
    const number = names.numberFor(privilege.permission);
    if (number === undefined) return undefined;
    insert(places, (number << strideBits) + placeOf(privilege, at, isAll));
  }
  markSeveral(places);
  return places.slice();
}

// Of several, none is all there is to say.
function markSeveral(places: number[]): void {
  for (let at = 1; at < places.length; at += 1) {
    const [one, next] = [places[at - 1] as number, places[at] as number];
    if (one >> strideBits !== next >> strideBits) continue;
    places[at - 1] = one & ~1;
    places[at] = next & ~1;
  }
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

/** The place of each name, or all of them where there are several. */
export function mappedPlaces(privileges: readonly Privilege[], isAll: boolean): Map<string, Place | Several> {
  const places = new Map<string, Place | Several>();
  for (let at = 0; at < privileges.length; at += 1) {
    const privilege = privileges[at] as Privilege;
    const place = placeOf(privilege, at, isAll);
    const known = places.get(privilege.permission);
    if (known === undefined) places.set(privilege.permission, place);
    else if (typeof known === 'number') places.set(privilege.permission, new Several([known, place]));
    else known.places.push(place);
  }
  return places;
}

/** Where the only member of that name stands; below 0: there is none, or there are several. */
export function placeAmong(places: SortedPlaces, number: number): Place {
  const from = number << strideBits;
  if (places.length === 0) return nowhere;
  // Most lists are made of names that came one after the other: then it stands as far from the first as its number.
  const guess = number - ((places[0] as number) >> strideBits);
  if (guess >= 0 && guess < places.length) {
    const found = (places[guess] as number) - from;
    if (found >= 0 && found < stride && isGrantOnAll(found)) return found;
  }
  return placeFrom(places, from, lowest(places, from));
}

function placeFrom(places: SortedPlaces, from: number, at: number): Place {
  const found = placeIn(places, from, at);
  return found === nowhere || placeIn(places, from, at + 1) === nowhere ? found : several;
}

/** What stands there, where it is of that name. */
function placeIn(places: SortedPlaces, from: number, at: number): Place {
  if (at >= places.length) return nowhere;
  const found = (places[at] as number) - from;
  return found < stride ? found : nowhere;
}

/** The members at these places. */
export function membersAt(privileges: readonly Privilege[], places: readonly Place[]): Privilege[] {
  return places.flatMap((place) => privileges[memberAt(place)] ?? []);
}

/** All the places of that name. */
export function placesAmong(places: SortedPlaces, number: number): readonly Place[] {
  const from = number << strideBits;
  return places.map((one) => one - from).filter((place) => place >= 0 && place < stride);
}

/** Where the first number that is not less than `value` stands. */
function lowest(places: SortedPlaces, value: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
