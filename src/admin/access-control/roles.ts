// The roles of an organization and those of all: listed and shown, made, replaced and deleted.

import { randomBytes } from 'node:crypto';
import { untouchedBuiltIns } from '../../core/built-in-roles.ts';
import { RoleVersionConflictError } from '../../core/change-errors.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Role, RoleInput } from '../../core/role-store.ts';
import { created, ok } from '../exchange.ts';
import type { Call, Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { checkedQuery } from '../query.ts';
import * as asks from './asks.ts';
import { changing } from './changing.ts';
import { allRoles, roleInReach, roleToChange } from './known-roles.ts';
import { flag, isInReach, placeOf } from './place.ts';
import { amiss, roleFields } from './role-fields.ts';
import { isSayable, roleView, wholeRoleView } from './role-view.ts';

/** `delegatable=true`: only those that who calls may give to others. No role is hidden. */
export const list: Handle = async (call) => {
  const { query, access, admin } = call;
  const values = checkedQuery(query, ['includeHidden', 'delegatable', 'orgId']);
  flag('includeHidden', values.includeHidden);
  const place = await placeOf(call, asks.listRoles, values);
  const roles = (await allRoles(admin.store)).filter((role) => isInReach(role, place));
  if (!flag('delegatable', values.delegatable)) return ok(roles.map((role) => roleView(role)));
  const uids = roles.map(({ uid }) => uid);
  const able = new Set<string>();
  for (let at = 0; at < uids.length; at += mostAtOnce) {
    for (const uid of await admin.store.delegatable(uids.slice(at, at + mostAtOnce), access, place)) able.add(uid);
  }
  return ok(roles.filter(({ uid }) => able.has(uid)).map((role) => ({ ...roleView(role), delegatable: true })));
};

const mostAtOnce = 1000;

/** `global=true`: only one of all organizations. */
export const show: Handle = async (call) => {
  const { global, ...values } = checkedQuery(call.query, ['global', 'orgId']);
  const place = await placeOf(call, asks.readRole, values);
  const role = await roleInReach(call, uidOf(call), flag('global', global) ? undefined : place);
  return ok(await wholeRoleView(role, call.admin));
};

export const create: Handle = async (call) => {
  const values = checkedQuery(call.query, ['orgId']);
  const given = roleFields(call.body, call.admin);
  if ((given.version ?? 1) !== 1) throw amiss('version', 'absent or 1: with that a role begins');
  const place = await placeOf(call, asks.writeRole, { ...values, global: given.global });
  await checkRoom(call);
  const uid = given.uid ?? randomBytes(9).toString('base64url');
  try {
    // Older than any version there is: a role of this uid, whoever made it meanwhile, is never replaced.
    await put(call, { ...inputOf({ ...given, uid }, place), version: 0 });
  } catch (cause) {
    if (!(cause instanceof RoleVersionConflictError)) throw cause;
    throw new RequestFault(409, `There is a role ${JSON.stringify(uid)} already`, { code: 'role_uid_taken' });
  }
  return created(await shown(call, uid));
};

async function checkRoom({ admin: { store, limits } }: Call): Promise<void> {
  const { total } = await store.roles({ take: 1 });
  if (total - untouchedBuiltIns().size >= limits.roles)
    throw new RequestFault(409, `There are ${limits.roles} roles, and no more may be made`);
}

/** `version`: the one that was read, or a greater one that it shall have. */
export const update: Handle = async (call) => {
  const values = checkedQuery(call.query, ['orgId']);
  const given = roleFields(call.body, call.admin);
  const uid = uidOf(call);
  if (given.uid !== undefined && given.uid !== uid) throw amiss('uid', 'absent, or the one in the path');
  const { version } = given;
  if (version === undefined) throw amiss('version', 'there: the one that was read, or a greater one');
  const place = await placeOf(call, asks.writeRole, { ...values, global: given.global });
  const role = await roleToChange(call, uid, place);
  const privileges = privilegesAfter(role, given.privileges);
  await replace(call, role, { ...inputOf({ ...given, uid, privileges }, place), inherits: role.inherits, version });
  return ok(await shown(call, uid));
};

/** What the API has no words for stays; what is sent and there already stays as it is, for the API that it was given for. */
function privilegesAfter(role: Role, sent: readonly Privilege[]): Privilege[] {
  const kept = role.privileges.filter((one) => !isSayable(one, role));
  const there = role.privileges.filter((one) => isSayable(one, role));
  const wanted = sent.flatMap(({ permission, ...one }) => {
    const same = there.filter((other) => other.permission === permission && other.on === one.on);
    return same.length > 0 ? same : [{ permission, ...one }];
  });
  return [...kept, ...new Set(wanted)];
}

async function replace(call: Call, role: Role, wanted: RoleInput & { version: number }): Promise<void> {
  if (wanted.version < role.version) throw new RoleVersionConflictError(role.uid, role.version, wanted.version);
  // Who sends the version that it shall have has read the one before: whoever changes that one meanwhile was quicker.
  const version = wanted.version === role.version + 1 ? role.version : wanted.version;
  try {
    await put(call, { ...wanted, version });
  } catch (cause) {
    // A store in which versions must rise takes that one alone.
    const isRising = cause instanceof RoleVersionConflictError && cause.version === version && version < wanted.version;
    if (!isRising) throw cause;
    await put(call, wanted);
  }
}

/** `force`: also one that somebody has, or that is attached to a built-in role. */
export const remove: Handle = async (call) => {
  const { global, force, ...values } = checkedQuery(call.query, ['force', 'global', 'orgId']);
  const isForced = flag('force', force);
  const place = await placeOf(call, asks.deleteRole, { ...values, global: flag('global', global) });
  const { uid } = await roleToChange(call, uidOf(call), place);
  await changing(call, (store, by) => store.deleteRole(uid, { force: isForced }, by));
  return ok({ message: 'Role deleted' });
};

function uidOf({ params }: Call): string {
  return params['uid'] ?? '';
}

function inputOf(
  { uid, name, description, privileges }: Pick<RoleInput, 'uid' | 'name' | 'privileges'> & { description: unknown },
  place: string | undefined,
): RoleInput {
  return {
    uid,
    name,
    privileges,
    ...(description !== undefined && { description: description as string }),
    ...(place !== undefined && { organization: place }),
  };
}

function put(call: Call, role: RoleInput): Promise<number> {
  return changing(call, (store, by) => store.putRole(role, by));
}

async function shown({ admin }: Call, uid: string): Promise<object> {
  const role = await admin.store.role(uid);
  if (role === undefined) throw new RequestFault(409, 'The role has been deleted meanwhile');
  return wholeRoleView(role, admin);
}
