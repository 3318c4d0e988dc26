// A contract is worth what it finds: a role store done wrong in one way each, and the case that must say so.

import { describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type {
  AuditEntry,
  ChangedBy,
  Page,
  Privilege,
  PrivilegeChange,
  PrivilegeInput,
  Role,
  RoleInput,
  RoleStore,
  Subject,
} from 'rightful/stores';
import { createTestAccess, roleStoreCases } from 'rightful/testing';
import type { CreateRoleStore } from 'rightful/testing';

type Fault = (store: RoleStore) => Partial<Record<keyof RoleStore, unknown>>;
type Changes = 'grant' | 'revoke' | 'assign' | 'deassign' | 'putRole' | 'deleteRole' | 'putApi' | 'deleteApi';

const system = { system: 'a fault' };
const issuer = 'https://issuer.example/';
const broken = (fault: Fault): RoleStore => {
  const store = memoryStore({ issuer });
  return { ...store, ...fault(store) } as RoleStore;
};

const list = (privilege: PrivilegeInput): Privilege[] =>
  [privilege].flat().map((one) => (typeof one === 'string' ? { permission: one } : one));

/** Each privilege is stored as something else. */
const storing =
  (change: (privilege: Privilege) => Privilege): Fault =>
  (store) => ({
    grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) =>
      store.grant(
        subject,
        Array.isArray(privilege) && privilege.length === 0 ? privilege : list(privilege).map(change),
        by,
      ),
  });

/** Each privilege is answered as something else, or not at all. */
const answering =
  (change: (privilege: Privilege, subject: Subject) => Privilege | undefined): Fault =>
  (store) => ({
    privilegesOf: (subject: Subject, options: never) =>
      [...(store.privilegesOf(subject, options) as Privilege[])].flatMap((one) => change(one, subject) ?? []),
  });

/** Whoever is asked about is taken for somebody else, in everything. */
const mistaking =
  (change: (subject: Subject) => Subject): Fault =>
  (store) => {
    const members: Record<string, unknown> = {};
    for (const name of ['grant', 'revoke', 'assign', 'deassign', 'subject', 'privilegesOf'] as const) {
      const method = store[name] as (subject: Subject, ...rest: unknown[]) => unknown;
      const mistaken = (subject: Subject): Subject => (typeof subject?.id === 'string' ? change(subject) : subject);
      members[name] = (subject: Subject, ...rest: unknown[]) => method(mistaken(subject), ...rest);
    }
    return members;
  };

const changes: Changes[] = ['grant', 'revoke', 'assign', 'deassign', 'putRole', 'deleteRole', 'putApi', 'deleteApi'];

/** Something is done with each change. */
const changing =
  (
    around: (change: () => Promise<number>, name: Changes, store: RoleStore, given: unknown[]) => Promise<number>,
  ): Fault =>
  (store) =>
    Object.fromEntries(
      changes.map((name) => {
        const method = store[name] as (...given: unknown[]) => Promise<number>;
        return [name, async (...given: unknown[]) => around(() => method(...given), name, store, given)];
      }),
    );

/** These changes are made as if by the system, where the refusal and the change are such. */
const withoutCeiling = (which: (name: Changes, missing: Privilege[], held: readonly Privilege[]) => boolean): Fault =>
  changing(async (change, name, store, given) =>
    change().catch(async (error: { code?: string; missing: Privilege[] }) => {
      if (error.code !== 'beyond_ceiling') throw error;
      const by = given.at(-1) as { subject?: Subject; access?: { subject: Subject } };
      const { id, kind, issuer: from } = by.subject ?? by.access!.subject;
      const held = (await store.subject({ id, kind, issuer: from })).privileges;
      if (!which(name, error.missing, held)) throw error;
      return (store[name] as (...all: unknown[]) => Promise<number>)(...given.slice(0, -1), system);
    }),
  );

/** A refusal with this code is none. */
const permitting = (code: string): Fault =>
  changing((change, _name, store) =>
    change().catch((error: { code?: string }) => {
      if (error.code !== code) throw error;
      return store.revision();
    }),
  );

/** The error of a refusal is another one. */
const refusing = (code: string, error: (given: Record<string, unknown>) => unknown): Fault =>
  changing((change) =>
    change().catch((came: Record<string, unknown>) => {
      throw came['code'] === code ? error(came) : came;
    }),
  );

const remembering =
  (change: (entry: AuditEntry) => Partial<AuditEntry> | undefined): Fault =>
  (store) => ({
    audit: async (query: never) => {
      const page = await store.audit(query);
      return { ...page, items: page.items.flatMap((one) => change(one) ?? []) };
    },
  });

/** What is told is something else. */
const announcing =
  (change: (told: PrivilegeChange) => PrivilegeChange[]): Fault =>
  (store) => ({
    onChange: (listener: (told: PrivilegeChange) => void) =>
      store.onChange!((told) => change(told).forEach((one) => listener(one))),
  });

const lists = ['roles', 'subjects', 'apis', 'audit', 'holdersOf', 'holdersOfRole'] as const;

/** Each page is another one. */
const paging =
  (
    change: (
      read: (query: Record<string, unknown>) => Promise<Page<unknown>>,
      query: Record<string, unknown>,
    ) => unknown,
  ): Fault =>
  (store) =>
    Object.fromEntries(
      lists.map((name) => {
        const method = store[name] as (...given: unknown[]) => Promise<Page<unknown>>;
        const isOf = name.startsWith('holders');
        return [
          name,
          async (...given: unknown[]) => {
            const query = (isOf ? given[1] : given[0]) ?? {};
            const read = (other: unknown): Promise<Page<unknown>> => (isOf ? method(given[0], other) : method(other));
            return typeof query === 'object' ? change(read, query as Record<string, unknown>) : read(query);
          },
        ];
      }),
    );

const putting =
  (change: (role: RoleInput, store: RoleStore) => RoleInput | Promise<RoleInput>): Fault =>
  (store) => ({
    putRole: async (role: RoleInput, by: ChangedBy) =>
      store.putRole(
        Array.isArray(role?.privileges) && typeof role.uid === 'string' ? await change(role, store) : role,
        by,
      ),
  });

const only = (one: Privilege, ...without: (keyof Privilege)[]): Privilege =>
  Object.fromEntries(Object.entries(one).filter(([key]) => !without.includes(key as keyof Privilege))) as never;

const grants = 'what is granted is held at once';
const different = 'grants that differ';
const ends = 'what is granted and assigned ends';
const told = 'a change of a subject is told';
const remembered = 'each change is remembered';
const found = 'the entries of the audit are found';
const lettered = 'every character of a permission';
const paged = 'lists are read page by page';
const holders = 'who holds a permission is found';
const names = 'nobody gives a permission';
const roleCache = 'a cache over the store serves nothing that was true before a change of a role';

let clock = 0;

const faults: [string, string, Fault][] = [
  [
    'is never ready',
    'a role store has `onChange`',
    () => ({ ready: () => Promise.reject(new Error('no connection')) }),
  ],
  [
    'closes only once',
    'a role store has `onChange`',
    () => {
      let closed = false;
      return { close: async () => (closed ? Promise.reject(new Error('not open')) : void (closed = true)) };
    },
  ],
  ['tells nobody', 'a role store has `onChange`', () => ({ onChange: undefined })],
  [
    'begins with a role',
    'an empty store holds nothing',
    (store) => ({
      roles: async (query: never) => {
        const page = await store.roles(query);
        return { ...page, items: [...page.items, { uid: 'x', name: 'x', version: 1, privileges: [], inherits: [] }] };
      },
    }),
  ],
  [
    'has no built-in roles',
    'an empty store holds nothing',
    (store) => ({
      roles: async (query: never) => {
        const page = await store.roles(query);
        return { items: page.items.filter(({ version }) => version > 1), total: 0 };
      },
    }),
  ],
  ['loses grants', grants, () => ({ grant: async () => 1 })],
  ['revokes nothing', grants, (store) => ({ revoke: () => store.revision() })],
  [
    'revokes by the name of the permission',
    different,
    (store) => ({
      revoke: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        const named = new Set(list(privilege).map(({ permission }) => permission));
        const { privileges } = await store.subject(subject);
        const all = privileges.filter(({ permission }) => named.has(permission)).map((one) => only(one, 'source'));
        return store.revoke(subject, all.length === 0 ? privilege : all, by);
      },
    }),
  ],
  [
    'shows who is there no more',
    grants,
    (store) => {
      const known = new Map<string, Subject>();
      return {
        grant: async (subject: Subject, ...rest: [never, never]) => {
          const revision = await store.grant(subject, ...rest);
          known.set(subject.id, { issuer: subject.issuer, id: subject.id, kind: subject.kind });
          return revision;
        },
        subjects: async () => ({ items: [...known.values()], total: known.size }),
      };
    },
  ],
  [
    'writes a list one by one',
    'a list is granted and revoked in one change',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        let revision = 0;
        for (const one of [privilege].flat()) revision = await store.grant(subject, one, by);
        return revision;
      },
    }),
  ],
  [
    'counts what is no change',
    'what is so already is no change',
    changing(async (change, _name, store) => {
      const before = await store.revision();
      const after = await change();
      return before === after ? after + 1 : after;
    }),
  ],
  [
    'remembers what is no change',
    'what is so already is no change',
    (store) => {
      let more = 0;
      return {
        ...changing(async (change, _name, inner) => {
          const before = await inner.revision();
          const after = await change();
          if (before === after) more += 1;
          return after;
        })(store),
        audit: async (query: never) => {
          const page = await store.audit(query);
          return { ...page, total: page.total + more };
        },
      };
    },
  ],
  [
    'keeps the longer end',
    'the same grant with another end',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        const { privileges } = await store.subject(subject).catch(() => ({ privileges: [] as Privilege[] }));
        const longer = list(privilege).map((one) => {
          const there = privileges.find((other) => other.permission === one?.permission && other.on === one.on);
          return there === undefined || (one.expiresAt ?? Infinity) > (there.expiresAt ?? Infinity)
            ? one
            : only(there, 'source');
        });
        return store.grant(subject, longer, by);
      },
    }),
  ],
  [
    'needs the end to revoke',
    'the same grant with another end',
    (store) => ({
      revoke: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        const { privileges } = await store.subject(subject);
        const same = list(privilege).filter((one) =>
          privileges.some((other) => other.permission === one.permission && other.expiresAt === one.expiresAt),
        );
        return same.length === 0 ? store.revision() : store.revoke(subject, same, by);
      },
    }),
  ],
  ["takes on: '' for everywhere", different, storing((one) => (one?.on === '' ? only(one, 'on') : one))],
  ["takes on: '*' for everywhere", different, storing((one) => (one?.on === '*' ? only(one, 'on') : one))],
  [
    'lets a denial take the place of the grant',
    different,
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        const last = [...new Map(list(privilege).map((one) => [`${one?.permission} ${one?.on}`, one])).values()];
        return store.grant(subject, last, by);
      },
    }),
  ],
  [
    'makes grants of denials',
    grants,
    storing((one) => (typeof one === 'object' && one !== null ? only(one, 'effect') : one)),
  ],
  [
    'folds the case of permissions',
    different,
    storing((one) => (one?.permission ? { ...one, permission: one.permission.toLowerCase() } : one)),
  ],
  [
    'ignores the organization of the subject',
    'in an organization something is given',
    mistaking((subject) => only(subject as never, 'organization') as never),
  ],
  [
    "puts the subject's organization first",
    'in an organization something is given',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) =>
        store.grant(
          subject,
          subject?.organization === undefined
            ? privilege
            : list(privilege).map((one) => ({ ...one, organization: subject.organization! })),
          by,
        ),
    }),
  ],
  [
    'rounds the end to seconds',
    ends,
    storing((one) =>
      Number.isFinite(one?.expiresAt) ? { ...one, expiresAt: Math.ceil(one.expiresAt! / 1000) * 1000 } : one,
    ),
  ],
  ['takes 1970 for never', ends, storing((one) => (one?.expiresAt === 0 ? only(one, 'expiresAt') : one))],
  [
    'forgets the end of an assignment',
    ends,
    (store) => ({
      assign: async (
        subject: Subject,
        role: string,
        { expiresAt: _end, ...options }: { expiresAt?: number },
        by: ChangedBy,
      ) => store.assign(subject, role, options, by),
    }),
  ],
  [
    'answers without the organization',
    'what is given in one organization',
    answering((one) => only(one, 'organization')),
  ],
  [
    'answers only what is of the organization',
    'what is given in one organization',
    answering((one, { organization }) => (one.organization === organization ? one : undefined)),
  ],
  [
    'deassigns in every organization',
    'what is given in one organization',
    (store) => ({
      deassign: async (subject: Subject, role: string, options: object, by: ChangedBy) => {
        for (const one of (await store.subject(subject)).roles)
          if (one.role === role)
            await store.deassign(
              { ...subject, ...(one.organization && { organization: one.organization }) },
              role,
              one.organization ? { organization: one.organization } : {},
              by,
            );
        return store.deassign(subject, role, options, by);
      },
    }),
  ],
  ['answers without the audience', 'what is given for one API', answering((one) => only(one, 'audience'))],
  [
    'mixes users and clients up',
    'a user and a client',
    mistaking((subject) => (subject.kind === 'client' ? { ...subject, kind: 'user' } : subject)),
  ],
  [
    'folds the case of issuers',
    'the same id at another issuer',
    mistaking((subject) => ({ ...subject, issuer: subject.issuer?.toLowerCase() })),
  ],
  ['says it holds for any issuer', 'the same id at another issuer', () => ({ holdsForAnyIssuer: true })],
  [
    'trims ids',
    'subjects are told apart',
    mistaking((subject) => ({ ...subject, id: subject.id.trim() || subject.id })),
  ],
  ['normalises ids', 'subjects are told apart', mistaking((subject) => ({ ...subject, id: subject.id.normalize() }))],
  [
    'normalises resources',
    lettered,
    storing((one) => (typeof one?.on === 'string' ? { ...one, on: one.on.normalize() } : one)),
  ],
  [
    'does not know __proto__',
    lettered,
    (store) => ({ role: async (uid: string) => (uid === '__proto__' ? undefined : store.role(uid)) }),
  ],
  [
    'forgets descriptions',
    lettered,
    (store) => ({
      api: async (identifier: string) => {
        const api = await store.api(identifier);
        return api && { ...api, permissions: api.permissions.map(({ name }) => ({ name })) };
      },
    }),
  ],
  ['cuts ids short', 'names may be as long', mistaking((subject) => ({ ...subject, id: subject.id.slice(0, 255) }))],
  [
    'cuts resources short',
    'names may be as long',
    storing((one) => (typeof one?.on === 'string' ? { ...one, on: one.on.slice(0, 255) } : one)),
  ],
  [
    'takes longer ids',
    'names may be as long',
    mistaking((subject) => ({ ...subject, id: subject.id.length > 512 ? 'long' : subject.id })),
  ],
  [
    'answers 1,000 at most',
    '10,000 privileges',
    (store) => ({
      privilegesOf: (...given: [never, never]) => [...(store.privilegesOf(...given) as Privilege[])].slice(0, 1000),
    }),
  ],
  [
    'begins versions with 0',
    'a role is made with the version',
    (store) => ({
      role: async (uid: string) => {
        const role = await store.role(uid);
        return role && { ...role, version: role.version - 1 };
      },
    }),
  ],
  [
    'forgets the description of a role',
    'a role is made with the version',
    putting(({ description: _, ...role }) => role),
  ],
  [
    'adds to a role in place of replacing it',
    'a role is replaced whole',
    putting(async (role, store) => ({
      ...role,
      privileges: [...role.privileges, ...((await store.role(role.uid))?.privileges ?? [])],
    })),
  ],
  [
    'does not raise versions',
    'a role is replaced whole',
    (store) => ({
      role: async (uid: string) => {
        const role = await store.role(uid);
        return role && { ...role, version: Math.min(role.version, 1) };
      },
    }),
  ],
  [
    'does not look at versions',
    'a role that has changed since',
    putting(async (role, store) => {
      const there = await store.role(role.uid);
      return there === undefined ? role : { ...role, version: there.version };
    }),
  ],
  [
    'does not say which version there is',
    'a role that has changed since',
    refusing('role_version_conflict', ({ code }) => Object.assign(new Error('conflict'), { code })),
  ],
  [
    'has a message and no code',
    'a role that has changed since',
    refusing('role_version_conflict', () => new Error('role_version_conflict')),
  ],
  ['lets names be taken twice', 'the name of a role', permitting('role_name_taken')],
  [
    'knows one name in all organizations',
    'the name of a role',
    (store) => ({
      putRole: async (role: RoleInput, by: ChangedBy) => {
        const same = (await store.roles({ take: 1000 })).items.find(
          ({ name, uid }) => name === role.name && uid !== role.uid,
        );
        if (same !== undefined) throw Object.assign(new Error('taken'), { code: 'role_name_taken', role: same.uid });
        return store.putRole(role, by);
      },
    }),
  ],
  [
    'does not bound a role by its assignment',
    'a role is had from its assignment',
    answering((one) => (one.source?.kind === 'role' ? only(one, 'organization') : one)),
  ],
  [
    'assigns a list one by one',
    'no role that there is not',
    (store) => ({
      assign: async (subject: Subject, role: string | string[], options: never, by: ChangedBy) => {
        let revision = 0;
        for (const one of [role].flat()) revision = await store.assign(subject, one, options, by);
        return revision;
      },
    }),
  ],
  ['assigns roles that there are not', 'no role that there is not', permitting('role_not_found')],
  ['assigns a role of one organization anywhere', 'a role of one organization', permitting('role_elsewhere')],
  [
    'always deletes by force',
    'a role that is assigned or inherited',
    (store) => ({ deleteRole: (uid: string, _: object, by: ChangedBy) => store.deleteRole(uid, { force: true }, by) }),
  ],
  ['deletes roles as if nobody had them', 'a role that is assigned or inherited', permitting('role_in_use')],
  [
    'brings a deleted role back to who had it',
    'a role that is assigned or inherited',
    (store) => {
      const had = new Map<string, Subject[]>();
      return {
        deleteRole: async (uid: string, options: never, by: ChangedBy) => {
          const { items } = await store.holdersOfRole(uid).catch(() => ({ items: [] }));
          const revision = await store.deleteRole(uid, options, by);
          had.set(
            uid,
            items.map(({ subject, assignment }) => ({
              ...subject,
              ...(assignment.organization !== undefined && { organization: assignment.organization }),
            })),
          );
          return revision;
        },
        putRole: async (role: RoleInput, by: ChangedBy) => {
          const revision = await store.putRole(role, by);
          for (const subject of had.get(role.uid) ?? []) await store.assign(subject, role.uid, {}, system);
          return revision;
        },
      };
    },
  ],
  [
    'looks at what it is given later',
    'what is handed in is taken',
    (store) => ({
      grant: async (...given: [never, never, never]) => (await new Promise(setImmediate), store.grant(...given)),
    }),
  ],
  [
    'answers with its own roles',
    'what is handed in is taken',
    (store) => {
      const own = new Map<string, Role>();
      return {
        role: async (uid: string) => {
          const role = await store.role(uid);
          if (role === undefined || own.has(uid)) return own.get(uid);
          own.set(uid, structuredClone(role));
          return own.get(uid);
        },
        roles: async (query: never) => {
          const page = await store.roles(query);
          return { ...page, items: page.items.map((one) => own.get(one.uid) ?? one) };
        },
      };
    },
  ],
  ['does not inherit', 'who has a role has what it inherits', putting((role) => ({ ...role, inherits: [] }))],
  [
    'inherits over one step',
    'a chain of 30 roles',
    answering((one) => (Number(one.source?.role?.slice(1)) < 28 ? undefined : one)),
  ],
  [
    'does not name the role between',
    'who has a role has what it inherits',
    answering((one) => ({
      ...one,
      source: { kind: one.source!.kind, ...(one.source?.role && { role: one.source.role }) },
    })),
  ],
  [
    'inherits in every organization',
    'what is inherited or belongs',
    putting((role) => ({
      ...role,
      inherits: role.inherits?.map((one) => (typeof one === 'string' ? one : one.role)) ?? [],
    })),
  ],
  [
    'forgets the organization of a role',
    'what is inherited or belongs',
    putting(({ organization: _, ...role }) => role),
  ],
  ['lets roles inherit themselves', 'no role inherits itself', permitting('role_cycle')],
  [
    'does not say how a role inherits itself',
    'no role inherits itself',
    refusing('role_cycle', ({ code }) => Object.assign(new Error('a cycle'), { code, cycle: [] })),
  ],
  [
    'gives Editor nothing of Viewer',
    'Viewer, Editor and Admin',
    answering((one) => (one.source?.role === 'builtin:viewer' && one.source.via !== undefined ? undefined : one)),
  ],
  [
    'says role where it is a built-in one',
    'Viewer, Editor and Admin',
    answering((one) => (one.source?.kind === 'built-in' ? { ...one, source: { ...one.source, kind: 'role' } } : one)),
  ],
  ['lets built-in roles be renamed', 'a built-in role is not deleted', permitting('role_built_in')],
  [
    'makes built-in roles',
    'a built-in role is not deleted',
    (store) => ({
      putRole: async (role: RoleInput, by: ChangedBy) =>
        role?.uid === 'builtin:other' ? store.revision() : store.putRole(role, by),
    }),
  ],
  [
    'has one revision for two changes',
    'the revision rises',
    (store) => ({
      ...changing(async (change) => Math.ceil((await change()) / 2))(store),
      revision: async () => Math.ceil((await store.revision()) / 2),
    }),
  ],
  ['resolves to nothing', 'the revision rises', changing(async (change) => (await change(), undefined as never))],
  [
    'resolves to the revision before',
    'the revision rises',
    changing(async (change, _name, store) => {
      const before = await store.revision();
      await change();
      return before;
    }),
  ],
  [
    'counts questions',
    'the revision rises',
    (store) => {
      let asked = 0;
      return {
        subject: (...given: [never]) => ((asked += 1), store.subject(...given)),
        revision: async () => (await store.revision()) + asked,
      };
    },
  ],
  ['forgets deassignments', remembered, remembering((entry) => (entry.action === 'deassign' ? undefined : entry))],
  ['forgets why', remembered, remembering(({ why: _, ...entry }) => entry)],
  ['forgets who', remembered, remembering((entry) => ({ ...entry, by: { system: 'somebody' } }))],
  [
    'forgets the client',
    'who makes a change by an Access',
    remembering((entry) => ('subject' in entry.by ? { ...entry, by: { subject: entry.by.subject } } : entry)),
  ],
  ['remembers nothing of before', remembered, remembering((entry) => ({ ...entry, before: null }))],
  ['remembers nothing of after', remembered, remembering((entry) => ({ ...entry, after: null }))],
  [
    'takes before for after',
    remembered,
    remembering((entry) => ({ ...entry, before: entry.after, after: entry.before })),
  ],
  ['remembers no permissions', remembered, remembering((entry) => ({ ...entry, permissions: [] }))],
  [
    'remembers all that was sent as changed',
    remembered,
    remembering((entry) =>
      entry.action === 'grant' && entry.before !== null ? { ...entry, permissions: ['p', 'q'] } : entry,
    ),
  ],
  ['remembers seconds', remembered, remembering((entry) => ({ ...entry, at: Math.floor(entry.at / 1000) }))],
  ['remembers another revision', remembered, remembering((entry) => ({ ...entry, revision: entry.revision + 1 }))],
  [
    'tells the oldest first',
    found,
    (store) => ({
      audit: async (query: never) => {
        const page = await store.audit(query);
        return { ...page, items: page.items.toReversed() };
      },
    }),
  ],
  ...(['subject', 'actor', 'permission', 'role', 'action', 'from', 'until'] as const).map(
    (member): [string, string, Fault] => [
      `does not look at \`${member}\``,
      found,
      (store) => ({
        audit: async (query: Record<string, unknown> = {}) =>
          store.audit(Object.fromEntries(Object.entries(query).filter(([key]) => key !== member))),
      }),
    ],
  ),
  [
    'counts what it shows',
    found,
    (store) => ({
      audit: async (query: never) => {
        const page = await store.audit(query);
        return { ...page, total: Math.min(page.items.length, 3) };
      },
    }),
  ],
  [
    'counts pages from the newest',
    'the audit is read page by page',
    (store) => ({
      audit: async ({ after, ...query }: { after?: string } = {}) => {
        const page = await store.audit(after === undefined ? query : { ...query, offset: Number(after) });
        return { ...page, ...(page.next !== undefined && { next: String(Number(after ?? 0) + page.items.length) }) };
      },
    }),
  ],
  ['has no ceiling', names, withoutCeiling(() => true)],
  [
    'asks for the first of a list only',
    names,
    refusing('beyond_ceiling', (error) =>
      Object.assign(new Error('beyond'), {
        code: error['code'],
        missing: (error['missing'] as Privilege[]).slice(0, 1),
      }),
    ),
  ],
  [
    'does not say what is missing',
    names,
    refusing('beyond_ceiling', ({ code }) => Object.assign(new Error('beyond'), { code, missing: [] })),
  ],
  [
    'gives a part of what is asked for',
    names,
    changing((change, name, store, given) =>
      change().catch(async (error: { code?: string; missing: Privilege[] }) => {
        if (error.code === 'beyond_ceiling' && name === 'grant') {
          const missing = error.missing.map((one) => JSON.stringify(one));
          const rest = list(given[1] as PrivilegeInput).filter((one) => !missing.includes(JSON.stringify(one)));
          if (rest.length > 0)
            await store.grant(
              given[0] as Subject,
              rest.map((one) => ({ ...one, expiresAt: 5_000_000_000_000 })),
              system,
            );
        }
        throw error;
      }),
    ),
  ],
  [
    "gives '*' to who has '**'",
    names,
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ permission }) => permission === '*') && held.some(({ permission }) => permission === '**'),
    ),
  ],
  [
    'gives a pattern to who has one name of it',
    names,
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ permission }) => permission.endsWith(':*')) &&
        held.some(({ permission }) => permission === 'b:c'),
    ),
  ],
  [
    'gives all resources to who has some',
    'nobody gives a resource',
    withoutCeiling((_name, missing) => missing.every(({ on }) => on === undefined)),
  ],
  [
    'gives no resource to who has one',
    'nobody gives a resource',
    withoutCeiling((_name, missing) => missing.some(({ on }) => on === '')),
  ],
  [
    'adds single resources up',
    'nobody gives a resource',
    withoutCeiling(
      (_name, [one], held) => one?.on === 'x:*' && held.filter(({ on }) => on?.startsWith('x:')).length === 2,
    ),
  ],
  [
    'gives in other organizations',
    'nobody gives in an organization',
    withoutCeiling((_name, missing) => missing.some(({ organization }) => organization !== undefined)),
  ],
  [
    'gives everywhere what is held in one organization',
    'nobody gives in an organization',
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ organization }) => organization === undefined) &&
        held.every(({ organization }) => organization !== undefined),
    ),
  ],
  [
    'gives for other APIs',
    'nobody gives in an organization',
    withoutCeiling((_name, missing) => missing.some(({ audience }) => audience !== undefined)),
  ],
  [
    'does not look at the denials of who gives',
    'what is denied to somebody',
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ effect }) => effect === undefined) && held.some(({ effect }) => effect === 'deny'),
    ),
  ],
  [
    'gives for longer',
    'nobody gives for longer',
    withoutCeiling((_name, missing) => missing.every(({ expiresAt }) => expiresAt !== undefined)),
  ],
  [
    'gives for good what ends',
    'nobody gives for longer',
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ expiresAt }) => expiresAt === undefined) &&
        held.some(({ expiresAt }) => expiresAt !== undefined),
    ),
  ],
  [
    'lets everybody deny',
    'what is denied to somebody',
    withoutCeiling((name, missing) => name === 'grant' && missing.every(({ effect }) => effect === 'deny')),
  ],
  ['lets everybody revoke', 'nobody revokes', withoutCeiling((name) => name === 'revoke')],
  [
    'lets everybody lift denials',
    'nobody revokes',
    withoutCeiling((name, missing) => name === 'revoke' && missing.every(({ effect }) => effect === 'deny')),
  ],
  [
    'takes a client for the user of that id',
    'what counts is what the very subject holds',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) =>
        store.grant(
          subject,
          privilege,
          'subject' in by && by.subject.kind === 'client'
            ? createTestAccess({ subject: { ...by.subject, kind: 'user' } })
            : by,
        ),
    }),
  ],
  ['lets everybody assign', 'nobody assigns or deassigns', withoutCeiling((name) => name === 'assign')],
  ['lets everybody deassign', 'nobody assigns or deassigns', withoutCeiling((name) => name === 'deassign')],
  [
    'assigns in every organization what is had in one',
    'who has a role gives',
    withoutCeiling(
      (name, missing) => name === 'assign' && missing.every(({ organization }) => organization === undefined),
    ),
  ],
  [
    'does not count what roles give',
    'who has a role gives',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        const own = 'subject' in by ? (await store.subject(by.subject)).privileges : [];
        if ('subject' in by && own.length === 0)
          throw Object.assign(new Error('beyond'), { code: 'beyond_ceiling', missing: list(privilege) });
        return store.grant(subject, privilege, by);
      },
    }),
  ],
  [
    'looks at what a role will give only',
    'nobody writes a role',
    (store) => ({
      putRole: async (role: RoleInput, by: ChangedBy) =>
        store.putRole(role, by).catch(async (error: { code?: string; missing: Privilege[] }) => {
          const after = new Set(role.privileges.map((one) => (typeof one === 'string' ? one : one.permission)));
          if (
            error.code !== 'beyond_ceiling' ||
            error.missing.some(({ permission }) => after.has(permission)) ||
            role.inherits?.length === 0
          )
            throw error;
          return store.putRole(role, system);
        }),
    }),
  ],
  ['lets everybody delete roles', 'nobody writes a role', withoutCeiling((name) => name === 'deleteRole')],
  ['lets everybody write APIs', 'nobody writes an API', withoutCeiling((name) => name === 'putApi')],
  [
    'lets nobody write APIs',
    'who holds everything',
    (store) => ({
      putApi: async (api: never, by: ChangedBy) => {
        if (!('system' in by)) throw Object.assign(new Error('beyond'), { code: 'beyond_ceiling', missing: [] });
        return store.putApi(api, by);
      },
    }),
  ],
  [
    'believes the token',
    'what the token of an Access says',
    changing((change, name, store, given) =>
      change().catch((error: { code?: string; missing: Privilege[] }) => {
        const access = given.at(-1) as { privileges?: { has(name: string): boolean } };
        if (
          error.code !== 'beyond_ceiling' ||
          !error.missing.every(({ permission }) => access.privileges?.has(permission))
        )
          throw error;
        return (store[name] as (...all: unknown[]) => Promise<number>)(...given.slice(0, -1), system);
      }),
    ),
  ],
  [
    'believes what looks like an Access',
    'what is not an Access',
    changing((change, name, store, given) =>
      change().catch((error: Error) => {
        const by = given.at(-1) as { subject?: Subject } | undefined;
        if (!(error instanceof TypeError) || by?.subject?.id !== 'admin' || !('can' in by)) throw error;
        return (store[name] as (...all: unknown[]) => Promise<number>)(
          ...given.slice(0, -1),
          createTestAccess({ subject: by.subject }),
        );
      }),
    ),
  ],
  [
    'needs nobody to make a change',
    'what is not an Access',
    changing((change, name, store, given) =>
      given.at(-1) === undefined
        ? (store[name] as (...all: unknown[]) => Promise<number>)(...given.slice(0, -1), system)
        : change(),
    ),
  ],
  [
    'does not tell of revocations',
    told,
    (store) => {
      let quiet = false;
      return {
        revoke: async (...given: [never, never, never]) => {
          quiet = true;
          return store.revoke(...given).finally(() => (quiet = false));
        },
        ...announcing((one) => (quiet ? [] : [one]))(store),
      };
    },
  ],
  [
    'tells later',
    told,
    (store) => ({
      onChange: (listener: (change: PrivilegeChange) => void) =>
        store.onChange!((change) => void setTimeout(() => listener(change), 1)),
    }),
  ],
  [
    'tells before it acts',
    told,
    (store) => {
      const listeners = new Set<(change: PrivilegeChange) => void>();
      return {
        onChange: (listener: (change: PrivilegeChange) => void) => {
          const own = (change: PrivilegeChange): void => listener(change);
          listeners.add(own);
          return () => void listeners.delete(own);
        },
        ...changing(async (change) => {
          for (const one of listeners) one({});
          await new Promise(setImmediate);
          return change();
        })(store),
      };
    },
  ],
  [
    'tells of another subject',
    told,
    announcing(({ subject, ...one }) => [
      { ...one, ...(subject && { subject: { ...subject, id: `${subject.id}!` } }) },
    ]),
  ],
  [
    'tells of the role alone',
    'a change of a role is told by',
    announcing((one) => (one.role !== undefined && one.role !== 'base' ? [] : [one])),
  ],
  [
    'tells nothing of roles',
    'a change of a role is told by',
    announcing((one) => (one.subject === undefined ? [] : [one])),
  ],
  [
    'tells of what is no change',
    'nothing is told of what is no change',
    (store) => {
      const listeners = new Set<(change: PrivilegeChange) => void>();
      return {
        onChange: (listener: (change: PrivilegeChange) => void) => (
          listeners.add(listener),
          () => void listeners.delete(listener)
        ),
        ...changing(async (change) => change().finally(() => listeners.forEach((one) => one({}))))(store),
      };
    },
  ],
  [
    'is disturbed by a listener',
    'each listener is told',
    (store) => {
      const listeners = new Set<(change: PrivilegeChange) => void>();
      return {
        onChange: (listener: (change: PrivilegeChange) => void) => {
          const own = (change: PrivilegeChange): void => listener(change);
          listeners.add(own);
          return () => void listeners.delete(own);
        },
        ...changing(async (change) => {
          const revision = await change();
          for (const one of listeners) one({});
          return revision;
        })(store),
      };
    },
  ],
  [
    'takes the same listener for one',
    'each listener is told',
    (store) => {
      const listeners = new Set<(change: PrivilegeChange) => void>();
      store.onChange!((change) =>
        listeners.forEach((one) => {
          try {
            void Promise.resolve(one(change)).catch(() => undefined);
          } catch {}
        }),
      );
      return {
        onChange: (listener: (change: PrivilegeChange) => void) => (
          listeners.add(listener),
          () => void listeners.delete(listener)
        ),
      };
    },
  ],
  [
    'goes on telling',
    'each listener is told',
    (store) => ({ onChange: (listener: never) => (store.onChange!(listener), () => undefined) }),
  ],
  [
    'does not tell of assignments',
    'a cache over the store serves nothing that was true before a change of a subject',
    (store) => {
      let quiet = false;
      return {
        assign: async (...given: [never, never, never, never]) => {
          quiet = true;
          return store.assign(...given).finally(() => (quiet = false));
        },
        ...announcing((one) => (quiet ? [] : [one]))(store),
      };
    },
  ],
  [
    'tells of a role to those it is assigned to directly',
    roleCache,
    announcing((one) =>
      one.role === 'top' || one.role === 'builtin:admin' || (one.role === undefined && one.subject === undefined)
        ? [{ role: 'base' }]
        : [one],
    ),
  ],
  [
    'names a role that was named to nobody',
    'a cache is not misled',
    announcing((one) => (one.role === undefined && one.subject === undefined ? [{ role: 'base' }] : [one])),
  ],
  [
    'finds no patterns',
    holders,
    (store) => ({
      holdersOf: async (permission: string, page: never) => {
        const found = await store.holdersOf(permission, page);
        const items = found.items.flatMap((one) => {
          const privileges = one.privileges.filter((held) => held.permission === permission);
          return privileges.length === 0 ? [] : [{ ...one, privileges }];
        });
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'finds nobody through roles',
    holders,
    (store) => ({
      holdersOf: async (permission: string, page: never) => {
        const found = await store.holdersOf(permission, page);
        const items = found.items.filter((one) => one.privileges.some(({ source }) => source?.kind === 'direct'));
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'finds those who are denied it',
    holders,
    (store) => ({
      holdersOf: async (permission: string, page: never) => {
        const found = await store.holdersOf(permission, page);
        const items = [...found.items];
        for (const subject of (await store.subjects()).items) {
          const privileges = (await store.subject(subject)).privileges.filter(
            (one) => one.permission === permission && one.effect === 'deny',
          );
          if (privileges.length > 0 && !items.some((one) => one.subject.id === subject.id))
            items.push({ subject, privileges });
        }
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'leaves out who is denied it',
    holders,
    (store) => ({
      holdersOf: async (permission: string, page: never) => {
        const found = await store.holdersOf(permission, page);
        const items = found.items.filter((one) => one.subject.id !== 'auth0|alice');
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'finds whom a role is inherited by',
    'to whom a role is assigned',
    (store) => ({
      holdersOfRole: async (uid: string, page: never) => {
        const found = await store.holdersOfRole(uid, page);
        if (uid !== 'reader') return found;
        const more = await store.holdersOfRole('head');
        return { items: [...found.items, ...more.items], total: found.total + more.total };
      },
    }),
  ],
  [
    'tells one assignment of each',
    'to whom a role is assigned',
    (store) => ({
      holdersOfRole: async (uid: string, page: never) => {
        const found = await store.holdersOfRole(uid, page);
        const items = [...new Map(found.items.map((one) => [JSON.stringify(one.subject), one])).values()];
        return { ...found, items, total: items.length };
      },
    }),
  ],
  [
    'finds names as they are written only',
    'roles are found by a part',
    (store) => ({
      roles: async (query: { name?: string } = {}) => {
        const page = await store.roles(query);
        return typeof query?.name === 'string'
          ? { ...page, items: page.items.filter(({ name }) => name.includes(query.name!)) }
          : page;
      },
    }),
  ],
  [
    'takes % for anything',
    'roles are found by a part',
    (store) => ({
      roles: async (query: { name?: string } = {}) => (query?.name === '%' ? store.roles() : store.roles(query)),
    }),
  ],
  [
    'adds to an API in place of replacing it',
    'an API is kept whole',
    (store) => ({
      putApi: async (api: { identifier: string; permissions: { name: string }[] }, by: ChangedBy) => {
        const there =
          typeof api?.identifier === 'string' && api.identifier !== '' ? await store.api(api.identifier) : undefined;
        const more = there?.permissions.filter(({ name }) => !api.permissions.some((one) => one.name === name)) ?? [];
        return store.putApi({ ...api, permissions: [...api.permissions, ...more] } as never, by);
      },
    }),
  ],
  [
    'takes away what is held for a deleted API',
    'an API is kept whole',
    (store) => ({
      deleteApi: async (identifier: string, by: ChangedBy) => {
        const revision = await store.deleteApi(identifier, by);
        await store.revoke(
          { issuer, id: 'auth0|alice', kind: 'user' },
          { permission: 'write:contacts', audience: identifier },
          system,
        );
        return revision;
      },
    }),
  ],
  [
    'forgets settings',
    'an API is kept whole',
    (store) => ({
      api: async (identifier: string) => {
        const { settings: _, ...api } = (await store.api(identifier)) ?? {};
        return 'name' in api ? api : undefined;
      },
    }),
  ],
  [
    'skips one between pages',
    paged,
    paging(async (read, query) => {
      const page = await read(query);
      return query['after'] === undefined ? page : { ...page, items: page.items.slice(1) };
    }),
  ],
  [
    'gives a page more',
    paged,
    paging(async (read, query) => ('take' in query && query['take'] === 3 ? read({ ...query, take: 4 }) : read(query))),
  ],
  [
    'always has a next page',
    paged,
    paging(async (read, query) => {
      const page = await read(query);
      return { next: 'more', ...page };
    }),
  ],
  [
    'never has a next page',
    paged,
    paging(async (read, query) => {
      const { next: _, ...page } = await read(query);
      return page;
    }),
  ],
  [
    'orders each list anew',
    paged,
    paging(async (read, query) => {
      const page = await read(query);
      return { ...page, items: (clock += 1) % 2 === 0 ? page.items : page.items.toReversed() };
    }),
  ],
  [
    'counts what is on the page',
    paged,
    paging(async (read, query) => {
      const page = await read(query);
      return { ...page, total: page.items.length };
    }),
  ],
  [
    'takes what comes after for an offset',
    'a page goes on after',
    paging(async (read, { after, ...query }) => {
      const page = await read(
        after === undefined || after === '' || typeof after !== 'string'
          ? { ...query, ...(after !== undefined && { after }) }
          : { ...query, offset: Number(after) },
      );
      return page.next === undefined ? page : { ...page, next: String(Number(after ?? 0) + page.items.length) };
    }),
  ],
  ['gives 100 where nothing is said', 'a page has 50 items', paging((read, query) => read({ take: 100, ...query }))],
  [
    'lets the last of a grant and a denial win',
    'the order in which things were given',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        for (const one of list(privilege)) {
          const { effect, ...other } = one;
          await store.revoke(subject, effect === 'deny' ? other : { ...one, effect: 'deny' }, by);
        }
        return store.grant(subject, privilege, by);
      },
    }),
  ],
  [
    'loses what comes while it writes',
    'of changes that are made at the same time',
    (store) => {
      let writing = 0;
      return {
        grant: async (...given: [never, never, never]) => {
          writing += 1;
          await new Promise(setImmediate);
          return (writing > 10 ? store.revision() : store.grant(...given)).finally(() => (writing -= 1));
        },
      };
    },
  ],
  [
    'has one revision for what comes at the same time',
    'of changes that are made at the same time',
    changing(async (change, _name, store) => (await change(), await new Promise(setImmediate), store.revision())),
  ],
  [
    'looks at the version, and writes later',
    'of those who change the same version',
    (store) => ({
      putRole: async (role: RoleInput, by: ChangedBy) => {
        const there = await store.role(role.uid);
        if (there !== undefined && (role.version ?? 0) < there.version)
          throw Object.assign(new Error('conflict'), { code: 'role_version_conflict', version: there.version });
        await new Promise(setImmediate);
        return store.putRole(
          { ...role, ...(there !== undefined && { version: (await store.role(role.uid))!.version }) },
          by,
        );
      },
    }),
  ],
  [
    'does no more after a refusal',
    'what is refused at the same time',
    (store) => {
      let [failed, last] = [false, Promise.resolve()];
      return changing((change) => {
        const done = last.then(() => (failed ? store.revision() : change()));
        last = done.then(
          () => undefined,
          () => void (failed = true),
        );
        return done;
      })(store);
    },
  ],
  [
    'throws in place of rejecting',
    'a privilege that is not as it must be',
    (store) => ({
      grant: (...given: [Subject, PrivilegeInput, ChangedBy]) => {
        if (given[1] === undefined) throw new TypeError('no privilege');
        return store.grant(...given);
      },
    }),
  ],
  [
    'rejects wrong input with any error',
    'a subject that is not as it must be',
    changing((change) =>
      change().catch((error: Error) => {
        throw error instanceof TypeError ? new Error(error.message) : error;
      }),
    ),
  ],
  [
    'stores patterns that are none',
    'a privilege that is not as it must be',
    storing((one) => (one?.on === 'x*y' ? only(one, 'on') : one)),
  ],
  [
    'takes null for absent',
    'a privilege that is not as it must be',
    storing((one) =>
      typeof one === 'object' && one !== null
        ? (Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null)) as never)
        : one,
    ),
  ],
  [
    'takes any organization',
    'an assignment that is not as it must be',
    (store) => ({
      assign: async (subject: Subject, role: string, options: { organization?: unknown }, by: ChangedBy) =>
        store.assign(subject, role, options?.organization === '' ? {} : (options as never), by),
    }),
  ],
  [
    'takes any version',
    'a role that is not as it must be',
    putting(({ version, ...role }) => (Number.isSafeInteger(version) ? { ...role, version: version! } : role)),
  ],
  [
    'ignores unknown members',
    'an API that is not as it must be',
    (store) => ({
      putApi: async (api: Record<string, unknown>, by: ChangedBy) => {
        const { scopes: _, ...known } = api ?? {};
        return store.putApi((api && known) as never, by);
      },
    }),
  ],
  [
    'takes any page',
    'a query that is not as it must be',
    paging((read, { take, ...query }) =>
      read({ ...query, ...(Number.isInteger(take) && (take as number) > 0 && { take }) }),
    ),
  ],
  [
    'takes offset and after',
    'a query that is not as it must be',
    paging((read, { offset, ...query }) =>
      read(query['after'] === undefined ? { ...query, ...(offset !== undefined && { offset }) } : query),
    ),
  ],
];

/** What another handle does wrong. */
const ofHandles: [string, string, Fault][] = [
  [
    'sees nothing of what is changed elsewhere',
    'another handle sees each change',
    (store) => {
      const held = memoryStore({ issuer });
      return { privilegesOf: held.privilegesOf, revision: store.revision };
    },
  ],
  [
    'tells nothing of what is changed elsewhere',
    'another handle sees each change',
    () => ({ onChange: () => () => undefined }),
  ],
  [
    'tells of what is changed elsewhere before it acts',
    'another handle sees each change',
    (store) => {
      let known: unknown = [];
      return {
        privilegesOf: (...given: [never, never]) => {
          const now = store.privilegesOf(...given);
          setTimeout(() => (known = now), 10);
          return known;
        },
      };
    },
  ],
  [
    'has revisions of its own',
    'another handle sees each change',
    (store) => ({ revision: async () => (await store.revision()) + 1 }),
  ],
  [
    'writes what it read before',
    'what one handle has changed',
    putting(async (role, store) => {
      const there = await store.role(role.uid);
      return there === undefined ? role : { ...role, version: there.version };
    }),
  ],
  [
    'counts the same change again',
    'what one handle has changed',
    changing(async (change, _name, store) => {
      const before = await store.revision();
      const after = await change();
      return before === after ? after + 1 : after;
    }),
  ],
  [
    'loses some of what is written at the same time',
    'of changes that are made through several handles',
    (store) => ({ assign: () => store.revision() }),
  ],
  [
    'wins where another one has',
    'of several handles that change',
    putting(async (role, store) => {
      await new Promise(setImmediate);
      const there = await store.role(role.uid);
      return there === undefined ? role : { ...role, version: there.version };
    }),
  ],
];

describe('another handle that', () => {
  it.each(ofHandles)('%s breaks the rule: %s', async (_, rule, fault) => {
    const create: CreateRoleStore = () => {
      const store = memoryStore({ issuer });
      return { store, reopen: () => ({ ...store, ...fault(store) }) as RoleStore };
    };
    const named = roleStoreCases(create, { withinMs: 50 }).filter(({ name }) => name.startsWith(rule));
    expect(named.map(({ name }) => name)).toHaveLength(1);
    await expect(named[0]!.run()).rejects.toThrow('Broken: ');
  });
});

describe('a role store that', () => {
  it.each(faults)('%s breaks the rule: %s', async (_, rule, fault) => {
    const cases = roleStoreCases(() => broken(fault), { handles: 'one' });
    const named = cases.filter(({ name }) => name.startsWith(rule));
    expect(named.map(({ name }) => name)).toHaveLength(1);
    await expect(named[0]!.run()).rejects.toThrow('Broken: ');
  });
});
