// Every way to be refused, to the last letter of the answer (RFC 6750 section 3, RFC 9457).

import { describe, expect, test } from '@jest/globals';
import { generateKeyPair } from 'jose';
import {
  allOf,
  anyOf,
  anywhere,
  InsufficientPrivilegeError,
  InvalidTokenError,
  on,
  policy,
  UnavailableError,
} from 'rightful';
import type { AuthorizerOptions, Requirement } from 'rightful';
import { createTestIssuer } from 'rightful/testing';
import {
  ask,
  expectPermit,
  expectRefusal,
  inRealm,
  insufficientPrivilege,
  insufficientScope,
  invalidRequest,
  invalidToken,
  missingToken,
  policyRefused,
  unavailable,
  visible,
  withoutMissing,
} from './answers.ts';
import type { Expected } from './answers.ts';
import { frameworks } from './frameworks.ts';
import type { FlowGuardOptions, Given, Served } from './frameworks.ts';
import { answering, audience, issuer, options, sleep, storeless, tokenOf } from './scene.ts';
import type { Claims } from './scene.ts';

interface Case {
  /** The rule, and its row in the table of answers. */
  readonly rule: string;
  /** What the guard asks; `read:contacts` unless given. */
  readonly asks?: Requirement | ((given: Given) => Requirement);
  readonly authorizer?: Partial<AuthorizerOptions>;
  readonly guards?: FlowGuardOptions;
  /** `/contacts` unless given. */
  readonly route?: string;
  readonly path?: string;
  /** Alice's token with these claims; absent: no token. */
  readonly claims?: Claims;
  /** In place of a token. */
  readonly authorization?: () => string | Promise<string>;
  readonly answer: Expected;
}

const nowSeconds = Math.floor(Date.now() / 1000);
const scope = 'read:contacts';
const coarse = { scopePermissions: { contacts: ['read:contacts', 'write:contacts'] } };

const closedIssuer = await createTestIssuer({ audience });
await closedIssuer.close();

const tokens: Case[] = [
  { rule: 'T1 no token is told that one is needed, and of no error', answer: missingToken() },
  {
    rule: 'T2 credentials of another scheme are no token',
    authorization: () => 'Basic YWxpY2U6c2VjcmV0',
    answer: missingToken(),
  },
  { rule: 'T3 a scheme without a token is unreadable', authorization: () => 'Bearer', answer: invalidRequest() },
  { rule: 'a text that is no token is invalid', authorization: () => 'Bearer nonsense', answer: invalidToken() },
  {
    rule: 'an expired token says so, before its scope is looked at',
    claims: { exp: nowSeconds - 60 },
    answer: invalidToken('The access token has expired.'),
  },
  {
    rule: 'a token that is not valid yet says so',
    claims: { nbf: nowSeconds + 60 },
    answer: invalidToken('The access token is not valid yet.'),
  },
  {
    rule: 'a token for another API says so',
    claims: { aud: 'https://other.example' },
    answer: invalidToken('The access token is not meant for this API.'),
  },
  { rule: 'a token of an unknown issuer is invalid', claims: { iss: 'https://e.example/' }, answer: invalidToken() },
  {
    rule: 'a token signed by another key is invalid',
    authorization: async () => {
      const { privateKey } = await generateKeyPair('ES256');
      return `Bearer ${await issuer.token({ sub: 'alice', scope }, { key: privateKey })}`;
    },
    answer: invalidToken(),
  },
  { rule: 'a token bound to a key is no bearer token', claims: { scope, cnf: { jkt: 'x' } }, answer: invalidToken() },
  {
    rule: 'K1 an issuer that cannot be reached is nobody’s token’s fault',
    authorizer: { issuer: closedIssuer.issuer },
    authorization: async () => `Bearer ${await closedIssuer.token({ sub: 'alice', scope })}`,
    answer: unavailable(),
  },
];

const scopes: Case[] = [
  { rule: 'S1 a token without scopes is told which to ask for', claims: {}, answer: insufficientScope(scope) },
  {
    rule: 'S13 a privilege without its scope is not delegated',
    claims: { scope: 'a' },
    answer: insufficientScope(scope),
  },
  {
    rule: 'S14 where both are lacking, it is the scope that is told',
    claims: { sub: 'bob' },
    answer: insufficientScope(scope),
  },
  {
    rule: 'scope= names the whole requirement, and missing what is missing of it',
    asks: allOf('read:contacts', 'write:contacts'),
    claims: { scope },
    answer: insufficientScope('read:contacts write:contacts', [{ permission: 'write:contacts' }]),
  },
  {
    rule: 'scope= names each scope once',
    asks: allOf('read:contacts', on('read:contacts', 'contacts:id:1'), 'write:contacts'),
    claims: {},
    answer: insufficientScope('read:contacts write:contacts', [
      { permission: 'read:contacts' },
      { permission: 'read:contacts', on: 'contacts:id:1' },
      { permission: 'write:contacts' },
    ]),
  },
  {
    rule: 'scope= names the coarse scope that delegates it',
    asks: allOf('read:contacts', 'write:contacts'),
    authorizer: coarse,
    claims: {},
    answer: insufficientScope('contacts', [{ permission: 'read:contacts' }, { permission: 'write:contacts' }]),
  },
  {
    rule: 'of an anyOf the smallest alternative is asked for where nobody knows the privileges',
    asks: anyOf(allOf('read:contacts', 'write:contacts'), 'users:read'),
    claims: {},
    answer: insufficientScope('users:read'),
  },
  {
    rule: 'of an anyOf the alternative that is held is asked for, where the delegated one is not',
    asks: anyOf('delete:contacts', allOf('read:contacts', 'write:contacts')),
    claims: { scope: 'delete:contacts' },
    answer: insufficientScope('read:contacts write:contacts'),
  },
  {
    rule: 'a permission on a resource lacks its scope by name, with the resource filled in',
    asks: on('users:read', 'users:id:{id}'),
    route: '/users/:id',
    path: '/users/7',
    claims: {},
    answer: insufficientScope('users:read', [{ permission: 'users:read', on: 'users:id:7' }]),
  },
  {
    rule: 'a permission wherever it is held lacks its scope by name',
    asks: anywhere('users:read'),
    claims: {},
    answer: insufficientScope('users:read'),
  },
  {
    rule: 'an OpenID scope delegates no permission of its name',
    asks: 'email',
    claims: { scope: 'openid email', permissions: ['email'] },
    answer: insufficientScope('email'),
  },
  {
    rule: 'the scopes of a requirement made by the request are asked for',
    asks: ({ params }) => on('users:read', `users:id:${String(params['id'])}`),
    route: '/users/:id',
    path: '/users/7',
    claims: {},
    answer: insufficientScope('users:read', [{ permission: 'users:read', on: 'users:id:7' }]),
  },
];

const privileges: Case[] = [
  {
    rule: 'S12 a scope without its privilege gets no challenge: more consent cannot help',
    claims: { sub: 'bob', scope },
    answer: insufficientPrivilege('read:contacts'),
  },
  {
    rule: 'E5 an unknown subject is answered as a known one',
    claims: { sub: 'nobody-has-heard-of-this-one', scope },
    answer: insufficientPrivilege('read:contacts'),
  },
  {
    rule: 'a bare name is not held by a privilege on one resource',
    asks: 'users:read',
    claims: { scope: 'users:read' },
    answer: insufficientPrivilege('users:read'),
  },
  {
    rule: 'a privilege on one resource does not hold on the next',
    asks: on('users:read', 'users:id:{id}'),
    route: '/users/:id',
    path: '/users/70',
    claims: { scope: 'users:read' },
    answer: insufficientPrivilege({ permission: 'users:read', on: 'users:id:70' }),
  },
  {
    rule: 'only what is lacking of an allOf is told',
    asks: allOf('read:contacts', 'delete:contacts'),
    claims: { scope: 'read:contacts delete:contacts' },
    answer: insufficientPrivilege('delete:contacts'),
  },
  {
    rule: 'of an anyOf the alternative that lacks least is told',
    asks: anyOf(allOf('a:b', 'c:d'), allOf('read:contacts', 'delete:contacts')),
    claims: { scope: 'a:b c:d read:contacts delete:contacts' },
    answer: insufficientPrivilege('delete:contacts'),
  },
  {
    rule: 'a permission held nowhere is refused also where any resource would do',
    asks: anywhere('users:read'),
    claims: { sub: 'bob', scope: 'users:read' },
    answer: insufficientPrivilege('users:read'),
  },
  {
    rule: 'a policy is not asked before the permissions beside it',
    asks: allOf(
      policy('is never asked', () => {
        throw new UnavailableError();
      }),
      'delete:contacts',
    ),
    claims: { scope: 'delete:contacts' },
    answer: insufficientPrivilege('delete:contacts'),
  },
];

const refusing = (rule: string, test: () => unknown, answer = policyRefused('owns the contact')): Case => ({
  rule,
  asks: allOf('read:contacts', policy('owns the contact', test as () => boolean)),
  claims: { scope },
  answer,
});

const policies: Case[] = [
  refusing('a policy that says no is named', () => false),
  refusing('a policy that says no later is named', async () => false),
  refusing('a policy that says nothing refuses', () => undefined),
  refusing('a policy that says 1 refuses', () => 1),
  refusing('a policy that says "true" refuses', async () => 'true'),
  refusing('a policy that throws refuses', () => {
    throw new Error('the database is on fire');
  }),
  refusing('a policy that rejects refuses', () => Promise.reject(new Error('the database is on fire'))),
  refusing(
    'a policy that throws an AccessError keeps its status',
    () => {
      throw new UnavailableError();
    },
    unavailable(),
  ),
  refusing(
    'a policy that rejects with an AccessError keeps its challenge',
    () => Promise.reject(new InvalidTokenError()),
    invalidToken(),
  ),
  refusing(
    'a policy that throws an AccessError keeps what is missing',
    () => {
      throw new InsufficientPrivilegeError(undefined, { missing: [{ permission: 'contacts:7' }] });
    },
    insufficientPrivilege('contacts:7'),
  ),
  {
    rule: 'a policy is asked in the alternative that is held, and the other gives no way around it',
    asks: anyOf(
      'delete:contacts',
      allOf(
        'read:contacts',
        policy('owns the contact', () => false),
      ),
    ),
    claims: { scope: 'read:contacts delete:contacts' },
    answer: policyRefused('owns the contact'),
  },
];

const unusable = (path: string): Case => ({
  rule: `a route parameter that cannot be used is refused: ${path}`,
  asks: on('users:read', 'users:id:{id}'),
  route: '/users/:id',
  path,
  claims: { sub: 'admin', scope: 'users:read' },
  answer: insufficientPrivilege({ permission: 'users:read', on: 'users:id:{id}' }),
});

const parameters: Case[] = [
  ...['/users/%2A', '/users/7%2A', '/users/%3F', '/users/7%3A', '/users/7%2F8', '/users/..%2F7'].map(unusable),
  ...['other', 'constructor', 'toString', '__proto__', 'hasOwnProperty'].map((name): Case => ({
    ...unusable('/users/7'),
    rule: `a parameter that the route does not have is refused: ${name}`,
    asks: on('users:read', `users:id:{${name}}`),
    answer: insufficientPrivilege({ permission: 'users:read', on: `users:id:{${name}}` }),
  })),
  {
    ...unusable('/users/7'),
    rule: 'a parameter given by hand is refused where it cannot be used',
    asks: ({ params }) => on('users:read', 'users:id:{id}', { id: [params['id']] }),
  },
  {
    ...unusable('/users/7'),
    rule: 'parameters given by hand stand in the place of the route’s',
    asks: on('users:read', 'users:id:{id}', { other: '7' }),
  },
];

const disclosure: Case[] = [
  {
    rule: 'disclose: nothing leaves out what is missing, and keeps scope=',
    guards: { disclose: 'nothing' },
    claims: {},
    answer: withoutMissing(insufficientScope(scope)),
  },
  {
    rule: 'disclose: nothing leaves out which privilege is missing',
    guards: { disclose: 'nothing' },
    claims: { sub: 'bob', scope },
    answer: withoutMissing(insufficientPrivilege(scope)),
  },
  {
    rule: 'disclose: nothing leaves out which policy refused',
    guards: { disclose: 'nothing' },
    asks: allOf(
      'read:contacts',
      policy('owns the contact', () => false),
    ),
    claims: { scope },
    answer: withoutMissing(policyRefused('owns the contact')),
  },
  {
    rule: 'the realm stands in a challenge that names no error',
    guards: { realm: 'Contacts, all of them' },
    answer: inRealm('Contacts, all of them', missingToken()),
  },
  {
    rule: 'the realm stands in a challenge that names one',
    guards: { realm: 'contacts' },
    claims: {},
    answer: inRealm('contacts', insufficientScope(scope)),
  },
  {
    rule: 'the realm is the guard’s own, whatever error a policy throws',
    guards: { realm: 'contacts' },
    asks: allOf(
      'read:contacts',
      policy('asks for another token', () => Promise.reject(new InvalidTokenError())),
    ),
    claims: { scope },
    answer: inRealm('contacts', invalidToken()),
  },
];

const cases = [...tokens, ...scopes, ...privileges, ...policies, ...parameters, ...disclosure];

describe.each(frameworks)('a refusal on $name', (framework) => {
  test.each(cases)(
    '$rule',
    async ({ asks = scope, route = '/contacts', path = route, claims, authorization, ...given }) => {
      const { requirePermission } = framework.createGuards(options(given.authorizer), given.guards);
      const served = await framework.serve([{ path: route, guards: [requirePermission(asks)] }]);
      const token = claims === undefined ? undefined : await tokenOf(claims);
      const credentials = (await authorization?.()) ?? (token === undefined ? undefined : `Bearer ${token}`);
      const headers: Record<string, string> = credentials === undefined ? {} : { authorization: credentials };

      const answer = await ask(`${served.address}${path}`, { headers });
      expectRefusal(answer, given.answer);
      expect(served.runs()).toBe(0);
      expect(served.failures).toEqual([]);
      // E4, E1
      if (credentials !== undefined && credentials.length > 20)
        expect(visible(answer)).not.toContain(credentials.slice(7));
      await expectSameOnHead(`${served.address}${path}`, headers, answer);
    },
  );

  test('an alternative whose privileges are known to be held is asked for before a smaller one', async () => {
    const { authenticate, requirePermission } = framework.createGuards(options());
    const asked = anyOf('delete:contacts', allOf('read:contacts', 'write:contacts'));
    const served = await framework.serve([{ path: '/', guards: [authenticate(), requirePermission(asked)] }]);
    expectRefusal(
      await ask(served.address, { token: await tokenOf() }),
      insufficientScope('read:contacts write:contacts'),
    );
  });

  test('the many segments of a wildcard are no parameter that can be used', async () => {
    const { path, parameter } = framework.wildcard;
    const { requirePermission } = framework.createGuards(options());
    const template = `files:path:{${parameter}}`;
    const served = await framework.serve([{ path, guards: [requirePermission(on('files:read', template))] }]);
    expectRefusal(
      await ask(`${served.address}/files/a/b`, { token: await tokenOf({ sub: 'admin', scope: 'files:read' }) }),
      insufficientPrivilege({ permission: 'files:read', on: template }),
    );
  });

  test.each(['say "please"', 'back\\slash', 'line\r\nbreak', 'ü', '', 5, null])(
    'the realm %j is a mistake',
    (realm) => {
      expect(() => framework.createGuards(options(), { realm: realm as string })).toThrow(TypeError);
      expect(() => framework.createGuards(options(), { realm: realm as string })).toThrow(/`realm`/);
    },
  );

  test('a level of disclosure that there is not is a mistake', () => {
    expect(() => framework.createGuards(options(), { disclose: 'all' as 'missing' })).toThrow(/`disclose`/);
  });

  test('E5 a subject that the store does not know is answered like one that it knows, to the letter', async () => {
    const { requirePermission } = framework.createGuards(options());
    const served = await framework.serve([{ path: '/', guards: [requirePermission('delete:contacts')] }]);
    const answers = await Promise.all(
      ['alice', 'nobody'].map(async (sub) => {
        const answer = await ask(served.address, { token: await tokenOf({ sub, scope: 'delete:contacts' }) });
        return visible(answer).replace(/^date: .*$/m, '');
      }),
    );
    expect(answers[0]).toBe(answers[1]);
  });

  test('E4 nothing that came with a request comes back in its refusal', async () => {
    const marker = 'ATTACKER';
    const { requirePermission, authenticate } = framework.createGuards(options());
    const served = await framework.serve([
      { path: '/contacts', guards: [requirePermission(scope)] },
      { path: '/signed-in', guards: [authenticate()] },
      { path: '/users/:id', guards: [requirePermission(on('users:read', 'users:id:{id}'))] },
    ]);
    const plain = { sub: marker, client_id: marker, jti: marker, name: `${marker}\r\n"\\é`, org_id: marker };
    const claims: Claims[] = [
      { ...plain, scope: `${marker} ${marker}"` },
      { ...plain, scope: 'read:contacts', permissions: [marker] },
      { ...plain, scope: 'users:read' },
      { ...plain, iss: marker },
      { ...plain, aud: marker },
      { ...plain, exp: marker },
      { ...plain, azp: `${marker}2` },
    ];
    const headers = [
      { kid: marker },
      { alg: marker },
      { typ: marker },
      { crit: [marker] },
      { jku: `http://127.0.0.1:1/${marker}` },
    ];
    const sent = [
      `Bearer ${marker}`,
      `Bearer ${marker}"\\`,
      `Bearer ${marker}.${marker}.${marker}`,
      `${marker} x`,
      ...(await Promise.all(claims.map(async (one) => `Bearer ${await issuer.token(one)}`))),
      ...(await Promise.all(headers.map(async (header) => `Bearer ${await issuer.token({ sub: 'bob' }, { header })}`))),
    ];
    for (const authorization of sent) {
      for (const path of ['/contacts', '/signed-in', `/users/${marker}%2A`]) {
        const answer = await ask(`${served.address}${path}?access_token=${marker}`, {
          headers: { authorization, 'x-forwarded-host': marker, origin: marker },
        });
        if (answer.status === 200) continue;
        expect([400, 401, 403]).toContain(answer.status);
        expect(visible(answer)).not.toContain(marker);
        expect(visible(answer)).not.toContain(authorization.slice(7));
      }
    }
  });
});

describe.each(frameworks)('onRefused on $name', (framework) => {
  test('is told what the client is not: the cause, and the request', async () => {
    const told: { code: string; cause: unknown; given: unknown }[] = [];
    const store = answering(() => Promise.reject(new Error('the database is on fire')));
    const onRefused: AuthorizerOptions['onRefused'] = (error, given) =>
      told.push({ ...error, code: error.code, cause: error.cause, given });
    const { requirePermission } = framework.createGuards(options({ store, onRefused }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    const answer = await ask(served.address, { token: await tokenOf({ scope }) });
    expectRefusal(answer, unavailable());
    expect(visible(answer)).not.toContain('fire');
    expect(told).toMatchObject([
      { code: 'unavailable', cause: { message: 'the database is on fire' }, given: { method: 'GET' } },
    ]);
  });

  test('is told the cause of an invalid token, and why an issuer cannot be reached', async () => {
    const causes: unknown[] = [];
    const onRefused: AuthorizerOptions['onRefused'] = (error) => causes.push(error.cause);
    const issuers = [{ issuer: issuer.issuer }, { issuer: closedIssuer.issuer }];
    const { authenticate } = framework.createGuards(storeless({ issuer: issuers, onRefused }));
    const served = await framework.serve([{ path: '/', guards: [authenticate()] }]);
    await ask(served.address, { token: 'nonsense' });
    expectRefusal(await ask(served.address, { token: await closedIssuer.token({ sub: 'alice' }) }), unavailable());
    expect(causes).toEqual(['the token is not three parts', expect.any(Error)]);
    expect(String(causes[1])).toContain(closedIssuer.issuer);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('the log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
  ])('changes no answer where it %s', async (_, onRefused) => {
    const { requirePermission } = framework.createGuards(options({ onRefused }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    expectRefusal(await ask(served.address), missingToken());
    expectRefusal(await ask(served.address, { token: await tokenOf() }), insufficientScope(scope));
    await sleep(5);
  });

  test('E4 gets errors that hold no token', async () => {
    const { inspect } = await import('node:util');
    const told: string[] = [];
    const onRefused: AuthorizerOptions['onRefused'] = (error) =>
      told.push(inspect(error, { depth: 20, showHidden: true }));
    const { requirePermission } = framework.createGuards(options({ onRefused }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    const sent = [await tokenOf(), await tokenOf({ exp: 5 }), await tokenOf({ iss: 'x' }), 'e30.e30.AAAA', 'a"b'];
    for (const token of sent) await ask(served.address, { token });
    expect(told).toHaveLength(sent.length);
    for (const [index, token] of sent.entries()) expect(told[index]).not.toContain(token);
  });
});

describe.each(frameworks)('onRefusal on $name', (framework) => {
  const serve = (onRefusal: NonNullable<FlowGuardOptions['onRefusal']>): Promise<Served> => {
    const { requirePermission } = framework.createGuards(options(), { realm: 'contacts', onRefusal });
    return framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
  };

  test('answers in place of the guard, with what the guard would have answered at hand', async () => {
    const served = await serve(({ code, status, headers, missing }, hands) => {
      hands.answer(418, JSON.stringify({ code, status, headers, missing }));
    });
    const { status, text, headers } = await ask(served.address, { token: await tokenOf() });
    expect(status).toBe(418);
    expect(headers.get('www-authenticate')).toBeNull();
    expect(JSON.parse(text)).toEqual({
      code: 'insufficient_scope',
      status: 403,
      headers: {
        'WWW-Authenticate': inRealm('contacts', insufficientScope(scope)).challenge,
        'Cache-Control': 'no-store',
      },
      missing: [{ permission: scope }],
    });
    expect(served.runs()).toBe(0);
  });

  test('may answer later', async () => {
    const served = await serve(async (_error, hands) => {
      await sleep(5);
      hands.answer(418, 'later');
    });
    expect(await ask(served.address)).toMatchObject({ status: 418, text: 'later' });
  });

  test('hands the error to the framework’s error handler, which finds its status and its headers', async () => {
    const served = await serve((error, hands) => hands.pass(error));
    const answer = await ask(served.address, { token: await tokenOf() });
    expect(answer).toMatchObject({ status: 403, text: 'failed' });
    expect(answer.headers.get('www-authenticate')).toBe(inRealm('contacts', insufficientScope(scope)).challenge);
    expect(served.failures).toMatchObject([
      { code: 'insufficient_scope', status: 403, statusCode: 403, headers: { 'Cache-Control': 'no-store' }, scope },
    ]);
    expect(served.runs()).toBe(0);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no template');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no template'))],
  ])('that %s is a fault of the program, and opens nothing', async (_, onRefusal) => {
    const served = await serve(onRefusal);
    expect(await ask(served.address, { token: await tokenOf() })).toMatchObject({ status: 500, text: 'failed' });
    expect(served.failures).toEqual([new Error('no template')]);
    expect(served.runs()).toBe(0);
  });

  test('is not asked about a request that passes', async () => {
    const served = await serve(() => {
      throw new Error('asked');
    });
    expectPermit(await ask(served.address, { token: await tokenOf({ scope }) }), null);
  });

  test('that is no function is a mistake', () => {
    const onRefusal = 'next' as unknown as () => void;
    expect(() => framework.createGuards(options(), { onRefusal })).toThrow(/`onRefusal`/);
  });
});

/** E1: HEAD is answered as GET is, without the body. */
async function expectSameOnHead(
  url: string,
  headers: Record<string, string>,
  got: { status: number; headers: Headers },
) {
  const head = await ask(url, { method: 'HEAD', headers });
  const compared = ({ status, headers: all }: typeof got) => {
    const names = ['www-authenticate', 'content-type', 'cache-control', 'retry-after', 'content-length'];
    return [status, ...names.map((name) => all.get(name))];
  };
  expect(compared(head)).toEqual(compared(got));
  expect(head.text).toBe('');
}
