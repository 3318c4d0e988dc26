// A guard that reports and does not refuse: a 403 goes through and is told, a 401 and a 503 stay what they are, and nothing that was
// not permitted is handed on.

import { describe, expect, test } from '@jest/globals';
import {
  allOf,
  inOrganization,
  InvalidTokenError,
  NotFoundError,
  on,
  policy,
  PolicyRefusedError,
  UnavailableError,
} from 'rightful';
import type { Requirement } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { ask, expectPermit, expectRefusal, insufficientScope, missingToken, unavailable } from './answers.ts';
import { frameworks } from './frameworks.ts';
import type { Given } from './frameworks.ts';
import { hearing } from './hearing.ts';
import { answering, counting, issuer, options, people, sleep, tokenOf } from './scene.ts';
import type { Claims } from './scene.ts';

const scope = 'read:contacts';
const unenforced = { enforce: false };

const resolvers = {
  'users:name:': { resolve: () => null, notFound: 'not_found' as const },
  'users:hidden:': () => {
    throw new PolicyRefusedError();
  },
};

const throwing = (error: Error): Requirement =>
  allOf(
    scope,
    policy('throws', () => {
      throw error;
    }),
  );

const lets: [what: string, requirement: Requirement | ((given: Given) => Requirement), sent: Claims, code: string][] = [
  ['a scope that is not delegated', 'write:contacts', { scope }, 'insufficient_scope'],
  ['a privilege that is not held', scope, { scope, sub: 'bob' }, 'insufficient_privilege'],
  ['a resource that is not held', on('users:read', 'users:id:8'), { scope: 'users:read' }, 'insufficient_privilege'],
  [
    'a parameter that cannot be a resource',
    on('users:read', 'users:id:{none}'),
    { scope: 'users:read' },
    'insufficient_privilege',
  ],
  ['an organization that nothing is held in', inOrganization(scope, '{none}'), { scope }, 'insufficient_privilege'],
  [
    'a policy that says no',
    allOf(
      scope,
      policy('says no', () => false),
    ),
    { scope },
    'policy_refused',
  ],
  [
    'one that says so later',
    allOf(
      scope,
      policy('later', async () => sleep(1) as never),
    ),
    { scope },
    'policy_refused',
  ],
  ['one that throws', throwing(new Error('a fault')), { scope }, 'policy_refused'],
  ['one that throws a refusal', throwing(new PolicyRefusedError()), { scope }, 'policy_refused'],
  ['one that says there is no such thing', throwing(new NotFoundError()), { scope }, 'not_found'],
  ['a resolver that says so', on('users:read', 'users:name:bob'), { scope: 'users:read' }, 'not_found'],
  ['a resolver that refuses', on('users:read', 'users:hidden:7'), { scope: 'users:read' }, 'policy_refused'],
  ['what each request decides', () => 'write:contacts', { scope }, 'insufficient_scope'],
];

const stays: [what: string, requirement: Requirement | (() => Requirement), status: number, code: string][] = [
  ['a policy that says 401', throwing(new InvalidTokenError()), 401, 'invalid_token'],
  ['a policy that says 503', throwing(new UnavailableError()), 503, 'unavailable'],
];

describe.each(frameworks)('a guard that does not enforce, on $name', (framework) => {
  test.each(lets)('lets %s through, and tells of it once', async (_, requirement, sent, code) => {
    const { decisions, refusals, hooks } = hearing();
    const { requirePermission, accessOf } = framework.createGuards(options({ resolvers, ...hooks }));
    const guards = [requirePermission(requirement, unenforced)];
    const handle = (given: Given): unknown => accessOf(given).subject.id;
    const served = await framework.serve([{ path: '/', guards, handle }]);
    const answer = await ask(served.address, { token: await tokenOf(sent) });
    expectPermit(answer, sent['sub'] ?? 'alice');
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(refusals).toEqual([[code, false]]);
    expect(decisions).toMatchObject([{ decision: { permit: false }, enforced: false, method: 'GET' }]);
    expect(served.failures).toEqual([]);
  });

  test('lets pass what is permitted, and tells that it would not have refused', async () => {
    const { decisions, refusals, hooks } = hearing();
    const { requirePermission } = framework.createGuards(options(hooks));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope, unenforced)] }]);
    expectPermit(await ask(served.address, { token: await tokenOf({ scope }) }));
    expect(decisions).toMatchObject([{ decision: { permit: true }, enforced: false }]);
    expect(refusals).toEqual([]);
  });

  test('refuses who is not signed in: 401, before the handler runs', async () => {
    const { decisions, refusals, hooks } = hearing();
    const { requirePermission } = framework.createGuards(options(hooks));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope, unenforced)] }]);
    expectRefusal(await ask(served.address), missingToken());
    const expired = await ask(served.address, { token: await tokenOf({ scope, exp: 1 }) });
    expect(expired.status).toBe(401);
    expect((await ask(served.address, { headers: { authorization: 'Bearer a b' } })).status).toBe(400);
    expect(refusals).toEqual([
      ['missing_token', true],
      ['invalid_token', true],
      ['invalid_request', true],
    ]);
    expect([decisions, served.runs()]).toEqual([[], 0]);
  });

  test.each(stays)('leaves %s as it is', async (_, requirement, status, code) => {
    const { decisions, refusals, hooks } = hearing();
    const { requirePermission } = framework.createGuards(options(hooks));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(requirement, unenforced)] }]);
    expect((await ask(served.address, { token: await tokenOf({ scope }) })).status).toBe(status);
    expect([refusals, served.runs()]).toEqual([[[code, true]], 0]);
    expect(decisions).toMatchObject([{ enforced: true }]);
  });

  test('answers 503 where the store fails, also where the scope was lacking already', async () => {
    const { refusals, hooks } = hearing();
    const store = answering(() => Promise.reject(new Error('down')));
    const { requirePermission } = framework.createGuards(options({ store, ...hooks }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope, unenforced)] }]);
    expectRefusal(await ask(served.address, { token: await tokenOf({ scope }) }), unavailable());
    expectRefusal(await ask(served.address, { token: await tokenOf() }), unavailable());
    expect(refusals).toEqual([
      ['unavailable', true],
      ['insufficient_scope', false],
      ['unavailable', true],
    ]);
    expect(served.runs()).toBe(0);
  });

  test('leaves a fault of the program to the error handler', async () => {
    const { hooks } = hearing();
    const { requirePermission } = framework.createGuards(options(hooks));
    const guards = [requirePermission(() => [] as never, unenforced)];
    const served = await framework.serve([{ path: '/', guards }]);
    expect((await ask(served.address, { token: await tokenOf({ scope }) })).status).toBe(500);
    expect([served.failures.length, served.runs()]).toEqual([1, 0]);
  });

  test('gives the handler an access in which what was not permitted is not', async () => {
    const { hooks } = hearing();
    const { requirePermission, accessOf } = framework.createGuards(options(hooks));
    const guards = [requirePermission('write:contacts', unenforced)];
    const handle = (given: Given): unknown => ['write:contacts', scope].map((name) => accessOf(given).can(name));
    const served = await framework.serve([{ path: '/', guards, handle }]);
    expectPermit(await ask(served.address, { token: await tokenOf({ scope }) }), [false, true]);
  });

  test('hands on no access in an organization where nothing was permitted', async () => {
    const { hooks } = hearing();
    const held = [{ permission: scope, organization: 'acme' }, { permission: 'read:notes' }];
    const store = memoryStore({ issuer: issuer.issuer, users: { alice: { permissions: held } } });
    const { requirePermission, accessOf } = framework.createGuards(options({ store, ...hooks }));
    const handle = (given: Given): unknown => accessOf(given).subject.organization ?? 'none';
    const reporting = requirePermission(inOrganization(scope, '{org}'), unenforced);
    const before = requirePermission(inOrganization('read:notes', 'initech'));
    const served = await framework.serve([
      { path: '/alone/:org', guards: [reporting], handle },
      { path: '/after/:org', guards: [before, reporting], handle },
    ]);
    const token = await tokenOf({ scope: `${scope} read:notes`, org_id: 'home' });
    const given: unknown[] = [];
    for (const path of ['alone/acme', 'alone/globex', 'after/acme', 'after/globex']) {
      given.push(JSON.parse((await ask(`${served.address}/${path}`, { token })).text));
    }
    expect(given).toEqual(['acme', 'home', 'acme', 'initech']);
  });

  test('does not open what another guard closes', async () => {
    const { hooks } = hearing();
    const { requirePermission } = framework.createGuards(options(hooks));
    const pair = [requirePermission('write:contacts', unenforced), requirePermission('write:contacts')];
    const served = await framework.serve([
      { path: '/first', guards: pair },
      { path: '/last', guards: pair.toReversed() },
    ]);
    const token = await tokenOf({ scope });
    for (const path of ['first', 'last']) {
      expectRefusal(await ask(`${served.address}/${path}`, { token }), insufficientScope('write:contacts'));
    }
  });

  test('asks the store once, as a guard that enforces does', async () => {
    const { hooks } = hearing();
    const store = counting();
    const { requirePermission } = framework.createGuards(options({ store, ...hooks }));
    const guards = [requirePermission('write:contacts', unenforced), requirePermission(scope)];
    const served = await framework.serve([{ path: '/', guards }]);
    expectPermit(await ask(served.address, { token: await tokenOf({ scope }) }));
    expect(store.asked).toHaveLength(1);
  });

  test('is announced when it is made, once for each requirement; one that enforces is not', async () => {
    const { warnings, hooks } = hearing();
    const { requirePermission } = framework.createGuards(options(hooks));
    requirePermission(scope, unenforced);
    requirePermission(scope, unenforced);
    requirePermission(allOf(scope, on('users:read', 'users:id:{id}')), unenforced);
    requirePermission(() => scope, unenforced);
    requirePermission('write:contacts', { enforce: true });
    requirePermission('write:contacts', {});
    expect(warnings).toEqual([
      { code: 'not_enforced', requirement: scope },
      { code: 'not_enforced', requirement: `${scope} and users:read on users:id:{id}` },
      { code: 'not_enforced', requirement: 'decided per request' },
    ]);
  });

  test('is a mistake where nobody would hear of what it lets through', () => {
    for (const hooks of [{}, { onWarning: () => undefined }]) {
      const { requirePermission } = framework.createGuards(options({ store: people, ...hooks }));
      expect(() => requirePermission(scope, unenforced)).toThrow(/`onDecision` or `onRefused`.*`enforce` is false/);
    }
    const { requirePermission } = framework.createGuards(options({ onRefused: () => undefined }));
    expect(() => requirePermission(scope, unenforced)).not.toThrow();
  });

  test.each([
    ['a second permission', 'write:contacts', /one requirement, got 2/],
    ['a second requirement', on('users:read', 'users:id:7'), /one requirement, got 2/],
    ['alternatives', { anyOf: [scope] }, /one requirement, got 2/],
    ['a policy', policy('p', () => true), /one requirement, got 2/],
    ['a list', [scope], /one requirement, got 2/],
    ['a function', () => scope, /one requirement, got 2/],
    ['nothing', undefined, /one requirement, got 2/],
    ['null', null, /one requirement, got 2/],
    ['false', false, /one requirement, got 2/],
    ['a misspelt option', { enforced: false }, /Unknown option `enforced`/],
    ['a word in place of false', { enforce: 'false' }, /`enforce` to be true or false, got "false"/],
    ['a number in place of false', { enforce: 0 }, /`enforce` to be true or false/],
    ['null in place of false', { enforce: null }, /`enforce` to be true or false/],
  ])('%s in place of the options is a mistake', (_, second, message) => {
    const { hooks } = hearing();
    const { requirePermission } = framework.createGuards(options(hooks));
    expect(() => requirePermission(scope, second as never)).toThrow(TypeError);
    expect(() => requirePermission(scope, second as never)).toThrow(message);
  });

  test('enforces where only the prototype of its options says otherwise', async () => {
    const { hooks } = hearing();
    const { requirePermission } = framework.createGuards(options(hooks));
    const inherited = Object.create({ enforce: false }) as { enforce?: boolean };
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope, inherited)] }]);
    expect((await ask(served.address, { token: await tokenOf() })).status).toBe(403);
  });
});
