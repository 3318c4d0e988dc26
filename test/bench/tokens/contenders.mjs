// Who is timed: each takes what a request brings and answers with the claims, now or later, or refuses by a throw.

import { verify as verifySignature } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { JwtVerifier } from 'aws-jwt-verify';
import { expressjwt } from 'express-jwt';
import expressOauth2JwtBearer from 'express-oauth2-jwt-bearer';
import { createVerifier } from 'fast-jwt';
import jwksRsa from 'jwks-rsa';
import { createAuthorizer } from '../../../dist/index.js';
import { readSettings } from '../../../dist/core/settings.js';
import { createTokenVerifier } from '../../../dist/issuer/verifier.js';
import { audience, issuer } from './tokens.mjs';

// The jose that the package itself uses; one of the rivals brings an older one along.
const parent = createRequire(new URL('../../../package.json', import.meta.url));
const { createRemoteJWKSet, jwtVerify } = await import(pathToFileURL(parent.resolve('jose')).href);

/**
 * `library`: who is to be beaten; the package itself and the limit are not. `input`: what it takes, made of a token before
 * the clock runs.
 *
 * @typedef {{ name: string, library?: boolean, caches?: boolean, input: (token: string) => unknown,
 *   claims: (input: unknown) => object | Promise<object> }} Contender
 */

/**
 * New ones, with their keys in place and their caches empty.
 *
 * @param {{ signer: ReturnType<typeof import('./tokens.mjs').createSigner>, jwksUri: string, cacheSize: number }} given
 * @returns {Promise<Contender[]>}
 */
export async function createContenders({ signer, jwksUri, cacheSize }) {
  return [
    await ours('rightful, its verifier', { jwksUri, cacheSize }),
    await ours('rightful, its verifier, cache off', { jwksUri }),
    await oursAsGuard({ jwksUri, cacheSize }),
    limit(signer),
    fastJwt('fast-jwt, cache on', signer, { cache: cacheSize }),
    fastJwt('fast-jwt, cache on, its key the token', signer, { cache: cacheSize, cacheKeyBuilder: bare }),
    fastJwt('fast-jwt, cache off', signer, { cache: false }),
    await awsJwtVerify(signer, jwksUri),
    jose(signer, jwksUri),
    middleware('express-jwt with jwks-rsa', expressJwt(signer, jwksUri), ({ auth }) => auth),
    middleware('express-oauth2-jwt-bearer', bearerAuth(signer, jwksUri), ({ auth }) => auth.payload),
  ];
}

const bare = (token) => token;

function options({ jwksUri, cacheSize }) {
  // As many tokens as the others keep; the bytes are not what limits here.
  const tokenCache = cacheSize === undefined ? false : { maxEntries: cacheSize, maxBytes: 2 ** 30 };
  return { issuer: { issuer, jwksUri }, audience, tokenCache };
}

async function ours(name, given) {
  const { issuers, tokenRules: rules, maxTokenBytes, tokenCache: cache } = readSettings(options(given));
  const verifier = createTokenVerifier({ issuers, rules, maxTokenBytes, cache, now: () => Date.now() });
  await verifier.ready();
  const request = { headers: {} };
  const claimsOf = (verified) => verified.claims;
  return {
    name,
    caches: cache !== undefined,
    input: bare,
    claims: (token) => {
      const verified = verifier.recall(token, token) ?? verifier.verify(token, request);
      return verified instanceof Promise ? verified.then(claimsOf) : verified.claims;
    },
  };
}

async function oursAsGuard(given) {
  const authorizer = createAuthorizer(options(given));
  await authorizer.ready();
  const claimsOf = (access) => access.claims;
  return {
    name: 'rightful, authenticate(request)',
    caches: true,
    input: requestWith,
    claims: (request) => {
      const access = authorizer.authenticate(request);
      return access instanceof Promise ? access.then(claimsOf) : access.claims;
    },
  };
}

/** The least that can be done by hand: nothing is cached, and nothing is checked that these tokens do not need. */
function limit({ publicKey }) {
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' };
  return {
    name: 'the limit: node:crypto and JSON.parse',
    input: bare,
    claims: (token) => {
      const end = token.lastIndexOf('.');
      const signature = Buffer.from(token.slice(end + 1), 'base64url');
      if (!verifySignature('sha256', Buffer.from(token.slice(0, end), 'latin1'), key, signature))
        throw new Error('signature');
      const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
      if (claims.iss !== issuer || !claims.aud.includes(audience) || Date.now() >= claims.exp * 1000)
        throw new Error('claims');
      return claims;
    },
  };
}

/** `caching`: by default it hashes each token; its documentation names the token itself as the fast key. */
function fastJwt(name, { publicKey, algorithm }, caching) {
  const key = publicKey.export({ type: 'spki', format: 'pem' });
  const rules = { algorithms: [algorithm], allowedIss: issuer, allowedAud: audience };
  const verify = withoutWarning(() => createVerifier({ key, ...rules, ...caching }));
  return { name, library: true, caches: caching.cache !== false, input: bare, claims: verify };
}

/** It warns of keys that are not unique; a token is. */
function withoutWarning(make) {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return make();
  } finally {
    process.emitWarning = emitWarning;
  }
}

async function awsJwtVerify({ algorithm }, jwksUri) {
  // It fetches by https alone; beside that, as it stands.
  const fetcher = { fetch: async (uri) => (await fetch(uri)).arrayBuffer() };
  const verifier = JwtVerifier.create(
    { issuer, audience, jwksUri, customJwtCheck: ({ header: { alg } }) => refuseUnless(alg === algorithm) },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
  await verifier.hydrate();
  return { name: 'aws-jwt-verify', library: true, input: bare, claims: (token) => verifier.verifySync(token) };
}

function refuseUnless(holds) {
  if (!holds) throw new Error('the algorithm is another one');
}

function jose({ algorithm }, jwksUri) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const rules = { issuer, audience, algorithms: [algorithm] };
  const claims = async (token) => (await jwtVerify(token, keys, rules)).payload;
  return { name: "jose's jwtVerify", library: true, input: bare, claims };
}

function expressJwt({ algorithm }, jwksUri) {
  const secret = jwksRsa.expressJwtSecret({ jwksUri, cache: true });
  return expressjwt({ secret, issuer, audience, algorithms: [algorithm] });
}

function bearerAuth({ algorithm }, jwksUri) {
  return expressOauth2JwtBearer.auth({ issuer, jwksUri, audience, tokenSigningAlg: algorithm });
}

/** @param {(request: object) => object} claimsOf */
function middleware(name, handler, claimsOf) {
  const claims = (request) => {
    return new Promise((resolve, reject) => {
      handler(request, response, (error) => (error === undefined ? resolve(claimsOf(request)) : reject(error)));
    });
  };
  return { name, library: true, input: requestWith, claims };
}

const response = { setHeader() {}, set() {}, on() {}, once() {} };

/** As Express has it by then. */
function requestWith(token) {
  const authorization = Buffer.from(`Bearer ${token}`, 'latin1').toString('latin1');
  const url = '/contacts?limit=20';
  return {
    method: 'GET',
    url,
    originalUrl: url,
    protocol: 'https',
    host: 'api.address-book.example',
    hostname: 'api.address-book.example',
    query: { limit: '20' },
    body: undefined,
    headers: { host: 'api.address-book.example', accept: 'application/json', authorization, 'user-agent': 'bench' },
    rawHeaders: [
      ...['Host', 'api.address-book.example', 'Accept', 'application/json'],
      ...['Authorization', authorization, 'User-Agent', 'bench'],
    ],
    is: () => false,
    get: () => 'api.address-book.example',
  };
}
