// 'rightful/stores': where privileges are kept.

export { memoryStore } from './stores/memory-store.ts';
export type {
  MemoryPrivilege,
  MemoryRoleAssignment,
  MemoryStoreOptions,
  MemorySubject,
} from './stores/memory-store.ts';
export type { Privilege, PrivilegeChange, PrivilegeSource, PrivilegeStore, Subject } from './core/privilege.ts';
