// The store: what it is asked, when it is not asked, how long it may take, and what is nonsense.

import { afterAll, describe, expect, it } from '@jest/globals';
import {
  anyOf,
  createAuthorizer,
  on,
  UnavailableError,
  type AccessError,
  type Privilege,
  type Subject,
} from 'rightful';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { audience, claimsOf, errorOf, issuer, session, storeAnswering, storeOf, Tokens } from './authorizing.ts';
import { frameworks, stopServers } from '../flow/frameworks.ts';

afterAll(stopServers);

type Question = { subject: Subject; audience: readonly string[]; signal: AbortSignal | undefined };

/** Counts what it is asked. */
function countingStore(answer: () => unknown = () => [{ permission: 'a' }]): {
  asked: Question[];
  store: ReturnType<typeof storeOf>;
} {
  const asked: Question[] = [];
  return {
    asked,
    store: {
      privilegesOf(subject, { audience: names, signal }) {
        asked.push({ subject, audience: names, signal });
        return answer() as Privilege[];
      },
    },
  };
}

describe('the store', () => {
  it('is told the issuer, the kind, the id, the organization and the audience', async () => {
    const { store, asked } = countingStore();
    const one = session({ store, audience: [audience, 'urn:api'] });
    await one.access({ org_id: 'org_1' });
    await one.access({ sub: 'app', client_id: 'app' });
    expect(asked.map(({ subject, audience: names }) => [{ ...subject }, [...names]])).toEqual([
      [{ issuer, id: 'alice', kind: 'user', organization: 'org_1' }, [audience, 'urn:api']],
      [{ issuer, id: 'app', kind: 'client' }, [audience, 'urn:api']],
    ]);
  });

  it('is told no audience where there is none', async () => {
    const { store, asked } = countingStore();
    await session({ store, audience: null, clients: ['app'] }).access({ aud: undefined });
    expect(asked[0]?.audience).toEqual([]);
  });

  it('cannot write to what it is told', async () => {
    const store = {
      privilegesOf(subject: Subject, options: { audience: readonly string[] }): Privilege[] {
        subject.id = 'bob';
        (options.audience as string[]).push('urn:other');
        return [];
      },
    };
    expect(await session({ store }).outcome()).toBe('unavailable');
  });

  it('is not asked for a token that is refused', async () => {
    const { store, asked } = countingStore();
    const one = session({ store });
    const bad = [
      { exp: 1 },
      { aud: 'other' },
      { iss: 'https://other.example' },
      { sub: 5 },
      { azp: 'other' },
      { org_id: '' },
    ];
    for (const claims of bad) expect(await one.outcome(claims)).toBe('invalid_token');
    expect(asked).toEqual([]);
  });

  it('is asked again by the next request', async () => {
    const held = ['a'];
    const one = session({ store: { privilegesOf: () => held.map((permission) => ({ permission })) } });
    expect((await one.access({ scope: 'a' })).can('a')).toBe(true);
    held.pop();
    expect((await one.access({ scope: 'a' })).can('a')).toBe(false);
  });

  it('is made ready and closed with the authorizer', async () => {
    const told: string[] = [];
    const store = {
      ...storeOf(),
      ready: async () => void told.push('ready'),
      close: async () => void told.push('close'),
    };
    const { authorizer } = session({ store });
    await authorizer.ready();
    await authorizer.close();
    expect(told).toEqual(['ready', 'close']);
    const failing = session({ store: { ...storeOf(), ready: async () => Promise.reject(new Error('no connection')) } });
    await expect(failing.authorizer.ready()).rejects.toThrow('no connection');
  });
});

describe.each(frameworks)('a guard on $name', (framework) => {
  const { store, asked } = countingStore();
  const tokens = new Tokens();
  const authorizer = createAuthorizer({ issuer, audience, store, verifier: tokens.verifier });
  const { requirePermission } = framework.createGuards(authorizer);

  async function status(
    requirement: Parameters<typeof requirePermission>[0],
    scope: string | undefined,
  ): Promise<number> {
    const { address } = await framework.serve([{ path: '/', guards: [requirePermission(requirement)] }]);
    const { headers } = tokens.requestWith(claimsOf({ scope }));
    return (await fetch(address, { headers })).status;
  }

  it.each<[string, Parameters<typeof requirePermission>[0], string | undefined, number, number]>([
    ['does not ask it where the token delegates nothing (S14)', 'a', undefined, 403, 0],
    ['does not ask it where the token delegates too little (S14)', 'a', 'b openid', 403, 0],
    ['does not ask it where no alternative is delegated', anyOf('a', on('b', 'x:1')), 'c', 403, 0],
    ['asks it where one alternative is delegated', anyOf('b', 'c'), 'c', 403, 1],
    ['asks it where enough is delegated', 'a', 'a', 200, 1],
    ['asks it once, however much is asked', anyOf('c', 'b', 'a'), 'a b c', 200, 1],
  ])('%s', async (_, requirement, scope, expected, times) => {
    asked.length = 0;
    expect([await status(requirement, scope), asked.length]).toEqual([expected, times]);
  });
});

describe('a store that is late', () => {
  it('is a 503, is told to stop, and is reported', async () => {
    const reported: AccessError[] = [];
    let signal: AbortSignal | undefined;
    const store = {
      privilegesOf(_: Subject, options: { signal?: AbortSignal }): Promise<Privilege[]> {
        signal = options.signal;
        return new Promise(() => {});
      },
    };
    const one = session({ store, storeTimeoutMs: 30, onRefused: (error) => reported.push(error) });
    const start = performance.now();
    const error = await errorOf(one.access());
    const took = performance.now() - start;
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ status: 503, headers: { 'Retry-After': '5', 'Cache-Control': 'no-store' } });
    expect(error.headers).not.toHaveProperty('WWW-Authenticate');
    expect(took).toBeGreaterThanOrEqual(25);
    expect(took).toBeLessThan(1500);
    expect(signal?.aborted).toBe(true);
    expect(reported).toEqual([error]);
    expect(String(error.cause)).toContain('30 ms');
  });

  it('is told to stop by what is made of its options, too, as for the roles that a token names', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const store = {
      privilegesOf(_: Subject, options: { audience: readonly string[]; signal?: AbortSignal }): Promise<Privilege[]> {
        const made = Object.assign(Object.create(options) as typeof options, { organization: 'acme' });
        signals.push(made.signal, options.signal);
        return new Promise(() => {});
      },
    };
    expect(await session({ store, storeTimeoutMs: 30 }).outcome()).toBe('unavailable');
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    expect(signals[0]).toBe(signals[1]);
  });

  it('is none where it answers in time', async () => {
    let signal: AbortSignal | undefined;
    const store = {
      async privilegesOf(_: Subject, options: { signal?: AbortSignal }): Promise<Privilege[]> {
        signal = options.signal;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return [{ permission: 'a' }];
      },
    };
    const access = await session({ store, storeTimeoutMs: 1000 }).access({ scope: 'a' });
    expect([access.can('a'), signal?.aborted]).toEqual([true, false]);
  });

  it('does not hold up the next request', async () => {
    const answers: unknown[] = [new Promise(() => {}), [{ permission: 'a' }]];
    const one = session({ store: storeAnswering(() => answers.shift()), storeTimeoutMs: 10 });
    expect(await one.outcome()).toBe('unavailable');
    expect((await one.access({ scope: 'a' })).can('a')).toBe(true);
  });
});

describe('a store that fails', () => {
  const thrown = new Error('password authentication failed for user "api"');

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw thrown;
      },
    ],
    ['rejects', () => Promise.reject(thrown)],
  ])('and %s is a 503, reported with its cause, which the client is not told (S15)', async (_, answer) => {
    const reported: AccessError[] = [];
    const one = session({ store: storeAnswering(answer), onRefused: (error) => reported.push(error) });
    const error = await errorOf(one.access());
    expect(error).toMatchObject({ code: 'unavailable', cause: thrown });
    expect(JSON.stringify([error.message, error.headers])).not.toContain('password');
    expect(reported).toEqual([error]);
  });

  it.each<[string, AccessError]>([
    ['its own 503', new UnavailableError('Maintenance until noon', { retryAfterSeconds: 60 })],
  ])('keeps %s', async (_, error) => {
    expect(await errorOf(session({ store: storeAnswering(() => Promise.reject(error)) }).access())).toBe(error);
  });

  it('cannot make it the client’s fault', async () => {
    const { InvalidTokenError } = await import('rightful');
    const error = new InvalidTokenError();
    expect(await errorOf(session({ store: storeAnswering(() => Promise.reject(error)) }).access())).toMatchObject({
      status: 503,
      cause: error,
    });
  });
});

describe('an answer', () => {
  const good = { permission: 'a' };

  it.each<[string, unknown, RegExp]>([
    ['is undefined', undefined, /list of privileges.*got undefined/u],
    ['is null', null, /list of privileges.*got null/u],
    ['is a string', 'a', /list of privileges/u],
    ['is an object', { privileges: [good] }, /list of privileges/u],
    ['holds a name', [good, 'a'], /privilege.*got "a"/u],
    ['holds null', [null], /privilege.*got null/u],
    ['holds a list', [[good]], /privilege.*got a list/u],
    ['holds an action', [{ action: 'a' }], /`action`/u],
    ['holds no permission', [{ on: 'x' }], /`permission`.*got undefined/u],
    ['holds an empty permission', [{ permission: '' }], /`permission`.*got ""/u],
    ['holds null for `on`', [{ permission: 'a', on: null }], /`on`.*got null/u],
    ['holds a number for `on`', [{ permission: 'a', on: 5 }], /`on`.*got 5/u],
    ['holds a list for `on`', [{ permission: 'a', on: ['x'] }], /`on`.*got a list/u],
    ['holds another effect', [{ permission: 'a', effect: 'allow' }], /`effect`.*'deny'.*got "allow"/u],
    ['holds an effect in capitals', [{ permission: 'a', effect: 'DENY' }], /`effect`.*got "DENY"/u],
    ['holds null for the effect', [{ permission: 'a', effect: null }], /`effect`.*got null/u],
    ['holds a list of audiences', [{ permission: 'a', audience: [audience] }], /`audience`.*got a list/u],
    ['holds a number for the organization', [{ permission: 'a', organization: 0 }], /`organization`.*got 0/u],
    ['holds NaN for the end', [{ permission: 'a', expiresAt: Number.NaN }], /`expiresAt`.*got NaN/u],
    ['holds a date for the end', [{ permission: 'a', expiresAt: new Date() }], /`expiresAt`.*got an object/u],
    ['holds a string for the end', [{ permission: 'a', expiresAt: '2030-01-01' }], /`expiresAt`.*got "2030-01-01"/u],
    ['holds an unknown member', [{ permission: 'a', scope: '*' }], /`scope`/u],
    ['holds an unknown source', [{ permission: 'a', source: { kind: 'friend' } }], /`source\.kind`.*got "friend"/u],
    ['holds a source that is a string', [{ permission: 'a', source: 'role' }], /source.*got "role"/u],
    ['denies a pattern that no catalogue explains', [{ permission: 'r*', effect: 'deny' }], /catalogue/u],
    ['is nonsense in what is for another API', [good, { permission: 'a', audience: 'urn:other', on: null }], /`on`/u],
    ['is nonsense in what has expired', [good, { permission: 'a', expiresAt: 1, on: null }], /`on`/u],
  ])('that %s is a 503 as a whole, reported with what is wrong (S15)', async (_, answer, message) => {
    const reported: AccessError[] = [];
    const one = session({ store: storeAnswering(() => answer), onRefused: (error) => reported.push(error) });
    expect(await one.outcome({ scope: 'a' })).toBe('unavailable');
    const causes = reported.map(({ cause }) => (cause instanceof TypeError ? cause.message : cause));
    expect(causes).toEqual([expect.stringMatching(message)]);
  });

  it.each<[string, unknown]>([
    ['is a list', [good]],
    ['is a promise of one', Promise.resolve([good])],
    ['is a set', new Set([good])],
    ['is a frozen list', Object.freeze([Object.freeze({ ...good })])],
    [
      'has members that are undefined',
      [{ ...good, on: undefined, effect: undefined, expiresAt: undefined, source: undefined }],
    ],
    ['has objects without prototype', [Object.assign(Object.create(null), good)]],
    ['never ends', [{ ...good, expiresAt: Infinity }]],
    ['has an invalid pattern', [good, { permission: 'a', on: 'x*' }]],
    ['has a pattern that no catalogue explains', [good, { permission: 'r*' }]],
    ['denies a pattern for another API', [good, { permission: 'r*', effect: 'deny', audience: 'urn:other' }]],
  ])('that %s is one', async (_, answer) => {
    expect((await session({ store: storeAnswering(() => answer) }).access({ scope: 'a' })).can('a')).toBe(true);
  });
});

describe('what is remembered of a token and of an answer', () => {
  it('does not outlive a privilege', async () => {
    const tokens = await createTestIssuer({ audience });
    const expiresAt = Date.now() + 150;
    const store = memoryStore({
      issuer: tokens.issuer,
      users: { alice: { permissions: [{ permission: 'a', expiresAt }, 'b'] } },
    });
    const authorizer = createAuthorizer({ issuer: tokens.issuer, audience, store });
    const request = { headers: { authorization: `Bearer ${await tokens.token({ sub: 'alice', scope: 'a b' })}` } };
    const ask = async (): Promise<boolean[]> => {
      const access = await authorizer.authenticate(request);
      return [access.can('a'), access.can('b')];
    };
    expect([await ask(), await ask()]).toEqual([
      [true, true],
      [true, true],
    ]);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, expiresAt - Date.now()) + 5));
    expect([await ask(), await ask()]).toEqual([
      [false, true],
      [false, true],
    ]);
    await Promise.all([authorizer.close(), tokens.close()]);
  });

  it('does not outlive a change in the store, though the list is the same (S20)', async () => {
    const tokens = await createTestIssuer({ audience });
    const one: Privilege = { permission: 'a' };
    const list = [one];
    const authorizer = createAuthorizer({ issuer: tokens.issuer, audience, store: { privilegesOf: () => list } });
    const request = { headers: { authorization: `Bearer ${await tokens.token({ sub: 'alice', scope: 'a b' })}` } };
    const may = async (): Promise<string> => {
      const access = await authorizer.authenticate(request);
      return ['a', 'b'].filter((name) => access.can(name)).join(' ');
    };
    expect(await may()).toBe('a');
    one.permission = 'b';
    expect(await may()).toBe('b');
    // A frozen list of what can still be written to is no better.
    Object.freeze(list);
    expect(await may()).toBe('b');
    one.permission = 'a';
    expect(await may()).toBe('a');
    await Promise.all([authorizer.close(), tokens.close()]);
  });
});
