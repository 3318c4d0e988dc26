// What an application tells an authorizer: the options, and what its hooks are told.

import type { DecisionEvent } from './decision-events.ts';
import type { AccessError } from './errors.ts';
import type { FindIssuer, IssuerOptions } from './issuer-settings.ts';
import type { PermissionCatalogue } from './permission.ts';
import type { PrivilegeStore } from './privilege.ts';
import type { AccessRule } from './rules.ts';
import type { ResourceResolver } from './resolving.ts';
import type { Dialect } from './resource.ts';
import type { AccessRequest, Claims, JoseHeader } from './token.ts';
import type { Warning } from './warnings.ts';

/** One claim's exact name, a path into nested claims, or a function of the frozen claims (a throw: invalid token). */
export type ClaimReader = string | readonly string[] | ((claims: Claims) => unknown);

/** Where a provider keeps things; each member replaces the default. */
export interface ClaimReaders {
  /** Default: `scope`, or `scp` where that is absent. */
  scope?: ClaimReader;
  /** Default: `permissions`. */
  permissions?: ClaimReader;
  /** The names of roles, a text or a list: with `roleNames`. Default: nowhere. */
  roles?: ClaimReader;
  /** Default: the first there is of `client_id`, `azp`, `cid`, `appid`. */
  client?: ClaimReader;
  /** Default: `org_id`. */
  organization?: ClaimReader;
  /** Whether the token acts for a machine: only `true` says so. Default: what the large providers' tokens say. */
  machine?: ClaimReader;
}

/** An application's own verifier of tokens. */
export interface BringYourOwnVerifier {
  (token: string, request: AccessRequest): Promise<{ claims: Claims; header?: JoseHeader; confirmed?: boolean }>;
  /** How tokens may be sent to it. Default: `Bearer` alone. `DPoP` is for one that checks proofs (RFC 9449). */
  readonly schemes?: readonly ('Bearer' | 'DPoP')[];
}

/** What a fetch of an issuer's keys came to: what `onKeys` is told. */
export interface KeyEvent {
  readonly issuer: string;
  /** `changed`: other keys than before, also the first; `unchanged`: the same; `failed`: the old ones serve on, if any. */
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  readonly durationMs: number;
  /** The `kid`s that are now known; undefined for a key without one. */
  readonly keyIds: readonly (string | undefined)[];
  /** What went wrong. */
  readonly error?: unknown;
  /** What is wrong with the issuer's metadata, where the keys came from the address that it named before. */
  readonly metadataError?: unknown;
}

/** How `createAuthorizer` is told what to accept and where privileges come from. Everything is checked and copied. */
export interface AuthorizerOptions<Name extends string = string> {
  /**
   * Whose tokens are accepted: an issuer identifier, compared as given, or what is known of it, or several. A function finds
   * them by the `iss` of a token that nothing has verified yet, which is a stranger's text: compare it whole. It is asked
   * before any fetch; up to a thousand issuers whose tokens verified are kept, for up to five minutes each.
   */
  issuer: string | IssuerOptions | readonly (string | IssuerOptions)[] | FindIssuer;
  /** The identifiers of this API, one of which `aud` must name; null: tokens have no `aud`, which needs `clients`. */
  audience?: string | readonly string[] | null;
  /** The only clients whose tokens are accepted. */
  clients?: readonly string[];
  claims?: ClaimReaders;
  /** The catalogue: with it, a requirement that names anything else does not compile, and throws when it is made. */
  permissions?: PermissionCatalogue<Name>;
  store?: PrivilegeStore;
  /** How long the store, resolvers, `isRevoked`, `verifier` and a function for `issuer` may take each, in milliseconds. Default: 2000. */
  storeTimeoutMs?: number;
  /**
   * What the token's `permissions` claim does: `grants` (default) adds to the store's privileges, `limits` cuts them to what
   * it names, `ignored` leaves them as they are.
   */
  permissionsClaim?: 'grants' | 'limits' | 'ignored';
  /** Who assigns permissions to machines: the `issuer` (default) by scopes, with the store's beside them, or the `store` alone. */
  clientPrivileges?: 'issuer' | 'store';
  /** Without a store and without a `permissions` claim, take the scopes as privileges too. Default: false. */
  trustScopes?: boolean;
  /** Clients of the API's owner, whose users delegate everything implicitly. With several issuers: inside each issuer. */
  firstPartyClients?: readonly string[];
  /** The permissions that coarse scopes delegate beside the one of their own name. */
  scopePermissions?: Readonly<Record<string, readonly NoInfer<Name>[]>>;
  /**
   * The roles of the store that the names of roles in a user's token stand for, by uid: `{ admins: 'contacts-admin' }`. What those
   * roles hold is held under the rules of `permissionsClaim`: it adds where that is `grants`, and counts for nothing where it is
   * `ignored`. Needs `claims.roles`, and a store that knows roles.
   */
  roleNames?: Readonly<Record<string, string | readonly string[]>>;
  /** `lenient` (default): `typ` may also be `JWT` or absent; `rfc9068`: all that RFC 9068 section 4 asks. */
  profile?: 'lenient' | 'rfc9068';
  /** Where tokens may stand beside the `Authorization` header. Default: nowhere (RFC 9700 section 4.3.2). */
  bearer?: { query?: boolean; form?: boolean };
  /** How far the issuer's clock may be off, in seconds; at most an hour. Default: 5. */
  clockToleranceSeconds?: number;
  /** Longer tokens are refused unread, in bytes; at most 1 MiB. Default: 8192. */
  maxTokenBytes?: number;
  /** How resource patterns are read, in the store and in the catalogue. Default: `prefix`. */
  dialect?: Dialect;
  /**
   * Who knows the other names of resources, by what the resources begin with: `'datasources:name:'`. Asked for guards and
   * `decide`, where the name that a requirement spells does not settle it; `access.can` looks at that name alone.
   */
  resolvers?: Readonly<Record<string, ResourceResolver['resolve'] | ResourceResolver>>;
  /**
   * What the API itself takes away from signed-in requests: by the time, the network, the state of the account. Each says `'keep'`,
   * `{ without: […] }` (those permissions count as refused by a policy) or `{ refuse: 'reason' }` (403 with that reason, for every
   * guard). Nothing can be added; a throw and anything else refuse, and one that is late is a 503. Run once for each request and
   * organization, after its privileges are loaded.
   */
  rules?: readonly AccessRule<NoInfer<Name>>[];
  /** Verifies tokens in place of the built-in verifier. `iss`, `aud`, `exp` and `nbf` are checked again. */
  verifier?: BringYourOwnVerifier;
  /**
   * How many verified tokens are remembered; false: none. Each use asks clock and keys again. Once there is no room left, a
   * token is remembered from its second use on. Default: 10,000 tokens, and 32 MiB of them with their claims, as an estimate.
   */
  tokenCache?: { maxEntries?: number; maxBytes?: number } | false;
  /**
   * Whether a token that verifies has been taken back, for instance by its `iss` and `jti`. Asked on each request, remembered
   * or not; a throw, an answer other than true or false, and one later than `storeTimeoutMs` are a 503.
   */
  isRevoked?: (claims: Claims) => boolean | Promise<boolean>;
  /** Called once for each thing that works and should be put right. What it throws is ignored. */
  onWarning?: (warning: Warning) => void;
  /** Called after each fetch of an issuer's keys. What it throws is ignored. */
  onKeys?: (event: KeyEvent) => void;
  /**
   * Called once after each decision: of a guard, of a guarded method, of `decide`. A request that is refused before there is one,
   * without a valid token or because something cannot answer, is told to `onRefused` alone. What it throws is ignored.
   */
  onDecision?: (event: DecisionEvent) => void;
  /**
   * How `onDecision` names subjects: by a digest of the id under a key that each process makes for itself (`'digest'`, default);
   * under a key of yours, of at least 32 bytes, so that all processes that have it say the same; `'clear'`: by the id too.
   */
  eventSubjects?: 'digest' | 'clear' | { key: string | Uint8Array };
  /**
   * Called for each refusal, with the cause that the client is not told. `enforced` is false where a guard with `enforce: false` has
   * let the request through. What it throws is ignored.
   */
  onRefused?: (error: AccessError, request: unknown, outcome: { readonly enforced: boolean }) => void;
}
