// The fixed roles that go with the ready catalogue of access control: what `reconcileRoles` takes.

import type { FixedRole } from './fixed-roles-declared.ts';

const on = (resource: string, ...permissions: string[]): { permission: string; on: string }[] =>
  permissions.map((permission) => ({ permission, on: resource }));
const everybody = 'global:users:*';
const delegate = 'permissions:delegate';

/** For each part of the administration a role that reads, and one that edits as well; given to administrators by default. */
export const accessControlRoles: readonly FixedRole[] = Object.freeze([
  {
    name: 'fixed:permissions:admin:read',
    privileges: on('roles:*', 'roles:read', 'roles:list', 'roles.builtin:list'),
    defaults: ['Server administrator'],
  },
  {
    name: 'fixed:permissions:admin:edit',
    privileges: on(delegate, 'roles:write', 'roles:delete', 'roles.builtin:add', 'roles.builtin:remove'),
    inherits: ['fixed:permissions:admin:read'],
    defaults: ['Server administrator'],
  },
  {
    name: 'fixed:reporting:admin:read',
    privileges: [...on('reports:*', 'reports:read', 'reports:send'), ...on('', 'reports.settings:read')],
    defaults: ['Admin', 'Server administrator'],
  },
  {
    name: 'fixed:reporting:admin:edit',
    privileges: [...on('reports:*', 'reports.admin:write', 'reports:delete'), ...on('', 'reports.settings:write')],
    inherits: ['fixed:reporting:admin:read'],
    defaults: ['Admin', 'Server administrator'],
  },
  {
    name: 'fixed:users:admin:read',
    privileges: on(everybody, 'users.authtoken:list', 'users.quotas:list', 'users:read', 'users.teams:read'),
    defaults: ['Server administrator'],
  },
  {
    name: 'fixed:users:admin:edit',
    privileges: [
      ...on(everybody, 'users.password:update', 'users:write', 'users:delete', 'users:enable', 'users:disable'),
      ...on(everybody, 'users.permissions:update', 'users:logout', 'users.authtoken:update', 'users.quotas:update'),
      ...on('', 'users:create'),
    ],
    inherits: ['fixed:users:admin:read'],
    defaults: ['Server administrator'],
  },
  {
    name: 'fixed:users:org:read',
    privileges: on('users:*', 'org.users:read'),
    defaults: ['Admin', 'Server administrator'],
  },
  {
    name: 'fixed:users:org:edit',
    privileges: on('users:*', 'org.users:add', 'org.users:remove', 'org.users.role:update'),
    inherits: ['fixed:users:org:read'],
    defaults: ['Admin', 'Server administrator'],
  },
  {
    name: 'fixed:ldap:admin:read',
    privileges: on('', 'ldap.user:read', 'ldap.status:read'),
    defaults: ['Server administrator'],
  },
  {
    name: 'fixed:ldap:admin:edit',
    privileges: on('', 'ldap.user:sync'),
    inherits: ['fixed:ldap:admin:read'],
    defaults: ['Server administrator'],
  },
  {
    name: 'fixed:provisioning:admin',
    privileges: on('service:access-control', 'provisioning:reload'),
    defaults: ['Server administrator'],
  },
]);
