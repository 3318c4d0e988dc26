// Compiled, never run: what guards let through on Koa, and that the types of Koa and @koa/router survive them.

import { Router } from '@koa/router';
import type { RouterContext, RouterMiddleware } from '@koa/router';
import Koa from 'koa';
import type { Context, Middleware as KoaMiddleware, Next, ParameterizedContext } from 'koa';
import { allOf, anyOf, anywhere, createAuthorizer, on, policy } from 'rightful';
import type { Access, BringYourOwnVerifier } from 'rightful';
import { createGuards, fromVerifiedClaims } from 'rightful/koa';
import type { Guard, Guards, Middleware } from 'rightful/koa';
import type { Equal } from './equal.ts';
import { authorizer, permissions } from './rightful.ts';

type Name = 'read:contacts' | 'write:contacts' | 'users:read' | 'users:create';

const issuer = 'https://issuer.example/';
const audience = 'https://contacts.example';
declare const anyText: string;
const always = policy('always', () => true);

// Names are inferred from options and from an authorizer.
export const fromOptions = createGuards({ issuer, audience, permissions });
export const fromAuthorizer = createGuards(authorizer, { realm: 'contacts' });
export const inferred: [Equal<typeof fromOptions, Guards<Name>>, Equal<typeof fromAuthorizer, Guards<Name>>] = [
  true,
  true,
];

const { authenticate, requirePermission, accessOf, optionalAccessOf } = fromAuthorizer;

export const guards: Guard[] = [
  requirePermission('read:contacts'),
  fromOptions.requirePermission('read:contacts'),
  requirePermission(on('users:read', 'users:id:{id}')),
  requirePermission(on('users:read', 'users:id:{id}', { id: '7' })),
  requirePermission(anywhere('users:read')),
  requirePermission(allOf('read:contacts', 'write:contacts')),
  requirePermission(anyOf('read:contacts', allOf('write:contacts', on('users:read', 'users:*')))),
  requirePermission(() => 'read:contacts'),
  requirePermission((ctx) => on('users:read', `users:id:${String(ctx.query['id'])}`)),
  requirePermission((ctx: Context) => (ctx.method === 'GET' ? 'read:contacts' : allOf('write:contacts', 'users:read'))),
  requirePermission((ctx: RouterContext) => on('users:read', `users:id:${ctx.params['id'] ?? ''}`)),
];

export const misspelt = [
  // @ts-expect-error a name
  requirePermission('raed:contacts'),
  // @ts-expect-error a name, with guards made from options
  fromOptions.requirePermission('raed:contacts'),
  // @ts-expect-error on a resource
  requirePermission(on('raed:contacts', 'contacts:id:{id}')),
  // @ts-expect-error anywhere
  requirePermission(anywhere('raed:contacts')),
  // @ts-expect-error in all of
  requirePermission(allOf('read:contacts', 'raed:contacts')),
  // @ts-expect-error in any of
  requirePermission(anyOf('read:contacts', 'raed:contacts')),
  // @ts-expect-error in any of all of
  requirePermission(anyOf('read:contacts', allOf('write:contacts', 'raed:contacts'))),
  // @ts-expect-error beside a policy
  requirePermission(allOf('raed:contacts', always)),
  // @ts-expect-error what a function answers with
  requirePermission(() => 'raed:contacts'),
  // @ts-expect-error what a function makes of the request
  requirePermission((ctx) => on('raed:contacts', `contacts:id:${String(ctx.query['id'])}`)),
  // @ts-expect-error one of what a function answers with
  requirePermission((ctx) => (ctx.method === 'GET' ? 'raed:contacts' : 'write:contacts')),
  // @ts-expect-error inside of what a function answers with
  requirePermission(() => allOf('read:contacts', anyOf('write:contacts', 'raed:contacts'))),
  // @ts-expect-error a function of something else than the context
  requirePermission((id: number) => (id === 7 ? 'read:contacts' : 'write:contacts')),
  // @ts-expect-error any text
  requirePermission(anyText),
  // @ts-expect-error what is answered later
  requirePermission(async () => 'read:contacts' as const),
  // @ts-expect-error nothing
  requirePermission(),
  // @ts-expect-error nothing at all
  requirePermission(undefined),
  // @ts-expect-error a list
  requirePermission(['read:contacts']),
  // @ts-expect-error two
  requirePermission('read:contacts', 'write:contacts'),
  // @ts-expect-error options that there are not
  authenticate({ optional: true }),
  // @ts-expect-error guard options that there are not
  createGuards(authorizer, { relm: 'contacts' }),
  // @ts-expect-error a coarse scope of a name that is misspelt
  createGuards({ issuer, audience, permissions, scopePermissions: { contacts: ['raed:contacts'] } }),
];

// Without a catalogue any text compiles.
const uncatalogued = createGuards({ issuer, audience });
export const anything: Guard[] = [
  uncatalogued.requirePermission('whatever'),
  uncatalogued.requirePermission(anyText),
  uncatalogued.requirePermission(allOf('whatever', anyOf(on('it', 'is:1'), anywhere('called')))),
  uncatalogued.requirePermission(() => 'whatever'),
  createGuards(createAuthorizer({ issuer, audience })).requirePermission('whatever'),
];

const owns = policy('owns the contact', (access: Access, ctx: RouterContext) => {
  return access.subject.id === ctx.params['id'] && ctx.query['mine'] !== undefined;
});

const refusals = createGuards(authorizer, {
  onRefusal: async (error, ctx, next) => {
    ctx.status = error.status;
    ctx.set(error.headers);
    ctx.body = { code: error.code, path: ctx.path };
    await next();
  },
});

// Applications and routers, without types of their own and with them.
const app = new Koa();
app.use(authenticate()).use(requirePermission('read:contacts'));
app.use(async (ctx, next) => {
  ctx.body = [accessOf(ctx).subject.id, optionalAccessOf(ctx)?.scopes];
  await next();
});

const router = new Router();
// A handler behind guards has the parameters that it has without them.
router.get('/users/:id', (ctx) => {
  const params: Equal<typeof ctx.params, RouterContext['params']> = true;
  ctx.body = params;
});
router.get('/users/:id', requirePermission(on('users:read', 'users:id:{id}')), (ctx) => {
  const params: Equal<typeof ctx.params, RouterContext['params']> = true;
  const id: string | undefined = ctx.params['id'];
  // @ts-expect-error a parameter is a text
  const number: number = ctx.params['id'];
  // @ts-expect-error a status is a number
  ctx.status = 'fine';
  ctx.body = { params, id, number, who: accessOf(ctx).subject.id };
});
router.delete(
  '/users/:id/contacts/:contact',
  authenticate(),
  requirePermission(allOf('write:contacts', owns)),
  refusals.requirePermission((ctx) => on('users:read', `users:id:${String(ctx['params'])}`)),
  (ctx, next) => {
    ctx.params satisfies Record<string, string>;
    // @ts-expect-error a parameter is a text
    ctx.params['id'] satisfies number;
    return next();
  },
);
router.use('/contacts', authenticate({ required: false }), requirePermission('read:contacts'));
router.all('name', '/contacts', requirePermission('read:contacts'), (ctx) => void (ctx.body = ctx.params['id']));
router.param('id', (_id, ctx, next) => requirePermission('read:contacts')(ctx, next));
app.use(router.routes());

interface State {
  tenant: string;
}
interface Extra {
  log(text: string): void;
}

const typed = new Koa<State, Extra>();
typed.use(authenticate());
typed.use(requirePermission('read:contacts'));
typed.use((ctx) => {
  const tenant: Equal<typeof ctx.state, State> = true;
  ctx.log(`${ctx.state.tenant} ${String(tenant)} ${accessOf(ctx).subject.id}`);
  // @ts-expect-error the state has no such member
  void ctx.state.name;
});
const typedRouter = new Router<State, Extra>();
typedRouter.get('/users/:id', authenticate(), requirePermission('read:contacts'), (ctx) => {
  ctx.log(`${ctx.state.tenant} ${ctx.params['id'] ?? ''}`);
  // @ts-expect-error the state has no such member
  void ctx.state.name;
  // @ts-expect-error a parameter is a text
  ctx.params['id'] satisfies number;
});
typed.use(typedRouter.routes());

// A guard stands where a middleware may.
export const middlewares: Middleware[] = [authenticate(), requirePermission('read:contacts')];
export const ofKoa: KoaMiddleware[] = [authenticate(), requirePermission('read:contacts')];
export const ofKoaTyped: KoaMiddleware<State, Extra>[] = [authenticate(), requirePermission('read:contacts')];
export const ofTheRouter: RouterMiddleware[] = [authenticate(), requirePermission('read:contacts')];

// TC39 decorators
export class Contacts {
  @requirePermission('read:contacts')
  list(ctx: Context): void {
    ctx.body = [];
  }

  @requirePermission(on('users:read', 'users:id:{id}'))
  async show(ctx: RouterContext, next: Next): Promise<void> {
    ctx.body = ctx.params['id'];
    await next();
  }

  @requirePermission('read:contacts')
  typed(ctx: ParameterizedContext<State, Extra>): string {
    return ctx.state.tenant;
  }

  @requirePermission((ctx) => on('users:read', `users:id:${String(ctx.query['id'])}`))
  static async find(_ctx: Context): Promise<string> {
    return 'found';
  }

  // @ts-expect-error a name that is misspelt
  @requirePermission('raed:contacts')
  misspelt(ctx: Context): void {
    ctx.body = [];
  }

  // @ts-expect-error a name that is misspelt, inside
  @requirePermission(anyOf('read:contacts', allOf('write:contacts', 'raed:contacts')))
  misspeltInside(ctx: Context): void {
    ctx.body = [];
  }

  // @ts-expect-error a name that is misspelt, in a function
  @requirePermission(() => 'raed:contacts')
  misspeltInFunction(ctx: Context): void {
    ctx.body = [];
  }

  // @ts-expect-error what is no handler cannot be guarded
  @requirePermission('read:contacts')
  sum(one: number, other: number): number {
    return one + other;
  }

  // @ts-expect-error a field is no method
  @requirePermission('read:contacts')
  field = (ctx: Context): void => void (ctx.body = []);

  // @ts-expect-error a getter is no method
  @requirePermission('read:contacts')
  get getter(): number {
    return 1;
  }
}

// Away from HTTP the first argument is an Access.
export class Services {
  @requirePermission('read:contacts')
  list(access: Access): string {
    return access.subject.id;
  }

  // @ts-expect-error the access is not the first
  @requirePermission('read:contacts')
  second(_id: string, access: Access): string {
    return access.subject.id;
  }
}

export const verifier: BringYourOwnVerifier = fromVerifiedClaims((ctx) => ctx.state['user']);

// @ts-expect-error a class is no method
@requirePermission('read:contacts')
export class Guarded {
  readonly name = 'guarded';
}

// A decorated method is still what it was.
export const found: Promise<string> = Contacts.find({} as Context);
export const kept: Equal<Contacts['list'], (ctx: Context) => void> = true;

// What a guard returns can be waited for.
export const awaited = async (ctx: Context, next: Next): Promise<unknown> =>
  requirePermission('read:contacts')(ctx, next);
