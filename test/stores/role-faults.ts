// Ways to do one thing wrong in a role store that is right otherwise.

import { memoryStore } from 'rightful/stores';
import type {
  AuditEntry,
  ChangedBy,
  Page,
  Privilege,
  PrivilegeChange,
  PrivilegeInput,
  RoleInput,
  RoleStore,
  Subject,
} from 'rightful/stores';

export type Fault = (store: RoleStore) => Partial<Record<keyof RoleStore, unknown>>;
export type Changes = 'grant' | 'revoke' | 'assign' | 'deassign' | 'putRole' | 'deleteRole' | 'putApi' | 'deleteApi';

export const system = { system: 'a fault' };
export const issuer = 'https://issuer.example/';
export const broken = (fault: Fault): RoleStore => {
  const store = memoryStore({ issuer });
  return { ...store, ...fault(store) } as RoleStore;
};

export const list = (privilege: PrivilegeInput): Privilege[] =>
  [privilege].flat().map((one) => (typeof one === 'string' ? { permission: one } : one));

/** Each privilege is stored as something else. */
export const storing =
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
export const answering =
  (change: (privilege: Privilege, subject: Subject) => Privilege | undefined): Fault =>
  (store) => ({
    privilegesOf: (subject: Subject, options: never) =>
      [...(store.privilegesOf(subject, options) as Privilege[])].flatMap((one) => change(one, subject) ?? []),
  });

/** Whoever is asked about is taken for somebody else, in everything. */
export const mistaking =
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

export const changes: Changes[] = [
  'grant',
  'revoke',
  'assign',
  'deassign',
  'putRole',
  'deleteRole',
  'putApi',
  'deleteApi',
];

/** Something is done with each change. */
export const changing =
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
export const withoutCeiling = (
  which: (name: Changes, missing: Privilege[], held: readonly Privilege[]) => boolean,
): Fault =>
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
export const permitting = (code: string): Fault =>
  changing((change, _name, store) =>
    change().catch((error: { code?: string }) => {
      if (error.code !== code) throw error;
      return store.revision();
    }),
  );

/** The error of a refusal is another one. */
export const refusing = (code: string, error: (given: Record<string, unknown>) => unknown): Fault =>
  changing((change) =>
    change().catch((came: Record<string, unknown>) => {
      throw came['code'] === code ? error(came) : came;
    }),
  );

export const remembering =
  (change: (entry: AuditEntry) => Partial<AuditEntry> | undefined): Fault =>
  (store) => ({
    audit: async (query: never) => {
      const page = await store.audit(query);
      return { ...page, items: page.items.flatMap((one) => change(one) ?? []) };
    },
  });

/** What is told is something else. */
export const announcing =
  (change: (told: PrivilegeChange) => PrivilegeChange[]): Fault =>
  (store) => ({
    onChange: (listener: (told: PrivilegeChange) => void) =>
      store.onChange!((told) => change(told).forEach((one) => listener(one))),
  });

export const lists = ['roles', 'subjects', 'apis', 'audit', 'holdersOf', 'holdersOfRole'] as const;

/** Each page is another one. */
export const paging =
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

export const putting =
  (change: (role: RoleInput, store: RoleStore) => RoleInput | Promise<RoleInput>): Fault =>
  (store) => ({
    putRole: async (role: RoleInput, by: ChangedBy) =>
      store.putRole(
        Array.isArray(role?.privileges) && typeof role.uid === 'string' ? await change(role, store) : role,
        by,
      ),
  });

export const only = (one: Privilege, ...without: (keyof Privilege)[]): Privilege =>
  Object.fromEntries(Object.entries(one).filter(([key]) => !without.includes(key as keyof Privilege))) as never;
