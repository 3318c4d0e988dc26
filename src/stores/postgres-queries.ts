// What can be asked about the store goes in, what there is comes out, page by page.

import { untouchedBuiltIns } from '../core/built-in-roles.ts';
import type { PermissionCatalogue } from '../core/permission.ts';
import type { Role, RoleHolder, RoleStore } from '../core/role-store.ts';
import { checkedAuditQuery } from './audit-query.ts';
import { checkedName, checkedSubject } from './change-input.ts';
import { checkedQuery } from './pages.ts';
import { auditListing, entryIn } from './postgres-audit.ts';
import type { Connections } from './postgres-connections.ts';
import { holders } from './postgres-holders.ts';
import type { Row } from './postgres-lease.ts';
import { pageIn, pageStatement } from './postgres-pages.ts';
import type { Listing } from './postgres-pages.ts';
import { beyondHolder, holderKey, personOrder, subjectListing } from './postgres-people.ts';
import { recordsOf } from './postgres-records.ts';
import {
  apiColumns,
  apiIn,
  assignmentColumns,
  assignmentIn,
  personColumns,
  personIn,
  roleIn,
} from './postgres-rows.ts';
import { isStorable, storablePart } from './postgres-texts.ts';
import { personKey } from './records.ts';
import { checkedSubjectQuery } from './subject-query.ts';

/** The half of a {@link RoleStore} that tells what is in it. */
export type Queries = Pick<
  RoleStore,
  'role' | 'roles' | 'subject' | 'subjects' | 'holdersOf' | 'holdersOfRole' | 'api' | 'apis' | 'revision' | 'audit'
>;

export interface QuerySettings {
  readonly connections: Connections;
  /** As it is written in a statement. */
  readonly schema: string;
  /** Which names mean one permission. */
  readonly catalogue: PermissionCatalogue | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** @throws UnavailableError when the database cannot be used. */
  readonly usable: () => Promise<void>;
}

export function postgresQueries({ connections, schema, catalogue, now, usable }: QuerySettings): Queries {
  const read = async (statement: { text: string; values?: unknown[] }) => {
    await usable();
    return connections.read(statement);
  };
  const records = recordsOf((text, values) => read({ text, ...(values !== undefined && { values }) }), schema);
  return {
    role: async (uid) => {
      const checked = checkedName(uid, 'uid');
      return (await records.storedRole(checked)) ?? untouchedBuiltIns().get(checked);
    },

    roles: async (query) => {
      const { page, filter } = checkedQuery(query, ['name']);
      const part = filter.name === undefined ? '' : checkedName(filter.name, 'name').toLowerCase();
      const rows = await read(pageStatement(roleListing(schema, part, page.after), page));
      return pageIn(
        rows,
        page,
        ([uid, definition]) => listedRole(uid ?? '', definition),
        ({ uid }) => uid,
      );
    },

    subject: async (subject) => {
      const { person } = checkedSubject(subject);
      await usable();
      return connections.snapshot(async (run) => {
        const kept = recordsOf(run, schema);
        const privileges = Object.freeze([...(await kept.grants(person))]);
        const roles = Object.freeze([...(await kept.assignments(person))]);
        return Object.freeze({ subject: person, privileges, roles });
      });
    },

    subjects: async (query) => {
      const checked = checkedSubjectQuery(query);
      const rows = await read(pageStatement(subjectListing(schema, checked), checked.page));
      return pageIn(rows, checked.page, personIn, personKey);
    },

    holdersOf: async (permission, query) => {
      const name = checkedName(permission, 'permission');
      const { page } = checkedQuery(query, []);
      return holders(read, { schema, permission: name, catalogue, now: now(), page });
    },

    holdersOfRole: async (uid, query) => {
      const checked = checkedName(uid, 'uid');
      const { page } = checkedQuery(query, []);
      const rows = await read(pageStatement(roleHolderListing(schema, checked, page.after), page));
      return pageIn(rows, page, roleHolderIn, ({ subject, assignment }) => holderKey(subject, assignment.organization));
    },

    api: async (identifier) => records.api(checkedName(identifier, 'identifier')),

    apis: async (query) => {
      const { page } = checkedQuery(query, []);
      const rows = await read(pageStatement(apiListing(schema, page.after), page));
      return pageIn(rows, page, apiIn, ({ identifier }) => identifier);
    },

    revision: async () => {
      const [row] = await read({ text: `select revision from ${schema}.state` });
      return Number(row?.[0]);
    },

    audit: async (query) => {
      const checked = checkedAuditQuery(query);
      const rows = await read(pageStatement(auditListing(schema, checked), checked.page));
      return pageIn(rows, checked.page, entryIn, ({ revision }) => String(revision));
    },
  };
}

function listedRole(uid: string, definition: string | null | undefined): Role {
  const untouched = definition === null ? untouchedBuiltIns().get(uid) : undefined;
  return untouched ?? roleIn(definition);
}

// A text that cannot be stored is part of none, and nothing comes after it.
function roleListing(schema: string, part: string, after: string | undefined): Listing {
  const builtIns = [...untouchedBuiltIns().values()];
  return {
    rows: `select uid, definition from (
        select uid, search_name, definition::text from ${schema}.roles
        union all
        select b.uid collate "C", b.search_name, null from unnest($1::text[], $2::text[]) as b (uid, search_name)
        where not exists (select from ${schema}.roles r where r.uid = b.uid)
      ) as every where $3 = '' or (not $4 and strpos(search_name, $3) > 0)`,
    values: [
      builtIns.map(({ uid }) => uid),
      builtIns.map(({ name }) => name.toLowerCase()),
      isStorable(part) ? part : '?',
      !isStorable(part),
    ],
    columns: ['uid', 'definition'],
    order: 'uid',
    beyond: (next) => `uid > ${next(storablePart(after ?? ''))} collate "C"`,
  };
}

function roleHolderIn(row: Row): RoleHolder {
  return Object.freeze({ subject: personIn(row), assignment: assignmentIn(row.slice(personColumns.length)) });
}

function roleHolderListing(schema: string, uid: string, after = ''): Listing {
  const columns = [...personColumns, ...assignmentColumns];
  return {
    rows: `select ${columns.join()}, sort, key
      from ${schema}.assignments a join ${schema}.subjects s on s.key = a.subject where a.role = $1`,
    values: [isStorable(uid) ? uid : ''],
    columns,
    order: `${personOrder}, coalesce(organization, '')`,
    beyond: (next) => beyondHolder(after, next),
  };
}

function apiListing(schema: string, after: string | undefined): Listing {
  return {
    rows: `select ${[...apiColumns, 'identifier'].join()} from ${schema}.apis`,
    values: [],
    columns: apiColumns,
    order: 'identifier',
    beyond: (next) => `identifier > ${next(storablePart(after ?? ''))} collate "C"`,
  };
}
