// What the tests of the walk over routes are run on: for each framework its doors, and an application served on loopback.

import { Agent, createServer, request as send } from 'node:http';
import type { RequestListener } from 'node:http';
import { Router as KoaRouter } from '@koa/router';
import type { Express } from 'express';
import type Koa from 'koa';
import * as expressDoor from 'rightful/express';
import * as koaDoor from 'rightful/koa';
import { expresses, listen } from './frameworks.ts';
import { koas } from './koa-applications.ts';
import { options } from './scene.ts';

export const express = expressDoor.createGuards(options());
export const koa = koaDoor.createGuards(options());

/** A route as the shapes of the common table are made of. */
export interface PlainRoute {
  readonly method: 'get' | 'post' | 'all';
  readonly path: string;
  /** In order; `handler` stands for one that answers, `middleware` for one that goes on. */
  readonly chain: readonly unknown[];
}

/** One framework, with the same names whichever it is. */
export interface Routing {
  readonly name: string;
  readonly guards: typeof express;
  readonly door: typeof expressDoor;
  /** An application with one router, guards first. */
  create(routes: readonly PlainRoute[], above?: readonly unknown[]): { app: Routed; add(route: PlainRoute): void };
  listener(app: Routed): RequestListener;
}

export type Routed = Parameters<typeof expressDoor.routesOf>[0];

export const handler = Symbol('a handler');
export const middleware = Symbol('middleware');

export const routings: readonly Routing[] = [
  ...expresses.map(({ name, express: library }): Routing => {
    const functions = (chain: readonly unknown[]): never[] =>
      chain.map((one) => {
        if (one === handler) return (_: unknown, res: { end(text: string): void }) => res.end('handled');
        return one === middleware ? (_: unknown, __: unknown, next: () => void) => next() : one;
      }) as never[];
    return {
      name,
      guards: express,
      door: expressDoor,
      create(routes, above = []) {
        const app = library();
        for (const one of functions(above)) app.use(one);
        const add = ({ method, path, chain }: PlainRoute): void => void app[method](path, ...functions(chain));
        routes.forEach(add);
        return { app, add };
      },
      listener: (app) => app as unknown as Express,
    };
  }),
  ...koas.map(({ name, Koa: Library }): Routing => {
    const functions = (chain: readonly unknown[]): never[] =>
      chain.map((one) => {
        if (one === handler) return (ctx: { body: unknown }) => void (ctx.body = 'handled');
        return one === middleware ? (_: unknown, next: () => unknown) => next() : one;
      }) as never[];
    return {
      name,
      guards: koa as unknown as typeof express,
      door: koaDoor as unknown as typeof expressDoor,
      create(routes, above = []) {
        const app = new Library();
        const router = new KoaRouter();
        for (const one of functions(above)) app.use(one);
        const add = ({ method, path, chain }: PlainRoute): void => void router[method](path, ...functions(chain));
        routes.forEach(add);
        app.use(router.routes() as Parameters<Koa['use']>[0]);
        return { app, add };
      },
      listener: (app) => (app as unknown as Koa).callback(),
    };
  }),
];

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type: string | undefined;
}

const agent = new Agent({ keepAlive: true });

/** Sends paths as they are, also those that `fetch` would tidy. */
export async function served(listener: RequestListener): Promise<(path: string, given?: Sent) => Promise<Answer>> {
  const address = await listen(createServer(listener));
  const port = Number(new URL(address).port);
  return (path, { method = 'GET', headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const sent = send({ port, path, method, headers, agent }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, type: response.headers['content-type'] }),
        );
      });
      sent.on('error', reject).end();
    });
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}
