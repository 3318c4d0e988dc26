// All frameworks with their guards go in; what each of them did under each workload comes out, all in the same rounds.

import { routes } from './contract.mjs';
import { assertAgreement } from './agreement.mjs';
import { cycle, requestBytes, zipf } from './requests.mjs';
import { startServer } from './server.mjs';
import { paced, saturated } from './slices.mjs';

const [one, resource, several] = Object.keys(routes);
const contacts = routes[one].path;
export const cold = 'rightful, privileges cold';

/**
 * @typedef {{ framework: string, hasOurs: boolean, rivals: string[] }} Kit `rivals`: the libraries to be beaten
 * @typedef {{ kit: Kit, servers: Map<string, import('./server.mjs').Server> }} Fleet
 * @typedef {{ signer: object, jwksUri: string, tokens: string[], fresh: string[] }} Material `fresh`: nobody has seen them
 * @typedef {Map<string, import('./slices.mjs').Slices>} Throughput by the name of the contender
 * @typedef {{ hot: Throughput, many: Throughput, fresh: Throughput, latency: Map<string, number[][]>, memory: Map<string, number> }} Measured
 */

/** @param {Kit[]} kits @param {Material} material @returns {Promise<{ kit: Kit, results: Measured }[]>} */
export async function measured(kits, material, size) {
  const fleets = [];
  try {
    for (const kit of kits) fleets.push({ kit, servers: await started(kit, material) });
    const hot = await hotToken(fleets, material, size);
    const latency = await latencies(fleets, material, size);
    const many = await manyTokens(fleets, material, size);
    // Memories of tokens are full by now, as they are after a while.
    const fresh = await newTokens(fleets, material, size);
    const memory = [];
    for (const { servers } of fleets) memory.push(await residentBytes(servers));
    return kits.map((kit, at) => {
      const results = { hot: hot[at], many: many[at], fresh: fresh[at], latency: latency[at], memory: memory[at] };
      return { kit, results };
    });
  } finally {
    for (const { servers } of fleets) for (const server of servers.values()) await server.stop();
  }
}

/** Everybody, each a process of its own, after they have shown that they answer alike. */
async function started({ framework, hasOurs, rivals }, { signer, jwksUri }) {
  const given = { framework, jwksUri, jwk: signer.jwk };
  const { issuer } = signer;
  const own = { guard: 'rightful', issuers: [{ issuer, jwksUri }] };
  const wanted = {
    unguarded: { guard: 'unguarded' },
    ...(hasOurs && { rightful: own, [cold]: { ...own, isCached: false }, 'by hand': { guard: 'by hand' } }),
    ...Object.fromEntries(rivals.map((guard) => [guard, { guard }])),
  };
  const servers = new Map();
  for (const [name, more] of Object.entries(wanted)) {
    const server = await startServer({ ...given, ...more });
    servers.set(name, server);
    const paths = name.startsWith('rightful') ? Object.values(routes).map(({ path }) => path) : [contacts];
    await assertAgreement(server, { name: `${framework}, ${name}`, isGuarded: name !== 'unguarded', paths }, signer);
  }
  return servers;
}

async function residentBytes(servers) {
  const bytes = new Map();
  for (const [name, server] of servers) bytes.set(name, (await server.ask('memory')).bytes);
  return bytes;
}

function hotToken(fleets, { tokens }, { rounds, sliceMs, warmUp }) {
  const next = (path) => cycle([requestBytes(path, tokens[0])]);
  const size = { rounds, limit: { forMs: sliceMs }, warmUp: { count: warmUp } };
  return together(
    fleets.map((fleet) => hotContenders(fleet, next)),
    (all) => saturated(all, size),
  );
}

function hotContenders({ kit: { hasOurs, rivals }, servers }, next) {
  const { path } = routes[resource];
  const contend = (name, asked, title) => contender(servers, name, asked, next, title);
  const own = () => [
    contend('unguarded', path, 'unguarded, with a parameter'),
    contend('rightful', contacts),
    contend('rightful', path, `rightful, ${resource}`),
    contend('rightful', routes[several].path, `rightful, ${several}`),
    contend(cold, contacts),
    contend('by hand', contacts),
  ];
  return [contend('unguarded', contacts), ...(hasOurs ? own() : []), ...rivals.map((name) => contend(name, contacts))];
}

/** Each request brings a token that this API has not seen, of a subject that it has. */
function newTokens(fleets, { fresh }, { freshRounds: rounds, isQuick }) {
  const requests = fresh.map((token) => requestBytes(contacts, token));
  const warmUp = { count: Math.floor(fresh.length / 6) };
  const limit = { count: Math.floor((fresh.length - warmUp.count) / rounds) };
  return together(
    fleets.map(({ servers }) =>
      everybody(servers, () => cycle(requests)).filter(({ name }) => !(isQuick && name === cold)),
    ),
    (all) => saturated(all, { rounds, limit, warmUp }),
  );
}

/** Whoever remembers tokens has seen each of them. */
async function manyTokens(fleets, { tokens }, { rounds, sliceMs, isQuick }) {
  const requests = tokens.map((token) => requestBytes(contacts, token));
  const remembering = ['rightful', 'by hand', '@fastify/jwt', ...(isQuick ? [] : [cold])];
  for (const { servers } of fleets)
    for (const name of remembering.filter((known) => servers.has(known)))
      await servers.get(name).lane.saturate(cycle(requests), { count: requests.length });
  return together(
    fleets.map(({ servers }) => everybody(servers, () => zipf(requests)).filter(({ name }) => name !== cold)),
    (all) => saturated(all, { rounds, limit: { forMs: sliceMs }, warmUp: { forMs: sliceMs } }),
  );
}

/** Each at seven tenths of its own capacity. */
function latencies(fleets, { tokens }, { latencyRounds: rounds, latencyMs: forMs, sliceMs: capacityMs, isQuick }) {
  const next = () => cycle([requestBytes(contacts, tokens[0])]);
  const asked = ({ hasOurs, rivals }) => [
    'unguarded',
    ...(hasOurs ? ['rightful', 'by hand'] : []),
    ...(isQuick && hasOurs ? [] : rivals),
  ];
  return together(
    fleets.map(({ kit, servers }) => asked(kit).map((name) => contender(servers, name, contacts, next))),
    (all) => paced(all, { rounds, forMs, capacityMs, share: 0.7 }),
  );
}

function everybody(servers, next) {
  return [...servers.keys()].map((name) => contender(servers, name, contacts, next));
}

function contender(servers, name, path, next, title = name) {
  return { name: title, server: servers.get(name), next: next(path) };
}

/** Runs the contenders of all frameworks in the same rounds; the results are those of each framework, by name. */
async function together(lists, run) {
  const results = await run(lists.flat());
  return lists.map((list) => new Map(list.map((one) => [one.name, results.get(one)])));
}
