// When the store is asked, and what becomes of a request whose store cannot answer: S14 to S20.

import { describe, expect, test } from '@jest/globals';
import { allOf, anywhere, createAuthorizer, definePermissions } from 'rightful';
import type { AccessError, AuthorizerOptions, Privilege, PrivilegeStore } from 'rightful';
import { memoryStore } from 'rightful/stores';
import {
  ask,
  expectPermit,
  expectRefusal,
  insufficientPrivilege,
  insufficientScope,
  invalidToken,
  missingToken,
  unavailable,
} from './answers.ts';
import { frameworks } from './frameworks.ts';
import { answering, counting, issuer, options, people, sleep, tokenOf } from './scene.ts';

const scope = 'read:contacts';
const grant: Privilege = { permission: scope };

describe.each(frameworks)('the store behind guards on $name', (framework) => {
  test('S14 is not asked where the token alone decides', async () => {
    const store = counting();
    const { requirePermission } = framework.createGuards(options({ store }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    expectRefusal(await ask(served.address), missingToken());
    expectRefusal(await ask(served.address, { token: 'nonsense' }), invalidToken());
    expectRefusal(
      await ask(served.address, { token: await tokenOf({ scope: 'write:contacts' }) }),
      insufficientScope(scope),
    );
    expect(store.asked).toEqual([]);
  });

  test('is asked once for each request, however many guards stand in its way', async () => {
    const store = counting(async (...given) => people.privilegesOf(...given));
    const authorizer = createAuthorizer(options({ store }));
    const one = framework.createGuards(authorizer);
    const other = framework.createGuards(authorizer, { realm: 'another' });
    const guards = [
      one.authenticate({ required: false }),
      one.authenticate(),
      one.requirePermission(scope),
      other.requirePermission(allOf(scope, 'write:contacts')),
      other.authenticate(),
      one.requirePermission(() => anywhere(scope)),
    ];
    const served = await framework.serve([
      { method: 'use', path: '/', guards: [one.requirePermission(scope)] },
      { path: '/', guards },
    ]);
    const token = await tokenOf({ scope: 'read:contacts write:contacts' });
    expectPermit(await ask(served.address, { token }));
    expect(store.asked).toHaveLength(1);
    expectPermit(await ask(served.address, { token }));
    expect(store.asked).toHaveLength(2);
  });

  test('is asked once also by a guard that refuses after one that has let pass', async () => {
    const store = counting();
    const { authenticate, requirePermission } = framework.createGuards(options({ store }));
    const served = await framework.serve([
      { path: '/', guards: [authenticate(), requirePermission('delete:contacts')] },
    ]);
    expectRefusal(
      await ask(served.address, { token: await tokenOf({ scope: 'delete:contacts' }) }),
      insufficientPrivilege('delete:contacts'),
    );
    expect(store.asked).toHaveLength(1);
  });

  test('is asked about issuer, id and kind, for the audience, with a signal', async () => {
    const asked: unknown[] = [];
    const store: PrivilegeStore = {
      privilegesOf(subject, { audience, signal }) {
        asked.push({ subject: { ...subject }, audience: [...audience], aborted: signal?.aborted });
        return [grant];
      },
    };
    const { requirePermission } = framework.createGuards(options({ store }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    expectPermit(await ask(served.address, { token: await tokenOf({ scope, org_id: 'acme' }) }));
    expect(asked).toEqual([
      {
        subject: { issuer: issuer.issuer, id: 'alice', kind: 'user', organization: 'acme' },
        audience: ['https://contacts.example'],
        aborted: false,
      },
    ]);
  });

  test('S20 is heeded on the next request, while the token is the same', async () => {
    let held: Privilege[] = [grant];
    const { requirePermission } = framework.createGuards(options({ store: answering(() => held) }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    const token = await tokenOf({ scope });
    expectPermit(await ask(served.address, { token }));
    held = [];
    expectRefusal(await ask(served.address, { token }), insufficientPrivilege(scope));
    held = [grant];
    expectPermit(await ask(served.address, { token }));
    held = [grant, { permission: scope, effect: 'deny' }];
    expectRefusal(await ask(served.address, { token }), insufficientPrivilege(scope));
  });

  test('a privilege ends at its time, whether or not the store takes it away', async () => {
    let held: Privilege[] = [grant];
    const { requirePermission } = framework.createGuards(options({ store: answering(() => held) }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    const token = await tokenOf({ scope });
    expectPermit(await ask(served.address, { token }));
    const expiresAt = Date.now() + 200;
    held = [Object.freeze({ ...grant, expiresAt })];
    expectPermit(await ask(served.address, { token }));
    await sleep(expiresAt - Date.now() + 5);
    expectRefusal(await ask(served.address, { token }), insufficientPrivilege(scope));
  });

  test('S16 never answers one subject with what another one holds', async () => {
    const held: Record<string, string> = { alice: 'read:a', bob: 'read:b', carol: 'read:c' };
    const store = answering(() => []);
    store.privilegesOf = async ({ id }) => {
      await sleep(id === 'alice' ? 20 : 1);
      return [{ permission: held[id] ?? '' }];
    };
    const { requirePermission, accessOf } = framework.createGuards(options({ store }));
    const served = await framework.serve(
      Object.values(held).map((permission) => ({
        path: pathOf(permission),
        guards: [requirePermission(permission)],
        handle: (given) => accessOf(given).subject.id,
      })),
    );
    const all = { scope: 'read:a read:b read:c' };
    const asking = [1, 2, 3].flatMap(() =>
      Object.keys(held).flatMap((sub) => Object.keys(held).map((owner) => [sub, owner] as const)),
    );
    await Promise.all(
      asking.map(async ([sub, owner]) => {
        const permission = String(held[owner]);
        const answer = await ask(served.address + pathOf(permission), { token: await tokenOf({ sub, ...all }) });
        if (sub === owner) expectPermit(answer, sub);
        else expectRefusal(answer, insufficientPrivilege(permission));
      }),
    );
  });

  test('may answer with any list: an array, a set, a generator, now or later', async () => {
    const answers: (() => unknown)[] = [
      () => new Set([grant]),
      () => [grant][Symbol.iterator](),
      function* generated() {
        yield grant;
      },
      // oxlint-disable-next-line unicorn/no-thenable -- a promise of another library
      () => ({ then: (resolve: (value: unknown) => void) => resolve([grant]) }),
      async () => new Set([{ ...grant, on: undefined, effect: undefined, audience: undefined, expiresAt: undefined }]),
    ];
    for (const answer of answers) {
      const { requirePermission } = framework.createGuards(options({ store: answering(answer) }));
      const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
      expectPermit(await ask(served.address, { token: await tokenOf({ scope }) }));
    }
  });

  test('holds patterns, which stand for the names in the catalogue and for no other', async () => {
    const permissions = definePermissions({ 'read:contacts': '…', 'write:contacts': '…', 'read:notes': '…' });
    const store = memoryStore({
      users: { alice: { permissions: ['read:*', { permission: 'read:notes', effect: 'deny' }] } },
    });
    const { requirePermission } = framework.createGuards(options({ store, permissions }));
    const served = await framework.serve(
      permissions.names.map((name) => ({ path: pathOf(name), guards: [requirePermission(name)] })),
    );
    const token = await tokenOf({ scope: permissions.names.join(' ') });
    const statuses = await Promise.all(
      permissions.names.map(async (name) => [name, (await ask(served.address + pathOf(name), { token })).status]),
    );
    expect(Object.fromEntries(statuses)).toEqual({ 'read:contacts': 200, 'write:contacts': 403, 'read:notes': 403 });
  });

  test('a pattern that grants is nothing without a catalogue', async () => {
    const { requirePermission } = framework.createGuards(
      options({ store: answering(() => [{ permission: 'read:*' }]) }),
    );
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    expectRefusal(await ask(served.address, { token: await tokenOf({ scope }) }), insufficientPrivilege(scope));
  });
});

interface Failure {
  readonly rule: string;
  readonly store: () => unknown;
  /** What the operator is told, somewhere in the causes. */
  readonly told?: string;
}

const nonsense = (rule: string, member: unknown, told?: string): Failure => ({
  rule: `holds ${rule}`,
  store: () => [grant, member],
  ...(told !== undefined && { told }),
});

const later = (rule: string, answer: unknown): Failure => ({ rule: `resolves to ${rule}`, store: async () => answer });

const failures: Failure[] = [
  {
    rule: 'throws',
    store: () => {
      throw new Error('on fire');
    },
    told: 'on fire',
  },
  // oxlint-disable-next-line typescript/only-throw-error -- others do
  {
    rule: 'throws what is no error',
    store: () => {
      throw undefined;
    },
  },
  { rule: 'rejects', store: () => Promise.reject(new Error('on fire')), told: 'on fire' },
  { rule: 'rejects with what is no error', store: () => Promise.reject(null) },
  {
    rule: 'throws in its `then`',
    store: () => ({
      get then() {
        throw new Error('on fire');
      },
    }),
  },
  { rule: 'does not answer in time', store: () => new Promise(() => {}), told: '30 ms' },
  {
    rule: 'breaks off',
    store: function* broken() {
      yield grant;
      throw new Error('on fire');
    },
    told: 'on fire',
  },
  ...[null, undefined, 'read:contacts', '', 5, true, {}, { 0: grant, length: 1 }, grant].map((answer): Failure => ({
    rule: `answers ${JSON.stringify(answer)}`,
    store: () => answer,
  })),
  later('null', null),
  later('a text', 'read:contacts'),
  {
    rule: 'answers with an asynchronous generator',
    store: async function* generated() {
      yield grant;
    },
  },
  nonsense('null', null),
  nonsense('a text', 'read:contacts'),
  nonsense('a list', [grant]),
  { rule: 'holds a hole', store: () => [grant, , grant] }, // oxlint-disable-line no-sparse-arrays
  nonsense('no permission', { on: '*' }, '`permission`'),
  nonsense('an empty permission', { permission: '' }, '`permission`'),
  nonsense('a permission that is a list', { permission: [scope] }, '`permission`'),
  nonsense('a permission that is lent by a prototype', Object.create(grant), '`permission`'),
  nonsense('on: null', { ...grant, on: null }, '`on`'),
  nonsense('on: a list', { ...grant, on: ['*'] }, '`on`'),
  nonsense('another effect', { ...grant, effect: 'allow' }, '`effect`'),
  nonsense('effect: null', { ...grant, effect: null }, '`effect`'),
  nonsense('effect in capitals', { ...grant, effect: 'DENY' }, '`effect`'),
  nonsense('expiresAt: NaN', { ...grant, expiresAt: Number.NaN }, '`expiresAt`'),
  nonsense('expiresAt: a text', { ...grant, expiresAt: '2999-01-01' }, '`expiresAt`'),
  nonsense('expiresAt: a date', { ...grant, expiresAt: new Date(5e12) }, '`expiresAt`'),
  nonsense('expiresAt: null', { ...grant, expiresAt: null }, '`expiresAt`'),
  nonsense('an organization that is no text', { ...grant, organization: 5 }, '`organization`'),
  nonsense('an audience that is a list', { ...grant, audience: ['https://contacts.example'] }, '`audience`'),
  nonsense('an unknown member', { ...grant, resource: 'contacts:id:7' }, '`resource`'),
  nonsense('a source that is no object', { ...grant, source: 'role' }, 'source'),
  nonsense('a source of no kind', { ...grant, source: { kind: 'magic' } }, '`source.kind`'),
  nonsense('a denial that cannot be read', { ...grant, effect: 'deny', on: 5 }, '`on`'),
  nonsense('a denial of a pattern without a catalogue', { permission: 'read:*', effect: 'deny' }),
  nonsense(
    'a member that cannot be read',
    {
      get permission() {
        throw new Error('on fire');
      },
    },
    'on fire',
  ),
];

describe.each(frameworks)('S15 on $name, a store that', (framework) => {
  test.each(failures)('$rule makes a 503, and no permit', async ({ store: answer, told = '' }) => {
    const errors: AccessError[] = [];
    const onRefused: AuthorizerOptions['onRefused'] = (error) => errors.push(error);
    let failing = true;
    const store = answering(() => (failing ? answer() : [grant]));
    const { authenticate, requirePermission } = framework.createGuards(
      options({ store, storeTimeoutMs: 30, onRefused }),
    );
    const served = await framework.serve([
      { path: '/', guards: [requirePermission(scope)] },
      { path: '/signed-in', guards: [authenticate()] },
      { path: '/optional', guards: [authenticate({ required: false })] },
    ]);
    const token = await tokenOf({ scope });
    const answers = await Promise.all(
      ['/', '/signed-in', '/optional'].map((path) => ask(`${served.address}${path}`, { token })),
    );
    for (const one of answers) expectRefusal(one, unavailable());
    expect(served.runs()).toBe(0);
    expect(errors).toHaveLength(3);
    expect(reasonsOf(errors[0])).toContain(told);

    // Nothing of it is kept.
    failing = false;
    expectPermit(await ask(served.address, { token }));
  });

  test('comes late learns that nobody waits, and what it then says does no harm', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const store: PrivilegeStore = {
      async privilegesOf(_subject, { signal }) {
        signals.push(signal);
        await sleep(50);
        throw new Error('late, and on fire');
      },
    };
    const { requirePermission } = framework.createGuards(options({ store, storeTimeoutMs: 20 }));
    const served = await framework.serve([{ path: '/', guards: [requirePermission(scope)] }]);
    expectRefusal(await ask(served.address, { token: await tokenOf({ scope }) }), unavailable());
    expect(signals[0]?.aborted).toBe(true);
    await sleep(60);
  });

  test('is asked anew by the next guard of the same request after it has failed', async () => {
    let asked = 0;
    const store = answering(() => {
      asked += 1;
      if (asked === 1) throw new Error('on fire');
      return [grant];
    });
    const authorizer = createAuthorizer(options({ store }));
    const forgiving = framework.createGuards(authorizer, { onRefusal: (_error, hands) => hands.pass() });
    const { requirePermission } = framework.createGuards(authorizer);
    const served = await framework.serve([
      { path: '/', guards: [forgiving.requirePermission(scope), requirePermission(scope)] },
    ]);
    expectPermit(await ask(served.address, { token: await tokenOf({ scope }) }));
    expect(asked).toBe(2);
  });
});

test.each([
  ['a text', 'https://store.example'],
  ['null', null],
  ['an object without the method', {}],
  ['a privilegesOf that is no function', { privilegesOf: [] }],
])('a store that is %s is a mistake', (_, store) => {
  expect(() => createAuthorizer(options({ store: store as unknown as PrivilegeStore }))).toThrow(/`store`/);
});

test.each([0, -1, Number.NaN, Infinity, '30', null])('storeTimeoutMs: %p is a mistake', (storeTimeoutMs) => {
  expect(() => createAuthorizer(options({ storeTimeoutMs: storeTimeoutMs as number }))).toThrow(/`storeTimeoutMs`/);
});

// A colon begins a parameter of the route.
function pathOf(permission: string): string {
  return `/${permission.replace(':', '-')}`;
}

/** Every message from the error down to its last cause. */
function reasonsOf(error: unknown): string {
  const reasons: string[] = [];
  for (let one = error; one !== undefined && one !== null; one = (one as Error).cause) {
    reasons.push(typeof one === 'string' ? one : (one as Error).message);
  }
  return reasons.join(' < ');
}
