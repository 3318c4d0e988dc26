// What is attached to the built-in roles, in an organization or in all: listed, attached and detached.

import { builtInRoles } from '../../core/built-in-roles.ts';
import { RoleNotFoundError, RoleVersionConflictError } from '../../core/change-errors.ts';
import type { InheritedRole, Role } from '../../core/role-store.ts';
import { ok } from '../exchange.ts';
import type { Call, Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { inBatches } from '../management/in-batches.ts';
import { checkedQuery } from '../query.ts';
import * as asks from './asks.ts';
import { changing } from './changing.ts';
import { roleInReach, roleToGive } from './known-roles.ts';
import { flag, isInReach, placeOf } from './place.ts';
import { amiss, membersOf, optionalFlag, text } from './role-fields.ts';
import { roleView } from './role-view.ts';

/** The words of this API for the built-in roles. */
const builtIns: ReadonlyMap<string, string> = new Map([
  ['Viewer', builtInRoles.viewer],
  ['Editor', builtInRoles.editor],
  ['Admin', builtInRoles.admin],
  ['Grafana Admin', builtInRoles.serverAdmin],
]);
const expected = `one of ${[...builtIns.keys()].join(', ')}`;

/** Those to which something is attached; `global` of a role: whether it is so in every organization. */
export const listAttached: Handle = async (call) => {
  const place = await placeOf(call, asks.listAttached, checkedQuery(call.query, ['orgId']));
  const lists = await Promise.all(
    [...builtIns].map(async ([name, uid]) => [name, await attachedTo(call, uid, place)] as const),
  );
  return ok(Object.fromEntries(lists.filter(([, roles]) => roles.length > 0)));
};

async function attachedTo({ admin: { store } }: Call, uid: string, place: string | undefined): Promise<object[]> {
  const inherits = ((await store.role(uid))?.inherits ?? []).filter((one) => isInReach(one, place));
  const views = await inBatches(inherits, async ({ role, organization }) => {
    const attached = await store.role(role);
    return attached === undefined ? [] : [roleView(attached, organization === undefined)];
  });
  return views.flat();
}

export const attach: Handle = async (call) => {
  const values = checkedQuery(call.query, ['orgId']);
  const { roleUid, builtinRole, global } = membersOf(call.body, '', ['roleUid', 'builtinRole', 'global']);
  const uid = builtIns.get(text(builtinRole, 'builtinRole', 40));
  if (uid === undefined) throw amiss('builtinRole', expected);
  const wanted = text(roleUid, 'roleUid', 190);
  const isGlobal = optionalFlag(global, 'global');
  const place = await placeOf(call, asks.attach, { ...values, global: isGlobal });
  const role = await roleToGive(call, wanted, place);
  await changeInherited(call, uid, (inherits) => {
    return inherits.some((one) => isSame(one, role.uid, place))
      ? inherits
      : [...inherits, { role: role.uid, ...(place !== undefined && { organization: place }) }];
  });
  return ok({ message: 'Built-in role grant added' });
};

export const detach: Handle = async (call) => {
  const { global, ...values } = checkedQuery(call.query, ['global', 'orgId']);
  const { builtinRole = '', roleUID = '' } = call.params;
  const uid = builtIns.get(builtinRole);
  const place = await placeOf(call, asks.detach, { ...values, global: flag('global', global) });
  if (uid === undefined) throw new RequestFault(404, `There is no such built-in role: expected ${expected}`);
  const role = await roleInReach(call, roleUID, place);
  await changeInherited(call, uid, (inherits) => {
    const rest = inherits.filter((one) => !isSame(one, role.uid, place));
    if (rest.length === inherits.length)
      throw new RequestFault(404, `The role is not attached to ${builtinRole} there`);
    return rest;
  });
  return ok({ message: 'Built-in role grant removed' });
};

function isSame(inherited: InheritedRole, role: string, organization: string | undefined): boolean {
  return inherited.role === role && inherited.organization === organization;
}

const tries = 8;

// All organizations write the same record: who was slower looks at it once more.
async function changeInherited(
  call: Call,
  uid: string,
  change: (inherits: readonly InheritedRole[]) => readonly InheritedRole[],
): Promise<void> {
  for (let left = tries; ; left -= 1) {
    const role = await call.admin.store.role(uid);
    if (role === undefined) throw new RoleNotFoundError(uid);
    const inherits = change(role.inherits);
    if (inherits === role.inherits) return;
    try {
      await putInherited(call, role, inherits);
      return;
    } catch (cause) {
      if (!(cause instanceof RoleVersionConflictError) || left <= 1) throw cause;
    }
  }
}

async function putInherited(call: Call, role: Role, inherits: readonly InheritedRole[]): Promise<void> {
  await changing(call, async (store, by) => {
    try {
      await store.putRole({ ...role, inherits: [...inherits] }, by);
    } catch (cause) {
      // A store in which versions must rise.
      const isRising = cause instanceof RoleVersionConflictError && cause.version === role.version;
      if (!isRising) throw cause;
      await store.putRole({ ...role, inherits: [...inherits], version: role.version + 1 }, by);
    }
  });
}
