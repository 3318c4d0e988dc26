// A change of a role store as plain data: what a list of changes that are made as one consists of.

import type { Subject } from './privilege.ts';
import type { ApiRecord, PrivilegeInput, RoleInput } from './role-store.ts';

/** One change; each means what the method of a role store means that is named so. */
export type Change =
  | PrivilegeChangeStep
  | AssignmentStep
  | DeassignmentStep
  | { readonly kind: 'put-role'; readonly role: RoleInput }
  | { readonly kind: 'delete-role'; readonly uid: string; readonly force?: boolean }
  | { readonly kind: 'put-api'; readonly api: ApiRecord }
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
}
