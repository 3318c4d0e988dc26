// What the API of the dashboard answers, as types.

/** Where a privilege comes from. */
export interface Source {
  readonly kind: 'claim' | 'scope' | 'direct' | 'role' | 'built-in';
  /** The uid of the role that holds it. */
  readonly role?: string;
  /** The uid of the assigned role, where that is another. */
  readonly via?: string;
  readonly assignedBy?: string;
}

/** A permission that is held, or denied. */
export interface Privilege {
  readonly permission: string;
  /** A resource pattern; absent: everywhere; `''`: it takes no resource. */
  readonly on?: string;
  readonly effect?: 'deny';
  readonly audience?: string;
  readonly organization?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly source?: Source;
}

export type Kind = 'user' | 'client';

export interface Person {
  readonly issuer: string;
  readonly id: string;
  readonly kind: Kind;
  readonly name?: string;
  readonly email?: string;
  readonly picture?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

export interface Settings {
  readonly issuer: string;
  readonly audience?: string;
  readonly clientId: string;
  readonly scope: string;
  readonly api: { readonly identifier: string; readonly name: string };
  /** Whether the why page takes tokens. */
  readonly explainsTokens: boolean;
  /** The origins, beside the page's own, from which pictures may be shown. */
  readonly pictures: readonly string[];
}

export interface SessionAnswer {
  readonly subject: Person & { readonly organization?: string };
  /** Those of the administration that the token and the privileges come to. */
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
}

export interface Assignment {
  readonly role: string;
  readonly organization?: string;
  readonly expiresAt?: number;
  readonly assignedBy?: string;
  readonly assignedAt?: number;
}

export interface SubjectAnswer {
  readonly subject: Person;
  readonly privileges: readonly Privilege[];
  readonly roles: readonly (Assignment & { readonly name: string })[];
  /** Everything, also what comes by roles. */
  readonly held: readonly Privilege[];
  /** Whether there is a directory of users that does not know them. */
  readonly isUnknown?: boolean;
}

export interface InheritedRole {
  readonly role: string;
  readonly organization?: string;
}

export interface Role {
  readonly uid: string;
  readonly name: string;
  readonly version: number;
  readonly description?: string;
  readonly organization?: string;
  readonly privileges: readonly Privilege[];
  readonly inherits: readonly InheritedRole[];
  readonly builtIn: boolean;
  /** What its holders have by it, each with the role it comes from. */
  readonly held: readonly Privilege[];
  /** Whether who asks may hand it on; absent: it was not asked. */
  readonly delegatable?: boolean;
}

export interface RoleHolder {
  readonly subject: Person;
  readonly assignment: Assignment;
}

export interface Holder {
  readonly subject: Person;
  readonly privileges: readonly Privilege[];
}

export interface CatalogueEntry {
  readonly name: string;
  readonly description: string;
  readonly on?: readonly string[];
  readonly aliases?: readonly string[];
  readonly sensitive?: boolean;
  readonly gate?: 'delegate' | 'escalate';
}

export interface CatalogueApi {
  readonly identifier: string;
  readonly name: string;
  readonly permissions: readonly CatalogueEntry[];
}

export interface Catalogue {
  /** The name that stands for every permission. */
  readonly everything: string;
  readonly apis: readonly CatalogueApi[];
}

/** What changes would come to. */
export interface Effects {
  readonly total: number;
  readonly subjects: readonly {
    readonly subject: Person;
    readonly gains: readonly Privilege[];
    readonly losses: readonly Privilege[];
  }[];
}

export interface AuditEntry {
  readonly revision: number;
  readonly at: number;
  readonly by: { readonly subject: Person; readonly client?: string } | { readonly system: string };
  readonly why?: string;
  readonly action: string;
  readonly subject?: Person;
  readonly roles?: readonly string[];
  readonly api?: string;
  readonly permissions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

/** What is not held: a privilege, or what a policy says. */
export type Missing = Privilege | { readonly policy: string };

/** What a guard would say, and by which grants and denials. */
export interface WhyAnswer {
  readonly decision: boolean;
  readonly permission: string;
  readonly on?: string;
  readonly lacking?: 'scope' | 'privilege' | 'policy';
  readonly granted: readonly Privilege[];
  readonly denied: readonly Privilege[];
  readonly subject: Partial<Person> & { readonly organization?: string; readonly client?: string };
  /** Where the token itself is refused. */
  readonly refused?: { readonly status: number; readonly code: string; readonly detail: string };
}

export type SubjectInput = Pick<Person, 'kind' | 'id'>;

/** One change, as it is sent. */
export type Change =
  | { kind: 'grant' | 'revoke'; subject: SubjectInput; privilege: Privilege | readonly Privilege[] }
  | { kind: 'assign'; subject: SubjectInput; role: string; organization?: string; expiresAt?: number }
  | { kind: 'deassign'; subject: SubjectInput; role: string; organization?: string }
  | { kind: 'put-role'; role: RoleInput }
  | { kind: 'delete-role'; uid: string; force?: boolean };

/** A role as it is sent: whole. */
export interface RoleInput {
  uid: string;
  name: string;
  /** The version that was read; absent: the role is new. */
  version?: number;
  description?: string;
  organization?: string;
  privileges: readonly Privilege[];
  inherits: readonly InheritedRole[];
}
