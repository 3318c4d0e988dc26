// 'rightful/stores': where privileges are kept.

export { accessControlRoles } from './stores/access-control-roles.ts';
export { auth0Store, TenantRefusedError } from './stores/auth0-store.ts';
export type { Auth0Store, Auth0StoreOptions } from './stores/auth0-store.ts';
export { withCache } from './stores/cache.ts';
export type { CachedStore, CacheOptions, CacheStatistics } from './stores/cache.ts';
export { fileStore } from './stores/file-store.ts';
export type { FileStoreOptions } from './stores/file-store.ts';
export { PrivilegeFileError } from './stores/file-fault.ts';
export { reconcileRoles } from './stores/fixed-roles.ts';
export type { ReconcileRolesOptions } from './stores/fixed-roles.ts';
export type { FixedRole } from './stores/fixed-roles-declared.ts';
export { memoryStore } from './stores/memory-store.ts';
export type {
  MemoryApi,
  MemoryGrant,
  MemoryPrivilege,
  MemoryRole,
  MemoryRoleAssignment,
  MemoryStoreOptions,
  MemorySubject,
} from './stores/memory-store.ts';
export { postgresStore } from './stores/postgres-store.ts';
export type {
  ListeningState,
  PostgresConnection,
  PostgresListenerClient,
  PostgresPool,
  PostgresPoolConnection,
  PostgresQuery,
  PostgresStoreOptions,
} from './stores/postgres-store.ts';
export { provision, provisionFiles } from './stores/provisioning.ts';
export type { ProvisionOptions } from './stores/provisioning.ts';
export { builtInRoleNames, fixedRoleUid } from './stores/role-names.ts';
export type { BuiltInRoleName } from './stores/role-names.ts';
export type { RoleChange } from './stores/role-steps.ts';
export type { Gate } from './stores/write-rules.ts';
export { builtInRoles } from './core/built-in-roles.ts';
export {
  ApiVersionConflictError,
  BeyondCeilingError,
  BuiltInRoleError,
  ChangedMeanwhileError,
  ReservedRoleError,
  ChangeRefusedError,
  LastAdministratorError,
  NotSupportedError,
  RoleCycleError,
  RoleElsewhereError,
  RoleInUseError,
  RoleNameTakenError,
  RoleNotFoundError,
  RoleVersionConflictError,
} from './core/change-errors.ts';
export { InvalidInputError } from './core/input-error.ts';
export type { ChangeRefusalCode } from './core/change-errors.ts';
export type {
  ApiInput,
  ApiRecord,
  AuditEntry,
  AuditQuery,
  Change,
  ChangeAction,
  ChangeAllOptions,
  ChangedBy,
  Holder,
  InheritedRole,
  OpenedRoleStore,
  Page,
  PageRequest,
  Person,
  PrivilegeInput,
  RestedOn,
  Role,
  RoleAssignment,
  RoleHolder,
  RoleInput,
  RoleQuery,
  RoleStore,
  SubjectQuery,
  SubjectRecord,
} from './core/role-store.ts';
export type { Privilege, PrivilegeChange, PrivilegeSource, PrivilegeStore, Subject } from './core/privilege.ts';
