// The contract of a privilege store, kept by the store in memory and by some that a user might have written.

import { describe, expect, it, test } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type { MemoryStoreOptions, Privilege, PrivilegeStore, Subject } from 'rightful/stores';
import { privilegeStoreCases } from 'rightful/testing';
import type {
  CreateStore,
  PrivilegeStoreCasesOptions,
  SeedAssignment,
  SeedRole,
  StoreCase,
  StoreSeed,
} from 'rightful/testing';

const passing: [string, CreateStore, PrivilegeStoreCasesOptions?][] = [
  ['memoryStore of one issuer', (seed) => memoryStoreOf(seed, seed.issuer), { issuers: 'one' }],
  ['memoryStore of any issuer', (seed) => memoryStoreOf(seed), { issuers: 'any' }],
  ['a store of one’s own', async (seed) => new MapStore(seed)],
  ['a store that answers with what counts for who asks', (seed) => mapStore(seed, counting)],
  ['a store whose answers can be read once only', (seed) => mapStore(seed, (held) => held.values())],
  ['a store that refuses what is no text', refusing],
];

describe.each(passing)('%s', (_, create, options) => {
  it.each(privilegeStoreCases(create, options))('$name', ({ run }) => run());
});

describe('a case', () => {
  const [empty] = privilegeStoreCases(() => ({ privilegesOf: () => [] }));

  it('waits for the store, closes it, and then cleans up, also when the store fails', async () => {
    const told: string[] = [];
    const tell = (what: string) => async () => void told.push(what);
    const made =
      (privilegesOf: PrivilegeStore['privilegesOf']): CreateStore =>
      () => ({
        store: { privilegesOf, ready: tell('ready'), close: tell('close') },
        cleanup: tell('cleanup'),
      });
    await privilegeStoreCases(made(() => []))[0]!.run();
    await expect(privilegeStoreCases(made(() => null as never))[0]!.run()).rejects.toThrow('Broken');
    expect(told).toEqual(['ready', 'close', 'cleanup', 'ready', 'close', 'cleanup']);
  });

  it('cleans up where the store does not close', async () => {
    let cleaned = false;
    const store: PrivilegeStore = { privilegesOf: () => [], close: () => Promise.reject(new Error('not open')) };
    const [first] = privilegeStoreCases(() => ({ store, cleanup: () => void (cleaned = true) }));
    await expect(first!.run()).rejects.toThrow('not open');
    expect(cleaned).toBe(true);
  });

  it('can be run twice, each time on a store of its own', async () => {
    await empty!.run();
    await expect(empty!.run()).resolves.toBeUndefined();
  });

  it('fails with the error of `create`', async () => {
    const cases = privilegeStoreCases(() => Promise.reject(new Error('no database')));
    await expect(cases[0]!.run()).rejects.toThrow('no database');
  });

  it('refuses what `create` gives where it is no store: TypeError', async () => {
    for (const created of [undefined, null, {}, { store: {} }, []]) {
      await expect(privilegeStoreCases(() => created as never)[0]!.run()).rejects.toThrow(
        /TypeError|the answer of `create`/,
      );
    }
  });

  it('gives a seed that cannot be changed, of one issuer where the store holds one', async () => {
    const seeds: StoreSeed[] = [];
    const create: CreateStore = (seed) => (seeds.push(seed), new MapStore(seed));
    await failuresOf(privilegeStoreCases(create, { issuers: 'one' }));
    expect(seeds.length).toBe(privilegeStoreCases(create).length);
    const subjects = seeds.flatMap((seed) => seed.subjects);
    expect(new Set(subjects.map(({ issuer }) => issuer))).toEqual(new Set(seeds.map(({ issuer }) => issuer)));
    expect(subjects.every((one) => Object.isFrozen(one) && one.privileges.every(Object.isFrozen))).toBe(true);
  });

  it('seeds nobody and no role twice', async () => {
    const create: CreateStore = (seed) => {
      const keys = seed.subjects.map(({ issuer, kind, id }) => JSON.stringify([issuer, kind, id]));
      const roles = seed.roles.map(({ name }) => name);
      expect([keys.length, roles.length]).toEqual([new Set(keys).size, new Set(roles).size]);
      return new MapStore(seed);
    };
    expect([...(await failuresOf(privilegeStoreCases(create)))]).toEqual([]);
  });
});

const create: CreateStore = (seed) => new MapStore(seed);

test('each case has a name of its own', () => {
  const names = privilegeStoreCases(create).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it.each<[string, unknown, unknown, RegExp]>([
  ['no function', undefined, {}, /`create`.*got undefined/],
  ['a store in place of a function', { privilegesOf: () => [] }, {}, /`create`/],
  ['an unknown option', create, { issuer: 'one' }, /`issuer`/],
  ['another word for the issuers', create, { issuers: 'two' }, /`issuers`.*'many' or 'one' or 'any'/],
  ['null for options', create, null, /`options`/],
])('refuses %s: TypeError', (_, create, options, message) => {
  const making = (): unknown => privilegeStoreCases(create as CreateStore, options as PrivilegeStoreCasesOptions);
  expect(making).toThrow(TypeError);
  expect(making).toThrow(message);
});

async function failuresOf(cases: readonly StoreCase[]): Promise<Map<string, unknown>> {
  const failures = new Map<string, unknown>();
  for (const { name, run } of cases) await run().catch((error: unknown) => failures.set(name, error));
  return failures;
}

function memoryStoreOf({ subjects, roles }: StoreSeed, issuer?: string): PrivilegeStore {
  const byId = (kind: Subject['kind']): NonNullable<MemoryStoreOptions['users']> =>
    Object.fromEntries(
      subjects
        .filter((one) => one.kind === kind)
        .map((one) => [one.id, { permissions: one.privileges, roles: one.roles }]),
    );
  return memoryStore({
    ...(issuer !== undefined && { issuer }),
    users: byId('user'),
    clients: byId('client'),
    roles: Object.fromEntries(roles.map(({ name, privileges }) => [name, privileges])),
  });
}

/** As a user might write it: a map of each issuer's subjects, which answers later, as a database does. */
class MapStore implements PrivilegeStore {
  readonly #held = new Map<string, Map<string, Privilege[]>>();

  constructor({ subjects, roles }: StoreSeed) {
    const roleNamed = new Map(roles.map((role) => [role.name, role]));
    for (const { issuer, kind, id, privileges, roles: assigned } of subjects) {
      const ofIssuer = this.#held.get(issuer) ?? new Map<string, Privilege[]>();
      const byRole = assigned.flatMap((one) => throughRole(one, roleNamed.get(one.role)!));
      this.#held.set(issuer, ofIssuer.set(`${kind} ${id}`, [...privileges, ...byRole]));
    }
  }

  async privilegesOf({ issuer, kind, id }: Subject): Promise<Privilege[]> {
    await new Promise(setImmediate);
    return structuredClone(this.#held.get(issuer)?.get(`${kind} ${id}`) ?? []);
  }
}

function throughRole({ role, organization, expiresAt }: SeedAssignment, { privileges }: SeedRole): Privilege[] {
  return privileges
    .map((one): Privilege => {
      const bound: Privilege = { ...one, source: { kind: 'role', role } };
      if (organization !== undefined) bound.organization = organization;
      if (expiresAt !== undefined) bound.expiresAt = Math.min(expiresAt, one.expiresAt ?? Infinity);
      return bound;
    })
    .filter((bound, at) => (privileges[at]?.organization ?? bound.organization) === bound.organization);
}

/** The same, with something done to its answers. */
function mapStore(
  seed: StoreSeed,
  answer: (held: Privilege[], ...asked: Asked) => Iterable<Privilege>,
): PrivilegeStore {
  const store = new MapStore(seed);
  return { privilegesOf: async (...asked) => answer(await store.privilegesOf(asked[0]), ...asked) };
}

type Asked = Parameters<PrivilegeStore['privilegesOf']>;

/** Leaves out what does not count, and says no more than it must of the rest. */
function counting(held: Privilege[], { organization }: Subject, { audience }: Asked[1]): Iterable<Privilege> {
  return new Set(
    held
      .filter((one) => one.expiresAt === undefined || Date.now() < one.expiresAt)
      .filter((one) => one.organization === undefined || one.organization === organization)
      .filter((one) => one.audience === undefined || audience.includes(one.audience))
      .map(({ audience: _audience, organization: _organization, ...rest }) => rest),
  );
}

// As PostgreSQL does: a NUL is no character of a text.
function refusing(seed: StoreSeed): PrivilegeStore {
  const check = ({ issuer, id }: { issuer: string; id: string }): void => {
    if (/[\0\p{Surrogate}]/u.test(issuer + id)) throw new Error('invalid byte sequence for encoding "UTF8"');
  };
  seed.subjects.forEach(check);
  return mapStore(seed, (held, subject) => (check(subject), held));
}
