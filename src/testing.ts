// 'rightful/testing': tokens that are really signed, and an Access without a token, for the tests of an application.

export { createTestAccess } from './testing/test-access.ts';
export type { TestAccessOptions } from './testing/test-access.ts';
export { createTestIssuer } from './testing/test-issuer.ts';
export type { TestIssuer, TestIssuerOptions } from './testing/test-issuer.ts';
