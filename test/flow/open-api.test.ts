// The OpenAPI document that guards make, and where a document and guards disagree: the same for every framework.

import { describe, expect, test } from '@jest/globals';
import { allOf, anyOf, anywhere, definePermissions, on, policy } from 'rightful';
import type { OpenApiDocument } from 'rightful/express';
import { faultsOf } from '../support/open-api-check.ts';
import { handler, routings } from './routing.ts';
import type { PlainRoute } from './routing.ts';
import { options } from './scene.ts';

const get = (path: string, ...chain: unknown[]): PlainRoute => ({ method: 'get', path, chain });

interface Operation {
  security?: unknown;
  parameters?: unknown;
  responses: Record<string, unknown>;
}

function operation(document: OpenApiDocument, path: string, method = 'get'): Operation {
  return (document.paths as Record<string, Record<string, Operation>>)[path]![method]!;
}

describe.each(routings)('openApiSecurity on $name', ({ create, door, guards }) => {
  const { authenticate, requirePermission } = guards;

  function written(
    routes: readonly PlainRoute[],
    document?: object,
    settings?: object,
  ): ReturnType<typeof door.openApiSecurity> {
    const made = door.openApiSecurity(create(routes).app, document, settings);
    expect(faultsOf(made.document)).toEqual([]);
    // What has been written agrees with the guards.
    const again = door.openApiSecurity(create(routes).app, made.document, settings);
    expect(again.document).toEqual(made.document);
    expect(again.differences.filter(({ kind }) => kind !== 'inexpressible' && kind !== 'unrouted')).toEqual([]);
    return made;
  }

  const ownsIt = policy('owns it', () => true);
  const scopes: [string, unknown, unknown][] = [
    ['a permission', requirePermission('a'), [{ accessToken: ['a'] }]],
    ['on a resource', requirePermission(on('a', 'x:{id}')), [{ accessToken: ['a'] }]],
    ['anywhere', requirePermission(anywhere('a')), [{ accessToken: ['a'] }]],
    ['all', requirePermission(allOf('b', 'a', ownsIt)), [{ accessToken: ['a', 'b'] }]],
    ['any', requirePermission(anyOf('a', 'b')), [{ accessToken: ['a'] }, { accessToken: ['b'] }]],
    ['one of any within another', requirePermission(anyOf(allOf('a', 'b'), 'a')), [{ accessToken: ['a'] }]],
    [
      'all of any',
      requirePermission(allOf('c', anyOf('a', 'b'))),
      [{ accessToken: ['a', 'c'] }, { accessToken: ['b', 'c'] }],
    ],
    ['a function', requirePermission(() => 'a'), [{ accessToken: [] }]],
    ['a sign-in', authenticate(), [{ accessToken: [] }]],
    ['a sign-in that is not needed', authenticate({ required: false }), [{}, { accessToken: [] }]],
    ['a mark', door.publicRoute(), []],
    [
      'more alternatives than anybody reads',
      requirePermission(
        allOf(...([0, 1, 2, 3, 4, 5, 6, 7].map((one) => anyOf(`a${one}`, `b${one}`)) as [ReturnType<typeof anyOf>])),
      ),
      [{ accessToken: [] }],
    ],
  ];

  test.each(scopes)('security of %s', (_, guard, security) => {
    const { document, differences } = written([get('/x/:id', guard, handler)]);
    expect(operation(document, '/x/{id}')).toMatchObject({ security });
    expect(differences).toEqual([]);
  });

  test('the answers of guards are there, and those that do not happen are not', () => {
    const { document } = written([
      get('/a', requirePermission('a'), handler),
      get('/b', authenticate(), handler),
      get('/c', door.publicRoute(), handler),
    ]);
    const statuses = ['/a', '/b', '/c'].map((path) => Object.keys(operation(document, path).responses));
    expect(statuses).toEqual([['401', '403', '503', 'default'], ['401', '503', 'default'], ['default']]);
    expect(operation(document, '/a').responses['403']).toEqual({ $ref: '#/components/responses/NotPermitted' });
  });

  test('a permission that a coarse scope delegates is written as the scope that a refusal names', () => {
    const own = door.createGuards(
      options({
        permissions: definePermissions({ a: 'Do a', b: 'Do b', c: 'Do c' }),
        scopePermissions: { much: ['a', 'b', 'c'], little: ['a', 'b'] },
      }),
    );
    const { document } = written([get('/x', own.requirePermission(allOf('a', 'c')), handler)]);
    expect(operation(document, '/x').security).toEqual([{ accessToken: ['little', 'much'] }]);
  });

  test('paths and methods are those of OpenAPI, and what it has no words for is said', () => {
    const { document, differences } = written([
      { method: 'all', path: '/all/:id', chain: [authenticate(), handler] },
      get('/x/:a/y/:b', authenticate(), handler),
      get('/x/:first/y/:second', requirePermission('never:reached'), handler),
      get('/', authenticate(), handler),
    ]);
    expect(Object.keys(document.paths!)).toEqual(['/all/{id}', '/x/{a}/y/{b}', '/']);
    expect(Object.keys(document.paths!['/all/{id}'] as object)).toEqual(['get', 'put', 'post', 'delete', 'patch']);
    expect(operation(document, '/x/{a}/y/{b}')).toMatchObject({
      security: [{ accessToken: [] }],
      parameters: [
        { name: 'a', in: 'path', required: true },
        { name: 'b', in: 'path', required: true },
      ],
    });
    expect(differences).toEqual([]);
    const { app } = create([get(/^\/x$/ as never, handler)]);
    expect(door.openApiSecurity(app).differences).toEqual([
      { kind: 'inexpressible', method: 'GET', path: String.raw`/^\/x$/` },
    ]);
  });

  test('a scheme of OAuth is given the scopes', () => {
    const flow = {
      authorizationUrl: 'https://issuer.example/a',
      tokenUrl: 'https://issuer.example/t',
      scopes: { a: 'A' },
    };
    const securityScheme = { type: 'oauth2', flows: { authorizationCode: flow } };
    const { document } = written([get('/x', requirePermission(anyOf('a', 'b')), handler)], undefined, {
      scheme: 'oauth',
      securityScheme,
    });
    expect(document.components!['securitySchemes']).toEqual({
      oauth: { type: 'oauth2', flows: { authorizationCode: { ...flow, scopes: { a: 'A', b: '' } } } },
    });
    expect(operation(document, '/x').security).toEqual([{ oauth: ['a'] }, { oauth: ['b'] }]);
    expect(flow.scopes).toEqual({ a: 'A' });
  });

  test('where a document and the guards disagree is said, and the document is not changed', () => {
    const given = {
      openapi: '3.1.0',
      info: { title: 'Contacts', version: '1' },
      security: [{ accessToken: ['a'] }],
      paths: {
        '/x/{contact}': {
          parameters: [{ name: 'contact', in: 'path', required: true, schema: { type: 'string' } }],
          get: {
            summary: 'kept',
            responses: { 200: { description: 'ok' }, '4XX': { description: 'all' }, 503: { description: 'own' } },
          },
          put: { security: [{ accessToken: ['b', 'a'] }], responses: { 200: { description: 'ok' } } },
        },
        '/gone': { get: { responses: { 200: { description: 'ok' } } } },
      },
    };
    const before = structuredClone(given);
    const { document, differences } = written(
      [
        get('/api/x/:id', requirePermission('a'), handler),
        { method: 'all', path: '/api/x/:id', chain: [requirePermission(allOf('b', 'c')), handler] },
        get('/api/new', authenticate(), handler),
        get('/elsewhere', authenticate(), handler),
      ],
      given,
      { basePath: '/api' },
    );
    expect(given).toEqual(before);
    expect(differences).toEqual([
      { kind: 'inexpressible', method: 'GET', path: '/elsewhere' },
      {
        kind: 'security',
        method: 'PUT',
        path: '/x/{contact}',
        expected: [{ accessToken: ['b', 'c'] }],
        found: [{ accessToken: ['b', 'a'] }],
      },
      { kind: 'responses', method: 'PUT', path: '/x/{contact}', missing: ['401', '403', '503'] },
      { kind: 'undocumented', method: 'GET', path: '/new' },
      { kind: 'unrouted', method: 'GET', path: '/gone' },
    ]);
    expect(operation(document, '/x/{contact}')).toMatchObject({ summary: 'kept', security: [{ accessToken: ['a'] }] });
  });

  const blank = { openapi: '3.1.0', info: { title: 'Contacts', version: '1' } };
  const ok = { responses: { 200: { description: 'ok' } } };

  test('two parameters of one name are two in the document', () => {
    const { document } = written([get('/orgs/:id/users/:id', authenticate(), handler)]);
    expect(Object.keys(document.paths!)).toEqual(['/orgs/{id}/users/{id_2}']);
  });

  test('a parameter that the path describes, here or by a reference, is described once', () => {
    const name = { name: 'a', in: 'path', required: true, schema: { type: 'integer' } };
    const given = {
      ...blank,
      components: { parameters: { B: { ...name, name: 'b' } } },
      paths: {
        '/x/{a}': { parameters: [name] },
        '/y/{b}': { parameters: [{ $ref: '#/components/parameters/B' }] },
        '/z/{a}/{c}': { parameters: [name] },
      },
    };
    const routes = ['/x/:a', '/y/:b', '/z/:a/:c'].map((path) => get(path, authenticate(), handler));
    const { document } = written(routes, given);
    expect(['/x/{a}', '/y/{b}'].map((path) => operation(document, path).parameters)).toEqual([undefined, undefined]);
    expect(operation(document, '/z/{a}/{c}').parameters).toEqual([
      { name: 'c', in: 'path', required: true, schema: { type: 'string' } },
    ]);
  });

  test('a path that stands elsewhere in the document is written where it is used, and one outside of it is left', () => {
    const given = {
      ...blank,
      components: { pathItems: { Shared: { get: { ...ok, summary: 'kept' } } } },
      paths: {
        '/x': { $ref: '#/components/pathItems/Shared' },
        '/y': { $ref: '#/components/pathItems/Shared' },
        '/z': { $ref: 'https://api.example/paths.json#/z' },
        '/gone': { $ref: '#/components/pathItems/Nowhere' },
      },
    };
    const { document, differences } = written(
      [
        get('/x', requirePermission('a'), handler),
        get('/y', requirePermission('b'), handler),
        get('/z', authenticate(), handler),
        get('/gone', authenticate(), handler),
      ],
      given,
    );
    expect(operation(document, '/x')).toMatchObject({ summary: 'kept', security: [{ accessToken: ['a'] }] });
    expect(operation(document, '/y')).toMatchObject({ summary: 'kept', security: [{ accessToken: ['b'] }] });
    expect(document.paths).toMatchObject({ '/z': given.paths['/z'], '/gone': given.paths['/gone'] });
    expect(document.components).toMatchObject(given.components);
    expect(differences.filter(({ kind }) => kind === 'inexpressible').map(({ path }) => path)).toEqual(['/z', '/gone']);
  });

  test('HEAD is what GET is, where the document has it', () => {
    const given = { ...blank, paths: { '/x': { get: ok, head: ok }, '/y': { head: ok } } };
    const { document, differences } = written([get('/x', requirePermission('a'), handler)], given);
    expect(operation(document, '/x', 'head').security).toEqual([{ accessToken: ['a'] }]);
    expect(differences.filter(({ kind }) => kind === 'unrouted')).toEqual([
      { kind: 'unrouted', method: 'HEAD', path: '/y' },
    ]);
  });

  test('operations that are one object in the document are two where guards differ', () => {
    const given = { ...blank, paths: { '/x': { get: ok }, '/y': { get: ok } } };
    const { document } = written(
      [get('/x', requirePermission('a'), handler), get('/y', requirePermission('b'), handler)],
      given,
    );
    expect(['/x', '/y'].map((path) => operation(document, path).security)).toEqual([
      [{ accessToken: ['a'] }],
      [{ accessToken: ['b'] }],
    ]);
    expect(ok).toEqual({ responses: { 200: { description: 'ok' } } });
  });

  test('what else an operation says of security is replaced, and said', () => {
    const security = [{ accessToken: ['a'], key: [] }];
    const given = {
      ...blank,
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
      paths: { '/x': { get: { ...ok, security } } },
    };
    const { document, differences } = written([get('/x', requirePermission('a'), handler)], given);
    expect(differences).toContainEqual({
      kind: 'security',
      method: 'GET',
      path: '/x',
      expected: [{ accessToken: ['a'] }],
      found: security,
    });
    expect(document.components!['securitySchemes']).toHaveProperty('key');
  });

  test.each([
    [{ openapi: '3.0.3' }, {}, /`document` to be an OpenAPI 3.1 document, got "3.0.3"/],
    ['text', {}, /`document`/],
    [undefined, { scheme: '' }, /`scheme`/],
    [
      undefined,
      { scheme: 'access token' },
      /`scheme` to be a name of letters, digits, \., - and _, got "access token"/,
    ],
    [undefined, { scheme: '__proto__' }, /`scheme`/],
    [undefined, { securityScheme: { type: 'apiKey' } }, /`securityScheme`/],
    [undefined, { securityScheme: { type: 'http' } }, /`securityScheme\.scheme`/],
    [undefined, { securityScheme: { type: 'openIdConnect' } }, /`securityScheme\.openIdConnectUrl`/],
    [undefined, { securityScheme: { type: 'oauth2' } }, /`securityScheme\.flows`/],
    [undefined, { securityScheme: { type: 'oauth2', flows: {} } }, /`securityScheme\.flows`/],
    [
      undefined,
      { securityScheme: { type: 'oauth2', flows: { clientCredentials: {} } } },
      /`securityScheme\.flows\.clientCredentials\.tokenUrl`/,
    ],
    [undefined, { securityScheme: { type: 'oauth2', flows: { magic: {} } } }, /`securityScheme\.flows\.magic`/],
    [undefined, { basePath: 'api/' }, /`basePath`/],
    [undefined, { base: '/api' }, /Unknown option `base`/],
  ])('%p with %p is a mistake', (document, settings, message) => {
    expect(() => door.openApiSecurity(create([]).app, document as never, settings as never)).toThrow(message);
  });
});
