// From `requiredScopes` of express-oauth2-jwt-bearer: the pieces that the page on migrating shows stand between the marks.

import express from 'express';
import type { Express, RequestHandler } from 'express';
import { auth, requiredScopes, scopeIncludesAny } from 'express-oauth2-jwt-bearer';
import { allOf, anyOf } from 'rightful';
import type { PrivilegeStore } from 'rightful';
import { createGuards, fromRequestAuth, verifierFrom } from 'rightful/express';

const answer: RequestHandler = (req, res) => void res.json(req.auth?.payload.sub);

export function before(issuer: string, audience: string): Express {
  const app = express();
  // --- before
  app.use(auth({ issuerBaseURL: issuer, audience }));
  app.get('/contacts', requiredScopes('read:contacts'), answer);
  app.post('/contacts', requiredScopes('read:contacts write:contacts'), answer);
  app.get('/search', scopeIncludesAny('read:contacts write:contacts'), answer);
  // ---
  return app;
}

export function after(issuer: string, audience: string, store: PrivilegeStore): Express {
  const app = express();
  // --- after
  const { authenticate, requirePermission } = createGuards({ issuer, audience, store });
  app.use(authenticate());
  app.get('/contacts', requirePermission('read:contacts'), answer);
  app.post('/contacts', requirePermission(allOf('read:contacts', 'write:contacts')), answer);
  app.get('/search', requirePermission(anyOf('read:contacts', 'write:contacts')), answer);
  // ---
  return app;
}

export function scopesAlone(issuer: string, audience: string): Express {
  const app = express();
  // --- scopes alone
  const { requirePermission } = createGuards({ issuer, audience, trustScopes: true });
  // ---
  return app.get('/contacts', requirePermission('read:contacts'), answer);
}

export function byTheMiddleware(issuer: string, audience: string, store: PrivilegeStore): Express {
  const app = express();
  // --- by the middleware
  const verifier = verifierFrom(auth({ issuerBaseURL: issuer, audience }));
  const { requirePermission } = createGuards({ issuer, audience, store, verifier });
  // ---
  return app.get('/contacts', requirePermission('read:contacts'), answer);
}

export function behindTheMiddleware(issuer: string, audience: string, store: PrivilegeStore): Express {
  const app = express();
  // --- behind the middleware
  app.use(auth({ issuerBaseURL: issuer, audience }));
  const { requirePermission } = createGuards({ issuer, audience, store, verifier: fromRequestAuth() });
  app.get('/contacts', requirePermission('read:contacts'), answer);
  app.get('/search', scopeIncludesAny('read:contacts write:contacts'), answer); // not migrated yet
  // ---
  return app;
}

export function ownErrorHandler(issuer: string, audience: string, store: PrivilegeStore): Express {
  const app = express();
  // --- own error handler
  const { requirePermission } = createGuards(
    { issuer, audience, store },
    { onRefusal: (error, _req, _res, next) => next(error) }, // with status, statusCode, headers and code, as before
  );
  // ---
  return app.get('/contacts', requirePermission('read:contacts'), answer);
}
