// Grants of clients: which there are, one of them, made, changed, and deleted.

import type { Change } from '../../core/change.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Administered } from '../administered.ts';
import { created, nothing, ok } from '../exchange.ts';
import type { Answer, Call, Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { clientOf } from '../people.ts';
import { pageAfter } from './checkpoints.ts';
import { changedScope, newGrantFields } from './client-grant-fields.ts';
import { clientGrantItem, grantsOf } from './client-grant-items.ts';
import type { ClientGrant } from './client-grant-items.ts';
import { longestGrantId } from './client-grant-ids.ts';
import { grantOfId, grantsFrom, grantsNumbered, grantsOfClient } from './client-grant-pages.ts';
import type { GrantRead } from './client-grant-pages.ts';
import { nextAnswer, nextNames, nextPage, numberedAnswer, numberedNames, numberedPage, partOf } from './paging.ts';
import type { NextPage, NumberedPage } from './paging.ts';
import { pairOf, privilegesGiven, privilegesMeant } from './permission-pairs.ts';
import type { Pair } from './permission-pairs.ts';
import { longest, textAt } from './properties.ts';
import { booleanIn, choiceIn, queryOf, textAsked } from './query.ts';
import type { Query } from './query.ts';
import { inOrder } from './sorting.ts';
import { triedAgain } from './tried-again.ts';

const filterNames = ['client_id', 'audience', 'subject_type', 'default_for', 'allow_any_organization'] as const;

export const list: Handle = async ({ admin, query: sent }): Promise<Answer> => {
  const query = queryOf(sent, [...numberedNames, ...nextNames, ...filterNames]);
  const numbered = numberedPage(query);
  const following = nextPage(query);
  const filter = filterIn(query);
  if (following !== undefined) {
    const { items, next } = filter === undefined ? none : await grantsBehind(following, filter, admin);
    return nextAnswer('client_grants', items.map(clientGrantItem), next);
  }
  const { items, total } = filter === undefined ? partOf([], numbered) : await grantsAt(numbered, filter, admin);
  return numberedAnswer('client_grants', { items: items.map(clientGrantItem), total }, numbered);
};

/** All that is given must hold. */
interface GrantFilter {
  readonly clientId: string | undefined;
  readonly audience: string | undefined;
}

const none = { items: [] as readonly ClientGrant[], next: undefined };

/** Undefined: it asks for grants of a kind that there is not. */
function filterIn(query: Query): GrantFilter | undefined {
  const kind = choiceIn(query, 'subject_type', ['client', 'user', 'anonymous_user']);
  const group = choiceIn(query, 'default_for', ['third_party_clients']);
  const isForAny = booleanIn(query, 'allow_any_organization', false);
  if ((kind ?? 'client') !== 'client' || group !== undefined || isForAny) return undefined;
  return {
    clientId: textAsked(query, 'client_id', { atMost: longest.id }),
    audience: textAsked(query, 'audience', { atMost: longest.identifier }),
  };
}

async function grantsAt(page: NumberedPage, { clientId, audience }: GrantFilter, admin: Administered) {
  if (clientId === undefined) return grantsNumbered(page, audience, admin);
  return partOf(await grantsOfClient(clientId, audience, admin), page);
}

async function grantsBehind(page: NextPage, { clientId, audience }: GrantFilter, admin: Administered) {
  if (clientId === undefined) return grantsFrom(page, audience, admin);
  const ofThis = ['grants of a client', clientId, audience ?? ''];
  const grants = await grantsOfClient(clientId, audience, admin);
  return pageAfter(grants, page, { keyOf: (grant) => grant.audience, list: ofThis });
}

export const show: Handle = async (call): Promise<Answer> => ok(clientGrantItem((await grantIn(call)).grant));

export const create: Handle = async ({ admin, access, body }): Promise<Answer> => {
  const { clientId, audience, scope } = newGrantFields(body);
  const client = clientOf(clientId, admin);
  const pairs = pairsOf(audience, scope, admin);
  await triedAgain(async () => {
    const { privileges, apis } = await privilegesGiven(pairs, admin, 'scope');
    const record = await admin.store.subject(client);
    if (grantsOf(record, admin).some((grant) => grant.audience === audience)) throw existingGrant();
    const change: Change = { kind: 'grant', subject: client, privilege: privileges };
    await admin.store.changeAll([change], { access }, { unlessChanged: { apis, subjects: [record] } });
  });
  return created(clientGrantItem({ client, audience, scope: namesIn(pairs) }));
};

function existingGrant(): RequestFault {
  const message = 'A client grant of this client for this audience already exists.';
  return new RequestFault(409, message, { code: 'client_grant_exists' });
}

export const update: Handle = async (call): Promise<Answer> => {
  const scope = changedScope(call.body);
  return triedAgain(async () => {
    const read = await grantIn(call);
    if (scope === undefined) return ok(clientGrantItem(read.grant));
    return ok(clientGrantItem(await withScope(scope, read, call)));
  });
};

async function withScope(
  scope: readonly string[],
  { grant, record }: GrantRead,
  { admin, access }: Call,
): Promise<ClientGrant> {
  const { client, audience } = grant;
  const names = namesIn(pairsOf(audience, scope, admin));
  const added = names.filter((name) => !grant.scope.includes(name));
  const { privileges: given, apis } = await privilegesGiven(pairsOf(audience, added, admin), admin, 'scope');
  const taken = meantBy({ ...grant, scope: grant.scope.filter((name) => !names.includes(name)) }, admin);
  const changes: Change[] = [
    ...(taken.length > 0 ? [{ kind: 'revoke' as const, subject: client, privilege: taken }] : []),
    ...(given.length > 0 ? [{ kind: 'grant' as const, subject: client, privilege: given }] : []),
  ];
  if (changes.length > 0) {
    await admin.store.changeAll(changes, { access }, { unlessChanged: { apis, subjects: [record] } });
  }
  return { client, audience, scope: names };
}

export const remove: Handle = async (call): Promise<Answer> => {
  const { admin, access } = call;
  return triedAgain(async () => {
    const { grant, record } = await grantIn(call);
    const change: Change = { kind: 'revoke', subject: grant.client, privilege: meantBy(grant, admin) };
    await admin.store.changeAll([change], { access }, { unlessChanged: { subjects: [record] } });
    return nothing;
  });
};

async function grantIn({ params, admin }: Call): Promise<GrantRead> {
  return grantOfId(textAt('Path', 'id', params['id'], { atMost: longestGrantId }), admin);
}

/** Each under its permission's own name, once. */
function pairsOf(audience: string, scope: readonly string[], admin: Administered): Pair[] {
  const pairs = scope.flatMap((permission) => pairOf({ permission, audience }, admin, 0) ?? []);
  return [...new Map(pairs.map((pair) => [pair.name, pair])).values()];
}

function namesIn(pairs: readonly Pair[]): string[] {
  return pairs.map(({ name }) => name).sort(inOrder);
}

function meantBy({ audience, scope }: ClientGrant, admin: Administered): Privilege[] {
  return scope.flatMap((name) => privilegesMeant({ identifier: audience, name }, admin));
}
