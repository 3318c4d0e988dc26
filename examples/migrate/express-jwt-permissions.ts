// From express-jwt with express-jwt-permissions, or with express-jwt-authz.

import express from 'express';
import type { Express, RequestHandler } from 'express';
import { expressjwt } from 'express-jwt';
import guardFactory from 'express-jwt-permissions';
import { allOf, anyOf } from 'rightful';
import type { PrivilegeStore } from 'rightful';
import { createGuards, fromVerifiedClaims } from 'rightful/express';

const answer: RequestHandler = (_req, res) => void res.json('served');

export function before(issuer: string, audience: string, secret: string): Express {
  const app = express();
  // --- permissions before
  const guard = guardFactory({ requestProperty: 'auth' });
  app.use(expressjwt({ secret, algorithms: ['HS256'], issuer, audience }));
  app.get('/contacts', guard.check('read:contacts'), answer);
  app.post('/contacts', guard.check(['read:contacts', 'write:contacts']), answer); // both
  app.get('/search', guard.check([['read:contacts'], ['write:contacts']]), answer); // one of them
  // ---
  return app;
}

export function after(issuer: string, audience: string, secret: string): Express {
  const app = express();
  // --- permissions after
  const { requirePermission } = createGuards({
    issuer: { issuer, secret, algorithms: ['HS256'] },
    audience,
    claims: { scope: 'permissions' }, // as before: the claim alone decides
  });
  app.get('/contacts', requirePermission('read:contacts'), answer);
  app.post('/contacts', requirePermission(allOf('read:contacts', 'write:contacts')), answer);
  app.get('/search', requirePermission(anyOf('read:contacts', 'write:contacts')), answer);
  // ---
  return app;
}

export function authzAfter(issuer: string, audience: string, secret: string, store: PrivilegeStore): Express {
  const app = express();
  // --- authz after
  const { requirePermission } = createGuards({ issuer: { issuer, secret, algorithms: ['HS256'] }, audience, store });
  app.get('/search', requirePermission(anyOf('read:contacts', 'write:contacts')), answer);
  app.post('/contacts', requirePermission(allOf('read:contacts', 'write:contacts')), answer);
  // ---
  return app;
}

export function behindTheMiddleware(issuer: string, audience: string, secret: string, store: PrivilegeStore): Express {
  const app = express();
  // --- behind express-jwt
  app.use(expressjwt({ secret, algorithms: ['HS256'] }));
  const verifier = fromVerifiedClaims((req: { auth?: unknown }) => req.auth);
  const { requirePermission } = createGuards({ issuer, audience, store, verifier });
  app.get('/contacts', requirePermission('read:contacts'), answer);
  // ---
  return app;
}
