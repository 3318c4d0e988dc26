// Controllers in the style of routing-controllers: methods take the request and the response, and what they return is answered
// as JSON. A registry of twenty lines stands in for the framework.

import express from 'express';
import type { Express, Request, Response } from 'express';
import { on } from 'rightful';
import type { AuthorizerOptions } from 'rightful';
import { createGuards } from 'rightful/express';

type Handler = (req: Request, res: Response) => unknown;
type Route = { readonly path: string; readonly name: string | symbol };

const routes = new WeakMap<object, Route[]>();

function Get(path: string) {
  return <This extends object, Given extends [Request<never>, Response]>(
    _method: (this: This, ...given: Given) => unknown,
    context: ClassMethodDecoratorContext<This>,
  ): void => {
    context.addInitializer(function (this: This) {
      routes.set(this, [...(routes.get(this) ?? []), { path, name: context.name }]);
    });
  };
}

function createExpressServer(...controllers: readonly object[]): Express {
  const app = express();
  for (const controller of controllers) {
    for (const { path, name } of routes.get(controller) ?? []) {
      app.get(path, async (req, res) => {
        const handler = (controller as Record<string | symbol, Handler>)[name] as Handler;
        const answer = await handler.call(controller, req, res);
        if (!res.headersSent) res.json(answer); // a guard that refuses has answered
      });
    }
  }
  return app;
}

export function contactsApp(options: AuthorizerOptions): Express {
  const { requirePermission, accessOf } = createGuards(options);

  class ContactsController {
    readonly #names = new Map([['7', 'Bob']]);

    @Get('/contacts')
    @requirePermission('read:contacts')
    async list(req: Request, _res: Response): Promise<object> {
      return { contacts: [...this.#names.values()], for: accessOf(req).subject.id };
    }

    @Get('/contacts/:id')
    @requirePermission(on('read:contacts', 'contacts:id:{id}'))
    show(req: Request<{ id: string }>, _res: Response): object {
      return { contact: this.#names.get(req.params.id) };
    }
  }

  return createExpressServer(new ContactsController());
}
