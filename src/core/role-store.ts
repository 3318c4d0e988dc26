// The port of a store that can be administered: what is kept, who changes it, and what is remembered of a change.

import type { Access } from './access.ts';
import type { Change, ChangeAllOptions } from './change.ts';
import type { PermissionCatalogue } from './permission.ts';
import type { Privilege, PrivilegeStore, Subject } from './privilege.ts';

export type { Change, ChangeAllOptions, RestedOn } from './change.ts';

/** Who holds something, in whatever organization. */
export type Person = Pick<Subject, 'issuer' | 'id' | 'kind'>;

/** A role whose privileges another role has too. */
export interface InheritedRole {
  readonly role: string;
  /** The organization in which it is inherited; absent: in every one. */
  readonly organization?: string;
}

/** A named set of privileges. */
export interface Role {
  /** Unique in the store. */
  readonly uid: string;
  /** Unique within its organization, and among the roles of none. */
  readonly name: string;
  /** 1 or more; rises with every change of the role. */
  readonly version: number;
  readonly description?: string;
  /** The only organization in which it gives anything; absent: in every one. */
  readonly organization?: string;
  /** None has a `source`. */
  readonly privileges: readonly Privilege[];
  readonly inherits: readonly InheritedRole[];
}

/** A role as it shall be, whole: what is left out is not there afterwards. */
export interface RoleInput {
  /** At most 40 characters. */
  uid: string;
  /** At most 190 characters. */
  name: string;
  /** The version that was read; one that is older than the stored one is refused. Absent: the role is new. */
  version?: number;
  description?: string;
  organization?: string;
  /** A bare name stands for a privilege on every resource. */
  privileges: readonly (Privilege | string)[];
  /** The uids of roles, or with the organization in which they are inherited. */
  inherits?: readonly (string | InheritedRole)[];
}

/** A role that a subject has. */
export interface RoleAssignment {
  /** Its uid. */
  readonly role: string;
  /** The organization it applies in; absent: in every one. */
  readonly organization?: string;
  /** Milliseconds since 1970 from which on it is none. */
  readonly expiresAt?: number;
  readonly assignedBy?: string;
  /** Milliseconds since 1970. */
  readonly assignedAt?: number;
}

/** All that was assigned to one subject itself, in every organization and for every API, expired or not. */
export interface SubjectRecord {
  readonly subject: Person;
  /** Grants and denials; `source.assignedBy` says who gave them, where that is known. */
  readonly privileges: readonly Privilege[];
  readonly roles: readonly RoleAssignment[];
}

/** Who holds a permission, and through what. */
export interface Holder {
  readonly subject: Person;
  /** The grants of it that are in force, in whatever organization and for whatever API, each with its source. */
  readonly privileges: readonly Privilege[];
}

/** An API whose permissions are assigned here. */
export interface ApiRecord {
  /** Its audience. */
  readonly identifier: string;
  readonly name: string;
  /** 1 or more; rises with every change of the record. */
  readonly version: number;
  readonly permissions: readonly { readonly name: string; readonly description?: string }[];
  /** Whatever else is kept of it, as JSON. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The record of an API as it shall be, whole: what is left out is not there afterwards. */
export interface ApiInput extends Omit<ApiRecord, 'version'> {
  /**
   * The version that was read; one that is older than the stored one is refused, and so is any where there is no record any more.
   * Absent or 0: the record is new.
   */
  readonly version?: number;
}

/** Which part of a list. At most one of `offset` and `after`. */
export interface PageRequest {
  /** 1 to 1000; default 50. */
  take?: number;
  /** How many are left out before the first. */
  offset?: number;
  /** What the page before gave as `next`. */
  after?: string;
}

/** Part of a list; past its end empty. The order is the same each time. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** How many there are in all. */
  readonly total: number;
  /** What the next page is asked `after`; absent on the last one. */
  readonly next?: string;
}

/** Which roles. */
export interface RoleQuery extends PageRequest {
  /** Part of the name, in upper or lower case. */
  name?: string;
}

/** Which subjects; all that is given must hold. */
export interface SubjectQuery extends PageRequest {
  kind?: 'user' | 'client';
  /** The whole of it. A store that holds for any issuer does not look at it. */
  issuer?: string;
  /** Part of the id, in upper or lower case. */
  id?: string;
}

/**
 * Who makes a change: an Access, whose subject then must hold in the store all that is given or taken (RFC 9396 knows no such
 * rule; NIST RBAC calls it administration within bounds), and for an Access in one organization not in another; or the system, named by what does it, which has no bounds.
 */
export type ChangedBy = Access | AccessChange | { readonly system: string; readonly why?: string };

/** An Access, and what else is known of the change that it makes. */
export interface AccessChange {
  readonly access: Access;
  readonly why?: string;
  /**
   * The catalogue by whose other names (`aliases`, `replaces`) a permission is the same one where it is looked at what the Access holds:
   * for a store that was not made with it.
   */
  readonly names?: PermissionCatalogue;
}

/** What a change was. */
export type ChangeAction =
  | 'grant'
  | 'revoke'
  | 'assign'
  | 'deassign'
  | 'put-role'
  | 'delete-role'
  | 'put-api'
  | 'delete-api';

/** What is remembered of a change, written together with it. */
export interface AuditEntry {
  /** The revision that the change made. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: { readonly subject: Subject; readonly client?: string } | { readonly system: string };
  readonly why?: string;
  readonly action: ChangeAction;
  /** To whom it was done. */
  readonly subject?: Person;
  /** The uids of the roles that it was about. */
  readonly roles?: readonly string[];
  /** The identifier of the API that it was about. */
  readonly api?: string;
  /** The names of the permissions that it was about, each once. */
  readonly permissions: readonly string[];
  /** What there was of it, as JSON; null: nothing. */
  readonly before: unknown;
  /** What there is of it, as JSON; null: nothing. */
  readonly after: unknown;
}

/** Which entries of the audit; all that is given must hold. */
export interface AuditQuery extends PageRequest {
  subject?: Person;
  /** Who changed it: a subject, or the name of what did. */
  actor?: Person | { system: string };
  permission?: string;
  role?: string;
  action?: ChangeAction;
  /** Milliseconds since 1970; the first instant that counts. */
  from?: number;
  /** Milliseconds since 1970; the first instant that counts no more. */
  until?: number;
  /**
   * Only what came after this revision. Where an entry can be read, so can every one before it: whoever asks for the oldest after
   * the last revision read misses none.
   */
  since?: number;
  /** Which come first. Default 'newest'. */
  order?: 'newest' | 'oldest';
}

/**
 * A store that is administered. Changes are made one after the other, each whole or not at all and together with its audit
 * entry, and resolve to the revision they made; a change that would change nothing makes none, and resolves to the revision
 * there is.
 *
 * Where `subject` has an organization, the privilege or assignment is the one in that organization. Every change rejects with:
 *
 * - InvalidInputError, a TypeError, when something handed in is not as it must be: any other TypeError is a fault of the store;
 * - a ChangeRefusedError when the rules of the store, or what is in it, do not permit it;
 * - UnavailableError when it could not be written and is not, or when nobody can say whether it was: to make it once more does no
 *   harm, and what it was about counts as changed.
 */
export interface RoleStore extends PrivilegeStore {
  /**
   * Gives a privilege or a denial, or several at once. The same one with another end, or under another name of its permission,
   * takes the place of the first.
   */
  grant(subject: Subject, privilege: PrivilegeInput, by: ChangedBy): Promise<number>;
  /** Takes back what is the same in all but its end. */
  revoke(subject: Subject, privilege: PrivilegeInput, by: ChangedBy): Promise<number>;
  /** Gives a role, or several at once, by uid. Given once more, its end is replaced. */
  assign(
    subject: Subject,
    role: string | readonly string[],
    options: { organization?: string; expiresAt?: number },
    by: ChangedBy,
  ): Promise<number>;
  /** Takes it back, where it was given in the same organization. */
  deassign(
    subject: Subject,
    role: string | readonly string[],
    options: { organization?: string },
    by: ChangedBy,
  ): Promise<number>;
  /** Makes a role or replaces it whole. The version becomes the greater of the one sent and the stored one and one. */
  putRole(role: RoleInput, by: ChangedBy): Promise<number>;
  /** `force`: also where somebody has it or another role inherits it; nobody does any more afterwards. */
  deleteRole(uid: string, options: { force?: boolean }, by: ChangedBy): Promise<number>;
  /**
   * Makes the record of an API or replaces it whole. The version becomes the greater of the one sent and the stored one and one.
   */
  putApi(api: ApiInput, by: ChangedBy): Promise<number>;
  deleteApi(identifier: string, by: ChangedBy): Promise<number>;
  /**
   * Makes up to 1000 changes as one: all of them, in their order, or none. Each is checked as it is by itself, in what those before it
   * have left; but what the maker holds is what was held before the first, and whether an administrator is left is looked at after the
   * last. Each that changes something has a revision and an audit entry of its own. Resolves to the last revision; where nothing
   * changes, and with `dryRun`, to the one there is.
   *
   * The error of a change that is refused says in `step` which one it is, from 0.
   */
  changeAll(changes: readonly Change[], by: ChangedBy, options?: ChangeAllOptions): Promise<number>;

  /** Also a built-in role. */
  role(uid: string): Promise<Role | undefined>;
  /** In the order of their uids; the built-in ones too. */
  roles(query?: RoleQuery): Promise<Page<Role>>;
  /** One that was never heard of has nothing. Its organization is not looked at. */
  subject(subject: Person): Promise<SubjectRecord>;
  /** Everybody to whom something is assigned. */
  subjects(query?: SubjectQuery): Promise<Page<Person>>;
  /** Who holds a permission on whatever resource, also by a pattern over names; denials are not looked at. */
  holdersOf(permission: string, page?: PageRequest): Promise<Page<Holder>>;
  /**
   * Which of these roles, at most 1000, the Access may assign to others in that organization, or in every one, without an end: it
   * holds all that they give, by what they inherit too, and whatever else the store asks of who assigns.
   */
  delegatable(
    uids: readonly string[],
    by: Access | { readonly access: Access; readonly names: PermissionCatalogue },
    organization?: string,
  ): Promise<ReadonlySet<string>>;
  /** To whom a role is assigned, itself. */
  holdersOfRole(uid: string, page?: PageRequest): Promise<Page<RoleHolder>>;
  api(identifier: string): Promise<ApiRecord | undefined>;
  apis(page?: PageRequest): Promise<Page<ApiRecord>>;
  /** 0 or more; rises with every change. */
  revision(): Promise<number>;
  audit(query?: AuditQuery): Promise<Page<AuditEntry>>;
}

/** A role store with something to open and to close: a file that is watched, a connection that listens. */
export interface OpenedRoleStore extends RoleStore {
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** One, or several at once; a bare name stands for a privilege on every resource. */
export type PrivilegeInput = Privilege | string | readonly (Privilege | string)[];

/** Who has a role, and how. */
export interface RoleHolder {
  readonly subject: Person;
  readonly assignment: RoleAssignment;
}
