// The API under attack, a process of its own: Express and the package as a user installs it. Started by fork; it is told the
// issuers and, for the test of the fuzzer itself, a fault to have.

import express from 'express';
import { createAuthorizer, on, anywhere } from 'rightful';
import { createGuards } from 'rightful/express';

const held = {
  alice: [{ permission: 'read:things', on: 'things:7' }],
  bob: [{ permission: 'read:things', on: 'things:*' }],
};
const store = { privilegesOf: async ({ id }) => (Object.hasOwn(held, id) ? held[id] : []) };

process.once('message', (told) => {
  start(told).then(
    (port) => process.send({ port }),
    (error) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit());

async function start({ issuers, audience, fault }) {
  const app = express();
  app.disable('x-powered-by');
  faults[fault]?.(app);
  const names = issuers.map((one) => one.issuer ?? one);
  const trust = fault === 'forgery' ? { issuer: names, verifier: believing } : { issuer: issuers };
  const common = { ...trust, audience, store };
  const doors = {
    cached: { tokenCache: { maxEntries: 40 } },
    fresh: { tokenCache: false },
    strict: { profile: 'rfc9068' },
    open: { bearer: { query: true, form: true } },
  };
  for (const [door, options] of Object.entries(doors)) {
    const authorizer = createAuthorizer({ ...common, ...options });
    await authorizer.ready();
    app.use(`/${door}`, routes(createGuards(authorizer)));
  }
  app.use((_request, response) => response.status(404).set('X-By', 'app').json({}));
  app.use((error, _request, response, _next) => {
    response.status(error.status ?? 500);
    response.set('X-By', 'app').json({ error: String(error) });
  });
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

function routes({ requirePermission, accessOf }) {
  const router = express.Router();
  router.use(express.urlencoded({ extended: false }), express.json());
  router.all('/plain', requirePermission('read:things'), answer);
  router.all('/list', requirePermission(anywhere('read:things')), answer);
  router.all('/things/:id', requirePermission(on('read:things', 'things:{id}')), answer);
  return router;

  function answer(request, response) {
    const { id, issuer } = accessOf(request).subject;
    response.json({ id, issuer, thing: request.params.id });
  }
}

/** What the fuzzer must find when it is there. */
const faults = {
  crash: (app) => app.use((request, _response, next) => next(hasOddHeader(request) ? new Error('a fault') : undefined)),
  silence: (app) => app.use((request, _response, next) => hasOddHeader(request) || next()),
  exit: (app) => app.use((request, _response, next) => (hasOddHeader(request) ? process.exit(3) : next())),
  chatter: (app) => {
    app.use((request, response, next) => {
      if (hasOddHeader(request)) response.status(401).set('WWW-Authenticate', 'Bearer error=oops').json({});
      else next();
    });
  },
};

function hasOddHeader({ headers: { authorization = '' } }) {
  const [encoded] = authorization.replace(/^bearer +/i, '').split('.');
  return /"(crit|jku|x5u)"/.test(Buffer.from(encoded, 'base64url').toString());
}

/** Takes claims as they are, whoever signed them. */
async function believing(token) {
  try {
    const [, payload] = token.split('.');
    return { claims: JSON.parse(Buffer.from(payload, 'base64url').toString()) };
  } catch (cause) {
    throw Object.assign(new Error('unreadable', { cause }), { status: 401 });
  }
}
