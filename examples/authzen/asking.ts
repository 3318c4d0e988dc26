// An API that asks a decision point elsewhere, where the README shows it, between the marks.

import express from 'express';
import type { Express } from 'express';
import { allOf, authzenPolicy, createAuthorizer } from 'rightful';
import { createGuards } from 'rightful/express';

export function createApp({ issuer, url, key }: { issuer: string; url: string; key: string }): Express {
  const authorizer = createAuthorizer({
    issuer: { issuer, allowHttp: true },
    audience: 'https://documents.example/',
    trustScopes: true,
  });
  const { requirePermission } = createGuards(authorizer);
  const app = express();
  // --- policy
  const canView = authzenPolicy<express.Request>('can view the document', {
    url, // https://openfga.internal/stores/01H…
    headers: { Authorization: `Bearer ${key}` },
    action: 'viewer',
    resource: (_access, req) => ({ type: 'document', id: String(req.params['id']) }),
  });

  app.get('/documents/:id', requirePermission(allOf('read:documents', canView)), (req, res) => {
    res.json({ id: req.params['id'] });
  });
  // ---
  return app;
}
