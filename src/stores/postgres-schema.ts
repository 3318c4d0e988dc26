// The name of a schema goes in, the statements that make its tables come out, one version after the other. What was published
// is never changed: a further change is a further version.

/** Makes each version out of the one before; the first makes version 1 out of nothing. */
export function migrationsOf(schema: string): readonly string[] {
  return [firstTables(schema), searchedSubjects(schema), versionedApis(schema)];
}

/** Where the versions that were made are recorded. */
export function versionTable(schema: string): string {
  return `create table ${schema}.versions (version integer primary key, made_at timestamptz not null default now())`;
}

// Whatever can be long is found by its SHA-256. Texts compare by their bytes, on every machine alike. Instants are milliseconds
// since 1970 as JavaScript has them, to the last bit.
function firstTables(schema: string): string {
  return `
    create table ${schema}.state (
      single boolean primary key default true check (single),
      revision bigint not null
    );
    insert into ${schema}.state (revision) values (0);

    create table ${schema}.subjects (
      key bytea primary key,
      sort text collate "C" not null,
      issuer text not null,
      kind text not null,
      id text not null
    );
    create unique index subjects_in_order on ${schema}.subjects (sort, key);

    create table ${schema}.grants (
      subject bytea not null references ${schema}.subjects,
      key bytea not null,
      permission text collate "C" not null,
      resource text,
      denied boolean not null,
      audience text collate "C",
      organization text collate "C",
      expires_at double precision,
      assigned_by text,
      primary key (subject, key)
    );
    create index grants_by_permission on ${schema}.grants (permission) where not denied;
    create index grants_of_patterns on ${schema}.grants (permission) where not denied and strpos(permission, '*') > 0;

    create table ${schema}.roles (
      uid text collate "C" primary key,
      name text collate "C" not null,
      search_name text collate "C" not null,
      organization text collate "C",
      definition json not null
    );
    create unique index roles_by_name on ${schema}.roles (name, coalesce(organization, ''));

    create table ${schema}.role_inherits (
      role text collate "C" not null,
      inherited text collate "C" not null
    );
    create index role_inherits_by_role on ${schema}.role_inherits (role);
    create index role_inherits_by_inherited on ${schema}.role_inherits (inherited);

    -- All that a role gives, by itself and by what it inherits (giver): made anew with every change of the one or the other.
    create table ${schema}.role_gives (
      role text collate "C" not null,
      giver text,
      permission text collate "C" not null,
      resource text,
      denied boolean not null,
      audience text collate "C",
      organization text collate "C",
      expires_at double precision
    );
    create index role_gives_by_role on ${schema}.role_gives (role);
    create index role_gives_by_permission on ${schema}.role_gives (permission) where not denied;
    create index role_gives_of_patterns on ${schema}.role_gives (permission)
      where not denied and strpos(permission, '*') > 0;

    create table ${schema}.assignments (
      subject bytea not null references ${schema}.subjects,
      role text collate "C" not null,
      organization text collate "C",
      expires_at double precision,
      assigned_by text,
      assigned_at double precision
    );
    create unique index assignments_of_subject on ${schema}.assignments (subject, role, coalesce(organization, ''));
    create index assignments_of_role on ${schema}.assignments (role);

    create table ${schema}.apis (
      identifier text collate "C" primary key,
      record json not null
    );

    create table ${schema}.audit (
      revision bigint primary key,
      at double precision not null,
      action text collate "C" not null,
      actor bytea not null,
      subject bytea,
      roles text[] collate "C" not null,
      permissions text[] collate "C" not null,
      entry json not null
    );
    create index audit_at on ${schema}.audit (at);
    create index audit_of_actor on ${schema}.audit (actor, revision);
    create index audit_of_subject on ${schema}.audit (subject, revision) where subject is not null;
    create index audit_of_roles on ${schema}.audit using gin (roles);
    create index audit_of_permissions on ${schema}.audit using gin (permissions);
  `;
}

// A process of the first version may still write while this one reads: what it writes has no `search_id`.
function searchedSubjects(schema: string): string {
  return `
    alter table ${schema}.subjects add column search_id text collate "C";
    create index subjects_of_kind on ${schema}.subjects (kind, sort, key);
    create index subjects_of_issuer on ${schema}.subjects (issuer, kind, sort, key);
  `;
}

// What a process of an older version still writes leaves the version as it is.
function versionedApis(schema: string): string {
  return `alter table ${schema}.apis add column version bigint not null default 1`;
}
