// A contract is worth what it finds: a store done wrong in one way each, and the case that must say so.

import { describe, expect, it } from '@jest/globals';
import {
  memoryStore,
  type MemoryStoreOptions,
  type Privilege,
  type PrivilegeStore,
  type Subject,
} from 'rightful/stores';
import { privilegeStoreCases } from 'rightful/testing';
import type { CreateStore, PrivilegeStoreCasesOptions, SeedSubject, StoreSeed } from 'rightful/testing';

/** One way in which a store does wrong. */
interface Fault {
  /** The key of a subject. */
  keyOf?: (subject: Subject) => string;
  /** What is kept of a subject's privileges. */
  keep?: (privileges: Privilege[], seeded: SeedSubject) => Privilege[];
  /** What is answered, from what is kept. */
  answer?: (kept: Privilege[] | undefined, subject: Subject, audience: readonly string[]) => unknown;
  /** Members in place of the store's own. */
  more?: Partial<Record<keyof PrivilegeStore, unknown>>;
}

/** A table of everybody, by a key of issuer, kind and id, that answers as a database would: later, and with copies. */
function tableStore(seed: StoreSeed, fault: Fault = {}): PrivilegeStore {
  const { keyOf = exactKey, keep = (privileges) => privileges, answer = copied, more } = fault;
  const table = new Map<string, Privilege[]>();
  for (const seeded of seed.subjects) table.set(keyOf(seeded), keep(privilegesOf(seeded, seed), seeded));
  return {
    async privilegesOf(subject: Subject, { audience }: { audience: readonly string[] }): Promise<Iterable<Privilege>> {
      await new Promise(setImmediate);
      return answer(table.get(keyOf(subject)), subject, audience) as Iterable<Privilege>;
    },
    ...(more as Partial<PrivilegeStore>),
  };
}

const exactKey = ({ issuer, kind, id }: Subject): string => JSON.stringify([issuer, kind, id]);

const copied = (kept: Privilege[] = []): Privilege[] => structuredClone(kept);

function privilegesOf({ privileges, roles }: SeedSubject, seed: StoreSeed): Privilege[] {
  const held: Privilege[] = privileges.map((one) => ({ ...one }));
  for (const { role, organization, expiresAt } of roles) {
    for (const one of seed.roles.find(({ name }) => name === role)!.privileges) {
      const ends = [one.expiresAt, expiresAt].filter((end) => end !== undefined).sort((a, b) => a - b);
      if (organization !== undefined && one.organization !== undefined && organization !== one.organization) continue;
      held.push({
        ...one,
        ...(organization !== undefined && { organization }),
        ...(ends[0] !== undefined && { expiresAt: ends[0] }),
        source: { kind: 'role', role },
      });
    }
  }
  return held;
}

/** The members of a subject with something in between, as a careless key. */
const joinedBy =
  (separator: string) =>
  ({ issuer, kind, id }: Subject): string =>
    [issuer, kind, id].join(separator);
const joined = (change: (subject: Subject) => Partial<Subject>): Fault => ({
  keyOf: (subject) => JSON.stringify(Object.entries({ ...pick(subject), ...change(subject) })),
});
const pick = ({ issuer, kind, id }: Subject): Subject => ({ issuer, kind, id });
const kept = (change: (privilege: Privilege) => unknown): Fault => ({
  keep: (privileges) => privileges.map((one) => change(one) as Privilege),
});
const without = (name: keyof Privilege): Fault =>
  kept((one) => Object.fromEntries(Object.entries(one).filter(([key]) => key !== name)));
const only = (which: (privilege: Privilege, at: number) => boolean): Fault => ({ keep: (all) => all.filter(which) });
const answering = (answer: NonNullable<Fault['answer']>): Fault => ({ answer });

const shared: Privilege[] = [];
const literal = (): Fault => {
  const byId: Record<string, unknown> = {};
  return {
    keep: (all, { id, kind, issuer }) => {
      if (issuer === 'https://issuer.example/' && kind === 'user' && !(id in byId)) byId[id] = all;
      return all;
    },
    answer: (all, { id, kind, issuer }) =>
      kind === 'user' && issuer === 'https://issuer.example/' ? (byId[id] ?? []) : copied(all),
  };
};

const broken: [string, string, () => Fault][] = [
  ['ignores the kind', 'a user and a client', () => joined(() => ({ kind: 'user' }))],
  ['ignores the issuer', 'the same id at another issuer', () => joined(() => ({ issuer: '' }))],
  [
    'drops the last slash of an issuer',
    'the same id at another',
    () => joined(({ issuer }) => ({ issuer: issuer.replace(/\/$/, '') })),
  ],
  ['folds the case of ids', 'ids that look alike', () => joined(({ id }) => ({ id: id.toLowerCase() }))],
  ['normalises ids', 'ids that look alike', () => joined(({ id }) => ({ id: id.normalize() }))],
  ['trims ids', 'ids that look alike', () => joined(({ id }) => ({ id: id.trim() }))],
  ['cuts ids short', 'ids that look alike', () => joined(({ id }) => ({ id: id.slice(0, 254) }))],
  ['reads ids as numbers', 'ids that look alike', () => joined(({ id }) => ({ id: String(Number(id) || id) }))],
  [
    'decodes ids',
    'every character of an id',
    () => joined(({ id }) => ({ id: /%7C/.test(id) ? decodeURIComponent(id) : id })),
  ],
  [
    'resolves ids as paths',
    'every character of an id',
    () => joined(({ id }) => ({ id: id.replace(/^(\.\/|a\/\.\.\/)/, '') })),
  ],
  ['drops a NUL', 'nothing is dropped from an id', () => joined(({ id }) => ({ id: id.replaceAll('\0', '') }))],
  ['ends ids at a NUL', 'nothing is dropped from an id', () => joined(({ id }) => ({ id: id.split('\0')[0]! }))],
  [
    'replaces half a character',
    'nothing is dropped from an id',
    () => joined(({ id }) => ({ id: Buffer.from(id).toString() })),
  ],
  ['joins keys with a NUL', 'subjects with a NUL', () => ({ keyOf: joinedBy('\0') })],
  ['joins keys with |', 'subjects stay apart', () => ({ keyOf: joinedBy('|') })],
  ['joins keys with :', 'subjects stay apart', () => ({ keyOf: joinedBy(':') })],
  [
    'joins keys with a space',
    'subjects stay apart',
    () => ({ keyOf: ({ kind, id, issuer }) => `${kind} ${id} ${issuer}` }),
  ],
  [
    'joins the organization to the id',
    'subjects stay apart',
    () => ({
      keyOf: ({ kind, id, issuer, organization }) =>
        JSON.stringify([issuer, kind, organization === undefined ? id : `${id}/${organization}`]),
    }),
  ],
  ['looks up in an object literal', 'names that every object has are ordinary ids', literal],
  ['looks up in an object literal', 'names that every object has are unknown', literal],
  [
    'gives unknown subjects what a pattern gives',
    'an unknown subject',
    () => ({ answer: (all, { id }) => copied(all ?? (id === '%' ? [{ permission: 'a' }] : [])) }),
  ],
  [
    'writes to the subject it is asked about',
    'an unknown subject',
    () => answering((all, subject) => ((subject.id = subject.id.trim()), copied(all))),
  ],
  ['throws on unknown subjects', 'an unknown subject', () => answering((all) => copied(all!.slice()))],
  ['answers undefined for unknown subjects', 'an unknown subject', () => answering((all) => all && copied(all))],
  ['answers null where nothing is held', 'a store that holds nothing', () => answering((all) => all ?? null)],
  ['mixes organizations up', 'what is held in one organization', () => without('organization')],
  [
    'leaves out what is held in an organization',
    'what is held in one organization',
    () => only((one) => one.organization === undefined),
  ],
  [
    'holds in an organization only what is bound to one',
    'what is held in one organization',
    () => answering((all, { organization }) => copied(all?.filter((one) => one.organization === organization))),
  ],
  ['mixes audiences up', 'what is held for one API', () => without('audience')],
  [
    'looks at the first audience only',
    'what is held for one API',
    () =>
      answering((all, _, [first]) =>
        copied(all?.filter(({ audience }) => audience === undefined || audience === first)),
      ),
  ],
  ['drops the end', 'a privilege ends', () => without('expiresAt')],
  [
    'takes 1970 for never',
    'a privilege ends',
    () => kept(({ expiresAt, ...one }) => (expiresAt ? { ...one, expiresAt } : one)),
  ],
  [
    'rounds the end to seconds',
    'a privilege ends',
    () =>
      kept((one) =>
        one.expiresAt === undefined ? one : { ...one, expiresAt: Math.ceil(one.expiresAt / 1000) * 1000 },
      ),
  ],
  [
    'drops what ends within a minute',
    'a privilege ends',
    () => only(({ expiresAt = Infinity }) => expiresAt > Date.now() + 60_000),
  ],
  [
    'keeps seconds in 32 bits',
    'a privilege ends',
    () =>
      kept((one) =>
        one.expiresAt === undefined ? one : { ...one, expiresAt: Math.min(one.expiresAt, 2 ** 32 * 1000) },
      ),
  ],
  [
    'drops the end of what a role gives',
    'a role holds',
    () => kept((one) => (one.source === undefined ? one : { ...one, expiresAt: Infinity })),
  ],
  [
    'drops the organization of what a role gives',
    'a role holds',
    () =>
      kept(({ organization, ...one }) =>
        one.source === undefined ? { ...one, ...(organization && { organization }) } : one,
      ),
  ],
  ['forgets roles', 'a role holds', () => only(({ source }) => source === undefined)],
  ['names no role', 'each privilege names the role', () => without('source')],
  [
    'names another role',
    'each privilege names the role',
    () => kept((one) => (one.source ? { ...one, source: { kind: 'role', role: 'editor' } } : one)),
  ],
  ['answers null for absent members', 'a privilege comes back', () => kept((one) => ({ on: null, ...one }))],
  ['adds a member', 'a privilege comes back', () => kept((one) => ({ ...one, id: 7 }))],
  ['answers names in place of privileges', 'a privilege comes back', () => kept(({ permission }) => permission)],
  ['expands patterns itself', 'a privilege comes back', () => only(({ permission }) => permission !== 'read:*')],
  ['drops denials', 'a denial comes back', () => only(({ effect }) => effect !== 'deny')],
  ['grants what it should deny', 'a denial comes back', () => without('effect')],
  [
    'drops the resource of denials',
    'a denial comes back',
    () => kept(({ on, ...one }) => (one.effect || on === undefined ? one : { ...one, on })),
  ],
  [
    'lets a denial of everything hide the grant',
    'a denial comes back',
    () => ({ keep: (all) => [...new Map(all.map((one) => [`${one.permission} ${one.on}`, one])).values()] }),
  ],
  ["makes `on: ''` absent", "no `on`, `on: ''`", () => kept(({ on, ...one }) => (on ? { ...one, on } : one))],
  ["makes an absent `on` ''", "no `on`, `on: ''`", () => kept((one) => ({ on: '', ...one }))],
  [
    "makes `on: '*'` absent",
    "no `on`, `on: ''`",
    () => kept(({ on, ...one }) => (on === undefined || on === '*' ? one : { ...one, on })),
  ],
  [
    'normalises resources',
    'every character of a resource',
    () => kept((one) => (one.on === undefined ? one : { ...one, on: one.on.normalize() })),
  ],
  [
    'cuts resources at 255 characters',
    'every character of a resource',
    () => kept((one) => (one.on === undefined ? one : { ...one, on: one.on.slice(0, 255) })),
  ],
  [
    'folds the case of permissions',
    'permissions are told apart',
    () => kept((one) => ({ ...one, permission: one.permission.toLowerCase() })),
  ],
  [
    'collects permissions in an object literal',
    'permissions are told apart',
    () => ({
      keep: (all) => {
        const byName: Record<string, Privilege> = {};
        for (const one of all) byName[one.permission] ??= one;
        return Object.values(byName);
      },
    }),
  ],
  ['loses privileges beyond 1,000', '10,000 privileges', () => only((_, at) => at < 1000)],
  [
    'lets the first of each name win',
    'the order in which',
    () => ({
      keep: (all) => all.filter((one, at) => all.findIndex(({ permission }) => permission === one.permission) === at),
    }),
  ],
  [
    'lets the last of each name win',
    'the opposite order',
    () => ({ keep: (all) => [...new Map(all.map((one) => [one.permission, one])).values()] }),
  ],
  [
    'puts all answers into one list',
    'answers for many subjects asked at once',
    () => answering((all = []) => (shared.splice(0, Infinity, ...copied(all)), shared)),
  ],
  [
    'answers whoever asks meanwhile with what was asked first',
    'answers for many subjects asked at once',
    () => {
      let first: Privilege[] | undefined;
      return answering((all) => {
        setTimeout(() => (first = undefined), 1);
        return copied((first ??= all));
      });
    },
  ],
  ['returns its own list', 'an answer that is written to', () => answering((all = []) => all)],
  ['returns its own privileges in a new list', 'an answer that is written to', () => answering((all = []) => [...all])],
  [
    'returns its own sources',
    'an answer that is written to',
    () => answering((all = []) => all.map((one) => ({ ...one }))),
  ],
  ['returns nothing from onChange', '`onChange`', () => ({ more: { onChange: () => undefined } })],
  [
    'throws when a subscription is ended twice',
    '`onChange`',
    () => ({
      more: {
        onChange: () => {
          let ended = false;
          return () => {
            if (ended) throw new Error('no such listener');
            ended = true;
          };
        },
      },
    }),
  ],
  [
    'is never ready',
    '`ready` and `close`',
    () => ({ more: { ready: () => Promise.reject(new Error('no connection')) } }),
  ],
  ['is ready without a promise', '`ready` and `close`', () => ({ more: { ready: () => undefined } })],
  ['does not close', '`ready` and `close`', () => ({ more: { close: () => Promise.reject(new Error('not open')) } })],
  [
    'closes only once',
    '`ready` and `close`',
    () => {
      let closed = false;
      return { more: { close: async () => (closed ? Promise.reject(new Error('not open')) : void (closed = true)) } };
    },
  ],
];

const usersOf = ({ subjects }: StoreSeed): NonNullable<MemoryStoreOptions['users']> =>
  Object.fromEntries(subjects.map(({ id, privileges }) => [id, { permissions: privileges }]));

describe('a store that', () => {
  it.each(broken)('%s breaks the rule: %s', async (_, rule, fault) => {
    const cases = privilegeStoreCases((seed) => tableStore(seed, fault()));
    const named = cases.filter(({ name }) => name.startsWith(rule));
    expect(named).toHaveLength(1);
    await expect(named[0]!.run()).rejects.toThrow(`Broken: ${named[0]!.name}. Expected `);
  });

  it.each<[string, CreateStore, PrivilegeStoreCasesOptions]>([
    ['holds for any issuer where it was to hold many', (seed) => memoryStore({ users: usersOf(seed) }), {}],
    [
      'holds for any issuer where it was to hold for one',
      (seed) => memoryStore({ users: usersOf(seed) }),
      { issuers: 'one' },
    ],
    [
      'holds for one issuer where it was to hold many',
      (seed) => memoryStore({ issuer: seed.issuer, users: usersOf(seed) }),
      {},
    ],
    [
      'ignores the issuer and does not say so',
      (seed) =>
        tableStore(
          seed,
          joined(() => ({ issuer: '' })),
        ),
      { issuers: 'any' },
    ],
    [
      'ignores the issuer where it holds one',
      (seed) =>
        tableStore(
          seed,
          joined(() => ({ issuer: '' })),
        ),
      { issuers: 'one' },
    ],
  ])('%s is found out by the case about issuers', async (_, create, options) => {
    const cases = privilegeStoreCases(create, options);
    const [aboutIssuers] = cases.filter(({ name }) => name === 'the same id at another issuer is another subject');
    await expect(aboutIssuers!.run()).rejects.toThrow('Broken: ');
  });
});

describe('a failure', () => {
  const failing = async (rule: string, fault: Fault): Promise<string> => {
    const cases = privilegeStoreCases((seed) => tableStore(seed, fault));
    return cases
      .find(({ name }) => name.startsWith(rule))!
      .run()
      .then(String, (error: Error) => error.message);
  };

  it('names the rule, the subject, what was expected and what came', async () => {
    expect(
      await failing(
        'a user and a client',
        joined(() => ({ kind: 'user' })),
      ),
    ).toBe(
      'Broken: a user and a client of the same id are two subjects. Expected 1 privilege for user "app" of issuer ' +
        '"https://issuer.example/", got 1; missing: {"permission":"read:contacts"}; ' +
        'not expected: {"permission":"write:contacts"}; asked by API ["https://api.example"]',
    );
  });

  it('shows apart what looks alike, and of ten thousand differences three', async () => {
    expect(
      await failing(
        'ids that look alike',
        joined(({ id }) => ({ id: id.normalize() })),
      ),
    ).toContain(String.raw`Zoe\u{301}`);
    expect(await failing('10,000', { keep: () => [] })).toMatch(
      /got 0; missing: (\{.*?\}, ){2}\{.*?\} and 9997 more; not expected: nothing; asked/,
    );
  });

  it('says what a store threw, and keeps it as the cause', async () => {
    const cause = new Error('no such table');
    const create: CreateStore = () => ({ privilegesOf: () => Promise.reject(cause) });
    const [first] = privilegeStoreCases(create);
    await expect(first!.run()).rejects.toMatchObject({ cause, message: expect.stringContaining('no such table') });
  });
});
