// Rows S1 to S20 of the specification's section 4: what a token delegates, what its subject holds, and what comes of both.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allOf, anyOf, anywhere, definePermissions, on, policy } from 'rightful';
import type { Privilege, PrivilegeStore, Requirement, Subject } from 'rightful';
import { memoryStore } from 'rightful/stores';
import {
  ask,
  expectPermit,
  expectRefusal,
  insufficientPrivilege,
  insufficientScope,
  invalidToken,
  missingToken,
  unavailable,
  visible,
} from '../flow/answers.ts';
import type { Expected } from '../flow/answers.ts';
import { frameworks, type Given } from '../flow/frameworks.ts';
import {
  claimsOf,
  createSigner,
  publish,
  scope,
  sleep,
  startApi,
  stopClocks,
  testRows,
  type Api,
  type Claims,
  type Options,
  type Row,
  describeOnEach,
  testOnEach,
} from './api.ts';

const signer = createSigner('k1', 'EdDSA');
const server = await publish(signer.jwk);
const published: Options = { issuer: server.url };
const tokenOf = (differing: Claims = {}): string => signer.token(claimsOf(server.url, differing));

const noScope = insufficientScope(scope);
const noPrivilege = insufficientPrivilege(scope);
const invalid = invalidToken();

type Held = readonly (string | Privilege)[];
const holding = (...permissions: Held): Options => ({ store: memoryStore({ users: { alice: { permissions } } }) });
const row = (rule: string, claims: Claims, answer?: Expected, options?: Options): Row => ({
  rule,
  token: () => tokenOf(claims),
  ...(answer && { answer }),
  ...(options && { options }),
});

// S1 to S6, S9
const claim = (id: string, value: unknown, answer?: Expected, name = 'scope'): Row =>
  row(
    `${id} ${name} ${JSON.stringify(value) ?? 'missing'} delegates ${answer === undefined ? 'it' : 'nothing of it'}`,
    { scope: undefined, [name]: value },
    answer,
  );
const limited: Options = { permissionsClaim: 'limits' };
const catalogued: Options = { permissions: definePermissions({ [scope]: 'Read contacts' }) };
const inOwnClaim: Options = { claims: { scope: 'permitted' } };
const inNestedClaim: Options = { claims: { scope: ['https://example.com/a.b', 'scopes'] } };
const byFunction: Options = { claims: { scope: (claims) => (claims['rights'] as { list: string }).list } };
const scopes: Row[] = [
  claim('S1', undefined, noScope),
  claim('S1', 'other', noScope),
  claim('S1', scope),
  ...[5, 0, true, false, null, {}, { 0: scope }, { length: 1, 0: scope }, { scope }, ''].map((value) =>
    claim('S2', value, noScope),
  ),
  ...[[[scope]], [scope, 5], [scope, null], [scope, [scope]], [scope, {}], [5], [null], [true], []].map((value) =>
    claim('S2', value, noScope),
  ),
  ...[scope, `openid ${scope}`, [scope], ['openid', scope], [scope, scope]].flatMap((value) => [
    claim('S3', value),
    claim('S3', value, undefined, 'scp'),
  ]),
  claim('S3', `other ${scope}x`, noScope, 'scp'),
  claim('S3', [scope, 5], noScope, 'scp'),
  row('S3 scp counts where scope is null', { scope: null, scp: scope }),
  row('S3 scp counts for nothing beside a scope', { scope: 'other', scp: scope }, noScope),
  row('S3 scp counts for nothing beside an empty scope', { scope: '', scp: scope }, noScope),
  row('S3 scp counts for nothing beside a scope that nobody can read', { scope: 5, scp: scope }, noScope),
  row('S3 scopes are read from the claim that is named', { scope: 'other', permitted: scope }, undefined, inOwnClaim),
  row('S3 scope is not read where another claim is named', { scope }, noScope, inOwnClaim),
  row(
    'S3 a claim is named by its exact name, dots and all',
    { 'https://example.com/a.b': { scopes: [scope] } },
    undefined,
    inNestedClaim,
  ),
  row('S3 a path ends where there is no object', { scope, 'https://example.com/a.b': [scope] }, noScope, inNestedClaim),
  row('S3 a function reads the scopes', { rights: { list: scope } }, undefined, byFunction),
  row('S3 a function that throws makes the token invalid', {}, invalid, byFunction),
  ...[`  ${scope}`, `${scope}  `, `a  ${scope}  b`, `${scope} `, `a" ${scope}`, `\\ ${scope} é`].map((value) =>
    claim('S4', value),
  ),
  ...[
    '\t',
    '\n',
    '\r\n',
    '\v',
    '\f',
    '\0',
    '\u00A0',
    '\u2003',
    '\u200B',
    '\uFEFF',
    '\u3000',
    '\u2028',
    ',',
    ';',
    '+',
    '%20',
  ].flatMap((gap) => [claim('S4', `a${gap}${scope}`, noScope), claim('S4', `${scope}${gap}`, noScope)]),
  ...[`"${scope}"`, `a\\${scope}`, `${scope}"`, `${scope}\u007F`].map((value) => claim('S4', value, noScope)),
  claim('S4', [`a ${scope}`], noScope),
  ...[
    'read:contacts2',
    'read:contact',
    'READ:CONTACTS',
    'Read:Contacts',
    'xread:contacts',
    'read:',
    'read',
    'contacts',
    'read:contacts:x',
  ].map((value) => claim('S5', value, noScope)),
  ...[
    'rеad:contacts',
    'read:cοntacts',
    'ｒead:contacts',
    'read：contacts',
    'read:contacts\u0301',
    'read:contaćts',
    'read:contac\u0301ts',
    'read%3Acontacts',
    'read:cont\u00ADacts',
  ].map((value) => claim('S5', value, noScope)),
  ...[
    '*',
    '**',
    'read:*',
    '*:contacts',
    '*:*',
    'read:contact*',
    'read:contact?',
    '.*',
    'read:.*',
    '[a-z:]+',
    '/.*/',
    'read:contacts*',
  ].flatMap((value) => [
    claim('S9', value, noScope),
    claim('S9', [value], noScope),
    row(`S9 permissions ${value} hold nothing of it`, { permissions: [value] }, noPrivilege),
    row(`S9 permissions ${value} limit to nothing of it`, { permissions: [value] }, noPrivilege, {
      ...limited,
      ...holding(scope),
    }),
    row(
      `S10 permissions ${value} hold nothing of it where there is a catalogue`,
      { permissions: [value] },
      noPrivilege,
      catalogued,
    ),
  ]),
  row('S9 permissions with the very name hold it', { permissions: ['*', scope] }),
  row('S9 a limit by the very name leaves it', { permissions: [scope] }, undefined, {
    ...holding(scope),
    permissionsClaim: 'limits',
  }),
  ...[scope, { 0: scope }, { [scope]: true }, null, 5, true, [scope, 5], [[scope]], `${scope} other`, ''].map((value) =>
    row(`S2 permissions ${JSON.stringify(value)} hold nothing`, { permissions: value }, noPrivilege),
  ),
];

// S12 to S14
const lacking: Row[] = [
  row(
    'S12 a scope without the privilege lacks the privilege',
    { sub: 'bob' },
    noPrivilege,
    holding(scope, 'secret:one'),
  ),
  row('S13 the privilege without its scope lacks the scope', { scope: 'other' }, noScope, holding(scope)),
  row('S14 neither lacks the scope', { sub: 'bob', scope: 'other' }, noScope, holding(scope)),
  row('S14 both lack nothing', {}, undefined, holding(scope)),
];

// S18
const client = 'app';
const both = {
  store: memoryStore({
    clients: { [client]: { permissions: ['client:only'] } },
    users: { [client]: { permissions: [scope] } },
  }),
};
const machines: [string, Claims][] = [
  ['gty is client-credentials', { gty: 'client-credentials', sub: 'x' }],
  ['sub is the client at clients', { sub: `${client}@clients` }],
  ['idtyp is app', { idtyp: 'app', sub: 'x' }],
  ['preferred_username is its service account', { preferred_username: `service-account-${client}`, sub: 'x' }],
  ['sub is the client', { sub: client }],
];
const persons: [string, Claims][] = [
  ...machines.map(([what, claims]): [string, Claims] => [
    `${what}, with an actor,`,
    { ...claims, act: { sub: 'agent' } },
  ]),
  ...['auth_time', 'sid', 'amr', 'acr', 'nonce'].map((name): [string, Claims] => [
    `sub is the client, with ${name},`,
    { sub: client, [name]: 1 },
  ]),
  ['sub is the client, with an OpenID scope,', { sub: client, scope: `openid ${scope}` }],
  ['sub is another client at clients', { sub: 'other@clients' }],
  ['gty is another', { gty: 'password', sub: client, sid: 's' }],
];
const subjects: Row[] = [
  ...machines.map(([what, claims]) =>
    row(`S18 a token whose ${what} is a machine’s: its scope is its privilege`, claims, undefined, {
      trustScopes: false,
    }),
  ),
  ...persons.map(([what, claims]) =>
    row(`S18 a token whose ${what} is a person’s: a scope is no privilege`, claims, noPrivilege, {
      trustScopes: false,
    }),
  ),
  row(
    'S18 a person called as a client does not hold what the client holds',
    { sub: client, sid: 's', scope: 'client:only' },
    noScope,
    both,
  ),
  row('S18 a person called as a client holds what the person holds', { sub: client, sid: 's' }, undefined, both),
  row('S18 a machine is cut to its permissions claim', { sub: client, permissions: ['other'] }, noPrivilege, {
    trustScopes: false,
  }),
  row('S18 claims.machine goes before every sign', { sub: client }, noPrivilege, {
    trustScopes: false,
    claims: { machine: () => false },
  }),
];

testRows([scopes, lacking, subjects].flat(), published);

const serveWith = async (framework: (typeof frameworks)[number], options: Options, asks: Requirement): Promise<Api> =>
  startApi({ ...published, ...options }, { framework, asks });

describe.each(frameworks)('on $name', (framework) => {
  const serve = (options: Options, asks: Requirement = scope): Promise<Api> => serveWith(framework, options, asks);

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'length'])(
    'S6 %s is a name like any other',
    async (name) => {
      const stored = await serve({ store: memoryStore({ users: { alice: { permissions: [name] } } }) }, name);
      const empty = await serve({ store: memoryStore({ users: {} }) }, name);
      const claimed = await serve({ trustScopes: false }, name);
      expectPermit(await stored.send(tokenOf({ scope: name })));
      expectRefusal(await stored.send(tokenOf({ scope: 'other' })), insufficientScope(name));
      expectRefusal(await stored.send(tokenOf({ scope: undefined })), insufficientScope(name));
      expectRefusal(await empty.send(tokenOf({ scope: name })), insufficientPrivilege(name));
      expectPermit(await claimed.send(tokenOf({ scope: name, permissions: [name] })));
      expectRefusal(await claimed.send(tokenOf({ scope: name, permissions: ['other'] })), insufficientPrivilege(name));
      expectRefusal(await empty.send(tokenOf({ scope: name, sub: name })), insufficientPrivilege(name));
    },
  );

  test('S7 a requirement that asks for nothing is a mistake at the start', () => {
    const { requirePermission } = framework.createGuards({ ...published, audience: 'a' } as never);
    const nothing: unknown[] = [
      undefined,
      null,
      '',
      ' ',
      'a b',
      'a\u0000',
      'é',
      '*',
      'read:*',
      [],
      {},
      [scope],
      5,
      true,
      new Set([scope]),
    ];
    for (const asks of nothing) expect(() => requirePermission(asks as string)).toThrow(TypeError);
    const given: unknown[][] = [[], [scope, scope], [scope, 'other'], [undefined, scope]];
    for (const asks of given)
      expect(() => (requirePermission as (...asks: unknown[]) => unknown)(...asks)).toThrow(TypeError);
    const lists: (() => unknown)[] = [
      () => (allOf as () => unknown)(),
      () => (anyOf as () => unknown)(),
      () => allOf('' as never),
      () => anyOf(undefined as never),
    ];
    for (const make of lists) expect(make).toThrow(TypeError);
    for (const asks of [
      { allOf: [] },
      { anyOf: [] },
      { anyOf: [scope, ''] },
      { permission: scope },
      { permission: scope, on: '' },
      { permission: scope, anywhere: false },
    ]) {
      expect(() => requirePermission(asks as never)).toThrow(TypeError);
    }
    for (const asks of [
      policy('always', () => true),
      allOf(policy('always', () => true)),
      { anyOf: [scope, { policy: 'p', test: () => true }] },
    ]) {
      expect(() => requirePermission(asks as never)).toThrow(TypeError);
    }
  });

  test('S7 an option that would ask for nothing is a mistake at the start', () => {
    for (const options of [
      { audience: [] },
      { audience: '' },
      { audience: undefined },
      { clients: [] },
      { issuer: [] },
      { issuer: '' },
    ]) {
      expect(() => framework.createGuards({ ...published, audience: 'a', ...options } as never)).toThrow(TypeError);
    }
  });

  test('S7 to ask for one permission twice is to ask for it', async () => {
    const twice = await serve(holding(scope), allOf(scope, scope));
    expectPermit(await twice.send(tokenOf()));
    expectRefusal(
      await twice.send(tokenOf({ scope: 'other' })),
      insufficientScope(scope, [{ permission: scope }, { permission: scope }]),
    );
    expectRefusal(await twice.send(tokenOf({ sub: 'bob' })), insufficientPrivilege(scope, scope));
  });

  test('S12 no hint is given which other permissions there are', async () => {
    const api = await serve({
      store: memoryStore({ users: { alice: { permissions: ['secret:one', 'secret:two'] } } }),
    });
    const got = await api.send(tokenOf({ scope: `${scope} secret:one`, permissions: ['secret:three'] }));
    expectRefusal(got, noPrivilege);
    expect(visible(got)).not.toContain('secret');
  });

  test('S14 the store is not asked where the scope is lacking', async () => {
    let asked = 0;
    const api = await serve({
      store: {
        privilegesOf: () => {
          asked += 1;
          return [];
        },
      },
    });
    for (const differing of [{ scope: undefined }, { scope: 'other' }, { scope: 'other', sub: 'bob' }]) {
      expectRefusal(await api.send(tokenOf(differing)), noScope);
    }
    expect(asked).toBe(0);
    expectRefusal(await api.send(tokenOf()), noPrivilege);
    expect(asked).toBe(1);
  });

  test('S17 one sub at two issuers is two subjects', async () => {
    const [a, b] = [createSigner('k', 'EdDSA'), createSigner('k', 'EdDSA')];
    const [first, second] = [await publish(a.jwk), await publish(b.jwk)];
    const asked: Subject[] = [];
    const store: PrivilegeStore = {
      privilegesOf: (subject) => {
        asked.push(subject);
        return subject.issuer === first.url ? [{ permission: scope }] : [];
      },
    };
    const api = await startApi({ issuer: [first.url, second.url], store }, { framework });
    for (const _ of [1, 2]) {
      expectPermit(await api.send(a.token(claimsOf(first.url))));
      expectRefusal(await api.send(b.token(claimsOf(second.url))), noPrivilege);
    }
    expect(asked.map(({ issuer, id }) => [issuer, id])).toEqual(
      [first.url, second.url, first.url, second.url].map((url) => [url, 'alice']),
    );
  });

  test('S19 a guard alone authenticates, whatever stands before it', async () => {
    const { requirePermission, accessOf, authenticate } = framework.createGuards({
      ...published,
      audience: claimsOf('')['aud'] as string,
      trustScopes: true,
    } as never);
    const handle = (given: Given): string => accessOf(given).subject.id;
    const served = await framework.serve([
      { path: '/guarded', guards: [requirePermission(scope)], handle },
      { path: '/optional', guards: [authenticate({ required: false }), requirePermission(scope)], handle },
      { path: '/bare', guards: [], handle },
    ]);
    for (const path of ['/guarded', '/optional']) {
      expectRefusal(await ask(served.address + path), missingToken());
      expectRefusal(await ask(served.address + path, { token: 'x' }), invalid);
      expectPermit(await ask(served.address + path, { token: tokenOf() }), 'alice');
    }
    expect(served.runs()).toBe(2);
    // A handler that no guard stands before, and that asks who is served, is the program's fault.
    expect(await ask(`${served.address}/bare`, { token: tokenOf() })).toMatchObject({ status: 500, text: 'failed' });
    expect(served.failures).toEqual([expect.any(TypeError)]);
  });

  test('S20 what is withdrawn in the store is withdrawn with the next request, however well the token is remembered', async () => {
    let held: Privilege[] = [{ permission: scope }];
    const api = await serve({ store: { privilegesOf: () => held } });
    await api.authorizer.ready();
    const token = tokenOf();
    for (const _ of [1, 2]) expectPermit(await api.send(token));
    expect(api.authorizer.statistics().tokens).toMatchObject({ entries: 1, hits: 1 });
    held = [];
    expectRefusal(await api.send(token), noPrivilege);
    held = [{ permission: scope }, { permission: scope, effect: 'deny' }];
    expectRefusal(await api.send(token), noPrivilege);
    held = [{ permission: scope }];
    expectPermit(await api.send(token));
  });

  test('S20 what is withdrawn in the very list that the store gave counts too', async () => {
    const held: Privilege[] = [{ permission: scope }];
    const api = await serve({ store: { privilegesOf: () => held } });
    const token = tokenOf();
    expectPermit(await api.send(token));
    held[0] = { permission: 'other' };
    expectRefusal(await api.send(token), noPrivilege);
  });

  test('S20 what expires in the store is gone at that instant, also of a list that never changes', async () => {
    const clock = stopClocks();
    const held = Object.freeze([
      Object.freeze({
        permission: scope,
        expiresAt: Date.now() + 1000,
        source: Object.freeze({ kind: 'direct' as const }),
      }),
    ]);
    const api = await serve({ store: { privilegesOf: () => held } });
    const token = tokenOf();
    expectPermit(await api.send(token));
    clock.advance(999);
    expectPermit(await api.send(token));
    clock.advance(1);
    expectRefusal(await api.send(token), noPrivilege);
  });
});

describeOnEach('S8 anyOf and allOf', () => {
  const names = ['a:a', 'b:b', 'c:c'] as const;
  const requirement = fc.letrec<{ one: Requirement }>((tie) => ({
    one: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom(...names),
      fc.array(tie('one'), { minLength: 1, maxLength: 3 }).map((parts): Requirement => ({ allOf: parts })),
      fc.array(tie('one'), { minLength: 1, maxLength: 3 }).map((parts): Requirement => ({ anyOf: parts })),
    ),
  })).one;

  function isMet(asked: Requirement, has: (name: string) => boolean): boolean {
    if (typeof asked === 'string') return has(asked);
    if ('allOf' in asked) return asked.allOf.every((part) => isMet(part, has));
    return 'anyOf' in asked && asked.anyOf.some((part) => isMet(part, has));
  }

  test('S8 answer as the truth table says, for every nesting and every choice of scopes and privileges', async () => {
    const subsets = fc.subarray([...names]);
    await fc.assert(
      fc.asyncProperty(requirement, subsets, subsets, async (asks, delegated, held) => {
        const api = await startApi(
          { ...published, store: { privilegesOf: () => held.map((permission) => ({ permission })) } },
          { asks },
        );
        const { status, text } = await api.send(tokenOf({ scope: delegated.join(' ') }));
        const effective = delegated.filter((name) => held.includes(name));
        const isPermitted = isMet(asks, (name) => effective.includes(name as never));
        const isScopeLacking =
          !isMet(asks, (name) => delegated.includes(name as never)) ||
          isMet(asks, (name) => held.includes(name as never));
        const code = isPermitted ? undefined : isScopeLacking ? 'insufficient_scope' : 'insufficient_privilege';
        expect([status, (JSON.parse(text) as { code?: string }).code]).toEqual([isPermitted ? 200 : 403, code]);
      }),
      { numRuns: 60 },
    );
  });
});

describeOnEach('S10 S11 patterns', () => {
  const permissions = definePermissions({ [scope]: 'a', 'read:groups': 'b', 'write:contacts': 'c' });
  const answers = async (held: Held, name: string): Promise<number> => {
    const store = memoryStore({ users: { alice: { permissions: held } } });
    const api = await startApi({ ...published, store, permissions }, { asks: name });
    return (await api.send(tokenOf({ scope: `${scope} read:groups write:contacts` }))).status;
  };

  test.each([
    ['read:*', [200, 200, 403]],
    ['*:contacts', [200, 403, 200]],
    ['*', [200, 200, 200]],
    ['r*c*s', [200, 403, 403]],
    ['read:contact', [403, 403, 403]],
    ['read:contact?', [403, 403, 403]],
    ['READ:*', [403, 403, 403]],
    ['read.*', [403, 403, 403]],
  ])('S10 %s in the store is exactly the set that the catalogue has', async (pattern, wanted) => {
    const got = await Promise.all([scope, 'read:groups', 'write:contacts'].map((name) => answers([pattern], name)));
    expect(got).toEqual(wanted);
  });

  test('S10 a denied pattern takes away exactly that set', async () => {
    const held: Held = ['*', { permission: 'read:*', effect: 'deny' }];
    expect(await Promise.all([scope, 'read:groups', 'write:contacts'].map((name) => answers(held, name)))).toEqual([
      403, 403, 200,
    ]);
  });

  test('S10 without a catalogue a pattern grants nothing, and a denied one is nonsense', async () => {
    const grants = await startApi({ ...published, ...holding('read:*') });
    expectRefusal(await grants.send(tokenOf()), noPrivilege);
    const denies = await startApi({ ...published, ...holding(scope, { permission: 'read:*', effect: 'deny' }) });
    expectRefusal(await denies.send(tokenOf()), unavailable());
  });

  test('S11 a pattern of many stars costs no more than its length, in the store and in the token', async () => {
    const evil = `${'a*'.repeat(2000)}b`;
    const name = `${'a'.repeat(3000)}c`;
    const catalogue = definePermissions({ [name]: 'a', [scope]: 'b' });
    const store = memoryStore({
      users: { alice: { permissions: [evil, { permission: scope, on: `${'x*'.repeat(2000)}y` }] } },
    });
    const api = await startApi(
      { ...published, store, permissions: catalogue },
      {
        asks: anyOf(name, on(scope, 'x'.repeat(3000))),
      },
    );
    const startedAtMs = performance.now();
    const got = await api.send(
      tokenOf({ scope: `${scope} ${evil.slice(0, 2000)}`, permissions: [evil.slice(0, 2000)] }),
    );
    expect(got.status).toBe(403);
    expect(performance.now() - startedAtMs).toBeLessThan(500);
  });
});

describeOnEach('S15 a store that cannot say permits nobody', () => {
  const later = (answer: () => unknown) => async (): Promise<unknown> => {
    await sleep(1);
    return answer();
  };
  const fail = (): never => {
    throw new Error('the database is on fire');
  };
  const nonsense: [string, unknown][] = [
    ...[undefined, null, 5, true, scope, {}, { permissions: [scope] }, Symbol('x')].map((answer): [string, unknown] => [
      `answers ${String(answer)}`,
      answer,
    ]),
    ...[
      [scope],
      [null],
      [undefined],
      [[]],
      [{}],
      [{ permission: 5 }],
      [{ permission: '' }],
      [{ permission: scope, on: null }],
      [{ permission: scope, on: 5 }],
      [{ permission: scope, effect: 'allow' }],
      [{ permission: scope, effect: 'DENY' }],
      [{ permission: scope, expiresAt: Number.NaN }],
      [{ permission: scope, expiresAt: '2999-01-01' }],
      [{ permission: scope, organisation: 'acme' }],
      [{ permission: scope, audience: ['a'] }],
      [{ permission: scope }, { permission: scope, unknown: 1 }],
    ].map((answer): [string, unknown] => [`answers ${JSON.stringify(answer)}`, answer]),
  ];
  const stores: [string, () => unknown][] = [
    ['throws', fail],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
    ],
    ['rejects', () => Promise.reject(new Error('the database is on fire'))],
    ['rejects with nothing', () => Promise.reject(undefined)],
    ['never answers', () => new Promise(() => undefined)],
    ['answers late', () => sleep(120).then(() => [{ permission: scope }])],
    [
      'throws while it is read',
      () =>
        (function* () {
          yield { permission: scope };
          fail();
        })(),
    ],
    [
      'has a member that throws',
      () => [
        {
          get permission() {
            return fail();
          },
        },
      ],
    ],
    ['answers by something like a promise that throws', () => ({ then: fail })],
    ...nonsense.flatMap(([what, answer]): [string, () => unknown][] => [
      [what, () => answer],
      [`${what} later`, later(() => answer)],
    ]),
  ];

  test.each(stores)('S15 one that %s', async (_, answer) => {
    let isBroken = true;
    const store = { privilegesOf: () => (isBroken ? answer() : [{ permission: scope }]) } as PrivilegeStore;
    const api = await startApi({ ...published, store, storeTimeoutMs: 40 });
    const token = tokenOf();
    const got = await api.send(token);
    expectRefusal(got, unavailable());
    expect(visible(got)).not.toContain('fire');
    expect(api.runs()).toBe(0);
    expect(api.refusals).toMatchObject([{ code: 'unavailable' }]);
    // Nothing of it is kept.
    isBroken = false;
    expectPermit(await api.send(token));
    isBroken = true;
    expectRefusal(await api.send(token), unavailable());
  });

  test('S15 one whose answer never ends is a 503 all the same', async () => {
    const endless = {
      *[Symbol.iterator](): Generator<Privilege> {
        for (;;) yield { permission: scope };
      },
    };
    const api = await startApi({ ...published, store: { privilegesOf: () => endless } });
    expectRefusal(await api.send(tokenOf()), unavailable());
    expect(api.runs()).toBe(0);
  }, 30_000);

  test('S15 the nearest answer that is one permits', async () => {
    const answers: unknown[] = [
      [{ permission: scope }],
      new Set([{ permission: scope }]),
      (function* () {
        yield { permission: scope };
      })(),
    ];
    for (const answer of answers) {
      const api = await startApi({ ...published, store: { privilegesOf: () => answer } as PrivilegeStore });
      expectPermit(await api.send(tokenOf()));
    }
  });
});

describeOnEach('S16 many requests at once', () => {
  test('S16 each is served by what its own subject holds, in whatever order the store answers', async () => {
    const [a, b] = [createSigner('k', 'EdDSA'), createSigner('k', 'EdDSA')];
    const [first, second] = [await publish(a.jwk), await publish(b.jwk)];
    let delays: number[] = [];
    // Who holds it is spelt by the subject itself, so that an answer for another one shows.
    const holds = ({ issuer, id, organization = '' }: Subject): boolean =>
      `${issuer === first.url}${id}${organization}`.length % 2 === 0;
    const store: PrivilegeStore = {
      privilegesOf: async (subject) => {
        await sleep(delays.pop() ?? 0);
        return holds(subject) ? [{ permission: scope }] : [];
      },
    };
    const api = await startApi({ issuer: [first.url, second.url], store });
    const asking = fc.record({
      isFirst: fc.boolean(),
      id: fc.constantFrom('a', 'bb', 'ccc', 'a@clients'),
      organization: fc.constantFrom(undefined, 'o', 'pp'),
      again: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(asking, { minLength: 8, maxLength: 24 }),
        fc.array(fc.nat(6), { maxLength: 24 }),
        async (requests, someDelays) => {
          delays = [...someDelays];
          const answers = await Promise.all(
            requests.map(async ({ isFirst, id, organization, again }) => {
              const issuer = isFirst ? first.url : second.url;
              const claims = {
                sub: id,
                org_id: organization,
                jti: again ? 'same' : crypto.randomUUID(),
                client_id: 'c',
              };
              const { status, text } = await api.send((isFirst ? a : b).token(claimsOf(issuer, claims)));
              const subject: Subject = {
                issuer,
                id,
                kind: 'user',
                ...(organization !== undefined && { organization }),
              };
              const seen = status === 200 ? (JSON.parse(text) as { subject: Subject }).subject : subject;
              return { status, seen, subject };
            }),
          );
          for (const { status, seen, subject } of answers) {
            expect({ status, seen }).toEqual({ status: holds(subject) ? 200 : 403, seen: subject });
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test('S16 two requests with one token share no mistake of the store', async () => {
    let times = 0;
    const store: PrivilegeStore = {
      privilegesOf: async () => {
        times += 1;
        await sleep(5);
        if (times === 1) throw new Error('once');
        return [{ permission: scope }];
      },
    };
    const api = await startApi({ ...published, store });
    const token = tokenOf();
    const answers = await Promise.all([1, 2, 3, 4].map(() => api.send(token)));
    for (const { status } of answers) expect([200, 503]).toContain(status);
    expectPermit(await api.send(token));
  });
});

testOnEach('S3 a function of the application that rejects, for a claim, is nobody’s unhandled rejection', async () => {
  const readers = ['scope', 'permissions', 'client', 'organization', 'machine'] as const;
  for (const reader of readers) {
    const claims = { [reader]: () => Promise.reject(new Error('no such claim')) };
    const api = await startApi({ ...published, claims });
    await api.send(tokenOf());
    await sleep(1);
  }
});

testOnEach('S4 anywhere and on compare scopes byte for byte too', async () => {
  const api = await startApi(
    { ...published, ...holding(scope) },
    { asks: allOf(anywhere(scope), on(scope, 'contacts:id:1')) },
  );
  expectPermit(await api.send(tokenOf()));
  expect((await api.send(tokenOf({ scope: `${scope}2` }))).status).toBe(403);
  expect((await api.send(tokenOf({ scope: scope.toUpperCase() }))).status).toBe(403);
});
