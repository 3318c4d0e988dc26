// 'rightful/testing': tokens that are really signed, an Access without a token, and the contract of a store, for the tests of
// an application.

export { privilegeStoreCases } from './testing/privilege-store-cases.ts';
export type { PrivilegeStoreCasesOptions, StoreCase } from './testing/privilege-store-cases.ts';
export type { CreatedStore, CreateStore, HeldIssuers } from './testing/privilege-store-cases-scene.ts';
export type { SeedAssignment, SeedRole, SeedSubject, StoreSeed } from './testing/privilege-store-cases-seed.ts';
export { roleStoreCases } from './testing/role-store-cases.ts';
export type { RoleStoreCasesOptions } from './testing/role-store-cases.ts';
export type { CreatedRoleStore, CreateRoleStore, Reopen } from './testing/role-store-cases-scene.ts';
export { createTestAccess } from './testing/test-access.ts';
export type { TestAccessOptions } from './testing/test-access.ts';
export { createTestIssuer } from './testing/test-issuer.ts';
export type { TestIssuer, TestIssuerOptions } from './testing/test-issuer.ts';
