// What the access-control API asks of who calls, for each of its rows: under the names of the first version of the API and of those
// after it.

import { allOf, anyOf, anywhere, on } from '../../core/requirement.ts';
import type { Requirement } from '../../core/requirement.ts';

export const listRoles = anyOf(on('roles:list', 'roles:*'), on('roles:read', 'roles:*'));

// A uid with a `:` in it, as built-in roles have, can only be asked about with all the others.
export const readRole = anyOf(on('roles:read', 'roles:*'), on('roles:read', 'roles:{uid}'));

export const writeRole = delegating('roles:write');
export const deleteRole = delegating('roles:delete');

export const listAttached = on('roles.builtin:list', 'roles:*');
export const attach = delegating('roles.builtin:add');
export const detach = delegating('roles.builtin:remove');

export const listUserRoles = anyOf(ofUser('users.roles:list', '{id}'), ofUser('users.roles:read', '{id}'));
export const addUserRole = delegating('users.roles:add');
export const removeUserRole = delegating('users.roles:remove');
export const replaceUserRoles = allOf(addUserRole, removeUserRole);

export const listUserPermissions = anyOf(
  ofUser('users.permissions:list', '{id}'),
  ofUser('users.permissions:read', '{id}'),
);
export const searchPermissions = anywhere('users.permissions:read');
export const searchUserPermissions = ofUser('users.permissions:read', '{userID}');

// The files have gone by several names.
export const reload = anyOf(
  on('provisioning:reload', 'service:access-control'),
  on('provisioning:reload', 'service:accesscontrol'),
  on('provisioning:reload', 'services:accesscontrol'),
  on('provisioning:reload', 'provisioners:accesscontrol'),
);

/** Whoever may hand on what they hold. */
function delegating(permission: string): Requirement {
  return anyOf(on(permission, 'permissions:delegate'), on(permission, 'permissions:type:delegate'));
}

// An id with a `:` or `/` in it can only be asked about with all the others.
function ofUser(permission: string, id: string): Requirement {
  return anyOf(on(permission, `users:id:${id}`), on(permission, 'users:id:*'));
}
