// Which grants of clients are asked for goes in, a page of them comes out. The store lists the clients, and each is asked for what
// it was given.

import type { Page, Person, SubjectRecord } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { RequestFault } from '../faults.ts';
import { clientOf } from '../people.ts';
import { checkpoint, placeIn } from './checkpoints.ts';
import { placeOfGrant } from './client-grant-ids.ts';
import { grantsOf } from './client-grant-items.ts';
import type { ClientGrant } from './client-grant-items.ts';
import { inBatches } from './in-batches.ts';
import type { NextPage, NumberedPage, Part } from './paging.ts';
import { invalid } from './properties.ts';
import { inOrder } from './sorting.ts';

/** All that one client was given, or only of one API. */
export async function grantsOfClient(
  clientId: string,
  audience: string | undefined,
  admin: Administered,
): Promise<ClientGrant[]> {
  return grantsTo([clientOf(clientId, admin)], audience, admin);
}

/** One request asks about no more clients than that. */
const clientsPerRequest = 1000;

/** Those of every client, by number. No more is kept than the page; a total is counted only where it is asked for. */
export async function grantsNumbered(
  { offset, take, withTotals }: NumberedPage,
  audience: string | undefined,
  admin: Administered,
): Promise<Part<ClientGrant>> {
  const items: ClientGrant[] = [];
  let total = 0;
  let after: string | undefined;
  for (let asked = 0; ; asked += clientsAtOnce) {
    if (asked >= clientsPerRequest) throw beyondNumbers();
    const page = await clientPage(after, admin);
    // They could not all be counted: better not to begin.
    if (withTotals && page.total > clientsPerRequest) throw beyondNumbers();
    const found = await grantsTo(page.items, audience, admin);
    items.push(...found.slice(Math.max(0, offset - total), Math.max(0, offset + take - total)));
    total += found.length;
    after = page.next;
    const isEnough = !withTotals && total >= offset + take;
    if (after === undefined || isEnough) return { items, total };
  }
}

// What is left out unsaid would be taken for what there is not.
function beyondNumbers(): RequestFault {
  const message = `Only grants of the first ${clientsPerRequest} clients can be paged and counted by number; use take and from, or client_id.`;
  return new RequestFault(400, message, { code: 'invalid_paging' });
}

async function clientPage(after: string | undefined, { store, issuer }: Administered): Promise<Page<Person>> {
  const asked = { kind: 'client', issuer, take: clientsAtOnce } as const;
  return store.subjects({ ...asked, ...(after !== undefined && { after }) });
}

const clientsAtOnce = 50;

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
  // After so many clients a page is shorter, and has a next one.
  for (let asked = 0; asked < clientsPerRequest; asked += clientsAtOnce) {
    const page = await clientPage(after ?? undefined, admin);
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

/** A grant, and all that its client was given. */
export interface GrantRead {
  readonly grant: ClientGrant;
  readonly record: SubjectRecord;
}

/** @throws RequestFault when there is none of this id. */
export async function grantOfId(id: string, admin: Administered): Promise<GrantRead> {
  const place = placeOfGrant(id);
  if (place === undefined) throw inexistentGrant();
  const record = await admin.store.subject(clientOf(place.clientId, admin));
  const grant = grantsOf(record, admin).find(({ audience }) => audience === place.audience);
  if (grant === undefined) throw inexistentGrant();
  return { grant, record };
}

function inexistentGrant(): RequestFault {
  return new RequestFault(404, 'The client grant does not exist.', { code: 'inexistent_client_grant' });
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
