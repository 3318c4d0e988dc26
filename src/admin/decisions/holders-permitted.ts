// A permission on a resource goes in, with a place in the store's list of who holds it; those from there on who may use it come out,
// no more than are wanted, and the place after them. However many there are, the work is bounded: some parts find nobody.

import { UnavailableError } from '../../core/errors.ts';
import type { Holder, Page } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import type { ContextAsked } from './asked.ts';
import { Held } from './held.ts';

/** Who is searched for. */
export interface Wanted {
  readonly kind: 'user' | 'client';
  readonly issuer: string;
  readonly permission: string;
  /** Undefined: on all resources. */
  readonly on: string | undefined;
  readonly context: ContextAsked;
}

/** Some of those who may. */
export interface Permitted {
  readonly ids: readonly string[];
  /** Where to go on; undefined: there are no more. */
  readonly next: string | undefined;
}

// Five pages of the store: as many people as questions are answered in one call.
const storePage = 100;
const maxPages = 5;

/** `limit`: 1 or more. Rejects with an UnavailableError when the store's list does not go on. */
export async function permittedFrom(
  after: string | undefined,
  wanted: Wanted,
  limit: number,
  admin: Administered,
): Promise<Permitted> {
  const held = new Held(admin);
  const ids: string[] = [];
  let next = after;
  for (let pages = 0; pages < maxPages && ids.length < limit; pages += 1) {
    const part = await partFrom(next, wanted, limit - ids.length, { held, admin });
    ids.push(...part.ids);
    if (part.next === undefined) return { ids, next: undefined };
    next = part.next;
  }
  return { ids, next };
}

interface Looking {
  readonly held: Held;
  readonly admin: Administered;
}

/** Where a page has more of them than there is room for, the store is asked for as much of it as fits: only it knows its places. */
async function partFrom(
  after: string | undefined,
  wanted: Wanted,
  room: number,
  { held, admin }: Looking,
): Promise<Permitted> {
  let take = storePage;
  for (;;) {
    const { items, next } = await pageFrom(after, wanted, take, admin);
    const permitted = await permittedAmong(items, wanted, { held, admin });
    const fits = permitted.length > room ? items.indexOf(permitted[room] as Holder) : items.length;
    if (fits === items.length) return { ids: permitted.map(({ subject }) => subject.id), next };
    take = fits;
  }
}

async function pageFrom(
  after: string | undefined,
  { permission }: Wanted,
  take: number,
  { store }: Administered,
): Promise<Page<Holder>> {
  const page = await store.holdersOf(permission, { take, ...(after !== undefined && { after }) });
  const goesOn = page.items.length <= take && (page.next === undefined || page.next !== after);
  if (!goesOn) throw new UnavailableError(undefined, { cause: 'A page of `holdersOf` does not go on from its place' });
  return page;
}

/** Each whose grants would do is looked at as if asked about, so that denials count. */
async function permittedAmong(holders: readonly Holder[], wanted: Wanted, looking: Looking): Promise<Holder[]> {
  const answers = await Promise.all(holders.map((one) => isPermitted(one, wanted, looking)));
  return holders.filter((_, at) => answers[at]);
}

async function isPermitted({ subject, privileges }: Holder, wanted: Wanted, looking: Looking): Promise<boolean> {
  const { kind, issuer, permission, on, context } = wanted;
  const { held, admin } = looking;
  const isMeant = subject.kind === kind && (admin.store.holdsForAnyIssuer === true || subject.issuer === issuer);
  if (!isMeant) return false;
  const asked = { type: kind, id: subject.id, issuer };
  const granted = await held.ofGrants(privileges, asked, context);
  if (granted?.permissions.has(permission, on) !== true) return false;
  const rights = await held.by(asked, context);
  return rights?.permissions.has(permission, on) === true;
}
