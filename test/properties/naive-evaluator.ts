// The rule of shared/spec/effective-permissions.md, sentence by sentence: slow, obvious, and written from that page alone.
// Where the page leaves a choice, the comment says DECIDED.

export interface NaivePrivilege {
  readonly permission: string;
  readonly on?: string;
  readonly effect?: 'deny';
  readonly audience?: string;
  readonly organization?: string;
  readonly expiresAt?: number;
}

/** The permissions an API defines, and the patterns each may be held on: undefined is any resource, [] takes none. */
export type NaiveCatalogue = ReadonlyMap<string, readonly string[] | undefined>;

export type Delegated = (permission: string) => boolean;

const openIdScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

// ---- resources: resource-permissions.md 1.2, prefix dialect ----

function isValidPattern(stored: string): boolean {
  for (let at = 0; at < stored.length - 1; at += 1) {
    if (stored[at] === '*' || stored[at] === '?') return false;
  }
  if (!stored.endsWith('*') || stored === '*') return true;
  const before = stored.slice(0, -1);
  return before.endsWith(':') || before.endsWith('/');
}

export function covers(stored: string, required: string): boolean {
  if (stored === '' || !isValidPattern(stored)) return false;
  if (stored.endsWith('*')) return required.startsWith(stored.slice(0, -1));
  return stored === required;
}

/** "One on a pattern refuses a required pattern that it touches at all." */
function touches(denied: string, required: string): boolean {
  if (covers(denied, required)) return true;
  // DECIDED: what is asked is a pattern here as soon as it ends in a star, valid or not: a denial fails closed.
  if (!required.endsWith('*')) return false;
  const start = required.slice(0, -1);
  const end = denied.endsWith('*') ? denied.slice(0, -1) : denied;
  return end.startsWith(start) || (denied.endsWith('*') && start.startsWith(end));
}

function deniesWhole(denial: NaivePrivilege): boolean {
  return denial.on === undefined || denial.on === '' || denial.on === '*' || !isValidPattern(denial.on);
}

// ---- the pure rule: sections 1 and 4 ----

export interface NaiveRule {
  has(permission: string, resource?: string): boolean;
  hasAnywhere(permission: string): boolean;
  delegated(permission: string): boolean;
  held(permission: string, resource?: string): boolean;
  heldAnywhere(permission: string): boolean;
}

export interface NaiveRuleInput {
  readonly privileges: readonly NaivePrivilege[];
  readonly delegated: Delegated;
  readonly catalogue?: NaiveCatalogue | undefined;
  readonly now: number;
}

export function naiveRule({ privileges, delegated, catalogue, now }: NaiveRuleInput): NaiveRule {
  const current = expandNames(
    privileges.filter((one) => one.expiresAt === undefined || one.expiresAt > now),
    catalogue,
  );
  const named = (permission: string): readonly NaivePrivilege[] =>
    current.filter(
      (one) => one.permission === '*' || one.permission === permission || deniesByPattern(one, permission),
    );
  const grantsOf = (permission: string): readonly NaivePrivilege[] =>
    named(permission).filter((one) => one.effect !== 'deny');
  const denialsOf = (permission: string): readonly NaivePrivilege[] =>
    named(permission).filter((one) => one.effect === 'deny');

  function held(permission: string, resource?: string): boolean {
    if (resource !== undefined) {
      return grantsOf(permission).some((one) => one.on === undefined || covers(one.on, resource));
    }
    return grantsOf(permission).some((one) => isUnrestricted(permission, one)) || coversTheCatalogue(permission);
  }

  function isUnrestricted(permission: string, grant: NaivePrivilege): boolean {
    if (grant.on === undefined || grant.on === '*') return true;
    const isKnown = catalogue?.has(permission) ?? false;
    const heldOn = catalogue?.get(permission);
    if (grant.on === '') return !isKnown || heldOn?.length === 0;
    return false;
  }

  /** DECIDED: several privileges may cover the catalogue's patterns together; of a permission that lists none it is not true. */
  function coversTheCatalogue(permission: string): boolean {
    const heldOn = catalogue?.get(permission);
    if (heldOn === undefined || heldOn.length === 0) return false;
    return heldOn.every((pattern) => grantsOf(permission).some((one) => covers(one.on ?? '*', pattern)));
  }

  function denied(permission: string, resource?: string): boolean {
    const denials = denialsOf(permission);
    if (resource === undefined) return denials.length > 0;
    return denials.some((one) => deniesWhole(one) || isNamePattern(one) || touches(one.on ?? '*', resource));
  }

  function survivesSomewhere(permission: string, grant: NaivePrivilege): boolean {
    if (grant.on !== undefined && grant.on !== '' && !isValidPattern(grant.on)) return false;
    return !denialsOf(permission).some(
      (one) => deniesWhole(one) || isNamePattern(one) || (grant.on !== undefined && covers(one.on ?? '*', grant.on)),
    );
  }

  function heldAnywhere(permission: string): boolean {
    return grantsOf(permission).some((one) => survivesSomewhere(permission, one));
  }

  return {
    delegated,
    held: (permission, resource) => held(permission, resource) && !denied(permission, resource),
    heldAnywhere,
    has: (permission, resource) => delegated(permission) && held(permission, resource) && !denied(permission, resource),
    hasAnywhere: (permission) => delegated(permission) && heldAnywhere(permission),
  };
}

function isNamePattern({ permission }: NaivePrivilege): boolean {
  return permission !== '*' && permission.includes('*');
}

// A pattern that is left after the expansion is a denial which no catalogue explains: it denies whatever it could mean.
function deniesByPattern(one: NaivePrivilege, permission: string): boolean {
  return isNamePattern(one) && one.effect === 'deny' && matchesName(one.permission, permission);
}

/** DECIDED: each star of a name's pattern is any run of characters. */
function matchesName(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  if (pattern.startsWith('*')) {
    return matchesName(pattern.slice(1), name) || (name !== '' && matchesName(pattern, name.slice(1)));
  }
  return name.startsWith(pattern.slice(0, 1)) && matchesName(pattern.slice(1), name.slice(1));
}

/** `read:*` is the names of the catalogue it matches; `*` stays, for it is also the permission added tomorrow. */
function expandNames(
  privileges: readonly NaivePrivilege[],
  catalogue: NaiveCatalogue | undefined,
): readonly NaivePrivilege[] {
  return privileges.flatMap((one) => {
    if (!isNamePattern(one)) return [one];
    if (catalogue === undefined) return one.effect === 'deny' ? [one] : [];
    return [...catalogue.keys()]
      .filter((name) => matchesName(one.permission, name))
      .map((permission) => ({ ...one, permission }));
  });
}

// ---- scopes: section 3 ----

function isScopeToken(text: string): boolean {
  if (text === '') return false;
  // RFC 6749 3.3: %x21 / %x23-5B / %x5D-7E
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x21 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

export function readScopes(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(isScopeToken);
  if (!Array.isArray(claim)) return [];
  const list: unknown[] = claim;
  if (!list.every((one) => typeof one === 'string')) return [];
  return list.filter(isScopeToken);
}

export function delegatedBy(
  scopes: readonly string[],
  scopePermissions: ReadonlyMap<string, readonly string[]> = new Map(),
): Delegated {
  const names = new Set<string>();
  for (const scope of scopes) {
    if (openIdScopes.includes(scope)) continue;
    names.add(scope);
    for (const permission of scopePermissions.get(scope) ?? []) names.add(permission);
  }
  return (permission) => names.has(permission);
}

// ---- the token and the store: sections 2, 3 and 4 ----

export interface NaiveSettings {
  readonly audience: readonly string[];
  readonly permissionsClaim: 'grants' | 'limits' | 'ignored';
  readonly clientPrivileges: 'issuer' | 'store';
  readonly trustScopes: boolean;
  readonly firstPartyClients: readonly string[];
  readonly scopePermissions: ReadonlyMap<string, readonly string[]>;
  readonly catalogue: NaiveCatalogue | undefined;
  readonly now: number;
}

export type NaiveClaims = Readonly<Record<string, unknown>>;

export type NaiveAccess =
  | { readonly outcome: 'invalid_token' }
  | { readonly outcome: 'unavailable' }
  | {
      readonly outcome: 'access';
      readonly subject: { readonly kind: 'user' | 'client'; readonly id: string; readonly organization?: string };
      readonly scopes: readonly string[];
      readonly rule: NaiveRule;
    };

/** `answer`: what the store returned, 'none' where no store is configured. */
export function naiveAccess(claims: NaiveClaims, answer: unknown, settings: NaiveSettings): NaiveAccess {
  const token = readToken(claims, settings);
  if (token === 'invalid_token') return { outcome: 'invalid_token' };
  const stored = answer === 'none' ? [] : readAnswer(answer);
  if (stored === 'nonsense') return { outcome: 'unavailable' };
  const meant = stored.filter(
    (one) =>
      (one.audience === undefined || settings.audience.includes(one.audience)) &&
      (one.organization === undefined || one.organization === token.organization) &&
      (one.expiresAt === undefined || one.expiresAt > settings.now),
  );
  // DECIDED: a denying pattern that is no privilege here (expired, for another API) makes no nonsense either.
  const isUnreadable = (one: NaivePrivilege): boolean => one.effect === 'deny' && isNamePattern(one);
  if (settings.catalogue === undefined && meant.some(isUnreadable)) return { outcome: 'unavailable' };
  const here = expandNames(meant, settings.catalogue);
  const privileges = token.isMachine
    ? machinePrivileges(token, here, settings)
    : userPrivileges(token, here, settings, answer !== 'none');
  // Names in a token are never patterns, so the star of a claim must not become the administrator here.
  const rule = ruleOfMerged(privileges, token.delegated, settings);
  return {
    outcome: 'access',
    subject: {
      kind: token.isMachine ? 'client' : 'user',
      id: token.id,
      ...(token.organization === undefined ? {} : { organization: token.organization }),
    },
    scopes: token.scopes,
    rule,
  };
}

interface Merged {
  readonly stored: readonly NaivePrivilege[];
  /** Names that hold on every resource, from the token: literal. */
  readonly claimed: readonly string[];
  /** The only names that count, undefined where nothing limits. */
  readonly limit: readonly string[] | undefined;
}

function ruleOfMerged(merged: Merged, delegated: Delegated, settings: NaiveSettings): NaiveRule {
  const { catalogue, now } = settings;
  const ofStore = naiveRule({ privileges: merged.stored, delegated: () => true, catalogue, now });
  const grants = merged.stored.filter((one) => one.effect !== 'deny');
  const denials = merged.stored.filter((one) => one.effect === 'deny');

  /** The claim's grant of a name, less the store's denials; none where the store holds the name on some resources only. */
  function ofClaim(permission: string): NaiveRule | undefined {
    if (!merged.claimed.includes(permission)) return undefined;
    const inStore = grants.filter((one) => one.permission === permission || one.permission === '*');
    // DECIDED: a grant on an invalid pattern holds on no resource, which is less than all of them: it restricts too.
    if (inStore.length > 0 && !inStore.some((one) => one.on === undefined || one.on === '*')) return undefined;
    return naiveRule({
      privileges: [{ permission: '*' }, ...denials.filter((one) => [permission, '*'].includes(one.permission))],
      delegated: () => true,
      catalogue,
      now,
    });
  }
  const isCounted = (permission: string): boolean => merged.limit === undefined || merged.limit.includes(permission);
  const held = (permission: string, resource?: string): boolean =>
    isCounted(permission) &&
    (ofStore.held(permission, resource) || (ofClaim(permission)?.held(permission, resource) ?? false));
  const heldAnywhere = (permission: string): boolean =>
    isCounted(permission) &&
    (ofStore.heldAnywhere(permission) || (ofClaim(permission)?.heldAnywhere(permission) ?? false));
  return {
    delegated,
    held,
    heldAnywhere,
    has: (permission, resource) => delegated(permission) && held(permission, resource),
    hasAnywhere: (permission) => delegated(permission) && heldAnywhere(permission),
  };
}

interface NaiveToken {
  readonly id: string;
  readonly isMachine: boolean;
  readonly organization: string | undefined;
  readonly scopes: readonly string[];
  readonly delegated: Delegated;
  /** undefined: there is no `permissions` claim. */
  readonly claimed: readonly string[] | undefined;
}

function readToken(claims: NaiveClaims, settings: NaiveSettings): NaiveToken | 'invalid_token' {
  const isThere = (name: string): boolean => Object.hasOwn(claims, name);
  const own = (name: string): unknown => (isThere(name) ? claims[name] : undefined);
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (isForAnotherUse(claims)) return 'invalid_token';
  const [sub, organization, act] = [own('sub'), own('org_id'), own('act')];
  if (isThere('sub') && !isText(sub)) return 'invalid_token';
  if (isThere('org_id') && !isText(organization)) return 'invalid_token';
  if (isThere('act') && (typeof act !== 'object' || act === null || Array.isArray(act))) return 'invalid_token';
  const client = readClient(claims);
  if (client === 'invalid') return 'invalid_token';

  // "`scope` is read first, `scp` where it is absent or null". DECIDED: a claim that is null is there, and cuts.
  const hasScopeClaim = isThere('scope') || isThere('scp');
  let scopes = readScopes(own('scope') ?? own('scp'));
  const isMachine = !isThere('act') && isMachineToken(claims, client.id, scopes);
  const hasRoles = isMachine && !hasScopeClaim && isThere('roles');
  if (hasRoles) scopes = readScopes(own('roles'));

  const id = isMachine ? (client.id ?? (isText(sub) ? sub.replace(/@clients$/u, '') : undefined)) : sub;
  if (!isText(id)) return 'invalid_token';
  // DECIDED: a machine token is cut by the sentence on machine tokens alone, first-party client or not.
  const isFirstParty =
    !isMachine && !isThere('act') && client.id !== undefined && settings.firstPartyClients.includes(client.id);
  const nothingIsCut = isMachine && settings.clientPrivileges === 'store' && !hasScopeClaim && !hasRoles;
  return {
    id,
    isMachine,
    organization: isText(organization) ? organization : undefined,
    scopes,
    delegated: isFirstParty || nothingIsCut ? () => true : delegatedBy(scopes, settings.scopePermissions),
    claimed: isThere('permissions') ? readPermissionsClaim(own('permissions')) : undefined,
  };
}

/** tokens.md 9, as far as the generators go: an ID token has `nonce` and nothing that delegates. */
function isForAnotherUse(claims: NaiveClaims): boolean {
  const delegates = ['scope', 'scp', 'permissions', 'roles'].some((name) => Object.hasOwn(claims, name));
  return Object.hasOwn(claims, 'nonce') && !delegates;
}

/** The first there is of client_id, azp, cid, appid. DECIDED: any of them that is no non-empty string: invalid token. */
function readClient(claims: NaiveClaims): { id: string | undefined } | 'invalid' {
  const there = ['client_id', 'azp', 'cid', 'appid'].filter((name) => Object.hasOwn(claims, name));
  const values = there.map((name) => claims[name]);
  if (!values.every((one) => typeof one === 'string' && one !== '')) return 'invalid';
  if (there.includes('client_id') && there.includes('azp') && claims['client_id'] !== claims['azp']) return 'invalid';
  const [first] = values;
  return { id: typeof first === 'string' ? first : undefined };
}

function isMachineToken(claims: NaiveClaims, client: string | undefined, scopes: readonly string[]): boolean {
  const own = (name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);
  if (own('gty') === 'client-credentials') return true;
  if (own('idtyp') === 'app') return true;
  if (client === undefined) return false;
  if (own('sub') === `${client}@clients`) return true;
  if (own('client_id') === client && own('preferred_username') === `service-account-${client}`) return true;
  if (own('sub') !== client) return false;
  const speaksOfAPerson =
    ['auth_time', 'sid', 'amr', 'acr', 'nonce'].some((name) => Object.hasOwn(claims, name)) ||
    scopes.some((one) => openIdScopes.includes(one));
  return !speaksOfAPerson;
}

function readPermissionsClaim(claim: unknown): readonly string[] {
  if (!Array.isArray(claim)) return [];
  const list: unknown[] = claim;
  return list.every((one) => typeof one === 'string') ? list : [];
}

function userPrivileges(
  token: NaiveToken,
  stored: readonly NaivePrivilege[],
  settings: NaiveSettings,
  hasStore: boolean,
): Merged {
  // "neither store nor claim: the scopes themselves, only with trustScopes"
  if (!hasStore && token.claimed === undefined) {
    return { stored: [], claimed: settings.trustScopes ? scopesAsPermissions(token, settings) : [], limit: undefined };
  }
  switch (settings.permissionsClaim) {
    case 'grants':
      return { stored, claimed: token.claimed ?? [], limit: undefined };
    case 'limits':
      return { stored, claimed: [], limit: token.claimed ?? [] };
    case 'ignored':
      return { stored, claimed: [], limit: undefined };
  }
}

function machinePrivileges(token: NaiveToken, stored: readonly NaivePrivilege[], settings: NaiveSettings): Merged {
  if (settings.clientPrivileges === 'store') return { stored, claimed: [], limit: undefined };
  const { claimed } = token;
  const ofScopes = scopesAsPermissions(token, settings);
  return {
    stored,
    claimed: claimed === undefined ? ofScopes : ofScopes.filter((one) => claimed.includes(one)),
    // DECIDED: "no claim, no privileges" holds for machines too.
    limit: settings.permissionsClaim === 'limits' ? (claimed ?? []) : undefined,
  };
}

/** DECIDED: "the scopes themselves" are the permissions that they delegate, a coarse scope's included. */
function scopesAsPermissions(token: NaiveToken, settings: NaiveSettings): readonly string[] {
  return token.scopes
    .filter((scope) => !openIdScopes.includes(scope))
    .flatMap((scope) => [scope, ...(settings.scopePermissions.get(scope) ?? [])]);
}

// ---- what a store returns: section 4, the last point ----

const members = ['permission', 'on', 'effect', 'audience', 'organization', 'expiresAt', 'source'];
const membersOfSource = ['kind', 'role', 'via', 'assignedBy', 'expiresAt'];

function readAnswer(answer: unknown): readonly NaivePrivilege[] | 'nonsense' {
  if (typeof answer !== 'object' || answer === null || !(Symbol.iterator in answer)) return 'nonsense';
  const list: unknown[] = [...(answer as Iterable<unknown>)];
  return list.every((one) => isPrivilege(one)) ? list : 'nonsense';
}

function isPrivilege(value: unknown): value is NaivePrivilege {
  if (!isObjectOf(value, members)) return false;
  if (typeof value['permission'] !== 'string' || value['permission'] === '') return false;
  if (!isTextWhereThere(value, ['on', 'audience', 'organization']) || !isTimeWhereThere(value)) return false;
  if (value['effect'] !== undefined && value['effect'] !== 'deny') return false;
  const { source } = value;
  if (source === undefined) return true;
  return (
    isObjectOf(source, membersOfSource) &&
    ['claim', 'scope', 'direct', 'role', 'built-in'].some((kind) => kind === source['kind']) &&
    isTextWhereThere(source, ['role', 'via', 'assignedBy']) &&
    isTimeWhereThere(source)
  );
}

function isObjectOf(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).every((name) => names.includes(name));
}

function isTextWhereThere(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => value[name] === undefined || typeof value[name] === 'string');
}

function isTimeWhereThere({ expiresAt }: Record<string, unknown>): boolean {
  return expiresAt === undefined || (typeof expiresAt === 'number' && !Number.isNaN(expiresAt));
}

// ---- requirements and what is lacking: section 5 ----

export type NaiveRequirement =
  | { readonly kind: 'permission'; readonly permission: string; readonly on?: string; readonly anywhere?: true }
  | { readonly kind: 'all' | 'any'; readonly of: readonly NaiveRequirement[] };

export function satisfies(
  requirement: NaiveRequirement,
  permits: (asked: Extract<NaiveRequirement, { kind: 'permission' }>) => boolean,
): boolean {
  switch (requirement.kind) {
    case 'permission':
      return permits(requirement);
    case 'all':
      return requirement.of.every((one) => satisfies(one, permits));
    case 'any':
      return requirement.of.some((one) => satisfies(one, permits));
  }
}

/** `withEveryScope`: the rule of the same token with every scope, which assigns more where scopes assign anything. */
export function naiveDecision(
  requirement: NaiveRequirement,
  rule: NaiveRule,
  withEveryScope: NaiveRule,
): 'permit' | 'scope' | 'privilege' {
  const isHeldBy =
    (by: NaiveRule) =>
    (one: Extract<NaiveRequirement, { kind: 'permission' }>): boolean =>
      one.anywhere ? by.heldAnywhere(one.permission) : by.held(one.permission, one.on);
  const isHeld = isHeldBy(rule);
  if (!satisfies(requirement, (one) => rule.delegated(one.permission))) return 'scope';
  if (satisfies(requirement, (one) => rule.delegated(one.permission) && isHeld(one))) return 'permit';
  return satisfies(requirement, isHeldBy(withEveryScope)) ? 'scope' : 'privilege';
}
