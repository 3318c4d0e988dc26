// 'rightful': the permissions of an API, what a route asks, and who decides. The framework doors stand beside this one.

export type { Access } from './core/access.ts';
export { accessControlPermissions, accessControlResources } from './core/access-control-permissions.ts';
export type { DecisionContext } from './core/asking.ts';
export type { Decision, Reason } from './core/decision.ts';
export type { DecisionEvent, RedactedSubject } from './core/decision-events.ts';
export { effectivePermissions } from './core/effective.ts';
export type { EffectivePermissionsInput } from './core/effective.ts';
export {
  AccessError,
  InsufficientPrivilegeError,
  InsufficientScopeError,
  InvalidRequestError,
  InvalidTokenError,
  MissingTokenError,
  NotFoundError,
  PolicyRefusedError,
  UnavailableError,
} from './core/errors.ts';
export type { AccessErrorOptions, Missing, RefusalCode } from './core/errors.ts';
export type {
  FindIssuer,
  IssuerOptions,
  KeySetIssuerOptions,
  RemoteIssuerOptions,
  SecretIssuerOptions,
} from './core/issuer-settings.ts';
export { checker, filterFor, ListFilter } from './core/list-filter.ts';
export type { SqlCondition, SqlOptions } from './core/list-filter.ts';
export { definePermissions, PermissionCatalogue } from './core/permission.ts';
export type { PermissionDefinition, PermissionEntry, PermissionOf } from './core/permission.ts';
export { PermissionSet } from './core/permission-set.ts';
export type { PermissionSetOptions } from './core/permission-set.ts';
export type { Privilege, PrivilegeChange, PrivilegeSource, PrivilegeStore, Subject } from './core/privilege.ts';
export { Authorizer } from './core/public-authorizer.ts';
export type { RefusalBody } from './core/refusal.ts';
export { allOf, anyOf, anywhere, inOrganization, on, policy } from './core/requirement.ts';
export type {
  AllOfRequirement,
  AnyOfRequirement,
  AnywhereRequirement,
  InOrganizationRequirement,
  NamesIn,
  OnRequirement,
  PolicyRequirement,
  PolicyTest,
  Requirement,
} from './core/requirement.ts';
export type { Dialect } from './core/resource.ts';
export type { AccessRule, RuleVerdict } from './core/rules.ts';
export { assertSafeId } from './core/safe-id.ts';
export type { ResourceResolver, ResolverContext, ResourceResolution } from './core/resolving.ts';
export type {
  AuthorizerOptions,
  BringYourOwnVerifier,
  ClaimReader,
  ClaimReaders,
  KeyEvent,
} from './core/authorizer-options.ts';
export type { AccessRequest, Claims, JoseHeader, RequestHeaders, TokenStatistics } from './core/token.ts';
export type { Warning } from './core/warnings.ts';
export { createAuthorizer } from './issuer/create-authorizer.ts';
export { authzenPolicy } from './decisions/authzen-policy.ts';
export type { AuthzenPolicyOptions } from './decisions/authzen-policy.ts';
export type { HeadersToSend } from './decisions/point-headers.ts';
export type { AuthzenAction, AuthzenEntity, OfRequest, PolicyQuestion } from './decisions/policy-question.ts';
