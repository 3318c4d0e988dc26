// From koa-jwt.

import { Router } from '@koa/router';
import Koa from 'koa';
import jwt from 'koa-jwt';
import type { PrivilegeStore } from 'rightful';
import { createGuards, fromVerifiedClaims } from 'rightful/koa';

/** What the router makes of an application. */
type Application = Pick<Koa, 'callback'>;

export function before(issuer: string, audience: string, secret: string): Application {
  const app = new Koa();
  const router = new Router();
  // --- koa before
  app.use(jwt({ secret, algorithms: ['HS256'], issuer, audience }));
  router.get('/contacts', (ctx) => {
    if (!ctx['state'].user.scope.split(' ').includes('read:contacts')) ctx.throw(403);
    ctx.body = { for: ctx['state'].user.sub };
  });
  // ---
  return app.use(router.routes());
}

export function after(issuer: string, audience: string, secret: string, store: PrivilegeStore): Application {
  const app = new Koa();
  const router = new Router();
  // --- koa after
  const { requirePermission, accessOf } = createGuards({
    issuer: { issuer, secret, algorithms: ['HS256'] },
    audience,
    store,
  });
  router.get('/contacts', requirePermission('read:contacts'), (ctx) => {
    ctx.body = { for: accessOf(ctx).subject.id };
  });
  // ---
  return app.use(router.routes());
}

export function behindTheMiddleware(
  issuer: string,
  audience: string,
  secret: string,
  store: PrivilegeStore,
): Application {
  const app = new Koa();
  const router = new Router();
  // --- behind koa-jwt
  app.use(jwt({ secret, algorithms: ['HS256'] }));
  const verifier = fromVerifiedClaims((ctx) => ctx.state['user']);
  const { requirePermission, accessOf } = createGuards({ issuer, audience, store, verifier });
  router.get('/contacts', requirePermission('read:contacts'), (ctx) => {
    ctx.body = { for: accessOf(ctx).subject.id };
  });
  // ---
  return app.use(router.routes());
}
