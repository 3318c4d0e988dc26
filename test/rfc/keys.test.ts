// Rows K1 to K18 of the specification's section 5: keys, metadata and the network, and what an authorizer is told of them.

import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { createAuthorizer } from 'rightful';
import type { AuthorizerOptions, FindIssuer, KeyEvent, RemoteIssuerOptions } from 'rightful';
import { expectPermit, expectRefusal, invalidToken, unavailable, visible } from '../flow/answers.ts';
import type { Answer } from '../flow/answers.ts';
import { status, until, type LoopbackServer } from '../issuer/loopback-server.ts';
import {
  audience,
  bystander,
  claimsOf,
  createSigner,
  expectRefusals,
  publish,
  sleep,
  startApi,
  stopClocks,
  type Api,
  type Claims,
  type Options,
  type Signer,
  describeOnEach,
  testOnEach,
} from './api.ts';

const invalid = invalidToken();
const noKeys = unavailable();
const openid = '/.well-known/openid-configuration';
const oauth = '/.well-known/oauth-authorization-server';
const maxAgeMs = 10 * 60_000;
const maxStaleMs = 60 * 60_000;
const floorMs = 5_000;
const retryMs = 2_000;
const days = 24 * 60 * 60;

interface Scene {
  readonly server: LoopbackServer;
  readonly signer: Signer;
  /** The published keys; the list may change. */
  readonly keys: object[];
  readonly api: Api;
  /** Good for days. */
  readonly token: (by?: Signer, header?: object, claims?: Claims) => string;
  readonly fetches: () => number;
}

async function scene(issuer: Partial<RemoteIssuerOptions> = {}, options: Options = {}): Promise<Scene> {
  const signer = createSigner('k1', 'ES256');
  const server = await publish();
  const keys: object[] = [signer.jwk];
  server.answers.set('/jwks', { keys });
  return {
    server,
    signer,
    keys,
    api: await startApi({ issuer: { issuer: server.url, ...issuer }, ...options }),
    token: (by = signer, header = {}, claims = {}) =>
      by.token(
        claimsOf(server.url, { exp: Math.floor(Date.now() / 1000) + 9 * days, jti: crypto.randomUUID(), ...claims }),
        header,
      ),
    fetches: () => server.requests.filter((path) => path === '/jwks').length,
  };
}

const many = (count: number, one: (at: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => one(at)));
const randomKid = (): object => ({ kid: crypto.randomUUID() });
/** Waits until a fetch behind the back of a request has ended. */
const untilTold = (api: Api, count: number): Promise<void> => until(() => api.keyEvents.length >= count);

describeOnEach('K1 with no keys yet', () => {
  const outages: [string, Parameters<LoopbackServer['answers']['set']>[1]][] = [
    ['500', status(500)],
    ['404', status(404)],
    ['401', status(401)],
    ['429', status(429, { 'retry-after': '3600' })],
    ['201 with keys', (response) => void response.writeHead(201).end('{"keys":[]}')],
    ['204', status(204)],
    ['nothing before the deadline', () => undefined],
    ['a connection that is cut', (response) => void response.destroy()],
    [
      'half of an answer',
      (response) =>
        void (response.writeHead(200, { 'content-length': '100' }),
        response.write('{"keys":'),
        setTimeout(() => response.destroy(), 5)),
    ],
  ];

  test.each(outages)(
    'K1 %s is a 503 for everybody, with one fetch, and not one for each request afterwards',
    async (_, answer) => {
      const clock = stopClocks();
      const { server, token, fetches, keys } = await scene();
      // Without metadata, so that the whole of the time is for this one answer.
      const api = await startApi({ issuer: { issuer: server.url, jwksUri: `${server.url}/jwks`, timeoutMs: 250 } });
      server.answers.set('/jwks', answer);
      expectRefusals(await many(20, () => api.send(token())), noKeys);
      expect(fetches()).toBe(1);
      expectRefusals(await many(5, () => api.send(token())), noKeys);
      clock.advance(retryMs - 1);
      expectRefusal(await api.send(token()), noKeys);
      expect(fetches()).toBe(1);
      server.answers.set('/jwks', { keys });
      clock.advance(1);
      expectPermit(await api.send(token()));
      expect(fetches()).toBe(2);
      expect(api.keyEvents).toMatchObject([
        { outcome: 'failed', keyIds: [] },
        { outcome: 'changed', keyIds: ['k1'] },
      ]);
    },
  );

  test.each([
    [
      'an address where nobody listens',
      async () => {
        const gone = await bystander();
        await gone.close();
        return `${gone.url}/jwks`;
      },
    ],
    ['a name that there is not', () => 'https://keys.issuer.invalid/jwks'],
    ['a port that speaks no TLS', async () => (await bystander()).url.replace('http', 'https')],
  ])('K1 %s is a 503 that names nothing of it', async (_, address) => {
    const { api, token } = await scene({ jwksUri: await address(), timeoutMs: 300 });
    const got = await api.send(token());
    expectRefusal(got, noKeys);
    expect(visible(got)).not.toMatch(/ECONN|ENOTFOUND|EAI|invalid\/|127\.0\.0\.1:/);
    await expect(api.authorizer.ready()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('K1 the token’s own faults are told without any key', async () => {
    const { server, api, token } = await scene();
    server.answers.set('/jwks', status(500));
    expectRefusal(await api.send(token(undefined, {}, { exp: 1 })), invalidToken('The access token has expired.'));
    expectRefusal(await api.send(token(undefined, { alg: 'none' })), invalid);
    expectRefusal(await api.send(token(undefined, {}, { iss: 'https://other.example' })), invalid);
    expect(server.requests).toEqual([]);
  });
});

describeOnEach('K2 with keys that were good', () => {
  test('K2 they serve through an outage until they are too old, and the operator is told', async () => {
    const clock = stopClocks();
    const { server, api, token, fetches } = await scene();
    const known = token();
    expectPermit(await api.send(known));
    expectPermit(await api.send(known));
    server.answers.set('/jwks', status(503));
    clock.advance(maxAgeMs - 1);
    expectPermit(await api.send(token()));
    expect(fetches()).toBe(1);
    clock.advance(1);
    expectPermit(await api.send(token()));
    await untilTold(api, 2);
    expect(api.keyEvents[1]).toMatchObject({
      issuer: server.url,
      outcome: 'failed',
      keyIds: ['k1'],
      error: expect.any(Error),
    });
    expectPermit(await api.send(known));
    expect(fetches()).toBe(2);
    clock.advance(maxStaleMs - maxAgeMs - 1);
    expectPermit(await api.send(token()));
    expectPermit(await api.send(known));
    await untilTold(api, 3);
    clock.advance(1);
    // What is remembered was verified by keys that no longer serve.
    expectRefusal(await api.send(known), noKeys);
    expectRefusal(await api.send(token()), noKeys);
  });

  test('K2 maxAgeMs and maxStaleMs of the issuer say when', async () => {
    const clock = stopClocks();
    const { server, api, token, fetches } = await scene({ maxAgeMs: 2_000, maxStaleMs: 5_000 });
    expectPermit(await api.send(token()));
    clock.advance(1_999);
    expectPermit(await api.send(token()));
    expect(fetches()).toBe(1);
    clock.advance(1);
    expectPermit(await api.send(token()));
    await untilTold(api, 2);
    expect(api.keyEvents[1]).toMatchObject({ outcome: 'unchanged', keyIds: ['k1'] });
    server.answers.set('/jwks', status(500));
    clock.advance(4_999);
    expectPermit(await api.send(token()));
    await untilTold(api, 3);
    clock.advance(1);
    expectRefusal(await api.send(token()), noKeys);
  });

  test('K2 ages belong to each issuer', async () => {
    const clock = stopClocks();
    const [short, long] = [await scene(), await scene()];
    const issuer = [{ issuer: short.server.url, maxAgeMs: 1_000, maxStaleMs: 1_000 }, { issuer: long.server.url }];
    const api = await startApi({ issuer });
    expectPermit(await api.send(short.token()));
    expectPermit(await api.send(long.token()));
    for (const { server } of [short, long]) server.answers.set('/jwks', status(500));
    clock.advance(1_000);
    expectRefusal(await api.send(short.token()), noKeys);
    expectPermit(await api.send(long.token()));
  });

  test.each([
    { maxAgeMs: 999 },
    { maxAgeMs: '10m' },
    { maxAgeMs: Number.NaN },
    { maxAgeMs: Infinity },
    { maxStaleMs: 1000 },
    { maxAgeMs: 5_000, maxStaleMs: 4_999 },
    { timeoutMs: 0 },
  ])('K2 %j is a mistake at the start', (ages) => {
    const make = (given: object): unknown =>
      createAuthorizer({ issuer: { issuer: 'https://issuer.example', ...given }, audience });
    expect(() => make(ages)).toThrow(TypeError);
    expect(() => make({ maxAgeMs: 1_000, maxStaleMs: 1_000, timeoutMs: 1 })).not.toThrow();
  });

  test('K2 an unknown kid is a 503 while nobody can know, and a signature by a known one that is none a 401', async () => {
    const { server, api, signer, token } = await scene();
    await api.authorizer.ready();
    server.answers.set('/jwks', status(500));
    for (const _ of [1, 2]) expectRefusal(await api.send(token(signer, randomKid())), noKeys);
    expectRefusal(await api.send(token(createSigner('k1', 'ES256'))), invalid);
    expectPermit(await api.send(token()));
  });

  test('K2 what onKeys throws changes nothing', async () => {
    const onKeys = (): never => {
      throw new Error('the log is full');
    };
    const { api, token } = await scene({}, { onKeys });
    expectPermit(await api.send(token()));
  });
});

describeOnEach('K3 a redirect', () => {
  test.each([301, 302, 303, 307, 308])('K3 with %i is not followed, for keys or metadata', async (code) => {
    const { server, api, token, keys } = await scene();
    const elsewhere = await bystander({ '/jwks': { keys } });
    server.answers.set('/moved', { keys });
    for (const location of [`${elsewhere.url}/jwks`, '/moved', '']) {
      server.answers.set('/jwks', status(code, { location }));
      const fresh = await startApi({ issuer: server.url });
      expectRefusal(await fresh.send(token()), noKeys);
    }
    server.answers.set(openid, status(code, { location: `${elsewhere.url}/metadata` }));
    expectRefusal(await api.send(token()), noKeys);
    expect(elsewhere.requests).toEqual([]);
    expect(server.requests).not.toContain('/moved');
  });
});

describeOnEach('K4 K9 an answer that is no key set', () => {
  const good = (keys: object[]): string => JSON.stringify({ keys });
  const answers: [string, (keys: object[]) => string | Buffer, Record<string, string>?][] = [
    ['K4 that is no JSON', () => '<html></html>'],
    ['K4 that is empty', () => ''],
    ['K4 that is null', () => 'null'],
    ['K4 that is a list', () => '[]'],
    ['K4 that is a list of keys', (keys) => JSON.stringify(keys)],
    ['K4 that is a text', (keys) => JSON.stringify(good(keys))],
    ['K4 that is a single key', (keys) => JSON.stringify(keys[0])],
    ['K4 without keys', () => '{}'],
    ['K4 whose keys are null', () => '{"keys":null}'],
    ['K4 whose keys are an object', (keys) => JSON.stringify({ keys: { ...keys } })],
    ['K4 whose keys are a text', () => '{"keys":"[]"}'],
    ['K4 whose keys only a prototype has', (keys) => `{"__proto__":${good(keys)}}`],
    ['K4 that is JSON and more', (keys) => `${good(keys)}x`],
    ['K4 that is JSON after a byte order mark and more', (keys) => `\ufeff\ufeff${good(keys)}`],
    ['K9 in invalid UTF-8', () => Buffer.from('{"keys":[],"x":"\xff"}', 'latin1')],
    ['K9 in UTF-16', (keys) => Buffer.from(good(keys), 'utf16le')],
    ['K9 of 10 MB', (keys) => good(keys) + ' '.repeat(10_000_000)],
    ['K9 of a byte more than 512 KiB', (keys) => good(keys).padEnd(512 * 1024 + 1)],
    ['K9 of 201 keys', (keys) => good([...keys, ...Array.from({ length: 200 }, () => keys[0] as object)])],
    ['K9 of 10,000 keys', () => JSON.stringify({ keys: Array.from({ length: 10_000 }, () => null) })],
    [
      'K9 of 20 MB as gzip',
      (keys) => gzipSync(JSON.stringify({ keys, x: 'a'.repeat(20_000_000) })),
      { 'content-encoding': 'gzip' },
    ],
    ['K9 of gzip that is none', (keys) => good(keys), { 'content-encoding': 'gzip' }],
  ];

  test.each(answers)('%s is a 503 cold, and leaves the last good keys warm', async (_, change, headers = {}) => {
    const clock = stopClocks();
    const { server, api, token, keys } = await scene();
    expectPermit(await api.send(token()));
    const body = change(keys);
    server.answers.set('/jwks', (response) => void response.writeHead(200, headers).end(body));
    const cold = await startApi({ issuer: server.url });
    expectRefusal(await cold.send(token()), noKeys);
    clock.advance(maxAgeMs);
    expectPermit(await api.send(token()));
    await untilTold(api, 2);
    expect(api.keyEvents[1]).toMatchObject({ outcome: 'failed', keyIds: ['k1'] });
    expectPermit(await api.send(token()));
  });

  const nearest: [string, (keys: object[]) => string | Buffer, Record<string, string>?][] = [
    ['K9 200 keys', (keys) => good([...Array.from({ length: 199 }, () => ({})), ...keys])],
    ['K9 512 KiB', (keys) => good(keys).padEnd(512 * 1024)],
    ['K9 gzip', (keys) => gzipSync(good(keys)), { 'content-encoding': 'gzip' }],
    ['K9 another content type', good, { 'content-type': 'text/html; charset=iso-8859-1' }],
    ['K9 no content type', good],
    ['K4 a set with other members', (keys) => JSON.stringify({ keys, x: 1, kid: [] })],
    ['K4 a set twice in one object, of which the last counts,', (keys) => `{"keys":[],${good(keys).slice(1)}`],
  ];
  test.each(nearest)('%s will do', async (_, change, headers = {}) => {
    const { server, api, token, keys } = await scene();
    const body = change(keys);
    server.answers.set('/jwks', (response) => void response.writeHead(200, headers).end(body));
    expectPermit(await api.send(token()));
  });

  test('K9 a body that comes drop by drop ends at the deadline', async () => {
    const { server, api, token } = await scene({ timeoutMs: 80 });
    server.answers.set('/jwks', (response) => {
      const drops = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drops));
    });
    const startedAtMs = performance.now();
    expectRefusal(await api.send(token()), noKeys);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    await until(() => server.ended() > 0);
  });
});

describeOnEach('K5 an empty set', () => {
  test.each([[[]], [[null]], [[{ kty: 'oct', kid: 'k1', k: 'AAAA' }]]])(
    'K5 %j is no key: the token is refused, and the operator finds it not ready',
    async (members) => {
      const { server, api, token } = await scene();
      server.answers.set('/jwks', { keys: members });
      expectRefusal(await api.send(token()), invalid);
      await expect(api.authorizer.ready()).rejects.toMatchObject({ code: 'unavailable' });
      expect(api.keyEvents[0]).toMatchObject({ outcome: 'changed', keyIds: [] });
    },
  );

  test('K5 it takes the place of keys that were good, also for a token that is remembered: a withdrawal, no outage', async () => {
    const clock = stopClocks();
    const { api, token, keys } = await scene();
    const known = token();
    for (const _ of [1, 2, 3]) expectPermit(await api.send(known));
    keys.splice(0);
    clock.advance(maxAgeMs);
    expectPermit(await api.send(known));
    await untilTold(api, 2);
    expectRefusal(await api.send(known), invalid);
    expectRefusal(await api.send(token()), invalid);
    expect(api.keyEvents[1]).toMatchObject({ outcome: 'changed', keyIds: [] });
  });
});

describeOnEach('K6 K7 K8 which members count', () => {
  const signer = createSigner('k1', 'ES256');
  const other = createSigner('k1', 'ES256');
  const edwards = createSigner('k1', 'EdDSA');
  const rsa = createSigner('k1', 'RS256');
  const answerTo = async (
    keys: unknown[],
    by = signer,
    header: object = {},
    options: Options = {},
  ): Promise<Answer> => {
    const server = await publish();
    server.answers.set('/jwks', { keys });
    return (await startApi({ issuer: server.url, ...options })).send(by.token(claimsOf(server.url), header));
  };

  const bad: [string, unknown][] = [
    ...[
      null,
      5,
      'key',
      true,
      [],
      {},
      [signer.jwk],
      { kty: 5 },
      { kty: 'NEW', kid: 'k1' },
      { kty: 'EC' },
      { kty: 'RSA', n: 1, e: 'AQAB' },
    ].map((member): [string, unknown] => [`K6 ${JSON.stringify(member).slice(0, 40)}`, member]),
    ['K6 a point that is not on its curve', { ...signer.jwk, x: signer.jwk.y }],
    ['K6 a point that is too short', { ...signer.jwk, x: 'AA' }],
    ['K6 a key on a curve that there is not', { ...signer.jwk, crv: 'P-257' }],
    ['K6 a key on another curve', { ...signer.jwk, crv: 'P-384' }],
    ['K6 a curve that JWS has no default algorithm for', { ...signer.jwk, crv: 'secp256k1' }],
    ['K6 a key whose kid is no text', { ...signer.jwk, kid: ['k1'] }],
    ['K6 a key whose alg is no text', { ...signer.jwk, alg: 5 }],
    [
      'K6 a key whose members only a prototype has',
      JSON.parse(`{"__proto__":${JSON.stringify(signer.jwk)},"kid":"k1"}`),
    ],
    ['K7 a key for encryption', { ...signer.jwk, use: 'enc' }],
    ['K7 a key for signing only', { ...signer.jwk, key_ops: ['sign'] }],
    ['K7 a key with operations that are no list', { ...signer.jwk, key_ops: 'verify' }],
    ['K7 a key of another algorithm', { ...signer.jwk, alg: 'ES384' }],
    ['K7 a key of another kid', { ...signer.jwk, kid: 'K1' }],
    ['K8 the private key', { ...signer.privateKey.export({ format: 'jwk' }), kid: 'k1' }],
    ['K8 a key with a `d` that is empty', { ...signer.jwk, d: '' }],
    ['K8 a key with a `k`', { ...signer.jwk, k: 'AAAA' }],
    ['K8 a symmetric key', { kty: 'oct', kid: 'k1', k: Buffer.alloc(32).toString('base64url') }],
  ];
  test.each(bad)('%s is ignored, and the good key beside it works', async (_, member) => {
    expectRefusal(await answerTo([member]), invalid);
    expectPermit(await answerTo([member, signer.jwk]));
    expectPermit(await answerTo([signer.jwk, member]));
  });

  test('K8 HS256 with a symmetric key of the set is refused', async () => {
    const key = Buffer.alloc(32, 9);
    const forger: Signer = {
      ...signer,
      token: (claims) => {
        const input = [{ alg: 'HS256', kid: 'k1' }, claims]
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.');
        return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
      },
    };
    expectRefusal(
      await answerTo(
        [{ kty: 'oct', kid: 'k1', alg: 'HS256', use: 'sig', k: key.toString('base64url') }, signer.jwk],
        forger,
      ),
      invalid,
    );
  });

  test.each([
    ['identical', [signer.jwk, signer.jwk]],
    ['of another type', [rsa.jwk, edwards.jwk, signer.jwk]],
    ['of another algorithm', [{ ...other.jwk, alg: 'ES384' }, signer.jwk]],
    ['for encryption', [{ ...other.jwk, use: 'enc' }, signer.jwk]],
    ['of the same kind', [other.jwk, signer.jwk]],
    [
      'of the same kind, three times',
      [other.jwk, createSigner('k1', 'ES256').jwk, createSigner('k1', 'ES256').jwk, signer.jwk],
    ],
  ])('K7 of two keys of one kid, %s, the one that fits is found', async (_, keys) => {
    expectPermit(await answerTo(keys));
    expectPermit(await answerTo(keys.toReversed()));
    expectRefusal(await answerTo(keys, createSigner('k1', 'ES256')), invalid);
  });

  test('K7 of five keys of one kid that all fit the fifth is not tried', async () => {
    const keys = Array.from({ length: 4 }, () => createSigner('k1', 'ES256').jwk);
    expectPermit(await answerTo([...keys.slice(1), signer.jwk]));
    expectRefusal(await answerTo([...keys, signer.jwk]), invalid);
  });
});

describeOnEach('K10 K11 rotation', () => {
  test('K10 a new kid is fetched with the first token that has it, once for all who wait', async () => {
    const { api, token, keys, fetches } = await scene();
    await api.authorizer.ready();
    const next = createSigner('k2', 'ES256');
    keys.push(next.jwk);
    for (const { status: got } of await many(20, () => api.send(token(next)))) expect(got).toBe(200);
    expect(fetches()).toBe(2);
    expectPermit(await api.send(token()));
    expect(api.keyEvents).toMatchObject([
      { outcome: 'changed', keyIds: ['k1'] },
      { outcome: 'changed', keyIds: ['k1', 'k2'] },
    ]);
  });

  test('K10 a token without a kid, signed by a key that has come since, passes', async () => {
    const { api, token, keys, fetches } = await scene();
    await api.authorizer.ready();
    const next = createSigner('k2', 'ES256');
    keys.splice(0, 1, next.jwk);
    expectPermit(await api.send(token(next, { kid: undefined })));
    expect(fetches()).toBe(2);
  });

  test('K10 inside of the floor it is refused, and passes as soon as that is over', async () => {
    const clock = stopClocks();
    const { api, signer, token, keys, fetches } = await scene();
    await api.authorizer.ready();
    expectRefusal(await api.send(token(signer, randomKid())), invalid);
    const next = createSigner('k2', 'ES256');
    keys.push(next.jwk);
    const waiting = token(next);
    clock.advance(floorMs - 1);
    expectRefusal(await api.send(waiting), invalid);
    expect(fetches()).toBe(2);
    clock.advance(1);
    expectPermit(await api.send(waiting));
    expect(fetches()).toBe(3);
  });

  test('K11 1,000 random kids cause one fetch in a floor, disturb no other token, and keep no new key out', async () => {
    const clock = stopClocks();
    const { api, signer, token, keys, fetches } = await scene();
    await api.authorizer.ready();
    const known = token();
    for (const round of [1, 2]) {
      // Most of them past the server, which would be what is slow.
      const flood = Array.from({ length: 490 }, async () => {
        const headers = { authorization: `Bearer ${token(signer, randomKid())}` };
        await expect(api.authorizer.authenticate({ headers })).rejects.toMatchObject({ code: 'invalid_token' });
      });
      expectRefusals(await many(10, () => api.send(token(signer, randomKid()))), invalid);
      for (const answer of await many(10, () => api.send(known))) expectPermit(answer);
      await Promise.all(flood);
      expect(fetches()).toBe(1 + round);
      clock.advance(floorMs);
    }
    const next = createSigner('k2', 'ES256');
    keys.push(next.jwk);
    expectPermit(await api.send(token(next)));
  });

  test('K11 random kids with no keys yet cause the first fetch, and at most one in the floor that begins with it', async () => {
    const { api, signer, token, fetches } = await scene();
    expectRefusals(await many(50, () => api.send(token(signer, randomKid()))), invalid);
    expect(fetches()).toBeLessThanOrEqual(2);
  });
});

describeOnEach('K12 K13 withdrawal', () => {
  test('K12 a withdrawn key dies with the next refresh, with every token that it signed and that is remembered', async () => {
    const clock = stopClocks();
    const { api, token, keys } = await scene();
    const next = createSigner('k2', 'ES256');
    keys.push(next.jwk);
    await api.authorizer.ready();
    const [old, lasting] = [token(), token(next)];
    for (const one of [old, lasting, old, lasting]) expectPermit(await api.send(one));
    expect(api.authorizer.statistics().tokens.entries).toBe(2);
    keys.splice(0, 1);
    clock.advance(maxAgeMs);
    expectPermit(await api.send(old));
    await untilTold(api, 2);
    expectRefusal(await api.send(old), invalid);
    expectPermit(await api.send(lasting));
    expect(api.keyEvents[1]).toMatchObject({ outcome: 'changed', keyIds: ['k2'] });
  });

  test('K13 a kid with new material: what the old one signed is refused, remembered or not, and what the new one signs passes', async () => {
    const clock = stopClocks();
    const { api, token, keys } = await scene();
    await api.authorizer.ready();
    const old = token();
    for (const _ of [1, 2]) expectPermit(await api.send(old));
    const replaced = createSigner('k1', 'ES256');
    keys.splice(0, 1, replaced.jwk);
    clock.advance(maxAgeMs);
    expectPermit(await api.send(old));
    await untilTold(api, 2);
    expectRefusal(await api.send(old), invalid);
    expectRefusal(await api.send(token()), invalid);
    expectPermit(await api.send(token(replaced)));
  });

  test('K12 a refresh that brings the same keys loses nothing that is remembered', async () => {
    const clock = stopClocks();
    const { api, token } = await scene();
    await api.authorizer.ready();
    const known = token();
    for (const _ of [1, 2]) expectPermit(await api.send(known));
    clock.advance(maxAgeMs);
    expectPermit(await api.send(known));
    await untilTold(api, 2);
    expectPermit(await api.send(known));
    expect(api.authorizer.statistics().tokens).toMatchObject({ hits: 3, entries: 1 });
  });
});

describeOnEach('K14 K16 metadata', () => {
  type Metadata = (url: string) => object;
  const badMetadata: [string, Metadata][] = [
    ['that names another issuer', (url) => ({ issuer: 'https://other.example', jwks_uri: `${url}/jwks` })],
    ['that names the issuer with a slash', (url) => ({ issuer: `${url}/`, jwks_uri: `${url}/jwks` })],
    ['that names the issuer in capitals', (url) => ({ issuer: url.toUpperCase(), jwks_uri: `${url}/jwks` })],
    ['that names no issuer', (url) => ({ jwks_uri: `${url}/jwks` })],
    ['that names a list of issuers', (url) => ({ issuer: [url], jwks_uri: `${url}/jwks` })],
    ['without `jwks_uri`', (url) => ({ issuer: url })],
    ['whose `jwks_uri` is no text', (url) => ({ issuer: url, jwks_uri: [`${url}/jwks`] })],
    ['whose `jwks_uri` is relative', (url) => ({ issuer: url, jwks_uri: '/jwks' })],
    ['whose `jwks_uri` is in the clear', (url) => ({ issuer: url, jwks_uri: 'http://issuer.example/jwks' })],
    [
      'whose `jwks_uri` is on a private host, in the clear',
      (url) => ({ issuer: url, jwks_uri: 'http://169.254.169.254/latest/meta-data' }),
    ],
    ['whose `jwks_uri` only begins as loopback', (url) => ({ issuer: url, jwks_uri: 'http://127.0.0.1.example/jwks' })],
    [
      'whose `jwks_uri` has loopback for a user',
      (url) => ({ issuer: url, jwks_uri: 'http://127.0.0.1@issuer.example/jwks' }),
    ],
    ...[
      'file:///etc/passwd',
      'data:application/json,{"keys":[]}',
      'javascript:1',
      'ftp://127.0.0.1/jwks',
      'blob:x',
      'about:blank',
      '',
    ].map((jwksUri): [string, Metadata] => [
      `whose \`jwks_uri\` is ${JSON.stringify(jwksUri)}`,
      (url) => ({ issuer: url, jwks_uri: jwksUri }),
    ]),
    ['that is a list', (url) => [{ issuer: url, jwks_uri: `${url}/jwks` }]],
  ];
  test.each(badMetadata)('K14 metadata %s is a 503, and no key is fetched', async (_, metadata) => {
    const { server, api, token } = await scene();
    server.answers.set(openid, metadata(server.url));
    expectRefusal(await api.send(token()), noKeys);
    expect(server.requests).toEqual([openid, oauth]);
    await expect(api.authorizer.ready()).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  });

  test.each([
    ['500', status(500)],
    ['nothing before the deadline', () => undefined],
  ])('K14 metadata that comes to %s is a 503', async (_, answer) => {
    const { server, api, token } = await scene({ timeoutMs: 60 });
    server.answers.set(openid, answer);
    const startedAtMs = performance.now();
    expectRefusal(await api.send(token()), noKeys);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    expect(server.requests).not.toContain('/jwks');
  });

  test.each([
    { issuer: 'http://issuer.example' },
    { issuer: 'http://10.0.0.1' },
    { issuer: 'http://127.0.0.1.example' },
    { issuer: 'http://localhost.example' },
    { issuer: 'ftp://issuer.example' },
    { issuer: 'file:///etc' },
    { issuer: 'issuer' },
    { issuer: 'https://issuer.example', jwksUri: 'http://issuer.example/jwks' },
    { issuer: 'https://issuer.example', jwksUri: 'file:///jwks' },
    { issuer: 'https://issuer.example', jwksUri: '/jwks' },
    { issuer: 'https://issuer.example', jwksUri: '' },
  ])('K14 %j is a mistake at the start', (issuer) => {
    expect(() => createAuthorizer({ issuer, audience })).toThrow(TypeError);
  });

  test('K14 https is asked for unless the option says otherwise', () => {
    const make = (issuer: AuthorizerOptions['issuer']) => (): unknown => createAuthorizer({ issuer, audience });
    expect(make({ issuer: 'http://issuer.example', allowHttp: true })).not.toThrow();
    expect(
      make({ issuer: 'https://issuer.example', jwksUri: 'http://issuer.example/jwks', allowHttp: true }),
    ).not.toThrow();
    expect(make('https://issuer.example')).not.toThrow();
    for (const loopback of ['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1'])
      expect(make(loopback)).not.toThrow();
    expect(make({ issuer: 'http://issuer.example', allowHttp: 1 as never })).toThrow(/`allowHttp`/);
  });

  test.each(['', '/'])(
    'K16 an issuer with a path that ends with "%s" is found where OpenID appends, and then where RFC 8414 inserts',
    async (end) => {
      const signer = createSigner('k1', 'ES256');
      for (const place of ['appended', 'inserted'] as const) {
        const server = await bystander({ '/jwks': { keys: [signer.jwk] } });
        const issuer = `${server.url}/tenants/a${end}`;
        const [appended, inserted] = [`/tenants/a${openid}`, `${oauth}/tenants/a`];
        server.answers.set(place === 'appended' ? appended : inserted, { issuer, jwks_uri: `${server.url}/jwks` });
        const api = await startApi({ issuer });
        expectPermit(await api.send(signer.token(claimsOf(issuer))));
        expectRefusal(await api.send(signer.token(claimsOf(end === '' ? `${issuer}/` : issuer.slice(0, -1)))), invalid);
        expect(server.requests).toEqual(place === 'appended' ? [appended, '/jwks'] : [appended, inserted, '/jwks']);
      }
    },
  );

  test('K16 an issuer that is a host with a slash is found', async () => {
    const signer = createSigner('k1', 'ES256');
    const server = await bystander({ '/jwks': { keys: [signer.jwk] } });
    server.answers.set(oauth, { issuer: `${server.url}/`, jwks_uri: `${server.url}/jwks` });
    const api = await startApi({ issuer: `${server.url}/` });
    expectPermit(await api.send(signer.token(claimsOf(`${server.url}/`))));
    expect(server.requests).toEqual([openid, oauth, '/jwks']);
  });

  test('K16 keys with an address of their own need no metadata', async () => {
    const { server, api, token } = await scene({ jwksUri: `${(await publish()).url}/jwks` });
    expectRefusal(await api.send(token()), invalid);
    const direct = await startApi({ issuer: { issuer: server.url, jwksUri: `${server.url}/jwks` } });
    server.requests.splice(0);
    expectPermit(await direct.send(token()));
    expect(server.requests).toEqual(['/jwks']);
  });

  test('K15 a `jwks_uri` that changes is followed with the next refresh', async () => {
    const clock = stopClocks();
    const { server, api, token, keys } = await scene();
    expectPermit(await api.send(token()));
    const next = createSigner('k2', 'ES256');
    server.answers.set('/moved', { keys: [next.jwk] });
    server.answers.set(openid, { issuer: server.url, jwks_uri: `${server.url}/moved` });
    keys.splice(0);
    server.requests.splice(0);
    clock.advance(maxAgeMs);
    expectPermit(await api.send(token()));
    await untilTold(api, 2);
    expectPermit(await api.send(token(next)));
    expectRefusal(await api.send(token()), invalid);
    expect(server.requests.slice(0, 2)).toEqual([openid, '/moved']);
  });

  test('K15 a `jwks_uri` that may not be used leaves the last one in place', async () => {
    const clock = stopClocks();
    const { server, api, token, keys } = await scene();
    expectPermit(await api.send(token()));
    for (const jwksUri of ['http://issuer.example/jwks', 'file:///etc/passwd']) {
      server.answers.set(openid, { issuer: server.url, jwks_uri: jwksUri });
      const next = createSigner(jwksUri, 'ES256');
      keys.push(next.jwk);
      expectPermit(await api.send(token(next)));
      clock.advance(floorMs);
    }
  });
});

describeOnEach('K17 a clock that jumps', () => {
  test('K17 forwards: tokens expire, and keys are fetched no sooner', async () => {
    const clock = stopClocks();
    const { api, token, fetches } = await scene();
    await api.authorizer.ready();
    const known = token();
    for (const _ of [1, 2]) expectPermit(await api.send(known));
    clock.setWall(Date.now() + 8 * days * 1000);
    expectPermit(await api.send(known));
    clock.setWall(Date.now() + 30 * days * 1000);
    expectRefusal(await api.send(known), invalidToken('The access token has expired.'));
    expectPermit(await api.send(token()));
    expect(fetches()).toBe(1);
  });

  test('K17 backwards: what is remembered is asked again, keys keep their age, and the floor ends when it would', async () => {
    const clock = stopClocks();
    const { api, signer, token, keys, fetches } = await scene();
    await api.authorizer.ready();
    const known = token(signer, {}, { nbf: clock.nowSeconds });
    for (const _ of [1, 2]) expectPermit(await api.send(known));
    expectRefusal(await api.send(token(signer, randomKid())), invalid);
    clock.setWall(Date.now() - 365 * days * 1000);
    expectRefusal(await api.send(known), invalidToken('The access token is not valid yet.'));
    expectPermit(await api.send(token()));
    const next = createSigner('k2', 'ES256');
    keys.push(next.jwk);
    expectRefusal(await api.send(token(next)), invalid);
    clock.advance(floorMs);
    expectPermit(await api.send(token(next)));
    expect(fetches()).toBe(3);
    clock.advance(maxAgeMs);
    expectPermit(await api.send(token()));
    await untilTold(api, 4);
  });
});

describeOnEach('K18 an issuer that nobody trusts', () => {
  test('K18 is refused, and nothing goes out, to it or to any other', async () => {
    const { server, api, token } = await scene();
    const stranger = await bystander();
    for (const path of [openid, oauth])
      stranger.answers.set(path, { issuer: stranger.url, jwks_uri: `${stranger.url}/jwks` });
    for (const iss of [
      stranger.url,
      `${stranger.url}/`,
      'https://issuer.example',
      'file:///etc/passwd',
      'http://169.254.169.254',
      '',
      'x'.repeat(3000),
    ]) {
      expectRefusal(await api.send(token(undefined, {}, { iss })), invalid);
    }
    expect([...stranger.requests, ...server.requests]).toEqual([]);
  });
});

describeOnEach('an issuer found by a function', () => {
  const tenantOf = (one: Scene, own: string): RemoteIssuerOptions => ({ issuer: one.server.url, audience: own });

  test('K18 each tenant has its own keys and its own audience', async () => {
    const [a, b] = [await scene(), await scene()];
    const tenants = new Map([a, b].map((one, at) => [one.server.url, tenantOf(one, ['a', 'b'][at] as string)]));
    const api = await startApi({ issuer: (name: string) => tenants.get(name) });
    expectPermit(await api.send(a.token(a.signer, {}, { aud: 'a' })));
    expectPermit(await api.send(b.token(b.signer, {}, { aud: 'b' })));
    expectRefusal(await api.send(a.token(b.signer, {}, { aud: 'a' })), invalid);
    expectRefusal(await api.send(b.token(a.signer, {}, { aud: 'b' })), invalid);
    expectRefusal(
      await api.send(a.token(a.signer, {}, { aud: 'b' })),
      invalidToken('The access token is not meant for this API.'),
    );
  });

  test('K18 a tenant that the function does not know is refused, with no request', async () => {
    const stranger = await scene();
    const asked: string[] = [];
    const api = await startApi({ issuer: (name: string) => void asked.push(name) });
    expectRefusal(await api.send(stranger.token()), invalid);
    expectRefusal(await api.send(stranger.token(undefined, {}, { iss: 5 })), invalid);
    expectRefusal(await api.send('x'), invalid);
    expect(stranger.server.requests).toEqual([]);
    expect(asked).toEqual([stranger.server.url]);
  });

  const broken: [string, (url: string) => ReturnType<FindIssuer>][] = [
    [
      'throws',
      () => {
        throw new Error('the database is on fire');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the database is on fire'))],
    ['gives another issuer', () => 'https://other.example'],
    ['gives the settings of another issuer', (url) => ({ issuer: `${url}/` })],
    ['gives another issuer later', async (url) => ({ issuer: url.toUpperCase() })],
    ['gives null', () => null as never],
    ['gives a number', () => 5 as never],
    ['gives a list', (url) => [url] as never],
    ['gives settings with an unknown option', (url) => ({ issuer: url, jwks_uri: 'x' }) as never],
    ['gives an address in the clear', (url) => ({ issuer: url, jwksUri: 'http://issuer.example/jwks' })],
    ['gives settings that have no audience', (url) => ({ issuer: url, audience: [] })],
  ];
  test.each(broken)('K18 that %s is a 503, and nothing of it is kept', async (_, find) => {
    const { server, token } = await scene();
    let isBroken = true;
    const api = await startApi({ issuer: (name: string) => (isBroken ? find(name) : name) });
    const got = await api.send(token());
    expectRefusal(got, noKeys);
    expect(visible(got)).not.toMatch(/fire|example\//);
    expect(server.requests).toEqual([]);
    isBroken = false;
    expectPermit(await api.send(token()));
  });

  test('K18 requests at once ask once, each gets an error of its own, and the answer is kept for five minutes', async () => {
    const clock = stopClocks();
    const { server, token, fetches } = await scene();
    let [asked, isBroken] = [0, true];
    const find = async (name: string): Promise<string> => {
      asked += 1;
      await sleep(600);
      if (isBroken) throw new Error('not yet');
      return name;
    };
    const api = await startApi({ issuer: find });
    expectRefusals(await many(10, () => api.send(token())), noKeys);
    expect([asked, new Set(api.refusals).size]).toEqual([1, 10]);
    isBroken = false;
    for (const answer of await many(10, () => api.send(token()))) expectPermit(answer);
    expect([asked, fetches()]).toEqual([2, 1]);
    clock.advance(5 * 60_000 - 1);
    expectPermit(await api.send(token()));
    expect(asked).toBe(2);
    clock.advance(1);
    expectPermit(await api.send(token()));
    expect(asked).toBe(3);
    // The same settings keep their keys.
    expect(fetches()).toBe(1);
    expect(server.requests).toEqual([openid, '/jwks']);
  });

  test('K18 a tenant that is no longer known is refused within five minutes, remembered or not', async () => {
    const clock = stopClocks();
    const { token } = await scene();
    let isKnown = true;
    const api = await startApi({ issuer: (name: string) => (isKnown ? name : undefined) });
    const known = token();
    for (const _ of [1, 2, 3]) expectPermit(await api.send(known));
    isKnown = false;
    clock.advance(5 * 60_000);
    expectRefusal(await api.send(known), invalid);
    expectRefusal(await api.send(token()), invalid);
  });

  test('K18 a tenant whose settings change is served by the new ones, also for a token that is remembered', async () => {
    const clock = stopClocks();
    const { server, token } = await scene();
    let own = audience;
    const api = await startApi({ issuer: (name: string) => ({ issuer: name, audience: own }) });
    const known = token();
    for (const _ of [1, 2, 3]) expectPermit(await api.send(known));
    own = 'other';
    clock.advance(5 * 60_000);
    expectRefusal(await api.send(known), invalidToken('The access token is not meant for this API.'));
    expectPermit(await api.send(token(undefined, {}, { aud: 'other' })));
    expect(server.requests.filter((path) => path === '/jwks')).toHaveLength(2);
  });

  test('K18 2,000 tenants are kept as 1,000: the first is asked for again, the last is not', async () => {
    const asked = new Map<string, number>();
    const secret = 'x'.repeat(32);
    const signed = (iss: string): string => hs256(claimsOf(iss), secret);
    const api = await startApi({
      issuer: (name: string) => {
        asked.set(name, (asked.get(name) ?? 0) + 1);
        return { issuer: name, secret };
      },
    });
    const names = Array.from({ length: 2_000 }, (_, at) => `https://tenant${at}.example`);
    for (const name of names)
      await api.authorizer.authenticate({ headers: { authorization: `Bearer ${signed(name)}` } });
    expectPermit(await api.send(signed(names.at(-1) as string)));
    expectPermit(await api.send(signed(names[0] as string)));
    expect([asked.get(names.at(-1) as string), asked.get(names[0] as string), asked.size]).toEqual([1, 2, 2_000]);
  });
});

function hs256(claims: object, secret: string): string {
  const input = [{ alg: 'HS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

describeOnEach('hydrate', () => {
  test('K1 keys from elsewhere serve while the network is down, and the first from the network take their place', async () => {
    const clock = stopClocks();
    const { server, api, signer, token, keys } = await scene();
    server.answers.set('/jwks', status(500));
    expectRefusal(await api.send(token()), noKeys);
    api.authorizer.hydrate({ keys: [signer.jwk] });
    expectPermit(await api.send(token()));
    await api.authorizer.ready();
    await untilTold(api, 1);
    const [next, known] = [createSigner('k2', 'ES256'), token()];
    for (const _ of [1, 2]) expectPermit(await api.send(known));
    keys.splice(0, 1, next.jwk);
    server.answers.set('/jwks', { keys });
    clock.advance(retryMs);
    expectPermit(await api.send(known));
    await until(() => api.keyEvents.at(-1)?.outcome === 'changed');
    // The key that was withdrawn meanwhile dies with it.
    expectRefusal(await api.send(known), invalid);
    expectRefusal(await api.send(token()), invalid);
    expectPermit(await api.send(token(next)));
  });

  test('K2 they serve no longer than old keys do', async () => {
    const clock = stopClocks();
    const { server, api, signer, token } = await scene();
    server.answers.set('/jwks', status(500));
    api.authorizer.hydrate({ keys: [signer.jwk] });
    clock.advance(maxStaleMs - 1);
    expectPermit(await api.send(token()));
    clock.advance(1);
    expectRefusal(await api.send(token()), noKeys);
  });

  test('K1 they serve also where keys serve no longer than they are fresh', async () => {
    const { server, api, signer, token } = await scene({ maxAgeMs: 60_000, maxStaleMs: 60_000 });
    server.answers.set('/jwks', status(500));
    api.authorizer.hydrate({ keys: [signer.jwk] });
    expectPermit(await api.send(token()));
  });

  test('K12 they do not take the place of keys that the network has brought', async () => {
    const { api, token } = await scene();
    await api.authorizer.ready();
    const other = createSigner('k9', 'ES256');
    api.authorizer.hydrate({ keys: [other.jwk] });
    expectPermit(await api.send(token()));
    expectRefusal(await api.send(token(other)), invalid);
  });

  test('K8 private and symmetric keys among them are no more used than from the network', async () => {
    const { server, api, signer, token } = await scene();
    server.answers.set('/jwks', status(500));
    api.authorizer.hydrate({ keys: [{ ...signer.privateKey.export({ format: 'jwk' }), kid: 'k1' }] });
    expectRefusal(await api.send(token()), noKeys);
  });

  test('K9 each issuer is hydrated by its name, and what is no key set is a mistake', async () => {
    const [a, b] = [await scene(), await scene()];
    for (const { server } of [a, b]) server.answers.set('/jwks', status(500));
    const { authorizer, send } = await startApi({ issuer: [a.server.url, b.server.url] });
    expect(() => authorizer.hydrate({ keys: [a.signer.jwk] })).toThrow(/`issuer`/);
    expect(() => authorizer.hydrate({ keys: [a.signer.jwk] }, 'https://other.example')).toThrow(/`issuer`/);
    authorizer.hydrate({ keys: [a.signer.jwk] }, a.server.url);
    expectPermit(await send(a.token()));
    expectRefusal(await send(b.token()), noKeys);
    expectRefusal(await send(b.token(a.signer)), noKeys);
    for (const keys of [null, undefined, [], 'x', 5])
      expect(() => authorizer.hydrate(keys as never, b.server.url)).toThrow(TypeError);
    const secret = createAuthorizer({ issuer: { issuer: 'x', secret: 'x'.repeat(32) }, audience });
    expect(() => secret.hydrate({ keys: [] })).toThrow(TypeError);
  });
});

describeOnEach('K4 K9 hydrating', () => {
  test.each([
    ['an object without keys', {}],
    ['keys that are an object', { keys: {} }],
    ['keys that are null', { keys: null }],
    ['keys that are a text', { keys: 'x' }],
    ['201 keys', { keys: Array.from({ length: 201 }, () => ({})) }],
  ])('K4 K9 hydrating with %s is a TypeError, as its documentation says', async (_, keys) => {
    const { api } = await scene();
    expect(() => api.authorizer.hydrate(keys as never)).toThrow(TypeError);
  });
});

testOnEach('onKeys is told what each fetch came to, with its time', async () => {
  const events: KeyEvent[] = [];
  const { server, api, token } = await scene({}, { onKeys: (event) => events.push(event) });
  server.answers.set('/jwks', (response) => void setTimeout(() => response.end('{"keys":[]}'), 20));
  expectRefusal(await api.send(token()), invalid);
  expect(events).toEqual([{ issuer: server.url, outcome: 'changed', durationMs: expect.any(Number), keyIds: [] }]);
  expect(events[0]?.durationMs).toBeGreaterThan(10);
});
