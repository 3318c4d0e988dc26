// The name of a guard goes in, a Fastify application comes out that answers behind it: for the ratio of its own plugin there.

import fastifyJwt from '@fastify/jwt';
import fastify from 'fastify';
import { audience, issuer } from '../tokens/tokens.mjs';
import { answer, scope } from './contract.mjs';

/** @param {string} guard @param {{ publicKey: import('node:crypto').KeyObject }} given */
export async function fastifyApi(guard, { publicKey }) {
  const app = fastify();
  const options = {};
  if (guard === '@fastify/jwt') {
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    // By default it hashes each token for its cache; the token itself is faster, and it warns of keys that are not unique.
    process.removeAllListeners('warning');
    const caching = { cache: 10_000, cacheKeyBuilder: (token) => token };
    const verify = { allowedIss: issuer, allowedAud: audience, algorithms: ['RS256'], ...caching };
    await app.register(fastifyJwt, { secret: { public: key }, verify });
    options.onRequest = async (request, reply) => {
      await request.jwtVerify();
      if (!request.user.scope.split(' ').includes(scope)) return reply.code(403).send({ error: 'insufficient_scope' });
      return undefined;
    };
  }
  app.get('/contacts', options, async () => answer);
  await app.ready();
  return { listener: (request, response) => app.routing(request, response) };
}
