// The port of token verification: a bearer token goes in, claims that can be believed come out.

/** The verified claims of a token (RFC 7519 section 4), frozen to the bottom. Read own properties only. */
export type Claims = Readonly<Record<string, unknown>>;

/** The protected header of a token (RFC 7515 section 4). */
export type JoseHeader = Readonly<Record<string, unknown>>;

/** Headers by their lower-case names, as Node gives them, or as the Web's `Headers`. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>> | Headers;

/** The part of a request that access is decided on; Node's and the Web's requests both fit. */
export interface AccessRequest {
  method?: string | undefined;
  url?: string | undefined;
  headers: RequestHeaders;
  /** Names and values in turn, as received: how two `Authorization` lines are told from one. */
  rawHeaders?: readonly string[] | undefined;
  /** The parsed form of a body; read only where `bearer.form` allows it. */
  body?: unknown;
}

/** A token whose signature, issuer, audience, times and kind have been checked. */
export interface VerifiedToken {
  readonly claims: Claims;
  readonly header: JoseHeader;
  /** Whose token it is. */
  readonly issuer: IssuerSettings;
  /** What its authorizer makes of it, kept as long as the token is remembered. */
  meaning?: object;
}

/** What the way of a request needs of an issuer; the doors supply it. */
export interface TokenVerifier {
  /** What this very token was verified to say, where that is remembered and still holds. `sent`: the text that it stood in. */
  recall(token: string, sent: string): VerifiedToken | undefined;
  /** Throws or rejects with an `AccessError`: the token's fault is a 401, the issuer's a 503. Never returns a token bound by `cnf`. */
  verify(token: string, request: AccessRequest): VerifiedToken | Promise<VerifiedToken>;
  /** Resolves when the first keys are there; rejects with what is wrong. */
  ready(): Promise<void>;
  /**
   * Serves these keys (RFC 7517 section 5) until the network brings the first. `issuer`: whose; needed where there are several.
   *
   * @throws TypeError when it is no key set, or the issuer has no keys on the network.
   */
  hydrate(jwks: unknown, issuer: string | undefined): void;
  /** No longer remembers that this token was verified. */
  forget(token: string): void;
  statistics(): TokenStatistics;
  close(): Promise<void>;
}

/** How the memory of verified tokens does. */
export interface TokenStatistics {
  readonly entries: number;
  /** Of the tokens with their claims, as an estimate. */
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
}

/** How the tokens of one issuer are recognised and checked; every member is checked, copied and frozen. */
export interface IssuerSettings {
  /** Compared with `iss` as it is, character for character (RFC 8414 section 2). */
  readonly issuer: string;
  /** One of these must be a member of `aud`; null: tokens have no `aud`, and one that has it is refused. */
  readonly audience: readonly string[] | null;
  /** Where given, the only clients whose tokens are accepted. */
  readonly clients: ReadonlySet<string> | undefined;
  /** Clients whose users delegate everything implicitly. */
  readonly firstPartyClients: ReadonlySet<string>;
  /** The signature algorithms accepted (RFC 7518 section 3.1). */
  readonly algorithms: readonly string[];
  readonly keys: KeySettings;
}

/** Who is asked about the `iss` of a token that nothing has verified yet; undefined: not trusted. */
export type IssuerLookup = (issuer: string) => IssuerSettings | undefined | Promise<IssuerSettings | undefined>;

/** The issuers trusted, by `iss`, character for character; or who knows them. */
export type TrustedIssuers = ReadonlyMap<string, IssuerSettings> | IssuerLookup;

/** Where an issuer's verification keys come from. */
export type KeySettings =
  /** From the network: `jwksUri`, or what the issuer's metadata names where that is absent. */
  | {
      readonly from: 'remote';
      readonly jwksUri: string | undefined;
      readonly timeoutMs: number;
      readonly allowHttp: boolean;
      /** From this age on keys are fetched anew, while the old ones still serve. */
      readonly maxAgeMs?: number | undefined;
      /** From this age on keys no longer serve, however long the outage. */
      readonly maxStaleMs?: number | undefined;
    }
  /** A JSON Web Key Set (RFC 7517 section 5) given once; only its usable public keys count. */
  | { readonly from: 'set'; readonly jwks: { readonly keys: readonly unknown[] } }
  /** A shared secret for HS256 and its larger brothers (RFC 7518 section 3.2). */
  | { readonly from: 'secret'; readonly secret: Uint8Array }
  /** The application's own verifier answers; there are no keys here. */
  | { readonly from: 'verifier' };

/** What the checks of claims need beside the issuer's settings. */
export interface TokenRules {
  readonly profile: 'lenient' | 'rfc9068';
  readonly clockToleranceSeconds: number;
}
