// Who there is, and what each of them holds with where it comes from.

import { heldThrough, bound } from '../../core/role-closure.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Person, Role, SubjectRecord } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { checkedQuery, oneOf, pageIn, pageNames } from '../query.ts';
import { namesOf } from './names.ts';
import { rolesBy, rolesReached } from './reached.ts';

/** Those to whom something is assigned; where a directory knows the users, all whom it knows. */
export const listSubjects: Handle = async ({ query, admin }) => {
  const values = checkedQuery(query, [...pageNames, 'kind', 'search']);
  const kind = oneOf('kind', values.kind ?? 'user', ['user', 'client']);
  const { search } = values;
  const page = pageIn(values);
  if (kind === 'user' && admin.users !== undefined && page.after === undefined) {
    return ok(await listed(admin, search, { offset: page.offset ?? 0, take: page.take ?? 50 }));
  }
  const { issuer, store } = admin;
  const found = await store.subjects({ ...page, kind, issuer, ...(search !== undefined && { id: search }) });
  const names = await namesOf(found.items, admin);
  return ok({ ...found, items: found.items.map((one) => ({ ...one, ...names(one) })) });
};

async function listed(
  { users, issuer }: Administered,
  search: string | undefined,
  part: { offset: number; take: number },
): Promise<object> {
  const answer = await users?.list({ ...part, ...(search !== undefined && search !== '' && { search }) });
  const items = answer?.users.map(({ id, name, email, picture }) => ({
    issuer,
    id,
    kind: 'user',
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(picture !== undefined && { picture }),
  }));
  return { items, total: answer?.total };
}

/** All that is assigned to one subject, and all that it comes to: each privilege with its source. */
export const showSubject: Handle = async ({ params, admin }) => {
  const person = personIn(params, admin);
  const record = await admin.store.subject(person);
  const names = await namesOf([person], admin);
  const isUnknown = person.kind === 'user' && admin.users !== undefined && names(person) === undefined;
  // What is left of somebody who is gone can still be taken back.
  if (isUnknown && record.privileges.length === 0 && record.roles.length === 0) {
    throw new RequestFault(404, 'There is no such user', { code: 'not_found' });
  }
  const assigned = record.roles.map(({ role }) => role);
  const roles = await rolesReached(await rolesBy(assigned, admin.store), admin.store);
  return ok({
    subject: { ...person, ...names(person) },
    privileges: record.privileges,
    roles: record.roles.map((one) => ({ ...one, name: roles.get(one.role)?.name ?? one.role })),
    held: heldBy(record, roles),
    ...(isUnknown && { isUnknown }),
  });
};

export function personIn({ kind, id }: Readonly<Record<string, string>>, { issuer }: Administered): Person {
  return { issuer, id: id ?? '', kind: oneOf('kind', kind ?? '', ['user', 'client']) };
}

/** What a subject holds in every organization and for every API; what has expired is there, with its end. */
export function heldBy({ privileges, roles: assigned }: SubjectRecord, roles: ReadonlyMap<string, Role>): Privilege[] {
  const byRole = assigned.flatMap(({ role, organization, expiresAt }) => {
    return heldThrough(role, (uid) => roles.get(uid)).flatMap((one) => bound(one, { organization, expiresAt }));
  });
  return [...privileges, ...byRole];
}
