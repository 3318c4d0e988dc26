// The name of a guard goes in, a Koa application comes out that answers behind it.

import { Router } from '@koa/router';
import Koa from 'koa';
import koaJwt from 'koa-jwt';
import { createGuards } from '../../../dist/koa.js';
import { audience, issuer } from '../tokens/tokens.mjs';
import { handWritten } from './by-hand.mjs';
import { answer, routes, scope } from './contract.mjs';
import { ownAuthorizer } from './own.mjs';

/** What stands before the handler; the rival is given what makes it fastest. */
const rivals = {
  unguarded: () => [],
  'by hand': ({ publicKey }) => [byHand(handWritten(publicKey))],
  'koa-jwt': ({ publicKey }) => [koaJwt({ secret: publicKey, issuer, audience, algorithms: ['RS256'] }), scopeNeeded],
};

/** @param {string} guard @param {object} given */
export async function koaApi(guard, given) {
  const app = new Koa();
  // Refusals of rivals are thrown, and what is thrown would be printed.
  app.silent = true;
  const router = new Router();
  const ours = guard === 'rightful' ? createGuards(await ownAuthorizer(given)).requirePermission : undefined;
  const own = (requirement) => (ours === undefined ? rivals[guard](given) : [ours(requirement)]);
  const handler = (ctx) => {
    ctx.body = answer;
  };
  for (const { pattern, requirement } of Object.values(routes)) router.get(pattern, ...own(requirement), handler);
  app.use(router.routes());
  return { listener: app.callback() };
}

function byHand(look) {
  return (ctx, next) => {
    const found = look(ctx.req.headers.authorization);
    if (found.status !== 200) {
      ctx.status = found.status;
      ctx.body = { error: 'refused' };
      return undefined;
    }
    ctx.state.user = found.claims;
    return next();
  };
}

// It knows no scopes: an application looks at them by itself.
function scopeNeeded(ctx, next) {
  if (ctx.state.user.scope.split(' ').includes(scope)) return next();
  ctx.status = 403;
  ctx.body = { error: 'insufficient_scope' };
  return undefined;
}
