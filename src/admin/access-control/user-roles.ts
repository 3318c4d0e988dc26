// The roles that a user has, built-in ones apart, in an organization or in all: listed, given, taken, replaced.

import { isBuiltIn } from '../../core/built-in-roles.ts';
import { isInForce } from '../../core/privilege-reading.ts';
import type { Person, RoleAssignment } from '../../core/role-store.ts';
import { ok } from '../exchange.ts';
import type { Call, Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { inBatches } from '../management/in-batches.ts';
import { userOf } from '../people.ts';
import { checkedQuery } from '../query.ts';
import * as asks from './asks.ts';
import { changing } from './changing.ts';
import { roleInReach, roleToGive } from './known-roles.ts';
import { flag, isInReach, placeOf } from './place.ts';
import { amiss, membersOf, optionalFlag, text } from './role-fields.ts';
import { roleView } from './role-view.ts';

/** `global` of a role: whether the user has it in every organization. */
export const list: Handle = async (call) => {
  const { includeHidden, includeMapped, ...values } = checkedQuery(call.query, [
    'includeHidden',
    'includeMapped',
    'orgId',
  ]);
  flag('includeHidden', includeHidden);
  flag('includeMapped', includeMapped);
  const place = await placeOf(call, asks.listUserRoles, values);
  const assigned = await assignmentsOf(call, await userIn(call));
  const reached = assigned.filter((one) => isInReach(one, place) && isNow(one));
  const views = await inBatches(reached, async ({ role, organization }) => {
    const found = await call.admin.store.role(role);
    return found === undefined ? [] : [roleView(found, organization === undefined)];
  });
  return ok(views.flat());
};

export const add: Handle = async (call) => {
  const values = checkedQuery(call.query, ['orgId']);
  const { roleUid, global } = membersOf(call.body, '', ['roleUid', 'global']);
  const wanted = text(roleUid, 'roleUid', 190);
  const organization = await placeOf(call, asks.addUserRole, { ...values, global: optionalFlag(global, 'global') });
  const subject = await userIn(call);
  const { uid } = await roleToGive(call, wanted, organization);
  const others = (await assignmentsOf(call, subject)).filter((one) => !isOf(one, uid, organization));
  checkRoom(call, others.length + 1);
  await changing(call, (store, by) => store.assign(subject, uid, { ...there(organization) }, by));
  return ok({ message: 'Role added to the user.' });
};

/** `roleUids`: what the user has afterwards, there. What is had in every organization need not be had in one as well. */
export const replace: Handle = async (call) => {
  const values = checkedQuery(call.query, ['orgId']);
  const { roleUids, global, includeHidden } = membersOf(call.body, '', ['roleUids', 'global', 'includeHidden']);
  const uids = uidsIn(roleUids, call);
  const isGlobal = optionalFlag(global, 'global');
  optionalFlag(includeHidden, 'includeHidden');
  const organization = await placeOf(call, asks.replaceUserRoles, { ...values, global: isGlobal });
  const subject = await userIn(call);
  await inBatches(uids, (uid) => roleToGive(call, uid, organization));
  const assigned = await assignmentsOf(call, subject);
  const own = assigned.filter((one) => one.organization === organization);
  const kept = assigned.filter((one) => isInReach(one, organization) && isNow(one)).map(({ role }) => role);
  const less = own.filter(({ role }) => !uids.includes(role)).map(({ role }) => role);
  const more = uids.filter((uid) => !kept.includes(uid));
  checkRoom(call, assigned.length - less.length + more.length);
  const changes = [
    ...(less.length > 0 ? [{ kind: 'deassign' as const, subject, role: less, ...there(organization) }] : []),
    ...(more.length > 0 ? [{ kind: 'assign' as const, subject, role: more, ...there(organization) }] : []),
  ];
  if (changes.length > 0) await changing(call, (store, by) => store.changeAll(changes, by));
  return ok({ message: 'User roles have been updated.' });
};

export const remove: Handle = async (call) => {
  const { global, ...values } = checkedQuery(call.query, ['global', 'orgId']);
  const organization = await placeOf(call, asks.removeUserRole, { ...values, global: flag('global', global) });
  const subject = await userIn(call);
  const { uid } = await roleInReach(call, call.params['roleUID'] ?? '', organization);
  const isThere = (await assignmentsOf(call, subject)).some((one) => isOf(one, uid, organization));
  if (!isThere) throw new RequestFault(404, 'The user does not have this role there', { code: 'role_not_found' });
  await changing(call, (store, by) => store.deassign(subject, uid, { ...there(organization) }, by));
  return ok({ message: 'Role removed from user.' });
};

/** The user whom the path names. @throws RequestFault where a directory does not know them. */
export async function userIn({ params, admin }: Call): Promise<Person> {
  const person = userOf(params['id'] ?? params['userID'] ?? '', admin);
  const found = await admin.users?.byIds([person.id]);
  if (found === undefined || found.some(({ id }) => id === person.id)) return person;
  throw new RequestFault(404, 'There is no such user', { code: 'user_not_found' });
}

/** Built-in ones are no roles of this API. */
async function assignmentsOf({ admin }: Call, person: Person): Promise<readonly RoleAssignment[]> {
  return (await admin.store.subject(person)).roles.filter(({ role }) => !isBuiltIn(role));
}

function isOf(assignment: RoleAssignment, role: string, organization: string | undefined): boolean {
  return assignment.role === role && assignment.organization === organization;
}

function isNow({ expiresAt }: RoleAssignment): boolean {
  return isInForce({ permission: '', ...(expiresAt !== undefined && { expiresAt }) }, Date.now());
}

function there(organization: string | undefined): { organization?: string } {
  return organization === undefined ? {} : { organization };
}

function uidsIn(value: unknown, { admin: { limits } }: Call): string[] {
  const most = limits.rolesPerUser;
  if (!Array.isArray(value) || value.length > most) throw amiss('roleUids', `a list of at most ${most}`);
  return [...new Set(value.map((one: unknown, at) => text(one, `roleUids[${at}]`, 190)))];
}

function checkRoom({ admin: { limits } }: Call, count: number): void {
  if (count <= limits.rolesPerUser) return;
  throw new RequestFault(409, `A user may have ${limits.rolesPerUser} roles, and no more`);
}
