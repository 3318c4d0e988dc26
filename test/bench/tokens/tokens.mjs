// Keys and tokens such as Auth0 issues them, of about 950 bytes: claims go in, what is compared and timed comes out.

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { promisify } from 'node:util';

const signed = promisify(sign);

export const issuer = 'https://book.eu.auth0.example/';
export const audience = 'https://api.book.example/';

const keyPairs = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

// A short signature is made up for by longer claims.
const paddings = { RS256: 5, ES256: 190, HS256: 197 };

/** A signer of one algorithm, with the key that verifies. */
export function createSigner(algorithm) {
  const { privateKey, publicKey } = keyPairs[algorithm]();
  const kid = `kAy3-${algorithm}-9Zq8PWx2mVbT`;
  const header = encoded({ alg: algorithm, typ: 'JWT', kid });
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' };
  const inputOf = (claims) => `${header}.${encoded(claims)}`;
  return {
    algorithm,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
    token: (claims) => {
      const input = inputOf(claims);
      return flat(`${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`);
    },
    /** On all cores: a signature takes long. @param {object[]} list of claims */
    tokens: (list) =>
      Promise.all(
        list.map(async (claims) => {
          const input = inputOf(claims);
          return flat(`${input}.${(await signed('sha256', Buffer.from(input), key)).toString('base64url')}`);
        }),
      ),
  };
}

/** Much faster to make: for the measurement of memory. */
export function hmacToken(claims, secret) {
  const input = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return flat(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
}

/** @param {number} number tells one token from another */
export function claimsOf(number, algorithm, nowSeconds = Math.floor(Date.now() / 1000)) {
  return {
    iss: issuer,
    sub: `auth0|65f1c2d3e4${String(number).padStart(14, '0')}`,
    aud: [audience, `${issuer}userinfo`],
    iat: nowSeconds,
    exp: nowSeconds + 86_400,
    azp: 'hE7nYb2kQp9sLw4XvT1cRz6mJd8uGf3a',
    org_id: 'org_9ybsU1dN2dKfDkBi',
    scope: 'openid profile email read:contacts write:contacts',
    permissions: ['read:contacts', 'write:contacts', 'read:groups'],
    'https://book.example/team': 'sales'.padEnd(paddings[algorithm], '-'),
  };
}

function encoded(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A text of its own, as each request brings one: nobody has seen or hashed it before. */
export function flat(text) {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Serves the public keys on loopback. */
export async function serveKeys(jwks) {
  const server = createServer((_request, response) => {
    // A connection that is kept is closed while something is timed, and nobody here hears of it in time.
    response.setHeader('connection', 'close');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(jwks));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/jwks.json`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
