// Compiled, never run: what guards let through, and that the types Express infers survive them, for the types of
// Express 5, and in the project `express4` for those of Express 4.

import express from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import { allOf, anyOf, anywhere, createAuthorizer, on, policy } from 'rightful';
import type { Access, BringYourOwnVerifier } from 'rightful';
import { createGuards, fromRequestAuth, fromVerifiedClaims, verifierFrom } from 'rightful/express';
import type { Guard, Guards, Middleware } from 'rightful/express';
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
  requirePermission((request) => on('users:read', `users:id:${String(request.query['id'])}`)),
  requirePermission((request: Request) =>
    request.method === 'GET' ? 'read:contacts' : allOf('write:contacts', 'users:read'),
  ),
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
  // @ts-expect-error in all of any of, on a resource
  requirePermission(allOf('read:contacts', anyOf('write:contacts', on('raed:contacts', 'x:1')))),
  // @ts-expect-error beside a policy
  requirePermission(allOf('raed:contacts', always)),
  // @ts-expect-error what a function answers with
  requirePermission(() => 'raed:contacts'),
  // @ts-expect-error what a function makes of the request
  requirePermission((request) => on('raed:contacts', `contacts:id:${String(request.query['id'])}`)),
  // @ts-expect-error one of what a function answers with
  requirePermission((request) => (request.method === 'GET' ? 'raed:contacts' : 'write:contacts')),
  // @ts-expect-error inside of what a function answers with
  requirePermission(() => allOf('read:contacts', anyOf('write:contacts', 'raed:contacts'))),
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

const owns = policy('owns the contact', (access: Access, request: Request<{ id: string }>) => {
  const id: Equal<typeof request.params, { id: string }> = true;
  return id && access.subject.id === request.params.id && request.query['mine'] !== undefined;
});
const later = policy('owns the contact, says the database', async (access, request: Request) => {
  return access.subject.id === request.params['id'];
});

// What Express infers from a path is what a handler behind guards still has.
const app = express();

app.use(authenticate(), requirePermission('read:contacts'));
app.use('/contacts', authenticate({ required: false }), express.Router());
app.get('/users/:id', requirePermission(on('users:read', 'users:id:{id}')), (request, response) => {
  request.params.id satisfies string;
  const exact: Equal<typeof request.params.id, string> = true;
  // @ts-expect-error the route has no such parameter
  void request.params.name;
  response.json({ exact, id: accessOf(request).subject.id, scopes: optionalAccessOf(request)?.scopes });
});
app.delete(
  '/users/:id/contacts/:contact',
  authenticate(),
  requirePermission(allOf('write:contacts', owns)),
  requirePermission(allOf('write:contacts', later)),
  requirePermission((request) => on('users:read', `users:id:${String(request.params['id'])}`)),
  (request, response) => {
    request.params satisfies { id: string; contact: string };
    // @ts-expect-error the route has no such parameter
    void request.params.name;
    response.end();
  },
);
app.get('/users/:id', [authenticate(), requirePermission('read:contacts')], (_request: Request, response: Response) => {
  response.end();
});
app
  .route('/users/:id')
  .all(requirePermission('read:contacts'))
  .get((request, response) => {
    request.params.id satisfies string;
    response.end();
  });
const router = express.Router({ mergeParams: true });
router.get('/:id', requirePermission('read:contacts'), (request, response) => {
  request.params.id satisfies string;
  // @ts-expect-error the route has no such parameter
  void request.params.name;
  response.end();
});
router.param('id', (request, response, next) => requirePermission('read:contacts')(request, response, next));

// A guard stands where a handler may.
export const handlers: RequestHandler[] = [authenticate(), requirePermission('read:contacts')];
export const middlewares: Middleware[] = [authenticate(), requirePermission('read:contacts')];

// TC39 decorators
export class Contacts {
  @requirePermission('read:contacts')
  list(_request: Request, response: Response): void {
    response.end();
  }

  @requirePermission(on('users:read', 'users:id:{id}'))
  show(request: Request<{ id: string }>, response: Response, next: NextFunction): void {
    response.json(request.params.id);
    next();
  }

  @requirePermission((request) => on('users:read', `users:id:${String(request.query['id'])}`))
  static async find(_request: Request, response: Response): Promise<string> {
    return response.end() && 'found';
  }

  // @ts-expect-error a name that is misspelt
  @requirePermission('raed:contacts')
  misspelt(_request: Request, response: Response): void {
    response.end();
  }

  // @ts-expect-error a name that is misspelt, inside
  @requirePermission(anyOf('read:contacts', allOf('write:contacts', 'raed:contacts')))
  misspeltInside(_request: Request, response: Response): void {
    response.end();
  }

  // @ts-expect-error a name that is misspelt, in a function
  @requirePermission(() => 'raed:contacts')
  misspeltInFunction(_request: Request, response: Response): void {
    response.end();
  }

  // @ts-expect-error what is no handler cannot be guarded
  @requirePermission('read:contacts')
  sum(one: number, other: number): number {
    return one + other;
  }

  // @ts-expect-error a field is no method
  @requirePermission('read:contacts')
  field = (_request: Request, response: Response): void => void response.end();

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

  @requirePermission(on('users:read', 'users:id:{1}'))
  static async show(access: Access<Name>, id: string): Promise<string> {
    return access.can('users:read', id) ? id : '';
  }

  // @ts-expect-error the access is not the first
  @requirePermission('read:contacts')
  second(_id: string, access: Access): string {
    return access.subject.id;
  }

  // @ts-expect-error there is no access
  @requirePermission('read:contacts')
  none(): string {
    return '';
  }

  // @ts-expect-error a name that is misspelt
  @requirePermission('raed:contacts')
  misspelt(access: Access): string {
    return access.subject.id;
  }
}
export const serviceKept: Equal<Services['list'], (access: Access) => string> = true;

// Other people's middleware as the verifier, or before it.
export const verifiers: BringYourOwnVerifier[] = [
  verifierFrom(auth({ issuerBaseURL: issuer, audience })),
  verifierFrom((_request: Request, _response: Response, next: NextFunction) => next()),
  fromRequestAuth(),
  fromVerifiedClaims((request) => request.auth),
  fromVerifiedClaims((request: Request & { auth?: unknown }) => request.auth),
  // @ts-expect-error options are no middleware
  verifierFrom({ issuerBaseURL: issuer, audience }),
  // @ts-expect-error claims are no function
  fromVerifiedClaims({}),
];

// @ts-expect-error a class is no method
@requirePermission('read:contacts')
export class Guarded {
  readonly name = 'guarded';
}

// A decorated method is still what it was.
export const found: Promise<string> = Contacts.find({} as Request, {} as Response);
export const kept: Equal<Contacts['list'], (request: Request, response: Response) => void> = true;
