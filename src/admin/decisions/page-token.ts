// The place at which part of a search ended goes in, the token for the part after it comes out; and back (AuthZEN 1.0 section 8.2).
//
// A token is no secret and gives no right: whoever may search may begin anywhere. It is bound to the search, to who searches and to
// what it says, so that what was mixed up is told, and not answered with parts of something else. There is no key in it, since any
// process that serves the same store must take it.

import { createHash } from 'node:crypto';
import type { Access } from '../../core/access.ts';
import { isRecord } from '../../core/options.ts';
import { fault, own } from './asked.ts';

/** Which part of a search. */
export interface PlaceInSearch {
  /** The limit that was sent; undefined: none. */
  readonly limit: number | undefined;
  /** Where the part before ended; undefined: at the beginning. */
  readonly after: string | undefined;
}

export type Searched = 'subject' | 'resource' | 'action';

type Members = Readonly<Record<string, unknown>>;

export function tokenFor(search: string, { limit, after }: PlaceInSearch): string {
  const said = [search, limit ?? null, after ?? null];
  return Buffer.from(JSON.stringify([...said, digest(said)])).toString('base64url');
}

// Of the longest place there is in our own stores it takes a third: a subject whose id and issuer are all control characters.
const maxTokenLength = 32_768;

/** @throws RequestFault when it is none of this search. */
export function placeIn(token: unknown, search: string): PlaceInSearch {
  const wrong = fault('page.token', 'the `next_token` of the same search, of who was given it');
  if (typeof token !== 'string' || token.length > maxTokenLength || !/^[\w-]+$/.test(token)) throw wrong;
  const members = parsed(token);
  if (!Array.isArray(members) || members.length !== 4) throw wrong;
  const [of, limit, after, check] = members as unknown[];
  if (of !== search || !(limit === null || isCount(limit)) || !(after === null || isFilled(after))) throw wrong;
  const place = { limit: limit ?? undefined, after: after ?? undefined };
  // Also what only reads the same is another one.
  if (check !== digest([of, limit, after]) || token !== tokenFor(search, place)) throw wrong;
  return place;
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/**
 * What all parts of one search have in common: what is asked and who asks. The id of what is searched for is not looked at (sections
 * 8.4.1 and 8.5.1).
 *
 * @throws RequestFault when something in it goes too deep.
 */
export function searchIn(request: Members, searched: Searched, { subject, client }: Access): string {
  const { issuer, kind, id, organization } = subject;
  const entities = (['subject', 'action', 'resource', 'context'] as const).filter((name) => name !== searched);
  const page = own(request, 'page');
  return digest([
    searched,
    [issuer, kind, id, organization, client],
    entities.map((name) => inOneForm(own(request, name))),
    inOneForm(withoutId(own(request, searched))),
    inOneForm(isRecord(page) ? own(page, 'properties') : undefined),
  ]);
}

function withoutId(entity: unknown): unknown {
  if (!isRecord(entity)) return undefined;
  return Object.fromEntries(Object.entries(entity).filter(([name]) => name !== 'id'));
}

const maxDepth = 64;

/** JSON in which the order of members makes no difference (RFC 8259 section 4). */
function inOneForm(value: unknown, depth = 0): string {
  if (depth > maxDepth) throw fault('what is searched for', `at most ${maxDepth} levels deep`);
  if (Array.isArray(value)) return `[${value.map((one) => inOneForm(one, depth + 1)).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value ?? null);
  const names = Object.keys(value).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${inOneForm(value[name], depth + 1)}`).join()}}`;
}

function digest(said: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url');
}
