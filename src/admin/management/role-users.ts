// The users who have a role: which there are, and more of them.

import type { RoleHolder } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Answer, Call, Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { checkpoint, placeIn } from './checkpoints.ts';
import { existingUsers, usersOf } from './directory.ts';
import { rolesInForce } from './held-pairs.ts';
import { inBatches } from './in-batches.ts';
import { roleIn } from './named-in-path.ts';
import { nextAnswer, nextNames, nextPage, numberedAnswer, numberedNames, numberedPage } from './paging.ts';
import type { NextPage, NumberedPage } from './paging.ts';
import { membersOf, textsIn } from './payload.ts';
import { longest } from './properties.ts';
import { queryOf } from './query.ts';
import { checkRoom } from './room.ts';
import { userItem } from './user-items.ts';
import type { UserItem } from './user-items.ts';

export const list: Handle = async (call): Promise<Answer> => {
  const query = queryOf(call.query, [...numberedNames, ...nextNames]);
  const numbered = numberedPage(query);
  const following = nextPage(query);
  const { uid } = await roleIn(call);
  return following === undefined ? numberedUsers(uid, call, numbered) : usersFrom(uid, call, following);
};

const storePage = 1000;

/** One request looks at no more of those who have a role than that. */
const holdersPerRequest = 10_000;

// A store lists applications and assignments in one organization too: to tell a total is to look at each.
async function numberedUsers(uid: string, { admin }: Call, page: NumberedPage): Promise<Answer> {
  const ids: string[] = [];
  let after: string | undefined;
  let looked = 0;
  do {
    if (looked >= holdersPerRequest) throw beyondNumbers();
    const holders = await admin.store.holdersOfRole(uid, { take: storePage, ...(after !== undefined && { after }) });
    // They could not all be counted: better not to go on.
    if (page.withTotals && holders.total > holdersPerRequest) throw beyondNumbers();
    looked += storePage;
    ids.push(...idsOf(holders.items, admin));
    after = holders.next;
  } while (after !== undefined && (page.withTotals || ids.length < page.offset + page.take));
  const items = await itemsOf(ids.slice(page.offset, page.offset + page.take), admin);
  return numberedAnswer('users', { items, total: ids.length }, page);
}

// What is left out unsaid would be taken for what there is not.
function beyondNumbers(): RequestFault {
  const message = `Only the first ${holdersPerRequest} of those who have a role can be paged and counted by number; use take and from.`;
  return new RequestFault(400, message, { code: 'invalid_paging' });
}

/** So many pages of the store make one of ours at most; after that it is shorter, and has a next one. */
const pagesAtOnce = 20;

async function usersFrom(uid: string, { admin }: Call, { take, from }: NextPage): Promise<Answer> {
  const ofThis = ['users of a role', uid];
  const ids: string[] = [];
  let after = from === undefined ? undefined : placeIn(from, ofThis);
  for (let left = pagesAtOnce; left > 0; left -= 1) {
    const part = { take: take - ids.length, ...(after !== undefined && { after }) };
    const holders = await admin.store.holdersOfRole(uid, part);
    ids.push(...idsOf(holders.items, admin));
    after = holders.next;
    if (after === undefined || ids.length === take) break;
  }
  const next = after === undefined ? undefined : checkpoint(after, ofThis);
  return nextAnswer('users', await itemsOf(ids, admin), next);
}

function idsOf(holders: readonly RoleHolder[], { issuer, store }: Administered): string[] {
  const now = Date.now();
  return holders
    .filter(({ subject }) => subject.kind === 'user')
    .filter(({ subject }) => store.holdsForAnyIssuer === true || subject.issuer === issuer)
    .filter(({ assignment }) => rolesInForce([assignment], now).length > 0)
    .map(({ subject }) => subject.id);
}

async function itemsOf(ids: readonly string[], admin: Administered): Promise<UserItem[]> {
  const users = await usersOf(ids, admin);
  return ids.map((id) => userItem(id, users.get(id)));
}

/** As many as a store changes at once. */
const usersAtOnce = 1000;

export const assign: Handle = async (call): Promise<Answer> => {
  const { admin, access } = call;
  const { users } = membersOf(call.body, { required: ['users'] });
  const ids = textsIn(users, 'users', { list: { atMost: usersAtOnce }, text: { atMost: longest.id } });
  const { uid: role } = await roleIn(call);
  const people = await existingUsers(ids, admin);
  await inBatches(people, async (person) => {
    const { roles } = await admin.store.subject(person);
    const added = rolesInForce(roles, Date.now()).includes(role) ? 0 : 1;
    checkRoom({ stored: roles.length, added, atMost: admin.limits.rolesPerUser }, { what: 'roles', to: 'user' });
  });
  const changes = people.map((subject) => ({ kind: 'assign' as const, subject, role }));
  await admin.store.changeAll(changes, { access });
  return ok({});
};
