// 'rightful/stores': where privileges are kept.

export { auth0Store, TenantRefusedError } from './stores/auth0-store.ts';
export type { Auth0Store, Auth0StoreOptions } from './stores/auth0-store.ts';
export { withCache } from './stores/cache.ts';
export type { CachedStore, CacheOptions, CacheStatistics } from './stores/cache.ts';
export { memoryStore } from './stores/memory-store.ts';
export type {
  MemoryApi,
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
export { builtInRoles } from './core/built-in-roles.ts';
export {
  BeyondCeilingError,
  BuiltInRoleError,
  ChangeRefusedError,
  NotSupportedError,
  RoleCycleError,
  RoleElsewhereError,
  RoleInUseError,
  RoleNameTakenError,
  RoleNotFoundError,
  RoleVersionConflictError,
} from './core/change-errors.ts';
export type { ChangeRefusalCode } from './core/change-errors.ts';
export type {
  ApiRecord,
  AuditEntry,
  AuditQuery,
  ChangeAction,
  ChangedBy,
  Holder,
  InheritedRole,
  Page,
  PageRequest,
  Person,
  PrivilegeInput,
  Role,
  RoleAssignment,
  RoleHolder,
  RoleInput,
  RoleQuery,
  RoleStore,
  SubjectRecord,
} from './core/role-store.ts';
export type { Privilege, PrivilegeChange, PrivilegeSource, PrivilegeStore, Subject } from './core/privilege.ts';
