// One framework with its guards goes in; what each of them did under each workload comes out.

import { routes } from './contract.mjs';
import { assertAgreement } from './agreement.mjs';
import { cycle, requestBytes, zipf } from './requests.mjs';
import { startServer } from './server.mjs';
import { median, paced, saturated } from './slices.mjs';

const [one, resource, several] = Object.keys(routes);
const contacts = routes[one].path;
const cold = 'rightful, privileges cold';

/**
 * @typedef {{ framework: string, hasOurs: boolean, rivals: string[] }} Kit `rivals`: the libraries to be beaten
 * @typedef {{ signer: object, jwksUri: string, tokens: string[], fresh: string[] }} Material `fresh`: nobody has seen them
 */

/** @param {Kit} kit @param {Material} material */
export async function measured(kit, material, size) {
  const servers = await started(kit, material);
  try {
    const hot = await hotToken(kit, servers, material, size);
    const many = await manyTokens(servers, material, size);
    const latency = await latencies(kit, servers, material, size, hot);
    // Memories of tokens are full by now, as they are after a while.
    const fresh = await newTokens(servers, material, size);
    const memory = new Map();
    for (const [name, server] of servers) memory.set(name, (await server.ask('memory')).bytes);
    return { hot, fresh, many, latency, memory };
  } finally {
    for (const server of servers.values()) await server.stop();
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

function contender(servers, name, path, next, title = name) {
  return { name: title, server: servers.get(name), next: next(path) };
}

function hotToken({ hasOurs, rivals }, servers, { tokens }, { rounds, sliceMs, warmUp }) {
  const next = (path) => cycle([requestBytes(path, tokens[0])]);
  const contenders = [contender(servers, 'unguarded', contacts, next)];
  if (hasOurs) {
    const { path } = routes[resource];
    contenders.push(
      contender(servers, 'unguarded', path, next, 'unguarded, with a parameter'),
      contender(servers, 'rightful', contacts, next),
      contender(servers, 'rightful', path, next, `rightful, ${resource}`),
      contender(servers, 'rightful', routes[several].path, next, `rightful, ${several}`),
      contender(servers, cold, contacts, next),
      contender(servers, 'by hand', contacts, next),
    );
  }
  contenders.push(...rivals.map((name) => contender(servers, name, contacts, next)));
  return byName(contenders, saturated(contenders, { rounds, limit: { forMs: sliceMs }, warmUp: { count: warmUp } }));
}

/** Each request brings a token that this API has not seen, of a subject that it has. */
function newTokens(servers, { fresh }, { freshRounds: rounds, isQuick }) {
  const requests = fresh.map((token) => requestBytes(contacts, token));
  const contenders = everybody(servers, () => cycle(requests)).filter(({ name }) => !(isQuick && name === cold));
  const warmUp = { count: Math.floor(fresh.length / 6) };
  const count = Math.floor((fresh.length - warmUp.count) / rounds);
  return byName(contenders, saturated(contenders, { rounds, limit: { count }, warmUp }));
}

/** Whoever remembers tokens has seen each of them. */
async function manyTokens(servers, { tokens }, { rounds, sliceMs, isQuick }) {
  const requests = tokens.map((token) => requestBytes(contacts, token));
  const remembering = ['rightful', 'by hand', '@fastify/jwt', ...(isQuick ? [] : [cold])];
  for (const name of remembering.filter((known) => servers.has(known)))
    await servers.get(name).lane.saturate(cycle(requests), { count: requests.length });
  const contenders = everybody(servers, () => zipf(requests)).filter(({ name }) => name !== cold);
  return byName(contenders, saturated(contenders, { rounds, limit: { forMs: sliceMs }, warmUp: { forMs: sliceMs } }));
}

function everybody(servers, next) {
  return [...servers.keys()].map((name) => contender(servers, name, contacts, next));
}

/** Each at seven tenths of its own capacity. */
async function latencies({ hasOurs, rivals }, servers, { tokens }, size, hot) {
  const { latencyRounds: rounds, latencyMs: forMs, isQuick } = size;
  const asked = ['unguarded', ...(hasOurs ? ['rightful'] : []), ...(isQuick && hasOurs ? [] : rivals)];
  const contenders = asked.map((name) =>
    contender(servers, name, contacts, () => cycle([requestBytes(contacts, tokens[0])])),
  );
  const perSecondOf = ({ name }) => 0.7 * median(hot.get(name).perSecond);
  return byName(contenders, paced(contenders, { rounds, forMs, perSecondOf }));
}

async function byName(contenders, running) {
  const results = await running;
  return new Map(contenders.map((one) => [one.name, results.get(one)]));
}
