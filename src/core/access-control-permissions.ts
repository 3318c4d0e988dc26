// A catalogue that is ready for use: the permissions by which users, roles, reports and provisioning are administered, in the names
// that Grafana's fine-grained access control has for them.

import { definePermissions } from './permission.ts';

const roles = ['roles:*'];
const delegating = ['permissions:delegate'];
const reports = ['reports:*'];
const everybody = ['global:users:*'];
const ownUsers = ['users:*'];
const nothing: readonly string[] = [];

/**
 * Thirty-five permissions with what each may be held on: `accessControlResources` says what those are. Where the names of a kind
 * of permission differ, the odd one out is an alias: `org.users.read` means `org.users:read`.
 */
export const accessControlPermissions = definePermissions({
  'roles:list': { description: 'List roles, without what they hold', on: roles },
  'roles:read': { description: 'See a role and what it holds', on: roles },
  'roles:write': { description: 'Make and change custom roles', on: delegating, gate: 'delegate', sensitive: true },
  'roles:delete': { description: 'Delete custom roles', on: delegating, gate: 'delegate', sensitive: true },
  'roles.builtin:list': { description: 'List what is attached to built-in roles', on: roles },
  'roles.builtin:add': {
    description: 'Attach a role to a built-in one',
    on: delegating,
    gate: 'delegate',
    sensitive: true,
  },
  'roles.builtin:remove': {
    description: 'Detach a role from a built-in one',
    on: delegating,
    gate: 'delegate',
    sensitive: true,
  },
  'reports.admin:write': { description: 'Make and change reports', on: reports },
  'reports:delete': { description: 'Delete reports', on: reports },
  'reports:read': { description: 'List and see reports', on: reports },
  'reports:send': { description: 'Send reports by mail', on: reports },
  'reports.settings:write': { description: 'Change the settings of reports', on: nothing },
  'reports.settings:read': { description: 'See the settings of reports', on: nothing },
  'provisioning:reload': {
    description: 'Read provisioning files anew',
    on: ['service:access-control'],
    sensitive: true,
  },
  'users:read': { description: 'See and search the profiles of users', on: everybody },
  'users:write': { description: 'Change the profiles of users', on: everybody },
  'users.teams:read': { description: 'See the teams of users', on: everybody },
  'users.authtoken:list': { description: 'List the sessions of users', on: everybody },
  'users.authtoken:update': { description: 'Change the sessions of users', on: everybody },
  'users.password:update': { description: 'Change the passwords of users', on: everybody, sensitive: true },
  'users:delete': { description: 'Delete users', on: everybody },
  'users:create': { description: 'Create users', on: nothing },
  'users:enable': { description: 'Enable users', on: everybody },
  'users:disable': { description: 'Disable users', on: everybody },
  'users.permissions:update': {
    description: 'Make users administrators of the server',
    on: everybody,
    sensitive: true,
  },
  'users:logout': { description: 'Sign users out', on: everybody },
  'users.quotas:list': { description: 'List the quotas of users', on: everybody },
  'users.quotas:update': { description: 'Change the quotas of users', on: everybody },
  'org.users:read': { description: 'See the users of an organization', on: ownUsers, aliases: ['org.users.read'] },
  'org.users:add': { description: 'Add users to an organization', on: ownUsers, aliases: ['org.users.add'] },
  'org.users:remove': { description: 'Remove users from an organization', on: ownUsers, aliases: ['org.users.remove'] },
  'org.users.role:update': {
    description: 'Change the built-in roles of users in an organization',
    on: ownUsers,
    sensitive: true,
  },
  'ldap.user:read': { description: 'See users of the directory', on: nothing },
  'ldap.user:sync': { description: 'Synchronize users with the directory', on: nothing, sensitive: true },
  'ldap.status:read': { description: 'See how the directory does', on: nothing },
});

/** What the permissions of `accessControlPermissions` may be held on, and what that means. */
export const accessControlResources: Readonly<Record<string, string>> = Object.freeze({
  'roles:*': 'Every role; `roles:<uid>` is one',
  'permissions:delegate': 'What somebody holds: it, or less, may be handed on',
  'reports:*': 'Every report',
  'service:access-control': 'The provisioning files of roles',
  'global:users:*': 'Every user of the server',
  'users:*': 'Every user of the organization',
});
