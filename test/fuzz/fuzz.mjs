// `npm run fuzz`: tokens and requests, nearly valid, against a running API. No answer is 5xx, none is late, none is 200 without
// a token that permits it, and every refusal has its proper form. The same seed makes the same cases, with new keys.

import { parseArgs } from 'node:util';
import { Api } from './api.mjs';
import { createCase } from './cases.mjs';
import { wrongWithExact, wrongWithWild } from './checks.mjs';
import { askByFetch, Connection } from './client.mjs';
import { createWorld } from './issuers.mjs';

const usage = `node test/fuzz/fuzz.mjs [--seed text] [--runs number] [--seconds number] [--case number] [--self-test]`;
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    runs: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '55' },
    case: { type: 'string' },
    'self-test': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const parallel = 8;
const batchSize = 500;

const world = await createWorld();
try {
  process.exitCode = await main();
} finally {
  await world.close();
}

/** @returns {Promise<number>} the exit code */
async function main() {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const runs = wholeNumber('runs');
  const limits = { runs, seconds: wholeNumber('seconds') };
  console.log(`seed ${values.seed}`);
  if (values['self-test']) return selfTest();
  const only = values.case === undefined ? undefined : wholeNumber('case');
  const first = only ?? 0;
  const { found, summary } = await attack({
    ...limits,
    first,
    runs: only === undefined ? runs : 1,
    verbose: only !== undefined,
  });
  if (found !== undefined) console.log(reportOf(found));
  console.log(summary);
  return found === undefined ? 0 : 1;
}

function wholeNumber(name) {
  const number = Number(values[name]);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new TypeError(`Expected --${name} to be a whole number\n${usage}`);
  return number;
}

/** A fuzzer that finds nothing proves something only if it finds what is there. */
async function selfTest() {
  const expected = {
    forgery: /answered (200|403), must be 401/,
    crash: /answered 500/,
    silence: /no answer in time/,
    exit: /closed without an answer|process ended/,
    chatter: /problem document/,
  };
  let missed = 0;
  for (const [fault, what] of Object.entries(expected)) {
    const { found } = await attack({ fault, runs: 2000, seconds: 60, first: 0, batch: 100 });
    const isFound = found !== undefined && what.test(found.wrong.join('\n'));
    if (!isFound) missed += 1;
    console.log(`${isFound ? 'found' : 'MISSED'} ${fault}: ${found?.wrong.join('; ') ?? 'nothing'}`);
  }
  console.log(
    `fuzz self-test: ${Object.keys(expected).length - missed} of ${Object.keys(expected).length} faults found`,
  );
  return missed === 0 ? 0 : 1;
}

async function attack({ fault, runs, seconds, first, batch = batchSize, verbose = false }) {
  const api = new Api(world, fault);
  await api.start();
  const began = performance.now();
  const counts = new Map();
  let found = await aliveness(api);
  let next = first;
  const end = first + runs;
  while (found === undefined && next < end && performance.now() - began < seconds * 1000) {
    const last = Math.min(next + batch, end);
    const failed = await runBatch(api, next, last, counts, verbose);
    next = last;
    found = (await worstOf(api, failed)) ?? (await aliveness(api));
  }
  await api.stop();
  const tally = [...counts].sort(([one], [two]) => one.localeCompare(two)).map(([name, count]) => `${name}: ${count}`);
  const took = ((performance.now() - began) / 1000).toFixed(1);
  const outcome = found === undefined ? 'no fault' : 'A FAULT';
  return {
    found,
    summary: `fuzz: ${next - first} cases in ${took} s, seed ${values.seed} (${tally.join(', ')}): ${outcome}`,
  };
}

/** What is wrong beside any one case. */
async function aliveness(api) {
  const wrong = [];
  const failing = await api.failing();
  if (failing !== undefined) wrong.push(failing);
  if (api.complaints !== '') wrong.push(`the API wrote: ${api.complaints}`);
  if (world.trap.requests > 0) wrong.push('an address that a token named was asked');
  return wrong.length === 0 ? undefined : { wrong };
}

async function runBatch(api, first, last, counts, verbose) {
  const failed = [];
  let next = first;
  const workers = Array.from({ length: parallel }, async () => {
    const connection = new Connection(api.port);
    while (next < last) {
      const one = createCase(values.seed, next, world);
      next += 1;
      const { wrong, answered } = await run(api, connection, one);
      for (const name of answered) counts.set(name, (counts.get(name) ?? 0) + 1);
      if (verbose) console.log(reportOf({ ...one, wrong, answered }));
      if (wrong.length > 0) failed.push({ ...one, wrong });
    }
    connection.close();
  });
  await Promise.all(workers);
  return failed.sort((one, two) => one.index - two.index);
}

async function run(api, connection, { way, request, bytes }) {
  try {
    if (way === 'wild') {
      const answers = await new Connection(api.port).askAll(bytes, undefined);
      return { wrong: wrongWithWild(bytes, answers, world), answered: answers.map((one) => String(one.status ?? one)) };
    }
    const answer = way === 'fetch' ? await askByFetch(api.port, request) : await connection.ask(bytes, request.method);
    return { wrong: wrongWithExact(request, answer, world), answered: [String(answer.status ?? answer)] };
  } catch (error) {
    connection.close();
    return { wrong: [error.message], answered: ['unreadable'] };
  }
}

/** Each failed case once more, alone, on an API that serves; the first that fails again, with as few steps as it takes. */
async function worstOf(api, failed) {
  for (const { index } of failed) {
    const again = await runAlone(api, createCase(values.seed, index, world));
    if (again.wrong.length > 0) return shrunk(api, again);
  }
  // A machine that is busy elsewhere answers late once; anything else needs no second time.
  const [one] = failed.filter(({ wrong }) => wrong.some((what) => what !== 'no answer in time'));
  if (one === undefined) return undefined;
  const died = (await api.failing()) === undefined ? '' : ' The API does not serve any more.';
  return { ...one, wrong: [...one.wrong, `not when it is sent alone.${died}`] };
}

async function runAlone(api, one) {
  if ((await api.failing()) !== undefined) await api.restart();
  const connection = new Connection(api.port);
  const outcome = await run(api, connection, one);
  connection.close();
  return { ...one, ...outcome };
}

async function shrunk(api, failing) {
  let least = failing;
  const without = new Set();
  for (const position of failing.positions) {
    const fewer = new Set([...without, position]);
    const attempt = await runAlone(api, createCase(values.seed, failing.index, world, fewer));
    if (attempt.wrong.length === 0) continue;
    without.add(position);
    least = attempt;
  }
  return least;
}

function reportOf({ index, way, steps = [], wrong, answered, bytes }) {
  if (index === undefined) return `A fault beside any one case:\n  ${wrong.join('\n  ')}`;
  return [
    wrong.length > 0 ? `case ${index} is answered wrongly:` : `case ${index}:`,
    ...wrong.map((what) => `  ${what}`),
    `  steps: ${steps.join(', ') || 'none'}; sent by: ${way}; answered: ${answered?.join(', ')}`,
    `  again: node test/fuzz/fuzz.mjs --seed ${values.seed} --case ${index}`,
    `  the request: ${JSON.stringify(bytes.toString('latin1'))}`,
    ...describedTokens(bytes),
  ].join('\n');
}

function describedTokens(bytes) {
  const tokens = bytes.toString('latin1').match(/[\w-]+\.[\w-]+\.[\w-]*/g) ?? [];
  return tokens.flatMap((token) => {
    const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    return [`  header: ${header.slice(0, 2000)}`, `  payload: ${payload.slice(0, 2000)}`];
  });
}
