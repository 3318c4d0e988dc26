// "No input, in a token or from a store, makes it throw anything but AccessError": effective-permissions.md, section 7.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AccessError, effectivePermissions, PermissionSet, type Privilege } from 'rightful';
import { session, storeAnswering } from '../core/authorizing.ts';
import { names, permissions, plainNames, privilegesAt, resources, rubbish, scopeList } from './generators.ts';

const numRuns = 250;

const claimNames = [
  ...['iss', 'aud', 'exp', 'nbf', 'iat', 'sub', 'client_id', 'azp', 'cid', 'appid', 'org_id', 'act', 'gty', 'idtyp'],
  ...['scope', 'scp', 'permissions', 'roles', 'preferred_username', 'auth_time', 'nonce', 'typ', 'token_use', 'cnf'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'toJSON'],
] as const;

const claimValue = fc.oneof(
  rubbish,
  fc.constantFrom('alice', 'app', 'app@clients', 'client-credentials', 'read:contacts', Infinity, -1, Number.NaN),
  fc.array(fc.constantFrom(...names), { maxLength: 3 }),
  scopeList.map((list) => list.join(' ')),
);

// Defined, not assigned: `__proto__` is a claim like any other.
const someClaims = fc
  .array(fc.tuple(fc.constantFrom(...claimNames), claimValue), { maxLength: 6 })
  .map((entries): Record<string, unknown> => Object.fromEntries(entries));

function thrower(): never {
  throw new RangeError('Thrown on purpose');
}

/** Objects that do harm to whoever looks at them twice. */
const denyingTraps: readonly (() => unknown)[] = [
  () => ({
    effect: 'deny',
    get permission() {
      return thrower();
    },
  }),
  () => ({
    permission: 'read:contacts',
    get effect() {
      return thrower();
    },
  }),
  () => new Proxy({ permission: 'read:contacts' }, { get: thrower }),
];

/** Objects that do harm to whoever looks at them. */
const traps: readonly (() => unknown)[] = [
  () => ({
    get permission() {
      return thrower();
    },
  }),
  () => ({
    permission: 'read:contacts',
    get on() {
      return thrower();
    },
  }),
  () => ({
    permission: 'read:contacts',
    get source() {
      return thrower();
    },
  }),
  () => new Proxy({}, { ownKeys: thrower }),
  () => Object.assign(Object.create({ permission: 'read:contacts' }), { on: 'users:*' }),
  () => Object.assign(Object.create(null), { permission: 'read:contacts', on: null }),
  () => ({ permission: { toString: () => 'read:contacts' } }),
  () => Symbol('read:contacts'),
  () => 5n,
  () => () => 'read:contacts',
];

// Made when it is used: fast-check looks at its values, and would be the first to step into a trap.
const harmless: fc.Arbitrary<() => unknown> = fc.oneof(
  rubbish.filter((value) => typeof value !== 'string').map((value) => () => value),
  fc.constantFrom(...traps),
  fc
    .constantFrom<object[]>(
      { permission: '' },
      { permission: 5 },
      { permission: 'read:contacts', on: null },
      { permission: 'read:contacts', on: ['users:*'] },
      { permission: 'read:contacts', effect: 'allow' },
      { permission: 'read:contacts', effect: null },
      { permission: 'read:contacts', expiresAt: Number.NaN },
      { permission: 'read:contacts', expiresAt: '2030-01-01' },
      { permission: 'read:contacts', audience: ['https://api.example'] },
      { permission: 'read:contacts', organization: null },
      { permission: 'read:contacts', scope: 'users:*' },
      { permission: 'read:contacts', source: 'direct' },
      { permission: 'read:contacts', source: { kind: 'friend' } },
      { permission: 'read:contacts', source: { kind: 'role', expiresAt: Number.NaN } },
      { action: 'read:contacts' },
    )
    .map((value) => () => value),
);

const malformed = fc.oneof({ weight: 5, arbitrary: harmless }, fc.constantFrom(...denyingTraps));

const good = privilegesAt(Date.now()).map((list) => list.filter(({ permission }) => !permission.includes('*')));

/** Whatever is put in, among what is good. */
function among(bad: fc.Arbitrary<() => unknown>): fc.Arbitrary<() => unknown[]> {
  return fc.tuple(good, bad, good).map(([before, make, after]) => () => [...before, make(), ...after]);
}

/** The one piece of rubbish that is an answer: nothing is held. */
function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** What privilegesOf may do in place of answering. */
const answers: fc.Arbitrary<() => unknown> = fc.oneof(
  rubbish.filter((value) => !isEmptyList(value)).map((value) => () => value),
  among(malformed),
  among(malformed).map((make) => () => Promise.resolve(make())),
  among(malformed).map((make) => () => new Set(make())),
  good.map((list) => () => ({ privileges: list })),
  fc.constantFrom<() => unknown>(
    thrower,
    () => Promise.reject(new Error('down')),
    () => Promise.reject(new TypeError('down')),
    // A store in JavaScript can reject with anything.
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    () => Promise.reject(undefined),
    () => ({ [Symbol.iterator]: thrower }),
    () => ({ [Symbol.iterator]: () => ({ next: thrower }) }),
    () => ({ [Symbol.iterator]: 'none' }),
    () => ({
      get [Symbol.iterator]() {
        return thrower();
      },
    }),
    () => ({
      get then() {
        return thrower();
      },
    }),
    () => ({ then: thrower }),
    () => ({ then: (resolve: (value: unknown) => void) => resolve('read:contacts') }),
    () => new Map([['read:contacts', true]]),
    () => 'read:contacts',
    () => new Proxy([], { get: thrower }),
    function* () {
      yield { permission: 'read:contacts' };
      thrower();
    },
    async function* () {
      yield { permission: 'read:contacts' };
    },
  ),
);

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('arbitrary claims', () => {
  it('end in an access or in an AccessError, with and without readers of claims', async () => {
    const one = session({ trustScopes: true });
    const reading = session({
      claims: { scope: ['roles', 'scope'], permissions: 'scp', client: 'cid', organization: 'act', machine: 'typ' },
    });
    await fc.assert(
      fc.asyncProperty(someClaims, fc.constantFrom(one, reading), async (claims, { authorizer, access }) => {
        const outcome = await access(claims).catch((error: unknown) => error);
        if (outcome instanceof AccessError) return expect(outcome.code).toBe('invalid_token');
        const given = outcome as Awaited<ReturnType<typeof access>>;
        for (const name of plainNames) {
          expect(typeof (await authorizer.decide(given, name)).permit).toBe('boolean');
          for (const resource of resources) expect(typeof given.can(name, resource)).toBe('boolean');
        }
      }),
      { numRuns },
    );
  });

  it('never make an object mean more than its own members (C14)', async () => {
    const one = session({ trustScopes: true });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...claimNames), scopeList, async (hidden, scopes) => {
        // What a prototype says, no token says.
        const claims = { ['__proto__']: { [hidden]: scopes.join(' '), permissions: names, scope: names.join(' ') } };
        const access = await one.access(claims);
        expect([...access.scopes, ...access.permissions.list(), ...access.privileges.list()]).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('an answer of the store that is no list of privileges', () => {
  it('is a 503 as a whole, however much of it is good, and a permit for nobody (S15)', async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.boolean(), async (answer, hasCatalogue) => {
        const one = session({ store: storeAnswering(answer), ...(hasCatalogue && { permissions }) });
        const error = await refusal(one.access({ scope: names.join(' '), permissions: [...names] }));
        expect(error).toBeInstanceOf(AccessError);
        expect(error).toMatchObject({ code: 'unavailable', status: 503 });
      }),
      { numRuns },
    );
  });

  it('is not kept: the next request asks again (S15)', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        let isBroken = true;
        const one = session({ store: storeAnswering(() => (isBroken ? answer() : [{ permission: 'read:contacts' }])) });
        await refusal(one.access());
        isBroken = false;
        expect((await one.access({ scope: 'read:contacts' })).can('read:contacts')).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('that never ends is a 503', async () => {
    const store = storeAnswering(function* () {
      for (;;) yield { permission: 'read:contacts' };
    });
    expect(await session({ store }).outcome()).toBe('unavailable');
  });

  it.each([
    ['never comes', () => new Promise(() => {})],
    ['is a promise of its own kind that never settles', () => ({ then: () => undefined })],
    ['comes late', () => new Promise((resolve) => setTimeout(resolve, 200, []).unref())],
    ['fails late', () => new Promise((_, reject) => setTimeout(reject, 60, new Error('late')).unref())],
  ])('that %s is a 503', async (_, answer) => {
    expect(await session({ store: storeAnswering(answer), storeTimeoutMs: 20 }).outcome()).toBe('unavailable');
  });
});

describe('PermissionSet.from and effectivePermissions', () => {
  it('never throw for what stands in a list, and leave out what is malformed', () => {
    fc.assert(
      fc.property(among(harmless), fc.boolean(), (make, hasCatalogue) => {
        const privileges = make();
        const options = hasCatalogue ? { permissions } : {};
        const isGood = (one: unknown): boolean => typeof one === 'object' && one !== null && isReadable(one);
        const all = PermissionSet.from(privileges as Privilege[], options);
        const best = PermissionSet.from(privileges.filter(isGood) as Privilege[], options);
        for (const name of names) {
          for (const on of resources)
            if (all.has(name, on)) expect([name, on, best.has(name, on)]).toEqual([name, on, true]);
          if (all.hasAnywhere(name)) expect([name, best.hasAnywhere(name)]).toEqual([name, true]);
        }
        const effective = effectivePermissions({
          scopes: [...names],
          privileges: privileges as Privilege[],
          ...options,
        });
        expect(effective.has('read:contacts')).toBe(all.has('read:contacts'));
      }),
      { numRuns },
    );
  });

  it.each(denyingTraps.map((make, at) => [at, make] as const))(
    'do not throw for what throws when it is asked whether it is a denial (%i)',
    (_, make) => {
      const set = PermissionSet.from([make(), { permission: 'write:contacts' }] as Privilege[]);
      expect([set.has('read:contacts'), set.has('write:contacts')]).toEqual([false, true]);
    },
  );

  it('take a malformed denial as one of its whole permission', () => {
    const flaw = fc.constantFrom<object>(
      { on: null },
      { on: 5 },
      { on: ['users:id:1'] },
      { on: 'users:id:1', expiresAt: Number.NaN },
      { on: 'users:id:1', expiresAt: 'yesterday' },
      { on: 'users:id:1', audience: 5 },
      { on: 'users:id:1', source: null },
      { on: 'users:id:1', note: 'until Monday' },
    );
    fc.assert(
      fc.property(good, fc.constantFrom(...plainNames), flaw, (privileges, permission, wrong) => {
        const denial = { permission, effect: 'deny', ...wrong } as Privilege;
        const set = PermissionSet.from([...privileges, { permission: '*' }, denial]);
        const asked = [
          set.has(permission),
          set.hasAnywhere(permission),
          ...resources.map((on) => set.has(permission, on)),
        ];
        expect(asked).not.toContain(true);
      }),
      { numRuns: 100 },
    );
  });

  it('take scopes of any kind, and none of a list that holds anything else than strings (S2)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...names), rubbish), { maxLength: 4 }), (scopes) => {
        const set = effectivePermissions({ scopes: scopes as string[], privileges: [{ permission: '*' }] });
        const strings = scopes.filter((one) => typeof one === 'string');
        const isList = strings.length === scopes.length;
        expect(plainNames.filter((name) => set.has(name))).toEqual(
          plainNames.filter((name) => isList && strings.includes(name)),
        );
      }),
      { numRuns },
    );
  });
});

/** Plain data that is no trap. */
function isReadable(value: object): boolean {
  try {
    const { permission, on, expiresAt } = value as Privilege;
    return (
      typeof permission === 'string' && (on === undefined || typeof on === 'string') && !Number.isNaN(expiresAt ?? 0)
    );
  } catch {
    return false;
  }
}
