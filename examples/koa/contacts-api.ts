// A small API on Koa, whole: what may be done there, who may do it, its routes by a router and by a class, and nothing forgotten.

import { Router } from '@koa/router';
import type { RouterContext } from '@koa/router';
import Koa from 'koa';
import { allOf, anywhere, createAuthorizer, definePermissions, on, policy } from 'rightful';
import { createGuards, denyUnguarded, publicRoute } from 'rightful/koa';
import { memoryStore } from 'rightful/stores';

const permissions = definePermissions({
  'read:contacts': { description: 'See contacts', on: ['contacts:id:*'] },
  'delete:contacts': { description: 'Remove contacts', on: ['contacts:id:*'] },
});

const store = memoryStore({
  users: {
    'auth0|alice': { permissions: ['read:contacts', 'delete:contacts'] },
    'auth0|bob': { permissions: [{ permission: 'read:contacts', on: 'contacts:id:2' }] },
  },
});

interface Contact {
  readonly id: string;
  readonly name: string;
  /** The user who wrote it down. */
  readonly owner: string;
}

/** `issuer`: who signs the tokens. `log` hears of what is nobody's fault but the operator's: no access decided, no guard. */
export function contactsApi(issuer: string, log: (line: string) => void = console.error): Koa {
  const contacts = new Map<string, Contact>(
    [
      { id: '1', name: 'Carol', owner: 'auth0|alice' },
      { id: '2', name: 'Dave', owner: 'auth0|bob' },
    ].map((contact) => [contact.id, contact]),
  );
  const authorizer = createAuthorizer({
    issuer,
    audience: 'https://contacts.example/',
    permissions,
    store,
    onRefused: ({ status, code }) => {
      if (status === 503) log(code);
    },
  });
  const { authenticate, requirePermission, accessOf } = createGuards(authorizer);

  const ownsIt = policy('owns the contact', ({ subject }, ctx: RouterContext) => {
    return contacts.get(ctx.params['id'] ?? '')?.owner === subject.id;
  });

  // By a class: the guard is a decorator, and the method is the handler.
  class ContactsController {
    @requirePermission(on('read:contacts', 'contacts:id:{id}'))
    show(ctx: RouterContext): void {
      ctx.body = contacts.get(ctx.params['id'] ?? '');
    }

    @requirePermission(allOf(on('delete:contacts', 'contacts:id:{id}'), ownsIt))
    remove(ctx: RouterContext): void {
      contacts.delete(ctx.params['id'] ?? '');
      ctx.status = 204;
    }
  }

  const controller = new ContactsController();
  const router = new Router()
    .get('/health', publicRoute(), (ctx) => {
      ctx.body = 'ok';
    })
    .get('/me', authenticate(), (ctx) => {
      const { subject, permissions: may } = accessOf(ctx);
      ctx.body = { id: subject.id, may: may.list() };
    })
    // By the router: whoever may see some contact sees those.
    .get('/contacts', requirePermission(anywhere('read:contacts')), (ctx) => {
      const access = accessOf(ctx);
      ctx.body = [...contacts.values()].filter(({ id }) => access.can('read:contacts', `contacts:id:${id}`));
    })
    // As they are, so that `routesOf` sees their guards; they use no `this`.
    // oxlint-disable-next-line typescript/unbound-method
    .get('/contacts/:id', controller.show)
    // oxlint-disable-next-line typescript/unbound-method
    .delete('/contacts/:id', controller.remove);

  const app = new Koa();
  app.use(router.routes());
  denyUnguarded(app, { onUnguarded: ({ message }) => log(message) });
  return app;
}
