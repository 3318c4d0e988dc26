// What the guards of every framework do for those who write with them: how they are made, in which order they stand, and what
// a handler behind them sees.

import { describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  allOf,
  anyOf,
  anywhere,
  createAuthorizer,
  definePermissions,
  InsufficientScopeError,
  on,
  policy,
  UnavailableError,
} from 'rightful';
import type { Access, DecisionEvent, Requirement } from 'rightful';
import {
  ask,
  expectPermit,
  expectRefusal,
  insufficientPrivilege,
  insufficientScope,
  invalidToken,
  missingToken,
  unavailable,
} from './answers.ts';
import { frameworks } from './frameworks.ts';
import type { Given } from './frameworks.ts';
import { answering, issuer, options, storeless, tokenOf } from './scene.ts';

const scope = 'read:contacts';
const both = { scope: 'read:contacts write:contacts users:read' };

describe.each(frameworks)('authenticate on $name', (framework) => {
  const { authenticate, accessOf, optionalAccessOf, requirePermission } = framework.createGuards(options());
  const whoever = (given: Given): string => optionalAccessOf(given)?.subject.id ?? 'nobody';

  test('lets pass who has a valid token, whatever it delegates, and shows the access', async () => {
    const handle = (given: Given): unknown => {
      const { subject, client, scopes, claims, permissions, privileges } = accessOf(given);
      const has = {
        privilege: privileges.has(scope),
        permission: permissions.has(scope),
        can: accessOf(given).can(scope),
      };
      return { id: subject.id, client, scopes: [...scopes], sub: claims['sub'], ...has };
    };
    const served = await framework.serve([{ path: '/', guards: [authenticate()], handle }]);
    expectPermit(await ask(served.address, { token: await tokenOf({ scope: 'other' }) }), {
      ...{ id: 'alice', client: 'test-client', scopes: ['other'], sub: 'alice' },
      ...{ privilege: true, permission: false, can: false },
    });
    expectRefusal(await ask(served.address), missingToken());
    expectRefusal(await ask(served.address, { token: 'x' }), invalidToken());
    expect(served.runs()).toBe(1);
  });

  test('T18 where it is not required, no token is nobody, and a bad token is refused all the same', async () => {
    const served = await framework.serve([{ path: '/', guards: [authenticate({ required: false })], handle: whoever }]);
    expectPermit(await ask(served.address), 'nobody');
    expectPermit(await ask(served.address, { headers: { authorization: 'Basic eDp5' } }), 'nobody');
    expectPermit(await ask(served.address, { token: await tokenOf() }), 'alice');
    expectRefusal(await ask(served.address, { token: 'x' }), invalidToken());
    expectRefusal(
      await ask(served.address, { token: await tokenOf({ exp: 5 }) }),
      invalidToken('The access token has expired.'),
    );
    expect((await ask(served.address, { headers: { authorization: 'Bearer' } })).status).toBe(400);
  });

  test('where it is not required, the next guard still refuses nobody', async () => {
    const guards = [authenticate({ required: false }), requirePermission(scope)];
    const served = await framework.serve([
      { path: '/', guards },
      { path: '/required', guards: [authenticate({ required: false }), authenticate()] },
    ]);
    expectRefusal(await ask(served.address), missingToken());
    expectRefusal(await ask(`${served.address}/required`), missingToken());
    expectPermit(await ask(served.address, { token: await tokenOf(both) }));
  });

  test('where it is required by default, `required: undefined` requires it too', async () => {
    const required = undefined as unknown as boolean;
    const served = await framework.serve([{ path: '/', guards: [authenticate({ required }), authenticate({})] }]);
    expectRefusal(await ask(served.address), missingToken());
  });

  test.each([{ required: 'no' }, { required: null }, { required: 0 }, { optional: true }, null, [], 'optional'])(
    '%j is a mistake',
    (settings) => {
      expect(() => authenticate(settings as object)).toThrow(TypeError);
    },
  );

  test('optionalAccessOf is undefined, and accessOf a TypeError, where no guard has run', async () => {
    const handle = (given: Given): unknown => {
      expect(() => accessOf(given)).toThrow(TypeError);
      return whoever(given);
    };
    const served = await framework.serve([{ path: '/', guards: [], handle }]);
    expectPermit(await ask(served.address, { token: await tokenOf(both) }), 'nobody');
  });

  test('accessOf is a TypeError where nobody signed in', async () => {
    const handle = (given: Given): unknown => accessOf(given);
    const served = await framework.serve([{ path: '/', guards: [authenticate({ required: false })], handle }]);
    expect((await ask(served.address)).status).toBe(500);
    expect(served.failures).toEqual([expect.any(TypeError)]);
  });

  test('accessOf shows nothing of a request that every guard has refused', async () => {
    const forgiving = framework.createGuards(options(), { onRefusal: (_error, hands) => hands.pass() });
    const handle = (given: Given): unknown => forgiving.optionalAccessOf(given)?.subject.id ?? 'nobody';
    const served = await framework.serve([
      { path: '/', guards: [forgiving.requirePermission('delete:contacts')], handle },
    ]);
    expectPermit(await ask(served.address, { token: await tokenOf({ scope: 'delete:contacts' }) }), 'nobody');
    expectPermit(await ask(served.address, { token: await tokenOf() }), 'nobody');
    expectPermit(await ask(served.address), 'nobody');
  });

  test('an access cannot be changed, and the next request sees none of it', async () => {
    const seen: Access[] = [];
    const handle = (given: Given): unknown => {
      const access = accessOf(given);
      seen.push(access);
      const write = (change: (access: never) => unknown): void =>
        expect(() => change(access as never)).toThrow(TypeError);
      write((it: { subject: { id: string } }) => (it.subject.id = 'admin'));
      write((it: { claims: { sub: string } }) => (it.claims.sub = 'admin'));
      write((it: { claims: { deep: { list: number[] } } }) => it.claims.deep.list.push(2));
      write((it: { scopes: Set<string> }) => it.scopes.add('write:contacts'));
      write((it: { can: unknown }) => (it.can = () => true));
      write((it: { permissions: { has: unknown } }) => (it.permissions.has = () => true));
      return [access.subject.id, [...access.scopes], access.claims['deep']];
    };
    const served = await framework.serve([{ path: '/', guards: [authenticate()], handle }]);
    const token = await tokenOf({ scope, deep: { list: [1] } });
    for (let times = 0; times < 2; times += 1) {
      expectPermit(await ask(served.address, { token }), ['alice', [scope], { list: [1] }]);
    }
    expect(seen).toHaveLength(2);
  });

  test('sets `req.auth` for handlers written for another library', async () => {
    const served = await framework.serve([
      { path: '/', guards: [authenticate()], handle: (given) => framework.authOf(given) },
      { path: '/permitted', guards: [requirePermission(scope)], handle: (given) => framework.authOf(given) },
      {
        path: '/optional',
        guards: [authenticate({ required: false })],
        handle: (given) => framework.authOf(given) ?? 'none',
      },
    ]);
    const token = await tokenOf({ scope, name: 'Alice' });
    const auth = { header: decodeProtectedHeader(token), payload: decodeJwt(token), token };
    for (const path of ['/', '/permitted', '/optional'])
      expectPermit(await ask(served.address + path, { token }), auth);
    expectPermit(await ask(`${served.address}/optional`), 'none');
  });
});

interface Asked {
  readonly asks: Requirement | ((given: Given) => Requirement);
  readonly path?: string;
  readonly answer?: ReturnType<typeof insufficientPrivilege>;
}

const users7 = { permission: 'users:read', on: 'users:id:7' };
const users8 = { permission: 'users:read', on: 'users:id:8' };

const asked: Record<string, Asked> = {
  'a name': { asks: scope },
  'on a resource': { asks: on('users:read', 'users:id:7') },
  'on another resource': { asks: on('users:read', 'users:id:8'), answer: insufficientPrivilege(users8) },
  'on the route’s resource': { asks: on('users:read', 'users:id:{id}') },
  'on the route’s other resource': {
    asks: on('users:read', 'users:id:{id}'),
    path: '/8',
    answer: insufficientPrivilege(users8),
  },
  'on a resource filled in by hand': { asks: on('users:read', 'users:id:{who}', { who: '7' }), path: '/8' },
  anywhere: { asks: anywhere('users:read') },
  'all of them': { asks: allOf(scope, 'write:contacts', on('users:read', 'users:id:7')) },
  'all of them, one lacking': {
    asks: allOf(scope, on('users:read', 'users:id:8')),
    answer: insufficientPrivilege(users8),
  },
  'any of them': { asks: anyOf(on('users:read', 'users:id:8'), on('users:read', 'users:id:7')) },
  'any of them, all lacking': {
    asks: anyOf(on('users:read', 'users:id:8'), 'users:read'),
    answer: insufficientPrivilege(users8),
  },
  'any of all of them': { asks: anyOf(allOf(scope, on('users:read', 'users:id:8')), allOf(scope, 'write:contacts')) },
  'all of any of them': { asks: allOf(anyOf('delete:contacts', scope), anyOf('write:contacts', 'delete:contacts')) },
  'what a function says': { asks: () => scope },
  'what a function reads off the request': {
    asks: ({ params }) => on('users:read', `users:id:${String(params['id'])}`),
  },
  'what a function reads off another request': {
    asks: ({ params }) => on('users:read', `users:id:${String(params['id'])}`),
    path: '/8',
    answer: insufficientPrivilege(users8),
  },
  'what a function leaves to the route': { asks: () => on('users:read', 'users:id:{id}') },
  'a policy that says yes': {
    asks: allOf(
      scope,
      policy('yes', () => true),
    ),
  },
  'a policy that says yes later': {
    asks: allOf(
      policy('yes', async () => true),
      scope,
    ),
  },
  'a policy that looks at the access': {
    asks: allOf(
      scope,
      policy('reads user 7', (access) => access.can('users:read', 'users:id:7')),
    ),
  },
  'a policy that looks at the request': {
    asks: allOf(
      scope,
      policy('is about 7', (_access, request: Given) => request.params['id'] === '7'),
    ),
  },
  'plain data': { asks: { allOf: [scope, { permission: users7.permission, on: users7.on }] } },
};

describe.each(frameworks)('requirePermission on $name', (framework) => {
  const guards = framework.createGuards(options());
  const { requirePermission } = guards;

  test.each(Object.entries(asked))(
    'S19 authenticates by itself and decides on %s',
    async (_, { asks, path = '/7', answer }) => {
      const handle = (given: Given): string => guards.accessOf(given).subject.id;
      const served = await framework.serve([{ path: '/:id', guards: [requirePermission(asks)], handle }]);
      const got = await ask(served.address + path, {
        token: await tokenOf({ scope: `${both.scope} delete:contacts` }),
      });
      if (answer === undefined) expectPermit(got, 'alice');
      else expectRefusal(got, answer);
      expectRefusal(await ask(served.address + path), missingToken());
      expect(served.runs()).toBe(answer === undefined ? 1 : 0);
    },
  );

  const catalogued = framework.createGuards(options({ permissions: definePermissions({ [scope]: '…' }) }));
  const yes = policy('yes', () => true);
  const mistakes: [string, unknown[]][] = [
    ['nothing', []],
    ['undefined', [undefined]],
    ['null', [null]],
    ['an empty list', [[]]],
    ['a list', [[scope]]],
    ['two names', [scope, scope]],
    ['a name and undefined', [scope, undefined]],
    ['an empty name', ['']],
    ['a name with a space', ['read contacts']],
    ['a name with a quotation mark', ['read"contacts']],
    ['a pattern', ['read:*']],
    ['a number', [5]],
    ['true', [true]],
    ['an empty object', [{}]],
    ['a policy alone', [yes]],
    ['policies alone', [{ allOf: [yes, yes] }]],
    ['an alternative without a permission', [{ anyOf: [scope, yes] }]],
    ['all of nothing', [{ allOf: [] }]],
    ['any of nothing', [{ anyOf: [] }]],
    ['all of a list', [{ allOf: [[scope]] }]],
    ['a mixture', [{ allOf: [scope], anyOf: [scope] }]],
    ['a permission on nothing', [{ permission: scope, on: '' }]],
    ['a permission on null', [{ permission: scope, on: null }]],
    ['a permission without a place', [{ permission: scope }]],
    ['a permission nowhere', [{ permission: scope, anywhere: false }]],
    ['half a parameter', [{ permission: scope, on: 'users:id:{id' }]],
    ['a policy that cannot be asked', [{ allOf: [scope, { policy: 'x', test: true }] }]],
    ['what is lent by a prototype', [Object.create({ permission: scope, anywhere: true })]],
  ];
  test.each(mistakes)('S7 %s is a mistake when the guard is made', (_, given) => {
    expect(() => (requirePermission as (...demands: unknown[]) => unknown)(...given)).toThrow(TypeError);
    expect(() => (catalogued.requirePermission as (...demands: unknown[]) => unknown)(...given)).toThrow(TypeError);
  });

  const unknown: [string, Requirement][] = [
    ['a name', 'read:contact'],
    ['on a resource', on('read:contact', 'contacts:id:7')],
    ['anywhere', anywhere('read:contact')],
    ['all of', allOf(scope, 'read:contact')],
    ['any of all of', anyOf(scope, allOf(scope, anywhere('toString')))],
  ];
  test.each(unknown)('S7 an unknown permission in %s is a mistake when the guard is made', (_, requirement) => {
    expect(() => catalogued.requirePermission(requirement)).toThrow(TypeError);
    expect(() => requirePermission(requirement)).not.toThrow();
  });

  test.each([
    ['all of nothing', () => (allOf as () => unknown)()],
    ['any of nothing', () => (anyOf as () => unknown)()],
    ['all of a list', () => allOf([scope] as never)],
    ['any of a policy', () => anyOf(scope, yes)],
    ['a policy without a name', () => policy('', () => true)],
    ['a policy without a question', () => policy('x', undefined as never)],
    ['on nothing', () => on(scope, '')],
    ['on undefined', () => on(scope, undefined as never)],
    ['half a parameter', () => on(scope, 'contacts:id:{id')],
    ['the other half of a parameter', () => on(scope, 'contacts:id:id}')],
    ['half a parameter beside a whole one', () => on(scope, 'contacts:id:{id}}')],
    ['a parameter without a name', () => on(scope, 'contacts:id:{}')],
    ['a parameter with spaces', () => on(scope, 'contacts:id:{ id }')],
    ['a parameter with a path', () => on(scope, 'contacts:id:{contact.id}')],
    ['a parameter in double braces', () => on(scope, 'contacts:id:{{id}}')],
    ['anywhere without a name', () => anywhere('')],
  ])('S7 %s is a mistake when it is written', (_, write) => {
    expect(write).toThrow(TypeError);
  });

  const throwing: [string, () => unknown][] = [
    [
      'that throws',
      () => {
        throw new Error('no such tenant');
      },
    ],
    [
      'that throws undefined',
      () => {
        throw undefined;
      },
    ], // oxlint-disable-line typescript/only-throw-error
    ['that answers with nothing', () => undefined],
    ['that answers with true', () => true],
    ['that answers with an empty list', () => []],
    ['that answers with all of nothing', () => ({ allOf: [] })],
    ['that answers with a policy alone', () => yes],
    ['that answers with a function', () => () => scope],
    ['that answers later', async () => scope],
    ['that answers with an empty name', () => ''],
    ['that answers with a name that there is not', () => 'read:contact'],
  ];
  test.each(throwing)('a function %s is a fault of the program: 500, and the handler does not run', async (_, asks) => {
    const told: unknown[] = [];
    const { requirePermission: required } = framework.createGuards(
      options({
        permissions: definePermissions({ [scope]: '…', 'write:contacts': '…', 'users:read': '…' }),
        onRefused: (error) => told.push(error),
      }),
    );
    const served = await framework.serve([{ path: '/', guards: [required(asks as () => Requirement)] }]);
    expect(await ask(served.address, { token: await tokenOf(both) })).toMatchObject({ status: 500, text: 'failed' });
    expect(served.runs()).toBe(0);
    expect(served.failures).toHaveLength(1);
    expect(told).toEqual([]);
  });

  test('a function is not asked about a request without a valid token', async () => {
    let times = 0;
    const asks = (): Requirement => {
      times += 1;
      return scope;
    };
    const served = await framework.serve([{ path: '/', guards: [requirePermission(asks)] }]);
    expectRefusal(await ask(served.address), missingToken());
    expectRefusal(await ask(served.address, { token: 'x' }), invalidToken());
    expect(times).toBe(0);
    expectPermit(await ask(served.address, { token: await tokenOf(both) }));
    expect(times).toBe(1);
  });

  test('a function that throws an AccessError chooses the answer', async () => {
    const served = await framework.serve([
      {
        path: '/down',
        guards: [
          requirePermission(() => {
            throw new UnavailableError();
          }),
        ],
      },
      {
        path: '/more',
        guards: [
          requirePermission(() => {
            throw new InsufficientScopeError(undefined, { scope: 'x', missing: [{ permission: 'x' }] });
          }),
        ],
      },
    ]);
    const token = await tokenOf(both);
    expectRefusal(await ask(`${served.address}/down`, { token }), unavailable());
    expectRefusal(await ask(`${served.address}/more`, { token }), insufficientScope('x'));
    expect(served.failures).toEqual([]);
    expect(served.runs()).toBe(0);
  });

  test('what a handler throws is the handler’s, also where it looks like a refusal', async () => {
    const told: unknown[] = [];
    const { requirePermission: required } = framework.createGuards(options({ onRefused: (error) => told.push(error) }));
    const failure = new InsufficientScopeError();
    const handle = (): never => {
      throw failure;
    };
    const served = await framework.serve([{ path: '/', guards: [required(scope)], handle }]);
    const token = await tokenOf(both);
    for (let times = 0; times < 2; times += 1) {
      expect(await ask(served.address, { token })).toMatchObject({ status: 403, text: 'failed' });
    }
    expect(served.failures).toEqual([failure, failure]);
    expect(told).toEqual([]);
  });
});

describe.each(frameworks)('several guards on $name', (framework) => {
  test('of two authorizers never share an access', async () => {
    const other = answering(() => [{ permission: 'read:notes' }]);
    const authorizers = [createAuthorizer(options()), createAuthorizer(options({ store: other }))] as const;
    const [contacts, notes] = [framework.createGuards(authorizers[0]), framework.createGuards(authorizers[1])];
    const served = await framework.serve([
      {
        path: '/compared',
        guards: [contacts.authenticate(), notes.authenticate()],
        handle: (given) => {
          const [mine, theirs] = [contacts.accessOf(given), notes.accessOf(given)];
          expect(mine).not.toBe(theirs);
          expect(() => authorizers[1].decide(mine, scope)).toThrow(TypeError);
          expect(() => authorizers[0].decide(theirs, scope)).toThrow(TypeError);
          return [mine.can(scope), mine.can('read:notes'), theirs.can(scope), theirs.can('read:notes')];
        },
      },
      {
        path: '/one',
        guards: [contacts.authenticate()],
        handle: (given) => {
          expect(() => notes.accessOf(given)).toThrow(TypeError);
          return notes.optionalAccessOf(given) ?? null;
        },
      },
      { path: '/second', guards: [contacts.authenticate(), notes.requirePermission(scope)] },
    ]);
    const token = await tokenOf({ scope: 'read:contacts read:notes' });
    expectPermit(await ask(`${served.address}/compared`, { token }), [true, false, false, true]);
    expectPermit(await ask(`${served.address}/one`, { token }), null);
    expectRefusal(await ask(`${served.address}/second`, { token }), insufficientPrivilege(scope));
  });

  test('of two authorizers with the same options never share an access either', async () => {
    const [one, other] = [framework.createGuards(options()), framework.createGuards(options())];
    const handle = (given: Given): unknown => other.optionalAccessOf(given) ?? 'none';
    const served = await framework.serve([{ path: '/', guards: [one.authenticate()], handle }]);
    expectPermit(await ask(served.address, { token: await tokenOf() }), 'none');
  });

  test('of one authorizer share its access, whichever createGuards made them', async () => {
    const authorizer = createAuthorizer(options());
    const [one, other] = [framework.createGuards(authorizer), framework.createGuards(authorizer, { realm: 'other' })];
    const handle = (given: Given): boolean => one.accessOf(given) === other.accessOf(given);
    const served = await framework.serve([{ path: '/', guards: [one.authenticate()], handle }]);
    expectPermit(await ask(served.address, { token: await tokenOf() }), true);
  });

  test('all have to let pass, in whichever order', async () => {
    const { requirePermission } = framework.createGuards(options());
    const guards = [requirePermission('write:contacts'), requirePermission('delete:contacts')];
    const served = await framework.serve([
      { path: '/one', guards },
      { path: '/other', guards: guards.toReversed() },
    ]);
    const token = await tokenOf({ scope: 'write:contacts delete:contacts' });
    for (const path of ['/one', '/other']) {
      expectRefusal(await ask(served.address + path, { token }), insufficientPrivilege('delete:contacts'));
    }
  });

  test('and many requests at once do not disturb each other', async () => {
    const { requirePermission, accessOf } = framework.createGuards(options());
    const handle = (given: Given): string => accessOf(given).subject.id;
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)], handle }]);
    const subs = Array.from({ length: 40 }, (_, index) => ['alice', 'admin', 'bob', undefined][index % 4]);
    await Promise.all(
      subs.map(async (sub) => {
        const answer = await ask(
          served.address,
          sub === undefined ? {} : { token: await issuer.token({ sub, scope }) },
        );
        if (sub === undefined) expectRefusal(answer, missingToken());
        else if (sub === 'bob') expectRefusal(answer, insufficientPrivilege(scope));
        else expectPermit(answer, sub);
      }),
    );
  });
});

describe.each(frameworks)('onDecision on $name', (framework) => {
  test('is told of each decision, who it is about and why', async () => {
    const told: DecisionEvent[] = [];
    const hooks = options({ eventSubjects: 'clear', onDecision: (event) => told.push(event) });
    const { requirePermission } = framework.createGuards(hooks);
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    await ask(served.address);
    await ask(served.address, { token: await tokenOf() });
    await ask(served.address, { token: await tokenOf({ scope, sub: 'bob' }) });
    await ask(served.address, { token: await tokenOf({ scope }) });
    expect(told).toMatchObject([
      {
        requirement: scope,
        subject: { id: 'alice' },
        decision: { permit: false, lacking: 'scope', missing: [{ permission: scope }] },
      },
      { requirement: scope, subject: { id: 'bob' }, decision: { permit: false, lacking: 'privilege' } },
      {
        requirement: scope,
        subject: { id: 'alice' },
        request: { method: 'GET' },
        decision: {
          permit: true,
          because: [
            {
              permission: scope,
              delegatedBy: { scope },
              granted: [{ permission: scope, source: { kind: 'direct' } }],
              denied: [],
            },
          ],
        },
      },
    ]);
  });

  test('changes no answer by what it throws', async () => {
    const onDecision = (): never => {
      throw new Error('the log is full');
    };
    const { requirePermission } = framework.createGuards(options({ onDecision }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    expectPermit(await ask(served.address, { token: await tokenOf({ scope }) }));
    expectRefusal(await ask(served.address, { token: await tokenOf() }), insufficientScope(scope));
  });
});

describe.each(frameworks)('createGuards on $name', (framework) => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an issuer alone', 'https://issuer.example/'],
    ['a look-alike of an authorizer', { authenticate() {}, decide() {}, ready() {}, close() {} }],
    ['options without an audience', { issuer: 'https://issuer.example/' }],
    ['options with a misspelt name', { issuer: 'https://issuer.example/', audience: 'x', permission: [] }],
  ])('made of %s is a mistake', (_, authorizer) => {
    expect(() => framework.createGuards(authorizer as never)).toThrow(TypeError);
  });

  test.each([{ relm: 'x' }, { realm: 'x', discloses: 'nothing' }])('with %j is a mistake', (guardOptions) => {
    expect(() => framework.createGuards(storeless(), guardOptions)).toThrow(/Unknown option/);
  });

  test('makes guards that are told of a closed authorizer: 503', async () => {
    const authorizer = createAuthorizer(options());
    const { requirePermission } = framework.createGuards(authorizer);
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    const token = await tokenOf(both);
    await authorizer.ready();
    expectPermit(await ask(served.address, { token }));
    await authorizer.close();
    expectRefusal(await ask(served.address, { token: await tokenOf(both) }), unavailable());
  });
});
