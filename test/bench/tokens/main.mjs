// `npm run bench:tokens`: what the verification of a token costs, beside other libraries and the least that can be done.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { printedBy } from '../child-json.mjs';
import { describedMachine, printFigures } from '../figures.mjs';
import { assertAgreement } from './agreement.mjs';
import { createContenders } from './contenders.mjs';
import { figure, printTimes } from './report.mjs';
import { timed } from './timing.mjs';
import { claimsOf, createSigner, flat, serveKeys } from './tokens.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const size = values.quick
  ? { rounds: 9, targetMs: 4, known: 10_000, remembered: 30_000 }
  : { rounds: 51, targetMs: 20, known: 10_000, remembered: 100_000 };
const fullCache = 2000;

console.log(describedMachine(versions()));
const signers = { RS256: createSigner('RS256'), ES256: createSigner('ES256') };
const server = await serveKeys({ keys: Object.values(signers).map(({ jwk }) => jwk) });
const figures = [];
for (const [algorithm, signer] of Object.entries(signers)) await measure(algorithm, signer);
figures.push(...(await memoryFigures()));
server.close();
printFigures(figures);

async function measure(algorithm, signer) {
  const contendersFor = (cacheSize) => createContenders({ signer, jwksUri: server.address, cacheSize });
  await assertAgreement(await contendersFor(10_000), signer);
  console.log(`\n${algorithm}: all agree on valid, expired, forged and misdirected tokens`);

  const known = await tokens(signer, size.known);
  const hot = await run(
    `${algorithm}, one hot token of ${known[0].length} bytes`,
    await contendersFor(10_000),
    () => () => flat(known[0]),
  );
  const asItComes = (name) => name === 'fast-jwt, cache on';
  figures.push(figure(`hot token, ${algorithm}, to fast-jwt as it comes`, hot, { against: asItComes, goal: 4 }));
  figures.push(figure(`hot token, ${algorithm}, to the fastest library`, hot, {}));

  const all = await contendersFor(known.length);
  await preload(all, known);
  const zipf = await run(`${algorithm}, ${known.length} tokens by Zipf's law`, all, () => zipfSource(known));
  figures.push(figure(`10,000 tokens, ${algorithm}`, zipf, {}));

  // As it is after a while: the caches are full of tokens that do not come again.
  const [past, fresh] = [known.slice(0, fullCache), known.slice(fullCache)];
  const withFullCaches = async () => {
    const contenders = await contendersFor(fullCache);
    await preload(contenders, past);
    return contenders;
  };
  const distinct = await run(`${algorithm}, all distinct`, await withFullCaches(), () => cyclicSource(fresh), {
    create: withFullCaches,
    after: fresh.length,
  });
  const goal = algorithm === 'RS256' ? 0.87 : 0.9;
  const toBeAhead = algorithm === 'RS256' ? { goal: 1 } : {};
  figures.push(
    figure(`all distinct, ${algorithm}, to the limit`, distinct, {
      against: (name) => name.startsWith('the limit'),
      goal,
    }),
  );
  figures.push(figure(`all distinct, ${algorithm}, to libraries`, distinct, toBeAhead));
  figures.push(
    figure(`all distinct, ${algorithm}, caches off, to libraries`, distinct, { ours: 'cache off', ...toBeAhead }),
  );

  const longAgo = Math.floor(Date.now() / 1000) - 200_000;
  const expired = await tokens(signer, 1000, longAgo);
  const flood = await run(`${algorithm}, a flood of expired tokens`, await contendersFor(500), () =>
    cyclicSource(expired),
  );
  figures.push(figure(`expired tokens, ${algorithm}`, flood, { most: 10_000 }));
}

/** Whoever has a cache has seen each of them, and seen it again. */
async function preload(contenders, tokensSeen) {
  for (const contender of contenders.filter(({ caches }) => caches))
    for (let time = 0; time < 2; time += 1)
      for (const token of tokensSeen) await contender.claims(contender.input(token));
}

async function run(title, contenders, next, renewal) {
  const { rounds, targetMs } = size;
  const results = await timed({ contenders, next, rounds, targetMs, renewal });
  printTimes(title, results);
  return results;
}

function tokens(signer, count, nowSeconds) {
  return signer.tokens(Array.from({ length: count }, (_, number) => claimsOf(number, signer.algorithm, nowSeconds)));
}

function cyclicSource(list) {
  let at = 0;
  return () => flat(list[(at += 1) % list.length]);
}

/** The n-th token comes half as often as the first where n is two, a third where it is three. */
function zipfSource(list) {
  const sums = [];
  let sum = 0;
  for (let rank = 1; rank <= list.length; rank += 1) sums.push((sum += 1 / rank));
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const wanted = (state / 2 ** 32) * sum;
    let [low, high] = [0, list.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return flat(list[low]);
  };
}

async function memoryFigures() {
  const measured = (kind) => printedBy(new URL('memory.mjs', import.meta.url), [kind, size.remembered]);
  const [claims, access, held] = await Promise.all(['claims', 'access', 'held'].map(measured));
  const title = `memory, ${claims.tokenBytes}-byte token`;
  const bytes = (name, value, goal) => ({ name, values: [value.bytes], unit: 'bytes', ...(goal && { goal }) });
  return [
    bytes(`${title} with claims`, claims, { of: 'value', most: 2200 }),
    bytes(`${title} with claims and access`, access),
    bytes(`${title}, the same, text held by the caller`, held),
  ];
}

function versions() {
  const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
  const { dependencies } = read('../package.json');
  const libraries = ['aws-jwt-verify', 'express-jwt', 'express-oauth2-jwt-bearer', 'fast-jwt', 'jwks-rsa'];
  return {
    OpenSSL: process.versions.openssl,
    jose: read('../../../node_modules/jose/package.json').version,
    ...Object.fromEntries(libraries.map((name) => [name, dependencies[name]])),
  };
}
