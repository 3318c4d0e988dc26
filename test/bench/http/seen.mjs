// More and more subjects send a request each; what a guard costs after that, alone and over HTTP, and what memory the API takes, comes out.

import { Buffer } from 'node:buffer';
import { issuer } from '../tokens/tokens.mjs';
import { randomSource } from '../rounds.mjs';
import { written } from '../figures.mjs';
import { routes } from './contract.mjs';
import { cycle, requestBytes, secretToken } from './requests.mjs';
import { startServer } from './server.mjs';
import { addedOverHttp, alone } from './sizes.mjs';

const secret = Buffer.alloc(32, 7);
const { path } = Object.values(routes)[1];
const million = 1_000_000;

/** @param {boolean} isQuick @returns {Promise<{ costs: import('./sizes.mjs').Cost[], figures: import('../figures.mjs').Figure[] }>} */
export async function seenFigures(isQuick, size) {
  const server = await startServer({ framework: 'Express', guard: 'rightful', issuers: [{ issuer, secret }] });
  try {
    const costs = [];
    let seen = 0;
    for (const subjects of isQuick ? [1000, 12_000] : [1000, 10_000, 100_000, million, 2 * million]) {
      await see(server, seen, subjects);
      seen = subjects;
      costs.push(await costAfter(server, subjects, size));
    }
    return { costs, figures: isQuick ? [fullFigure(costs)] : memoryFigures(costs) };
  } finally {
    await server.stop();
  }
}

async function see({ lane }, from, to) {
  let number = from;
  await lane.saturate(() => requestBytes(path, secretToken(number++, secret)), { count: to - from });
}

async function costAfter(server, subjects, size) {
  const { bytes, heldBytes } = await server.ask('memory');
  const random = randomSource();
  const few = Array.from({ length: 100 }, (_, at) => secretToken(at, secret));
  const any = Array.from({ length: 1500 }, () => secretToken(Math.floor(random() * subjects), secret));
  // Those who come again and again are remembered, whoever else comes.
  const warm = await alone(server, few, [1, 2], size);
  const guarded = { name: 'rightful', server, next: cycle(few.map((token) => requestBytes(path, token))) };
  const overHttp = size.overHttp && (await addedOverHttp(guarded, undefined, size.overHttp));
  const coldAlone = await alone(server, any, [1, 2], { aloneRounds: 10, aloneCount: 100 });
  return {
    grows: 'subjects seen',
    size: subjects,
    alone: warm,
    coldIs: 'any of those seen',
    coldAlone,
    ...overHttp,
    bytes,
    heldBytes,
  };
}

/** Whether a million subjects more take anything. What is resident moves by what the system has not taken back; what is held does not. */
function memoryFigures(costs) {
  const [before, after] = [million, 2 * million].map((wanted) => costs.find(({ size }) => size === wanted));
  const figure = (name, of, most) => ({
    name: `${name} after 2,000,000 subjects, caches at their default bounds`,
    values: [after[of]],
    unit: 'bytes',
    against: `after 1,000,000, ${written(before[of], 'bytes')}`,
    ratio: after[of] / before[of],
    goal: { of: 'ratio', most },
  });
  return [figure('resident memory', 'bytes', 1.05), figure('heap and external memory', 'heldBytes', 1.01)];
}

/** Caches are full by then. A million of subjects takes too long for a quick run. */
function fullFigure(costs) {
  const { size, bytes } = costs.at(-1);
  const name = `resident memory after ${size.toLocaleString('en-US')} subjects, caches at their default bounds, full`;
  return { name, values: [bytes], unit: 'bytes' };
}
