// A live API that rolls permissions out: what it decides is logged, traced and counted, and one route only reports as yet.

import type { Meter, Tracer } from '@opentelemetry/api';
import express from 'express';
import type { Express } from 'express';
import type { Logger } from 'pino';
import type { AuthorizerOptions } from 'rightful';
import { createGuards, routesOf } from 'rightful/express';
import { cors } from './cors.ts';
import { tracing } from './open-telemetry.ts';
import { logging } from './pino-lines.ts';

export interface Instruments {
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly meter: Meter;
}

export function contactsApi(options: AuthorizerOptions, { log, tracer, meter }: Instruments): Express {
  // --- hooks
  const lines = logging(log);
  const trace = tracing(tracer, meter);
  const { requirePermission, accessHandler } = createGuards({
    ...options,
    ...lines,
    onDecision(event) {
      lines.onDecision?.(event);
      trace(event);
    },
  });
  // ---
  const app = express();
  app.use(cors);
  app.get('/contacts', requirePermission('read:contacts'), (_req, res) => void res.json(['Bob']));
  // --- roll out
  app.get('/reports', requirePermission('read:reports', { enforce: false }), (_req, res) => void res.json([]));
  // ---
  // --- access
  app.get('/me/access', accessHandler());
  // ---
  return app;
}

/** `expect`: any test runner's. */
export function rolledOut(app: Express, expect: (value: unknown) => { toEqual(expected: unknown): void }): void {
  // --- rolled out
  expect(routesOf(app).filter(({ enforced }) => !enforced)).toEqual([]);
  // ---
}
