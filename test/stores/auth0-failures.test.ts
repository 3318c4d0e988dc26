// auth0Store when things go wrong: tokens, limits, failures, hangs, and what is never shown.

import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { UnavailableError } from 'rightful';
import {
  alice,
  alicePath,
  answer,
  asked,
  errorOf,
  fastStore,
  held,
  isolated,
  item,
  options,
  origin,
  page,
  query,
  secret,
  sleep,
  store,
  tokens,
  unavailable,
} from './auth0-scene.ts';

isolated();

const good = page([item('read:foo')]);
const privileges = [held('read:foo')];
const limited = {
  statusCode: 429,
  error: 'Too Many Requests',
  message: 'Global limit has been reached',
  errorCode: 'too_many_requests',
};
const invalidToken = {
  statusCode: 401,
  error: 'Unauthorized',
  message: 'Invalid token',
  attributes: { error: 'Invalid token' },
};

/** One answer to one token only. */
function answerTo(token: string, status: number, body: nock.Body): void {
  nock(origin, { reqheaders: { authorization: `Bearer ${token}` } })
    .get(alicePath)
    .query(query())
    .reply(status, body);
}

describe('a token', () => {
  test('is obtained once for all who ask', async () => {
    const tenant = store();
    tokens();
    for (let times = 0; times < 6; times += 1) answerTo('token-1', 200, good);
    await Promise.all([1, 2, 3, 4, 5].map(() => tenant.privilegesOf(alice, asked)));
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });

  test('is obtained by `ready`, and used afterwards', async () => {
    const tenant = store();
    tokens();
    await tenant.ready();
    await tenant.ready();
    answerTo('token-1', 200, good);
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });

  test('is renewed shortly before it expires', async () => {
    const tenant = fastStore(1000, { timeoutMs: 600_000 });
    nock(origin).post('/oauth/token').reply(200, { access_token: 'token-1', expires_in: 600, token_type: 'Bearer' });
    answerTo('token-1', 200, good);
    await tenant.privilegesOf(alice, asked);
    await sleep(545);
    tokens('token-2');
    answerTo('token-2', 200, good);
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });

  test('that the API refuses is replaced once, for all who had it', async () => {
    const tenant = store();
    tokens('token-1', 'token-2');
    answerTo('token-1', 200, good);
    await tenant.privilegesOf(alice, asked);
    for (let times = 0; times < 4; times += 1) {
      answerTo('token-1', 401, invalidToken);
      answerTo('token-2', 200, good);
    }
    const answers = await Promise.all([1, 2, 3, 4].map(() => tenant.privilegesOf(alice, asked)));
    expect(answers).toEqual([privileges, privileges, privileges, privileges]);
  });

  test('that is refused again is a 503, and costs no further token for a while', async () => {
    const tenant = store();
    tokens('token-1', 'token-2');
    answerTo('token-1', 401, invalidToken);
    answerTo('token-2', 401, invalidToken);
    await unavailable(
      tenant.privilegesOf(alice, asked),
      /refused the token that it has just issued: 401 "Invalid token"/,
    );
    answerTo('token-2', 401, invalidToken);
    await unavailable(tenant.privilegesOf(alice, asked), /refused the token/);
    answerTo('token-2', 200, good);
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });

  test('is tried for again half a minute later', async () => {
    const tenant = fastStore(1000, { timeoutMs: 600_000 });
    tokens('token-1', 'token-2');
    answerTo('token-1', 401, invalidToken);
    answerTo('token-2', 401, invalidToken);
    await unavailable(tenant.privilegesOf(alice, asked), /refused/);
    await sleep(35);
    tokens('token-3');
    answerTo('token-2', 401, invalidToken);
    answerTo('token-3', 200, good);
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });

  const refusals: [number, nock.Body, RegExp][] = [
    [401, { error: 'access_denied', error_description: 'Unauthorized' }, /401 access_denied "Unauthorized"/],
    [
      403,
      { error: 'access_denied', error_description: 'Client has not been granted scopes: read:users' },
      /read:users/,
    ],
    [400, { error: 'an "odd" code\n' }, /400 "an \\"odd\\" code\\n"/],
    [404, '<html>', /no token: the tenant answered 404$/],
    [200, [], /no token: the answer is not/],
    [200, { token_type: 'Bearer', expires_in: 60 }, /`access_token`/],
    [200, { access_token: 'a b', token_type: 'Bearer', expires_in: 60 }, /`access_token`/],
    [200, { access_token: 'a\r\nb: c', token_type: 'Bearer', expires_in: 60 }, /`access_token`/],
    [200, { access_token: 'a', token_type: 'DPoP', expires_in: 60 }, /`token_type`/],
    [200, { access_token: 'a', expires_in: 60 }, /`token_type`/],
    [200, { access_token: 'a', token_type: 'Bearer' }, /`expires_in`/],
    [200, { access_token: 'a', token_type: 'Bearer', expires_in: 0 }, /`expires_in`/],
    [200, { access_token: 'a', token_type: 'Bearer', expires_in: '60' }, /`expires_in`/],
  ];
  test.each(refusals)('that is not to be had is a 503: %d %j', async (status, body, message) => {
    const tenant = store();
    nock(origin).post('/oauth/token').times(2).reply(status, body);
    const error = await unavailable(tenant.privilegesOf(alice, asked), message);
    expect(error.message).not.toMatch(/oauth|tenant/);
    await unavailable(tenant.ready(), message);
    tokens();
    answer(200, good);
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });

  test('that one caller no longer waits for is there for the others', async () => {
    const tenant = store();
    nock(origin).post('/oauth/token').delay(50).reply(200, { access_token: 'a', expires_in: 60, token_type: 'Bearer' });
    const leaving = new AbortController();
    const left = errorOf(tenant.privilegesOf(alice, { ...asked, signal: leaving.signal }));
    const staying = tenant.privilegesOf(alice, asked);
    answer(200, good);
    leaving.abort(new Error('gone'));
    expect(await left).toMatchObject({ message: 'gone' });
    expect(await staying).toEqual(privileges);
  });
});

describe('a rate limit', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const headers: [string, () => Record<string, string>][] = [
    ['Retry-After in seconds', () => ({ 'Retry-After': '20' })],
    ['Retry-After as a date', () => ({ 'Retry-After': new Date((now() + 20) * 1000).toUTCString() })],
    ['X-RateLimit-Reset', () => ({ 'X-RateLimit-Reset': String(now() + 20) })],
    ['Retry-After before X-RateLimit-Reset', () => ({ 'Retry-After': '20', 'X-RateLimit-Reset': String(now() + 50) })],
    [
      'X-RateLimit-Reset where the other says nothing',
      () => ({ 'Retry-After': 'soon', 'X-RateLimit-Reset': String(now() + 20) }),
    ],
  ];
  test.each(headers)('is waited for as %s says', async (_what, said) => {
    const tenant = fastStore(100, { timeoutMs: 30_000 });
    tokens();
    answer(429, limited, said());
    answer(200, good);
    await tenant.ready();
    const start = performance.now();
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
    expect(performance.now() - start).toBeGreaterThan(150);
  });

  test.each(headers)('that lasts too long is a 503 at once, as %s says', async (_what, said) => {
    const tenant = store();
    tokens();
    answer(429, limited, said());
    const error = await unavailable(tenant.privilegesOf(alice, asked), /rate limit|too_many_requests/);
    expect(error.retryAfterSeconds).toBeGreaterThan(15);
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(20);
    expect(error.headers['Retry-After']).toBe(String(error.retryAfterSeconds));
    // Nobody asks meanwhile.
    await unavailable(tenant.privilegesOf({ ...alice, id: 'auth0|bob' }, asked), /rate limit/);
  });

  test.each([{ 'Retry-After': '999999999' }, { 'X-RateLimit-Reset': '99999999999999999999' }])(
    'lasts no longer than a minute: %j',
    async (said) => {
      tokens();
      answer(429, limited, said);
      const error = await unavailable(store().privilegesOf(alice, asked), /rate limit/);
      expect(error.retryAfterSeconds).toBe(60);
    },
  );

  test.each([{}, { 'Retry-After': '-1' }, { 'X-RateLimit-Reset': '1000' }, { 'Retry-After': '0' }])(
    'is waited for a little where nothing sensible is said: %j',
    async (said) => {
      const tenant = fastStore(10, { timeoutMs: 5000 });
      tokens();
      answer(429, limited, said);
      answer(200, good);
      expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
    },
  );

  test('that does not end is a 503 after the last attempt', async () => {
    const tenant = fastStore(100, { timeoutMs: 60_000, maxRetries: 1 });
    tokens();
    answer(429, limited, { 'Retry-After': '1' });
    answer(429, limited, { 'Retry-After': '1' });
    const error = await unavailable(tenant.privilegesOf(alice, asked), /429 too_many_requests "Global limit/);
    expect(error.retryAfterSeconds).toBe(1);
  });

  test('is waited for by all, and tried by one', async () => {
    let isOver = false;
    let atOnce = 0;
    let most = 0;
    const states: string[] = [];
    const tenant = fastStore(20, {
      timeoutMs: 30_000,
      maxRetries: 5,
      fetch: async (url) => {
        if ((url as string).endsWith('/oauth/token')) {
          return Response.json({ access_token: 'a', expires_in: 600, token_type: 'Bearer' });
        }
        atOnce += 1;
        if (states.includes('429')) most = Math.max(most, isOver ? 0 : atOnce);
        await sleep(5);
        atOnce -= 1;
        states.push(isOver ? '200' : '429');
        return isOver ? Response.json(good) : Response.json(limited, { status: 429, headers: { 'Retry-After': '1' } });
      },
    });
    await errorOf(tenant.privilegesOf(alice, { ...asked, signal: AbortSignal.timeout(30) }));
    states.length = 1;
    const all = Promise.all(Array.from({ length: 20 }, () => tenant.privilegesOf(alice, asked)));
    await sleep(80);
    isOver = true;
    expect(await all).toHaveLength(20);
    expect(most).toBe(1);
    expect(states.filter((state) => state === '200')).toHaveLength(20);
    expect(states.filter((state) => state === '429').length).toBeLessThan(6);
  });

  test('of the token endpoint is waited for as well', async () => {
    const tenant = fastStore(100, { timeoutMs: 30_000 });
    nock(origin).post('/oauth/token').reply(429, limited, { 'Retry-After': '5' });
    tokens();
    answer(200, good);
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });
});

describe('a failure', () => {
  test.each([500, 502, 503, 504, 408])('of status %d is tried again', async (status) => {
    tokens();
    answer(status, 'oops');
    answer(status, 'oops');
    answer(200, good);
    expect(await store().privilegesOf(alice, asked)).toEqual(privileges);
  });

  test('of the connection is tried again', async () => {
    const tenant = store();
    nock(origin).post('/oauth/token').replyWithError('connect ECONNREFUSED');
    tokens();
    nock(origin).get(alicePath).query(query()).replyWithError('read ECONNRESET');
    answer(200, good);
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });

  test('that stays is a 503 after the last attempt', async () => {
    tokens();
    for (let times = 0; times < 3; times += 1) answer(500, { statusCode: 500, message: 'Internal error' });
    const message = /GET \/api\/v2\/users\/auth0%7Calice\/permissions: the tenant answered 500 "Internal error"/;
    await unavailable(store().privilegesOf(alice, asked), message);
  });

  test('is not tried again where nobody wants it', async () => {
    tokens();
    nock(origin).get(alicePath).query(query()).replyWithError('read ECONNRESET');
    await unavailable(store({ maxRetries: 0 }).privilegesOf(alice, asked), /no connection: .*ECONNRESET/);
  });

  test('says when it is worth trying again, where the tenant does', async () => {
    tokens();
    answer(503, 'maintenance', { 'Retry-After': '30' });
    const error = await unavailable(store().privilegesOf(alice, asked), /503/);
    expect(error.retryAfterSeconds).toBe(30);
  });

  test.each([400, 403, 409])('of status %d is a 503 at once', async (status) => {
    tokens();
    answer(status, {
      statusCode: status,
      error: 'Forbidden',
      message: 'Insufficient scope, expected any of: read:users',
      errorCode: 'insufficient_scope',
    });
    const message = new RegExp(`${status} insufficient_scope "Insufficient scope, expected any of: read:users"`);
    await unavailable(store().privilegesOf(alice, asked), message);
  });

  test.each([301, 302, 307, 308])('of status %d is one: redirects are not followed', async (status) => {
    tokens();
    answer(status, '', { location: `${origin}/elsewhere` });
    nock(origin).get('/elsewhere').optionally().reply(200, good);
    await unavailable(store().privilegesOf(alice, asked), /redirects are not followed/);
    expect(nock.pendingMocks()).toEqual([]);
    expect(nock.activeMocks()).toHaveLength(1);
  });

  test('is a redirect that a fetch of one’s own has followed', async () => {
    const fetch = async () =>
      Object.defineProperty(Response.json({ access_token: 'a', expires_in: 9, token_type: 'Bearer' }), 'redirected', {
        value: true,
      });
    await unavailable(store({ fetch }).ready(), /redirects/);
  });

  test('is a body without an end', async () => {
    let sentBytes = 0;
    const chunk = new Uint8Array(65_536).fill(32);
    const endless = new ReadableStream({
      pull: (controller) => {
        sentBytes += chunk.byteLength;
        controller.enqueue(chunk);
      },
    });
    const tenant = store({ fetch: async () => new Response(endless) });
    await unavailable(tenant.ready(), /larger than/);
    expect(sentBytes).toBeLessThan(6 * 1024 * 1024);
  });

  test('is a fetch that throws whatever it likes', async () => {
    for (const thrown of [undefined, null, 'text', 7, { message: 'odd' }]) {
      const tenant = store({ fetch: () => Promise.reject(thrown), maxRetries: 0 });
      await unavailable(tenant.ready(), /no connection/);
    }
    await unavailable(store({ fetch: (() => 'no response') as never, maxRetries: 0 }).ready(), /./);
  });
});

describe('time', () => {
  const hanging = (heeds: boolean, signals: AbortSignal[] = []): typeof fetch => {
    return (url, init) => {
      if ((url as string).endsWith('/oauth/token')) {
        return Promise.resolve(Response.json({ access_token: 'a', expires_in: 600, token_type: 'Bearer' }));
      }
      signals.push(init!.signal!);
      return new Promise((_resolve, reject) => {
        if (heeds) init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error));
      });
    };
  };

  test.each([true, false])(
    'is up for a tenant that hangs, whether fetch heeds its signal or not: %s',
    async (heeds) => {
      const signals: AbortSignal[] = [];
      const start = performance.now();
      const tenant = store({ timeoutMs: 60, fetch: hanging(heeds, signals) });
      await unavailable(tenant.privilegesOf(alice, asked), /no answer within 60 ms/);
      expect(performance.now() - start).toBeLessThan(500);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    },
  );

  test('is up for a token that hangs, and the next one may be had', async () => {
    let times = 0;
    const tenant = store({
      timeoutMs: 60,
      fetch: async (url) => {
        if (!(url as string).endsWith('/oauth/token')) return Response.json(good);
        if (times++ === 0) return new Promise(() => {});
        return Response.json({ access_token: 'a', expires_in: 600, token_type: 'Bearer' });
      },
    });
    await unavailable(tenant.privilegesOf(alice, asked), /no answer within 60 ms/);
    await sleep(20);
    expect(await tenant.privilegesOf(alice, asked)).toEqual(privileges);
  });

  test('is up for a body that hangs', async () => {
    const fetch = async () =>
      new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) }));
    await unavailable(store({ timeoutMs: 60, fetch }).ready(), /no answer within/);
  });

  test('is one for all pages', async () => {
    const tenant = store({
      timeoutMs: 100,
      fetch: async (url) => {
        await sleep(30);
        if ((url as string).endsWith('/oauth/token')) {
          return Response.json({ access_token: 'a', expires_in: 600, token_type: 'Bearer' });
        }
        const number = Number(new URL(String(url)).searchParams.get('page'));
        return Response.json(Array.from({ length: 100 }, (_, at) => item(`p:${number}:${at}`)));
      },
    });
    await unavailable(tenant.privilegesOf(alice, asked), /no answer within 100 ms/);
  });

  test('is not spent on a wait that it does not cover', async () => {
    const start = performance.now();
    tokens();
    answer(503, 'maintenance', { 'Retry-After': '2' });
    await unavailable(store().privilegesOf(alice, asked), /503/);
    expect(performance.now() - start).toBeLessThan(500);
  });

  test('is up when the caller says so, with the caller’s reason', async () => {
    const signals: AbortSignal[] = [];
    const tenant = store({ fetch: hanging(false, signals) });
    const caller = new AbortController();
    const waiting = errorOf(tenant.privilegesOf(alice, { ...asked, signal: caller.signal }));
    await sleep(10);
    const reason = new Error('nobody waits');
    caller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await errorOf(tenant.privilegesOf(alice, { ...asked, signal: caller.signal }))).toBe(reason);
    expect(signals).toHaveLength(1);
  });

  test('ends a wait for a limit as well', async () => {
    const tenant = store();
    tokens();
    answer(429, limited, { 'Retry-After': '1' });
    const signal = AbortSignal.timeout(30);
    const error = await errorOf(tenant.privilegesOf(alice, { ...asked, signal }));
    expect(error).toBe(signal.reason);
  });

  test('leaves no listener at the caller’s signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...given: never[]) => {
      listeners += 1;
      return (addEventListener as (...given: unknown[]) => void).apply(signal, given);
    };
    signal.removeEventListener = (...given: never[]) => {
      listeners -= 1;
      return (removeEventListener as (...given: unknown[]) => void).apply(signal, given);
    };
    tokens();
    answer(200, good);
    await store().privilegesOf(alice, { ...asked, signal });
    expect(listeners).toBe(0);
  });

  test('is up for everybody when the store is closed', async () => {
    const tenant = store({ fetch: hanging(false) });
    const waiting = tenant.privilegesOf(alice, asked);
    await sleep(10);
    const refused = unavailable(waiting, /closed/);
    await tenant.close?.();
    await refused;
    await unavailable(tenant.privilegesOf(alice, asked), /closed/);
    await unavailable(tenant.ready(), /closed/);
    await unavailable(tenant.grant(alice, 'read:foo', { system: 'test' }), /closed/);
    await tenant.close?.();
  });
});

describe('a secret is never shown', () => {
  const shown: string[] = [];
  afterEach(() => {
    const text = shown.splice(0).join('\n');
    expect(text).not.toBe('');
    const forms = [secret, encodeURIComponent(secret), new URLSearchParams([['', secret]]).toString().slice(1)];
    for (const form of [...forms, 'token-1', 'hunter2']) expect(text).not.toContain(form);
  });
  const show = (value: unknown): void => {
    shown.push(inspect(value, { depth: Infinity, showHidden: true }), JSON.stringify(value));
    if (value instanceof Error) shown.push(String(value.stack), value.message);
  };

  test('by the store', async () => {
    const tenant = store();
    show(tenant);
    tokens();
    await tenant.ready();
    show(tenant);
  });

  test('by what a tenant says that repeats it', async () => {
    const tenant = store();
    const repeated = `you said ${new URLSearchParams([['', secret]]).toString().slice(1)} and ${secret}`;
    nock(origin).post('/oauth/token').reply(403, { error: secret, error_description: repeated });
    show(await errorOf(tenant.ready()));
    tokens();
    answer(403, { statusCode: 403, message: `token-1 with ${secret}`, errorCode: 'token-1' });
    show(await errorOf(tenant.privilegesOf(alice, asked)));
    nock(origin)
      .post(alicePath)
      .reply(400, { statusCode: 400, message: `token-1 with ${secret}`, errorCode: 'token-1' });
    show(await errorOf(tenant.grant(alice, 'read:foo', { system: 'test' })));
  });

  test('by what a fetch throws', async () => {
    const fetch: typeof globalThis.fetch = (url, init) => {
      if ((url as string).endsWith('/oauth/token') && (init!.body as string).includes('client_id=works')) {
        return Promise.resolve(Response.json({ access_token: 'token-1', expires_in: 600, token_type: 'Bearer' }));
      }
      const error = new Error(`${JSON.stringify(init)} ${String(url)}`);
      return Promise.reject(Object.assign(error, { config: init, cause: { message: secret, init } }));
    };
    show(await errorOf(store({ fetch, maxRetries: 0 }).ready()));
    show(await errorOf(store({ fetch, maxRetries: 0, clientId: 'works' }).privilegesOf(alice, asked)));
  });

  test('by a token that breaks a header', async () => {
    nock(origin).post('/oauth/token').reply(200, { access_token: 'hunter2\n', expires_in: 9, token_type: 'Bearer' });
    show(await errorOf(store().privilegesOf(alice, asked)));
  });

  test('by a mistake in the options', () => {
    try {
      store({ ...options, clientSecret: { value: secret } as never });
    } catch (error) {
      show(error);
    }
  });
});

test('each of several callers who wait for the same has an error of its own', async () => {
  const tenant = store();
  nock(origin).post('/oauth/token').reply(403, { error: 'access_denied' });
  const errors = await Promise.all([1, 2].map(() => errorOf(tenant.privilegesOf(alice, asked))));
  expect(errors.every((error) => error instanceof UnavailableError)).toBe(true);
  expect(errors[0]).not.toBe(errors[1]);
});
