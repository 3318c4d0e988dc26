// Rows E1 to E5 of the specification's section 8: every refusal, whatever refused, and what a client or a log gets to see of it.
// E2's second challenge comes with DPoP; until then the one there is must parse, and so must it beside another.

import { connect } from 'node:net';
import { inspect } from 'node:util';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { describe, expect, test } from '@jest/globals';
import {
  allOf,
  createAuthorizer,
  InsufficientScopeError,
  InvalidRequestError,
  InvalidTokenError,
  on,
  policy,
} from 'rightful';
import type { AuthorizerOptions, Privilege } from 'rightful';
import { createGuards } from 'rightful/express';
import {
  ask,
  askRaw,
  expectPermit,
  expectRefusal,
  insufficientPrivilege,
  insufficientScope,
  invalidRequest,
  invalidToken,
  missingToken,
  policyRefused,
  unavailable,
  visible,
  type Answer,
  type Expected,
} from '../flow/answers.ts';
import { expresses, frameworks, listen } from '../flow/frameworks.ts';
import { createServer } from 'node:http';
import { status, until } from '../issuer/loopback-server.ts';
import { challengesIn, expectBearer } from '../support/challenge-parser.ts';
import { audience, claimsOf, createSigner, publish, scope, sleep, startApi, type Claims, type Options } from './api.ts';

const signer = createSigner('k1', 'ES256');
const server = await publish(signer.jwk);
const away = await publish(signer.jwk);
away.answers.set('/jwks', status(500));
const published: Options = { issuer: server.url };
const tokenOf = (differing: Claims = {}): string => signer.token(claimsOf(server.url, differing));

const held: Privilege[] = [{ permission: scope }, { permission: 'known:only' }];
const store = { privilegesOf: ({ id }: { id: string }) => (id === 'alice' ? held : []) };
const failing = { privilegesOf: () => Promise.reject(new Error('the database is on fire')) };

interface Refused {
  readonly rule: string;
  readonly options?: Options;
  readonly asks?: Parameters<typeof allOf>[0];
  /** What follows `Authorization: `. */
  readonly authorization?: () => string;
  readonly answer: Expected;
}
const bearer =
  (differing: Claims = {}) =>
  (): string =>
    `Bearer ${tokenOf(differing)}`;
const refused: Refused[] = [
  { rule: 'C0, no credentials', answer: missingToken() },
  { rule: 'C0, another scheme', authorization: () => 'Digest username="a"', answer: missingToken() },
  { rule: 'CREQ, no token', authorization: () => 'Bearer', answer: invalidRequest() },
  { rule: 'CREQ, two tokens', authorization: () => 'Bearer a b', answer: invalidRequest() },
  { rule: 'CTOK, no JSON Web Token', authorization: () => 'Bearer nonsense', answer: invalidToken() },
  { rule: 'CTOK, expired', authorization: bearer({ exp: 1 }), answer: invalidToken('The access token has expired.') },
  {
    rule: 'CTOK, early',
    authorization: bearer({ nbf: 4e9 }),
    answer: invalidToken('The access token is not valid yet.'),
  },
  {
    rule: 'CTOK, for another API',
    authorization: bearer({ aud: 'x' }),
    answer: invalidToken('The access token is not meant for this API.'),
  },
  { rule: 'CTOK, taken back', authorization: bearer(), options: { isRevoked: () => true }, answer: invalidToken() },
  { rule: 'CSCOPE', authorization: bearer({ scope: 'other' }), answer: insufficientScope(scope) },
  {
    rule: 'CSCOPE, two scopes',
    authorization: bearer(),
    asks: allOf(scope, 'write:contacts'),
    answer: insufficientScope(`${scope} write:contacts`, [{ permission: 'write:contacts' }]),
  },
  { rule: 'CPRIV', authorization: bearer({ sub: 'bob' }), options: { store }, answer: insufficientPrivilege(scope) },
  {
    rule: 'a policy',
    authorization: bearer(),
    asks: allOf(
      scope,
      policy('office hours', () => false),
    ),
    answer: policyRefused('office hours'),
  },
  {
    rule: 'C503, the issuer',
    authorization: () => `Bearer ${signer.token(claimsOf(away.url))}`,
    options: { issuer: away.url },
    answer: unavailable(),
  },
  { rule: 'C503, the store', authorization: bearer(), options: { store: failing }, answer: unavailable() },
  {
    rule: 'C503, who takes tokens back',
    authorization: bearer(),
    options: { isRevoked: () => Promise.reject(new Error('fire')) },
    answer: unavailable(),
  },
];

const compared = ({ status: code, headers }: Answer): unknown[] => [
  code,
  ...['www-authenticate', 'content-type', 'cache-control', 'retry-after', 'content-length'].map((name) =>
    headers.get(name),
  ),
];

describe.each(frameworks)('on $name', (framework) => {
  test.each(refused)('E1 E2 $rule', async ({ options, asks = scope, authorization, answer }) => {
    const api = await startApi({ ...published, ...options }, { framework, asks });
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization: authorization() };
    const got = await ask(api.address, { headers });
    expectRefusal(got, answer);
    expect(visible(got)).not.toMatch(/fire|\bat .*:\d+|\.ts|node_modules|Error/);
    const challenge = got.headers.get('www-authenticate');
    if (challenge !== null) {
      const { error, scope: asked } = expectBearer(challengesIn(challenge), { realm: 'api' });
      expect(error).toBe(answer.body.code === 'missing_token' ? undefined : answer.body.code);
      expect(asked).toBe(answer.body.scope);
    }
    // HEAD is GET without the body, RFC 9110 section 9.3.2.
    const head = await ask(api.address, { method: 'HEAD', headers });
    expect(compared(head)).toEqual(compared(got));
    const raw = await askRaw(
      api.address,
      'HEAD /',
      authorization === undefined ? [] : [`Authorization: ${headers['authorization']}`],
    );
    expect(raw).toMatchObject({ status: got.status, text: '' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      expectRefusal(await ask(api.address, { method, headers }), answer);
    }
    expect([api.runs(), api.failures]).toEqual([0, []]);
  });

  test('E5 a subject that the store does not know, and one that it knows, are refused alike', async () => {
    const api = await startApi({ ...published, store }, { framework, asks: allOf(on('known:other', 'a:1'), scope) });
    const answers = await Promise.all(
      ['alice', 'nobody', '__proto__', ''.padEnd(2000, 'x')].map((sub) =>
        api.send(tokenOf({ sub, scope: `known:other ${scope}` })),
      ),
    );
    const [first] = answers;
    expectRefusal(answers[0] as Answer, insufficientPrivilege({ permission: 'known:other', on: 'a:1' }));
    // What they lack may differ; an answer to the same lack does not.
    const alone = await startApi({ ...published, store }, { framework, asks: 'known:other' });
    const same = await Promise.all(
      ['alice', 'nobody', '__proto__'].map((sub) => alone.send(tokenOf({ sub, scope: 'known:other' }))),
    );
    const shown = same.map((answer) => visible(answer).replace(/^date: .*$/m, ''));
    expect(new Set(shown).size).toBe(1);
    expect(first?.status).toBe(403);
  });

  test('E4 an error shows no token and no part of one, however it is printed', async () => {
    const api = await startApi(published, { framework });
    const told: unknown[] = [];
    const strict = createAuthorizer({
      ...published,
      audience,
      onRefused: (error) => told.push(error),
    } as AuthorizerOptions);
    const tokens = [
      tokenOf({ scope: 'other' }),
      tokenOf({ exp: 1 }),
      tokenOf({ iss: 'https://other.example' }),
      tokenOf({ cnf: {} }),
      `${tokenOf()}A`,
      tokenOf().slice(0, -8),
      createSigner('k1', 'ES256').token(claimsOf(server.url)),
      signer.token(claimsOf(server.url), { kid: 'other' }),
      signer.token(claimsOf(server.url), { alg: 'none' }),
      `${tokenOf()}"`,
      'x'.repeat(9000),
      'opaque-0123456789-abcdefghij',
    ];
    for (const token of tokens) {
      const got = await api.send(token);
      expect(got.status).toBeGreaterThanOrEqual(400);
      expectNothingOf(token, visible(got));
      const headers = { authorization: `Bearer ${token}` };
      try {
        await strict.authenticate({ headers });
      } catch (error) {
        told.push(error);
      }
    }
    expect(api.refusals).toHaveLength(tokens.length);
    for (const error of [...api.refusals, ...told]) {
      const printed = [
        inspect(error, { depth: Infinity, showHidden: true, getters: true }),
        String(error),
        JSON.stringify(error),
        String((error as Error).stack),
      ];
      for (const token of tokens) expectNothingOf(token, printed.join('\n'));
    }
    await strict.close();
  });
});

function expectNothingOf(token: string, text: string): void {
  for (let at = 0; at + 17 <= token.length; at += 1) {
    if (text.includes(token.slice(at, at + 17)))
      throw new Error(`Shown from ${at}: ${token.slice(at, at + 17)} in ${text}`);
  }
}

describe.each(expresses)('E3 on $name', ({ express: library }) => {
  interface Watched {
    readonly address: string;
    readonly entries: () => number;
    readonly nexts: unknown[];
    readonly runs: () => number;
    readonly errors: unknown[];
  }

  /** Counts how often the guard goes on. */
  async function watched(
    options: Options,
    { before, errorHandler = true }: { before?: RequestHandler; errorHandler?: boolean } = {},
  ): Promise<Watched> {
    const app: Express = library();
    app.set('env', 'test'); // Express logs nothing then
    const { requirePermission } = createGuards(
      createAuthorizer({
        audience,
        trustScopes: options.store === undefined,
        ...published,
        ...options,
      } as AuthorizerOptions),
    );
    const guard = requirePermission(scope);
    const [nexts, errors]: [unknown[], unknown[]] = [[], []];
    let [runs, entries] = [0, 0];
    if (before !== undefined) app.use(before);
    app.use((request, response, next) => {
      entries += 1;
      guard(request, response, (error?: unknown) => {
        nexts.push(error);
        next(error);
      });
    });
    app.get('/', (_request, response) => {
      runs += 1;
      if (!response.destroyed) response.end('handled');
    });
    const remember: ErrorRequestHandler = (error, _request, response, next) => {
      errors.push(error);
      next(error);
    };
    if (errorHandler) app.use(remember);
    return { address: await listen(createServer(app)), entries: () => entries, nexts, runs: () => runs, errors };
  }

  const slowStore = { privilegesOf: () => sleep(40).then(() => [{ permission: scope }]) };
  const slowFailure = { privilegesOf: () => sleep(40).then(() => Promise.reject(new Error('late'))) };

  test('E3 a request that passes goes on once, at once or later', async () => {
    for (const options of [{}, { store: slowStore }]) {
      const { address, nexts } = await watched(options);
      expectPermit(await ask(address, { token: tokenOf() }));
      expect(nexts).toEqual([undefined]);
    }
  });

  test('E3 a refusal goes on never, with or without an error handler', async () => {
    for (const errorHandler of [true, false]) {
      const { address, nexts, errors, runs } = await watched({}, { errorHandler });
      expectRefusal(await ask(address), missingToken());
      expectRefusal(await ask(address, { token: 'x' }), invalidToken());
      expect([nexts, errors, runs()]).toEqual([[], [], 0]);
    }
  });

  test('E3 a refusal behind headers that are sent is handed on once, and not written into the answer', async () => {
    const before: RequestHandler = (_request, response, next) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('begun');
      next();
    };
    for (const errorHandler of [true, false]) {
      for (const [options, token] of [
        [{}, undefined],
        [{}, 'x'],
        [{ store: slowFailure }, tokenOf()],
      ] as const) {
        const { address, nexts, errors, runs } = await watched(options, { before, errorHandler });
        // What Express makes of it is to cut the connection.
        const text = await askRaw(address, 'GET /', token === undefined ? [] : [`Authorization: Bearer ${token}`]).then(
          (answer) => answer.text,
          () => '',
        );
        expect(text).not.toContain('access');
        expect(text).not.toContain('handled');
        expect(nexts).toEqual([expect.objectContaining({ code: expect.any(String), status: expect.any(Number) })]);
        expect([errors.length, runs()]).toEqual([errorHandler ? 1 : 0, 0]);
      }
    }
  });

  test('E3 a client that leaves in the middle is no error, and the guard goes on at most once', async () => {
    const slowIssuer = await publish(signer.jwk);
    const keys = { keys: [signer.jwk] };
    const cases: [Options, () => string, number][] = [
      [{ store: slowStore }, () => tokenOf(), 1],
      [{ store: slowFailure }, () => tokenOf(), 0],
      [{ issuer: slowIssuer.url }, () => signer.token(claimsOf(slowIssuer.url)), 1],
      [{ issuer: slowIssuer.url }, () => createSigner('k1', 'ES256').token(claimsOf(slowIssuer.url)), 0],
      [{ isRevoked: () => sleep(40).then(() => true) }, () => tokenOf(), 0],
      [{ isRevoked: () => sleep(40).then(() => false) }, () => tokenOf(), 1],
    ];
    for (const [options, token, wanted] of cases) {
      slowIssuer.answers.set('/jwks', (response) => void setTimeout(() => response.end(JSON.stringify(keys)), 40));
      let settled = 0;
      const onRefused = (): void => void (settled += 1);
      const { address, entries, nexts, errors } = await watched({ ...options, onRefused });
      const { hostname, port } = new URL(address);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(`GET / HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token()}\r\n\r\n`);
      await until(() => entries() === 1);
      socket.destroy();
      await until(() => nexts.length + settled > 0);
      await sleep(5);
      expect({ nexts, settled, errors }).toEqual({
        nexts: wanted === 1 ? [undefined] : [],
        settled: 1 - wanted,
        errors: [],
      });
      // And the server serves the next one.
      expect((await ask(address)).status).toBe(401);
    }
  });

  const failures: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('hook');
      },
    ],
    ['rejects', () => Promise.reject(new Error('hook'))],
    [
      'gives something like a promise that throws',
      () => ({
        then: () => {
          throw new Error('hook');
        },
      }),
    ],
  ];
  const hooks = ['onRefused', 'onDecision', 'onKeys'].flatMap((name) =>
    failures.map(([how, fail]) => [name, how, fail] as const),
  );
  test.each(hooks)('E3 %s that %s is nobody’s unhandled rejection', async (name, _, fail) => {
    const { address, nexts } = await watched({ [name]: fail });
    expectRefusal(await ask(address, { token: 'x' }), invalidToken());
    expectRefusal(await ask(address, { token: tokenOf({ scope: 'other' }) }), insufficientScope(scope));
    expectPermit(await ask(address, { token: tokenOf() }));
    expect(nexts).toEqual([undefined]);
    await sleep(5);
  });
});

describe('E2 the parser that these tests read challenges with', () => {
  const one = (text: string): unknown =>
    challengesIn(text).map(({ scheme, token68, parameters }) => [
      scheme,
      token68 ?? Object.fromEntries([...parameters].map(([name, { value }]) => [name, value])),
    ]);

  test.each<[string, unknown]>([
    ['Bearer', [['Bearer', {}]]],
    ['Bearer realm="a"', [['Bearer', { realm: 'a' }]]],
    ['Bearer realm=a', [['Bearer', { realm: 'a' }]]],
    ['Bearer realm=""', [['Bearer', { realm: '' }]]],
    ['Bearer   realm="a"', [['Bearer', { realm: 'a' }]]],
    ['Bearer realm = "a"', [['Bearer', { realm: 'a' }]]],
    ['Bearer realm\t=\t"a"', [['Bearer', { realm: 'a' }]]],
    ['Bearer REALM="a"', [['Bearer', { realm: 'a' }]]],
    ['Bearer realm="a\\"b\\\\c"', [['Bearer', { realm: 'a"b\\c' }]]],
    ['Bearer realm="a, b=c"', [['Bearer', { realm: 'a, b=c' }]]],
    ['Bearer realm="a", error="b"', [['Bearer', { realm: 'a', error: 'b' }]]],
    ['Bearer realm="a",error="b"', [['Bearer', { realm: 'a', error: 'b' }]]],
    ['Bearer realm="a" , ,, error="b"', [['Bearer', { realm: 'a', error: 'b' }]]],
    ['Bearer realm', [['Bearer', 'realm']]],
    ['Bearer realm==', [['Bearer', 'realm==']]],
    ['Negotiate YII=', [['Negotiate', 'YII=']]],
    ['Negotiate a68/+-._~==', [['Negotiate', 'a68/+-._~==']]],
    [
      'A a=, B b=c',
      [
        ['A', 'a='],
        ['B', { b: 'c' }],
      ],
    ],
    [
      'Basic realm="a", Bearer realm="b", error="c"',
      [
        ['Basic', { realm: 'a' }],
        ['Bearer', { realm: 'b', error: 'c' }],
      ],
    ],
    [
      'Bearer realm="a", DPoP algs="ES256 PS256"',
      [
        ['Bearer', { realm: 'a' }],
        ['DPoP', { algs: 'ES256 PS256' }],
      ],
    ],
    [
      'DPoP algs="ES256",Bearer',
      [
        ['DPoP', { algs: 'ES256' }],
        ['Bearer', {}],
      ],
    ],
    [
      'Newauth, Bearer realm="a"',
      [
        ['Newauth', {}],
        ['Bearer', { realm: 'a' }],
      ],
    ],
    [', Bearer realm="a",', [['Bearer', { realm: 'a' }]]],
    [
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
      [
        ['Newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
        ['Basic', { realm: 'simple' }],
      ],
    ],
  ])('reads %j', (text, wanted) => {
    expect(one(text)).toEqual(wanted);
  });

  test.each([
    ...[
      '',
      ',',
      ' ',
      '=',
      '"',
      'realm="a"',
      'Bearer realm="a',
      'Bearer realm="a""',
      'Bearer realm="a"b',
      'Bearer realm=a"b"',
    ],
    ...['Bearer realm="a" error="b"', 'Bearer realm="a"; error="b"', 'Bearer "a"', 'Bearer ="a"', 'Bearer realm="a\\"'],
    ...[
      'Bearer realm="a\r\nX: b"',
      'Bearer realm="a\0"',
      'Bearer realm="é"',
      'Bearer realm="\u007f"',
      'Béarer realm="a"',
      'Bearer\trealm="a"',
      'Bearer: realm="a"',
    ],
    ...[
      'Bearer realm="a", realm="b"',
      'Bearer realm="a", REALM="b"',
      'Bearer/1 realm="a"',
      'Bearer realm=a b',
      'Bearer realm=(a)',
      'Bearer a68==, realm="a"',
    ],
  ])('refuses %j', (text) => {
    expect(() => one(text)).toThrow(Error);
  });

  test.each([
    'Basic realm="api"',
    'Bearer realm="other"',
    'Bearer realm=api',
    'Bearer',
    'Bearer realm="api", error="server_error"',
    'Bearer realm="api", error_description="x"',
    'Bearer realm="api", error="invalid_token", scope="a"',
    'Bearer realm="api", error="insufficient_scope"',
    'Bearer realm="api", error="insufficient_scope", scope="a  b"',
    'Bearer realm="api", error="insufficient_scope", scope=" a"',
    'Bearer realm="api", error="invalid_token", error_description="a\\"b"',
    'Bearer realm="api", error="invalid_token", error_description="a\\\\b"',
    'Bearer realm="api", error="invalid_token", error_description="a\tb"',
    'Bearer realm="api", code="x"',
    'Bearer realm="api", Bearer realm="api"',
  ])('takes %j for no Bearer challenge of this API', (text) => {
    expect(() => expectBearer(challengesIn(text), { realm: 'api' })).toThrow(Error);
  });

  test('takes each of RFC 6750’s for one', () => {
    for (const text of [
      'Bearer realm="example"',
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
    ]) {
      expect(expectBearer(challengesIn(text), { realm: 'example' }).realm).toBe('example');
    }
  });
});

test.each(['a"b', 'a\\b', 'a\r\nSet-Cookie: a=b', 'é', '\0', 'a\tb', '🔑', 'a", error="x'])(
  'E2 what an application’s own error says, %j, leaves a challenge that can be read',
  async (text) => {
    const errors = [
      new InvalidTokenError(text),
      new InvalidRequestError(text),
      new InsufficientScopeError(text, { scope: text.replaceAll(/\s/g, '') }),
    ];
    for (const error of errors) {
      const asks = allOf(
        scope,
        policy('throws', () => {
          throw error;
        }),
      );
      const api = await startApi(published, { asks });
      const got = await api.send(tokenOf());
      expect(got.status).toBe(error.status);
      expect(expectBearer(challengesIn(got.headers.get('www-authenticate') ?? ''), { realm: 'api' }).error).toBe(
        error.code,
      );
      expect(got.headers.get('set-cookie')).toBeNull();
      expect(JSON.parse(got.text)).toMatchObject({ code: error.code, detail: text });
    }
  },
);

test('E1 an application that answers later headers keeps what the refusal says', async () => {
  const app = express();
  const { requirePermission } = createGuards(createAuthorizer({ audience, ...published } as AuthorizerOptions));
  app.use((_request, response, next) => {
    response.set({
      'cache-control': 'public, max-age=3600',
      'www-authenticate': 'Basic realm="x"',
      'content-type': 'text/html',
      etag: '"1"',
    });
    next();
  });
  app.get('/', requirePermission(scope), (_request, response) => void response.end());
  const address = await listen(createServer(app));
  expectRefusal(await ask(address), missingToken());
});
