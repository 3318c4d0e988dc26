// What is known of a request once its token has been verified, before and after its privileges are loaded.

import type { Access } from './access.ts';
import type { BearerToken } from './bearer.ts';
import { credentialsIn } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import type { Loaded } from './store-answer.ts';
import type { JoseHeader } from './token.ts';

/** A verified token, with what it was last found to give. */
export interface KnownToken {
  readonly credentials: Credentials;
  loaded: Loaded | undefined;
  access: Access | undefined;
}

/** A request whose token has been verified; its privileges are loaded once, when something asks for them. */
export class Identified {
  readonly known: KnownToken;
  readonly header: JoseHeader;
  readonly bearer: BearerToken;
  access: Access | Promise<Access> | undefined;
  /** The same request in organizations that guards have named. */
  #elsewhere: Map<string | undefined, Identified> | undefined;

  constructor(known: KnownToken, header: JoseHeader, bearer: BearerToken) {
    this.known = known;
    this.header = header;
    this.bearer = bearer;
  }

  get credentials(): Credentials {
    return this.known.credentials;
  }

  /** The same request as it acts in that organization; undefined: in none. */
  in(organization: string | undefined): Identified {
    const credentials = credentialsIn(this.credentials, organization);
    if (credentials === this.credentials) return this;
    const there = (this.#elsewhere ??= new Map<string | undefined, Identified>());
    const known = there.get(organization);
    if (known !== undefined) return known;
    const identified = new Identified({ credentials, loaded: undefined, access: undefined }, this.header, this.bearer);
    there.set(organization, identified);
    return identified;
  }
}
