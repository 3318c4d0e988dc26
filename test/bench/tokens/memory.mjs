// How much 100,000 remembered tokens take, a process of its own started with --expose-gc: prints bytes a token as JSON.

import { readSettings } from '../../../dist/core/settings.js';
import { createAuthorizer } from '../../../dist/index.js';
import { createTokenVerifier } from '../../../dist/issuer/verifier.js';
import { audience, claimsOf, flat, hmacToken, issuer } from './tokens.mjs';

// `claims`: what the verifier remembers; `access`: with what an authorizer makes of it; `held`: and the caller keeps the texts.
const [kind, count] = [process.argv[2], Number(process.argv[3])];
const secret = Buffer.alloc(32, 7);
const nowSeconds = Math.floor(Date.now() / 1000);

await filled(2000, []); // what is compiled and allocated once
const headers = [];
if (kind === 'held') for (let number = 0; number < count; number += 1) headers.push(headerOf(number));
const before = bytesInUse();
const { statistics } = await filled(count, headers);
const used = bytesInUse() - before;
const { entries } = statistics();
if (entries !== count) throw new Error(`${entries} of ${count} tokens are remembered`);
console.log(JSON.stringify({ bytes: used / count, tokenBytes: headerOf(1).length - 'Bearer '.length }));
if (headers.length > count) throw new Error('never: keeps the texts until here');

async function filled(size, kept) {
  const { take, statistics } = kind === 'claims' ? verifying(size) : authenticating(size);
  for (let number = 0; number < size; number += 1) await take(kept[number] ?? headerOf(number));
  return { statistics };
}

function options(size) {
  return { issuer: { issuer, secret }, audience, tokenCache: { maxEntries: size, maxBytes: 2 ** 32 } };
}

function authenticating(size) {
  const authorizer = createAuthorizer(options(size));
  return {
    take: (authorization) => authorizer.authenticate({ method: 'GET', url: '/', headers: { authorization } }),
    statistics: () => authorizer.statistics().tokens,
  };
}

function verifying(size) {
  const { issuers, tokenRules: rules, maxTokenBytes, tokenCache: cache } = readSettings(options(size));
  const verifier = createTokenVerifier({ issuers, rules, maxTokenBytes, cache, now: () => Date.now() });
  return {
    take: (authorization) => {
      const token = authorization.slice('Bearer '.length);
      return verifier.recall(token, authorization) ?? verifier.verify(token, { headers: {} });
    },
    statistics: () => verifier.statistics(),
  };
}

function headerOf(number) {
  return flat(`Bearer ${hmacToken(claimsOf(number, 'HS256', nowSeconds), secret)}`);
}

function bytesInUse() {
  for (let time = 0; time < 4; time += 1) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
