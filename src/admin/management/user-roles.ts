// The roles of a user: which there are, given, and taken back.

import { nothing } from '../exchange.ts';
import type { Answer, Call, Handle } from '../exchange.ts';
import type { Role } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { rolesInForce } from './held-pairs.ts';
import { inBatches } from './in-batches.ts';
import { userIn } from './named-in-path.ts';
import { numberedAnswer, numberedNames, numberedPage, partOf } from './paging.ts';
import { membersOf, textsIn } from './payload.ts';
import { longest } from './properties.ts';
import { queryOf } from './query.ts';
import { roleItem } from './role-items.ts';
import { checkRoom } from './room.ts';
import { sortedBy } from './sorting.ts';

export const list: Handle = async (call): Promise<Answer> => {
  const { admin, query } = call;
  const page = numberedPage(queryOf(query, numberedNames));
  const { roles } = await admin.store.subject(await userIn(call));
  const found = await namedRoles(rolesInForce(roles, Date.now()), admin);
  const { items, total } = partOf(found, page);
  return numberedAnswer('roles', { items: items.map(roleItem), total }, page);
};

/** Those of these roles that there are, by name. */
export async function namedRoles(uids: readonly string[], { store }: Administered): Promise<Role[]> {
  const roles = (await inBatches(uids, (uid) => store.role(uid))).flatMap((role) => role ?? []);
  return sortedBy(roles, ({ uid, name }) => JSON.stringify([name, uid]));
}

export const assign: Handle = async (call): Promise<Answer> => {
  const { admin, access } = call;
  const uids = uidsIn(call);
  const person = await userIn(call);
  const { roles } = await admin.store.subject(person);
  const there = new Set(rolesInForce(roles, Date.now()));
  const added = uids.filter((uid) => !there.has(uid)).length;
  checkRoom({ stored: roles.length, added, atMost: admin.limits.rolesPerUser }, { what: 'roles', to: 'user' });
  await admin.store.assign(person, uids, {}, { access });
  return nothing;
};

export const remove: Handle = async (call): Promise<Answer> => {
  const uids = uidsIn(call);
  const person = await userIn(call);
  await call.admin.store.deassign(person, uids, {}, { access: call.access });
  return nothing;
};

function uidsIn({ body }: Call): readonly string[] {
  const { roles } = membersOf(body, { required: ['roles'] });
  return textsIn(roles, 'roles', { list: { atMost: 1000 }, text: { atMost: longest.role } });
}
