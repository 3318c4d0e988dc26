// A web-standard handler behind Express and Koa: what it is handed, what is sent, and what the search for forgotten guards sees of it.

import { createServer, request as send } from 'node:http';
import { connect } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import Koa3 from 'koa';
import { createAuthorizer } from 'rightful';
import * as onExpress from 'rightful/express';
import * as onKoa from 'rightful/koa';
import { expresses, listen, stopServers } from './frameworks.ts';
import { koas } from './koa-applications.ts';

afterAll(stopServers);

type Handler = ((request: Request) => Promise<Response> | Response) & { handles?: (path: string) => boolean };

interface Applications {
  name: string;
  serve(handler: Handler, options?: { at?: string; parses?: boolean }): Promise<string>;
}

const applications: Applications[] = [
  ...expresses.map(({ name, express: library }) => ({
    name,
    async serve(handler: Handler, { at = '/', parses = false } = {}): Promise<string> {
      const app = library();
      if (parses) app.use(library.json());
      app.use(at, onExpress.mount(handler));
      app.use((_: unknown, response: express.Response) => void response.status(404).send('the application'));
      app.use((_: unknown, __: unknown, response: express.Response, next: unknown) => {
        if (typeof next === 'function') response.status(500).send('failed');
      });
      return listen(createServer(app));
    },
  })),
  ...koas.map(({ name, Koa }) => ({
    name,
    async serve(handler: Handler, { at = '/', parses = false } = {}): Promise<string> {
      const app = new Koa();
      app.silent = true;
      if (parses) {
        app.use(async (ctx, next) => {
          const parts: Buffer[] = [];
          for await (const part of ctx.req) parts.push(part as Buffer);
          Object.assign(ctx.request, { body: JSON.parse(Buffer.concat(parts).toString()) as unknown });
          await next();
        });
      }
      const mounted = onKoa.mount(handler) as Koa3.Middleware;
      app.use(async (ctx, next) => {
        if (at === '/') return mounted(ctx, next);
        // As koa-mount does it.
        const { path } = ctx;
        if (!path.startsWith(`${at}/`)) return next();
        ctx.path = path.slice(at.length);
        await mounted(ctx, next);
        ctx.path = path;
      });
      app.use((ctx) => {
        ctx.status = 404;
        ctx.body = 'the application';
      });
      return listen(createServer(app.callback()));
    },
  })),
];

describe.each(applications)('mount on $name', ({ serve }) => {
  it('hands on method, path, query, headers and body as they were sent', async () => {
    const address = await serve(async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      return Response.json({ method, pathname, search, type: headers.get('x-type'), body: await request.text() });
    });
    const response = await fetch(`${address}/a/auth0%7Cb%2Fc?x=%2F&y=1`, {
      method: 'POST',
      body: 'text',
      headers: { 'x-type': 'one' },
    });
    expect(await response.json()).toEqual({
      method: 'POST',
      pathname: '/a/auth0%7Cb%2Fc',
      search: '?x=%2F&y=1',
      type: 'one',
      body: 'text',
    });
  });

  it('matches the path below where it is mounted', async () => {
    const address = await serve(({ url }) => new Response(new URL(url).pathname), { at: '/tenant' });
    expect(await (await fetch(`${address}/tenant/api%2Fv2`)).text()).toBe('/api%2Fv2');
  });

  it('sends status, headers, several cookies and a stream', async () => {
    const address = await serve(() => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const part of ['one ', 'two']) controller.enqueue(new TextEncoder().encode(part));
          controller.close();
        },
      });
      const response = new Response(body, { status: 418, headers: { 'x-kind': 'tea' } });
      for (const cookie of ['a=1', 'b=2']) response.headers.append('set-cookie', cookie);
      return response;
    });
    const response = await fetch(address);
    expect([response.status, response.headers.get('x-kind'), await response.text()]).toEqual([418, 'tea', 'one two']);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('sends no body where there is none', async () => {
    const address = await serve(() => new Response(null, { status: 204 }));
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(address, { method: 'HEAD' })).status).toBe(204);
  });

  it('leaves what the handler does not handle to the application, with its body unread', async () => {
    const handler = Object.assign(() => new Response('ours'), { handles: (path: string) => path.startsWith('/ours') });
    const address = await serve(handler);
    expect(await (await fetch(`${address}/ours`)).text()).toBe('ours');
    expect(await (await fetch(`${address}/theirs`, { method: 'POST', body: 'x' })).text()).toBe('the application');
  });

  it('hands on what a parser of the application has read', async () => {
    const address = await serve(async (request) => Response.json(await request.json()), { parses: true });
    const response = await fetch(address, {
      method: 'POST',
      body: JSON.stringify({ a: 'ä' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(await response.json()).toEqual({ a: 'ä' });
  });

  it('gives what a handler throws to the application', async () => {
    const address = await serve(() => {
      throw new Error('broken');
    });
    expect((await fetch(address)).status).toBe(500);
  });

  it('takes no host and no path from who asks for more than they are', async () => {
    const seen: string[] = [];
    const address = await serve(({ url }) => {
      seen.push(url);
      return new Response('seen');
    });
    const { port } = new URL(address);
    const raw = async (target: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.end(`GET ${target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
        });
        socket
          .on('data', () => undefined)
          .on('close', () => resolve())
          .on('error', reject);
      });
    for (const target of ['//other.example/x', '/\\other.example/x', '/x']) await raw(target);
    expect(seen.map((url) => new URL(url).host)).toEqual(seen.map(() => 'localhost'));
    expect(seen.at(-1)).toBe('http://localhost/x');
  });

  it('answers a method that no web request can have (Fetch section 2.2.1) by itself, and leaves that of others alone', async () => {
    const seen: string[] = [];
    const handler: Handler = Object.assign(
      (request: Request) => {
        seen.push(request.method);
        return new Response('handled');
      },
      { handles: (path: string) => path === '/ours' },
    );
    const { port } = new URL(await serve(handler));
    const traced = async (path: string): Promise<string> => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(`TRACE ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n`);
      let answer = '';
      for await (const part of socket) answer += String(part);
      return answer;
    };
    const answer = await traced('/ours');
    expect(answer).toMatch(/^HTTP\/1\.1 501 /);
    // Nothing of what was sent (RFC 9110 section 9.3.8), and nothing of what is behind it.
    expect(answer).not.toMatch(/Bearer|TypeError|failed/);
    expect(await traced('/others')).toContain('the application');
    expect(seen).toEqual([]);
  });

  it('tells the handler when who asked is gone', async () => {
    let gone: (() => void) | undefined;
    const isGone = new Promise<void>((resolve) => (gone = resolve));
    const address = await serve(({ signal }) => {
      signal.addEventListener('abort', () => gone?.());
      return new Promise<Response>(() => undefined);
    });
    const asking = send(address);
    asking.on('error', () => undefined);
    asking.end();
    setTimeout(() => asking.destroy(), 100);
    await isGone;
  });
});

describe('the search for forgotten guards', () => {
  const handler = (): Response => new Response('ours');
  const authorizer = createAuthorizer({ issuer: 'https://issuer.example', audience: 'x' });
  afterAll(() => authorizer.close());

  it('cannot see into a handler on Express, and says so, unless a guard stands before it', () => {
    const app = express();
    app.use('/hooks', onExpress.mount(handler));
    expect(onExpress.unguardedRoutes(app)).toMatchObject([{ requirement: 'cannot be seen' }]);
    expect(() => onExpress.denyUnguarded(app)).toThrow(TypeError);
    const guarded = express();
    const { authenticate } = onExpress.createGuards(authorizer);
    guarded.use('/hooks', authenticate(), onExpress.mount(handler));
    expect(onExpress.unguardedRoutes(guarded)).toEqual([]);
  });

  it('cannot see into a handler on Koa, and says so, unless a guard stands before it', () => {
    const app = new Koa3();
    app.use(onKoa.mount(handler) as Koa3.Middleware);
    expect(onKoa.unguardedRoutes(app)).toMatchObject([{ requirement: 'cannot be seen' }]);
    expect(() => onKoa.denyUnguarded(app)).toThrow(TypeError);
    const guarded = new Koa3();
    const { authenticate } = onKoa.createGuards(authorizer);
    guarded.use(authenticate() as Koa3.Middleware);
    guarded.use(onKoa.mount(handler) as Koa3.Middleware);
    expect(onKoa.unguardedRoutes(guarded)).toEqual([]);
  });

  it.each([undefined, {}, 'x'])('a handler that is %p is a TypeError', (wrong) => {
    expect(() => onExpress.mount(wrong as never)).toThrow(TypeError);
    expect(() => onKoa.mount(wrong as never)).toThrow(TypeError);
  });
});
