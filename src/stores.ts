// 'rightful/stores': where privileges are kept.

export { withCache } from './stores/cache.ts';
export type { CachedStore, CacheOptions, CacheStatistics } from './stores/cache.ts';
export { memoryStore } from './stores/memory-store.ts';
export type {
  MemoryPrivilege,
  MemoryRoleAssignment,
  MemoryStoreOptions,
  MemorySubject,
} from './stores/memory-store.ts';
export type { Privilege, PrivilegeChange, PrivilegeSource, PrivilegeStore, Subject } from './core/privilege.ts';
