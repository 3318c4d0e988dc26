import { Router } from '@koa/router';
import Koa from 'koa';
import { definePermissions } from 'rightful';
import { createGuards } from 'rightful/koa';
import { memoryStore } from 'rightful/stores';

const permissions = definePermissions({ 'read:contacts': 'See contacts', 'write:contacts': 'Change contacts' });
const store = memoryStore({ users: { 'auth0|alice': { permissions: ['read:contacts'] } } });
const issuer = process.env['ISSUER'] ?? 'https://your-tenant.eu.auth0.com/';
const audience = 'https://contacts.example/';
const { requirePermission, accessOf } = createGuards({ issuer, audience, permissions, store });

const router = new Router().get('/contacts', requirePermission('read:contacts'), (ctx) => {
  ctx.body = { contacts: ['Bob'], for: accessOf(ctx).subject.id };
});
export const server = new Koa().use(router.routes()).listen(Number(process.env['PORT'] ?? 3000));
