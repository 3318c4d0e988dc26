// A change of a role store as plain data: what a list of changes that are made as one consists of.

import type { Privilege, Subject } from './privilege.ts';
import type { ApiInput, Person, PrivilegeInput, RoleInput } from './role-store.ts';

/** One change; each means what the method of a role store means that is named so. */
export type Change =
  | PrivilegeChangeStep
  | AssignmentStep
  | DeassignmentStep
  | { readonly kind: 'put-role'; readonly role: RoleInput }
  | { readonly kind: 'delete-role'; readonly uid: string; readonly force?: boolean }
  | { readonly kind: 'put-api'; readonly api: ApiInput }
  | { readonly kind: 'delete-api'; readonly identifier: string };

/** Privileges or denials, given or taken back. */
export interface PrivilegeChangeStep {
  readonly kind: 'grant' | 'revoke';
  readonly subject: Subject;
  readonly privilege: PrivilegeInput;
}

/** Roles, given by uid. */
export interface AssignmentStep {
  readonly kind: 'assign';
  readonly subject: Subject;
  readonly role: string | readonly string[];
  /** Absent: that of the subject, or in every one. */
  readonly organization?: string;
  /** Milliseconds since 1970 from which on it is none. */
  readonly expiresAt?: number;
}

/** Roles, taken back by uid. */
export interface DeassignmentStep {
  readonly kind: 'deassign';
  readonly subject: Subject;
  readonly role: string | readonly string[];
  /** Where they were given; absent: in that of the subject, or in every one. */
  readonly organization?: string;
}

/** How several changes are made. */
export interface ChangeAllOptions {
  /** Everything is checked and nothing is written. Default false. */
  readonly dryRun?: boolean;
  /** What was read and is rested on: where it is not so any more, nothing is changed, and a ChangedMeanwhileError says so. */
  readonly unlessChanged?: RestedOn;
}

/** What was read of a store before a change is made. All that is given must still be so. */
export interface RestedOn {
  /** Nothing at all was changed since this revision. */
  readonly revision?: number;
  /** The versions of the records of APIs, by identifier; 0: there is none. */
  readonly apis?: Readonly<Record<string, number>>;
  /** What is assigned to these subjects, but for their roles: as `subject` has said. */
  readonly subjects?: readonly { readonly subject: Person; readonly privileges: readonly Privilege[] }[];
}
