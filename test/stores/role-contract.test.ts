// The contract of a role store, kept by the store in memory, whatever is between it and who asks.

import { describe, expect, it, test } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type { Privilege, PrivilegeChange, RoleStore, Subject } from 'rightful/stores';
import { roleStoreCases } from 'rightful/testing';
import type { CreateRoleStore, RoleStoreCasesOptions } from 'rightful/testing';

const issuer = 'https://issuer.example/';

const passing: [string, CreateRoleStore, RoleStoreCasesOptions][] = [
  ['memoryStore of any issuer', () => memoryStore({}), { issuers: 'any', handles: 'one' }],
  ['memoryStore of many issuers', () => memoryStore({ issuer }), { handles: 'one' }],
  [
    'a store that answers later, with what counts for who asks',
    () => distant(memoryStore({ issuer })),
    { handles: 'one' },
  ],
  [
    'a store that is opened more than once',
    () => {
      const store = memoryStore({ issuer });
      return { store: distant(store), reopen: () => lagging(distant(store)) };
    },
    { catalogue: 'none' },
  ],
];

describe.each(passing)('%s', (_, create, options) => {
  it.each(roleStoreCases(create, options))('$name', ({ run }) => run());
});

/** As a user might write it: with errors of its own, copies for answers, and of what is held only what counts. */
function distant(store: RoleStore): RoleStore {
  const members = Object.entries(store).map(([name, member]): [string, unknown] => {
    if (typeof member !== 'function' || name === 'onChange') return [name, member];
    return [
      name,
      async (...given: unknown[]) => {
        try {
          const answer: unknown = await (member as (...all: unknown[]) => unknown)(...given);
          return structuredClone(answer);
        } catch (error) {
          throw error instanceof TypeError ? error : Object.assign(new Error('refused'), { ...(error as object) });
        }
      },
    ];
  });
  return {
    ...(Object.fromEntries(members) as unknown as RoleStore),
    privilegesOf: async (subject: Subject, { audience }: { audience: readonly string[] }) => {
      const held = structuredClone([...((await store.privilegesOf(subject, { audience })) as Privilege[])]);
      return held
        .filter(({ expiresAt = Infinity }) => Date.now() < expiresAt)
        .filter(({ organization }) => organization === undefined || organization === subject.organization)
        .filter((one) => one.audience === undefined || audience.includes(one.audience))
        .map(({ audience: _audience, organization: _organization, ...rest }) => rest);
    },
    ready: async () => undefined,
    close: async () => undefined,
  };
}

/** Another handle: what is changed elsewhere is told a little later, some of it twice. */
function lagging(store: RoleStore): RoleStore {
  const onChange = (listener: (change: PrivilegeChange) => void): (() => void) =>
    store.onChange!((change) => {
      for (const delayMs of [1, 12]) setTimeout(() => listener(change), delayMs);
    });
  return { ...store, onChange };
}

describe('a case', () => {
  const calls = (fail?: string): [string[], CreateRoleStore] => {
    const told: string[] = [];
    const tell = (what: string) => async () => {
      told.push(what);
      if (what === fail) throw new Error(`no ${what}`);
    };
    const create: CreateRoleStore = () => ({
      store: { ...memoryStore({ issuer }), ready: tell('ready'), close: tell('close') },
      cleanup: tell('cleanup'),
    });
    return [told, create];
  };

  it('waits for the store, closes it, and then cleans up, whatever fails', async () => {
    for (const fail of [undefined, 'ready', 'close', 'cleanup']) {
      const [told, create] = calls(fail);
      const run = roleStoreCases(create, { handles: 'one' })[0]!.run();
      const failure = await run.then(
        () => undefined,
        (error: Error) => error.message,
      );
      expect(failure ?? 'no undefined').toContain(`no ${fail}`);
      expect(told).toEqual(['ready', 'close', 'cleanup']);
    }
  });

  it('closes each store that it made', async () => {
    const [told, create] = calls();
    const cases = roleStoreCases(create, { handles: 'one' });
    await cases.find(({ name }) => name.startsWith('the order in which'))!.run();
    expect(told.filter((what) => what !== 'ready')).toEqual([
      'close',
      'close',
      'close',
      'cleanup',
      'cleanup',
      'cleanup',
    ]);
  });

  it('fails with the error of `create`', async () => {
    const [first] = roleStoreCases(() => Promise.reject(new Error('no database')));
    await expect(first!.run()).rejects.toThrow('no database');
  });

  it('refuses what is no role store: TypeError', async () => {
    for (const created of [undefined, null, {}, { store: {} }, [], { privilegesOf: () => [] }]) {
      await expect(roleStoreCases(() => created as never)[0]!.run()).rejects.toThrow('the answer of `create`');
    }
    const cases = roleStoreCases(() => memoryStore({ issuer }));
    const [other] = cases.filter(({ name }) => name.startsWith('another handle'));
    await expect(other!.run()).rejects.toThrow("`reopen` to be a function, or `handles` to be 'one', got undefined");
  });

  it('says what a store threw, and keeps it as the cause', async () => {
    const cause = new Error('no such table');
    const store = { ...memoryStore({ issuer }), revision: () => Promise.reject(cause) };
    const [first] = roleStoreCases(() => store, { handles: 'one' });
    await expect(first!.run()).rejects.toMatchObject({
      cause,
      message:
        'Broken: an empty store holds nothing and knows nothing but the built-in roles. ' +
        'Expected no error, got an error: Error: no such table',
    });
  });
});

test('each case has a name of its own', () => {
  for (const issuers of ['many', 'any'] as const) {
    const names = roleStoreCases(() => memoryStore({}), { issuers }).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(70);
  }
});

it.each<[string, unknown, unknown, RegExp]>([
  ['no function', undefined, {}, /`create`.*got undefined/],
  ['a store in place of a function', memoryStore({}), {}, /`create`/],
  ['an unknown option', () => memoryStore({}), { reopen: () => memoryStore({}) }, /`reopen`/],
  ['another word for the issuers', () => memoryStore({}), { issuers: 'one' }, /`issuers`.*'many' or 'any'/],
  ['another word for the handles', () => memoryStore({}), { handles: 2 }, /`handles`.*'several' or 'one'/],
  ['another word for the catalogue', () => memoryStore({}), { catalogue: true }, /`catalogue`.*'given' or 'none'/],
  ['no time', () => memoryStore({}), { withinMs: 0 }, /`withinMs`/],
])('refuses %s: TypeError', (_, create, options, message) => {
  const making = (): unknown => roleStoreCases(create as CreateRoleStore, options as RoleStoreCasesOptions);
  expect(making).toThrow(TypeError);
  expect(making).toThrow(message);
});
