// Every option of createAuthorizer is checked when it is given: a mistake is a TypeError that names the option, what was
// expected and what came, and never prints a secret.

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createAuthorizer, definePermissions, type Authorizer, type AuthorizerOptions, type Privilege } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { audience, claimsOf, issuer, session, Tokens } from './authorizing.ts';

const verifier = new Tokens().verifier;
const basics = { issuer, audience };

function create(options: unknown): Authorizer {
  return createAuthorizer(options as AuthorizerOptions);
}

type Row = [wrong: string, options: unknown, message: RegExp];

/** What must be refused, and with which words. */
function refuses(rows: Row[]): void {
  it.each(rows)('%s', (_, options, message) => {
    expect(() => create(options)).toThrow(TypeError);
    expect(() => create(options)).toThrow(message);
  });
}

describe('createAuthorizer takes', () => {
  it.each<[string, object]>([
    ['the least: an issuer and an audience', basics],
    ['an issuer with a path, no slash and any case', { issuer: 'https://Issuer.example/tenant', audience }],
    ['several audiences', { issuer, audience: [audience, 'urn:other'] }],
    ['several issuers', { issuer: [issuer, { issuer: 'https://other.example', audience: 'urn:api' }], audience }],
    ['an audience inside the issuer alone', { issuer: { issuer, audience } }],
    ['the audience of all where an issuer has none of its own', { issuer: { issuer, audience: undefined }, audience }],
    ['no audience beside clients', { issuer, audience: null, clients: ['app'] }],
    ['no audience beside the issuer’s clients', { issuer: { issuer, audience: null, clients: ['app'] } }],
    ['an http issuer on loopback', { issuer: 'http://127.0.0.1:8080', audience }],
    ['an http issuer on localhost', { issuer: 'http://localhost:8080', audience }],
    ['an http issuer on the loopback of IPv6', { issuer: 'http://[::1]:8080', audience }],
    ['an http issuer that is allowed', { issuer: { issuer: 'http://issuer.internal', allowHttp: true }, audience }],
    [
      'an issuer that is no address, with keys from elsewhere',
      { issuer: { issuer: 'urn:issuer', jwksUri: 'https://keys.example' }, audience },
    ],
    ['an issuer that is no address, with a verifier', { issuer: 'urn:issuer', audience, verifier }],
    ['a secret of 32 bytes', { issuer: { issuer, secret: 'x'.repeat(32) }, audience }],
    ['a secret of 32 bytes in 16 letters', { issuer: { issuer, secret: '\u00e4'.repeat(16) }, audience }],
    ['a key set', { issuer: { issuer, keys: { keys: [] } }, audience }],
    ['a catalogue', { ...basics, permissions: definePermissions({ a: 'A' }), scopePermissions: { b: ['a'] } }],
    ['trustScopes without a store', { ...basics, trustScopes: true }],
    ['firstPartyClients with one issuer', { ...basics, firstPartyClients: ['app'] }],
    [
      'firstPartyClients inside each of several',
      { issuer: [{ issuer, firstPartyClients: ['app'] }, 'https://other.example'], audience },
    ],
    ['a list of no first-party clients', { ...basics, firstPartyClients: [] }],
    [
      'readers of claims',
      { ...basics, claims: { scope: 'x', permissions: ['a', 'b'], client: () => 'c', machine: () => true } },
    ],
    [
      'undefined for whatever may be left out',
      { ...basics, clients: undefined, store: undefined, claims: undefined, trustScopes: undefined },
    ],
    ['no tolerance', { ...basics, clockToleranceSeconds: 0 }],
  ])('%s', async (_, options) => {
    await create(options).close();
  });
});

describe('createAuthorizer refuses', () => {
  refuses([
    ['nothing', undefined, /`options`.*got undefined/u],
    ['null', null, /`options`.*got null/u],
    ['a list', [basics], /`options`.*got a list/u],
    ['an unknown option', { ...basics, storeTimeout: 5 }, /`storeTimeout`/u],
    ['an option of another case', { ...basics, trustscopes: true }, /`trustscopes`/u],
    ['the option of another library', { ...basics, issuerBaseURL: issuer }, /`issuerBaseURL`/u],
  ]);

  describe('of issuers', () => {
    refuses([
      ['none', { audience }, /`issuer`.*got undefined/u],
      ['null', { audience, issuer: null }, /`issuer`.*got null/u],
      ['an empty string', { audience, issuer: '' }, /`issuer`.*got ""/u],
      ['a number', { audience, issuer: 5 }, /`issuer`.*got 5/u],
      ['a list of none', { audience, issuer: [] }, /`issuer`.*got a list of 0/u],
      ['a list with nothing in it', { audience, issuer: [undefined] }, /`issuer`/u],
      ['the same twice', { audience, issuer: [issuer, { issuer }] }, /`issuer`.*issuer\.example/u],
      ['an object without name', { audience, issuer: {} }, /`issuer`.*got undefined/u],
      [
        'an unknown member',
        { audience, issuer: { issuer, jwks_uri: 'https://keys.example' } },
        /`jwks_uri`.*`issuer`/u,
      ],
      ['http beyond loopback', { audience, issuer: 'http://issuer.example' }, /`issuer`.*https.*got "http:/u],
      [
        'http on what only looks like loopback',
        { audience, issuer: 'http://127.0.0.1.evil.example' },
        /`issuer`.*https/u,
      ],
      ['http on a host named localhost.example', { audience, issuer: 'http://localhost.example' }, /`issuer`.*https/u],
      ['a name that is no address', { audience, issuer: 'issuer.example' }, /`issuer`.*https/u],
      ['a file', { audience, issuer: 'file:///etc/passwd' }, /`issuer`.*https/u],
      [
        'keys that are stale before they are old',
        { audience, issuer: { issuer, maxAgeMs: 60_000, maxStaleMs: 30_000 } },
        /`maxStaleMs`.*got 30000/u,
      ],
      ['an age that is a string', { audience, issuer: { issuer, maxAgeMs: '10m' } }, /`maxAgeMs`.*got "10m"/u],
      ['http keys', { audience, issuer: { issuer, jwksUri: 'http://keys.example' } }, /`jwksUri`.*https/u],
      ['a jwksUri that is no string', { audience, issuer: { issuer, jwksUri: 5 } }, /`jwksUri`.*got 5/u],
      ['allowHttp that is no boolean', { audience, issuer: { issuer, allowHttp: 'yes' } }, /`allowHttp`.*got "yes"/u],
      ['a time limit that is a string', { audience, issuer: { issuer, timeoutMs: '5s' } }, /`timeoutMs`.*got "5s"/u],
      ['a time limit of nothing', { audience, issuer: { issuer, timeoutMs: 0 } }, /`timeoutMs`.*got 0/u],
      [
        'two ways to keys',
        { audience, issuer: { issuer, jwksUri: 'https://keys.example', keys: { keys: [] } } },
        /(?=.*`jwksUri`).*`keys`/u,
      ],
      [
        'a key and a secret',
        { audience, issuer: { issuer, keys: { keys: [] }, secret: 'x'.repeat(32) } },
        /(?=.*`keys`).*`secret`/u,
      ],
      ['a key set that is a list', { audience, issuer: { issuer, keys: [] } }, /`keys`.*got a list/u],
      ['a key set without keys', { audience, issuer: { issuer, keys: {} } }, /`keys`/u],
      ['a key set that is no plain data', { audience, issuer: { issuer, keys: { keys: [() => 5] } } }, /`keys`/u],
      ['algorithms of nobody', { audience, issuer: { issuer, algorithms: ['RS1'] } }, /`algorithms`.*got "RS1"/u],
      ['the algorithm none', { audience, issuer: { issuer, algorithms: ['none'] } }, /`algorithms`.*got "none"/u],
      ['HS256 without a secret', { audience, issuer: { issuer, algorithms: ['HS256'] } }, /`algorithms`.*got "HS256"/u],
      [
        'RS256 with a secret',
        { audience, issuer: { issuer, secret: 'x'.repeat(32), algorithms: ['RS256'] } },
        /`algorithms`.*got "RS256"/u,
      ],
      [
        'HS512 with a secret of 32 bytes',
        { audience, issuer: { issuer, secret: 'x'.repeat(32), algorithms: ['HS512'] } },
        /`algorithms`/u,
      ],
      ['a list of no algorithms', { audience, issuer: { issuer, algorithms: [] } }, /`algorithms`.*got a list of 0/u],
    ]);
  });

  describe('of audiences and clients', () => {
    refuses([
      ['no audience', { issuer }, /`audience`.*got undefined/u],
      ['an undefined audience', { issuer, audience: undefined }, /`audience`.*got undefined/u],
      ['null without clients', { issuer, audience: null }, /`audience`.*`clients`.*got null/u],
      [
        'one issuer’s null without clients',
        { issuer: [issuer, { issuer: 'https://other.example', audience: null }], audience },
        /`audience`.*got null/u,
      ],
      ['an empty audience', { issuer, audience: '' }, /`audience`.*got ""/u],
      ['a list of no audiences', { issuer, audience: [] }, /`audience`.*got a list of 0/u],
      ['an audience that is no string', { issuer, audience: [audience, 5] }, /`audience\[1\]`.*got 5/u],
      ['a list of no clients', { ...basics, clients: [] }, /`clients`.*got a list of 0/u],
      ['clients in one string', { ...basics, clients: 'app' }, /`clients`.*got "app"/u],
      ['an empty client', { ...basics, clients: [''] }, /`clients\[0\]`.*got ""/u],
      ['null beside a list of no clients', { issuer, audience: null, clients: [] }, /`clients`/u],
      ['first-party clients in one string', { ...basics, firstPartyClients: 'app' }, /`firstPartyClients`.*got "app"/u],
      ['an empty first-party client', { ...basics, firstPartyClients: [''] }, /`firstPartyClients\[0\]`/u],
      [
        'first-party clients of several issuers',
        { issuer: [issuer, 'https://other.example'], audience, firstPartyClients: ['app'] },
        /`firstPartyClients`.*each issuer/u,
      ],
    ]);
  });

  const store = memoryStore({ issuer });

  describe('of stores and privileges', () => {
    refuses([
      ['a store that is none', { ...basics, store: {} }, /`store`.*privilegesOf/u],
      ['a function for a store', { ...basics, store: () => [] }, /`store`.*got a function/u],
      ['null for a store', { ...basics, store: null }, /`store`.*got null/u],
      [
        'a time limit that is a string',
        { ...basics, store, storeTimeoutMs: '2s' },
        /`storeTimeoutMs`.*got "2s" \(string\)/u,
      ],
      ['a time limit of nothing', { ...basics, store, storeTimeoutMs: 0 }, /`storeTimeoutMs`.*got 0/u],
      ['a time limit without end', { ...basics, store, storeTimeoutMs: Infinity }, /`storeTimeoutMs`.*got Infinity/u],
      ['NaN for a time limit', { ...basics, store, storeTimeoutMs: Number.NaN }, /`storeTimeoutMs`.*got NaN/u],
      [
        'an unknown permissionsClaim',
        { ...basics, permissionsClaim: 'adds' },
        /`permissionsClaim`.*'grants'.*got "adds"/u,
      ],
      ['null for permissionsClaim', { ...basics, permissionsClaim: null }, /`permissionsClaim`.*got null/u],
      ['an inherited name for permissionsClaim', { ...basics, permissionsClaim: 'toString' }, /`permissionsClaim`/u],
      ['an unknown clientPrivileges', { ...basics, clientPrivileges: 'both' }, /`clientPrivileges`.*got "both"/u],
      ['trustScopes that is no boolean', { ...basics, trustScopes: 1 }, /`trustScopes`.*got 1/u],
      ['trustScopes beside a store', { ...basics, store, trustScopes: true }, /`trustScopes`.*store/u],
      [
        'a store for any issuer beside several',
        { issuer: [issuer, 'https://other.example'], audience, store: memoryStore({}) },
        /`store`.*issuer/u,
      ],
      ['a catalogue that is none', { ...basics, permissions: { a: 'A' } }, /`permissions`.*definePermissions/u],
      ['scopePermissions that are a list', { ...basics, scopePermissions: ['a'] }, /`scopePermissions`.*got a list/u],
      [
        'a coarse scope with one permission',
        { ...basics, scopePermissions: { contacts: 'read:contacts' } },
        /scopePermissions\['contacts'\].*got "read:contacts"/u,
      ],
      [
        'a coarse scope with a number',
        { ...basics, scopePermissions: { contacts: [5] } },
        /scopePermissions\['contacts'\]/u,
      ],
      [
        'an OpenID scope for a coarse one',
        { ...basics, scopePermissions: { openid: ['read:contacts'] } },
        /`scopePermissions`.*OpenID.*got "openid"/u,
      ],
      [
        'a coarse scope with what the catalogue does not hold',
        { ...basics, permissions: definePermissions({ a: 'A' }), scopePermissions: { b: ['toString'] } },
        /scopePermissions\['b'\].*catalogue.*got "toString"/u,
      ],
    ]);

    it('a coarse scope that no token can hold', () => {
      // Named in a challenge it would be two scopes, or break the challenge.
      for (const scope of ['read all', '', 'a"b', 'cont\u00e4cts']) {
        expect([scope, refusesQuietly({ ...basics, scopePermissions: { [scope]: ['read:contacts'] } })]).toEqual([
          scope,
          true,
        ]);
      }
    });
  });

  describe('of the rest', () => {
    refuses([
      ['claims that are no object', { ...basics, claims: 'scope' }, /`claims`.*got "scope"/u],
      ['an unknown reader', { ...basics, claims: { scopes: 'scope' } }, /`scopes`.*`claims`/u],
      ['an empty name of a claim', { ...basics, claims: { scope: '' } }, /`claims\.scope`.*got ""/u],
      [
        'an empty path to a claim',
        { ...basics, claims: { permissions: [] } },
        /`claims\.permissions`.*got a list of 0/u,
      ],
      ['a path with a number in it', { ...basics, claims: { client: ['a', 0] } }, /`claims\.client\[1\]`.*got 0/u],
      ['null for a reader', { ...basics, claims: { machine: null } }, /`claims\.machine`.*got null/u],
      ['true for a reader', { ...basics, claims: { machine: true } }, /`claims\.machine`.*got true/u],
      ['an unknown profile', { ...basics, profile: 'strict' }, /`profile`.*'lenient'.*got "strict"/u],
      ['bearer that is no object', { ...basics, bearer: true }, /`bearer`.*got true/u],
      ['an unknown place for tokens', { ...basics, bearer: { cookie: true } }, /`cookie`.*`bearer`/u],
      ['a place for tokens that is no boolean', { ...basics, bearer: { query: 'yes' } }, /`bearer\.query`.*got "yes"/u],
      ['a negative tolerance', { ...basics, clockToleranceSeconds: -1 }, /`clockToleranceSeconds`.*got -1/u],
      ['a tolerance that is a string', { ...basics, clockToleranceSeconds: '5' }, /`clockToleranceSeconds`.*got "5"/u],
      ['tokens of no length', { ...basics, maxTokenBytes: 0 }, /`maxTokenBytes`.*got 0/u],
      ['NaN for a length', { ...basics, maxTokenBytes: Number.NaN }, /`maxTokenBytes`.*got NaN/u],
      ['an unknown dialect', { ...basics, dialect: 'regex' }, /`dialect`.*'prefix'.*got "regex"/u],
      ['a memory of tokens that is no object', { ...basics, tokenCache: true }, /`tokenCache`.*got true/u],
      ['a memory of no tokens', { ...basics, tokenCache: { maxEntries: 0 } }, /`tokenCache\.maxEntries`.*got 0/u],
      ['an unknown limit of the memory', { ...basics, tokenCache: { ttlMs: 5 } }, /`ttlMs`.*`tokenCache`/u],
      ['a revocation that is no function', { ...basics, isRevoked: [] }, /`isRevoked`.*got a list/u],
      ['a verifier that is no function', { ...basics, verifier: {} }, /`verifier`.*got an object/u],
      ['a hook that is no function', { ...basics, onDecision: 'log' }, /`onDecision`.*got "log"/u],
      ['another', { ...basics, onRefused: null }, /`onRefused`.*got null/u],
    ]);
  });

  it('a time limit longer than a timer can be, instead of one of a millisecond', () => {
    // 2^31 ms and more: Node waits 1 ms, and every answer of the store would be late.
    expect(refusesQuietly({ ...basics, store, storeTimeoutMs: 2 ** 31 })).toBe(true);
    expect(refusesQuietly({ ...basics, store, storeTimeoutMs: 2 ** 31 - 1 })).toBe(false);
  });

  it('what is wrong of an issuer also where nothing of it is used', () => {
    const secret = 'x'.repeat(32);
    const unread = {
      'timeoutMs beside keys': { issuer: { issuer, keys: { keys: [] }, timeoutMs: 'soon' }, audience },
      'allowHttp beside a secret': { issuer: { issuer, secret, allowHttp: 'yes' }, audience },
      'a short secret beside a verifier': { issuer: { issuer, secret: 'short' }, audience, verifier },
      'keys that are none beside a verifier': { issuer: { issuer, keys: 5 }, audience, verifier },
    };
    const accepted = Object.entries(unread).filter(([, options]) => !refusesQuietly(options));
    expect(accepted.map(([what]) => what)).toEqual([]);
  });
});

function refusesQuietly(options: object): boolean {
  try {
    create(options);
    return false;
  } catch (error) {
    if (error instanceof TypeError) return true;
    throw error;
  }
}

describe('a secret', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }));

  it.each<[string, unknown]>([
    ['too short', 'hunter2-hunter2-hunter2-hunter2'],
    ['too short in bytes', new TextEncoder().encode('hunter2-hunter2')],
    ['empty', ''],
    ['a number', 20_260_101_202_601],
    ['an object', { secret: 'hunter2-hunter2-hunter2-hunter2-hunter2' }],
    ['a public key in PEM form (J2)', pem],
    ['a public key in PEM form, behind blank lines (J3)', `\n \n${pem}`],
    ['a public key in PEM form, behind a byte order mark (J3)', `\uFEFF${pem}`],
    ['a public key in PEM form, as bytes (J2)', new TextEncoder().encode(pem)],
    ['a public key in JWK form (J2)', jwk],
  ])('that is %s is refused, and not printed', (_, secret) => {
    const message = messageOf(() => create({ issuer: { issuer, secret }, audience }));
    expect(message).toMatch(/^Expected `secret` to be /u);
    for (const printed of ['hunter2', 'BEGIN', '20260101', pem.slice(40, 60), jwk.slice(20, 40)]) {
      expect(message).not.toContain(printed);
    }
  });

  it('is not printed when something beside it is wrong', () => {
    const secret = 'hunter2-hunter2-hunter2-hunter2-hunter2';
    for (const beside of [
      { jwksUri: 'https://keys.example' },
      { algorithms: ['RS256'] },
      { algoritms: ['HS256'] },
      { audience: 5 },
    ]) {
      expect(messageOf(() => create({ issuer: { issuer, secret, ...beside }, audience }))).not.toContain('hunter2');
    }
  });
});

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  throw new Error('Nothing was refused');
}

describe('options', () => {
  it('are copied: what is changed afterwards changes nothing', async () => {
    const tokens = new Tokens();
    const audiences = [audience];
    const firstPartyClients = ['web'];
    const scopePermissions: Record<string, string[]> = { contacts: ['read:contacts'] };
    const claims = { permissions: ['nested', 'permissions'] };
    const options: AuthorizerOptions = {
      issuer,
      audience: audiences,
      verifier: tokens.verifier,
      firstPartyClients,
      scopePermissions,
      claims,
    };
    const authorizer = createAuthorizer(options);
    audiences.push('urn:other');
    firstPartyClients.push('app');
    scopePermissions['contacts']?.push('write:contacts');
    scopePermissions['all'] = ['write:contacts'];
    claims.permissions[0] = 'other';
    options.permissionsClaim = 'ignored';
    const names = ['read:contacts', 'write:contacts'];
    const said = { scope: 'contacts all', nested: { permissions: names }, other: { permissions: [] } };
    const access = await authorizer.authenticate(tokens.requestWith(claimsOf(said)));
    expect(names.filter((name) => access.can(name))).toEqual(['read:contacts']);
    await expect(
      Promise.resolve(authorizer.authenticate(tokens.requestWith(claimsOf({ aud: 'urn:other' })))),
    ).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('of the default decide as they are documented', async () => {
    const privileges: Privilege[] = [{ permission: 'b' }];
    const access = await session({ store: { privilegesOf: () => privileges } }).access({
      scope: 'a b c',
      permissions: ['a'],
    });
    expect(['a', 'b', 'c'].filter((name) => access.can(name))).toEqual(['a', 'b']);
  });
});
