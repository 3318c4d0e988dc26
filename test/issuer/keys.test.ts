import { describe, expect, test } from '@jest/globals';
import { createTestIssuer } from '../../src/testing/test-issuer.ts';
import { startIssuer, startServer, status, until, type LoopbackServer } from './loopback-server.ts';
import { createSigner, type Signer } from './signer.ts';
import {
  audience,
  claimsFor,
  expectInvalid,
  expectUnavailable,
  reasonOf,
  remote,
  setOf,
  settingsOf,
  verifierOf,
  type TestVerifier,
} from './verifying.ts';

const issuer = 'https://issuer.example';
const floorMs = 5_000;
const maxAgeMs = 10 * 60_000;
const maxStaleMs = 60 * 60_000;
const longLived = { exp: Date.UTC(2027, 0, 1) / 1000 };

interface Scene {
  readonly server: LoopbackServer;
  readonly verifier: TestVerifier;
  readonly signer: Signer;
  /** The published keys; the list may change. */
  readonly keys: object[];
  readonly token: (signer?: Signer, header?: object) => string;
  readonly fetches: () => number;
}

/** An issuer with one key, and a verifier that trusts it. */
async function onNetwork(work: (scene: Scene) => Promise<void>): Promise<void> {
  const signer = createSigner();
  const keys: object[] = [signer.jwk];
  const server = await startIssuer(keys);
  const verifier = verifierOf(settingsOf(server.url, remote()));
  const token = (by = signer, header = {}): string => by.token(claimsFor(server.url, longLived), header);
  const fetches = (): number => server.requests.filter((path) => path === '/jwks').length;
  try {
    await work({ server, verifier, signer, keys, token, fetches });
  } finally {
    await verifier.close();
    await server.close();
  }
}

const randomKid = (): object => ({ kid: crypto.randomUUID() });

describe('one fetch serves many', () => {
  test('K1 100 verifications at once with no keys yet share one fetch', () =>
    onNetwork(async ({ verifier, token, server }) => {
      await Promise.all(Array.from({ length: 100 }, () => verifier.verify(token())));
      expect(server.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
    }));

  test('ready() loads the keys, and verification then needs no network', () =>
    onNetwork(async ({ verifier, token, server }) => {
      await verifier.ready();
      await server.close();
      await verifier.verify(token());
      await verifier.ready();
    }));
});

test('the network and the clock are the runtime’s own unless others are given', () =>
  onNetwork(async ({ server, token }) => {
    const verifier = verifierOf(settingsOf(server.url, remote()), { fetch: undefined, monotonicNow: undefined });
    await verifier.verify(token());
    await verifier.verify(token());
    expect(server.requests).toHaveLength(2);
  }));

describe('rotation', () => {
  test('K10 a new key is found on the first token that needs it, right after the first load', async () => {
    const rotating = await createTestIssuer({ audience });
    const verifier = verifierOf(settingsOf(rotating.issuer, remote()), { now: Date.now });
    const old = await rotating.token();
    await verifier.verify(old);
    await rotating.rotate();
    await verifier.verify(await rotating.token());
    await expectInvalid(verifier.verify(old));
    await rotating.close();
  });

  test('K11 1,000 random kids cause one fetch in a floor, and disturb no other token', () =>
    onNetwork(async ({ verifier, token, signer, fetches }) => {
      await verifier.ready();
      const flood = Array.from({ length: 1000 }, () => expectInvalid(verifier.verify(token(signer, randomKid()))));
      await Promise.all([...flood, verifier.verify(token())]);
      expect(fetches()).toBe(2);
      for (let times = 0; times < 20; times += 1) await expectInvalid(verifier.verify(token(signer, randomKid())));
      expect(fetches()).toBe(2);
      await verifier.verify(token());
    }));

  test('K10 K11 random kids do not hide a rotated key for longer than the floor', () =>
    onNetwork(async ({ verifier, token, signer, keys, fetches }) => {
      await verifier.ready();
      await expectInvalid(verifier.verify(token(signer, randomKid())));
      const next = createSigner('k2');
      keys.push(next.jwk);
      verifier.clock.elapsedMs += floorMs - 1;
      await expectInvalid(verifier.verify(token(next)));
      expect(fetches()).toBe(2);
      verifier.clock.elapsedMs += 1;
      await Promise.all(Array.from({ length: 50 }, () => verifier.verify(token(next))));
      expect(fetches()).toBe(3);
    }));

  test('K11 a flood that meets no keys yet causes one fetch and leaves the floor open', () =>
    onNetwork(async ({ verifier, token, signer, keys, fetches }) => {
      await Promise.all(Array.from({ length: 1000 }, () => expectInvalid(verifier.verify(token(signer, randomKid())))));
      expect(fetches()).toBe(1);
      const next = createSigner('k2');
      keys.push(next.jwk);
      await verifier.verify(token(next));
    }));

  test('K10 a fetch that began before the rotation is not the last word', () =>
    onNetwork(async ({ server, verifier, token, keys, fetches }) => {
      await verifier.ready();
      const next = createSigner('k2');
      const before = { keys: [...keys] };
      server.answers.set('/jwks', (response) => {
        server.answers.set('/jwks', { keys: [next.jwk] });
        setTimeout(() => response.end(JSON.stringify(before)), 30);
      });
      verifier.clock.elapsedMs += maxAgeMs;
      await verifier.verify(token());
      await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token(next))));
      expect(fetches()).toBe(3);
    }));

  test('a fetch under way that brings the key is enough', () =>
    onNetwork(async ({ verifier, token, keys, fetches }) => {
      await verifier.ready();
      const next = createSigner('k2');
      keys.push(next.jwk);
      verifier.clock.elapsedMs += maxAgeMs;
      await Promise.all([verifier.verify(token()), verifier.verify(token(next)), verifier.verify(token(next))]);
      expect(fetches()).toBe(2);
    }));

  test('a known kid with another algorithm causes no fetch', () =>
    onNetwork(async ({ verifier, token, signer, fetches }) => {
      await verifier.ready();
      await expectInvalid(verifier.verify(token(signer, { alg: 'RS256' })));
      await expectInvalid(verifier.verify(token(createSigner())));
      expect(fetches()).toBe(1);
    }));
});

describe('age', () => {
  test('K12 K13 keys past their age serve while new ones are fetched, and a withdrawn or replaced key dies with that', () =>
    onNetwork(async ({ verifier, token, keys, fetches }) => {
      await verifier.verify(token());
      verifier.clock.elapsedMs += maxAgeMs - 1;
      await verifier.verify(token());
      expect(fetches()).toBe(1);
      const replaced = createSigner();
      keys.splice(0, 1, replaced.jwk);
      verifier.clock.elapsedMs += 1;
      await verifier.verify(token());
      await until(() => verifier.verify(token(replaced)).then(Boolean, () => false));
      await expectInvalid(verifier.verify(token()));
      expect(fetches()).toBe(2);
    }));

  test('K5 an empty set leaves no key: the token is refused, and a set without usable keys is not ready', () =>
    onNetwork(async ({ verifier, token, keys }) => {
      keys.splice(0);
      await expectInvalid(verifier.verify(token()));
      await expectUnavailable(verifier.ready());
      expect(await reasonOf(verifier.ready())).toContain('no key that can be used');
    }));

  test('K15 a new `jwks_uri` is learnt with the next refresh, by one more request', () =>
    onNetwork(async ({ server, verifier, token }) => {
      await verifier.verify(token());
      const next = createSigner('k2');
      server.answers.set('/moved', { keys: [next.jwk] });
      server.answers.set('/.well-known/openid-configuration', { issuer: server.url, jwks_uri: `${server.url}/moved` });
      server.requests.splice(0);
      await verifier.verify(token(next));
      expect(server.requests).toEqual(['/.well-known/openid-configuration', '/moved']);
    }));

  test('K15 metadata that cannot be read, or names another issuer, leaves the last `jwks_uri` in place', () =>
    onNetwork(async ({ server, verifier, token, keys }) => {
      await verifier.verify(token());
      server.answers.set('/.well-known/openid-configuration', { issuer, jwks_uri: `${server.url}/other` });
      server.requests.splice(0);
      for (const kid of ['k2', 'k3', 'k4']) {
        const next = createSigner(kid);
        keys.push(next.jwk);
        await verifier.verify(token(next));
        verifier.clock.elapsedMs += floorMs;
      }
      expect(server.requests).toEqual([
        '/.well-known/openid-configuration',
        '/jwks',
        '/.well-known/oauth-authorization-server',
        '/jwks',
        '/.well-known/openid-configuration',
        '/jwks',
      ]);
    }));
});

describe('outage', () => {
  test('K1 with no keys yet it is a 503 for everybody, with one fetch, and not one per request afterwards', () =>
    onNetwork(async ({ server, verifier, token, fetches }) => {
      const good = server.answers.get('/jwks') ?? {};
      server.answers.set('/jwks', status(500));
      const errors = await Promise.all(
        Array.from({ length: 100 }, () => verifier.verify(token()).catch((error: unknown) => error)),
      );
      expect(new Set(errors).size).toBe(100);
      for (const error of errors) expect(error).toMatchObject({ status: 503, code: 'unavailable' });
      for (let times = 0; times < 10; times += 1) await expectUnavailable(verifier.verify(token()));
      expect(fetches()).toBe(1);
      expect(await reasonOf(verifier.verify(token()))).toContain('the status is 500');
      server.answers.set('/jwks', good);
      verifier.clock.elapsedMs += 2_000;
      await verifier.verify(token());
    }));

  test('K1 an issuer that nobody answers for is a 503', async () => {
    const gone = await startServer();
    await gone.close();
    const verifier = verifierOf(settingsOf(gone.url, remote()));
    await expectUnavailable(verifier.verify(createSigner().token(claimsFor(gone.url))));
    expect(await reasonOf(verifier.ready())).toMatch(/openid-configuration.*ECONNREFUSED.*oauth-authorization-server/);
  });

  test('K2 the last good keys serve through it for an hour, and then it is a 503', () =>
    onNetwork(async ({ server, verifier, token, fetches }) => {
      await verifier.verify(token());
      server.answers.set('/jwks', status(503));
      verifier.clock.elapsedMs = maxAgeMs;
      await verifier.verify(token());
      await until(() => fetches() === 2);
      verifier.clock.elapsedMs = maxStaleMs - 1;
      await verifier.verify(token());
      verifier.clock.elapsedMs = maxStaleMs;
      await expectUnavailable(verifier.verify(token()));
    }));

  test('K2 a failed refresh is not repeated on every request', () =>
    onNetwork(async ({ server, verifier, token }) => {
      await verifier.verify(token());
      let failures = 0;
      server.answers.set('/jwks', (response) => {
        failures += 1;
        response.destroy();
      });
      verifier.clock.elapsedMs = maxAgeMs;
      for (let times = 0; times < 10; times += 1) {
        await verifier.verify(token());
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(failures).toBe(1);
    }));

  test('K2 an unknown kid is a 503 while nobody can know, also in the rest of the floor, and a forgery by a known one a 401', () =>
    onNetwork(async ({ server, verifier, token, signer, fetches }) => {
      await verifier.verify(token());
      server.answers.set('/jwks', status(500));
      await expectUnavailable(verifier.verify(token(signer, randomKid())));
      await expectUnavailable(verifier.verify(token(signer, randomKid())));
      expect(fetches()).toBe(2);
      await expectInvalid(verifier.verify(token(createSigner())));
      await verifier.verify(token());
    }));

  test.each([
    ['no JSON', (text: string) => text.slice(1)],
    ['null', () => 'null'],
    ['an array', (text: string) => `[${text}]`],
    ['no keys', () => '{}'],
    ['keys that are no list', () => '{"keys":{}}'],
    ['201 keys', () => JSON.stringify({ keys: Array.from({ length: 201 }, () => null) })],
    ['10 MB', (text: string) => text + ' '.repeat(10_000_000)],
    ['invalid UTF-8', () => Buffer.from('{"keys":[],"x":"\xff"}', 'latin1')],
  ])('K4 K9 a key set that is %s counts as an outage: cold a 503, warm the last good keys serve', (_, change) =>
    onNetwork(async ({ server, verifier, token, keys, fetches }) => {
      const bad = change(JSON.stringify({ keys }));
      const cold = verifierOf(settingsOf(server.url, remote()));
      await verifier.verify(token());
      server.answers.set('/jwks', (response) => void response.end(bad));
      await expectUnavailable(cold.verify(token()));
      verifier.clock.elapsedMs = maxAgeMs;
      await verifier.verify(token());
      await until(() => fetches() === 3);
      await verifier.verify(token());
    }),
  );
});

describe('which keys count', () => {
  const signer = createSigner();
  const token = signer.token(claimsFor(issuer));
  const verifies = (...keys: unknown[]): Promise<unknown> =>
    verifierOf(settingsOf(issuer, setOf(...keys))).verify(token);
  const secret = signer.privateKey.export({ format: 'jwk' });

  test('K6 bad members of a set are ignored', async () => {
    const bad = [
      null,
      1,
      'key',
      [],
      { kty: 5 },
      { kty: 'NEW' },
      { kty: 'EC' },
      { kty: 'RSA', n: 1 },
      { ...signer.jwk, x: 'AA' },
    ];
    await verifies(...bad, signer.jwk);
  });

  test.each([
    ['private', { ...secret, kid: 'k1' }],
    ['for encryption', { ...signer.jwk, use: 'enc' }],
    ['for signing only', { ...signer.jwk, key_ops: ['sign'] }],
    ['with operations that are no list', { ...signer.jwk, key_ops: 'verify' }],
    ['with a kid that is no text', { ...signer.jwk, kid: ['k1'] }],
    ['with an alg that is no text', { ...signer.jwk, alg: 5 }],
    ['on a curve it is not on', { ...signer.jwk, crv: 'P-384' }],
    ['of another kid', { ...signer.jwk, kid: 'k2' }],
    ['without a kid while the token names one', { ...signer.jwk, kid: undefined }],
  ])('K8 a key that is %s is never used', async (_, key) => {
    await expectInvalid(verifies(key));
    await verifies(key, signer.jwk);
  });

  test('K8 a symmetric key in a set verifies nothing', async () => {
    const oct = { kty: 'oct', kid: 'k1', k: Buffer.alloc(32).toString('base64url') };
    const forger = await createTestIssuer({ audience });
    const forged = await forger.token(claimsFor(issuer) as Record<string, unknown>, {
      header: { alg: 'HS256', kid: 'k1' },
      key: oct,
    });
    await expectInvalid(verifierOf(settingsOf(issuer, setOf(oct), ['HS256', 'RS256'])).verify(forged));
    await forger.close();
  });

  test('J5 an RSA key under 2048 bits, or with an exponent of 1, is never used', async () => {
    const short = createSigner('k1', 'RS256_1024');
    await expectInvalid(verifierOf(settingsOf(issuer, setOf(short.jwk))).verify(short.token(claimsFor(issuer))));
    const rsa = createSigner('k1', 'RS256');
    const one = verifierOf(settingsOf(issuer, setOf({ ...rsa.jwk, e: 'AQ' })));
    await expectInvalid(one.verify(rsa.token(claimsFor(issuer))));
    await expectUnavailable(one.ready());
  });

  test('J7 a token that names no key is tried with the keys of its algorithm', async () => {
    const nameless = signer.token(claimsFor(issuer), { kid: undefined });
    const others = [createSigner('a', 'ES384'), createSigner('b', 'EdDSA'), createSigner('c')];
    const verifier = verifierOf(settingsOf(issuer, setOf(...others.map(({ jwk }) => jwk), signer.jwk)));
    await verifier.verify(nameless);
    await expectInvalid(verifier.verify(createSigner().token(claimsFor(issuer), { kid: undefined })));
  });

  test.each([{ kid: undefined }, {}])('J7 K7 with %j up to four keys are tried, and no fifth', async (header) => {
    const named = signer.token(claimsFor(issuer), header);
    const others = Array.from({ length: 4 }, () => createSigner().jwk);
    const attempt = (...keys: object[]): Promise<unknown> =>
      verifierOf(settingsOf(issuer, setOf(...keys))).verify(named);
    await attempt(...others.slice(1), signer.jwk);
    await expectInvalid(attempt(...others, signer.jwk));
  });

  test('K7 of two keys with one kid the one that fits is used', async () => {
    await verifies(createSigner('k1', 'EdDSA').jwk, { ...createSigner().jwk, use: 'enc' }, signer.jwk, signer.jwk);
  });

  test('K6 K8 the same holds for keys from the network', () =>
    onNetwork(async ({ verifier, keys, token: tokenBy, signer: published }) => {
      keys.unshift({ ...published.privateKey.export({ format: 'jwk' }), kid: 'private' }, { kty: 5 });
      await verifier.verify(tokenBy());
      await expectInvalid(verifier.verify(tokenBy(published, { kid: 'private' })));
    }));
});

describe('time and the end', () => {
  test('a token that expires while its keys are fetched is refused', () =>
    onNetwork(async ({ server, verifier, signer, keys }) => {
      server.answers.set('/jwks', (response) => {
        verifier.clock.elapsedMs += 400_000;
        response.end(JSON.stringify({ keys }));
      });
      await expectInvalid(verifier.verify(signer.token(claimsFor(server.url))));
    }));

  test('close() ends what is in flight, and later use is a 503', () =>
    onNetwork(async ({ server, verifier, token }) => {
      let asked = 0;
      server.answers.set('/jwks', () => void (asked += 1));
      const waiting = verifier.verify(token());
      const refused = expectUnavailable(waiting);
      await until(() => asked === 1);
      await verifier.close();
      await refused;
      expect(await reasonOf(waiting)).toContain('closed');
      await until(() => server.ended() === 1);
      const requests = server.requests.length;
      await expectUnavailable(verifier.verify(token()));
      await expectUnavailable(verifier.ready());
      expect(server.requests).toHaveLength(requests);
    }));

  test('close() also ends the use of keys that are held', () =>
    onNetwork(async ({ verifier, token }) => {
      await verifier.verify(token());
      await verifier.close();
      await expectUnavailable(verifier.verify(token()));
      await verifier.close();
    }));
});
