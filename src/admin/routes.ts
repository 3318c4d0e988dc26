// THE TABLE: method, path, what is asked of who calls, who answers. `allOf` and `anyOf` are what guards know them as.

import { allOf, anyOf, on } from '../core/requirement.ts';
import * as asks from './access-control/asks.ts';
import * as attached from './access-control/built-in-assignments.ts';
import { search, searchOfUser } from './access-control/permission-search.ts';
import * as held from './access-control/permissions.ts';
import { reload } from './access-control/reload.ts';
import * as rolesInPlace from './access-control/roles.ts';
import { status } from './access-control/status.ts';
import * as rolesOfUser from './access-control/user-roles.ts';
import { showConfiguration } from './decisions/configuration.ts';
import { evaluate, evaluateAll } from './decisions/evaluations.ts';
import { searchActions } from './decisions/search-actions.ts';
import { searchResources } from './decisions/search-resources.ts';
import { searchSubjects } from './decisions/search-subjects.ts';
import * as clientGrants from './management/client-grants.ts';
import * as effective from './management/effective.ts';
import * as resourceServers from './management/resource-servers.ts';
import * as rolePermissions from './management/role-permissions.ts';
import * as roleUsers from './management/role-users.ts';
import * as roles from './management/roles.ts';
import * as userPermissions from './management/user-permissions.ts';
import * as userRoles from './management/user-roles.ts';
import * as users from './management/users.ts';
import { goToDashboard, showAsset, showDashboard } from './dashboard/assets.ts';
import { readAudit } from './overview/audit.ts';
import { showCatalogue } from './overview/catalogue.ts';
import { makeChanges } from './overview/changes.ts';
import { listHolders } from './overview/holders.ts';
import { listRoleHolders, listRoles, showRole } from './overview/roles.ts';
import { showSession, showSettings } from './overview/session.ts';
import { listSubjects, showSubject } from './overview/subjects.ts';
import { explain } from './overview/why.ts';
import { signedIn } from './table.ts';
import type { Row } from './table.ts';

export const rows: readonly Row[] = [
  // The management API
  ['GET', '/api/v2/users', 'read:users', users.list],
  ['GET', '/api/v2/users/:id', 'read:users', users.show],
  ['GET', '/api/v2/users/:id/permissions', 'read:users', userPermissions.list],
  ['POST', '/api/v2/users/:id/permissions', 'update:users', userPermissions.assign],
  ['DELETE', '/api/v2/users/:id/permissions', 'update:users', userPermissions.remove],
  ['GET', '/api/v2/users/:id/roles', anyOf(allOf('read:users', 'read:roles'), 'read:role_members'), userRoles.list],
  ['POST', '/api/v2/users/:id/roles', anyOf('update:users', 'create:role_members'), userRoles.assign],
  ['DELETE', '/api/v2/users/:id/roles', anyOf('update:users', 'delete:role_members'), userRoles.remove],
  ['GET', '/api/v2/users/:id/effective-permissions', 'read:user_effective_permissions', effective.listPermissions],
  [
    'GET',
    '/api/v2/users/:id/effective-permissions/sources/effective-roles',
    'read:user_permission_source_roles',
    effective.listRolesOfPermission,
  ],
  ['GET', '/api/v2/users/:id/effective-roles', 'read:user_effective_roles', effective.listRoles],
  ['GET', '/api/v2/roles', 'read:roles', roles.list],
  ['POST', '/api/v2/roles', 'create:roles', roles.create],
  ['GET', '/api/v2/roles/:id', 'read:roles', roles.show],
  ['PATCH', '/api/v2/roles/:id', 'update:roles', roles.update],
  ['DELETE', '/api/v2/roles/:id', 'delete:roles', roles.remove],
  ['GET', '/api/v2/roles/:id/permissions', 'read:roles', rolePermissions.list],
  ['POST', '/api/v2/roles/:id/permissions', 'update:roles', rolePermissions.assign],
  ['DELETE', '/api/v2/roles/:id/permissions', 'update:roles', rolePermissions.remove],
  ['GET', '/api/v2/roles/:id/users', anyOf(allOf('read:users', 'read:roles'), 'read:role_members'), roleUsers.list],
  ['POST', '/api/v2/roles/:id/users', anyOf('update:roles', 'create:role_members'), roleUsers.assign],
  ['GET', '/api/v2/resource-servers', 'read:resource_servers', resourceServers.list],
  ['POST', '/api/v2/resource-servers', 'create:resource_servers', resourceServers.create],
  ['GET', '/api/v2/resource-servers/:id', 'read:resource_servers', resourceServers.show],
  ['PATCH', '/api/v2/resource-servers/:id', 'update:resource_servers', resourceServers.update],
  ['DELETE', '/api/v2/resource-servers/:id', 'delete:resource_servers', resourceServers.remove],
  ['GET', '/api/v2/client-grants', 'read:client_grants', clientGrants.list],
  ['POST', '/api/v2/client-grants', 'create:client_grants', clientGrants.create],
  ['GET', '/api/v2/client-grants/:id', 'read:client_grants', clientGrants.show],
  ['PATCH', '/api/v2/client-grants/:id', 'update:client_grants', clientGrants.update],
  ['DELETE', '/api/v2/client-grants/:id', 'delete:client_grants', clientGrants.remove],
  // The access-control API
  ['GET', '/api/access-control/status', on('status:accesscontrol', 'services:accesscontrol'), status],
  ['GET', '/api/access-control/roles', asks.listRoles, rolesInPlace.list],
  ['POST', '/api/access-control/roles', asks.writeRole, rolesInPlace.create],
  ['GET', '/api/access-control/roles/:uid', asks.readRole, rolesInPlace.show],
  ['PUT', '/api/access-control/roles/:uid', asks.writeRole, rolesInPlace.update],
  ['DELETE', '/api/access-control/roles/:uid', asks.deleteRole, rolesInPlace.remove],
  ['GET', '/api/access-control/builtin-roles', asks.listAttached, attached.listAttached],
  ['POST', '/api/access-control/builtin-roles', asks.attach, attached.attach],
  ['DELETE', '/api/access-control/builtin-roles/:builtinRole/roles/:roleUID', asks.detach, attached.detach],
  ['GET', '/api/access-control/users/:id/roles', asks.listUserRoles, rolesOfUser.list],
  ['POST', '/api/access-control/users/:id/roles', asks.addUserRole, rolesOfUser.add],
  ['PUT', '/api/access-control/users/:id/roles', asks.replaceUserRoles, rolesOfUser.replace],
  ['DELETE', '/api/access-control/users/:id/roles/:roleUID', asks.removeUserRole, rolesOfUser.remove],
  ['GET', '/api/access-control/users/:id/permissions', asks.listUserPermissions, held.ofUser],
  ['GET', '/api/access-control/users/permissions/search', asks.searchPermissions, search],
  ['GET', '/api/access-control/user/:userID/permissions/search', asks.searchUserPermissions, searchOfUser],
  ['GET', '/api/access-control/user/permissions', signedIn, held.own],
  ['GET', '/api/access-control/user/actions', signedIn, held.ownActions],
  ['POST', '/api/admin/provisioning/access-control/reload', asks.reload, reload],
  // Decisions (OpenID AuthZEN Authorization API 1.0)
  ['GET', '/.well-known/authzen-configuration', null, showConfiguration],
  ['POST', '/access/v1/evaluation', 'evaluate:access', evaluate],
  ['POST', '/access/v1/evaluations', 'evaluate:access', evaluateAll],
  ['POST', '/access/v1/search/subject', 'search:access', searchSubjects],
  ['POST', '/access/v1/search/resource', 'search:access', searchResources],
  ['POST', '/access/v1/search/action', 'search:access', searchActions],
  // Who, what, why; and the audit
  ['GET', '/admin/api/settings', null, showSettings],
  ['GET', '/admin/api/session', signedIn, showSession],
  ['GET', '/admin/api/catalogue', 'read:resource_servers', showCatalogue],
  ['GET', '/admin/api/subjects', 'read:users', listSubjects],
  ['GET', '/admin/api/subjects/:kind/:id', allOf('read:users', 'read:roles'), showSubject],
  ['GET', '/admin/api/holders', allOf('read:users', 'read:roles'), listHolders],
  ['GET', '/admin/api/roles', 'read:roles', listRoles],
  ['GET', '/admin/api/roles/:uid', 'read:roles', showRole],
  ['GET', '/admin/api/roles/:uid/holders', allOf('read:roles', 'read:users'), listRoleHolders],
  ['POST', '/admin/api/why', allOf('read:users', 'read:user_effective_permissions'), explain],
  ['POST', '/admin/api/changes', allOf('read:users', 'read:roles'), makeChanges],
  ['GET', '/admin/api/audit', 'read:audit', readAudit],
  // The dashboard
  ['GET', '/admin', null, goToDashboard],
  ['GET', '/admin/', null, showDashboard],
  ['GET', '/admin/:file', null, showAsset],
];
