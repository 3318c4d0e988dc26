// Verified claims go in, what they say comes out: who the subject is, which application sent the request, which scopes it
// was given and which permissions the issuer assigned (RFC 9068 section 2.2, RFC 7519 section 4.1).

import { ownClaim } from './claims.ts';
import { scopesIn } from './delegation.ts';
import type { Delegated } from './delegation.ts';
import { AccessError, InvalidTokenError } from './errors.ts';
import { isPromise } from './next.ts';
import { expectation, isRecord } from './options.ts';
import { openIdScopes } from './permission.ts';
import type { Subject } from './privilege.ts';
import type { ClaimReader } from './authorizer-options.ts';
import type { Settings } from './settings.ts';
import type { SharedNames } from './shared-names.ts';
import type { Claims, IssuerSettings } from './token.ts';
import { noRoles, rolesNamed } from './token-roles.ts';

/** What a token says, before any store is asked. */
export interface Credentials {
  readonly claims: Claims;
  readonly subject: Readonly<Subject>;
  readonly client: string | undefined;
  readonly machine: boolean;
  readonly scopes: ReadonlySet<string>;
  /** Whether the token has any claim for scopes, readable or not. */
  readonly saysScopes: boolean;
  /** The names in the `permissions` claim; undefined: there is no such claim. */
  readonly claimed: ReadonlySet<string> | undefined;
  /** The uids of the store's roles that the token names. */
  readonly roles: readonly string[];
  /** The permissions that the scopes, or the client being the API's own, delegate. */
  readonly delegated: Delegated;
  readonly issuer: IssuerSettings;
  /** Whether it acts in another organization than the token is bound to: there nothing counts that the token itself assigns. */
  readonly elsewhere: boolean;
}

/** The same in that organization; undefined: in none. A token that is bound to none is at home in all. */
export function credentialsIn(credentials: Credentials, organization: string | undefined): Credentials {
  const { organization: bound, ...subject } = credentials.subject;
  if (bound === organization) return credentials;
  return Object.freeze({
    ...credentials,
    subject: Object.freeze({ ...subject, ...(organization !== undefined && { organization }) }),
    elsewhere: credentials.elsewhere || bound !== undefined,
    roles: bound === undefined ? credentials.roles : noRoles,
  });
}

/** @throws InvalidTokenError when a claim that says who or which client it is cannot be read. */
export function readCredentials(
  claims: Claims,
  issuer: IssuerSettings,
  settings: Settings,
  names: SharedNames,
): Credentials {
  try {
    return credentialsOf(claims, issuer, settings, names);
  } catch (cause) {
    if (cause instanceof AccessError) throw cause;
    throw new InvalidTokenError(undefined, { cause }); // A claim reader of the application threw
  }
}

function credentialsOf(claims: Claims, issuer: IssuerSettings, settings: Settings, names: SharedNames): Credentials {
  const client = clientOf(claims, settings);
  if (issuer.clients !== undefined && (client === undefined || !issuer.clients.has(client))) throw unusable('client');
  const plain = scopeClaim(claims, settings);
  const machine = isMachine(claims, client, plain, settings);
  // Entra's application tokens carry `roles` in place of scopes
  const said = plain === absent && machine && settings.claims.scope === undefined ? own(claims, 'roles') : plain;
  const { scopes, delegated } = names.scopesIn(said === absent ? '' : said);
  const saysScopes = said !== absent;
  return Object.freeze({
    claims,
    subject: subjectOf(claims, client, machine, issuer, settings),
    client,
    machine,
    scopes,
    saysScopes,
    claimed: claimedPermissions(claims, settings, names),
    roles: machine ? noRoles : claimedRoles(claims, settings),
    delegated: implicitlyDelegated() ? undefined : delegated,
    issuer,
    elsewhere: false,
  });

  function implicitlyDelegated(): boolean {
    // A machine acts for itself: what is there cuts, and where nothing is there the store alone decides.
    if (machine) return settings.clientPrivileges === 'store' && !saysScopes;
    return client !== undefined && issuer.firstPartyClients.has(client) && !Object.hasOwn(claims, 'act');
  }
}

/** What a claim is that is not there, as different from one that is null. */
const absent = Symbol('absent');

function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : absent;
}

/** `read`: the application's own way to a claim. */
function readClaim(claims: Claims, read: ClaimReader): unknown {
  if (typeof read === 'function') {
    const value = read(claims);
    if (isPromise(value)) throw refusedPromise(value);
    return value === undefined ? absent : value;
  }
  if (typeof read === 'string') return own(claims, read);
  let value: unknown = claims;
  for (const name of read) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return absent;
    value = value[name];
  }
  return value;
}

// What a token says is there; who has to wait for it asks somebody else.
function refusedPromise(value: Promise<unknown>): TypeError {
  Promise.resolve(value).catch(() => {});
  return expectation('the answer of a function in `claims`', 'no promise', value);
}

function scopeClaim(claims: Claims, settings: Settings): unknown {
  if (settings.claims.scope !== undefined) return readClaim(claims, settings.claims.scope);
  const scope = own(claims, 'scope');
  if (scope !== absent && scope !== null) return scope;
  const scp = own(claims, 'scp');
  return scp === absent ? scope : scp;
}

function claimedPermissions(
  claims: Claims,
  { claims: { permissions = 'permissions' } }: Settings,
  names: SharedNames,
): Credentials['claimed'] {
  const claim = readClaim(claims, permissions);
  return claim === absent ? undefined : names.namesIn(claim);
}

function claimedRoles(claims: Claims, { claims: { roles }, roleNames }: Settings): readonly string[] {
  if (roles === undefined || roleNames === undefined) return noRoles;
  const claim = readClaim(claims, roles);
  return claim === absent ? noRoles : rolesNamed(claim, roleNames);
}

function clientOf(claims: Claims, settings: Settings): string | undefined {
  if (settings.claims.client !== undefined) return textOrAbsent(readClaim(claims, settings.claims.client), 'client');
  const given = clientClaims.map((name) => textOrAbsent(own(claims, name), name));
  const [clientId, authorizedParty] = given;
  if (clientId !== undefined && authorizedParty !== undefined && clientId !== authorizedParty) throw unusable('azp');
  return given.find((client) => client !== undefined);
}

// RFC 9068 section 2.2; OpenID Connect Core section 2; Okta; Entra
const clientClaims = ['client_id', 'azp', 'cid', 'appid'] as const;

function isMachine(claims: Claims, client: string | undefined, scope: unknown, settings: Settings): boolean {
  if (settings.claims.machine !== undefined) return readClaim(claims, settings.claims.machine) === true;
  if (Object.hasOwn(claims, 'act')) return false;
  if (ownClaim(claims, 'gty') === 'client-credentials' || ownClaim(claims, 'idtyp') === 'app') return true;
  if (client === undefined) return false;
  const subject = ownClaim(claims, 'sub');
  if (subject === `${client}@clients`) return true;
  if (
    ownClaim(claims, 'client_id') !== undefined &&
    ownClaim(claims, 'preferred_username') === `service-account-${client}`
  ) {
    return true;
  }
  return subject === client && !speaksOfPerson(claims, scope);
}

function speaksOfPerson(claims: Claims, scope: unknown): boolean {
  if (['auth_time', 'sid', 'amr', 'acr', 'nonce'].some((name) => Object.hasOwn(claims, name))) return true;
  return scopesIn(scope).some((one) => openIdScopes.has(one));
}

function subjectOf(
  claims: Claims,
  client: string | undefined,
  machine: boolean,
  { issuer }: IssuerSettings,
  settings: Settings,
): Readonly<Subject> {
  const organization = textOrAbsent(readClaim(claims, settings.claims.organization ?? 'org_id'), 'organization');
  const sub = textOrAbsent(own(claims, 'sub'), 'sub');
  const id = machine ? (client ?? sub?.replace(/@clients$/, '')) : sub;
  if (id === undefined || id === '') throw unusable('sub');
  const kind = machine ? 'client' : 'user';
  return Object.freeze({ issuer, id, kind, ...(organization !== undefined && { organization }) });
}

/** @throws InvalidTokenError when the claim is there and no non-empty string. */
function textOrAbsent(value: unknown, name: string): string | undefined {
  if (value === absent) return undefined;
  if (typeof value !== 'string' || value === '') throw unusable(name);
  return value;
}

function unusable(name: string): InvalidTokenError {
  return new InvalidTokenError(undefined, { cause: `\`${name}\` is not as this API expects it` });
}
