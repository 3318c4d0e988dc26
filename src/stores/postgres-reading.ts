// Subjects go in, what each of them holds comes out: one statement, whatever the roles inherit.

import { asReadList } from '../core/privilege-reading.ts';
import type { Privilege, PrivilegeSource } from '../core/privilege.ts';
import type { Row, Statement } from './postgres-lease.ts';
import { directSource, roleSource } from './postgres-rows.ts';
import { digest, isStorable } from './postgres-texts.ts';

/** Of whom it is asked, and where. */
export interface HeldQuestion {
  /** The digest of the subject. */
  readonly key: string;
  readonly organization: string | undefined;
}

/** Where it is asked, and for which API. */
export interface RoleQuestion {
  readonly organization: string | undefined;
  readonly audience: readonly string[];
}

/** Makes the statements that read. */
export class HeldStatements {
  readonly #one: { readonly text: string; readonly name: string };
  readonly #many: { readonly text: string; readonly name: string };
  readonly #byRole: { readonly text: string; readonly name: string };

  constructor(schema: string) {
    this.#byRole = named('role', roleText(schema));
    this.#one = named(
      'one',
      heldText(schema, {
        subject: '(select $3::bytea)',
        organization: '(select $4::text)',
        at: 'null::text',
        asked: '',
      }),
    );
    const asked = `from unnest((select $3::bytea[]), (select $4::text[])) with ordinality as asked (subject, organization, at) cross join lateral`;
    this.#many = named(
      'many',
      heldText(schema, { subject: 'asked.subject', organization: 'asked.organization', at: 'asked.at::text', asked }),
    );
  }

  /** Rows for {@link readHeld}, as of one subject: what whoever has the role holds by it. */
  ofRole(role: string, { organization, audience }: RoleQuestion, now: number): Statement {
    const where = organizationOf({ organization });
    return { ...this.#byRole, values: [audience.filter(isStorable), now, role, where] };
  }

  /** Rows for {@link readHeld}. `now`: milliseconds since 1970. */
  of(questions: readonly HeldQuestion[], audience: readonly string[], now: number): Statement {
    const [first] = questions;
    // What cannot be stored is the audience of nothing.
    const common = [audience.filter(isStorable), now];
    if (first !== undefined && questions.length === 1) {
      return { ...this.#one, values: [...common, first.key, organizationOf(first)] };
    }
    return { ...this.#many, values: [...common, questions.map(({ key }) => key), questions.map(organizationOf)] };
  }
}

// In an organization that cannot be stored, nothing is held but what is held in every one.
function organizationOf({ organization }: Pick<HeldQuestion, 'organization'>): string | null {
  return organization !== undefined && isStorable(organization) ? organization : null;
}

// Another text has another name: a pooler may keep a statement longer than a process lives.
function named(name: string, text: string): { text: string; name: string } {
  return { text, name: `rightful_${name}_${digest(text).slice(2, 18)}` };
}

/**
 * $1: the audience, $2: the instant.
 *
 * Each value is selected first, so that the server plans for any values once, and not for these ones again and again. `offset 0`
 * keeps it to the way that is written here, from the subject to its roles to what they give: it guesses that next to nothing is
 * given, and would begin with that.
 */
function heldText(
  schema: string,
  { subject, organization, at, asked }: { subject: string; organization: string; at: string; asked: string },
): string {
  const counts = (row: string): string =>
    `(${row}.organization is null or ${row}.organization = ${organization})
     and (${row}.expires_at is null or ${row}.expires_at > (select $2::float8))`;
  const audience = (row: string): string =>
    `(${row}.audience is null or ${row}.audience = any((select $1::text[])::text[]))`;
  const held = `
    select g.permission, g.resource, g.denied, g.expires_at, null::text as role, null::text as giver
    from ${schema}.grants g where g.subject = ${subject} and ${counts('g')} and ${audience('g')}
    union all
    select given.permission, given.resource, given.denied, least(a.expires_at, given.expires_at), a.role, given.giver
    from ${schema}.assignments a cross join lateral (
      select * from ${schema}.role_gives r where r.role = a.role and ${counts('r')} and ${audience('r')} offset 0
    ) as given
    where a.subject = ${subject} and ${counts('a')}`;
  if (asked === '') return held;
  return `select held.*, ${at} ${asked} (${held} offset 0) as held`;
}

// $1: the audience, $2: the instant, $3: the role, $4: the organization.
function roleText(schema: string): string {
  return `select r.permission, r.resource, r.denied, r.expires_at, r.role, r.giver from ${schema}.role_gives r
    where r.role = $3::text and (r.organization is null or r.organization = $4::text)
      and (r.expires_at is null or r.expires_at > $2::float8)
      and (r.audience is null or r.audience = any($1::text[]))`;
}

/** What each of so many subjects holds, in the order in which they were asked about. */
export function readHeld(rows: readonly Row[], count: number): (readonly Privilege[])[] {
  const held = Array.from({ length: count }, (): Privilege[] => []);
  const sources = new Sources();
  for (const [permission, on, denied, expiresAt, role, giver, at] of rows) {
    const privilege: Privilege = { permission: permission ?? '' };
    if (on !== null && on !== undefined) privilege.on = on;
    if (denied === 't') privilege.effect = 'deny';
    if (expiresAt !== null && expiresAt !== undefined) privilege.expiresAt = Number(expiresAt);
    privilege.source = sources.of(role, giver);
    held[at === undefined ? 0 : Number(at) - 1]?.push(Object.freeze(privilege));
  }
  return held.map(asReadList);
}

const direct = directSource();

/** Rows that come from the same role share their source. */
class Sources {
  readonly #byRole = new Map<string, Map<string | null | undefined, PrivilegeSource>>();

  of(role: string | null | undefined, giver: string | null | undefined): PrivilegeSource {
    if (role === null || role === undefined) return direct;
    let byGiver = this.#byRole.get(role);
    if (byGiver === undefined) this.#byRole.set(role, (byGiver = new Map()));
    let source = byGiver.get(giver);
    if (source === undefined) byGiver.set(giver, (source = roleSource(role, giver)));
    return source;
  }
}
