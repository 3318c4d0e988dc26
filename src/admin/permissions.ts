// The permissions of the administrative APIs themselves: those of the management API, those of the access-control API, and ours.

import { accessControlPermissions } from '../core/access-control-permissions.ts';
import { definePermissions } from '../core/permission.ts';
import type { PermissionDefinition } from '../core/permission.ts';

const management = {
  'read:users': 'See users, their permissions and their roles',
  'update:users': { description: 'Assign permissions and roles to users', gate: 'delegate', sensitive: true },
  'read:roles': 'See roles and what they hold',
  'create:roles': 'Make roles',
  'update:roles': { description: 'Change roles and what they hold', gate: 'delegate', sensitive: true },
  'delete:roles': { description: 'Delete roles', gate: 'delegate', sensitive: true },
  'read:role_members': 'See who has a role',
  'create:role_members': { description: 'Give roles to users', gate: 'delegate', sensitive: true },
  'delete:role_members': { description: 'Take roles from users', gate: 'delegate', sensitive: true },
  'read:user_effective_permissions': 'See what users may do, and through what',
  'read:user_effective_roles': 'See the roles that users have, and through what',
  'read:user_permission_source_roles': 'See which roles give a permission to users',
  'read:resource_servers': 'See APIs and their permissions',
  'create:resource_servers': 'Make APIs',
  'update:resource_servers': { description: 'Change APIs and their permissions', sensitive: true },
  'delete:resource_servers': { description: 'Delete APIs', sensitive: true },
  'read:client_grants': 'See what is assigned to applications',
  'create:client_grants': { description: 'Assign permissions to applications', gate: 'delegate', sensitive: true },
  'update:client_grants': {
    description: 'Change what is assigned to applications',
    gate: 'delegate',
    sensitive: true,
  },
  'delete:client_grants': { description: 'Take permissions from applications', gate: 'delegate', sensitive: true },
  'read:audit': 'Read what was changed, by whom and why',
  'evaluate:access': 'Ask whether somebody may do something',
  'search:access': { description: 'Search who may do what, on what', sensitive: true },
} as const satisfies Record<string, string | PermissionDefinition>;

const everybody = ['users:id:*', 'users:*'];
const delegating = ['permissions:delegate', 'permissions:type:delegate'];

// What the access-control API asks beside the permissions of the ready catalogue.
const accessControl = {
  'status:accesscontrol': { description: 'See whether access control is there', on: ['services:accesscontrol'] },
  'users.roles:list': { description: 'See the roles of users', on: everybody },
  'users.roles:read': { description: 'See the roles of users', on: everybody },
  'users.roles:add': { description: 'Give roles to users', on: delegating, gate: 'delegate', sensitive: true },
  'users.roles:remove': { description: 'Take roles from users', on: delegating, gate: 'delegate', sensitive: true },
  'users.permissions:list': { description: 'See the permissions of users', on: everybody },
  'users.permissions:read': { description: 'Search the permissions of users', on: everybody },
} as const satisfies Record<string, PermissionDefinition>;

type Name = keyof typeof management | keyof typeof accessControl | (typeof accessControlPermissions)['names'][number];

/** The permissions that the authorizer of `createAdmin` is given as its catalogue. */
export const adminPermissions = definePermissions<Record<Name, PermissionDefinition | string>>({
  ...management,
  ...accessControl,
  ...ready(),
});

// What is handed on has a second name, which those of later versions of the API hold.
function ready(): Record<(typeof accessControlPermissions)['names'][number], PermissionDefinition> {
  return Object.fromEntries(
    accessControlPermissions.names.map((name) => {
      const definition = accessControlPermissions.definition(name);
      return [name, definition?.gate === 'delegate' ? { ...definition, on: delegating } : definition];
    }),
  ) as Record<(typeof accessControlPermissions)['names'][number], PermissionDefinition>;
}
