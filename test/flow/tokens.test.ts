// What a token delegates and what its subject holds, over whole requests: the spec's sections 2 to 4, for the tokens of
// users, of machines and of the API's own applications.

import { describe, expect, test } from '@jest/globals';
import { anyOf, anywhere, createAuthorizer, definePermissions, on } from 'rightful';
import type { AuthorizerOptions, PermissionCatalogue, Privilege, PrivilegeStore, Requirement, Subject } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { ask, expectPermit, expectRefusal, insufficientPrivilege, insufficientScope, invalidToken } from './answers.ts';
import type { Expected } from './answers.ts';
import { frameworks } from './frameworks.ts';
import type { Given } from './frameworks.ts';
import { answering, audience, counting, issuer, options, people, storeless } from './scene.ts';
import type { Claims } from './scene.ts';

/** `store: null`: none, in place of the one of the scene. */
type Differing = Omit<Partial<AuthorizerOptions>, 'store'> & { readonly store?: PrivilegeStore | null };

interface Case {
  readonly rule: string;
  readonly authorizer: Differing;
  /** What the guard asks; `read:contacts` unless given. */
  readonly asks?: Requirement;
  /** Beside those of a test issuer, whose tokens have a `client_id` 'test-client'. */
  readonly claims: Claims;
  readonly header?: Record<string, unknown>;
  /** Who the handler sees, where the request passes. */
  readonly permits?: Partial<Subject>;
  readonly answer?: Expected;
}

const scope = 'read:contacts';
const client: Partial<Subject> = { kind: 'client', id: 'test-client' };
const alice: Partial<Subject> = { kind: 'user', id: 'alice' };
const noScope = insufficientScope(scope);
const noPrivilege = insufficientPrivilege(scope);

const holding = (...permissions: (string | Privilege)[]): Differing => ({
  store: memoryStore({ users: { alice: { permissions } }, clients: { 'test-client': { permissions } } }),
});
const denial: Privilege = { permission: scope, effect: 'deny' };

// 2. Who the subject is. The scopes are a machine's privileges, and a user's are not: so the answer tells which it is.
const machine = (rule: string, claims: Claims, id = 'test-client'): Case => ({
  rule: `S18 ${rule} is a machine's`,
  authorizer: { store: null },
  claims: { scope, ...claims },
  permits: { kind: 'client', id },
});
const person = (rule: string, claims: Claims): Case => ({
  rule: `S18 ${rule} is a person's`,
  authorizer: { store: null },
  claims: { scope, ...claims },
  answer: noPrivilege,
});
const own = { sub: 'test-client' };

const machines: Case[] = [
  machine(
    'Auth0: a token with `gty` client-credentials',
    {
      ...{ sub: 'abc@clients', azp: 'abc', client_id: undefined, gty: 'client-credentials' },
    },
    'abc',
  ),
  machine('Auth0: a token whose `sub` is the client at clients', { sub: 'test-client@clients' }),
  machine(
    'Auth0: a token without a client claim',
    { sub: 'abc@clients', client_id: undefined, gty: 'client-credentials' },
    'abc',
  ),
  machine(
    'Entra: a token whose `idtyp` is app, with `roles` for scopes,',
    {
      ...{ sub: 'object-id', appid: 'app-id', client_id: undefined, idtyp: 'app', scope: undefined, roles: [scope] },
    },
    'app-id',
  ),
  machine('Keycloak: a token of a service account', { sub: 'f:1', preferred_username: 'service-account-test-client' }),
  machine('Okta: a token whose `sub` is its `cid`', { sub: 'abc', cid: 'abc', client_id: undefined }, 'abc'),
  machine('RFC 9068: a token whose `sub` is its client', own),
  person('a token of a user', { sub: 'alice' }),
  person('a token whose `sub` ends in another client at clients', { sub: 'other@clients' }),
  person('a token whose `sub` is no client at clients, without a client claim,', {
    sub: 'abc@clients',
    client_id: undefined,
  }),
  person('a token of a user who calls himself a service account', {
    ...{ sub: 'alice', preferred_username: 'service-account-test-client', client_id: undefined, azp: 'test-client' },
  }),
  person('a service account of another client', { sub: 'alice', preferred_username: 'service-account-other' }),
  ...['auth_time', 'sid', 'amr', 'acr', 'nonce'].map((name) =>
    person(`a token whose \`sub\` is its client and that has \`${name}\``, { ...own, [name]: 'x' }),
  ),
  person('a token whose `sub` is its client, with an OpenID scope,', { ...own, scope: `openid ${scope}` }),
  ...[own, { sub: 'x', gty: 'client-credentials' }, { sub: 'x', idtyp: 'app' }, { sub: 'test-client@clients' }].map(
    (claims) => person(`a token with \`act\` beside ${JSON.stringify(claims)}`, { ...claims, act: { sub: 'another' } }),
  ),
  person('a token with another `gty`', { sub: 'alice', gty: 'password' }),
  person('a token with another `idtyp`', { sub: 'alice', idtyp: 'user' }),
  person('`roles` of a user’s token delegate nothing, and it', { sub: 'alice', roles: ['admin'] }),
  {
    ...person('`roles` of a user’s token are no scopes, and it', { sub: 'alice', idtyp: 'user' }),
    claims: { sub: 'alice', idtyp: 'user', roles: [scope] },
    answer: noScope,
  },
  {
    ...machine('`roles` of an application beside a `scope` count for nothing, and it', { sub: 'x', idtyp: 'app' }),
    claims: { sub: 'x', idtyp: 'app', scope: 'other', roles: [scope] },
    answer: noScope,
  },
  ...[true, false, 'yes', 1, undefined].map((says): Case => ({
    rule: `claims.machine that says ${says} goes before every sign`,
    authorizer: { store: null, claims: { machine: () => says } },
    claims: { scope, ...(says === true ? { sub: 'alice' } : own) },
    ...(says === true ? { permits: client } : { answer: noPrivilege }),
  })),
  {
    rule: 'claims.machine names a claim',
    authorizer: { store: null, claims: { machine: 'https://example.com/is_machine' } },
    claims: { sub: 'alice', scope, 'https://example.com/is_machine': true },
    permits: client,
  },
  {
    rule: 'claims.machine that throws makes the token invalid',
    authorizer: {
      claims: {
        machine: () => {
          throw new Error('no such claim');
        },
      },
    },
    claims: { sub: 'alice', scope },
    answer: invalidToken(),
  },
  {
    rule: 'client_id and azp that differ are invalid',
    authorizer: {},
    claims: { sub: 'alice', scope, azp: 'other' },
    answer: invalidToken(),
  },
  {
    rule: 'client_id and azp that agree are one client',
    authorizer: {},
    claims: { sub: 'alice', scope, azp: 'test-client' },
    permits: alice,
  },
  ...['', 5, null, ['acme']].map((organization): Case => ({
    rule: `an organization that is ${JSON.stringify(organization)} is invalid`,
    authorizer: {},
    claims: { sub: 'alice', scope, org_id: organization },
    answer: invalidToken(),
  })),
  {
    rule: 'a token of a client that is not accepted is invalid',
    authorizer: { clients: ['other'] },
    claims: { sub: 'alice', scope },
    answer: invalidToken(),
  },
  {
    rule: 'a token of a client that is accepted is valid',
    authorizer: { clients: ['other', 'test-client'] },
    claims: { sub: 'alice', scope },
    permits: alice,
  },
  {
    rule: 'a token without an audience is valid where no token has one, and the clients are named',
    authorizer: { audience: null, clients: ['test-client'] },
    claims: { sub: 'alice', scope, aud: undefined },
    permits: alice,
  },
  {
    rule: 'a token with an audience is invalid where no token has one',
    authorizer: { audience: null, clients: ['test-client'] },
    claims: { sub: 'alice', scope },
    answer: invalidToken(),
  },
  { rule: 'a token without a subject is invalid', authorizer: {}, claims: { scope }, answer: invalidToken() },
];

// 3. Scopes
const delegating = (id: string, claim: unknown, name = 'scope'): Case => ({
  rule: `${id} ${name}: ${JSON.stringify(claim)} delegates`,
  authorizer: {},
  claims: { sub: 'alice', [name]: claim },
  permits: alice,
});
const notDelegating = (id: string, claim: unknown, name = 'scope'): Case => ({
  ...delegating(id, claim, name),
  rule: `${id} ${name}: ${JSON.stringify(claim)} delegates nothing`,
  answer: noScope,
});

const scopes: Case[] = [
  ...[5, true, null, {}, { 0: scope }, [[scope]], [scope, 5], [scope, null], ''].map((one) => notDelegating('S2', one)),
  ...[scope, `x ${scope}`, [scope], [scope, 'x']].map((one) => delegating('S3', one)),
  ...[scope, [scope, 'x']].map((one) => delegating('S3', one, 'scp')),
  notDelegating('S3', [scope, 5], 'scp'),
  {
    ...delegating('S3', scope, 'scp'),
    rule: 'S3 scp counts where scope is null',
    claims: { sub: 'alice', scope: null, scp: scope },
  },
  {
    ...notDelegating('S3', scope, 'scp'),
    rule: 'S3 scp counts for nothing beside a scope',
    claims: { sub: 'alice', scope: 'x', scp: scope },
  },
  ...[`  ${scope}  x`, `${scope} `, `x" ${scope}`].map((one) => delegating('S4', one)),
  ...['\t', '\n', '\u00A0', '\u2003', '\u200B', ','].map((gap) => notDelegating('S4', `x${gap}${scope}`)),
  ...['read:contacts2', 'read:contact', 'READ:CONTACTS', 'rеad:contacts', 'read:contacts\u0301', 'ead:contacts'].map(
    (one) => notDelegating('S5', one),
  ),
  ...['*', 'read:*', '**', '.*', 'read:contact?'].map((one) => notDelegating('S9', one)),
  ...['__proto__', 'constructor', 'toString'].flatMap((name): Case[] => [
    {
      rule: `S6 ${name} is not held because every object has it`,
      authorizer: { store: memoryStore({}) },
      asks: name,
      claims: { sub: 'alice', scope: name },
      answer: insufficientPrivilege(name),
    },
    {
      rule: `S6 ${name} is not delegated because every object has it`,
      authorizer: { store: memoryStore({ users: { alice: { permissions: [name] } } }) },
      asks: name,
      claims: { sub: 'alice', scope: 'x' },
      answer: insufficientScope(name),
    },
    {
      rule: `S6 ${name} is a name like any other where it is held and delegated`,
      authorizer: { store: null },
      asks: name,
      claims: { sub: 'alice', scope: name, permissions: [name] },
      permits: alice,
    },
  ]),
  {
    rule: 'S3 another claim by the option claims',
    authorizer: { claims: { scope: ['https://example.com/', 'scopes'] } },
    claims: { sub: 'alice', scope: 'x', 'https://example.com/': { scopes: [scope] } },
    permits: alice,
  },
  {
    rule: 'a coarse scope delegates what it stands for',
    authorizer: { scopePermissions: { contacts: [scope] } },
    claims: { sub: 'alice', scope: 'contacts' },
    permits: alice,
  },
  {
    rule: 'a coarse scope leaves a scope of the permission’s own name as good',
    authorizer: { scopePermissions: { contacts: [scope] } },
    claims: { sub: 'alice', scope },
    permits: alice,
  },
  {
    rule: 'a coarse scope gives nobody the privilege',
    authorizer: { scopePermissions: { contacts: [scope] }, store: memoryStore({}) },
    claims: { sub: 'alice', scope: 'contacts' },
    answer: noPrivilege,
  },
];

const firstParty: Case[] = [
  {
    rule: 'a client of the API’s owner needs no scopes',
    authorizer: { firstPartyClients: ['test-client'] },
    claims: { sub: 'alice' },
    permits: alice,
  },
  {
    rule: 'a client of the API’s owner is not held to its scopes',
    authorizer: { firstPartyClients: ['test-client'] },
    claims: { sub: 'alice', scope: 'x' },
    permits: alice,
  },
  {
    rule: 'a client of the API’s owner gives nobody a privilege',
    authorizer: { firstPartyClients: ['test-client'] },
    claims: { sub: 'bob' },
    answer: noPrivilege,
  },
  {
    rule: 'a client of the API’s owner delegates by scopes where another acts through it',
    authorizer: { firstPartyClients: ['test-client'] },
    claims: { sub: 'alice', act: { sub: 'agent' } },
    answer: noScope,
  },
  {
    rule: 'another client needs scopes',
    authorizer: { firstPartyClients: ['test-client'] },
    claims: { sub: 'alice', client_id: 'test-client2' },
    answer: noScope,
  },
  {
    rule: 'a token without a client claim needs scopes',
    authorizer: { firstPartyClients: ['test-client'] },
    claims: { sub: 'alice', client_id: undefined },
    answer: noScope,
  },
  {
    rule: 'a machine that is a client of the API’s owner is held to its scopes',
    authorizer: { firstPartyClients: ['test-client'], ...holding(scope) },
    claims: { sub: 'test-client' },
    answer: noScope,
  },
];

// 4. Privileges
const claimed = (permissions: unknown): Claims => ({ sub: 'alice', scope, permissions });

const privileges: Case[] = [
  {
    rule: 'grants: the claim adds to what the store holds',
    authorizer: holding('other'),
    claims: claimed([scope]),
    permits: alice,
  },
  {
    rule: 'grants: the store counts beside a claim',
    authorizer: holding(scope),
    claims: claimed(['other']),
    permits: alice,
  },
  { rule: 'grants: a store alone is enough', authorizer: holding(scope), claims: claimed(undefined), permits: alice },
  { rule: 'grants: a claim alone is enough', authorizer: { store: null }, claims: claimed([scope]), permits: alice },
  {
    rule: 'limits: the claim adds nothing',
    authorizer: { ...holding(), permissionsClaim: 'limits' },
    claims: claimed([scope]),
    answer: noPrivilege,
  },
  {
    rule: 'limits: what both hold counts',
    authorizer: { ...holding(scope), permissionsClaim: 'limits' },
    claims: claimed([scope]),
    permits: alice,
  },
  {
    rule: 'limits: what the claim does not name is not held',
    authorizer: { ...holding(scope), permissionsClaim: 'limits' },
    claims: claimed(['other']),
    answer: noPrivilege,
  },
  {
    rule: 'limits: no claim, no privileges',
    authorizer: { ...holding(scope), permissionsClaim: 'limits' },
    claims: claimed(undefined),
    answer: noPrivilege,
  },
  {
    rule: 'limits: the administrator’s star is cut by the claim',
    authorizer: { ...holding('*'), permissionsClaim: 'limits' },
    claims: claimed(['other']),
    answer: noPrivilege,
  },
  {
    rule: 'limits: a star in the claim is a character',
    authorizer: { ...holding(scope), permissionsClaim: 'limits' },
    claims: claimed(['*', 'read:*']),
    answer: noPrivilege,
  },
  {
    rule: 'ignored: the claim adds nothing',
    authorizer: { ...holding(), permissionsClaim: 'ignored' },
    claims: claimed([scope]),
    answer: noPrivilege,
  },
  {
    rule: 'ignored: the claim takes nothing away',
    authorizer: { ...holding(scope), permissionsClaim: 'ignored' },
    claims: claimed([]),
    permits: alice,
  },
  {
    rule: 'ignored: without a store nobody holds anything',
    authorizer: { store: null, permissionsClaim: 'ignored' },
    claims: claimed([scope]),
    answer: noPrivilege,
  },
  ...[scope, { 0: scope }, [scope, 5], [[scope]], null, 5, { [scope]: true }].map((permissions): Case => ({
    rule: `a permissions claim that is ${JSON.stringify(permissions)} holds nothing`,
    authorizer: { store: null },
    claims: claimed(permissions),
    answer: noPrivilege,
  })),
  ...['*', 'read:*'].map((pattern): Case => ({
    rule: `S10 ${pattern} in a permissions claim is a name like any other`,
    authorizer: { store: null, permissions: definePermissions({ [scope]: '…' }) },
    claims: claimed([pattern]),
    answer: noPrivilege,
  })),
  {
    rule: 'a denial in the store beats the claim',
    authorizer: holding(denial),
    claims: claimed([scope]),
    answer: noPrivilege,
  },
  {
    rule: 'a denial in the store beats a machine’s scopes',
    authorizer: holding(denial),
    claims: { ...own, scope },
    answer: noPrivilege,
  },
  {
    rule: 'a denial in the store beats the administrator’s star',
    authorizer: holding('*', denial),
    claims: claimed(undefined),
    answer: noPrivilege,
  },
  {
    rule: 'a denial on one resource refuses the list, whatever the claim says',
    authorizer: holding({ ...denial, on: 'contacts:id:7' }),
    claims: claimed([scope]),
    answer: noPrivilege,
  },
  {
    rule: 'a denial on one resource leaves the others',
    authorizer: holding({ ...denial, on: 'contacts:id:7' }),
    asks: on(scope, 'contacts:id:8'),
    claims: claimed([scope]),
    permits: alice,
  },
  {
    rule: 'a denial on one resource leaves a list that is filtered',
    authorizer: holding({ ...denial, on: 'contacts:id:7' }),
    asks: anywhere(scope),
    claims: claimed([scope]),
    permits: alice,
  },
  {
    rule: 'the claim never widens what the store restricts',
    authorizer: holding({ permission: scope, on: 'contacts:id:7' }),
    claims: claimed([scope]),
    answer: noPrivilege,
  },
  {
    rule: 'the claim never widens what the store restricts to nothing',
    authorizer: holding({ permission: scope, on: '' }),
    asks: on(scope, 'contacts:id:7'),
    claims: claimed([scope]),
    answer: insufficientPrivilege({ permission: scope, on: 'contacts:id:7' }),
  },
  {
    rule: 'what the store restricts is held there',
    authorizer: holding({ permission: scope, on: 'contacts:id:7' }),
    asks: on(scope, 'contacts:id:7'),
    claims: claimed([scope]),
    permits: alice,
  },
  {
    rule: 'a privilege that has expired is none',
    authorizer: holding({ permission: scope, expiresAt: Date.now() - 1 }),
    claims: claimed(undefined),
    answer: noPrivilege,
  },
  {
    rule: 'a denial that has expired is none',
    authorizer: holding(scope, { ...denial, expiresAt: Date.now() - 1 }),
    claims: claimed(undefined),
    permits: alice,
  },
  {
    rule: 'a privilege for another API is none',
    authorizer: holding({ permission: scope, audience: 'https://other.example' }),
    claims: claimed(undefined),
    answer: noPrivilege,
  },
  {
    rule: 'a privilege for this API is one',
    authorizer: holding({ permission: scope, audience }),
    claims: claimed(undefined),
    permits: alice,
  },
  ...[
    { held: 'acme', token: 'acme', permits: { ...alice, organization: 'acme' } },
    { held: undefined, token: 'acme', permits: { ...alice, organization: 'acme' } },
    { held: undefined, token: undefined, permits: alice },
    { held: 'acme', token: 'other', answer: noPrivilege },
    { held: 'acme', token: undefined, answer: noPrivilege },
    { held: 'acme', token: 'ACME', answer: noPrivilege },
  ].map(({ held, token, ...rest }): Case => ({
    rule: `a privilege held in ${held ?? 'every organization'} is asked for in ${token ?? 'none'}`,
    authorizer: holding({ permission: scope, ...(held !== undefined && { organization: held }) }),
    claims: { sub: 'alice', scope, org_id: token },
    ...rest,
  })),
  {
    rule: 'a denial in one organization leaves the others',
    authorizer: holding(scope, { ...denial, organization: 'acme' }),
    claims: { sub: 'alice', scope, org_id: 'other' },
    permits: { ...alice, organization: 'other' },
  },
  {
    rule: 'a denial in an organization is heeded there',
    authorizer: holding(scope, { ...denial, organization: 'acme' }),
    claims: { sub: 'alice', scope, org_id: 'acme' },
    answer: noPrivilege,
  },
  {
    rule: 'trustScopes: the scopes are the privileges',
    authorizer: { store: null, trustScopes: true },
    claims: { sub: 'alice', scope },
    permits: alice,
  },
  {
    rule: 'without trustScopes a scope is no privilege',
    authorizer: { store: null },
    claims: { sub: 'alice', scope },
    answer: noPrivilege,
  },
  {
    rule: 'trustScopes: where there is a permissions claim, the claim counts',
    authorizer: { store: null, trustScopes: true },
    claims: claimed(['other']),
    answer: noPrivilege,
  },
  {
    rule: 'a machine’s scopes are its privileges',
    authorizer: { store: null },
    claims: { ...own, scope },
    permits: client,
  },
  { rule: 'a machine without scopes may do nothing', authorizer: { store: null }, claims: own, answer: noScope },
  {
    rule: 'a machine’s scopes are cut to its permissions claim',
    authorizer: { store: null },
    claims: { ...own, scope, permissions: ['other'] },
    answer: noPrivilege,
  },
  {
    rule: 'a machine’s permissions claim adds nothing to its scopes',
    authorizer: { store: null },
    claims: { ...own, scope: 'other', permissions: [scope] },
    answer: noScope,
  },
  {
    rule: 'a machine holds what the store holds for it too',
    authorizer: holding(scope),
    claims: { ...own, scope, permissions: [] },
    permits: client,
  },
  {
    rule: 'a machine’s scopes never widen what the store restricts',
    authorizer: holding({ permission: scope, on: 'contacts:id:7' }),
    claims: { ...own, scope },
    answer: noPrivilege,
  },
  {
    rule: 'a machine does not hold what a user of its name holds',
    authorizer: { store: memoryStore({ users: { 'test-client': { permissions: ['other'] } } }) },
    asks: 'other',
    claims: { ...own, scope: 'other', permissions: [] },
    answer: insufficientPrivilege('other'),
  },
  {
    rule: 'S18 a user does not hold what a client of its name holds',
    authorizer: { store: memoryStore({ clients: { 'test-client': { permissions: [scope] } } }) },
    claims: { ...own, scope: `openid ${scope}` },
    answer: noPrivilege,
  },
  {
    rule: 'clientPrivileges store: the scopes are no privileges',
    authorizer: { ...holding(), clientPrivileges: 'store' },
    claims: { ...own, scope },
    answer: noPrivilege,
  },
  {
    rule: 'clientPrivileges store: the claim is ignored',
    authorizer: { ...holding(), clientPrivileges: 'store' },
    claims: { ...own, permissions: [scope] },
    answer: noPrivilege,
  },
  {
    rule: 'clientPrivileges store: without a scope claim nothing is cut',
    authorizer: { ...holding(scope), clientPrivileges: 'store' },
    claims: own,
    permits: client,
  },
  {
    rule: 'clientPrivileges store: a scope that is there cuts',
    authorizer: { ...holding(scope), clientPrivileges: 'store' },
    claims: { ...own, scope: 'other' },
    answer: noScope,
  },
  {
    rule: 'clientPrivileges store: an empty scope cuts',
    authorizer: { ...holding(scope), clientPrivileges: 'store' },
    claims: { ...own, scope: '' },
    answer: noScope,
  },
  {
    rule: 'clientPrivileges store: a scope nobody can read cuts',
    authorizer: { ...holding(scope), clientPrivileges: 'store' },
    claims: { ...own, scope: 5 },
    answer: noScope,
  },
  {
    rule: 'clientPrivileges store: a user without scopes is cut',
    authorizer: { ...holding(scope), clientPrivileges: 'store' },
    claims: { sub: 'alice' },
    answer: noScope,
  },
];

// 4. On what: a requirement without a resource asks for all of them
const catalogue = (on?: readonly string[]): PermissionCatalogue =>
  definePermissions({ [scope]: on === undefined ? '…' : { description: '…', on } });
const heldOn = (...on: (string | undefined)[]): Differing =>
  holding(...on.map((one): Privilege => ({ permission: scope, ...(one !== undefined && { on: one }) })));
const everywhere: [string, Differing, boolean][] = [
  ['without `on`', heldOn(undefined), true],
  ['on a star', heldOn('*'), true],
  ['on no resource, and no catalogue says it takes one', heldOn(''), true],
  ['on no resource, of a permission that takes none', { ...heldOn(''), permissions: catalogue([]) }, true],
  ['on no resource, of a permission that takes any', { ...heldOn(''), permissions: catalogue() }, false],
  ['on no resource, of a permission that takes some', { ...heldOn(''), permissions: catalogue(['contacts:*']) }, false],
  [
    'on every pattern of the catalogue',
    { ...heldOn('contacts:*', 'notes:*'), permissions: catalogue(['contacts:*', 'notes:*']) },
    true,
  ],
  ['on one pattern of two', { ...heldOn('contacts:*'), permissions: catalogue(['contacts:*', 'notes:*']) }, false],
  ['on a part of the pattern', { ...heldOn('contacts:id:*'), permissions: catalogue(['contacts:*']) }, false],
  ['on one resource', { ...heldOn('contacts:id:7'), permissions: catalogue(['contacts:*']) }, false],
  ['on a kind, and no catalogue says it is the only one', heldOn('contacts:*'), false],
  ['on what is no pattern', heldOn('con*'), false],
];
const breadth: Case[] = everywhere.flatMap(([held, authorizer, permits]): Case[] => [
  {
    rule: `a permission held ${held} is ${permits ? '' : 'not '}held on all resources`,
    authorizer,
    claims: { sub: 'alice', scope },
    ...(permits ? { permits: alice } : { answer: noPrivilege }),
  },
  {
    rule: `a permission held ${held} is ${held.includes('no pattern') ? 'not ' : ''}held anywhere`,
    authorizer,
    asks: anywhere(scope),
    claims: { sub: 'alice', scope },
    ...(held.includes('no pattern') ? { answer: noPrivilege } : { permits: alice }),
  },
]);

// Never a union
const unions: Case[] = [
  {
    rule: 'a permission only in the scope is refused',
    authorizer: { store: null },
    claims: { sub: 'alice', scope, permissions: ['other'] },
    answer: noPrivilege,
  },
  {
    rule: 'a permission only in the claim is refused',
    authorizer: { store: null },
    claims: { sub: 'alice', scope: 'other', permissions: [scope] },
    answer: noScope,
  },
  {
    rule: 'a permission only in the store is refused',
    authorizer: holding(scope),
    claims: { sub: 'alice', scope: 'other' },
    answer: noScope,
  },
  {
    rule: 'a permission in the store and the claim is refused',
    authorizer: holding(scope),
    claims: { sub: 'alice', permissions: [scope] },
    answer: noScope,
  },
  {
    rule: 'a read-only application does not become the whole user',
    authorizer: holding('*'),
    asks: anyOf('write:contacts', 'delete:contacts'),
    claims: { sub: 'alice', scope },
    answer: insufficientScope('write:contacts'),
  },
];

// What the large providers issue, with no special option
const auth0 = {
  sub: 'auth0|alice',
  azp: 'application',
  client_id: undefined,
  jti: undefined,
  gty: 'password',
  org_id: 'org_acme',
  scope: `openid profile email ${scope} write:contacts`,
  permissions: [scope, 'delete:contacts'],
};
const jwt = { typ: 'JWT' };
const auth0Alice: Partial<Subject> = { kind: 'user', id: 'auth0|alice', organization: 'org_acme' };

const providers: Case[] = [
  {
    rule: 'Auth0: what is both delegated and assigned is permitted',
    authorizer: { store: null },
    claims: auth0,
    header: jwt,
    permits: auth0Alice,
  },
  {
    rule: 'Auth0: what is only delegated is refused',
    authorizer: { store: null },
    asks: 'write:contacts',
    claims: auth0,
    header: jwt,
    answer: insufficientPrivilege('write:contacts'),
  },
  {
    rule: 'Auth0: what is only assigned is refused',
    authorizer: { store: null },
    asks: 'delete:contacts',
    claims: auth0,
    header: jwt,
    answer: insufficientScope('delete:contacts'),
  },
  {
    rule: 'Auth0: one of several audiences is enough',
    authorizer: { store: null },
    claims: { ...auth0, aud: [audience, `${issuer.issuer}/userinfo`] },
    header: jwt,
    permits: auth0Alice,
  },
  {
    rule: 'Auth0: a machine’s token',
    authorizer: { store: null },
    claims: {
      sub: 'm2m@clients',
      azp: 'm2m',
      client_id: undefined,
      gty: 'client-credentials',
      scope,
      permissions: [scope],
    },
    header: jwt,
    permits: { kind: 'client', id: 'm2m' },
  },
  {
    rule: 'RFC 9068: a token and a store',
    authorizer: {},
    claims: { sub: 'alice', scope },
    header: { typ: 'at+jwt' },
    permits: alice,
  },
  {
    rule: 'RFC 9068: the full media type',
    authorizer: { profile: 'rfc9068' },
    claims: { sub: 'alice', scope },
    header: { typ: 'application/at+jwt' },
    permits: alice,
  },
  {
    rule: 'profile rfc9068 refuses typ JWT',
    authorizer: { profile: 'rfc9068' },
    claims: { sub: 'alice', scope },
    header: jwt,
    answer: invalidToken(),
  },
  {
    rule: 'Keycloak: a user’s token',
    authorizer: {},
    claims: {
      sub: 'alice',
      typ: 'Bearer',
      azp: 'app',
      client_id: undefined,
      sid: 'x',
      acr: '1',
      preferred_username: 'alice',
      scope: `openid ${scope}`,
    },
    header: jwt,
    permits: alice,
  },
  {
    rule: 'Okta: a user’s token',
    authorizer: {},
    claims: { sub: 'alice', cid: 'app', client_id: undefined, uid: 'u', scp: ['openid', scope] },
    header: { typ: undefined },
    permits: alice,
  },
  {
    rule: 'Entra: a user’s token',
    authorizer: {},
    claims: { sub: 'alice', appid: 'app', client_id: undefined, scp: scope, idtyp: 'user' },
    header: jwt,
    permits: alice,
  },
];

const cases = [...machines, ...scopes, ...firstParty, ...privileges, ...breadth, ...unions, ...providers];

describe.each(frameworks)('a token on $name', (framework) => {
  test.each(cases)('$rule', async ({ authorizer, asks = scope, claims, header = {}, permits, answer }) => {
    const { store = people, ...others } = authorizer;
    const { requirePermission, accessOf } = framework.createGuards(
      store === null ? storeless(others) : options({ ...others, store }),
    );
    const handle = (given: Given): Subject => accessOf(given).subject;
    const served = await framework.serve([{ path: '/', guards: [requirePermission(asks)], handle }]);
    const got = await ask(served.address, { token: await issuer.token(claims, { header }) });
    if (answer !== undefined) return expectRefusal(got, answer);
    expectPermit(got);
    expect(JSON.parse(got.text)).toEqual({ issuer: issuer.issuer, ...permits });
  });
});

describe.each(frameworks)('two issuers on $name', (framework) => {
  test('S17 a `sub` at one holds nothing of what the same `sub` at another holds', async () => {
    const other = await createTestIssuer({ audience, algorithm: 'ES256' });
    const held: Record<string, Privilege[]> = {
      [issuer.issuer]: [{ permission: 'read:a' }],
      [other.issuer]: [{ permission: 'read:b' }],
    };
    const store = counting((subject) => held[subject.issuer] ?? []);
    const { requirePermission } = framework.createGuards(options({ issuer: [issuer.issuer, other.issuer], store }));
    const served = await framework.serve([
      { path: '/a', guards: [requirePermission('read:a')] },
      { path: '/b', guards: [requirePermission('read:b')] },
    ]);
    const claims = { sub: 'alice', scope: 'read:a read:b' };
    const statuses: number[] = [];
    for (const one of [issuer, other]) {
      for (const path of ['/a', '/b']) {
        statuses.push((await ask(served.address + path, { token: await one.token(claims) })).status);
      }
    }
    expect(statuses).toEqual([200, 403, 403, 200]);
    expect(new Set(store.asked.map((subject) => subject.issuer))).toEqual(new Set([issuer.issuer, other.issuer]));
    await other.close();
  });

  test('a client of the owner at one is any client at the other', async () => {
    const other = await createTestIssuer({ audience, algorithm: 'ES256' });
    const issuers = [{ issuer: issuer.issuer, firstPartyClients: ['test-client'] }, other.issuer];
    const store = answering(() => [{ permission: scope }]);
    const { requirePermission } = framework.createGuards(options({ issuer: issuers, store }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    expectPermit(await ask(served.address, { token: await issuer.token({ sub: 'alice' }) }));
    expectRefusal(await ask(served.address, { token: await other.token({ sub: 'alice' }) }), noScope);
    await other.close();
  });
});

const two = ['https://one.example/', 'https://two.example/'];
const mistakes: [string, Partial<AuthorizerOptions>, RegExp][] = [
  ['trustScopes beside a store', { trustScopes: true }, /`trustScopes`/],
  [
    'firstPartyClients beside several issuers',
    { issuer: two, store: answering(() => []), firstPartyClients: ['a'] },
    /`firstPartyClients`/,
  ],
  ['a store for any issuer beside several issuers', { issuer: two }, /`store`/],
  ['an unknown permissionsClaim', { permissionsClaim: 'adds' as 'grants' }, /`permissionsClaim`/],
  ['an unknown clientPrivileges', { clientPrivileges: 'both' as 'store' }, /`clientPrivileges`/],
  ['an unknown option', { permisions: [] } as object, /`permisions`/],
  ['a coarse scope of OpenID', { scopePermissions: { profile: ['read:contacts'] } }, /`scopePermissions`/],
];

test.each(mistakes)('%s is a mistake', (_, differing, message) => {
  expect(() => createAuthorizer(options(differing))).toThrow(TypeError);
  expect(() => createAuthorizer(options(differing))).toThrow(message);
});
