// The API's own rules: what they take away from a request, on every framework.

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  anywhere,
  createAuthorizer,
  definePermissions,
  inOrganization,
  InsufficientPrivilegeError,
  on,
} from 'rightful';
import type { AccessRule, Authorizer, DecisionEvent } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';
import { frameworks, stopServers } from './frameworks.ts';
import type { Given } from './frameworks.ts';

afterAll(stopServers);

const audience = 'https://api.example';
const permissions = definePermissions({
  'read:plans': 'See plans',
  'write:plans': { description: 'Change plans', aliases: ['plans.write'] },
});

describe.each(frameworks)('rules on $name', (framework) => {
  let issuer: TestIssuer;
  const opened: Authorizer[] = [];
  beforeEach(async () => (issuer = await createTestIssuer({ audience, algorithm: 'ES256' })));
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await issuer.close();
  });

  interface Answer {
    status: number;
    body: { code?: string; missing?: unknown[]; names?: string[]; can?: boolean } | null;
  }

  async function ask(
    rules: readonly AccessRule[],
    { path = '/write', scope = 'read:plans write:plans', timeoutMs = 2000, headers = {} } = {},
  ): Promise<Answer & { events: DecisionEvent[]; refused: unknown[]; signedIn: number }> {
    const events: DecisionEvent[] = [];
    const refused: unknown[] = [];
    const authorizer = createAuthorizer({
      issuer: { issuer: issuer.issuer, allowHttp: true },
      audience,
      permissions,
      store: memoryStore({
        issuer: issuer.issuer,
        users: {
          ann: { permissions: ['read:plans', 'write:plans', { permission: 'write:plans', organization: 'acme' }] },
        },
      }),
      storeTimeoutMs: timeoutMs,
      rules,
      onDecision: (event) => events.push(event),
      onRefused: ({ cause }) => refused.push(cause),
    });
    opened.push(authorizer);
    const { authenticate, requirePermission, accessOf } = framework.createGuards(authorizer);
    const shown = (given: Given): object => {
      const access = accessOf(given);
      return { names: access.permissions.list().map(({ permission }) => permission), can: access.can('write:plans') };
    };
    const { address } = await framework.serve([
      { path: '/me', guards: [authenticate()], handle: shown },
      { path: '/read', guards: [requirePermission('read:plans')], handle: shown },
      { path: '/write', guards: [requirePermission('write:plans')], handle: shown },
      { path: '/some', guards: [requirePermission(anywhere('write:plans'))], handle: shown },
      { path: '/one/:id', guards: [requirePermission(on('write:plans', 'plans:id:{id}'))], handle: shown },
      { path: '/acme', guards: [requirePermission(inOrganization('write:plans', 'acme'))], handle: shown },
    ]);
    const token = await issuer.token({ sub: 'ann', scope });
    const get = async (at: string): Promise<Response> =>
      fetch(`${address}${at}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
    const response = await get(path);
    return {
      status: response.status,
      body: (await response.json()) as Answer['body'],
      events,
      refused,
      signedIn: (await get('/me')).status,
    };
  }

  it('that keep everything change nothing', async () => {
    expect(await ask([() => 'keep', async () => 'keep' as const])).toMatchObject({ status: 200, body: { can: true } });
  });

  it.each(['/write', '/some', '/one/7', '/acme'])('take a permission away: %s', async (path) => {
    const answer = await ask([() => ({ without: ['write:plans'] })], { path });
    expect(answer).toMatchObject({ status: 403, signedIn: 200, body: { code: 'policy_refused' } });
    expect(answer.body?.missing).toMatchObject([{ permission: 'write:plans' }]);
    expect(answer.events).toHaveLength(1);
    expect(answer.events[0]!.decision).toMatchObject({ permit: false, lacking: 'policy' });
  });

  it('take it away under its other names, and all of them as `*`', async () => {
    for (const without of [['plans.write'], ['*']]) {
      expect(await ask([() => ({ without })])).toMatchObject({ status: 403, body: { code: 'policy_refused' } });
    }
  });

  it('leave what they do not name, and the handler sees what is left', async () => {
    const answer = await ask([() => ({ without: ['write:plans'] })], { path: '/read' });
    expect(answer).toMatchObject({ status: 200, body: { names: ['read:plans'], can: false } });
  });

  it('are all heard, in whatever order', async () => {
    const one: AccessRule = () => ({ without: ['read:plans'] });
    const other: AccessRule = async () => ({ without: ['write:plans'] });
    for (const rules of [
      [one, other],
      [other, one],
      [() => 'keep' as const, other, one],
    ]) {
      expect(await ask(rules, { path: '/read' })).toMatchObject({ status: 403 });
      expect(await ask(rules, { path: '/write' })).toMatchObject({ status: 403 });
    }
  });

  it.each(['/write', '/me'])('refuse a request for their reason: %s', async (path) => {
    const answer = await ask([() => ({ refuse: 'outside of the office network' })], { path });
    expect(answer).toMatchObject({
      status: 403,
      signedIn: 403,
      body: { code: 'policy_refused', missing: [{ policy: 'outside of the office network' }] },
    });
  });

  it('are given the request and the access', async () => {
    const office: AccessRule = (access, request) => {
      const { headers } = request as Given;
      return headers['x-from'] === 'office' && access.subject.id === 'ann' ? 'keep' : { without: ['write:plans'] };
    };
    expect((await ask([office])).status).toBe(403);
    expect((await ask([office], { headers: { 'x-from': 'office' } })).status).toBe(200);
  });

  it('cannot give anything', async () => {
    const scope = 'read:plans';
    for (const rule of [() => 'keep', () => ({ without: [] })] as AccessRule[]) {
      expect(await ask([rule], { scope })).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    }
    // What helps first is said first: consent would lead to the rule.
    const both = await ask([() => ({ without: ['write:plans'] })], { scope });
    expect(both.body?.code).toBe('insufficient_scope');
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['another word', 'allow'],
    ['an empty object', {}],
    ['both at once', { without: [], refuse: 'x' }],
    ['an empty reason', { refuse: '' }],
    ['no list', { without: 'write:plans' }],
    ['a name that nobody knows', { without: ['write:plan'] }],
    ['a number among the names', { without: [1] }],
    ['an inherited answer', Object.create({ without: [] })],
  ])('that say %s refuse, by their name', async (_, verdict) => {
    const unclear = (): never => verdict as never;
    const later = async (): Promise<never> => verdict as never;
    for (const rule of [unclear, later]) {
      const answer = await ask([rule]);
      expect(answer).toMatchObject({ status: 403, body: { code: 'policy_refused', missing: [{ policy: rule.name }] } });
      expect(answer.refused[0]).toBeInstanceOf(TypeError);
    }
  });

  it('that throw refuse, and the operator hears why; an AccessError is the answer itself', async () => {
    const broken = (): never => {
      throw new Error('no clock');
    };
    const answer = await ask([broken]);
    expect(answer).toMatchObject({ status: 403, body: { missing: [{ policy: 'broken' }] } });
    expect(answer.refused[0]).toMatchObject({ message: 'no clock' });
    const chosen = async (): Promise<never> => {
      throw new InsufficientPrivilegeError();
    };
    expect(await ask([chosen])).toMatchObject({ status: 403, body: { code: 'insufficient_privilege' } });
  });

  it('that are late are a 503', async () => {
    const late: AccessRule = () => new Promise(() => undefined);
    expect(await ask([late], { timeoutMs: 50 })).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });
});

describe('rules as an option', () => {
  it.each([
    ['no list', () => 'keep', 'rules'],
    ['a list of something else', [() => 'keep', 'office'], 'rules[1]'],
  ])('%s is a TypeError', (_, rules, name) => {
    const options = { issuer: 'https://issuer.example', audience, rules: rules as never };
    expect(() => createAuthorizer(options)).toThrow(name);
  });

  it('an empty list is none', async () => {
    const authorizer = createAuthorizer({ issuer: 'https://issuer.example', audience, rules: [] });
    await authorizer.close();
  });
});

it('what an application may ask for is less what rules take away', async () => {
  const issuer = await createTestIssuer({ audience, algorithm: 'ES256' });
  const authorizer = createAuthorizer({
    issuer: { issuer: issuer.issuer, allowHttp: true },
    audience,
    permissions,
    store: memoryStore({ issuer: issuer.issuer, users: { ann: { permissions: ['read:plans', 'write:plans'] } } }),
    rules: [() => ({ without: ['write:plans'] })],
  });
  const token = await issuer.token({ sub: 'ann', scope: 'read:plans' });
  const access = await authorizer.authenticate({ headers: { authorization: `Bearer ${token}` } });
  expect([access.can('read:plans'), access.can('write:plans')]).toEqual([true, false]);
  const decision = await authorizer.decide(access, 'read:plans');
  expect(decision.permit).toBe(true);
  await authorizer.close();
  await issuer.close();
});
