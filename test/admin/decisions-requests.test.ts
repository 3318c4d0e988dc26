// What is asked wrongly is said to be, who may not ask is told so, and a store that cannot say is no decision.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered, Scene, Sent } from './admin-scene.ts';
import { ask, contact, decisionScene, permissions, question, spied, users } from './decision-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await decisionScene();
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

function post(path: string, body: unknown, sent: Sent = {}): Promise<Answered> {
  return ask(scene, path, body, sent);
}

const fine = question('alice', 'read:contacts', contact('7'));

function without(path: string): Record<string, unknown> {
  const [entity = '', member] = path.split('.');
  const { [entity]: whole, ...rest } = structuredClone(fine);
  if (member === undefined) return rest;
  const { [member]: _, ...others } = whole as Record<string, unknown>;
  return { ...rest, [entity]: others };
}

const wrong: [body: unknown, says: string][] = [
  ...['subject', 'action', 'resource'].map((name): [unknown, string] => [without(name), `\`${name}\``]),
  ...['subject.type', 'subject.id', 'action.name', 'resource.type', 'resource.id'].map((name): [unknown, string] => [
    without(name),
    `\`${name}\``,
  ]),
  [{ ...fine, subject: 'alice' }, '`subject`'],
  [{ ...fine, subject: { type: 'user', id: '' } }, '`subject.id`'],
  [{ ...fine, subject: { type: 'user', id: 'alice', properties: 'none' } }, '`subject.properties`'],
  [{ ...fine, subject: { type: 'user', id: 'alice', properties: { issuer: 7 } } }, '`subject.properties.issuer`'],
  [{ ...fine, action: { name: 123 } }, '`action.name`'],
  [{ ...fine, resource: null }, '`resource`'],
  [{ ...fine, resource: [] }, '`resource`'],
  [{ ...fine, context: null }, '`context`'],
  [{ ...fine, context: { scopes: null } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: ['read:contacts', 7] } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: 7 } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: {} } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: true } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: 'read:contacts\t' } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: 'read:contacts "x"' } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: ['openid read:contacts'] } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: ['read:contacts', ''] } }, '`context.scopes`'],
  [{ ...fine, context: { scopes: [['read:contacts']] } }, '`context.scopes`'],
  [{ ...fine, context: { organization: null } }, '`context.organization`'],
  [{ ...fine, context: { organization: ['org_1'] } }, '`context.organization`'],
  [{ ...fine, context: { organization: '' } }, '`context.organization`'],
  [[fine], 'JSON object'],
  ['null', 'JSON object'],
  ['"text"', 'JSON object'],
  ['{', 'not JSON'],
  ['', 'JSON object'],
  [`{"__proto__": ${JSON.stringify(fine)}}`, '`subject`'],
  [`{"subject": {"__proto__": {"type": "user", "id": "alice"}}}`, '`subject.type`'],
];

describe('a question that is not as it must be', () => {
  it.each(wrong)('%j is refused, and told what was wrong', async (body, says) => {
    const answer = await post('evaluation', body, { headers: { 'x-request-id': '1' } });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining(says) });
    expect(answer.headers.get('x-request-id')).toBe('1');
  });

  it('members that nobody knows are ignored', async () => {
    const { body } = await post('evaluation', { ...fine, foo: 'bar', context: { ip: '192.168.1.1' } });
    expect(body).toMatchObject({ decision: true });
  });

  it('a body of another type is refused', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect(await post('evaluation', fine, { headers })).toMatchObject({ status: 400 });
  });

  it('a body that is too long is refused, also one that goes deep', async () => {
    const deep = `{"subject":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(await post('evaluation', deep)).toMatchObject({ status: 400 });
    expect(await post('evaluation', { ...fine, context: { long: 'x'.repeat(300_000) } })).toMatchObject({
      status: 413,
    });
  });
});

describe('who asks', () => {
  const paths: [path: string, scope: string, body: unknown][] = [
    ['evaluation', 'evaluate:access', fine],
    ['evaluations', 'evaluate:access', fine],
    ['search/subject', 'search:access', fine],
    ['search/resource', 'search:access', fine],
    ['search/action', 'search:access', fine],
  ];

  it.each(paths)('%s needs %s, held and delegated', async (path, scope, body) => {
    const other = scope === 'evaluate:access' ? 'search:access' : 'evaluate:access';
    const headers = { 'x-request-id': 'mine' };
    const missing = expect.stringContaining(scope);
    const anonymous = await post(path, body, { as: null, headers });
    expect(anonymous).toMatchObject({ status: 401, body: expect.any(String) });
    expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(anonymous.headers.get('x-request-id')).toBe('mine');
    expect(await post(path, body, { scope: other })).toMatchObject({ status: 403, body: missing });
    expect(await post(path, body, { as: 'alice', scope })).toMatchObject({ status: 403, body: missing });
    expect(await post(path, body, { scope })).toMatchObject({ status: 200 });
    const { address } = scene;
    const get = await fetch(`${address}/access/v1/${path}`);
    expect(get.status).toBe(405);
    await get.arrayBuffer();
  });

  it.each(paths)('%s needs it in every organization: to hold it in one is not enough', async (path, scope, body) => {
    const asker = { as: `asker of ${path}`, scope, claims: { org_id: 'org_1' } };
    const { store } = scene;
    await store.grant(scene.user(asker.as), { permission: scope, organization: 'org_1' }, { system: 'test' });
    expect(await post(path, body, asker)).toMatchObject({ status: 403 });
    await store.grant(scene.user(asker.as), scope, { system: 'test' });
    expect(await post(path, body, asker)).toMatchObject({ status: 200 });
  });

  it('is told of the request by its identifier whatever becomes of it', async () => {
    const headers = { 'x-request-id': 'mine' };
    const statuses = await Promise.all(
      [
        scene.call('GET', '/access/v1/evaluation', { headers }),
        scene.call('GET', '/access/v1/nowhere', { headers }),
        scene.call('GET', '/.well-known/authzen-configuration', { headers }),
        post('evaluation', fine, { headers, as: 'alice' }),
        post('evaluation', fine, { headers: { ...headers, authorization: 'Bearer nonsense' } }),
        post('evaluation', fine, { headers: { ...headers, 'content-type': 'text/plain' } }),
        post('evaluation', 'x'.repeat(300_000), { headers }),
        post('evaluations', { ...fine, evaluations: [{}] }, { headers }),
      ].map(async (answer) => {
        const { status, headers: sent, body } = await answer;
        expect({ status, id: sent.get('x-request-id') }).toEqual({ status, id: 'mine' });
        expect(sent.get('content-type')).toMatch(/^application\/json/);
        // Section 10.1.2: an error is a message.
        if (status !== 200) expect(body).toEqual(expect.any(String));
        return status;
      }),
    );
    expect(statuses).toEqual([405, 404, 404, 403, 401, 400, 413, 200]);
  });

  it.each([
    ['printable', 'a b-c~!', true],
    ['of 200 characters', 'x'.repeat(200), true],
    ['of 201 characters', 'x'.repeat(201), false],
    ['not ASCII', 'caf\u00e9', false],
  ])('an identifier that is %s is sent back as it may be', async (_what, id, isEchoed) => {
    const answer = await post('evaluation', fine, { headers: { 'x-request-id': id } });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get('x-request-id')).toBe(isEchoed ? id : null);
  });
});

describe('several questions', () => {
  it('are the single one where there are none', async () => {
    expect((await post('evaluations', fine)).body).toMatchObject({ decision: true });
    expect((await post('evaluations', { ...fine, evaluations: [] })).body).toMatchObject({ decision: true });
    expect(await post('evaluations', { ...without('subject'), evaluations: [] })).toMatchObject({ status: 400 });
  });

  it('one that is wrong is a denial that says so, in its place', async () => {
    const { resource: _, ...shared } = fine;
    const evaluations = [
      { resource: contact('7') },
      {},
      'text',
      { resource: contact('8'), context: 7 },
      { resource: contact('9') },
    ];
    const answer = await post('evaluations', { ...shared, evaluations });
    const error = (message: string): object => ({
      decision: false,
      context: { error: { status: 400, message: expect.stringContaining(message) } },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        evaluations: [{ decision: true }, error('resource'), error('object'), error('context'), { decision: true }],
      },
    });
  });

  it('one that says nothing of a member is not one that leaves it out', async () => {
    const evaluations = [{}, { subject: null }, { action: null }, { resource: null }, { context: null }];
    const { body } = await post('evaluations', { ...fine, evaluations });
    const decisions = (body as { evaluations: { decision: boolean }[] }).evaluations.map(({ decision }) => decision);
    expect(decisions).toEqual([true, false, false, false, false]);
  });

  it('none takes what it lacks from anywhere but its own default', async () => {
    const one = `{"__proto__": ${JSON.stringify({ ...fine, context: {} })}}`;
    const body = `{"context": {"scopes": "openid"}, "__proto__": ${JSON.stringify(fine)}, "evaluations": [${one}]}`;
    expect((await post('evaluations', body)).body).toMatchObject({
      evaluations: [{ decision: false, context: { error: { status: 400 } } }],
    });
    const within = `{"evaluations_semantic": "execute_all", "__proto__": {"evaluations_semantic": "nonsense"}}`;
    const whole = JSON.stringify(fine).slice(0, -1);
    const inherited = await post('evaluations', `${whole}, "options": ${within}, "evaluations": [{"constructor": 7}]}`);
    expect(inherited.body).toMatchObject({ evaluations: [{ decision: true }] });
  });

  it('one that is wrong does not end those that end on a permit', async () => {
    const options = { evaluations_semantic: 'permit_on_first_permit' };
    const evaluations = [{ subject: {} }, {}, {}];
    const { body } = await post('evaluations', { ...fine, options, evaluations });
    expect(body).toMatchObject({ evaluations: [{ decision: false }, { decision: true }] });
    expect((body as { evaluations: object[] }).evaluations).toHaveLength(2);
  });

  it('one that is wrong ends those that end on a denial', async () => {
    const { resource: _, ...shared } = fine;
    const options = { evaluations_semantic: 'deny_on_first_deny' };
    const answer = await post('evaluations', { ...shared, options, evaluations: [{}, { resource: contact('7') }] });
    expect((answer.body as { evaluations: object[] }).evaluations).toHaveLength(1);
  });

  it('the default context cuts each that has none of its own', async () => {
    const evaluations = [{}, { context: { scopes: 'read:contacts' } }, { context: {} }];
    const answer = await post('evaluations', { ...fine, context: { scopes: 'openid' }, evaluations });
    const decisions = [false, true, true].map((decision) => ({ decision }));
    expect(answer.body).toMatchObject({ evaluations: decisions });
  });

  it.each([
    [{ evaluations: {} }, '`evaluations`'],
    [{ evaluations: null }, '`evaluations`'],
    [{ options: null }, '`options`'],
    [{ options: [] }, '`options`'],
    [{ options: { evaluations_semantic: null } }, 'evaluations_semantic'],
    [{ options: { evaluations_semantic: ['execute_all'] } }, 'evaluations_semantic'],
    [{ evaluations: 'all' }, '`evaluations`'],
    [{ options: 7 }, '`options`'],
    [{ options: { evaluations_semantic: 'first' } }, 'execute_all or deny_on_first_deny or permit_on_first_permit'],
    [{ options: { evaluations_semantic: 'constructor' }, evaluations: [] }, 'evaluations_semantic'],
    [{ evaluations: Array.from({ length: 501 }, () => ({})) }, 'at most 500'],
  ])('%j is refused, and told what was wrong', async (more, says) => {
    const answer = await post('evaluations', { ...fine, ...more });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining(says) });
  });

  it('the store is asked once for each subject', async () => {
    const asked: string[] = [];
    const counting = await adminScene({
      permissions,
      store: (issuer) =>
        spied(memoryStore({ issuer, users: { ...users, root: { permissions: ['*'] } }, roles: { editor: [] } }), (id) =>
          asked.push(id),
        ),
    });
    const token = await counting.token('root', 'evaluate:access');
    asked.length = 0;
    const evaluations = ['alice', 'bob', 'alice', 'alice'].map((id) => ({ subject: { type: 'user', id } }));
    const response = await fetch(`${counting.address}/access/v1/evaluations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...fine, evaluations }),
    });
    expect(((await response.json()) as { evaluations: object[] }).evaluations).toHaveLength(4);
    expect(asked.filter((id) => id !== 'root')).toEqual(['alice', 'bob']);
    await counting.close();
  });
});

describe('a store that cannot say', () => {
  const failing: [what: string, answer: () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['answers with nonsense', () => [{ permission: 'read:contacts', on: null }]],
  ];

  it.each(failing)('is a 503 where it %s, and no decision', async (_what, answer) => {
    const other = await adminScene({
      permissions,
      store: (issuer) =>
        spied(
          memoryStore({ issuer, users: { root: { permissions: ['*'] }, alice: { permissions: ['read:contacts'] } } }),
          () => undefined,
          answer,
        ),
    });
    for (const path of ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action']) {
      const body = path === 'evaluations' ? { ...fine, evaluations: [{}, {}] } : fine;
      const { status, body: said } = await other.call('POST', `/access/v1/${path}`, { body });
      expect({ path, status, said }).toEqual({ path, status: 503, said: expect.any(String) });
    }
    expect(other.faults).toHaveLength(5);
    await other.close();
  });
});
