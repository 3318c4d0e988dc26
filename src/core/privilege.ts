// What a subject holds, who the subject is, and the port through which a store says so.

import type { Dialect } from './resource.ts';

/** Where a privilege comes from; every decision can name it. */
export interface PrivilegeSource {
  /** The token's `permissions` claim, its scopes, the subject itself, a role, or a built-in role. */
  kind: 'claim' | 'scope' | 'direct' | 'role' | 'built-in';
  /** The role that holds it. */
  role?: string;
  /** How that role reached the subject: another role, a group. */
  via?: string;
  assignedBy?: string;
  /** Milliseconds since 1970 at which the assignment ends. */
  expiresAt?: number;
}

/** A permission that a subject holds, perhaps on some resources only; or, with `effect: 'deny'`, one it must not use. */
export interface Privilege {
  /** A permission's name; in a store also a pattern over the catalogue (`read:*`), or `*` for every permission there is. */
  permission: string;
  /** A resource pattern; absent: on every resource; `''`: on none, for permissions that take no resource. */
  on?: string;
  effect?: 'deny';
  /** The API it is for; absent: the one that asks. */
  audience?: string;
  /** The organization it is held in; absent: in every one. */
  organization?: string;
  /** Milliseconds since 1970 from which on it is none. */
  expiresAt?: number;
  source?: PrivilegeSource;
}

/** Who a request acts for. Unique by all members together: an `id` is unique at its issuer only (RFC 7519 section 4.1.2). */
export interface Subject {
  issuer: string;
  /** A user's `sub`, or a client's id. */
  id: string;
  kind: 'user' | 'client';
  /** The organization the token is bound to. */
  organization?: string;
}

/** What changed in a store; neither member: everything may have. */
export interface PrivilegeChange {
  /** Whose privileges changed. */
  subject?: Subject;
  /**
   * A role of which every holder's privileges named it before (`source.role` or `source.via`). Where a role gives a holder
   * something for the first time, who listens cannot tell its holders: then the change is announced by subject, or with neither.
   */
  role?: string;
}

/**
 * Where privileges come from: the whole of what an adapter implements.
 *
 * An answer that is late, rejected, or no list of {@link Privilege}s is a 503 and never a permit.
 */
export interface PrivilegeStore {
  /** True where the answers do not depend on the subject's issuer: such a store serves one issuer only. */
  readonly holdsForAnyIssuer?: boolean;
  /** How its resource patterns are meant; absent: however the authorizer reads them. */
  readonly dialect?: Dialect;
  /**
   * Everything the subject holds and is denied; an unknown subject holds nothing, which is an empty list.
   * `audience`: the identifiers of the API that asks. `signal` aborts when nobody waits for the answer any more.
   */
  privilegesOf(
    subject: Subject,
    options: { audience: readonly string[]; signal?: AbortSignal },
  ): Iterable<Privilege> | Promise<Iterable<Privilege>>;
  /**
   * Everything that whoever has a role holds by it: for roles that a token names. An unknown role gives nothing, which is an empty
   * list. `organization`: where it is asked; absent: in none. A store that knows no roles leaves this out.
   */
  privilegesOfRole?(
    role: string,
    options: { audience: readonly string[]; organization?: string; signal?: AbortSignal },
  ): Iterable<Privilege> | Promise<Iterable<Privilege>>;
  /** Calls `listener` after each change, until the function it returns is called. */
  onChange?(listener: (change: PrivilegeChange) => void): () => void;
  /** Resolves when the store can answer; rejects when it never will. */
  ready?(): Promise<void>;
  /** Lets go of every timer and socket. */
  close?(): Promise<void>;
}
