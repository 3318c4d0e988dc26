// What an operator is told of decisions: each one once, what was asked and how long it took, and of whom no more than a digest.

import { createHmac } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import type { Request, Response } from 'express';
import { allOf, anyOf, createAuthorizer, inOrganization, on, policy } from 'rightful';
import type { Access, AuthorizerOptions, DecisionEvent } from 'rightful';
import { createGuards as expressGuards } from 'rightful/express';
import { ask } from './answers.ts';
import { frameworks } from './frameworks.ts';
import { answering, options, people, sleep, tokenOf } from './scene.ts';

const scope = 'read:contacts';

/** The hooks of an operator, and what they were told. */
function listening(differing: Partial<AuthorizerOptions> = {}): { told: DecisionEvent[]; heard: AuthorizerOptions } {
  const told: DecisionEvent[] = [];
  return { told, heard: options({ onDecision: (event) => told.push(event), ...differing }) };
}

describe.each(frameworks)('a decision of a guard on $name', (framework) => {
  test('is told once, with requirement, permissions, method and that it is enforced', async () => {
    const { told, heard } = listening();
    const { requirePermission } = framework.createGuards(heard);
    const requirement = anyOf(scope, on('users:read', 'users:id:{id}'));
    const served = await framework.serve([{ method: 'all', path: '/:id', guards: [requirePermission(requirement)] }]);
    const sent = { scope: `${scope} users:read` };
    await ask(`${served.address}/7`, { method: 'POST', token: await tokenOf(sent) });
    await ask(`${served.address}/8`, { token: await tokenOf({ ...sent, sub: 'bob' }) });
    await ask(`${served.address}/9`, { token: await tokenOf() });
    expect(told.map(({ decision: { permit }, method, enforced }) => ({ permit, method, enforced }))).toEqual([
      { permit: true, method: 'POST', enforced: true },
      { permit: false, method: 'GET', enforced: true },
      { permit: false, method: 'GET', enforced: true },
    ]);
    for (const event of told) {
      expect(event.requirement).toEqual(requirement);
      expect(event.permissions).toEqual([scope, 'users:read']);
      expect(Object.isFrozen(event)).toBe(true);
    }
  });

  test('names the subject by a digest, the same for one subject and another for another, and never by its id', async () => {
    const { told, heard } = listening();
    const { requirePermission } = framework.createGuards(heard);
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    for (const claims of [{}, { jti: 'other' }, { org_id: 'acme' }, { sub: 'bob' }, { sub: 'alice2' }]) {
      await ask(served.address, { token: await tokenOf({ scope, ...claims }) });
    }
    const digests = told.map(({ subject }) => subject.digest);
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).toBe(digests[0]);
    expect(new Set(digests).size).toBe(3);
    for (const digest of digests) expect(digest).toMatch(/^[\w-]{16}$/);
    expect(told[2]?.subject.organization).toBe('acme');
    for (const { request: _, ...event } of told) expect(JSON.stringify(event)).not.toMatch(/alice|bob/);
  });

  test('is not told where there is none: without a token, with a bad one, and where the store fails', async () => {
    const { told, heard } = listening({ store: answering(() => Promise.reject(new Error('down'))) });
    const { requirePermission } = framework.createGuards(heard);
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    const answers = [
      await ask(served.address),
      await ask(served.address, { token: 'a.b.c' }),
      await ask(served.address, { token: await tokenOf({ scope }) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 503]);
    expect(told).toEqual([]);
  });

  test('takes as long as token and store do, whatever happens to the clock on the wall', async () => {
    const hourAgo = Date.now() - 3_600_000;
    let wall: { mockRestore(): void } | undefined;
    const slow = answering(async () => {
      await sleep(30);
      wall = jest.spyOn(Date, 'now').mockReturnValue(hourAgo);
      return [{ permission: scope }];
    });
    const { told, heard } = listening({ store: slow });
    const { requirePermission } = framework.createGuards(heard);
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope), requirePermission(scope)] }]);
    const token = await tokenOf({ scope });
    await ask(served.address, { token });
    wall?.mockRestore();
    expect(wall).toBeDefined();
    const [first, second] = told as [DecisionEvent, DecisionEvent];
    expect(first.durationMs).toBeGreaterThanOrEqual(28);
    expect(first.durationMs).toBeLessThan(2_000);
    expect(second.durationMs).toBeGreaterThanOrEqual(0);
    // What the first has waited for, the second has.
    expect(second.durationMs).toBeLessThan(first.durationMs);
  });

  test('tells of a resource that is not there as of what is not held', async () => {
    const resolvers = { 'users:name:': { resolve: () => null, notFound: 'not_found' as const } };
    const { told, heard } = listening({ resolvers });
    const { requirePermission } = framework.createGuards(heard);
    const guards = [requirePermission(on('users:read', 'users:name:{name}'))];
    const served = await framework.serve([{ path: '/:name', guards }]);
    const { status } = await ask(`${served.address}/bob`, { token: await tokenOf({ scope: 'users:read' }) });
    expect(status).toBe(404);
    expect(told).toMatchObject([
      { decision: { permit: false, lacking: 'privilege', missing: [{ permission: 'users:read' }] }, enforced: true },
    ]);
  });
});

describe('a decision', () => {
  test('of decorated methods, with a request and away from HTTP, and of `decide` is told once each', async () => {
    const { told, heard } = listening();
    const authorizer = createAuthorizer(heard);
    const { requirePermission } = expressGuards(authorizer);
    class Contacts {
      @requirePermission(scope)
      list(_request: Request, response: Response): void {
        response.json([]);
      }

      @requirePermission('write:contacts')
      @requirePermission(scope)
      both(_access: Access): string {
        return 'both';
      }

      @requirePermission(
        allOf(
          scope,
          policy('waits', async () => false),
        ),
      )
      later(_access: Access): string {
        return 'later';
      }
    }
    const contacts = new Contacts();
    const [express] = frameworks as [(typeof frameworks)[number]];
    const route = { path: '/', guards: [(req: Request, res: Response) => contacts.list(req, res)] };
    const served = await express.serve([route]);
    const token = await tokenOf({ scope: `${scope} write:contacts` });
    expect((await ask(served.address, { token })).status).toBe(200);
    expect(told.splice(0)).toMatchObject([{ method: 'GET', permissions: [scope], enforced: true }]);

    const access = await authorizer.authenticate({ headers: { authorization: `Bearer ${token}` } });
    expect(told).toEqual([]);
    expect(contacts.both(access)).toBe('both');
    expect(told.map(({ permissions }) => permissions)).toEqual([['write:contacts'], [scope]]);
    expect(told.splice(0).every((event) => !('method' in event) && event.durationMs >= 0)).toBe(true);

    await expect(contacts.later(access)).rejects.toThrow(expect.objectContaining({ code: 'policy_refused' }));
    expect(told.splice(0)).toMatchObject([{ decision: { permit: false, lacking: 'policy' }, enforced: true }]);

    await authorizer.decide(access, 'users:read', { request: { method: 'PATCH' } });
    await authorizer.decide(access, inOrganization(scope, 'acme'));
    expect(told.splice(0)).toMatchObject([
      { decision: { permit: false }, method: 'PATCH', enforced: true },
      { decision: { permit: true }, subject: { organization: 'acme' } },
    ]);
  });

  test.each([
    ['a line break', 'GET\nadmin: yes'],
    ['a number', 7],
    ['nothing', ''],
    ['more than any method has', 'G'.repeat(33)],
  ])('of a request whose method is %s is told without it', async (_, method) => {
    const { told, heard } = listening();
    const authorizer = createAuthorizer(heard);
    const token = await tokenOf({ scope });
    const access = await authorizer.authenticate({ headers: { authorization: `Bearer ${token}` } });
    await authorizer.decide(access, scope, { request: { method } });
    expect(told).toHaveLength(1);
    expect(told[0]).not.toHaveProperty('method');
  });

  test('that nobody wants to hear of is not timed, and is made before the guard returns', async () => {
    const authorizer = createAuthorizer(options());
    const { requirePermission } = expressGuards(authorizer);
    const guard = requirePermission(scope);
    const headers = { authorization: `Bearer ${await tokenOf({ scope })}` };
    await authorizer.authenticate({ headers });
    const timed = jest.spyOn(performance, 'now');
    let passed = false;
    guard({ headers } as Request, { setHeader() {} } as unknown as Response, () => (passed = true));
    expect(passed).toBe(true);
    expect(timed).not.toHaveBeenCalled();
    timed.mockRestore();
  });
});

describe('eventSubjects', () => {
  async function toldUnder(eventSubjects: AuthorizerOptions['eventSubjects'], claims = {}): Promise<DecisionEvent> {
    const { told, heard } = listening(eventSubjects === undefined ? {} : { eventSubjects });
    const authorizer = createAuthorizer(heard);
    const authorization = `Bearer ${await tokenOf({ scope, ...claims })}`;
    await authorizer.decide(await authorizer.authenticate({ headers: { authorization } }), scope);
    return told[0] as DecisionEvent;
  }

  const key = 'k'.repeat(32);

  test('with a key: HMAC-SHA-256 over issuer, kind and id, in every process that has the key', async () => {
    const { subject } = await toldUnder({ key });
    const text = JSON.stringify([subject.issuer, 'user', 'alice']);
    const expected = createHmac('sha256', key).update(text).digest('base64url').slice(0, 16);
    expect(subject).toEqual({ issuer: subject.issuer, kind: 'user', digest: expected });
    const bytes = new TextEncoder().encode(key);
    expect((await toldUnder({ key: bytes })).subject.digest).toBe(expected);
    expect((await toldUnder({ key: 'l'.repeat(32) })).subject.digest).not.toBe(expected);
  });

  test('without a key: the same throughout the process, by a key that nobody else has', async () => {
    const [first, second] = [await toldUnder(undefined), await toldUnder('digest')];
    expect(first.subject).toEqual(second.subject);
    expect(first.subject.digest).not.toBe((await toldUnder({ key })).subject.digest);
    expect(first.subject).not.toHaveProperty('id');
  });

  test('a user and a machine of one id are two', async () => {
    const user = await toldUnder({ key }, { sub: 'nightly', client_id: 'app' });
    const machine = await toldUnder({ key }, { sub: 'nightly', client_id: 'nightly' });
    expect([user.subject.kind, machine.subject.kind]).toEqual(['user', 'client']);
    expect(user.subject.digest).not.toBe(machine.subject.digest);
  });

  test('in clear, where the operator says so: the digest and the id', async () => {
    const { subject } = await toldUnder('clear');
    expect(subject).toMatchObject({ id: 'alice', digest: (await toldUnder(undefined)).subject.digest });
  });

  test.each([
    ['another word', 'plain', /`eventSubjects`.*'digest', 'clear' or \{ key \}.*"plain"/],
    ['true', true, /`eventSubjects`/],
    ['null', null, /`eventSubjects`/],
    ['no key', {}, /`eventSubjects.key`/],
    ['a misspelt member', { keys: key }, /Unknown option `keys`/],
    ['a key of 31 bytes', { key: 'k'.repeat(31) }, /`eventSubjects.key` to be at least 32 bytes long$/],
    ['a number for a key', { key: 1234 }, /`eventSubjects.key` to be a string or bytes$/],
  ])('%s is a mistake, and a key is never printed', (_, eventSubjects, message) => {
    expect(() => createAuthorizer(options({ store: people, eventSubjects: eventSubjects as never }))).toThrow(message);
  });
});
