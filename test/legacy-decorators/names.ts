// Compiled, never run: which names a catalogue lets through a legacy decorator, and on what it may stand.

import type { NextFunction, Request, Response } from 'express';
import type { Context, Next } from 'koa';
import { allOf, anyOf, definePermissions, on } from 'rightful';
import type { Access } from 'rightful';
import { createGuards } from 'rightful/express';
import { createGuards as createKoaGuards } from 'rightful/koa';

const permissions = definePermissions({ 'read:contacts': 'See contacts', 'write:contacts': 'Change contacts' });
const { requirePermission } = createGuards({ issuer: 'https://issuer.example/', audience: 'contacts', permissions });

export class Contacts {
  @requirePermission('read:contacts')
  list(_request: Request, response: Response): void {
    response.end();
  }

  @requirePermission(on('read:contacts', 'contacts:id:{id}'))
  async show(request: Request<{ id: string }>, response: Response, next: NextFunction): Promise<void> {
    response.json(request.params.id);
    next();
  }

  @requirePermission((request) =>
    request.method === 'GET' ? 'read:contacts' : allOf('read:contacts', 'write:contacts'),
  )
  static count(_request: Request, response: Response): void {
    response.end();
  }

  // @ts-expect-error a name that is misspelt
  @requirePermission('raed:contacts')
  misspelt(_request: Request, response: Response): void {
    response.end();
  }

  // @ts-expect-error a name that is misspelt, inside
  @requirePermission(anyOf('read:contacts', allOf('write:contacts', on('raed:contacts', 'contacts:id:7'))))
  misspeltInside(_request: Request, response: Response): void {
    response.end();
  }

  // @ts-expect-error a name that is misspelt, in a function
  @requirePermission(() => 'raed:contacts')
  misspeltInFunction(_request: Request, response: Response): void {
    response.end();
  }

  @requirePermission(on('read:contacts', 'contacts:id:{1}'))
  find(access: Access, id: string): string {
    return access.subject.id + id;
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

// @ts-expect-error a class is no method
@requirePermission('read:contacts')
export class Guarded {
  readonly name = 'guarded';
}

// Without a catalogue any text compiles.
const uncatalogued = createGuards({ issuer: 'https://issuer.example/', audience: 'contacts' });

export class Anything {
  @uncatalogued.requirePermission('whatever')
  list(_request: Request, response: Response): void {
    response.end();
  }
}

const koa = createKoaGuards({ issuer: 'https://issuer.example/', audience: 'contacts', permissions });

export class KoaContacts {
  @koa.requirePermission('read:contacts')
  list(ctx: Context): void {
    ctx.body = [];
  }

  @koa.requirePermission((ctx) =>
    ctx.method === 'GET' ? on('read:contacts', 'contacts:id:{id}') : allOf('read:contacts', 'write:contacts'),
  )
  static async show(ctx: Context, next: Next): Promise<void> {
    ctx.body = {};
    await next();
  }

  // @ts-expect-error a name that is misspelt
  @koa.requirePermission('raed:contacts')
  misspelt(ctx: Context): void {
    ctx.body = [];
  }

  // @ts-expect-error a name that is misspelt, in a function
  @koa.requirePermission(() => 'raed:contacts')
  misspeltInFunction(ctx: Context): void {
    ctx.body = [];
  }

  // @ts-expect-error what is no handler cannot be guarded
  @koa.requirePermission('read:contacts')
  sum(one: number, other: number): number {
    return one + other;
  }
}
