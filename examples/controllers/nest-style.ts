// Controllers in the style of NestJS: what a method needs is handed to it, here an `Access` and parameters of the path, and what it
// throws is answered by a filter. A registry of thirty lines stands in for the framework.

import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { AccessError, createAuthorizer, on } from 'rightful';
import type { Access, AuthorizerOptions } from 'rightful';
import { createGuards } from 'rightful/express';

type Handler = (access: Access, ...parameters: string[]) => unknown;
type Route = { readonly path: string; readonly name: string | symbol };

const routes = new WeakMap<object, Route[]>();

function Get(path: string) {
  return <This extends object, Given extends [Access, ...string[]]>(
    _method: (this: This, ...given: Given) => unknown,
    context: ClassMethodDecoratorContext<This>,
  ): void => {
    context.addInitializer(function (this: This) {
      routes.set(this, [...(routes.get(this) ?? []), { path, name: context.name }]);
    });
  };
}

export function contactsApp(options: AuthorizerOptions): Express {
  const { authenticate, requirePermission, accessOf } = createGuards(createAuthorizer(options));

  // A service knows nothing of HTTP: whoever calls it hands on the access, and is held to it.
  class ContactsService {
    readonly #names = new Map([['7', 'Bob']]);

    @requirePermission(on('read:contacts', 'contacts:id:{1}'))
    find(_access: Access, id: string): string | undefined {
      return this.#names.get(id);
    }
  }

  class ContactsController {
    readonly #contacts = new ContactsService();

    @Get('/contacts')
    @requirePermission('read:contacts')
    async list(access: Access): Promise<object> {
      return { contacts: ['Bob'], for: access.subject.id };
    }

    @Get('/contacts/:id')
    show(access: Access, id: string): object {
      return { contact: this.#contacts.find(access, id) };
    }
  }

  const app = express().use(authenticate());
  const controller: object = new ContactsController();
  for (const { path, name } of routes.get(controller) ?? []) {
    app.get(path, async (req, res) => {
      const handler = (controller as Record<string | symbol, Handler>)[name] as Handler;
      res.json(await handler.call(controller, accessOf(req), ...Object.values(req.params).map(String)));
    });
  }
  return app.use(filter);
}

/** Answers what the methods throw, as an exception filter does. */
function filter(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  if (!(error instanceof AccessError)) return next(error);
  res.status(error.status).set(error.headers).json({ code: error.code, message: error.message });
}
