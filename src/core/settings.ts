// The options of an authorizer go in, checked and copied settings come out, or a TypeError that names the option.

import type {
  AuthorizerOptions,
  BringYourOwnVerifier,
  ClaimReader,
  ClaimReaders,
  KeyEvent,
} from './authorizer-options.ts';
import type { BearerSettings } from './bearer.ts';
import { checkedEventSubjects } from './decision-events.ts';
import type { DecisionEvent, EventSubjects } from './decision-events.ts';
import { checkPatternsOf, dialectOf } from './dialects.ts';
import { checkedScopePermissions } from './effective.ts';
import type { ScopePermissions } from './delegation.ts';
import { trustedIssuers } from './issuer-settings.ts';
import {
  checkedBoolean,
  checkedChoice,
  checkedDelayMs,
  checkedFunction,
  checkedMembers,
  checkedNumber,
  checkedString,
  checkedStrings,
  expectation,
} from './options.ts';
import { ownName } from './own-names.ts';
import { isScopeToken, openIdScopes, PermissionCatalogue } from './permission.ts';
import type { PrivilegeStore } from './privilege.ts';
import { checkedResolvers } from './resolving.ts';
import type { Resolvers } from './resolving.ts';
import type { ResourceDialect } from './resource.ts';
import { checkedRules } from './rules.ts';
import type { AccessRule } from './rules.ts';
import { checkedRoleNames } from './token-roles.ts';
import type { RoleNames } from './token-roles.ts';
import type { Claims, TokenRules, TrustedIssuers } from './token.ts';
import type { Warning } from './warnings.ts';

/** Options that have been checked and copied. */
export interface Settings {
  readonly issuers: TrustedIssuers;
  readonly claims: Readonly<ClaimReaders>;
  readonly catalogue: PermissionCatalogue | undefined;
  readonly store: PrivilegeStore | undefined;
  readonly storeTimeoutMs: number;
  readonly permissionsClaim: 'grants' | 'limits' | 'ignored';
  readonly clientPrivileges: 'issuer' | 'store';
  readonly trustScopes: boolean;
  readonly scopePermissions: ScopePermissions;
  readonly roleNames: RoleNames | undefined;
  readonly tokenRules: TokenRules;
  readonly rules: readonly AccessRule[] | undefined;
  readonly bearer: BearerSettings;
  readonly maxTokenBytes: number;
  readonly dialect: ResourceDialect;
  readonly resolvers: Resolvers | undefined;
  readonly verifier: BringYourOwnVerifier | undefined;
  readonly tokenCache: { readonly maxEntries: number; readonly maxBytes: number } | undefined;
  readonly isRevoked: ((claims: Claims) => unknown) | undefined;
  readonly onWarning: ((warning: Warning) => void) | undefined;
  readonly onKeys: ((event: KeyEvent) => void) | undefined;
  readonly onDecision: ((event: DecisionEvent) => void) | undefined;
  readonly eventSubjects: EventSubjects;
  readonly onRefused: AuthorizerOptions['onRefused'];
}

const known = [
  'issuer',
  'audience',
  'clients',
  'claims',
  'permissions',
  'store',
  'storeTimeoutMs',
  'permissionsClaim',
  'clientPrivileges',
  'trustScopes',
  'firstPartyClients',
  'scopePermissions',
  'roleNames',
  'profile',
  'bearer',
  'clockToleranceSeconds',
  'maxTokenBytes',
  'dialect',
  'resolvers',
  'rules',
  'verifier',
  'tokenCache',
  'isRevoked',
  'onWarning',
  'onKeys',
  'onDecision',
  'eventSubjects',
  'onRefused',
] as const satisfies readonly (keyof AuthorizerOptions)[];

/** @throws TypeError when an option is unknown, missing, or not of its type. */
export function readSettings(options: unknown): Settings {
  const given = checkedMembers(options, 'options', known);
  const dialect = dialectOf(given.dialect);
  const catalogue = checkedCatalogue(given.permissions);
  checkPatternsOf(catalogue, dialect);
  const verifier = checkedFunction<BringYourOwnVerifier>(given.verifier, 'verifier');
  const settings: Settings = {
    issuers: trustedIssuers(given, verifier !== undefined),
    claims: checkedClaims(given.claims),
    catalogue,
    store: checkedStore(given.store),
    storeTimeoutMs: checkedDelayMs(given.storeTimeoutMs, 'storeTimeoutMs', 2000),
    permissionsClaim: checkedChoice(given.permissionsClaim, 'permissionsClaim', ['grants', 'limits', 'ignored']),
    clientPrivileges: checkedChoice(given.clientPrivileges, 'clientPrivileges', ['issuer', 'store']),
    trustScopes: checkedBoolean(given.trustScopes, 'trustScopes', false),
    scopePermissions: checkedCoarseScopes(given.scopePermissions, catalogue),
    roleNames: checkedRoleNames(given.roleNames),
    tokenRules: Object.freeze({
      profile: checkedChoice(given.profile, 'profile', ['lenient', 'rfc9068']),
      clockToleranceSeconds: checkedNumber(given.clockToleranceSeconds, 'clockToleranceSeconds', 5, {
        atLeast: 0,
        atMost: 3600,
      }),
    }),
    rules: checkedRules(given.rules),
    bearer: checkedBearer(given.bearer, verifier),
    maxTokenBytes: checkedNumber(given.maxTokenBytes, 'maxTokenBytes', 8192, { atLeast: 1, atMost: 1024 * 1024 }),
    dialect,
    resolvers: checkedResolvers(given.resolvers),
    verifier,
    tokenCache: checkedTokenCache(given.tokenCache),
    isRevoked: checkedFunction(given.isRevoked, 'isRevoked'),
    onWarning: checkedFunction(given.onWarning, 'onWarning'),
    onKeys: checkedFunction(given.onKeys, 'onKeys'),
    onDecision: checkedFunction(given.onDecision, 'onDecision'),
    eventSubjects: checkedEventSubjects(given.eventSubjects),
    onRefused: checkedFunction(given.onRefused, 'onRefused'),
  };
  checkTogether(settings);
  return Object.freeze(settings);
}

// What each option allows alone and two of them do not allow together.
function checkTogether(settings: Settings): void {
  const { store, trustScopes, permissionsClaim, clientPrivileges, issuers, roleNames, claims, dialect } = settings;
  if (store !== undefined && trustScopes) throw expectation('trustScopes', 'false beside a store', trustScopes);
  if (store === undefined && permissionsClaim === 'limits') {
    throw expectation('store', "given where `permissionsClaim` is 'limits'", store);
  }
  if (store === undefined && clientPrivileges === 'store') {
    throw expectation('store', "given where `clientPrivileges` is 'store'", store);
  }
  if ((roleNames === undefined) !== (claims.roles === undefined)) {
    throw expectation('roleNames', 'given where `claims.roles` is, and only there', roleNames && 'given');
  }
  if (roleNames !== undefined && store?.privilegesOfRole === undefined) {
    throw expectation('store', 'one that knows roles (`privilegesOfRole`), since there are `roleNames`', store);
  }
  if (roleNames !== undefined && permissionsClaim === 'limits') {
    throw expectation('permissionsClaim', "'grants' or 'ignored' where there are `roleNames`", permissionsClaim);
  }
  if (store?.dialect !== undefined && store.dialect !== dialect.name) {
    throw expectation('dialect', `'${store.dialect}', as the store reads patterns`, dialect.name);
  }
  if (store?.holdsForAnyIssuer === true && (typeof issuers === 'function' || issuers.size > 1)) {
    throw expectation('store', 'bound to an issuer, since there are several', store);
  }
}

function checkedCatalogue(value: unknown): PermissionCatalogue | undefined {
  if (value === undefined || value instanceof PermissionCatalogue) return value;
  throw expectation('permissions', 'a catalogue made by definePermissions', value);
}

function checkedStore(value: unknown): PrivilegeStore | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || typeof (value as PrivilegeStore).privilegesOf !== 'function') {
    throw expectation('store', 'a store with a method `privilegesOf`', value);
  }
  return value as PrivilegeStore;
}

function checkedClaims(value: unknown): Readonly<ClaimReaders> {
  if (value === undefined) return Object.freeze({});
  const readers = checkedMembers(value, 'claims', [
    'scope',
    'permissions',
    'roles',
    'client',
    'organization',
    'machine',
  ]);
  const copies = Object.entries(readers).filter(([, reader]) => reader !== undefined);
  return Object.freeze(
    Object.fromEntries(copies.map(([name, reader]) => [name, checkedReader(reader, `claims.${name}`)])),
  );
}

function checkedReader(value: unknown, name: string): ClaimReader {
  if (typeof value === 'function') return value as ClaimReader;
  return Array.isArray(value) ? checkedStrings(value, name) : checkedString(value, name);
}

function checkedCoarseScopes(value: unknown, catalogue: PermissionCatalogue | undefined): ScopePermissions {
  const coarse = checkedScopePermissions(value);
  for (const [scope, names] of coarse) {
    if (!isScopeToken(scope)) throw expectation('scopePermissions', 'made of scopes (RFC 6749 section 3.3)', scope);
    if (openIdScopes.has(scope)) throw expectation('scopePermissions', 'free of OpenID scopes', scope);
    const unknown = names.find((name) => catalogue !== undefined && catalogue.nameOf(name) === undefined);
    if (unknown !== undefined) {
      throw expectation(`scopePermissions['${scope}']`, 'permissions of the catalogue', unknown);
    }
  }
  return new Map([...coarse].map(([scope, names]) => [scope, names.map((name) => ownName(name, catalogue))]));
}

function checkedBearer(value: unknown, verifier: BringYourOwnVerifier | undefined): BearerSettings {
  const dpop = takesDPoP(verifier);
  if (value === undefined) return Object.freeze({ query: false, form: false, dpop });
  const { query, form } = checkedMembers(value, 'bearer', ['query', 'form']);
  return Object.freeze({
    dpop,
    query: checkedBoolean(query, 'bearer.query', false),
    form: checkedBoolean(form, 'bearer.form', false),
  });
}

function takesDPoP(verifier: BringYourOwnVerifier | undefined): boolean {
  if (verifier?.schemes === undefined) return false;
  const schemes = checkedStrings(verifier.schemes, 'verifier.schemes');
  const other = schemes.find((scheme) => scheme !== 'Bearer' && scheme !== 'DPoP');
  if (other !== undefined) throw expectation('verifier.schemes', "made of 'Bearer' and 'DPoP'", other);
  return schemes.includes('DPoP');
}

function checkedTokenCache(value: unknown): Settings['tokenCache'] {
  if (value === false) return undefined;
  const { maxEntries, maxBytes } = checkedMembers(value === undefined ? {} : value, 'tokenCache', [
    'maxEntries',
    'maxBytes',
  ]);
  return Object.freeze({
    maxEntries: Math.floor(
      checkedNumber(maxEntries, 'tokenCache.maxEntries', 10_000, { atLeast: 1, atMost: 10_000_000 }),
    ),
    maxBytes: Math.floor(
      checkedNumber(maxBytes, 'tokenCache.maxBytes', 32 * 1024 * 1024, { atLeast: 1, atMost: 2 ** 40 }),
    ),
  });
}
