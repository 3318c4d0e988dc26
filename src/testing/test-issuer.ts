// Claims go in, tokens signed by a real key come out, and an authorization server on loopback publishes the key: what a test
// of an API needs of RFC 7517, RFC 8414 and RFC 9068.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { checkedChoice, checkedMembers } from '../core/options.ts';

/** How a test issuer differs from the default one. */
export interface TestIssuerOptions {
  /** The default `aud` of its tokens: one identifier or several. Without it they have none. */
  audience?: string | readonly string[];
  /** What it signs with; RS256, as most providers do, unless given. */
  algorithm?: 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
}

/** What one token differs in beside its claims. */
export interface TestTokenOptions {
  /** Members of the header in place of the defaults `alg`, `kid` and `typ`; undefined removes one. */
  header?: Record<string, unknown>;
  /** Signs in place of the issuer's key, by the key's own algorithm and whatever the header says: how a forgery is made. */
  key?: CryptoKey | JWK;
}

/** An issuer of access tokens for tests. */
export interface TestIssuer {
  /** Its identifier, `http://127.0.0.1:<port>`, under which its metadata is served. */
  readonly issuer: string;
  /** The JSON Web Key Set it publishes, public keys only; always the present one. */
  readonly keys: { keys: JWK[] };
  /**
   * A signed token. Defaults: `iss`, `aud` where the issuer has one, `iat` now, `exp` in 300 seconds, `jti`, `client_id`
   * 'test-client', and the header's `typ` 'at+jwt'; a member given as undefined removes its default.
   *
   * @throws TypeError when `key` is no key that can sign.
   */
  token(claims?: Record<string, unknown>, options?: TestTokenOptions): Promise<string>;
  /** Puts a new key with a new `kid` in the place of the old one. */
  rotate(): Promise<void>;
  /** Stops its server; tokens can still be made. */
  close(): Promise<void>;
}

/**
 * Starts an issuer on a free port of 127.0.0.1, which does not keep the process alive.
 *
 * @throws TypeError (rejects) when an option is unknown or not of its type.
 */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  checkedMembers(options, 'options', ['audience', 'algorithm']);
  const { audience } = options;
  const algorithm = checkedChoice(options.algorithm, 'algorithm', ['RS256', 'PS256', 'ES256', 'EdDSA']);
  const keys: { keys: JWK[] } = { keys: [] };
  const server = createServer();
  const issuer = await listen(server);
  const documents = documentsOf(issuer, algorithm, keys);
  server.on('request', (request, response) => {
    const document = documents.get(request.url ?? '');
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  let current = await createKey(algorithm);
  keys.keys.push(current.jwk);
  return {
    issuer,
    keys,
    token: async (claims = {}, settings = {}) => {
      checkedMembers(settings, 'options', ['header', 'key']);
      const { header = {}, key } = settings;
      const defaults = { alg: algorithm, kid: current.jwk.kid, typ: 'at+jwt' };
      return signed(
        { ...defaults, ...header },
        { ...defaultClaims(issuer, audience), ...claims },
        key ?? current.privateKey,
      );
    },
    rotate: async () => {
      const next = await createKey(algorithm);
      keys.keys.splice(0, Infinity, ...keys.keys.filter((jwk) => jwk !== current.jwk), next.jwk);
      current = next;
    },
    close: () => closed(server),
  };
}

function documentsOf(issuer: string, algorithm: string, keys: { keys: JWK[] }): ReadonlyMap<string, unknown> {
  const metadata = {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [algorithm],
  };
  return new Map<string, unknown>([
    ['/.well-known/openid-configuration', metadata],
    ['/.well-known/oauth-authorization-server', metadata],
    ['/jwks', keys],
  ]);
}

async function listen(server: Server): Promise<string> {
  server.on('connection', (socket) => socket.unref());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve).unref();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}

async function createKey(algorithm: string): Promise<{ jwk: JWK; privateKey: CryptoKey }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const jwk = await exportJWK(publicKey);
  return { privateKey, jwk: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' } };
}

function defaultClaims(issuer: string, audience: string | readonly string[] | undefined): Record<string, unknown> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: audience,
    iat: nowSeconds,
    exp: nowSeconds + 300,
    jti: crypto.randomUUID(),
    client_id: 'test-client',
  };
}

/** The header is written as it is: jose would refuse to sign what a forger sends. */
async function signed(
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  key: CryptoKey | JWK,
): Promise<string> {
  // JSON leaves out what is undefined.
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signingKey = isJwk(key) ? await importedKey(key, String(header['alg'])) : key;
  const signature = await crypto.subtle.sign(signatureParameters(signingKey), signingKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

function isJwk(key: CryptoKey | JWK): key is JWK {
  return 'kty' in key;
}

async function importedKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const imported = await importJWK(jwk, jwk.alg ?? algorithm);
  if (!(imported instanceof Uint8Array)) return imported;
  const hash = `SHA-${(jwk.alg ?? algorithm).slice(2)}`;
  return crypto.subtle.importKey('raw', imported as Uint8Array<ArrayBuffer>, { name: 'HMAC', hash }, false, ['sign']);
}

/** The salt is as long as the hash, RFC 7518 section 3.5; the hash goes with the curve, section 3.4. */
function signatureParameters({ algorithm }: CryptoKey): { name: string; saltLength?: number; hash?: string } {
  const { name, namedCurve, hash } = algorithm as { name: string; namedCurve?: string; hash?: { name: string } };
  if (name === 'RSA-PSS') return { name, saltLength: Number(hash?.name.slice(4)) / 8 };
  if (name !== 'ECDSA') return { name };
  return { name, hash: { 'P-384': 'SHA-384', 'P-521': 'SHA-512' }[namedCurve ?? ''] ?? 'SHA-256' };
}
