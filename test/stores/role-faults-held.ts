// Role stores that do wrong in what is given, and in roles.

import type { ChangedBy, Privilege, PrivilegeInput, Role, RoleInput, Subject } from 'rightful/stores';
import {
  system,
  list,
  storing,
  answering,
  mistaking,
  changing,
  permitting,
  refusing,
  putting,
  only,
} from './role-faults.ts';
import type { Fault } from './role-faults.ts';

const grants = 'what is granted is held at once';
const different = 'grants that differ';
const ends = 'what is granted and assigned ends';
const lettered = 'every character of a permission';

export const heldFaults: [string, string, Fault][] = [
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
];
