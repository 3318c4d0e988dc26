// Credentials and privileges go in, an Access comes out: all that one request may do, frozen to the bottom.

import type { PermissionSet } from './permission-set.ts';
import type { Subject } from './privilege.ts';
import type { Claims } from './token.ts';

/** All that one request may do. Frozen; nothing in it can be written to. */
export interface Access<Name extends string = string> {
  /** The verified claims of the token (RFC 7519 section 4). */
  readonly claims: Claims;
  readonly subject: Readonly<Subject>;
  /** The application that sent the request (`client_id`, RFC 9068 section 2.2), where the token says. */
  readonly client?: string;
  /** What the token delegates (RFC 6749 section 3.3). */
  readonly scopes: ReadonlySet<string>;
  /** What the subject holds, delegated or not. */
  readonly privileges: PermissionSet;
  /** What is both delegated and held: the effective permissions. */
  readonly permissions: PermissionSet;
  /** Whether `permission` may be used on `resource`, or on all resources where none is given: what a guard would answer. */
  can(permission: Name, resource?: string): boolean;
}

/** @internal */
export type AccessParts = Omit<Access, 'can' | 'client'> & {
  readonly client: string | undefined;
  /** What stands behind it, for the authorizer that gives it. */
  readonly origin?: object;
};

/** @internal */
export class RequestAccess implements Access {
  readonly claims: Claims;
  readonly subject: Readonly<Subject>;
  declare readonly client?: string;
  readonly scopes: ReadonlySet<string>;
  readonly privileges: PermissionSet;
  readonly permissions: PermissionSet;
  readonly #origin: object | undefined;

  constructor({ claims, subject, client, scopes, privileges, permissions, origin }: AccessParts) {
    this.claims = claims;
    this.subject = subject;
    if (client !== undefined) this.client = client;
    this.scopes = scopes;
    this.privileges = privileges;
    this.permissions = permissions;
    this.#origin = origin;
    Object.freeze(this);
  }

  /** What was given as the origin of this very access; undefined for anything else. */
  static originOf(access: unknown): object | undefined {
    return RequestAccess.is(access) ? access.#origin : undefined;
  }

  /** Whether it is one that was made here, and not an object in the shape of one. */
  static is(value: unknown): value is RequestAccess {
    return typeof value === 'object' && value !== null && #origin in value;
  }

  can(permission: string, resource?: string): boolean {
    return this.permissions.has(permission, resource);
  }
}
