// A permission goes in, who holds it comes out: by itself or through roles, also by a pattern over names.

import { isNamedBy, namesOf } from '../core/own-names.ts';
import type { PermissionCatalogue } from '../core/permission.ts';
import type { Privilege } from '../core/privilege.ts';
import type { Holder, Page, Person } from '../core/role-store.ts';
import type { CheckedPage } from './pages.ts';
import type { Row } from './postgres-lease.ts';
import { pageOfFound, pageStatement } from './postgres-pages.ts';
import { beyondPerson, personOrder } from './postgres-people.ts';
import { directSource, personColumns, personIn, privilegeColumns, privilegeIn, roleSource } from './postgres-rows.ts';
import { isStorable } from './postgres-texts.ts';
import { personKey } from './records.ts';

type Read = (statement: { text: string; values?: unknown[] }) => Promise<Row[]>;

interface HoldersQuestion {
  readonly schema: string;
  readonly permission: string;
  readonly catalogue: PermissionCatalogue | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly page: CheckedPage;
}

export async function holders(read: Read, question: HoldersQuestion): Promise<Page<Holder>> {
  const { schema, now, page } = question;
  const names = await namesFor(read, question);
  const { text, values } = pageStatement(
    {
      rows: `select issuer, kind, id, sort, key from ${schema}.subjects where key in (select subject from holding)`,
      values: [names, now],
      columns: [...personColumns, 'sort', 'key'],
      order: personOrder,
      beyond: (next) => beyondPerson(page.after ?? '', next),
    },
    page,
  );
  // Who holds it and what they hold are read at the same moment.
  const columns = [...privilegeColumns, 'role', 'giver'].map((column) => `h.${column}`).join();
  const rows = await read({
    text: `with holding as (${holdingText(schema)}), paged (total, issuer, kind, id, sort, key) as (${text})
      select p.total, p.issuer, p.kind, p.id, ${columns} from paged p left join holding h on h.subject = p.key
      order by p.sort, p.key, h.role nulls first, h.permission, h.resource`,
    values,
  });
  const found = holdersIn(rows.filter(([, issuer]) => issuer !== null));
  return pageOfFound({ found, total: Number(rows[0]?.[0] ?? 0) }, page, ({ subject }) => personKey(subject));
}

/** The rows of one subject follow one another. */
function holdersIn(rows: readonly Row[]): Holder[] {
  const held = new Map<string, { readonly subject: Person; readonly privileges: Privilege[] }>();
  for (const [, ...row] of rows) {
    const subject = personIn(row);
    const key = personKey(subject);
    const holder = held.get(key) ?? { subject, privileges: [] };
    holder.privileges.push(heldIn(row.slice(personColumns.length)));
    held.set(key, holder);
  }
  return [...held.values()].map(({ subject, privileges }) => ({ subject, privileges: Object.freeze(privileges) }));
}

function heldIn(row: Row): Privilege {
  const [role, giver] = row.slice(privilegeColumns.length);
  return privilegeIn(row, role === null || role === undefined ? directSource() : roleSource(role, giver));
}

/** Every name under which the permission may be held. */
async function namesFor(read: Read, { schema, permission, catalogue }: HoldersQuestion): Promise<string[]> {
  const patternsIn = (table: string): string =>
    `select permission from ${schema}.${table} where not denied and strpos(permission, '*') > 0`;
  const rows = await read({ text: `${patternsIn('grants')} union ${patternsIn('role_gives')}` });
  const patterns = rows.flatMap(([pattern]) => pattern ?? []).filter((one) => isNamedBy(one, permission, catalogue));
  return [...new Set([...namesOf(permission, catalogue).filter(isStorable), ...patterns])];
}

/** $1: the names, $2: the instant. */
function holdingText(schema: string): string {
  const inForce = (row: string): string => `(${row}.expires_at is null or ${row}.expires_at > $2::float8)`;
  return `
    select g.subject, ${privilegeColumns.map((column) => `g.${column}`).join()}, null::text as role, null::text as giver
    from ${schema}.grants g where g.permission = any($1::text[]) and not g.denied and ${inForce('g')}
    union all
    select a.subject, r.permission, r.resource, r.denied, least(a.expires_at, r.expires_at), r.audience,
      coalesce(a.organization, r.organization), a.role, r.giver
    from ${schema}.role_gives r join ${schema}.assignments a on a.role = r.role
    where r.permission = any($1::text[]) and not r.denied and ${inForce('r')} and ${inForce('a')}
      and (a.organization is null or r.organization is null or a.organization = r.organization)`;
}
