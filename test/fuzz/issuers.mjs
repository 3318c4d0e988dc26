// The issuers whose tokens are fuzzed: three that publish keys on loopback and one with a shared secret, each with keys that
// this side may sign any bytes with, and an attacker who has keys that nobody trusts.

import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { createTestIssuer } from 'rightful/testing';

export const audience = 'https://things.example';
const lifetimeSeconds = 3600;

const keyPairs = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

/**
 * @typedef {{ kid?: string, algorithm: string, publicKey?: import('node:crypto').KeyObject, secret?: Buffer }} TrustedKey
 * @typedef {{ name: string, algorithm: string, keys: TrustedKey[], signingKey: import('node:crypto').KeyObject | Buffer,
 *   kid?: string, wrongKey: import('node:crypto').KeyObject | Buffer, tokens: string[] }} Issuer
 * @typedef {{ issuers: Issuer[], trap: { address: string, requests: number }, options: object[], close: () => Promise<void> }} World
 */

/** @returns {Promise<World>} */
export async function createWorld() {
  const remote = await Promise.all(Object.keys(keyPairs).map(remoteIssuer));
  const secret = secretIssuer();
  const issuers = [...remote.map(({ issuer }) => issuer), secret];
  for (const issuer of issuers) for (const user of users) issuer.tokens.push(plainToken(issuer, user));
  const trap = await createTrap();
  return {
    issuers,
    trap,
    options: [
      ...remote.map(({ issuer: { name } }) => name),
      { issuer: secret.name, secret: secret.signingKey.toString('latin1') },
    ],
    close: async () => {
      await Promise.all([...remote.map(({ close }) => close()), trap.close()]);
    },
  };
}

async function remoteIssuer(algorithm) {
  const served = await createTestIssuer({ audience, algorithm });
  const { publicKey, privateKey } = keyPairs[algorithm]();
  const kid = `own-${algorithm}`;
  // A second key beside the issuer's own, with which this side can sign bytes that are no JSON.
  served.keys.keys.push({ ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' });
  const tokens = await Promise.all(users.map((user) => served.token(plainClaims(served.issuer, user))));
  const keys = served.keys.keys.map((jwk) => {
    return { kid: jwk.kid, algorithm: jwk.alg, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
  });
  const wrongKey = keyPairs[algorithm]().privateKey;
  const issuer = { name: served.issuer, algorithm, keys, signingKey: privateKey, kid, wrongKey, tokens };
  return { issuer, close: () => served.close() };
}

function secretIssuer() {
  const secret = Buffer.from(randomBytes(24).toString('base64'));
  return {
    name: 'https://secret.example/',
    algorithm: 'HS256',
    keys: [{ algorithm: 'HS256', secret }],
    signingKey: secret,
    wrongKey: randomBytes(32),
    tokens: [],
  };
}

/** Who holds what at the store; `dora` also by her token. */
export const users = ['alice', 'bob', 'carol', 'dora'];

export function plainClaims(name, user) {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return {
    iss: name,
    sub: user,
    aud: audience,
    iat: nowSeconds,
    exp: nowSeconds + lifetimeSeconds,
    jti: `jti-${user}`,
    client_id: 'test-client',
    scope: 'openid read:things',
    ...(user === 'dora' && { permissions: ['read:things', 'write:things'] }),
  };
}

export function plainHeader({ algorithm, kid }) {
  return { alg: algorithm, typ: 'at+jwt', ...(kid !== undefined && { kid }) };
}

function plainToken(issuer, user) {
  const parts = [plainHeader(issuer), plainClaims(issuer.name, user)];
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${signatureOf(input, issuer.algorithm, issuer.signingKey).toString('base64url')}`;
}

/** @param {string} input @param {string} algorithm @param {import('node:crypto').KeyObject | Buffer} key */
export function signatureOf(input, algorithm, key) {
  if (algorithm === 'HS256') return createHmac('sha256', key).update(input, 'latin1').digest();
  const hash = algorithm === 'EdDSA' ? null : 'sha256';
  return sign(hash, Buffer.from(input, 'latin1'), { key, dsaEncoding: 'ieee-p1363' });
}

/** Where headers of tokens point to; nobody may ever ask there (RFC 8725 section 3.10). */
async function createTrap() {
  const trap = { address: '', requests: 0, close: () => new Promise((resolve) => server.close(resolve)) };
  const server = createServer((_request, response) => {
    trap.requests += 1;
    response.end('{"keys":[]}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  trap.address = `http://127.0.0.1:${server.address().port}/jwks`;
  return trap;
}
