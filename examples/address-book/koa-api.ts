// The address book's API on Koa: the same routes, guards and answers as in api.ts.

import { Router } from '@koa/router';
import type { RouterContext, RouterMiddleware } from '@koa/router';
import Koa from 'koa';
import type { Context, Middleware } from 'koa';
import type { Access } from 'rightful';
import { createGuards, denyUnguarded, mount, publicRoute } from 'rightful/koa';

import { answerTo, noSuchRoute } from './answer.ts';
import type { Answer, Handle } from './answer.ts';
import type { ApiParts } from './api.ts';
import { jsonBodyOf } from './json-body.ts';
import { showAccess, showActions } from './own-access.ts';
import type { Permission } from './permissions.ts';

export function createKoaApi({ authorizer, scopedMachines, asks, calls, administration, web }: ApiParts): Koa {
  const { authenticate, requirePermission, accessOf } = createGuards(authorizer, { realm: 'address-book' });
  const scoped = createGuards(scopedMachines, { realm: 'address-book' });
  const answer = answering(accessOf);

  const router = new Router()
    .get('/me', authenticate(), answer(showAccess))
    .get('/me/actions', authenticate(), answer(showActions(authorizer, asks)))

    .get('/contacts', requirePermission(asks.list), answer(calls.list))
    .post('/contacts', requirePermission(asks.add), answer(calls.add))
    .get('/contacts/:id', requirePermission(asks.show), answer(calls.show))
    .put('/contacts/:id', requirePermission(asks.change), answer(calls.change))
    .delete('/contacts/:id', requirePermission(asks.remove), answer(calls.remove))
    .post('/contacts/:id/share', requirePermission(asks.share), answer(calls.share))

    .get('/export', requirePermission(asks.exportAll), answer(calls.exportAll))
    .get('/export/by-scope', scoped.requirePermission(asks.exportAll), answering(scoped.accessOf)(calls.exportAll));

  const app = new Koa();
  app.use(sendErrors);
  app.use(router.routes());
  app.use(mount(administration));
  app.use(publicRoute());
  app.use(mount(web));
  denyUnguarded(app);
  app.use((ctx) => send(ctx, noSuchRoute(ctx.method, ctx.path)));
  return app;
}

function answering(accessOf: (ctx: RouterContext) => Access<Permission>): (handle: Handle) => RouterMiddleware {
  return (handle) => async (ctx) => {
    const body = await jsonBodyOf(ctx.req);
    send(
      ctx,
      await handle({ access: accessOf(ctx), params: ctx.params, query: new URLSearchParams(ctx.querystring), body }),
    );
  };
}

const sendErrors: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    send(ctx, answerTo(error));
  }
};

function send(ctx: Context, { status, headers = {}, body }: Answer): void {
  ctx.status = status;
  ctx.set({ 'Content-Type': 'application/json; charset=utf-8', ...headers });
  ctx.body = body === undefined ? null : JSON.stringify(body);
}
