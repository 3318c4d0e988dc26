// `npm run bench:http`: what a guard costs an API that is asked over HTTP, beside other guards and beside none.

import { parseArgs } from 'node:util';
import { describedMachine, printFigures, recordLines, versionIn } from '../figures.mjs';
import { createSigner, issuer, serveKeys } from '../tokens/tokens.mjs';
import { pinLoad, pinning } from './cores.mjs';
import { growthFigures } from './growth.mjs';
import { besideItsOwn, figuresOf, printLatencies, printMemory, printThroughput } from './report.mjs';
import { renewedTokens, signedTokens } from './requests.mjs';
import { measured } from './workloads.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
// `warmUp`, `fresh`: requests to each server; code that has run for a short time is slow, the more of it there is.
const quick = { rounds: 7, sliceMs: 120, warmUp: 9000, freshRounds: 3, fresh: 3600, latencyRounds: 3, latencyMs: 400 };
const full = { rounds: 21, sliceMs: 300, warmUp: 60_000, freshRounds: 19, fresh: 16_000 };
const size = values.quick
  ? { ...quick, isQuick: true }
  : { ...full, latencyRounds: 9, latencyMs: 3000, isQuick: false };

const kits = [
  {
    framework: 'Express',
    hasOurs: true,
    rivals: ['express-oauth2-jwt-bearer', 'express-jwt', 'passport-jwt'],
    goals: { hot: 0.93, rival: 1.5, many: 0.82 },
  },
  { framework: 'Koa', hasOurs: true, rivals: ['koa-jwt'], goals: { hot: 0.95, rival: 4, many: 0.7 } },
  { framework: 'Fastify', hasOurs: false, rivals: ['@fastify/jwt'] },
];

console.log(`${describedMachine(versions())}\n${pinning}`);
recordLines([{ pinning }]);
const signer = { ...createSigner('RS256'), issuer };
const tokens = await signedTokens(signer, 10_000);
const fresh = await renewedTokens(signer, size.fresh);
pinLoad();
const keys = await serveKeys({ keys: [signer.jwk] });
const figures = [];
const measurements = await measured(kits, { signer, jwksUri: keys.address, tokens, fresh }, size);
for (const { kit, results } of measurements) {
  printThroughput(`${kit.framework}: one hot token`, results.hot);
  printThroughput(`${kit.framework}: 10,000 tokens by Zipf's law, each seen before`, results.many);
  printThroughput(`${kit.framework}: each request a new RS256 token`, results.fresh);
  printLatencies(`${kit.framework}: latency at 70 % of its own capacity`, results.latency);
  printMemory(results.memory);
  if (kit.hasOurs) figures.push(...figuresOf(kit, results));
}
figures.push(...besideItsOwn(measurements));
figures.push(...(await growthFigures({ signer, jwksUri: keys.address, isQuick: values.quick })));
keys.close();
printFigures(figures);

function versions() {
  const ofParent = ['express', 'koa', '@koa/router', 'jose'];
  const ofBench = [
    ...['express-oauth2-jwt-bearer', 'express-jwt', 'express-jwt-permissions', 'passport', 'passport-jwt'],
    ...['koa-jwt', 'fastify', '@fastify/jwt'],
  ];
  const found = (names, folder) => names.map((name) => [name, versionIn(`${folder}/${name}/package.json`)]);
  return Object.fromEntries([...found(ofParent, '../../node_modules'), ...found(ofBench, 'node_modules')]);
}
