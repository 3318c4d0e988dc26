// A policy whose decision point does not answer as it must is a 503 and never a permit; one that is made wrongly is not made.

import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
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
    [{ ...fine, timeout: 7 }, /timeout/],
  ];

  it.each(wrong)('%j is refused when the policy is made, by its name', (options, says) => {
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
