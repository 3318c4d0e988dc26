// Rows C1 to C16 and C19 of the specification's section 3: what a token whose signature is good may say. C17 and C18 come later.

import { expect, test } from '@jest/globals';
import { ask, expectPermit, expectRefusal, insufficientScope, invalidRequest, invalidToken } from '../flow/answers.ts';
import type { Expected } from '../flow/answers.ts';
import type { Given } from '../flow/frameworks.ts';
import {
  audience,
  bystander,
  claimsOf,
  createSigner,
  encoded,
  publish,
  scope,
  startApi,
  stopClocks,
  testRows,
  textOf,
  type Claims,
  type Clock,
  type Options,
  type Row,
  describeOnEach,
  framework,
} from './api.ts';

const signer = createSigner('k1', 'ES256');
const server = await publish(signer.jwk);
const published: Options = { issuer: server.url };
const strict: Options = { profile: 'rfc9068' };
const header = '{"alg":"ES256","kid":"k1","typ":"at+jwt"}';

const invalid = invalidToken();
const expired = invalidToken('The access token has expired.');
const early = invalidToken('The access token is not valid yet.');
const elsewhere = invalidToken('The access token is not meant for this API.');

const tokenOf = (differing: Claims = {}): string => signer.token(claimsOf(server.url, differing), { typ: 'at+jwt' });
/** With more members, as text, behind those of a good token. */
const tokenWith = (more: string, differing: Claims = {}): string =>
  signer.raw(header, textOf(claimsOf(server.url, differing), more));

const good = (rule: string, token: Row['token'], options?: Options): Row => ({
  rule,
  token,
  ...(options && { options }),
});
const bad = (rule: string, token: Row['token'], answer: Expected = invalid, options?: Options): Row => ({
  rule,
  token,
  answer,
  ...(options && { options }),
});
/** In both profiles. */
const goods = (rule: string, token: Row['token']): Row[] => [
  good(`${rule}, lenient`, token),
  good(`${rule}, rfc9068`, token, strict),
];
const bads = (rule: string, token: Row['token'], answer?: Expected): Row[] => [
  bad(`${rule}, lenient`, token, answer),
  bad(`${rule}, rfc9068`, token, answer, strict),
];
const nowSeconds = (): number => Date.now() / 1000;
const years = 365 * 24 * 60 * 60;

// C1 to C7, as far as no exact time is needed
const times: Row[] = [
  ...goods('C1 a token with exp passes', () => tokenOf()),
  ...bads('C1 a token without exp is refused', () => tokenOf({ exp: undefined })),
  ...bads('C1 an exp that the claims would inherit is none', () =>
    tokenWith(`"__proto__":{"exp":${nowSeconds() + 300}}`, { exp: undefined }),
  ),
  ...[`${nowSeconds() + 300}`, '2999-01-01T00:00:00Z', '', true, false, null, [nowSeconds() + 300], [], {}].flatMap(
    (exp) => bads(`C2 exp ${JSON.stringify(exp)} is refused`, () => tokenOf({ exp })),
  ),
  ...[0, -0, -1, -1e9, 1, 0.5].flatMap((exp) => bads(`C2 exp ${exp} is expired`, () => tokenOf({ exp }), expired)),
  ...goods('C3 exp with a fraction passes', () => tokenOf({ exp: nowSeconds() + 60.5 })),
  ...goods('C3 exp in exponential notation passes', () => tokenWith(`"exp":${(nowSeconds() + 60) / 1e9}e9`)),
  ...['1e400', '-1e400', '9007199254740993', '1e308', '99999999999999999999'].flatMap((exp) =>
    bads(`C4 exp ${exp} is refused`, () => tokenWith(`"exp":${exp}`), exp.startsWith('-') ? invalid : undefined),
  ),
  ...bads('C4 exp in milliseconds is refused', () => tokenOf({ exp: Date.now() + 300_000 })),
  ...bads('C4 exp eleven years from now is refused', () => tokenOf({ exp: nowSeconds() + 11 * years })),
  ...goods('C4 exp nine years from now passes', () => tokenOf({ exp: nowSeconds() + 9 * years })),
  ...goods('C6 a token without nbf passes', () => tokenOf()),
  ...bads('C6 nbf a minute from now is refused', () => tokenOf({ nbf: nowSeconds() + 60 }), early),
  ...bads('C6 nbf in milliseconds is refused', () => tokenOf({ nbf: Date.now() }), early),
  ...goods('C6 nbf within the tolerance passes', () => tokenOf({ nbf: Math.floor(nowSeconds()) + 3 })),
  ...goods('C6 nbf with a fraction passes', () => tokenOf({ nbf: nowSeconds() - 0.5 })),
  ...goods('C6 nbf before 1970 passes', () => tokenOf({ nbf: -1 })),
  ...[`${nowSeconds()}`, '', null, true, [0], {}].flatMap((nbf) =>
    bads(`C6 nbf ${JSON.stringify(nbf)} is refused`, () => tokenOf({ nbf })),
  ),
  ...['1e400', '-1e400'].flatMap((nbf) => bads(`C6 nbf ${nbf} is refused`, () => tokenWith(`"nbf":${nbf}`))),
  bad('C7 iat a minute from now is refused, rfc9068', () => tokenOf({ iat: nowSeconds() + 60 }), invalid, strict),
  good('C7 iat a minute from now is no matter, lenient', () => tokenOf({ iat: nowSeconds() + 60 })),
  ...goods('C7 iat within the tolerance passes', () => tokenOf({ iat: Math.floor(nowSeconds()) + 3 })),
  ...goods('C7 iat long ago passes', () => tokenOf({ iat: 1 })),
  bad('C7 a token without iat is refused, rfc9068', () => tokenOf({ iat: undefined }), invalid, strict),
  good('C7 a token without iat passes, lenient', () => tokenOf({ iat: undefined })),
  ...[`${nowSeconds()}`, null, true, [0], {}].flatMap((iat) =>
    bads(`C7 iat ${JSON.stringify(iat)} is refused`, () => tokenOf({ iat })),
  ),
  ...bads('C7 iat 1e400 is refused', () => tokenWith('"iat":1e400')),
];

// C8, C10, C11
const named = (name: string, values: readonly unknown[], answer?: Expected): Row[] =>
  values.flatMap((value) =>
    bads(
      `${name} ${JSON.stringify(value) ?? 'missing'} is refused`,
      () => tokenOf({ [name.split(' ')[1] as string]: value }),
      answer,
    ),
  );
const { port } = new URL(server.url);
const issuers: Row[] = [
  ...goods('C8 iss to the letter passes', () => tokenOf()),
  ...named('C8 iss', [
    ...[undefined, null, 5, true, '', [server.url], [server.url, 'https://other.example'], { 0: server.url }],
    ...[
      `${server.url}/`,
      `${server.url}?`,
      `${server.url}#`,
      `${server.url} `,
      ` ${server.url}`,
      `${server.url}\n`,
      `${server.url}/.`,
    ],
    ...[server.url.toUpperCase(), server.url.replace('http', 'HTTP'), server.url.replace('http', 'https')],
    ...[
      `http://127.0.0.1`,
      `http://127.1:${port}`,
      `http://localhost:${port}`,
      `http://127.0.0.1:0${port}`,
      `http://@127.0.0.1:${port}`,
    ],
    ...['__proto__', 'constructor', 'toString', 'https://other.example'],
  ]),
];
const audiences: Row[] = [
  ...goods('C10 aud that is the API passes', () => tokenOf({ aud: audience })),
  ...goods('C10 aud that is a list of the API passes', () => tokenOf({ aud: [audience] })),
  ...goods('C10 aud that names the API among others passes', () =>
    tokenOf({ aud: ['https://other.example', audience, 5] }),
  ),
  ...goods('C10 aud that names the API twice passes', () => tokenOf({ aud: [audience, audience] })),
  ...named(
    'C10 aud',
    [
      ...[
        undefined,
        null,
        5,
        true,
        '',
        [],
        [[audience]],
        { 0: audience },
        { [audience]: true },
        [null],
        [{ aud: audience }],
      ],
      ...[
        `${audience}.evil`,
        `${audience}/`,
        audience.slice(0, -1),
        audience.toUpperCase(),
        ` ${audience}`,
        `${audience} `,
        `${audience}\0`,
      ],
      ...[
        `${audience} https://other.example`,
        `${audience},x`,
        [`${audience}.evil`, `x${audience}`],
        'contacts.example',
        '*',
        '__proto__',
      ],
    ],
    elsewhere,
  ),
  good('C10 aud that names one of the API’s several names passes', () => tokenOf({ aud: 'b' }), {
    audience: ['a', 'b'],
  }),
  bad('C10 aud that names two of the API’s names in one is refused', () => tokenOf({ aud: 'a b' }), elsewhere, {
    audience: ['a', 'b'],
  }),
  good('C10 no aud passes where tokens have none', () => tokenOf({ aud: undefined }), {
    audience: null,
    clients: ['app'],
  }),
  bad('C10 aud is refused where tokens have none', () => tokenOf(), invalid, { audience: null, clients: ['app'] }),
  bad('C10 no aud is refused for another client', () => tokenOf({ aud: undefined, client_id: 'app2' }), invalid, {
    audience: null,
    clients: ['app'],
  }),
];
const machine: Claims = { gty: 'client-credentials' };
const subjects: Row[] = [
  ...goods('C11 sub passes', () => tokenOf({ sub: 'anon@example' })),
  ...goods('C11 sub with any characters passes', () => tokenOf({ sub: 'a\r\n"\\\0é🔑' })),
  ...bads('C11 no sub of a user is refused', () => tokenOf({ sub: undefined })),
  bad('C11 no sub of a machine is refused, rfc9068', () => tokenOf({ ...machine, sub: undefined }), invalid, strict),
  good('C11 no sub of a machine passes, lenient', () => tokenOf({ ...machine, sub: undefined })),
  ...[5, 0, '', null, true, ['alice'], { id: 'alice' }].flatMap((sub) => [
    ...bads(`C11 sub ${JSON.stringify(sub)} is refused`, () => tokenOf({ sub })),
    ...bads(`C11 sub ${JSON.stringify(sub)} of a machine is refused`, () => tokenOf({ ...machine, sub })),
  ]),
  ...['client_id', 'jti'].flatMap((name) => [
    bad(`C11 no ${name} is refused, rfc9068`, () => tokenOf({ [name]: undefined }), invalid, strict),
    good(`C11 no ${name} passes, lenient`, () => tokenOf({ [name]: undefined })),
    ...[5, '', null].map((value) =>
      bad(
        `C11 ${name} ${JSON.stringify(value)} is refused, rfc9068`,
        () => tokenOf({ [name]: value }),
        invalid,
        strict,
      ),
    ),
  ]),
];

// C12, C13, C14
const payloads: [string, (object: string) => string | Buffer][] = [
  ['a list', (object) => `[${object}]`],
  ['a list of pairs', () => JSON.stringify(Object.entries(claimsOf(server.url)))],
  ['null', () => 'null'],
  ['a string', (object) => JSON.stringify(object)],
  ['a number', () => '5'],
  ['nothing but a blank', () => ' '],
  ['no JSON', (object) => object.slice(1)],
  ['two objects', (object) => object + object],
  ['an object and a letter', (object) => `${object}x`],
  ['an object and a NUL', (object) => `${object}\0`],
  ['an object after a byte order mark', (object) => `\ufeff${object}`],
  ['JSON with a comma at its end', (object) => `${object.slice(0, -1)},}`],
  ['JSON with a NaN', (object) => `${object.slice(0, -1)},"x":NaN}`],
  ['JSON with a raw line break in a text', (object) => `${object.slice(0, -1)},"x":"\n"}`],
  [
    'invalid UTF-8',
    (object) => Buffer.concat([Buffer.from(object.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]),
  ],
  ['cut UTF-8', (object) => Buffer.concat([Buffer.from(object.slice(0, -1)), Buffer.from(',"x":"\xe9"}', 'latin1')])],
  ['UTF-16', (object) => Buffer.from(object, 'utf16le')],
  ['65 levels', (object) => `${object.slice(0, -1)},"x":${'['.repeat(64)}${']'.repeat(64)}}`],
  ['1,000 levels', (object) => `${object.slice(0, -1)},"x":${'{"x":'.repeat(999)}5${'}'.repeat(999)}}`],
];
const shapes: Row[] = [
  ...payloads.map(([what, change]) =>
    bad(`C12 a payload that is ${what} is refused`, () => signer.raw(header, change(textOf(claimsOf(server.url))))),
  ),
  good('C12 a payload of 64 levels passes', () => tokenWith(`"x":${'['.repeat(63)}${']'.repeat(63)}`)),
  good('C12 a payload with any characters passes', () => tokenWith('"x":"\\u0000\\ud800🔑é"')),
  good('C12 blanks around a payload pass', () => signer.raw(header, ` \r\n\t${textOf(claimsOf(server.url))}\n`)),
];
const inHours = (): number => Math.floor(nowSeconds()) + 3600;
const duplicates: Row[] = [
  good('C13 of two scopes the last counts', () => tokenWith(`"scope":"${scope}"`, { scope: 'other' })),
  bad('C13 of two scopes the first does not count', () => tokenWith('"scope":"other"'), insufficientScope(scope)),
  bad('C13 of two iss the last counts', () => tokenWith('"iss":"https://other.example"')),
  good('C13 of two iss the first does not count', () =>
    tokenWith(`"iss":"${server.url}"`, { iss: 'https://other.example' }),
  ),
  bad('C13 of two aud the last counts', () => tokenWith('"aud":"https://other.example"'), elsewhere),
  bad('C13 of two exp the last counts', () => tokenWith('"exp":1'), expired),
  good('C13 of two exp the first does not count', () => tokenWith(`"exp":${inHours()}`, { exp: 1 })),
  bad('C13 an escaped name is the same name', () => tokenWith('"\\u0061ud":"https://other.example"'), elsewhere),
  bad('C13 of two cnf each would be enough', () => tokenWith('"cnf":{"jkt":"x"},"cnf":null')),
];

// C15, C16
const firstParty: Options = { firstPartyClients: ['app'], store: { privilegesOf: () => [{ permission: scope }] } };
const bound: Row[] = [
  ...[
    { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
    { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' },
    { jkt: 'a', 'x5t#S256': 'b' },
    { unknown: 1 },
    { jwk: signer.jwk },
    { kid: 'k1' },
    {},
    [],
    null,
    '',
    'jkt',
    5,
    true,
    { jkt: null },
  ].flatMap((cnf) =>
    bads(`C15 X8 a token with cnf ${JSON.stringify(cnf).slice(0, 30)} is refused as a bearer token`, () =>
      tokenOf({ cnf }),
    ),
  ),
  ...goods('C15 a token whose other claims speak of a cnf passes', () =>
    tokenOf({ x: { cnf: { jkt: 'a' } }, CNF: {} }),
  ),
];
const actors: Row[] = [
  ...goods('C16 a token with an actor passes', () => tokenOf({ act: { sub: 'agent' } })),
  ...goods('C16 a chain of actors passes, whatever stands further down', () =>
    tokenOf({ act: { sub: 'agent', act: { sub: 'admin', act: 5 } } }),
  ),
  ...['agent', '', null, 5, true, [], [{ sub: 'agent' }]].flatMap((act) =>
    bads(`C16 act ${JSON.stringify(act)} is refused`, () => tokenOf({ act })),
  ),
  bad(
    'C16 an actor’s scope is not the token’s',
    () => tokenOf({ scope: 'other', act: { sub: 'agent', scope } }),
    insufficientScope(scope),
  ),
  bad(
    'C16 a nested actor’s scope is not the token’s',
    () => tokenOf({ scope: 'other', act: { sub: 'a', act: { sub: 'b', scope } } }),
    insufficientScope(scope),
  ),
  bad(
    'C16 may_act grants nothing',
    () => tokenOf({ scope: 'other', may_act: { sub: 'alice', scope } }),
    insufficientScope(scope),
  ),
  good('C16 a client of the API’s owner delegates everything', () => tokenOf({ scope: undefined }), firstParty),
  bad(
    'C16 a client of the API’s owner delegates by scopes where an actor is',
    () => tokenOf({ scope: undefined, act: { sub: 'agent' } }),
    insufficientScope(scope),
    firstParty,
  ),
  bad(
    'C16 a malformed actor is no way around that',
    () => tokenOf({ scope: undefined, act: null }),
    invalid,
    firstParty,
  ),
  good(
    'C16 may_act takes nothing from a client of the API’s owner',
    () => tokenOf({ scope: undefined, may_act: { sub: 'agent' } }),
    firstParty,
  ),
];

testRows([times, issuers, audiences, subjects, shapes, duplicates, bound, actors].flat(), published);

describeOnEach('the exact instant', () => {
  const at = async (clock: Clock, instant: number, token: string, options: Options): Promise<number> => {
    clock.setWall(instant * 1000);
    return (await (await startApi({ ...published, ...options })).send(token)).status;
  };
  test.each([0, 0.5, 5, 60])(
    'C5 with a tolerance of %d s a token is expired on exp and the tolerance, and not before',
    async (tolerance) => {
      const clock = stopClocks();
      const [exp, options] = [clock.nowSeconds + 100, { clockToleranceSeconds: tolerance }];
      const api = await startApi({ ...published, ...options });
      const uncached = await startApi({ ...published, ...options, tokenCache: false });
      const token = tokenOf({ exp });
      const send = async (instant: number, wanted?: Expected): Promise<void> => {
        clock.setWall(instant * 1000);
        // The one that is remembered, the same one where nothing is, and one that is new.
        for (const got of [
          await api.send(token),
          await uncached.send(token),
          await api.send(tokenOf({ exp, jti: `${instant}` })),
        ]) {
          if (wanted === undefined) expectPermit(got);
          else expectRefusal(got, wanted);
        }
      };
      await send(exp - 1);
      await send(exp + tolerance - 0.001);
      await send(exp + tolerance, expired);
      await send(exp + tolerance + 1000, expired);
    },
  );

  test('C3 the fraction of exp counts', async () => {
    const clock = stopClocks();
    const exp = clock.nowSeconds + 0.5;
    const options = { clockToleranceSeconds: 0 };
    expect(await at(clock, exp - 0.001, tokenOf({ exp }), options)).toBe(200);
    expect(await at(clock, exp, tokenOf({ exp }), options)).toBe(401);
  });

  test.each([0, 5])(
    'C6 with a tolerance of %d s a token is valid on nbf less the tolerance, and not before',
    async (tolerance) => {
      const clock = stopClocks();
      const [nbf, options] = [clock.nowSeconds + 100, { clockToleranceSeconds: tolerance }];
      const token = tokenOf({ nbf });
      expect(await at(clock, nbf - tolerance - 0.001, token, options)).toBe(401);
      expect(await at(clock, nbf - tolerance, token, options)).toBe(200);
    },
  );

  test('C7 with a tolerance of 5 s iat lies no further than that in the future, rfc9068', async () => {
    const clock = stopClocks();
    const [iat, options] = [clock.nowSeconds + 100, { clockToleranceSeconds: 5, ...strict }];
    const token = tokenOf({ iat });
    expect(await at(clock, iat - 5.001, token, options)).toBe(401);
    expect(await at(clock, iat - 5, token, options)).toBe(200);
  });

  test('C4 the furthest exp lies ten years of 366 days from now', async () => {
    const clock = stopClocks();
    const now = clock.nowSeconds;
    const furthest = now + 10 * 366 * 24 * 60 * 60;
    expect(await at(clock, now, tokenOf({ exp: furthest }), {})).toBe(200);
    expect(await at(clock, now, tokenOf({ exp: furthest + 1 }), {})).toBe(401);
  });
});

describeOnEach('two issuers', () => {
  const [a, b] = [createSigner('shared', 'ES256'), createSigner('shared', 'ES256')];

  test('C8 C9 a token is verified by the keys of the issuer it names, also where two share a kid', async () => {
    const [first, second] = [await publish(a.jwk), await publish(b.jwk)];
    const api = await startApi({ issuer: [first.url, second.url] });
    expectPermit(await api.send(a.token(claimsOf(first.url))));
    expectPermit(await api.send(b.token(claimsOf(second.url))));
    expectRefusal(await api.send(b.token(claimsOf(first.url))), invalid);
    expectRefusal(await api.send(a.token(claimsOf(second.url))), invalid);
    expectRefusal(await api.send(a.token(claimsOf(first.url, { iss: [first.url, second.url] }))), invalid);
    expectPermit(await api.send(a.token(claimsOf(first.url))));
  });

  test('C8 an issuer is compared as it is written: case, slash, port, dots and punycode are its own', async () => {
    const configured = [
      'https://Issuer.example',
      'https://issuer.example:443/',
      'https://xn--bcher-kva.example',
      'https://i.example/a%2Fb',
    ];
    const twins = [
      'https://issuer.example',
      'https://issuer.example/',
      'https://bücher.example',
      'https://i.example/a/b',
    ];
    const keys = { keys: [a.jwk] };
    const api = await startApi({ issuer: configured.map((issuer) => ({ issuer, keys })) });
    for (const issuer of configured) expectPermit(await api.send(a.token(claimsOf(issuer))));
    for (const issuer of twins) expectRefusal(await api.send(a.token(claimsOf(issuer))), invalid);
  });

  test('C10 each issuer’s own audience counts for its tokens alone', async () => {
    const [first, second] = [await publish(a.jwk), await publish(b.jwk)];
    const api = await startApi({
      issuer: [
        { issuer: first.url, audience: 'a' },
        { issuer: second.url, audience: 'b' },
      ],
    });
    expectPermit(await api.send(a.token(claimsOf(first.url, { aud: 'a' }))));
    expectPermit(await api.send(b.token(claimsOf(second.url, { aud: 'b' }))));
    expectRefusal(await api.send(a.token(claimsOf(first.url, { aud: 'b' }))), elsewhere);
    expectRefusal(await api.send(b.token(claimsOf(second.url, { aud: 'a' }))), elsewhere);
  });
});

describeOnEach('what a handler sees', () => {
  test('C13 of two claims of one name is the last, everywhere', async () => {
    const api = await startApi({ ...published });
    const got = await api.send(tokenWith(`"sub":"bob","scope":"x ${scope}","client_id":"app2"`));
    expect(JSON.parse(got.text)).toMatchObject({
      subject: { id: 'bob' },
      client: 'app2',
      scopes: ['x', scope],
      claims: { sub: 'bob', client_id: 'app2' },
    });
  });

  test('C14 of claims named as members of every object is those claims and nothing else', async () => {
    const own =
      '"__proto__":{"polluted":true,"scope":"admin"},"constructor":{"prototype":{"polluted":true}},"toString":1,"hasOwnProperty":2,"valueOf":3,"then":{"call":4},"toJSON":5';
    const seen: unknown[] = [];
    const { createGuards, serve } = framework();
    const { requirePermission, accessOf } = createGuards({ ...published, audience, trustScopes: true } as never);
    const handle = (given: Given): unknown => {
      const { claims } = accessOf(given);
      seen.push(Promise.resolve(claims), claims);
      return { ...claims, names: Object.keys(claims), isPlain: Object.getPrototypeOf(claims) === Object.prototype };
    };
    const served = await serve([{ path: '/', guards: [requirePermission(scope)], handle }]);
    const got = await ask(served.address, { token: tokenWith(own) });
    expect(got.status).toBe(200);
    expect(JSON.parse(got.text)).toMatchObject({
      isPlain: true,
      names: expect.arrayContaining(['__proto__', 'then', 'toString']),
    });
    expect(await seen[0]).toBe(seen[1]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { scope?: unknown }).scope).toBeUndefined();
    expectRefusal(
      await ask(served.address, { token: signer.raw(header, `{"__proto__":${textOf(claimsOf(server.url))}}`) }),
      invalid,
    );
  });

  test('C14 a claim that only a prototype has is not read', async () => {
    const api = await startApi({ ...published });
    const inherited = `"__proto__":${JSON.stringify({ scope, sub: 'admin' })}`;
    expectRefusal(await api.send(tokenWith(inherited, { scope: undefined })), insufficientScope(scope));
    expectRefusal(await api.send(tokenWith(inherited, { sub: undefined })), invalid);
  });

  test('C16 of an actor is the claim, and the subject stays who it is', async () => {
    const api = await startApi({ ...published });
    const act = { sub: 'agent', act: { sub: 'other' } };
    const got = await api.send(tokenOf({ act }));
    expect(JSON.parse(got.text)).toMatchObject({ subject: { id: 'alice', kind: 'user' }, claims: { act } });
  });

  test('C15 of a token with cnf is nothing, whatever was sent before it', async () => {
    const api = await startApi({ ...published });
    const unbound = tokenOf();
    expectPermit(await api.send(unbound));
    expectRefusal(await api.send(tokenOf({ cnf: { jkt: 'x' } })), invalid);
    expectPermit(await api.send(unbound));
    expect(api.runs()).toBe(2);
  });
});

describeOnEach('C8 K18 an issuer that is not trusted', () => {
  test('C8 is never asked for anything', async () => {
    const stranger = await bystander();
    stranger.answers.set('/.well-known/openid-configuration', {
      issuer: stranger.url,
      jwks_uri: `${stranger.url}/jwks`,
    });
    stranger.answers.set('/jwks', { keys: [signer.jwk] });
    const api = await startApi({ ...published });
    for (const iss of [stranger.url, `${stranger.url}/`]) expectRefusal(await api.send(tokenOf({ iss })), invalid);
    expect(stranger.requests).toEqual([]);
  });
});

describeOnEach('C19 a claim set of 100,000 entries', () => {
  const entries = Array.from({ length: 100_000 }, (_, at) => `"c${at}":1`).join(',');
  const huge = (): string => tokenWith(entries);

  test('C19 is refused unread where a parser of forms lets it through', async () => {
    const { post, failures } = await startApi({ ...published });
    const token = huge();
    expect(token.length).toBeGreaterThan(1_000_000);
    // One that is no JSON Web Token at all costs the same: neither is read.
    for (const sent of [token, 'x'.repeat(token.length), `${encoded(header)}.${'A'.repeat(token.length)}.AAAA`]) {
      const startedAtMs = performance.now();
      expectRefusal(await post(sent), invalid);
      expect(performance.now() - startedAtMs).toBeLessThan(1000);
    }
    expectRefusal(await post(`${'x'.repeat(9000)}"`), invalidRequest());
    expectPermit(await post(tokenOf()));
    expect(failures).toEqual([]);
  });

  test('C19 in a header is answered by Node itself, with 431', async () => {
    const api = await startApi({ ...published });
    const got = await api.send(huge());
    expect(got.status).toBe(431);
    expect(got.headers.get('www-authenticate')).toBeNull();
    expect(api.runs()).toBe(0);
    expectPermit(await api.send(tokenOf()));
  });

  test('C19 maxTokenBytes is the length at which a token is refused, to the letter', async () => {
    const token = tokenOf();
    expectPermit(await (await startApi({ ...published, maxTokenBytes: token.length })).send(token));
    expectRefusal(await (await startApi({ ...published, maxTokenBytes: token.length - 1 })).send(token), invalid);
  });
});
