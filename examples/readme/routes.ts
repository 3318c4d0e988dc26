// The pieces of code that the README shows about routes, between the marks, where the compiler sees them.

import express from 'express';
import type { Express } from 'express';
import { anyOf, on } from 'rightful';
import { createGuards, denyUnguarded, openApiSecurity, publicRoute, routesOf, unguardedRoutes } from 'rightful/express';
import type { OpenApiAudit, RouteAudit } from 'rightful/express';

export function createApp(issuer: string, settings: { denies: boolean } = { denies: false }): Express {
  const { requirePermission } = createGuards({ issuer, audience: 'https://contacts.example/', trustScopes: true });
  const app = express();
  const contacts = express.Router();
  contacts.get(
    '/:id',
    requirePermission(anyOf('read:contacts', on('read:contacts', 'contacts:id:{id}'))),
    (req, res) => {
      res.json({ id: req.params.id });
    },
  );
  app.use('/contacts', contacts);
  // --- public
  app.get('/health', publicRoute(), (_req, res) => void res.send('ok'));
  // ---
  if (settings.denies) {
    // --- deny
    denyUnguarded(app, { onUnguarded: ({ message }) => console.error(message) });
    // ---
  }
  return app;
}

/** `expect`: any test runner's. */
export function audit(app: Express, expect: (value: unknown) => { toEqual(expected: unknown): void }): RouteAudit[] {
  // --- audit
  expect(unguardedRoutes(app)).toEqual([]);
  // ---
  // --- routes
  console.table(routesOf(app)); // GET /contacts/:id · read:contacts or read:contacts on contacts:id:{id} · guarded
  // ---
  return routesOf(app);
}

export function described(app: Express, openApi?: object): OpenApiAudit {
  // --- openapi
  const { document, differences } = openApiSecurity(app, openApi, { basePath: '/contacts' });
  // ---
  return { document, differences };
}
