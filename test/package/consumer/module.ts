// A user's code in an ES module; only compiled.

import { Router } from '@koa/router';
import express from 'express';
import Koa from 'koa';
import { AccessError, allOf, anyOf, createAuthorizer, definePermissions, on, PermissionSet, policy } from 'rightful';
import type { Access, PrivilegeStore } from 'rightful';
import { createGuards } from 'rightful/express';
import { createGuards as createKoaGuards } from 'rightful/koa';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';

const permissions = definePermissions({ 'read:contacts': 'See contacts', 'delete:contacts': 'Delete contacts' });
const store: PrivilegeStore = memoryStore({ users: { alice: { permissions: ['read:contacts'] } } });
const test = await createTestIssuer({ audience: 'https://contacts.example' });
const authorizer = createAuthorizer({ issuer: test.issuer, audience: 'https://contacts.example', permissions, store });
const { authenticate, requirePermission, accessOf } = createGuards(authorizer);

export const app = express();
app.use(authenticate());
app.get('/contacts/:id', requirePermission(on('read:contacts', 'contacts:id:{id}')), (request, response) => {
  const id: string = request.params.id;
  const access: Access = accessOf(request);
  response.json({ id, may: access.can('delete:contacts'), who: access.subject.id });
});
app.delete(
  '/contacts/:id',
  requirePermission(
    anyOf(
      'delete:contacts',
      allOf(
        'read:contacts',
        policy('owns it', () => true),
      ),
    ),
  ),
  (_request, response) => void response.end(),
);

const koa = createKoaGuards(authorizer);
const router = new Router();
router.get('/contacts/:id', koa.requirePermission(on('read:contacts', 'contacts:id:{id}')), (ctx) => {
  const id: string | undefined = ctx.params['id'];
  const access: Access = koa.accessOf(ctx);
  ctx.body = { id, may: access.can('delete:contacts'), who: access.subject.id };
});
export const koaApp = new Koa().use(koa.authenticate()).use(router.routes());

export const status = (error: unknown): number => (error instanceof AccessError ? error.status : 500);
export const held: boolean = PermissionSet.from([{ permission: 'read:contacts' }]).has('read:contacts');
