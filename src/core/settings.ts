// The options of an authorizer go in, checked and copied settings come out, or a TypeError that names the option.

import type { BearerSettings } from './bearer.ts';
import type { Decision } from './decision.ts';
import { checkPatternsOf, dialectOf } from './dialects.ts';
import { checkedScopePermissions } from './effective.ts';
import type { ScopePermissions } from './delegation.ts';
import type { AccessError } from './errors.ts';
import { trustedIssuers } from './issuer-settings.ts';
import type { FindIssuer, IssuerOptions } from './issuer-settings.ts';
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
import type { PrivilegeStore, Subject } from './privilege.ts';
import type { Requirement } from './requirement.ts';
import { checkedResolvers } from './resolving.ts';
import type { ResourceResolver, Resolvers } from './resolving.ts';
import type { Dialect, ResourceDialect } from './resource.ts';
import type { AccessRequest, Claims, JoseHeader, TokenRules, TrustedIssuers } from './token.ts';
import type { Warning } from './warnings.ts';

/** One claim's exact name, a path into nested claims, or a function of the frozen claims (a throw: invalid token). */
export type ClaimReader = string | readonly string[] | ((claims: Claims) => unknown);

/** Where a provider keeps things; each member replaces the default. */
export interface ClaimReaders {
  /** Default: `scope`, or `scp` where that is absent. */
  scope?: ClaimReader;
  /** Default: `permissions`. */
  permissions?: ClaimReader;
  /** Default: the first there is of `client_id`, `azp`, `cid`, `appid`. */
  client?: ClaimReader;
  /** Default: `org_id`. */
  organization?: ClaimReader;
  /** Whether the token acts for a machine: only `true` says so. Default: what the large providers' tokens say. */
  machine?: ClaimReader;
}

/** An application's own verifier of tokens. */
export type BringYourOwnVerifier = (
  token: string,
  request: AccessRequest,
) => Promise<{ claims: Claims; header?: JoseHeader; confirmed?: boolean }>;

/** What a fetch of an issuer's keys came to: what `onKeys` is told. */
export interface KeyEvent {
  readonly issuer: string;
  /** `changed`: other keys than before, also the first; `unchanged`: the same; `failed`: the old ones serve on, if any. */
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  readonly durationMs: number;
  /** The `kid`s that are now known; undefined for a key without one. */
  readonly keyIds: readonly (string | undefined)[];
  /** What went wrong. */
  readonly error?: unknown;
  /** What is wrong with the issuer's metadata, where the keys came from the address that it named before. */
  readonly metadataError?: unknown;
}

/** What `onDecision` is told. */
export interface DecisionEvent {
  readonly decision: Decision;
  readonly requirement: Requirement;
  readonly subject: Readonly<Subject>;
  readonly request: unknown;
}

/** How `createAuthorizer` is told what to accept and where privileges come from. Everything is checked and copied. */
export interface AuthorizerOptions<Name extends string = string> {
  /**
   * Whose tokens are accepted: an issuer identifier, compared as given, or what is known of it, or several. A function finds
   * them by the `iss` of a token that nothing has verified yet, which is a stranger's text: compare it whole. It is asked
   * before any fetch; up to a thousand issuers whose tokens verified are kept, for up to five minutes each.
   */
  issuer: string | IssuerOptions | readonly (string | IssuerOptions)[] | FindIssuer;
  /** The identifiers of this API, one of which `aud` must name; null: tokens have no `aud`, which needs `clients`. */
  audience?: string | readonly string[] | null;
  /** The only clients whose tokens are accepted. */
  clients?: readonly string[];
  claims?: ClaimReaders;
  /** The catalogue: with it, a requirement that names anything else does not compile, and throws when it is made. */
  permissions?: PermissionCatalogue<Name>;
  store?: PrivilegeStore;
  /** How long the store, `isRevoked`, `verifier` and a function for `issuer` may take each, in milliseconds. Default: 2000. */
  storeTimeoutMs?: number;
  /**
   * What the token's `permissions` claim does: `grants` (default) adds to the store's privileges, `limits` cuts them to what
   * it names, `ignored` leaves them as they are.
   */
  permissionsClaim?: 'grants' | 'limits' | 'ignored';
  /** Who assigns permissions to machines: the `issuer` (default) by scopes, with the store's beside them, or the `store` alone. */
  clientPrivileges?: 'issuer' | 'store';
  /** Without a store and without a `permissions` claim, take the scopes as privileges too. Default: false. */
  trustScopes?: boolean;
  /** Clients of the API's owner, whose users delegate everything implicitly. With several issuers: inside each issuer. */
  firstPartyClients?: readonly string[];
  /** The permissions that coarse scopes delegate beside the one of their own name. */
  scopePermissions?: Readonly<Record<string, readonly NoInfer<Name>[]>>;
  /** `lenient` (default): `typ` may also be `JWT` or absent; `rfc9068`: all that RFC 9068 section 4 asks. */
  profile?: 'lenient' | 'rfc9068';
  /** Where tokens may stand beside the `Authorization` header. Default: nowhere (RFC 9700 section 4.3.2). */
  bearer?: { query?: boolean; form?: boolean };
  /** How far the issuer's clock may be off, in seconds; at most an hour. Default: 5. */
  clockToleranceSeconds?: number;
  /** Longer tokens are refused unread, in bytes; at most 1 MiB. Default: 8192. */
  maxTokenBytes?: number;
  /** How resource patterns are read, in the store and in the catalogue. Default: `prefix`. */
  dialect?: Dialect;
  /**
   * Who knows the other names of resources, by what the resources begin with: `'datasources:name:'`. Asked for guards and
   * `decide`, where the name that a requirement spells does not settle it; `access.can` looks at that name alone.
   */
  resolvers?: Readonly<Record<string, ResourceResolver['resolve'] | ResourceResolver>>;
  /** Verifies tokens in place of the built-in verifier. `iss`, `aud`, `exp` and `nbf` are checked again. */
  verifier?: BringYourOwnVerifier;
  /**
   * How many verified tokens are remembered; false: none. Each use asks clock and keys again. Once there is no room left, a
   * token is remembered from its second use on. Default: 10,000 tokens, and 32 MiB of them with their claims, as an estimate.
   */
  tokenCache?: { maxEntries?: number; maxBytes?: number } | false;
  /**
   * Whether a token that verifies has been taken back, for instance by its `iss` and `jti`. Asked on each request, remembered
   * or not; a throw, an answer other than true or false, and one later than `storeTimeoutMs` are a 503.
   */
  isRevoked?: (claims: Claims) => boolean | Promise<boolean>;
  /** Called once for each thing that works and should be put right. What it throws is ignored. */
  onWarning?: (warning: Warning) => void;
  /** Called after each fetch of an issuer's keys. What it throws is ignored. */
  onKeys?: (event: KeyEvent) => void;
  /** Called after each decision. What it throws is ignored. */
  onDecision?: (event: DecisionEvent) => void;
  /** Called for each refusal, with the cause that the client is not told. What it throws is ignored. */
  onRefused?: (error: AccessError, request: unknown) => void;
}

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
  readonly rules: TokenRules;
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
  readonly onRefused: ((error: AccessError, request: unknown) => void) | undefined;
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
  'profile',
  'bearer',
  'clockToleranceSeconds',
  'maxTokenBytes',
  'dialect',
  'resolvers',
  'verifier',
  'tokenCache',
  'isRevoked',
  'onWarning',
  'onKeys',
  'onDecision',
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
    rules: Object.freeze({
      profile: checkedChoice(given.profile, 'profile', ['lenient', 'rfc9068']),
      clockToleranceSeconds: checkedNumber(given.clockToleranceSeconds, 'clockToleranceSeconds', 5, {
        atLeast: 0,
        atMost: 3600,
      }),
    }),
    bearer: checkedBearer(given.bearer),
    maxTokenBytes: checkedNumber(given.maxTokenBytes, 'maxTokenBytes', 8192, { atLeast: 1, atMost: 1024 * 1024 }),
    dialect,
    resolvers: checkedResolvers(given.resolvers),
    verifier,
    tokenCache: checkedTokenCache(given.tokenCache),
    isRevoked: checkedFunction(given.isRevoked, 'isRevoked'),
    onWarning: checkedFunction(given.onWarning, 'onWarning'),
    onKeys: checkedFunction(given.onKeys, 'onKeys'),
    onDecision: checkedFunction(given.onDecision, 'onDecision'),
    onRefused: checkedFunction(given.onRefused, 'onRefused'),
  };
  checkTogether(settings);
  return Object.freeze(settings);
}

// What each option allows alone and two of them do not allow together.
function checkTogether({ store, trustScopes, permissionsClaim, clientPrivileges, issuers }: Settings): void {
  if (store !== undefined && trustScopes) throw expectation('trustScopes', 'false beside a store', trustScopes);
  if (store === undefined && permissionsClaim === 'limits') {
    throw expectation('store', "given where `permissionsClaim` is 'limits'", store);
  }
  if (store === undefined && clientPrivileges === 'store') {
    throw expectation('store', "given where `clientPrivileges` is 'store'", store);
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
  const readers = checkedMembers(value, 'claims', ['scope', 'permissions', 'client', 'organization', 'machine']);
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

function checkedBearer(value: unknown): BearerSettings {
  if (value === undefined) return Object.freeze({ query: false, form: false });
  const { query, form } = checkedMembers(value, 'bearer', ['query', 'form']);
  return Object.freeze({
    query: checkedBoolean(query, 'bearer.query', false),
    form: checkedBoolean(form, 'bearer.form', false),
  });
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
