// Where a page has ended goes in, an opaque text for whoever asks for the next one comes out, and back.

import { createHash } from 'node:crypto';
import { invalid } from './properties.ts';
import { inOrder } from './sorting.ts';

const digestBytes = 12;

/**
 * The text belongs to one list (`list`: what it is a list of) and is refused at any other, or where a character of it is changed.
 * It needs no secret, so that each of several instances can read what another has given: it says where to go on and nothing
 * else, and who goes on is asked for permission again.
 */
export function checkpoint(place: string, list: readonly string[]): string {
  return Buffer.concat([digestOf(place, list), Buffer.from(place, 'utf8')]).toString('base64url');
}

/** @throws RequestFault when it was not given for this list. */
export function placeIn(text: string, list: readonly string[]): string {
  const bytes = Buffer.from(text, 'base64url');
  const place = bytes.subarray(digestBytes).toString('utf8');
  // Decoding passes over what is none of the alphabet.
  if (checkpoint(place, list) === text) return place;
  throw invalid('Query', 'Not what a page before gave as next', 'from');
}

function digestOf(place: string, list: readonly string[]): Buffer {
  const whole = createHash('sha256')
    .update(JSON.stringify([list, place]))
    .digest();
  return whole.subarray(0, digestBytes);
}

/** The page behind `from` of a list that is there whole and in the order of its keys. */
export function pageAfter<Item>(
  all: readonly Item[],
  { take, from }: { readonly take: number; readonly from: string | undefined },
  { keyOf, list }: { readonly keyOf: (item: Item) => string; readonly list: readonly string[] },
): { readonly items: readonly Item[]; readonly next: string | undefined } {
  const place = from === undefined ? undefined : placeIn(from, list);
  const rest = place === undefined ? all : all.filter((item) => inOrder(keyOf(item), place) > 0);
  const items = rest.slice(0, take);
  const last = items.at(-1);
  const isLast = last === undefined || rest.length <= take;
  return { items, next: isLast ? undefined : checkpoint(keyOf(last), list) };
}
