// What is kept in memory goes in, what can be asked about it comes out, page by page.

import { untouchedBuiltIns } from '../core/built-in-roles.ts';
import { isNamedBy } from '../core/own-names.ts';
import type { PermissionCatalogue } from '../core/permission.ts';
import { isInForce } from '../core/privilege-reading.ts';
import type { Privilege } from '../core/privilege.ts';
import type { AuditEntry, Holder, RoleStore } from '../core/role-store.ts';
import { checkedAuditQuery, inOrderOf, isAskedFor } from './audit-query.ts';
import { checkedName, checkedSubject } from './change-input.ts';
import type { MemoryRecords } from './memory-records.ts';
import { checkedQuery, inOrder, pageOf } from './pages.ts';
import { assignmentKey, personKey } from './records.ts';
import { checkedSubjectQuery, isSubjectAskedFor } from './subject-query.ts';

/** The half of a {@link RoleStore} that tells what is in it. */
export type Queries = Pick<
  RoleStore,
  'role' | 'roles' | 'subject' | 'subjects' | 'holdersOf' | 'holdersOfRole' | 'api' | 'apis' | 'revision' | 'audit'
>;

/** What the queries are put to, as it is at that moment. */
export interface Kept {
  readonly records: MemoryRecords;
  readonly revision: number;
}

/** `audit`: every entry, the oldest first. */
export function memoryQueries(
  kept: () => Kept | Promise<Kept>,
  audit: () => readonly AuditEntry[] | Promise<readonly AuditEntry[]>,
  catalogue: PermissionCatalogue | undefined,
): Queries {
  return {
    role: async (uid) => {
      const { records } = await kept();
      const checked = checkedName(uid, 'uid');
      return records.roles.get(checked) ?? untouchedBuiltIns().get(checked);
    },

    roles: async (query) => {
      const { page, filter } = checkedQuery(query, ['name']);
      const part = filter.name === undefined ? undefined : checkedName(filter.name, 'name').toLowerCase();
      const { records } = await kept();
      const all = [...new Map([...untouchedBuiltIns(), ...records.roles]).values()]
        .filter(({ name }) => part === undefined || name.toLowerCase().includes(part))
        .sort((one, other) => inOrder(one.uid, other.uid));
      return pageOf(all, page, ({ uid }) => uid);
    },

    subject: async (subject) => {
      const { person } = checkedSubject(subject);
      const { records } = await kept();
      const privileges = Object.freeze([...records.grants(person)]);
      return Object.freeze({ subject: person, privileges, roles: Object.freeze([...records.assignments(person)]) });
    },

    subjects: async (query) => {
      const checked = checkedSubjectQuery(query);
      const { records } = await kept();
      const all = [...records.subjects.values()]
        .map(({ person }) => person)
        .filter((person) => isSubjectAskedFor(person, checked, records.ignoresIssuer));
      return pageOf(inTheirOrder(all, personKey), checked.page, personKey);
    },

    holdersOf: async (permission, query) => {
      const name = checkedName(permission, 'permission');
      const { page } = checkedQuery(query, []);
      const { records } = await kept();
      const now = Date.now();
      const holders = [...records.subjects.values()].flatMap(({ person }): Holder[] => {
        const privileges = records.held(person).filter((one) => isGrantOf(one, name, catalogue) && isInForce(one, now));
        return privileges.length === 0
          ? []
          : [Object.freeze({ subject: person, privileges: Object.freeze(privileges) })];
      });
      const keyOf = ({ subject }: Holder): string => personKey(subject);
      return pageOf(inTheirOrder(holders, keyOf), page, keyOf);
    },

    holdersOfRole: async (uid, query) => {
      const { page } = checkedQuery(query, []);
      const { records } = await kept();
      const { items } = records.holdersOfRole(checkedName(uid, 'uid'));
      const keyOf = ({ subject, assignment }: (typeof items)[number]): string =>
        `${personKey(subject)} ${assignmentKey(assignment.role, assignment.organization)}`;
      return pageOf(inTheirOrder(items, keyOf), page, keyOf);
    },

    api: async (identifier) => (await kept()).records.apis.get(checkedName(identifier, 'identifier')),

    apis: async (query) => {
      const { page } = checkedQuery(query, []);
      const { records } = await kept();
      const keyOf = ({ identifier }: { readonly identifier: string }): string => identifier;
      return pageOf(inTheirOrder([...records.apis.values()], keyOf), page, keyOf);
    },

    revision: async () => (await kept()).revision,

    audit: async (query) => {
      const checked = checkedAuditQuery(query);
      const entries = (await audit()).filter((entry) => isAskedFor(entry, checked));
      const compare = inOrderOf(checked);
      entries.sort((one, other) => compare(one.revision, other.revision));
      const byText = (one: string, other: string): number => compare(Number(one), Number(other));
      return pageOf(entries, checked.page, ({ revision }) => String(revision), byText);
    },
  };
}

function isGrantOf(
  { permission, effect }: Privilege,
  name: string,
  catalogue: PermissionCatalogue | undefined,
): boolean {
  return effect === undefined && isNamedBy(permission, name, catalogue);
}

// Each key is made once: to make one costs more than to compare two.
function inTheirOrder<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  return keyed.sort((one, other) => inOrder(one.key, other.key)).map(({ item }) => item);
}
