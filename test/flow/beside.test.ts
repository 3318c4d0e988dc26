// Living beside what people already use: the middleware of express-oauth2-jwt-bearer as our verifier or before our guards, its
// checks of claims after them, and express-jwt and koa-jwt before them.

import { createHash, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import express from 'express';
import type { RequestHandler } from 'express';
import { expressjwt } from 'express-jwt';
import {
  auth,
  claimCheck,
  claimEquals,
  claimIncludes,
  requiredScopes,
  scopeIncludesAny,
} from 'express-oauth2-jwt-bearer';
import type { AuthOptions } from 'express-oauth2-jwt-bearer';
import koaJwt from 'koa-jwt';
import { createAuthorizer, InvalidTokenError } from 'rightful';
import type { AccessError, AuthorizerOptions, BringYourOwnVerifier } from 'rightful';
import { createGuards, fromRequestAuth, fromVerifiedClaims, verifierFrom } from 'rightful/express';
import { fromVerifiedClaims as fromKoaClaims } from 'rightful/koa';
import { createTestIssuer } from 'rightful/testing';
import { challengesIn } from '../support/challenge-parser.ts';
import {
  ask,
  askRaw,
  expectPermit,
  expectRefusal,
  invalidRequest,
  invalidToken,
  missingToken,
  unavailable,
  visible,
} from './answers.ts';
import type { Answer } from './answers.ts';
import { expresses, frameworks, listening } from './frameworks.ts';
import type { Framework, Middleware, Served } from './frameworks.ts';
import { audience, issuer, options, sleep, tokenOf } from './scene.ts';

const scope = 'read:contacts';
const inDatabase: AuthOptions = { issuerBaseURL: issuer.issuer, audience };
const noDPoP: AuthOptions = { ...inDatabase, dpop: { enabled: false } };

interface Api extends Served {
  readonly refusals: AccessError[];
}

async function serve(
  { createGuards: guardsOf, serve: start }: Framework,
  verifier: BringYourOwnVerifier,
  differing: Partial<AuthorizerOptions> = {},
  before: readonly Middleware[] = [],
): Promise<Api> {
  const refusals: AccessError[] = [];
  const onRefused = (error: AccessError): unknown => refusals.push(error);
  const told = options({ verifier, onRefused, issuer: issuer.issuer, ...differing });
  const { requirePermission, accessOf } = guardsOf(createAuthorizer(told));
  const guards = [...before, requirePermission(scope)];
  const handle = (given: Parameters<typeof accessOf>[0]): unknown => accessOf(given).subject.id;
  return { ...(await start([{ method: 'all', path: '/:any', guards, handle }], { parsesBodies: true })), refusals };
}

describe.each(frameworks)('verifierFrom on $name', (framework) => {
  const from = (middleware: unknown, differing?: Partial<AuthorizerOptions>): Promise<Api> =>
    serve(framework, verifierFrom(middleware as RequestHandler), differing);

  test('a token that the middleware verifies is one, and the guard decides', async () => {
    const api = await from(auth(noDPoP));
    expectPermit(await ask(`${api.address}/x`, { token: await tokenOf({ scope }) }), 'alice');
    expect((await ask(`${api.address}/x`, { token: await tokenOf({ scope, sub: 'bob' }) })).status).toBe(403);
    expectRefusal(await ask(`${api.address}/x`), missingToken());
    expectRefusal(await ask(`${api.address}/x`, { token: 'a.b.c' }), invalidToken());
    expect(api.failures).toEqual([]);
  });

  test('T2 to T9 where the token stands is for the guard to say, and what is sent otherwise is ignored', async () => {
    const api = await from(auth(noDPoP));
    const token = await tokenOf({ scope });
    const send = (...lines: string[]): Promise<Answer> => askRaw(api.address, 'GET /x', lines);
    expectRefusal(await send('Authorization: Basic YTpi'), missingToken());
    expectRefusal(await send('Authorization: Bearer'), invalidRequest());
    expectPermit(await send(`Authorization: bearer ${token}`));
    expectPermit(await send(`Authorization: Bearer  ${token}`));
    expectRefusal(await send(`Authorization: Bearer ${token} x`), invalidRequest());
    expectRefusal(await send(`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`), invalidRequest());
    expectPermit(await ask(`${api.address}/x?access_token=${token}`, { token }));
    expectRefusal(await ask(`${api.address}/x?access_token=${token}`), missingToken());
    const body = new URLSearchParams({ access_token: token });
    expectPermit(await ask(`${api.address}/x`, { method: 'POST', body, token }));
    expectRefusal(await ask(`${api.address}/x`, { method: 'POST', body }), missingToken());
  });

  test('T17 a Host that names no host is a 400, as the page on migrating says', async () => {
    const api = await from(auth(noDPoP));
    const authorization = `Authorization: Bearer ${await tokenOf({ scope })}`;
    for (const host of ['a/b', 'a b', 'a?b', 'http://a']) {
      expectRefusal(await askRaw(api.address, 'GET /x', [`Host: ${host}`, authorization]), invalidRequest());
    }
    expectPermit(await askRaw(api.address, 'GET /x', ['Host: contacts.example', authorization]));
  });

  test('a form that the guard reads is handed to it as a header', async () => {
    const api = await from(auth(noDPoP), { bearer: { form: true } });
    const body = new URLSearchParams({ access_token: await tokenOf({ scope }) });
    expectPermit(await ask(`${api.address}/x`, { method: 'POST', body }), 'alice');
  });

  test('issuer and audience are ours, whatever the middleware takes', async () => {
    const other = await createTestIssuer({ audience, algorithm: 'ES256' });
    const mcd = { audience: [audience, 'https://other.example'], mcd: { issuers: [issuer.issuer, other.issuer] } };
    const api = await from(auth({ ...mcd, dpop: { enabled: false } }));
    const both = await from(auth({ ...mcd, dpop: { enabled: false } }), {
      issuer: [issuer.issuer, other.issuer],
      store: { privilegesOf: () => [{ permission: scope }] },
    });
    const token = await other.token({ sub: 'alice', scope });
    expectRefusal(await ask(`${api.address}/x`, { token }), invalidToken());
    expectPermit(await ask(`${both.address}/x`, { token }), 'alice');
    expectPermit(await ask(`${both.address}/x`, { token: await tokenOf({ scope }) }), 'alice');
    const elsewhere = await tokenOf({ scope, aud: 'https://other.example' });
    expectRefusal(
      await ask(`${api.address}/x`, { token: elsewhere }),
      invalidToken('The access token is not meant for this API.'),
    );
    await other.close();
  });

  test('nothing that it says of a token reaches the answer; DPoP is named where it is enabled', async () => {
    const api = await from(auth(inDatabase));
    const hostile = 'x", DPoP algs="HS256"\\, realm="evil"\r\nSet-Cookie: a=b é🔑';
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tokens = [
      `${encode({ alg: hostile })}.${encode({})}.AAAA`,
      `${encode({ alg: 'ES256', kid: hostile, crit: [hostile] })}.${encode({ iss: hostile })}.AAAA`,
      await tokenOf({ scope, iss: hostile }),
      await tokenOf({ scope, aud: hostile }),
    ];
    const { body, ...plain } = invalidToken();
    const algorithms = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES256K ES384 ES512 EdDSA';
    for (const token of tokens) {
      const answer = await ask(`${api.address}/x`, { token });
      expectRefusal(answer, { ...plain, body, challenge: `${plain.challenge}, DPoP algs="${algorithms}"` });
      expect(visible(answer)).not.toMatch(/evil|HS256|Set-Cookie/i);
      expect(challengesIn(answer.headers.get('www-authenticate') as string).map(({ scheme }) => scheme)).toEqual([
        'Bearer',
        'DPoP',
      ]);
    }
    expect(api.refusals).toHaveLength(tokens.length);
    for (const refusal of api.refusals) expect(inspect(refusal)).not.toMatch(/\r|\nSet-Cookie|é|🔑/);
    expect(api.refusals[0]?.cause).toMatchObject({ status: 401, message: expect.stringContaining('\\u000d\\u000a') });
    expectPermit(await ask(`${api.address}/x`, { token: await tokenOf({ scope }) }));
  });

  type Go = (error?: unknown) => void;
  type Any = (
    request: { auth?: unknown; headers: { authorization: string; 'x-tenant'?: string } },
    response: never,
    next: Go,
  ) => unknown;
  const good: Any = async (request, _, next) => {
    const token = request.headers.authorization.slice(7);
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString());
    request.auth = { header: { alg: 'ES256' }, payload, token };
    next();
  };
  const withStatus = (status: unknown): Any => {
    return (_request, _, next) =>
      next(Object.assign(new Error('theirs', { cause: 'x' }), { status, headers: { 'X-Theirs': '1' } }));
  };
  const left = (auth: (token: string) => unknown): Any => {
    return (request, _, next) => {
      request.auth = auth(request.headers.authorization.slice(7));
      next();
    };
  };
  const payload = { iss: issuer.issuer };

  test.each<[string, Any, Parameters<typeof expectRefusal>[1]]>([
    ['refuses with 400', withStatus(400), invalidRequest()],
    ['refuses with 401', withStatus(401), invalidToken()],
    ['refuses with 500', withStatus(500), unavailable()],
    ['refuses with no status', withStatus(undefined), unavailable()],
    ['refuses with an error of ours', (_request, _, next) => next(new InvalidTokenError()), invalidToken()],
    ['refuses with a text', (_request, _, next) => next('route'), unavailable()],
    ['refuses with nothing that is false', (_request, _, next) => next(false), unavailable()],
    [
      'throws',
      () => {
        throw new Error('theirs');
      },
      unavailable(),
    ],
    [
      'rejects',
      async () => {
        throw Object.assign(new Error('theirs'), { status: 401 });
      },
      invalidToken(),
    ],
    ['never calls next', () => undefined, unavailable()],
    [
      'answers by itself',
      (_request, response: never) => (response as { end(text: string): void }).end('theirs'),
      unavailable(),
    ],
    [
      'begins an answer by itself',
      (_request, response: never) => (response as { writeHead(code: number): void }).writeHead(200),
      unavailable(),
    ],
    [
      'refuses, and then goes on',
      (request, response, next) => {
        next(new InvalidTokenError());
        return good(request, response, next);
      },
      invalidToken(),
    ],
    ['goes on without auth', (_request, _, next) => next(), invalidToken()],
    ['leaves a text', left(() => 'alice'), unavailable()],
    ['leaves the claims alone', left(() => payload), unavailable()],
    ['leaves no header', left((token) => ({ payload, token })), unavailable()],
    ['leaves no token', left(() => ({ header: {}, payload })), unavailable()],
    ['leaves another token', left((token) => ({ header: {}, payload, token: `${token}x` })), invalidToken()],
    ['leaves a promise', left((token) => Promise.resolve({ header: {}, payload, token })), unavailable()],
    [
      'leaves a claim that cannot be copied',
      left((token) => ({ header: {}, payload: { ...payload, x: () => 1 }, token })),
      unavailable(),
    ],
  ])('a middleware that %s', async (_, middleware, answer) => {
    const api = await from(middleware, { storeTimeoutMs: 30 });
    const got = await ask(`${api.address}/x`, { token: await tokenOf({ scope }) });
    expectRefusal(got, answer);
    expect(visible(got)).not.toMatch(/theirs/i);
    expect([api.runs(), api.failures]).toEqual([0, []]);
    expect(api.refusals).toHaveLength(1);
  });

  test('what a middleware says of a token by code, or with a statusCode alone, stands on one line of the log too', async () => {
    const hostile = 'evil\r\nSet-Cookie: a=b é';
    const error = Object.assign(new Error(hostile), { statusCode: 401, code: hostile });
    const api = await from(((_request, _, next) => next(error)) satisfies Any);
    const got = await ask(`${api.address}/x`, { token: await tokenOf({ scope }) });
    expectRefusal(got, invalidToken());
    expect(visible(got)).not.toMatch(/evil/);
    const escaped = 'evil\\u000d\\u000aSet-Cookie: a=b \\u00e9';
    expect(api.refusals).toMatchObject([{ status: 401, cause: { status: 401, code: escaped, message: escaped } }]);
  });

  test('a middleware that goes on twice, or goes on and then fails, has gone on once', async () => {
    const api = await from(async (...[request, response, next]: Parameters<Any>) => {
      await good(request, response, next);
      next();
      next(new Error('theirs'));
      throw new Error('theirs');
    });
    expectPermit(await ask(`${api.address}/x`, { token: await tokenOf({ scope }) }), 'alice');
    expect([api.runs(), api.failures]).toEqual([1, []]);
  });

  test('what another middleware has left as req.auth is not taken for its answer', async () => {
    const forge = framework.name.startsWith('Koa')
      ? (ctx: { req: object }, next: () => unknown) => (Object.assign(ctx.req, { auth: forged }), next())
      : (request: object, _: unknown, next: () => unknown) => (Object.assign(request, { auth: forged }), next());
    const token = await tokenOf({ scope });
    const forged = {
      header: {},
      payload: { iss: issuer.issuer, aud: audience, sub: 'admin', scope, exp: 1e10 },
      token,
    };
    const api = await serve(
      framework,
      verifierFrom((_: unknown, __: unknown, next: Go) => next()),
      {},
      [forge],
    );
    expectRefusal(await ask(`${api.address}/x`, { token }), invalidToken());
  });

  test('where it is told that no token is needed, a bad one is refused all the same', async () => {
    const api = await from(auth({ ...noDPoP, authRequired: false }));
    expectRefusal(await ask(`${api.address}/x`, { token: 'a.b.c' }), invalidToken());
    expectPermit(await ask(`${api.address}/x`, { token: await tokenOf({ scope }) }));
  });

  test('an issuer that is down is its own 401, as the page on migrating says', async () => {
    const api = await from(auth({ audience, issuerBaseURL: 'http://127.0.0.1:9', dpop: { enabled: false } }));
    expectRefusal(await ask(`${api.address}/x`, { token: await tokenOf({ scope }) }), invalidToken());
  });

  describe('a token bound by DPoP', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const bound = (): Promise<string> => tokenOf({ scope, cnf: { jkt: thumbprintOf(publicKey) } });
    const proofFor = (address: string, token: string, path = '/x', key = privateKey): string =>
      proof({ publicKey, privateKey: key }, { htm: 'GET', htu: address + path, ath: sha256(token) });

    test('passes with its proof, and with none, another’s or as a bearer token it is refused', async () => {
      const api = await from(auth(inDatabase));
      const token = await bound();
      const send = (headers: Record<string, string>): Promise<Answer> => ask(`${api.address}/x?y=1`, { headers });
      expectPermit(await send({ authorization: `DPoP ${token}`, dpop: proofFor(api.address, token) }), 'alice');
      const thief = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      const statuses = [];
      for (const headers of [
        { authorization: `Bearer ${token}` },
        { authorization: `Bearer ${token}`, dpop: proofFor(api.address, token) },
        { authorization: `DPoP ${token}` },
        { authorization: `DPoP ${token}`, dpop: proofFor(api.address, token, '/other') },
        { authorization: `DPoP ${token}`, dpop: proofFor(api.address, token, '/x', thief) },
        { authorization: `DPoP ${await tokenOf({ scope })}`, dpop: proofFor(api.address, token) },
        { authorization: 'DPoP', dpop: proofFor(api.address, token) },
      ]) {
        const answer = await send(headers);
        statuses.push([answer.status, (JSON.parse(answer.text) as { code: string }).code]);
        expect(() => challengesIn(answer.headers.get('www-authenticate') as string)).not.toThrow();
      }
      expect(statuses).toEqual([
        [401, 'invalid_token'],
        [401, 'invalid_token'],
        [400, 'invalid_request'],
        [400, 'invalid_request'],
        [400, 'invalid_request'],
        [401, 'invalid_token'],
        [400, 'invalid_request'],
      ]);
      expect(api.runs()).toBe(1);
    });

    test('that is refused is told so in the challenge of its scheme', async () => {
      const api = await from(auth(inDatabase));
      const token = await bound();
      const headers = { authorization: `DPoP ${token}`, dpop: proofFor(api.address, token, '/other') };
      const answer = await ask(`${api.address}/x`, { headers });
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="api", DPoP error="invalid_dpop_proof", error_description="The DPoP proof is not valid here.", algs="RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES256K ES384 ES512 EdDSA"',
      );
    });

    test('is refused where the middleware does not check proofs, however it is sent', async () => {
      const api = await from(auth(noDPoP));
      const token = await bound();
      const dpop = proofFor(api.address, token);
      for (const authorization of [`Bearer ${token}`, `DPoP ${token}`]) {
        const answer = await ask(`${api.address}/x`, { headers: { authorization, dpop } });
        expect([400, 401]).toContain(answer.status);
      }
      // A middleware that looks at the token alone
      const lax = await from(((request, response, next) => {
        request.headers.authorization = request.headers.authorization.replace(/^DPoP/, 'Bearer');
        return good(request, response, next);
      }) satisfies Any);
      const headers = { authorization: `DPoP ${token}`, dpop };
      expectRefusal(await ask(`${lax.address}/x`, { headers }), invalidToken());
      expect([api.runs(), lax.runs()]).toEqual([0, 0]);
    });

    test('is refused where the middleware checks no proof, whatever else it wants of a request', async () => {
      const api = await from(((request, response, next) => {
        if (request.headers['x-tenant'] !== 'a') return next(Object.assign(new Error('No tenant'), { status: 401 }));
        request.headers.authorization = request.headers.authorization.replace(/^DPoP/, 'Bearer');
        return good(request, response, next);
      }) satisfies Any);
      const token = await bound();
      const headers = { authorization: `DPoP ${token}`, dpop: proofFor(api.address, token), 'x-tenant': 'a' };
      expectRefusal(await ask(`${api.address}/x`, { headers }), invalidToken());
    });

    test('and by anything beside is refused', async () => {
      const api = await from(auth(inDatabase));
      const token = await tokenOf({ scope, cnf: { jkt: thumbprintOf(publicKey), 'x5t#S256': 'x' } });
      const headers = { authorization: `DPoP ${token}`, dpop: proofFor(api.address, token) };
      expect((await ask(`${api.address}/x`, { headers })).status).toBe(401);
    });
  });

  describe('a token bound to a certificate', () => {
    const mine = Buffer.from('a certificate, which is never as short as the name of a tenant');
    const bound = (): Promise<string> =>
      tokenOf({ scope, cnf: { 'x5t#S256': createHash('sha256').update(mine).digest('base64url') } });
    const getCertificate: AuthOptions['getCertificate'] = (request) => {
      const sent = request.headers['x-client-certificate'];
      return typeof sent === 'string' ? Buffer.from(sent, 'base64') : undefined;
    };
    const certificate = mine.toString('base64');

    test('passes with it, and with none or another it is refused', async () => {
      const api = await from(auth({ ...noDPoP, getCertificate }));
      const token = await bound();
      const send = (headers: Record<string, string>): Promise<Answer> => ask(`${api.address}/x`, { token, headers });
      expectPermit(await send({ 'x-client-certificate': certificate }), 'alice');
      expectRefusal(await send({}), invalidRequest());
      expectRefusal(await send({ 'x-client-certificate': 'AAAA' }), invalidToken());
      expect(api.runs()).toBe(1);
    });

    test('is refused where the middleware does not check certificates, whatever else it wants of a request', async () => {
      const tenant: Any = (request, response, next) => {
        if (request.headers['x-tenant'] !== 'a') return next(Object.assign(new Error('No tenant'), { status: 400 }));
        return good(request, response, next);
      };
      const headers = { 'x-tenant': 'a', 'x-client-certificate': certificate };
      const api = await from(tenant);
      expectPermit(await ask(`${api.address}/x`, { token: await tokenOf({ scope }), headers }), 'alice');
      expectRefusal(await ask(`${api.address}/x`, { token: await bound(), headers }), invalidToken());
    });

    test('is refused where the middleware does not check certificates', async () => {
      for (const mtls of [{ mtls: { enabled: false }, getCertificate }, {}]) {
        const api = await from(auth({ ...noDPoP, ...mtls }));
        const headers = { 'x-client-certificate': certificate };
        expectRefusal(await ask(`${api.address}/x`, { token: await bound(), headers }), invalidToken());
      }
    });
  });
});

test('verifierFrom is given a middleware', () => {
  for (const given of [undefined, null, {}, 'auth']) expect(() => verifierFrom(given as never)).toThrow(TypeError);
  for (const given of [undefined, 'auth']) {
    expect(() => fromVerifiedClaims(given as never)).toThrow(TypeError);
    expect(() => fromKoaClaims(given as never)).toThrow(TypeError);
  }
});

test('verifier.schemes names schemes that there are', () => {
  const verifier = (schemes: unknown): BringYourOwnVerifier =>
    Object.assign(async () => ({ claims: {} }), { schemes }) as BringYourOwnVerifier;
  for (const schemes of [[], 'DPoP', ['Basic'], [5]]) {
    expect(() => createAuthorizer(options({ issuer: issuer.issuer, verifier: verifier(schemes) }))).toThrow(/schemes/);
  }
});

test('verifierFrom serves requests of the Web', async () => {
  const authorizer = createAuthorizer(options({ issuer: issuer.issuer, verifier: verifierFrom(auth(inDatabase)) }));
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const token = await tokenOf({ scope, cnf: { jkt: thumbprintOf(keys.publicKey) } });
  const dpop = proof(keys, { htm: 'GET', htu: 'https://contacts.example/a', ath: sha256(token) });
  const headers = { authorization: `DPoP ${token}`, dpop, host: 'contacts.example' };
  const access = await authorizer.authenticate(new Request('https://contacts.example/a?b', { headers }));
  expect(access.subject.id).toBe('alice');
  const elsewhere = new Request('https://contacts.example/other', { headers });
  await expect(authorizer.authenticate(elsewhere)).rejects.toMatchObject({ code: 'invalid_request' });
});

describe.each(expresses)('after app.use(auth()) on $name', ({ name }) => {
  const framework = frameworks.find((one) => one.name === name) as Framework;
  const after = (told: AuthOptions, differing?: Partial<AuthorizerOptions>): Promise<Api> =>
    serve(framework, fromRequestAuth(), differing, [auth(told)]);

  test('guards read req.auth, for the token that the request was sent with', async () => {
    const api = await after({ ...noDPoP, authRequired: false });
    expectPermit(await ask(`${api.address}/x`, { token: await tokenOf({ scope }) }), 'alice');
    expectRefusal(await ask(`${api.address}/x`), missingToken());
    expectRefusal(await ask(`${api.address}/x`, { token: 'a.b.c' }), invalidToken());
    expectRefusal(await ask(`${api.address}/x?access_token=${await tokenOf({ scope })}`), missingToken());
  });

  test('issuer and audience are checked again', async () => {
    const token = await tokenOf({ scope });
    for (const differing of [{ issuer: 'https://other.example' }, { audience: 'https://other.example' }]) {
      expect((await ask(`${(await after(noDPoP, differing)).address}/x`, { token })).status).toBe(401);
    }
  });

  test('a token bound by DPoP passes with its proof, and not where nobody checks it', async () => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const token = await tokenOf({ scope, cnf: { jkt: thumbprintOf(keys.publicKey) } });
    const [checking, lax] = [await after(inDatabase), await after(noDPoP)];
    const dpop = proof(keys, { htm: 'GET', htu: `${checking.address}/x`, ath: sha256(token) });
    expectPermit(await ask(`${checking.address}/x`, { headers: { authorization: `DPoP ${token}`, dpop } }), 'alice');
    expectRefusal(await ask(`${lax.address}/x`, { token }), invalidToken());
  });

  test.each<[string, unknown]>([
    ['another token', { header: {}, payload: {}, token: 'a.b.c' }],
    ['nothing', undefined],
  ])('with %s there, nobody is signed in', async (_, left) => {
    const leave: RequestHandler = (request, __, next) => (Object.assign(request, { auth: left }), next());
    const api = await serve(framework, fromRequestAuth(), {}, [leave]);
    expectRefusal(await ask(`${api.address}/x`, { token: await tokenOf({ scope }) }), invalidToken());
  });
});

describe.each(expresses)('the checks of claims of express-oauth2-jwt-bearer on $name', ({ express: library }) => {
  test('work after our guards', async () => {
    const app = library();
    const { authenticate, requirePermission } = createGuards(options());
    const statusOf = (error: { status?: number }): number => error.status ?? 500;
    const checks: [string, RequestHandler][] = [
      ['a', requiredScopes('read:contacts')],
      ['b', scopeIncludesAny('other read:contacts')],
      ['c', claimEquals('sub', 'alice')],
      ['d', claimIncludes('scope', 'read:contacts')],
      ['e', claimCheck((payload) => payload.sub === 'alice')],
      ['f', requiredScopes('other')],
      ['g', claimEquals('sub', 'bob')],
    ];
    for (const [path, check] of checks) {
      const guard = path < 'd' ? authenticate() : requirePermission(scope);
      app.get(`/${path}`, guard as RequestHandler, check, (_request, response) => void response.json(path));
    }
    const { address, failures } = await listening(app);
    const token = await tokenOf({ scope });
    const statuses = [];
    for (const [path] of checks) statuses.push((await ask(`${address}/${path}`, { token })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 403, 401]);
    expect(failures.map((error) => statusOf(error as object))).toEqual([403, 401]);
  });

  test('and an error handler that reads theirs finds status, statusCode, headers and code on ours', async () => {
    const app = library();
    const { requirePermission } = createGuards(options(), {
      onRefusal: (error, _request, _response, next) => next(error),
    });
    app.get('/', requirePermission('write:contacts') as RequestHandler);
    const { address, failures } = await listening(app);
    await ask(address);
    await ask(address, { token: await tokenOf({ scope }) });
    expect(failures).toMatchObject([
      { status: 401, statusCode: 401, code: 'missing_token', headers: { 'WWW-Authenticate': 'Bearer realm="api"' } },
      {
        ...{ status: 403, statusCode: 403, code: 'insufficient_scope' },
        headers: { 'WWW-Authenticate': expect.stringContaining('scope="write:contacts"') },
      },
    ]);
  });
});

const secret = 'a secret of thirty-two characters or so';
const hmacToken = (claims: object = {}): string => {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const all = { iss: issuer.issuer, aud: audience, sub: 'alice', scope, iat: now, exp: now + 60, ...claims };
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(all)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};

describe.each(frameworks)('after express-jwt and koa-jwt on $name', (framework) => {
  const isKoa = framework.name.startsWith('Koa');
  const verifier = isKoa
    ? fromKoaClaims((ctx) => (ctx.state as { user?: unknown }).user)
    : fromVerifiedClaims((request) => (request as { auth?: unknown }).auth);
  const koaVerifies: Middleware = koaJwt({ secret, algorithms: ['HS256'], passthrough: true });
  const verifies: Middleware = isKoa
    ? koaVerifies
    : expressjwt({ secret, algorithms: ['HS256'], credentialsRequired: false });
  const start = (before: readonly Middleware[] = [verifies]): Promise<Api> => serve(framework, verifier, {}, before);

  test('the claims that they leave are believed, and issuer, audience and times checked', async () => {
    const api = await start();
    const statusOf = async (claims: object): Promise<number> =>
      (await ask(`${api.address}/x`, { token: hmacToken(claims) })).status;
    expectPermit(await ask(`${api.address}/x`, { token: hmacToken() }), 'alice');
    expect(await statusOf({ iss: 'https://other.example' })).toBe(401);
    expect(await statusOf({ iss: undefined })).toBe(401);
    expect(await statusOf({ aud: 'https://other.example' })).toBe(401);
    expect(await statusOf({ exp: undefined })).toBe(401);
    expect(await statusOf({ cnf: { jkt: 'x' } })).toBe(401);
    expect(await statusOf({ sub: 'bob' })).toBe(403);
    expectRefusal(await ask(`${api.address}/x`), missingToken());
  });

  test('without them, or with the claims of another token, nobody is signed in', async () => {
    const api = await start([]);
    expectRefusal(await ask(`${api.address}/x`, { token: hmacToken() }), invalidToken());
    const claims = { sub: 'admin' };
    const leave = isKoa
      ? (ctx: { state: object }, next: () => unknown) => (Object.assign(ctx.state, { user: claims }), next())
      : (request: object, _: unknown, next: () => unknown) => (Object.assign(request, { auth: claims }), next());
    const other = await start([leave]);
    for (const token of [hmacToken(), 'a.b.c', 'abc', hmacToken({ admin: true })]) {
      expectRefusal(await ask(`${other.address}/x`, { token }), invalidToken());
    }
  });
});

test('fromRequestAuth serves an application of Koa that is mounted in one of Express', async () => {
  const { koas } = await import('./koa-applications.ts');
  const { createGuards: guardsOfKoa } = await import('rightful/koa');
  const [{ Koa }] = koas as [(typeof koas)[number]];
  const guards = guardsOfKoa(options({ issuer: issuer.issuer, verifier: fromRequestAuth() }));
  const inner = new Koa().use(guards.requirePermission(scope)).use((ctx) => {
    ctx.body = guards.accessOf(ctx).subject.id;
  });
  const app = express().use(auth(noDPoP), (request, response) => void inner.callback()(request, response));
  const { address } = await listening(app);
  const got = await ask(address, { token: await tokenOf({ scope }) });
  expect([got.status, got.text]).toEqual([200, 'alice']);
  await sleep(0);
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function thumbprintOf(key: KeyObject): string {
  const { crv, kty, x, y } = key.export({ format: 'jwk' });
  return sha256(JSON.stringify({ crv, kty, x, y }));
}

/** RFC 9449 section 4.2. */
function proof({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }, claims: object): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { crv, kty, x, y } };
  const all = { jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims };
  const input = `${encode(header)}.${encode(all)}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
