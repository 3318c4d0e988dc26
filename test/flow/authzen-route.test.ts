// What a policy asks about unless it is told otherwise is the path that the framework's router saw; a path that can be written in
// more than one way is not asked about at all, and refused.

import { createServer, request as send } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Express, Request } from 'express';
import type Koa from 'koa';
import { allOf, authzenPolicy } from 'rightful';
import { createGuards } from 'rightful/express';
import { createGuards as createKoaGuards } from 'rightful/koa';
import { policyScene, saying } from './authzen-scene.ts';
import type { Point, PolicyScene } from './authzen-scene.ts';
import { expresses, listen, stopServers } from './frameworks.ts';
import { koas } from './koa-applications.ts';

let scene: PolicyScene;

beforeAll(async () => {
  scene = await policyScene();
});

afterEach(() => {
  scene.refused.length = 0;
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

/** Something that stands before a guard or around it. */
interface Frame {
  /** Below which path the guard stands. */
  readonly mountedAt?: string;
  /** What the application makes of the address before any of it. */
  readonly rewrites?: (address: string) => string;
}

interface Application {
  readonly name: string;
  /** Every path that comes through answers with the address that the handler sees. */
  serve(url: string, frame?: Frame): Promise<string>;
}

const applications: readonly Application[] = [
  ...expresses.map(({ name, express }) => ({
    name,
    serve: (url: string, { mountedAt = '/', rewrites }: Frame = {}) => {
      const app: Express = express();
      app.use((req: Request, _res, next) => {
        if (rewrites !== undefined) req.url = rewrites(req.url);
        next();
      });
      const { requirePermission } = createGuards(scene.authorizer);
      const router = express.Router();
      router.use(requirePermission(allOf('read:contacts', authzenPolicy('may', { url }))));
      router.use((req, res) => void res.json(req.url));
      app.use(mountedAt, router);
      return listen(createServer(app));
    },
  })),
  ...koas.map(({ name, Koa }) => ({
    name,
    serve: (url: string, { mountedAt = '/', rewrites }: Frame = {}) => {
      const app = new Koa();
      const { requirePermission } = createKoaGuards(scene.authorizer);
      app.use((ctx, next) => {
        if (rewrites !== undefined) ctx.url = rewrites(ctx.url);
        return next();
      });
      app.use((ctx, next) => {
        // What koa-mount does.
        if (mountedAt !== '/') ctx.path = ctx.path.slice(mountedAt.length) || '/';
        return next();
      });
      app.use(requirePermission(allOf('read:contacts', authzenPolicy('may', { url }))) as Koa.Middleware);
      app.use((ctx) => void (ctx.body = JSON.stringify(ctx.url)));
      return listen(createServer(app.callback()));
    },
  })),
];

/** `target` goes over the wire as it is: no client makes anything else of it. */
async function sent(address: string, target: string): Promise<number | undefined> {
  const authorization = `Bearer ${await scene.issuer.token({ sub: 'alice', scope: 'read:contacts' })}`;
  const { hostname: host, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const call = send({ host, port, path: target, headers: { authorization }, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    call.on('error', reject);
    call.end();
  });
}

const askedAbout = ({ calls }: Point): unknown[] => calls.map(({ body }) => (body['resource'] as { id: string }).id);

describe.each(applications)('in $name', ({ serve }) => {
  it.each([
    ['/', '/'],
    ['/contacts/7', '/contacts/7'],
    ['/contacts/7/', '/contacts/7/'],
    ['/contacts/7?next=//x/../%2e%2e\\', '/contacts/7'],
    ['/contacts/a%2Fb', '/contacts/a%2Fb'],
    ['/contacts/auth0%7C1', '/contacts/auth0%7C1'],
    ['/contacts/...', '/contacts/...'],
    ['/.well-known/x', '/.well-known/x'],
    ["/a-b._~!$&'()*+,;=:@/B%C3%A9", "/a-b._~!$&'()*+,;=:@/B%C3%A9"],
    ['http://any.example:80/contacts/7?x', '/contacts/7'],
    ['http://any.example', '/'],
  ])('%s is asked about as it was sent', async (target, id) => {
    const point = await saying(() => true);
    expect(await sent(await serve(point.url), target)).toBe(200);
    expect(askedAbout(point)).toEqual([id]);
  });

  it.each([
    ['an empty segment at the beginning', '//contacts/7'],
    ['an empty segment', '/contacts//7'],
    ['empty segments at the end', '/contacts//'],
    ['a segment that goes up', '/public/../contacts/7'],
    ['one at the end', '/contacts/..'],
    ['one that goes nowhere', '/contacts/./7'],
    ['one that is encoded', '/public/%2e%2e/contacts/7'],
    ['one that is half encoded', '/public/.%2E/contacts/7'],
    ['a backslash', '/public\\..\\contacts/7'],
    ['a letter that is encoded', '/contact%73/7'],
    ['a digit that is encoded', '/contacts/%37'],
    ['an encoding in small letters', '/contacts/a%2fb'],
    ['half an encoding', '/contacts/7%'],
    ['an encoding of nothing', '/contacts/%zz'],
    ['what had to be encoded', '/contacts/<7>'],
    ['a fragment', '/contacts/7#/x'],
    ['a fragment before a query', '/contacts/7#?x'],
    ['a user before the host', 'http://a@b/contacts/7'],
    ['another scheme', 'ftp://any.example/contacts/7'],
  ])('a path with %s is refused, and nobody is asked about it', async (_what, target) => {
    const point = await saying(() => true);
    const status = await sent(await serve(point.url), target);
    expect(point.calls).toEqual([]);
    expect(status).toBe(403);
    expect(scene.refused.map(({ code }) => code)).toEqual(['policy_refused']);
    // Nothing of what was sent is in what the operator reads.
    expect(String(scene.refused[0]?.cause)).toMatch(/`resource`/);
    expect(String(scene.refused[0]?.cause)).not.toMatch(/contact/);
  });

  it.each([
    ['/api/contacts/7', '/api/contacts/7'],
    ['/api/contacts/7?x=1', '/api/contacts/7'],
    ['/api', '/api'],
    ['/api/', '/api/'],
  ])('below where it is mounted, %s is asked about whole', async (target, id) => {
    const point = await saying(() => true);
    expect(await sent(await serve(point.url, { mountedAt: '/api' }), target)).toBe(200);
    expect(askedAbout(point)).toEqual([id]);
  });

  it('an address that the application has made another one of is refused', async () => {
    const point = await saying(() => true);
    const address = await serve(point.url, { rewrites: (url) => url.replace('/public', '/contacts') });
    expect(await sent(address, '/public/7')).toBe(403);
    expect(await sent(address, '/contacts/7')).toBe(200);
    expect(askedAbout(point)).toEqual(['/contacts/7']);
  });

  it('is refused below a mount too where the rest is another one', async () => {
    const point = await saying(() => true);
    const frame = { mountedAt: '/api', rewrites: (url: string) => url.replace('/public', '/contacts') };
    expect(await sent(await serve(point.url, frame), '/api/public/7')).toBe(403);
    expect(askedAbout(point)).toEqual([]);
  });
});

describe('a request without an address', () => {
  it.each([[{}], [{ url: 7 }], [{ url: '' }], [{ url: '*' }], [{ url: '/', originalUrl: 7 }]])(
    '%j is no resource: it is refused',
    async (parts) => {
      const point = await saying(() => true);
      const headers = { authorization: `Bearer ${await scene.issuer.token({ sub: 'alice', scope: 'read:contacts' })}` };
      const access = await scene.authorizer.authenticate({ headers });
      const asked = allOf('read:contacts', authzenPolicy('may', { url: point.url }));
      const request = { headers, ...parts } as never;
      expect(await scene.authorizer.decide(access, asked, { request })).toMatchObject({ permit: false });
      expect(point.calls).toEqual([]);
    },
  );
});
