// Which grants of clients are asked for goes in, a page of them comes out. The store lists the clients, and each is asked for what
// it was given.

import type { Person } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { RequestFault } from '../faults.ts';
import { clientOf } from '../people.ts';
import { checkpoint, placeIn } from './checkpoints.ts';
import { clientGrantId, grantsOf, isGrantIdOf } from './client-grant-items.ts';
import type { ClientGrant } from './client-grant-items.ts';
import { inBatches } from './in-batches.ts';
import type { NextPage } from './paging.ts';
import { invalid } from './properties.ts';
import { inOrder } from './sorting.ts';

/** All that is given must hold. */
export interface GrantFilter {
  readonly clientId: string | undefined;
  readonly audience: string | undefined;
}

/** Every one, in the order of the clients. */
export async function allGrants({ clientId, audience }: GrantFilter, admin: Administered): Promise<ClientGrant[]> {
  const grants: ClientGrant[] = [];
  for await (const clients of clientId === undefined ? clientPages(admin) : [[clientOf(clientId, admin)]]) {
    grants.push(...(await grantsTo(clients, audience, admin)));
  }
  return grants;
}

const clientsAtOnce = 50;
/** After so many pages of clients a page is shorter, and has a next one. */
const pagesAtOnce = 20;

/** Where a page has ended: behind the API `audience` of the client `id`, on the page of the store that is asked `after`. */
type Place = readonly [after: string | null, id: string | null, audience: string | null];

/** Those of every client. `next` undefined: it is the last. */
export async function grantsFrom(
  { take, from }: NextPage,
  audience: string | undefined,
  admin: Administered,
): Promise<{ readonly items: readonly ClientGrant[]; readonly next: string | undefined }> {
  const list = ['client grants', audience ?? ''];
  const nextAt = (...place: Place): string => checkpoint(JSON.stringify(place), list);
  let [after, id, done]: Place = from === undefined ? [null, null, null] : placeOf(placeIn(from, list));
  const items: ClientGrant[] = [];
  for (let left = pagesAtOnce; left > 0; left -= 1) {
    const asked = { kind: 'client', issuer: admin.issuer, take: clientsAtOnce } as const;
    const page = await admin.store.subjects({ ...asked, ...(after !== null && { after }) });
    const found = await grantsTo(page.items.slice(firstLeft(page.items, id)), audience, admin);
    const rest = found.filter((one) => one.client.id !== id || inOrder(one.audience, done ?? '') > 0);
    const room = take - items.length;
    items.push(...rest.slice(0, room));
    const last = items.at(-1);
    if (rest.length > room && last !== undefined) return { items, next: nextAt(after, last.client.id, last.audience) };
    if (page.next === undefined) return { items, next: undefined };
    [after, id, done] = [page.next, null, null];
    if (items.length === take) break;
  }
  return { items, next: nextAt(after, id, done) };
}

// What a page gave is signed by nobody.
function placeOf(text: string): Place {
  const place = jsonIn(text);
  const isPlace = Array.isArray(place) && place.every((one) => one === null || typeof one === 'string');
  if (!isPlace || place.length !== 3) throw invalid('Query', 'Not what a page before gave as next', 'from');
  return place as unknown as Place;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The place of the client that the page before ended with; where it is there no more, of what comes behind it. */
function firstLeft(clients: readonly Person[], id: string | null): number {
  if (id === null) return 0;
  const same = clients.findIndex((client) => client.id === id);
  if (same >= 0) return same;
  const behind = clients.findIndex((client) => inOrder(client.id, id) > 0);
  return behind === -1 ? clients.length : behind;
}

/** @throws RequestFault when there is none of this id. */
export async function grantOfId(id: string, admin: Administered): Promise<ClientGrant> {
  const candidates: Person[] = [];
  for await (const clients of clientPages(admin)) candidates.push(...clients.filter((one) => isGrantIdOf(id, one.id)));
  const grants = await grantsTo(candidates, undefined, admin);
  const [grant, ...others] = grants.filter((one) => clientGrantId(one.client.id, one.audience) === id);
  if (grant === undefined) {
    throw new RequestFault(404, 'The client grant does not exist.', { code: 'inexistent_client_grant' });
  }
  // As good as impossible, but then nobody can say which of them is meant.
  if (others.length > 0) throw new RequestFault(409, 'Several client grants have this id.', { code: 'ambiguous_id' });
  return grant;
}

async function grantsTo(
  clients: readonly Person[],
  audience: string | undefined,
  admin: Administered,
): Promise<ClientGrant[]> {
  const records = await inBatches(clients, (client) => admin.store.subject(client));
  const grants = records.flatMap((record) => grantsOf(record, admin));
  return grants.filter((grant) => audience === undefined || grant.audience === audience);
}

const storePage = 1000;

async function* clientPages({ store, issuer }: Administered): AsyncGenerator<readonly Person[]> {
  let after: string | undefined;
  do {
    const asked = { kind: 'client', issuer, take: storePage } as const;
    const { items, next } = await store.subjects({ ...asked, ...(after !== undefined && { after }) });
    yield items;
    after = next;
  } while (after !== undefined);
}
