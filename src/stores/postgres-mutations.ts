// What a plan writes goes in; it is written in a few statements, however much it is.

import type { Person } from '../core/role-store.ts';
import type { Run } from './postgres-connections.ts';
import { apiText, roleText } from './postgres-rows.ts';
import { digest, personDigest, personSort } from './postgres-texts.ts';
import type { Mutation } from './records.ts';

type Of<Kind extends Mutation['kind']> = Extract<Mutation, { kind: Kind }>;

/** `schema`: as it is written in a statement. */
export async function writeMutations(run: Run, schema: string, mutations: readonly Mutation[]): Promise<void> {
  const of = <Kind extends Mutation['kind']>(kind: Kind): Of<Kind>[] =>
    mutations.filter((one): one is Of<Kind> => one.kind === kind);
  const people = new People([...of('grant'), ...of('assignment')].map(({ person }) => person));
  await writeSubjects(run, schema, people);
  await writeGrants(run, schema, people, of('grant'));
  const gone = await dropAssignments(run, schema, of('assignments-of-role'));
  await writeAssignments(run, schema, people, of('assignment'));
  await writeRoles(run, schema, of('role'));
  await writeApis(run, schema, of('api'));
  await dropSubjects(run, schema, [...people.keys(), ...gone]);
}

/** The digests of some subjects, each made once. */
class People {
  readonly #byKey = new Map<string, Person>();
  readonly #keys = new Map<Person, string>();

  constructor(people: readonly Person[]) {
    for (const person of people) this.#byKey.set(this.key(person), person);
  }

  key(person: Person): string {
    const known = this.#keys.get(person);
    if (known !== undefined) return known;
    const key = personDigest(person);
    this.#keys.set(person, key);
    return key;
  }

  keys(): string[] {
    return [...this.#byKey.keys()];
  }

  all(): Person[] {
    return [...this.#byKey.values()];
  }
}

async function writeSubjects(run: Run, schema: string, people: People): Promise<void> {
  const all = people.all();
  if (all.length === 0) return;
  await run(
    `insert into ${schema}.subjects (key, sort, issuer, kind, id, search_id)
     select * from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) on conflict do nothing`,
    [
      people.keys(),
      all.map(personSort),
      ...(['issuer', 'kind', 'id'] as const).map((name) => all.map((one) => one[name])),
      all.map(({ id }) => id.toLowerCase()),
    ],
  );
}

async function writeGrants(run: Run, schema: string, people: People, grants: readonly Of<'grant'>[]): Promise<void> {
  const [given, taken] = splitBy(grants, ({ value }) => value !== undefined);
  const keysOf = (of: readonly Of<'grant'>[]): string[][] => [
    of.map(({ person }) => people.key(person)),
    of.map(({ key }) => digest(key)),
  ];
  if (taken.length > 0) {
    const rows = `select * from unnest($1::bytea[], $2::bytea[])`;
    await run(`delete from ${schema}.grants where (subject, key) in (${rows})`, keysOf(taken));
  }
  if (given.length === 0) return;
  const held = given.map(({ value }) => value);
  await run(
    `insert into ${schema}.grants
       (subject, key, permission, resource, denied, audience, organization, expires_at, assigned_by)
     select * from unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[],
       $8::float8[], $9::text[])
     on conflict (subject, key) do update set expires_at = excluded.expires_at, assigned_by = excluded.assigned_by`,
    [
      ...keysOf(given),
      held.map((one) => one?.permission),
      held.map((one) => one?.on),
      held.map((one) => one?.effect === 'deny'),
      held.map((one) => one?.audience),
      held.map((one) => one?.organization),
      held.map((one) => one?.expiresAt),
      held.map((one) => one?.source?.assignedBy),
    ],
  );
}

async function writeAssignments(
  run: Run,
  schema: string,
  people: People,
  assignments: readonly Of<'assignment'>[],
): Promise<void> {
  const [given, taken] = splitBy(assignments, ({ value }) => value !== undefined);
  const keysOf = (of: readonly Of<'assignment'>[]): (string | undefined)[][] => [
    of.map(({ person }) => people.key(person)),
    of.map(({ role }) => role),
    of.map(({ organization }) => organization),
  ];
  if (taken.length > 0) {
    const rows = `select subject, role, coalesce(organization, '')
      from unnest($1::bytea[], $2::text[], $3::text[]) as taken (subject, role, organization)`;
    const key = `(subject, role, coalesce(organization, ''))`;
    await run(`delete from ${schema}.assignments where ${key} in (${rows})`, keysOf(taken));
  }
  if (given.length === 0) return;
  await run(
    `insert into ${schema}.assignments (subject, role, organization, expires_at, assigned_by, assigned_at)
     select * from unnest($1::bytea[], $2::text[], $3::text[], $4::float8[], $5::text[], $6::float8[])
     on conflict (subject, role, coalesce(organization, '')) do update set
       expires_at = excluded.expires_at, assigned_by = excluded.assigned_by, assigned_at = excluded.assigned_at`,
    [
      ...keysOf(given),
      given.map(({ value }) => value?.expiresAt),
      given.map(({ value }) => value?.assignedBy),
      given.map(({ value }) => value?.assignedAt),
    ],
  );
}

/** The digests of those who had one of these roles. */
async function dropAssignments(
  run: Run,
  schema: string,
  dropped: readonly Of<'assignments-of-role'>[],
): Promise<string[]> {
  if (dropped.length === 0) return [];
  const text = `delete from ${schema}.assignments where role = any($1) returning subject`;
  return (await run(text, [dropped.map(({ uid }) => uid)])).map(([subject]) => subject ?? '');
}

async function writeRoles(run: Run, schema: string, changed: readonly Of<'role'>[]): Promise<void> {
  if (changed.length === 0) return;
  const uids = changed.map(({ uid }) => uid);
  const roles = changed.flatMap(({ value }) => value ?? []);
  const deleted = changed.filter(({ value }) => value === undefined).map(({ uid }) => uid);
  // One may take the name of another that takes a new one at the same time.
  const gone = roles.length > 1 ? uids : deleted;
  await run(`delete from ${schema}.role_inherits where role = any($1)`, [uids]);
  if (gone.length > 0) await run(`delete from ${schema}.roles where uid = any($1)`, [gone]);
  if (roles.length === 0) return;
  await run(
    `insert into ${schema}.roles (uid, name, search_name, organization, definition)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::json[])
     on conflict (uid) do update set name = excluded.name, search_name = excluded.search_name,
       organization = excluded.organization, definition = excluded.definition`,
    [
      roles.map(({ uid }) => uid),
      roles.map(({ name }) => name),
      roles.map(({ name }) => name.toLowerCase()),
      roles.map(({ organization }) => organization),
      roles.map(roleText),
    ],
  );
  const inherited = roles.flatMap(({ uid, inherits }) => inherits.map(({ role }) => [uid, role] as const));
  if (inherited.length === 0) return;
  await run(
    `insert into ${schema}.role_inherits (role, inherited) select distinct * from unnest($1::text[], $2::text[])`,
    [inherited.map(([role]) => role), inherited.map(([, role]) => role)],
  );
}

async function writeApis(run: Run, schema: string, apis: readonly Of<'api'>[]): Promise<void> {
  for (const { identifier, value } of apis) {
    await (value === undefined
      ? run(`delete from ${schema}.apis where identifier = $1`, [identifier])
      : run(
          `insert into ${schema}.apis (identifier, version, record) values ($1, $2, $3)
           on conflict (identifier) do update set version = excluded.version, record = excluded.record`,
          [identifier, value.version, apiText(value)],
        ));
  }
}

// To whom nothing is assigned any more.
async function dropSubjects(run: Run, schema: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await run(
    `delete from ${schema}.subjects s where s.key = any($1::bytea[])
       and not exists (select from ${schema}.grants g where g.subject = s.key)
       and not exists (select from ${schema}.assignments a where a.subject = s.key)`,
    [keys],
  );
}

function splitBy<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
