// What strangers, an idle night and a full memory can do to those who are trusted.

import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { KeyEvent } from '../../src/core/authorizer-options.ts';
import type { IssuerLookup } from '../../src/core/token.ts';
import { startIssuer, startServer, until } from './loopback-server.ts';
import { createSigner } from './signer.ts';
import {
  audience,
  claimsFor,
  expectInvalid,
  expectUnavailable,
  reasonOf,
  remote,
  settingsOf,
  setOf,
  startMs,
  verifierOf,
  type TestVerifier,
} from './verifying.ts';

const longLived = { exp: Date.UTC(2027, 0, 1) / 1000 };
const maxAgeMs = 10 * 60_000;
const maxStaleMs = 60 * 60_000;

describe('keys that nobody has asked for in a long time', () => {
  test('K12 do not let anybody in whose key was withdrawn meanwhile', async () => {
    const [signer, other] = [createSigner('k1'), createSigner('k2')];
    const keys: object[] = [signer.jwk];
    const server = await startIssuer(keys);
    const cache = { maxEntries: 10, maxBytes: 1e6 };
    const verifier = verifierOf(settingsOf(server.url, remote()), { cache });
    const token = signer.token(claimsFor(server.url, longLived));
    await verifier.verify(token);
    await verifier.verify(token);
    keys.splice(0, 1, other.jwk);
    verifier.clock.elapsedMs += maxStaleMs - 1;
    await expectInvalid(verifier.verify(token));
    await verifier.verify(other.token(claimsFor(server.url, longLived)));
    await server.close();
  });

  test('K2 serve where the issuer does not answer, until they are too old', async () => {
    const signer = createSigner();
    const server = await startIssuer([signer.jwk]);
    const verifier = verifierOf(settingsOf(server.url, remote({ timeoutMs: 100 })));
    const token = signer.token(claimsFor(server.url, longLived));
    await verifier.verify(token);
    await server.close();
    verifier.clock.elapsedMs += maxStaleMs - 1;
    await verifier.verify(token);
    verifier.clock.elapsedMs += 1;
    await expectUnavailable(verifier.verify(token));
  });
});

describe('issuers found by name', () => {
  const anyTenant =
    (url: string): IssuerLookup =>
    (name) =>
      name.startsWith(`${url}/`) ? settingsOf(name, remote({ jwksUri: `${url}/jwks`, timeoutMs: 10_000 })) : undefined;

  function unsigned(issuer: string, claims: object = {}): string {
    const parts = [{ alg: 'ES256', kid: 'k1' }, claimsFor(issuer, claims)];
    const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${input}.${Buffer.alloc(64, 1).toString('base64url')}`;
  }

  test('K18 hundreds of names in unsigned tokens push out no tenant that was proven, and end no fetch', async () => {
    const signer = createSigner();
    const server = await startIssuer([signer.jwk]);
    const verifier = verifierOf([], { issuers: anyTenant(server.url) });
    const proven = signer.token(claimsFor(`${server.url}/proven`));
    await verifier.verify(proven);
    const waiting = verifier.verify(signer.token(claimsFor(`${server.url}/waiting`)));
    const forged = Array.from({ length: 400 }, (_, number) => verifier.verify(unsigned(`${server.url}/t${number}`)));
    const refused = await Promise.allSettled(forged);
    expect(refused.every(({ status }) => status === 'rejected')).toBe(true);
    await waiting;
    const before = verifier.requests.length;
    await verifier.verify(proven);
    expect(verifier.requests).toHaveLength(before);
    await server.close();
  });

  test('who knows issuers is asked about no token that no issuer could make good, and about no more than 100 at once', async () => {
    const asked: string[] = [];
    const lookup: IssuerLookup = (name) => {
      asked.push(name);
      return new Promise(() => undefined);
    };
    const verifier = verifierOf([], { issuers: lookup });
    await expectInvalid(verifier.verify(unsigned('https://a.example', { exp: startMs / 1000 - 60 })));
    await expectInvalid(verifier.verify(unsigned('https://a.example', { cnf: { jkt: 'x' } })));
    await expectInvalid(verifier.verify(unsigned('https://a.example', { events: {} })));
    await expectInvalid(verifier.verify(createSigner().token(claimsFor('https://a.example'), { alg: 'none' })));
    expect(asked).toEqual([]);
    const flood = Array.from({ length: 300 }, (_, number) => verifier.verify(unsigned(`https://${number}.example`)));
    for (const late of flood.slice(0, 100)) late.catch(() => undefined);
    for (const refused of flood.slice(100)) await expectUnavailable(refused);
    expect(asked).toHaveLength(100);
  });

  test('nothing is fetched for an issuer that is found after close()', async () => {
    let answer: ((found: ReturnType<typeof settingsOf>) => void) | undefined;
    const verifier = verifierOf([], { issuers: () => new Promise((resolve) => (answer = resolve)) });
    const verified = verifier.verify(createSigner().token(claimsFor('https://issuer.example')));
    await verifier.close();
    answer?.(settingsOf('https://issuer.example', remote()));
    await expectUnavailable(verified);
    expect(verifier.requests).toEqual([]);
  });
});

test('K6 keys that cannot be imported take no place from those that can', async () => {
  const signer = createSigner();
  const offCurve = { ...signer.jwk, x: signer.jwk.y as string };
  const set = setOf(...Array.from({ length: 6 }, (_, number) => ({ ...offCurve, kid: `bad${number}` })), signer.jwk);
  const verifier = verifierOf(settingsOf('https://issuer.example', set));
  await verifier.verify(signer.token(claimsFor('https://issuer.example'), { kid: undefined }));
});

test('K15 metadata that names another issuer later is told, while the keys it named before serve', async () => {
  const signer = createSigner();
  const server = await startIssuer([signer.jwk]);
  const events: KeyEvent[] = [];
  const verifier = verifierOf(settingsOf(server.url, remote()), { onKeys: (event) => events.push(event) });
  const token = signer.token(claimsFor(server.url, longLived));
  await verifier.verify(token);
  server.answers.set('/.well-known/openid-configuration', { issuer: 'https://evil.example', jwks_uri: server.url });
  verifier.clock.elapsedMs += maxAgeMs;
  await verifier.verify(token);
  await until(() => events.length === 2);
  expect(events.map(({ outcome }) => outcome)).toEqual(['changed', 'unchanged']);
  expect(String(events[1]?.metadataError)).toContain('names another issuer');
  await server.close();
});

test('K12 the same keys in another order lose nothing that is remembered', async () => {
  const [one, two] = [createSigner('k1'), createSigner('k2')];
  const keys: object[] = [one.jwk, two.jwk];
  const server = await startIssuer(keys);
  const outcomes: string[] = [];
  const verifier = verifierOf(settingsOf(server.url, remote()), { onKeys: ({ outcome }) => outcomes.push(outcome) });
  await verifier.verify(one.token(claimsFor(server.url, longLived)));
  keys.reverse();
  verifier.clock.elapsedMs += maxAgeMs;
  await verifier.verify(one.token(claimsFor(server.url, longLived)));
  await until(() => outcomes.length === 2);
  expect(outcomes).toEqual(['changed', 'unchanged']);
  await server.close();
});

describe('a memory of the usual size', () => {
  const secret = Buffer.alloc(32, 7);
  const settings = settingsOf('https://issuer.example', { from: 'secret', secret }, ['HS256']);
  const limits = { maxEntries: 2048, maxBytes: 16 * 1024 * 1024 };

  function tokenOf(number: number, claims: object = {}): string {
    const parts = [{ alg: 'HS256' }, claimsFor('https://issuer.example', { jti: String(number), ...claims })];
    const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }

  async function take(verifier: TestVerifier, from: number, to: number): Promise<void> {
    for (let number = from; number < to; number += 1) await verifier.verify(tokenOf(number));
  }

  test('X7 with room left each token is verified once', async () => {
    const verifier = verifierOf(settings, { cache: limits });
    await take(verifier, 0, 1500);
    await take(verifier, 0, 1500);
    expect(verifier.statistics()).toMatchObject({ entries: 1500, hits: 1500, misses: 1500 });
  });

  test('X7 once it is full, 20,000 tokens that come once push nobody out', async () => {
    const verifier = verifierOf(settings, { cache: limits });
    await take(verifier, 0, 22_000);
    const before = verifier.statistics();
    expect(before.entries).toBeLessThanOrEqual(limits.maxEntries);
    expect(before.bytes).toBeLessThanOrEqual(limits.maxBytes);
    await take(verifier, 0, 1500);
    expect(verifier.statistics().hits - before.hits).toBe(1500);
  });

  test('X7 once it is full, those that come again take the places of those that do not', async () => {
    const verifier = verifierOf(settings, { cache: limits });
    await take(verifier, 0, 2048);
    for (let time = 0; time < 4; time += 1) await take(verifier, 10_000, 11_000);
    const before = verifier.statistics();
    await take(verifier, 10_000, 11_000);
    expect(verifier.statistics().hits - before.hits).toBe(1000);
  });

  test('X7 once it is full, a token is remembered from its second use on', async () => {
    const verifier = verifierOf(settings, { cache: limits });
    await take(verifier, 0, 2048);
    const token = tokenOf(5000);
    await verifier.verify(token);
    expect(verifier.recall(token, token)).toBeUndefined();
    await verifier.verify(token);
    expect(verifier.recall(token, token)).toBeDefined();
  });

  test('X7 claims of many small parts count for what they take', async () => {
    const verifier = verifierOf(settings, { cache: limits });
    await verifier.verify(tokenOf(1, { many: Array.from({ length: 1000 }, () => []) }));
    expect(verifier.statistics().bytes).toBeGreaterThan(50_000);
  });
});

test('a public key in DER form is no secret, and what is random is one', async () => {
  const { createAuthorizer } = await import('rightful');
  const { publicKey } = createSigner('k1', 'RS256');
  for (const type of ['spki', 'pkcs1'] as const) {
    const secret = publicKey.export({ format: 'der', type });
    expect(() => createAuthorizer({ issuer: { issuer: 'a', secret }, audience })).toThrow(/`secret`/);
  }
  const secret = Buffer.from('3082000030', 'hex');
  createAuthorizer({ issuer: { issuer: 'a', secret: Buffer.concat([secret, Buffer.alloc(40, 1)]) }, audience });
});

test('an issuer that cannot be asked about is told with a reason', async () => {
  const server = await startServer();
  const verifier = verifierOf([], { issuers: () => Promise.reject(new Error('the database is down')) });
  expect(await reasonOf(verifier.verify(createSigner().token(claimsFor(server.url))))).toContain(
    'the database is down',
  );
  await server.close();
});
