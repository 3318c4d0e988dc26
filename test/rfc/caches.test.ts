// Rows X1 to X11 of the specification's section 6: what is remembered of a token, for how long, and what forgets it.

import crypto, { createHmac } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import { createAuthorizer } from 'rightful';
import type { Authorizer, AuthorizerOptions, Claims as VerifiedClaims } from 'rightful';
import {
  ask,
  expectPermit,
  expectRefusal,
  insufficientScope,
  invalidRequest,
  invalidToken,
  unavailable,
  visible,
} from '../flow/answers.ts';
import type { Given } from '../flow/frameworks.ts';
import { status, until } from '../issuer/loopback-server.ts';
import {
  audience,
  claimsOf,
  createSigner,
  encoded,
  expectRefusals,
  publish,
  scope,
  sleep,
  startApi,
  stopClocks,
  type Api,
  type Claims,
  type Options,
  describeOnEach,
  framework,
} from './api.ts';

const signer = createSigner('k1', 'ES256');
const server = await publish(signer.jwk);
const published: Options = { issuer: { issuer: server.url, keys: { keys: [signer.jwk] } } };
const invalid = invalidToken();
const expired = invalidToken('The access token has expired.');

const tokenOf = (differing: Claims = {}, header: object = {}): string =>
  signer.token(claimsOf(server.url, differing), header);

const secret = Buffer.alloc(32, 5);
const issuer = 'https://issuer.example';
const shared: Options = { issuer: { issuer, secret } };
/** Quick to sign and to verify, for tokens by the thousand. */
function quickToken(differing: Claims = {}): string {
  const input = `${encoded('{"alg":"HS256"}')}.${encoded(JSON.stringify(claimsOf(issuer, differing)))}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

const statistics = ({ authorizer }: { readonly authorizer: Authorizer }) => authorizer.statistics().tokens;
/** Every signature that Node's cryptography is asked about from now on. */
const signatureChecks = (): { readonly mock: { readonly calls: readonly unknown[] } } => jest.spyOn(crypto, 'verify');

async function expectRemembered(api: Api, token: string): Promise<void> {
  for (const _ of [1, 2]) expectPermit(await api.send(token));
  const { hits } = statistics(api);
  expectPermit(await api.send(token));
  expect(statistics(api).hits).toBe(hits + 1);
}

describeOnEach('X1 X11 a token that is remembered', () => {
  const tokens: [string, Claims][] = [
    ['as usual', {}],
    ['without iat', { iat: undefined }],
    ['with an nbf', { nbf: 0 }],
    ['with an iat in the future', { iat: 4e9 }],
    ['without jti', { jti: undefined }],
  ];
  test.each(tokens)('X1 X11 %s expires to the millisecond', async (_, differing) => {
    const clock = stopClocks();
    const api = await startApi({ ...published, clockToleranceSeconds: 0 });
    const exp = clock.nowSeconds + 20.5;
    const token = tokenOf({ ...differing, exp });
    await expectRemembered(api, token);
    clock.setWall(exp * 1000 - 1);
    expectPermit(await api.send(token));
    clock.setWall(exp * 1000);
    expectRefusal(await api.send(token), expired);
    expectRefusal(await api.send(token), expired);
    expect(statistics(api).entries).toBe(0);
  });

  test('X1 the tolerance counts for it as for a new one', async () => {
    const clock = stopClocks();
    const api = await startApi(published);
    const token = tokenOf({ exp: clock.nowSeconds + 20 });
    await expectRemembered(api, token);
    clock.advance(24_999);
    expectPermit(await api.send(token));
    clock.advance(1);
    expectRefusal(await api.send(token), expired);
  });

  test.each(['1e400', String(Date.now() + 300_000), '99999999999'])(
    'X1 an exp of %s is never remembered',
    async (exp) => {
      const api = await startApi(published);
      const token = signer.raw(
        '{"alg":"ES256","kid":"k1"}',
        `${JSON.stringify(claimsOf(server.url)).slice(0, -1)},"exp":${exp}}`,
      );
      for (const _ of [1, 2]) expectRefusal(await api.send(token), invalid);
      expect(statistics(api)).toEqual({ entries: 0, bytes: 0, hits: 0, misses: 2 });
    },
  );

  test('X1 an exp nine years away is no reason to ask the clock no more', async () => {
    const clock = stopClocks();
    const api = await startApi(published);
    const exp = clock.nowSeconds + 9 * 365 * 24 * 60 * 60;
    const token = tokenOf({ exp });
    await expectRemembered(api, token);
    clock.setWall((exp + 5) * 1000);
    expectRefusal(await api.send(token), expired);
  });

  test('X1 a clock that goes back past nbf makes it invalid, and forward again valid', async () => {
    const clock = stopClocks();
    const api = await startApi({ ...published, clockToleranceSeconds: 0 });
    const start = clock.nowSeconds;
    const token = tokenOf({ nbf: start });
    await expectRemembered(api, token);
    clock.setWall(start * 1000 - 1);
    expectRefusal(await api.send(token), invalidToken('The access token is not valid yet.'));
    clock.setWall(start * 1000);
    expectPermit(await api.send(token));
  });
});

describeOnEach('what is remembered is the token, however it is sent', () => {
  const sending = (api: Api, authorization: string) => api.send(undefined, { headers: { authorization } });

  test('a token is found again in any spelling of its scheme, and in a form', async () => {
    const api = await startApi(published);
    const token = tokenOf();
    const checks = signatureChecks();
    const spellings = [
      'Bearer ',
      'bearer ',
      'BEARER    ',
      'Bearer ',
      `bEaReR${' '.repeat(9000)}`,
      'Bearer ',
      'Bearer ',
    ];
    for (const spelling of spellings) expectPermit(await sending(api, spelling + token));
    for (const _ of [1, 2]) expectPermit(await api.post(token));
    expectPermit(await sending(api, `Bearer ${token}`));
    expect(checks.mock.calls).toHaveLength(1);
    expect(statistics(api)).toMatchObject({ entries: 1, misses: 1, hits: spellings.length + 2 });
  });

  test('a header and a token of the same text are not taken for each other', async () => {
    const api = await startApi({ ...published, bearer: { query: true } });
    const token = tokenOf();
    await expectRemembered(api, token);
    const inQuery = (text: string) => ask(`${api.address}/?access_token=${encodeURIComponent(text)}`);
    for (const _ of [1, 2]) {
      expectRefusal(await inQuery(`Bearer ${token}`), invalidRequest());
      expectPermit(await inQuery(token));
      expectPermit(await api.send(token));
    }
    expect(statistics(api).entries).toBe(1);
  });

  test('a token that ends like one that is remembered is another one, each time', async () => {
    const api = await startApi(published);
    const token = tokenOf();
    await expectRemembered(api, token);
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const others = [
      `${header}.${encoded(JSON.stringify(claimsOf(server.url, { sub: 'admin' })))}.${signature}`,
      `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      signature.slice(-12),
      signature.slice(-13),
    ];
    for (const _ of [1, 2])
      for (const other of others)
        for (const spelling of ['Bearer ', 'bearer ']) expectRefusal(await sending(api, spelling + other), invalid);
    expectPermit(await api.send(token));
    expect(statistics(api).entries).toBe(1);
  });
});

describeOnEach('X2 what does not verify is not remembered', () => {
  test('X2 a token that is not valid yet is valid when its time has come', async () => {
    const clock = stopClocks();
    const api = await startApi({ ...published, clockToleranceSeconds: 0 });
    const token = tokenOf({ nbf: clock.nowSeconds + 10 });
    for (const _ of [1, 2]) expectRefusal(await api.send(token), invalidToken('The access token is not valid yet.'));
    expect(statistics(api).entries).toBe(0);
    clock.advance(10_000);
    expectPermit(await api.send(token));
  });

  test('X2 a token whose key comes later passes then', async () => {
    const clock = stopClocks();
    const own = await publish(signer.jwk);
    const api = await startApi({ issuer: own.url });
    const next = createSigner('k2', 'ES256');
    const token = next.token(claimsOf(own.url));
    for (const _ of [1, 2]) expectRefusal(await api.send(token), invalid);
    own.answers.set('/jwks', { keys: [signer.jwk, next.jwk] });
    clock.advance(5_000);
    expectPermit(await api.send(token));
  });

  test('X2 a forgery is checked each time, and each time refused', async () => {
    const api = await startApi(published);
    const forged = createSigner('k1', 'ES256').token(claimsOf(server.url));
    const checks = signatureChecks();
    for (const _ of [1, 2, 3]) expectRefusal(await api.send(forged), invalid);
    expect(checks.mock.calls).toHaveLength(3);
    expect(statistics(api).entries).toBe(0);
  });
});

describeOnEach('X3 X4 X5 whose entry it is', () => {
  test('X3 two authorizers with different audiences, issuers or profiles never answer for each other', async () => {
    const lenient = await startApi(published);
    const others = [
      await startApi({ ...published, audience: 'other' }),
      await startApi({ issuer: { issuer: 'https://other.example', keys: { keys: [signer.jwk] } } }),
      await startApi({ ...published, profile: 'rfc9068' }),
      await startApi({ issuer: { issuer: server.url, keys: { keys: [createSigner('k1', 'ES256').jwk] } } }),
    ];
    const token = tokenOf();
    await expectRemembered(lenient, token);
    for (const other of others) {
      for (const _ of [1, 2]) expect((await other.send(token)).status).toBe(401);
      expect(statistics(other).hits).toBe(0);
    }
    const otherClients = await startApi({ ...published, clients: ['other'] });
    for (const _ of [1, 2, 3]) expectRefusal(await otherClients.send(token), invalid);
    expectPermit(await lenient.send(token));
  });

  test('X3 two guards with different realms and requirements share an authorizer’s entry, and each asks its own', async () => {
    const { authorizer } = await startApi(published);
    const [a, b] = [
      framework().createGuards(authorizer, { realm: 'a' }),
      framework().createGuards(authorizer, { realm: 'b' }),
    ];
    const served = await framework().serve([
      { path: '/a', guards: [a.requirePermission(scope)] },
      { path: '/b', guards: [b.requirePermission('write:contacts')] },
    ]);
    const token = tokenOf();
    for (const _ of [1, 2]) {
      expectPermit(await ask(`${served.address}/a`, { token }));
      const { challenge, ...rest } = insufficientScope('write:contacts');
      expectRefusal(await ask(`${served.address}/b`, { token }), {
        ...rest,
        challenge: (challenge ?? '').replace('"api"', '"b"'),
      });
    }
  });

  test('X3 a token with the signature, or the end of the signature, of one that is remembered is another one', async () => {
    const api = await startApi(published);
    const token = tokenOf();
    await expectRemembered(api, token);
    const [head = '', body = '', signature = ''] = token.split('.');
    const admin = encoded(JSON.stringify(claimsOf(server.url, { sub: 'admin' })));
    const forgeries = [
      `${head}.${admin}.${signature}`,
      `${head}.${body}.${'A'.repeat(signature.length - 32)}${signature.slice(-32)}`,
      `${encoded('{"alg":"none"}')}.${body}.${signature}`,
      `A${token}`,
      token.slice(1),
      signature,
      signature.slice(-32),
      `.${signature}`,
    ];
    for (const forged of forgeries) expectRefusal(await api.send(forged), invalid);
    const { hits, entries } = statistics(api);
    expectPermit(await api.send(token));
    expect(statistics(api)).toMatchObject({ hits: hits + 1, entries });
  });

  test('X4 a twin by stray bits is refused beside the one that is remembered', async () => {
    const api = await startApi(published);
    const token = tokenOf();
    await expectRemembered(api, token);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1) as string);
    for (const bits of [1, 2, 3])
      expectRefusal(await api.send(token.slice(0, -1) + alphabet.charAt(last ^ bits)), invalid);
    for (const more of ['=', '==', 'A', '.']) expectRefusal(await api.send(token + more), invalid);
    expectPermit(await api.send(token));
  });

  test('X4 the twin that ECDSA allows is an entry of its own, and what takes back the one by iss and jti takes back the other', async () => {
    const revoked = new Set<string>();
    const isRevoked = (claims: VerifiedClaims): boolean => revoked.has(JSON.stringify([claims['iss'], claims['jti']]));
    const api = await startApi({ ...published, isRevoked });
    const token = tokenOf({ jti: 'one' });
    const [head = '', body = '', signature = ''] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const mirrored = (order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0');
    const twin = `${head}.${body}.${Buffer.concat([bytes.subarray(0, 32), Buffer.from(mirrored, 'hex')]).toString('base64url')}`;
    for (const one of [token, twin]) await expectRemembered(api, one);
    expect(statistics(api).entries).toBe(2);
    revoked.add(JSON.stringify([server.url, 'one']));
    for (const one of [token, twin, token]) expectRefusal(await api.send(one), invalid);
    expect(statistics(api).entries).toBe(0);
  });

  test('X5 a set of keys that changes makes every entry of its issuer a miss, and of no other', async () => {
    const clock = stopClocks();
    const [a, b] = [createSigner('a', 'ES256'), createSigner('b', 'ES256')];
    const [first, second] = [await publish(a.jwk), await publish(b.jwk)];
    const api = await startApi({ issuer: [first.url, second.url] });
    await api.authorizer.ready();
    const tokens = [
      a.token(claimsOf(first.url, { exp: clock.nowSeconds + 9e5 })),
      b.token(claimsOf(second.url, { exp: clock.nowSeconds + 9e5 })),
    ];
    for (const token of tokens) await expectRemembered(api, token);
    first.answers.set('/jwks', { keys: [a.jwk, createSigner('more', 'ES256').jwk] });
    clock.advance(10 * 60_000);
    for (const token of tokens) expectPermit(await api.send(token));
    await until(() => api.keyEvents.length === 4);
    const checks = signatureChecks();
    for (const token of tokens) expectPermit(await api.send(token));
    expect(checks.mock.calls).toHaveLength(1);
    first.answers.set('/jwks', { keys: [] });
    clock.advance(10 * 60_000);
    for (const token of tokens) expectPermit(await api.send(token));
    await until(() => api.keyEvents.length === 6);
    expectRefusal(await api.send(tokens[0]), invalid);
    expectPermit(await api.send(tokens[1]));
  });

  test('X8 a token with cnf is no entry, also where the application’s own verifier proves possession', async () => {
    const bound = claimsOf(server.url, { cnf: { jkt: 'x' } });
    let confirmed: boolean | undefined = true;
    const verifier: AuthorizerOptions['verifier'] = async () => ({
      claims: bound,
      ...(confirmed !== undefined && { confirmed }),
    });
    const api = await startApi({ issuer: server.url, verifier });
    expectPermit(await api.send('token'));
    for (const one of [undefined, false, 'true', 1] as (boolean | undefined)[]) {
      confirmed = one;
      expectRefusal(await api.send('token'), invalid);
    }
    expect(statistics(api).entries).toBe(0);
    const own = await startApi(published);
    for (const _ of [1, 2, 3]) expectRefusal(await own.send(tokenOf({ cnf: { jkt: 'x' }, jti: 'same' })), invalid);
    expect(statistics(own).entries).toBe(0);
  });
});

describeOnEach('X6 what a handler does to what it is given', () => {
  test('X6 changes nothing for the next request with the token', async () => {
    const { authorizer } = await startApi({ ...published, permissionsClaim: 'grants' });
    const { requirePermission, accessOf } = framework().createGuards(authorizer);
    const attempt = (change: () => unknown): boolean => {
      try {
        change();
        return true;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return false;
      }
    };
    type Loose = Record<string, Record<string, unknown> & { list: unknown[] }>;
    const handle = (given: Given): unknown => {
      const access = accessOf(given);
      const auth = framework().authOf(given) as { header: Loose; payload: Loose; token: string };
      const seen = JSON.stringify({
        ...access,
        scopes: [...access.scopes],
        auth,
        can: access.can(scope),
        admin: access.can('admin'),
      });
      const loose = access as unknown as Loose & { scopes: Set<string> };
      const changes: (() => unknown)[] = [
        () => Object.assign(access, { subject: 'admin' }),
        () => Object.assign(access.subject, { id: 'admin' }),
        () => Object.assign(access.claims, { scope: 'admin' }),
        () => (loose['claims']!['deep'] as { list: unknown[] }).list.push('admin'),
        () => loose.scopes.add('admin'),
        () => loose.scopes.clear(),
        () => Set.prototype.add.call(loose.scopes, 'admin'),
        () => Object.assign(access.permissions, { has: () => true }),
        () => Object.assign(access.privileges, { has: () => true }),
        () => Object.assign(access, { can: () => true }),
        () => Object.setPrototypeOf(access.claims, { sub: 'admin' }) as unknown,
        () => Object.assign(auth.header, { kid: 'other' }),
        () => Object.assign(auth.payload, { sub: 'admin' }),
        () => delete (auth.payload as Record<string, unknown>)['sub'],
      ];
      const done = changes.map(attempt);
      // The object itself belongs to the request.
      Object.assign(auth, { payload: { sub: 'admin' }, token: 'x' });
      return { seen, done };
    };
    const served = await framework().serve([{ path: '/', guards: [requirePermission(scope)], handle }]);
    const token = tokenOf({ deep: { list: ['a'] } });
    const answers = [];
    for (const _ of [1, 2, 3])
      answers.push(JSON.parse((await ask(served.address, { token })).text) as { seen: string; done: boolean[] });
    for (const { seen, done } of answers) {
      expect(seen).toBe(answers[0]?.seen);
      expect(done).toEqual(done.map(() => false));
    }
    expect(answers[0]?.seen).toContain('"admin":false');
    expect(statistics({ authorizer }).hits).toBe(2);
  });

  test('X6 nor to the header of a token whose header another one, verified at the same time, has too', async () => {
    const api = await startApi(published);
    const { requirePermission } = framework().createGuards(api.authorizer);
    const handle = (given: Given): unknown => {
      const { header } = framework().authOf(given) as { header: Record<string, unknown> };
      const seen = JSON.stringify(header);
      return { seen, isChanged: Reflect.set(header, 'kid', 'changed by a handler') };
    };
    const served = await framework().serve([{ path: '/', guards: [requirePermission(scope)], handle }]);
    const tokens = ['a', 'b', 'c'].map((jti) => tokenOf({ jti }));
    // The first of all wait for the key to be imported, all three at once.
    await Promise.all(
      tokens.map(async (token) => api.authorizer.authenticate({ headers: { authorization: `Bearer ${token}` } })),
    );
    for (const token of [...tokens, ...tokens]) {
      const { text } = await ask(served.address, { token });
      expect(JSON.parse(text)).toEqual({ seen: '{"alg":"ES256","kid":"k1"}', isChanged: false });
    }
  });

  test('X6 what a verifier or a store does later to what it gave changes nothing', async () => {
    const claims: Claims = claimsOf(server.url, { deep: { list: ['a'] } });
    const api = await startApi({ issuer: server.url, verifier: async () => ({ claims }) });
    const first = await api.send('token');
    expectPermit(first);
    expect(Object.isFrozen(claims)).toBe(false);
    expect(Object.isFrozen((claims['deep'] as { list: unknown[] }).list)).toBe(false);
  });
});

describeOnEach('X7 tokenCache', () => {
  const flood = async (options: Options, count: number, size = 0): Promise<Authorizer> => {
    const authorizer = createAuthorizer({ audience, trustScopes: true, ...shared, ...options } as AuthorizerOptions);
    const { maxEntries = 10_000, maxBytes = 32 * 1024 * 1024 } =
      options.tokenCache === false ? { maxEntries: 0, maxBytes: 0 } : (options.tokenCache ?? {});
    for (let at = 0; at < count; at += 1) {
      const token = quickToken({ jti: `${at}`, x: 'x'.repeat(size) });
      void authorizer.authenticate({ headers: { authorization: `Bearer ${token}` } });
      if (at % 97 === 0) {
        const { entries, bytes } = authorizer.statistics().tokens;
        expect(entries).toBeLessThanOrEqual(maxEntries);
        expect(bytes).toBeLessThanOrEqual(maxBytes);
        expect(bytes).toBeGreaterThanOrEqual(entries * token.length);
      }
    }
    return authorizer;
  };

  test('X7 20,000 tokens are kept as so many entries as the option says', async () => {
    const authorizer = await flood({ tokenCache: { maxEntries: 50 } }, 20_000);
    expect(authorizer.statistics().tokens).toMatchObject({ entries: 50, hits: 0, misses: 20_000 });
    await authorizer.close();
  });

  test('X7 and as so many bytes', async () => {
    const authorizer = await flood({ tokenCache: { maxBytes: 100_000 } }, 2_000, 500);
    const { entries, bytes } = authorizer.statistics().tokens;
    expect(bytes).toBeLessThanOrEqual(100_000);
    expect(bytes).toBeGreaterThan(80_000);
    expect(entries).toBeLessThan(100);
  });

  test('X7 a token that is larger than all there is room for is served, and puts out no other', async () => {
    const api = await startApi({ ...shared, tokenCache: { maxBytes: 3_000 } });
    const small = quickToken();
    await expectRemembered(api, small);
    const { entries } = statistics(api);
    for (const _ of [1, 2]) expectPermit(await api.send(quickToken({ x: 'x'.repeat(3_000) })));
    expect(statistics(api).entries).toBe(entries);
    const { hits } = statistics(api);
    expectPermit(await api.send(small));
    expect(statistics(api).hits).toBe(hits + 1);
  });

  test('X7 what does not verify puts out nothing', async () => {
    const api = await startApi({ ...shared, tokenCache: { maxEntries: 1 } });
    const good = quickToken();
    await expectRemembered(api, good);
    const [head = '', body = ''] = good.split('.');
    const forged = Array.from({ length: 200 }, () => `${head}.${body}.${crypto.randomBytes(32).toString('base64url')}`);
    const tokens = [
      ...forged,
      ...Array.from({ length: 50 }, () => quickToken({ jti: crypto.randomUUID(), aud: 'other' })),
      quickToken({ exp: 1 }),
      'x',
    ];
    for (const token of tokens) {
      const headers = { authorization: `Bearer ${token}` };
      await expect(Promise.resolve().then(() => api.authorizer.authenticate({ headers }))).rejects.toMatchObject({
        status: 401,
      });
    }
    const { hits, entries } = statistics(api);
    expect(entries).toBe(1);
    expectPermit(await api.send(good));
    expect(statistics(api).hits).toBe(hits + 1);
  });

  test('X7 the token that was used longest ago goes first', async () => {
    const api = await startApi({ ...shared, tokenCache: { maxEntries: 2 } });
    const [a, b, c] = ['a', 'b', 'c'].map((jti) => quickToken({ jti })) as [string, string, string];
    for (const token of [a, b, a, c]) expectPermit(await api.send(token));
    const { hits } = statistics(api);
    expectPermit(await api.send(a));
    expect(statistics(api).hits).toBe(hits + 1);
    expectPermit(await api.send(b));
    expect(statistics(api).hits).toBe(hits + 1);
  });

  test('X7 without it every request is verified', async () => {
    const api = await startApi({ ...published, tokenCache: false });
    const checks = signatureChecks();
    const token = tokenOf();
    for (const _ of [1, 2, 3]) expectPermit(await api.send(token));
    expect(checks.mock.calls).toHaveLength(3);
    expect(statistics(api)).toEqual({ entries: 0, bytes: 0, hits: 0, misses: 0 });
  });

  test('X7 with it a token is verified once', async () => {
    const api = await startApi(published);
    const checks = signatureChecks();
    const token = tokenOf();
    for (const _ of [1, 2, 3]) expectPermit(await api.send(token));
    expect(checks.mock.calls).toHaveLength(1);
    expect(statistics(api)).toMatchObject({ entries: 1, hits: 2, misses: 1 });
  });

  test.each([
    true,
    null,
    5,
    [],
    'x',
    { maxEntries: 0 },
    { maxEntries: -1 },
    { maxEntries: Number.NaN },
    { maxEntries: Infinity },
    { maxEntries: '10' },
    { maxEntries: 2 ** 53 },
    { maxBytes: 0 },
    { maxBytes: Infinity },
    { max: 10 },
  ])('X7 %j is a mistake', (tokenCache) => {
    expect(() => createAuthorizer({ audience, ...shared, tokenCache } as never)).toThrow(TypeError);
  });

  test('X7 close() forgets everything, and later requests are a 503', async () => {
    const api = await startApi(published);
    const token = tokenOf();
    await expectRemembered(api, token);
    await api.authorizer.close();
    expectRefusal(await api.send(token), unavailable());
    expect(statistics(api).entries).toBe(0);
  });
});

describeOnEach('X9 isRevoked', () => {
  test('X9 true refuses a token that is remembered, forgets it, and asks about it again when it comes back', async () => {
    let isRevoked = false;
    const asked: VerifiedClaims[] = [];
    const api = await startApi({
      ...published,
      isRevoked: (claims) => {
        asked.push(claims);
        return isRevoked;
      },
    });
    const token = tokenOf();
    await expectRemembered(api, token);
    expect(statistics(api).entries).toBe(1);
    isRevoked = true;
    const checks = signatureChecks();
    const got = await api.send(token);
    expectRefusal(got, invalid);
    expect(statistics(api).entries).toBe(0);
    expect(checks.mock.calls).toHaveLength(0);
    expectRefusal(await api.send(token), invalid);
    expect(checks.mock.calls).toHaveLength(1);
    isRevoked = false;
    expectPermit(await api.send(token));
    expect(asked).toHaveLength(6);
    for (const claims of asked) expect(claims).toMatchObject({ iss: server.url, jti: 'id-1' });
    expect(asked.every((claims) => Object.isFrozen(claims))).toBe(true);
  });

  test('X9 is not asked about what does not verify', async () => {
    let asked = 0;
    const api = await startApi({ ...published, isRevoked: () => (asked += 1) > 0 });
    for (const token of ['x', tokenOf({ exp: 1 }), createSigner('k1', 'ES256').token(claimsOf(server.url))]) {
      expect((await api.send(token)).status).toBe(401);
    }
    expect(asked).toBe(0);
  });

  const broken: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('the database is on fire');
      },
    ],
    [
      'throws null',
      () => {
        throw null;
      },
    ],
    ['rejects', () => Promise.reject(new Error('the database is on fire'))],
    ['never answers', () => new Promise(() => undefined)],
    ['is late', () => sleep(120).then(() => false)],
    ...[undefined, null, 0, 1, '', 'false', 'true', {}, [], new Boolean(false)].flatMap(
      (answer): [string, () => unknown][] => [
        [`answers ${JSON.stringify(answer)}`, () => answer],
        [`answers ${JSON.stringify(answer)} later`, async () => answer],
      ],
    ),
  ];
  test.each(broken)('X9 that %s is a 503, for a new token and for one that is remembered', async (_, answer) => {
    let isBroken = false;
    const api = await startApi({
      ...published,
      storeTimeoutMs: 40,
      isRevoked: (() => isBroken && answer()) as () => boolean,
    });
    const token = tokenOf();
    await expectRemembered(api, token);
    isBroken = true;
    for (const one of [token, tokenOf({ jti: 'new' })]) {
      const got = await api.send(one);
      expectRefusal(got, unavailable());
      expect(visible(got)).not.toContain('fire');
    }
    isBroken = false;
    expectPermit(await api.send(token));
  });

  test('X9 an answer that comes in time counts, whichever it is', async () => {
    let answer = false;
    const api = await startApi({ ...published, isRevoked: () => sleep(5).then(() => answer) });
    const token = tokenOf();
    expectPermit(await api.send(token));
    answer = true;
    expectRefusal(await api.send(token), invalid);
  });

  test('X9 where a token is optional, one that is taken back is refused', async () => {
    const { authorizer } = await startApi({ ...published, isRevoked: () => true });
    const { authenticate } = framework().createGuards(authorizer);
    const served = await framework().serve([{ path: '/', guards: [authenticate({ required: false })] }]);
    expectRefusal(await ask(served.address, { token: tokenOf() }), invalid);
    expectPermit(await ask(served.address));
  });

  test('X9 what is no function is a mistake', () => {
    expect(() => createAuthorizer({ audience, ...shared, isRevoked: true } as never)).toThrow(/`isRevoked`/);
  });
});

describeOnEach('X10 100 at once that nobody has seen before', () => {
  test('X10 with no keys yet wait for one verification, with one fetch', async () => {
    const own = await publish();
    own.answers.set(
      '/jwks',
      (response) => void setTimeout(() => response.end(JSON.stringify({ keys: [signer.jwk] })), 100),
    );
    const api = await startApi({ issuer: own.url });
    const checks = signatureChecks();
    const token = signer.token(claimsOf(own.url));
    const headers = { authorization: `Bearer ${token}` };
    const answers = await Promise.all([
      ...Array.from({ length: 90 }, async () => (await api.authorizer.authenticate({ headers })).subject.id),
      ...Array.from(
        { length: 10 },
        async () => (JSON.parse((await api.send(token)).text) as { subject: { id: string } }).subject.id,
      ),
    ]);
    expect(new Set(answers)).toEqual(new Set(['alice']));
    expect(answers).toHaveLength(100);
    expect(own.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
    // Those past the server came first; what came by HTTP may have come after them.
    expect(checks.mock.calls.length).toBeLessThanOrEqual(2);
  });

  test('X10 share one verification to the last one', async () => {
    const own = await publish(signer.jwk);
    const api = await startApi({ issuer: own.url });
    const checks = signatureChecks();
    const headers = { authorization: `Bearer ${signer.token(claimsOf(own.url))}` };
    await Promise.all(Array.from({ length: 100 }, async () => api.authorizer.authenticate({ headers })));
    expect(checks.mock.calls).toHaveLength(1);
  });

  test('X10 with keys that are there one is verified, and 99 are hits', async () => {
    const api = await startApi(published);
    // The first token of all waits for the key to be imported.
    expectPermit(await api.send(tokenOf({ jti: 'first' })));
    const checks = signatureChecks();
    const headers = { authorization: `Bearer ${tokenOf()}` };
    await Promise.all(Array.from({ length: 100 }, async () => api.authorizer.authenticate({ headers })));
    expect(checks.mock.calls).toHaveLength(1);
    expect(statistics(api)).toMatchObject({ entries: 2, hits: 99, misses: 2 });
  });

  test('X10 are all refused where it is refused, each with an error of its own, and the next one is verified anew', async () => {
    const clock = stopClocks();
    const own = await publish();
    own.answers.set('/jwks', status(500));
    const api = await startApi({ issuer: own.url });
    const headers = { authorization: `Bearer ${signer.token(claimsOf(own.url))}` };
    const attempt = (): Promise<unknown> =>
      Promise.resolve(api.authorizer.authenticate({ headers })).catch((error: unknown) => error);
    const errors = await Promise.all(Array.from({ length: 100 }, attempt));
    expect(new Set(errors).size).toBe(100);
    for (const error of errors) expect(error).toMatchObject({ code: 'unavailable', status: 503 });
    expect(own.requests.filter((path) => path === '/jwks')).toHaveLength(1);
    own.answers.set('/jwks', { keys: [signer.jwk] });
    clock.advance(2_000);
    expectPermit(await api.send(signer.token(claimsOf(own.url))));
    expect(await attempt()).toMatchObject({ subject: { id: 'alice' } });
  });

  test('X10 by HTTP, forged, are each refused to the letter', async () => {
    const own = await publish(signer.jwk);
    const api = await startApi({ issuer: own.url });
    const forged = createSigner('k1', 'ES256').token(claimsOf(own.url));
    expectRefusals(await Promise.all(Array.from({ length: 20 }, () => api.send(forged))), invalid);
    expect(api.refusals).toHaveLength(20);
    expect(new Set(api.refusals).size).toBe(20);
  });
});
