// What is asked at a route, in words, and which routes nobody guards: the same for every framework.

import { describe, expect, test } from '@jest/globals';
import { allOf, anyOf, anywhere, inOrganization, on, policy } from 'rightful';
import { handler, middleware, routings } from './routing.ts';
import type { PlainRoute, Routing } from './routing.ts';

interface Shape {
  readonly name: string;
  readonly routes: (given: Pick<Routing, 'guards' | 'door'>) => readonly PlainRoute[];
  readonly above?: (given: Pick<Routing, 'guards' | 'door'>) => readonly unknown[];
  /** Of the last route: what it asks, and whether it is guarded, public or neither. */
  readonly asks: string;
  readonly is: 'guarded' | 'public' | 'forgotten' | 'both';
  readonly notes?: readonly RegExp[];
}

const get = (path: string, ...chain: unknown[]): PlainRoute => ({ method: 'get', path, chain });
const ownsIt = policy('owns it', () => true);

const shapes: readonly Shape[] = [
  { name: 'no guard', routes: () => [get('/x', handler)], asks: 'nothing', is: 'forgotten' },
  {
    name: 'a permission',
    routes: ({ guards }) => [get('/x', guards.requirePermission('read:x'), handler)],
    asks: 'read:x',
    is: 'guarded',
  },
  {
    name: 'a permission on a resource',
    routes: ({ guards }) => [get('/x/:id', guards.requirePermission(on('read:x', 'x:{id}')), handler)],
    asks: 'read:x on x:{id}',
    is: 'guarded',
  },
  {
    name: 'anywhere, where the path names one',
    routes: ({ guards }) => [get('/x/:id', guards.requirePermission(allOf('a', anywhere('read:x'))), handler)],
    asks: 'a and read:x anywhere',
    is: 'guarded',
    notes: [/^`read:x` is asked anywhere/],
  },
  {
    name: 'anywhere, where the path names none',
    routes: ({ guards }) => [get('/x', guards.requirePermission(anywhere('read:x')), handler)],
    asks: 'read:x anywhere',
    is: 'guarded',
  },
  {
    name: 'lists of requirements',
    routes: ({ guards }) => [get('/x', guards.requirePermission(allOf('a', anyOf('b', allOf('c', ownsIt)))), handler)],
    asks: 'a and (b or (c and the policy "owns it"))',
    is: 'guarded',
  },
  {
    name: 'an organization',
    routes: ({ guards }) => [
      get('/x/:org', guards.requirePermission(inOrganization(anyOf('a', 'b'), '{org}')), handler),
    ],
    asks: '(a or b) in organization {org}',
    is: 'guarded',
  },
  {
    name: 'no organization',
    routes: ({ guards }) => [get('/x', guards.requirePermission(inOrganization('a', null)), handler)],
    asks: 'a in no organization',
    is: 'guarded',
  },
  {
    name: 'a function',
    routes: ({ guards }) => [
      get(
        '/x',
        guards.requirePermission(() => 'a'),
        handler,
      ),
    ],
    asks: 'decided per request',
    is: 'guarded',
  },
  {
    name: 'a sign-in alone',
    routes: ({ guards }) => [get('/x', guards.authenticate(), handler)],
    asks: 'signed in',
    is: 'guarded',
  },
  {
    name: 'a sign-in that is not needed',
    routes: ({ guards }) => [get('/x', guards.authenticate({ required: false }), handler)],
    asks: 'signed in or anonymous',
    is: 'forgotten',
  },
  {
    name: 'a sign-in above and a permission',
    above: ({ guards }) => [guards.authenticate()],
    routes: ({ guards }) => [get('/x', guards.requirePermission('a'), handler)],
    asks: 'a',
    is: 'guarded',
  },
  {
    name: 'a sign-in above alone',
    above: ({ guards }) => [middleware, guards.authenticate()],
    routes: () => [get('/x', handler)],
    asks: 'signed in',
    is: 'guarded',
  },
  {
    name: 'two guards',
    routes: ({ guards }) => [get('/x', guards.requirePermission('a'), guards.requirePermission('b'), handler)],
    asks: 'a and b',
    is: 'guarded',
  },
  {
    name: 'middleware before the guard',
    routes: ({ guards }) => [get('/x', middleware, guards.requirePermission('a'), handler)],
    asks: 'a',
    is: 'guarded',
  },
  {
    name: 'a guard after the handler',
    routes: ({ guards }) => [get('/x', handler, guards.requirePermission('a'))],
    asks: 'nothing',
    is: 'forgotten',
    notes: [/^a guard stands after the handler/],
  },
  {
    name: 'a guard on a route before, at the same path',
    routes: ({ guards }) => [{ method: 'all', path: '/x', chain: [guards.requirePermission('a')] }, get('/x', handler)],
    asks: 'a',
    is: 'guarded',
  },
  {
    name: 'a guard on a route before, at another path',
    routes: ({ guards }) => [{ method: 'all', path: '/y', chain: [guards.requirePermission('a')] }, get('/x', handler)],
    asks: 'nothing',
    is: 'forgotten',
  },
  {
    name: 'a guard on a route before, for another method',
    routes: ({ guards }) => [
      { method: 'post', path: '/x', chain: [guards.requirePermission('a')] },
      get('/x', handler),
    ],
    asks: 'nothing',
    is: 'forgotten',
  },
  {
    name: 'a mark',
    routes: ({ door }) => [get('/x', door.publicRoute(), handler)],
    asks: 'nothing',
    is: 'public',
  },
  {
    name: 'a mark after the handler',
    routes: ({ door }) => [get('/x', handler, door.publicRoute())],
    asks: 'nothing',
    is: 'forgotten',
  },
  {
    name: 'a mark and a guard',
    routes: ({ guards, door }) => [get('/x', door.publicRoute(), guards.authenticate(), handler)],
    asks: 'signed in',
    is: 'both',
  },
  {
    name: 'a mark above',
    above: ({ door }) => [door.publicRoute()],
    routes: () => [get('/x', handler)],
    asks: 'nothing',
    is: 'public',
  },
  {
    name: 'a function that is called like a guard',
    routes: () => [
      get(
        '/x',
        Object.defineProperty(() => undefined, 'name', { value: 'requirePermission' }),
        handler,
      ),
    ],
    asks: 'nothing',
    is: 'forgotten',
  },
  {
    name: 'a guard that instrumentation has wrapped',
    routes: ({ guards }) => {
      const guard = guards.requirePermission('a') as unknown as (...given: unknown[]) => unknown;
      return [
        get(
          '/x',
          Object.assign((...given: unknown[]) => guard(...given), { __original: guard }),
          handler,
        ),
      ];
    },
    asks: 'a',
    is: 'guarded',
  },
];

describe.each(routings)('routes on $name', ({ create, door, guards, ...rest }) => {
  test.each(shapes)('$name', ({ routes, above, asks, is, notes = [] }) => {
    const { app } = create(routes({ guards, door }), above?.({ guards, door }));
    const route = door.routesOf(app).at(-1);
    expect(route).toMatchObject({
      method: 'GET',
      requirement: asks,
      guarded: is === 'guarded' || is === 'both',
      public: is === 'public' || is === 'both',
    });
    expect(route?.notes).toEqual(notes.map((note) => expect.stringMatching(note)));
    expect(door.unguardedRoutes(app)).toEqual(is === 'forgotten' ? [route] : []);
  });

  test('a guarded method is recognised where it is the handler, and not where something else calls it', () => {
    class Things {
      @guards.requirePermission('read:things')
      list(..._given: [never, never]): void {}

      @guards.requirePermission('outer')
      @guards.requirePermission('inner')
      both(..._given: [never, never]): void {}
    }
    const things = new Things();
    const { app } = create([
      get('/seen', things.list),
      get('/both', things.both),
      get('/bound', things.list.bind(things)),
      get('/called', (...given: [never, never]) => things.list(...given)),
    ]);
    expect(door.routesOf(app).map(({ path, requirement }) => [path, requirement])).toEqual([
      ['/seen', 'read:things'],
      ['/both', 'outer and inner'],
      ['/bound', 'nothing'],
      ['/called', 'nothing'],
    ]);
  });

  test('every method has its own line, and all of them are ALL', () => {
    const chain = [guards.authenticate(), handler];
    const { app } = create([
      { method: 'get', path: '/x', chain },
      { method: 'post', path: '/x', chain },
      { method: 'all', path: '/y', chain },
    ]);
    expect(door.routesOf(app).map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /x', 'POST /x', 'ALL /y']);
  });

  test('an application without routes has none', () => {
    expect(door.routesOf(create([]).app)).toEqual([]);
    expect(rest.name).not.toBe('');
  });

  test.each([undefined, null, {}, () => undefined, 'app', { use: () => undefined }])(
    '%p is no application',
    (something) => {
      expect(() => door.routesOf(something as never)).toThrow(TypeError);
      expect(() => door.unguardedRoutes(something as never)).toThrow(TypeError);
      expect(() => door.denyUnguarded(something as never)).toThrow(TypeError);
      expect(() => door.openApiSecurity(something as never)).toThrow(TypeError);
    },
  );
});
