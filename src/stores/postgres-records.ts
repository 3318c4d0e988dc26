// A running transaction goes in, the records that a change is planned from come out.

import { everyPermission } from '../core/permission.ts';
import type { Person } from '../core/role-store.ts';
import type { Run } from './postgres-connections.ts';
import type { Row } from './postgres-lease.ts';
import {
  apiColumns,
  apiIn,
  assignmentColumns,
  assignmentIn,
  directSource,
  personColumns,
  personIn,
} from './postgres-rows.ts';
import { privilegeColumns, privilegeIn, roleIn } from './postgres-rows.ts';
import { digest, isStorable, personDigest } from './postgres-texts.ts';
import { personKey } from './records.ts';
import type { StoredRecords } from './records.ts';

/** `schema`: as it is written in a statement. */
export function recordsOf(run: Run, schema: string): StoredRecords {
  // What cannot be stored is found nowhere, and could not even be asked for.
  const find = async <Value>(text: string, key: string, read: (row: Row) => Value) => {
    const [row] = isStorable(key) ? await run(text, [key]) : [];
    return row === undefined ? undefined : read(row);
  };
  return {
    personKey,

    usersHoldingEverything: async (atMost) => {
      const columns = personColumns.map((column) => `s.${column}`).join();
      const rows = await run(
        `select ${columns} from ${schema}.subjects s where s.kind = 'user' and s.key in (
           select g.subject from ${schema}.grants g where ${isEverything('g')}
           union
           select a.subject from ${schema}.role_gives r join ${schema}.assignments a on a.role = r.role
           where ${isEverything('r')} and a.expires_at is null and a.organization is null
         ) order by s.sort, s.key limit $2`,
        [everyPermission, atMost],
      );
      return rows.map(personIn);
    },

    storedRole: (uid) =>
      find(`select definition from ${schema}.roles where uid = $1`, uid, ([definition]) => roleIn(definition)),

    storedRoles: async (uids) => {
      const storable = uids.filter(isStorable);
      if (storable.length === 0) return [];
      const rows = await run(`select definition from ${schema}.roles where uid = any($1)`, [storable]);
      return rows.map(([definition]) => roleIn(definition));
    },

    roleNamed: async (name, organization) => {
      const text = `select definition from ${schema}.roles where name = $1 and coalesce(organization, '') = $2`;
      const [row] = await run(text, [name, organization ?? '']);
      return row === undefined ? undefined : roleIn(row[0]);
    },

    rolesInheriting: async (uid) => {
      const inheriting = `select role from ${schema}.role_inherits where inherited = $1`;
      const rows = await run(`select definition from ${schema}.roles where uid in (${inheriting}) order by uid`, [uid]);
      return rows.map(([definition]) => roleIn(definition));
    },

    grants: async (person, keys) => {
      const text = `select ${privilegeColumns.join()}, assigned_by from ${schema}.grants where subject = $1`;
      const values: unknown[] = [personDigest(person)];
      if (keys !== undefined) values.push(keys.map(digest));
      const rows = await run(
        `${text}${keys === undefined ? '' : ' and key = any($2::bytea[])'} order by permission, key`,
        values,
      );
      return rows.map((row) => privilegeIn(row, directSource(row[privilegeColumns.length])));
    },

    assignments: async (person: Person) => {
      const text = `select ${assignmentColumns.join()} from ${schema}.assignments where subject = $1 order by role, organization`;
      return (await run(text, [personDigest(person)])).map(assignmentIn);
    },

    holdersOfRole: async (uid, atMost) => {
      const holders = `${schema}.assignments a join ${schema}.subjects s on s.key = a.subject where a.role = $1`;
      const text = `select ${[...personColumns, ...assignmentColumns].join()}, count(*) over () from ${holders}`;
      const rows = await run(`${text} order by s.sort, s.key, a.organization limit $2`, [uid, atMost]);
      const person = personColumns.length;
      const items = rows.map((row) => ({ subject: personIn(row), assignment: assignmentIn(row.slice(person)) }));
      return { items, total: Number(rows[0]?.at(-1) ?? 0) };
    },

    api: (identifier) =>
      find(`select ${apiColumns.join()} from ${schema}.apis where identifier = $1`, identifier, apiIn),
  };
}

/** $1: the name of every permission. */
function isEverything(row: string): string {
  const unbound = ['audience', 'organization', 'expires_at'].map((column) => `${row}.${column} is null`).join(' and ');
  return `${row}.permission = $1 and not ${row}.denied and ${unbound}`;
}
