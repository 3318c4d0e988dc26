// Users: those that a directory knows, or without one those to whom something is assigned; and one of them.

import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Answer, Handle } from '../exchange.ts';
import { userOf } from '../people.ts';
import { inexistentUser, usersListed, usersOf } from './directory.ts';
import { idIn } from './named-in-path.ts';
import { numberedNames, numberedPage } from './paging.ts';
import type { NumberedPage, Part } from './paging.ts';
import { longest } from './properties.ts';
import { booleanIn, queryOf, textAsked } from './query.ts';
import type { Query } from './query.ts';
import { userItem } from './user-items.ts';
import type { UserItem } from './user-items.ts';

const fieldNames = ['fields', 'include_fields'] as const;
// Which engine searches is decided here, and so is the order.
const ignored = ['search_engine', 'primary_order'] as const;

export const list: Handle = async ({ admin, query: sent }): Promise<Answer> => {
  const query = queryOf(sent, [...numberedNames, ...fieldNames, ...ignored, 'q']);
  const page = numberedPage(query);
  const fields = fieldsIn(query);
  const found = await searched(textAsked(query, 'q', { atMost: longest.id }), page, admin);
  const users = found.items.map(fields);
  const { offset: start, take: limit } = page;
  return ok(page.withTotals ? { start, limit, length: users.length, users, total: found.total } : users);
};

export const show: Handle = async (call): Promise<Answer> => {
  const fields = fieldsIn(queryOf(call.query, fieldNames));
  const id = idIn(call);
  const user = (await usersOf([id], call.admin)).get(id);
  if (user === undefined && call.admin.users !== undefined) throw inexistentUser();
  return ok(fields(userItem(id, user)));
};

// What the query string syntax of Auth0's search calls a user's id.
const byId = /^user_id:(?:"([^"]*)"|([^\s"*]+))$/;

async function searched(search: string | undefined, page: NumberedPage, admin: Administered): Promise<Part<UserItem>> {
  const [, quoted, bare] = byId.exec(search ?? '') ?? [];
  const id = quoted ?? bare;
  if (id !== undefined && id !== '') return exactly(id, page, admin);
  const { offset, take } = page;
  if (admin.users !== undefined) {
    const { items, total } = await usersListed({ search, offset, take }, admin.users);
    return { items: items.map((user) => userItem(user.id, user)), total };
  }
  const query = {
    kind: 'user',
    issuer: admin.issuer,
    offset,
    take,
    ...(search !== undefined && { id: search }),
  } as const;
  const { items, total } = await admin.store.subjects(query);
  return { items: items.map((person) => userItem(person.id, undefined)), total };
}

async function exactly(id: string, { offset, take }: NumberedPage, admin: Administered): Promise<Part<UserItem>> {
  const user = (await usersOf([id], admin)).get(id);
  const isThere = user !== undefined || (admin.users === undefined && (await hasAnything(id, admin)));
  const all = isThere ? [userItem(id, user)] : [];
  return { items: all.slice(offset, offset + take), total: all.length };
}

async function hasAnything(id: string, admin: Administered): Promise<boolean> {
  const { privileges, roles } = await admin.store.subject(userOf(id, admin));
  return privileges.length + roles.length > 0;
}

/** What is shown of each. */
function fieldsIn(query: Query): (user: UserItem) => Partial<UserItem> {
  const named = textAsked(query, 'fields', { atMost: longest.id })?.split(',');
  const areShown = booleanIn(query, 'include_fields', true);
  if (named === undefined) return (user) => user;
  return (user) => Object.fromEntries(Object.entries(user).filter(([name]) => named.includes(name) === areShown));
}
