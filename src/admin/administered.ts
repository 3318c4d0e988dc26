// The options of createAdmin go in, checked and copied; what every row of the table needs of them comes out.

import type { Access } from '../core/access.ts';
import type { Way } from '../core/authorizer.ts';
import {
  checkedDelayMs,
  checkedFunction,
  checkedMembers,
  checkedNumber,
  checkedString,
  expectation,
  isRecord,
} from '../core/options.ts';
import { PermissionCatalogue } from '../core/permission.ts';
import { wayOf } from '../core/public-authorizer.ts';
import type { Authorizer } from '../core/public-authorizer.ts';
import type { RoleStore } from '../core/role-store.ts';
import { checkedOrigins, originOf } from './dashboard/origins.ts';
import { dependableDirectory } from './dependable-directory.ts';
import { dependable } from './dependable-store.ts';
import type { UserDirectory } from './people.ts';
import type { RateLimit } from './rate-limit.ts';

/** What `createAdmin` is told. Everything is checked and copied. */
export interface AdminOptions<AdminName extends string = string, Name extends string = string> {
  /** Who lets callers in: for tokens of the administration's own audience, with `permissions: adminPermissions`. */
  authorizer: Authorizer<AdminName>;
  /** The API's own authorizer: where it is given, a pasted token can be explained. What it is asked is told to its hooks too. */
  apiAuthorizer?: Authorizer<Name>;
  /** The store that is administered, and that the guards of the API read. */
  store: RoleStore;
  /**
   * How long each question to the store, and each change in it, is waited for; then the request is answered 503. A change that was
   * late may be made all the same: to make it once more does no harm. Default: 10,000.
   */
  storeTimeoutMs?: number;
  /** The catalogue of the API whose permissions are assigned. */
  permissions: PermissionCatalogue<Name>;
  /** The identifier of that API: the audience of its tokens. */
  audience: string;
  /** What that API is called. Default: its identifier. */
  name?: string;
  /** Whose users and applications are meant by an id. Default: the only issuer of the authorizer. */
  issuer?: string;
  /**
   * Who knows the users there are. Without it, nobody is unknown, and users have no names. It is waited for as long as the authorizer
   * waits for its store.
   */
  users?: UserDirectory;
  /** The public address of where the handler is mounted, without a slash at its end: for addresses that answers name. */
  url?: string;
  /** The `sub` of who is made administrator where the store has none. */
  firstAdministrator?: string;
  /** For each caller; false: no limit. Default: 50 at once, 16 per second. */
  rateLimit?: RateLimit | false;
  limits?: Partial<EntityLimits>;
  /** Longer bodies are refused, in bytes. Default: 262,144. */
  maxBodyBytes?: number;
  /** How long the body of a request is waited for. Default: 10,000. */
  bodyTimeoutMs?: number;
  /** Reads the provisioning files anew, for whoever asks for it: `(access) => provisionFiles(store, files, { by: access })`. */
  provision?: (access: Access) => unknown;
  /** How long `provision` is waited for; then 503. What was late may be done all the same. Default: 60,000. */
  provisionTimeoutMs?: number;
  /** The dashboard under `/admin`; false (default): there is none. */
  dashboard?: DashboardOptions | false;
  /** Called for what went wrong here and is nobody else's fault. What it throws is ignored. */
  onFault?: (cause: unknown, request: Request) => void;
}

/** How the dashboard signs its users in: authorization code with PKCE (RFC 7636). */
export interface DashboardOptions {
  /** The dashboard's own client id at the issuer: a public client whose redirect address is `<url>/admin/`. */
  clientId: string;
  /** The scopes to ask for. Default: all that the dashboard uses. */
  scope?: string;
  /** Where else than at the issuer's own origin its token endpoint may be: `['https://login.example']`. Default: nowhere. */
  origins?: readonly string[];
  /** Where else than at its own origin the pictures of people may be: `['https://pictures.example']`. Default: nowhere. */
  pictures?: readonly string[];
}

/** How many there may be. */
export interface EntityLimits {
  /** Default: 1000. */
  readonly roles: number;
  /** Default: 1000. */
  readonly permissionsPerApi: number;
  /** Default: 50. */
  readonly rolesPerUser: number;
  /** Default: 1000. */
  readonly permissionsPerUser: number;
  /** Default: 1000. */
  readonly permissionsPerRole: number;
}

/** What there is to administer, and how. */
export interface Administered {
  readonly way: Way;
  readonly store: RoleStore;
  readonly catalogue: PermissionCatalogue;
  /** The API whose permissions `catalogue` holds. */
  readonly api: { readonly identifier: string; readonly name: string };
  /** The audiences of the callers' own tokens: the administration is an API like any other. */
  readonly ownAudience: readonly string[];
  /** The way of the API's own requests. */
  readonly apiAuthorizer: Way | undefined;
  readonly issuer: string;
  readonly users: UserDirectory | undefined;
  readonly url: string | undefined;
  readonly firstAdministrator: string | undefined;
  readonly rateLimit: RateLimit | undefined;
  readonly limits: EntityLimits;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly provision: ((access: Access) => unknown) | undefined;
  readonly provisionTimeoutMs: number;
  readonly dashboard: Dashboard | undefined;
  readonly onFault: ((cause: unknown, request: Request) => void) | undefined;
}

/** The dashboard, and which origins its page may turn to. */
export interface Dashboard {
  readonly clientId: string;
  readonly scope: string | undefined;
  /** The issuer's, and those of its endpoints. */
  readonly origins: readonly string[];
  readonly pictures: readonly string[];
}

const known = [
  'authorizer',
  'apiAuthorizer',
  'store',
  'storeTimeoutMs',
  'permissions',
  'audience',
  'name',
  'issuer',
  'users',
  'url',
  'firstAdministrator',
  'rateLimit',
  'limits',
  'maxBodyBytes',
  'bodyTimeoutMs',
  'provision',
  'provisionTimeoutMs',
  'dashboard',
  'onFault',
] as const satisfies readonly (keyof AdminOptions)[];

/** @throws TypeError when an option is unknown, missing, or not of its type. */
export function administeredBy(options: unknown): Administered {
  const given = checkedMembers(options, 'options', known);
  const way = isRecord(given.authorizer) ? wayOf(given.authorizer) : undefined;
  if (way === undefined) throw expectation('authorizer', 'made by createAuthorizer', given.authorizer);
  const { permissions: catalogue } = given;
  if (!(catalogue instanceof PermissionCatalogue)) {
    throw expectation('permissions', 'a catalogue made by definePermissions', catalogue);
  }
  const identifier = checkedString(given.audience, 'audience');
  const { issuer, ownAudience } = checkedIssuer(given.issuer, way);
  return Object.freeze({
    way,
    store: dependable(checkedStore(given.store, way), {
      timeoutMs: checkedDelayMs(given.storeTimeoutMs, 'storeTimeoutMs', 10_000),
      catalogue,
    }),
    catalogue,
    api: { identifier, name: given.name === undefined ? identifier : checkedString(given.name, 'name') },
    ownAudience,
    apiAuthorizer: checkedApiAuthorizer(given.apiAuthorizer),
    issuer,
    users: checkedDirectory(given.users, way),
    url: checkedUrl(given.url),
    firstAdministrator: checkedOptional(given.firstAdministrator, 'firstAdministrator'),
    rateLimit: checkedRate(given.rateLimit),
    limits: checkedLimits(given.limits),
    maxBodyBytes: checkedNumber(given.maxBodyBytes, 'maxBodyBytes', 262_144, { atLeast: 1, atMost: 64 * 1024 * 1024 }),
    bodyTimeoutMs: checkedDelayMs(given.bodyTimeoutMs, 'bodyTimeoutMs', 10_000),
    provision: checkedFunction<(access: Access) => unknown>(given.provision, 'provision'),
    provisionTimeoutMs: checkedDelayMs(given.provisionTimeoutMs, 'provisionTimeoutMs', 60_000),
    dashboard: checkedDashboard(given.dashboard, issuer),
    onFault: checkedFunction<(cause: unknown, request: Request) => void>(given.onFault, 'onFault'),
  });
}

function checkedApiAuthorizer(value: unknown): Way | undefined {
  if (value === undefined) return undefined;
  const way = isRecord(value) ? wayOf(value) : undefined;
  if (way === undefined) throw expectation('apiAuthorizer', 'made by createAuthorizer', value);
  return way;
}

function checkedOptional(value: unknown, name: string): string | undefined {
  return value === undefined ? undefined : checkedString(value, name);
}

// All that is asked of it: what is missing would else be found by a request.
const needed = [
  'privilegesOf',
  'grant',
  'revoke',
  'assign',
  'deassign',
  'putRole',
  'deleteRole',
  'putApi',
  'changeAll',
  'delegatable',
  'role',
  'roles',
  'subject',
  'subjects',
  'holdersOf',
  'holdersOfRole',
  'api',
  'apis',
  'revision',
  'audit',
] as const satisfies readonly (keyof RoleStore)[];

function checkedStore(value: unknown, { settings }: Way): RoleStore {
  const isRoleStore = isRecord(value) && needed.every((name) => typeof value[name] === 'function');
  if (!isRoleStore) throw expectation('store', 'a store that can be administered', value);
  const store = value as unknown as RoleStore;
  if (store.dialect !== undefined && store.dialect !== settings.dialect.name) {
    throw expectation('store', `one that reads patterns as the authorizer does ('${settings.dialect.name}')`, value);
  }
  return store;
}

function checkedIssuer(value: unknown, { settings }: Way): { issuer: string; ownAudience: readonly string[] } {
  const { issuers } = settings;
  if (typeof issuers === 'function') {
    if (value === undefined) throw expectation('issuer', 'given, since a function finds the issuers', value);
    return { issuer: checkedString(value, 'issuer'), ownAudience: [] };
  }
  const names = [...issuers.keys()];
  if (value === undefined && names.length > 1) {
    throw expectation('issuer', 'given, since the authorizer has several', value);
  }
  const issuer = value === undefined ? (names[0] as string) : checkedString(value, 'issuer');
  const trusted = issuers.get(issuer);
  if (trusted === undefined) throw expectation('issuer', 'one of the authorizer', value);
  return { issuer, ownAudience: trusted.audience ?? [] };
}

function checkedDirectory(value: unknown, { settings }: Way): UserDirectory | undefined {
  if (value === undefined) return undefined;
  const isDirectory = isRecord(value) && typeof value['byIds'] === 'function' && typeof value['list'] === 'function';
  if (!isDirectory) throw expectation('users', 'a directory with the methods `byIds` and `list`', value);
  return dependableDirectory(value as unknown as UserDirectory, settings.storeTimeoutMs);
}

function checkedUrl(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = checkedString(value, 'url');
  const isAddress = /^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/.test(text) && !text.endsWith('/') && URL.canParse(text);
  if (!isAddress) throw expectation('url', 'an http(s) address without query and without a slash at its end', value);
  return text;
}

function checkedRate(value: unknown): RateLimit | undefined {
  if (value === false) return undefined;
  const { burst, perSecond } = checkedMembers(value === undefined ? {} : value, 'rateLimit', ['burst', 'perSecond']);
  return Object.freeze({
    burst: checkedNumber(burst, 'rateLimit.burst', 50, { atLeast: 1 }),
    perSecond: checkedNumber(perSecond, 'rateLimit.perSecond', 16, { atLeast: 0.001 }),
  });
}

const usual: EntityLimits = {
  roles: 1000,
  permissionsPerApi: 1000,
  rolesPerUser: 50,
  permissionsPerUser: 1000,
  permissionsPerRole: 1000,
};

function checkedLimits(value: unknown): EntityLimits {
  const names = Object.keys(usual) as (keyof EntityLimits)[];
  const given = checkedMembers(value === undefined ? {} : value, 'limits', names);
  const limits = names.map((name) => [
    name,
    checkedNumber(given[name], `limits.${name}`, usual[name], { atLeast: 1, atMost: 100_000 }),
  ]);
  return Object.freeze(Object.fromEntries(limits) as Record<keyof EntityLimits, number>);
}

function checkedDashboard(value: unknown, issuer: string): Dashboard | undefined {
  if (value === undefined || value === false) return undefined;
  const given = checkedMembers(value, 'dashboard', ['clientId', 'scope', 'origins', 'pictures']);
  return Object.freeze({
    clientId: checkedString(given.clientId, 'dashboard.clientId'),
    scope: checkedOptional(given.scope, 'dashboard.scope'),
    origins: Object.freeze([originOf(issuer, 'issuer'), ...checkedOrigins(given.origins, 'dashboard.origins')]),
    pictures: checkedOrigins(given.pictures, 'dashboard.pictures'),
  });
}
