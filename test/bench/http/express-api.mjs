// The name of a guard goes in, an Express application comes out that answers behind it.

import express from 'express';
import { expressjwt } from 'express-jwt';
import guardOfPermissions from 'express-jwt-permissions';
import expressOauth2JwtBearer from 'express-oauth2-jwt-bearer';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { createGuards } from '../../../dist/express.js';
import { audience, issuer } from '../tokens/tokens.mjs';
import { handWritten } from './by-hand.mjs';
import { answer, numberedPath, routes, scope } from './contract.mjs';
import { ownAuthorizer } from './own.mjs';

/** What stands before the handler of `/contacts`; every rival is given what makes it fastest. */
const rivals = {
  unguarded: () => [],
  'by hand': ({ publicKey }) => [byHand(handWritten(publicKey))],
  'express-oauth2-jwt-bearer': ({ jwksUri }) => [
    expressOauth2JwtBearer.auth({ issuer, jwksUri, audience, tokenSigningAlg: 'RS256' }),
    expressOauth2JwtBearer.requiredScopes(scope),
  ],
  'express-jwt': ({ publicKey }) => [
    expressjwt({ secret: publicKey, issuer, audience, algorithms: ['RS256'] }),
    guardOfPermissions({ requestProperty: 'auth', permissionsProperty: 'scope' }).check(scope),
  ],
  'passport-jwt': ({ publicKey }) => [passportJwt(publicKey), scopeNeeded],
};

/** @param {string} guard @param {object} given */
export async function expressApi(guard, given) {
  const app = express();
  const ours = guard === 'rightful' ? createGuards(await ownAuthorizer(given)).requirePermission : undefined;
  const own = (requirement) => (ours === undefined ? rivals[guard](given) : [ours(requirement)]);
  const handler = (_request, response) => response.json(answer);
  for (const { pattern, requirement } of Object.values(routes)) app.get(pattern, ...own(requirement), handler);
  const numbered = Array.from({ length: given.routes ?? 0 }, () => own(scope));
  addNumbered(app, numbered, handler);
  app.use(failed);
  const guards = [...Object.values(routes).flatMap(({ requirement }) => own(requirement)), ...numbered.flat()];
  return { listener: app, guards };
}

function addNumbered(app, numbered, handler) {
  const groups = new Map();
  for (const [number, guards] of numbered.entries()) {
    const { group, route } = numberedPath(number);
    if (!groups.has(group)) {
      const router = express.Router();
      app.use(group, router);
      groups.set(group, router);
    }
    groups.get(group).get(route, ...guards, handler);
  }
}

function byHand(look) {
  return (request, response, next) => {
    const found = look(request.headers.authorization);
    if (found.status !== 200) return response.status(found.status).json({ error: 'refused' });
    request.auth = found.claims;
    return next();
  };
}

function passportJwt(secretOrKey) {
  const jwtFromRequest = ExtractJwt.fromAuthHeaderAsBearerToken();
  const strategy = new Strategy(
    { jwtFromRequest, secretOrKey, issuer, audience, algorithms: ['RS256'] },
    (claims, done) => done(null, claims),
  );
  return passport.authenticate(strategy, { session: false });
}

// It knows no scopes: an application looks at them by itself.
function scopeNeeded({ user }, response, next) {
  if (user.scope.split(' ').includes(scope)) next();
  else response.status(403).json({ error: 'insufficient_scope' });
}

function failed(error, _request, response, _next) {
  response.status(error.status ?? error.statusCode ?? 500).json({ error: error.code ?? error.message });
}
