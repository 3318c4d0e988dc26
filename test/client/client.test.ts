// What the application that calls the API makes of grants and refusals: by hand-made answers, and by those of a guarded API.

import { afterAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { allOf, createAuthorizer, policy } from 'rightful';
import { afterRefusal, compareGrant, withStepUp } from 'rightful/client';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { frameworks, stopServers } from '../flow/frameworks.ts';

afterAll(stopServers);

describe('compareGrant', () => {
  it.each([
    ['all of it', 'a b', 'b a', [], false],
    ['less', 'a b c', 'a', ['b', 'c'], true],
    ['nothing', 'a b', '', ['a', 'b'], true],
    ['no scope in the token response', 'a b', undefined, [], false],
    ['lists', new Set(['a', 'b']), ['b'], ['a'], true],
    ['doubled spaces', ' a  b ', 'a', ['b'], true],
    ['more than was asked', 'a', 'a b', [], false],
    ['another case', 'read', 'READ', ['read'], true],
  ])('%s', (_, requested, granted, withheld, reduced) => {
    expect(compareGrant({ requested, granted })).toMatchObject({ withheld, reduced });
  });

  it('counts each scope once', () => {
    expect(compareGrant({ requested: 'a b a', granted: 'a a' })).toEqual({
      granted: ['a'],
      withheld: ['b'],
      reduced: true,
    });
  });
});

function answer(status: number, headers: Record<string, string> = {}, body?: unknown): Response {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, { status, headers });
}

const problem = { 'content-type': 'application/problem+json' };
const scopeChallenge = 'Bearer realm="api", error="insufficient_scope", scope="read:a write:a"';

describe('afterRefusal', () => {
  it.each<[name: string, response: Response, expected: unknown]>([
    ['a 200', answer(200), undefined],
    ['a 404', answer(404), undefined],
    ['a 500', answer(500), undefined],
    ['a 401', answer(401, { 'www-authenticate': 'Bearer realm="api"' }), 'sign-in'],
    ['a bare 403', answer(403), 'ask-administrator'],
    [
      'a scope that is missing',
      answer(403, { 'www-authenticate': scopeChallenge }),
      { request: ['read:a', 'write:a'] },
    ],
    [
      'the same behind another challenge',
      answer(403, { 'www-authenticate': `Negotiate abc==, Basic realm="x, Bearer error=\\"y\\"", ${scopeChallenge}` }),
      { request: ['read:a', 'write:a'] },
    ],
    [
      'the same by DPoP, in another case and spacing',
      answer(403, { 'www-authenticate': 'dpop  ERROR = insufficient_scope ,, Scope = "read:a"' }),
      { request: ['read:a'] },
    ],
    [
      'a challenge inside of a quoted string is text',
      answer(403, { 'www-authenticate': 'Basic realm="Bearer error=insufficient_scope, scope=x"' }),
      'ask-administrator',
    ],
    [
      'a scope that only the body tells',
      answer(403, problem, { code: 'insufficient_scope', scope: 'read:a' }),
      { request: ['read:a'] },
    ],
    [
      'no scope told, only permissions',
      answer(403, problem, { code: 'insufficient_scope', missing: [{ permission: 'read:a' }, null, { policy: 'p' }] }),
      { request: ['read:a'] },
    ],
    ['a privilege that is missing', answer(403, problem, { code: 'insufficient_privilege' }), 'ask-administrator'],
    [
      'a policy',
      answer(403, problem, { code: 'policy_refused', missing: [{ policy: 'owns the contact' }] }),
      { policies: ['owns the contact'] },
    ],
    ['a body that is no JSON', answer(403, problem, '{'), 'ask-administrator'],
    ['a body that is a list', answer(403, problem, '[]'), 'ask-administrator'],
    ['a token in two places', answer(400, { 'www-authenticate': 'Bearer error="invalid_request"' }), 'mend-request'],
    ['any other 400', answer(400), undefined],
    ['a 503 with seconds', answer(503, { 'retry-after': '7' }), { retryAfterSeconds: 7 }],
    ['a 503 without', answer(503), { retryAfterSeconds: 5 }],
    ['a 503 with nonsense', answer(503, { 'retry-after': 'soon' }), { retryAfterSeconds: 5 }],
    [
      'a 429 with a date gone by',
      answer(429, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }),
      { retryAfterSeconds: 0 },
    ],
  ])('%s', async (_, response, expected) => {
    expect(await afterRefusal(response)).toEqual(expected);
    // Whoever asks still has the body.
    expect(response.bodyUsed).toBe(false);
  });

  it('reads a date as the seconds until then', async () => {
    const date = new Date(Date.now() + 30_000).toUTCString();
    const step = await afterRefusal(answer(503, { 'retry-after': date }));
    expect((step as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(27);
    expect((step as { retryAfterSeconds: number }).retryAfterSeconds).toBeLessThanOrEqual(31);
  });

  it('answers whatever the header holds', async () => {
    const part = fc.constantFrom(
      'Bearer',
      ' ',
      ',',
      '=',
      '"',
      '\\',
      'error',
      'insufficient_scope',
      'scope',
      'a',
      '==',
      '\t',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 60 }), async (parts) => {
        const step = await afterRefusal(answer(403, { 'www-authenticate': parts.join('') }));
        expect(step === 'ask-administrator' || (typeof step === 'object' && 'request' in step)).toBe(true);
      }),
    );
  });

  it('reads a header of 64 KiB at once', async () => {
    for (const text of ['Bearer ', '"', 'a=', 'a="\\', 'a,', ' ', 'Bearer a="b",']) {
      const before = performance.now();
      await afterRefusal(answer(403, { 'www-authenticate': `Bearer ${text.repeat(65_536 / text.length)}` }));
      expect(performance.now() - before).toBeLessThan(1000);
    }
  });
});

describe('withStepUp', () => {
  const refused = (): Response => answer(403, { 'www-authenticate': scopeChallenge });
  const api = 'https://api.example/v1/';

  function scripted(answers: (() => Response)[]): { sent: Request[]; fetch: typeof fetch } {
    const sent: Request[] = [];
    const send = async (request: Request): Promise<Response> => {
      sent.push(request.clone());
      return answers[sent.length - 1]!();
    };
    return { sent, fetch: send as typeof fetch };
  }

  it('asks once, and calls once more with the new token and the same body', async () => {
    const { sent, fetch } = scripted([refused, () => answer(200)]);
    let token = 'first';
    const asked: (readonly string[])[] = [];
    const call = withStepUp({
      api,
      token: () => token,
      stepUp: async (scopes) => {
        asked.push(scopes);
        token = 'second';
        return true;
      },
      fetch,
    });
    const response = await call('contacts', { method: 'POST', body: 'Ann' });
    expect(response.status).toBe(200);
    expect(asked).toEqual([['read:a', 'write:a']]);
    expect(sent.map(({ url, headers }) => [url, headers.get('authorization')])).toEqual([
      ['https://api.example/v1/contacts', 'Bearer first'],
      ['https://api.example/v1/contacts', 'Bearer second'],
    ]);
    expect(await sent[1]!.text()).toBe('Ann');
  });

  it('returns a second refusal as it is, and never asks twice for one call', async () => {
    const { sent, fetch } = scripted([refused, refused, refused]);
    let times = 0;
    const call = withStepUp({ api, token: () => 't', stepUp: () => ((times += 1), true), fetch });
    expect((await call('contacts')).status).toBe(403);
    expect([sent.length, times]).toEqual([2, 1]);
  });

  it('makes no second call where the user says no, or where consent would not help', async () => {
    for (const [first, expected] of [
      [refused, 1],
      [() => answer(403, problem, { code: 'insufficient_privilege' }), 0],
      [() => answer(401), 0],
      [() => answer(503), 0],
    ] as const) {
      const { sent, fetch } = scripted([first]);
      let times = 0;
      const call = withStepUp({ api, token: () => 't', stepUp: () => ((times += 1), false), fetch });
      expect((await call('contacts')).status).toBe(first().status);
      expect([sent.length, times]).toEqual([1, expected]);
    }
  });

  it('asks once for calls that wait for the same scopes', async () => {
    const { fetch } = scripted([refused, refused, () => answer(200), () => answer(200)]);
    let times = 0;
    const stepUp = async (): Promise<boolean> => {
      times += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return true;
    };
    const call = withStepUp({ api, token: () => 't', stepUp, fetch });
    const answers = await Promise.all([call('one'), call('two')]);
    expect([times, ...answers.map(({ status }) => status)]).toEqual([1, 200, 200]);
  });

  it.each([
    'https://evil.example/',
    '//evil.example/x',
    'http://api.example/v1/x',
    'https://api.example.evil.example/',
  ])('sends the token to the API alone: %s', async (url) => {
    const { sent, fetch } = scripted([]);
    const call = withStepUp({ api, token: () => 'secret', stepUp: () => true, fetch });
    await expect(call(url)).rejects.toThrow(TypeError);
    expect(sent).toEqual([]);
  });

  it('rejects with what a step-up throws, and asks again the next time', async () => {
    const { fetch } = scripted([refused, refused, () => answer(200)]);
    let times = 0;
    const stepUp = (): boolean => {
      times += 1;
      if (times === 1) throw new Error('closed');
      return true;
    };
    const call = withStepUp({ api, token: () => 't', stepUp, fetch });
    await expect(call('contacts')).rejects.toThrow('closed');
    expect((await call('contacts')).status).toBe(200);
  });
});

describe.each(frameworks)('what a guarded API on $name answers', (framework) => {
  it('says what helps', async () => {
    const testIssuer = await createTestIssuer({ audience: 'https://api.example' });
    const { issuer } = testIssuer;
    let isDown = false;
    const privileges = memoryStore({ issuer, users: { ann: { permissions: ['read:a'] } } });
    const { privilegesOf } = privileges;
    const store = {
      privilegesOf: (...given: Parameters<typeof privilegesOf>) => {
        if (isDown) throw new Error('down');
        return privileges.privilegesOf(...given);
      },
    };
    const authorizer = createAuthorizer({
      issuer: { issuer, allowHttp: true },
      audience: 'https://api.example',
      store,
    });
    const { requirePermission } = framework.createGuards(authorizer);
    const { address } = await framework.serve([
      { path: '/a', guards: [requirePermission('read:a')] },
      {
        path: '/never',
        guards: [
          requirePermission(
            allOf(
              'read:a',
              policy('never', () => false),
            ),
          ),
        ],
      },
    ]);
    const ask = async (path: string, claims?: Record<string, unknown>): Promise<unknown> => {
      const token = claims === undefined ? undefined : await testIssuer.token({ sub: 'ann', ...claims });
      return afterRefusal(
        await fetch(`${address}${path}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }),
      );
    };
    expect(await ask('/a')).toBe('sign-in');
    expect(await ask('/a', { exp: 1 })).toBe('sign-in');
    expect(await ask('/a', { scope: 'other' })).toEqual({ request: ['read:a'] });
    expect(await ask('/a', { sub: 'ben', scope: 'read:a' })).toBe('ask-administrator');
    expect(await ask('/never', { scope: 'read:a' })).toEqual({ policies: ['never'] });
    expect(await ask('/a', { scope: 'read:a' })).toBeUndefined();
    isDown = true;
    expect(await ask('/a', { scope: 'read:a' })).toMatchObject({ retryAfterSeconds: expect.any(Number) });
    await authorizer.close();
    await testIssuer.close();
  });
});

it('weighs at most 2 KiB, and needs nothing that a browser does not have', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: "export * from './src/client.ts'", resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs).filter((name) => name !== '<stdin>');
  expect(inputs.filter((name) => !name.startsWith('src/client'))).toEqual([]);
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThanOrEqual(2048);
});
