// Which page of the APIs is asked for goes in, that page comes out: first what is there without being stored, then what is.

import type { Administered } from '../administered.ts';
import { RequestFault } from '../faults.ts';
import { apisOf, builtInApis, knownApi } from './known-apis.ts';
import type { KnownApi } from './known-apis.ts';
import type { NumberedPage, Part } from './paging.ts';
import { partOf } from './paging.ts';
import { isResourceServerId, resourceServerId } from './resource-server-items.ts';
import { inexistentApi } from './permission-pairs.ts';

export async function apisOnPage(page: NumberedPage, admin: Administered): Promise<Part<KnownApi>> {
  const { store } = admin;
  const unstored = await unstoredApis(admin);
  const first = partOf(unstored, page).items;
  const rest = { take: page.take - first.length, offset: Math.max(0, page.offset - unstored.length) };
  // A store lists at least one.
  const { items, total } = await store.apis({ ...rest, take: Math.max(1, rest.take) });
  const stored = items.slice(0, rest.take).flatMap((record) => knownApi(record.identifier, record, admin) ?? []);
  return { items: [...first, ...stored], total: unstored.length + total };
}

/** Those of these identifiers that there are, in this order. */
export async function apisNamed(
  identifiers: readonly string[],
  page: NumberedPage,
  admin: Administered,
): Promise<Part<KnownApi>> {
  return partOf([...(await apisOf(identifiers, admin)).values()], page);
}

async function unstoredApis(admin: Administered): Promise<KnownApi[]> {
  const found = await Promise.all(
    builtInApis(admin).map(async (identifier) => {
      const record = await admin.store.api(identifier);
      return record === undefined ? knownApi(identifier, record, admin) : undefined;
    }),
  );
  return found.flatMap((api) => api ?? []);
}

/** By its id, or by its identifier. @throws RequestFault when there is none. */
export async function apiNamed(text: string, admin: Administered): Promise<KnownApi> {
  const named = isResourceServerId(text) ? await apiOfId(text, admin) : (await apisOf([text], admin)).get(text);
  if (named === undefined) throw inexistentApi();
  return named;
}

const storePage = 1000;

/** One request looks at no more of those that are stored than that. */
const apisPerRequest = 10_000;

// An id says nothing of what it was derived from.
async function apiOfId(id: string, admin: Administered): Promise<KnownApi | undefined> {
  const builtIn = builtInApis(admin).find((identifier) => resourceServerId(identifier) === id);
  if (builtIn !== undefined) return (await apisOf([builtIn], admin)).get(builtIn);
  let after: string | undefined;
  let looked = 0;
  do {
    // What was not looked at cannot be said not to be there.
    if (looked >= apisPerRequest) throw beyondIds();
    looked += storePage;
    const { items, next } = await admin.store.apis({ take: storePage, ...(after !== undefined && { after }) });
    const record = items.find(({ identifier }) => resourceServerId(identifier) === id);
    if (record !== undefined) return knownApi(record.identifier, record, admin);
    after = next;
  } while (after !== undefined);
  return undefined;
}

function beyondIds(): RequestFault {
  const message = `None of the first ${apisPerRequest} resource servers has this id; name it by its identifier.`;
  return new RequestFault(400, message, { code: 'invalid_uri' });
}

/** @throws RequestFault when it may not be changed. */
export function checkNoSystem({ isSystem }: KnownApi): void {
  if (isSystem) throw systemApi();
}

export function systemApi(): RequestFault {
  const message = 'The resource server is the administration itself, which cannot be made, changed or deleted.';
  return new RequestFault(400, message, { code: 'system_resource_server' });
}
