// Every way in which a change of a role store is refused: one class, one `code`.

import type { Privilege } from './privilege.ts';

/** What a {@link ChangeRefusedError} may have as its code. */
export type ChangeRefusalCode =
  | 'role_not_found'
  | 'role_version_conflict'
  | 'role_name_taken'
  | 'role_in_use'
  | 'role_cycle'
  | 'role_built_in'
  | 'role_reserved'
  | 'role_elsewhere'
  | 'api_version_conflict'
  | 'changed_meanwhile'
  | 'beyond_ceiling'
  | 'last_administrator'
  | 'tenant_refused'
  | 'not_supported';

/** A change that the rules of a role store, or what is in it, do not permit. Nothing was changed. */
export abstract class ChangeRefusedError extends Error {
  abstract readonly code: ChangeRefusalCode;
  /** Of changes that were to be made as one, which is refused, from 0; absent: a single one, or all of them together. */
  declare step?: number;

  override get name(): string {
    return this.constructor.name;
  }
}

/** There is no such role. */
export class RoleNotFoundError extends ChangeRefusedError {
  readonly code = 'role_not_found';
  /** The uid that was asked for. */
  readonly role: string;

  constructor(role: string) {
    super(`There is no role ${JSON.stringify(role)}`);
    this.role = role;
  }
}

/** The role has changed since it was read. */
export class RoleVersionConflictError extends ChangeRefusedError {
  readonly code = 'role_version_conflict';
  readonly role: string;
  /** The version there is. */
  readonly version: number;

  constructor(role: string, version: number, sent: number | undefined) {
    const came = sent === undefined ? 'none was sent, which makes a new role' : `${sent} was sent`;
    super(`The role ${JSON.stringify(role)} has version ${version}, ${came}`);
    this.role = role;
    this.version = version;
  }
}

/** Another role of the same organization has that name. */
export class RoleNameTakenError extends ChangeRefusedError {
  readonly code = 'role_name_taken';
  /** The uid of the other one. */
  readonly role: string;

  constructor(name: string, role: string) {
    super(`The role ${JSON.stringify(role)} has the name ${JSON.stringify(name)} already`);
    this.role = role;
  }
}

/** The role is assigned to somebody, or another role inherits it. */
export class RoleInUseError extends ChangeRefusedError {
  readonly code = 'role_in_use';
  readonly role: string;
  /** To how many subjects it is assigned. */
  readonly holders: number;
  /** The uids of the roles that inherit it. */
  readonly inheritors: readonly string[];

  constructor(role: string, holders: number, inheritors: readonly string[]) {
    const by = inheritors.map((uid) => JSON.stringify(uid)).join(', ');
    const inherited = inheritors.length === 0 ? '' : `, and inherited by ${by}`;
    super(`The role ${JSON.stringify(role)} is assigned to ${holders}${inherited}; \`force\` deletes it all the same`);
    this.role = role;
    this.holders = holders;
    this.inheritors = inheritors;
  }
}

/** The role would inherit itself. */
export class RoleCycleError extends ChangeRefusedError {
  readonly code = 'role_cycle';
  /** The uids in the order of inheritance; the first is the last. */
  readonly cycle: readonly string[];

  constructor(cycle: readonly string[]) {
    super(`A role would inherit itself: ${cycle.map((uid) => JSON.stringify(uid)).join(' inherits ')}`);
    this.cycle = cycle;
  }
}

/** A built-in role cannot be deleted, renamed or bound to an organization. */
export class BuiltInRoleError extends ChangeRefusedError {
  readonly code = 'role_built_in';
  readonly role: string;

  constructor(role: string, what: string) {
    super(`The built-in role ${JSON.stringify(role)} cannot be ${what}`);
    this.role = role;
  }
}

/** The role is kept by code, as its name says: people assign it, and neither change nor delete it. */
export class ReservedRoleError extends ChangeRefusedError {
  readonly code = 'role_reserved';
  readonly role: string;

  constructor(role: string, prefix: string) {
    super(`The role ${JSON.stringify(role)} is kept by code, as a name says that begins with \`${prefix}\``);
    this.role = role;
  }
}

/** The role gives something in one organization only, and was to be assigned in another, or in all. */
export class RoleElsewhereError extends ChangeRefusedError {
  readonly code = 'role_elsewhere';
  readonly role: string;
  /** Where the role gives something. */
  readonly organization: string;

  constructor(role: string, organization: string) {
    super(`The role ${JSON.stringify(role)} can be assigned in the organization ${JSON.stringify(organization)} only`);
    this.role = role;
    this.organization = organization;
  }
}

/** The record of the API has changed since it was read, or is no more. */
export class ApiVersionConflictError extends ChangeRefusedError {
  readonly code = 'api_version_conflict';
  /** Its identifier. */
  readonly api: string;
  /** The version there is; 0: there is none. */
  readonly version: number;

  constructor(api: string, version: number, sent: number | undefined) {
    const there = version === 0 ? 'is not there' : `has version ${version}`;
    const came = sent === undefined ? 'none was sent, which makes a new one' : `${sent} was sent`;
    super(`The API ${JSON.stringify(api)} ${there}, ${came}`);
    this.api = api;
    this.version = version;
  }
}

/** What the changes rest on is not as it was read. */
export class ChangedMeanwhileError extends ChangeRefusedError {
  readonly code = 'changed_meanwhile';

  constructor(what: string) {
    super(`${what} has changed since it was read`);
  }
}

/** Who changes it does not hold what the change gives or takes. */
export class BeyondCeilingError extends ChangeRefusedError {
  readonly code = 'beyond_ceiling';
  /** What is not held, or not so long. Never empty. */
  readonly missing: readonly Privilege[];

  constructor(missing: readonly Privilege[]) {
    const names = [...new Set(missing.map(asText))];
    super(`Who makes the change does not hold ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`);
    this.missing = missing;
  }
}

/** Nobody would be left who may do everything. */
export class LastAdministratorError extends ChangeRefusedError {
  readonly code = 'last_administrator';

  constructor() {
    super('No user would be left who holds `*` on everything, without an end and without a denial');
  }
}

/** The store cannot keep this. */
export class NotSupportedError extends ChangeRefusedError {
  readonly code = 'not_supported';
}

function asText({ permission, on, organization }: Privilege): string {
  const where = on === undefined ? '' : ` on ${JSON.stringify(on)}`;
  return `${permission}${where}${organization === undefined ? '' : ` in ${JSON.stringify(organization)}`}`;
}
