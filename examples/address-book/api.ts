// The address book's API on Express: each route says in one line what it asks and who answers; koa-api.ts says the same on Koa.

import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import type { Access, Authorizer } from 'rightful';
import type { AdminHandler } from 'rightful/admin';
import { createGuards, denyUnguarded, mount, publicRoute } from 'rightful/express';

import { answerTo, noSuchRoute } from './answer.ts';
import type { Answer, Handle } from './answer.ts';
import type { Asks } from './asks.ts';
import type { ContactCalls } from './contact-calls.ts';
import { jsonBodyOf } from './json-body.ts';
import { showAccess, showActions } from './own-access.ts';
import type { Permission } from './permissions.ts';
import type { WebApplication } from './web-application.ts';

/** What the API is made of. The type of the authorizers knows the names of the permissions, and so do the guards. */
export interface ApiParts {
  readonly authorizer: Authorizer<Permission>;
  /** For machines whose scopes the authorization server assigns. */
  readonly scopedMachines: Authorizer<Permission>;
  readonly asks: Asks;
  readonly calls: ContactCalls;
  /** Guards itself. */
  readonly administration: AdminHandler;
  /** The pages and what they use; open to everybody. */
  readonly web: WebApplication;
}

export function createApi({ authorizer, scopedMachines, asks, calls, administration, web }: ApiParts): express.Express {
  const { authenticate, requirePermission, accessOf } = createGuards(authorizer, { realm: 'address-book' });
  const scoped = createGuards(scopedMachines, { realm: 'address-book' });
  const answer = answering(accessOf);

  const app = express();
  app.disable('x-powered-by');

  app.get('/me', authenticate(), answer(showAccess));
  app.get('/me/actions', authenticate(), answer(showActions(authorizer, asks)));

  app.get('/contacts', requirePermission(asks.list), answer(calls.list));
  app.post('/contacts', requirePermission(asks.add), answer(calls.add));
  app.get('/contacts/:id', requirePermission(asks.show), answer(calls.show));
  app.put('/contacts/:id', requirePermission(asks.change), answer(calls.change));
  app.delete('/contacts/:id', requirePermission(asks.remove), answer(calls.remove));
  app.post('/contacts/:id/share', requirePermission(asks.share), answer(calls.share));

  app.get('/export', requirePermission(asks.exportAll), answer(calls.exportAll));
  app.get('/export/by-scope', scoped.requirePermission(asks.exportAll), answering(scoped.accessOf)(calls.exportAll));

  app.use(mount(administration));
  app.use(publicRoute(), mount(web));
  denyUnguarded(app);

  app.use((request: Request, response: Response) => send(response, noSuchRoute(request.method, request.path)));
  app.use(sendError);
  return app;
}

function answering(accessOf: (request: Request) => Access<Permission>): (handle: Handle) => RequestHandler {
  return (handle) => async (request, response) => {
    const query = new URLSearchParams(request.originalUrl.split('?')[1]);
    const body = await jsonBodyOf(request);
    send(response, await handle({ access: accessOf(request), params: request.params, query, body }));
  };
}

const sendError: express.ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) next(error);
  else send(response, answerTo(error));
};

function send(response: Response, { status, headers = {}, body }: Answer): void {
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else response.json(body);
}
