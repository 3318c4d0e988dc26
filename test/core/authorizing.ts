// An authorizer whose verifier believes what a test says: claims go in, an Access or the error comes out.

import {
  AccessError,
  type Access,
  type Authorizer,
  type AuthorizerOptions,
  type Claims,
  createAuthorizer,
  type Decision,
  type Privilege,
  type PrivilegeStore,
  type Requirement,
} from 'rightful';

export const issuer = 'https://issuer.example/';
export const audience = 'https://api.example';

export type Options = Partial<AuthorizerOptions>;

/** Claims of a valid token of alice, by the application `app`. */
export function claimsOf(claims: Claims = {}): Claims {
  return {
    iss: issuer,
    aud: audience,
    exp: Math.floor(Date.now() / 1000) + 300,
    sub: 'alice',
    client_id: 'app',
    ...claims,
  };
}

/** A token is the name of its claims; what is undefined is left out of them. */
export class Tokens {
  readonly #claims: Claims[] = [];

  requestWith(claims: Claims): { headers: { authorization: string } } {
    this.#claims.push(Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)));
    return { headers: { authorization: `Bearer ${this.#claims.length - 1}` } };
  }

  readonly verifier = async (token: string): Promise<{ claims: Claims }> => ({
    claims: this.#claims[Number(token)] ?? {},
  });
}

export interface Session {
  readonly authorizer: Authorizer;
  /** Whoever has these claims beside the valid ones. */
  access(claims?: Claims): Promise<Access>;
  /** The code of the refusal at the door, or 'access'. */
  outcome(claims?: Claims): Promise<string>;
  decide(claims: Claims, requirement: Requirement, context?: { request?: unknown; params?: object }): Promise<Decision>;
}

export function session(options: Options = {}): Session {
  const tokens = new Tokens();
  const authorizer = createAuthorizer({ issuer, audience, verifier: tokens.verifier, ...options });
  const access = async (claims: Claims = {}): Promise<Access> =>
    authorizer.authenticate(tokens.requestWith(claimsOf(claims)));
  return {
    authorizer,
    access,
    outcome: async (claims) => access(claims).then(() => 'access', codeOf),
    decide: async (claims, requirement, context) => authorizer.decide(await access(claims), requirement, context),
  };
}

/** The code of an AccessError; anything else is thrown on. */
export function codeOf(error: unknown): string {
  if (error instanceof AccessError) return error.code;
  throw error;
}

/** A store that answers everybody with the same. */
export function storeOf(...held: readonly (string | Privilege)[]): PrivilegeStore {
  const privileges = held.map((one) => (typeof one === 'string' ? { permission: one } : one));
  return { privilegesOf: () => privileges };
}

/** A store that answers with whatever a test says. */
export function storeAnswering(answer: () => unknown): PrivilegeStore {
  return { privilegesOf: () => answer() as Privilege[] };
}

export async function errorOf(promise: Promise<unknown>): Promise<AccessError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof AccessError) return outcome;
  throw outcome ?? new Error('Nothing was refused');
}
