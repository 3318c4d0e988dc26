import { describe, expect, test } from '@jest/globals';
import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose';
import { createTestIssuer } from '../../src/testing/test-issuer.ts';
import { audience, expectInvalid, remote, setOf, settingsOf, verifierOf } from './verifying.ts';

const verifying = { now: Date.now };

describe('a test issuer', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
    'signs with %s what its published keys verify',
    async (algorithm) => {
      const issuer = await createTestIssuer({ audience, algorithm });
      const token = await issuer.token({ sub: 'alice' });
      const { claims } = await verifierOf(settingsOf(issuer.issuer, remote()), verifying).verify(token);
      expect(claims['sub']).toBe('alice');
      await verifierOf(settingsOf(issuer.issuer, setOf(...issuer.keys.keys)), verifying).verify(token);
      await compactVerify(token, createLocalJWKSet(issuer.keys));
      await issuer.close();
    },
  );

  test('gives a token the claims that RFC 9068 asks for, and no subject', async () => {
    const issuer = await createTestIssuer({ audience });
    const beforeSeconds = Math.floor(Date.now() / 1000);
    const token = await issuer.token();
    const { iat = 0, exp, ...claims } = decodeJwt(token);
    expect(claims).toEqual({ iss: issuer.issuer, aud: audience, client_id: 'test-client', jti: expect.any(String) });
    expect(iat).toBeGreaterThanOrEqual(beforeSeconds);
    expect(exp).toBe(iat + 300);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: issuer.keys.keys[0]?.kid });
    expect(decodeJwt(await issuer.token()).jti).not.toBe(claims.jti);
    await issuer.close();
  });

  test('has no default audience of its own', async () => {
    const issuer = await createTestIssuer();
    expect(decodeJwt(await issuer.token())).not.toHaveProperty('aud');
    await issuer.close();
  });

  test('leaves out what is given as undefined, in claims and header', async () => {
    const issuer = await createTestIssuer({ audience });
    const token = await issuer.token(
      { exp: undefined, aud: undefined },
      { header: { typ: undefined, kid: undefined } },
    );
    expect(Object.keys(decodeJwt(token)).toSorted()).toEqual(['client_id', 'iat', 'iss', 'jti']);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256' });
    await issuer.close();
  });

  test('signs with another key, whatever the header says', async () => {
    const issuer = await createTestIssuer({ audience });
    const verifier = verifierOf(settingsOf(issuer.issuer, remote()), verifying);
    const { privateKey } = await generateKeyPair('RS256');
    const secret = { kty: 'oct', k: Buffer.alloc(32).toString('base64url') };
    await expectInvalid(verifier.verify(await issuer.token({}, { key: privateKey })));
    await expectInvalid(verifier.verify(await issuer.token({}, { key: secret, header: { alg: 'HS256' } })));
    await expectInvalid(verifier.verify(await issuer.token({}, { header: { alg: 'none', crit: ['x'] } })));
    await verifier.verify(await issuer.token());
    await issuer.close();
  });

  test('serves public keys only, and the same metadata in both places', async () => {
    const issuer = await createTestIssuer();
    const read = async (path: string): Promise<unknown> => (await fetch(`${issuer.issuer}${path}`)).json();
    const metadata = await read('/.well-known/openid-configuration');
    expect(metadata).toMatchObject({ issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` });
    expect(await read('/.well-known/oauth-authorization-server')).toEqual(metadata);
    expect(await read('/jwks')).toEqual(issuer.keys);
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(issuer.keys.keys[0]).not.toHaveProperty(name);
    expect((await fetch(`${issuer.issuer}/other`)).status).toBe(404);
    await issuer.close();
  });

  test('rotates its key in the same set, and keeps what a test has put there', async () => {
    const issuer = await createTestIssuer({ algorithm: 'ES256' });
    const { keys } = issuer;
    const [old] = keys.keys;
    keys.keys.push({ kty: 'oct' });
    await issuer.rotate();
    expect(issuer.keys).toBe(keys);
    expect(keys.keys).toHaveLength(2);
    expect(keys.keys.map(({ kid }) => kid)).not.toContain(old?.kid);
    expect(decodeProtectedHeader(await issuer.token()).kid).toBe(keys.keys[1]?.kid);
    await issuer.close();
  });

  test('does not keep the process alive, and stops when it is closed', async () => {
    const servers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    const before = servers();
    const issuer = await createTestIssuer();
    expect(servers()).toBe(before);
    await (await fetch(`${issuer.issuer}/jwks`)).text();
    await issuer.close();
    await issuer.close();
    await expect(fetch(`${issuer.issuer}/jwks`)).rejects.toThrow('fetch failed');
  });
});
