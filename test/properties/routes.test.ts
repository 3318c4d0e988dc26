// Random routers, one in the other: what the walk says of each route is what happens to requests without a token.

import type { RequestListener } from 'node:http';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Router as KoaRouter } from '@koa/router';
import type { RouterMiddleware } from '@koa/router';
import type { RequestHandler, Router } from 'express';
import * as fc from 'fast-check';
import type Koa from 'koa';
import { denyUnguarded as denyExpress, routesOf as expressRoutes } from 'rightful/express';
import { denyUnguarded as denyKoa, routesOf as koaRoutes } from 'rightful/koa';
import { expresses, stopServers } from '../flow/frameworks.ts';
import { koas } from '../flow/koa-applications.ts';
import { express as expressGuards, koa as koaGuards, served } from '../flow/routing.ts';

/** What is given to `use`. */
type Use = 'guard' | 'middleware' | 'recovery' | 'failing';

/** What looks at the parameter `p` of everything in its router, and leaves it. */
type Leaving = { readonly kind: 'leaving'; readonly path: string };

/** Something in a router, in order. */
type Item =
  | Leaving
  | { readonly kind: Use; readonly path: string }
  | { readonly kind: 'route'; readonly path: string; readonly isGuarded: boolean; readonly isUsed: boolean }
  | {
      readonly kind: 'router';
      readonly path: string;
      readonly isApplication: boolean;
      readonly items: readonly Item[];
    };

const paths = fc.constantFrom('/', '/', '/', '/', '/a', '/b', '/a/b', '/:p', '/a/:q', '/B', '/1');
const kinds = fc.constantFrom<Use[]>(
  'guard',
  'guard',
  'guard',
  'middleware',
  'recovery',
  'recovery',
  'failing',
  'failing',
);
const leaf: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ kind: kinds, path: paths }),
  fc.record({
    kind: fc.constant('route' as const),
    path: paths,
    isGuarded: fc.boolean(),
    // A function without `next` that `use` is given in place of a route.
    isUsed: fc.constantFrom(false, false, false, true),
  }),
  fc.record({ kind: fc.constantFrom('middleware' as const, 'leaving' as const), path: paths }),
);
const { items } = fc.letrec<{ items: Item[]; item: Item }>((tie) => ({
  items: fc.array(tie('item'), { minLength: 1, maxLength: 6 }),
  item: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constant('router' as const),
      path: paths,
      isApplication: fc.boolean(),
      items: tie('items'),
    }),
  ),
}));

/** What failed before the guard goes on behind it. */
const goneOn: Item[] = [
  ...(['failing', 'guard', 'recovery'] as const).map((kind) => ({ kind, path: '/' })),
  { kind: 'route', path: '/', isGuarded: false, isUsed: false },
];

/** An application, and the routes in it by the last part of their path, which no other one has. */
interface Built {
  /** Whether a route that is not said to be guarded must be handled. */
  readonly isExact: boolean;
  readonly audit: readonly { readonly path: string; readonly guarded: boolean; readonly notes: readonly string[] }[];
  readonly listener: RequestListener;
}

/** The same path in ways that some routers take for the same. */
function spellings(path: string): string[] {
  const doubled = [...path.matchAll(/\//g)].map(({ index }) => `${path.slice(0, index)}/${path.slice(index)}`);
  return [path, path.toUpperCase(), `${path}/`, path.replace('/a', '/%61'), ...doubled];
}

/** The last part of a path names the route. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

let current: RequestListener;
const call = await served((request, response) => current(request, response));

async function check({ audit, listener, isExact }: Built, isDenying: boolean): Promise<void> {
  current = listener;
  for (const { path, guarded, notes } of audit) {
    const plain = path.replaceAll(/:\w+/g, 'z');
    const name = nameOf(plain);
    const spelt = spellings(plain);
    const answers = await Promise.all(spelt.map((spelling) => call(spelling)));
    for (const [index, { status, body }] of answers.entries()) {
      const spelling = spelt[index];
      const isHandled = body === name;
      if (guarded || isDenying) expect({ path, spelling, isHandled }).toEqual({ path, spelling, isHandled: false });
      if (spelling !== plain || isDenying) continue;
      // What fails on its way, or is not certain, comes to no handler either.
      if (guarded && isExact) expect({ path, status }).toEqual({ path, status: 401 });
      if (!guarded && isExact && notes.length === 0) expect({ path, isHandled }).toEqual({ path, isHandled: true });
    }
  }
}

const expressGuard = expressGuards.authenticate() as RequestHandler;

const uses: Readonly<Record<Use, unknown>> = {
  guard: expressGuard,
  middleware: (_req: unknown, _res: unknown, next: () => void) => next(),
  recovery: (_error: unknown, _req: unknown, _res: unknown, next: () => void) => next(),
  failing: (_req: unknown, _res: unknown, next: (error: Error) => void) => next(new Error('failing')),
};

function buildExpress({ express }: (typeof expresses)[number], all: readonly Item[], denies: boolean): Built {
  let count = 0;
  const fill = (router: Router, list: readonly Item[]): Router => {
    for (const item of list) {
      if (item.kind === 'route') {
        const name = `r${(count += 1)}`;
        const end: RequestHandler = (_, res) => void res.end(name);
        const chain = item.isGuarded ? [expressGuard, end] : [end];
        const path = `${item.path === '/' ? '' : item.path}/${name}`;
        if (item.isUsed) router.use(path, ...chain);
        else router.get(path, ...chain);
      } else if (item.kind === 'leaving') {
        router.param('p', ((_req: unknown, _res: unknown, next: (to: string) => void) => next('route')) as never);
      } else if (item.kind === 'router') {
        router.use(item.path, fill(item.isApplication ? express() : express.Router(), item.items));
      } else router.use(item.path, uses[item.kind] as RequestHandler);
    }
    return router;
  };
  const app = express();
  fill(app, all);
  if (denies) denyExpress(app, { onUnguarded: () => undefined });
  app.use(((_e: unknown, _q: unknown, res: { statusCode: number; end(): void }, _n: unknown) => {
    res.statusCode = 418;
    res.end();
  }) as never);
  return {
    audit: expressRoutes(app),
    listener: app,
    isExact: !hasGuardBeside(all) && !has('failing', all) && !has('leaving', all),
  };
}

/** Requests that pass through a router on their way to the next one meet its guards, which the walk does not rely on. */
function hasGuardBeside(all: readonly Item[]): boolean {
  return all.some((item) => item.kind === 'router' && (has('guard', item.items) || hasGuardBeside(item.items)));
}

function has(kind: Use | 'leaving', all: readonly Item[]): boolean {
  return all.some((item) => item.kind === kind || (item.kind === 'router' && has(kind, item.items)));
}

const koaGuard = koaGuards.authenticate() as unknown as RouterMiddleware;

function buildKoa({ Koa: Library }: (typeof koas)[number], all: readonly Item[], denies: boolean): Built {
  let count = 0;
  const fill = (router: KoaRouter, list: readonly Item[]): KoaRouter => {
    for (const item of list) {
      // `use` with no path is another thing here than `use` at the root.
      const use = (one: RouterMiddleware): unknown =>
        item.path === '/' ? router.use(one) : router.use(item.path, one);
      if (item.kind === 'route') {
        const name = `r${(count += 1)}`;
        const end: RouterMiddleware = (ctx) => void (ctx.body = name);
        const chain = item.isGuarded ? [koaGuard, end] : [end];
        const path = `${item.path === '/' ? '' : item.path}/${name}`;
        if (item.isUsed) router.use(path, ...chain).get(path, ...chain);
        else router.get(path, ...chain);
      } else if (item.kind === 'router') {
        const isPrefixed = item.isApplication && item.path !== '/';
        const inner = fill(new KoaRouter(isPrefixed ? { prefix: item.path } : {}), item.items).routes();
        if (isPrefixed) router.use(inner);
        else use(inner as RouterMiddleware);
      } else use(item.kind === 'guard' ? koaGuard : (_, next) => next());
    }
    return router;
  };
  const app = new Library();
  app.use(fill(new KoaRouter(), all).routes() as Parameters<Koa['use']>[0]);
  if (denies) denyKoa(app, { onUnguarded: () => undefined });
  return { audit: koaRoutes(app), listener: app.callback(), isExact: true };
}

const builders = [
  ...expresses.map(
    (one) => [one.name, (all: readonly Item[], denies: boolean) => buildExpress(one, all, denies)] as const,
  ),
  ...koas.map((one) => [one.name, (all: readonly Item[], denies: boolean) => buildKoa(one, all, denies)] as const),
];

/** @koa/router cannot nest a router with a path of its own and guards below a parameter. */
function made(build: (typeof builders)[number][1], all: readonly Item[], denies: boolean): Built {
  try {
    return build(all, denies);
  } catch (error) {
    fc.pre(!String(error).includes('pathToRegexpError'));
    throw error;
  }
}

describe.each(builders)('routers of %s', (_, build) => {
  test('no handler of a route that is said to be guarded runs without a token, and any other does', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (all) => check(made(build, all, false), false)),
      { numRuns: 80, examples: [[goneOn]] },
    );
  }, 30_000);

  test('with denyUnguarded no handler runs without a token', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (all) => check(made(build, all, true), true)),
      { numRuns: 40 },
    );
  }, 30_000);
});

afterAll(stopServers);
