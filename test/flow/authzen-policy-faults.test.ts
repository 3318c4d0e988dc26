// A policy whose decision point does not answer as it must is a 503 and never a permit; one that is made wrongly is not made.

import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type express from 'express';
import { allOf, authzenPolicy, on, policy } from 'rightful';
import type { AuthzenPolicyOptions } from 'rightful';
import { createGuards } from 'rightful/express';
import { pointThat, policyScene, saying } from './authzen-scene.ts';
import type { Answered, Call, PolicyScene } from './authzen-scene.ts';
import { listen, stopServers } from './frameworks.ts';

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

function asking(options: AuthzenPolicyOptions<express.Request>, path?: string): Promise<Answered> {
  return scene.asking(options, path);
}

const faults: [what: string, answers: (call: Call, response: ServerResponse) => void, cause: RegExp][] = [
  ['never answers', () => undefined, /within 200 ms/],
  ['begins and never ends', (_, response) => void response.writeHead(200).write('{"decision":'), /within 200 ms/],
  ['hangs up', (_, response) => void response.destroy(), /no connection/],
  ['answers 500', (_, response) => void response.writeHead(500).end('{"decision":true}'), /status is 500/],
  ['answers 401', (_, response) => void response.writeHead(401).end('{"decision":true}'), /status is 401/],
  ['answers 201', (_, response) => void response.writeHead(201).end('{"decision":true}'), /status is 201/],
  ['answers 204', (_, response) => void response.writeHead(204).end(), /status is 204/],
  ['redirects', (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end(), /status is 307/],
  ['answers garbage', (_, response) => void response.end('<html>true</html>'), /not JSON/],
  ['answers nothing', (_, response) => void response.end(), /not JSON/],
  ['answers no UTF-8', (_, response) => void response.end(Buffer.from([0x22, 0xff, 0x22])), /not JSON/],
  ['answers true', (_, response) => void response.end('true'), /no `decision`/],
  ['answers null', (_, response) => void response.end('null'), /no `decision`/],
  ['answers a list', (_, response) => void response.end('[{"decision":true}]'), /no `decision`/],
  ['answers without a decision', (_, response) => void response.end('{}'), /no `decision`/],
  ['answers a decision in words', (_, response) => void response.end('{"decision":"true"}'), /no `decision`/],
  ['answers a decision in numbers', (_, response) => void response.end('{"decision":1}'), /no `decision`/],
  [
    'answers an inherited decision',
    (_, response) => void response.end('{"__proto__":{"decision":true}}'),
    /no `decision`/,
  ],
  [
    'answers without end',
    (_, response) => void response.end(`{"decision":true,"x":"${'x'.repeat(1_100_000)}"}`),
    /larger than/,
  ],
  [
    'answers little that becomes much',
    (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(`{"decision":true,"x":"${'x'.repeat(5_000_000)}"}`));
    },
    /larger than/,
  ],
  [
    'answers a little at a time',
    (_, response) => {
      response.write('{"decision":true');
      const more = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(more));
    },
    /within 200 ms/,
  ],
  [
    'answers several where one was asked',
    (_, response) => void response.end('{"evaluations":[{"decision":true}]}'),
    /no `decision`/,
  ],
];

describe('a decision point that', () => {
  it.each(faults)('%s is a 503, and no permit', async (_what, answers, cause) => {
    const { url, calls } = await pointThat(answers);
    const answer = await asking({ url, timeoutMs: 200, headers: { authorization: 'Bearer very-secret' } });
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(calls).toHaveLength(1);
    expect(String(scene.refused[0]?.cause)).toMatch(cause);
    expect(JSON.stringify([answer.body, scene.refused[0]?.message, scene.refused[0]?.cause])).not.toContain(
      'very-secret',
    );
  });

  it.each([
    ['too few', '{"evaluations":[{"decision":true}]}'],
    ['too many', '{"evaluations":[{"decision":true},{"decision":true},{"decision":true}]}'],
    ['no list', '{"evaluations":{"length":2}}'],
    ['one decision for all', '{"decision":true}'],
    ['one that is none', '{"evaluations":[{"decision":true},{"decision":null}]}'],
  ])('answers several with %s is a 503', async (_what, text) => {
    const { url } = await pointThat((_call, response) => void response.end(text));
    const resource = [
      { type: 'a', id: '1' },
      { type: 'a', id: '2' },
    ];
    expect(await asking({ url, resource })).toMatchObject({ status: 503 });
  });

  it.each([301, 302, 303, 307, 308])(
    'redirects by %i is a 503, and nothing is sent to where it points',
    async (status) => {
      const elsewhere = await saying(() => true);
      const location = `${elsewhere.url}/access/v1/evaluation`;
      const { url } = await pointThat((_call, response) => void response.writeHead(status, { location }).end());
      expect(await asking({ url, headers: { authorization: 'Bearer very-secret' } })).toMatchObject({ status: 503 });
      expect(elsewhere.calls).toEqual([]);
    },
  );

  it('takes too long is let go of', async () => {
    let letGo: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    const { url } = await pointThat((_call, response) => void response.on('close', letGo));
    expect(await asking({ url, timeoutMs: 50 })).toMatchObject({ status: 503 });
    await gone;
  });

  it('is not there is a 503 that tells the operator so', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((done) => server.close(done));
    expect(await asking({ url })).toMatchObject({ status: 503 });
    expect(String(scene.refused[0]?.cause)).toContain('ECONNREFUSED');
  });

  it('is reached by a fetch that fails with what was sent is a 503 without a word of it', async () => {
    const fetch = ((_url: string, { headers }: { headers: Headers }) => {
      throw Object.assign(new Error(`failed with ${headers.get('x-api-key')}`), { code: 'very-secret', headers });
    }) as unknown as typeof globalThis.fetch;
    const answer = await asking({ url: 'https://pdp.example', fetch, headers: { 'x-api-key': 'very-secret' } });
    expect(answer).toMatchObject({ status: 503 });
    expect(String(scene.refused[0]?.cause)).not.toContain('very-secret');
  });

  it('is reached by a fetch that follows a redirect is a 503', async () => {
    const fetch = (() => {
      const response = new Response('{"decision":true}');
      return Promise.resolve(Object.defineProperty(response, 'redirected', { value: true }));
    }) as unknown as typeof globalThis.fetch;
    expect(await asking({ url: 'https://pdp.example', fetch })).toMatchObject({ status: 503 });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('very-secret');
      },
    ],
    ['gives no headers', () => 'very-secret'],
    ['gives one that cannot be sent', () => ({ authorization: 'very-secret\r\nx: y' })],
    ['never gives any', () => new Promise<never>(() => undefined)],
  ])('needs headers from a function that %s is a 503, and is not asked', async (_what, headers) => {
    const { url, calls } = await saying(() => true);
    const answer = await asking({ url, headers: headers as never, timeoutMs: 200 });
    expect(answer).toMatchObject({ status: 503 });
    expect(String(scene.refused[0]?.cause)).not.toContain('very-secret');
    expect(calls).toHaveLength(0);
  });
});

describe('a question that', () => {
  const circle: Record<string, unknown> = {};
  circle['itself'] = circle;

  it.each<[string, AuthzenPolicyOptions<express.Request>['context'], RegExp]>([
    ['has a number that JSON does not know', () => ({ count: 7n }), /`context`/],
    ['has itself in it', () => circle, /`context`/],
    [
      'fails when it is written down',
      () => ({
        toJSON: () => {
          throw new Error('very-secret');
        },
      }),
      /`context`/,
    ],
    ['becomes something else when it is written down', () => ({ toJSON: () => 'text' }), /`context`/],
  ])('%s is not asked: it is refused, and no decision point blamed', async (_what, context, says) => {
    const { url, calls } = await saying(() => true);
    expect(await asking({ url, context: context as never })).toMatchObject({
      status: 403,
      body: { code: 'policy_refused' },
    });
    expect(calls).toHaveLength(0);
    expect(scene.refused[0]?.cause).toBeInstanceOf(TypeError);
    expect(String(scene.refused[0]?.cause)).toMatch(says);
    expect(String(scene.refused[0]?.cause)).not.toContain('very-secret');
  });

  it('cannot be asked does not keep the others about the same request from being asked', async () => {
    const { url, calls } = await saying(() => true);
    const headers = { authorization: `Bearer ${await scene.issuer.token({ sub: 'alice', scope: 'read:contacts' })}` };
    const request = { method: 'GET', url: '/', headers };
    const access = await scene.authorizer.authenticate(request);
    const decided = async (context: Record<string, unknown>): Promise<boolean> => {
      const asked = allOf('read:contacts', authzenPolicy('may', { url, context: () => context }));
      return (await scene.authorizer.decide(access, asked, { request })).permit;
    };
    expect(await Promise.all([decided({}), decided({ count: 7n }), decided({})])).toEqual([true, false, true]);
    expect(calls.map(({ body }) => (body['evaluations'] as unknown[]).length)).toEqual([2]);
  });

  it('is changed after it was put is asked as it was put', async () => {
    const { url, calls } = await saying(() => true);
    const properties = { department: 'sales' };
    const options: AuthzenPolicyOptions<express.Request> = {
      url,
      subject: () => ({ type: 'user', id: 'alice', properties: { of: properties } }),
      headers: () => {
        properties.department = 'board';
        return {};
      },
    };
    expect(await asking(options)).toMatchObject({ status: 200 });
    expect(calls[0]?.body).toMatchObject({ subject: { properties: { of: { department: 'sales' } } } });
  });

  it.each([
    [500, 200, 10],
    [501, 403, 0],
  ])('is about %i resources is answered %i, after %i calls', async (count, status, asked) => {
    const { url, calls } = await saying(() => true);
    const resource = (): { type: string; id: string }[] =>
      Array.from({ length: count }, (_, at) => ({ type: 'contact', id: String(at) }));
    expect(await asking({ url, resource })).toMatchObject({ status });
    expect(calls).toHaveLength(asked);
  });
});

describe('an option', () => {
  const fine = { url: 'https://pdp.example' };
  const wrong: [options: unknown, says: RegExp][] = [
    [undefined, /options/],
    [{}, /url/],
    [{ url: 7 }, /url/],
    [{ url: 'pdp.example' }, /url/],
    [{ url: 'http://pdp.example' }, /https/],
    [{ url: 'ftp://pdp.example', allowHttp: true }, /https/],
    [{ url: 'https://user:very-secret@pdp.example' }, /without user/],
    [{ url: 'https://pdp.example/?key=very-secret' }, /query/],
    [{ url: 'https://pdp.example/#x' }, /fragment/],
    [{ ...fine, headers: 'very-secret' }, /headers/],
    [{ ...fine, headers: { authorization: 'very-secret\nx' } }, /headers/],
    [{ ...fine, headers: { authorization: 7 } }, /headers/],
    [{ ...fine, headers: { 'a b': 'very-secret' } }, /headers/],
    [{ ...fine, timeoutMs: 0 }, /timeoutMs/],
    [{ ...fine, timeoutMs: '2s' }, /timeoutMs/],
    [{ ...fine, allowHttp: 'yes' }, /allowHttp/],
    [{ ...fine, fetch: {} }, /fetch/],
    [{ ...fine, subject: 'alice' }, /subject/],
    [{ ...fine, subject: { type: 'user' } }, /subject\.id/],
    [{ ...fine, action: '' }, /action/],
    [{ ...fine, action: { name: 7 } }, /action\.name/],
    [{ ...fine, resource: [] }, /resource/],
    [{ ...fine, resource: { type: 'a', id: '1', properties: 7 } }, /resource\.properties/],
    [{ ...fine, context: 'none' }, /context/],
    [{ ...fine, context: { count: 7n } }, /context/],
    [{ ...fine, resource: [] }, /resource/],
    [{ ...fine, url: 'https://pdp.example:99999' }, /url/],
    [{ ...fine, headers: ['very-secret'] }, /headers/],
    [{ ...fine, headers: null }, /headers/],
    [{ ...fine, headers: new Map([['authorization', 'very-secret']]) }, /headers/],
    [{ ...fine, timeout: 7 }, /timeout/],
  ];

  it.each(wrong)('%o is refused when the policy is made, by its name', (options, says) => {
    expect(() => authzenPolicy('may', options as AuthzenPolicyOptions)).toThrow(TypeError);
    expect(() => authzenPolicy('may', options as AuthzenPolicyOptions)).toThrow(says);
    expect(() => authzenPolicy('may', options as AuthzenPolicyOptions)).not.toThrow(/very-secret/);
  });

  it('may be an address in the clear where that is said, or on this machine', () => {
    expect(() => authzenPolicy('may', { url: 'http://pdp.example', allowHttp: true })).not.toThrow();
    expect(() => authzenPolicy('may', { url: 'http://127.0.0.1:8080' })).not.toThrow();
  });

  it('is copied when it is given', async () => {
    const { url, calls } = await saying(() => true);
    const resource = { type: 'contact', id: '7' };
    const headers: Record<string, string> = { key: 'one' };
    const options: AuthzenPolicyOptions = { url, resource, headers };
    const made = authzenPolicy('may', options);
    Object.assign(resource, { id: '8' });
    headers['key'] = 'two';
    await scene.get(await scene.guarded(allOf('read:contacts', made)), '/contacts/7');
    expect(calls[0]).toMatchObject({ headers: { key: 'one' }, body: { resource: { id: '7' } } });
  });

  it('a policy by itself is no requirement, as no policy is', () => {
    expect(() => createGuards(scene.authorizer).requirePermission(authzenPolicy('may', fine))).toThrow(TypeError);
    expect(() =>
      allOf(
        on('read:contacts', 'contacts:id:{id}'),
        authzenPolicy('may', fine),
        policy('p', () => true),
      ),
    ).not.toThrow();
  });
});
