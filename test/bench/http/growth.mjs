// Sizes go in, a table of cost against size comes out, and the figures of the smallest against the largest.

import { printTable, spread, written } from '../figures.mjs';
import { issuer } from '../tokens/tokens.mjs';
import { numberedPath } from './contract.mjs';
import { accessClaims, signedTokens } from './requests.mjs';
import { seenFigures } from './seen.mjs';
import { startServer } from './server.mjs';
import { alone, costOf } from './sizes.mjs';
import { median } from './slices.mjs';

// `read`: about as many privileges are read in a round where none are cached. `newTokens`: seen for the first time.
const small = { aloneRounds: 5, aloneCount: 2000, read: 200_000, newTokens: 600 };
const large = {
  aloneRounds: 15,
  aloneCount: 10_000,
  read: 1_000_000,
  newTokens: 1500,
  overHttp: { rounds: 11, limit: { forMs: 300 }, warmUp: { forMs: 1500 } },
};

/** @param {{ signer: object, jwksUri: string, isQuick: boolean }} given @returns {Promise<import('../figures.mjs').Figure[]>} */
export async function growthFigures({ signer, jwksUri, isQuick }) {
  const size = isQuick ? small : large;
  const among = (...sizes) => (isQuick ? [sizes[0], sizes.at(-1)] : sizes);
  const given = { signer, issuers: [{ issuer, jwksUri }], jwksUri, tokens: await signedTokens(signer, 100), size };
  const seen = await seenFigures(isQuick, size);
  const costs = [
    ...(await each(among(1, 100, 10_000), (count) => withRoutes(count, given))),
    ...(await each(among(10, 100, 1000, 10_000), (count) => withPrivileges(count, given))),
    ...(await each(among(1, 3, 10), (count) => withIssuers(count, given))),
    ...seen.costs,
  ];
  printCosts(costs);
  return [...figuresOf(costs), ...seen.figures];
}

async function each(sizes, measure) {
  const costs = [];
  for (const size of sizes) costs.push(await measure(size));
  return costs;
}

async function withRoutes(count, { issuers, tokens, size }) {
  const paths = Array.from({ length: count }, (_, number) => Object.values(numberedPath(number)).join(''));
  const asked = { tokens: tokens.slice(0, 1), paths, span: [3, 3 + count] };
  return { grows: 'routes', size: count, ...(await costOf({ issuers, routes: count }, asked, size)) };
}

async function withPrivileges(privileges, { issuers, tokens, size }) {
  const warm = await costOf({ issuers, privileges }, { tokens }, size);
  const coldAlone = await aloneOf({ issuers, privileges, isCached: false }, tokens, {
    ...size,
    aloneCount: Math.ceil(Math.min(size.aloneCount, size.read / privileges)),
  });
  return { grows: 'privileges of a subject', size: privileges, coldIs: 'privileges cold', ...warm, coldAlone };
}

async function withIssuers(count, { signer, jwksUri, size }) {
  const names = Array.from({ length: count }, (_, number) => `https://book-${number}.eu.auth0.example/`);
  const own = { issuers: names.map((name) => ({ issuer: name, jwksUri })) };
  const tokensOf = (so, more) => {
    const claims = (number) => accessClaims(number % 100, { iss: names[number % count], ...more(number) });
    return signer.tokens(Array.from({ length: so }, (_, number) => claims(number)));
  };
  const warm = await costOf(own, { tokens: await tokensOf(100, () => ({})) }, size);
  const { newTokens } = size;
  const fresh = await tokensOf(newTokens, (number) => ({ jti: `new-${number}` }));
  // Half as many rounds again warm it up.
  const coldAlone = await aloneOf(own, fresh, { aloneRounds: 10, aloneCount: newTokens / 15 });
  return { grows: 'issuers', size: count, coldIs: 'a new token', ...warm, coldAlone };
}

async function aloneOf(own, tokens, size) {
  const server = await startServer({ framework: 'Express', guard: 'rightful', ...own });
  try {
    return await alone(server, tokens, [1, 2], size);
  } finally {
    await server.stop();
  }
}

/** @param {import('./sizes.mjs').Cost[]} costs */
function printCosts(costs) {
  console.log('\nCost against size, on Express');
  const optional = (value, text) => (value === undefined ? '-' : text(value));
  const rows = costs.map(({ grows, size, alone: warm, coldIs, coldAlone, base, added, bytes }) => [
    grows,
    size.toLocaleString('en-US'),
    spread(warm, 'time'),
    optional(coldAlone, (times) => `${spread(times, 'time')} ${coldIs}`),
    optional(base, (time) => written(time, 'time')),
    optional(added, (times) => spread(times, 'time')),
    optional(bytes, (count) => `${Math.round(count / 2 ** 20)} MiB`),
  ]);
  printTable([
    [
      'what grows',
      'size',
      'the guard alone',
      'the same, cold',
      'unguarded, over HTTP',
      'added, over HTTP',
      'resident memory',
    ],
    ...rows,
  ]);
}

function figuresOf(costs) {
  const kinds = grouped(costs);
  return [...kinds].map(([grows, list]) => {
    const [least, most] = [list[0], list.at(-1)];
    const text = (size) => size.toLocaleString('en-US');
    return {
      name: `the guard alone, ${grows}: ${text(most.size)} against ${text(least.size)}`,
      values: most.alone,
      unit: 'time',
      against: `with ${text(least.size)}, ${written(median(least.alone), 'time')}`,
      ratio: median(most.alone) / median(least.alone),
    };
  });
}

function grouped(costs) {
  const kinds = new Map();
  for (const cost of costs) kinds.set(cost.grows, [...(kinds.get(cost.grows) ?? []), cost]);
  return kinds;
}
