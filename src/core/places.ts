// A list and a name for each of its members go in; where the members of a name stand comes out.

import type { NameTable } from './name-table.ts';
import type { Privilege } from './privilege.ts';

/** Name's number and place in one, in order; or the places of each name, where the list is long or the table is full. */
export type Places = readonly number[] | ReadonlyMap<string, number | readonly number[]>;

// Searched by halves: so many are found as quickly as in a Map, which would take four times the memory.
const longest = 64;
// A place takes so many of a number's values.
const stride = 2 ** 14;

export function placesOf(privileges: readonly Privilege[], names: NameTable | undefined): Places {
  return (privileges.length > longest ? undefined : sorted(privileges, names)) ?? mapped(privileges);
}

function sorted(privileges: readonly Privilege[], names: NameTable | undefined): readonly number[] | undefined {
  if (names === undefined) return undefined;
  const places: number[] = [];
  for (let at = 0; at < privileges.length; at += 1) {
    const number = names.numberFor((privileges[at] as Privilege).permission);
    if (number === undefined) return undefined;
    insert(places, number * stride + at);
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

function mapped(privileges: readonly Privilege[]): ReadonlyMap<string, number | readonly number[]> {
  const places = new Map<string, number | number[]>();
  for (let at = 0; at < privileges.length; at += 1) {
    const { permission } = privileges[at] as Privilege;
    const known = places.get(permission);
    if (known === undefined) places.set(permission, at);
    else if (typeof known === 'number') places.set(permission, [known, at]);
    else known.push(at);
  }
  return places;
}

/** The place of the only member of that name; -1: there is none; -2: there are several. */
export function onlyPlace(places: Places, names: NameTable | undefined, name: string): number {
  if (!isSorted(places)) {
    const found = places.get(name);
    if (found === undefined) return nowhere;
    return typeof found === 'number' ? found : several;
  }
  const number = names?.numberOf(name);
  if (number === undefined) return nowhere;
  const first = lowest(places, number * stride);
  const found = places[first] ?? Infinity;
  if (found >= (number + 1) * stride) return nowhere;
  return (places[first + 1] ?? Infinity) < (number + 1) * stride ? several : found - number * stride;
}

export const nowhere = -1;
export const several = -2;

/** The places of all members of that name. */
export function allPlaces(places: Places, names: NameTable | undefined, name: string): readonly number[] {
  if (!isSorted(places)) {
    const found = places.get(name) ?? [];
    return typeof found === 'number' ? [found] : found;
  }
  const number = names?.numberOf(name);
  if (number === undefined) return [];
  return places
    .filter((one) => one >= number * stride && one < (number + 1) * stride)
    .map((one) => one - number * stride);
}

function isSorted(places: Places): places is readonly number[] {
  return Array.isArray(places);
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
